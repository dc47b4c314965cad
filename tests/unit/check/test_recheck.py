"""What is to be done about what was shared: the table, and the same by whole numbers."""

from itertools import product

import ibis
import pyarrow as pa
import pytest

from comity.check.recheck import Action, actions, marked
from comity.terms import Outcome

S, R, W = Outcome.SHARE, Outcome.REFER, Outcome.WITHHOLD
STOP, RECALL, INFORM = Action.STOP, Action.RECALL, Action.INFORM


@pytest.mark.parametrize(("made", "today", "standing", "once"), [
    (S, S, (), ()),
    (S, R, (STOP,), (INFORM,)),
    (S, W, (STOP,), (INFORM,)),
    (R, S, (INFORM,), (INFORM,)),
    (R, R, (STOP,), (INFORM,)),
    (R, W, (STOP,), (INFORM,)),
    (W, S, (RECALL,), (RECALL,)),
    (W, R, (STOP, RECALL), (RECALL,)),
    (W, W, (STOP, RECALL), (RECALL,)),
])  # fmt: skip
def test_what_is_to_be_done(made, today, standing, once):
    assert actions(made, today, standing=True) == standing
    assert actions(made, today, standing=False) == once


def test_the_same_by_whole_numbers():
    """One bit for each pair of outcomes: what is marked is what the table says."""
    pairs = list(product(Outcome, Outcome))
    row = {
        f"{when}_{outcome}_0": sum(1 << at for at, pair in enumerate(pairs) if pair[side] == outcome)
        for side, when in enumerate(("made", "today"))
        for outcome in Outcome
    }
    rows = ibis.memtable(pa.Table.from_pylist([row | {"feed": feed} for feed in (True, False)]))
    found = ibis.duckdb.connect().to_pyarrow(rows.mutate(**marked(rows, rows.feed, words=1)))
    for one in found.to_pylist():
        for at, pair in enumerate(pairs):
            said = tuple(action for action in Action if one[f"{action}_0"] >> at & 1)
            assert said == actions(*pair, standing=bool(one["feed"]))
