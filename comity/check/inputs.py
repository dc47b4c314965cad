"""Which inputs does a proof range over?

**All inputs** of a question are all its *cells*, and for each cell all facts. A
cell is one item of one share: who gives, who receives, for what, how, in which
form, on which day, whether it was asked for, whether it is put to another use.
What a cell leaves open is left to the solver: every fact of the item, the share
and the parties, every judgement anybody may make, and the scope.

Days are not tried one by one. Between two days on which law, capacities or
agreements begin or end, every day is like the first, so each stretch is one
cell. Nor is every way of sharing: where no route that may reach the item tells
two of them apart, one stands for both.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import product
from typing import Any, get_args

from comity.agreement import Agreement, Flow, SignedAgreement
from comity.check.case import ENDS, Case
from comity.check.cells import flow_proposal, party_ref
from comity.check.decision import Asked, Proposal, ProposedItem
from comity.check.supposed import DECLARED
from comity.check.text import Names
from comity.check.world import World
from comity.errors import UnknownName
from comity.law.reach import OF_THE_SHARE, Asking, Aspect, Routes, first_years
from comity.partnership import Item, Partner, PartyRef
from comity.terms import Audience, Form, Mode, Period, Step

ON, EXTENT, PURPOSE, GIVER, RECEIVER, SET, MODE, AUDIENCE, REQUEST, *_ = OF_THE_SHARE
"""The aspects of a share, in their order in `reach.py`."""

Stretch = tuple[date, date | None]
"""The first day of a stretch of days that are alike, and the day after its last."""


@dataclass(frozen=True)
class Cell:
    """One item of one share with nothing said about any fact: it stands for a stretch of days."""

    case: Case
    until: date | None = None
    flow: str = ""

    @property
    def proposal(self) -> Proposal:
        return self.case.proposal

    @property
    def item(self) -> ProposedItem:
        return self.case.proposal.items[0]

    def among(self, agreements: Iterable[SignedAgreement]) -> Cell:
        """The same cell under other agreements, as far as they bear on it."""
        giver, keeper = self.case.discloser.controller, self.case.recipient.controller
        ends = {keeper} if self.proposal.mode == Mode.KEEP else {giver, keeper}
        return replace(self, case=replace(self.case, agreements=tuple(one for one in agreements if one.names(*ends))))


@dataclass(frozen=True)
class Wide:
    """A wide range of shares between two bodies: which items, for what, from which day until which."""

    items: tuple[Item, ...]
    purposes: tuple[str, ...]
    first: date
    until: date | None
    extents: tuple[str, ...] = ("E",)
    forms: tuple[Form, ...] = tuple(Form)
    only_with_power: bool = False
    """Leave out what no power reaches: it is never answered *share*."""


@dataclass
class Inputs:
    """The cells of a partnership's agreements, under the law it stands under."""

    world: World
    names: Names
    left_out: int = 0
    """Cells that were seen at a glance to be never shared."""
    _fitting: dict[Hashable, Routes] = field(default_factory=dict)

    # ---- days ------------------------------------------------------------------------

    def stretches(self, first: date, until: date | None, *refs: PartyRef) -> list[Stretch]:
        """The days from `first` to `until` in stretches in which nothing begins or ends for these two."""
        bodies = {ref.partner for ref in refs} | {ref.acting_for for ref in refs if ref.acting_for}
        cuts = self._of_law | {day for one in bodies for day in self._of_partner(one)}
        for one in self.world.agreements:
            if one.names(*{ref.acting_for or ref.partner for ref in refs}):
                cuts |= agreement_days(one)
        inner = sorted(day for day in cuts if first < day and (until is None or day < until))
        starts = [first, *inner]
        return list(zip(starts, [*inner, until], strict=True)) if until is None or first < until else []

    @cached_property
    def _of_law(self) -> frozenset[date]:
        law = self.world.law
        periods = [
            period
            for one in law.provisions.values()
            for period in (*one.in_force, *(period for route in one.routes for period in route.in_force or ()))
        ]
        periods += [year for one in law.provisions.values() for year in first_years(one)]
        return frozenset(_days(periods))

    def _of_partner(self, id: str) -> frozenset[date]:
        if id not in self._partner_days:
            self._partner_days[id] = frozenset(partner_days(self.world.partnership.partner(id)))
        return self._partner_days[id]

    @cached_property
    def _partner_days(self) -> dict[str, frozenset[date]]:
        return {}

    # ---- the cells of a flow -----------------------------------------------------------

    def of_flow(self, signed: SignedAgreement, flow: Flow, first: date) -> Iterator[Cell]:
        """Every item of the flow between every two of its parties, on every day from `first` on.

        Purpose, form, mode, set, audience and marking are the flow's. Open are: whether it was asked for, and
        under what; whether it was held for another purpose; whether an emergency is declared.
        """
        text = signed.agreement
        for giver, receiver in product(flow.from_, flow.to):
            if giver == receiver:
                continue
            proposal = flow_proposal(text, flow, giver, receiver, self.names, first)
            if proposal is None or not proposal.items:
                continue
            start, end = _within(first, text.term.from_, flow.from_date), _first(text.term.until, flow.until_date)
            for day, until in self.stretches(start, end, proposal.discloser, proposal.recipient):
                for extent in text.extent:
                    base = self._case(proposal.model_copy(update={"on": day, "extent": extent}))
                    if base:
                        yield from self._flow_cells(base, until, f"{text.id}#{flow.id}")

    def _flow_cells(self, base: Case, until: date | None, flow: str) -> Iterator[Cell]:
        for item in base.proposal.items:
            bare = item.model_copy(update={"facts": {}})
            for case in self._apart(base, bare, self._open_in_a_flow(base)):
                yield Cell(case, until, flow)

    def _case(self, proposal: Proposal) -> Case | None:
        """The case, without judgements; nothing, where a party cannot act as it is said to that day."""
        try:
            case = self.world.case(proposal)
            hash(case.setting)
        except (UnknownName, ValueError):
            return None
        return replace(case, judgements=())

    # ---- all there is between two bodies --------------------------------------------------

    def between(self, giver: PartyRef, receiver: PartyRef, wide: Wide, flow: str = "") -> Iterator[Cell]:
        """Every share of these items between the two: every way of sharing, form, origin and day."""
        for day, until in self.stretches(wide.first, wide.until, giver, receiver):
            for purpose, extent in product(wide.purposes, wide.extents):
                base = self._case(_open_proposal(giver, receiver, purpose, extent, day))
                if base:
                    for item in self._kinds_apart(base, wide):
                        for case in self._apart(base, item, self._open_anywhere(base), power=wide.only_with_power):
                            yield Cell(case, until, flow)

    def _kinds_apart(self, base: Case, wide: Wide) -> Iterator[ProposedItem]:
        """One for each sort of item that law or agreements tell apart, in every form and from every origin."""
        named = {name for one in base.agreements for name in _items_named(one.agreement)}
        reach = self.world.law.reach
        for form, origin in product(wide.forms, (None, *self._origins)):
            seen = set()
            for item in wide.items:
                proposed = ProposedItem.of(item, form, origins=(origin,) if origin else ())
                proposed = proposed.model_copy(update={"facts": {}})
                sort = (
                    base.law.kinds_of(item.kinds),
                    reach.of_item(base.thing(proposed)),
                    item.id if item.id in named else "",
                )
                if sort not in seen:
                    seen.add(sort)
                    yield proposed

    @cached_property
    def _origins(self) -> tuple[str, ...]:
        """The origins that routes tell apart, one for each that makes a difference."""
        reach = self.world.law.reach
        named = {name for _, route in reach.routes for name in (*route.origins, *route.not_origins)}
        seen: dict[object, str] = {}
        for name in sorted(named):
            asks = frozenset(
                at for at, (_, route) in enumerate(reach.routes) if name in route.origins or name in route.not_origins
            )
            seen.setdefault(asks, name)
        return tuple(seen.values())

    # ---- the ways of sharing that some route tells apart -------------------------------------

    def _open_in_a_flow(self, base: Case) -> list[Sequence[Mapping[str, object]]]:
        return [self._requests(base), self._holdings(base), _EMERGENCY]

    def _open_anywhere(self, base: Case) -> list[Sequence[Mapping[str, object]]]:
        return [self._requests(base), self._holdings(base), _MODES, _AUDIENCES, self._sets, _EMERGENCY]

    def _requests(self, base: Case) -> list[Mapping[str, object]]:
        by = base.recipient.controller
        return [{"asked": None}, *({"asked": Asked(by=by, under=under)} for under in (None, *self._under))]

    @cached_property
    def _under(self) -> tuple[str, ...]:
        return tuple(sorted({name for _, route in self.world.law.reach.routes for name in route.requested_under}))

    def _holdings(self, base: Case) -> list[Mapping[str, object]]:
        other = next((one.id for one in self.world.law.vocabulary.purposes if one.id != base.proposal.purpose), None)
        return [{"held_for": None}, *([{"held_for": other}] if other else [])]

    @cached_property
    def _sets(self) -> tuple[Mapping[str, object], ...]:
        names = {name for _, route in self.world.law.reach.routes for name in route.sets}
        return tuple({"set": name} for name in (None, *sorted(names)))

    def _apart(
        self, base: Case, item: ProposedItem, open_: list[Sequence[Mapping[str, object]]], *, power: bool = False
    ) -> Iterator[Case]:
        """The case in every way that some route which may reach the item tells apart."""
        relevant = self._relevant(base) & self.world.law.reach.of_item(base.thing(item))
        if power and not relevant & self.world.law.reach.at(Step.POWER, "allows"):
            self.left_out += 1
            return
        asks = bool(relevant & self._asking_for_agreements)
        chosen = [self._one_of_each(base, relevant, values, asks) for values in open_]
        for updates in product(*chosen):
            update = {"items": (item,)} | {name: value for one in updates for name, value in one.items()}
            case = replace(base, proposal=base.proposal.model_copy(update=update))
            if case.emergency or case.proposal.emergency is None:
                yield case

    def _one_of_each(
        self, base: Case, relevant: Routes, values: Sequence[Mapping[str, object]], asks: bool
    ) -> list[Mapping[str, object]]:
        found: dict[Hashable, Mapping[str, object]] = {}
        for one in values:
            ((name, value),) = one.items()
            if name == "emergency" and value and not asks:
                continue
            found.setdefault(self._told_by(base, relevant, name, value), one)
        return list(found.values())

    def _told_by(self, base: Case, relevant: Routes, name: str, value: Any) -> Hashable:
        """What routes, and the check itself, make of a value."""
        match name:
            case "asked":
                answer = value is not None, value.under if value else None
                return relevant & self._fits(REQUEST, answer)
            case "held_for":
                return relevant & self._fits(PURPOSE, (base.setting.purposes, value is not None))
            case "set":
                return relevant & self._fits(SET, value)
            case "mode":
                apart = value == Mode.FEED, value in (Mode.WITHIN, Mode.KEEP) and _one_body(base)
                return relevant & self._fits(MODE, value), apart, value == Mode.PUBLICATION
            case "audience":
                return relevant & self._fits(AUDIENCE, value), value == "named"
        return value is not None

    def _relevant(self, base: Case) -> Routes:
        """The routes that fit day, place, purpose and parties, whatever the rest; closed lists speak of others."""
        setting = base.setting
        found = self._fits(ON, setting.on) & self._fits(EXTENT, setting.extent)
        found &= self._fits(PURPOSE, (setting.purposes, False)) | self._fits(PURPOSE, (setting.purposes, True))
        parties = self.world.law.reach.everything
        for aspect in (GIVER, RECEIVER):
            answers = [aspect.answer(Asking(setting, end)) for end in ENDS]
            parties &= self._fits(aspect, answers[0]) | self._fits(aspect, answers[1])
        return found & (parties | self.world.law.reach.closing)

    def _fits(self, aspect: Aspect[Asking], answer: Hashable) -> Routes:
        key = id(aspect), answer
        if key not in self._fitting:
            fits: Callable[[Any, Any, Any], bool] = aspect.fits
            self._fitting[key] = self.world.law.reach.where(lambda provision, route: fits(provision, route, answer))
        return self._fitting[key]

    @cached_property
    def _asking_for_agreements(self) -> Routes:
        return self.world.law.reach.where(lambda _, route: route.agreement == "required")


_MODES: tuple[Mapping[str, object], ...] = tuple({"mode": mode} for mode in (Mode.PUSH, *Mode))
_AUDIENCES: tuple[Mapping[str, object], ...] = tuple({"audience": one} for one in get_args(Audience))
_EMERGENCY: tuple[Mapping[str, object], ...] = ({"emergency": None}, {"emergency": DECLARED})


def _one_body(base: Case) -> bool:
    return base.discloser.controller == base.recipient.controller


def _open_proposal(giver: PartyRef, receiver: PartyRef, purpose: str, extent: str, on: date) -> Proposal:
    return Proposal.model_validate(
        {
            "id": "supposed",
            "discloser": giver,
            "recipient": receiver,
            "purpose": purpose,
            "extent": extent,
            "on": on,
            "items": [ProposedItem(item="comity.example/item/anything", kinds=())],
        }
    )


def _items_named(agreement: Agreement) -> set[str]:
    names = [name for flow in agreement.flows for name in flow.items]
    return {agreement.item_id(name) for name in (*names, *(name for one in agreement.never for name in one.items))}


# ---- the days on which something begins or ends ------------------------------------------------


def agreement_days(signed: SignedAgreement) -> set[date]:
    """The days on which something of an agreement begins or ends."""
    text = signed.agreement
    periods = [Period(from_=text.term.from_, until=text.term.until), *text.suspended]
    periods += [Period(from_=one.joined, until=one.left) for one in text.parties]
    periods += [Period(from_=one.from_date, until=one.until_date) for one in text.flows]
    alone = {text.withdrawn} if text.withdrawn else set()
    return _days(periods) | alone | {day for _, day in signed.signed_on}


def partner_days(partner: Partner) -> set[date]:
    """The days on which a capacity or a link of a partner begins or ends; facts are left open."""
    held = [*partner.capacities, *(one for unit in partner.units for one in unit.capacities)]
    periods = [Period(from_=one.from_, until=one.until) for one in held]
    return _days([*periods, *(Period(from_=one.from_, until=one.until) for one in partner.acts_for)])


def _days(periods: Iterable[Period]) -> set[date]:
    return {day for period in periods for day in (period.from_, period.until) if day}


def _within(*days: date | None) -> date:
    return max(day for day in days if day)


def _first(*days: date | None) -> date | None:
    return min((day for day in days if day), default=None)


def everyone(agreement: Agreement) -> tuple[PartyRef, ...]:
    """The bodies that the text names as parties."""
    found = (party_ref(agreement, party.called) for party in agreement.parties)
    return tuple(dict.fromkeys(one for one in found if one))
