"""What may be known of the facts a program leaves open, and what must be said for it to be so?

Facts are not free of one another. The opposite of a fact is known with it; a
policy document is recorded of a party, so it stands or falls for both ends that
are one body; a test is known only if an office answers it, and what the giver's
office answers the receiver may take over or answer for itself. So the facts of a
program fall into small groups, and each group has a list of what may be known of
it, each with the sayings that bring it about. Anything a person could state,
record or judge is in the list; a witness is put together from the sayings and
decided by the definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

from comity.check.case import ENDS, Case
from comity.check.decision import Emergency, Judgement, JudgementScope, Proposal, Said, Scope, truth_of
from comity.check.program import Asked
from comity.check.world import World
from comity.law import Register
from comity.partnership import PartyFact, PartyView
from comity.terms import End, Truth, negation, slug_of

SCOPES: Mapping[Scope, tuple[bool, bool]] = {
    "one-case": (False, False),
    "list": (True, False),
    "whole-population": (True, True),
}
"""What each scope makes of `list-of-people` and `bulk`."""

OF_THE_SCOPE = ("list-of-people", "bulk")
ELSEWHERE = "elsewhere.example/partner/originator"
"""A third party, for whatever only a third party may answer."""

Office = tuple[str, str]
"""A partner and an office of it."""

Value = tuple[Truth, ...]


@dataclass(frozen=True)
class Saying:
    """One thing that is said, recorded of a party or judged; `where` is the end it is recorded or judged at."""

    how: Literal["said", "recorded", "judged", "scope", "need"]
    fact: str
    value: str
    where: End = "discloser"

    @property
    def rank(self) -> int:
        """Silence first: a witness says no more than it must."""
        return ("", "silent", "one-case").index(self.value) if self.value in ("", "silent", "one-case") else 3


@dataclass(frozen=True, eq=False)
class Group:
    """Facts that are known together: every way they may be known, and what has to be said for it."""

    facts: tuple[Asked, ...]
    ways: Mapping[Value, tuple[Saying, ...]]

    @property
    def free(self) -> bool:
        """Whether anything may be known of any of them, whatever is known of the others."""
        return len(self.ways) == int(3 ** len(self.facts))


@dataclass(frozen=True)
class Ends:
    """Who may answer, and of whom facts are recorded: all that makes two pairs of parties differ here."""

    one_record: bool
    at_giver: frozenset[str]
    at_receiver: frozenset[str]
    """The tests that somebody may answer for the giver; those that somebody may answer for the receiver alone."""


def ends_of(case: Case) -> Ends:
    """What may be answered in this case, and at which end."""
    tests = [fact.id for fact in case.law.vocabulary.facts if fact.is_test]
    return Ends(
        _holder(case.discloser).partner == _holder(case.recipient).partner,
        frozenset(test for test in tests if _answering(case, test, "discloser")),
        frozenset(test for test in tests if _answering(case, test, "recipient")),
    )


def _holder(view: PartyView) -> PartyView:
    return view.acting_for or view


def _answering(case: Case, test: str, end: End) -> Office | None:
    """An office that may answer the test; at the receiver's end, one whose answer counts only there."""
    giving = {found for view in _views(case.discloser) for found in _offices(case.law, test, view)}
    if end == "discloser":
        third = {one.id for one in case.law.vocabulary.offices if one.third_party} & set(case.law.fact(test).offices)
        return min(giving, default=None) or min(((ELSEWHERE, office) for office in third), default=None)
    return min(
        {found for view in _views(case.recipient) for found in _offices(case.law, test, view)} - giving, default=None
    )


def _views(view: PartyView) -> tuple[PartyView, PartyView]:
    return view, view.responsible


def _offices(law: Register, test: str, view: PartyView) -> Iterator[Office]:
    return ((view.partner, one) for one in law.offices_for(test, law.capacities_of(view.capacities)))


# ---- the groups ---------------------------------------------------------------------


class Groups:
    """The groups of facts of one register, each worked out once."""

    def __init__(self, law: Register) -> None:
        self.law = law
        self._known: dict[tuple[object, ...], Group] = {}

    def of(self, facts: Iterable[Asked], ends: Ends, *, emergency: bool) -> tuple[Group, ...]:
        """The facts in groups; every way in which each group may be known."""
        found: dict[tuple[str, ...], set[Asked]] = {}
        for one in facts:
            found.setdefault(_tied(self.law, one[0]), set()).add(one)
        return tuple(self._group(tied, tuple(sorted(those)), ends, emergency) for tied, those in sorted(found.items()))

    def _group(self, tied: tuple[str, ...], facts: tuple[Asked, ...], ends: Ends, emergency: bool) -> Group:
        here = Ends(ends.one_record, ends.at_giver & set(tied), ends.at_receiver & set(tied))
        key = tied, facts, here, emergency and tied == OF_THE_SCOPE
        if key not in self._known:
            self._known[key] = _group(self.law, tied, facts, here, emergency)
        return self._known[key]


def _tied(law: Register, fact: str) -> tuple[str, ...]:
    """The fact with those that are known with it."""
    if fact in OF_THE_SCOPE:
        return OF_THE_SCOPE
    return tuple(sorted({fact, law.opposites.get(fact, fact)}))


def _group(law: Register, tied: tuple[str, ...], facts: tuple[Asked, ...], ends: Ends, emergency: bool) -> Group:
    ways: dict[Value, tuple[Saying, ...]] = {}
    for sayings in product(*_choices(law, tied, ends, emergency)):
        value = tuple(_known(law, fact, end, sayings) for fact, end in facts)
        if value not in ways or _loudness(sayings) < _loudness(ways[value]):
            ways[value] = tuple(one for one in sayings if one.rank)
    return Group(facts, ways)


def _loudness(sayings: Iterable[Saying]) -> int:
    return sum(one.rank for one in sayings)


def _choices(law: Register, tied: tuple[str, ...], ends: Ends, emergency: bool) -> Iterator[list[Saying]]:
    """Everything that may be said of these facts; each list holds what excludes one another."""
    if tied == OF_THE_SCOPE:
        yield [Saying("scope", "scope", one) for one in SCOPES if not (emergency and one == "whole-population")]
        return
    for fact in tied:
        known = law.fact(fact)
        if fact == "need-stated":
            yield [Saying("need", fact, value) for value in ("", "yes")]
        elif known.is_test:
            for end, may in zip(ENDS, (ends.at_giver, ends.at_receiver), strict=True):
                yield [Saying("judged", fact, value, end) for value in ("", *(("yes", "no") if fact in may else ()))]
        else:
            yield [Saying("said", fact, value) for value in ("silent", "yes", "no", "unknown")]
            if known.about == "party":
                for end in ENDS[: 1 if ends.one_record else 2]:
                    yield [Saying("recorded", fact, value, end) for value in ("", "yes", "no")]


def _known(law: Register, fact: str, end: End, sayings: tuple[Saying, ...]) -> Truth:
    """What `Case.known` makes of these sayings."""
    value = _stated(law, fact, end, sayings)
    if value is None and fact in law.opposites:
        value = negation(_stated(law, law.opposites[fact], end, sayings))
    said = any(one.how == "said" and one.fact == fact and one.value != "silent" for one in sayings)
    return truth_of(law.fact(fact).unstated) if value is None and not said else value


def _stated(law: Register, fact: str, end: End, sayings: tuple[Saying, ...]) -> Truth:
    if fact in OF_THE_SCOPE:
        return SCOPES[_scope(sayings)][OF_THE_SCOPE.index(fact)]
    if fact == "need-stated":
        return any(one.how == "need" and one.value == "yes" for one in sayings)
    of_it = {(one.how, one.where): one.value for one in sayings if one.fact == fact}
    if law.fact(fact).is_test:
        return _truth((end == "recipient" and of_it["judged", "recipient"]) or of_it["judged", "discloser"])
    recorded = of_it.get(("recorded", end), of_it.get(("recorded", "discloser"), ""))
    return _truth(recorded or of_it["said", "discloser"])


def _scope(sayings: Iterable[Saying]) -> Scope:
    words = {one.value for one in sayings if one.how == "scope"}
    return next((one for one in SCOPES if one in words), "one-case")


def _truth(value: str) -> Truth:
    return {"yes": True, "no": False}.get(value)


# ---- from what is known to a proposal that can be decided ---------------------------------


@dataclass(frozen=True)
class Witness:
    """A whole proposal with the judgements made for it and what is recorded of the parties."""

    proposal: Proposal
    judgements: tuple[Judgement, ...] = ()
    records: tuple[tuple[str, str, Truth], ...] = ()
    """Partner, fact, and what is recorded of it; nothing, if it is not known."""

    def world(self, world: World) -> World:
        """The world with these judgements and no others, and with these records."""
        changed = {partner for partner, _, _ in self.records}
        partners = tuple(
            one.model_copy(update={"facts": self._facts(one.id, one.facts)}) if one.id in changed else one
            for one in world.partnership.partners
        )
        partnership = world.partnership.model_copy(update={"partners": partners}) if changed else world.partnership
        return World(partnership, world.law, world.agreements, self.judgements)

    def _facts(self, partner: str, facts: tuple[PartyFact, ...]) -> tuple[PartyFact, ...]:
        said = {fact: value for id, fact, value in self.records if id == partner}
        new = (PartyFact(fact=fact, value=value) for fact, value in said.items() if value is not None)
        return (*(one for one in facts if one.fact not in said), *new)

    @property
    def supposing(self) -> tuple[str, ...]:
        """What it supposes, a phrase each."""
        item, asked = self.proposal.items[0], self.proposal.asked
        said = {**self.proposal.facts, **item.facts}
        return (
            *(
                [f"asked for by {slug_of(asked.by)}" + (f" under {asked.under}" if asked.under else "")]
                if asked
                else ()
            ),
            *([f"held for {self.proposal.held_for}"] if self.proposal.held_for else ()),
            *([f"scope {self.proposal.scope}"] if self.proposal.scope != "one-case" else ()),
            *(["the need is stated"] if self.proposal.need else ()),
            *(["an emergency is declared"] if self.proposal.emergency else ()),
            *(f"{fact}: {value}" for fact, value in said.items()),
            *(f"{one.test}: {one.answer}, by {one.office} of {slug_of(one.partner)}" for one in self.judgements),
            *(f"{fact} of {slug_of(partner)}: {_word(value)}" for partner, fact, value in self.records),
        )


def _word(value: Truth) -> str:
    return "not known" if value is None else "yes" if value else "no"


DECLARED = Emergency(
    declared_by="whoever declares it",
    office="none",
    reason="supposed",
    life_at_risk="supposed",
    recipient_named="supposed",
)
"""A declaration by no office: it answers no test, so that only what is said does."""


def witness(case: Case, found: Iterable[Group], known: Mapping[Asked, Truth]) -> Witness:
    """The proposal of the case with everything said that makes the facts known as they are supposed."""
    sayings = [one for group in found for one in group.ways[tuple(known[fact] for fact in group.facts)]]
    facts: dict[str, dict[str, Said]] = {"item": {}, "proposal": {}}
    for one in sayings:
        if one.how == "said" and one.value != "silent":
            about = "item" if case.law.fact(one.fact).about == "item" else "proposal"
            facts[about][one.fact] = one.value  # type: ignore[assignment]
    proposal = case.proposal.model_copy(
        update={
            "items": tuple(
                one.model_copy(update={"facts": dict(sorted(facts["item"].items()))}) for one in case.proposal.items
            ),
            "facts": dict(sorted(facts["proposal"].items())),
            "scope": _scope(sayings),
            "need": "supposed" if any(one.how == "need" for one in sayings) else "",
        }
    )
    records = {
        (_holder(case.party(end)).partner, fact): None
        for group in found
        for fact, end in group.facts
        if case.law.fact(fact).about == "party" and not case.law.fact(fact).is_test
    } | {
        (_holder(case.party(one.where)).partner, one.fact): _truth(one.value)
        for one in sayings
        if one.how == "recorded"
    }
    judgements = tuple(_judgement(case, one) for one in sayings if one.how == "judged")
    return Witness(proposal, judgements, tuple((*who, value) for who, value in sorted(records.items())))


def _judgement(case: Case, one: Saying) -> Judgement:
    office = _answering(case, one.fact, one.where)
    assert office
    return Judgement.model_validate(
        {
            # Of two answers the later counts, and of two on one day that with the later name.
            "id": f"{1 + ENDS.index(one.where)}-{one.fact}",
            "test": one.fact,
            "answer": one.value,
            "by": "somebody",
            "office": office[1],
            "partner": office[0],
            "reasons": "supposed",
            "scope": JudgementScope(instance=case.proposal.id),
            "from": case.proposal.on,
        }
    )
