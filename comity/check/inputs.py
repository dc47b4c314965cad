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
from typing import Any, TypeVar, get_args

from comity.agreement import Agreement, Flow, SignedAgreement
from comity.check.case import ENDS, NOBODY_IDENTIFIED, OF_OTHERS, Case
from comity.check.cells import flow_proposal, party_ref
from comity.check.decision import Asked, Proposal, ProposedItem
from comity.check.program import ways
from comity.check.supposed import DECLARED
from comity.check.text import Names
from comity.check.world import World
from comity.errors import UnknownName
from comity.law import Register
from comity.law.reach import OF_THE_ITEM, OF_THE_SHARE, Asking, Aspect, Routes, Thing, first_years
from comity.partnership import Item, Partner, PartyRef
from comity.terms import Audience, Form, Mode, Period, Step

KINDS_THAT_MATTER = frozenset(
    ("personal", "held-in-confidence", "special-category", "criminal-offence", "statistical", "event", OF_OTHERS)
)
"""The kinds that the steps themselves ask about; every other kind matters to routes and clauses alone."""

ON, EXTENT, PURPOSE, GIVER, RECEIVER, SET, MODE, AUDIENCE, REQUEST, *_ = OF_THE_SHARE
ORIGINS, FORM = OF_THE_ITEM[1], OF_THE_ITEM[4]
"""The aspects of a share and of an item, in their order in `reach.py`."""

V = TypeVar("V")
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
    kind: str | None = None
    """Only what is of this kind, perhaps by being held there."""
    for_sharing: bool = False
    """Only what decides whether anything may be shared: what no power reaches, or another way beats, is left out."""


@dataclass
class Inputs:
    """The cells of a partnership's agreements, under the law it stands under."""

    world: World
    names: Names
    given: int = 0
    """Cells that were given out."""
    left_out: int = 0
    """Cells that were seen at a glance to be never shared."""
    _fitting: dict[Hashable, Routes] = field(default_factory=dict)
    _made: dict[Hashable, ProposedItem] = field(default_factory=dict)
    _sorted: dict[Hashable, list[Item]] = field(default_factory=dict)

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
        return frozenset(law_days(self.world.law))

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
            for extent in text.extent:
                asked = proposal.model_copy(update={"extent": extent})
                for base, until in self._spans(asked, start, end):
                    yield from self._flow_cells(base, until, f"{text.id}#{flow.id}")

    def _spans(self, asked: Proposal, first: date, until: date | None) -> list[tuple[Case, date | None]]:
        """The proposal on the first day of each span of days that no route that may reach it tells apart."""
        found: list[tuple[Case, date | None]] = []
        before: Hashable = None
        for day, end in self.stretches(first, until, asked.discloser, asked.recipient):
            base = self._case(asked.model_copy(update={"on": day}))
            sign = self._sign(base) if base else None
            if base and sign == before:
                found[-1] = found[-1][0], end
            elif base:
                found.append((base, end))
            before = sign
        return found

    def _sign(self, base: Case) -> Hashable:
        """All by which one day may differ from another for these two bodies and this purpose."""
        reach, relevant = base.law.reach, self._relevant(base)
        doubts = self._doubts(base, relevant & self._depending)
        speaks = tuple(reach.speaks(step, base.proposal.on) for step in Step)
        ends = base.discloser.controller, base.recipient.controller
        purposes = base.law.purposes_of(base.proposal.purpose)
        stand = tuple(
            (
                one.stands_between(*ends, base.proposal.on),
                [flow.id for flow in one.flows(*ends, purposes, base.proposal.on)],
            )
            for one in base.agreements
        )
        return relevant, doubts, speaks, str(stand), base.discloser.capacities, base.recipient.capacities

    def _doubts(self, base: Case, routes: Routes) -> tuple[bool, ...]:
        """Which of the routes wait for something to be confirmed; asked once for bodies with the same hats."""
        setting = base.setting
        hats = setting.giver, setting.giver_answers, setting.receiver, setting.receiver_answers
        names = (setting.giver_names | setting.receiver_names) & self._bodies_named
        key = routes, setting.on, setting.extent, setting.purpose, hats, names
        if key not in self._doubted:
            reach = base.law.reach
            self._doubted[key] = tuple(bool(reach.doubts(*one, setting)) for one in reach.members(routes))
        return self._doubted[key]

    @cached_property
    def _doubted(self) -> dict[Hashable, tuple[bool, ...]]:
        return {}

    @cached_property
    def _bodies_named(self) -> frozenset[str]:
        return bodies_named(self.world.law)

    @cached_property
    def _depending(self) -> Routes:
        """The routes that may wait for something to be confirmed."""
        return self.world.law.reach.where(lambda provision, _: bool(provision.doubts() or provision.rests_on))

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
        for purpose, extent in product(wide.purposes, wide.extents):
            asked = _open_proposal(giver, receiver, purpose, extent, wide.first)
            for base, until in self._spans(asked, wide.first, wide.until):
                for item in self._kinds_apart(base, wide):
                    for case in self._apart(
                        base, item, self._open_anywhere(base), power=wide.for_sharing and self._monotone
                    ):
                        yield Cell(case, until, flow)

    def _kinds_apart(self, base: Case, wide: Wide) -> Iterator[ProposedItem]:
        """One for each sort of item, form and origin that law or agreements tell apart here."""
        named = frozenset(name for one in base.agreements for name in _items_named(one.agreement))
        matter = KINDS_THAT_MATTER | {
            kind for one in base.agreements for no in one.agreement.never for kind in no.kinds
        }
        relevant = self._relevant(base)
        fits_form = {(relevant & self._fits(FORM, one), int(one in NOBODY_IDENTIFIED)): one for one in wide.forms[::-1]}
        fits_origin = {(relevant & self._fits(ORIGINS, one), 0): one for one in self._origins[::-1]}
        best = wide.for_sharing and self._monotone
        forms = list(fits_form.values())[::-1]
        origins = self._best(fits_origin) if best else list(fits_origin.values())[::-1]
        seen = set()
        for item, form, origin in product(self._sorts(wide.items, named), forms, origins):
            proposed = self._proposed(item, form, origin)
            each = [kinds for _, kinds in ways(base, proposed)]
            if wide.kind and not any(wide.kind in kinds for kinds in each):
                continue
            fits = tuple((kinds & matter, relevant & self._fitting_item(proposed, kinds)) for kinds in each)
            sort = fits, form in NOBODY_IDENTIFIED, item.id if item.id in named else ""
            if sort not in seen:
                seen.add(sort)
                yield proposed

    def _sorts(self, items: tuple[Item, ...], named: frozenset[str]) -> list[Item]:
        """One item for all that are of the same kinds and named by nothing."""
        key = items, named
        if key not in self._sorted:
            law = self.world.law
            asked_for = {name for _, route in law.reach.routes for name in route.items}
            found: dict[Hashable, Item] = {}
            for one in items:
                called = one.id.rsplit("/", 1)[-1]
                by_name = called if called in asked_for else "", one.id if one.id in named else ""
                found.setdefault((law.kinds_of(one.kinds), by_name), one)
            self._sorted[key] = list(found.values())
        return self._sorted[key]

    def _proposed(self, item: Item, form: Form, origin: tuple[str, ...]) -> ProposedItem:
        """The item with nothing said of it."""
        key = item.id, form, origin
        if key not in self._made:
            self._made[key] = ProposedItem(item=item.id, kinds=item.kinds, form=form, origins=origin)
        return self._made[key]

    def _fitting_item(self, item: ProposedItem, kinds: frozenset[str]) -> Routes:
        return self.world.law.reach.of_item(Thing(item.called, kinds, item.form, item.origins, item.handling))

    @cached_property
    def _origins(self) -> tuple[tuple[str, ...], ...]:
        """No origin, and each that a route asks about."""
        named = {name for _, route in self.world.law.reach.routes for name in (*route.origins, *route.not_origins)}
        return (), *((name,) for name in sorted(named))

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
        chosen = [self._one_of_each(base, relevant, values, asks, best=power) for values in open_]
        for updates in product(*chosen):
            update = {"items": (item,)} | {name: value for one in updates for name, value in one.items()}
            case = replace(base, proposal=base.proposal.model_copy(update=update))
            if case.emergency or case.proposal.emergency is None:
                self.given += 1
                yield case

    def _one_of_each(
        self, base: Case, relevant: Routes, values: Sequence[Mapping[str, object]], asks: bool, *, best: bool
    ) -> list[Mapping[str, object]]:
        found: dict[tuple[Routes, int], Mapping[str, object]] = {}
        for one in values:
            ((name, value),) = one.items()
            if name == "emergency" and value and not asks:
                continue
            found.setdefault(self._told_by(base, relevant, name, value), one)
        return self._best(found) if best and name != "emergency" else list(found.values())

    def _best(self, told: Mapping[tuple[Routes, int], V]) -> list[V]:
        """What is left when everything is taken out that something else beats.

        More that opens and less that bars never takes a *share* away: a power more, a basis more, a lift more only
        adds alternatives. (But for a route that asks that there be no duty: see `_monotone`.)
        """
        bars = self._bars

        def beats(one: tuple[Routes, int], other: tuple[Routes, int]) -> bool:
            opens = (one[0] | other[0]) & ~bars == one[0] & ~bars
            return one != other and opens and one[0] & bars & other[0] == one[0] & bars and one[1] <= other[1]

        return [value for key, value in told.items() if not any(beats(other, key) for other in told)]

    @cached_property
    def _monotone(self) -> bool:
        """Whether no route opens something only where there is no duty."""
        return not self.world.law.reach.where(lambda _, route: route.under_duty is False)

    @cached_property
    def _bars(self) -> Routes:
        return self.world.law.reach.where(lambda _, route: route.effect == "bars")

    def _told_by(self, base: Case, relevant: Routes, name: str, value: Any) -> tuple[Routes, int]:
        """What routes make of a value, and the check itself: the higher the number, the less may be shared."""
        match name:
            case "asked":
                return relevant & self._fits(REQUEST, (value is not None, value.under if value else None)), 0
            case "held_for":
                return relevant & self._fits(PURPOSE, (base.setting.purposes, value is not None)), 0
            case "set":
                return relevant & self._fits(SET, value), 0
            case "mode":
                stays = value in (Mode.WITHIN, Mode.KEEP) and base.discloser.controller == base.recipient.controller
                worse = 3 if stays else 2 if value == Mode.FEED else 1 if value == Mode.PUBLICATION else 0
                return relevant & self._fits(MODE, value), worse
            case "audience":
                return relevant & self._fits(AUDIENCE, value), int(value != "named")
        return (0, 0) if value is None else (1, 0)

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

    def _fits(self, aspect: Aspect[Any], answer: Hashable) -> Routes:
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


def bodies_named(law: Register) -> frozenset[str]:
    """The bodies that a doubt about the law names."""
    paths = [path.split(".") for one in law.provisions.values() for path in one.doubts()]
    return frozenset(path[-1] for path in paths if "members" in path)


def law_days(law: Register) -> set[date]:
    """The days on which a provision begins or ends, or the first year in which its beginning may be doubted."""
    periods = [period for one in law.provisions.values() for period in (*one.in_force, *first_years(one.in_force))]
    return _days([*periods, *(period for _, route in law.reach.routes for period in route.in_force or ())])


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
