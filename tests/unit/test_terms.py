"""The shared words: Kleene truth, headlines, periods, lengths of time, reason codes."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from pydantic import TypeAdapter, ValidationError

from comity.check.explain import SENTENCES, STEP_TITLES
from comity.terms import (
    REASON_CODES,
    Day,
    Duration,
    Headline,
    Id,
    Outcome,
    Period,
    Slug,
    Step,
    Truth,
    after,
    all_of,
    any_of,
    headline_of,
    negation,
)

YES, NO, UNKNOWN = True, False, None


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (YES, YES, YES, YES),
        (YES, UNKNOWN, UNKNOWN, YES),
        (YES, NO, NO, YES),
        (UNKNOWN, YES, UNKNOWN, YES),
        (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        (UNKNOWN, NO, NO, UNKNOWN),
        (NO, YES, NO, YES),
        (NO, UNKNOWN, NO, UNKNOWN),
        (NO, NO, NO, NO),
    ],
)
def test_the_truth_tables_are_strong_kleene(one: Truth, other: Truth, both: Truth, either: Truth) -> None:
    assert all_of((one, other)) is both
    assert any_of((one, other)) is either
    assert negation(both) is any_of((negation(one), negation(other)))


def test_nothing_to_meet_is_met_and_nothing_to_choose_from_is_not() -> None:
    assert all_of(()) is True
    assert any_of(()) is False


@pytest.mark.parametrize("outcomes", list(product(Outcome, repeat=3)))
def test_the_headline_is_computed_from_the_items(outcomes: tuple[Outcome, ...]) -> None:
    expected = (
        Headline.HUMAN
        if Outcome.REFER in outcomes
        else Headline.FULL
        if set(outcomes) == {Outcome.SHARE}
        else Headline.NO
        if set(outcomes) == {Outcome.WITHHOLD}
        else Headline.PART
    )

    assert headline_of(outcomes) == expected


def test_a_period_is_half_open_and_printed_inclusively() -> None:
    period = Period(from_=date(2026, 4, 1), until=date(2027, 4, 1))

    assert date(2026, 4, 1) in period
    assert date(2027, 3, 31) in period
    assert date(2027, 4, 1) not in period
    assert date(2026, 3, 31) not in period
    assert str(period) == "from 2026-04-01 to 2027-03-31"
    assert str(Period()) == "at any time"
    assert str(Period(from_=date(2026, 4, 1))) == "from 2026-04-01"


def test_periods_that_touch_do_not_overlap() -> None:
    first, second = Period(until=date(2026, 4, 1)), Period(from_=date(2026, 4, 1))

    assert not first.overlaps(second)
    assert first.overlaps(Period(from_=date(2026, 3, 31)))


def test_months_count_as_calendar_months() -> None:
    assert after(date(2026, 1, 31), "P1M") == date(2026, 2, 28)
    assert after(date(2018, 12, 3), "P3Y9M27D") == date(2022, 9, 30)


@pytest.mark.parametrize("long", ["P9000Y", "P99999Y", "P99999999D", "P9999999999D"])
def test_a_time_that_outlasts_the_calendar_ends_with_it(long: str) -> None:
    assert after(date(2026, 1, 31), long) == date.max


@pytest.mark.parametrize(
    ("kind", "text", "hint"),
    [
        (Duration, "12 months", "P12M"),
        (Duration, "-P1D", "without the minus sign"),
        (Duration, "P9999999999D", "P12M"),
        (Slug, "Home Address", "home-address"),
        (Id, "police", "partner/police"),
    ],
)
def test_a_malformed_word_says_how_to_write_it(kind: object, text: str, hint: str) -> None:
    with pytest.raises(ValidationError, match=hint):
        TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize("text", ["PT99999999999H", "P9000Y", "P901Y", "P" + "9" * 5000 + "Y", "P0.5Y", "P1X"])
def test_a_length_of_time_that_no_day_can_bear_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"is not a length of (time|up to 900 years in whole months) \| Write "):
        TypeAdapter(Duration).validate_python(text)


def test_every_length_of_time_can_be_added_to_every_day() -> None:
    longest = TypeAdapter(Duration).validate_python("P900Y")

    assert after(TypeAdapter(Day).validate_python("8999-12-31"), longest) == date(9899, 12, 31)
    assert after(date.max, "P1Y") == date.max


@pytest.mark.parametrize("day", ["9999-12-31", "9000-01-01", "0999-12-31", "0001-01-01"])
def test_a_day_at_the_end_of_the_calendar_is_refused(day: str) -> None:
    with pytest.raises(ValidationError, match="is not a day of the years 1000 to 8999"):
        TypeAdapter(Day).validate_python(day)


def test_a_period_that_ends_before_the_calendar_begins_is_printed() -> None:
    assert str(Period(until=date.min)) == "at any time"


def test_every_reason_code_has_one_sentence_and_every_step_a_title() -> None:
    assert set(SENTENCES) == set(REASON_CODES)
    assert set(STEP_TITLES) == set(Step)
    assert all(code.meaning.endswith(".") for code in REASON_CODES.values())
