"""For which facts is an item shared, referred or withheld? A formula, and a solver that answers it.

Each fact is two symbols: *known to be so* and *known not to be so*, never both;
where neither holds it is not known. `Symbols` reads a program in pairs of such
formulas. Equal programs over equal groups of facts become one `Formula`, and
each question about it is put to the solver once.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import z3

from comity.check.program import Asked, Program, read
from comity.check.supposed import Group, Value
from comity.terms import Outcome, Truth

Symbol: TypeAlias = z3.BoolRef | bool
Pair = tuple[Symbol, Symbol]
"""When a value is yes, and when it is no."""

Guard = tuple[tuple[Asked, bool], ...]
Guarded = tuple[tuple[Guard, Program], ...]
"""The programs of an item, each with what must be known for it to be the one."""

Known = dict[Asked, Truth]
LIMIT_MS = 60_000


class Undecided(RuntimeError):
    """The solver gave up. It never guesses, and neither do we."""


def both(symbols: Iterable[Symbol]) -> Symbol:
    """All of them."""
    left = {}
    for one in symbols:
        if one is False:
            return False
        if one is not True:
            left[one.get_id()] = one
    return True if not left else z3.And(*left.values()) if len(left) > 1 else next(iter(left.values()))


def either(symbols: Iterable[Symbol]) -> Symbol:
    """Any of them."""
    left = {}
    for one in symbols:
        if one is True:
            return True
        if one is not False:
            left[one.get_id()] = one
    return False if not left else z3.Or(*left.values()) if len(left) > 1 else next(iter(left.values()))


def opposite(symbol: Symbol) -> Symbol:
    return not symbol if isinstance(symbol, bool) else z3.Not(symbol)


class Symbols:
    """Kleene logic over pairs of formulas."""

    yes: Pair = (True, False)
    unknown: Pair = (False, False)
    no: Pair = (False, True)

    def __init__(self) -> None:
        self.facts: dict[Asked, Pair] = {}

    def fact(self, literal: Asked) -> Pair:
        if literal not in self.facts:
            name = "@".join(literal)
            self.facts[literal] = z3.Bool(f"{name} yes"), z3.Bool(f"{name} no")
        return self.facts[literal]

    def all(self, values: Iterable[Pair]) -> Pair:
        yes, no = _apart(values)
        return both(yes), either(no)

    def any(self, values: Iterable[Pair]) -> Pair:
        yes, no = _apart(values)
        return either(yes), both(no)

    def negation(self, value: Pair) -> Pair:
        return value[1], value[0]

    def surely(self, value: Pair) -> Pair:
        return value[0], opposite(value[0])


def _apart(values: Iterable[Pair]) -> tuple[list[Symbol], list[Symbol]]:
    pairs = list(values)
    return [yes for yes, _ in pairs], [no for _, no in pairs]


class Asking(Symbols):
    """Asks for facts and notes which; its values mean nothing."""

    def fact(self, literal: Asked) -> Pair:
        return self.facts.setdefault(literal, self.unknown)

    def all(self, values: Iterable[Pair]) -> Pair:
        return next(iter([*values]), self.yes)

    def any(self, values: Iterable[Pair]) -> Pair:
        return self.all(values)

    def surely(self, value: Pair) -> Pair:
        return value


@dataclass(frozen=True, eq=False)
class Formula:
    """When the item is shared, referred, withheld, and when the law demands the share."""

    groups: tuple[Group, ...]
    outcomes: Mapping[Outcome, Symbol]
    due: Symbol
    facts: Mapping[Asked, Pair]

    @property
    def must(self) -> Symbol:
        return both([self.outcomes[Outcome.SHARE], self.due])

    @cached_property
    def possible(self) -> Symbol:
        """What may be known of the facts at all."""
        return possible(self.groups, self.facts)

    def known(self, fact: str) -> list[Symbol]:
        """When this fact is known to be so, at each end it is asked at."""
        return [yes for (name, _), (yes, _) in self.facts.items() if name == fact]


def possible(groups: Iterable[Group], facts: Mapping[Asked, Pair]) -> Symbol:
    """A formula for everything that may be known of the facts in these groups."""
    return both(
        both(z3.Not(z3.And(*facts[fact])) for fact in group.facts)
        if group.free
        else either(
            both(_valued(facts[fact], value) for fact, value in zip(group.facts, way, strict=True))
            for way in group.ways
        )
        for group in groups
    )


def _valued(pair: Pair, value: Truth) -> Symbol:
    yes, no = pair
    return both(
        [yes, opposite(no)] if value else [opposite(yes), no] if value is False else [opposite(yes), opposite(no)]
    )


def asked_by(guarded: Guarded) -> frozenset[Asked]:
    """The facts the programs may turn on."""
    asking = Asking()
    for guard, program in guarded:
        read(program, asking)
        for fact, _ in guard:
            asking.fact(fact)
    return frozenset(asking.facts)


@dataclass
class Solver:
    """Formulas and answers, each worked out once; counts what it does."""

    symbols: Symbols = field(default_factory=Symbols)
    solved: int = 0
    _formulas: dict[tuple[Guarded, tuple[Group, ...]], Formula] = field(default_factory=dict)
    _answers: dict[Hashable, bool] = field(default_factory=dict)
    _models: dict[Hashable, Known] = field(default_factory=dict)
    _kept: list[object] = field(default_factory=list)

    @property
    def formulas(self) -> int:
        return len(self._formulas)

    def formula(self, guarded: Guarded, groups: tuple[Group, ...]) -> Formula:
        """The programs of an item as one formula."""
        key = guarded, groups
        if key not in self._formulas:
            self._formulas[key] = self._formula(guarded, groups)
        return self._formulas[key]

    def _formula(self, guarded: Guarded, groups: tuple[Group, ...]) -> Formula:
        symbols = self.symbols
        readings = []
        for guard, program in guarded:
            known = [symbols.fact(fact)[0] if so else opposite(symbols.fact(fact)[0]) for fact, so in guard]
            readings.append((both(known), read(program, symbols)))
        share = either(both([when, one.answer[0]]) for when, one in readings)
        withhold = either(both([when, one.answer[1]]) for when, one in readings)
        outcomes = {
            Outcome.SHARE: share,
            Outcome.WITHHOLD: withhold,
            Outcome.REFER: both([opposite(share), opposite(withhold)]),
        }
        due = either(both([when, one.due[0]]) for when, one in readings)
        facts = {fact: symbols.fact(fact) for group in groups for fact in group.facts}
        return Formula(groups, outcomes, due, facts)

    # ---- asking -------------------------------------------------------------------

    def can(self, goal: Symbol, *formulas: Formula) -> bool:
        """Whether the goal may hold, whatever is known of the facts."""
        if goal is False:
            return False
        key = _key(goal, formulas)
        if key not in self._answers:
            self._kept.append((goal, formulas))  # What is kept has an identity that nothing else can have.
            self._answers[key] = self._holds(self._asking(goal, *(one.possible for one in formulas)))
        return self._answers[key]

    def model(self, goal: Symbol, *formulas: Formula) -> Known | None:
        """What may be known of the facts so that the goal holds, and little of it; nothing, if nothing may."""
        if not self.can(goal, *formulas):
            return None
        key = _key(goal, formulas)
        if key not in self._models:
            asking = self._asking(goal, *(one.possible for one in formulas))
            groups = list(dict.fromkeys(group for one in formulas for group in one.groups))
            self._models[key] = self._quietest(asking, groups)
        return self._models[key]

    def _asking(self, *conditions: Symbol) -> z3.Solver:
        asking = z3.SolverFor("QF_FD")
        asking.set("timeout", LIMIT_MS)
        asking.add(*conditions)
        return asking

    def _holds(self, asking: z3.Solver, *supposed: Symbol) -> bool:
        self.solved += 1
        found = asking.check(*supposed)
        if found == z3.unknown:
            raise Undecided(asking.reason_unknown())
        return bool(found == z3.sat)

    def _quietest(self, asking: z3.Solver, groups: list[Group]) -> Known:
        """A model that says little: group by group, what takes the least saying and is still possible."""
        known: Known = {}
        for group in groups:
            self._holds(asking)
            way = self._valued_in(asking.model(), group)
            for quieter in sorted(group.ways, key=lambda one: _loud(group, one)):
                if _loud(group, quieter) >= _loud(group, way):
                    break
                if self._holds(asking, self._are(group, quieter)):
                    way = quieter
                    break
            asking.add(self._are(group, way))
            known |= dict(zip(group.facts, way, strict=True))
        return known

    def _are(self, group: Group, way: Value) -> Symbol:
        return both(_valued(self.symbols.fact(fact), value) for fact, value in zip(group.facts, way, strict=True))

    def _valued_in(self, model: z3.ModelRef, group: Group) -> Value:
        """What the model makes of a group; what it leaves open is not known, if that may be."""
        values = []
        for fact in group.facts:
            yes, no = (z3.is_true(model.eval(one, model_completion=True)) for one in self.symbols.fact(fact))
            values.append(True if yes else False if no else None)
        return tuple(values)

    # ---- exactly when ---------------------------------------------------------------

    def exactly(
        self, goal: Symbol, formulas: Iterable[Formula], limit: int
    ) -> tuple[tuple[tuple[str, ...], ...], bool]:
        """Alternatives, each a list of what must be known, that together say exactly when the goal holds.

        The second value says whether they are all; where there are more than `limit`, they are not.
        """
        may = [one.possible for one in formulas]
        named = {_id(pair[at]): (pair[at], word) for one in formulas for word, at, pair in _words(one.facts)}
        asking, refuting = self._asking(goal, *may), self._asking(opposite(goal), *may)
        found: list[tuple[str, ...]] = []
        while len(found) < limit:
            if not self._holds(asking):
                return tuple(found), True
            model = asking.model()
            cube = {
                key: symbol if z3.is_true(model.eval(symbol, model_completion=True)) else z3.Not(symbol)
                for key, (symbol, _) in named.items()
            }
            kept = self._needed(refuting, cube)
            found.append(tuple(sorted(_phrase(named[key][1], z3.is_not(cube[key])) for key in kept)))
            asking.add(opposite(both(cube[key] for key in kept)))
        return tuple(found), not self._holds(asking)

    def _needed(self, refuting: z3.Solver, cube: dict[int, z3.BoolRef]) -> list[int]:
        """The fewest of these, one taken out after the other, from which the goal still follows."""
        kept = list(cube)
        for key in sorted(cube, key=lambda one: not z3.is_not(cube[one])):
            without = [one for one in kept if one != key]
            if not self._holds(refuting, *(cube[one] for one in without)):
                kept = without
        return kept


def _id(symbol: Symbol) -> int:
    return int(symbol) if isinstance(symbol, bool) else symbol.get_id()


def _key(goal: Symbol, formulas: tuple[Formula, ...]) -> Hashable:
    return goal if isinstance(goal, bool) else goal.get_id(), *(id(one) for one in formulas)


def _words(facts: Mapping[Asked, Pair]) -> Iterator[tuple[str, int, Pair]]:
    for (fact, end), pair in facts.items():
        where = " at the receiver" if end == "recipient" else ""
        yield f"{fact}{where} is known to be so", 0, pair
        yield f"{fact}{where} is known not to be so", 1, pair


def _phrase(words: str, denied: bool) -> str:
    return (
        words.replace(" is known to", " is not known to", 1).replace(" is known not to", " is not known not to", 1)
        if denied
        else words
    )


def _loud(group: Group, way: Value) -> int:
    return sum(saying.rank for saying in group.ways[way])
