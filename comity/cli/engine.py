"""Runs a compiled plan where the rows are: DuckDB on this machine, or any other engine that Ibis speaks to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from comity.check.columnar import Codes, Lookup, Places, Plan, Ready
from comity.check.world import World


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
    """The small tables of a plan, where the engine can join them."""
    return {
        name: engine.create_table(f"{called}_{name}", ibis.memtable(pa.table(dict(lookup))), overwrite=True)
        for name, lookup in lookups.items()
    }
