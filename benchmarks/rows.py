"""How the cost of answering a table grows with its rows: 1, 10 and 100 million, on DuckDB.

    python -m benchmarks.rows [--million 1 10 100] [--rounds 3] [--keep FOLDER]

Coded Parquet in, answered Parquet out. The floor is a copy of the answers: the
same columns, read and written by the same engine. Every measurement is a
process of its own, so that its memory is its own, and the two take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import ibis
import pyarrow.parquet as pq
from click import echo

from comity.check.columnar import Places, Plan
from comity.cli.engine import put
from tests.engines.coded import FIRST, LAST, Coded, world

MILLION = 1_000_000
SEED = 20261127
SHARES = 60
SETTINGS = "SET memory_limit = '2GB'; SET threads = 2"
"""DuckDB would else keep what it has read as long as there is room, and its memory would say nothing."""

Measured = dict[str, float]


class Stages:
    """The time and the processor time of one stage after another."""

    def __init__(self) -> None:
        self.measured: Measured = {}
        self._last = time.perf_counter(), time.process_time()

    def done(self, stage: str) -> None:
        now = time.perf_counter(), time.process_time()
        self.measured |= {f"{stage} s": now[0] - self._last[0], f"{stage} cpu s": now[1] - self._last[1]}
        self._last = now


def write(folder: Path, rows: int) -> Measured:
    """The rows, a million at a time; each million lies in the order of who shares with whom, and of days."""
    coded, stages = _coded(), Stages()
    with pq.ParquetWriter(folder / "asked.parquet", coded.rows(1, SEED).schema, compression="zstd") as file:
        for first in range(0, rows, MILLION):
            file.write_table(coded.rows(min(MILLION, rows - first), SEED, first=first, clustered=True))
    stages.done("write")
    return stages.measured


def answer(folder: Path, rows: int) -> Measured:
    """From the rows to their answers, in the stages of a plan."""
    coded = _coded()
    engine = ibis.duckdb.connect()
    engine.raw_sql(SETTINGS)
    asked = engine.read_parquet(folder / "asked.parquet")
    stages = Stages()
    places = Places(world(), coded.codes, FIRST, LAST)
    found = places.lookups()
    stages.done("places")
    occurring = engine.to_pyarrow(places.occurring(asked, put(engine, found)))
    stages.done("settings")
    plan = Plan.compile(places, found, {name: occurring[name].to_numpy() for name in occurring.column_names})
    stages.done("plan")
    engine.to_parquet(plan.answers(asked, put(engine, plan.lookups)), folder / "answers.parquet", compression="zstd")
    stages.done("answers")
    return stages.measured | {"settings": occurring.num_rows, "cases": len(plan.cases)}


def copy(folder: Path, rows: int) -> Measured:
    """The floor: the answers read, and written again."""
    engine = duckdb.connect()
    engine.execute(SETTINGS)
    stages = Stages()
    source, target = (folder / name for name in ("answers.parquet", "copy.parquet"))
    engine.execute(f"COPY (SELECT * FROM '{source}') TO '{target}' (COMPRESSION zstd)")
    stages.done("copy")
    target.unlink()
    return stages.measured


def counted(folder: Path, rows: int) -> Measured:
    """As many rows came out as went in, and every answer for every item is one of three."""
    engine = duckdb.connect()
    engine.execute(SETTINGS)
    words = range(_coded().codes.words)
    either = " + ".join(f"bit_count(share_{at} | refer_{at} | withhold_{at})" for at in words)
    each = " + ".join(f"bit_count(share_{at}) + bit_count(refer_{at}) + bit_count(withhold_{at})" for at in words)
    [(came, once, marks, unknown)] = engine.execute(
        f"SELECT count(*), count(*) FILTER ({either} = {each}), sum({each}), count(*) FILTER (ground = -1) "
        f"FROM '{folder / 'answers.parquet'}'"
    ).fetchall()
    assert came == once == rows
    return {"items": float(marks), "of nobody": unknown}


def _coded() -> Coded:
    return Coded.of(world(), SEED, shares=SHARES)


PARTS: Mapping[str, Callable[[Path, int], Measured]] = {
    "write": write,
    "answer": answer,
    "copy": copy,
    "counted": counted,
}


def alone(part: str, folder: Path, rows: int) -> Measured:
    """A part in a process of its own, with the most memory it took."""
    command = [sys.executable, "-m", "benchmarks.rows", "--part", part, "--keep", str(folder)]
    said = subprocess.run([*command, "--million", str(rows / MILLION)], stdout=subprocess.PIPE, check=True)
    found: Measured = json.loads(said.stdout)
    return found


def measure(folder: Path, rows: int, rounds: int) -> Measured:
    """The least of some rounds, and what the files weigh."""
    found = alone("write", folder, rows)
    for _ in range(rounds):
        for part in ("answer", "copy"):
            now = alone(part, folder, rows)
            now[f"{part} peak MB"] = now.pop("peak MB")
            found |= {name: min(value, found.get(name, value)) for name, value in now.items()}
    found |= alone("counted", folder, rows)
    found |= {f"{name} MB": (folder / f"{name}.parquet").stat().st_size / 1e6 for name in ("asked", "answers")}
    return found


COLUMNS = {
    "asked MB": "asked, MB",
    "answers MB": "answered, MB",
    "plan cpu s": "plan, CPU s",
    "settings cpu s": "settings, CPU s",
    "answers cpu s": "answers, CPU s",
    "copy cpu s": "copy, CPU s",
    "answers s": "answers, s",
    "copy s": "copy, s",
    "answer peak MB": "peak, MB",
    "copy peak MB": "peak of the copy, MB",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--million", type=float, nargs="+", default=[1, 10, 100], help="millions of rows")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="where the files go, and stay")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        found = PARTS[given.part](given.keep, round(given.million[0] * MILLION))
        found["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        echo(json.dumps(found))
        return
    echo(f"{os.cpu_count()} cores, Python {platform.python_version()}, DuckDB {duckdb.__version__}; {SETTINGS}")
    echo(f"Least of {given.rounds} rounds; load {os.getloadavg()[0]:.1f} at the start\n")
    echo("| rows | " + " | ".join(COLUMNS.values()) + " | answers ÷ copy | ns a row |")
    echo("|---:" * (len(COLUMNS) + 3) + "|")
    with tempfile.TemporaryDirectory() as scratch:
        for million in given.million:
            folder = (given.keep or Path(scratch)) / f"{million:g}"
            folder.mkdir(parents=True, exist_ok=True)
            found = measure(folder, round(million * MILLION), given.rounds)
            ratio = found["answers cpu s"] / found["copy cpu s"]
            each = found["answers cpu s"] * 1000 / million
            cells = [f"{found[name]:,.1f}" for name in COLUMNS]
            echo("| " + " | ".join([f"{million:g} M", *cells, f"{ratio:.2f}", f"{each:,.0f}"]) + " |")
            echo(json.dumps(found), err=True)


if __name__ == "__main__":
    main()
