"""A large table of proposals answered by a compiled plan: read once, decided by joins, written in its own order.

Every row in is a row out, with the number of the ground its answer rests on; the
grounds, with every item and reason, are written beside it.
"""

from __future__ import annotations

import contextlib
import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from comity.check.columnar import UNKNOWN
from comity.check.explain import Wording
from comity.cli.bulk import OPTIONAL, REQUIRED, Bulk
from comity.cli.distinct import READ_AT_ALL, Distinct
from comity.cli.folder import Folder
from comity.cli.grounds import Grounds, write_grounds
from comity.cli.kinds import Answered, Apart, Column, Kinds
from comity.cli.progress import Ticker
from comity.cli.tables import Kind, Table, check_header, harmless

COLUMNS = ("line", "id", "headline", "must", "due", "share", "refer", "withhold", "codes", "ground", "problem")
SCHEMA = pa.schema([(name, pa.int64() if name in ("line", "ground") else pa.string()) for name in COLUMNS])
TOGETHER = 65_536  # rows that are written at once
FIRST_PROBLEMS = 20
DAY = 20  # bits of the number of a day
A_DAY = (1 << DAY) - 1


@dataclass
class Outcomes:
    """How many rows became what, and the first problems."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Wish:
    """How the answers are wanted."""

    kind: Kind
    with_remedies: bool
    for_spreadsheet: bool


def write_by_plan(
    folder: Folder, table: Table, wording: Wording, wish: Wish, *, out: Path, grounds: Path, room: Path
) -> Outcomes:
    """Answer every row of the table into `out`, with the grounds beside it; in `room` lies what is in between."""
    check_header(table, REQUIRED, OPTIONAL)
    words = Grounds(folder, wording, with_remedies=wish.with_remedies)
    apart = Apart(table, Bulk(folder, folder.world, wording, folder.on), words)
    read = Distinct(table, folder.names, folder.on, folder.world.judged_alone)
    coded, placed = room / "coded.parquet", room / "placed.parquet"
    readable = read.write(coded, apart.take, Ticker("Reading"))
    kinds = Kinds(read, apart, folder.world, words)
    if readable:
        kinds.decide(coded, placed, room)
    write_grounds(grounds, wish.kind, [*apart.grounds, *kinds.grounds], for_spreadsheet=wish.for_spreadsheet)
    return _write(kinds, coded, placed if readable else None, out, wish)


# ---- writing -----------------------------------------------------------------------------


def _write(kinds: Kinds, coded: Path, placed: Path | None, out: Path, wish: Wish) -> Outcomes:
    """Every row in the order of the table."""
    sink: Sink = _Csv(out, for_spreadsheet=wish.for_spreadsheet) if wish.kind == "csv" else _Parquet(out)
    rows, outcomes, done = _Rows(kinds, _Placed(placed)), Outcomes(), 0
    ticker = Ticker("Writing", kinds.read.rows)
    with contextlib.closing(sink), pq.ParquetFile(coded) as file:
        for batch in file.iter_batches(batch_size=TOGETHER):
            some = rows.answered(batch)
            sink.write(some)
            some.count(outcomes)
            done += batch.num_rows
            ticker(done)
    assert done == kinds.read.rows == outcomes.counts.total(), "rows in are not rows out"
    ticker.done(done)
    return outcomes


class _Placed:
    """The ground of each row that could be read, in their order."""

    def __init__(self, path: Path | None) -> None:
        self.batches = pq.ParquetFile(path).iter_batches(columns=["row", "ground"]) if path else iter(())
        self.held: Column = np.zeros((2, 0), np.int64)

    def next(self, rows: Column) -> Column:
        """The grounds of the next rows, of these numbers."""
        while self.held.shape[1] < len(rows):
            more = np.stack([column.to_numpy() for column in next(self.batches).columns])
            self.held = np.concatenate([self.held, more], axis=1)
        given, self.held = self.held[:, : len(rows)], self.held[:, len(rows) :]
        assert np.array_equal(given[0], rows), "rows have come out of their order"
        grounds: Column = given[1]
        return grounds


@dataclass(frozen=True)
class _Some:
    """Some rows: line and id, the place of each row's answer among the kinds and then the others, when it is due."""

    lines: pa.Array
    ids: pa.Array
    kind: Column
    kinds: Sequence[Answered]
    others: Sequence[Answered]
    due: pa.Array

    def count(self, outcomes: Outcomes) -> None:
        every = [*self.kinds, *self.others]
        for at, count in enumerate(np.bincount(self.kind, minlength=len(every)).tolist()):
            if count:
                outcomes.counts[every[at].cell("headline")] += count
        room = FIRST_PROBLEMS - len(outcomes.problems)
        outcomes.problems += [one.problem for one in self.others if one.problem][:room]


class _Rows:
    """Puts codes and grounds together into answers."""

    def __init__(self, kinds: Kinds, placed: _Placed) -> None:
        self.kinds, self.placed = kinds, placed
        self._due: dict[tuple[frozenset[str], int, int], str] = {}

    def answered(self, batch: pa.RecordBatch) -> _Some:
        code = {name: batch.column(name).to_numpy() for name in batch.schema.names if name != "id"}
        ground = np.full(batch.num_rows, UNKNOWN, np.int64)
        readable = code["fault"] == READ_AT_ALL
        ground[readable] = self.placed.next(code["row"][readable])
        known = ground != UNKNOWN
        kind = np.empty(batch.num_rows, np.int64)
        kind[known] = self.kinds.of(ground[known], code["items"][known])
        rest = np.flatnonzero(~known)
        kind[rest] = len(self.kinds.answers) + np.arange(len(rest))
        others = [self._other(code, at) for at in rest.tolist()]
        return _Some(
            batch.column("line"),
            batch.column("id"),
            kind,
            self.kinds.answers,
            others,
            self._when(code, kind, known, [one.cell("due") for one in others]),
        )

    def _other(self, code: dict[str, Column], at: int) -> Answered:
        return self.kinds.other(int(code["fault"][at]), {name: int(column[at]) for name, column in code.items()})

    @cached_property
    def _ruled(self) -> Column:
        """Of each kind whether it has duties whose day the row decides."""
        return np.array([bool(one.rules) for one in self.kinds.answers], bool)

    def _when(self, code: dict[str, Column], kind: Column, known: Column, others: Sequence[str]) -> pa.Array:
        """When each row is due: by its day, and by the last day its data are about."""
        texts, place = ["", *others], np.zeros(len(kind), np.int64)
        place[~known] = 1 + np.arange(len(others))
        ruled = np.flatnonzero(known)[self._ruled[kind[known]]]
        keys, place_of = np.unique(
            kind[ruled] << 2 * DAY | code["day"][ruled].astype(np.int64) << DAY | code["until"][ruled],
            return_inverse=True,
        )
        place[ruled] = len(texts) + place_of
        texts += [self._day(key >> 2 * DAY, key >> DAY & A_DAY, key & A_DAY) for key in keys.tolist()]
        return pa.array(texts, pa.string()).take(pa.array(place))

    def _day(self, kind: int, day: int, until: int) -> str:
        answer = self.kinds.answers[kind]
        key = answer.rules, day, until
        if key not in self._due:
            self._due[key] = answer.due(date.fromordinal(day), date.fromordinal(until) if until else None)
        return self._due[key]


class Sink(Protocol):
    """Where rows are written."""

    def write(self, some: _Some) -> None: ...

    def close(self) -> None: ...


class _Parquet:
    """Parquet, with line and ground as numbers."""

    def __init__(self, path: Path) -> None:
        self.writer = pq.ParquetWriter(path, SCHEMA)
        self.kinds: dict[str, pa.Array] = {}

    def write(self, some: _Some) -> None:
        place = pa.array(some.kind)
        given = {"line": some.lines, "id": some.ids, "due": some.due}
        columns = [given[name] if name in given else self._column(name, some).take(place) for name in COLUMNS]
        self.writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=SCHEMA))

    def _column(self, name: str, some: _Some) -> pa.Array:
        if name not in self.kinds:
            self.kinds[name] = self._cells(name, some.kinds)
        return pa.concat_arrays([self.kinds[name], self._cells(name, some.others)])

    def _cells(self, name: str, answers: Iterable[Answered]) -> pa.Array:
        if name == "ground":
            return pa.array([one.ground for one in answers], pa.int64())
        return pa.array([one.cell(name) for one in answers], pa.string())

    def close(self) -> None:
        self.writer.close()


class _Csv:
    """CSV in UTF-8 with LF: what rows of a kind have in common is put into cells once."""

    def __init__(self, path: Path, *, for_spreadsheet: bool) -> None:
        self.file = path.open("wb")
        self.for_spreadsheet = for_spreadsheet
        self.kinds: tuple[pa.Array, pa.Array] | None = None
        self.file.write((",".join(COLUMNS) + "\n").encode())

    def write(self, some: _Some) -> None:
        self.kinds = self.kinds or self._cells(some.kinds)
        place = pa.array(some.kind)
        before, after = (
            pa.concat_arrays(both).take(place) for both in zip(self.kinds, self._cells(some.others), strict=True)
        )
        lines = some.lines.cast(pa.string())
        rows = pc.binary_join_element_wise(lines, self._quoted(some.ids), before, some.due, after, ",")
        ends = np.frombuffer(rows.buffers()[1], np.int32)[rows.offset : rows.offset + len(rows) + 1]
        self.file.write(memoryview(rows.buffers()[2])[ends[0] : ends[-1]])

    def _cells(self, answers: Iterable[Answered]) -> tuple[pa.Array, pa.Array]:
        """What stands before the day on which a row is due, and what stands after it."""
        every = list(answers)
        sides = (COLUMNS[2:4], COLUMNS[5:])
        before, after = ([self._row([one.cell(name) for name in names]) for one in every] for names in sides)
        return pa.array(before, pa.string()), pa.array([f"{row}\n" for row in after], pa.string())

    def _quoted(self, ids: pa.Array) -> pa.Array:
        odd = pc.match_substring_regex(ids, '[",\\r\\n]|^[=+@\\t-]' if self.for_spreadsheet else '[",\\r\\n]')
        if not pc.any(odd).as_py():
            return ids
        return pa.array(
            [
                self._row([one]) if is_odd else one
                for one, is_odd in zip(*(ids.to_pylist(), odd.to_pylist()), strict=True)
            ]
        )

    def _row(self, cells: Sequence[str]) -> str:
        text = io.StringIO(newline="")
        made = [harmless(one) for one in cells] if self.for_spreadsheet else cells
        csv.writer(text).writerow(made)
        return text.getvalue().removesuffix("\r\n")

    def close(self) -> None:
        self.file.close()
