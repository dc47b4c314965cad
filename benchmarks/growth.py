"""Whether one check stays as fast when there are many more agreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measure import Row, Table, best_of, resident
from benchmarks.world import Size, portfolio
from comity.check.compiled import Compiled
from comity.check.decision import Proposal


@dataclass(frozen=True)
class Grown:
    """A world of some size with its answers at hand."""

    size: Size
    compiled: Compiled
    proposals: Sequence[Proposal]
    world_mb: float
    kept_mb: float


def growth(sizes: Sequence[Size], seed: int, proposals: int, rounds: int) -> Table:
    """The smallest size first; all are timed in turn."""
    grown = [_grown(size, seed, proposals) for size in sizes]
    least = best_of(rounds, {str(one.size): lambda one=one: _warm(one) for one in grown})  # type: ignore[misc]
    first = grown[0]
    rows = []
    for one in grown:
        note = (
            f"{least[str(one.size)] / proposals * 1e6:,.0f} µs; the world takes {one.world_mb:,.0f} MB, "
            f"the answers to {proposals:,} proposals {one.kept_mb:,.0f} MB"
        )
        ratio = least[str(one.size)] / least[str(first.size)]
        what = f"{one.size.partners} partners, {one.size.agreements:,} agreements"
        rows.append(Row(what, ratio, note=note) if one is first else Row.at_most(what, ratio, 1.6, note))
    last = grown[-1]
    rows.append(Row.at_most("memory for the answers", last.kept_mb / max(1.0, first.kept_mb), 1.6))
    notes = [f"{proposals:,} different proposals each, asked before; every reason given. Memory is resident memory."]
    return Table("One check among many agreements", "times the first", rows, notes)


def _grown(size: Size, seed: int, count: int) -> Grown:
    before = resident()
    made = portfolio(size, seed)
    proposals = made.proposals(count)
    compiled = Compiled(made.world)
    made.world.naming("")
    ready = resident()
    for one in proposals:
        compiled.decide(one)
    return Grown(size, compiled, proposals, ready - before, resident() - ready)


def _warm(one: Grown) -> None:
    for proposal in one.proposals:
        one.compiled.decide(proposal)
