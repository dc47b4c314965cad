"""What is so of an agreement, or of a whole portfolio, for all inputs and not for samples?

**All inputs** are: every item the agreements or the vocabulary know, in every form and from every origin a route
asks about; every purpose, mode, audience, set and request that some route tells apart (for the questions about
flows: the flow's own purpose, form, mode, set and marking, however it was asked for); every day from the one given
to the end of the term, cut wherever law, a capacity or an agreement begins or ends; and for each of these every
fact, row fact, policy document and judgement that anybody may state, record or make, or leave open. Judgements in
the folder are not taken as settled. Left out are several origins at once, and what is read into marking codes.

Every *can* comes with a witness: a whole proposal that the definition decides so. Every *cannot* says how many
cells and formulas were covered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import combinations, product

from comity.agreement import Agreement, Flow, Never, SignedAgreement
from comity.canonical import digest
from comity.check.inputs import Cell, Inputs, Wide, everyone
from comity.check.proving import Change, Prover, Shown
from comity.check.text import Names
from comity.check.world import World
from comity.partnership import Item, Partner, PartyRef
from comity.terms import Outcome, Step, slug_of

PATIENTS = "confidential-patient"

Tick = Callable[[int], None]


@dataclass(frozen=True)
class Point:
    """One thing that was found: where, on which days, and what shows it."""

    code: str
    sentence: str
    agreement: str = ""
    part: str = ""
    first: date | None = None
    until: date | None = None
    shown: Shown | None = None
    when: tuple[tuple[str, ...], ...] = ()
    """Alternatives, each a list of conditions: for which facts it is so."""
    exact: bool = True
    alike: int = 1
    """How many cells are like the one that is shown."""


@dataclass(frozen=True)
class Result:
    """What was found in answer to a question, and what was covered to find it."""

    question: str
    answer: str
    found: tuple[Point, ...]
    cells: int = 0
    formulas: int = 0


@dataclass
class Portfolio:
    """The agreements that are asked about, in their world, from a day on."""

    world: World
    names: Names
    on: date
    about: tuple[str, ...] = ()
    """The ids of the agreements asked about; all of them, if none is named."""
    tick: Tick = lambda _: None
    _told: int = 0

    @cached_property
    def inputs(self) -> Inputs:
        return Inputs(replace(self.world, judgements=()), self.names)

    @cached_property
    def prover(self) -> Prover:
        return Prover(self.inputs.world)

    @property
    def asked(self) -> Iterator[SignedAgreement]:
        """The agreements asked about that have not ended."""
        for one in self.world.agreements:
            if (not self.about or one.agreement.id in self.about) and _lasts(one.agreement, self.on):
                yield one

    def among(self, agreements: Iterable[SignedAgreement]) -> Portfolio:
        return replace(self, world=replace(self.world, agreements=tuple(agreements)))

    def flows(self) -> Iterator[tuple[SignedAgreement, Flow, list[Cell]]]:
        for signed in self.asked:
            for flow in signed.agreement.flows:
                cells = list(self.inputs.of_flow(signed, flow, self.on))
                self.tick(self.inputs.given)
                yield signed, flow, cells

    def result(self, question: str, answer: str, found: Iterable[Point]) -> Result:
        points = tuple(found)
        covered = self.inputs.given + self.inputs.left_out
        cells, self._told = covered - self._told, covered
        return Result(question, answer, points, cells, self.prover.solver.formulas)


def as_if_signed(text: Agreement) -> SignedAgreement:
    """The agreement as if all its parties had signed it."""
    everybody = tuple(sorted({one.partner for one in text.parties if one.partner}))
    return SignedAgreement(agreement=text, signed_by=everybody, digest=digest(text))


def _lasts(text: Agreement, on: date) -> bool:
    return all(end is None or on < end for end in (text.term.until, text.withdrawn))


def pair(cell: Cell) -> str:
    """The two ends of a cell, in short names."""
    return f"{_called(cell.proposal.discloser)} to {_called(cell.proposal.recipient)}"


def _called(ref: PartyRef) -> str:
    unit = f" ({ref.unit})" if ref.unit else ""
    return slug_of(ref.partner) + unit + (f" for {slug_of(ref.acting_for)}" if ref.acting_for else "")


# ---- can it reach them? ----------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """Which items, to whom: a kind of information, and bodies by sector or by capacities held or not held."""

    kind: str = PATIENTS
    sector: str | None = "private"
    capacity: str | None = None
    without: str | None = None
    unless: tuple[str, ...] = ()
    """Facts whose being known to be so is left aside: what remains without them?"""

    def meets(self, partner: Partner, portfolio: Portfolio) -> bool:
        held = portfolio.world.law.capacities_of(_capacities(partner))
        return (
            (self.sector is None or partner.sector == self.sector)
            and (self.capacity is None or self.capacity in held)
            and (self.without is None or self.without not in held)
        )

    @property
    def whom(self) -> str:
        whom = f"a body of the {self.sector} sector" if self.sector else "a body"
        whom += f" that holds {self.capacity}" if self.capacity else ""
        whom += f" that does not hold {self.without}" if self.without else ""
        return whom + (f" without {' and without '.join(self.unless)}" if self.unless else "")


def _capacities(partner: Partner) -> set[str]:
    return {one.capacity for one in partner.capacities} | {
        one.capacity for unit in partner.units for one in unit.capacities
    }


def reach(portfolio: Portfolio, target: Target) -> Result:
    """Can an item of this kind be answered *share* to such a body? A witness for each two bodies, or no."""
    found = [
        point
        for giver, receiver, wide in _pairs(portfolio, target)
        for point in _reached(portfolio, target, giver, receiver, wide)
    ]
    item = f"an item of kind {target.kind}"
    among = "between the parties of the agreements asked about" if portfolio.about else "between the partners"
    answer = f"Yes: {item} can be shared" if found else f"No, for all inputs: {among}, {item} is never shared"
    limits = "" if found else f" {NOT_EXAMINED}"
    return portfolio.result("reach", f"{answer} with {target.whom}.{limits}", found)


NOT_EXAMINED = (
    "That is so of what goes directly, is marked as what it is, comes from at most one other origin, and under the law "
    "and the confirmations as they stand; free text may hold anything."
)


def _pairs(portfolio: Portfolio, target: Target) -> Iterator[tuple[PartyRef, PartyRef, Wide]]:
    """Every two bodies that law and agreements tell apart; in a portfolio, all bodies and every purpose."""
    world = portfolio.world
    items = _items_of(portfolio, target.kind)
    if portfolio.about:
        for signed in portfolio.asked:
            text = signed.agreement
            purposes = tuple(dict.fromkeys(flow.purpose for flow in text.flows))
            wide = Wide(
                items,
                purposes,
                max(portfolio.on, text.term.from_),
                text.term.until,
                text.extent,
                kind=target.kind,
                for_sharing=True,
            )
            yield from ((giver, to, wide) for giver, to in _ends(everyone(text), target, portfolio))
        return
    ends = [one.agreement.term.until for one in portfolio.asked]
    until = None if None in ends or not ends else max(day for day in ends if day)
    purposes = tuple(one.id for one in world.law.vocabulary.purposes)
    wide = Wide(items, purposes, portfolio.on, until, (world.partnership.extent,), kind=target.kind, for_sharing=True)
    seen = set()
    for giver, to in _ends(tuple(_bodies(world)), target, portfolio):
        alone = not any(
            one.names(giver.acting_for or giver.partner, to.acting_for or to.partner) for one in world.agreements
        )
        sort = _sort(world, giver), _sort(world, to)
        if not (alone and sort in seen):
            seen.add(sort) if alone else None
            yield giver, to, wide


def _ends(bodies: tuple[PartyRef, ...], target: Target, portfolio: Portfolio) -> Iterator[tuple[PartyRef, PartyRef]]:
    partnership = portfolio.world.partnership
    known = {one.id: one for one in partnership.partners}
    for to in bodies:
        if to.partner in known and target.meets(known[to.partner], portfolio):
            yield from ((one, to) for one in bodies if one.partner != to.partner and one.partner in known)


def _bodies(world: World) -> Iterator[PartyRef]:
    """Every body, each of its parts, and each as acting for another."""
    for partner in world.partnership.partners:
        yield PartyRef(partner=partner.id)
        yield from (PartyRef(partner=partner.id, unit=unit.name) for unit in partner.units)
        yield from (PartyRef(partner=partner.id, acting_for=link.partner) for link in partner.acts_for)


def _sort(world: World, ref: PartyRef) -> object:
    """What the law sees of a body: its hats and their dates, and whether a doubt names it."""
    partner = world.partnership.partner(ref.partner)
    held = list(partner.capacities)
    held += [one for unit in partner.units if unit.name == ref.unit for one in unit.capacities]
    links = [link for link in partner.acts_for if link.partner == ref.acting_for]
    hats = tuple(sorted((one.capacity, str(one.from_), str(one.until)) for one in held))
    named = any(f"members.{partner.called}" in path for one in world.law.provisions.values() for path in one.doubts())
    acts = tuple(
        (link.purposes, link.from_, link.until, _sort(world, PartyRef(partner=link.partner))) for link in links
    )
    return hats, partner.sector, acts, partner.called if named else ""


def _items_of(portfolio: Portfolio, kind: str) -> tuple[Item, ...]:
    """The items that are of the kind, or that holding them may make so."""
    law = portfolio.world.law
    made = {one for capacity in law.vocabulary.capacities for one in law.kinds_of(capacity.holds)}
    return tuple(
        one
        for one in portfolio.names.items.values()
        if kind in (kinds := law.kinds_of(one.kinds)) or (kind in made and "personal" in kinds)
    )


def _reached(portfolio: Portfolio, target: Target, giver: PartyRef, to: PartyRef, wide: Wide) -> Iterator[Point]:
    prover = portfolio.prover
    for cell in portfolio.inputs.between(giver, to, wide):
        portfolio.tick(portfolio.inputs.given + portfolio.inputs.left_out)
        if prover.shown_of_kind(cell, target.kind, target.unless):
            cell, shown = _plainest(prover, cell, target)
            sentence = f"{cell.item.called} can go from {pair(cell)}, for {cell.proposal.purpose}."
            yield Point("can-reach", sentence, first=cell.proposal.on, until=cell.until, shown=shown)
            return


def _plainest(prover: Prover, cell: Cell, target: Target) -> tuple[Cell, Shown]:
    """The same with whatever is not needed left out: the request, the other purpose, the emergency, the set."""
    shown = prover.shown_of_kind(cell, target.kind, target.unless)
    for name in ("asked", "held_for", "emergency", "set"):
        plain = cell.proposal.model_copy(update={name: None})
        other = replace(cell, case=replace(cell.case, proposal=plain))
        if found := prover.shown_of_kind(other, target.kind, target.unless):
            cell, shown = other, found
    assert shown
    return cell, shown


# ---- do two agreements disagree? ---------------------------------------------------------------


def contradictions(portfolio: Portfolio) -> Result:
    """Where does one agreement promise what a clause of another in force forbids; where do two flows disagree?"""
    found = [*_forbidden(portfolio), *_disagreeing(portfolio)]
    answer = (
        "Agreements contradict one another." if found else "No two agreements contradict one another, for all inputs."
    )
    return portfolio.result("contradictions", answer, found)


def _forbidden(portfolio: Portfolio) -> Iterator[Point]:
    found: dict[tuple[str, ...], Point] = {}
    for signed, flow, cells in portfolio.flows():
        for cell in cells:
            for other, clause in _clauses_on(cell):
                key = signed.agreement.id, flow.id, cell.item.item, other.agreement.id, clause.id
                if key in found:
                    found[key] = replace(found[key], alike=found[key].alike + 1)
                elif change := _kept_back(portfolio, cell, other, clause):
                    found[key] = _contradiction(signed, flow, cell, other, clause, change)
    yield from found.values()


def _clauses_on(cell: Cell) -> list[tuple[SignedAgreement, Never]]:
    """The clauses that may bear on the item, whatever it is held to be."""
    case, item = cell.case, cell.item
    if not any(one.agreement.never for one in case.agreements):
        return []
    held = [kind for one in case.holders for kind in one.holds] if "personal" in case.law.kinds_of(item.kinds) else []
    return list(case.clauses_on(item, case.law.kinds_of((*item.kinds, *held))))


def _kept_back(portfolio: Portfolio, cell: Cell, other: SignedAgreement, clause: Never) -> Change | None:
    """What would be shared were the clause not there."""
    free = cell.among([without_clause(one, clause) if one is other else one for one in cell.case.agreements])
    changes = portfolio.prover.changes(free, cell)
    return next((one for one in changes if one.was.startswith("share") and not one.now.startswith("share")), None)


def without_clause(signed: SignedAgreement, clause: Never) -> SignedAgreement:
    return with_text(signed, never=tuple(one for one in signed.agreement.never if one.id != clause.id))


def with_text(signed: SignedAgreement, **changes: object) -> SignedAgreement:
    """The agreement with another text, signed by the same."""
    return signed.model_copy(update={"agreement": signed.agreement.model_copy(update=changes)})


def _contradiction(
    signed: SignedAgreement, flow: Flow, cell: Cell, other: SignedAgreement, clause: Never, change: Change
) -> Point:
    one, two = slug_of(signed.agreement.id), slug_of(other.agreement.id)
    whose = "its own clause" if signed is other else f"{two} clause"
    sentence = f"{one} flow {flow.id} promises {cell.item.called} from {pair(cell)}; {whose} {clause.id} forbids it."
    return Point(
        "promise-forbidden",
        sentence,
        signed.agreement.id,
        f"flow:{flow.id}",
        cell.proposal.on,
        cell.until,
        change.shown(),
        *change.exactly(),
    )


def _disagreeing(portfolio: Portfolio) -> Iterator[Point]:
    """Flows of two agreements about one item between one pair, with other words on keeping, passing on or marking."""
    promised: dict[tuple[str, ...], list[tuple[SignedAgreement, Flow]]] = {}
    for signed in portfolio.asked:
        text = signed.agreement
        for flow in text.flows:
            ends = product(sorted(text.partner_ids(flow.from_)), sorted(text.partner_ids(flow.to)))
            for (giver, to), name in product(ends, flow.items):
                promised.setdefault((giver, to, flow.purpose, text.item_id(name)), []).append((signed, flow))
    said: set[tuple[str, ...]] = set()
    for (giver, to, _, item), flows in promised.items():
        for (one, first), (two, second) in combinations(flows, 2):
            for what, before, after in _terms(first, second) if one is not two else ():
                key = one.agreement.id, first.id, two.agreement.id, second.id, what
                if before == after or key in said or (days := _together(one, first, two, second, portfolio.on)) is None:
                    continue
                said.add(key)
                sides = [
                    f"{x} by {slug_of(y.agreement.id)} flow {z.id}"
                    for x, y, z in ((before, one, first), (after, two, second))
                ]
                yield Point(
                    f"{what}-differs",
                    f"{slug_of(item)} from {slug_of(giver)} to {slug_of(to)}: {what} is {', '.join(sides)}.",
                    one.agreement.id,
                    f"flow:{first.id}",
                    *days,
                )


def _terms(one: Flow, two: Flow) -> Iterator[tuple[str, str, str]]:
    kept = [(flow.retention.for_ if flow.retention else None) or "not said" for flow in (one, two)]
    yield "retention", kept[0], kept[1]
    yield "onward", one.onward.rule, two.onward.rule
    yield "marking", one.handling.marking, two.handling.marking


def _together(
    one: SignedAgreement, first: Flow, two: SignedAgreement, second: Flow, on: date
) -> tuple[date, date | None] | None:
    """The days on which both flows run."""
    terms = one.agreement.term, two.agreement.term
    starts = [day for day in (on, first.from_date, second.from_date, *(term.from_ for term in terms)) if day]
    ends = [day for day in (first.until_date, second.until_date, *(term.until for term in terms)) if day]
    start, end = max(starts), min(ends, default=None)
    return (start, end) if end is None or start < end else None


# ---- on what does each flow rest? --------------------------------------------------------------


def rests(portfolio: Portfolio) -> Result:
    """Which flows rest on no power, on one that ends too soon, or only on one with something to be confirmed?"""
    found = [point for _, flow, cells in portfolio.flows() for point in _resting(portfolio, flow, cells)]
    answer = (
        "Some flows have no sure power for their whole term."
        if found
        else "Every flow has a power in force, with nothing to be confirmed about it, for its whole term. Bases and "
        "conditions were not looked at."
    )
    return portfolio.result("rests", answer, found)


def _resting(portfolio: Portfolio, flow: Flow, cells: list[Cell]) -> Iterator[Point]:
    """By item and pair: the powers that reach it on each day, over every way of asking."""
    found: dict[tuple[object, ...], Point] = {}
    spans: dict[tuple[object, ...], dict[date, list[Cell]]] = {}
    for cell in cells:
        proposal = cell.proposal
        who = proposal.discloser, proposal.recipient, cell.item.item, proposal.extent
        spans.setdefault(who, {}).setdefault(proposal.on, []).append(cell)
    for days in spans.values():
        before: tuple[str, ...] = ()
        for day in sorted(days):
            sure, doubtful = _powers(portfolio, days[day])
            if not sure and any(cell.case.leaves_its_purpose for cell in days[day]):
                point = _unsure(portfolio, flow, days[day], before, doubtful)
                key = point.code, point.first, point.sentence.rsplit(" for ", 1)[-1]
                found[key] = replace(found[key], alike=found[key].alike + 1) if key in found else point
            before = sure or before
    yield from found.values()


def _powers(portfolio: Portfolio, cells: list[Cell]) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """The powers that reach the item for sure, and those with something to be confirmed."""
    sure: set[str] = set()
    doubtful: dict[str, tuple[str, ...]] = {}
    for cell in portfolio.prover.unlike(cells):
        for one in cell.case.weighed(Step.POWER, "allows", cell.item):
            if one.doubts:
                doubtful[one.provision.id] = one.doubts
            else:
                sure.add(one.provision.id)
    return tuple(sorted(sure)), {id: doubts for id, doubts in sorted(doubtful.items()) if id not in sure}


def _unsure(
    portfolio: Portfolio, flow: Flow, cells: list[Cell], before: tuple[str, ...], doubtful: dict[str, tuple[str, ...]]
) -> Point:
    cell = cells[0]
    agreement = cell.flow.partition("#")[0]
    start = f"{slug_of(agreement)} flow {flow.id} rests on"
    if doubtful:
        paths = sorted({path for paths in doubtful.values() for path in paths})
        code, what = "power-unconfirmed", f"only {', '.join(doubtful)}, and {', '.join(paths)} has yet to be confirmed"
    elif before:
        code, what = "power-ends", f"{', '.join(before)}, which ends on {cell.proposal.on} before the flow does"
    else:
        code, what = "power-none", "no power of the register"
    if any(portfolio.prover.can(one, Outcome.SHARE) for one in cells):
        raise AssertionError(f"shared without a sure power: {cell.proposal}")
    possible = Outcome.REFER if portfolio.prover.can(cell, Outcome.REFER) else Outcome.WITHHOLD
    shown = portfolio.prover.shown(cell, possible)
    sentence = f"{start} {what}: {cell.item.called} from {pair(cell)} can never be shared, for {flow.purpose}."
    return Point(code, sentence, agreement, f"flow:{flow.id}", cell.proposal.on, cell.until, shown)
