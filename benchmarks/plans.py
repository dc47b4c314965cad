"""How long it takes to work out a plan for many rows, and what takes it.

Each plan is worked out in a process of its own, which is ended when it takes too
long. `python -m benchmarks.plans FOLDER ROWS SAMPLE` is one such run: it writes the rows of
the portfolio that the folder describes, and the tables of their plan.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from io import StringIO
from pathlib import Path
from time import process_time
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet

from benchmarks.measure import Row, Table, peak
from benchmarks.world import FIRST, LAST, Portfolio, Size, portfolio
from comity.check.columnar import Places, Plan
from comity.cli.engine import put

CHUNK = 1_000_000
PORTFOLIO = "portfolio.json"

# ---- one run, in a process of its own ------------------------------------------------------


def write_rows(made: Portfolio, count: int, path: Path) -> None:
    """The rows of the portfolio as Parquet."""
    fields = ("discloser", "recipient", "purpose", "manner", "day", "facts", "items")
    with pa.parquet.ParquetWriter(path, pa.schema([(name, pa.int32()) for name in fields]), compression="zstd") as file:
        for at in range(0, count, CHUNK):
            rows = made.rows(min(CHUNK, count - at), seed=at)
            file.write_table(pa.table({name: rows[name].astype(np.int32) for name in fields}))


def of(folder: Path) -> Portfolio:
    """The portfolio that a folder describes."""
    told = json.loads((folder / PORTFOLIO).read_text("utf-8"))
    return portfolio(Size(**told["size"]), told["seed"])


def worked_out(made: Portfolio, rows: Path) -> tuple[dict[str, float], Plan]:
    """The plan for the rows, with the seconds it took."""
    engine = ibis.duckdb.connect()
    table = engine.read_parquet(rows)
    start = process_time()
    places = Places(made.world, made.codes, FIRST, LAST)
    lookups = places.lookups()
    placed = process_time() - start
    found = engine.to_pandas(places.occurring(table, put(engine, lookups)))
    occurring = {name: found[name].to_numpy() for name in found}
    start = process_time()
    plan = Plan.compile(places, lookups, occurring)
    told = {
        "placed": placed,
        "planned": process_time() - start,
        "settings": len(np.unique(occurring["setting_key"])),
        "different": len(plan.cases),
        "peak": peak(),
    }
    return told, plan


def kept(folder: Path) -> Plan:
    """The plan whose tables lie in the folder, without the cases by which it would explain itself."""
    made = of(folder)
    with np.load(folder / "plan.npz") as arrays:
        columns = {name: arrays[name] for name in arrays.files}
    lookups: dict[str, dict[str, Any]] = {}
    for name, column in columns.items():
        table, _, field = name.partition(".")
        lookups.setdefault(table, {})[field] = column
    return Plan(Places(made.world, made.codes, FIRST, LAST), lookups, ())


def keep(plan: Plan, folder: Path) -> None:
    columns = {f"{table}.{name}": column for table, one in plan.lookups.items() for name, column in one.items()}
    np.savez(folder / "plan.npz", **columns)  # type: ignore[arg-type]


def assert_right(made: Portfolio, plan: Plan, rows: Path, sample: int) -> None:
    """What the plan answers for some of the rows is what the definition answers."""
    engine = ibis.duckdb.connect()
    table = engine.read_parquet(rows).head(sample)
    found = engine.to_pandas(plan.answers(table, put(engine, plan.lookups))).to_dict("records")
    assert len(found) == min(sample, engine.read_parquet(rows).count().execute())
    for row in found:
        proposal = plan.places.proposal(
            row["discloser"], row["recipient"], row["purpose"], row["manner"], date.fromordinal(row["day"])
        )
        asked = made.forms[row["items"]]
        proposal = proposal.model_copy(
            update={"facts": made.fact_sets[row["facts"]], "items": tuple(made.items[place] for place in asked)}
        )
        right = {"share": 0, "refer": 0, "withhold": 0}
        for place, answer in zip(asked, made.world.decide(proposal).answers, strict=True):
            right[answer.outcome.value] |= 1 << place
        assert right == {name: row[f"{name}_0"] for name in right}, row


# ---- the runs ----------------------------------------------------------------------------------


def prepare(folder: Path, size: Size, seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PORTFOLIO).write_text(json.dumps({"size": asdict(size), "seed": seed}), "utf-8")


def plans(sizes: Mapping[Size, float], seed: int, rows: int, folder: Path, limit: float, sample: int) -> Table:
    """The plan for each size, with the seconds that it should take at most; `limit` ends a run."""
    lines = [_row(folder / str(size.partners), size, aim, seed, rows, limit, sample) for size, aim in sizes.items()]
    notes = [
        f"For {rows:,} rows over three years; a stream is who shares with whom for what and how.",
        f"{sample:,} rows of each plan were answered as the definition answers them.",
    ]
    return Table("The plan for many rows", "seconds", lines, notes)


def _row(folder: Path, size: Size, aim: float, seed: int, rows: int, limit: float, sample: int) -> Row:
    what = f"{size.partners} partners, {size.agreements:,} agreements, {size.streams:,} streams"
    prepare(folder, size, seed)
    command = [sys.executable, "-m", "benchmarks.plans", str(folder), str(rows), str(sample)]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=limit, cwd=_HERE.parent)
    except subprocess.TimeoutExpired:
        return Row(f"{what} (ended)", limit, f"at most {aim:g} s", False, f"not done after {limit:,.0f} s")
    told = json.loads(done.stdout)
    placed, planned = told["placed"], told["planned"]
    note = (
        f"{placed:.2f} s for the places, {planned:.2f} s for {told['settings']:,} settings, {told['different']:,} of "
        f"them different, {1e3 * planned / max(1, told['different']):.2f} ms for each of those; "
        f"peak {told['peak']:,.0f} MB"
    )
    return Row(what, placed + planned, f"at most {aim:g} s", placed + planned <= aim, note)


_HERE = Path(__file__).parent


def profile(size: Size, seed: int, rows: int, folder: Path, lines: int = 25) -> str:
    """What takes the time: the costliest functions of the places and of the plan."""
    made = portfolio(size, seed)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"rows-{rows}.parquet"
    write_rows(made, rows, path)
    profiler = cProfile.Profile()
    profiler.runcall(worked_out, made, path)
    text = StringIO()
    for order in ("tottime", "cumtime"):
        pstats.Stats(profiler, stream=text).sort_stats(order).print_stats(lines)
    return text.getvalue()


def main(folder: Path, rows: int, sample: int) -> None:
    made = of(folder)
    path = folder / f"rows-{rows}.parquet"
    write_rows(made, rows, path)
    told, plan = worked_out(made, path)
    assert_right(made, plan, path, sample)
    keep(plan, folder)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
