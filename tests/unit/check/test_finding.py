"""How a step is put together: what opens it, what bars it, what it leaves behind; dates and the cited route."""

from datetime import date

import pytest

from comity.check.finding import Finding, barred, claimed, excluded, noted, opened, passed, working_days_after
from comity.check.reference import answer, basis, confidence, power_or_duty, prohibition
from comity.terms import Duty, Headline, Outcome, Step, Transform
from tests.unit.check.small import (
    DAY,
    FOR_THE_AGREEMENT,
    FOR_THE_FLOW,
    WATCH,
    YES,
    brief,
    case,
    declared,
    entry,
    item,
    judgement,
    law,
    party,
    proposal,
    signed,
    told,
    world,
)

SEALED = item(facts={"sealed": "yes"})


# ---- putting findings together -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (True, True, True),
        (True, None, None),
        (None, None, None),
        (True, False, False),
        (None, False, False),
        (False, False, False),
    ],
)
def test_two_findings_together_are_as_good_as_the_worse(one, other, both):
    assert (Finding(one) & Finding(other)).value is both
    assert (Finding(other) & Finding(one)).value is both


def test_reasons_are_gathered_in_order():
    first, second, third = (noted(None, Step.POWER, code, Outcome.REFER) for code in ("met", "no-power", "quality"))

    assert [one.code for one in Finding.all([first, second, third]).reasons] == ["met", "no-power", "quality"]
    assert told(Finding.all([])) == told(passed()) == (True, [])


@pytest.mark.parametrize(
    ("facts", "value", "code", "effect"),
    [
        ({"sealed": "yes"}, True, "met", "share"),
        ({"sealed": "no"}, False, "otherwise", "withhold"),
        ({}, None, "condition-not-known", "refer"),
    ],
)
def test_a_condition_is_met_or_not_or_not_known(facts, value, code, effect):
    found = Finding.on_fact(case(), item(facts=facts), Step.HANDLING, "sealed", "otherwise")
    (reason,) = found.reasons

    assert (found.value, reason.code, reason.effect, reason.fact, reason.judgement, reason.offices) == (
        value,
        code,
        effect,
        "sealed",
        "",
        (),
    )


def test_a_condition_that_a_person_judged_names_the_judgement():
    found = Finding.on_fact(case(judgements=(judgement("harmful"),)), item(), Step.HANDLING, "harmless", "otherwise")
    (reason,) = found.reasons

    assert (found.value, reason.code, reason.judgement, reason.offices) == (False, "risk-to-person", "harmful-yes", ())


def test_a_condition_that_a_person_must_judge_names_the_offices():
    (reason,) = Finding.on_fact(case(), item(), Step.HANDLING, "harmless").reasons

    assert (reason.code, reason.offices) == ("awaiting-human", ("lead",))


# ---- what opens a step -----------------------------------------------------------------------------


def step_of(*routes, asked=None, one=None, judgements=(), drop=("watch-s1",), **more):
    """The power step with only these routes in it."""
    register = law(entry("act", *routes, **more), drop=drop)
    found, _ = power_or_duty(case(asked, register, judgements), one or item())
    return found


def test_every_route_that_holds_is_named_a_duty_first():
    found = step_of({}, {"needs": ["sealed"]}, {"duty": True}, {"needs": ["court-order"]}, one=SEALED)

    assert [(one.code, one.route) for one in found.reasons] == [
        ("met", "route-3"),
        ("met", "route-1"),
        ("met", "route-2"),
    ]


def test_what_holds_is_told_in_full():
    (reason,) = step_of({"cites": "Act s.2(1)"}).reasons

    assert reason.model_dump() == {
        "step": "power",
        "code": "met",
        "effect": "share",
        "rests_on": "act",
        "route": "route-1",
        "cites": "Act s.2(1)",
        "end": None,
        "fact": None,
        "offices": (),
        "path": "",
        "judgement": "",
        "unconfirmed": (),
        "warning": False,
    }


def test_without_a_citation_of_its_own_a_route_is_cited_as_its_entry():
    assert step_of({}).reasons[0].cites == "act Act"


def test_the_judgements_that_a_route_rests_on_are_named_once_each_in_order():
    judged = (judgement("proportionate"), judgement("necessary"))
    found = step_of({"needs": ["sealed", "necessary", "proportionate"]}, one=SEALED, judgements=judged)

    assert found.reasons[0].judgement == "necessary-yes, proportionate-yes"


def test_what_an_emergency_answers_is_marked_so():
    found = step_of({"needs": ["necessary"]}, asked=proposal(emergency=declared()))

    assert [(one.code, one.effect) for one in found.reasons] == [("emergency", "share")]


def test_what_an_emergency_answers_at_the_other_end_is_marked_there():
    register = law(entry("own", {"step": "basis", "end": "both", "needs": ["necessary"]}), drop=("basis-6",))
    judged = judgement("necessary", office="officer", by="police")
    asked = case(proposal(emergency=declared()), register, (judged,))
    giving, receiving = (basis(asked, item(), end, Duty.NONE).reasons[0] for end in ("discloser", "recipient"))

    assert (giving.code, giving.judgement) == ("emergency", "")
    assert (receiving.code, receiving.judgement) == ("met", "necessary-yes")


def test_what_a_person_answered_is_not_put_down_to_the_emergency():
    found = step_of({"needs": ["necessary"]}, asked=proposal(emergency=declared()), judgements=YES)

    assert [one.code for one in found.reasons] == ["met"]


def test_only_the_nearest_of_the_open_routes_ask_something():
    found = step_of({"needs": ["sealed", "court-order"]}, {"needs": ["necessary"]}, {"needs": ["consent"]})

    assert told(found) == (None, [("awaiting-human", "act"), ("condition-not-known", "act")])
    assert [one.fact for one in found.reasons] == ["necessary", "consent"]


def test_an_open_question_is_told_in_full():
    (reason,) = step_of({"needs": ["necessary"]}).reasons

    assert (reason.step, reason.effect, reason.fact, reason.offices, reason.rests_on, reason.route) == (
        "power",
        "refer",
        "necessary",
        ("lead", "officer", "keeper"),
        "act",
        "route-1",
    )


def test_an_open_fact_that_nobody_judges_names_no_offices():
    (reason,) = step_of({"needs": ["sealed"]}).reasons

    assert (reason.code, reason.offices) == ("condition-not-known", ())


def test_open_facts_and_doubts_of_one_route_are_all_asked():
    found = step_of({"needs": ["sealed"], "unless": ["court-order"]}, evidence="to-confirm")

    assert [(one.code, one.fact, one.path) for one in found.reasons] == [
        ("condition-not-known", "sealed", ""),
        ("condition-not-known", "court-order", ""),
        ("awaiting-confirmation", None, "act.evidence"),
    ]


def test_a_failed_route_is_no_help_where_another_is_open():
    found = step_of({"needs": ["list-of-people"]}, {"needs": ["sealed"]})

    assert [(one.code, one.route) for one in found.reasons] == [("condition-not-known", "route-2")]


def test_the_route_that_came_nearest_is_the_one_that_is_named():
    found = step_of(
        {"needs": ["list-of-people", "bulk"]},
        {"needs": ["list-of-people", "sealed"]},
        {"needs": ["bulk", "sealed", "consent"]},
    )

    assert [(one.code, one.route, one.fact, one.effect) for one in found.reasons] == [
        ("no-power", "route-2", "list-of-people", "withhold")
    ]


def test_every_condition_that_failed_on_it_is_named_with_its_own_reason():
    judged = (judgement("necessary", "no"),)
    found = step_of({"needs": ["list-of-people", "necessary"], "unless": ["sealed"]}, one=SEALED, judgements=judged)

    assert [(one.code, one.fact, one.offices) for one in found.reasons] == [
        ("no-power", "list-of-people", ()),
        ("not-necessary", "necessary", ("lead", "officer", "keeper")),
        ("no-power", "sealed", ()),
    ]


def test_a_doubtful_route_that_failed_is_not_said_to_hold():
    (reason,) = step_of({"needs": ["bulk"]}, evidence="to-confirm").reasons

    assert (reason.code, reason.unconfirmed) == ("no-power", ())


def test_what_waits_for_nothing_but_a_confirmation_is_named_however_near_another_route_is():
    register = law(
        entry("near", {"needs": ["sealed"]}),
        entry("far", {}, unconfirmed=["a", "b"]),
        entry("farther", {"needs": ["sealed", "consent"]}),
        drop=("watch-s1",),
    )
    found, _ = power_or_duty(case(register=register), item())

    assert [(one.code, one.fact, one.path) for one in found.reasons] == [
        ("condition-not-known", "sealed", ""),
        ("awaiting-confirmation", None, "far.a"),
        ("awaiting-confirmation", None, "far.b"),
    ]


def test_where_no_route_reaches_the_reason_is_the_steps_own():
    found = opened(case(), item(), Step.BASIS, [], "no-dp-basis", "recipient")

    assert [(one.step, one.code, one.effect, one.rests_on, one.end) for one in found.reasons] == [
        ("basis", "no-dp-basis", "withhold", "", "recipient")
    ]


# ---- what bars it ------------------------------------------------------------------------------------


def bars(*routes, lifts=(), one=SEALED, asked=None, judgements=(), lifting=None, **more):
    """The prohibition step with a bar, and perhaps an entry that lifts it."""
    ban = entry(
        "ban",
        *({"step": "prohibition", "effect": "bars", "needs": ["sealed"]} | route for route in (routes or ({},))),
        kind="prohibition",
        **more,
    )
    free = entry(
        "free",
        *({"step": "prohibition", "effect": "lifts", "lifts": ["ban"]} | route for route in lifts),
        **(lifting or {}),
    )
    return prohibition(case(asked, law(ban, free), judgements), one)


def test_a_bar_is_told_in_full():
    (reason,) = bars({"cites": "Act s.9"}).reasons

    assert (
        reason.step,
        reason.code,
        reason.effect,
        reason.rests_on,
        reason.route,
        reason.cites,
        reason.fact,
        reason.unconfirmed,
    ) == ("prohibition", "prohibited", "withhold", "ban", "route-1", "Act s.9", None, ())


def test_a_bar_may_have_a_reason_of_its_own():
    assert told(bars({"reason": "tipping-off"})) == (False, [("tipping-off", "ban")])


def test_a_doubtful_bar_still_bars_and_is_labelled():
    (reason,) = bars(evidence="to-confirm").reasons

    assert (reason.code, reason.unconfirmed) == ("prohibited", ("ban.evidence",))


def test_an_open_doubtful_bar_asks_its_question_and_is_labelled_but_waits_for_no_confirmation():
    found = bars(one=item(), evidence="to-confirm")

    assert [(one.code, one.fact, one.unconfirmed) for one in found.reasons] == [
        ("condition-not-known", "sealed", ("ban.evidence",))
    ]


def test_every_bar_that_bites_is_named():
    assert [one.route for one in bars({}, {"needs": ["bulk"]}, {"needs": []}).reasons] == ["route-1", "route-3"]


def test_a_bar_that_a_person_may_lift_is_open():
    found = bars({"unless": ["harmless"]})

    assert (found.value, [(one.code, one.fact, one.offices) for one in found.reasons]) == (
        None,
        [("awaiting-human", "harmless", ("lead",))],
    )


def test_the_test_that_would_have_lifted_the_bar_is_named():
    found = bars(
        {"unless": ["court-order", "harmless"]},
        asked=proposal(facts={"court-order": "no"}),
        judgements=(judgement("harmless", "no"),),
    )

    assert [(one.code, one.fact) for one in found.reasons] == [("prohibited", "harmless")]


def test_a_bar_that_a_person_lifted_names_the_judgement():
    found = bars(
        {"unless": ["court-order", "harmless"]},
        asked=proposal(facts={"court-order": "no"}),
        judgements=(judgement("harmless"),),
    )

    assert found.value is True
    assert [(one.code, one.effect, one.rests_on, one.fact, one.judgement) for one in found.reasons] == [
        ("met", "share", "ban", "harmless", "harmless-yes")
    ]


def test_a_bar_that_an_emergency_lifted_says_so():
    found = bars({"unless": ["necessary"]}, asked=proposal(emergency=declared()))

    assert [(one.code, one.effect, one.fact, one.judgement) for one in found.reasons] == [
        ("emergency", "share", "necessary", "")
    ]


@pytest.mark.parametrize("judgements", [(), (judgement("harmless", "no"),)])
def test_a_bar_that_never_arose_leaves_no_reason(judgements):
    found = bars({"unless": ["harmless"]}, one=item(facts={"sealed": "no"}), judgements=judgements)

    assert told(found) == (True, [])


def test_a_bar_that_a_fact_keeps_from_biting_leaves_no_reason():
    assert told(bars({"unless": ["court-order"]}, asked=proposal(facts={"court-order": "yes"}))) == (True, [])


def test_a_statutory_exception_lifts_a_bar_and_is_named():
    found = bars(lifts=({"needs": ["consent"]}, {}), one=item(facts={"sealed": "yes"}))

    assert found.value is True
    assert [(one.code, one.rests_on, one.route, one.effect) for one in found.reasons] == [
        ("met", "free", "route-2", "share")
    ]


def test_an_exception_whose_condition_fails_lifts_nothing():
    found = bars(lifts=({"needs": ["bulk"]},))

    assert told(found) == (False, [("prohibited", "ban")])


def test_an_exception_that_does_not_reach_lifts_nothing():
    assert told(bars(lifts=({"to": ["clinic"]},))) == (False, [("prohibited", "ban")])


def test_an_exception_for_another_bar_lifts_nothing():
    assert told(bars(lifts=({"lifts": ["other"]},))) == (False, [("prohibited", "ban")])


def test_an_open_exception_leaves_the_bar_open_and_asks():
    assert told(bars(lifts=({"needs": ["consent"]},))) == (None, [("condition-not-known", "free")])


def test_a_doubtful_exception_waits_for_the_confirmation():
    found = bars(lifts=({},), lifting={"evidence": "to-confirm"})

    assert (found.value, [(one.code, one.path) for one in found.reasons]) == (
        None,
        [("awaiting-confirmation", "free.evidence")],
    )


def test_an_open_bar_and_an_open_exception_are_asked_by_what_is_nearest():
    found = bars(lifts=({"needs": ["consent", "court-order"]},), one=item())

    assert told(found) == (None, [("condition-not-known", "ban")])


def test_an_open_bar_without_a_way_around_it_asks_about_itself():
    found = bars(lifts=({"needs": ["bulk"]},), one=item())

    assert [(one.code, one.rests_on, one.fact) for one in found.reasons] == [("condition-not-known", "ban", "sealed")]


def test_a_bar_that_is_lifted_need_not_be_settled():
    assert told(bars(lifts=({},), one=item())) == (True, [("met", "free")])


def test_a_bar_is_of_its_own_step():
    register = law(entry("ban", {"step": "handling", "effect": "bars"}))

    assert told(barred(case(register=register), item(), Step.PROHIBITION)) == (True, [])
    assert barred(case(register=register), item(), Step.HANDLING).reasons[0].step == Step.HANDLING


# ---- closed lists -------------------------------------------------------------------------------------------


def test_a_closed_list_names_who_is_left_out_and_only_for_that_alone():
    closed = {"to": ["clinic"], "closed": True}
    register = law(
        entry("one", closed),
        entry("two", closed | {"forms": ["aggregate"]}),
        entry("three", closed | {"closed": False}),
    )
    (reason,) = excluded(case(register=register), item())

    assert (reason.code, reason.rests_on, reason.effect, reason.step, reason.fact) == (
        "recipient-lacks-capacity",
        "one",
        "withhold",
        "power",
        None,
    )


# ---- the whole answer -------------------------------------------------------------------------------------------


def whole(asked=None, *entries, judgements=YES, agreements=(), one=None, drop=()):
    return answer(case(asked, law(*entries, drop=drop), judgements, agreements), one or item())


def test_a_duty_reaches_the_clauses():
    never = {"never": [{"id": "no-names", "items": ["small.example/item/name"], "text": "Names never go."}]}
    duty = entry("must", {"step": "power", "duty": True})

    assert whole(None, agreements=(signed(**never),)).outcome == Outcome.WITHHOLD
    assert whole(None, duty, agreements=(signed(**never),)).outcome == Outcome.REFER


def test_the_same_reason_is_given_once():
    twice = {"id": "same", "step": "handling", "effect": "bars", "unless": ["harmless"]}
    found = whole(None, entry("ban", twice, twice), judgements=(*YES, judgement("harmless")))

    assert brief(found.reasons).count(("met", "ban")) == 1


@pytest.mark.parametrize(("sealed", "named"), [("yes", True), ("no", False), ("unknown", False)])
def test_an_answer_that_keeps_a_bar_from_biting_is_named_only_where_the_bar_arose(sealed, named):
    found = bars({"unless": ["harmless"]}, one=item(facts={"sealed": sealed}), judgements=(judgement("harmless"),))

    assert told(found) == (True, [("met", "ban")] if named else [])


@pytest.mark.parametrize(
    ("until", "due"),
    [
        (date(2026, 11, 16), date(2027, 3, 31)),
        (date(2026, 12, 31), date(2027, 3, 31)),
        (date(2027, 1, 1), date(2027, 6, 30)),
        (date(2026, 1, 1), date(2026, 6, 30)),
        (date(2026, 3, 31), date(2026, 6, 30)),
        (date(2026, 4, 1), date(2026, 9, 30)),
        (date(2026, 6, 30), date(2026, 9, 30)),
        (date(2026, 7, 1), date(2026, 12, 31)),
        (date(2026, 9, 30), date(2026, 12, 31)),
        (date(2026, 10, 1), date(2027, 3, 31)),
        (None, None),
    ],
)
def test_some_duties_are_due_at_the_end_of_the_next_quarter(until, due):
    found = whole(proposal(data_until=until), entry("must", {"duty": True, "due": "end-of-next-quarter"}))

    assert (found.due_rule, found.due) == ("end-of-next-quarter", due)


@pytest.mark.parametrize(
    ("rule", "asked", "due"),
    [
        ("at-once", None, DAY),
        ("at-once", date(2026, 12, 1), DAY),
        ("as-requested", date(2026, 12, 1), date(2026, 12, 1)),
        ("as-requested", None, None),
        ("as-agreed", None, None),
        ("as-agreed", date(2026, 12, 1), date(2026, 12, 1)),
        ("when-sought", None, None),
    ],
)
def test_other_duties_are_due_when_asked_or_at_once(rule, asked, due):
    request = {"by": "small.example/partner/police", "due": asked}
    found = whole(proposal(asked=request), entry("must", {"duty": True, "due": rule}))

    assert (found.due_rule, found.due) == (rule, due)


def test_a_duty_without_a_rule_or_a_request_has_no_day():
    found = whole(None, entry("must", {"duty": True}))

    assert (found.duty, found.due_rule, found.due) == ("due", "as-requested", None)


def test_of_several_duties_the_first_that_holds_and_has_a_rule_sets_the_day():
    found = whole(
        None,
        entry("first", {"duty": True, "due": "as-agreed", "needs": ["bulk"]}),
        entry("second", {"duty": True}),
        entry("third", {"duty": True, "due": "at-once"}),
        entry("fourth", {"due": "as-agreed"}),
    )

    assert found.due_rule == "at-once"


def test_a_pending_duty_has_no_day():
    found = answer(
        case(register=law(entry("must", {"duty": True, "due": "at-once"}, evidence="to-confirm")), judgements=YES),
        item(),
    )

    assert (found.duty, found.due_rule, found.due) == ("pending", "", None)


SMALL_NUMBERS = {"step": "people", "kinds": ["statistical"], "transform": "suppress"}
NOBODY = judgement("reidentification-risk")


@pytest.mark.parametrize(
    ("name", "route", "judgements", "found"),
    [
        ("counts", {}, (NOBODY,), Transform.SUPPRESS),
        ("counts", {"transform": "aggregate"}, (NOBODY,), Transform.AGGREGATE),
        ("note", {}, (), Transform.NONE),
        ("counts", {"needs": ["bulk"]}, (NOBODY,), Transform.NONE),
        ("counts", {"needs": ["court-order"]}, (NOBODY,), Transform.SUPPRESS),
        ("counts", {}, (), Transform.NONE),
    ],
)
def test_what_is_shared_may_have_to_be_changed_first(name, route, judgements, found):
    answered = whole(
        proposal(items=[item(name)]), entry("figures", SMALL_NUMBERS | route), judgements=judgements, one=item(name)
    )

    assert answered.transform == found


def test_the_first_transform_counts():
    answered = whole(
        None,
        entry("figures", SMALL_NUMBERS, SMALL_NUMBERS | {"transform": "aggregate"}),
        judgements=(NOBODY,),
        one=item("counts"),
    )

    assert answered.transform == Transform.SUPPRESS


FOR_THE_CLASS = (judgement("necessary", scope=FOR_THE_FLOW), judgement("proportionate", scope=FOR_THE_AGREEMENT))
FEED = proposal(mode="feed")


def test_a_feed_under_class_judgements_goes_by_itself():
    found = whole(FEED, judgements=FOR_THE_CLASS, agreements=(signed(),))

    assert (found.outcome, found.automatic) == (Outcome.SHARE, True)


@pytest.mark.parametrize(
    ("asked", "judgements", "agreements", "entries"),
    [
        (proposal(), FOR_THE_CLASS, (signed(),), ()),  # by hand
        (FEED, (FOR_THE_CLASS[0], YES[1]), (signed(),), ()),
        # one answer for this case only
        (proposal(emergency=declared()), (), (signed(),), ()),  # an emergency
        (FEED, YES, (), (entry("must", {"duty": True}),)),
        # a duty, without an agreement
    ],
)
def test_anything_else_that_is_shared_is_sent_by_a_person(asked, judgements, agreements, entries):
    found = whole(asked, *entries, judgements=judgements, agreements=agreements)

    assert (found.outcome, found.automatic) == (Outcome.SHARE, False)


def test_a_judgement_for_the_case_that_was_not_used_stops_nothing():
    unused = judgement("harmless")

    assert whole(FEED, judgements=(*FOR_THE_CLASS, unused), agreements=(signed(),)).automatic


def test_each_of_several_judgements_behind_one_reason_must_be_for_the_class():
    both = entry("both", {"needs": ["necessary", "proportionate"]})
    judged = (FOR_THE_CLASS[0], judgement("proportionate", id="later"))

    assert not whole(
        FEED, both, judgements=judged, agreements=(signed(),), drop=("watch-s1", "needed", "fair")
    ).automatic


def test_a_feed_that_is_withheld_does_not_go_by_itself():
    found = whole(
        FEED, entry("ban", {"step": "handling", "effect": "bars"}), judgements=FOR_THE_CLASS, agreements=(signed(),)
    )

    assert (found.outcome, found.automatic) == (Outcome.WITHHOLD, False)


def test_a_feed_of_what_no_agreement_promises_does_not_go_by_itself():
    found = whole(
        proposal("council", "council", mode="feed", items=[item("note")]),
        entry("must", {"duty": True}),
        judgements=(),
        one=item("note"),
    )

    assert (found.outcome, found.automatic) == (Outcome.SHARE, False)


# ---- the route that somebody named --------------------------------------------------------------------------------


def claim(provision, *entries, asked=None, one=None, judgements=(), **more):
    found = claimed(case(asked or proposal(**more), law(*entries), judgements), one or item(), provision)
    return found.holds, brief(found.reasons)


def test_a_named_route_that_holds_holds():
    found = claimed(case(), item(), "watch-s1")

    assert (found.item, found.provision, found.holds, found.reasons) == (item().item, "watch-s1", "holds", ())


def test_a_named_exemption_is_no_route():
    found = claimed(case(), item(), "relief")
    (reason,) = found.reasons

    assert (found.holds, reason.step, reason.code, reason.effect, reason.rests_on) == (
        "no",
        "power",
        "exemption-not-a-power",
        "withhold",
        "relief",
    )


@pytest.mark.parametrize("facts", [{}, {"court-order": "unknown"}])
def test_a_named_route_whose_condition_is_not_known_is_open(facts):
    assert claim("act", entry("act", {"needs": ["court-order"]}, {"needs": ["bulk"]}), facts=facts) == (
        "open",
        [("condition-not-known", "act")],
    )


def test_a_named_route_whose_condition_fails_does_not_hold():
    assert claim("act", entry("act", {"needs": ["bulk"]})) == ("no", [("condition-not-met", "act")])


def test_a_named_route_to_be_confirmed_is_open():
    assert claim("act", entry("act", {}, evidence="to-confirm")) == ("open", [("awaiting-confirmation", "act")])


def test_of_the_routes_of_the_named_entry_one_that_holds_is_enough():
    assert claim("act", entry("act", {"needs": ["bulk"]}, {}, {"to": ["clinic"]})) == ("holds", [])


@pytest.mark.parametrize(
    ("route", "more", "why"),
    [
        ({"to": ["clinic"]}, {}, ["recipient-lacks-capacity"]),
        ({"from": ["clinic"]}, {}, ["discloser-lacks-capacity"]),
        ({"purposes": ["care"]}, {}, ["purpose-not-covered"]),
        ({}, {"extent": ["W"]}, ["out-of-extent"]),
        ({}, {"in_force": [{"from": "2027-01-01"}]}, ["instrument-not-in-force"]),
        ({"to": ["clinic"]}, {"in_force": [{"from": "2027-01-01"}]}, ["instrument-not-in-force"]),
        ({"in_force": [{"from": "2027-01-01"}]}, {}, ["instrument-not-in-force"]),
        ({"to": ["clinic"], "kinds": ["patient"]}, {}, ["recipient-lacks-capacity", "kind-not-covered"]),
    ],
)
def test_a_named_route_that_does_not_reach_says_why(route, more, why):
    assert claim("act", entry("act", route, **more)) == ("no", [(code, "act") for code in why])


def test_of_the_routes_that_do_not_reach_the_nearest_says_why():
    routes = {"to": ["clinic"], "kinds": ["patient"]}, {"forms": ["aggregate"]}

    assert claim("act", entry("act", *routes)) == ("no", [("form-not-covered", "act")])


@pytest.mark.parametrize(
    "route",
    [{"effect": "closes"}, {"step": "necessity"}, {"effect": "bars"}, {"step": "prohibition", "effect": "bars"}],
)
def test_an_entry_that_opens_nothing_is_no_power(route):
    assert claim("act", entry("act", route)) == ("no", [("not-a-power", "act")])


def test_a_closed_list_that_was_named_says_whom_it_leaves_out():
    assert claim("act", entry("act", {"effect": "closes", "to": ["clinic"]})) == (
        "no",
        [("recipient-lacks-capacity", "act")],
    )


def test_a_basis_may_be_named_too():
    assert claim("basis-6") == ("holds", [])


# ---- the decision ---------------------------------------------------------------------------------------------------


def test_each_item_is_held_to_the_route_that_was_named():
    asked = proposal(claimed="watch-s1", items=[item("name"), item("address")])
    found = world(judgements=YES).decide(asked)

    assert [(one.called, one.holds) for one in found.claimed] == [("name", "holds"), ("address", "holds")]


def test_without_a_named_route_nothing_is_held_to_it():
    assert world().decide(proposal()).claimed == ()


def test_a_decision_records_what_it_was_made_on():
    register = law(said={"watch-s1.b": True, "watch-s1.a": True})
    judged = (*YES, judgement("harmless"))
    found = world(register, judged, (signed(),)).decide(proposal())

    assert (found.basis.register_, found.basis.register_digest) == ("small", register.digest)
    assert found.basis.agreements == {WATCH: signed().digest}
    assert found.basis.judgements == YES
    assert found.basis.confirmations == ("watch-s1.a", "watch-s1.b")


def test_a_judgement_that_did_not_count_for_an_open_test_is_recorded():
    late = judgement("necessary", until=DAY, **{"from": date(2026, 1, 1)})
    found = world(judgements=(late, YES[1])).decide(proposal())

    assert found.headline == Headline.HUMAN
    assert found.basis.judgements == (late, YES[1])


def test_a_judgement_on_a_test_that_passed_by_another_is_not_recorded():
    late = judgement("necessary", id="late", until=DAY, **{"from": date(2026, 1, 1)})

    assert world(judgements=(late, *YES)).decide(proposal()).basis.judgements == YES


@pytest.mark.parametrize(("more", "due"), [({}, None), ({"emergency": declared()}, date(2026, 11, 19))])
def test_an_emergency_is_reviewed_within_three_working_days(more, due):
    assert world(judgements=YES).decide(proposal(**more)).review_due == due


@pytest.mark.parametrize(
    ("day", "count", "end"),
    [
        (date(2026, 11, 16), 3, date(2026, 11, 19)),
        (date(2026, 11, 19), 1, date(2026, 11, 20)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 12, 23), 3, date(2026, 12, 30)),  # Christmas Day on a Friday, Boxing Day made up for on the Monday
        (date(2026, 12, 24), 1, date(2026, 12, 29)),
        (date(2026, 12, 24), 3, date(2026, 12, 31)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # Good Friday to Easter Monday
        (date(2026, 11, 16), 0, date(2026, 11, 16)),
    ],
)
def test_working_days_leave_out_weekends_and_bank_holidays(day, count, end):
    assert working_days_after(day, count) == end


def test_a_route_at_the_confidence_step_names_its_judgement():
    found = confidence(case(judgements=(judgement("overriding"),)), item("diagnosis", facts={"consent": "no"}))

    assert [(one.code, one.rests_on, one.route, one.judgement) for one in found.reasons] == [
        ("met", "secrecy", "public-interest", "overriding-yes")
    ]


def test_an_agent_shares_as_its_principal_would():
    found = whole(proposal(party("company", acting_for="council")), entry("companies", {"from": ["company"]}))

    assert (found.outcome, brief(found.reasons)[0]) == (Outcome.SHARE, ("met", "watch-s1"))
    assert ("met", "companies") not in brief(found.reasons)


@pytest.mark.parametrize("bound", ["company", "council"])
def test_what_binds_the_agent_or_its_principal_binds_the_share(bound):
    bar = entry("bar", {"step": "prohibition", "effect": "bars", "from": [bound], "reason": "prohibited"})

    assert whole(proposal(party("company", acting_for="council")), bar).outcome == Outcome.WITHHOLD
