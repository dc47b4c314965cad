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

from comity.check.case import ENDS, NOBODY_IDENTIFIED, Case
from comity.check.decision import ProposedItem, Said
from comity.check.places import WORD, Codes, Numbers
from comity.check.program import Agreed, Guard, Program, Written, agreed, by_law, read, ways
from comity.check.program import Asked as Literal
from comity.law.reach import Routes
from comity.terms import Mode, Step, Truth

Column = int
"""What is known in every set of facts: two bits for each, whether it is yes, and whether it may be."""

Parts = tuple[Hashable, ...]
Known = dict[Literal, Column]
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
        self.law = (
            case.leaves_its_purpose,
            case.held_for_enforcement,
            case.proposal.mode == Mode.FEED,
            tuple(case.regime(end) for end in ENDS),
            tuple(case.register_speaks(step) for step in Step),
        )
        asking = [*(case.reaching(end) for end in ENDS), case.reaching("discloser", due=True)]
        doubtful = case.doubtful & reduce(or_, asking)
        self.reaching = (*asking, doubtful, case.nearly & ~asking[0])
        proposal = case.proposal
        self.manner = (
            (case.discloser.responsible.facts, case.recipient.responsible.facts),
            (proposal.scope, bool(proposal.need), proposal.held_for is None, case.reuse),
        )
        self.judged = {one.test for one in case.judgements}
        self._known: dict[Hashable, Known] = {}

    def known(self, item: ProposedItem) -> Known:
        """What is known of the facts that somebody has judged here; of items that are judged alike it is the same."""
        return self._known.setdefault((self.case.judged_as(item), bool(item.origins), *item.facts.items()), {})


@dataclass(frozen=True)
class Cell:
    """One item in one setting, with what is known so far of facts that somebody has judged there, and of the others."""

    here: Here
    place: int
    item: ProposedItem
    judged: Known
    others: Known


class Grounds:
    """The answers of every setting for every set of facts."""

    def __init__(self, codes: Codes) -> None:
        self.codes = codes
        self.columns = Columns(len(codes.facts))
        self._ways: dict[Hashable, list[tuple[Guard, frozenset[str], Routes]]] = {}
        self._numbers: dict[Hashable, int] = {}
        self._laws: dict[Parts, tuple[int, Program]] = {}
        self._programs: dict[tuple[int, Agreed], tuple[int, Program]] = {}
        self._literals: dict[int, tuple[Literal, ...]] = {}
        self._read: dict[Parts, tuple[Column, Column]] = {}
        self._known: dict[Hashable, Column] = {}
        self._others: dict[Hashable, Known] = {}
        self._opposites: dict[str, tuple[str, ...]] = {}
        self._stated: dict[tuple[str, ...], dict[Stated, int]] = {}
        self._written: Written = {}
        self._bits: dict[Column, tuple[Numbers, Numbers]] = {}

    def answers(self, case: Case, wanted: Iterable[int]) -> Answers:
        """The answers of one setting for the items that are asked for there."""
        here = Here(case)
        law = self._numbers.setdefault(here.law, len(self._numbers))
        found = Answers(*(np.zeros((len(self.codes.facts), self.codes.words), np.int64) for _ in range(3)))
        for place in wanted:
            value, due = self._item(self._cell(here, place, self.codes.items[place]), law)
            (yes, may_be), (demanded, _) = self._of(value), self._of(due)
            word, mark = place // WORD, np.int64(1 << place % WORD)
            found.share[:, word] |= yes * mark
            found.refer[:, word] |= (may_be - yes) * mark
            found.must[:, word] |= (yes & demanded) * mark
        return found

    def _cell(self, here: Here, place: int, item: ProposedItem) -> Cell:
        """An item in a setting; facts that nobody has judged are known alike wherever the manner is the same."""
        others = (here.manner, bool(item.origins), *item.facts.items())
        return Cell(here, place, item, here.known(item), self._others.setdefault(others, {}))

    def _of(self, column: Column) -> tuple[Numbers, Numbers]:
        if column not in self._bits:
            self._bits[column] = self.columns.bits(column)
        return self._bits[column]

    def _item(self, cell: Cell, law: int) -> tuple[Column, Column]:
        """The answer for one item, and whether it is demanded, for every set of facts."""
        columns = self.columns
        value, due = columns.no, columns.no
        for guard, kinds, of_item in self._ways_of(cell):
            so = columns.yes
            for fact, known in guard:
                sure = columns.surely(self._fact(cell, fact))
                so &= sure if known else columns.negation(sure)
            *routes, nearly = (of_item & routes for routes in cell.here.reaching)
            reached = (law, kinds, cell.item.form in NOBODY_IDENTIFIED, bool(nearly), *routes)
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
        number, program = self._program(cell, kinds, reached)
        key = (number, *(self._fact(cell, literal) for literal in self._literals.get(number, ())))
        if key not in self._read:
            known: Known = {}
            algebra = Reading(self.columns.many, lambda one: known.setdefault(one, self._fact(cell, one)))
            found = read(program, algebra)
            self._literals[number] = tuple(known)
            key = (number, *known.values())
            self._read[key] = found.answer, found.due
        return self._read[key]

    def _program(self, cell: Cell, kinds: frozenset[str], reached: Parts) -> tuple[int, Program]:
        """The program of the item and its number: what the law asks, and what is agreed."""
        case, item = cell.here.case, cell.item
        if reached not in self._laws:
            self._laws[reached] = len(self._laws), by_law(case, item, kinds, self._written)
        number, of_law = self._laws[reached]
        key = number, agreed(case, item, kinds)
        if key not in self._programs:
            self._programs[key] = len(self._programs), replace(of_law, agreed=key[1])
        return self._programs[key]

    # ---- what is known of a fact ------------------------------------------------------

    def _fact(self, cell: Cell, literal: Literal) -> Column:
        """What is known of a fact in every set of facts."""
        names = self._names(cell.here.case, literal[0])
        known = cell.others if cell.here.judged.isdisjoint(names) else cell.judged
        if literal not in known:
            known[literal] = self._settled(cell.here.case, cell.item, literal, names)
        return known[literal]

    def _names(self, case: Case, fact: str) -> tuple[str, ...]:
        """The fact, and its opposite if it has one."""
        if fact not in self._opposites:
            self._opposites[fact] = (fact, *filter(None, (case.law.opposites.get(fact),)))
        return self._opposites[fact]

    def _settled(self, case: Case, item: ProposedItem, literal: Literal, names: tuple[str, ...]) -> Column:
        fact, end = literal
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
