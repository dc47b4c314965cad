"""The answers of a setting for every set of facts at once; what is the same is worked out once.

What an item of a setting turns on falls apart into what the law asks there (the same in many settings), what the
agreements say of the item, and what is known of the facts. The parts are found one by one, and the program that they
make is read once for all sets of facts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_

import numpy as np

from comity.check.case import ENDS, Case
from comity.check.decision import ProposedItem, Said
from comity.check.places import WORD, Codes, Numbers
from comity.check.program import Agreed, Guard, Program, Written, agreed, by_law, read, turns_on, ways
from comity.check.program import Asked as Literal
from comity.law.reach import Routes
from comity.terms import Step, Truth

Column = int
"""What is known in every set of facts: two bits for each, whether it is yes, and whether it may be."""

Parts = tuple[Hashable, ...]
Stated = tuple[tuple[str, Said], ...]


class Columns:
    """Kleene logic over columns: the bits of *may be* come first, those of *is* above them."""

    def __init__(self, many: int) -> None:
        self.many = many
        self.unknown: Column = (1 << many) - 1
        self.yes: Column = self.unknown << many | self.unknown
        self.no: Column = 0

    def all(self, values: Iterable[Column]) -> Column:
        return reduce(and_, values, self.yes)

    def any(self, values: Iterable[Column]) -> Column:
        return reduce(or_, values, self.no)

    def negation(self, value: Column) -> Column:
        """It is no where it may not be yes, and may be no where it is not yes."""
        other = value ^ self.yes
        return (other & self.unknown) << self.many | other >> self.many

    def surely(self, value: Column) -> Column:
        sure = value >> self.many
        return sure << self.many | sure

    def of(self, truth: Truth) -> Column:
        return {True: self.yes, None: self.unknown, False: self.no}[truth]

    def bits(self, value: Column) -> tuple[Numbers, Numbers]:
        """For every set of facts 1 or 0: it is yes; it may be."""
        raw = np.frombuffer(value.to_bytes(-(-2 * self.many // 8), "little"), np.uint8)
        both = np.unpackbits(raw, count=2 * self.many, bitorder="little").astype(np.int64)
        return both[self.many :], both[: self.many]


class Reading(Columns):
    """The columns with what is known of each fact."""

    def __init__(self, many: int, known: Callable[[Literal], Column]) -> None:
        super().__init__(many)
        self.fact = known


@dataclass(frozen=True)
class Answers:
    """For every set of facts, the places of the items that are shared, referred, and demanded, in whole numbers."""

    share: Numbers
    refer: Numbers
    must: Numbers


class Here:
    """One setting, with what is known in it whatever the item."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.holders = tuple(one.id for one in case.holders)
        self.law = by_law_alone(case), self.holders
        self.reaching = (
            *(case.reaching(end) for end in ENDS),
            case.reaching("discloser", due=True),
            case.nearly,
            case.doubtful,
        )
        self._known: dict[Hashable, dict[Literal, Column]] = {}

    def cell(self, place: int, item: ProposedItem) -> Cell:
        """An item here; two items that are judged alike know of the facts alike."""
        alike = self.case.judged_as(item), bool(item.origins), *item.facts.items()
        return Cell(self, place, item, self._known.setdefault(alike, {}))


@dataclass(frozen=True)
class Cell:
    """One item in one setting, with what is known there of the facts so far."""

    here: Here
    place: int
    item: ProposedItem
    known: dict[Literal, Column]


class Grounds:
    """The answers of every setting for every set of facts."""

    def __init__(self, codes: Codes) -> None:
        self.codes = codes
        self.columns = Columns(len(codes.facts))
        self._ways: dict[Hashable, list[tuple[Guard, frozenset[str], Routes]]] = {}
        self._numbers: dict[Hashable, int] = {}
        self._laws: dict[Parts, tuple[int, Program]] = {}
        self._programs: dict[tuple[int, Agreed], tuple[int, Program, tuple[Literal, ...]]] = {}
        self._read: dict[Parts, tuple[Column, Column]] = {}
        self._known: dict[Hashable, Column] = {}
        self._stated: dict[tuple[str, ...], dict[Stated, int]] = {}
        self._written: Written = {}
        self._bits: dict[Column, tuple[Numbers, Numbers]] = {}

    def answers(self, case: Case, wanted: Iterable[int]) -> Answers:
        """The answers of one setting for the items that are asked for there."""
        here = Here(case)
        law = self._numbers.setdefault(here.law, len(self._numbers))
        found = Answers(*(np.zeros((len(self.codes.facts), self.codes.words), np.int64) for _ in range(3)))
        for place in wanted:
            value, due = self._item(here.cell(place, self.codes.items[place]), law)
            (yes, may_be), (demanded, _) = self._of(value), self._of(due)
            word, mark = place // WORD, np.int64(1 << place % WORD)
            found.share[:, word] |= yes * mark
            found.refer[:, word] |= (may_be - yes) * mark
            found.must[:, word] |= (yes & demanded) * mark
        return found

    def _of(self, column: Column) -> tuple[Numbers, Numbers]:
        if column not in self._bits:
            self._bits[column] = self.columns.bits(column)
        return self._bits[column]

    def _item(self, cell: Cell, law: int) -> tuple[Column, Column]:
        """The answer for one item, and whether it is demanded, for every set of facts."""
        columns = self.columns
        value, due = columns.no, columns.no
        for at, (guard, kinds, of_item) in enumerate(self._ways_of(cell)):
            so = columns.yes
            for fact, known in guard:
                sure = columns.surely(self._fact(cell, fact))
                so &= sure if known else columns.negation(sure)
            reached = (law, cell.place, at, *(of_item & routes for routes in cell.here.reaching))
            answer, demanded = self._reading(cell, kinds, reached)
            value |= so & answer
            due |= so & demanded
        return value, due

    def _ways_of(self, cell: Cell) -> list[tuple[Guard, frozenset[str], Routes]]:
        """Each way in which the item may be of a kind, with the routes that reach it so."""
        case, key = cell.here.case, (cell.place, cell.here.holders)
        if key not in self._ways:
            thing, reach = case.thing(cell.item), case.law.reach
            self._ways[key] = [
                (guard, kinds, reach.of_item(replace(thing, kinds=kinds))) for guard, kinds in ways(case, cell.item)
            ]
        return self._ways[key]

    def _reading(self, cell: Cell, kinds: frozenset[str], reached: Parts) -> tuple[Column, Column]:
        number, program, literals = self._program(cell, kinds, reached)
        known = [self._fact(cell, literal) for literal in literals]
        key = (number, *known)
        if key not in self._read:
            algebra = Reading(self.columns.many, dict(zip(literals, known, strict=True)).__getitem__)
            found = read(program, algebra)
            self._read[key] = found.answer, found.due
        return self._read[key]

    def _program(self, cell: Cell, kinds: frozenset[str], reached: Parts) -> tuple[int, Program, tuple[Literal, ...]]:
        """The program of the item with its number and the facts it turns on: what the law asks, and what is agreed."""
        case, item = cell.here.case, cell.item
        if reached not in self._laws:
            self._laws[reached] = len(self._laws), by_law(case, item, kinds, self._written)
        number, of_law = self._laws[reached]
        key = number, agreed(case, item, kinds)
        if key not in self._programs:
            program = replace(of_law, agreed=key[1])
            self._programs[key] = len(self._programs), program, turns_on(program)
        return self._programs[key]

    # ---- what is known of a fact ------------------------------------------------------

    def _fact(self, cell: Cell, literal: Literal) -> Column:
        """What is known of a fact in every set of facts."""
        if literal not in cell.known:
            cell.known[literal] = self._settled(cell.here.case, cell.item, literal)
        return cell.known[literal]

    def _settled(self, case: Case, item: ProposedItem, literal: Literal) -> Column:
        fact, end = literal
        names = (fact, *filter(None, (case.law.opposites.get(fact),)))
        said = tuple((name, item.facts[name]) for name in names if name in item.facts)
        key = fact, said, tuple(case.settled(name, item, end) for name in names)
        if key not in self._known:
            self._known[key] = self._column(case, item, literal, names)
        return self._known[key]

    def _column(self, case: Case, item: ProposedItem, literal: Literal, names: tuple[str, ...]) -> Column:
        column = self.columns.no
        for stated, where in self._stating(names).items():
            known = self.columns.of(case.stating(dict(stated)).known(literal[0], item, literal[1]))
            column |= known & (where << self.columns.many | where)
        return column

    def _stating(self, names: tuple[str, ...]) -> dict[Stated, int]:
        """What the sets of facts say of these, each with the sets that say so."""
        if names not in self._stated:
            found: dict[Stated, int] = {}
            for at, facts in enumerate(self.codes.facts):
                stated = tuple((name, facts[name]) for name in names if name in facts)
                found[stated] = found.get(stated, 0) | 1 << at
            self._stated[names] = found
        return self._stated[names]


def by_law_alone(case: Case) -> Hashable:
    """What the law asks in a setting turns on, beside the routes that reach an item."""
    proposal, setting = case.proposal, case.setting
    return (
        case.leaves_its_purpose,
        (setting.giver_regime, setting.receiver_regime, case.held_for_enforcement),
        (proposal.held_for is None, case.reuse),
        (case.discloser.responsible.facts, case.recipient.responsible.facts),
        tuple(case.register_speaks(step) for step in Step),
        (proposal.mode, proposal.scope, bool(proposal.need)),
    )
