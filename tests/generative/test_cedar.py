"""An engine that is not ours agrees on what may go: the rules of each item are put to Cedar as a policy."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import pytest
from cedarpy import Decision, Entities, PolicySet, is_authorized

from comity.check import ProposedItem
from comity.check.case import Case
from comity.terms import Outcome
from tests.generative.cedar import FALSE, TRUE, Cedar, Engine, Policy, Text
from tests.generative.engines import NIGHTLY, Decided, decided, fresh, sample
from tests.generative.nightly import SEED, Progress

MORE = range(10_000, 10_030)
"""Worlds beyond the sample."""
NIGHTLY_WORLDS = 300


def disagreeing(engine: Engine, one: Decided) -> Iterator[str]:
    """Every item of which Cedar and the definition do not say the same."""
    world, proposals = one.made.world, one.made.proposals
    asked = [(world.case(proposal), item) for proposal in proposals for item in proposal.items]
    wanted = [answer.outcome == Outcome.SHARE for decision in one.decisions for answer in decision.answers]
    for (case, item), may, cedar in zip(asked, wanted, engine.may_go(asked), strict=True):
        if may != cedar:
            yield f"world {one.made.seed}, {case.proposal.id}, {item.called}: share is {may}, Cedar says {cedar}"


def items(worlds: Iterable[Decided]) -> int:
    return sum(len(decision.answers) for one in worlds for decision in one.decisions)


def test_cedar_permits_what_the_definition_shares_and_nothing_else() -> None:
    engine, asked, different = Engine(), 0, []
    for worlds in (sample(), fresh(MORE)):
        for one in worlds:
            asked += items([one])
            different += disagreeing(engine, one)

    assert not different, "\n".join(different[:20])
    assert asked >= 5_000
    assert len(engine.policies) > 1_000


@pytest.mark.skipif(not NIGHTLY, reason="make nightly asks Cedar about many more")
def test_cedar_agrees_on_very_many_more(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    seed = request.config.getoption("--hypothesis-seed", None)
    first = (int(seed) if str(seed).isdigit() else SEED) + 1_000_000
    progress, engine = Progress("cedar", range(first, first + NIGHTLY_WORLDS)), Engine()
    for at in progress.left():
        (one,) = fresh(range(at, at + 1))
        progress.counts["items"] += items([one])
        progress.failing += disagreeing(engine, one)
        engine.policies.clear()
    with capsys.disabled():
        sys.stdout.write(f"\n{progress}\n")

    assert not progress.failing, "\n".join(progress.failing)


# ---- the logic in Cedar text ---------------------------------------------------------------


FACT = ("it-is-so", "discloser")
KNOWN: dict[bool | None, Text] = {True: Cedar.yes, None: Cedar.unknown, False: Cedar.no}


@pytest.mark.parametrize("one", KNOWN)
@pytest.mark.parametrize("other", KNOWN)
def test_the_text_of_two_values_is_that_of_strong_kleene_logic(one: bool | None, other: bool | None) -> None:
    algebra, both = Cedar(), [KNOWN[one], KNOWN[other]]

    assert algebra.all(both) == KNOWN[False if False in (one, other) else None if None in (one, other) else True]
    assert algebra.any(both) == KNOWN[True if True in (one, other) else None if None in (one, other) else False]
    assert algebra.negation(KNOWN[one]) == KNOWN[None if one is None else not one]
    assert algebra.surely(KNOWN[one]) == KNOWN[one is True]


def test_nothing_at_all_holds_and_none_of_nothing_does() -> None:
    assert (Cedar().all([]), Cedar().any([])) == (Cedar.yes, Cedar.no)
    assert (Cedar.yes.yes, Cedar.yes.no) == (TRUE, FALSE)


@pytest.mark.parametrize(("said", "permitted"), [("so", True), ("notso", False), ("neither", False)])
def test_cedar_permits_only_what_is_known_to_be_so(said: str, permitted: bool) -> None:
    condition = Cedar().fact(FACT).yes
    context = {"so": [], "notso": []} | ({said: ["it-is-so @ discloser"]} if said != "neither" else {})
    asked = {
        "principal": 'Party::"discloser"',
        "action": 'Action::"share"',
        "resource": 'Item::"item"',
        "context": context,
    }
    policies = PolicySet.from_str(f'permit (principal, action == Action::"share", resource) when {{ {condition} }};')

    assert (is_authorized(asked, policies, Entities.from_json_str("[]")).decision == Decision.Allow) == permitted


class Forgetful(Engine):
    """Knows of no fact that it is not so."""

    def request(self, policy: Policy, case: Case, item: ProposedItem) -> dict[str, object]:
        asked = super().request(policy, case, item)
        context = asked["context"]
        assert isinstance(context, dict)
        return {**asked, "context": {**context, "notso": []}}


def test_an_engine_that_leaves_something_out_is_noticed() -> None:
    different = [line for seed in range(4) for line in disagreeing(Forgetful(), decided(seed))]

    assert different
    assert all("share is True, Cedar says False" in line for line in different)
