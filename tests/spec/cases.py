"""The worked decisions as data: read them, put their questions, and say where an answer differs.

A case is a page of the manual. How to read one is told in README.md beside this file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from comity.agreement import SignedAgreement
from comity.agreement.text import read_agreement
from comity.canonical import digest
from comity.check.decision import Answer, Decision, Proposal, Reason
from comity.check.text import Names, ReadProposals, read_proposals
from comity.check.world import World
from comity.law import Register, shipped
from comity.law.model import Confirmation
from comity.partnership import Item, Partnership
from comity.source import Document, Model, Words, WordSet, build, read, read_yaml
from comity.terms import Duty, Outcome, Slug, Transform, slug_of

HERE = Path(__file__).parent
DAY = date(2026, 11, 16)
"""The day of every case that names none."""

NOT_SIGNED = {"eastvale-trust.example/partner/eastvale-trust"}
"""Named as a party, and has yet to sign."""


class ItemsFile(Model):
    items: tuple[Item, ...]


class ExpectedClaim(Model):
    """For which items the named route holds, is open or fails (`all` for every item), and why it fails."""

    holds: WordSet = ()
    open: WordSet = ()
    no: WordSet = ()
    because: Slug | None = None


class Expected(Model):
    """What the decision must say; every item stands under exactly one of share, refer and withhold."""

    headline: str
    share: WordSet = ()
    refer: dict[Slug, WordSet] = {}
    withhold: dict[Slug, Slug] = {}
    claimed: ExpectedClaim | None = None
    duty: Literal["pending"] | None = None
    due: date | None = None
    due_rule: str = ""
    transform: Transform = Transform.NONE
    warns: WordSet = ()
    rests_on: dict[Slug, WordSet] = {}
    codes: dict[Slug, WordSet] = {}

    @property
    def must(self) -> bool:
        return self.headline.endswith(" + duty")


Written = dict[str, object]


class Variation(Model):
    """The same case with something changed: what would turn the answer."""

    if_: str = Field(alias="if")
    confirm: Words = ()
    change: Written = {}
    add_judgements: tuple[Written, ...] = ()
    expect: Written


class WorkedCase(Model):
    """One worked decision."""

    title: str
    story: str
    agreements: Words = ("sw-isa-v3",)
    proposal: Written | tuple[Written, ...]
    confirm: Words = ()
    expect: Written
    without_confirmation: Written | Literal["same"] | None = None
    also: tuple[Variation, ...] = ()


@dataclass(frozen=True)
class Run:
    """A case with the facts of law it takes as confirmed, and what must come of it."""

    row: str
    called: str
    case: WorkedCase
    document: Document
    proposals: tuple[Written, ...]
    confirm: tuple[str, ...]
    expect: Written

    def __str__(self) -> str:
        return f"{self.row}-{self.called}"

    def read(self) -> ReadProposals:
        """The questions and the judgements of the case, as any reader of proposals has them."""
        document = replace(self.document, value={"proposal": self.proposals})
        found = [read_proposals(document, names(), DAY, ("proposal", at)) for at in range(len(self.proposals))]
        return ReadProposals(tuple(one for each in found for one in each.proposals),
                             tuple(one for each in found for one in each.judgements))

    def decisions(self, law: Register) -> list[Decision]:
        """The answers under this law; a register without the named route is asked without it."""
        asked = self.read()
        world = World(partnership(), law.confirmed(map(confirmation, self.confirm)),
                      tuple(agreements()[name] for name in self.case.agreements), asked.judgements)
        return [world.decide(_without_unknown_claim(proposal, law)) for proposal in asked.proposals]

    def expected(self, proposal: Proposal) -> Expected:
        """The expectation for this recipient and purpose."""
        special = self.expect.get("for", {})
        assert isinstance(special, dict)
        wanted = {key: value for key, value in self.expect.items() if key != "for"}
        for name in (slug_of(proposal.recipient.partner), proposal.purpose):
            wanted |= special.get(name, {})
        return Expected.model_validate(wanted)

    def differences(self, law: Register) -> list[str]:
        """Every point on which the decisions are not what the case says; none, if all is well."""
        return [f"{one.proposal.id}: {difference}" for one in self.decisions(law)
                for difference in _differences(one, self.expected(one.proposal))]


def _without_unknown_claim(proposal: Proposal, law: Register) -> Proposal:
    known = proposal.claimed in law.provisions
    return proposal if known else proposal.model_copy(update={"claimed": None})


# ---- what a decision is held to ------------------------------------------------


def _differences(decision: Decision, expected: Expected) -> Iterator[str]:
    names = [one.called for one in decision.answers]
    wanted = ({name: Outcome.SHARE for name in _listed(expected.share, names)}
              | dict.fromkeys(expected.refer, Outcome.REFER) | dict.fromkeys(expected.withhold, Outcome.WITHHOLD))
    headline = decision.headline + (" + duty" if decision.must else "")
    if headline != expected.headline:
        yield f"headline {headline}, not {expected.headline}"
    if set(wanted) != set(names):
        yield f"the case says nothing of {set(names) - set(wanted)}, and speaks of {set(wanted) - set(names)}"
    for answer in decision.answers:
        if answer.outcome != wanted.get(answer.called):
            yield f"{answer.called}: {answer.outcome}, not {wanted.get(answer.called)}{_why(answer)}"
        else:
            yield from (f"{answer.called}: {one}{_why(answer)}" for one in _item_differences(answer, expected))
    yield from _claim_differences(decision, expected.claimed or ExpectedClaim(), names)


def _item_differences(answer: Answer, expected: Expected) -> Iterator[str]:
    match answer.outcome:
        case Outcome.SHARE:
            yield from _share_differences(answer, expected)
        case Outcome.REFER:
            if missing := set(expected.refer[answer.called]) - _words(answer.against):
                yield f"referred, but not for {missing}"
        case Outcome.WITHHOLD:
            if (code := answer.against[0].code) != expected.withhold[answer.called]:
                yield f"withheld for {code}, not for {expected.withhold[answer.called]}"
    if missing := set(expected.rests_on.get(answer.called, ())) - {one.rests_on for one in answer.reasons}:
        yield f"no reason rests on {missing}"
    if missing := set(expected.codes.get(answer.called, ())) - {one.code for one in answer.reasons}:
        yield f"no reason says {missing}"


def _share_differences(answer: Answer, expected: Expected) -> Iterator[str]:
    duty = Duty.DUE if expected.must else Duty(expected.duty or "none")
    pairs = [("duty", answer.duty, duty), ("due", answer.due, expected.due),
             ("transform", answer.transform, expected.transform)]
    yield from (f"{what} {got}, not {wanted}" for what, got, wanted in pairs if got != wanted)
    if expected.due_rule and answer.due_rule != expected.due_rule:
        yield f"due {answer.due_rule}, not {expected.due_rule}"
    if missing := set(expected.warns) - {one.code for one in answer.reasons if one.warning}:
        yield f"no warning of {missing}"


def _claim_differences(decision: Decision, expected: ExpectedClaim, names: list[str]) -> Iterator[str]:
    wanted = {name: word for word in ("holds", "open", "no") for name in _listed(getattr(expected, word), names)}
    got = {one.called: one.holds for one in decision.claimed}
    if got != wanted:
        yield f"the named route: {got}, not {wanted}"
    for one in decision.claimed:
        if one.holds == "no" and expected.because and expected.because not in _words(one.reasons):
            yield f"{one.called}: the named route fails for {_words(one.reasons)}, not for {expected.because}"


def _listed(written: tuple[str, ...], names: list[str]) -> Iterable[str]:
    return names if written == ("all",) else written


def _words(reasons: Iterable[Reason]) -> set[str]:
    """Codes, tests and doubts: the words by which a reason may be named in a case."""
    return {word for one in reasons for word in (one.code, one.fact, one.path) if word}


def _why(answer: Answer) -> str:
    against = [one for one in answer.reasons if one.effect != Outcome.SHARE]
    return "".join(f"\n    {one.step} {one.code} {one.fact or ''} {one.path} [{one.rests_on}/{one.route}] {one.end or ''}"
                   for one in against)


# ---- the world and the cases ------------------------------------------------------


def confirmation(written: str) -> Confirmation:
    """`entry.path`, confirmed."""
    entry, _, path = written.partition(".")
    return Confirmation(entry=entry, path=path, value=True, who="head of legal services", when=date(2026, 11, 2),
                        source="the text in force, as read on that day")


@cache
def partnership() -> Partnership:
    return read(Partnership, (HERE / "world/partnership.yaml").read_text("utf-8"), "partnership.yaml")


@cache
def agreements() -> dict[str, SignedAgreement]:
    """The agreements by short name, signed by every party but those who have yet to sign."""
    found = {}
    for path in sorted(HERE.glob("world/agreements/*.yaml")):
        text, _ = read_agreement(path.read_text("utf-8"), path.name)
        signed_by = tuple(one.partner for one in text.parties if one.partner and one.partner not in NOT_SIGNED)
        found[path.stem] = SignedAgreement(agreement=text, signed_by=signed_by, digest=digest(text))
    return found


@cache
def names() -> Names:
    items = read(ItemsFile, (HERE / "world/items.yaml").read_text("utf-8"), "items.yaml").items
    return Names.of(partnership(), shipped(), items, [one.agreement.id for one in agreements().values()])


@cache
def cases() -> dict[str, tuple[WorkedCase, Document]]:
    """Every case by its row, in the order of the list."""
    documents = {path.stem: read_yaml(path.read_text("utf-8"), path.name) for path in HERE.glob("worked/*.yaml")}
    return {row: (build(WorkedCase, documents[row]), documents[row]) for row in sorted(documents, key=_in_order)}


def _in_order(row: str) -> tuple[int, str]:
    digits = row.rstrip("abc")
    return int(digits), row


def runs() -> list[Run]:
    """Each case as it stands, without its confirmations, and with each of its changes."""
    return [run for row, (case, document) in cases().items() for run in _runs(row, case, document)]


def _runs(row: str, case: WorkedCase, document: Document) -> Iterator[Run]:
    proposals = case.proposal if isinstance(case.proposal, tuple) else (case.proposal,)
    stands = Run(row, "confirmed" if case.confirm else "as-it-stands", case, document, proposals, case.confirm, case.expect)
    yield stands
    if case.without_confirmation is not None:
        expect = case.expect if case.without_confirmation == "same" else case.without_confirmation
        yield replace(stands, called="unconfirmed", confirm=(), expect=expect)
    for one in case.also:
        yield replace(stands, called="if-" + "-".join(one.if_.split()), confirm=one.confirm, expect=one.expect,
                      proposals=tuple(_changed(proposal, one) for proposal in proposals))


def _changed(proposal: Written, variation: Variation) -> Written:
    changed = proposal | variation.change
    judgements = changed.get("judgements", [])
    assert isinstance(judgements, list)
    return changed | {"judgements": [*judgements, *variation.add_judgements]}


__all__ = ["Run", "WorkedCase", "cases", "runs"]
