"""Routes as sets: which reach an item of a share, which nearly do, and what they wait for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from comity.law.reach import CODES, Asking, Routes, first_years, fits
from comity.terms import Period, Step
from tests.unit.check.small import DAY, case, confirmation, entry, item, law, party, proposal


def asking(asked=None, end="discloser", *, due=False):
    return Asking(case(asked).setting, end, due)


def thing(one=None):
    return case().thing(one or item())


def names(register, routes: Routes):
    """The routes of a set, as the entry they stand in, or `entry/route` where it has several."""
    return [one.id if len(one.routes) == 1 else f"{one.id}/{route.id}" for one, route in register.reach.members(routes)]


# ---- words that are listed ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "listed", "excluded", "fit"),
    [
        (["a"], [], [], True),
        ([], [], [], True),
        (["a"], ["a", "b"], [], True),
        (["c"], ["a", "b"], [], False),
        ([], ["a"], [], False),
        (["a", "c"], ["a"], ["c"], False),
        (["a"], [], ["c"], True),
        (["c"], [], ["c"], False),
        ([], [], ["c"], True),
        ([None], ["a"], [], False),
    ],
)
def test_something_listed_is_held_and_nothing_excluded(held, listed, excluded, fit):
    assert fits(held, listed, excluded) is fit


# ---- sets ---------------------------------------------------------------------------------------


TWO = law(
    entry("first", {"from": ["council"], "to": ["police"]}, {"from": ["police"], "to": ["police"]}),
    entry("second", {"kinds": ["special-category"]}),
)


def test_the_routes_that_reach_are_those_that_fit_the_share_and_the_item():
    reach = TWO.reach
    powers = reach.at(Step.POWER, "allows")

    assert names(TWO, powers & reach.of_share(asking())) == ["watch-s1", "first/route-1", "second"]
    assert names(TWO, powers & reach.of_item(thing())) == ["watch-s1", "first/route-1", "first/route-2"]
    assert names(TWO, powers & reach.reaching(asking(), thing())) == ["watch-s1", "first/route-1"]


@pytest.mark.parametrize("one", [item(), item("health"), item("address", form="aggregate")], ids=lambda one: one.called)
@pytest.mark.parametrize("end", ["discloser", "recipient"])
def test_a_route_reaches_where_it_misses_nothing(one, end):
    reach = TWO.reach
    reaching = reach.reaching(asking(end=end), thing(one))
    missing_nothing = reach.where(
        lambda provision, route: not reach.misses(provision, route, asking(end=end), thing(one))
    )

    assert reaching == missing_nothing


def test_what_a_route_misses_is_told_in_one_order():
    register = law(entry("far", {"to": ["clinic"], "from": ["police"], "forms": ["aggregate"]}, in_force=[]))
    provision = register.provision("far")
    missed = register.reach.misses(provision, provision.routes[0], asking(), thing())

    assert missed == [
        "instrument-not-in-force",
        "discloser-lacks-capacity",
        "recipient-lacks-capacity",
        "form-not-covered",
    ]
    assert [CODES.index(one) for one in missed] == sorted(CODES.index(one) for one in missed)


def test_a_route_may_fit_but_for_who_gives_and_who_receives():
    register = law(
        entry("giver", {"from": ["clinic"]}),
        entry("receiver", {"to": ["clinic"]}),
        entry("purpose", {"purposes": ["care"]}),
    )
    found = names(register, register.reach.but_for_the_parties(asking()) & register.reach.at(Step.POWER, "allows"))

    assert found == ["watch-s1", "giver", "receiver"]


def test_closed_lists_are_powers_that_say_so_and_routes_that_close():
    register = law(
        entry("closed", {"closed": True}),
        entry("closes", {"effect": "closes"}),
        entry("open", {}),
        entry("elsewhere", {"step": "basis", "closed": True}),
    )

    assert names(register, register.reach.closing) == ["closed", "closes"]


def test_nothing_stands_where_no_route_has_that_effect_or_lifts_that_bar():
    assert TWO.reach.at(Step.HANDLING, "lifts") == 0
    assert TWO.reach.lifting("first") == 0
    assert TWO.reach.members(0) == ()
    assert len(TWO.reach.members(TWO.reach.everything)) == len(TWO.reach.routes)


@pytest.mark.parametrize(
    ("step", "on", "speaks"),
    [
        (Step.POWER, DAY, True),
        (Step.POWER, date(1999, 12, 31), False),
        (Step.POWER, date(2000, 1, 1), True),
        (Step.BASIS, date(1999, 12, 31), True),
        (Step.HANDLING, DAY, False),
    ],
)
def test_the_register_speaks_where_an_entry_in_force_opens_the_step(step, on, speaks):
    reach = law().reach

    assert [reach.speaks(step, on), reach.speaks(step, on)] == [speaks, speaks]


def test_what_only_bars_does_not_make_the_register_speak():
    register = law(entry("bar", {"step": "handling", "effect": "bars"}))

    assert not register.reach.speaks(Step.HANDLING, DAY)


# ---- ends ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "end", "at_discloser", "at_recipient"),
    [
        ("basis", "discloser", True, False),
        ("basis", "recipient", False, True),
        ("special-category", "both", True, True),
        ("criminal-offence", "recipient", False, True),
        ("power", "recipient", True, True),  # Who may give and receive is one question, not one at each end.
    ],
)
def test_only_some_steps_are_passed_at_each_end(step, end, at_discloser, at_recipient):
    register = law(entry("act", {"step": step, "end": end}))
    found = ["act" in names(register, register.reach.of_share(asking(end=one))) for one in ("discloser", "recipient")]

    assert found == [at_discloser, at_recipient]


@pytest.mark.parametrize(("under_duty", "found"), [(True, [False, True]), (False, [True, False]), (None, [True, True])])
def test_a_basis_may_be_there_only_under_a_duty_or_without_one(under_duty, found):
    register = law(entry("act", {"step": "basis", "under_duty": under_duty}))

    assert ["act" in names(register, register.reach.of_share(asking(due=due))) for due in (False, True)] == found


# ---- doubts ---------------------------------------------------------------------------------------------


def doubts(path, asked=None, route=None, **more):
    register = law(entry("act", route or {}, unconfirmed=[path], **more))
    provision = register.provision("act")
    return register.reach.doubts(provision, provision.routes[0], case(asked).setting)


@pytest.mark.parametrize(
    ("path", "route", "asked", "doubted"),
    [
        ("who", {}, proposal(), True),
        ("note.wording", {}, proposal(), False),
        ("routes.route-1.who", {}, proposal(), True),
        ("routes.another.who", {}, proposal(), False),
        ("extent.E", {}, proposal(), True),
        ("extent.W", {}, proposal(), False),
        ("purposes.safety", {}, proposal(), True),
        ("purposes.care", {}, proposal(), False),
        ("from.members.council", {}, proposal(), True),
        ("from.members.police", {}, proposal(), False),
        ("to.members.police", {}, proposal(), True),
        ("to.members.council", {}, proposal(party("company", acting_for="council"), "police"), False),
        ("from.members.council", {}, proposal(party("company", acting_for="council"), "police"), True),
        ("from.council", {"from": ["council"]}, proposal(), True),
        ("from.council", {"from": ["council", "public"]}, proposal(), False),
        ("from.council", {}, proposal(), False),
        ("to.police", {"to": ["police", "clinic"]}, proposal(), True),
        ("to.police", {"to": ["police", "clinic"]}, proposal("police", "clinic"), False),
        ("from.council", {"from": ["council"]}, proposal(party("company", acting_for="council")), True),
        (
            "to.council",
            {"to": ["council"], "reaches_agents": True},
            proposal("police", party("company", acting_for="council")),
            True,
        ),
    ],
    ids=str,
)
def test_a_doubt_bears_on_a_route_only_where_another_answer_would_change_it(path, route, asked, doubted):
    assert doubts(path, asked, route) == ((f"act.{path}",) if doubted else ())


@pytest.mark.parametrize(
    ("since", "doubted"), [(DAY, True), (date(2025, 11, 17), True), (date(2025, 11, 16), False), (None, False)]
)
def test_a_doubt_about_the_start_counts_for_a_year(since, doubted):
    found = doubts("in_force.from", in_force=[{"from": str(since)} if since else {}])

    assert bool(found) is doubted


def test_the_first_year_is_that_of_each_period_that_has_a_start():
    register = law(entry("act", {}, in_force=[{"until": "2000-01-01"}, {"from": "2020-02-29"}]))

    assert first_years(register.provision("act").in_force) == (
        Period(from_=date(2020, 2, 29), until=date(2021, 2, 28)),
    )


def test_what_a_route_rests_on_is_doubted_as_a_whole_only():
    register = law(
        entry("base", evidence="to-confirm", unconfirmed=["who", "extent.E"], sets_aside_confidence="unconfirmed"),
        entry("act", {}, rests_on=["base", "nowhere"]),
    )
    provision = register.provision("act")

    assert register.reach.doubts(provision, provision.routes[0], case().setting) == ("base.evidence", "base.who")


@pytest.mark.parametrize(("word", "found"), [(None, (True, True)), (True, (True, False)), (False, (False, True))])
def test_a_word_settles_a_doubt_or_takes_the_route_away(word, found):
    register = law(entry("act", {}, unconfirmed=["who"])).confirmed(
        [] if word is None else [confirmation("act.who", word)]
    )
    reach, provision = register.reach, register.provision("act")
    reaches = "act" in names(register, reach.reaching(asking(), thing()))

    assert (reaches, bool(reach.doubts(provision, provision.routes[0], case().setting))) == found
    assert reach.misses(provision, provision.routes[0], asking(), thing()) == (
        [] if reaches else ["instrument-not-in-force"]
    )


def test_a_word_takes_a_route_away_only_where_the_doubt_bears():
    register = law(entry("act", {}, unconfirmed=["extent.E"])).confirmed([confirmation("act.extent.E", False)])
    powers = register.reach.at(Step.POWER, "allows")
    inside, outside = asking(), asking(proposal(extent="W"))

    assert "act" not in names(register, powers & register.reach.of_share(inside))
    assert "act" not in names(register, powers & register.reach.but_for_the_parties(inside))
    assert "act" in names(register, powers & register.reach.of_share(outside))
    assert "act" in names(register, powers & register.reach.but_for_the_parties(outside))
    assert "act" not in names(register, powers & register.reach.of_share(inside))


# ---- settings ----------------------------------------------------------------------------------------------


def test_what_is_asked_at_an_end_is_asked_of_whoever_answers_there():
    setting = case(proposal(party("company", acting_for="council"), "police", purpose="enforcement")).setting

    assert "council" in setting.giver_answers
    assert "council" not in setting.giver
    assert "police" in setting.receiver_answers
    assert (setting.regime("discloser"), setting.regime("recipient")) == (setting.giver_regime, setting.receiver_regime)
    assert setting.giver_regime != setting.receiver_regime


def test_another_day_is_another_setting():
    register = law(entry("act", {}, in_force=[{"until": "2026-11-16"}]))
    before = replace(asking().setting, on=date(2026, 11, 15))
    reach = register.reach

    assert "act" in names(register, reach.of_share(Asking(before)))
    assert "act" not in names(register, reach.of_share(asking()))
