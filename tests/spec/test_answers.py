"""Answers that hold whatever officers say: the vectors of tests/vectors/answers.yaml, by the core."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from comity.check import Judgement, World
from comity.check.case import ENDS
from comity.check.decision import JudgementScope
from comity.check.text import read_proposals
from comity.law import shipped
from comity.source import Model, Words, build, read_yaml
from tests.spec.cases import DAY, agreements, confirmation, names, partnership

FILE = Path(__file__).parents[1] / "vectors" / "answers.yaml"
DECLARED = {
    "declared_by": "an invented inspector", "office": "case-officer", "reason": "a threat to life",
    "life_at_risk": "the tenant", "recipient_named": "the duty officer",
}  # fmt: skip


class Vector(Model):
    """A question with every test answered yes, and what must come of it.

    That is an outcome, a code where it matters, whether the law requires it, and what it rests on for the giver or not.
    """

    model_config = Model.model_config | {"extra": "allow"}

    says: str
    expect: dict[str, str]
    apart: Words = ()
    only: Literal["discloser", "recipient"] | None = None
    confirm: Words = ()
    emergency: Literal["yes", "no"] = Field(default="no")
    must: Literal["yes", "no"] | None = None
    rests_on: Words = ()
    rests_not_on: Words = ()


DOCUMENT = read_yaml(FILE.read_text("utf-8"), FILE.name)
assert isinstance(DOCUMENT.value, dict)
VECTORS = [build(Vector, DOCUMENT, ("cases", at)) for at in range(len(DOCUMENT.value["cases"]))]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one.says)
def test_the_answer_is_the_laws_doing(vector: Vector) -> None:
    question = dict(vector.model_extra or {}) | {"id": "vector"}
    if vector.emergency == "yes":
        question["emergency"] = DECLARED
    (proposal,) = read_proposals(replace(DOCUMENT, value=question), names(), DAY).proposals
    law = shipped().confirmed(map(confirmation, vector.confirm))
    world = World(partnership(), law, tuple(agreements().values()))

    decision = replace(world, judgements=everybody_says_yes(world, proposal, vector)).decide(proposal)

    for item, wanted in vector.expect.items():
        outcome, _, code = wanted.partition(" ")
        answer = decision.answer(item)
        assert answer.outcome == outcome, answer.reasons
        assert not code or code in {one.code for one in answer.against}
        found = {one.rests_on for one in answer.reasons if one.end != "recipient"}
        assert found >= set(vector.rests_on)
        assert not found & set(vector.rests_not_on)
    assert vector.must in (None, "yes" if decision.must else "no")


def everybody_says_yes(world: World, proposal, vector: Vector) -> tuple[Judgement, ...]:  # type: ignore[no-untyped-def]
    case = world.case(proposal)
    return tuple(
        Judgement.model_validate({
            "id": f"{test.id}-{end}", "test": test.id, "answer": "no" if test.id in AGAINST else "yes",
            "by": "an invented officer", "office": office, "partner": case.party(end).partner,
            "reasons": "whatever the law says", "scope": JudgementScope(instance=proposal.id), "from": proposal.on,
        })
        for end in ENDS if vector.only in (None, end)
        for test in world.law.vocabulary.facts if test.is_test and test.id not in vector.apart
        for office in world.law.offices_for(test.id, world.law.capacities_of(case.party(end).capacities))[:1]
    )  # fmt: skip


AGAINST = ("more-detrimental-to-child", "unreasonable-to-assist")
