"""What is to be done about what was shared: the table."""

import pytest

from comity.check.recheck import Action, actions
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
