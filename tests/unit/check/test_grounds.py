"""Columns of what is known hold Kleene's logic, set of facts by set of facts."""

from __future__ import annotations

from itertools import product

import pytest

from comity.check.grounds import Columns
from comity.terms import all_of, any_of, negation

TRUTHS = (True, None, False)
PAIRS = list(product(TRUTHS, TRUTHS))


def column(columns, truths):
    """One truth for each set of facts, as a column."""
    one_by_one = Columns(1)
    yes = sum(1 << at for at, truth in enumerate(truths) if one_by_one.of(truth) & 2)
    may_be = sum(1 << at for at, truth in enumerate(truths) if one_by_one.of(truth) & 1)
    return yes << columns.many | may_be


def truths(columns, value):
    yes, may_be = columns.bits(value)
    return [True if sure else None if open_ else False for sure, open_ in zip(yes, may_be, strict=True)]


COLUMNS = Columns(len(PAIRS))
LEFT, RIGHT = (column(COLUMNS, side) for side in zip(*PAIRS, strict=True))


def test_a_column_gives_back_what_it_holds():
    assert truths(COLUMNS, LEFT) == [one for one, _ in PAIRS]


@pytest.mark.parametrize(("name", "plain"), [("all", all_of), ("any", any_of)])
def test_columns_are_joined_as_truths_are(name, plain):
    assert truths(COLUMNS, getattr(COLUMNS, name)([LEFT, RIGHT])) == [plain(pair) for pair in PAIRS]
    assert truths(COLUMNS, getattr(COLUMNS, name)([])) == [plain([])] * len(PAIRS)


def test_a_column_is_turned_as_truths_are():
    assert truths(COLUMNS, COLUMNS.negation(LEFT)) == [negation(one) for one, _ in PAIRS]
    assert truths(COLUMNS, COLUMNS.surely(LEFT)) == [one is True for one, _ in PAIRS]


@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize("many", [0, 1, 7, 8, 64, 1000])
def test_one_truth_fills_a_column_of_any_length(truth, many):
    assert truths(Columns(many), Columns(many).of(truth)) == [truth] * many
