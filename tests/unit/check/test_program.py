"""The program of an item: what is left when everything but the facts is answered, read as an outcome."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.check.case import ENDS
from comity.check.decision import ProposedItem
from comity.check.program import (
    Agreed,
    Bar,
    Basis,
    Condition,
    Kleene,
    Opening,
    Power,
    Program,
    asked,
    outcome,
    programs,
    read,
)
from comity.check.reference import answer
from comity.terms import Duty, Outcome
from tests.unit.check.small import (
    LAW,
    VOCABULARY,
    YES,
    case,
    confirmation,
    declared,
    entry,
    item,
    judgement,
    law,
    proposal,
    signed,
)

A, B, C = ("a", "discloser"), ("b", "discloser"), ("c", "recipient")
DEAD = ("deceased", "discloser")
SURE = Condition((), ())
NEVER = Condition((A,), (A,))
NOTHING = Program(
    leaves=True,
    powers=(Power(SURE, False, None),),
    power_bars=(),
    left_out=False,
    lifts_confidence=None,
    leaves_part_3=False,
    bases=(),
    openings=(),
    bars=(),
    facts=(),
    feed=False,
    emergency=False,
)


def reading(program: Program, **known: bool | None):
    """The answer and the duty, with what is known of `a`, `b`, `c` and whether the person has died."""
    said = {A: known.get("a"), B: known.get("b"), C: known.get("c"), DEAD: known.get("dead", False)}
    found = read(program, Kleene(said.get))
    return found.answer, found.due, found.pending


def answers(program: Program, **known: bool | None):
    return reading(program, **known)[0]


def with_(**parts: object) -> Program:
    """A program with these parts; those that are agreed go where they belong."""
    agreed = {name: parts.pop(name) for name in ("clauses", "overdue", "covered", "conditions") if name in parts}
    return replace(NOTHING, agreed=Agreed(**agreed), **parts)  # type: ignore[arg-type]


EVERY = (True, None, False)


# ---- conditions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "value"),
    [(True, False, True), (True, None, None), (None, False, None), (False, None, False), (True, True, False)],
)
def test_a_condition_is_met_by_all_it_needs_and_nothing_that_bars_it(a, b, value):
    one = Condition((A,), (B,))
    algebra = Kleene({A: a, B: b}.get)

    assert one.value(algebra) is one.sure(algebra) is value


@pytest.mark.parametrize(("a", "value"), [(True, None), (None, None), (False, False)])
def test_a_doubt_about_the_law_makes_a_yes_uncertain(a, value):
    assert Condition((A,), (), doubtful=True).value(Kleene({A: a}.get)) is value


# ---- powers, duties, bars ------------------------------------------------------------------------


def test_what_does_not_leave_needs_no_power_and_is_under_no_duty():
    assert reading(with_(leaves=False, powers=(Power(NEVER, True, None),))) == (True, False, False)


@pytest.mark.parametrize(("left_out", "value"), [(True, False), (False, None)])
def test_without_a_power_the_law_is_silent_or_leaves_a_party_out(left_out, value):
    assert answers(with_(powers=(), left_out=left_out)) is value


def test_one_power_is_enough_and_its_bars_count():
    two = (Power(Condition((A,), ()), False, None), Power(Condition((B,), ()), False, None))
    barred = with_(powers=two, power_bars=(Bar(Condition((C,), ()), ()),))

    assert [answers(with_(powers=two), a=a, b=False) for a in EVERY] == list(EVERY)
    assert [answers(barred, a=True, c=c) for c in EVERY] == [False, None, True]


@pytest.mark.parametrize(
    ("condition", "a", "due", "pending"),
    [
        (Condition((A,), ()), True, True, False),
        (Condition((A,), ()), None, False, False),
        (Condition((A,), ()), False, False, False),
        (Condition((A,), (), doubtful=True), True, False, True),
        (Condition((A,), (), doubtful=True), None, False, False),
    ],
)
def test_a_duty_is_due_when_it_holds_and_pending_when_only_the_law_is_in_doubt(condition, a, due, pending):
    assert reading(with_(powers=(Power(condition, True, None),)), a=a)[1:] == (due, pending)


def test_one_duty_that_holds_is_not_pending_for_the_sake_of_another():
    two = (Power(SURE, True, None), Power(Condition((), (), doubtful=True), True, None))

    assert reading(with_(powers=two))[1:] == (True, False)


@pytest.mark.parametrize("living", [True, False])
def test_a_bar_bites_unless_something_lifts_it(living):
    def lifted(**known):
        return answers(with_(bars=(Bar(Condition((A,), ()), (Condition((B,), ()),), living),)), **known)

    assert [lifted(a=True, b=b) for b in EVERY] == [True, None, False]
    assert [lifted(a=a, b=False) for a in EVERY] == [False, None, True]
    assert lifted(a=True, b=False, dead=True) is living


# ---- steps that something must open -----------------------------------------------------------------


@pytest.mark.parametrize("living", [True, False])
def test_an_opening_is_open_closed_or_silent(living):
    def through(routes, silent=False, **known):
        return answers(with_(openings=(Opening(routes, silent, living),)), **known)

    assert [through((Condition((A,), ()),), a=a) for a in EVERY] == list(EVERY)
    assert (through(()), through((), silent=True)) == (False, None)
    assert through((), dead=True) is living
    assert through((), dead=None) is False


def test_confidence_is_an_opening_that_death_does_not_open():
    secret = with_(lifts_confidence=Opening((Condition((A,), ()),), False, living=False))

    assert [answers(secret, a=a, dead=True) for a in EVERY] == list(EVERY)


def test_to_leave_part_3_the_power_must_hold():
    powers = (Power(Condition((A,), ()), False, None),)

    assert [answers(with_(powers=powers, leaves_part_3=True), a=a) for a in EVERY] == list(EVERY)


SOME = (Condition((A,), ()),)


@pytest.mark.parametrize(
    ("basis", "without", "under"),
    [
        (Basis(SOME, (), (), silent=False), True, True),
        (Basis((), SOME, (), silent=False), False, True),
        (Basis((), (), SOME, silent=False), True, False),
        (Basis((), (), (), silent=False), False, False),
        (Basis((), (), (), silent=True), None, None),
        (Basis(SOME, (), (), silent=True), True, True),
        (Basis((), SOME, (), silent=True), None, True),
        (Basis((), (), SOME, silent=True), True, None),
        (Basis((), SOME, SOME, silent=True), True, True),
    ],
)
def test_a_basis_counts_with_or_without_a_duty_and_silence_only_where_nothing_reaches(basis, without, under):
    programs_ = [with_(bases=(basis,), powers=(Power(SURE, duty, None),)) for duty in (False, True)]

    assert [answers(one, a=True) for one in programs_] == [without, under]
    assert [answers(one, a=False, dead=True) for one in programs_] == [True, True]
    assert [answers(replace(one, of_others=True), a=False, dead=True) for one in programs_] == [
        answers(one, a=False) for one in programs_
    ]


def test_who_could_be_recognised_waits_for_the_test():
    risk = ("reidentification-risk", "discloser")

    assert [read(with_(facts=(risk,)), Kleene({risk: one, DEAD: False}.get)).answer for one in EVERY] == list(EVERY)


def test_what_was_kept_too_long_is_withheld():
    assert answers(with_(overdue=True)) is False


# ---- agreements ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("duty", "doubtful", "value"), [(False, False, False), (True, False, None), (True, True, None)]
)
def test_a_clause_withholds_and_refers_where_a_duty_says_must(duty, doubtful, value):
    powers = (Power(Condition((), (), doubtful), duty, None), Power(SURE, False, None))

    assert answers(with_(powers=powers, clauses=((),))) is value
    assert answers(with_(powers=powers, clauses=((A,),)), a=None) is value
    assert answers(with_(powers=powers, clauses=((A, B),)), a=True, b=True) is True
    assert answers(with_(powers=powers, clauses=((A, B),)), a=True, b=False) is value


@pytest.mark.parametrize(
    ("agreement", "feed", "value"),
    [(None, False, True), ("required", False, None), (None, True, None), ("not-needed", True, True)],
)
def test_an_agreement_is_needed_for_a_feed_or_where_the_law_asks_for_one(agreement, feed, value):
    assert answers(with_(powers=(Power(SURE, False, agreement),), feed=feed)) is value


@pytest.mark.parametrize(("a", "value"), [(True, True), (None, None), (False, None)])
def test_only_another_power_that_holds_makes_no_agreement_needed_where_one_holds_that_asks_for_it(a, value):
    powers = (Power(SURE, False, "required"), Power(Condition((A,), ()), False, None))

    assert answers(with_(powers=powers), a=a) is value


@pytest.mark.parametrize(("a", "b", "value"), [(None, None, None), (None, False, None), (True, True, True)])
def test_where_no_power_holds_yet_those_count_that_may(a, b, value):
    powers = (Power(Condition((A,), ()), False, "required"), Power(Condition((B,), ()), False, None))

    assert answers(with_(powers=powers), a=a, b=b) is value


def test_a_power_that_may_hold_is_not_one_in_hand_for_a_feed():
    powers = (Power(SURE, False, None), Power(Condition((A,), ()), False, "not-needed"))

    assert [answers(with_(powers=powers, feed=True), a=a) for a in EVERY] == [True, None, None]


def test_where_no_power_may_hold_no_agreement_is_needed():
    powers = (Power(Condition((A,), ()), False, "required"),)

    assert answers(with_(leaves=False, powers=powers), a=False) is True
    assert answers(with_(leaves=False, powers=powers), a=True) is None


def test_an_agreement_that_covers_asks_for_its_conditions():
    covered = with_(feed=True, covered=True, conditions=(A, B))

    assert [answers(covered, a=a, b=True) for a in EVERY] == list(EVERY)
    assert answers(with_(covered=True, conditions=(A,)), a=False) is True


@pytest.mark.parametrize(
    ("duty", "emergency", "value"), [(False, False, None), (True, False, True), (False, True, True)]
)
def test_a_duty_or_an_emergency_excuses_the_lack_of_an_agreement(duty, emergency, value):
    assert answers(with_(feed=True, emergency=emergency, powers=(Power(SURE, duty, None),))) is value


# ---- from a case to its program -----------------------------------------------------------------------------


def both(asked_case, one=None):
    """What the program says, and what the definition does."""
    one = one or asked_case.proposal.items[0]
    said = answer(asked_case, one)
    return outcome(asked_case, one), (said.outcome, said.duty)


def same(asked_case, wanted, duty=Duty.NONE, one=None):
    program, definition = both(asked_case, one)

    assert program == definition == (wanted, duty)


@pytest.mark.parametrize(
    ("asked_case", "wanted"),
    [
        (case(), Outcome.REFER),
        (case(judgements=YES), Outcome.SHARE),
        (case(proposal(purpose="care"), judgements=YES), Outcome.REFER),
        (case(proposal(items=[item("health")]), judgements=YES), Outcome.REFER),
        (case(proposal("clinic", items=[item("health")]), judgements=YES), Outcome.REFER),
        (case(proposal("police", "clinic", items=[item("offence")], purpose="enforcement")), Outcome.REFER),
        (case(proposal("police", "person", items=[item()])), Outcome.REFER),
        (case(proposal(items=[item("counts")])), Outcome.REFER),
        (case(proposal(items=[item("prices")])), Outcome.REFER),
        (case(proposal("council", "council", mode="within")), Outcome.SHARE),
        (case(proposal(mode="feed"), judgements=YES), Outcome.REFER),
        (case(proposal(mode="feed"), judgements=YES, agreements=(signed(),)), Outcome.SHARE),
        (case(proposal(mode="feed", emergency=declared()), judgements=YES), Outcome.REFER),
    ],
)
def test_a_program_says_what_the_definition_says(asked_case, wanted):
    program, definition = both(asked_case)

    assert program == definition
    assert program[0] == wanted


@pytest.mark.parametrize(
    "step", ["people", "prohibition", "power", "confidence", "necessity", "proportionality", "handling"]
)
@pytest.mark.parametrize("sealed", ["yes", "no", "unknown"])
def test_a_bar_at_any_step_is_in_the_program(step, sealed):
    register = law(
        entry("bar", {"step": step, "effect": "bars", "needs": ["sealed"], "unless": ["routine"]}),
        entry("lift", {"step": step, "effect": "lifts", "lifts": ["bar"], "needs": ["court-order"]}),
        entry("secret", {"step": "confidence", "needs": ["child"]}),
    )
    for ordered in ("yes", "no", "unknown"):
        one = item("diagnosis", facts={"sealed": sealed, "routine": "no", "child": "yes", "court-order": ordered})
        found = case(proposal("clinic", items=[one]), register, (judgement("necessary", by="clinic"),))

        program, definition = both(found)
        assert program == definition


def test_a_closed_list_leaves_a_party_out():
    register = law(entry("list", {"from": ["clinic"], "closed": True}), drop=("watch-s1",))

    same(case(register=register), Outcome.WITHHOLD)
    same(case(proposal(purpose="care"), law(drop=("watch-s1",))), Outcome.REFER)


def test_a_duty_and_its_own_basis():
    register = law(
        entry("must", {"duty": True, "needs": ["court-order"]}),
        entry("task", {"step": "basis", "under_duty": True}, {"step": "basis", "end": "recipient"}),
        entry("choice", {"step": "basis", "under_duty": False, "needs": ["consent"]}),
        drop=("basis-6",),
    )
    asked_ = proposal(facts={"court-order": "yes"})

    same(case(asked_, register, YES), Outcome.SHARE, Duty.DUE)
    same(case(proposal(facts={"court-order": "no"}), register, YES), Outcome.REFER)
    same(case(proposal(facts={"court-order": "no", "consent": "no"}), register, YES), Outcome.WITHHOLD)


def test_a_duty_that_waits_for_the_law_is_pending():
    register = law(entry("must", {"duty": True}, unconfirmed=["who"]))

    same(case(register=register, judgements=YES), Outcome.SHARE, Duty.PENDING)


def test_a_basis_with_a_period_of_its_own_counts_though_its_entry_is_not_in_force():
    route = {"step": "basis", "end": "both", "in_force": [{}], "needs": ["consent"]}
    register = law(entry("early", route, in_force=[{"from": "2030-01-01"}]), drop=("basis-6",))

    same(case(proposal(facts={"consent": "no"}), register, YES), Outcome.WITHHOLD)
    same(case(proposal(facts={"consent": "yes"}), register, YES), Outcome.SHARE)
    same(case(register=law(drop=("basis-6",)), judgements=YES), Outcome.REFER)


SECRET = {"step": "power", "kinds": ["held-in-confidence"]}


@pytest.mark.parametrize(
    ("sets_aside", "word", "wanted"),
    [
        ("yes", None, Outcome.SHARE),
        ("no", None, Outcome.REFER),
        ("unconfirmed", None, Outcome.REFER),
        ("unconfirmed", True, Outcome.SHARE),
        ("unconfirmed", False, Outcome.WITHHOLD),
    ],
)
def test_a_power_lifts_confidence_if_it_says_so_and_nobody_denies_it(sets_aside, word, wanted):
    """Where the register is silent about confidence; a power that was denied was considered all the same."""
    register = law(entry("act", SECRET, sets_aside_confidence=sets_aside), drop=("secrecy",))
    said = [] if word is None else [confirmation("act.sets_aside_confidence", word)]

    same(case(proposal(items=[item("prices")]), register.confirmed(said)), wanted)


@pytest.mark.parametrize(
    ("fact", "end", "where"),
    [
        ("consent", "recipient", "discloser"),
        ("apd", "recipient", "recipient"),
        ("necessary", "recipient", "recipient"),
        ("necessary", "discloser", "discloser"),
        ("harmless", "recipient", "recipient"),
    ],
)
def test_a_fact_is_asked_at_an_end_only_where_that_makes_a_difference(fact, end, where):
    assert asked(LAW, fact, end) == (fact, where)


@pytest.mark.parametrize("opposite", ["urgent", "apd"])
def test_a_fact_whose_opposite_is_asked_at_an_end_is_asked_there_as_well(opposite):
    tied = tuple(
        one.model_copy(update={"opposite": opposite} if one.id == "sealed" else {}) for one in VOCABULARY.facts
    )
    register = replace(LAW, vocabulary=VOCABULARY.model_copy(update={"facts": tied}))

    assert asked(register, "sealed", "recipient") == ("sealed", "recipient")


def test_what_a_body_holds_has_a_program_for_each_way_it_may_be():
    found = case(proposal("archive", items=[item()]))
    ways = dict(programs(found, item()))

    assert set(ways) == {((("on-open-shelves", ENDS[0]), known),) for known in (True, False)}
    assert [bool(one.lifts_confidence) for one in ways.values()] == [False, True]
    for said in ("yes", "no", "unknown"):
        one = item(facts={"on-open-shelves": said})
        program, definition = both(case(proposal("archive", items=[one]), judgements=YES), one)
        assert program == definition


def test_a_clause_and_a_time_for_keeping_are_in_the_program():
    never = [{"id": "no", "items": ["name"], "to": ["police"], "unless": ["consent"], "text": "Never."}]
    agreement = signed(never=[{**never[0], "items": ["small.example/item/name"]}])
    for said, wanted in (("yes", Outcome.SHARE), ("no", Outcome.WITHHOLD), ("unknown", Outcome.WITHHOLD)):
        same(case(proposal(facts={"consent": said}), judgements=YES, agreements=(agreement,)), wanted)

    kept = proposal("police", "police", mode="keep", received="2025-11-16")
    same(case(kept, agreements=(signed(),)), Outcome.WITHHOLD)
    same(case(kept.model_copy(update={"received": None}), agreements=(signed(),)), Outcome.SHARE)


def test_conditions_of_the_agreement_are_in_the_program():
    agreement = signed({"needs": ["routine"]}, preconditions=["court-order"])
    for ordered, wanted in (("yes", Outcome.SHARE), ("no", Outcome.WITHHOLD), ("unknown", Outcome.REFER)):
        asked_ = proposal(mode="feed", facts={"court-order": ordered})
        same(case(asked_, judgements=YES, agreements=(agreement,)), wanted)


def test_equal_items_have_equal_programs():
    other = ProposedItem(item="small.example/item/other", kinds=item().kinds)
    found = case(proposal(items=[item(), other]))
    first, second = (next(programs(found, one))[1] for one in found.proposal.items)

    assert first == second
    assert hash(first) == hash(second)
