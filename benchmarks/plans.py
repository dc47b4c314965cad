"""How long it takes to work out a plan for many rows, and what takes it."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Mapping
from io import StringIO
from time import perf_counter

import ibis
import pandas as pd

from benchmarks.measure import Row, Table
from benchmarks.world import FIRST, LAST, Portfolio, Size, portfolio
from comity.check.columnar import Lookup, Places, Plan
from comity.cli.engine import put


def compiled(made: Portfolio, rows: int) -> tuple[float, float, int, Plan]:
    """The seconds for the places and for the plan, how many settings occur in that many rows, and the plan."""
    start = perf_counter()
    places = Places(made.world, made.codes, FIRST, LAST)
    lookups = places.lookups()
    placed = perf_counter() - start
    occurring = _occurring(made, places, lookups, rows)
    start = perf_counter()
    plan = Plan.compile(places, lookups, occurring)
    return placed, perf_counter() - start, len(occurring["setting_key"]), plan


def _occurring(made: Portfolio, places: Places, lookups: Mapping[str, Lookup], rows: int) -> Lookup:
    engine = ibis.duckdb.connect()
    table = engine.create_table("rows", ibis.memtable(pd.DataFrame(made.rows(rows))))
    found = engine.to_pandas(places.occurring(table, put(engine, lookups)))
    return {name: found[name].to_numpy() for name in found}


def plans(sizes: Mapping[Size, float], seed: int, rows: int) -> Table:
    """The plan for each size, with the seconds that it should take at most."""
    lines = []
    for size, aim in sizes.items():
        placed, planned, settings, plan = compiled(portfolio(size, seed), rows)
        note = (
            f"{placed:.2f} s for the places, {planned:.2f} s for {settings:,} settings, {len(plan.cases):,} of them "
            f"different; {1e3 * planned / max(1, settings):.2f} ms a setting"
        )
        lines.append(
            Row(
                f"{size.partners} partners, {size.agreements:,} agreements",
                placed + planned,
                f"at most {aim:g} s",
                placed + planned <= aim,
                note,
            )
        )
    return Table(
        "The plan for many rows", "seconds", lines, [f"Settings that occur in {rows:,} rows over three years."]
    )


def profile(size: Size, seed: int, rows: int, lines: int = 25) -> str:
    """What takes the time: the costliest functions of the places and of the plan."""
    made = portfolio(size, seed)
    profiler = cProfile.Profile()
    profiler.runcall(compiled, made, rows)
    text = StringIO()
    pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(lines)
    return text.getvalue()
