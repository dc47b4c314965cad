"""Runs a compiled plan where the rows are: DuckDB on this machine, or any other engine that Ibis speaks to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from comity.check.columnar import UNKNOWN, WORD, Codes, Lookup, Places, Plan, Ready
from comity.check.world import World
from comity.terms import Outcome

MEMORY = "1GB"
"""What DuckDB may hold in memory; the rest goes to the disk."""


@contextlib.contextmanager
def duckdb_in(room: Path) -> Iterator[BaseBackend]:
    """DuckDB for tables of numbered rows; what it cannot hold in memory lies in a folder."""
    engine = ibis.duckdb.connect(memory_limit=MEMORY, temp_directory=str(room / "spill"))
    try:
        engine.raw_sql("SET preserve_insertion_order = false; SET enable_progress_bar = false")
        yield engine
    finally:
        engine.disconnect()


@dataclass(frozen=True)
class Answered:
    """A table of codes with its answers, not yet computed, and the plan that explains its grounds."""

    plan: Plan
    table: Table


def answered(engine: BaseBackend, world: World, codes: Codes, rows: Table, days: tuple[date, date]) -> Answered:
    """Answer every row of a table of codes that the engine holds; `days` are its first and last."""
    made = ready(engine, world, codes, rows, days)
    return Answered(made.plan, made.answers(rows))


def ready(
    engine: BaseBackend, world: World, codes: Codes, rows: Table, days: tuple[date, date], called: str = "comity"
) -> Ready:
    """A plan for the settings that occur in the rows; its small tables lie in the engine under the name given."""
    places = Places(world, codes, *days)
    found = places.lookups()
    occurring = engine.to_pyarrow(places.occurring(rows, put(engine, found, called)))
    plan = Plan.compile(places, found, {name: occurring[name].to_numpy() for name in occurring.column_names})
    return Ready(plan, put(engine, plan.lookups, called))


def put(engine: BaseBackend, lookups: Mapping[str, Lookup], called: str = "comity") -> dict[str, Table]:
    """The small tables of a plan, where the engine can join them.

    Spark takes them along with the plan. A table in its catalogue would stay there for all to see, and whoever wrote
    another of that name would change the answers.
    """
    tables = {name: ibis.memtable(pa.table(dict(lookup))) for name, lookup in lookups.items()}
    if engine.name == "pyspark":
        return tables
    return {name: engine.create_table(f"{called}_{name}", table, overwrite=True) for name, table in tables.items()}


def planned(plan: Plan, ground: int, place: int) -> Outcome:
    """What the plan's own tables say of an item on a ground; what rests on no ground is referred."""
    if ground == UNKNOWN:
        return Outcome.REFER
    word, mark = divmod(place, WORD)
    grounds = plan.lookups["grounds"]
    for name, outcome in (("share", Outcome.SHARE), ("refer", Outcome.REFER)):
        if int(grounds[f"can_{name}_{word}"][ground]) >> mark & 1:
            return outcome
    return Outcome.WITHHOLD
