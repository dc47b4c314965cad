"""Read proposals and judgements as people write them: short names, one text for several recipients.

A proposal text may name several recipients and several purposes; each pair is
a proposal of its own, because the law answers for one recipient and one
purpose at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from comity.check.decision import (
    Asked,
    Emergency,
    Facts,
    Judgement,
    JudgementScope,
    Proposal,
    ProposedItem,
    Scope,
)
from comity.errors import InputError, UnknownName
from comity.law import Register
from comity.partnership import Item, Partnership, PartyRef
from comity.source import Document, Model, Path, Problem, WordSet, as_tuple, build
from comity.terms import Audience, Day, Extent, Form, Mode, Slug, slug_of


def _party(value: object) -> object:
    return {"partner": value} if isinstance(value, str) else value


class WrittenParty(Model):
    """A partner by short name or id, perhaps as one of its units, perhaps acting for another."""

    partner: str
    unit: Slug | None = Field(default=None, alias="as")
    acting_for: str | None = None


class WrittenItem(Model):
    """An item by short name; what is said here goes for this proposal only."""

    item: str
    form: Form | None = None
    origins: WordSet = ()
    handling: WordSet = ()
    facts: Facts = {}


class WrittenAsked(Model):
    by: str
    on: Day | None = None
    under: Slug | None = None
    due: Day | None = None


class WrittenScope(Model):
    instance: str | None = None
    agreement: str | None = None
    flow: Slug | None = None


class WrittenJudgement(Model):
    """One person's answer to one or several tests, for some or all items."""

    id: Slug | None = None
    test: WordSet
    answer: Literal["yes", "no"] = "yes"
    by: str
    office: Slug
    partner: str
    reasons: str = Field(min_length=1)
    scope: WrittenScope | None = None
    items: WordSet = ()
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    clause: str | None = None


OneOrMore = BeforeValidator(as_tuple)
Parties = Annotated[tuple[Annotated[WrittenParty, BeforeValidator(_party)], ...], OneOrMore, Field(min_length=1)]


class WrittenProposal(Model):
    """A proposal text."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    id: str
    from_: Annotated[WrittenParty, BeforeValidator(_party)] = Field(alias="from")
    to: Parties
    purpose: WordSet = Field(min_length=1)
    on: Day | None = None
    items: tuple[
        Annotated[WrittenItem, BeforeValidator(lambda one: {"item": one} if isinstance(one, str) else one)], ...
    ] = Field(min_length=1)
    form: Form = Form.IDENTIFIABLE
    mode: Mode = Mode.PUSH
    audience: Audience = "named"
    scope: Scope = "one-case"
    extent: Extent | None = None
    set: Slug | None = None
    data_until: Day | None = None
    asked: WrittenAsked | None = None
    held_for: Slug | None = None
    received: Day | None = None
    need: str = ""
    facts: Facts = {}
    claimed: Slug | None = None
    emergency: Emergency | None = None
    actor: str = ""
    judgements: tuple[WrittenJudgement, ...] = ()


@dataclass(frozen=True)
class Names:
    """What short names stand for in a partnership: partners, items and agreements."""

    partnership: Partnership
    law: Register
    items: Mapping[str, Item]
    agreements: Mapping[str, str]

    @staticmethod
    def of(partnership: Partnership, law: Register, items: Iterable[Item], agreements: Iterable[str] = ()) -> Names:
        every = [*law.vocabulary.items, *items]
        return Names(
            partnership,
            law,
            {key: item for item in every for key in (item.id, slug_of(item.id))},
            {key: id for id in agreements for key in (id, slug_of(id))},
        )

    def item(self, name: str) -> Item:
        if name not in self.items:
            raise UnknownName("item", name, self.items)
        return self.items[name]

    def agreement(self, name: str) -> str:
        if name not in self.agreements:
            raise UnknownName("agreement", name, self.agreements)
        return self.agreements[name]

    def party(self, written: WrittenParty) -> PartyRef:
        principal = self.partnership.partner(written.acting_for).id if written.acting_for else None
        return PartyRef(partner=self.partnership.partner(written.partner).id, unit=written.unit, acting_for=principal)


@dataclass(frozen=True)
class ReadProposals:
    """The proposals of one text with the judgements written beside them."""

    proposals: tuple[Proposal, ...]
    judgements: tuple[Judgement, ...]


def read_proposals(document: Document, names: Names, on: date, path: Path = ()) -> ReadProposals:
    """Every proposal a text makes; `on` is the day for a text that names none."""
    written = build(WrittenProposal, document, path)
    checker = _Checker(document, path)
    day = written.on or on
    proposals: list[Proposal] = []
    for to in range(len(written.to)):
        for purpose in written.purpose:
            with checker.gathering():
                proposals.append(_proposal(written, names, day, to, purpose, checker))
    instances = tuple(proposal.id for proposal in proposals)
    judgements: list[Judgement] = []
    for at, one in enumerate(written.judgements):
        with checker.gathering("judgements", at):
            judgements += _judgements(one, names, day, instances, f"{written.id}-{at + 1}")
    checker.stop_at_problems()
    return ReadProposals(tuple(proposals), tuple(judgements))


def read_judgements(document: Document, names: Names, on: date) -> tuple[Judgement, ...]:
    """A judgement file: a `judgements:` list, or one judgement."""
    listed = document.value.get("judgements") if isinstance(document.value, dict) else None
    paths: list[Path] = [("judgements", at) for at in range(len(listed))] if isinstance(listed, list) else [()]
    checker = _Checker(document, ())
    stem = slug_of(document.file).rsplit(".", 1)[0].lower()
    found: list[Judgement] = []
    for number, path in enumerate(paths):
        written = build(WrittenJudgement, document, path)
        with checker.gathering(*path):
            found += _judgements(written, names, on, (), f"{stem}-{number + 1}")
    checker.stop_at_problems()
    return tuple(found)


class _Checker:
    """Gathers unknown names with their line, so that a text is read to its end."""

    def __init__(self, document: Document, base: Path) -> None:
        self.document, self.base = document, base
        self.problems: list[Problem] = []
        self.at: Path = ()

    @contextmanager
    def gathering(self, *path: str | int) -> Iterator[None]:
        """What is read inside may set `at` to say more closely where it is."""
        self.at = path
        try:
            yield
        except UnknownName as error:
            where = (*self.base, *self.at)
            remedy = "Correct the name, or add it to the folder."
            self.problems.append(self.document.problem(where, "unknown-name", str(error), remedy))

    def stop_at_problems(self) -> None:
        if self.problems:
            raise InputError(sorted(set(self.problems)))


def _proposal(written: WrittenProposal, names: Names, on: date, to: int, purpose: str, checker: _Checker) -> Proposal:
    checker.at = ("from",)
    discloser = names.party(written.from_)
    checker.at = ("to", to)
    recipient = names.party(written.to[to])
    checker.at = ("purpose",)
    names.law.purpose(purpose)
    checker.at = ("held_for",)
    if written.held_for:
        names.law.purpose(written.held_for)
    checker.at = ("facts",)
    known_facts(written.facts, names.law)
    checker.at = ("set",)
    if written.set:
        names.law.prescribed_set(written.set)
    checker.at = ("claimed",)
    if written.claimed:
        names.law.provision(written.claimed)
    many = len(written.to) * len(written.purpose) > 1
    suffix = f":{slug_of(recipient.partner)}:{purpose}" if many else ""
    return Proposal(
        id=written.id + suffix,
        discloser=discloser,
        recipient=recipient,
        purpose=purpose,
        on=on,
        items=tuple(_item(one, at, written, names, checker) for at, one in enumerate(written.items)),
        mode=written.mode,
        audience=written.audience,
        scope=written.scope,
        extent=written.extent or names.partnership.extent,
        set=written.set,
        data_until=written.data_until,
        asked=_asked(written.asked, names, checker),
        held_for=written.held_for,
        received=written.received,
        need=written.need,
        facts=written.facts,
        claimed=written.claimed,
        emergency=written.emergency,
        actor=written.actor,
    )


def _asked(written: WrittenAsked | None, names: Names, checker: _Checker) -> Asked | None:
    if written is None:
        return None
    checker.at = ("asked", "by")
    by = names.partnership.partner(written.by).id
    checker.at = ("asked", "under")
    under = names.law.request_under(written.under) if written.under else None
    return Asked(by=by, on=written.on, under=under, due=written.due)


def _item(written: WrittenItem, at: int, proposal: WrittenProposal, names: Names, checker: _Checker) -> ProposedItem:
    checker.at = ("items", at)
    item = names.item(written.item)
    names.law.kinds_of(item.kinds)
    checker.at = ("items", at, "facts")
    known_facts(written.facts, names.law)
    checker.at = ("items", at, "handling")
    handling = tuple(sorted({names.law.mark(one) for one in written.handling}))
    checker.at = ("items", at, "origins")
    origins = tuple(sorted({_origin(one, names) for one in written.origins}))
    form = written.form or proposal.form
    return ProposedItem.of(item, form, written.facts, origins=origins, handling=handling)


def _origin(written: str, names: Names) -> str:
    """From whom it came first: an origin that law turns on, however it is spelt, or a partner; else it is refused."""
    if origin := names.law.origin(written):
        return origin
    partners = {name: one.called for one in names.partnership.partners for name in (one.id, one.called)}
    if written not in partners:
        raise UnknownName("origin or partner", written, [*names.law.origins, *partners.values()])
    return partners[written]


def known_facts(facts: Mapping[str, str], law: Register) -> None:
    """Every one is a fact of the register and no test; raises `UnknownName`."""
    for fact in facts:
        if law.fact(fact).is_test:
            raise UnknownName(
                "fact (a question only a person can settle goes under judgements)",
                fact,
                [one.id for one in law.vocabulary.facts if not one.is_test],
            )


def _judgements(
    written: WrittenJudgement, names: Names, on: date, instances: tuple[str, ...], stem: str
) -> tuple[Judgement, ...]:
    partner = names.partnership.partner(written.partner).id
    items = tuple(names.item(item).id for item in written.items)
    for test in written.test:
        if not names.law.fact(test).is_test:
            raise UnknownName("test", test, [one.id for one in names.law.vocabulary.facts if one.is_test])
    scope = written.scope or WrittenScope()
    agreement = names.agreement(scope.agreement) if scope.agreement else None
    cases: tuple[str | None, ...] = (scope.instance,) if scope.instance or agreement else instances
    if not cases:
        raise UnknownName("scope of a judgement: it needs `instance:` or `agreement:`,", "(none)", ())
    return tuple(
        Judgement.model_validate(
            {
                "id": "-".join(
                    filter(
                        None,
                        (
                            written.id or stem,
                            test if len(written.test) > 1 or not written.id else "",
                            str(number) if len(cases) > 1 else "",
                        ),
                    )
                ).lower(),
                "test": test,
                "answer": written.answer,
                "by": written.by,
                "office": written.office,
                "partner": partner,
                "reasons": written.reasons,
                "scope": JudgementScope(instance=case, agreement=agreement, flow=scope.flow),
                "items": items,
                "from": written.from_ or on,
                "until": written.until,
                "clause": written.clause,
            }
        )
        for test in written.test
        for number, case in enumerate(cases)
    )
