# ruff: noqa: INP001
"""Answer a table of coded proposals on a Spark cluster.

    spark-submit answer.py FOLDER FIRST LAST ASKED.parquet ANSWERS.parquet

FIRST and LAST are the days from which and to which the rows are. The driver
reads the folder and works out the plan; the rows stay on the cluster.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import ibis
from coding import coding
from ibis.backends import BaseBackend
from pyspark.sql import SparkSession

from comity.check import World
from comity.check.columnar import Codes, Plan
from comity.cli.engine import answered
from comity.cli.folder import load_folder


def answer(engine: BaseBackend, world: World, codes: Codes, days: tuple[date, date], asked: str, answers: str) -> Plan:
    """Answer the rows of one Parquet file or folder into another, on any engine; as many come out as went in."""
    rows = engine.read_parquet(asked)
    found = answered(engine, world, codes, rows, days)
    engine.to_parquet(found.table, answers)
    went, came = engine.execute(rows.count()), engine.execute(engine.read_parquet(answers).count())
    if went != came:
        raise SystemExit(f"{went:,} rows went in and {came:,} came out: do not use {answers}.")
    print(f"{went:,} rows in = {came:,} rows out, resting on {len(found.plan.cases):,} cases")  # noqa: T201
    return found.plan


def main(folder: str, first: str, last: str, asked: str, answers: str) -> None:
    engine = ibis.pyspark.connect(SparkSession.builder.appName("comity").getOrCreate())
    days = date.fromisoformat(first), date.fromisoformat(last)
    known = load_folder(Path(folder), days[1])
    answer(engine, known.world, coding(known).codes, days, asked, answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
    SparkSession.getActiveSession().stop()
