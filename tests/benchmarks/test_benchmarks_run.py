"""The benchmarks at tiny sizes: every engine still answers as the definition does, and every table is written.

No figure is looked at.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.world import Size, portfolio

ROOT = Path(__file__).parent.parent.parent


def test_the_benchmarks_run_and_write_every_table() -> None:
    command = [sys.executable, "-m", "benchmarks", "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    titles = [line for line in done.stdout.splitlines() if line.startswith("## ")]
    assert titles == [
        "## One proposal at a time",
        "## One check among many agreements",
        "## The plan for many rows",
        "## 2,000 rows",
        "## Past shares decided again",
    ]


def test_a_made_up_world_follows_from_its_seed() -> None:
    size = Size(partners=6, agreements=4, forms=10, fact_sets=4, streams=4)
    one, same, other = (portfolio(size, seed) for seed in (1, 1, 2))
    assert one.world.agreements == same.world.agreements
    assert one.proposals(5) == same.proposals(5)
    assert one.proposals(5) != other.proposals(5)


def test_the_growth_of_cost_is_written_as_a_table() -> None:
    command = [sys.executable, "-m", "benchmarks.rows", "--million", "0.01", "0.02", "--rounds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert [line.split()[1] for line in done.stdout.splitlines()[-2:]] == ["0.01", "0.02"]
