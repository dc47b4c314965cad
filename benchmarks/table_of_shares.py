"""A table of made-up proposals between the partners of `examples/northshire`, of any length, from a seed.

    python -m benchmarks.table_of_shares 1000000 shares.csv [--wild] [--faults 0.001]

Who shares what with whom follows Zipf's law over a list of habits: few kinds of
share make up most of the rows. With `--wild` there are thousands of habits of
equal weight, as no partnership has them; it is the hard case.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from comity.law import shipped

PARTNERS = (
    "northshire-police", "westborough-council", "northshire-fire", "northshire-icb", "northshire-hospitals",
    "probation-north", "harbour-homes", "keystone-living", "safehaven", "townsafe", "shopco",
)  # fmt: skip
PURPOSES = (
    "reduce-crime-disorder", "prevent-detect-crime", "safeguard-child", "safeguard-adult", "domestic-abuse-safety",
    "prevent-serious-violence", "manage-offenders", "prevent-fraud", "direct-care", "strategic-assessment",
)  # fmt: skip
FACTS = ("child", "consent", "deceased", "opted-out", "serious-harm-or-crime")
HEADER = ("id", "from", "to", "purpose", "items", "form", "mode", "scope", "on", "facts")
FIRST, DAYS = date(2025, 1, 1), 3 * 365
HABITS, WILD = 80, 4_000
FACT_SETS = 32
BATCH = 200_000
SEED = 20261127

Dice = np.random.Generator


def batches(count: int, *, wild: bool = False, faults: float = 0.0) -> Iterator[pa.RecordBatch]:
    """The table, some rows at a time; `faults` is the part of them that name a partner nobody knows."""
    dice = np.random.default_rng(SEED)
    habits = WILD if wild else HABITS
    weight = np.ones(habits) if wild else 1 / np.arange(1, habits + 1) ** 1.1
    columns = [pa.array(column) for column in zip(*(_habit(dice) for _ in range(habits)), strict=True)]
    facts = pa.array([_facts(dice) for _ in range(FACT_SETS)])
    days = pa.array([str(FIRST + timedelta(days=at)) for at in range(DAYS)])
    for start in range(0, count, BATCH):
        many = min(BATCH, count - start)
        chosen = pa.array(dice.choice(habits, many, p=weight / weight.sum()))
        giver, receiver, *rest = (column.take(chosen) for column in columns)
        receiver = pc.if_else(pa.array(dice.random(many) < faults), "westborough-counsel", receiver)
        ids = pa.array([f"s{start + at}" for at in range(many)])
        on = days.take(pa.array(dice.integers(0, DAYS, many)))
        said = facts.take(pa.array(dice.integers(0, FACT_SETS, many)))
        yield pa.RecordBatch.from_arrays([ids, giver, receiver, *rest, on, said], names=list(HEADER))


def _habit(dice: Dice) -> tuple[str, ...]:
    """From, to, purpose, items, form, mode, scope."""
    giver, receiver = (PARTNERS[at] for at in dice.choice(len(PARTNERS), 2, replace=False))
    every = [one.id.rsplit("/", 1)[-1] for one in shipped().vocabulary.items]
    items = dice.choice(every, int(dice.integers(2, 9)), replace=False)
    manner = (
        dice.choice(("identifiable",) * 2 + ("depersonalised",)),
        dice.choice(("push",) * 2 + ("request", "feed")),
    )
    scope = dice.choice(("one-case",) * 2 + ("list",))
    return giver, receiver, str(dice.choice(PURPOSES)), ";".join(items), *(str(one) for one in manner), str(scope)


def _facts(dice: Dice) -> str:
    return ";".join(f"{fact}={dice.choice(('yes', 'no'))}" for fact in FACTS if dice.random() < 0.5)


def write(path: Path, rows: Iterator[pa.RecordBatch]) -> None:
    """As Parquet or CSV, by the name of the file."""
    if path.suffix == ".parquet":
        first = next(rows)
        with pq.ParquetWriter(path, first.schema) as writer:
            for batch in (first, *rows):
                writer.write_batch(batch)
        return
    with path.open("wb") as file:
        file.write((",".join(HEADER) + "\n").encode())
        for batch in rows:
            arrow_csv.write_csv(batch, file, arrow_csv.WriteOptions(include_header=False, quoting_style="none"))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("rows", type=int)
    asked.add_argument("file", type=Path)
    asked.add_argument("--wild", action="store_true")
    asked.add_argument("--faults", type=float, default=0.0)
    said = asked.parse_args()
    write(said.file, batches(said.rows, wild=said.wild, faults=said.faults))
