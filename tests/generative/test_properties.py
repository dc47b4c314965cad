"""The properties of docs/explanation/the-check.md, on generated proposals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comity.canonical import canonical_bytes, plain
from comity.check import Answer, Decision, ProposedItem
from comity.check.remedy import RANK, remedies
from comity.law import Register
from comity.terms import REASON_CODES, Duty, Outcome, Period, Step, headline_of
from tests.generative.proposals import LAW, Question, items, questions, yes_to

NO_RULE_IS_NEAR = ("no-dp-basis", "no-special-condition")
"""Where no route at all reaches the item, there is none to name."""


@given(questions())
def test_nothing_is_shared_without_a_power(asked: Question) -> None:
    world, proposal = asked.world, asked.proposal
    case = world.case(proposal)
    for item, answer in zip(proposal.items, world.decide(proposal).answers, strict=True):
        if answer.outcome == Outcome.SHARE and case.leaves_its_purpose:
            powers = [one for one in case.weighed(Step.POWER, "allows", item) if one.value]

            assert powers
            assert {reason.rests_on for reason in answer.reasons if reason.step == Step.POWER} <= {
                one.provision.id for one in powers
            }


@given(questions())
def test_nothing_is_shared_under_a_prohibition(asked: Question) -> None:
    world, proposal = asked.world, asked.proposal
    case = world.case(proposal)
    for item, answer in zip(proposal.items, world.decide(proposal).answers, strict=True):
        biting = [bar for bar in case.weighed(Step.PROHIBITION, "bars", item) if bar.value]
        lifted = [
            bar
            for bar in biting
            if any(
                case.weigh(provision, route, item, "discloser").value
                for provision, route in LAW.reach.members(LAW.reach.lifting(bar.provision.id))
                if not case.mismatch(provision, route, item, "discloser", Duty.NONE)
            )
        ]
        if answer.outcome == Outcome.SHARE:
            assert biting == lifted


@given(questions())
def test_a_withhold_names_a_rule(asked: Question) -> None:
    world, proposal = asked.world, asked.proposal
    for answer in world.decide(proposal).answers:
        if answer.outcome == Outcome.WITHHOLD:
            determining = answer.against[0]

            assert REASON_CODES[determining.code].outcome == Outcome.WITHHOLD
            assert determining.rests_on or determining.fact or determining.code in NO_RULE_IS_NEAR


@given(questions())
def test_a_refer_names_what_is_open(asked: Question) -> None:
    world, proposal = asked.world, asked.proposal
    for answer in world.decide(proposal).answers:
        if answer.outcome == Outcome.REFER:
            assert answer.against
            assert all(
                one.fact or one.path or REASON_CODES[one.code].outcome == Outcome.REFER or one.rests_on
                for one in answer.against
            )


@given(questions())
def test_every_stated_remedy_works(asked: Question) -> None:
    world, proposal = asked.world, asked.proposal
    decision = world.decide(proposal)
    for item, remedy in remedies(world, proposal, decision.answers).items():
        if remedy.kind != "none":
            assert RANK[remedy.outcome] > RANK[decision.answer(item).outcome]


@given(questions(), items())
def test_adding_an_item_changes_no_other_answer(asked: Question, extra: ProposedItem) -> None:
    world, proposal = asked.world, asked.proposal
    assume(extra.item not in {item.item for item in proposal.items})
    more = proposal.model_copy(update={"items": (*proposal.items, extra)})

    assert world.decide(more).answers[:-1] == world.decide(proposal).answers


@given(questions())
def test_an_expired_agreement_removes_no_power_or_duty(asked: Question) -> None:
    world, proposal = asked.world, asked.proposal
    without = replace(world, agreements=())
    for before, after in zip(world.decide(proposal).answers, without.decide(proposal).answers, strict=True):
        assert before.duty == after.duty
        assert _at(before, Step.POWER) == _at(after, Step.POWER)


def _at(answer: Answer, step: Step) -> list[tuple[str, str, str]]:
    return [
        (one.code, one.rests_on, one.route)
        for one in answer.reasons
        if one.step == step and one.effect != Outcome.REFER
    ]


@given(questions(), st.data())
def test_a_yes_never_makes_an_answer_worse(asked: Question, data: st.DataObject) -> None:
    world, proposal = asked.world, asked.proposal
    before = world.decide(proposal)
    open_ = sorted(
        {
            reason.fact
            for answer in before.answers
            for reason in answer.against
            if reason.code == "awaiting-human" and reason.fact
        }
    )
    assume(open_)
    test = data.draw(st.sampled_from(open_))
    answered = replace(world, judgements=(*world.judgements, *yes_to(test, proposal)))
    for old, new in zip(before.answers, answered.decide(proposal).answers, strict=True):
        assert RANK[new.outcome] >= RANK[old.outcome]


@given(questions())
def test_replaying_a_decision_is_identical(asked: Question) -> None:
    world, proposal = asked.world, asked.proposal
    decision = world.decide(proposal)
    read = Decision.model_validate_json(canonical_bytes(decision))

    assert read == decision
    assert plain(world.decide(read.proposal)) == plain(decision)


@given(questions())
def test_later_law_changes_nothing_today(asked: Question) -> None:
    world, proposal = asked.world, asked.proposal
    later = replace(world, law=_with_period(world.law, Period(from_=date(2031, 1, 1))))

    assert later.decide(proposal).answers == world.decide(proposal).answers


def _with_period(law: Register, period: Period) -> Register:
    return replace(
        law,
        provisions={
            id: one.model_copy(update={"in_force": (*one.in_force, period)}) for id, one in law.provisions.items()
        },
    )


@given(questions())
def test_an_emergency_creates_no_power(asked: Question) -> None:
    """It answers tests for the moment; what a closed list or a prohibition stops, it does not open."""
    world, proposal = asked.world, asked.proposal
    assume(proposal.emergency is not None)
    calm = proposal.model_copy(update={"emergency": None})
    for with_, without in zip(world.decide(proposal).answers, world.decide(calm).answers, strict=True):
        stopped = [
            one
            for one in without.against
            if one.step == Step.PROHIBITION or (one.step == Step.POWER and one.code.endswith("lacks-capacity"))
        ]

        assert without.outcome != Outcome.WITHHOLD or not stopped or with_.outcome == Outcome.WITHHOLD


@given(questions())
def test_unconfirmed_law_never_gives_a_yes(asked: Question) -> None:
    world, proposal = asked.world, asked.proposal
    for answer in world.decide(proposal).answers:
        for reason in answer.reasons:
            opens = reason.code == "met" and not reason.fact and reason.rests_on in LAW.provisions

            assert not opens or LAW.provision(reason.rests_on).evidence != "to-confirm"


@given(questions())
def test_the_headline_follows_from_the_items(asked: Question) -> None:
    world, proposal = asked.world, asked.proposal
    decision = world.decide(proposal)

    assert decision.headline == headline_of(one.outcome for one in decision.answers)
    assert decision.must == any(one.duty == Duty.DUE and one.outcome == Outcome.SHARE for one in decision.answers)


def test_every_outcome_and_way_of_answering_is_generated() -> None:
    """Without this, a property may hold because nothing it speaks of ever came up."""
    seen: set[str] = set()

    @settings(max_examples=1000, derandomize=True)
    @given(questions())
    def look(asked: Question) -> None:
        decision = asked.decide()
        seen.update(f"outcome {one.outcome}" for one in decision.answers)
        seen.update(f"duty {one.duty}" for one in decision.answers)
        seen.update(f"code {reason.code}" for one in decision.answers for reason in one.reasons)
        seen.update(f"step {reason.step}" for one in decision.answers for reason in one.reasons)

    look()

    wanted = {f"outcome {one}" for one in Outcome} | {f"duty {one}" for one in Duty} | {f"step {one}" for one in Step}
    wanted |= {
        f"code {code}"
        for code in (
            "met",
            "awaiting-human",
            "awaiting-confirmation",
            "prohibited",
            "emergency",
            "no-route-known",
            "same-controller",
            "recipient-lacks-capacity",
        )
    }

    assert wanted <= seen
