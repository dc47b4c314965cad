"""`python -m benchmarks`: run the benchmarks, print their tables, and keep them if asked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmarks.measure import Table, machine, versions
from benchmarks.plans import plans
from benchmarks.single import single
from benchmarks.world import Size, portfolio

SEED = 20261127
EVIDENCE = Path(__file__).parent.parent / "docs/evidence/2026-11-27-benchmarks.md"


def tables(seed: int, *, quick: bool) -> list[Table]:
    if quick:
        small = Size(partners=12, agreements=10, forms=20, fact_sets=8)
        return [single(portfolio(small, seed), 8, 4, 8, 1), plans({small: 0.5}, seed, 200)]
    return [
        single(portfolio(Size(), seed), 500, 100, 2_000, 3),
        plans({Size(): 0.5, Size(400, 300): 4.0}, seed, 1_000_000),
    ]


@click.command()
@click.option("--quick", is_flag=True, help="Tiny sizes: shows that the benchmarks run, and nothing else.")
@click.option("--write", is_flag=True, help=f"Keep the tables in docs/evidence/{EVIDENCE.name}.")
@click.option("--seed", default=SEED, show_default=True)
def main(quick: bool, write: bool, seed: int) -> None:
    """Comity against its peers and its limits, on a made-up world."""
    head = f"# Benchmarks\n\n{machine()}, other work beside. {versions()}. Seed {seed}.\n"
    text = "\n".join([head, *map(str, tables(seed, quick=quick))])
    sys.stdout.write(text)
    if write:
        EVIDENCE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
