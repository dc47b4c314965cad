"""The answers for a table of proposals, written as they come: a row out for every row in."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import click
import pyarrow as pa

from comity.cli.bulk import COLUMNS, ERROR, Bulk, RowAnswer
from comity.cli.files import naming, replacing, shown
from comity.cli.findings import counted
from comity.cli.folder import Folder
from comity.cli.grounds import path_of
from comity.cli.planned import Wish, write_by_plan
from comity.cli.report import page, wording
from comity.cli.staging import workroom
from comity.cli.tables import BATCH, Kind, ParquetWriter, Table, harmless, has_rows, open_table

Engine = Literal["plain", "plan"]
PLANNED_FROM = 20_000
"""From so many rows on, a table is answered by a compiled plan."""

SHOWN_PROBLEMS = 20
SHOWN_ROWS = 2_000  # on a page
UNREADABLE_ROWS = 3  # the exit code of `InputError`
SCHEMA = pa.schema([(name, pa.int64() if name == "line" else pa.string()) for name in COLUMNS])


@dataclass(frozen=True)
class Manner:
    """How the answers to a table are wanted; where nothing is said of the engine or the remedies, the size decides."""

    written: str
    engine: Engine | None = None
    with_remedies: bool | None = None
    for_spreadsheet: bool = False


def answer_table(folder: Folder, file: Path, out: Path | None, how: Manner) -> None:
    """Check every row; exits with 3 where some could not be read, after writing all."""
    if out is None and how.written == "parquet":
        raise click.UsageError("Parquet needs --out FILE.")
    plannable = out is not None and how.written in ("csv", "parquet")
    if how.engine == "plan" and not plannable:
        raise click.UsageError("The plan writes CSV or Parquet: name a file with --out.")
    table = open_table(file)
    engine = how.engine or ("plan" if plannable and has_rows(table, PLANNED_FROM) else "plain")
    if engine == "plan" and out:
        _by_plan(folder, table, out_file(out, "decisions", how.written), how)
    else:
        _row_by_row(folder, table, out, how)


def _by_plan(folder: Folder, table: Table, path: Path, how: Manner) -> None:
    beside = path_of(path)
    kind: Kind = "parquet" if how.written == "parquet" else "csv"
    wish = Wish(kind, with_remedies=how.with_remedies or False, for_spreadsheet=how.for_spreadsheet)
    read = [table.path]
    with replacing(path, reading=read) as out, replacing(beside, reading=read) as grounds, workroom(path) as room:
        found = write_by_plan(folder, table, wording(folder), wish, out=out, grounds=grounds, room=room)
    click.echo(f"Written: {shown(path)}, and what each answer rests on: {shown(beside)}", err=True)
    _say_counts(found.counts, found.problems)


def _row_by_row(folder: Folder, table: Table, out: Path | None, how: Manner) -> None:
    bulk = Bulk(folder, folder.world, wording(folder), folder.on, with_remedies=how.with_remedies is not False)
    answers = bulk.answers(table)
    if out is None:
        for text in _texts(answers, table, how.written, for_spreadsheet=how.for_spreadsheet):
            click.echo(text, nl=False)
    else:
        path = out_file(out, "decisions", how.written)
        with replacing(path, reading=[table.path]) as temporary:
            _write(temporary, answers, table, how.written, for_spreadsheet=how.for_spreadsheet)
        click.echo(f"Written: {shown(path)}", err=True)
    _say_counts(bulk.counts, bulk.problems)


def out_file(out: Path, stem: str, written: str) -> Path:
    """The file that --out means: itself, or one of a plain name in the folder it names."""
    suffix = {"text": "txt"}.get(written, written)
    path = out / f"{stem}.{suffix}" if out.is_dir() or not out.suffix else out
    with naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _write(path: Path, answers: Iterator[RowAnswer], table: Table, written: str, *, for_spreadsheet: bool) -> None:
    if written == "parquet":
        writer = ParquetWriter(path, SCHEMA)
        while some := list(islice(answers, BATCH)):
            writer.write(pa.RecordBatch.from_pylist([asdict(one) for one in some], schema=SCHEMA))
        writer.close()
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(_texts(answers, table, written, for_spreadsheet=for_spreadsheet))


def _texts(answers: Iterator[RowAnswer], table: Table, written: str, *, for_spreadsheet: bool) -> Iterator[str]:
    match written:
        case "csv":
            yield from _csv(answers, for_spreadsheet=for_spreadsheet)
        case "json":
            yield from _json(answers)
        case "html":
            first = list(islice(answers, SHOWN_ROWS))
            rest = sum(1 for _ in answers)
            yield page("answers.html.j2", table=table.name, answers=first, rest=rest)
        case _:
            yield from (one.counts + "\n" for one in answers)


def _csv(answers: Iterable[RowAnswer], *, for_spreadsheet: bool) -> Iterator[str]:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in answers:
        row = astuple(one)
        writer.writerow([harmless(cell) for cell in row] if for_spreadsheet else row)
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def _json(answers: Iterable[RowAnswer]) -> Iterator[str]:
    before = "[\n"
    for one in answers:
        yield before + json.dumps(asdict(one), ensure_ascii=False)
        before = ",\n"
    yield "\n]\n"


def _say_counts(counts: Counter[str], problems: Sequence[str]) -> None:
    """How many rows came and what became of them, and the first problems, to stderr."""
    total = counts.total()
    words = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
    click.echo(f"{counted(total, 'row')} in, {total:,} out: {words}.", err=True)
    for problem in problems[:SHOWN_PROBLEMS]:
        click.echo(problem, err=True)
    if counts[ERROR]:
        more = counts[ERROR] - SHOWN_PROBLEMS
        if more > 0:
            click.echo(f"... and {more:,} more; each stands in the column `problem`.", err=True)
        click.get_current_context().exit(UNREADABLE_ROWS)
