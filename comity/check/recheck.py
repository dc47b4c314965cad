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

*Stop*: it goes no more until it may. *Recall*: whoever holds it stops using it and
keeps it apart, but destroys nothing; the data protection officers of both ends decide
whether it is returned, erased, restricted, or kept on a basis of the holder's own.
*Inform*: whoever holds it is told, and a person looks at it before it is used further,
unless someone has to be protected meanwhile.
"""

from __future__ import annotations

from enum import StrEnum

from comity.terms import Outcome


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
