"""The check, one proposal at a time and fast: what has been worked out once is not worked out again.

The definition is `reference.py`, and it alone decides here too. What it says
about an item turns on the circumstances of the share (who, to whom, for what,
in which stretch of days between two changes), on the item, and on the few facts
that were looked at on the way. The answer, with all its reasons, is kept under
just that. A new agreement, judgement or law makes a new world; what it does not
touch is taken over.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from comity.agreement import SignedAgreement
from comity.check.case import Case
from comity.check.decision import Answer, Basis, Claimed, Decision, Judgement, Proposal, ProposedItem
from comity.check.finding import claimed, due_on, rests_on, review_due
from comity.check.reference import answer
from comity.check.world import RECEIVED, World
from comity.law import Register
from comity.law.reach import first_years
from comity.partnership import Partner, PartyRef
from comity.partnership.model import ActsFor, HeldCapacity, PartyFact
from comity.terms import Duty, End, Headline, Mode, Outcome, Period, Truth, headline_of

MOST_ANSWERS = 200_000
"""When so many answers are kept, all are let go: memory stays bounded."""

Key = tuple[object, ...]


@dataclass(frozen=True)
class TracedCase(Case):
    """A case that notes which facts were looked at."""

    seen: set[str] = field(default_factory=set, compare=False)

    def known(self, fact: str, item: ProposedItem, end: End = "discloser") -> Truth:
        self.seen.add(fact)
        if fact in self.law.opposites:
            self.seen.add(self.law.opposites[fact])
        return super().known(fact, item, end)


@dataclass
class Cell:
    """One item in some circumstances: its answers by what was said of the facts it turns on."""

    turns_on: set[str] = field(default_factory=set)
    answers: dict[Key, tuple[Answer, Claimed | None]] = field(default_factory=dict)


@dataclass
class Circumstances:
    """Everything about a share but its items and facts, for the days between two changes."""

    cells: dict[Key, Cell] = field(default_factory=dict)
    verdicts: dict[Key, Verdict] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What the answers for the items of a proposal add up to."""

    headline: Headline
    must: bool
    claimed: tuple[Claimed, ...]
    basis: Basis


@dataclass
class Between:
    """Two parties: what bears on a share between them, and the days on which that may change."""

    agreements: tuple[SignedAgreement, ...]
    judgements: tuple[Judgement, ...]
    changes: tuple[date, ...]
    found: dict[Key, Circumstances] = field(default_factory=dict)


class Compiled:
    """A world that answers fast. `decide` gives exactly what `World.decide` gives."""

    def __init__(self, world: World, former: Compiled | None = None) -> None:
        self.world = world
        kept = former is not None and former.world.law is world.law and former.world.partnership is world.partnership
        self._former = former._between if former and kept else {}
        self._between: dict[Key, Between] = {}
        self._answers = 0

    def amended(self, world: World) -> Compiled:
        """The same for another world; what is known of parties it does not touch is taken over."""
        return Compiled(world, self)

    def decide(self, proposal: Proposal) -> Decision:
        """Say, item by item, whether the proposal may be shared, and why; raises `UnknownName`."""
        there = self._circumstances(proposal)
        found = [self._answer(there, proposal, item) for item in proposal.items]
        key = tuple(id(one) for one, _ in found)
        if key not in there.verdicts:
            there.verdicts[key] = self._verdict(proposal, found)
        verdict = there.verdicts[key]
        return Decision.model_construct(
            proposal=proposal,
            headline=verdict.headline,
            must=verdict.must,
            answers=tuple(_dated(one, proposal) for one, _ in found),
            claimed=verdict.claimed,
            review_due=review_due(proposal),
            basis=verdict.basis,
        )

    def _answer(self, there: Circumstances, proposal: Proposal, item: ProposedItem) -> tuple[Answer, Claimed | None]:
        key = (item.item, item.kinds, item.form, item.origins, item.handling)
        cell = there.cells.get(key)
        if cell is None:
            cell = there.cells[key] = Cell()
        said = _said(cell, proposal, item)
        if said not in cell.answers:
            return self._work_out(cell, proposal, item)
        return cell.answers[said]

    def _work_out(self, cell: Cell, proposal: Proposal, item: ProposedItem) -> tuple[Answer, Claimed | None]:
        case = self._traced(proposal)
        found = answer(case, item), claimed(case, item, proposal.claimed) if proposal.claimed else None
        cell.turns_on |= case.seen
        cell.answers[_said(cell, proposal, item)] = found
        self._answers += 1
        if self._answers > MOST_ANSWERS:
            self._between, self._former, self._answers = {}, {}, 0
        return found

    def _traced(self, proposal: Proposal) -> TracedCase:
        case = self.world.case(proposal)
        return TracedCase(case.proposal, case.discloser, case.recipient, case.law, case.agreements, case.judgements)

    def _verdict(self, proposal: Proposal, found: list[tuple[Answer, Claimed | None]]) -> Verdict:
        answers = [one for one, _ in found]
        return Verdict(
            headline_of(one.outcome for one in answers),
            any(one.duty == Duty.DUE and one.outcome == Outcome.SHARE for one in answers),
            tuple(one for _, one in found if one),
            rests_on(self.world.case(proposal), answers),
        )

    # ---- where a proposal belongs --------------------------------------------

    def _circumstances(self, proposal: Proposal) -> Circumstances:
        discloser, recipient, asked = proposal.discloser, proposal.recipient, proposal.asked
        keeping = proposal.mode == Mode.KEEP
        pair = (
            discloser.partner, discloser.unit, discloser.acting_for,
            recipient.partner, recipient.unit, recipient.acting_for, proposal.mode in RECEIVED,
        )  # fmt: skip
        between = self._between.get(pair)
        if between is None:
            between = self._between[pair] = self._meet(proposal, pair)
        key = (
            (proposal.on, proposal.received) if keeping else bisect_right(between.changes, proposal.on),
            proposal.purpose,
            proposal.mode,
            proposal.audience,
            proposal.scope,
            proposal.extent,
            proposal.set,
            proposal.held_for,
            not proposal.need,
            (asked.by, asked.under) if asked else None,
            proposal.claimed,
            proposal.emergency,
            self._alone(proposal),
        )
        there = between.found.get(key)
        if there is None:
            self.world.case(proposal)  # Names that nobody knows are refused before anything is kept.
            there = between.found[key] = Circumstances()
        return there

    def _alone(self, proposal: Proposal) -> Key | None:
        """What somebody has judged for this case alone, on its day."""
        if proposal.id not in self.world.judged_alone:
            return None
        return proposal.on, self.world.judged((), proposal.id)

    def _meet(self, proposal: Proposal, pair: Key) -> Between:
        """What bears on a share between the two: taken over where it is what it was."""
        case = self.world.case(proposal)
        judgements = self.world.judged(case.agreements, "")
        former = self._former.get(pair)
        if former and _same(former.agreements, case.agreements) and _same(former.judgements, judgements):
            return former
        ends = (proposal.discloser, proposal.recipient)
        parties = [day for ref in ends for day in days_of_party(self.world, ref)]
        agreed = [day for one in case.agreements for day in days_of_agreement(one)]
        judged = [day for one in judgements for day in (one.from_, one.until)]
        days = {day for day in (*self._days_of_law, *parties, *agreed, *judged) if day}
        return Between(case.agreements, judgements, tuple(sorted(days)))

    @cached_property
    def _days_of_law(self) -> tuple[date, ...]:
        return tuple(days_of_law(self.world.law))


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def _said(cell: Cell, proposal: Proposal, item: ProposedItem) -> Key:
    """What is said of the facts the answer turns on: of the item, and of the whole proposal."""
    turns_on = cell.turns_on
    of_item = tuple([one for one in item.facts.items() if one[0] in turns_on])
    return of_item, tuple([one for one in proposal.facts.items() if one[0] in turns_on])


def _dated(one: Answer, proposal: Proposal) -> Answer:
    """The answer with the day on which its duty is due for this proposal."""
    if not one.due_rule:
        return one
    due = due_on(one.due_rule, proposal)
    return one if one.due == due else one.model_copy(update={"due": due})


# ---- the days on which an answer may change ---------------------------------------------


def days_of_law(law: Register) -> Iterator[date]:
    """The first days of something new in the law."""
    for provision in law.provisions.values():
        periods = [*provision.in_force, *first_years(provision.in_force)]
        periods += [period for route in provision.routes for period in route.in_force or ()]
        yield from _ends(*periods)


def _ends(*periods: Period) -> Iterator[date]:
    yield from (day for period in periods for day in (period.from_, period.until) if day)


def days_of_party(world: World, ref: PartyRef) -> Iterator[date]:
    partners = [world.partnership.partner(name) for name in (ref.partner, ref.acting_for) if name]
    for partner in partners:
        yield from _days_of_partner(partner)


def _days_of_partner(partner: Partner) -> Iterator[date]:
    capacities = [*partner.capacities, *(one for unit in partner.units for one in unit.capacities)]
    held: list[HeldCapacity | PartyFact | ActsFor] = [*capacities, *partner.facts, *partner.acts_for]
    for one in held:
        yield from (day for day in (one.from_, one.until) if day)


def days_of_agreement(signed: SignedAgreement) -> Iterator[date]:
    text = signed.agreement
    yield from _ends(Period(from_=text.term.from_, until=text.term.until), *text.suspended)
    yield from (when for _, when in signed.signed_on)
    yield from (day for other in signed.superseded_by for day in days_of_agreement(other))
    days = [text.withdrawn, *(day for one in text.parties for day in (one.joined, one.left))]
    days += [day for flow in text.flows for day in (flow.from_date, flow.until_date)]
    yield from (day for day in days if day)
