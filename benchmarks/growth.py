"""Whether one check stays as fast when there are many more agreements.

Each size is measured in a process of its own, so that its memory is its own too.
`python -m benchmarks.growth SIZE SEED PROPOSALS ROUNDS` is one such run, of a size written as JSON.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.measure import Row, Table, best_of, resident
from benchmarks.world import Size, portfolio
from comity.check.compiled import Compiled

_HERE = Path(__file__).parent

OFTEN = 100
"""A round takes milliseconds and is compared with one of another process: by so many more it meets a quiet moment."""

# ---- one run, in a process of its own ------------------------------------------------------


def grown(size: Size, seed: int, count: int, rounds: int) -> dict[str, float]:
    """The seconds of a warm check, the megabytes of a world, and those of what was kept of it and of its answers."""
    before = _settled()
    made = portfolio(size, seed)
    proposals = made.proposals(count)
    made.world.naming("")  # Its indexes are the world's, not the answers'.
    made.world.judged((), "")
    world = _settled()
    compiled = Compiled(made.world)
    for one in proposals:
        compiled.decide(one)
    kept = _settled()

    def warm() -> None:
        for one in proposals:
            compiled.decide(one)

    return {
        "seconds": best_of(rounds * OFTEN, {"warm": warm})["warm"] / count,
        "items": sum(len(one.items) for one in proposals) / count,
        "world": world - before,
        "kept": kept - world,
    }


def _settled() -> float:
    """The memory in use, without what is only waiting to be let go."""
    gc.collect()
    return resident()


# ---- the runs --------------------------------------------------------------------------------


def growth(sizes: Sequence[Size], seed: int, proposals: int, rounds: int) -> Table:
    """The smallest size first."""
    found = {size: _run(size, seed, proposals, rounds) for size in sizes}
    first = next(iter(found.values()))
    rows = []
    for size, told in found.items():
        note = (
            f"{told['seconds'] * 1e6:,.1f} µs for {told['items']:.1f} items; the world takes {told['world']:,.0f} MB, "
            f"the answers to {proposals:,} proposals {told['kept']:,.0f} MB"
        )
        ratio = told["seconds"] / first["seconds"]
        what = f"{size.partners} partners, {size.agreements:,} agreements"
        rows.append(Row(what, ratio, note=note) if told is first else Row.at_most(what, ratio, 1.6, note))
    memory = told["kept"] / max(1.0, first["kept"])
    rows.append(Row.at_most("memory for the answers", memory, 1.6, "each size in a process of its own"))
    notes = [f"{proposals:,} different proposals each, asked before; every reason given. Memory is resident memory."]
    return Table("One check among many agreements", "times the first", rows, notes)


def _run(size: Size, seed: int, proposals: int, rounds: int) -> dict[str, float]:
    told = [json.dumps(asdict(size)), *(str(one) for one in (seed, proposals, rounds))]
    command = [sys.executable, "-m", "benchmarks.growth", *told]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=_HERE.parent)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(size: str, *numbers: str) -> None:
    seed, proposals, rounds = (int(one) for one in numbers)
    sys.stdout.write(json.dumps(grown(Size(**json.loads(size)), seed, proposals, rounds)))


if __name__ == "__main__":
    main(*sys.argv[1:])
