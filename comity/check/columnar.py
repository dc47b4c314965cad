"""The check by the million: one compiled plan over whole numbers, for any engine that Ibis speaks to.

A table of proposals comes as codes: who, to whom, for what purpose, in what
manner, on what day, what is said of the facts, which items. `Plan.compile`
works out, with the programs of `program.py`, the few tables by which a row finds
its answer; `Plan.answers` is then a chain of joins on whole numbers, the same on
DuckDB as on Spark. Every row that goes in comes out: a row with a code that
nobody knows is answered *refer* for all its items.

    discloser, recipient -> pair      day -> stretch, era       pair, stretch -> meeting
    meeting, purpose, manner, era -> setting                    setting, facts -> ground
    ground -> which of all items are shared, referred, demanded    items -> which items are asked for

A **ground** stands for everything the answers of a row rest on. `Plan.proposal`
gives back a proposal with the same answers, from which every reason is had.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce

import ibis
import numpy as np
from ibis.expr.types import IntegerColumn, Table
from numpy.typing import NDArray

from comity.agreement import SignedAgreement
from comity.check.case import ENDS, Case
from comity.check.compiled import days_of_agreement, days_of_law, days_of_party
from comity.check.decision import Asked, Facts, Judgement, Proposal, ProposedItem, Scope
from comity.check.program import Asked as Literal
from comity.check.program import Program, Written, programs, read, things, turns_on
from comity.check.world import RECEIVED, World
from comity.errors import UnknownName
from comity.law.reach import LEFT_OUT, Routes, Thing
from comity.partnership import PartyRef, PartyView
from comity.terms import Audience, Extent, Mode, Period, Step, slug_of

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


# ---- who meets whom, and when ------------------------------------------------------


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
        parties = (day for ref in codes.parties for day in days_of_party(world, ref))
        agreed = (day for one in world.agreements for day in days_of_agreement(one))
        judged = (day for one in world.judgements for day in (one.from_, one.until) if day)
        self.stretches = self._starts((*parties, *agreed, *judged))
        self.eras = self._starts(days_of_law(world.law))
        self._passed_on = any(one.mode in RECEIVED for one in codes.manners)
        self._views: dict[tuple[int, int], PartyView | None] = {}

    def _starts(self, changes: Iterable[date]) -> list[date]:
        return sorted({self.first, *(day for day in changes if self.first < day <= self.last)})

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def lookups(self) -> dict[str, Lookup]:
        """The tables by which a row finds its pair, its stretch and era, and its meeting."""
        pairs, classes = self._pairs()
        numbers: dict[object, int] = {}
        meetings = [
            numbers.setdefault(self._meeting(pair, stretch), len(numbers))
            for pair in classes
            for stretch in range(len(self.stretches))
        ]
        days = [self.first + timedelta(days=at) for at in range(self.days)]
        return {
            "pairs": {"pair_key": np.arange(len(pairs)), "pair": np.array(pairs)},
            "days": {
                "day_key": np.array([day.toordinal() for day in days]),
                "stretch": np.array([bisect_right(self.stretches, day) - 1 for day in days]),
                "era": np.array([bisect_right(self.eras, day) - 1 for day in days]),
            },
            "meetings": {"meeting_key": np.arange(len(meetings)), "meeting": np.array(meetings)},
        }

    def _pairs(self) -> tuple[list[int], list[tuple[int, int]]]:
        """For every two parties the number of their like, and of each like the first two."""
        likes = [
            tuple(self._side(party, stretch) for stretch in range(len(self.stretches)))
            for party in range(len(self.codes.parties))
        ]
        numbers: dict[object, int] = {}
        classes: list[tuple[int, int]] = []
        pairs = []
        for discloser in range(len(likes)):
            for recipient in range(len(likes)):
                alone = (discloser, recipient) if self._bearing(discloser, recipient) else None
                key = (likes[discloser], likes[recipient], self._one(discloser, recipient), alone)
                if key not in numbers:
                    numbers[key] = len(classes)
                    classes.append((discloser, recipient))
                pairs.append(numbers[key])
        return pairs, classes

    def _meeting(self, pair: tuple[int, int], stretch: int) -> object:
        """Everything an answer can turn on that two parties bring with them."""
        sides = tuple(self._side(party, stretch) for party in pair)
        if None in sides or not (bearing := self._bearing(*pair)):
            return sides, self._one(*pair)
        judged, day = self.world.judged(bearing, ""), self.stretches[stretch]
        return sides, pair, standing(bearing, judged, self._controllers(*pair), day)

    def _one(self, discloser: int, recipient: int) -> bool:
        """Whether both are one controller."""
        one, other = self._controllers(discloser, recipient)
        return one == other

    def _bearing(self, discloser: int, recipient: int) -> tuple[SignedAgreement, ...]:
        return self.world.naming(*self._controllers(discloser, recipient))

    def _controllers(self, discloser: int, recipient: int) -> tuple[str, str]:
        one, other = self.codes.parties[discloser], self.codes.parties[recipient]
        return one.acting_for or one.partner, other.acting_for or other.partner

    def _side(self, party: int, stretch: int) -> Side | None:
        view = self.view(party, stretch)
        if view is None:
            return None
        law = self.world.law
        names = {slug_of(one.partner) for one in (view, view.responsible)}
        return Side(
            law.capacities_of(view.capacities),
            law.capacities_of(view.responsible.capacities),
            view.responsible.facts,
            frozenset(names) & law.reach.names,
            view.controller if self._passed_on and self.world.naming(view.controller) else "",
        )

    def view(self, party: int, stretch: int) -> PartyView | None:
        """The party in a stretch of days; nothing, if it is not then what it is said to be."""
        key = party, stretch
        if key not in self._views:
            try:
                self._views[key] = self.world.partnership.view(self.codes.parties[party], self.stretches[stretch])
            except UnknownName:
                self._views[key] = None
        return self._views[key]

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
        many = len(self.codes.parties)
        row = rows.mutate(
            pair_key=ibis.ifelse(
                _within(rows.discloser, many) & _within(rows.recipient, many),
                rows.discloser.cast("int64") * many + rows.recipient,
                None,
            )
        )
        row = _joined(row, lookups["pairs"], "pair_key")
        row = _joined(row.mutate(day_key=row.day), lookups["days"], "day_key")
        row = _joined(
            row.mutate(meeting_key=row.pair * len(self.stretches) + row.stretch), lookups["meetings"], "meeting_key"
        )
        purposes, manners, eras = len(self.codes.purposes), len(self.codes.manners), len(self.eras)
        return row.mutate(
            setting_key=ibis.ifelse(
                _within(row.purpose, purposes) & _within(row.manner, manners),
                ((row.meeting.cast("int64") * purposes + row.purpose) * manners + row.manner) * eras + row.era,
                None,
            )
        )

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


Lookup = Mapping[str, NDArray[np.int64]]


def standing(
    bearing: tuple[SignedAgreement, ...], judged: tuple[Judgement, ...], ends: tuple[str, str], day: date
) -> object:
    """What stands between two parties on a day: agreements and their state, flows within their days, judgements."""
    states = tuple(
        (
            one.agreement.id,
            one.state_on(day),
            one.stands_between(*ends, day),
            tuple(day in Period(from_=flow.from_date, until=flow.until_date) for flow in one.agreement.flows),
        )
        for one in bearing
    )
    in_date = tuple(day in Period(from_=one.from_, until=one.until) for one in judged)
    return states, in_date


def _within(code: IntegerColumn, many: int) -> ibis.ir.BooleanColumn:
    return (code >= 0) & (code < many)


def _joined(rows: Table, lookup: Table, key: str) -> Table:
    """The rows with what the lookup says of their key; nothing, where it is not there. No row is lost."""
    right = lookup.rename(found=key)
    joined = rows.left_join(right, rows[key] == right.found)
    return joined.drop(key, "found")


# ---- what is asked of the facts, column by column ------------------------------------


NO, OPEN, YES = np.int8(0), np.int8(1), np.int8(2)
Column = NDArray[np.int8]


class Columns:
    """Kleene logic over columns: what is known of a fact in every set of facts, or once for all of them."""

    no, unknown, yes = np.asarray(NO), np.asarray(OPEN), np.asarray(YES)

    def __init__(self, known: Callable[[Literal], Column]) -> None:
        self.fact = known

    def all(self, values: Iterable[Column]) -> Column:
        return reduce(np.minimum, values, self.yes)

    def any(self, values: Iterable[Column]) -> Column:
        return reduce(np.maximum, values, self.no)

    def negation(self, value: Column) -> Column:
        return YES - value

    def surely(self, value: Column) -> Column:
        return np.where(value == YES, YES, NO)


@dataclass(frozen=True)
class Answers:
    """For every set of facts, the places of the items that are shared, referred, and demanded, in whole numbers."""

    share: NDArray[np.int64]
    refer: NDArray[np.int64]
    must: NDArray[np.int64]


class Grounds:
    """The answers of every setting for every set of facts; what is the same is worked out once."""

    def __init__(self, codes: Codes) -> None:
        self.codes = codes
        self._things: dict[object, list[Thing]] = {}
        self._answered: dict[object, tuple[Column, Column]] = {}
        self._read: dict[object, tuple[Column, Column]] = {}
        self._programs: dict[Program, tuple[int, tuple[Literal, ...]]] = {}
        self._known: dict[object, Column] = {}
        self._written: Written = {}

    def answers(self, case: Case, wanted: Iterable[int]) -> Answers:
        """The answers of one setting for the items that are asked for there."""
        many, words = len(self.codes.facts), self.codes.words
        found = Answers(*(np.zeros((many, words), np.int64) for _ in range(3)))
        share = of_share(case)
        for place in wanted:
            item = self.codes.items[place]
            key = (share, place, *self._reaching(case, place, item))
            if key not in self._answered:
                self._answered[key] = self._item(case, item)
            value, due = self._answered[key]
            word, mark = place // WORD, np.int64(1) << np.int64(place % WORD)
            found.share[:, word] |= np.where(value == YES, mark, 0)
            found.refer[:, word] |= np.where(value == OPEN, mark, 0)
            found.must[:, word] |= np.where((value == YES) & (due == YES), mark, 0)
        return found

    def _reaching(self, case: Case, place: int, item: ProposedItem) -> Iterator[Routes]:
        """The routes that reach the item, and those in doubt, for each way in which it may be of a kind."""
        reach, holders = case.law.reach, case.holders
        if (place, holders) not in self._things:
            self._things[place, holders] = list(things(case, item))
        for thing in self._things[place, holders]:
            of_item = reach.of_item(thing)
            for end in ENDS:
                yield case.reaching(end) & of_item
            yield case.reaching("discloser", due=True) & of_item
            yield case.nearly & of_item
            yield case.doubtful & of_item

    def _item(self, case: Case, item: ProposedItem) -> tuple[Column, Column]:
        """The answer for one item, and whether it is demanded, for every set of facts."""
        value, due = Columns.no, Columns.no
        for guard, written in programs(case, item, self._written):
            here = np.asarray(YES)
            for fact, so in guard:
                sure = np.where(self._fact(case, item, fact) == YES, YES, NO)
                here = np.minimum(here, sure if so else YES - sure)
            one = self._reading(case, item, written)
            value = np.maximum(value, np.minimum(here, one[0]))
            due = np.maximum(due, np.minimum(here, one[1]))
        return value, due

    def _reading(self, case: Case, item: ProposedItem, program: Program) -> tuple[Column, Column]:
        if program not in self._programs:
            self._programs[program] = len(self._programs), turns_on(program)
        number, literals = self._programs[program]
        known = {literal: self._fact(case, item, literal) for literal in literals}
        key = (number, *(id(column) for column in known.values()))
        if key not in self._read:
            found = read(program, Columns(known.__getitem__))
            self._read[key] = found.answer, found.due
        return self._read[key]

    def _fact(self, case: Case, item: ProposedItem, literal: Literal) -> Column:
        """What is known of a fact: once for all, or column by column where the facts of a row can say it."""
        fact, end = literal
        names = [fact, *filter(None, (case.law.opposites.get(fact),))]
        said = tuple((name, item.facts[name]) for name in names if name in item.facts)
        settled = tuple(case.settled(name, item, end) for name in names)
        key = (fact, said, settled)
        if key not in self._known:
            self._known[key] = self._column(case, item, literal, names)
        return self._known[key]

    def _column(self, case: Case, item: ProposedItem, literal: Literal, names: list[str]) -> Column:
        fact, end = literal
        stated = [tuple((name, facts[name]) for name in names if name in facts) for facts in self.codes.facts]
        values = {}
        for one in set(stated):
            proposal = case.proposal.model_copy(update={"facts": dict(one)})
            known = replace(case, proposal=proposal).known(fact, item, end)
            values[one] = {None: OPEN, True: YES, False: NO}[known]
        if len(set(values.values())) == 1:
            return np.asarray(next(iter(values.values())))
        return np.array([values[one] for one in stated], np.int8)


# ---- the plan ------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """Everything a table of codes needs to be answered, by joins alone.

    `lookups` are small tables of whole numbers, by name; the shell puts them where the rows are.
    """

    places: Places
    lookups: Mapping[str, Lookup]
    cases: tuple[Case, ...]

    @staticmethod
    def compile(places: Places, found: Mapping[str, Lookup], occurring: Lookup) -> Plan:
        """The plan for the settings that occur, and what is asked for in each: `setting_key`, `asked` and `example`."""
        codes = places.codes
        numbers: dict[object, int] = {}
        cases: list[Case] = []
        wanted: list[set[int]] = []
        settings = []
        for key, (examples, asked) in sorted(_by_setting(occurring).items()):
            if case := places.case(key, min(examples)):
                number = numbers.setdefault(alike(case), len(cases))
                if number == len(cases):
                    cases.append(case)
                    wanted.append(set())
                wanted[number].update(*(codes.asked[one] for one in asked if one in range(len(codes.asked))))
                settings.append((key, number))
        grounds = Grounds(codes)
        answers = [grounds.answers(case, sorted(places)) for case, places in zip(cases, wanted, strict=True)]
        lookups = {
            **found,
            "settings": {
                "setting_key": np.array([key for key, _ in settings], np.int64),
                "setting": np.array([number for _, number in settings], np.int64),
            },
            "grounds": _grounds(answers, codes),
            "asked": _asked(codes),
        }
        return Plan(places, lookups, tuple(cases))

    def answers(self, rows: Table, lookups: Mapping[str, Table]) -> Table:
        """Every row with its ground and the items that are shared, referred, withheld and demanded."""
        codes = self.places.codes
        row = _joined(self.places.placed(rows, lookups), lookups["settings"], "setting_key")
        many = len(codes.facts)
        row = row.mutate(
            ground_key=ibis.ifelse(_within(row.facts, many), row.setting.cast("int64") * many + row.facts, None),
            asked_key=row["items"],
        )
        row = _joined(_joined(row, lookups["grounds"], "ground_key"), lookups["asked"], "asked_key")
        marks: dict[str, IntegerColumn] = {}
        for word in range(codes.words):
            asked = row[f"asked_{word}"].fill_null(0)
            share = (row[f"can_share_{word}"] & asked).fill_null(0)
            refer = (row[f"can_refer_{word}"] & asked).fill_null(asked)
            marks |= {
                f"share_{word}": share,
                f"refer_{word}": refer,
                f"withhold_{word}": asked ^ share ^ refer,
                f"must_{word}": (row[f"can_must_{word}"] & asked).fill_null(0),
            }
        answered = row.mutate(ground=ibis.ifelse(row.asked_0.isnull(), UNKNOWN, row.ground.fill_null(UNKNOWN)), **marks)
        return answered.select(*rows.columns, "ground", *marks)

    def proposal(self, ground: int, *items: ProposedItem) -> Proposal:
        """A proposal that rests on this ground, of these items or of all: its answers and reasons are the row's."""
        setting, facts = divmod(ground, len(self.places.codes.facts))
        changed = {"facts": self.places.codes.facts[facts]} | ({"items": items} if items else {})
        return self.cases[setting].proposal.model_copy(update=changed)


@dataclass(frozen=True)
class Ready:
    """A plan with its lookups where the rows are."""

    plan: Plan
    lookups: Mapping[str, Table]

    def answers(self, rows: Table) -> Table:
        """Every row with its ground and marks, as `Plan.answers` gives them."""
        return self.plan.answers(rows, self.lookups)


def _by_setting(occurring: Lookup) -> dict[int, tuple[list[int], list[int]]]:
    """For every setting its examples, and the sets of items that are asked for there."""
    found: dict[int, tuple[list[int], list[int]]] = {}
    columns = (occurring[name].tolist() for name in ("setting_key", "asked", "example"))
    for key, asked, example in zip(*columns, strict=True):
        examples, sets = found.setdefault(key, ([], []))
        examples.append(example)
        sets.append(asked)
    return found


def of_share(case: Case) -> object:
    """What the answers in a setting turn on beside the routes that reach an item, and the facts that are stated."""
    proposal, setting = case.proposal, case.setting
    return (
        case.leaves_its_purpose,
        (setting.giver_regime, setting.receiver_regime, case.held_for_enforcement),
        (proposal.held_for is None, case.reuse),
        (case.discloser.responsible.facts, case.recipient.responsible.facts),
        tuple(case.register_speaks(step) for step in Step),
        (proposal.mode, proposal.scope, bool(proposal.need)),
        _agreed(case) if case.agreements else None,
    )


def alike(case: Case) -> object:
    """All that the answers in a setting turn on, and their reasons, but the facts that are stated."""
    setting, proposal = case.setting, case.proposal
    asking = [case.reaching(end, due=due) for end in ENDS for due in (False, True)]
    every = reduce(int.__or__, asking) | case.nearly
    return (
        of_share(case),
        tuple(asking),
        case.nearly,
        tuple(case.nearly & ~case.law.reach.for_the_parties(case.setting, code) for code in sorted(LEFT_OUT)),
        tuple(case.doubts(*one) for one in case.law.reach.members(every & case.doubtful)),
        (setting.giver_answers, setting.receiver_answers),
        (proposal.purpose, setting) if proposal.claimed else None,
    )


def _agreed(case: Case) -> object:
    """What the agreements that name both parties come to for this purpose, and who is bound by it."""
    flows = tuple((signed.agreement.id, flow.id) for signed, flow in case.flows())
    received = case.proposal.mode in RECEIVED
    if not received and not flows and not any(signed.agreement.never for signed in case.standing):
        return case.why_no_agreement()
    on = case.proposal.on
    return (
        flows,
        tuple(one.agreement.id for one in case.standing),
        case.why_no_agreement(),
        tuple(one.id for one in case.judgements if on in Period(from_=one.from_, until=one.until)),
        (case.discloser.partner, case.discloser.controller, case.recipient.partner, case.recipient.controller),
        case.setting.purposes,
        (case.proposal.held_for, tuple(one.agreement.id for one in case.agreements)) if received else None,
    )


def _grounds(answers: list[Answers], codes: Codes) -> Lookup:
    count = len(answers) * len(codes.facts)
    table: dict[str, NDArray[np.int64]] = {"ground_key": np.arange(count), "ground": np.arange(count)}
    for name in ("share", "refer", "must"):
        marks = [getattr(one, name) for one in answers] or [np.zeros((0, codes.words), np.int64)]
        whole = np.concatenate(marks)
        table |= {f"can_{name}_{word}": whole[:, word] for word in range(codes.words)}
    return table


def _asked(codes: Codes) -> Lookup:
    marks = np.zeros((len(codes.asked), codes.words), np.int64)
    for row, places in enumerate(codes.asked):
        for place in places:
            marks[row, place // WORD] |= np.int64(1) << np.int64(place % WORD)
    return {"asked_key": np.arange(len(codes.asked))} | {f"asked_{word}": marks[:, word] for word in range(codes.words)}
