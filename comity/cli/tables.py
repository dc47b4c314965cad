"""Tables in and out: CSV and Parquet, read as a stream, each row knowing its line.

Memory stays bounded whatever the file holds. What cannot be read is said with
file and line; nothing is guessed.
"""

from __future__ import annotations

import contextlib
import csv
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from comity.cli.files import shown
from comity.errors import InputError
from comity.source import Problem

LONGEST_LINE = 1_000_000  # bytes
BATCH = 8_192  # rows
TOGETHER = 65_536  # rows of Parquet that are read at once where they are not taken apart
BLOCK = 8_000_000  # bytes of CSV that are read together

Kind = Literal["csv", "parquet"]
Cells = Sequence[str | None]

csv.field_size_limit(LONGEST_LINE)


@dataclass(frozen=True)
class Part:
    """Some rows of a table with the line of each; what is wrong with those that are ragged, by their place."""

    lines: NDArray[np.int64]
    batch: pa.RecordBatch
    ragged: Mapping[int, Problem] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table on the disk: its columns are known, its rows are read on demand."""

    path: Path
    kind: Kind
    schema: pa.Schema
    stamp: tuple[int, int, int]

    @property
    def changed(self) -> bool:
        """Whether somebody has written to the file, or put another in its place, since it was opened."""
        return _stamp(self.path) != self.stamp

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.schema.names)

    @property
    def name(self) -> str:
        return shown(self.path)

    def records(self) -> Iterator[tuple[int, Cells]]:
        """Every row as text with its line (in Parquet: its number); ragged rows as they are."""
        if self.kind == "csv":
            yield from _csv_records(self.path)
            return
        for first, batch in _parquet_batches(self.path):
            yield from enumerate(row_texts(batch, self.name), start=first)

    def parts(self) -> Iterator[Part]:
        """The rows, many at a time. A ragged row has the cells it has, and nothing in the columns it lacks."""
        if self.kind == "csv":
            yield from _csv_parts(self)
            return
        for first, batch in _parquet_batches(self.path, TOGETHER):
            yield Part(np.arange(first, first + batch.num_rows), batch)

    def batches(self) -> Iterator[tuple[NDArray[np.int64], pa.RecordBatch]]:
        """The rows in batches, with the line of each; a ragged row is a fault."""
        for part in self.parts():
            if part.ragged:
                raise InputError([part.ragged[min(part.ragged)]])
            yield part.lines, part.batch


def open_table(path: Path) -> Table:
    """The table at `path`; raises `InputError` when it is none, or holds no row."""
    match path.suffix.lower():
        case ".csv":
            stamp = _stamp(path)
            schema = pa.schema([(column, pa.string()) for column in _csv_header(path)])
            table = Table(path, "csv", schema, stamp)
        case ".parquet":
            stamp = _stamp(path)
            table = Table(path, "parquet", _parquet_schema(path), stamp)
        case suffix:
            _stamp(path)  # Where there is no such file, that is what is wrong.
            raise _fault(
                path,
                0,
                "not-a-table",
                f"A table is a .csv or .parquet file, not {suffix or 'this'}.",
                "Name the file by what it is, or convert it.",
            )
    _check_names(table)
    first = next(table.records() if table.kind == "csv" else table.batches(), None)
    if first is None:
        raise _fault(path, 1, "no-rows", "The file holds a header and no rows.", "Is it the right file?")
    return table


def has_rows(table: Table, many: int) -> bool:
    """Whether the table has about so many rows or more, without reading them."""
    if table.kind == "parquet":
        with pq.ParquetFile(table.path) as file:
            return file.metadata.num_rows >= many  # type: ignore[no-any-return]
    lines = 0
    with _opened(table.path) as file:
        while lines <= many and (block := file.read(BLOCK)):
            lines += block.count(b"\n")
    return lines > many


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise _fault(
            path,
            0,
            "not-a-file",
            "This is a pipe or a device; a table is read twice, so it must be a file.",
            "Write it to a file first, and name that.",
        )
    return found.st_ino, found.st_size, found.st_mtime_ns


def has_changed(table: Table) -> InputError:
    """What is wrong with a table that is another at the second look."""
    return _fault(
        table.path, 0, "changed", "The table changed while it was read.", "Name a copy that nobody writes to."
    )


def open_tables(paths: Iterable[Path]) -> tuple[Table, ...]:
    """Files, and the tables of folders, that are parts of one table."""
    tables = tuple(open_table(path) for path in table_files(paths))
    _check_each_once(tables)
    for table in tables[1:]:
        if not table.schema.equals(tables[0].schema):
            raise _fault(
                table.path,
                1,
                "other-columns",
                _difference(table, tables[0]),
                "Apply the two one after the other, or give them the same columns.",
            )
    return tables


def table_files(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, where some of the paths are folders of them."""
    return [file for path in paths for file in (_tables_in(path) if path.is_dir() else [path])]


def _check_each_once(tables: Sequence[Table]) -> None:
    """Rows of a file that is named twice, by whatever name, would count twice."""
    seen: dict[tuple[int, int], Table] = {}
    for table in tables:
        found = table.path.stat()
        other = seen.setdefault((found.st_dev, found.st_ino), table)
        if other is not table:
            raise _fault(
                table.path,
                0,
                "named-twice",
                f"This table is read already, as {other.name}: its rows would count twice.",
                "Name each file once, or its folder alone.",
            )


def _tables_in(folder: Path) -> list[Path]:
    found = sorted(one for one in folder.iterdir() if one.suffix.lower() in (".csv", ".parquet"))
    if not found:
        raise _fault(
            folder, 0, "no-table", "There is no .csv or .parquet file in this folder.", "Is it the right folder?"
        )
    return found


def _difference(table: Table, first: Table) -> str:
    lacks = [one for one in first.columns if one not in table.columns]
    more = [one for one in table.columns if one not in first.columns]
    words = ([f"lacks {', '.join(lacks)}"] if lacks else []) + ([f"has also {', '.join(more)}"] if more else [])
    return (
        f"This file {' and '.join(words) or 'has the columns in another order or of other types'},"
        f" compared with {first.name}."
    )


def ragged(table: Table, line: int, cells: Cells) -> Problem | None:
    """What is wrong with a row of more or fewer cells than columns."""
    if len(cells) == len(table.columns):
        return None
    return Problem(
        table.name,
        line,
        "ragged-row",
        f"The row has {len(cells)} cells; the header has {len(table.columns)} columns.",
        "Look for a comma that needs quotation marks around its cell, or a missing one.",
    )


def check_header(table: Table, required: Sequence[str], optional: Sequence[str]) -> None:
    """Raises `InputError` for every column that is missing, unknown or misspelt."""
    known = [*required, *optional]
    problems = []
    for column in table.columns:
        if column not in known:
            near = get_close_matches(column, known, n=1, cutoff=0.5)
            problems.append(
                Problem(
                    table.name,
                    1,
                    "unknown-column",
                    f"There is no column called {column}.",
                    f"Did you mean {near[0]}?" if near else f"The columns are: {', '.join(known)}.",
                )
            )
    problems += [
        Problem(table.name, 1, "missing-column", f"The column {column} is missing.", "Add it.")
        for column in required
        if column not in table.columns
    ]
    if problems:
        raise InputError(problems)


def _check_names(table: Table) -> None:
    seen: set[str] = set()
    for at, column in enumerate(table.columns, start=1):
        if not column.strip():
            raise _fault(table.path, 1, "nameless-column", f"Column {at} has no name.", "Give it one.")
        if column in seen:
            raise _fault(
                table.path, 1, "duplicate-column", f"Two columns are called {column}.", "Give each a name of its own."
            )
        seen.add(column)


def row_texts(batch: pa.RecordBatch, file: str) -> Iterator[Cells]:
    """The rows of a batch as text; raises `InputError` for a cell that no text can give back."""
    columns = zip(batch.schema.names, batch.columns, strict=True)
    return zip(*(_texts(column, name, file) for name, column in columns), strict=True)


def _texts(column: pa.Array, name: str, file: str) -> list[str | None]:
    """The cells of a column as text; `true` and `false` for truth, nothing for null."""
    try:
        found: list[str | None] = as_text(column).to_pylist()
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise _no_text(name, file, str(error)) from error
    if odd := next((one for one in found if one and one.startswith(_OUT_OF_RANGE)), None):
        raise _no_text(name, file, odd.strip("<>"))
    return found


def as_text(column: pa.Array) -> pa.Array:
    """The same, as a column."""
    if pa.types.is_string(column.type):
        return column
    try:
        return column.cast(pa.string())
    except pa.ArrowNotImplementedError:  # Lists, and what else has parts.
        return pa.array([None if one is None else str(one) for one in column.to_pylist()], pa.string())


_OUT_OF_RANGE = "<value out of range"  # What Arrow writes for a time that no calendar has.


def _no_text(column: str, file: str, said: str) -> InputError:
    return InputError(
        [
            Problem(
                file,
                0,
                "no-text",
                f"Column {column}: a value cannot be written as text ({said.rstrip('.')}).",
                "Correct it in its source, or keep it as it is with --to-format parquet.",
            )
        ]
    )


# ---- CSV ---------------------------------------------------------------------------


def _csv_header(path: Path) -> tuple[str, ...]:
    for cells in _first_row(path):
        if len(cells) == 1 and (other := [one for one in (";", "\t", "|") if one in cells[0]]):
            raise _fault(
                path,
                1,
                "not-commas",
                f"The columns seem to be separated by {other[0]!r}.",
                "Save the file with commas between the cells.",
            )
        return tuple(cells)
    raise _fault(path, 1, "empty-file", "The file is empty.", "Is it the right file?")


def _first_row(path: Path) -> Iterator[list[str]]:
    with _opened(path) as file:
        try:
            yield from islice(csv.reader(_Lines(path, file), strict=True), 1)
        except csv.Error as error:
            raise _fault(path, 1, "malformed-csv", *_malformed(str(error))) from error


def _csv_records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows after the header, each with the line on which it begins; blank lines are no rows."""
    with _opened(path) as file:
        yield from islice(_records(_Lines(path, file)), 1, None)


def _csv_parts(table: Table) -> Iterator[Part]:
    """The rows after the header. A block of plain lines is read at once, any other row by row."""
    with _opened(table.path) as file:
        lines = _Lines(table.path, file)
        next(_records(lines), None)
        while block := _block(file):
            if batch := _plain(block, table.schema):
                yield Part(np.arange(lines.number + 1, lines.number + 1 + batch.num_rows), batch)
                lines.number += batch.num_rows
            else:
                until = file.tell()
                file.seek(until - len(block))
                yield from _row_by_row(table, lines, until)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise _unreadable(path, error) from error


def _block(file: BinaryIO) -> bytes:
    """The next whole lines."""
    block = file.read(BLOCK)
    if len(block) == BLOCK and (ends := block.rfind(b"\n") + 1):
        file.seek(ends - BLOCK, os.SEEK_CUR)
        return block[:ends]
    return block


def _plain(block: bytes, schema: pa.Schema) -> pa.RecordBatch | None:
    """The rows of a block in which every line is a row and every comma ends a cell; nothing, if it is no such block."""
    if b'"' in block or b"\0" in block or block.startswith(b"\xef\xbb\xbf"):
        return None
    if b"\r" in block and (block.count(b"\r") != block.count(b"\r\n") or b"\n\r\n" in b"\n" + block):
        return None
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    lengths = np.diff(ends, prepend=-1, append=() if block.endswith(b"\n") else len(block))
    if lengths.min() == 1 or lengths.max() > LONGEST_LINE:
        return None
    try:
        found = arrow_csv.read_csv(
            pa.BufferReader(block),
            arrow_csv.ReadOptions(column_names=schema.names, block_size=2 * LONGEST_LINE),
            arrow_csv.ParseOptions(quote_char=False),
            arrow_csv.ConvertOptions(column_types=schema, strings_can_be_null=False),
        )
    except pa.ArrowInvalid:  # Ragged, or not UTF-8: that is said with its line.
        return None
    if found.num_rows != len(lengths):
        return None
    [batch] = found.combine_chunks().to_batches()
    return batch


def _row_by_row(table: Table, lines: _Lines, until: int) -> Iterator[Part]:
    """The rows that begin before a place in the file; a cell may hold line ends and reach beyond it."""
    where: list[int] = []
    rows: list[Cells] = []
    ragged_rows: dict[int, Problem] = {}

    def part() -> Part:
        return Part(np.array(where, np.int64), _batch(rows, table.schema), ragged_rows)

    try:
        for line, cells in _records(lines):
            if fault := ragged(table, line, cells):
                ragged_rows[len(rows)] = fault
                cells = [*cells, *[""] * len(table.columns)][: len(table.columns)]
            where.append(line)
            rows.append(cells)
            if lines.file.tell() >= until:
                break
    except InputError:  # First what stands before it.
        yield part()
        raise
    yield part()


class _Lines:
    """The lines of a text file as they are, one at a time, none longer than can be meant; `number` is the last."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self.file, self.number = path, file, 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if not (raw := self.file.readline(LONGEST_LINE + 1)):
            raise StopIteration
        self.number += 1
        return _line(self.path, self.number, raw)


def _records(lines: _Lines) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins; blank lines are no rows."""
    begins = lines.number + 1
    try:
        for cells in csv.reader(lines, strict=True):
            if cells:
                yield begins, cells
            begins = lines.number + 1
    except csv.Error as error:
        raise _fault(lines.path, begins, "malformed-csv", *_malformed(str(error))) from error


def _malformed(said: str) -> tuple[str, str]:
    if "new-line character" in said:
        return "The row holds a carriage return outside quotation marks.", "Save the file with LF or CRLF line ends."
    if "unexpected end" in said or "field limit" in said:
        return (
            "A quotation mark is opened in this row and not closed.",
            'Close it; a quotation mark within a cell is written twice, as in "the ""Swan"" inn".',
        )
    return (
        "A quotation mark stands in the wrong place in this row.",
        "A quotation mark within a cell is written twice, and the cell has quotation marks around it.",
    )


def _line(path: Path, number: int, raw: bytes) -> str:
    if number == 1:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _fault(path, 1, "not-utf-8", "The file is written in UTF-16.", "Save it as UTF-8.")
        raw = raw.removeprefix(b"\xef\xbb\xbf")
        if b"\r" in raw.rstrip(b"\r\n") and not raw.endswith(b"\n"):
            raise _fault(
                path,
                1,
                "old-line-ends",
                "The lines end with a carriage return alone, as on old Macs.",
                "Save the file with LF or CRLF line ends.",
            )
    if len(raw) > LONGEST_LINE:
        raise _fault(
            path,
            number,
            "long-line",
            f"The line is longer than {LONGEST_LINE:,} bytes.",
            "Is it a table? Every row needs a line end.",
        )
    if b"\0" in raw:
        raise _fault(
            path,
            number,
            "nul-byte",
            "The line holds a NUL byte, so it is not plain text.",
            "Save the file as UTF-8 text.",
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _fault(
            path,
            number,
            "not-utf-8",
            f"Byte {error.start + 1} of the line (hex {raw[error.start]:02x}) is not UTF-8 text.",
            "Save the file as UTF-8; it may have been written as Windows-1252.",
        ) from error


def _batch(rows: list[Cells], schema: pa.Schema) -> pa.RecordBatch:
    columns = [pa.array([row[at] for row in rows], pa.string()) for at in range(len(schema.names))]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


# ---- Parquet -------------------------------------------------------------------------


def _parquet_schema(path: Path) -> pa.Schema:
    try:
        with pq.ParquetFile(path) as file:
            return file.schema_arrow.remove_metadata()
    except OSError as error:
        raise (_unreadable(path, error) if error.errno else _no_parquet(path)) from error
    except pa.ArrowException as error:
        raise _no_parquet(path) from error


def _parquet_batches(path: Path, rows: int = BATCH) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Batches of rows, each with the number of its first row."""
    first = 1
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=rows):
                _check_content(batch, first, path)
                yield first, batch.replace_schema_metadata(None)
                first += batch.num_rows
    except pa.ArrowException as error:
        raise _no_parquet(path) from error
    except OSError as error:
        raise (_unreadable(path, error) if error.errno else _no_parquet(path)) from error


def _check_content(batch: pa.RecordBatch, first: int, path: Path) -> None:
    """A column of text holds text; Arrow itself looks only when it is told to."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid as error:
            last = first + batch.num_rows - 1
            raise _fault(
                path,
                0,
                "not-utf-8",
                f"Column {name}, rows {first:,} to {last:,}: {str(error).rstrip('.')}.",
                "Write the table again from its source, with text in UTF-8.",
            ) from error


def _no_parquet(path: Path) -> InputError:
    return _fault(
        path,
        0,
        "not-parquet",
        "This is not a Parquet file, or it is damaged.",
        "Write it again from its source; if it is CSV, let its name end in .csv.",
    )


# ---- out -----------------------------------------------------------------------------


class Writer(Protocol):
    """Takes batches of rows and writes them."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


class CsvWriter:
    """CSV in UTF-8 with LF; cells as they are, unless they are meant for a spreadsheet."""

    def __init__(self, path: Path, schema: pa.Schema, *, for_spreadsheet: bool = False) -> None:
        self.name = path.name
        self.file = path.open("w", encoding="utf-8", newline="")
        self.writer = csv.writer(self.file, lineterminator="\n")
        self.harmless = harmless if for_spreadsheet else None
        self.rows([schema.names])

    def write(self, batch: pa.RecordBatch) -> None:
        self.rows(row_texts(batch, self.name))

    def rows(self, rows: Iterable[Iterable[object]]) -> None:
        if self.harmless is None:
            self.writer.writerows(rows)
        else:
            make = self.harmless
            self.writer.writerows([make(one) for one in row] for row in rows)

    def close(self) -> None:
        self.file.close()


class ParquetWriter:
    """Parquet with the types of the source; cells always as they are."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.writer = pq.ParquetWriter(path, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        self.writer.write_batch(batch)

    def close(self) -> None:
        self.writer.close()


def open_writer(path: Path, kind: Kind, schema: pa.Schema, *, for_spreadsheet: bool = False) -> Writer:
    if kind == "parquet":
        return ParquetWriter(path, schema)
    return CsvWriter(path, schema, for_spreadsheet=for_spreadsheet)


_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def harmless(cell: object) -> object:
    """A cell that a spreadsheet would run as a formula, with an apostrophe before it.

    Plain numbers are left: `-0.12` is no formula.
    """
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def _fault(path: Path, line: int, code: str, sentence: str, remedy: str) -> InputError:
    return InputError([Problem(shown(path), line, code, sentence, remedy)])


def _unreadable(path: Path, error: OSError) -> InputError:
    if isinstance(error, FileNotFoundError):
        there = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
        near = get_close_matches(path.name, there, n=1, cutoff=0.6)
        return _fault(
            path,
            0,
            "no-such-file",
            "There is no such file.",
            f"Did you mean {near[0]}?" if near else "Check the spelling of the name.",
        )
    if isinstance(error, IsADirectoryError):
        return _fault(path, 0, "is-a-folder", "This is a folder, not a file.", "Name a file in it.")
    return _fault(
        path,
        0,
        "unreadable",
        f"The file cannot be read: {error.strerror or error}.",
        "Check that you may read it, and try again.",
    )
