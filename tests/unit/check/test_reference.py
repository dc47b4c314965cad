"""Each step of the definition alone, on a world small enough to hold in the head; then all of them together."""

from datetime import date

import pytest

from comity.check.reference import (
    agreement,
    answer,
    basis,
    clauses,
    confidence,
    decide,
    necessity,
    people,
    power_or_duty,
    prohibition,
    proportionality,
    protected,
    regime,
    retention,
)
from comity.terms import Duty, Headline, Outcome, Step
from tests.unit.check.small import (
    DAY,
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
    partner,
    party,
    proposal,
    signed,
    told,
)

BAN = entry("ban", {"step": "prohibition", "effect": "bars", "needs": ["sealed"]}, kind="prohibition")
SEALED, NOT_SEALED = {"sealed": "yes"}, {"sealed": "no"}


# ---- 1. people ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "form", "asked"),
    [
        ("name", "identifiable", False),
        ("name", "pseudonymised", False),
        ("name", "depersonalised", True),
        ("name", "aggregate", True),
        ("counts", "identifiable", True),
        ("counts", "aggregate", True),
        ("incident", "identifiable", True),
        ("prices", "identifiable", False),
        ("prices", "aggregate", False),
        ("note", "identifiable", False),
    ],
)
def test_what_is_said_to_identify_nobody_needs_a_persons_word(name, form, asked):
    found = people(case(), item(name, form=form))

    assert told(found) == ((None, [("awaiting-human", "reidentification-risk")]) if asked else (True, []))


def test_the_offices_that_may_say_so_are_named():
    (reason,) = people(case(), item(form="aggregate")).reasons

    assert (reason.step, reason.effect, reason.offices) == (Step.PEOPLE, Outcome.REFER, ("lead", "keeper"))


@pytest.mark.parametrize(
    ("said", "value", "code", "effect"),
    [("yes", True, "met", "share"), ("no", False, "reidentification-risk", "withhold")],
)
def test_the_word_on_recognition_decides(said, value, code, effect):
    found = people(case(judgements=(judgement("reidentification-risk", said),)), item(form="aggregate"))
    (reason,) = found.reasons

    assert found.value is value
    assert (reason.code, reason.effect, reason.judgement, reason.offices) == (
        code,
        effect,
        f"reidentification-risk-{said}",
        (),
    )


def test_a_bar_at_the_first_step_bites_beside_the_word_on_recognition():
    bar = entry("small-counts", {"step": "people", "effect": "bars", "needs": ["sealed"], "reason": "small-numbers"})
    judged = (judgement("reidentification-risk"),)

    found = people(case(register=law(bar), judgements=judged), item("counts", facts=SEALED))

    assert told(found) == (False, [("small-numbers", "small-counts"), ("met", "reidentification-risk")])


# ---- 2. prohibition ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (SEALED, (False, [("prohibited", "ban")])),
        ({}, (None, [("condition-not-known", "ban")])),
        (NOT_SEALED, (True, [])),
    ],
)
def test_a_prohibition_bites_where_its_facts_are_so(facts, expected):
    assert told(prohibition(case(register=law(BAN)), item(facts=facts))) == expected


def test_no_prohibition_is_no_reason():
    assert told(prohibition(case(), item())) == (True, [])


# ---- 3. power or duty ------------------------------------------------------------------------


def power(asked=None, register=None, one=None, **more):
    found, duty = power_or_duty(case(asked or proposal(), register or law(), **more), one or item())
    return *told(found), duty


def test_a_power_that_reaches_it_lets_it_go():
    assert power() == (True, [("met", "watch-s1")], Duty.NONE)


def test_where_the_register_is_silent_a_person_must_look():
    found, duty = power_or_duty(case(proposal(purpose="care")), item())
    (reason,) = found.reasons

    assert (found.value, duty) == (None, Duty.NONE)
    assert (reason.code, reason.effect, reason.rests_on) == ("no-route-known", Outcome.REFER, "")


def test_a_power_whose_condition_is_not_met_is_no_power():
    register = law(entry("act", {"needs": ["court-order"]}), drop=("watch-s1",))

    assert power(proposal(facts={"court-order": "no"}), register) == (False, [("no-power", "act")], Duty.NONE)


def test_a_power_whose_condition_is_not_known_is_open():
    register = law(entry("act", {"needs": ["court-order"]}), drop=("watch-s1",))

    assert power(register=register) == (None, [("condition-not-known", "act")], Duty.NONE)


BESIDE = entry("protocol", {"duty": True, "beside_another": True})


def test_what_counts_only_beside_another_power_makes_a_duty_of_it():
    assert power(register=law(BESIDE)) == (True, [("met", "protocol"), ("met", "watch-s1")], Duty.DUE)


def test_what_counts_only_beside_another_power_opens_nothing_by_itself():
    silent = power(register=law(BESIDE, drop=("watch-s1",)))
    unknown = power(register=law(BESIDE, entry("act", {"needs": ["court-order"]}), drop=("watch-s1",)))

    assert silent == (None, [("no-route-known", "")], Duty.NONE)
    assert unknown == (None, [("condition-not-known", "act")], Duty.NONE)


CLOSED = entry("closed", {"from": ["council"], "to": ["clinic"], "purposes": ["safety"], "closed": True})


def test_a_closed_list_that_leaves_the_receiver_out_is_a_no():
    found = power(register=law(CLOSED, drop=("watch-s1",)))

    assert found == (False, [("recipient-lacks-capacity", "closed")], Duty.NONE)


def test_a_closed_list_that_leaves_both_out_names_both():
    found = power(proposal("company"), law(CLOSED, drop=("watch-s1",)))

    assert found == (False, [("discloser-lacks-capacity", "closed"), ("recipient-lacks-capacity", "closed")], Duty.NONE)


def test_a_closed_list_matters_only_where_no_other_power_holds():
    assert power(register=law(CLOSED)) == (True, [("met", "watch-s1")], Duty.NONE)


def test_a_closed_list_does_not_close_what_another_power_leaves_open():
    register = law(CLOSED, entry("act", {"needs": ["court-order"]}), drop=("watch-s1",))

    assert power(register=register) == (None, [("condition-not-known", "act")], Duty.NONE)


def test_a_closed_list_is_named_before_the_condition_of_another_power():
    register = law(CLOSED, entry("act", {"needs": ["court-order"]}), drop=("watch-s1",))

    found = power(proposal(facts={"court-order": "no"}), register)

    assert found == (False, [("recipient-lacks-capacity", "closed")], Duty.NONE)


@pytest.mark.parametrize("change", [{"purposes": ["care"]}, {"kinds": ["special-category"]}, {"extent": ["W"]}])
def test_a_closed_list_for_something_else_closes_nothing(change):
    closed = entry("closed", {"from": ["council"], "to": ["clinic"], "closed": True} | change)

    assert power(register=law(closed, drop=("watch-s1",)))[1] == [("no-route-known", "")]


def test_an_open_list_that_leaves_the_receiver_out_is_silence():
    listed = entry("listed", {"from": ["council"], "to": ["clinic"], "purposes": ["safety"]})

    assert power(register=law(listed, drop=("watch-s1",)))[:2] == (None, [("no-route-known", "")])


def test_an_entry_may_close_a_list_without_giving_a_power():
    closes = entry("closes", {"effect": "closes", "to": ["clinic"]})

    assert power(register=law(closes, drop=("watch-s1",)))[:2] == (False, [("recipient-lacks-capacity", "closes")])


def test_a_closing_entry_that_names_both_parties_gives_no_power():
    closes = entry("closes", {"effect": "closes", "to": ["police"]})

    assert power(register=law(closes, drop=("watch-s1",)))[:2] == (None, [("no-route-known", "")])


def test_the_closed_list_that_was_cited_comes_first():
    register = law(CLOSED, CLOSED | {"id": "other"}, drop=("watch-s1",))

    assert power(register=register)[1] == [
        ("recipient-lacks-capacity", "closed"),
        ("recipient-lacks-capacity", "other"),
    ]
    assert power(proposal(claimed="other"), register)[1] == [
        ("recipient-lacks-capacity", "other"),
        ("recipient-lacks-capacity", "closed"),
    ]


def test_a_doubtful_closed_list_still_leaves_out_and_says_so():
    doubtful = CLOSED | {"evidence": "to-confirm"}
    found, _ = power_or_duty(case(register=law(doubtful, drop=("watch-s1",))), item())

    assert told(found) == (False, [("recipient-lacks-capacity", "closed")])
    assert found.reasons[0].unconfirmed == ("closed.evidence",)


@pytest.mark.parametrize("mode", ["within", "keep"])
def test_within_one_controller_nothing_leaves(mode):
    found, duty = power_or_duty(case(proposal("council", "council", mode=mode)), item())
    (reason,) = found.reasons

    assert (found.value, reason.code, reason.effect, duty) == (True, "same-controller", Outcome.SHARE, Duty.NONE)
    assert "nobody has said what it is held for" in reason.cites


def test_within_one_controller_nothing_is_assumed_of_what_is_said_to_be_held_for_it():
    found, _ = power_or_duty(case(proposal("council", "council", mode="within", held_for="safety")), item())

    assert found.reasons[0].cites == ""


@pytest.mark.parametrize(
    ("receiver", "more"),
    [
        ("council", {"mode": "push"}),
        ("police", {"mode": "within"}),
        ("council", {"mode": "within", "held_for": "care"}),
    ],
)
def test_another_controller_way_or_use_needs_a_power(receiver, more):
    assert power(proposal("council", receiver, **more))[1] == [("met", "watch-s1")]


def test_within_one_controller_for_the_purpose_it_is_held_for_nothing_leaves():
    assert power(proposal("council", "council", mode="within", held_for="safety"))[1] == [("same-controller", "")]


def test_an_agent_and_its_principal_are_one_controller():
    asked = proposal("council", party("company", acting_for="council"), mode="within")

    assert power(asked)[1] == [("same-controller", "")]


DUTY = {"from": ["council"], "duty": True}


def test_a_duty_that_holds_is_due_and_named_before_a_power():
    assert power(register=law(entry("must", DUTY))) == (True, [("met", "must"), ("met", "watch-s1")], Duty.DUE)


def test_a_duty_that_only_waits_for_a_confirmation_is_pending():
    register = law(entry("must", DUTY, evidence="to-confirm"))

    assert power(register=register) == (True, [("met", "watch-s1")], Duty.PENDING)


@pytest.mark.parametrize("facts", [{}, {"court-order": "no"}])
def test_a_duty_that_waits_for_a_fact_is_none(facts):
    register = law(entry("must", DUTY | {"needs": ["court-order"]}))

    assert power(proposal(facts=facts), register)[2] == Duty.NONE


def test_a_closed_list_leaves_no_duty():
    register = law(entry("must", DUTY | {"needs": ["court-order"]}), CLOSED, drop=("watch-s1",))

    assert power(proposal(facts={"court-order": "no"}), register)[2] == Duty.NONE


def test_a_bar_on_the_power_bites_though_a_power_holds():
    bar = entry("limit", {"effect": "bars", "needs": ["sealed"]})

    assert power(register=law(bar), one=item(facts=SEALED))[:2] == (
        False,
        [("met", "watch-s1"), ("prohibited", "limit")],
    )


# ---- 4. confidence ---------------------------------------------------------------------------


def secret(register=None, asked=None, one=None, **more):
    return told(confidence(case(asked or proposal(), register or law(), **more), one or item("diagnosis")))


NOTHING_LIFTS = {"consent": "no", "list-of-people": "no"}
OVERRIDDEN = (judgement("overriding"),)


@pytest.mark.parametrize("name", ["name", "health", "note"])
def test_what_is_not_held_in_confidence_passes(name):
    assert secret(one=item(name)) == (True, [])


def test_what_identifies_nobody_is_no_longer_a_persons_secret():
    assert secret(one=item("diagnosis", form="aggregate")) == (True, [])


def test_a_trade_secret_stays_one_in_any_form():
    assert secret(one=item("prices", form="aggregate", facts={"consent": "yes"})) == (True, [("met", "secrecy")])


def test_confidence_is_not_touched_where_nothing_leaves():
    assert secret(asked=proposal("council", "council", mode="within")) == (True, [])


def test_consent_sets_confidence_aside():
    assert secret(one=item("diagnosis", facts={"consent": "yes"})) == (True, [("met", "secrecy")])


def test_an_open_question_of_confidence_is_for_a_person():
    assert secret(one=item("diagnosis", facts={"consent": "no"})) == (None, [("awaiting-human", "secrecy")])


def test_where_nothing_sets_confidence_aside_it_stays():
    judged = (judgement("overriding", "no"),)

    assert secret(one=item("diagnosis", facts={"consent": "no"}), judgements=judged) == (
        False,
        [("confidence-not-set-aside", "secrecy")],
    )


def test_where_no_rule_of_confidence_reaches_it_stays():
    register = law(entry("elsewhere", {"step": "confidence", "to": ["clinic"]}), drop=("secrecy",))
    found = confidence(case(register=register), item("diagnosis"))
    (reason,) = found.reasons

    assert (found.value, reason.code, reason.effect, reason.rests_on) == (
        False,
        "confidence-not-set-aside",
        Outcome.WITHHOLD,
        "",
    )


def test_the_public_interest_is_never_weighed_for_a_list():
    asked = proposal(scope="list")

    assert secret(asked=asked, one=item("diagnosis", facts={"consent": "no"}), judgements=OVERRIDDEN)[0] is False


def lifting(says, **more):
    return entry("lifting", {}, sets_aside_confidence=says, **more)


NO_CONSENT = item("diagnosis", facts={"consent": "no"})
REFUSED = (judgement("overriding", "no"),)


@pytest.mark.parametrize(
    ("says", "said", "expected"),
    [
        ("yes", {}, (True, [("met", "lifting")])),
        ("no", {}, (False, [("confidence-not-set-aside", "secrecy")])),
        ("unconfirmed", {}, (None, [("awaiting-confirmation", "lifting")])),
        ("unconfirmed", {"lifting.sets_aside_confidence": True}, (True, [("met", "lifting")])),
    ],
)
def test_a_power_sets_confidence_aside_only_if_it_says_so(says, said, expected):
    assert secret(law(lifting(says), said=said), one=NO_CONSENT, judgements=REFUSED) == expected


def test_the_path_to_confirm_is_named():
    found = confidence(case(register=law(lifting("unconfirmed")), judgements=REFUSED), NO_CONSENT)

    assert found.reasons[0].path == "lifting.sets_aside_confidence"


def test_a_doubtful_power_lifts_confidence_only_once_both_doubts_are_settled():
    register = law(lifting("unconfirmed", evidence="to-confirm"))
    found = confidence(case(register=register, judgements=REFUSED), NO_CONSENT)

    assert [one.path for one in found.reasons] == ["lifting.evidence", "lifting.sets_aside_confidence"]


def test_a_power_that_does_not_hold_lifts_no_confidence_though_it_may_be_in_doubt():
    register = law(entry("lifting", {"needs": ["court-order"]}, sets_aside_confidence="unconfirmed"))

    assert secret(register, proposal(facts={"court-order": "no"}), NO_CONSENT, judgements=REFUSED)[0] is False


@pytest.mark.parametrize(("says", "value"), [("no", False), ("yes", True), ("unconfirmed", None)])
def test_a_duty_lifts_confidence_only_if_it_says_so(says, value):
    register = law(entry("must", DUTY, sets_aside_confidence=says))

    assert secret(register, one=NO_CONSENT, judgements=REFUSED)[0] is value


def test_a_bar_on_confidence_bites_though_it_is_set_aside():
    bar = entry("oath", {"step": "confidence", "effect": "bars", "needs": ["sealed"]})

    found = secret(law(bar), one=item("diagnosis", facts={"consent": "yes", "sealed": "yes"}))

    assert found == (False, [("met", "secrecy"), ("prohibited", "oath")])


# ---- 5. regime ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("giver", "receiver", "purpose", "leaves"),
    [
        ("police", "council", "safety", True),
        ("police", "council", "enforcement", True),
        ("police", "council", "care", False),
        ("police", "rangers", "safety", False),
        ("council", "police", "safety", False),
        ("council", "clinic", "safety", False),
        ("police", "person", "safety", True),
    ],
)
def test_leaving_law_enforcement_rests_on_the_power(giver, receiver, purpose, leaves):
    yes, _ = power_or_duty(case(), item())
    found = regime(case(proposal(giver, receiver, purpose=purpose)), item(), yes)

    assert told(found) == (True, [("met", "dpa-2018-s36")] if leaves else [])


@pytest.mark.parametrize(
    ("giver", "purpose", "held_for", "leaves"),
    [
        ("docks", "care", None, True),
        ("docks", "care", "care", False),
        ("docks", "safety", "care", False),
        ("police", "care", "enforcement", True),
        ("council", "care", "enforcement", False),
    ],
)
def test_what_is_held_for_law_enforcement_leaves_it_whatever_the_new_purpose(giver, purpose, held_for, leaves):
    yes, _ = power_or_duty(case(), item())
    found = regime(case(proposal(giver, "clinic", purpose=purpose, held_for=held_for)), item(), yes)

    assert told(found) == (True, [("met", "dpa-2018-s36")] if leaves else [])


@pytest.mark.parametrize("value", [None, False])
def test_without_the_power_law_enforcement_is_not_left(value):
    power = type(prohibition(case(), item()))(value)
    found = regime(case(proposal("police", "council")), item(), power)

    assert told(found) == (value, [])


@pytest.mark.parametrize("one", [item("note"), item(form="aggregate"), item(facts={"deceased": "yes"})])
def test_what_is_no_personal_data_leaves_no_regime(one):
    power = type(prohibition(case(), item()))(False)

    assert told(regime(case(proposal("police", "council")), one, power)) == (True, [])


# ---- 6. basis and conditions ---------------------------------------------------------------------


@pytest.mark.parametrize("end", ["discloser", "recipient"])
def test_each_end_needs_a_basis_of_its_own(end):
    found = basis(case(), item(), end, Duty.NONE)
    (reason,) = found.reasons

    assert (found.value, reason.code, reason.rests_on, reason.end) == (True, "met", "basis-6", end)


@pytest.mark.parametrize("end", ["discloser", "recipient"])
def test_where_no_basis_reaches_an_end_it_stays(end):
    register = law(entry("elsewhere", {"step": "basis", "end": "both", "party": ["company"]}), drop=("basis-6",))
    found = basis(case(register=register), item(), end, Duty.NONE)
    (reason,) = found.reasons

    assert (found.value, reason.code, reason.rests_on, reason.end) == (False, "no-dp-basis", "", end)


@pytest.mark.parametrize(
    ("only", "end", "value"),
    [
        ("discloser", "discloser", True),
        ("discloser", "recipient", False),
        ("recipient", "discloser", False),
        ("recipient", "recipient", True),
    ],
)
def test_a_basis_for_one_end_is_none_for_the_other(only, end, value):
    register = law(entry("own", {"step": "basis", "end": only}), drop=("basis-6",))

    assert basis(case(register=register), item(), end, Duty.NONE).value is value


@pytest.mark.parametrize(
    ("giver", "receiver", "end"), [("person", "council", "discloser"), ("council", "person", "recipient")]
)
def test_a_private_person_needs_no_basis(giver, receiver, end):
    found = case(proposal(giver, receiver), law(drop=("basis-6",)))

    assert told(basis(found, item(), end, Duty.NONE)) == (True, [])


@pytest.mark.parametrize("one", [item("note"), item(form="depersonalised"), item(facts={"deceased": "yes"})])
def test_what_is_no_personal_data_needs_no_basis(one):
    assert told(basis(case(register=law(drop=("basis-6",))), one, "discloser", Duty.NONE)) == (True, [])


@pytest.mark.parametrize(
    ("end", "duty", "value"),
    [
        ("discloser", Duty.DUE, True),
        ("discloser", Duty.NONE, False),
        ("discloser", Duty.PENDING, False),
        ("recipient", Duty.DUE, False),
    ],
)
def test_a_duty_is_a_basis_for_the_discloser_alone(end, duty, value):
    register = law(entry("by-duty", {"step": "basis", "end": "both", "under_duty": True}), drop=("basis-6",))

    assert basis(case(register=register), item(), end, duty).value is value


@pytest.mark.parametrize(
    ("name", "step", "asked"),
    [
        ("health", Step.SPECIAL_CATEGORY, True),
        ("health", Step.CRIMINAL_OFFENCE, False),
        ("offence", Step.CRIMINAL_OFFENCE, True),
        ("offence", Step.SPECIAL_CATEGORY, False),
        ("name", Step.SPECIAL_CATEGORY, False),
    ],
)
def test_protected_kinds_need_a_condition(name, step, asked):
    found = protected(case(), item(name), "discloser", step)

    assert (found.value, bool(found.reasons)) == (True, asked)


@pytest.mark.parametrize(
    ("giver", "receiver", "end", "expected"),
    [
        ("council", "clinic", "discloser", (True, [("met", "condition-9")])),
        ("council", "clinic", "recipient", (True, [("met", "condition-9")])),
        ("council", "company", "recipient", (False, [("no-apd", "condition-9")])),
        ("council", "police", "recipient", (None, [("condition-not-known", "condition-9")])),
        ("person", "clinic", "discloser", (True, [])),
    ],
)
def test_a_condition_is_tested_at_its_own_end(giver, receiver, end, expected):
    assert told(protected(case(proposal(giver, receiver)), item("health"), end, Step.SPECIAL_CATEGORY)) == expected


def test_where_no_condition_reaches_protected_data_stay():
    register = law(entry("elsewhere", {"step": "special-category", "end": "discloser"}), drop=("condition-9",))
    found = protected(case(register=register), item("health"), "recipient", Step.SPECIAL_CATEGORY)
    (reason,) = found.reasons

    assert (found.value, reason.code, reason.step, reason.end) == (
        False,
        "no-special-condition",
        Step.SPECIAL_CATEGORY,
        "recipient",
    )


def test_protected_data_about_the_dead_need_no_condition():
    found = protected(
        case(register=law(drop=("condition-9",))),
        item("health", facts={"deceased": "yes"}),
        "discloser",
        Step.SPECIAL_CATEGORY,
    )

    assert told(found) == (True, [])


# ---- 7 and 8. necessity, proportionality -----------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "test", "rule", "refused"),
    [
        (necessity, "necessary", "needed", "not-necessary"),
        (proportionality, "proportionate", "fair", "disproportionate"),
    ],
)
@pytest.mark.parametrize("said", ["yes", "no", None])
def test_a_person_weighs_it(step, test, rule, refused, said):
    judged = (judgement(test, said),) if said else ()
    value, code = {"yes": (True, "met"), "no": (False, refused), None: (None, "awaiting-human")}[said]

    assert told(step(case(judgements=judged), item())) == (value, [(code, rule)])


@pytest.mark.parametrize(
    ("step", "name", "code"), [(necessity, "needed", "not-necessary"), (proportionality, "fair", "disproportionate")]
)
def test_where_no_rule_for_weighing_reaches_it_stays(step, name, code):
    register = law(entry("elsewhere", {"step": step.__name__, "to": ["clinic"]}), drop=(name,))
    found = step(case(register=register), item())

    assert (found.value, [one.code for one in found.reasons]) == (False, [code])


@pytest.mark.parametrize(("step", "bars"), [(necessity, "necessity"), (proportionality, "proportionality")])
def test_a_bar_bites_however_it_was_weighed(step, bars):
    bar = entry("bar", {"step": bars, "effect": "bars", "needs": ["bulk"]})
    found = step(case(proposal(scope="bulk"), law(bar), YES), item())

    assert (found.value, brief(found.reasons)[1]) == (False, ("prohibited", "bar"))


@pytest.mark.parametrize("one", [item("note"), item(form="aggregate")])
@pytest.mark.parametrize("step", [necessity, proportionality])
def test_what_identifies_nobody_is_not_weighed(step, one):
    assert told(step(case(), one)) == (True, [])


@pytest.mark.parametrize("step", [necessity, proportionality])
def test_what_does_not_leave_is_not_weighed(step):
    assert told(step(case(proposal("council", "council", mode="keep")), item())) == (True, [])


@pytest.mark.parametrize(("step", "value"), [(necessity, True), (proportionality, None)])
def test_private_life_outlives_the_person_but_data_protection_does_not(step, value):
    assert step(case(), item(facts={"deceased": "yes"})).value is value


# ---- where the register is silent ------------------------------------------------------------------


SILENT = {
    "confidence": ("secrecy", lambda one: confidence(one, item("diagnosis"))),
    "basis": ("basis-6", lambda one: basis(one, item(), "recipient", Duty.NONE)),
    "special-category": ("condition-9", lambda one: protected(one, item("health"), "recipient", Step.SPECIAL_CATEGORY)),
    "criminal-offence": (
        "condition-10",
        lambda one: protected(one, item("offence"), "discloser", Step.CRIMINAL_OFFENCE),
    ),
    "necessity": ("needed", lambda one: necessity(one, item())),
    "proportionality": ("fair", lambda one: proportionality(one, item())),
}


DATA_PROTECTION = ("special-category", "criminal-offence", "necessity")


@pytest.mark.parametrize("step", SILENT)
def test_where_the_register_holds_no_law_for_a_step_a_person_must_look(step):
    rule, ask = SILENT[step]
    found = ask(case(register=law(drop=(rule, "basis-6"))))
    (reason,) = found.reasons

    assert found.value is None
    assert (reason.step, reason.code, reason.effect, reason.rests_on) == (step, "no-route-known", Outcome.REFER, "")


@pytest.mark.parametrize("step", SILENT)
def test_data_protection_law_stands_or_falls_together(step):
    """With a basis in the register, the want of a condition is a no; any other step stands for itself."""
    rule, ask = SILENT[step]
    beside = entry("beside", {"step": "basis", "party": ["company"]})
    found = ask(case(register=law(beside, drop=(rule, "basis-6"))))

    assert found.value is (False if step in (*DATA_PROTECTION, "basis") else None)


@pytest.mark.parametrize("more", [{"in_force": [{"from": "2026-11-17"}]}, {"in_force": []}])
def test_law_that_is_not_in_force_says_nothing(more):
    register = law(entry("later", {"step": "proportionality"}, **more), drop=("fair",))

    assert told(proportionality(case(register=register), item())) == (None, [("no-route-known", "")])


def test_a_bar_is_no_law_that_might_open_a_step():
    bar = entry("bar", {"step": "proportionality", "effect": "bars", "needs": ["bulk"]})

    assert told(proportionality(case(register=law(bar, drop=("fair",))), item())) == (None, [("no-route-known", "")])


# ---- 9. handling and the agreement -------------------------------------------------------------------


NEVER = {"never": [{"id": "no-names", "items": ["small.example/item/name"], "text": "Names never go."}]}


def test_a_clause_that_says_no_withholds():
    found = clauses(case(agreements=(signed(**NEVER),)), item(), Duty.NONE)
    (reason,) = found.reasons

    assert found.value is False
    assert (reason.code, reason.effect, reason.rests_on, reason.route) == (
        "agreement-clause",
        Outcome.WITHHOLD,
        WATCH,
        "no-names",
    )
    assert reason.cites == "Names never go."


@pytest.mark.parametrize(
    ("duty", "value", "effect"), [(Duty.DUE, None, Outcome.REFER), (Duty.PENDING, None, Outcome.REFER)]
)
def test_a_clause_that_says_no_to_a_duty_or_what_may_be_one_refers(duty, value, effect):
    found = clauses(case(agreements=(signed(**NEVER),)), item(), duty)

    assert (found.value, found.reasons[0].effect) == (value, effect)


def test_without_such_a_clause_nothing_is_said():
    assert told(clauses(case(agreements=(signed(**NEVER),)), item("address"), Duty.NONE)) == (True, [])


KEPT = {"mode": "keep", "on": date(2026, 11, 16)}


@pytest.mark.parametrize(
    ("rule", "more", "found"),
    [
        ({"rule": "never"}, {}, (False, [("agreement-clause", WATCH)])),
        ({"rule": "listed", "to": ["council"]}, {}, (False, [("agreement-clause", WATCH)])),
        ({"rule": "listed", "to": ["clinic"]}, {}, (True, [])),
        ({"rule": "same-purpose"}, {}, (True, [])),
        ({"rule": "same-purpose"}, {"purpose": "patrols"}, (True, [])),
        ({"rule": "same-purpose"}, {"purpose": "care"}, (False, [("agreement-clause", WATCH)])),
        ({"rule": "owner-consent"}, {}, (None, [("awaiting-human", "originator-consents")])),
        ({}, {}, (None, [("awaiting-human", "originator-consents")])),
        ({"rule": "never"}, {"mode": "push"}, (True, [])),
        ({"rule": "never"}, {"recipient": party("council")}, (True, [])),
        ({"rule": "never"}, {"discloser": party("rangers")}, (True, [])),
        ({"rule": "never"}, {"held_for": "care"}, (True, [])),
        ({"rule": "never"}, {"held_for": "safety"}, (False, [("agreement-clause", WATCH)])),
    ],
)
def test_what_was_received_goes_on_only_as_the_agreement_says(rule, more, found):
    parties = [{"called": one, "partner": partner(one)} for one in ("council", "police", "clinic")]
    asked = proposal("police", "clinic", **{"mode": "onward"} | more)

    assert (
        told(clauses(case(asked, agreements=(signed({"onward": rule}, parties=parties),)), item(), Duty.NONE)) == found
    )


def test_a_rule_about_passing_on_yields_to_a_duty_and_binds_whoever_signed():
    asked = proposal("police", "clinic", mode="onward")
    never = {"onward": {"rule": "never"}}

    assert clauses(case(asked, agreements=(signed(never),)), item(), Duty.DUE).value is None
    assert clauses(case(asked, agreements=(signed(never),)), item("health"), Duty.NONE).value is True
    assert clauses(case(asked, agreements=(signed(never, by=("council",)),)), item(), Duty.NONE).value is True


def test_the_owner_of_what_was_received_may_agree_that_it_goes_on_or_not():
    asked = proposal("police", "clinic", mode="onward")
    said = {
        answer: clauses(
            case(
                asked,
                judgements=(judgement("originator-consents", answer, office="author", by="council"),),
                agreements=(signed(),),
            ),
            item(),
            Duty.NONE,
        )
        for answer in ("yes", "no")
    }

    assert (said["yes"].value, said["no"].value) == (True, False)
    assert said["no"].reasons[0].code == "origin-consent-missing"


@pytest.mark.parametrize(("received", "kept"), [(date(2025, 11, 17), True), (date(2025, 11, 16), False), (None, True)])
def test_what_was_received_is_kept_only_as_long_as_the_agreement_says(received, kept):
    asked = proposal("police", "police", received=received, **KEPT)
    found = retention(case(asked, agreements=(signed(),)), item())

    assert told(found) == ((True, []) if kept else (False, [("retention", WATCH)]))


def test_the_flow_that_ends_the_keeping_is_named():
    asked = proposal("police", "police", received=date(2020, 1, 1), **KEPT)
    (reason,) = retention(case(asked, agreements=(signed(),)), item()).reasons

    assert (reason.step, reason.effect, reason.route) == (Step.HANDLING, Outcome.WITHHOLD, "daily")


def test_a_share_by_hand_needs_no_agreement():
    assert told(agreement(case(), item(), Duty.NONE)) == (True, [])


def test_a_standing_feed_needs_one():
    found = agreement(case(proposal(mode="feed")), item(), Duty.NONE)
    (reason,) = found.reasons

    assert (found.value, reason.code, reason.effect, reason.warning) == (
        None,
        "agreement-missing",
        Outcome.REFER,
        False,
    )


def test_a_standing_feed_under_an_agreement_passes():
    assert told(agreement(case(proposal(mode="feed"), agreements=(signed(),)), item(), Duty.NONE)) == (True, [])


@pytest.mark.parametrize(("needs", "value"), [([], True), (["bulk"], None), (["court-order"], None)])
def test_a_feed_needs_none_where_a_power_in_hand_says_so(needs, value):
    register = law(entry("act", {"agreement": "not-needed", "needs": needs}))

    assert agreement(case(proposal(mode="feed"), register), item(), Duty.NONE).value is value


REQUIRED = law(entry("act", {"agreement": "required"}), drop=("watch-s1",))


@pytest.mark.parametrize(
    ("duty", "more"),
    [(Duty.DUE, {}), (Duty.DUE, {"mode": "feed"}), (Duty.NONE, {"emergency": declared()})],
)
def test_a_duty_or_an_emergency_goes_without_one_and_is_warned(duty, more):
    found = agreement(case(proposal(**more), REQUIRED), item(), duty)

    assert told(found) == (True, [("agreement-missing", "")])
    assert found.reasons[0].warning


@pytest.mark.parametrize("more", [{}, {"emergency": declared(), "mode": "feed"}])
def test_neither_an_ordinary_share_nor_a_feed_in_an_emergency_goes_without_one(more):
    found = agreement(case(proposal(**more), REQUIRED), item(), Duty.NONE)

    assert told(found) == (None, [("agreement-missing", "")])
    assert not found.reasons[0].warning


def test_the_agreement_asks_for_its_conditions_once_in_order():
    asked = proposal(mode="feed", facts={"court-order": "no"})
    text = signed({"needs": ["sealed", "court-order"]}, preconditions=["court-order", "routine"])
    found = agreement(case(asked, agreements=(text,)), item(), Duty.NONE)

    assert told(found) == (
        False,
        [("condition-not-met", "court-order"), ("met", "routine"), ("condition-not-known", "sealed")],
    )


def test_a_condition_that_is_a_question_for_a_person_waits_for_one():
    text = signed({"needs": ["harmless"]})
    found = agreement(case(proposal(mode="feed"), agreements=(text,)), item(), Duty.NONE)

    assert told(found) == (None, [("awaiting-human", "harmless")])


def test_a_condition_has_its_own_reason_when_it_is_refused():
    judged = (judgement("harmless", "no", scope=FOR_THE_FLOW),)
    found = agreement(
        case(proposal(mode="feed"), agreements=(signed({"needs": ["harmless"]}),), judgements=judged), item(), Duty.NONE
    )

    assert told(found) == (False, [("risk-to-person", "harmless")])


# ---- together -----------------------------------------------------------------------------------------


def test_an_answer_gives_its_reasons_in_the_order_of_the_steps():
    found = answer(case(judgements=YES), item())

    assert [(one.step, one.code, one.rests_on, one.end) for one in found.reasons] == [
        ("power", "met", "watch-s1", None),
        ("basis", "met", "basis-6", "discloser"),
        ("basis", "met", "basis-6", "recipient"),
        ("necessity", "met", "needed", None),
        ("proportionality", "met", "fair", None),
    ]


def test_each_protected_kind_is_asked_at_both_ends_in_order():
    one = item("health").model_copy(update={"kinds": ("criminal-offence", "special-category:health")})
    found = answer(case(proposal("council", "clinic"), judgements=YES), one)

    assert [(reason.step, reason.end) for reason in found.reasons if reason.rests_on.startswith("condition")] == [
        ("special-category", "discloser"),
        ("special-category", "recipient"),
        ("criminal-offence", "discloser"),
        ("criminal-offence", "recipient"),
    ]


EVERY_STEP_AT_ONCE = entry(
    "all",
    *(
        {"step": step, "effect": "bars", "needs": ["court-order"]}
        for step in ("people", "prohibition", "power", "confidence", "necessity", "proportionality", "handling")
    ),
)


def test_every_step_is_asked_not_only_the_first_that_fails():
    asked = proposal("council", "clinic", facts={"court-order": "yes"})
    found = answer(case(asked, law(EVERY_STEP_AT_ONCE), YES), item("diagnosis", facts={"consent": "yes"}))

    assert found.outcome == Outcome.WITHHOLD
    assert [one.step for one in found.against] == [
        "people",
        "prohibition",
        "power",
        "confidence",
        "necessity",
        "proportionality",
        "handling",
    ]


@pytest.mark.parametrize(
    ("facts", "judgements", "outcome"),
    [
        (NOT_SEALED, YES, Outcome.SHARE),
        ({}, YES, Outcome.REFER),
        (NOT_SEALED, YES[:1], Outcome.REFER),
        (SEALED, YES, Outcome.WITHHOLD),
        (SEALED, (), Outcome.WITHHOLD),
        (NOT_SEALED, (YES[0], judgement("proportionate", "no")), Outcome.WITHHOLD),
    ],
)
def test_the_worst_step_is_the_answer(facts, judgements, outcome):
    assert answer(case(register=law(BAN), judgements=judgements), item(facts=facts)).outcome == outcome


@pytest.mark.parametrize(
    ("steps", "headline"),
    [
        ((NOT_SEALED, NOT_SEALED), Headline.FULL),
        ((NOT_SEALED, SEALED), Headline.PART),
        ((SEALED, SEALED), Headline.NO),
        ((SEALED, {}), Headline.HUMAN),
    ],
)
def test_the_items_make_the_headline(steps, headline):
    items = [item(name, facts=facts) for name, facts in zip(("name", "address"), steps, strict=True)]
    found = decide(case(proposal(items=items), law(BAN), YES))

    assert found.headline == headline
    assert [one.called for one in found.answers] == ["name", "address"]


@pytest.mark.parametrize(("facts", "must"), [(NOT_SEALED, True), (SEALED, False)])
def test_a_decision_is_a_must_where_a_duty_shares_something(facts, must):
    found = decide(case(proposal(items=[item(facts=facts)]), law(BAN, entry("must", DUTY)), YES))

    assert (found.must, found.answers[0].duty) == (must, Duty.DUE)


def test_a_duty_does_not_lift_a_clause_but_lets_a_person_decide():
    found = answer(case(proposal(on=DAY), law(entry("must", DUTY)), YES, (signed(**NEVER),)), item())

    assert (found.outcome, brief(found.against)) == (Outcome.REFER, [("agreement-clause", WATCH)])


def test_the_date_of_a_duty_stands_only_where_it_is_shared():
    register = law(BAN, entry("must", DUTY | {"due": "at-once"}))
    kept = answer(case(proposal(), register, YES), item(facts=SEALED))
    goes = answer(case(proposal(), register, YES), item(facts=NOT_SEALED))

    assert (kept.due, kept.due_rule) == (None, "")
    assert (goes.due, goes.due_rule) == (DAY, "at-once")
