"""What one text takes over from another: signatures under the version before, the place of what it supersedes."""

from copy import deepcopy
from datetime import date, timedelta

import pytest

from comity.agreement import SignedAgreement
from comity.agreement.lifecycle import TABLE
from comity.agreement.succession import keeping, with_successors

MARCH, JUNE, JULY = date(2026, 3, 1), date(2026, 6, 1), date(2026, 7, 1)
POLICE, COUNCIL, HOUSING = (f"northshire.example/partner/{one}" for one in ("police", "council", "housing"))
OTHER = {"id": "other", "from": "housing", "to": "police", "purpose": "reduce-crime-disorder", "items": "name"}


@pytest.fixture
def first(written):
    """Version 1: three parties, one flow between the police and the council, one from housing."""
    written["parties"].append({"called": "housing", "partner": HOUSING, "signs": {"office": "Group Chief Executive"}})
    written["flows"].append(OTHER)
    return written


@pytest.fixture
def second(first):
    """Version 2: the flow of the police and the council has another way, and these two sign again."""
    changed = deepcopy(first) | {
        "version": 2,
        "amendment": {"reason": "another way", "signs_again": ["police", "council"]},
    }
    changed["flows"][0]["method"] = "by portal"
    return changed


@pytest.fixture
def signed(read):
    def made(written, **days):
        named = {"police": POLICE, "council": COUNCIL, "housing": HOUSING}
        dates = tuple(sorted((named[called], day) for called, day in days.items()))
        return SignedAgreement(
            agreement=read(written)[0], signed_by=tuple(one for one, _ in dates), digest="", signed_on=dates
        )

    return made


def test_a_party_that_is_not_asked_again_stays_signed_from_the_day_the_last_one_has(signed, first, second):
    before = signed(first, police=MARCH, council=MARCH, housing=MARCH)
    found = keeping(signed(second, police=JUNE, council=JULY), before)

    assert found.kept == (HOUSING,)
    assert found.signatures_on(JULY) == {POLICE, COUNCIL, HOUSING}
    assert HOUSING not in found.signatures_on(JULY - timedelta(days=1))


def test_nothing_is_kept_before_all_that_are_asked_have_signed(signed, first, second):
    before = signed(first, police=MARCH, council=MARCH, housing=MARCH)

    assert keeping(signed(second, police=JUNE), before).signed_by == (POLICE,)


def test_what_was_not_signed_before_is_not_kept(signed, first, second):
    after = signed(second, police=JUNE, council=JUNE)

    assert keeping(after, signed(first, police=MARCH, council=MARCH)).kept == ()


def test_without_a_list_everybody_signs_again(signed, first, second):
    before = signed(first, police=MARCH, council=MARCH, housing=MARCH)
    del second["amendment"]["signs_again"]

    assert keeping(signed(second, police=JUNE, council=JUNE), before).kept == ()


@pytest.mark.parametrize(
    "change",
    [
        {"flows": [OTHER | {"method": "by post"}]},
        {"flows": [OTHER, {**OTHER, "id": "more", "from": "council", "to": "housing"}]},
        {"never": [{"id": "a", "kinds": ["personal"], "text": "t"}]},
        {"term": {"from": "2026-04-01", "until": "2030-04-01"}},
    ],
)
def test_who_would_be_bound_to_something_else_signs_again_listed_or_not(signed, first, second, change):
    before = signed(first, police=MARCH, council=MARCH, housing=MARCH)

    assert keeping(signed(second | change, police=JUNE, council=JUNE), before).kept == ()


@pytest.fixture
def newer(first):
    """Another agreement, from June, that takes the place of the first."""
    term = {"from": str(JUNE), "until": "2027-01-01"}
    return deepcopy(first) | {"id": "northshire.example/agreement/newer", "supersedes": [first["id"]], "term": term}


def stood_down(old, new):
    return with_successors({one.agreement.id: one for one in (old, new)})[old.agreement.id]


def test_what_is_superseded_stands_down_between_those_who_signed_both(signed, first, newer):
    everyone = {"police": MARCH, "council": MARCH, "housing": MARCH}
    old = stood_down(signed(first, **everyone), signed(newer, police=MARCH, council=MARCH))

    assert old.stands_between(POLICE, COUNCIL, JUNE - timedelta(days=1))
    assert not old.stands_between(POLICE, COUNCIL, JUNE)
    assert old.stands_between(POLICE, HOUSING, JUNE)
    assert old.state_on(JUNE) == "in-force"
    assert old.replaced_on(JUNE) == ()


def test_what_is_superseded_between_all_has_lapsed_and_does_not_come_back(signed, first, newer):
    old = stood_down(signed(first, police=MARCH, council=MARCH), signed(newer, police=MARCH, council=JULY))

    assert [old.state_on(day) for day in (JUNE, JULY, date(2027, 2, 1))] == ["in-force", "lapsed", "lapsed"]
    assert old.replaced_on(JULY) == ("northshire.example/agreement/newer",)
    assert "lapsed" in TABLE["in-force"].values()


def test_what_nobody_has_signed_supersedes_nothing(signed, first, newer):
    old = stood_down(signed(first, police=MARCH, council=MARCH), signed(newer))

    assert old.stands_between(POLICE, COUNCIL, JULY)


def test_nothing_supersedes_itself(signed, first):
    first["supersedes"] = [first["id"]]
    one = signed(first, police=MARCH, council=MARCH)

    assert stood_down(one, one).stands_between(POLICE, COUNCIL, JULY)
