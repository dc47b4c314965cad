"""Who meets whom, and when: the settings that the rows of a table of codes are in.

    discloser, recipient -> pair      day -> stretch, quiet stretch, era      pair, stretch -> meeting
    meeting, purpose, manner, era -> setting

Between two parties whom no agreement names together nothing changes but the parties themselves: the days fall into
few stretches. Where agreements bear on a share, the days on which they or what was judged under them change count too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import ibis
import numpy as np
from ibis.expr.types import IntegerColumn, Table
from numpy.typing import NDArray

from comity.agreement import SignedAgreement
from comity.check.case import Case
from comity.check.compiled import days_of_agreement, days_of_law, days_of_party
from comity.check.decision import Asked, Facts, Proposal, ProposedItem, Scope
from comity.check.world import RECEIVED, World
from comity.errors import UnknownName
from comity.partnership import PartyRef
from comity.terms import Audience, Extent, Mode, slug_of

UNKNOWN = -1
"""The code of what nobody knows, and the ground of a row that has such a code."""

WORD = 62
"""Items in one whole number of an answer."""


@dataclass(frozen=True)
class Manner:
    """How it is shared: what is the same for many rows, and seldom differs."""

    mode: Mode = Mode.PUSH
    audience: Audience = "named"
    scope: Scope = "one-case"
    extent: Extent = "E"
    set: str | None = None
    held_for: str | None = None
    need: bool = False
    requested: bool = False
    requested_under: str | None = None
    claimed: str | None = None


@dataclass(frozen=True)
class Codes:
    """What the codes of a table stand for: a code is a place in one of these lists.

    `items` are all items of the vocabulary in the form (and with the origins and handling) in which they would
    leave; `asked` the sets of them that rows ask for, as places in `items`.
    """

    parties: Sequence[PartyRef]
    purposes: Sequence[str]
    manners: Sequence[Manner]
    facts: Sequence[Facts]
    items: Sequence[ProposedItem]
    asked: Sequence[tuple[int, ...]]

    @property
    def words(self) -> int:
        """How many whole numbers it takes to hold a mark for every item."""
        return max(1, -(-len(self.items) // WORD))


Numbers = NDArray[np.int64]
Lookup = Mapping[str, Numbers]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Side:
    """A party on a day, as far as an answer can turn on it where no agreement names it."""

    capacities: frozenset[str]
    answers: frozenset[str]
    facts: tuple[tuple[str, bool], ...]
    names: frozenset[str]
    bound: str = ""
    """Who it is, where something may be passed on that it received under some agreement."""


class Places:
    """The parties of a table and the days on which something changes for them, between a first and a last day."""

    def __init__(self, world: World, codes: Codes, first: date, last: date) -> None:
        self.world, self.codes, self.first, self.last = world, codes, first, last
        self._of_parties = [frozenset(days_of_party(world, ref)) for ref in codes.parties]
        self._of_agreements: dict[int, frozenset[date]] = {}
        self._moments: dict[tuple[int, date], int] = {}
        self._numbers = _Numbers()
        self._passed_on = any(one.mode in RECEIVED for one in codes.manners)
        self.quiet = self._starts(*self._of_parties)
        self.stretches = self._starts(self.quiet, *(self._days_agreed(one) for one in world.agreements))
        self.eras = self._starts(days_of_law(world.law))

    def _starts(self, *changes: Iterable[date]) -> list[date]:
        """The first day, and every day within on which something changes."""
        return sorted({self.first, *(day for days in changes for day in days if self.first < day <= self.last)})

    def _days_agreed(self, one: SignedAgreement) -> frozenset[date]:
        """The days on which something changes about an agreement, or about what is judged under it."""
        if id(one) not in self._of_agreements:
            judged = [day for made in self.world.judged((one,), "") for day in (made.from_, made.until) if day]
            self._of_agreements[id(one)] = frozenset((*days_of_agreement(one), *judged))
        return self._of_agreements[id(one)]

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    # ---- the tables by which a row finds its meeting ---------------------------------

    def lookups(self) -> dict[str, Lookup]:
        """The tables by which a row finds its stretch and era, its pair, and its meeting.

        The last row of each stands for what nobody knows: there is none that a row does not find.
        """
        days = [self.first + timedelta(days=at) for at in range(self.days)]
        pairs, meetings = self._pairs()
        return {
            "days": {
                "day_key": np.array([*(day.toordinal() for day in days), self._no_day]),
                "stretch": _places(self.stretches, days, 0),
                "quiet": _places(self.quiet, days, 0),
                "era": _places(self.eras, days, UNKNOWN),
            },
            "pairs": {
                "pair_key": np.arange(len(pairs)),
                "begins": np.array([begins for begins, _ in pairs]),
                "busy": np.array([int(busy) for _, busy in pairs]),
            },
            "meetings": {"meeting_key": np.arange(len(meetings)), "meeting": meetings},
        }

    @property
    def _no_day(self) -> int:
        return self.first.toordinal() - 1

    def _pairs(self) -> tuple[list[tuple[int, bool]], Numbers]:
        """For every two parties where their meetings begin, and whether agreements name both; and all meetings.

        Pairs that no agreement names have their meetings in common with pairs that are like them.
        """
        sides = [self._sides(party) for party in range(len(self.codes.parties))]
        likes, numbers = _Numbers(), _Numbers()
        like = [likes.of(tuple(one)) for one in sides]
        begins: dict[Hashable, int] = {}
        meetings: list[Numbers] = []
        pairs, many = [], 0
        parties = range(len(sides))
        for pair in product(parties, parties):
            bearing = self.world.naming(*self._controllers(*pair))
            key = pair if bearing else (like[pair[0]], like[pair[1]], self._one(*pair))
            if key not in begins:
                begins[key] = many
                meetings.append(
                    self._under(bearing, pair, sides, numbers) if bearing else self._quiet(pair, sides, numbers)
                )
                many += len(meetings[-1])
            pairs.append((begins[key], bool(bearing)))
        nobody = np.full(len(self.quiet), UNKNOWN)
        return [*pairs, (many, False)], np.concatenate([*meetings, nobody])

    def _quiet(self, pair: Pair, sides: Sequence[Sequence[int]], numbers: _Numbers) -> Numbers:
        """The meetings of two parties in every quiet stretch, where no agreement names both."""
        one = self._one(*pair)
        ends = zip(*(sides[party] for party in pair), strict=True)
        return np.array([UNKNOWN if UNKNOWN in both else numbers.of((*both, one)) for both in ends])

    def _under(
        self, bearing: tuple[SignedAgreement, ...], pair: Pair, sides: Sequence[Sequence[int]], numbers: _Numbers
    ) -> Numbers:
        """The meetings of two parties in every stretch, as agreements bear on them."""
        days = self._starts(*(self._of_parties[party] for party in pair), *(self._days_agreed(one) for one in bearing))
        found = []
        for day in days:
            quiet = bisect_right(self.quiet, day) - 1
            both = [sides[party][quiet] for party in pair]
            standing = self._standing(bearing, self._controllers(*pair), day)
            found.append(UNKNOWN if UNKNOWN in both else numbers.of((pair, *both, standing)))
        begins = [bisect_left(self.stretches, day) for day in days]
        return np.repeat(found, np.diff([*begins, len(self.stretches)]))

    def _standing(self, bearing: tuple[SignedAgreement, ...], ends: tuple[str, str], day: date) -> Hashable:
        """What stands between two parties on a day: each agreement as it is then, and what has taken its place."""
        return tuple(
            (self._moment(one, day), tuple(new.has_bound(*ends, day) for new in one.superseded_by)) for one in bearing
        )

    def _moment(self, one: SignedAgreement, day: date) -> int:
        """An agreement on a day: its state, whom it binds, its flows and judgements in date."""
        if (id(one), day) not in self._moments:
            judged = tuple(made.holds_on(day) for made in self.world.judged((one,), ""))
            flows = tuple(day in flow.period for flow in one.agreement.flows)
            moment = one.agreement.id, one.state_on(day), one.bound_on(day), flows, judged
            self._moments[id(one), day] = self._numbers.of(moment)
        return self._moments[id(one), day]

    def _one(self, discloser: int, recipient: int) -> bool:
        """Whether both are one controller."""
        one, other = self._controllers(discloser, recipient)
        return one == other

    def _controllers(self, discloser: int, recipient: int) -> tuple[str, str]:
        one, other = self.codes.parties[discloser], self.codes.parties[recipient]
        return one.acting_for or one.partner, other.acting_for or other.partner

    def _sides(self, party: int) -> list[int]:
        """What the party is in every quiet stretch, as a number; it is looked at where something changes for it."""
        changes = {self.first, *self._of_parties[party]}
        found: list[int] = []
        for day in self.quiet:
            found.append(self._side(party, day) if day in changes else found[-1])
        return found

    def _side(self, party: int, day: date) -> int:
        """What the party is on the day; unknown, if it is not then what it is said to be."""
        try:
            view = self.world.partnership.view(self.codes.parties[party], day)
        except UnknownName:
            return UNKNOWN
        law = self.world.law
        names = {slug_of(one.partner) for one in (view, view.responsible)}
        side = Side(
            law.capacities_of(view.capacities),
            law.capacities_of(view.responsible.capacities),
            view.responsible.facts,
            frozenset(names) & law.reach.names,
            view.controller if self._passed_on and self.world.naming(view.controller) else "",
        )
        return self._numbers.of(side)

    # ---- the settings that occur ---------------------------------------------

    def occurring(self, rows: Table, lookups: Mapping[str, Table]) -> Table:
        """Every setting that occurs in the rows, and what is asked for there, in order, with one example.

        The example says who, to whom, and on which day.
        """
        placed = self.placed(rows, lookups)
        known = placed.filter(placed.setting_key.notnull())
        pair = known.discloser.cast("int64") * len(self.codes.parties) + known.recipient
        counted = known.mutate(example=pair * self.days + (known.day - self.first.toordinal()))
        found = counted.group_by("setting_key", asked=counted["items"].fill_null(UNKNOWN)).aggregate(
            example=counted.example.min()
        )
        return found.order_by("setting_key", "asked")

    def placed(self, rows: Table, lookups: Mapping[str, Table]) -> Table:
        """The rows, each with the key of its setting; none, where a code is not known."""
        many, day = len(self.codes.parties), self.first.toordinal()
        purposes, manners, eras = len(self.codes.purposes), len(self.codes.manners), len(self.eras)
        row = rows.mutate(
            pair_key=ibis.ifelse(
                within(rows.discloser, many) & within(rows.recipient, many),
                rows.discloser.cast("int64") * many + rows.recipient,
                many * many,
            ),
            day_key=ibis.ifelse((rows.day >= day) & (rows.day < day + self.days), rows.day, self._no_day),
        )
        row = joined(joined(row, lookups["pairs"], "pair_key"), lookups["days"], "day_key")
        row = row.mutate(meeting_key=row.begins + row.busy * row.stretch + (1 - row.busy) * row.quiet)
        row = joined(row, lookups["meetings"], "meeting_key")
        known = within(row.purpose, purposes) & within(row.manner, manners) & (row.meeting >= 0) & (row.era >= 0)
        setting = ((row.meeting.cast("int64") * purposes + row.purpose) * manners + row.manner) * eras + row.era
        return row.mutate(setting_key=ibis.ifelse(known, setting, None))

    def case(self, key: int, example: int) -> Case | None:
        """The case an example stands for, of all items and of no facts; none, if it cannot be one."""
        rest, _ = divmod(key, len(self.eras))
        rest, manner = divmod(rest, len(self.codes.manners))
        _, purpose = divmod(rest, len(self.codes.purposes))
        pair, day = divmod(example, self.days)
        discloser, recipient = divmod(pair, len(self.codes.parties))
        proposal = self.proposal(discloser, recipient, purpose, manner, self.first + timedelta(days=day))
        try:
            return self.world.case(proposal)
        except UnknownName:
            return None

    def proposal(self, discloser: int, recipient: int, purpose: int, manner: int, on: date) -> Proposal:
        codes, how = self.codes, self.codes.manners[manner]
        to = codes.parties[recipient]
        return Proposal.model_construct(
            id="",
            discloser=codes.parties[discloser],
            recipient=to,
            purpose=codes.purposes[purpose],
            on=on,
            items=tuple(codes.items),
            mode=how.mode,
            audience=how.audience,
            scope=how.scope,
            extent=how.extent,
            set=how.set,
            data_until=None,
            asked=Asked(by=to.partner, under=how.requested_under) if how.requested else None,
            held_for=how.held_for,
            received=None,
            need="as stated" if how.need else "",
            facts={},
            claimed=how.claimed,
            emergency=None,
            actor="",
        )


class _Numbers:
    """A number for every different thing, in the order in which they come."""

    def __init__(self) -> None:
        self._found: dict[Hashable, int] = {}

    def of(self, thing: Hashable) -> int:
        return self._found.setdefault(thing, len(self._found))


def _places(starts: Sequence[date], days: Iterable[date], otherwise: int) -> Numbers:
    """For every day the last start that is not after it, and then what stands for no day."""
    return np.array([*(bisect_right(starts, day) - 1 for day in days), otherwise])


def within(code: IntegerColumn, many: int) -> ibis.ir.BooleanColumn:
    """Whether it is the code of one of so many things."""
    return (code >= 0) & (code < many)


def joined(rows: Table, lookup: Table, key: str) -> Table:
    """The rows with what the lookup says of their key, which must be there for every row."""
    right = lookup.rename(found=key)
    return rows.join(right, rows[key] == right.found).drop(key, "found")
