"""The program of an item as two plain formulas, and as text in the languages of the peers.

Other engines know yes and no only. A program is therefore read twice at once:
when is the answer *share*, and when is it not *withhold*? Each formula is made of
four literals: a fact is known to be so, is not known to be so, is known not to be
so, is not known not to be so. Both are exact; nothing is lost but the reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from comity.check.case import Case
from comity.check.decision import ProposedItem
from comity.check.program import Asked, Program, programs, read
from comity.terms import Truth

Literal = tuple[str, str]
"""`y`: known to be so; `n`: known not to be so; with `!` before it: not known to be."""


@dataclass(frozen=True)
class Formula:
    """All or any of some parts, or one literal."""

    sort: str
    parts: tuple[Formula, ...] = ()
    literal: Literal = ("", "")

    def __hash__(self) -> int:
        return self._hash

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.sort, self.parts, self.literal)))

    _hash: int = 0


YES, NO = Formula("all"), Formula("any")
Rails = tuple[Formula, Formula]
"""When it is yes, and when it is not no."""


def name_of(asked: Asked) -> str:
    fact, end = asked
    return f"{fact}@{end}"


def all_of(parts: Iterable[Formula]) -> Formula:
    return _joined("all", NO, parts)


def any_of(parts: Iterable[Formula]) -> Formula:
    return _joined("any", YES, parts)


def _joined(sort: str, end: Formula, parts: Iterable[Formula]) -> Formula:
    """Flat and without repetition; `end` settles it."""
    found: dict[Formula, None] = {}
    for part in parts:
        if part == end:
            return end
        found |= dict.fromkeys(part.parts if part.sort == sort else (part,))
    return next(iter(found)) if len(found) == 1 else Formula(sort, tuple(found))


@cache
def negation(formula: Formula) -> Formula:
    match formula.sort:
        case "all":
            return any_of(negation(one) for one in formula.parts)
        case "any":
            return all_of(negation(one) for one in formula.parts)
    sort, name = formula.literal
    return Formula("is", literal=(sort[1:] if sort.startswith("!") else f"!{sort}", name))


class TwoRails:
    """Kleene logic over pairs of plain formulas."""

    yes: Rails = (YES, YES)
    unknown: Rails = (NO, YES)
    no: Rails = (NO, NO)

    def fact(self, literal: Asked) -> Rails:
        name = name_of(literal)
        return Formula("is", literal=("y", name)), Formula("is", literal=("!n", name))

    def all(self, values: Iterable[Rails]) -> Rails:
        those = list(values)
        return all_of(one for one, _ in those), all_of(one for _, one in those)

    def any(self, values: Iterable[Rails]) -> Rails:
        those = list(values)
        return any_of(one for one, _ in those), any_of(one for _, one in those)

    def negation(self, value: Rails) -> Rails:
        sure, possible = value
        return negation(possible), negation(sure)

    def surely(self, value: Rails) -> Rails:
        return value[0], value[0]


@cache
def _read(program: Program) -> Rails:
    return read(program, TwoRails()).answer


def rails(case: Case, item: ProposedItem) -> Rails:
    """When the item is shared, and when it is not withheld."""
    found = []
    for guard, program in programs(case, item):
        here = all_of(Formula("is", literal=("y" if so else "!y", name_of(one))) for one, so in guard)
        found.append(tuple(all_of((here, one)) for one in _read(program)))
    share, not_withheld = (any_of(column) for column in zip(*found, strict=True))
    return share, not_withheld


def literals(formula: Formula) -> Iterator[Literal]:
    if formula.sort == "is":
        yield formula.literal
    for part in formula.parts:
        yield from literals(part)


def holds(literal: Literal, known: Truth) -> bool:
    """Whether a literal is so, when this is known of its fact."""
    sort, _ = literal
    so = known is (sort[-1] == "y")
    return so != sort.startswith("!")


# ---- in other languages --------------------------------------------------------------


def written(formula: Formula, literal: Callable[[Literal], str], words: tuple[str, str, str, str]) -> str:
    """The formula as text, with the words for *and*, *or*, *yes* and *no*."""
    conjunction, disjunction, yes, no = words
    if formula.sort == "is":
        return literal(formula.literal)
    if not formula.parts:
        return yes if formula == YES else no
    parts = [written(one, literal, words) for one in formula.parts]
    return "(" + f" {conjunction if formula.sort == 'all' else disjunction} ".join(parts) + ")"


def cedar(formula: Formula) -> str:
    def literal(one: Literal) -> str:
        sort, name = one
        return f'{"!" * (len(sort) - 1)}context.{"yes" if sort[-1] == "y" else "no"}.contains("{name}")'

    return written(formula, literal, ("&&", "||", "true", "false"))


def python(formula: Formula) -> str:
    def literal(one: Literal) -> str:
        sort, name = one
        return f"{name!r} {'not ' * (len(sort) - 1)}in {'yes' if sort[-1] == 'y' else 'no'}"

    return written(formula, literal, ("and", "or", "True", "False"))


def as_ways(formula: Formula) -> list[list[list[list[str]]]]:
    """Ways, of which one must hold; each has steps that must all hold, by one of their terms, of literals all so."""
    ways = formula.parts if formula.sort == "any" else (formula,)
    return [[_as_terms(step) for step in (way.parts if way.sort == "all" else (way,))] for way in ways]


def _as_terms(step: Formula) -> list[list[str]]:
    return sorted(sorted(f"{sort}:{name}" for sort, name in term) for term in _terms(step))


@cache
def _terms(formula: Formula) -> frozenset[frozenset[Literal]]:
    """The formula as alternatives, none of which holds another."""
    match formula.sort:
        case "is":
            return frozenset({frozenset({formula.literal})})
        case "any":
            found = {term for part in formula.parts for term in _terms(part)}
        case _:
            found = {frozenset().union(*chosen) for chosen in product(*(_terms(part) for part in formula.parts))}
    possible = {one for one in found if not any(negation(Formula("is", literal=each)).literal in one for each in one)}
    return frozenset(one for one in possible if not any(other < one for other in possible))
