"""`python -m benchmarks`: run the benchmarks, print their tables, and keep them if asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.bulk import bulk
from benchmarks.growth import growth
from benchmarks.measure import Table, machine, versions
from benchmarks.plans import of, plans, write_rows
from benchmarks.rechecking import rechecking
from benchmarks.single import single
from benchmarks.world import Size, portfolio

SEED = 20261127
EVIDENCE = Path(__file__).parent.parent / "docs/evidence/2026-11-27-benchmarks.md"


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    size: Size
    sample: int
    timed: int
    different: int
    rounds: int
    grown: tuple[Size, ...]
    grown_proposals: int
    plans: Mapping[Size, float]
    rows: int
    fewer: int
    limit: float
    practices: int
    shares: tuple[int, ...]


_TINY = Size(partners=6, agreements=4, forms=10, fact_sets=4, streams=4)
QUICK = Scale(
    size=_TINY,
    sample=6,
    timed=2,
    different=6,
    rounds=1,
    grown=(_TINY, replace(_TINY, agreements=6)),
    grown_proposals=4,
    plans={_TINY: 0.5},
    rows=2_000,
    fewer=1_000,
    limit=50,
    practices=20,
    shares=(1_000, 2_000),
)
FULL = Scale(
    size=Size(),
    sample=500,
    timed=40,
    different=1_000,
    rounds=3,
    grown=(Size(partners=400), Size(partners=400, agreements=10_000)),
    grown_proposals=300,
    plans={Size(): 0.5, Size(partners=400, agreements=300, streams=3_200): 4.0},
    rows=10_000_000,
    fewer=1_000_000,
    limit=900,
    practices=800,
    shares=(1_000_000, 10_000_000),
)


def tables(scale: Scale, seed: int, folder: Path) -> Iterator[Table]:
    """Every table, as soon as it is there."""
    yield single(portfolio(scale.size, seed), scale.sample, scale.timed, scale.different, scale.rounds)
    yield growth(scale.grown, seed, scale.grown_proposals, scale.rounds)
    yield plans(scale.plans, seed, scale.rows, folder, scale.limit, min(scale.sample, 100))
    first = folder / str(next(iter(scale.plans)).partners)
    if (first / "plan.npz").exists():
        write_rows(of(first), scale.fewer, first / f"rows-{scale.fewer}.parquet")
        yield bulk(first, scale.rows, scale.fewer, scale.rounds)
    yield rechecking(portfolio(scale.size, seed), seed, scale.shares, scale.practices, folder / "rechecking")


@click.command()
@click.option("--quick", is_flag=True, help="Tiny sizes: shows that the benchmarks run, and nothing else.")
@click.option("--write", is_flag=True, help=f"Keep the tables in docs/evidence/{EVIDENCE.name}.")
@click.option("--seed", default=SEED, show_default=True)
def main(quick: bool, write: bool, seed: int) -> None:
    """Comity against its peers and its limits, on a made-up world."""
    head = (
        f"# Benchmarks, {EVIDENCE.name[:10]}\n\nRun on {machine()} (other work beside). {versions()}. Seed {seed}.\n\n"
        "Only ratios within this run mean anything; seconds are those of the processor, the least of a few rounds.\n"
        "Names, agreements and judgements are made up; the law is the shipped register.\n"
    )
    sys.stdout.write(f"{head}\n")
    made = [head]
    with TemporaryDirectory() as folder:
        for table in tables(QUICK if quick else FULL, seed, Path(folder)):
            sys.stdout.write(f"{table}\n")
            sys.stdout.flush()
            made.append(str(table))
    if write:
        EVIDENCE.write_text("\n".join(made), "utf-8")


if __name__ == "__main__":
    main()
