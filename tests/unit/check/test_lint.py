"""What is wrong with an agreement that only law, partners and decisions show: each problem once, with its line."""

from datetime import date

import pytest

from comity.check.lint import lint_agreement
from tests.unit.check.small import DAY, LAW, WRITTEN, entry, law, names, partner, world, written_agreement

COUNCIL, POLICE = (f"  - {{called: {one}, partner: {partner(one)}}}\n" for one in ("council", "police"))
THIRD = "".join(f"  - {{called: {one}, partner: {partner(one)}}}\n" for one in ("company", "clinic"))


def lint(*changes, register=LAW, on=DAY, line=None):
    """The problems of the written agreement with some of its words changed, as line, code and grade."""
    text = WRITTEN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    one, document = written_agreement(text)
    return lint_agreement(one, document, world(register), names(register), on)


def brief(*changes, **more):
    return [(one.line, one.code, one.grade) for one in lint(*changes, **more)]


def flow(key):
    return ("    powers: [watch-s1]\n", f"    {key}\n")


def test_a_sound_agreement_has_no_problems():
    assert brief() == []


@pytest.mark.parametrize("key", ["powers", "bases", "conditions"])
def test_what_is_cited_must_stand_in_the_register(key):
    (problem,) = lint(flow(f"{key}: [watch-s2]"))

    assert (problem.file, problem.line, problem.code, problem.sentence, problem.remedy, problem.grade) == (
        "watch.yaml",
        18,
        "unknown-provision",
        "There is no provision called watch-s2. Did you mean watch-s1?",
        "Cite an entry of the register.",
        "error",
    )


@pytest.mark.parametrize("key", ["powers", "bases", "conditions"])
def test_an_exemption_is_neither_a_power_nor_a_basis(key):
    problems = [one for one in lint(flow(f"{key}: [relief]")) if one.code != "power-does-not-reach"]

    assert [(one.line, one.code, one.sentence) for one in problems] == [
        (18, "exemption-cited", "Relief Act s.2 is an exemption: it is neither a power nor a basis.")
    ]
    assert problems[0].remedy == "Name the power and the basis; keep the exemption for the duties it lifts."


@pytest.mark.parametrize(
    ("key", "code"), [("powers: [fair]", "not-a-power"), ("bases: [fair]", None), ("conditions: [fair]", None)]
)
def test_what_is_cited_as_a_power_must_be_one(key, code):
    problems = [one for one in lint(flow(key)) if one.code != "power-does-not-reach"]

    assert [(one.line, one.code, one.sentence, one.remedy) for one in problems] == (
        [(18, "not-a-power", "Rule 8 gives no power to share.", "Name a power or a duty.")] if code else []
    )


@pytest.mark.parametrize("kind", ["power", "duty"])
def test_powers_and_duties_may_be_cited_as_powers(kind):
    assert brief(flow("powers: [act]"), register=law(entry("act", {}, kind=kind))) == []


def test_law_that_has_yet_to_be_confirmed_is_a_warning():
    (problem,) = lint(flow("powers: [act]"), register=law(entry("act", {}, evidence="to-confirm")))

    assert (problem.line, problem.code, problem.sentence, problem.remedy, problem.grade) == (
        18,
        "unconfirmed-provision",
        "act Act has yet to be confirmed.",
        "A named officer can confirm it: comity law confirm.",
        "warning",
    )


@pytest.mark.parametrize(
    ("in_force", "code", "sentence", "remedy"),
    [
        (
            [],
            "law-not-in-force",
            "act Act is not in force yet.",
            "Rest the flow on law in force; add this by a variation once it begins.",
        ),
        (
            [{"from": "2026-01-02"}],
            "law-not-in-force",
            "act Act is not in force on 2026-01-01, when the agreement begins.",
            "Cite the law in force for the whole term.",
        ),
        (
            [{"until": "2026-06-01"}],
            "law-lapses",
            "act Act ends before the agreement does.",
            "End the flow with the law, or cite what replaces it.",
        ),
    ],
)
def test_law_must_be_in_force_for_the_whole_term(in_force, code, sentence, remedy):
    (problem,) = lint(flow("bases: [act]"), register=law(entry("act", {}, in_force=in_force)))

    assert (problem.line, problem.code, problem.sentence, problem.remedy) == (18, code, sentence, remedy)


@pytest.mark.parametrize(
    "in_force",
    [
        [{"from": "2026-01-01"}],
        [{"until": "2027-01-01"}],
        [{"until": "2027-01-02"}],
        [{"until": "2026-06-01"}, {"from": "2026-06-01"}],
    ],
)
def test_law_that_lasts_as_long_as_the_agreement_is_no_problem(in_force):
    assert brief(flow("bases: [act]"), register=law(entry("act", {}, in_force=in_force))) == []


def test_an_agreement_without_an_end_outlives_no_law():
    open_end = (", until: 2027-01-01}", "}")

    assert (
        brief(open_end, flow("bases: [act]"), register=law(entry("act", {}, in_force=[{"until": "2026-06-01"}]))) == []
    )


def test_a_power_must_reach_both_parties():
    (problem,) = lint(flow("powers: [act]"), register=law(entry("act", {"to": ["clinic"]})))

    assert (problem.line, problem.code, problem.sentence, problem.remedy) == (
        14,
        "power-does-not-reach",
        "None of the powers cited in daily reaches address and name from council to police.",
        "Name a power that covers the parties in the capacities they hold, or leave a party out of the flow.",
    )


def test_the_items_that_no_power_reaches_are_named():
    (problem,) = lint(flow("powers: [act]"), register=law(entry("act", {"not_kinds": ["identity"]})))

    assert problem.sentence == "None of the powers cited in daily reaches name from council to police."


@pytest.mark.parametrize("powers", ["act, watch-s1", "watch-s1, gone"])
def test_one_power_that_reaches_is_enough(powers):
    codes = {one.code for one in lint(flow(f"powers: [{powers}]"), register=law(entry("act", {"to": ["clinic"]})))}

    assert "power-does-not-reach" not in codes


def test_a_power_whose_condition_is_open_reaches():
    assert brief(flow("powers: [act]"), register=law(entry("act", {"needs": ["sealed"]}))) == []


def test_where_no_known_power_is_cited_nothing_is_said_of_its_reach():
    assert brief(("    powers: [watch-s1]\n", "")) == []


def test_each_receiver_is_looked_at_and_nobody_receives_from_itself():
    problems = lint(
        ("    to: police", "    to: [police, council]"),
        ("    from: council", "    from: [police, council]"),
        flow("powers: [act]"),
        register=law(entry("act", {"to": ["clinic"]})),
    )

    assert [one.sentence.partition(" from ")[2] for one in problems] == ["council to police.", "police to council."]


def test_what_differs_only_by_party_is_said_once():
    problems = lint(
        ("    to: police", "    to: [company, police, clinic]"),
        ("    from: council", "    from: [council, police]"),
        (POLICE, POLICE + THIRD),
        flow("powers: [act]"),
        register=law(entry("act", {"to": ["clinic"]})),
    )

    assert [one.sentence.partition(" from ")[2] for one in problems] == [
        "council to company and police.",
        "police to company.",
    ]


@pytest.mark.parametrize(
    ("on", "codes"), [(date(2025, 6, 1), []), (DAY, []), (date(2026, 12, 1), ["power-does-not-reach"])]
)
def test_reach_is_judged_on_the_day_but_not_before_the_agreement_begins(on, codes):
    register = law(entry("act", {"in_force": [{"from": "2026-01-01", "until": "2026-12-01"}]}))

    assert [one.code for one in lint(flow("powers: [act]"), register=register, on=on)] == codes


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    to: police", "    to: nobody"),
        ("[small.example/item/name, small.example/item/address]", "[small.example/item/gone]"),
        (POLICE, "  - {called: police, partner: small.example/partner/police, as: attic}\n"),
    ],
)
def test_what_cannot_be_asked_has_no_reach_to_judge(old, new):
    register = law(entry("act", {"to": ["clinic"]}))

    assert brief((old, new), flow("powers: [act]"), register=register) == []


def test_a_party_must_be_a_known_partner():
    (problem,) = lint((POLICE, "  - {called: police, partner: small.example/partner/polise}\n"))

    assert (problem.line, problem.code, problem.sentence, problem.remedy) == (
        9,
        "unknown-party",
        "There is no partner called small.example/partner/polise.",
        "Correct the id, or add the partner to partnership.yaml.",
    )


def test_a_party_by_class_of_person_is_no_partner():
    assert brief((POLICE, POLICE + "  - {called: public, class_of_person: members of the public}\n")) == []


def test_a_capacity_must_be_held():
    capacities = "capacities: [council, public, warden, police, clinic]"
    problems = lint((COUNCIL, COUNCIL.replace("}", f", {capacities}}}")))

    assert [(one.line, one.code, one.sentence, one.remedy) for one in problems] == [
        (
            8,
            "capacity-not-held",
            f"The Council does not hold the capacity {name}.",
            "Correct the capacity here or in partnership.yaml.",
        )
        for name in ("clinic", "police")
    ]


def test_an_agreement_under_another_register_is_not_held_to_this_one():
    other = ("register: small", "register: other")
    unknown = (POLICE, "  - {called: police, partner: small.example/partner/polise}\n")

    assert brief(other, flow("powers: [gone]")) == []
    assert brief(other, unknown) == [(9, "unknown-party", "error")]


def test_the_problems_stand_in_the_order_of_the_text_and_each_once():
    problems = brief(
        (POLICE, "  - {called: police, partner: small.example/partner/police, capacities: [clinic]}\n"),
        flow("powers: [gone, gone, relief]"),
    )

    assert problems == [
        (9, "capacity-not-held", "error"),
        (14, "power-does-not-reach", "error"),
        (18, "exemption-cited", "error"),
        (18, "unknown-provision", "error"),
    ]
