"""A table of past shares decided again, of any length: read once, decided by joins, listed in its own order.

Shares that rest on the same two grounds, as made and today, are looked at once: by
what the plans say, with the reasons of the definition. A share that no plan takes is
decided by itself; one that cannot be read is listed with what is wrong with it.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis.backends import BaseBackend
from ibis.expr.types import Table as Rows

from comity.check.columnar import UNKNOWN, Codes, Plan, Ready
from comity.check.decision import Answer, Proposal, ProposedItem
from comity.check.reasons import Reasons
from comity.check.recheck import Action, actions
from comity.cli.bulk import OPTIONAL, REQUIRED, Bulk
from comity.cli.distinct import READ_AT_ALL, Column, Distinct, not_past
from comity.cli.engine import duckdb_in, planned, ready
from comity.cli.folder import Folder
from comity.cli.progress import Ticker
from comity.cli.report import wording
from comity.cli.tables import Kind, Part, Table, as_text, check_header, has_changed, open_writer
from comity.errors import UnknownName
from comity.terms import Mode, Outcome, slug_of

ORDER = (Action.STOP, Action.RECALL, Action.INFORM)
KEYS = ("discloser", "recipient", "standing", "items", "made_ground", "today_ground")
"""Where these are the same, the same is to be done about a share, at the same holder."""

KINDS = pa.schema([(name, pa.bool_() if name == "standing" else pa.int64()) for name in (*KEYS, "todo")])
NUMBERED = pa.schema([("row", pa.int64()), ("todo", pa.int64())])
CODED, PLACED, TODO = "coded.parquet", "placed.parquet", "todo.parquet"
SHOWN_FAULTS = 10
NOT_KNOWN = "(not known)"
NOT_READABLE = "not-readable"


# ---- what is to be done ------------------------------------------------------------------


class Word(NamedTuple):
    """What an item is answered with, and why if it is not shared; that is asked only where it is told."""

    outcome: Outcome
    because: Callable[[], str]

    @staticmethod
    def of(answer: Answer) -> Word:
        return Word(answer.outcome, lambda: because(answer))


class Step(NamedTuple):
    """What is to be done about one item of a share, and why."""

    action: Action
    item: ProposedItem
    because: str


Steps = tuple[Step, ...]
NO_WORD = Word(Outcome.REFER, lambda: NOT_READABLE)
"""Where a party is not on that day what it is said to be."""


def because(answer: Answer) -> str:
    """Why an item is not shared, in reason codes."""
    return ", ".join(dict.fromkeys(reason.code for reason in answer.against))


def steps(items: Iterable[ProposedItem], made: Iterable[Word], today: Iterable[Word], *, standing: bool) -> Steps:
    """What is to be done about the items of a share; why is said of its own day, or of today if it was right then."""
    return tuple(
        Step(action, item, (now if then.outcome == Outcome.SHARE else then).because())
        for item, then, now in zip(items, made, today, strict=True)
        for action in actions(then.outcome, now.outcome, standing=standing)
    )


class Twice:
    """What is to be done where a share rests on two grounds, one in the plan for its own day and one in today's."""

    def __init__(self, codes: Codes, made: Plan, today: Plan) -> None:
        self.codes, self.made, self.today = codes, made, today
        self._reasons = Reasons()
        self._steps: dict[tuple[bool, int, int, int], Steps] = {}
        self._because: dict[tuple[int, int, int], str] = {}

    def steps(self, standing: bool, items: int, made: int, today: int) -> Steps:
        key = standing, items, made, today
        if key not in self._steps:
            places = self.codes.asked[items]
            then, now = ([self._word(*at, one) for one in places] for at in ((self.made, made), (self.today, today)))
            self._steps[key] = steps((self.codes.items[one] for one in places), then, now, standing=standing)
        return self._steps[key]

    def _word(self, plan: Plan, ground: int, place: int) -> Word:
        if ground == UNKNOWN:
            return NO_WORD
        return Word(planned(plan, ground, place), lambda: self._why(plan, ground, place))

    def _why(self, plan: Plan, ground: int, place: int) -> str:
        key = id(plan), ground, place
        if key not in self._because:
            setting, facts = divmod(ground, len(self.codes.facts))
            [answer] = self._reasons.answers(plan.cases[setting], (self.codes.items[place],), self.codes.facts[facts])
            assert answer.outcome == planned(plan, ground, place), f"two answers for {answer.item} on one ground"
            self._because[key] = because(answer)
        return self._because[key]


@dataclass(frozen=True)
class Found:
    """What is to be done about an item at one holder, for how many shares, and why."""

    action: Action
    holder: str
    discloser: str
    item: str
    because: str
    shares: int = 0


@dataclass
class Tally:
    """How many shares there is something to do about, and what."""

    shares: int = 0
    found: Counter[Found] = field(default_factory=Counter)

    def count(self, found: Iterable[Found], shares: int) -> None:
        self.shares += shares
        for one in found:
            self.found[one] += shares

    @property
    def summary(self) -> list[Found]:
        """What is to be done, by action, holder and item; the gravest first."""
        found = [replace(one, shares=shares) for one, shares in self.found.items()]
        return sorted(found, key=lambda one: (ORDER.index(one.action), *astuple(one)[1:]))


class Cells(NamedTuple):
    """What the list says of a share: its items by what is to be done about them, or what is wrong with it."""

    stop: str = ""
    recall: str = ""
    inform: str = ""
    problem: str = ""

    @staticmethod
    def of(steps: Steps) -> Cells:
        return Cells(*(";".join(one.item.called for one in steps if one.action == action) for action in ORDER))


# ---- the table ---------------------------------------------------------------------------


class PastShares:
    """The shares of a table, decided again; what is in between lies in a folder."""

    def __init__(self, folder: Folder, table: Table, room: Path) -> None:
        check_header(table, REQUIRED, OPTIONAL)
        self.folder, self.table, self.room = folder, table, room
        self.tally = Tally()
        self._listed: dict[Cells, int] = {}
        self._kinds = KINDS.empty_table()
        self._alone: dict[int, int] = {}
        self._faults: dict[int, str] = {}
        self._bulk = Bulk(folder, folder.world, wording(folder), folder.on)
        self._read = Distinct(table, folder.names, folder.on, folder.world.judged_alone, past=True)
        readable = self._read.write(room / CODED, self._by_itself, Ticker("Reading", if_long=True))
        with duckdb_in(room) as engine:
            every = engine.read_parquet(room / CODED, table_name="comity_coded")
            if readable:
                self._by_plan(engine, every.filter(every.fault == READ_AT_ALL))
            self._unreadable(engine, every.filter(every.fault >= 0))

    @property
    def count(self) -> int:
        return self._read.rows

    @property
    def faults(self) -> list[str]:
        """What is wrong with the first shares that cannot be read."""
        return [self._faults[row] for row in sorted(self._faults)[:SHOWN_FAULTS]]

    def _list(self, cells: Cells) -> int:
        """The number by which the list finds them."""
        return self._listed.setdefault(cells, len(self._listed))

    def _found(self, steps: Steps, holder: str, discloser: str) -> Iterator[Found]:
        for action, item, why in steps:
            yield Found(action, holder, discloser, self.folder.titles.get(item.item, item.called), why)

    # ---- by the plan -----------------------------------------------------------------------

    @cached_property
    def _codes(self) -> Codes:
        return self._read.codes()

    def _by_plan(self, engine: BaseBackend, rows: Rows) -> None:
        """Find the grounds of the shares as made and today, and look at every kind of share once."""
        world, on, codes = self.folder.world, self.folder.on, self._codes
        made = ready(engine, world, codes, rows, self._read.days(), "made")
        today = ready(engine, world, codes, rows.mutate(day=on.toordinal()), (on, on), "today")
        engine.to_parquet(self._placed(rows, made, today), self.room / PLACED)
        placed = engine.read_parquet(self.room / PLACED, table_name="comity_placed")
        kinds = engine.to_pyarrow(placed.group_by(KEYS).aggregate(shares=placed.count()))
        self._look_at(kinds, Twice(codes, made.plan, today.plan))

    def _placed(self, rows: Rows, made: Ready, today: Ready) -> Rows:
        """The number of every share with what its kind turns on."""
        then = made.answers(rows)
        then = then.select(*rows.columns, made_ground=then.ground)
        both = today.answers(then.mutate(day=self.folder.on.toordinal()))
        feeds = [code for code, manner in enumerate(self._codes.manners) if manner.mode == Mode.FEED]
        return both.mutate(standing=both.manner.isin(feeds), today_ground=both.ground).select("row", *KEYS)

    def _look_at(self, kinds: pa.Table, twice: Twice) -> None:
        numbers = []
        for discloser, recipient, *key, shares in _tuples(kinds):
            todo = twice.steps(*key)
            numbers.append(self._list(Cells.of(todo)) if todo else None)
            if todo:
                self.tally.count(self._found(todo, self._party(recipient), self._party(discloser)), shares)
        listed = kinds.select(KEYS).append_column("todo", pa.array(numbers, pa.int64()))
        self._kinds = listed.filter(pc.is_valid(listed["todo"])).cast(KINDS)

    def _party(self, code: int) -> str:
        return slug_of(self._codes.parties[code].partner) if code >= 0 else NOT_KNOWN

    # ---- by itself, or not at all ------------------------------------------------------------

    def _by_itself(self, row: int, line: int, written: dict[str, str]) -> None:
        """Decide a share that no plan takes."""
        said = written.get("on", "")
        decision = self._bulk.decision(self.table, line, written.pop("id", ""), written)
        if not isinstance(decision, str) and (problem := not_past(said, decision.proposal.on, self.folder.on)):
            decision = str(replace(problem, file=self.table.name, line=line))
        if isinstance(decision, str):
            self._faults[row] = decision
            self._alone[row] = self._list(Cells(inform=written["items"], problem=decision))
            self.tally.count([Found(Action.INFORM, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_READABLE)], 1)
            return
        proposal = decision.proposal
        words = [Word.of(one) for one in decision.answers]
        todo = steps(proposal.items, words, self._today(proposal), standing=proposal.mode == Mode.FEED)
        if todo:
            self._alone[row] = self._list(Cells.of(todo))
            ends = (slug_of(one.partner) for one in (proposal.recipient, proposal.discloser))
            self.tally.count(self._found(todo, *ends), 1)

    def _today(self, proposal: Proposal) -> list[Word]:
        try:
            decision = self.folder.world.decide(proposal.model_copy(update={"on": self.folder.on}))
        except UnknownName:
            return [NO_WORD] * len(proposal.items)
        return [Word.of(one) for one in decision.answers]

    def _unreadable(self, engine: BaseBackend, rows: Rows) -> None:
        """Shares that cannot be read are never taken for right."""
        kinds = rows.group_by("discloser", "recipient", "items").aggregate(shares=rows.count())
        for discloser, recipient, items, shares in _tuples(engine.to_pyarrow(kinds)):
            ends = self._party(recipient), self._party(discloser)
            titles = self._titles(items)
            self.tally.count((Found(Action.INFORM, *ends, one, NOT_READABLE) for one in titles), shares)
        first = rows.order_by("row").limit(SHOWN_FAULTS).select("row", "fault", "line")
        for row, fault, line in _tuples(engine.to_pyarrow(first)):
            self._faults[row] = self._read.said(fault, line)

    def _titles(self, items: int) -> list[str]:
        if items < 0:
            return [NOT_KNOWN]
        named = [self._codes.items[place] for place in self._codes.asked[items]]
        return [self.folder.titles.get(one.item, one.called) for one in named]

    # ---- the list --------------------------------------------------------------------------

    def write(self, path: Path, kind: Kind) -> None:
        """Every share with something to do, in the order of the table: its own columns, and what is to be done."""
        with duckdb_in(self.room) as engine:
            engine.to_parquet(self._numbered(engine).order_by("row"), self.room / TODO)
        schema = pa.schema([*self.table.schema, *((name, pa.string()) for name in Cells._fields)])
        numbers, rows = _InOrder(self.room / TODO), 0
        with contextlib.closing(open_writer(path, kind, schema)) as writer:
            for part in self.table.parts():
                found, todo = numbers.before(rows + part.batch.num_rows)
                writer.write(self._with_cells(part, found - rows, todo, schema))
                rows += part.batch.num_rows
        if rows != self.count or self.table.changed:
            raise has_changed(self.table)

    def _numbered(self, engine: BaseBackend) -> Rows:
        """The number of every share with something to do, with that of its cells; below none, that of its fault."""
        coded = engine.read_parquet(self.room / CODED, table_name="comity_coded")
        faulty = coded.filter(coded.fault >= 0)
        alone = pa.table([list(self._alone), list(self._alone.values())], NUMBERED)
        found = ibis.union(faulty.select("row", todo=-1 - faulty.fault.cast("int64")), ibis.memtable(alone))
        if not self._kinds.num_rows:
            return found
        placed = engine.read_parquet(self.room / PLACED, table_name="comity_placed")
        kinds = engine.create_table("comity_kinds", self._kinds, overwrite=True)
        return ibis.union(found, placed.inner_join(kinds, KEYS).select("row", "todo"))

    def _with_cells(self, part: Part, places: Column, todo: Column, schema: pa.Schema) -> pa.RecordBatch:
        """Some rows of a part with the cells that the list adds."""
        own = part.batch.take(pa.array(places))
        unread = np.flatnonzero(todo < 0)
        others = [self._unread(part, int(places[at]), ~int(todo[at])) for at in unread]
        which = todo.copy()
        which[unread] = len(self._listed) + np.arange(len(others))
        added = [
            pa.concat_arrays([known, pa.array(more, pa.string())]).take(pa.array(which))
            for known, more in zip(self._columns, zip(*others, strict=True) if others else [()] * 4, strict=True)
        ]
        return pa.RecordBatch.from_arrays([*own.columns, *added], schema=schema)

    @cached_property
    def _columns(self) -> list[pa.Array]:
        return [pa.array([one[at] for one in self._listed], pa.string()) for at in range(len(Cells._fields))]

    def _unread(self, part: Part, place: int, fault: int) -> Cells:
        items = as_text(part.batch.column("items").slice(place, 1))[0].as_py()
        return Cells(inform=items or "", problem=self._read.said(fault, int(part.lines[place])))


class _InOrder:
    """Rows and what belongs to each, from a file in which they lie in order."""

    def __init__(self, path: Path) -> None:
        self.batches = pq.ParquetFile(path).iter_batches()
        self.held: Column = np.zeros((2, 0), np.int64)

    def before(self, row: int) -> Column:
        """The next rows up to this one, and what belongs to them."""
        while not self.held.shape[1] or self.held[0, -1] < row:
            batch = next(self.batches, None)
            if batch is None:
                break
            more = np.stack([column.to_numpy() for column in batch.columns])
            self.held = np.concatenate([self.held, more], axis=1)
        many = np.searchsorted(self.held[0], row)
        given, self.held = self.held[:, :many], self.held[:, many:]
        return given


def _tuples(table: pa.Table) -> Iterator[Sequence[Any]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)
