from datetime import date, timedelta

import pytest

from comity.agreement import SignedAgreement
from comity.agreement.lifecycle import LAST, MEANING, STATES, TABLE, Event, NoSuchStep, diagram, next_state


def test_every_state_has_its_place_and_every_event_its_meaning():
    assert set(TABLE) == set(STATES)
    assert set(MEANING) == set(Event)
    assert {event for events in TABLE.values() for event in events} == set(Event)
    assert {state for state, events in TABLE.items() if not events} == LAST


def test_the_way_from_a_draft_to_its_end():
    state = "draft"
    for event in (Event.CIRCULATED, Event.SIGNED, Event.BEGUN, Event.REVIEW_DUE, Event.REVIEWED, Event.ENDED):
        state = next_state(state, event)

    assert state == "lapsed"


def test_what_has_ended_stays_so():
    with pytest.raises(NoSuchStep, match="what can happen is: nothing more"):
        next_state("withdrawn", Event.SIGNED)


def test_the_diagram_draws_every_step():
    steps = sum(len(events) for events in TABLE.values())

    assert diagram().count(" --> ") == 1 + steps + len(LAST)
    assert "in_force --> under_review: review-due" in diagram()


def reachable(state):
    """The states to which events of one day may lead."""
    found, waiting = set(), [state]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += TABLE[here].values()
    return found


@pytest.mark.parametrize("withdrawn", [None, "2027-06-01", "2029-01-01"])
def test_the_calendar_takes_no_step_the_table_does_not_have(written, read, withdrawn):
    written |= {"suspended": [{"from": "2026-08-01", "until": "2026-09-01"}]}
    written |= {"withdrawn": withdrawn} if withdrawn else {}
    agreement, _ = read(written)
    partners = tuple(party.partner for party in agreement.parties)
    dates = tuple(zip(partners, (date(2026, 3, 1), date(2026, 3, 10)), strict=True))
    standing = SignedAgreement(agreement=agreement, signed_by=partners, digest="", signed_on=dates)
    days = [date(2026, 2, 1) + timedelta(days=n) for n in range(1200)]
    states = [standing.state_on(day) for day in days]

    assert all(after in reachable(before) for before, after in zip(states, states[1:], strict=False))
    assert list(dict.fromkeys(states))[:5] == ["draft", "circulated", "signed", "in-force", "under-review"]
    assert states[-1] == ("withdrawn" if withdrawn == "2027-06-01" else "lapsed")
