"""What may become of an agreement, and what moves it there?

One table. The diagram is drawn from it, and `SignedAgreement.state_on` finds
by the calendar the state that these events lead to.
"""

from __future__ import annotations

from enum import StrEnum
from typing import get_args

from comity.agreement.standing import State
from comity.errors import ComityError

STATES: tuple[State, ...] = get_args(State)
LAST: frozenset[State] = frozenset({"lapsed", "withdrawn"})


class Event(StrEnum):
    """What happens to an agreement."""

    CIRCULATED = "circulated"
    AMENDED = "amended"
    SIGNED = "signed"
    BEGUN = "begun"
    SUSPENDED = "suspended"
    REVIEW_DUE = "review-due"
    REVIEWED = "reviewed"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


MEANING: dict[Event, str] = {
    Event.CIRCULATED: "the text is sent to every party, or the first of them signs",
    Event.AMENDED: "the text is changed, so it is another version and nobody has signed it",
    Event.SIGNED: "a second party has signed: it binds those who signed",
    Event.BEGUN: "the first day of the term is there, or a suspension is over",
    Event.SUSPENDED: "the parties stop it for a time",
    Event.REVIEW_DUE: "the day of the next review is there",
    Event.REVIEWED: "it was looked at again and goes on",
    Event.ENDED: "the last day of the term is over",
    Event.WITHDRAWN: "the parties take it back",
    Event.SUPERSEDED: "an agreement that supersedes it is in force between all who signed it",
}

TABLE: dict[State, dict[Event, State]] = {
    "draft": {
        Event.CIRCULATED: "circulated",
        Event.AMENDED: "draft",
        Event.ENDED: "lapsed",
        Event.WITHDRAWN: "withdrawn",
    },
    "circulated": {
        Event.SIGNED: "signed",
        Event.AMENDED: "draft",
        Event.ENDED: "lapsed",
        Event.WITHDRAWN: "withdrawn",
    },
    "signed": {
        Event.BEGUN: "in-force",
        Event.ENDED: "lapsed",
        Event.SUPERSEDED: "lapsed",
        Event.WITHDRAWN: "withdrawn",
    },
    "in-force": {
        Event.SIGNED: "in-force",
        Event.REVIEW_DUE: "under-review",
        Event.SUSPENDED: "signed",
        Event.ENDED: "lapsed",
        Event.SUPERSEDED: "lapsed",
        Event.WITHDRAWN: "withdrawn",
    },
    "under-review": {
        Event.SIGNED: "under-review",
        Event.REVIEWED: "in-force",
        Event.SUSPENDED: "signed",
        Event.ENDED: "lapsed",
        Event.SUPERSEDED: "lapsed",
        Event.WITHDRAWN: "withdrawn",
    },
    "lapsed": {},
    "withdrawn": {},
}
"""An agreement under review is still in force; one that is lapsed or withdrawn stays so."""


class NoSuchStep(ComityError):
    """An event that has no place in the state an agreement is in."""


def next_state(state: State, event: Event) -> State:
    """Where the event leads from this state; raises `NoSuchStep` if it cannot happen there."""
    if event not in TABLE[state]:
        possible = ", ".join(TABLE[state]) or "nothing more"
        raise NoSuchStep(f"An agreement that is {state} cannot be {event}; what can happen is: {possible}.")
    return TABLE[state][event]


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    lines += [
        f"    {_node(state)} --> {_node(after)}: {event}"
        for state, events in TABLE.items()
        for event, after in events.items()
    ]
    return "\n".join([*lines, *(f"    {_node(state)} --> [*]" for state in STATES if state in LAST)]) + "\n"


def _node(state: State) -> str:
    """Mermaid takes a hyphen in a name for an arrow."""
    return state.replace("-", "_")
