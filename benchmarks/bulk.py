"""Rows by the million on DuckDB: what the answers cost beside reading and writing alone.

Each variant runs in a process of its own, so that its peak of memory is its own;
the variants take turns. `python -m benchmarks.bulk VARIANT FOLDER ROWS` is one such
run; it prints the seconds, by the processor and by the clock, and the megabytes. What it does without Comity imports
nothing but DuckDB.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import duckdb

from benchmarks.measure import Row, Table, peak

COLUMNS = ("discloser", "recipient", "purpose", "manner", "day", "facts", "items")
MARKS = ("share_0", "refer_0", "withhold_0", "must_0")

Seconds = tuple[float, float]
"""By the processor, over all its cores, and by the clock."""

Run = Callable[[Path, int], Seconds]


class Clock:
    def __init__(self) -> None:
        self.processor, self.clock = process_time(), perf_counter()

    def read(self) -> Seconds:
        return process_time() - self.processor, perf_counter() - self.clock


# ---- one run, in a process of its own ------------------------------------------------------


def _rows(folder: Path, count: int) -> Path:
    return folder / f"rows-{count}.parquet"


def _answers(folder: Path, count: int) -> Path:
    return folder / f"answers-{count}.parquet"


def _copied(engine: Any, query: str, folder: Path) -> None:
    engine.execute(f"COPY ({query}) TO '{folder / 'written.parquet'}' (FORMAT parquet, COMPRESSION zstd)")


def _summed(engine: Any, query: str, columns: Sequence[str]) -> None:
    engine.execute(f"SELECT {', '.join(f'sum({one})' for one in columns)} FROM ({query})").fetchall()


def _scan(folder: Path, count: int) -> Seconds:
    engine = duckdb.connect()
    clock = Clock()
    _summed(engine, f"FROM '{_rows(folder, count)}'", COLUMNS)
    return clock.read()


def _copy(source: Callable[[Path, int], Path], columns: str = "*") -> Run:
    def run(folder: Path, count: int) -> Seconds:
        engine = duckdb.connect()
        clock = Clock()
        _copied(engine, f"SELECT {columns} FROM '{source(folder, count)}'", folder)
        return clock.read()

    return run


def _joined(ground: bool, sink: str, by_hand: str = "") -> Run:
    """The answers by Comity's plan, or by SQL written by hand over the same tables."""

    def run(folder: Path, count: int) -> Seconds:
        import ibis

        from benchmarks.plans import kept
        from comity.cli.engine import put

        plan = kept(folder)
        engine = ibis.duckdb.connect()
        tables = put(engine, plan.lookups)
        rows = engine.read_parquet(_rows(folder, count), table_name="rows")
        clock = Clock()
        names = [*COLUMNS, *(["ground"] if ground else []), *MARKS]
        if by_hand:
            query = _by_hand(plan, names).replace("LEFT JOIN", by_hand)
        else:
            query = str(ibis.to_sql(plan.answers(rows, tables).select(*names), dialect="duckdb"))
        if sink == "written":
            _copied(engine.con, query, folder)
        else:
            _summed(engine.con, query, MARKS[:2])
        return clock.read()

    return run


def _by_hand(plan: Any, names: Sequence[str]) -> str:
    """The same joins, as one would write them in SQL."""
    places = plan.places
    codes = places.codes
    parties, purposes, manners = len(codes.parties), len(codes.purposes), len(codes.manners)
    eras, facts, asked = len(places.eras), len(codes.facts), len(codes.asked)
    day, nobody = places.first.toordinal(), len(plan.lookups["grounds"]["ground"]) - 1
    marks = {
        "share_0": "g.can_share_0 & a.asked_0",
        "refer_0": "g.can_refer_0 & a.asked_0",
        "must_0": "g.can_must_0 & a.asked_0",
        "ground": f"CASE WHEN r.items BETWEEN 0 AND {asked - 1} THEN g.ground ELSE -1 END",
    }
    marks["withhold_0"] = f"xor(xor(a.asked_0, {marks['share_0']}), {marks['refer_0']})"
    chosen = ", ".join(f"{marks[one]} AS {one}" if one in marks else f"r.{one}" for one in names)
    return f"""
        SELECT {chosen} FROM rows r
        JOIN comity_pairs p ON p.pair_key = CASE WHEN r.discloser BETWEEN 0 AND {parties - 1}
            AND r.recipient BETWEEN 0 AND {parties - 1} THEN r.discloser::BIGINT * {parties} + r.recipient
            ELSE {parties * parties} END
        JOIN comity_days d ON d.day_key = CASE WHEN r.day BETWEEN {day} AND {day + places.days - 1} THEN r.day
            ELSE {day - 1} END
        JOIN comity_meetings m ON m.meeting_key = p.begins + p.busy * d.stretch + (1 - p.busy) * d.quiet
        LEFT JOIN comity_settings s ON s.setting_key = CASE WHEN r.purpose BETWEEN 0 AND {purposes - 1}
            AND r.manner BETWEEN 0 AND {manners - 1} AND m.meeting >= 0 AND d.era >= 0
            THEN ((m.meeting::BIGINT * {purposes} + r.purpose) * {manners} + r.manner) * {eras} + d.era END
        JOIN comity_grounds g ON g.ground_key = CASE WHEN r.facts BETWEEN 0 AND {facts - 1} AND s.setting IS NOT NULL
            THEN s.setting::BIGINT * {facts} + r.facts ELSE {nobody} END
        JOIN comity_asked a ON a.asked_key = CASE WHEN r.items BETWEEN 0 AND {asked - 1} THEN r.items
            ELSE {asked} END"""


def _translated(folder: Path, count: int) -> Seconds:
    """Writing the plan as SQL, which Ibis does anew each time; it does not grow with the rows."""
    import ibis

    from benchmarks.plans import kept
    from comity.cli.engine import put

    plan = kept(folder)
    engine = ibis.duckdb.connect()
    tables = put(engine, plan.lookups)
    rows = engine.read_parquet(_rows(folder, count), table_name="rows")
    clock = Clock()
    str(ibis.to_sql(plan.answers(rows, tables), dialect="duckdb"))
    return clock.read()


def _imports(folder: Path, count: int) -> Seconds:
    """The scan, with all imported that Comity needs."""
    import comity.cli.engine  # noqa: F401

    return _scan(folder, count)


VARIANTS: Mapping[str, Run] = {
    "scan": _scan,
    "scan, Comity imported": _imports,
    "SQL written": _translated,
    "rows copied": _copy(_rows),
    "answers copied": _copy(_answers),
    "answers copied without the ground": _copy(_answers, "* EXCLUDE (ground)"),
    "answers written": _joined(True, "written"),
    "answers written without the ground": _joined(False, "written"),
    "by hand, written": _joined(True, "written", by_hand="LEFT JOIN"),
    "answers summed": _joined(False, "summed"),
    "by hand, summed": _joined(False, "summed", by_hand="LEFT JOIN"),
    "inner joins, summed": _joined(False, "summed", by_hand="JOIN"),
    "inner joins, written": _joined(True, "written", by_hand="JOIN"),
}


# ---- the variants in turn --------------------------------------------------------------------


def taken(variant: str, folder: Path, count: int) -> tuple[float, float, float]:
    """Seconds by the processor and by the clock, and peak megabytes, of one variant in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.bulk", variant, str(folder), str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    processor, clock, megabytes = json.loads(done.stdout)
    return processor, clock, megabytes


def _assert_same(folder: Path, count: int) -> None:
    """Nothing is timed before hand-written SQL has given the same answers; they stay as the answers to be copied."""
    taken("by hand, written", folder, count)
    by_hand = (folder / "written.parquet").rename(folder / "by-hand.parquet")
    taken("answers written", folder, count)
    answers = (folder / "written.parquet").rename(_answers(folder, count))
    sums = ", ".join(f"sum(hash({one}, discloser, recipient, day, facts))" for one in ("items", "ground", *MARKS))
    found = [
        duckdb.connect().execute(f"SELECT count(*), {sums} FROM '{path}'").fetchall() for path in (answers, by_hand)
    ]
    assert found[0] == found[1], "hand-written SQL answers otherwise"
    assert found[0][0][0] == count, "rows were lost"
    by_hand.unlink()


def bulk(folder: Path, count: int, fewer: int, rounds: int) -> Table:
    """The variants over the rows in the folder (see `plans.prepare`)."""
    _assert_same(folder, count)
    runs = [{name: taken(name, folder, count) for name in VARIANTS} for _ in range(rounds)]
    least, clock = ({name: min(one[name][at] for one in runs) for name in VARIANTS} for at in (0, 1))
    most = {name: max(one[name][2] for one in runs) for name in VARIANTS}
    few = max(taken("answers written", folder, fewer)[2] for _ in range(rounds))
    floor, written, summed = least["answers copied"], least["answers written"], least["answers summed"]
    ground = written / least["answers written without the ground"]
    floor_of_ground = floor / least["answers copied without the ground"]
    by_the_clock = clock["answers written"] / clock["answers copied"]
    rows = [
        Row(
            "limit: the rows scanned", least["scan"] / floor, note=f"{least['scan']:.2f} s; peak {most['scan']:,.0f} MB"
        ),
        Row("limit: the rows read and written", least["rows copied"] / floor),
        Row("limit: the answers read and written", 1, note=f"{floor:.2f} s; peak {most['answers copied']:,.0f} MB"),
        Row.at_most(
            "answers, Parquet to Parquet",
            written / floor,
            1.5,
            f"by the clock {by_the_clock:.2f}; peak {most['answers written']:,.0f} MB",
        ),
        Row("of that, writing the plan as SQL", least["SQL written"] / floor, note="the same for any number of rows"),
        Row("the same by hand-written SQL", least["by hand, written"] / floor),
        Row(
            "the same by inner joins alone",
            least["inner joins, written"] / floor,
            note="which lose rows of unknown settings",
        ),
    ]
    others = [
        Row.at_most("answers summed / scan", summed / least["scan"], 2.5, f"peak {most['answers summed']:,.0f} MB"),
        Row(
            "inner joins summed / scan",
            least["inner joins, summed"] / least["scan"],
            note="what the one left join costs",
        ),
        Row.at_most(
            "with the ground / without", ground, 1.1, f"copying alone, with and without: {floor_of_ground:.2f}"
        ),
        Row.at_most("Ibis / hand-written SQL, summed", summed / least["by hand, summed"], 1.15, "the same joins"),
        Row.at_most("Ibis / hand-written SQL, written", written / least["by hand, written"], 1.15, "the same joins"),
        Row.at_most("peak memory, answers summed / scan", most["answers summed"] / most["scan"], 2),
        Row(
            "the same / scan with Comity imported",
            most["answers summed"] / most["scan, Comity imported"],
            note=f"imports and scan alone: {most['scan, Comity imported']:,.0f} MB",
        ),
        Row.at_most("peak memory, answers written / copied", most["answers written"] / most["answers copied"], 2),
        Row.at_most(f"peak memory, {count:,} rows / {fewer:,}", most["answers written"] / few, 1.2, "written"),
    ]
    notes = [
        f"{count:,} rows of seven codes; every variant in a process of its own, {rounds} rounds in turn, the least.",
        "The tables of the plan are ready; how long they take is told under *The plan for many rows*.",
        "*Written* is Parquet with all seven codes, the ground and four marks of 62 items each, zstd.",
        "The first seven are against the limit of reading and writing the finished answers.",
    ]
    return Table(f"{count:,} rows", "times", [*rows, *others], notes)


if __name__ == "__main__":
    name, folder_, count_ = sys.argv[1:]
    seconds = VARIANTS[name](Path(folder_), int(count_))
    sys.stdout.write(json.dumps([*seconds, peak()]))
