"""The fast way of deciding one proposal gives the very decision of the definition, and follows every change."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from comity.check import World, compiled
from comity.check.compiled import Compiled, days_of_law
from comity.check.decision import Emergency, Judgement, JudgementScope
from comity.errors import UnknownName
from comity.law import shipped
from tests.spec.cases import agreements, partnership, runs

RUNS = [run.read() for run in runs()]
READ = [one for read in RUNS for one in read.proposals]
JUDGED = {one.id: one for read in RUNS for one in read.judgements}
WORLD = World(partnership(), shipped(), tuple(agreements().values()), tuple(JUDGED.values()))


@pytest.fixture(scope="module")
def fast():
    return Compiled(WORLD)


@pytest.mark.parametrize("proposal", READ, ids=lambda one: one.id)
def test_the_decision_is_that_of_the_definition_first_and_again(fast, proposal):
    expected = WORLD.decide(proposal)

    assert fast.decide(proposal) == expected
    assert fast.decide(proposal) == expected
    assert fast.decide(proposal).model_dump_json() == expected.model_dump_json()


def test_every_day_on_which_something_changes_has_its_own_answer(fast):
    proposal = READ[0]
    days = {day + timedelta(days=shift) for day in days_of_law(WORLD.law) for shift in (-1, 0)}
    for day in sorted(days):
        one = proposal.model_copy(update={"on": day})

        assert fast.decide(one) == WORLD.decide(one)


def test_what_is_said_of_a_fact_counts_however_it_was_asked_first():
    fast = Compiled(WORLD)
    for proposal in READ[:20]:
        for facts in ({}, {"child": "yes"}, {"consent": "yes"}, {"child": "no", "deceased": "yes"}, {}):
            one = proposal.model_copy(update={"facts": facts})

            assert fast.decide(one) == WORLD.decide(one)


def test_the_day_on_which_a_duty_is_due_is_that_of_the_proposal(fast):
    due = next(one for one in READ if any(answer.due_rule for answer in WORLD.decide(one).answers))
    asked = due.asked.model_copy(update={"due": date(2027, 1, 9)}) if due.asked else None
    for on in (due.on, due.on + timedelta(days=1)):
        one = due.model_copy(update={"on": on, "data_until": on, "asked": asked})

        assert fast.decide(one) == WORLD.decide(one)


def judged(proposal, answer, test="necessary"):
    return Judgement.model_validate(
        {
            "id": f"{test}-{answer}", "test": test, "answer": answer, "by": "A", "office": "data-protection-officer",
            "partner": proposal.discloser.partner, "reasons": "said", "from": proposal.on,
            "scope": JudgementScope(instance=proposal.id), "until": proposal.on + timedelta(days=2),
        }
    )  # fmt: skip


def test_a_judgement_of_one_case_reaches_it_alone_and_while_it_lasts():
    proposal = READ[0]
    world = replace(WORLD, judgements=(*WORLD.judgements, judged(proposal, "no")))
    fast = Compiled(WORLD).amended(world)
    for id in (proposal.id, "another"):
        for shift in range(4):
            one = proposal.model_copy(update={"id": id, "on": proposal.on + timedelta(days=shift)})

            assert fast.decide(one) == world.decide(one)


def test_a_change_takes_effect_on_the_next_decision():
    fast = Compiled(WORLD)
    for proposal in READ:
        fast.decide(proposal)
    gone = replace(WORLD, agreements=())
    other_law = replace(WORLD, law=replace(WORLD.law, name="other"))
    for world in (gone, other_law, replace(WORLD, judgements=(*WORLD.judgements, judged(READ[0], "yes"))), WORLD):
        fast = fast.amended(world)
        for proposal in READ:
            assert fast.decide(proposal) == world.decide(proposal)


def test_what_an_amendment_does_not_touch_is_taken_over():
    fast = Compiled(WORLD)
    fast.decide(READ[0])
    [before] = fast._between.values()
    again = fast.amended(replace(WORLD, judgements=(*WORLD.judgements, judged(READ[0], "yes"))))
    again.decide(READ[1].model_copy(update={"discloser": READ[0].discloser, "recipient": READ[0].recipient}))

    assert list(again._between.values()) == [before]


def test_an_emergency_has_its_review_and_its_own_answers(fast):
    declared = Emergency(
        declared_by="Insp A. Invented", office="case-officer", reason="a threat", life_at_risk="a tenant",
        recipient_named="duty officer",
    )  # fmt: skip
    for proposal in READ[:10]:
        one = proposal.model_copy(update={"emergency": declared})

        assert fast.decide(one) == WORLD.decide(one)
        assert fast.decide(proposal) == WORLD.decide(proposal)


def test_names_that_nobody_knows_are_refused_alike(fast):
    for change in ({"purpose": "gardening"}, {"discloser": READ[0].discloser.model_copy(update={"unit": "attic"})}):
        one = READ[0].model_copy(update=change)
        with pytest.raises(UnknownName) as expected:
            WORLD.decide(one)
        with pytest.raises(UnknownName) as said:
            fast.decide(one)

        assert str(said.value) == str(expected.value)


def test_memory_is_let_go_of_before_it_grows_without_end(monkeypatch):
    monkeypatch.setattr(compiled, "MOST_ANSWERS", 5)
    fast = Compiled(WORLD)
    for proposal in READ[:12]:
        assert fast.decide(proposal) == WORLD.decide(proposal)

    assert (
        sum(
            len(cell.answers)
            for one in fast._between.values()
            for there in one.found.values()
            for cell in there.cells.values()
        )
        <= 5
    )
