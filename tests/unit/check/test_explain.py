"""The wording: one sentence to a reason, one paragraph for the practitioner, the tree for the lawyer, the questions."""

import re
from datetime import date

import pytest

from comity.check.decision import Answer, Claimed, Reason
from comity.check.explain import HEADLINES, MET, SENTENCES, STEP_TITLES, Question, Wording
from comity.law import shipped
from comity.terms import REASON_CODES, Headline, Outcome, Step
from tests.unit.check.small import (
    FOR_THE_AGREEMENT,
    FOR_THE_FLOW,
    LAW,
    WATCH,
    YES,
    declared,
    entry,
    item,
    judgement,
    law,
    partner,
    proposal,
    signed,
    world,
)

TITLES = {partner("council"): "The Council", partner("police"): "The Police", WATCH: "Watch agreement"}
WORDING = Wording(LAW, TITLES)
BAN = entry("ban", {"step": "prohibition", "effect": "bars", "needs": ["sealed"]}, kind="prohibition")
YES_SEALED, NOT_SEALED = {"sealed": "yes"}, {"sealed": "no"}


def reason(code, step="power", **more):
    return Reason(step=step, code=code, effect=REASON_CODES[code].outcome, **more)


def decided(*items, register=None, judgements=YES, agreements=(), **more):
    return world(register or law(BAN), judgements, agreements).decide(
        proposal(items=items or [item(facts=NOT_SEALED)], **more)
    )


def words(register=None):
    return Wording(register or law(BAN), TITLES)


# ---- one reason ---------------------------------------------------------------------------------


def test_every_reason_step_and_headline_has_its_words():
    assert set(SENTENCES) == set(REASON_CODES)
    assert list(STEP_TITLES) == list(MET) == list(Step)
    assert set(HEADLINES) == set(Headline)


def is_a_sentence(text):
    return bool(re.fullmatch(r"[A-Z].*[.?]", text)) and not re.search(r"[{}]|  | [.,;:?)]|\( |[.?:]\.|\(\)|None", text)


@pytest.mark.parametrize("end", [None, "discloser", "recipient"])
@pytest.mark.parametrize("code", sorted(REASON_CODES))
def test_every_reason_makes_one_sentence(code, end):
    found = reason(code, rests_on="watch-s1", cites="Watch Act s.1(2)", end=end, fact="apd", path="watch-s1.evidence")

    assert is_a_sentence(WORDING.reason(found))


@pytest.mark.parametrize(
    "code",
    [
        "no-route-known",
        "same-controller",
        "confidence-not-set-aside",
        "no-dp-basis",
        "no-special-condition",
        "not-necessary",
        "disproportionate",
        "reidentification-risk",
        "agreement-missing",
        "agreement-expired",
        "agreement-party-not-signed",
        "not-mapped",
        "condition-not-met",
        "condition-not-known",
        "quality",
        "capacity",
        "prejudice-to-investigation",
        "risk-to-person",
    ],
)
def test_a_reason_that_rests_on_no_rule_makes_a_sentence_too(code):
    assert is_a_sentence(WORDING.reason(reason(code)))


@pytest.mark.parametrize("step", list(Step))
def test_every_step_says_how_it_is_met(step):
    said = WORDING.reason(reason("met", step, rests_on="watch-s1"))

    assert is_a_sentence(said)
    assert said.endswith(" Watch Act s.1.")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (reason("met", rests_on="watch-s1"), "It may be shared under Watch Act s.1."),
        (reason("met", rests_on="watch-s1", cites="Watch Act s.1(2)"), "It may be shared under Watch Act s.1(2)."),
        (reason("met", rests_on="watch-s1", cites="Watch Act s.1"), "It may be shared under Watch Act s.1."),
        (reason("met", "basis", rests_on="basis-6", end="recipient"), "The lawful basis of the recipient is Rule 6."),
        (reason("met", "people", fact="reidentification-risk"), "It identifies nobody."),
        (
            reason("met", "regime", rests_on="dpa-2018-s36"),
            "It may leave law-enforcement processing because the law authorises it: dpa-2018-s36.",
        ),
        (
            reason("no-power", rests_on="watch-s1"),
            "No power or duty that was considered reaches this share; the nearest is Watch Act s.1.",
        ),
        (
            reason("no-power", rests_on="watch-s1", fact="court-order"),
            (
                "No power or duty that was considered reaches this share; "
                "the nearest is Watch Act s.1. It turns on this: Has a court ordered it?"
            ),
        ),
        (
            reason("prohibited", rests_on="watch-s1", unconfirmed=("watch-s1.evidence",)),
            "Watch Act s.1 forbids it. This rule has yet to be confirmed; it holds until it is.",
        ),
        (reason("no-dp-basis", "basis", end="recipient"), "No lawful basis is open for the recipient."),
        (
            reason("no-dp-basis", "basis", end="recipient", rests_on="basis-6"),
            "No lawful basis is open for the recipient (Rule 6).",
        ),
        (
            reason("confidence-not-set-aside", "confidence", rests_on="secrecy", fact="consent"),
            (
                "It is held in confidence and nothing lifts that here (Rule of secrecy). "
                "It turns on this: Has the person agreed?"
            ),
        ),
        (
            reason("awaiting-human", "necessity", rests_on="needed", fact="necessary"),
            "A person must answer (necessary; Rule 7): Is it needed?",
        ),
        (
            reason("awaiting-human", "basis", rests_on="basis-6", fact="necessary", end="recipient"),
            "A person must answer (necessary, for the recipient; Rule 6): Is it needed?",
        ),
        (
            reason("awaiting-confirmation", rests_on="watch-s1", path="watch-s1.to.police"),
            "A fact about the law has yet to be confirmed: watch-s1.to.police (Watch Act s.1).",
        ),
        (
            reason("agreement-clause", "handling", rests_on=WATCH, route="no", cites="Names\n  never go."),
            "A clause of Watch agreement says no: “Names never go”.",
        ),
        (
            reason("agreement-clause", "handling", rests_on="small.example/agreement/other-one", cites="No."),
            "A clause of other one says no: “No”.",
        ),
        (
            reason("agreement-missing", "handling", warning=True),
            "Warning: Sharing of this kind needs a written agreement, and none covers it.",
        ),
        (
            reason("recipient-lacks-capacity", rests_on="watch-s1"),
            "Watch Act s.1 lists who may receive this, and the receiver is not on the list.",
        ),
        (
            reason("discloser-lacks-capacity", rests_on="watch-s1"),
            "Watch Act s.1 lists who may give this, and the giver is not on the list.",
        ),
        (
            reason("emergency", rests_on="watch-s1"),
            "A declared emergency answers the question for now (Watch Act s.1); a review is due.",
        ),
        (
            reason("condition-not-met", "handling", fact="court-order"),
            "A condition of the rule is not met. It turns on this: Has a court ordered it?",
        ),
    ],
)
def test_a_reason_is_said_in_these_words(found, said):
    assert WORDING.reason(found) == said


def test_the_parties_are_named_where_the_decision_is_known():
    found = (
        reason("recipient-lacks-capacity", rests_on="watch-s1"),
        reason("discloser-lacks-capacity", rests_on="watch-s1"),
    )
    said = [words().reason(one, decided()) for one in found]

    assert said == [
        "Watch Act s.1 lists who may receive this, and The Police is not on the list.",
        "Watch Act s.1 lists who may give this, and The Council is not on the list.",
    ]


@pytest.mark.parametrize(
    ("used", "by"),
    [
        ("necessary-yes", " as judged by A. Lead, 2026-11-16"),
        ("necessary-yes, proportionate-yes", " as judged by A. Lead, 2026-11-16"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_whoever_judged_is_named_once(used, by):
    found = reason("met", "necessity", rests_on="needed", judgement=used)

    assert words().reason(found, decided()) == f"It is necessary: Rule 7{by}."
    assert words().reason(found) == "It is necessary: Rule 7."


def test_several_who_judged_are_all_named():
    judged = (YES[0], judgement("proportionate", **{"from": date(2026, 11, 1)}))
    found = reason("met", rests_on="watch-s1", judgement="necessary-yes, proportionate-yes")

    assert words().reason(found, decided(judgements=judged)) == (
        "It may be shared under Watch Act s.1 as judged by A. Lead, 2026-11-16 and A. Lead, 2026-11-01."
    )


def test_what_rests_on_a_judgement_alone_is_said_with_it():
    judged = (*YES, judgement("reidentification-risk"))
    decision = decided(item(form="aggregate", facts=NOT_SEALED), judgements=judged)

    assert (
        words().reason(decision.answers[0].reasons[0], decision)
        == "It identifies nobody as judged by A. Lead, 2026-11-16."
    )


@pytest.mark.parametrize(
    ("rule", "cites", "said"),
    [
        ("", "", ""),
        ("", "Act s.1", "Act s.1"),
        ("watch-s1", "", "Watch Act s.1"),
        ("watch-s1", "Watch Act s.1(3)", "Watch Act s.1(3)"),
        ("gone", "", "gone"),
        ("gone", "Old Act", "Old Act"),
        (WATCH, "x", "Watch agreement"),
    ],
)
def test_a_rule_is_cited(rule, cites, said):
    assert WORDING.cite(rule, cites) == said


@pytest.mark.parametrize(
    ("id", "said"), [(partner("council"), "The Council"), ("small.example/item/home-address", "home address")]
)
def test_what_has_no_title_is_called_by_its_short_name(id, said):
    assert WORDING.title(id) == said


# ---- the headline -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ((NOT_SEALED, NOT_SEALED), "Everything may be shared."),
        ((NOT_SEALED, YES_SEALED), "Part of this may be shared; the rest must stay."),
        ((YES_SEALED, YES_SEALED), "None of this may be shared."),
        (({}, YES_SEALED), "A person must decide before this can be settled."),
    ],
)
def test_the_headline_says_who_to_whom_for_what_and_when(facts, says):
    decision = decided(*(item(name, facts=one) for name, one in zip(("name", "address"), facts, strict=True)))

    assert words().headline(decision) == f"The Council to The Police, for keeping the town safe, on 2026-11-16: {says}"


@pytest.mark.parametrize(
    ("facts", "ends"),
    [
        ((NOT_SEALED, NOT_SEALED), "Everything may be shared. The law requires it."),
        ((NOT_SEALED, YES_SEALED), "the rest must stay. The law requires part of it."),
        ((YES_SEALED, YES_SEALED), "None of this may be shared."),
    ],
)
def test_the_headline_says_what_the_law_requires(facts, ends):
    register = law(BAN, entry("must", {"duty": True}))
    decision = decided(
        *(item(name, facts=one) for name, one in zip(("name", "address"), facts, strict=True)), register=register
    )

    assert words(register).headline(decision).endswith(ends)


# ---- one item ---------------------------------------------------------------------------------------------


def because(*items, register=None, **more):
    decision = decided(*items, register=register, **more)
    return words(register).because(decision.answers[0], decision)


def test_a_share_names_its_power():
    assert because() == "It may be shared under Watch Act s.1. A person sends it."


def test_a_share_names_its_power_before_anything_else_that_was_met():
    one = item(form="aggregate", facts=NOT_SEALED)

    assert because(one, judgements=(*YES, judgement("reidentification-risk"))) == (
        "It may be shared under Watch Act s.1. A person sends it."
    )


def test_only_the_first_of_several_powers_is_named():
    assert because(register=law(BAN, entry("also", {}))) == "It may be shared under Watch Act s.1. A person sends it."


def test_a_withhold_names_every_rule_against_it():
    assert because(item(facts=YES_SEALED), register=law(BAN, BAN | {"id": "ban-two", "citation": "Act Two"})) == (
        "ban Act forbids it. Act Two forbids it."
    )


def test_what_is_open_is_not_said_of_what_is_withheld():
    assert because(item(facts=YES_SEALED), judgements=()) == "ban Act forbids it."


def test_the_same_sentence_is_said_once():
    assert because(item(facts=YES_SEALED), register=law(BAN, BAN | {"id": "ban-two"})) == "ban Act forbids it."


def test_within_one_controller_it_is_said_that_nothing_leaves():
    decision = world(LAW).decide(proposal("council", "council", mode="within"))

    assert WORDING.item(decision.answers[0], decision) == (
        "name: share. Nothing leaves: giver and receiver are the same controller, so this is no disclosure; nobody "
        "has said what it is held for, so it is taken to be for this. A person sends it."
    )


def test_what_was_met_elsewhere_is_said_where_no_power_was_needed():
    kept = reason("met", "handling", rests_on="watch-s1"), reason("met", "necessity", rests_on="needed")
    answer = Answer(item=item().item, outcome=Outcome.SHARE, reasons=kept)

    assert WORDING.because(answer, decided()) == "The handling condition is met: Watch Act s.1. A person sends it."


DUTY = {"duty": True}


@pytest.mark.parametrize(
    ("due", "more", "says"),
    [
        ("at-once", {}, "The law requires it by 2026-11-16."),
        ("as-agreed", {}, "The law requires it, when the protocol says."),
        (None, {}, "The law requires it, when the request says."),
        ("when-sought", {}, "The law requires it."),
        (None, {"asked": {"by": partner("police"), "due": "2026-12-01"}}, "The law requires it by 2026-12-01."),
        ("end-of-next-quarter", {}, "The law requires it."),
    ],
)
def test_a_duty_is_said_with_its_day(due, more, says):
    register = law(BAN, entry("must", DUTY | {"due": due}))

    assert because(register=register, **more) == f"It may be shared under must Act. {says} A person sends it."


def test_a_duty_to_be_confirmed_is_said_to_be_so():
    register = law(BAN, entry("must", DUTY, evidence="to-confirm"))

    assert because(register=register).endswith(
        " A duty to share it may exist but has yet to be confirmed. A person sends it."
    )


def test_what_must_be_done_first_is_said():
    register = law(entry("figures", {"step": "people", "transform": "suppress"}))

    assert because(register=register) == (
        "It may be shared under Watch Act s.1. First suppress small numbers. A person sends it."
    )


def test_what_goes_by_itself_is_said_to():
    judged = (judgement("necessary", scope=FOR_THE_FLOW), judgement("proportionate", scope=FOR_THE_AGREEMENT))

    assert because(judgements=judged, agreements=(signed(),), mode="feed").endswith("It may go by itself.")


def test_a_warning_is_said_beside_the_power():
    register = law(BAN, entry("must", DUTY | {"due": "at-once"}))

    assert because(register=register, mode="feed") == (
        "It may be shared under must Act. Warning: Sharing of this kind needs a written agreement, and none covers it. "
        "The law requires it by 2026-11-16. A person sends it."
    )


# ---- the paragraph ------------------------------------------------------------------------------------------


def test_the_paragraph_says_what_goes_what_waits_and_what_stays():
    items = [
        item("name", facts=NOT_SEALED),
        item("address", facts=YES_SEALED),
        item("health", facts=NOT_SEALED),
        item("note", facts=NOT_SEALED),
        item("offence"),
    ]
    decision = decided(*items, claimed="relief", emergency=declared())

    assert words().paragraph(decision).split("\n") == [
        (
            "The Council to The Police, for keeping the town safe, on 2026-11-16: A person must decide before this can "
            "be settled."
        ),
        "May go: name, note. It may be shared under Watch Act s.1. A person sends it.",
        (
            "A person must decide: health. It is not known whether a condition of Rule 9 is met. It turns on this: "
            "Is the policy document there?"
        ),
        (
            "A person must decide: offence. It is not known whether a condition of ban Act is met. "
            "It turns on this: Is it sealed?"
        ),
        "Stays: address. ban Act forbids it.",
        (
            "You named Relief Act s.2: it does not hold. Relief Act s.2 is an exemption: it lifts duties, it neither "
            "allows nor compels "
            "a share."
        ),
        "An emergency was declared; the review is due by 2026-11-19.",
    ]


def test_a_paragraph_without_claim_or_emergency_says_nothing_of_them():
    assert len(words().paragraph(decided()).split("\n")) == 2


def test_a_claim_that_differs_by_item_is_said_for_each_result():
    register = law(BAN, entry("act", {"needs": ["sealed"]}))
    decision = decided(
        item("name", facts=NOT_SEALED),
        item("address", facts=YES_SEALED),
        item("note"),
        item("offence", facts=NOT_SEALED),
        register=register,
        claimed="act",
    )
    said = [line for line in words(register).paragraph(decision).split("\n") if line.startswith("You named")]

    assert said == [
        "You named act Act: it does not hold. A condition of act Act is not met. It turns on this: Is it sealed?",
        "You named act Act: it holds.",
        (
            "You named act Act: it may hold; something is open. It is not known whether a condition of act Act is met. "
            "It turns on this: Is it sealed?"
        ),
    ]


def test_a_basis_that_was_named_is_said_to_be_no_power():
    decision = world(LAW).decide(proposal(claimed="basis-6"))

    assert "You named Rule 6: it holds, as a basis in data protection law; a basis is not a power to share." in (
        WORDING.paragraph(decision).split("\n")
    )


def test_a_claim_is_said_with_all_its_reasons():
    claim = Claimed(
        item=item().item,
        provision="watch-s1",
        holds="no",
        reasons=(reason("kind-not-covered", rests_on="watch-s1"), reason("out-of-extent", rests_on="watch-s1")),
    )

    assert WORDING.claim(claim) == (
        "it does not hold. Watch Act s.1 does not reach information of this kind. "
        "Watch Act s.1 does not reach that part of the United Kingdom."
    )


# ---- the tree -----------------------------------------------------------------------------------------------


def test_the_tree_gives_every_step_and_what_the_decision_rests_on():
    register = law(BAN, said={"ban.evidence": True})
    decision = decided(
        item(facts=NOT_SEALED),
        item("address", facts=YES_SEALED),
        register=register,
        agreements=(signed(),),
        claimed="watch-s1",
        judgements=YES[:1],
    )
    shared = [
        "  Is there a power or duty to share it?",
        "    [share] It may be shared under Watch Act s.1. (met)",
        "  Is there a lawful basis at each end?",
        "    [share] The lawful basis of the discloser is Rule 6. (met)",
        "    [share] The lawful basis of the recipient is Rule 6. (met)",
        "  Is it necessary?",
        "    [share] It is necessary: Rule 7 as judged by A. Lead, 2026-11-16. (met)",
        "  Is it in proportion?",
        "    [refer] A person must answer (proportionate; Rule 8): Is it fair? (awaiting-human)",
    ]

    assert words(register).tree(decision).split("\n") == [
        (
            "The Council to The Police, for keeping the town safe, on 2026-11-16: A person must decide before this can "
            "be settled."
        ),
        "",
        "Cited route for name: Watch Act s.1: it holds.",
        "Cited route for address: Watch Act s.1: it holds.",
        "",
        "name: REFER",
        *shared,
        "",
        "address: WITHHOLD",
        "  Does a rule of law forbid it?",
        "    [withhold] ban Act forbids it. (prohibited)",
        *shared,
        "",
        f"Register: small {register.digest}",
        f"Agreement: Watch agreement {signed().digest}",
        "Judgement: necessary = yes, A. Lead (lead), 2026-11-16: looked at it",
        "Confirmed: ban.evidence",
    ]


def test_in_the_tree_a_share_says_how_it_goes():
    assert "name: SHARE A person sends it." in words().tree(decided()).split("\n")


# ---- the questions --------------------------------------------------------------------------------------------


def test_each_open_question_is_put_once_with_all_that_waits_for_it():
    secret = item("diagnosis", facts=NOT_SEALED | {"consent": "no"})
    decision = decided(item(facts=NOT_SEALED), item("address", facts=NOT_SEALED), secret, judgements=YES[1:])

    assert words().questions(decision) == [
        Question(
            "necessary",
            "Is it needed?",
            tuple(item(name).item for name in ("name", "address", "diagnosis")),
            partner("council"),
            ("lead", "officer", "keeper"),
            False,
        ),
        Question("overriding", "Does the public interest win?", (secret.item,), partner("council"), ("lead",), True),
    ]


@pytest.mark.parametrize(("end", "whose"), [("discloser", "council"), ("recipient", "clinic")])
def test_a_question_is_put_to_the_end_that_it_is_about(end, whose):
    register = law(
        entry("own", {"step": "basis", "end": end, "needs": ["overriding"]}),
        entry("rest", {"step": "basis", "end": {"discloser": "recipient"}.get(end, "discloser")}),
        drop=("basis-6",),
    )
    decision = world(register, YES).decide(proposal("council", "clinic"))

    assert [(one.test, one.partner) for one in words(register).questions(decision)] == [("overriding", partner(whose))]


def test_a_question_that_several_rules_ask_is_said_once():
    register = law(BAN, entry("act", {"needs": ["necessary"]}), drop=("watch-s1",))

    assert because(register=register, judgements=YES[1:]) == "A person must answer (necessary; act Act): Is it needed?"


def test_several_questions_are_all_said():
    assert because(judgements=()) == (
        "A person must answer (necessary; Rule 7): Is it needed? "
        "A person must answer (proportionate; Rule 8): Is it fair?"
    )


@pytest.mark.parametrize("facts", [YES_SEALED, {}])
def test_what_is_withheld_or_waits_for_a_fact_puts_no_question(facts):
    assert words().questions(decided(item(facts=facts))) == []


# ---- the shipped register -----------------------------------------------------------------------------------------


def test_every_reason_of_the_shipped_register_has_a_sentence():
    register = shipped()
    reasons = {route.reason for one in register.provisions.values() for route in one.routes if route.reason}
    reasons |= {fact.reason for fact in register.vocabulary.facts if fact.reason}

    assert reasons <= set(SENTENCES)


def test_every_question_of_the_shipped_register_can_stand_within_a_sentence():
    """It is put after a colon with its first letter small, so it may not begin with an acronym or an *I*."""
    openings = [
        fact.question for fact in shipped().vocabulary.facts if not re.match(r"[A-Z][a-z]+ .*\?$", fact.question)
    ]

    assert openings == []
