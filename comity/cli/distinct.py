"""A table of proposals as codes: what is written in a few columns is read once, however many rows say it.

Columns are taken in groups that are read together, beside values that are known
to be right. So what is wrong with a value is said in the very words in which a row
with it would be refused, and every row that has it gets its line put before them.
A row is left to be decided apart where codes cannot say it: where somebody has
judged its case alone, where several of its groups cannot be read, or where too
many different things are written in a column.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from comity.check.columnar import Codes, Manner
from comity.check.decision import Facts, Proposal, ProposedItem
from comity.check.text import Names, read_proposals
from comity.cli.bulk import RowDocument, written
from comity.cli.progress import Ticker
from comity.cli.tables import Part, Table, as_text, row_texts
from comity.errors import InputError
from comity.partnership import PartyRef
from comity.source import Problem

APART = -1
"""The code of what is left to be decided row by row. Lower codes stand for faults."""

READ_AT_ALL = -1
"""Where a row stands, as against the number of its fault: all of it could be read."""

LEFT_APART = -2
"""Where a row stands: it is decided apart."""

MOST_WRITTEN = 100_000
"""Different texts in one group of columns; beyond, rows are decided apart."""

MOST = {"parties": 1_000, "manners": 1_000, "facts": 1_000, "items": 1_240, "asked": 100_000}
"""Different values that a plan takes of each kind."""

DAYS = (date(1900, 1, 1), date(2200, 1, 1))
"""The days that a plan can span."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "discloser": ("from", "from_as"),
    "recipient": ("to", "to_as"),
    "purpose": ("purpose",),
    "manner": ("mode", "scope", "audience", "set", "held_for", "claimed", "need"),
    "facts": ("facts",),
    "items": ("items", "form", "origins", "handling"),
    "day": ("on",),
    "until": ("data_until",),
}
"""The columns of codes, and the columns of a table that each stands for."""

SCHEMA = pa.schema(
    [("row", pa.int64()), ("line", pa.int64()), ("id", pa.string()), ("fault", pa.int32())]
    + [(name, pa.int32()) for name in GROUPS]
)

Texts = tuple[str, ...]
Column = NDArray[np.int64]
Apart = Callable[[int, int, dict[str, str]], None]
"""Takes a row that is left apart: its number, its line, and its cells."""


@dataclass
class Distinct:
    """What a table says, as codes, and what the codes stand for."""

    table: Table
    names: Names
    on: date
    judged_alone: Collection[str]
    past: bool = False
    """Every row is of something that was shared: it must say on which day, and that is not still to come."""
    written: dict[str, dict[Texts, int]] = field(default_factory=lambda: {name: {} for name in GROUPS})
    values: dict[str, dict[Hashable, Any]] = field(default_factory=dict)
    faults: dict[tuple[str, ...], int] = field(default_factory=dict)
    rows: int = 0
    _faults: list[tuple[str, ...]] = field(default_factory=list)

    def write(self, path: Path, apart: Apart, ticker: Ticker) -> int:
        """Code every row into a file, and give on those that are left apart; how many rows a plan can take."""
        readable = 0
        with pq.ParquetWriter(path, SCHEMA, use_dictionary=[*GROUPS]) as writer:
            for part in self.table.parts():
                first = self.rows
                batch = self.coded(part)
                writer.write_batch(batch)
                standing = batch.column("fault").to_numpy()
                for place, cells in self._cells(part, np.flatnonzero(standing == LEFT_APART)):
                    apart(first + place, int(part.lines[place]), cells)
                readable += int((standing == READ_AT_ALL).sum())
                ticker(self.rows)
        ticker.done(self.rows)
        return readable

    def _cells(self, part: Part, places: Column) -> Iterator[tuple[int, dict[str, str]]]:
        """What is written in some rows of a part."""
        if not len(places):
            return
        rows = row_texts(part.batch.take(pa.array(places)), self.table.name)
        for place, row in zip(places.tolist(), rows, strict=True):
            yield place, {name: (cell or "").strip() for name, cell in zip(self.table.columns, row, strict=True)}

    def coded(self, part: Part) -> pa.RecordBatch:
        """The rows of a part as codes; `fault` says where each stands."""
        size = part.batch.num_rows
        cells = {name: as_text(part.batch.column(name)).fill_null("") for name in part.batch.schema.names}
        codes = {name: self._group(name, cells, size) for name in GROUPS}
        ids = _stripped(cells["id"]) if "id" in cells else pa.array([""] * size)
        batch = pa.RecordBatch.from_arrays(
            [
                pa.array(np.arange(self.rows, self.rows + size)),
                pa.array(part.lines),
                ids,
                pa.array(self._standing(part, codes, ids), pa.int32()),
                *(pa.array(column, pa.int32()) for column in codes.values()),
            ],
            schema=SCHEMA,
        )
        self.rows += size
        return batch

    def codes(self) -> Codes:
        """What the codes stand for."""
        listed = {name: list(self.values.get(name, {}).values()) for name in (*MOST, "purposes")}
        return Codes(**{name: [value for _, value in pairs] for name, pairs in listed.items()})

    def days(self) -> tuple[date, date]:
        """The first and the last day on which something would be shared."""
        found = [day for day in self.written["day"].values() if day > 0]
        return date.fromordinal(min(found)), date.fromordinal(max(found))

    def said(self, fault: int, line: int) -> str:
        """What is wrong with a row, with its line."""
        return " ".join(f"{self.table.name}:{line}: {words}" for words in self._faults[fault])

    # ---- a group of columns ------------------------------------------------------

    def _group(self, name: str, cells: Mapping[str, pa.Array], size: int) -> Column:
        columns = [one for one in GROUPS[name] if one in cells]
        if not columns:
            return np.full(size, self._code(name, (), ()), np.int64)
        place, first = _dense([_said_or_not(cells[one]) if one == "need" else cells[one] for one in columns])
        texts = zip(*([text.strip() for text in cells[one].take(first).to_pylist()] for one in columns), strict=True)
        return np.array([self._code(name, columns, one) for one in texts], np.int64)[place]

    def _code(self, name: str, columns: Sequence[str], texts: Texts) -> int:
        if "need" in columns:
            texts = (*texts[:-1], "as stated" if texts[-1] else "")
        known = self.written[name]
        if texts not in known:
            if len(known) == MOST_WRITTEN or not self.names.partnership.partners:
                return APART
            known[texts] = self._read(name, dict(zip(columns, texts, strict=True)))
        return known[texts]

    def _read(self, name: str, row: dict[str, str]) -> int:
        document = RowDocument(self.table.name, written({**self._right, **row}, "row"), {(): 0})
        try:
            proposal = read_proposals(document, self.names, self.on).proposals[0]
        except InputError as error:
            return -2 - self._fault([one for one in error.problems if isinstance(one, Problem)])
        if name == "day" and self.past and (problem := not_past(row.get("on", ""), proposal.on, self.on)):
            return -2 - self._fault([problem])
        return CODED[name](self, proposal)

    @property
    def _right(self) -> dict[str, str]:
        """Values that can be read, whatever stands beside them."""
        partner, purpose = self.names.partnership.partners[0].id, self.names.law.vocabulary.purposes[0].id
        return {"from": partner, "to": partner, "purpose": purpose, "items": self.names.law.vocabulary.items[0].id}

    def place(self, kind: str, key: Hashable, value: object) -> int:
        """The code of a value; values that are the same have one."""
        places = self.values.setdefault(kind, {})
        if key not in places:
            if len(places) == MOST.get(kind):
                return APART
            places[key] = len(places), value
        return places[key][0]  # type: ignore[no-any-return]

    # ---- where a row stands -----------------------------------------------------

    def _standing(self, part: Part, codes: Mapping[str, Column], ids: pa.Array) -> Column:
        """For every row the number of its one fault, or that it could be read, or is left apart."""
        every = np.stack(list(codes.values()))
        faulty = every < APART
        standing = np.where(faulty.any(axis=0), -2 - every.min(axis=0), READ_AT_ALL)
        alone = pc.is_in(ids, value_set=pa.array(sorted(self.judged_alone), pa.string())).to_numpy(zero_copy_only=False)
        standing[(every == APART).any(axis=0) | (faulty.sum(axis=0) > 1) | alone] = LEFT_APART
        for at, problem in part.ragged.items():
            standing[at] = self._fault([problem])
        return standing

    def _fault(self, problems: Sequence[Problem]) -> int:
        """The number of a fault: its sentences without the file and line before them."""
        said = tuple(f"{one.grade}: {one.sentence} {one.remedy} [{one.code}]" for one in problems)
        if said not in self.faults:
            self.faults[said] = len(self.faults)
            self._faults.append(said)
        return self.faults[said]


def not_past(written: str, day: date, today: date) -> Problem | None:
    """What is wrong with the day on which something is said to have been shared."""
    if written and day <= today:
        return None
    sentence = f"{day} is still to come." if written else "It is not said on which day this was shared."
    return Problem("", 0, "no-past-day", sentence, "Give the day in the column on.")


# ---- what a group of columns says ------------------------------------------------------


def _party(read: Distinct, ref: PartyRef) -> int:
    return read.place("parties", ref, ref)


def _manner(read: Distinct, proposal: Proposal) -> int:
    manner = Manner(
        mode=proposal.mode,
        audience=proposal.audience,
        scope=proposal.scope,
        extent=proposal.extent,
        set=proposal.set,
        held_for=proposal.held_for,
        need=bool(proposal.need),
        claimed=proposal.claimed,
    )
    return read.place("manners", manner, manner)


def _facts(read: Distinct, facts: Facts) -> int:
    return read.place("facts", tuple(facts.items()), facts)


def _asked(read: Distinct, items: Sequence[ProposedItem]) -> int:
    places = tuple(read.place("items", (one.item, one.form, one.origins, one.handling), one) for one in items)
    return APART if APART in places else read.place("asked", places, places)


def _day(day: date | None) -> int:
    if day is None:
        return 0
    return day.toordinal() if DAYS[0] <= day < DAYS[1] else APART


CODED: Mapping[str, Callable[[Distinct, Proposal], int]] = {
    "discloser": lambda read, proposal: _party(read, proposal.discloser),
    "recipient": lambda read, proposal: _party(read, proposal.recipient),
    "purpose": lambda read, proposal: read.place("purposes", proposal.purpose, proposal.purpose),
    "manner": _manner,
    "facts": lambda read, proposal: _facts(read, proposal.facts),
    "items": lambda read, proposal: _asked(read, proposal.items),
    "day": lambda read, proposal: _day(proposal.on),
    "until": lambda read, proposal: _day(proposal.data_until),
}


# ---- columns of text --------------------------------------------------------------------


def _dense(columns: Sequence[pa.Array]) -> tuple[Column, pa.Array]:
    """A number for every row, the same where all these cells are; and the first row of each number."""
    place = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        texts = column.dictionary_encode()
        keys = place * max(1, len(texts.dictionary)) + texts.indices.to_numpy()
        place = pa.array(keys).dictionary_encode().indices.to_numpy().astype(np.int64)
    first = np.zeros(place.max(initial=-1) + 1, np.int64)
    first[place[::-1]] = np.arange(len(place))[::-1]
    return place, pa.array(first)


def _stripped(column: pa.Array) -> pa.Array:
    """The cells without white space around them, which few have."""
    odd = pc.match_substring_regex(column, r"^[^!-~]|[^!-~]$")
    if not pc.any(odd).as_py():
        return column
    return pa.array([text.strip() for text in column.to_pylist()], pa.string())


def _said_or_not(column: pa.Array) -> pa.Array:
    """One text for all cells that say something: what it is makes no difference."""
    plain = pc.match_substring_regex(column, "[!-~]")
    rest = pc.if_else(plain, "", column)
    return pc.if_else(plain, "said", _stripped(rest))
