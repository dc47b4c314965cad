"""Proposals as tables of codes, and their answers by the plan on DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from comity.check import Proposal, World
from comity.check.columnar import WORD, Codes, Manner, Plan
from comity.cli.engine import answered
from comity.terms import Mode

COLUMNS = ("discloser", "recipient", "purpose", "manner", "day", "facts", "items")
Row = tuple[Any, ...]


class Coder:
    """Proposals as rows of codes, with what the codes stand for."""

    def __init__(self) -> None:
        names = ("parties", "purposes", "manners", "facts", "items", "asked")
        self.lists: dict[str, list[Any]] = {name: [] for name in names}
        self.places: dict[str, dict[str, int]] = {name: {} for name in names}

    def code(self, name: str, value: Any) -> int:
        key = repr(value)
        if key not in self.places[name]:
            self.places[name][key] = len(self.lists[name])
            self.lists[name].append(value)
        return self.places[name][key]

    def row(self, one: Proposal) -> Row:
        asked = one.asked
        manner = Manner(
            one.mode, one.audience, one.scope, one.extent, one.set, one.held_for, bool(one.need),
            asked is not None, asked.under if asked else None, one.claimed,
        )  # fmt: skip
        return (
            self.code("parties", one.discloser), self.code("parties", one.recipient),
            self.code("purposes", one.purpose), self.code("manners", manner), one.on.toordinal(),
            self.code("facts", one.facts), self.code("asked", tuple(self.code("items", item) for item in one.items)),
        )  # fmt: skip

    @property
    def codes(self) -> Codes:
        return Codes(**self.lists)


def fits_a_table(world: World, one: Proposal) -> bool:
    """A row says nothing of an emergency, of when something was received, nor who else asked; and is no judged case."""
    asked = one.asked is None or one.asked.by == one.recipient.partner
    return one.emergency is None and one.mode != Mode.KEEP and asked and one.id not in world.judged_alone


def table(rows: Sequence[Row]) -> pa.Table:
    numbered = [dict(zip((*COLUMNS, "n"), (*row, n), strict=True)) for n, row in enumerate(rows)]
    return pa.Table.from_pylist(numbered)


def decided(
    world: World, coder: Coder, rows: Sequence[Row], days: tuple[date, date]
) -> tuple[Plan, list[dict[str, Any]]]:
    engine = ibis.duckdb.connect()
    found = answered(engine, world, coder.codes, engine.create_table("asked", table(rows)), days)
    return found.plan, engine.to_pyarrow(found.table.order_by("n")).to_pylist()


def outcomes(row: dict[str, Any], place: int) -> list[str]:
    word, mark = divmod(place, WORD)
    return [name for name in ("share", "refer", "withhold", "must") if row[f"{name}_{word}"] >> mark & 1]


def answers_of(world: World, coder: Coder, proposals: Sequence[Proposal]) -> list[dict[str, list[object]]]:
    """For each proposal, each item's outcome and whether the law demands it."""
    if not proposals:
        return []
    days = min(one.on for one in proposals), max(one.on for one in proposals)
    _, found = decided(world, coder, [coder.row(one) for one in proposals], days)
    said = []
    for proposal, row in zip(proposals, found, strict=True):
        marks = {item.item: outcomes(row, coder.code("items", item)) for item in proposal.items}
        said.append({item: [outcome, bool(must)] for item, (outcome, *must) in marks.items()})
    return said
