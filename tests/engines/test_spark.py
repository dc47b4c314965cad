"""On Spark a table of proposals is answered as on DuckDB, row by row, by the script that the how-to guide shows."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from comity.check.columnar import UNKNOWN, WORD
from comity.check.compiled import Compiled
from comity.cli.engine import put
from comity.errors import UnknownName
from tests.engines.coded import FIRST, HIGHEST, LAST, Coded, world

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "spark"
NORTHSHIRE = ROOT / "examples" / "northshire"

ROWS, SAMPLE, BY_THE_DEFINITION = 1_000_000, 2_500, 100
SEED = 20261127
OUTCOMES = ("share", "refer", "withhold", "must")

pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """Spark on this machine, on two cores, which speaks to nobody else."""
    there = subprocess.run([ROOT / "requirements" / "system.sh", "java"], capture_output=True, text=True, check=False)
    if there.returncode:
        pytest.fail(f"Spark cannot be tested. {there.stderr.strip()}", pytrace=False)

    from pyspark.sql import SparkSession

    scratch = tmp_path_factory.mktemp("spark")
    said = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1500m",
        "spark.local.dir": str(scratch / "local"),
        "spark.log.level": "ERROR",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SPARK_LOCAL_IP", "127.0.0.1")  # The name of this machine need not lead anywhere.
        session = SparkSession.builder.master("local[2]").config(map=said).getOrCreate()
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.fixture(scope="module")
def example():
    """The scripts of the example, as modules."""
    return {name: _script(name) for name in ("coding", "answer")}


def _script(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLE / f"{name}.py")
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def coded():
    return Coded.of(world(), SEED, shares=60)


@pytest.fixture(scope="module")
def asked(coded, tmp_path_factory):
    path = tmp_path_factory.mktemp("asked") / "asked.parquet"
    pq.write_table(coded.rows(ROWS, SEED), path)
    return path


@pytest.fixture(scope="module")
def on_duckdb(coded, asked, example):
    """The plan as DuckDB's rows made it, and the answers, in the order of the rows."""
    path = asked.with_name("duckdb.parquet")
    days = FIRST, LAST
    plan = example["answer"].answer(ibis.duckdb.connect(), world(), coded.codes, days, str(asked), str(path))
    return plan, pq.read_table(path).sort_by("row")


def test_spark_answers_a_million_rows_as_duckdb_does_and_leaves_nothing_behind(spark, coded, asked, on_duckdb, example):
    path = asked.with_name("spark.parquet")
    plan = example["answer"].answer(spark, world(), coded.codes, (FIRST, LAST), str(asked), str(path))
    other, expected = on_duckdb
    found = pq.read_table(path).sort_by("row")

    assert found.num_rows == expected.num_rows == ROWS
    assert [(one.name, one.type) for one in found.schema] == [(one.name, one.type) for one in expected.schema]
    assert [name for name in expected.column_names if not found[name].equals(expected[name])] == []
    assert [one.proposal for one in plan.cases] == [one.proposal for one in other.cases]

    # The plan made for DuckDB goes to the rows on Spark: no row is moved to meet another.
    answers = other.answers(spark.read_parquet(str(asked)), put(spark, other.lookups))
    first = spark.to_pyarrow(answers.limit(1))
    steps = spark.raw_sql(f"EXPLAIN {ibis.to_sql(answers, dialect='pyspark')}").collect()[0][0]

    assert first.num_rows == 1
    assert steps.count("BroadcastHashJoin") == len(other.lookups)
    assert [step for step in ("SortMergeJoin", "Exchange hashpartitioning", "PythonUDF") if step in steps] == []
    assert [name for name in spark.list_tables() if name.startswith("comity")] == []

    # The script as a person would run it, from names to answers.
    codes, answers = asked.with_name("codes.parquet"), asked.with_name("answers.parquet")
    example["coding"].main(str(NORTHSHIRE), "2026-11-16", str(EXAMPLE / "asked.csv"), str(codes))
    example["answer"].main(str(NORTHSHIRE), "2026-11-16", "2026-11-17", str(codes), str(answers))
    found = pq.read_table(answers).sort_by("row").to_pylist()

    assert [bool(row["share_0"]) for row in found] == [True, False, False]
    assert [bool(row["refer_0"]) for row in found] == [False, True, True]


def test_a_sample_is_answered_as_the_definition_says(coded, on_duckdb):
    _, answers = on_duckdb
    definition, dice = world(), np.random.default_rng(SEED)
    fast = Compiled(definition)
    astray = np.flatnonzero(answers["ground"].to_numpy() == UNKNOWN)
    chosen = np.concatenate([dice.choice(ROWS, SAMPLE, replace=False), dice.choice(astray, SAMPLE // 10)])
    rows = answers.take(pa.array(chosen)).to_pylist()
    wrong = [row for row in rows if _marked(row) != _decided(fast, coded, row)]
    wrong += [row for row in rows[:BY_THE_DEFINITION] if _marked(row) != _decided(definition, coded, row)]
    marked = [name for name in OUTCOMES if any(answers[f"{name}_{word}"].to_numpy().any() for word in range(2))]

    assert wrong == []
    assert (coded.codes.words, marked) == (2, [*OUTCOMES])


def test_every_code_is_among_the_rows_and_codes_that_are_nobodys(coded):
    rows = coded.rows(ROWS, SEED)
    found = {name: set(rows[name].to_pylist()) for name in coded.many}

    assert {name: many for name, many in coded.many.items() if not {*range(-1, many + 1), HIGHEST} <= found[name]} == {}
    assert {UNKNOWN, FIRST.toordinal() - 1, LAST.toordinal() + 1} <= set(rows["day"].to_pylist())


def _marked(row):
    """The places of the items that have each mark."""
    return {
        name: {place for place in range(2 * WORD) if row[f"{name}_{place // WORD}"] >> place % WORD & 1}
        for name in OUTCOMES
    }


def _decided(engine, coded, row):
    """The same, decided by itself; where a code is nobody's, everything that is asked for is referred."""
    places = coded.codes.asked[row["items"]] if 0 <= row["items"] < len(coded.codes.asked) else ()
    proposal = coded.proposal(row)
    try:
        answers = engine.decide(proposal).answers if proposal else ()
    except UnknownName:
        answers = ()
    if not answers:
        return dict.fromkeys(OUTCOMES, set()) | {"refer": {*places}}
    said = list(zip(places, answers, strict=True))
    found = {name: {place for place, one in said if one.outcome == name} for name in OUTCOMES}
    return found | {"must": {place for place, one in said if one.outcome == "share" and one.duty == "due"}}
