"""What a decision turns on: facts, judgements, doubts about the law, agreements, and which routes reach."""

from dataclasses import replace
from datetime import date

import pytest

from comity.agreement import SignedAgreement
from comity.canonical import digest
from comity.check.case import Weighed
from comity.check.decision import ProposedItem
from comity.check.reference import agreement as agreement_step
from comity.check.reference import power_or_duty
from comity.errors import UnknownName
from comity.terms import Duty, Outcome, Regime, Step
from tests.unit.check.small import (
    DAY,
    FOR_THE_AGREEMENT,
    FOR_THE_FLOW,
    LAW,
    PARTNERSHIP,
    VOCABULARY,
    WATCH,
    YES,
    agreement,
    brief,
    case,
    declared,
    entry,
    item,
    judgement,
    law,
    partner,
    party,
    proposal,
    signed,
    told,
    world,
)


def weighed(route, one=None, asked=None, end="discloser", **more):
    """The truth of one added route, or none if it does not reach."""
    step = Step(route.get("step", "power"))
    found = case(asked, law(entry("act", route), **more)).weighed(
        step, route.get("effect", "allows"), one or item(), end
    )
    return next((weighed for weighed in found if weighed.provision.id == "act"), None)


# ---- facts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of_item", "of_proposal", "value"),
    [
        ("yes", None, True),
        ("no", None, False),
        ("unknown", None, None),
        (None, "yes", True),
        (None, "no", False),
        (None, None, None),
        ("no", "yes", False),
        ("unknown", "yes", None),
    ],
)
def test_what_is_said_of_the_item_counts_before_what_is_said_of_the_proposal(of_item, of_proposal, value):
    of_item = {"sealed": of_item} if of_item else {}
    of_proposal = {"sealed": of_proposal} if of_proposal else {}

    assert case(proposal(facts=of_proposal)).known("sealed", item(facts=of_item)) is value


@pytest.mark.parametrize(
    ("facts", "consent", "refused"),
    [
        ({}, None, None),
        ({"consent": "yes"}, True, False),
        ({"consent": "no"}, False, True),
        ({"consent-refused": "yes"}, False, True),
        ({"consent-refused": "no"}, True, False),
        ({"consent": "yes", "consent-refused": "yes"}, True, True),
        ({"consent": "unknown"}, None, None),
    ],
)
def test_a_fact_answers_for_its_opposite_unless_that_is_stated(facts, consent, refused):
    asked = case(proposal(facts=facts))

    assert (asked.known("consent", item()), asked.known("consent-refused", item())) == (consent, refused)


@pytest.mark.parametrize(
    ("fact", "facts", "value"),
    [
        ("deceased", {}, False),
        ("deceased", {"deceased": "yes"}, True),
        ("deceased", {"deceased": "unknown"}, None),
        ("routine", {}, True),
        ("routine", {"routine": "no"}, False),
        ("routine", {"routine": "unknown"}, None),
        ("sealed", {}, None),
    ],
)
def test_silence_means_what_the_fact_says_but_not_known_is_not_silence(fact, facts, value):
    assert case().known(fact, item(facts=facts)) is value
    assert case(proposal(facts=facts)).known(fact, item()) is value


@pytest.mark.parametrize(
    ("scope", "several", "bulk"),
    [
        ("one-case", False, False),
        ("list", True, False),
        ("class", True, False),
        ("bulk", True, True),
        ("whole-population", True, True),
    ],
)
def test_the_scope_says_whether_it_is_a_list_or_a_population(scope, several, bulk):
    asked = case(proposal(scope=scope))

    assert (asked.known("list-of-people", item()), asked.known("bulk", item())) == (several, bulk)


@pytest.mark.parametrize(("need", "value"), [("", False), ("the tenancy", True)])
def test_a_need_is_stated_when_there_are_words_for_it(need, value):
    assert case(proposal(need=need)).known("need-stated", item()) is value


@pytest.mark.parametrize(
    ("giver", "receiver", "end", "value"),
    [
        ("council", "police", "discloser", True),
        ("council", "police", "recipient", None),
        ("council", "clinic", "recipient", True),
        ("company", "council", "discloser", False),
    ],
)
def test_a_fact_about_a_party_is_looked_up_at_its_end(giver, receiver, end, value):
    assert case(proposal(giver, receiver)).known("apd", item(), end) is value


@pytest.mark.parametrize(("giver", "end", "value"), [("police", "discloser", True), ("company", "discloser", False)])
def test_a_party_of_whom_nothing_is_known_goes_by_the_proposal(giver, end, value):
    assert case(proposal(giver, facts={"apd": "yes"})).known("apd", item(), end) is value


def test_whoever_acts_for_another_stands_under_its_policy():
    agent = party("company", acting_for="council")

    assert case(proposal(agent)).known("apd", item()) is True


def test_an_unknown_fact_is_refused():
    with pytest.raises(UnknownName, match="There is no fact or test called seled. Did you mean sealed"):
        case().known("seled", item())


# ---- judgements ---------------------------------------------------------------------------------


def counts(one, asked=None, agreements=(), of=None):
    """Whether the judgement counts for the item, at the discloser's end."""
    return case(asked, judgements=(one,), agreements=agreements).judgement(one.test, of or item()) is one


def test_a_judgement_answers_its_test_and_no_other():
    asked = case(judgements=(judgement("necessary", "no"),))

    assert (asked.known("necessary", item()), asked.known("proportionate", item())) == (False, None)


@pytest.mark.parametrize(
    ("from_", "until", "yes"),
    [
        (DAY, None, True),
        (date(2026, 11, 17), None, False),
        (date(2020, 1, 1), DAY, False),
        (date(2020, 1, 1), date(2026, 11, 17), True),
    ],
)
def test_a_judgement_counts_only_while_it_lasts(from_, until, yes):
    assert counts(judgement("necessary", **{"from": from_}, until=until)) is yes


@pytest.mark.parametrize(
    ("test", "office", "by", "yes"),
    [
        ("necessary", "lead", "council", True),
        ("necessary", "officer", "council", True),
        ("necessary", "guardian", "council", False),  # not an office for this test
        ("overriding", "guardian", "council", False),  # an office that a council does not have
        ("necessary", "lead", "clinic", False),  # a body that is no party to this
        ("necessary", "keeper", "council", True),  # an office that anybody may have
        ("necessary", "officer", "police", False),  # the receiver, on what concerns the giving
    ],
)
def test_a_judgement_counts_from_an_office_that_may_and_a_party_that_has_it(test, office, by, yes):
    assert counts(judgement(test, office=office, by=by)) is yes


def test_the_office_that_a_body_has_may_answer():
    assert counts(judgement("overriding", office="guardian", by="clinic"), proposal("clinic"))


@pytest.mark.parametrize(
    ("by", "office", "giving", "receiving"),
    [("council", "lead", True, True), ("police", "officer", False, True), ("clinic", "guardian", False, False)],
)
def test_the_giver_answers_what_concerns_the_giving_and_either_what_the_receiver_needs(by, office, giving, receiving):
    one = judgement("necessary", office=office, by=by)
    asked = case(judgements=(one,))
    found = [asked.judgement("necessary", item(), end) for end in ("discloser", "recipient")]

    assert [each is one for each in found] == [giving, receiving]
    assert [asked.known("necessary", item(), end) for end in ("discloser", "recipient")] == [
        giving or None,
        receiving or None,
    ]
    assert [asked.tested("necessary", item(), end) is one for end in ("discloser", "recipient")] == [giving, receiving]


@pytest.mark.parametrize(("end", "yes"), [("discloser", False), ("recipient", True)])
def test_the_principal_of_a_receiver_may_answer_for_it(end, yes):
    asked = proposal("police", party("company", acting_for="council"))
    one = judgement("necessary")

    assert (case(asked, judgements=(one,)).judgement("necessary", item(), end) is one) is yes


@pytest.mark.parametrize(
    ("test", "office", "by", "yes"),
    [
        ("author-agrees", "author", "clinic", True),  # somebody else, as it must be
        ("author-agrees", "author", "council", False),  # a party is no third party
        ("author-agrees", "guardian", "clinic", False),
        ("both-agree", "author", "clinic", True),
        ("both-agree", "guardian", "clinic", False),  # an office of a party, at somebody else
        ("necessary", "author", "clinic", False),  # not an office for this test
    ],
)
def test_some_tests_are_for_somebody_at_neither_end(test, office, by, yes):
    assert counts(judgement(test, office=office, by=by)) is yes


@pytest.mark.parametrize(
    ("test", "end", "offices"),
    [
        ("blessed", "discloser", ("guardian",)),  # nobody there may: whom the test names
        ("blessed", "recipient", ("guardian",)),
        ("author-agrees", "discloser", ("author",)),
        ("both-agree", None, ("author", "guardian")),
        ("overriding", "recipient", ("lead", "guardian")),
        ("urgent", "discloser", ("lead",)),
    ],
)
def test_a_question_names_who_may_answer_it_at_the_end_it_is_asked(test, end, offices):
    assert case(proposal("company", "clinic")).offices(test, end) == offices


def test_where_nobody_at_either_end_may_answer_all_who_might_are_named():
    assert case(proposal("company", "person")).offices("overriding", None) == ("guardian", "lead")


@pytest.mark.parametrize(
    ("by", "office", "yes"), [("council", "lead", True), ("company", "lead", False), ("company", "keeper", True)]
)
def test_for_an_agent_the_principal_may_answer_and_each_with_its_own_offices(by, office, yes):
    asked = proposal(party("company", acting_for="council"))

    assert counts(judgement("necessary", office=office, by=by), asked) is yes


@pytest.mark.parametrize(
    ("items", "yes"),
    [
        (["small.example/item/name"], True),
        (["name"], True),
        (["small.example/item/address"], False),
        (["address", "name"], True),
        ([], True),
    ],
)
def test_a_judgement_may_be_for_some_items_only(items, yes):
    assert counts(judgement("necessary", items=items)) is yes


@pytest.mark.parametrize(("scope", "yes"), [({"instance": "q"}, True), ({"instance": "another"}, False), ({}, False)])
def test_a_judgement_for_a_case_counts_for_that_case(scope, yes):
    assert counts(judgement("necessary", scope=scope or {"flow": "daily"})) is yes


@pytest.mark.parametrize(
    ("scope", "one", "yes"),
    [
        (FOR_THE_FLOW, "name", True),
        (FOR_THE_AGREEMENT, "name", True),
        (FOR_THE_FLOW, "health", False),
        ({"agreement": WATCH, "flow": "weekly"}, "name", False),
        ({"agreement": "small.example/agreement/other"}, "name", False),
    ],
)
def test_a_judgement_for_a_class_counts_for_what_the_flow_promises(scope, one, yes):
    assert counts(judgement("necessary", scope=scope), agreements=(signed(),), of=item(one)) is yes


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_class_judgement_needs_the_agreement_in_force(answer):
    assert not counts(judgement("necessary", answer, scope=FOR_THE_FLOW), agreements=(signed(by=("council",)),))


@pytest.mark.parametrize(("answer", "yes"), [("yes", False), ("no", True)])
def test_a_no_for_a_class_needs_no_promise_of_the_item(answer, yes):
    assert counts(judgement("necessary", answer, scope=FOR_THE_FLOW), agreements=(signed(),), of=item("health")) is yes


@pytest.mark.parametrize("asked", [proposal("police", "council"), proposal(purpose="care")])
def test_a_no_for_a_class_is_for_the_parties_and_the_purpose_of_the_flow(asked):
    assert not counts(judgement("necessary", "no", scope=FOR_THE_FLOW), asked, (signed(),))


def test_a_test_for_each_case_takes_no_judgement_for_a_class():
    for_class = judgement("overriding", scope=FOR_THE_FLOW)

    assert not counts(for_class, agreements=(signed(),))
    assert counts(judgement("overriding"), agreements=(signed(),))


def test_a_judgement_on_a_clause_lapses_when_the_clause_changes():
    (flow,) = agreement().flows
    judged = judgement("necessary", scope=FOR_THE_FLOW, clause=digest(flow))

    assert counts(judged, agreements=(signed(),))
    assert not counts(judged, agreements=(signed({"retention": {"for": "P2Y"}}),))


def best(*judgements):
    found = case(judgements=judgements, agreements=(signed(),)).judgement("necessary", item())
    return found and found.id


def test_narrower_beats_wider_whatever_the_date():
    wide = judgement("necessary", id="agreement", scope=FOR_THE_AGREEMENT, **{"from": date(2026, 3, 1)})
    flow = judgement("necessary", id="flow", scope=FOR_THE_FLOW, **{"from": date(2026, 2, 1)})
    instance = judgement("necessary", id="instance", **{"from": date(2026, 1, 1)})

    assert best(wide, flow, instance) == "instance"
    assert best(flow, wide) == "flow"
    assert best(wide) == "agreement"


def test_for_named_items_beats_for_all_and_then_later_beats_earlier():
    old = judgement("necessary", id="b-old", **{"from": date(2026, 1, 1)})
    new = judgement("necessary", id="a-new", **{"from": date(2026, 2, 1)})
    named = judgement("necessary", id="named", items=["name"], **{"from": date(2025, 1, 1)})

    assert best(new, old) == "a-new"
    assert best(new, named) == "named"


def test_of_two_judgements_of_one_day_the_last_by_name_counts_in_any_order():
    one, two = judgement("necessary", id="one"), judgement("necessary", id="two")

    assert best(one, two) == best(two, one) == "two"


@pytest.mark.parametrize(
    ("test", "answer", "harmless", "harmful"),
    [
        ("harmless", "yes", True, False),
        ("harmless", "no", False, True),
        ("harmful", "yes", False, True),
        ("harmful", "no", True, False),
    ],
)
def test_a_judgement_answers_the_opposite_test_too(test, answer, harmless, harmful):
    asked = case(judgements=(judgement(test, answer),))

    assert (asked.known("harmless", item()), asked.known("harmful", item())) == (harmless, harmful)
    assert asked.tested("harmless", item()).id == asked.tested("harmful", item()).id == f"{test}-{answer}"


@pytest.mark.parametrize("fact", ["consent", "sealed", "harmless"])
def test_what_nobody_has_judged_rests_on_no_judgement(fact):
    assert case(judgements=YES).tested(fact, item()) is None


@pytest.mark.parametrize(
    ("test", "judged", "value"),
    [("necessary", (), True), ("harmless", (), None), ("necessary", ("no",), False), ("necessary", ("yes",), True)],
)
def test_an_emergency_answers_the_tests_it_may_where_nobody_has(test, judged, value):
    judgements = tuple(judgement(test, one) for one in judged)
    asked = case(proposal(emergency=declared()), judgements=judgements)

    assert asked.known(test, item()) is value
    assert asked.by_emergency(test, item()) is (value is True and not judged)


@pytest.mark.parametrize(
    ("more", "yes"),
    [
        ({}, True),
        ({"scope": "list"}, True),
        ({"mode": "request"}, True),
        ({"scope": "class"}, False),
        ({"scope": "bulk"}, False),
        ({"scope": "whole-population"}, False),
        ({"mode": "feed"}, False),
        ({"mode": "publication"}, False),
        ({"audience": "vetted-scheme"}, False),
        ({"audience": "open"}, False),
    ],
)
def test_an_emergency_is_for_a_case_and_a_named_recipient(more, yes):
    asked = case(proposal(emergency=declared(), **more))

    assert (asked.emergency, asked.by_emergency("necessary", item())) == (yes, yes)


@pytest.mark.parametrize(
    ("giver", "receiver", "office", "test", "end", "yes"),
    [
        ("council", "police", "lead", "necessary", "discloser", True),
        ("council", "police", "guardian", "necessary", "discloser", False),  # not an office for this test
        ("clinic", "police", "officer", "necessary", "discloser", False),  # not an office of the giver
        ("council", "police", "lead", "overriding", "discloser", True),
        ("council", "clinic", "guardian", "overriding", "discloser", False),  # an office of the receiver
        ("council", "clinic", "lead", "overriding", "recipient", True),
    ],
)
def test_an_emergency_answers_only_what_the_office_that_declared_it_may(giver, receiver, office, test, end, yes):
    asked = case(proposal(giver, receiver, emergency=declared(office=office)))

    assert asked.by_emergency(test, item(), end) is yes


def test_an_agent_acts_only_for_the_purposes_of_its_commission():
    partners = [
        one.model_copy(
            update={"acts_for": tuple(link.model_copy(update={"purposes": ("safety",)}) for link in one.acts_for)}
        )
        for one in PARTNERSHIP.partners
    ]
    here = replace(world(), partnership=PARTNERSHIP.model_copy(update={"partners": tuple(partners)}))
    agent = party("company", acting_for="council")

    assert here.case(proposal(agent, purpose="patrols")).discloser.controller == partner("council")
    with pytest.raises(UnknownName, match="for this purpose"):
        here.case(proposal(agent, purpose="care"))


def test_an_emergency_answers_at_each_end_what_nobody_has_answered_there():
    judged = (judgement("necessary", "no", office="officer", by="police"),)
    asked = case(proposal(emergency=declared()), judgements=judged)

    assert [asked.by_emergency("necessary", item(), end) for end in ("discloser", "recipient")] == [True, False]
    assert [asked.known("necessary", item(), end) for end in ("discloser", "recipient")] == [True, False]


def test_without_an_emergency_nothing_is_answered_by_one():
    assert not case().by_emergency("necessary", item())


@pytest.mark.parametrize(
    ("end", "offices"),
    [
        (None, ("lead", "officer", "keeper")),
        ("discloser", ("lead", "officer", "keeper")),
        ("recipient", ("lead", "keeper")),
    ],
)
def test_who_may_answer_depends_on_the_end(end, offices):
    assert case(proposal("council", "clinic")).offices("necessary", end) == offices


def test_for_an_agent_the_offices_of_its_principal_may_answer():
    asked = case(proposal(party("company", acting_for="council")))

    assert asked.offices("necessary", "discloser") == ("lead", "officer", "keeper")


# ---- the parties ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("giver", "purpose", "found"),
    [
        ("police", "safety", Regime.PART_3),
        ("police", "enforcement", Regime.PART_3),
        ("police", "care", Regime.UK_GDPR),
        ("council", "enforcement", Regime.UK_GDPR),
        ("person", "enforcement", Regime.NONE),
    ],
)
def test_the_regime_follows_from_the_body_and_the_purpose(giver, purpose, found):
    assert case(proposal(giver, "clinic", purpose=purpose)).regime("discloser") == found


def test_the_regime_of_an_agent_is_that_of_its_principal():
    assert case(proposal("police", party("company", acting_for="council"))).regime("recipient") == Regime.UK_GDPR


@pytest.mark.parametrize(("held_for", "reuse"), [(None, False), ("safety", False), ("care", True)])
def test_what_is_held_for_something_else_is_reused(held_for, reuse):
    assert case(proposal(held_for=held_for)).reuse is reuse


# ---- the items ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "people", "data", "secret"),
    [
        (item("name"), True, True, False),
        (item("name", form="pseudonymised"), True, True, False),
        (item("name", form="depersonalised"), False, False, False),
        (item("diagnosis"), True, True, True),
        (item("diagnosis", form="aggregate"), False, False, False),
        (item("prices"), False, False, True),
        (item("name", facts={"deceased": "yes"}), True, False, False),
        (item("diagnosis", facts={"deceased": "yes"}), True, False, True),
        (item("name", facts={"deceased": "unknown"}), True, True, False),
        (item("name", kinds=("identity", "other-people"), facts={"deceased": "yes"}), True, True, False),
        (item("note"), False, False, False),
    ],
)
def test_what_an_item_is_decides_what_is_asked_of_it(one, people, data, secret):
    asked = case()

    assert (asked.about_people(one), asked.personal_data(one), asked.in_confidence(one)) == (people, data, secret)


def test_what_does_not_leave_raises_no_question_of_data_protection():
    assert not case(proposal("council", "council", mode="within")).personal_data(item())


@pytest.mark.parametrize(
    ("giver", "one", "patient"),
    [
        ("archive", item("name"), True),
        ("archive", item("name", facts={"on-open-shelves": "no"}), True),
        ("archive", item("name", facts={"on-open-shelves": "unknown"}), True),
        ("archive", item("name", facts={"on-open-shelves": "yes"}), False),
        ("archive", item("note"), False),
        ("council", item("name"), False),
        ("council", item("diagnosis"), True),
    ],
)
def test_what_a_body_holds_about_people_may_be_of_a_kind_by_that_alone(giver, one, patient):
    asked = case(proposal(giver))

    assert (("patient" in asked.kinds(one)), asked.in_confidence(one)) == (patient, patient)
    assert one.kinds[0] in asked.kinds(one)


def test_what_a_body_holds_may_be_of_a_kind_whatever_is_known_of_it():
    asked = case(proposal(party("archive", "vault")))

    assert {"patient", "commercial"} <= asked.kinds(item())
    assert "commercial" in asked.kinds(item(facts={"on-open-shelves": "yes"}))


def test_what_a_body_holds_makes_no_difference_to_what_it_receives():
    assert "patient" not in case(proposal("council", "archive")).kinds(item())


def test_what_a_body_holds_is_told_for_each_item_by_its_own_facts():
    asked = case(proposal("archive"))
    shelved = item(facts={"on-open-shelves": "yes"})

    assert ["patient" in asked.kinds(one) for one in (item(), shelved, item())] == [True, False, True]


def test_what_a_body_holds_is_told_for_each_item_by_the_judgements_that_name_it():
    """Where whether it is of the kind is for a person to say, and they have said so of one item only."""
    by_a_test = {"archive": {"holds_unless": "urgent"}}
    capacities = tuple(one.model_copy(update=by_a_test.get(one.id, {})) for one in VOCABULARY.capacities)
    register = replace(LAW, vocabulary=VOCABULARY.model_copy(update={"capacities": capacities}))
    said = judgement("urgent", by="archive", items=["other"])
    items = (item(), ProposedItem(item="small.example/item/other", kinds=item().kinds))
    for those in (items, items[::-1]):
        asked = case(proposal("archive", items=those), register, (said,))

        assert {one.called: "patient" in asked.kinds(one) for one in those} == {"name": True, "other": False}


# ---- which routes reach ----------------------------------------------------------------------------------


REACHES = [
    # route, how the proposal or item is changed, the code when it does not reach
    ({"extent": ["W"]}, {"extent": "W"}, "out-of-extent"),
    ({"purposes": ["care"]}, {"purpose": "care"}, "purpose-not-covered"),
    ({"purposes": ["safety"], "not_purposes": ["safety"]}, None, "purpose-not-covered"),
    ({"reuse": True}, {"held_for": "care"}, "purpose-not-covered"),
    ({"reuse": False}, {}, None),
    ({"from": ["police"]}, {"discloser": party("rangers")}, "discloser-lacks-capacity"),
    ({"not_from": ["council"]}, {"discloser": party("clinic")}, "discloser-lacks-capacity"),
    ({"party": ["clinic"]}, {"discloser": party("clinic")}, "discloser-lacks-capacity"),
    ({"not_party": ["council"]}, {"discloser": party("clinic")}, "discloser-lacks-capacity"),
    ({"to": ["clinic"]}, {"recipient": party("clinic")}, "recipient-lacks-capacity"),
    ({"not_to": ["police"]}, {"recipient": party("clinic")}, "recipient-lacks-capacity"),
    ({"kinds": ["special-category"]}, {"items": [item("health")]}, "kind-not-covered"),
    ({"not_kinds": ["identity"]}, {"items": [item("address")]}, "kind-not-covered"),
    ({"origins": ["elsewhere"]}, {"items": [item(origins=["elsewhere", "here"])]}, "kind-not-covered"),
    ({"not_origins": ["elsewhere"]}, {}, None),
    ({"items": ["address"]}, {"items": [item("address")]}, "kind-not-covered"),
    ({"sets": ["monthly"]}, {"set": "monthly"}, "kind-not-covered"),
    ({"handling": ["red"]}, {"items": [item(handling=["red"])]}, "kind-not-covered"),
    ({"forms": ["aggregate"]}, {"items": [item(form="aggregate")]}, "form-not-covered"),
    ({"modes": ["feed", "meeting"]}, {"mode": "meeting"}, "mode-not-covered"),
    ({"audiences": ["open"]}, {"audience": "open"}, "mode-not-covered"),
    ({"on_request": True}, {"asked": {"by": partner("police")}}, "mode-not-covered"),
    ({"on_request": False}, {}, None),
    ({"requested_under": ["watch-s1"]}, {"asked": {"by": partner("police"), "under": "watch-s1"}}, "mode-not-covered"),
    ({"same_controller": True}, {"recipient": party("council"), "mode": "keep"}, "mode-not-covered"),
    ({"same_controller": False}, {}, None),
    ({"regimes": ["part-3"]}, {"discloser": party("police")}, "mode-not-covered"),
    ({"regimes": ["uk-gdpr", "none"]}, {}, None),
]


def mismatch(route, asked, end="discloser", duty=Duty.NONE, **more):
    register = law(entry("act", route, **more))
    provision = register.provision("act")
    return case(asked, register).mismatch(provision, provision.routes[0], asked.items[0], end, duty)


@pytest.mark.parametrize(("route", "change", "code"), REACHES, ids=lambda one: str(one)[:40])
def test_a_route_reaches_only_what_all_its_words_cover(route, change, code):
    assert mismatch(route, proposal()) == ([code] if code else [])
    assert change is None or mismatch(route, proposal(**change)) == []


@pytest.mark.parametrize(
    ("route", "change", "code"),
    [
        ({"reuse": False}, {"held_for": "care"}, "purpose-not-covered"),
        ({"not_origins": ["elsewhere"]}, {"items": [item(origins=["elsewhere"])]}, "kind-not-covered"),
        ({"on_request": False}, {"asked": {"by": partner("police")}}, "mode-not-covered"),
        (
            {"requested_under": ["watch-s1"]},
            {"asked": {"by": partner("police"), "under": "relief"}},
            "mode-not-covered",
        ),
        ({"same_controller": False}, {"recipient": party("council"), "mode": "keep"}, "mode-not-covered"),
        (
            {"from": ["council"], "not_from": ["warden"]},
            {"discloser": party("council", "market")},
            "discloser-lacks-capacity",
        ),
    ],
)
def test_a_route_may_say_what_it_does_not_cover(route, change, code):
    assert mismatch(route, proposal(**change)) == [code]


@pytest.mark.parametrize(
    ("receiver", "by", "requested"),
    [
        (party("police"), "police", True),
        (party("police"), "council", False),
        (party("police"), "clinic", False),
        (party("company", acting_for="council"), "company", True),
        (party("company", acting_for="council"), "council", True),
        (party("company", acting_for="council"), "police", False),
    ],
)
def test_a_request_counts_only_from_the_receiver_or_whom_it_acts_for(receiver, by, requested):
    asked = proposal("clinic", receiver, asked={"by": partner(by), "under": "watch-s1"})

    assert (case(asked).requested == asked.asked) is requested
    assert mismatch({"on_request": True}, asked) == ([] if requested else ["mode-not-covered"])
    assert mismatch({"on_request": False}, asked) == (["mode-not-covered"] if requested else [])
    assert mismatch({"requested_under": ["watch-s1"]}, asked) == ([] if requested else ["mode-not-covered"])


def test_without_a_request_none_was_made():
    assert case().requested is None


def test_every_reason_why_a_route_does_not_reach_is_given_in_order():
    route = {
        "purposes": ["care"],
        "to": ["clinic"],
        "forms": ["aggregate"],
        "modes": ["feed"],
        "kinds": ["patient"],
        "from": ["clinic"],
    }

    assert mismatch(route, proposal(), extent=["W"], in_force=[]) == [
        "instrument-not-in-force",
        "out-of-extent",
        "purpose-not-covered",
        "discloser-lacks-capacity",
        "recipient-lacks-capacity",
        "kind-not-covered",
        "form-not-covered",
        "mode-not-covered",
    ]


def test_a_purpose_within_another_is_covered_by_it():
    assert mismatch({"purposes": ["safety"]}, proposal(purpose="patrols")) == []
    assert mismatch({"purposes": ["patrols"]}, proposal(purpose="safety")) == ["purpose-not-covered"]


@pytest.mark.parametrize(
    ("of_entry", "of_route", "in_force"),
    [
        ([{"from": "2026-11-16"}], None, True),
        ([{"from": "2026-11-17"}], None, False),
        ([{"until": "2026-11-16"}], None, False),
        ([{"until": "2026-11-17"}], None, True),
        ([], None, False),
        ([], [{}], True),
        ([{}], [], False),
        ([{"until": "2020-01-01"}, {"from": "2026-01-01"}], None, True),
        ([{}], [{"from": "2027-01-01"}], False),
    ],
)
def test_a_route_is_in_force_by_its_own_dates_or_else_by_those_of_the_entry(of_entry, of_route, in_force):
    route = {} if of_route is None else {"in_force": of_route}

    assert mismatch(route, proposal(), in_force=of_entry) == ([] if in_force else ["instrument-not-in-force"])


@pytest.mark.parametrize(
    ("route", "end", "code"),
    [
        ({"step": "basis", "end": "recipient", "party": ["police"]}, "recipient", None),
        ({"step": "basis", "end": "recipient", "party": ["clinic"]}, "recipient", "recipient-lacks-capacity"),
        ({"step": "basis", "end": "recipient", "not_party": ["police"]}, "recipient", "recipient-lacks-capacity"),
        ({"step": "basis", "end": "both", "party": ["council"]}, "recipient", "recipient-lacks-capacity"),
        ({"step": "basis", "end": "both", "party": ["council"]}, "discloser", None),
        ({"step": "basis", "end": "discloser"}, "recipient", "mode-not-covered"),
        ({"step": "special-category", "end": "discloser"}, "recipient", "mode-not-covered"),
        ({"step": "criminal-offence", "end": "discloser"}, "recipient", "mode-not-covered"),
        ({"step": "power", "end": "discloser"}, "recipient", None),
    ],
)
def test_a_rule_for_one_end_is_tested_at_that_end(route, end, code):
    assert mismatch(route, proposal(), end) == ([code] if code else [])


@pytest.mark.parametrize(
    ("under_duty", "duty", "reaches"),
    [
        (True, Duty.DUE, True),
        (True, Duty.PENDING, False),
        (True, Duty.NONE, False),
        (False, Duty.NONE, True),
        (False, Duty.DUE, False),
        (False, Duty.PENDING, True),
    ],
)
def test_a_route_may_be_for_duties_alone_or_for_all_else(under_duty, duty, reaches):
    assert mismatch({"under_duty": under_duty}, proposal(), duty=duty) == ([] if reaches else ["mode-not-covered"])


def test_a_unit_wears_its_own_hats_beside_those_of_the_body():
    asked = proposal(party("council", "market"))

    assert mismatch({"from": ["warden"]}, asked) == mismatch({"from": ["council"]}, asked) == []
    assert mismatch({"from": ["warden"]}, proposal()) == ["discloser-lacks-capacity"]


@pytest.mark.parametrize(
    ("route", "code"),
    [
        ({"to": ["company"]}, None),
        ({"to": ["acting-on-behalf-of"]}, None),
        ({"to": ["council"]}, "recipient-lacks-capacity"),
        ({"to": ["council"], "reaches_agents": True}, None),
        ({"not_to": ["council"], "reaches_agents": True}, "recipient-lacks-capacity"),
        ({"not_to": ["council"]}, None),
    ],
)
def test_whoever_acts_for_another_receives_as_itself_unless_the_route_reaches_agents(route, code):
    asked = proposal("police", party("company", acting_for="council"))

    assert mismatch(route, asked) == ([code] if code else [])


def test_the_party_that_is_tested_is_the_principal():
    asked = proposal("police", party("company", acting_for="council"))
    route = {"step": "basis", "end": "recipient", "party": ["council"]}

    assert mismatch(route, asked, "recipient") == []
    assert mismatch(route | {"party": ["company"]}, asked, "recipient") == ["recipient-lacks-capacity"]


# ---- the facts a route turns on ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("needed", "barring", "value", "open_", "failed"),
    [
        ("yes", "no", True, (), ()),
        ("yes", "unknown", None, ("court-order",), ()),
        ("unknown", "no", None, ("sealed",), ()),
        ("unknown", "unknown", None, ("sealed", "court-order"), ()),
        ("no", "unknown", False, ("court-order",), ("sealed",)),
        ("unknown", "yes", False, ("sealed",), ("court-order",)),
        ("no", "yes", False, (), ("sealed", "court-order")),
    ],
)
def test_a_route_holds_when_all_it_needs_is_so_and_nothing_bars_it(needed, barring, value, open_, failed):
    one = item(facts={"sealed": needed, "court-order": barring})
    found = weighed({"needs": ["sealed"], "unless": ["court-order"]}, one)

    assert (found.value, found.open, found.failed) == (value, open_, failed)
    assert found.distance == len(open_) + 100 * len(failed)


def test_facts_are_looked_up_at_the_end_that_is_asked():
    route = {"step": "basis", "end": "both", "needs": ["apd"]}

    assert weighed(route, end="discloser").value is True
    assert weighed(route, end="recipient").value is None


# ---- doubts about the law --------------------------------------------------------------------------------------


TO_POLICE = {"to": ["police", "competent-authority"]}


def doubts(path, route=None, asked=None, said=None, **more):
    """What has yet to be confirmed before a route of an entry that doubts `path` counts."""
    one = entry("act", route or {}, {"id": "beside"}, unconfirmed=[path], **more)
    return weigh_of(law(one, said=said), asked)


def weigh_of(register, asked=None):
    provision = register.provision("act")
    return case(asked, register).weigh(provision, provision.routes[0], item(), "discloser").doubts


@pytest.mark.parametrize(
    ("path", "change", "doubted"),
    [
        ("note.what-i-heard", {}, False),
        ("in_force.from", {"on": date(2026, 11, 16)}, True),
        ("in_force.from", {"on": date(2027, 2, 28)}, True),
        ("in_force.from", {"on": date(2027, 3, 1)}, False),
        ("extent.E", {}, True),
        ("extent.W", {}, False),
        ("extent.W", {"extent": "W"}, True),
        ("purposes.safety", {}, True),
        ("purposes.care", {}, False),
        ("routes.route-1.wording", {}, True),
        ("routes.route-1", {}, True),
        ("routes.beside.wording", {}, False),
        ("from.members.council", {}, True),
        ("from.members.police", {}, False),
        ("to.members.police", {}, True),
        ("to.members.council", {}, False),
        ("from.council", {}, True),
        ("from.public", {}, False),
        ("to.police", {}, True),
        ("to.public", {}, False),
        ("wording", {}, True),
        ("some.other.path", {}, True),
    ],
)
def test_a_doubt_matters_only_where_another_value_would_change_something(path, change, doubted):
    route = {"from": ["council", "clinic"], "to": ["police", "clinic"]}
    found = doubts(path, route, proposal(**change), in_force=[{"from": "2026-03-01"}])

    assert found == ((f"act.{path}",) if doubted else ())


def test_a_match_that_rests_on_a_second_capacity_does_not_turn_on_a_doubtful_one():
    assert doubts("to.police", TO_POLICE) == ()
    assert doubts("to.police", TO_POLICE | {"to": ["police"]}) == ("act.to.police",)


@pytest.mark.parametrize(
    ("on", "doubted"),
    [(date(2026, 2, 28), False), (date(2026, 3, 1), True), (date(2027, 2, 28), True), (date(2027, 3, 1), False)],
)
def test_the_doubt_about_a_start_matters_for_a_year_from_it(on, doubted):
    periods = [{"until": "2026-01-01"}, {"from": "2026-03-01"}]

    assert bool(doubts("in_force.from", asked=proposal(on=on), in_force=periods)) is doubted


def test_the_doubt_about_a_start_is_about_the_start_that_is_given():
    assert doubts("in_force.from", in_force=[{}]) == ()
    assert doubts("in_force.from", in_force=[{"until": "2015-01-01"}, {"from": "2026-11-01"}]) == ("act.in_force.from",)


def test_an_entry_to_be_confirmed_is_doubted_as_a_whole():
    assert weigh_of(law(entry("act", {}, evidence="to-confirm"))) == ("act.evidence",)


def test_the_doubt_about_confidence_is_no_doubt_about_the_power():
    assert weigh_of(law(entry("act", {}, sets_aside_confidence="unconfirmed"))) == ()


@pytest.mark.parametrize(
    ("of_base", "found"),
    [
        ({"evidence": "to-confirm"}, ("base.evidence",)),
        ({"unconfirmed": ["wording"]}, ("base.wording",)),
        ({"unconfirmed": ["routes.route-1.wording"]}, ()),
        ({"sets_aside_confidence": "unconfirmed"}, ()),
        ({"evidence": "to-confirm", "unconfirmed": ["wording"]}, ("base.evidence", "base.wording")),
    ],
)
def test_what_rests_on_a_doubtful_entry_is_doubtful(of_base, found):
    base = entry("base", {}, **of_base)

    assert weigh_of(law(entry("act", {}, rests_on=["base"]), base)) == found


def test_what_rests_on_an_entry_the_register_lacks_rests_on_nothing_doubtful():
    assert weigh_of(law(entry("act", {}, rests_on=["gone"]))) == ()


@pytest.mark.parametrize(("effect", "value", "distance"), [("allows", None, 1), ("lifts", None, 1), ("bars", True, 0)])
def test_a_doubt_makes_an_opening_uncertain_and_leaves_a_bar_standing(effect, value, distance):
    register = law(entry("act", {"effect": effect, "needs": ["list-of-people"]}, evidence="to-confirm"))
    provision = register.provision("act")
    found = case(proposal(scope="list"), register).weigh(provision, provision.routes[0], item(), "discloser")

    assert (found.value, found.doubts, found.distance) == (value, ("act.evidence",), distance)


def test_a_doubt_does_not_soften_a_condition_that_is_not_met():
    found = weighed_once({"needs": ["list-of-people"]}, evidence="to-confirm")

    assert (found.value, found.distance) == (False, 101)


def weighed_once(route, **more):
    register = law(entry("act", route, **more))
    provision = register.provision("act")
    return case(register=register).weigh(provision, provision.routes[0], item(), "discloser")


def test_a_confirmation_settles_a_doubt_and_only_that_one():
    one = entry("act", {}, evidence="to-confirm", unconfirmed=["wording"])

    assert weigh_of(law(one, said={"act.wording": True})) == ("act.evidence",)
    assert weigh_of(law(one, said={"act.wording": True, "act.evidence": True})) == ()
    assert weigh_of(law(one, said={"other.wording": True})) == ("act.evidence", "act.wording")


def test_a_confirmed_entry_counts():
    register = law(entry("act", {}, evidence="to-confirm"), drop=("watch-s1",), said={"act.evidence": True})

    assert told(power_or_duty(case(register=register), item())[0]) == (True, [("met", "act")])


def test_an_entry_that_an_officer_says_is_not_so_is_taken_away():
    register = law(entry("act", {}, evidence="to-confirm"), drop=("watch-s1",), said={"act.evidence": False})

    assert told(power_or_duty(case(register=register), item())[0]) == (None, [("no-route-known", "")])


def test_a_bar_that_an_officer_says_is_not_so_no_longer_bites():
    bar = entry("ban", {"step": "prohibition", "effect": "bars"}, evidence="to-confirm")

    assert case(register=law(bar)).weighed(Step.PROHIBITION, "bars", item())
    assert not case(register=law(bar, said={"ban.evidence": False})).weighed(Step.PROHIBITION, "bars", item())


def test_a_no_on_something_that_is_not_in_doubt_changes_nothing():
    assert mismatch_with(law(entry("act", {}), said={"act.evidence": False})) == []


def test_a_no_on_setting_confidence_aside_leaves_the_power():
    register = law(entry("act", {}, sets_aside_confidence="unconfirmed"), said={"act.sets_aside_confidence": False})

    assert mismatch_with(register) == []


def mismatch_with(register):
    provision = register.provision("act")
    return case(register=register).mismatch(provision, provision.routes[0], item(), "discloser", Duty.NONE)


@pytest.mark.parametrize(
    ("says", "said", "found"),
    [
        ("yes", None, ()),
        ("no", None, ()),
        ("unconfirmed", None, ("act.sets_aside_confidence",)),
        ("unconfirmed", {"act.sets_aside_confidence": True}, ()),
    ],
)
def test_whether_a_power_lifts_confidence_may_be_the_doubt(says, said, found):
    register = law(entry("act", {}, sets_aside_confidence=says), said=said)

    assert case(register=register).confidence_doubt(register.provision("act")) == found


@pytest.mark.parametrize(("value", "expected"), [(True, None), (None, None), (False, False)])
def test_the_doubt_about_confidence_opens_only_what_would_hold(value, expected):
    register = law(entry("act", {}, sets_aside_confidence="unconfirmed"))
    provision = register.provision("act")
    power = Weighed(provision, provision.routes[0], "discloser", value, doubts=("act.other",))
    found = Weighed.lifting_confidence(case(register=register), power)

    assert (found.value, found.doubts) == (expected, ("act.other", "act.sets_aside_confidence"))


# ---- agreements ---------------------------------------------------------------------------------------------------


def covered(*agreements, asked=None, of=None):
    return [
        (one.agreement.id, flow.id) for one, flow in case(asked, agreements=agreements).covering_flows(of or item())
    ]


def test_a_flow_covers_what_it_promises_between_its_parties():
    assert covered(signed()) == [(WATCH, "daily")]
    assert covered(signed(), of=item("health")) == []
    assert covered(signed(), asked=proposal("police", "council")) == []
    assert covered(signed(), asked=proposal("council", "clinic")) == []


def test_a_flow_for_a_wider_purpose_covers_a_narrower_one():
    assert covered(signed(), asked=proposal(purpose="patrols")) == [(WATCH, "daily")]
    assert covered(signed({"purpose": "patrols"})) == []


@pytest.mark.parametrize(
    ("on", "yes"),
    [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)],
)
def test_an_agreement_covers_within_its_term(on, yes):
    assert bool(covered(signed(), asked=proposal(on=on))) is yes


@pytest.mark.parametrize(
    "more", [{"suspended": [{"from": "2026-11-01", "until": "2026-12-01"}]}, {"withdrawn": "2026-11-16"}]
)
def test_a_suspended_or_withdrawn_agreement_covers_nothing(more):
    assert covered(signed(**more)) == []


@pytest.mark.parametrize("more", [{"suspended": [{"until": "2026-11-16"}]}, {"withdrawn": "2026-11-17"}])
def test_a_suspension_that_is_over_or_a_withdrawal_to_come_leaves_it_in_force(more):
    assert covered(signed(**more)) == [(WATCH, "daily")]


@pytest.mark.parametrize(
    ("flow", "yes"),
    [
        ({"from_date": "2026-11-16"}, True),
        ({"from_date": "2026-11-17"}, False),
        ({"until_date": "2026-11-16"}, False),
        ({"until_date": "2026-11-17"}, True),
    ],
)
def test_a_flow_may_have_days_of_its_own(flow, yes):
    assert bool(covered(signed(flow))) is yes


@pytest.mark.parametrize("by", [("council",), ("police",), ()])
def test_an_agreement_that_one_has_not_signed_covers_nothing(by):
    assert covered(signed(by=by)) == []


@pytest.mark.parametrize(("when", "yes"), [(DAY, True), (date(2026, 11, 17), False)])
def test_a_signature_counts_from_its_day(when, yes):
    assert bool(covered(signed(signed_on={"police": when}))) is yes


@pytest.mark.parametrize(
    ("change", "yes"),
    [
        ({"joined": "2026-11-16"}, True),
        ({"joined": "2026-11-17"}, False),
        ({"left": "2026-11-16"}, False),
        ({"left": "2026-11-17"}, True),
    ],
)
def test_a_party_that_has_not_joined_or_has_left_is_not_covered(change, yes):
    parties = [
        {"called": "council", "partner": partner("council")},
        {"called": "police", "partner": partner("police"), **change},
    ]

    assert bool(covered(signed(parties=parties))) is yes


def never(asked=None, of=None, agreements=None, **clause):
    text = {"id": "no", "text": "No.", **clause}
    found = case(asked, agreements=agreements or (signed(never=[text]),)).clauses_against(of or item())
    return [(one.agreement.id, clause.id) for one, clause in found]


@pytest.mark.parametrize(
    ("clause", "against"),
    [
        ({"items": ["small.example/item/name"]}, True),
        ({"items": ["small.example/item/address"]}, False),
        ({"kinds": ["personal"]}, True),
        ({"kinds": ["special-category"]}, False),
        ({"kinds": ["personal"], "to": ["police"]}, True),
        ({"kinds": ["personal"], "to": ["council"]}, False),
        ({"kinds": ["personal"], "purposes": ["safety"]}, True),
        ({"kinds": ["personal"], "purposes": ["care"]}, False),
    ],
)
def test_a_clause_says_no_to_what_it_names(clause, against):
    assert never(**clause) == ([(WATCH, "no")] if against else [])


@pytest.mark.parametrize(
    ("consent", "order", "against"),
    [
        ("yes", "yes", False),
        ("yes", "no", True),
        ("no", "yes", True),
        ("yes", "unknown", True),
        ("unknown", "unknown", True),
    ],
)
def test_a_clause_gives_way_only_where_all_its_exceptions_hold(consent, order, against):
    of = item(facts={"consent": consent, "court-order": order})

    assert bool(never(of=of, kinds=["personal"], unless=["consent", "court-order"])) is against


def test_a_clause_of_an_agreement_that_does_not_stand_says_nothing():
    clause = {"id": "no", "kinds": ["personal"], "text": "No."}

    assert never(agreements=(signed(never=[clause], by=("council",)),)) == []


@pytest.mark.parametrize(
    ("mode", "routes", "needed"),
    [
        ("feed", ({},), True),
        ("feed", (), True),
        ("push", (), False),
        ("push", ({},), False),
        ("push", ({"agreement": "required"},), True),
        ("push", ({"agreement": "required"}, {}), False),
        ("push", ({"agreement": "not-needed"},), False),
        ("push", ({"agreement": "required"}, {"agreement": "not-needed"}), False),
        ("feed", ({"agreement": "not-needed"},), False),
        ("feed", ({"agreement": "not-needed"}, {}), False),
        ("feed", ({"agreement": "required"},), True),
        ("feed", ({"agreement": "not-needed", "needs": ["sealed"]},), True),
        ("feed", ({"agreement": "not-needed", "needs": ["court-order"]},), True),
        ("push", ({"agreement": "required"}, {"needs": ["court-order"]}), True),
        ("push", ({"agreement": "required"}, {"needs": ["sealed"]}), True),
        ("push", ({"agreement": "required", "needs": ["sealed"]}, {"needs": ["sealed"]}), False),
        ("push", ({"agreement": "required", "needs": ["sealed"]},), True),
        ("push", ({"agreement": "required", "needs": ["court-order"]},), False),
    ],
)
def test_an_agreement_is_needed_for_a_feed_or_where_every_power_that_counts_asks_for_one(mode, routes, needed):
    register = law(entry("act", *routes), drop=("watch-s1",))
    asked = proposal(mode=mode, facts={"court-order": "no"})

    assert case(asked, register).agreement_needed(item()) is needed


@pytest.mark.parametrize(
    ("agreements", "why"),
    [
        ((), "agreement-missing"),
        ((signed(),), "agreement-missing"),  # stands between them, for other items
        ((signed(by=("council",)),), "agreement-party-not-signed"),
        ((signed(by=()),), "agreement-party-not-signed"),
        ((signed(term={"from": "2025-01-01", "until": "2026-11-16"}),), "agreement-expired"),
        ((signed(withdrawn="2026-11-16"),), "agreement-expired"),
        ((signed(term={"from": "2025-01-01", "until": "2026-11-16"}), signed(by=("council",))), "agreement-expired"),
        (
            (
                signed(
                    parties=[
                        {"called": "council", "partner": partner("council")},
                        {"called": "police", "class_of_person": "police"},
                    ]
                ),
            ),
            "agreement-missing",
        ),
    ],
)
def test_why_there_is_no_agreement_is_told_apart(agreements, why):
    asked = case(proposal(mode="feed", items=[item("health")]), agreements=agreements)
    found = agreement_step(asked, item("health"), Duty.NONE)

    assert (found.value, brief(found.reasons)) == (None, [(why, "")])


OVER = {"mode": "keep", "received": date(2025, 11, 16)}


@pytest.mark.parametrize(
    ("receiver", "one", "more", "past"),
    [
        ("police", "name", OVER, True),
        ("police", "name", OVER | {"received": date(2025, 11, 17)}, False),
        ("police", "name", OVER | {"received": None}, False),
        ("police", "name", OVER | {"mode": "within"}, False),
        ("council", "name", OVER, False),
        ("police", "health", OVER, False),
    ],
)
def test_what_is_kept_is_kept_for_the_time_of_the_flow_it_came_by(receiver, one, more, past):
    asked = case(proposal(receiver, receiver, **more), agreements=(signed(by=()),))
    found = [(each.agreement.id, flow.id) for each, flow in asked.kept_too_long(item(one))]

    assert found == ([(WATCH, "daily")] if past else [])


@pytest.mark.parametrize(
    ("retention", "past"),
    [({"for": "P1Y"}, True), ({"for": "P2Y"}, False), ({"or_until": "the case is closed"}, False), (None, False)],
)
def test_a_flow_without_a_length_of_keeping_ends_no_keeping(retention, past):
    asked = case(proposal("police", "police", **OVER), agreements=(signed({"retention": retention}),))

    assert bool(list(asked.kept_too_long(item()))) is past


def test_a_signed_agreement_has_a_place_in_its_life():
    later = date(2027, 6, 1)

    assert signed().state_on(DAY) == "in-force"
    assert signed().state_on(date(2026, 12, 15)) == "under-review"
    assert signed(review={}).state_on(date(2026, 12, 15)) == "in-force"
    assert signed().state_on(date(2025, 6, 1)) == "signed"
    assert signed(by=("council",)).state_on(DAY) == "circulated"
    assert signed(by=()).state_on(DAY) == "draft"
    assert signed().state_on(later) == "lapsed"
    assert signed(withdrawn="2026-12-01").state_on(later) == "withdrawn"
    assert signed(withdrawn="2027-03-01").state_on(later) == "lapsed"
    assert signed(term={"from": "2026-01-01"}).state_on(later) == "under-review"


def test_equal_cases_have_equal_decisions():
    one, other = world(judgements=YES), world(judgements=YES)

    assert one.case(proposal()) == other.case(proposal())
    assert one.decide(proposal()) == other.decide(proposal())


def test_an_agreement_is_found_again_whatever_else_stands():
    other = signed(id="small.example/agreement/other")
    both = replace(case(), agreements=(other, signed()))

    assert isinstance(both.agreements[0], SignedAgreement)
    assert [one.agreement.id for one, _ in both.covering_flows(item())] == ["small.example/agreement/other", WATCH]


def test_an_agreement_never_makes_a_share_of_what_has_no_power():
    found = world(law(drop=("watch-s1",)), YES, (signed(),)).decide(proposal())

    assert (found.answers[0].outcome, brief(found.answers[0].against)) == (Outcome.REFER, [("no-route-known", "")])


@pytest.mark.parametrize("path", ["routes.route-1.wording", "to.council", "who"])
def test_an_officers_no_takes_away_what_turns_on_it(path):
    asked = proposal("police", "council")
    register = law(entry("act", {"to": ["council"]}, unconfirmed=[path]), said={f"act.{path}": False})
    provision = register.provision("act")

    found = case(asked, register).mismatch(provision, provision.routes[0], asked.items[0], "discloser", Duty.NONE)
    assert found == ["instrument-not-in-force"]
