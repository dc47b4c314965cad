"""What was shared, decided again: was it right by what is known now, and would it be right today?

Each item of each share is decided twice: *as made*, on its own day, by the law,
agreements and judgements as they are known now (a correction of the past shows
here), and *today*. What is to be done follows from the two:

| As made  | Today    | A standing share | A share made once |
|----------|----------|------------------|-------------------|
| share    | share    | nothing          | nothing           |
| share    | other    | stop             | inform            |
| refer    | share    | inform           | inform            |
| refer    | other    | stop             | inform            |
| withhold | share    | recall           | recall            |
| withhold | other    | stop and recall  | recall            |

*Stop*: it goes no more until it may. *Recall*: whoever holds it gives it back or
destroys it. *Inform*: whoever holds it is told, and uses it no further before
a person has looked.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from ibis.expr.types import BooleanColumn, IntegerColumn, Table

from comity.check.columnar import Ready
from comity.terms import Mode, Outcome


class Action(StrEnum):
    """What is to be done about an item that was shared."""

    STOP = "stop"
    RECALL = "recall"
    INFORM = "inform"


def actions(made: Outcome, today: Outcome, *, standing: bool) -> tuple[Action, ...]:
    """What is to be done about one item: the table above."""
    found = [Action.STOP] if standing and today != Outcome.SHARE else []
    if made == Outcome.WITHHOLD:
        return (*found, Action.RECALL)
    if not found and (made, today) != (Outcome.SHARE, Outcome.SHARE):
        return (Action.INFORM,)
    return tuple(found)


def _answers(ready: Ready, rows: Table, called: str) -> Table:
    """The rows with their ground and marks, named after when they were decided."""
    found = ready.answers(rows)
    return found.rename({f"{called}_{name}": name for name in found.columns if name not in rows.columns})


def rechecked(rows: Table, made: Ready, today: Ready, on: date) -> Table:
    """Every row with the grounds it has as made and today, and the marks of the items to stop, recall and inform on.

    `rows` are as `Plan.answers` takes them, one for each share; the marks are as its marks.
    """
    codes = made.plan.places.codes
    feeds = [code for code, manner in enumerate(codes.manners) if manner.mode == Mode.FEED]
    then = _answers(made, rows, "made")
    now = _answers(today, then.mutate(day=on.toordinal()), "today")
    marks = marked(now, now.manner.isin(feeds), words=codes.words)
    kept = [name for name in rows.columns if name != "day"]
    return now.mutate(**marks).select(*kept, "made_ground", "today_ground", *marks)


def marked(rows: Table, standing: BooleanColumn, *, words: int) -> dict[str, IntegerColumn]:
    """The marks of what is to be done, by the marks of the answers as made and today: `actions`, for many at once."""
    marks: dict[str, IntegerColumn] = {}
    for word in range(words):
        recall = rows[f"made_withhold_{word}"]
        gone = rows[f"today_refer_{word}"] | rows[f"today_withhold_{word}"]
        stop = standing.ifelse(gone, 0)
        marks[f"{Action.STOP}_{word}"] = stop
        marks[f"{Action.RECALL}_{word}"] = recall
        marks[f"{Action.INFORM}_{word}"] = _but_for(rows[f"made_refer_{word}"] | gone, recall | stop)
    return marks


def _but_for(marks: IntegerColumn, others: IntegerColumn) -> IntegerColumn:
    """The marks that are not among the others (an inverted bracket would lose its brackets in Ibis)."""
    return marks ^ (marks & others)
