"""What would turn a no into a yes: each kind of remedy, the order they are tried in, and that each one works."""

from dataclasses import replace

import pytest

from comity.check.reference import answer
from comity.check.remedy import RANK, SEARCHES, Remedy, answer_tests, applied, remedies, remedy
from comity.terms import Outcome
from tests.unit.check.small import (
    LAW,
    PARTNERSHIP,
    YES,
    entry,
    item,
    judgement,
    law,
    party,
    proposal,
    signed,
    world,
)

ONLY_THE_NAMED = entry("forms", {"step": "prohibition", "effect": "bars", "forms": ["depersonalised", "aggregate"]})
"""With this, no other form is a way out."""


def found(asked=None, *entries, judgements=YES, agreements=(), drop=(), partnership=PARTNERSHIP):
    """The remedy for the first item, after applying every change that is tried until it."""
    asked = asked or proposal()
    here = world(law(*entries, drop=drop), judgements, agreements, partnership)
    return remedies(here, asked, here.decide(asked).answers)[asked.items[0].item]


def barred_where(route, **more):
    return entry("ban", {"step": "prohibition", "effect": "bars", **route}, kind="prohibition", **more)


# ---- answer a test --------------------------------------------------------------------------------


def test_open_questions_are_to_be_answered():
    assert found(judgements=()) == Remedy(
        "answer-a-test",
        "Answer necessary, proportionate (the information lead or the case officer or the keeper of keys). Then: "
        "share.",
        Outcome.SHARE,
    )


def test_only_whoever_may_judge_can_reconsider_a_no():
    assert found(judgements=(judgement("necessary", "no"), YES[1])) == Remedy(
        "answer-a-test",
        "Only somebody who may judge necessary (the information lead or the case officer or the keeper of keys) can "
        "reconsider. "
        "Then: share.",
        Outcome.SHARE,
    )


def test_a_question_put_twice_is_answered_once():
    assert found(None, entry("act", {"needs": ["necessary"]}), drop=("watch-s1",), judgements=YES[1:]).sentence == (
        "Answer necessary (the information lead or the case officer or the keeper of keys). Then: share."
    )


def test_a_remedy_may_only_bring_it_before_a_person():
    found_ = found(proposal(items=[item("health")]), judgements=(judgement("necessary", "no"), YES[1]))

    assert found_ == Remedy(
        "answer-a-test",
        "Only somebody who may judge necessary (the information lead or the case officer or the keeper of keys) can "
        "reconsider. "
        "Then a person can decide.",
        Outcome.REFER,
    )


BY_THE_CLINIC = tuple(judgement(test, by="clinic") for test in ("necessary", "proportionate"))


def test_the_offices_are_those_that_the_body_has():
    asked = proposal("clinic")

    assert found(asked, entry("act", {"needs": ["blessed"]}), judgements=BY_THE_CLINIC, drop=("watch-s1",)) == Remedy(
        "answer-a-test", "Answer blessed (the guardian). Then: share.", Outcome.SHARE
    )


def test_where_nobody_may_answer_all_one_for_each_is_named():
    act = entry("act", {"needs": ["blessed", "author-agrees"]})

    assert found(proposal("clinic"), act, judgements=BY_THE_CLINIC, drop=("watch-s1",)).sentence == (
        "Answer author-agrees, blessed (whoever wrote it or the guardian). Then: share."
    )


def test_somebody_at_neither_end_may_have_to_agree():
    assert found(None, entry("act", {"needs": ["author-agrees"]}), drop=("watch-s1",)) == Remedy(
        "answer-a-test", "Answer author-agrees (whoever wrote it). Then: share.", Outcome.SHARE
    )


def test_where_nobody_may_answer_no_answer_is_supposed():
    assert found(None, entry("act", {"needs": ["blessed"]}), ONLY_THE_NAMED, drop=("watch-s1",)).kind == "none"


def test_where_one_answer_raises_the_next_question_both_are_put():
    """Necessity makes the duty due; under a duty the basis asks something of its own."""
    register = (
        entry("must", {"needs": ["necessary"], "duty": True}),
        entry("calm", {"step": "basis", "end": "both", "under_duty": False}),
        entry("bound", {"step": "basis", "under_duty": True, "needs": ["harmless"]}),
    )

    assert found(None, *register, judgements=YES[1:], drop=("watch-s1", "basis-6")) == Remedy(
        "answer-a-test", "Answer necessary, harmless (the information lead). Then: share.", Outcome.SHARE
    )


@pytest.mark.parametrize(("length", "rounds"), [(1, 1), (2, 2), (5, 5), (6, 5)])
def test_a_chain_of_questions_is_followed_for_five_rounds(length, rounds):
    """Here a yes closes the route that asked, and the next nearest asks something else."""
    tests = ["overriding", "reidentification-risk", "harmless", "blessed", "urgent", "author-agrees"][:length]
    facts = ["sealed", "court-order", "consent", "deceased", "routine", "child"]
    routes = [{"unless": [test, *facts[:at]]} for at, test in enumerate(tests)]
    asked = proposal("clinic", items=[item(facts={"deceased": "unknown", "routine": "unknown"})])
    here = world(law(entry("act", *routes), drop=("watch-s1",)), BY_THE_CLINIC)
    changes = list(answer_tests(here, asked, asked.items[0], here.decide(asked).answers[0]))

    assert len(changes) == rounds
    assert changes[-1].sentence.startswith(f"Answer {', '.join(tests[:rounds])} (")
    assert [one.test for one in changes[-1].world.judgements[2:]] == tests[:rounds]


# ---- ask for less -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["list", "class", "bulk", "whole-population"])
def test_one_person_at_a_time_may_go_where_a_list_may_not(scope):
    ban = barred_where({"needs": ["list-of-people"]})

    assert found(proposal(scope=scope), ban) == Remedy(
        "narrower", "Ask for one named person at a time. Then: share.", Outcome.SHARE
    )


@pytest.mark.parametrize(
    ("scope", "kind"), [("bulk", "say-why"), ("whole-population", "say-why"), ("class", "none"), ("one-case", "none")]
)
def test_a_reason_may_be_all_that_is_missing_for_a_whole_population(scope, kind):
    ban = barred_where({"unless": ["need-stated"]})

    assert found(proposal(scope=scope), ban, ONLY_THE_NAMED).kind == kind


def test_the_reason_to_give_is_said():
    ban = barred_where({"unless": ["need-stated"]})

    assert found(proposal(scope="bulk"), ban) == Remedy(
        "say-why", "Say what it is needed for. Then: share.", Outcome.SHARE
    )


def test_where_a_reason_was_given_another_is_no_remedy():
    ban = barred_where({"needs": ["need-stated"]})

    assert found(proposal(scope="bulk", need="a reason"), ban, ONLY_THE_NAMED).kind == "none"


# ---- another form -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("forms", "sentence"),
    [
        (
            ["identifiable"],
            (
                "Send it without anything that identifies a person, once somebody has judged that it identifies nobody "
                "(reidentification-risk)."
            ),
        ),
        (
            ["identifiable", "depersonalised"],
            "Send it as counts, once somebody has judged that it identifies nobody (reidentification-risk).",
        ),
    ],
)
def test_it_may_go_in_a_form_that_identifies_nobody(forms, sentence):
    ban = barred_where({"forms": forms})

    assert found(None, ban) == Remedy("other-form", f"{sentence} Then: share.", Outcome.SHARE)


def test_what_names_a_person_by_itself_has_no_other_form():
    ban = barred_where({"forms": ["identifiable"]})
    names = {"step": "people", "effect": "bars", "kinds": ["identity"], "forms": ["depersonalised"]}

    assert found(None, ban, entry("names", names | {"reason": "reidentification-risk"})).kind == "none"
    assert found(None, ban, entry("text", names | {"unless": ["both-agree"]})).kind == "other-form"


@pytest.mark.parametrize("form", ["depersonalised", "aggregate"])
def test_what_identifies_nobody_already_has_no_other_form(form):
    asked = proposal(items=[item(form=form)])

    assert (
        found(asked, barred_where({"forms": [form]}), judgements=(*YES, judgement("reidentification-risk"))).kind
        == "none"
    )


def test_only_the_item_in_question_changes_its_form():
    ban = barred_where({"forms": ["identifiable"], "items": ["name"]})
    asked = proposal(items=[item("address"), item("name")])
    here = world(law(ban), YES)
    told = remedies(here, asked, here.decide(asked).answers)

    assert {id: one.kind for id, one in told.items()} == {item("name").item: "other-form"}


# ---- another route ------------------------------------------------------------------------------------


CLOSED = entry("closed", {"to": ["clinic"], "closed": True})


def test_it_may_have_to_be_asked_for_under_a_duty():
    duties = (
        entry("calm", {"duty": True, "needs": ["bulk"]}),
        entry("optional", {"on_request": True, "needs": ["bulk"]}),
        entry("must", {"duty": True, "on_request": True, "requested_under": ["must"]}),
    )

    assert found(None, CLOSED, ONLY_THE_NAMED, *duties, drop=("watch-s1",)) == Remedy(
        "other-route", "Ask for it under must Act. Then: share.", Outcome.SHARE
    )


@pytest.mark.parametrize(
    ("audience", "kind"), [("open", "narrower-audience"), ("public", "narrower-audience"), ("vetted-scheme", "none")]
)
def test_a_narrower_audience_may_receive_what_everybody_may_not(audience, kind):
    ban = barred_where({"audiences": ["open", "public", "vetted-scheme"]})

    assert found(proposal(audience=audience, mode="publication"), ban).kind == kind


def test_a_narrower_audience_is_given_it_by_hand():
    ban = barred_where({"modes": ["publication"]})
    other = barred_where({"audiences": ["open"]}) | {"id": "other"}

    assert found(proposal(audience="open", mode="publication"), ban, other) == Remedy(
        "narrower-audience", "Share it with a vetted scheme or named people instead. Then: share.", Outcome.SHARE
    )


# ---- consent --------------------------------------------------------------------------------------------


def test_consent_may_let_it_go():
    ban = barred_where({"unless": ["consent"]})

    assert found(proposal(facts={"consent": "no"}), ban, ONLY_THE_NAMED) == Remedy(
        "consent", "Ask the person; with consent recorded it can go. Then: share.", Outcome.SHARE
    )


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ("hmrc-consent", "Ask HMRC to agree."),
        ("dwp-consent", "Ask the DWP to agree."),
        ("nca-consent", "Ask the NCA to agree."),
        ("intelligence-service-consent", "Ask the service it came from to agree."),
        ("written-consent", "Ask the complainant for written consent."),
    ],
)
def test_whoever_first_gave_it_may_agree(fact, sentence):
    here = world(law(), YES)
    words = here.law.vocabulary
    asks = words.facts[0].model_copy(update={"id": fact, "offices": (), "question": "Agreed?"})
    known = replace(here.law, vocabulary=words.model_copy(update={"facts": (*words.facts, asks)}))
    ban = law(barred_where({}), ONLY_THE_NAMED).provisions
    ban["ban"] = ban["ban"].model_copy(
        update={"routes": (ban["ban"].routes[0].model_copy(update={"unless": (fact,)}),)}
    )
    here, asked = replace(here, law=replace(known, provisions=ban)), proposal(facts={fact: "no"})

    assert remedy(here, asked, asked.items[0], answer(here.case(asked), asked.items[0])) == Remedy(
        "consent", f"{sentence} Then: share.", Outcome.SHARE
    )


# ---- safeguards -------------------------------------------------------------------------------------------


HEALTH = [item("health")]
ANY_POWER = entry("all", {})


@pytest.mark.parametrize(
    ("giver", "receiver", "sentence"),
    [
        ("clinic", "company", "Have the receiver put its appropriate policy document in place."),
        ("company", "clinic", "Put your appropriate policy document in place."),
        ("police", "rangers", "Put the appropriate policy documents in place at both ends."),
    ],
)
def test_a_policy_may_be_missing_at_either_end(giver, receiver, sentence):
    asked = proposal(giver, receiver, items=HEALTH)
    here = world(law(ANY_POWER, ONLY_THE_NAMED), (*(replace_by(one, asked) for one in YES),))
    answered = here.decide(asked).answers[0]

    assert remedy(here, asked, asked.items[0], answered).sentence.startswith(sentence)


def replace_by(judged, asked):
    """The same answer from the keeper of keys of the party that gives it, since anybody may have one."""
    return judged.model_copy(update={"partner": asked.discloser.partner, "office": "keeper"})


def test_one_policy_of_two_brings_it_no_further_than_it_helps():
    found_ = found(proposal("council", "police", items=HEALTH), ONLY_THE_NAMED)

    assert found_ == Remedy(
        "safeguard", "Have the receiver put its appropriate policy document in place. Then: share.", Outcome.SHARE
    )


def test_the_policy_of_an_agent_is_its_principals():
    bare = PARTNERSHIP.model_copy(
        update={
            "partners": tuple(
                one.model_copy(update={"facts": ()}) if one.called == "council" else one for one in PARTNERSHIP.partners
            )
        }
    )
    asked = proposal("clinic", party("company", acting_for="council"), items=HEALTH)
    judged = (judgement("necessary", by="clinic"), judgement("proportionate", by="clinic"))

    assert found(asked, ANY_POWER, ONLY_THE_NAMED, judgements=judged, partnership=bare).kind == "safeguard"


FEED = proposal(mode="feed")


@pytest.mark.parametrize(
    "agreements",
    [
        (signed(by=()),),
        (signed(withdrawn="2026-06-01"),),
        (signed(term={"from": "2025-01-01", "until": "2026-01-01"}),),
    ],
)
def test_an_agreement_may_have_to_be_signed_or_renewed(agreements):
    other = signed(id="small.example/agreement/other", parties=[{"called": "clinic", "class_of_person": "clinics"}])

    assert found(FEED, agreements=(other, *agreements)) == Remedy(
        "agreement", "Have both parties sign an agreement that is in force for this. Then: share.", Outcome.SHARE
    )


def test_without_an_agreement_a_feed_may_go_by_hand():
    assert found(FEED) == Remedy(
        "by-a-person", "Send it once, by hand, instead of as a standing feed. Then: share.", Outcome.SHARE
    )


def test_a_fact_may_have_to_be_established():
    assert found(None, entry("act", {"needs": ["court-order"]}), ONLY_THE_NAMED, drop=("watch-s1",)) == Remedy(
        "establish-a-fact", "Establish this: Has a court ordered it? Then: share.", Outcome.SHARE
    )


# ---- another discloser ----------------------------------------------------------------------------------------


def test_another_body_may_be_the_one_to_ask():
    assert found(proposal("company")) == Remedy(
        "other-discloser", "Ask The Council, if it holds this for itself. Then: share.", Outcome.SHARE
    )


def test_the_receiver_is_never_asked_for_what_it_wants():
    """Only a police force may give it, and the police want it: that leaves the rangers."""
    judged = tuple(judgement(test, by="rangers") for test in ("necessary", "proportionate"))
    only = entry("act", {"from": ["police"]})

    assert found(proposal("company"), only, drop=("watch-s1",), judgements=judged).sentence == (
        "Ask The Rangers, if it holds this for itself. Then: share."
    )


def test_another_body_is_no_help_where_the_power_is_there():
    ban = barred_where({"from": ["council"]})

    assert found(None, ban).kind == "none"


# ---- none, and the order -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("giver", "whom"), [("council", "the information-governance lead of The Council"), ("rangers", "the rangers' desk")]
)
def test_where_no_remedy_is_known_it_is_said_whom_to_ask(giver, whom):
    asked = proposal(giver)

    assert found(asked, barred_where({})) == Remedy("none", f"No remedy is known. Ask {whom}.", Outcome.WITHHOLD)


def test_without_a_remedy_what_is_referred_stays_so():
    assert found(proposal(purpose="care"), judgements=YES).outcome == Outcome.REFER


def test_what_is_shared_needs_no_remedy():
    here = world(judgements=YES)

    assert remedies(here, proposal(), here.decide(proposal()).answers) == {}


def test_remedies_are_searched_in_a_fixed_order():
    assert [one.__name__ for one in SEARCHES] == [
        "answer_tests",
        "one_at_a_time",
        "other_form",
        "other_route",
        "consent",
        "safeguard",
        "other_discloser",
    ]


@pytest.mark.parametrize(
    ("without", "kind"),
    [
        (set(), "answer-a-test"),
        ({"test"}, "narrower"),
        ({"test", "scope"}, "other-form"),
        ({"test", "scope", "form"}, "other-route"),
        ({"test", "scope", "form", "request"}, "consent"),
    ],
)
def test_the_first_that_works_is_stated(without, kind):
    """One ban that several things lift; without the first of them, the next is stated."""
    ways = {
        "test": {"unless": ["harmless"]},
        "scope": {"needs": ["list-of-people"]},
        "form": {"forms": ["identifiable"]},
        "request": {"on_request": False},
        "consent": {"unless": ["consent"]},
    }
    route = {"unless": []}
    for name, way in ways.items():
        if name not in without:
            route |= way | {"unless": [*route["unless"], *way.get("unless", ())]}
    asked = proposal(scope="list", facts={"consent": "no"})
    judged = (*YES, judgement("harmless", "no"))
    duty = entry("must", {"duty": True, "on_request": True})

    assert found(asked, barred_where(route), duty, judgements=judged).kind == kind


@pytest.mark.parametrize(
    "asked",
    [
        proposal(),
        proposal(mode="feed"),
        proposal("company"),
        proposal(scope="list"),
        proposal(purpose="care"),
        proposal("police", "person"),
        proposal(items=HEALTH),
        proposal(items=[item("diagnosis")]),
        proposal(items=[item("prices")]),
        proposal(audience="open"),
    ],
)
@pytest.mark.parametrize(
    "entries",
    [(), (barred_where({"needs": ["list-of-people"]}),), (CLOSED,), (barred_where({"unless": ["harmless"]}),)],
)
def test_every_change_that_is_stated_works_when_it_is_applied(asked, entries):
    here = world(law(*entries))
    one, answered = asked.items[0], here.decide(asked).answers[0]
    stated = remedy(here, asked, one, answered)
    works = [
        change
        for search in SEARCHES
        for change in search(here, asked, one, answered)
        if RANK[applied(change, one)] > RANK[answered.outcome]
    ]

    assert stated.kind == (works[0].kind if works else "none")
    assert not works or stated.outcome == applied(works[0], one)


def test_a_remedy_changes_nothing_in_the_world():
    here = world(LAW, YES, (signed(by=()),))
    found_ = remedies(here, FEED, here.decide(FEED).answers)

    assert found_[item().item].outcome == Outcome.SHARE
    assert here == world(LAW, YES, (signed(by=()),))
