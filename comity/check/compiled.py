"""The check, one proposal at a time and fast: what has been worked out once is not worked out again.

The definition is `reference.py`, and it alone decides here too. What it says
about an item turns on the circumstances of the share (who, to whom, for what,
in which stretch of days between two changes), on the item, and on the few facts
that were looked at on the way. The answer, with all its reasons, is kept under
just that; so is what the answers for the items of a proposal make together. A
new agreement, judgement or law makes a new world; what it does not touch is
taken over.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar

from comity.agreement import SignedAgreement
from comity.check.case import Case
from comity.check.decision import Answer, Decision, Facts, Judgement, Proposal, ProposedItem
from comity.check.finding import due_on, review_due, verdict
from comity.check.reference import answer
from comity.check.world import RECEIVED, World
from comity.law import Register
from comity.law.reach import first_years
from comity.partnership import Partner, PartyRef
from comity.partnership.model import ActsFor, HeldCapacity, PartyFact
from comity.terms import End, Mode, Period, Truth

MOST_ANSWERS = 200_000
"""When so much is kept, all is let go: memory stays bounded. Answers count, and whatever they are kept in."""

KEEP = Mode.KEEP

OF_ITEM = itemgetter("item", "kinds", "form", "origins", "handling")
OF_PARTY = itemgetter("partner", "unit", "acting_for")
OF_SHARE = itemgetter("purpose", "mode", "audience", "scope", "extent", "set", "held_for", "claimed", "emergency")
"""These read many fields of a model at once, which takes a fraction of the time of reading them one by one."""

FIELDS, FACTS = attrgetter("__dict__"), itemgetter("facts")

GIVEN = frozenset(Decision.model_fields) - {"schema_"}
"""The fields that a decision of the definition is given; the others are as they always are."""

put = object.__setattr__
"""A frozen model is filled in by this, as pydantic itself does when it copies one or reads one from a pickle."""

Key = tuple[object, ...]
T = TypeVar("T")


@dataclass(frozen=True)
class TracedCase(Case):
    """A case that notes which facts were looked at, and does not look twice for what no fact can change."""

    seen: set[str] = field(default_factory=set, compare=False)

    def known(self, fact: str, item: ProposedItem, end: End = "discloser") -> Truth:
        self.seen.add(fact)
        if fact in self.law.opposites:
            self.seen.add(self.law.opposites[fact])
        return super().known(fact, item, end)

    def judgement(self, test: str, item: ProposedItem, end: End = "discloser") -> Judgement | None:
        key = test, id(item), end
        if key not in self._looked_up:
            self._looked_up[key] = item, super().judgement(test, item, end)
        return self._looked_up[key][1]

    @cached_property
    def _looked_up(self) -> dict[Key, tuple[ProposedItem, Judgement | None]]:
        """By the identity of the item, which is kept so that it stays its own."""
        return {}


class Shape:
    """Items asked for together, but for their own facts: the same items are one such object, which is quick to find."""


@dataclass(slots=True)
class Cell(Generic[T]):
    """What was found for one item, or for several together, by what was said of the facts that it turns on."""

    turns_on: set[str] = field(default_factory=set)
    found: dict[Key, T] = field(default_factory=dict)

    def said(self, facts: Facts, own: Sequence[Facts]) -> Key:
        """What is said of those facts, of the whole proposal and of each item by itself."""
        turns_on = self.turns_on
        of_all = tuple([(name, facts[name]) for name in facts if name in turns_on])
        return (of_all, *[self.said(of_one, ()) for of_one in own]) if own else of_all


@dataclass(frozen=True, slots=True)
class Whole:
    """The fields of a decision but for what is its proposal's own."""

    fields: dict[str, Any]
    dated: bool
    """Whether a duty among the answers has a day on which it is due."""

    @staticmethod
    def of(decision: Decision) -> Whole:
        """Without the proposal, which is not to be kept; its place among the fields is."""
        return Whole({**decision.__dict__, "proposal": None}, any(one.due_rule for one in decision.answers))

    def decision(self, proposal: Proposal) -> Decision:
        """For this proposal. Nothing is checked again: these very fields have been a decision before."""
        fields = self.fields.copy()
        fields["proposal"] = proposal
        if self.dated:
            fields["answers"] = tuple([_dated(one, proposal) for one in fields["answers"]])
        if proposal.emergency is not None:
            fields["review_due"] = review_due(proposal)
        decision = object.__new__(Decision)
        put(decision, "__dict__", fields)
        put(decision, "__pydantic_fields_set__", set(GIVEN))
        put(decision, "__pydantic_extra__", None)
        put(decision, "__pydantic_private__", None)
        return decision


@dataclass(slots=True)
class Circumstances:
    """Everything about a share but its items and facts, for the days between two changes."""

    alone: dict[Shape, Cell[Answer]] = field(default_factory=dict)
    """The answer for an item."""

    together: dict[Shape, Cell[Whole]] = field(default_factory=dict)
    """What the answers for all items of a proposal make."""

    @property
    def kept(self) -> int:
        """How many cells are kept here, and what was found in them."""
        alone = sum(1 + len(one.found) for one in self.alone.values())
        return alone + sum(1 + len(one.found) for one in self.together.values())


@dataclass(slots=True)
class Between:
    """Two parties: what bears on a share between them, and the days on which that may change."""

    agreements: tuple[SignedAgreement, ...]
    judgements: tuple[Judgement, ...]
    changes: tuple[date, ...]
    found: dict[Key, Circumstances] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        """How much is kept here, itself included."""
        return 1 + len(self.found) + sum(one.kept for one in self.found.values())


class Compiled:
    """A world that answers fast. `decide` gives exactly what `World.decide` gives."""

    def __init__(self, world: World, former: Compiled | None = None) -> None:
        self.world = world
        kept = former is not None and former.world.law is world.law and former.world.partnership is world.partnership
        self._former: dict[Key, Between] = former._between if former and kept else {}
        self._shapes: dict[Key, Shape] = former._shapes if former and kept else {}
        self._between: dict[Key, Between] = {}
        self._kept = len(self._shapes)

    def amended(self, world: World) -> Compiled:
        """The same for another world; what is known of parties it does not touch is taken over."""
        return Compiled(world, self)

    def decide(self, proposal: Proposal) -> Decision:
        """Say, item by item, whether the proposal may be shared, and why; raises `UnknownName`."""
        there = self._circumstances(proposal)
        items = list(map(FIELDS, proposal.items))
        shape = self._shapes.get(tuple(map(OF_ITEM, items)))
        together = there.together.get(shape) if shape else None
        if together is None:
            return self._work_out(there, proposal)
        own = list(map(FACTS, items))
        whole = together.found.get(together.said(proposal.facts, own if any(own) else ()))
        return self._work_out(there, proposal) if whole is None else whole.decision(proposal)

    # ---- what is not yet known -----------------------------------------------

    def _work_out(self, there: Circumstances, proposal: Proposal) -> Decision:
        """The decision by the definition, which is asked only for the items whose answers are not known."""
        case = self._traced(proposal)
        cells = [self._answered(there, case, item) for item in proposal.items]
        answers = [
            _dated(cell.found[cell.said(proposal.facts, _own(item))], proposal)
            for cell, item in zip(cells, proposal.items, strict=True)
        ]
        case.seen.clear()
        decision = verdict(case, answers)  # Whether a claim holds may turn on facts of its own.
        together = self._cell(there.together, *proposal.items)
        together.turns_on.update(case.seen, *[cell.turns_on for cell in cells])
        together.found[together.said(proposal.facts, _own(*proposal.items))] = Whole.of(decision)
        self._count(1)
        return decision

    def _answered(self, there: Circumstances, case: TracedCase, item: ProposedItem) -> Cell[Answer]:
        """The cell of an item, which knows the answer for this case."""
        cell = self._cell(there.alone, item)
        facts, own = case.proposal.facts, _own(item)
        if cell.said(facts, own) not in cell.found:
            case.seen.clear()
            found = answer(case, item)
            cell.turns_on |= case.seen
            cell.found[cell.said(facts, own)] = found
            self._count(1)
        return cell

    def _cell(self, cells: dict[Shape, Cell[T]], *items: ProposedItem) -> Cell[T]:
        key = tuple(map(OF_ITEM, map(FIELDS, items)))
        if key not in self._shapes:
            self._count(1)
            self._shapes[key] = Shape()
        shape = self._shapes[key]
        if shape not in cells:
            self._count(1)
            cells[shape] = Cell()
        return cells[shape]

    def _traced(self, proposal: Proposal) -> TracedCase:
        case = self.world.case(proposal)
        return TracedCase(case.proposal, case.discloser, case.recipient, case.law, case.agreements, case.judgements)

    def _count(self, more: int) -> None:
        self._kept += more
        if self._kept > MOST_ANSWERS:
            self._between, self._former, self._shapes, self._kept = {}, {}, {}, 0

    # ---- where a proposal belongs --------------------------------------------

    def _circumstances(self, proposal: Proposal) -> Circumstances:
        said = proposal.__dict__
        pair = (
            OF_PARTY(said["discloser"].__dict__),
            OF_PARTY(said["recipient"].__dict__),
            said["mode"] in RECEIVED,
        )
        between = self._between.get(pair)
        if between is None:
            between = self._meet(proposal, pair)
        on, asked = said["on"], said["asked"]
        to_the_day = said["received"] is not None and said["mode"] == KEEP
        key = (
            (on, said["received"]) if to_the_day else bisect_right(between.changes, on),
            OF_SHARE(said),
            not said["need"],
            asked and (asked.by, asked.under),
            said["id"] in self.world.judged_alone and (on, self.world.judged((), said["id"])),
        )
        there = between.found.get(key)
        if there is None:
            self.world.case(proposal)  # Names that nobody knows are refused before anything is kept.
            there = between.found[key] = Circumstances()
            self._count(1)
        return there

    def _meet(self, proposal: Proposal, pair: Key) -> Between:
        """What bears on a share between the two: taken over where it is what it was."""
        case = self.world.case(proposal)
        judgements = self.world.judged(case.agreements, "")
        between = self._former.get(pair)
        if not (between and _same(between.agreements, case.agreements) and _same(between.judgements, judgements)):
            between = Between(case.agreements, judgements, self._changes(proposal, case.agreements, judgements))
        self._between[pair] = between
        self._count(between.kept)
        return between

    def _changes(
        self, proposal: Proposal, agreements: tuple[SignedAgreement, ...], judgements: tuple[Judgement, ...]
    ) -> tuple[date, ...]:
        ends = (proposal.discloser, proposal.recipient)
        parties = [day for ref in ends for day in days_of_party(self.world, ref)]
        agreed = [day for one in agreements for day in days_of_agreement(one)]
        judged = [day for one in judgements for day in (one.from_, one.until)]
        return tuple(sorted({day for day in (*self._days_of_law, *parties, *agreed, *judged) if day}))

    @cached_property
    def _days_of_law(self) -> tuple[date, ...]:
        return tuple(days_of_law(self.world.law))


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def _own(*items: ProposedItem) -> tuple[Facts, ...]:
    """What is said of each item by itself, if anything is."""
    own = tuple(one.facts for one in items)
    return own if any(own) else ()


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
