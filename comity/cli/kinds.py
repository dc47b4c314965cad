"""The kinds of rows of a large table: those on one ground that ask for the same items are answered once.

DuckDB finds the ground of each row, on the disk where memory ends. The answers on
a ground are given twice: by the plan, and with their reasons by the definition;
the two must be the same. What no plan can take is decided apart, as in a small table.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from comity.check.columnar import UNKNOWN, Codes, Plan
from comity.check.decision import Answer, Decision, Proposal
from comity.check.finding import due_on
from comity.check.reasons import Reasons
from comity.check.world import World
from comity.cli.bulk import ERROR, REMEMBERED, UNKNOWN_NAME, Bulk, in_columns
from comity.cli.distinct import LEFT_APART, READ_AT_ALL, Distinct
from comity.cli.engine import answered, duckdb_in, planned
from comity.cli.grounds import Grounds, Row
from comity.cli.progress import Ticker
from comity.cli.tables import Table
from comity.errors import UnknownName
from comity.source import Problem

Column = NDArray[np.int64]


@dataclass(frozen=True)
class Answered:
    """What a row is answered with, but for its line and id. With `rules`, its day decides when a duty is due."""

    columns: Mapping[str, str]
    ground: int | None = None
    problem: str = ""
    rules: frozenset[str] = frozenset()
    proposal: Proposal | None = None

    def cell(self, name: str) -> str:
        match name:
            case "ground":
                return "" if self.ground is None else str(self.ground)
            case "problem":
                return self.problem
        return self.columns.get(name, "")

    def due(self, on: date, data_until: date | None) -> str:
        """The days on which the duties are due where it is given on this day."""
        assert self.proposal
        return due(self.rules, self.proposal.model_copy(update={"on": on, "data_until": data_until}))


def due(rules: Iterable[str], proposal: Proposal) -> str:
    """The days on which duties with these rules are due."""
    days = {due_on(rule, proposal) for rule in rules}
    return ";".join(sorted(str(day) for day in days if day))


def _rules(answers: Iterable[Answer]) -> frozenset[str]:
    return frozenset(one.due_rule for one in answers if one.due_rule)


# ---- apart -----------------------------------------------------------------------------


@dataclass
class Apart:
    """The rows that are decided one by one, each on a ground of its own; rows that say the same share it."""

    table: Table
    bulk: Bulk
    words: Grounds
    found: dict[int, Answered] = field(default_factory=dict)
    grounds: list[Row] = field(default_factory=list)
    count: int = 0
    remembered: OrderedDict[tuple[str, ...], Answered] = field(default_factory=OrderedDict)

    def take(self, row: int, line: int, written: dict[str, str]) -> None:
        """Decide the row of this number, which stands in this line."""
        self.found[row] = self._answer(line, written)

    def _answer(self, line: int, row: dict[str, str]) -> Answered:
        given = row.pop("id", "")
        key = (*row.values(), given if given in self.bulk.world.judged_alone else "")
        if key not in self.remembered:
            decision = self.bulk.decision(self.table, line, given, row)
            if isinstance(decision, str):
                return Answered({"headline": ERROR}, problem=decision)
            self.remembered[key] = self._on_its_own(decision)
            if len(self.remembered) > REMEMBERED:
                self.remembered.popitem(last=False)
        return self.remembered[key]

    def _on_its_own(self, decision: Decision) -> Answered:
        self.count += 1
        proposal, answers = decision.proposal, decision.answers
        case = self.bulk.world.case(proposal)
        self.grounds += self.words.rows(self.count, case, proposal, answers)
        return Answered(in_columns(answers) | {"due": due(_rules(answers), proposal)}, self.count)


# ---- by the plan -------------------------------------------------------------------------


class Kinds:
    """What each kind of row is answered with, and which kind each row is of."""

    def __init__(self, read: Distinct, apart: Apart, world: World, words: Grounds) -> None:
        self.read, self.apart, self.world, self.words = read, apart, world, words
        self.answers: list[Answered] = []
        self.grounds: list[Row] = []
        self._keys = np.zeros(0, np.int64)
        self._answers: dict[int, dict[int, Answer]] = {}
        self._unplaced: dict[tuple[int, ...], str] = {}

    @cached_property
    def codes(self) -> Codes:
        return self.read.codes()

    def decide(self, coded: Path, placed: Path, room: Path) -> None:
        """Find the ground of every row that could be read, into `placed` in their order; answer each kind of row."""
        with duckdb_in(room) as engine:
            table = engine.read_parquet(coded, table_name="comity_coded")
            rows = table.filter(table.fault == READ_AT_ALL)
            found = answered(engine, self.world, self.codes, rows, self.read.days())
            engine.to_parquet(found.table.select("row", "ground", "items").order_by("row"), placed)
            kept = engine.read_parquet(placed, table_name="comity_placed")
            kinds = kept.group_by("ground", "items").aggregate(rows=kept.count(), first=kept.row.min())
            listed = engine.to_pyarrow(kinds.order_by("first"))
        columns = (listed[name].to_pylist() for name in ("ground", "items", "rows"))
        self._answer_all(found.plan, list(zip(*columns, strict=True)))

    def _answer_all(self, plan: Plan, kinds: Sequence[tuple[int, int, int]]) -> None:
        ticker, reasons, done = Ticker("Deciding"), Reasons(), 0
        placed = [one for one in kinds if one[0] != UNKNOWN]
        asked: dict[int, set[int]] = {}
        for ground, items, _ in placed:
            asked.setdefault(ground, set()).update(self.codes.asked[items])
        numbers = {ground: self.apart.count + at for at, ground in enumerate(asked, start=1)}
        for ground, items, rows in placed:
            if ground not in self._answers:
                self._answers[ground] = self._on(plan, ground, numbers[ground], sorted(asked[ground]), reasons)
            answers = [self._answers[ground][place] for place in self.codes.asked[items]]
            self.answers.append(
                Answered(in_columns(answers), numbers[ground], rules=_rules(answers), proposal=plan.proposal(ground))
            )
            done += rows
            ticker(done)
        self._keys = self._key(*np.array([one[:2] for one in placed], np.int64).reshape(-1, 2).T)
        ticker.done(done)

    def _on(self, plan: Plan, ground: int, number: int, places: list[int], reasons: Reasons) -> dict[int, Answer]:
        """The answers on a ground, with their reasons; they must be what the plan says."""
        case, proposal = plan.cases[ground // len(self.codes.facts)], plan.proposal(ground)
        items = tuple(self.codes.items[place] for place in places)
        answers = reasons.answers(case, items, proposal.facts)
        for place, one in zip(places, answers, strict=True):
            assert one.outcome == planned(plan, ground, place), f"two answers for {one.item} on one ground"
        self.grounds += self.words.rows(number, case, proposal.model_copy(update={"items": items}), answers)
        return dict(zip(places, answers, strict=True))

    # ---- row by row ------------------------------------------------------------------------

    def _key(self, ground: Column, items: Column) -> Column:
        return ground * len(self.codes.asked) + items

    @cached_property
    def _order(self) -> Column:
        return np.argsort(self._keys)

    def of(self, ground: Column, items: Column) -> Column:
        """The kind of each row, as a place in `answers`."""
        return self._order[np.searchsorted(self._keys, self._key(ground, items), sorter=self._order)]

    def other(self, standing: int, row: Mapping[str, int]) -> Answered:
        """What a row is answered with that is of no kind."""
        if standing == LEFT_APART:
            return self.apart.found[row["row"]]
        if standing == READ_AT_ALL:
            problem = Problem(self.read.table.name, row["line"], "unknown-name", self._unplaceable(row), UNKNOWN_NAME)
            return Answered({"headline": ERROR}, problem=str(problem))
        return Answered({"headline": ERROR}, problem=self.read.said(standing, row["line"]))

    def _unplaceable(self, row: Mapping[str, int]) -> str:
        """Why a row has no ground: a party is not on its day what it is said to be."""
        key = row["discloser"], row["recipient"], row["purpose"], row["manner"], row["items"], row["day"]
        if key not in self._unplaced:
            codes = self.codes
            proposal = Proposal(
                id="",
                discloser=codes.parties[row["discloser"]],
                recipient=codes.parties[row["recipient"]],
                purpose=codes.purposes[row["purpose"]],
                on=date.fromordinal(row["day"]),
                items=tuple(codes.items[place] for place in codes.asked[row["items"]]),
                mode=codes.manners[row["manner"]].mode,
            )
            try:
                self.world.case(proposal)
            except UnknownName as error:
                self._unplaced[key] = str(error)
            assert key in self._unplaced, "a row that can be decided has no ground"
        return self._unplaced[key]
