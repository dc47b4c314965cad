"""A dataset on the disk: its files, its description, and how many rows of each kind it holds."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from comity.agreement import Agreement
from comity.check.dataset import MOST_GROUPS, Group, Plan, plan
from comity.cli.files import SURROGATE, read_text, shown
from comity.cli.folder import Folder
from comity.cli.tables import Kind, Table, open_tables, row_texts
from comity.errors import InputError
from comity.partnership import Item
from comity.source import Document, Problem, read_yaml

Progress = Callable[[int], None]
DESCRIPTIONS = ("dataset.yaml", "dataset.yml", "dataset.json")
Raw = tuple[str | None, ...]


@dataclass(frozen=True)
class Misread:
    """A cell of a fact column that cannot be read: where first, and how often; never what it holds."""

    file: str
    line: int
    column: str
    rows: int

    def __str__(self) -> str:
        more = f" (and in {self.rows - 1:,} more rows)" if self.rows > 1 else ""
        return (
            f"{self.file}:{self.line}: warning: Column {self.column}: the cell cannot be read as the description "
            f"says{more}; what it should say counts as not known."
        )


@dataclass(frozen=True)
class Dataset:
    """A table in one or several files, how its columns are to be read, and how many rows of each kind it has."""

    name: str
    tables: tuple[Table, ...]
    plan: Plan
    counts: Mapping[Raw, int]
    misread: tuple[Misread, ...]

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    @cached_property
    def groups(self) -> dict[Raw, Group]:
        return {raw: self.plan.group(raw) for raw in self.counts}

    @property
    def kind(self) -> Kind:
        return self.tables[0].kind

    @property
    def schema(self) -> pa.Schema:
        return self.tables[0].schema


def read_dataset(
    paths: Sequence[Path], description: Path | None, folder: Folder, agreement: Agreement, progress: Progress
) -> Dataset:
    """The dataset with its description; raises `InputError` for whatever cannot be read."""
    tables = open_tables(paths)
    found = plan(_description(paths, description), tables[0].columns, item_finder(folder, agreement), folder.world.law)
    counts, misread = _scan(tables, found, progress)
    return Dataset(_name(paths[0]), tables, found, counts, misread)


def _name(path: Path) -> str:
    """What a dataset is called: its folder's whole name, or its file's without the ending."""
    full = path.resolve()
    name = (full.name or "dataset") if full.is_dir() else path.stem
    if SURROGATE.search(name):
        raise InputError([_not_utf_8(path)])
    return name


def _not_utf_8(path: Path) -> Problem:
    return Problem(
        shown(path), 0, "not-utf-8", "The name of this file is not UTF-8 text.", "Give the file another name."
    )


def item_finder(folder: Folder, agreement: Agreement) -> Callable[[str], Item]:
    """Items by the names the agreement uses, then by those of the folder."""

    def find(name: str) -> Item:
        return folder.names.items.get(agreement.item_id(name)) or folder.names.item(name)

    return find


def _description(paths: Sequence[Path], given: Path | None) -> Document:
    for path in [given] if given else _beside(paths[0]):
        if given or os.path.isfile(path):  # No, where the name is too long to be one.
            return read_yaml(read_text(path), shown(path))
    wanted = shown(_beside(paths[0])[0])
    raise InputError(
        [
            Problem(
                shown(paths[0]),
                0,
                "no-description",
                "Nobody has said what the columns of this table are.",
                f"Write {wanted} (a Table Schema with comity:item for each column), or name one with --description.",
            )
        ]
    )


def _beside(path: Path) -> list[Path]:
    """Where a description is looked for: under the table's name, then for its whole folder."""
    folder = path if path.is_dir() else path.parent
    whole = path.resolve() if path.is_dir() else path
    named = [whole.parent / f"{_name(path)}.schema{suffix}" for suffix in (".json", ".yaml")]
    return [*named, *(folder / name for name in DESCRIPTIONS)]


def _scan(tables: Iterable[Table], found: Plan, progress: Progress) -> tuple[dict[Raw, int], tuple[Misread, ...]]:
    counts: Counter[Raw] = Counter()
    first: dict[Raw, tuple[str, int]] = {}
    done = 0
    for table in tables:
        for lines, batch in table.batches():
            for line, raw in zip(lines, raws(batch, found, table.name), strict=True):
                if raw not in counts:
                    first[raw] = (table.name, line)
                counts[raw] += 1
            _check_few(counts, table, found)
            done += batch.num_rows
            progress(done)
    return dict(counts), _misread(counts, first, found)


def raws(batch: pa.RecordBatch, found: Plan, file: str) -> Iterable[Raw]:
    """What the fact columns say, row by row."""
    if not found.facts:
        return [()] * batch.num_rows
    return map(tuple, row_texts(batch.select(found.fact_columns), file))


def _check_few(counts: Counter[Raw], table: Table, found: Plan) -> None:
    if len(counts) > MOST_GROUPS:
        columns = ", ".join(found.fact_columns)
        raise InputError(
            [
                Problem(
                    table.name,
                    0,
                    "too-many-kinds",
                    f"{columns}: more than {MOST_GROUPS:,} kinds of rows are told apart.",
                    "A column with comity:fact holds yes or no, or an origin: check the description.",
                )
            ]
        )


def _misread(counts: Counter[Raw], first: Mapping[Raw, tuple[str, int]], found: Plan) -> tuple[Misread, ...]:
    told: dict[str, Misread] = {}
    for raw, (file, line) in first.items():
        for column in found.misread(raw):
            before = told.get(column)
            where = (before.file, before.line) if before else (file, line)
            told[column] = Misread(*where, column, counts[raw] + (before.rows if before else 0))
    return tuple(told.values())
