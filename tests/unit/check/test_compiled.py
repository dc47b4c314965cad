"""The fast way of deciding one proposal gives the very decision of the definition, and follows every change."""

import pickle
from copy import copy, deepcopy
from dataclasses import replace
from datetime import date, timedelta

import pytest

from comity.canonical import canonical_bytes
from comity.check import World, compiled
from comity.check.compiled import Compiled, days_of_law
from comity.check.decision import Decision, Emergency, Judgement, JudgementScope
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
    most = 60
    monkeypatch.setattr(compiled, "MOST_ANSWERS", most)
    fast, let_go = Compiled(WORLD), 0
    for proposal in READ[:24]:
        before = fast._between
        assert fast.decide(proposal) == WORLD.decide(proposal)
        let_go += fast._between is not before
        assert kept(fast) <= fast._kept <= most

    assert let_go


def kept(fast):
    return len(fast._shapes) + sum(one.kept for one in fast._between.values())


def test_what_is_taken_over_counts_as_kept():
    fast = Compiled(WORLD)
    for proposal in READ[:12]:
        fast.decide(proposal)
    again = fast.amended(replace(WORLD, judgements=(*WORLD.judgements, judged(READ[0], "yes"))))
    for proposal in READ[:12]:
        again.decide(proposal)

    assert kept(again) == again._kept


def test_nothing_without_end_is_kept_of_what_is_refused():
    fast = Compiled(WORLD)
    for name in ("one", "two", "three"):
        with pytest.raises(UnknownName):
            fast.decide(READ[0].model_copy(update={"claimed": name}))

    assert kept(fast) == fast._kept > 3


# ---- what the items are, and what is said of them ---------------------------------------


SEVERAL = next(one for one in READ if len({item.item for item in one.items}) > 2)


def said_of(proposal, place, facts):
    items = list(proposal.items)
    items[place] = items[place].model_copy(update={"facts": facts})
    return proposal.model_copy(update={"items": tuple(items)})


@pytest.mark.parametrize("places", [(0, 1, 2), (2, 1, 0), (0, 0, 1), (1, 0, 0), (0,), (1,), (0, 1)], ids=str)
def test_items_are_answered_in_their_order_however_they_were_asked_first(fast, places):
    one = SEVERAL.model_copy(update={"items": tuple(SEVERAL.items[place] for place in places)})

    assert fast.decide(one) == fast.decide(one) == WORLD.decide(one)


def test_what_is_said_of_one_item_is_said_of_that_item_alone(fast):
    for facts in ({}, {"child": "yes"}, {"child": "no"}, {"consent": "yes"}, {"deceased": "yes"}):
        for place in range(3):
            one = said_of(SEVERAL, place, facts)

            assert fast.decide(one) == WORLD.decide(one)
            assert fast.decide(one.model_copy(update={"facts": facts})) == WORLD.decide(
                one.model_copy(update={"facts": facts})
            )


def test_an_equal_item_of_its_own_is_the_same_item():
    fast = Compiled(WORLD)
    fast.decide(SEVERAL)
    before = fast._kept
    again = type(SEVERAL).model_validate(SEVERAL.model_dump(by_alias=True))

    assert fast.decide(again) == WORLD.decide(again)
    assert fast._kept == before


def test_what_does_not_matter_makes_no_answer_of_its_own():
    fast = Compiled(WORLD)
    fast.decide(SEVERAL)
    before = fast._kept
    looked_at = set().union(
        *(
            cell.turns_on
            for one in fast._between.values()
            for there in one.found.values()
            for cell in there.together.values()
        )
    )
    other = next(one.id for one in WORLD.law.vocabulary.facts if one.id not in looked_at)
    one = SEVERAL.model_copy(update={"facts": {**SEVERAL.facts, other: "yes"}, "id": "another", "actor": "another"})

    assert fast.decide(one) == WORLD.decide(one)
    assert fast._kept == before


def test_facts_that_are_changed_later_are_read_anew():
    fast, facts, own = Compiled(WORLD), {}, {}
    one = said_of(SEVERAL, 0, own).model_copy(update={"facts": facts})
    for said in (facts, own):
        for answer in ("yes", "no", "unknown"):
            for fact in ("child", "consent", "deceased", "serious-harm-or-crime"):
                said[fact] = answer

                assert fast.decide(one) == WORLD.decide(one)


# ---- a decision is a decision --------------------------------------------------------------


@pytest.mark.parametrize("proposal", READ[::7], ids=lambda one: one.id)
def test_a_decision_from_memory_is_used_like_any_other(fast, proposal):
    expected, [_, again] = WORLD.decide(proposal), [fast.decide(proposal) for _ in range(2)]

    assert list(vars(again)) == list(vars(expected))
    assert repr(again) == repr(expected)
    assert again.model_fields_set == expected.model_fields_set
    assert again.model_dump(exclude_unset=True) == expected.model_dump(exclude_unset=True)
    assert canonical_bytes(again) == canonical_bytes(expected)
    assert pickle.loads(pickle.dumps(again)) == copy(again) == deepcopy(again) == expected
    assert again.model_copy(update={"must": True}) == expected.model_copy(update={"must": True})
    assert Decision.model_validate_json(again.model_dump_json(by_alias=True)) == expected
    assert again.__getstate__() == expected.__getstate__()


def test_what_is_done_to_a_decision_does_not_reach_the_next(fast):
    proposal = READ[0]
    one = fast.decide(proposal)
    one.model_fields_set.clear()
    vars(one).clear()

    assert fast.decide(proposal) == WORLD.decide(proposal)
    assert fast.decide(proposal).model_fields_set == WORLD.decide(proposal).model_fields_set
