"""One proposal at a time: Comity with every reason, against its peers, its definition and its limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import cedarpy
import regopy

from benchmarks.measure import Row, Table, Work, best_of
from benchmarks.peers import (
    Cedar,
    Peer,
    Question,
    Rego,
    Rules,
    casbin_natural,
    casbin_sliced,
    cedar_natural,
    cedar_sliced,
    cedar_tuned,
)
from benchmarks.world import Portfolio
from comity.check.compiled import Compiled
from comity.check.decision import Decision, Proposal
from comity.check.world import World

ENGINES: Mapping[str, Callable[[Rules], Peer]] = {
    "Cedar, natural": cedar_natural,
    "Cedar, tuned": cedar_tuned,
    "Cedar, tuned and sliced": cedar_sliced,
    "casbin": casbin_natural,
    "casbin, sliced": casbin_sliced,
    "Rego (regopy)": Rego.of,
}


OFTEN = 25
"""So often the warm proposals are asked in one round: asked once they take less than half a millisecond."""


def single(portfolio: Portfolio, sample: int, timed: int, different: int, rounds: int) -> Table:
    """`sample` proposals must be answered alike by all; the first `timed` of them are then timed."""
    world = portfolio.world
    proposals = portfolio.proposals(max(sample, different))
    expected = [world.decide(one) for one in proposals[:sample]]
    compiled = Compiled(world)
    assert [compiled.decide(one) for one in proposals[:sample]] == expected
    rules = Rules(world, proposals[:sample])
    engines = {name: make(rules) for name, make in ENGINES.items()}
    for name, engine in engines.items():
        assert_agreement(name, engine, rules.questions, expected)
    for one in proposals[sample:different]:
        compiled.decide(one)

    asked, few = rules.questions[:timed], proposals[:timed]
    contenders: dict[str, Work] = {
        "warm": lambda: _all(compiled.decide, few * OFTEN),
        "different": lambda: _all(compiled.decide, proposals[:different]),
        "definition": lambda: _all(world.decide, few),
        "cold": lambda: _all(Compiled(world).decide, few),
        "first": lambda: _all(Compiled(_fresh(world)).decide, few),
        **{name: lambda engine=engine: _all(engine.answers, asked) for name, engine in engines.items()},  # type: ignore[misc]
        **_floors(few, asked),
        **_unprepared(rules, asked[: max(1, timed // 20)], engines),
    }
    least = best_of(rounds, contenders)
    many = {"different": different, "warm": timed * OFTEN, **dict.fromkeys(UNPREPARED, max(1, timed // 20))}
    each = {name: seconds / many.get(name, timed) for name, seconds in least.items()}
    return _table(each, rules, sample, timed, different)


def assert_agreement(name: str, engine: Peer, questions: Sequence[Question], expected: Sequence[Decision]) -> None:
    """Nothing is timed that answers otherwise than the definition."""
    for asked, decision in zip(questions, expected, strict=True):
        found, right = engine.answers(asked), tuple(one.outcome.value for one in decision.answers)
        assert found == right, f"{name} answers {found}, the definition {right}, to {asked.proposal.id}"


def _all(decide: Callable[[Question], object] | Callable[[Proposal], object], asked: Iterable[object]) -> None:
    for one in asked:
        decide(one)  # type: ignore[arg-type]


def _fresh(world: World) -> World:
    """The same world, of which nothing has yet been worked out."""
    return replace(world, law=world.law.confirmed(()))


# ---- what limits them ----------------------------------------------------------------------


def _floors(proposals: Sequence[Proposal], asked: Sequence[Question]) -> dict[str, Work]:
    """What each would take if it had nothing to decide: a call, a look-up, a request to an engine of one rule."""
    place = {(one.discloser.partner, one.recipient.partner, one.purpose, one.on): None for one in proposals}
    policy = cedarpy.PolicySet.from_str("permit(principal, action, resource);")
    nobody = cedarpy.Entities.from_json_str("[]")
    request = {"principal": 'Party::"a"', "action": 'Action::"share"', "resource": 'Cell::"b"', "context": {}}
    interpreter = regopy.Interpreter()
    interpreter.add_module("floor", "package floor\n\nyes := true\n")
    bundle = interpreter.build(None, ["floor/yes"])

    def call(*_: object) -> bool:
        return True

    def look_up() -> None:
        for one in proposals:
            place[one.discloser.partner, one.recipient.partner, one.purpose, one.on]

    def cedar_of_one_policy() -> None:
        for one in asked:
            cedarpy.is_authorized_batch([request] * len(one.items), policy, nobody)

    def rego_of_one_rule() -> None:
        for one in asked:
            interpreter.set_input({"items": len(one.items)})
            interpreter.query_bundle_entrypoint(bundle, "floor/yes")

    return {
        "call": lambda: [call(one, one, one, one, one, one) for one in proposals],
        "look-up": look_up,
        "Cedar of one policy": cedar_of_one_policy,
        "Rego of one rule": rego_of_one_rule,
    }


UNPREPARED = ("Cedar, policies read at each call", "Rego, module read at each call")


def _unprepared(rules: Rules, asked: Sequence[Question], engines: Mapping[str, Peer]) -> dict[str, Work]:
    """Peers that have made nothing ready, on a twentieth of the proposals."""
    tuned = engines["Cedar, tuned"]
    assert isinstance(tuned, Cedar)
    text = tuned.text

    def cedar() -> None:
        for one in asked:
            replace(tuned, policies=cedarpy.PolicySet.from_str(text)).answers(one)

    return {UNPREPARED[0]: cedar, UNPREPARED[1]: lambda: [Rego.of(rules).answers(one) for one in asked]}


# ---- the table --------------------------------------------------------------------------------


def _table(each: Mapping[str, float], rules: Rules, sample: int, timed: int, different: int) -> Table:
    warm = each["warm"]
    ratio = {name: seconds / warm for name, seconds in each.items()}
    rows = [
        Row("Comity, warm, every reason", 1, note=f"{warm * 1e6:,.0f} µs in this run"),
        Row(f"the same, {different:,} different proposals", ratio["different"]),
        Row.at_least("Cedar, natural", ratio["Cedar, natural"], 2_000, "all policies of the portfolio"),
        Row("Cedar, tuned", ratio["Cedar, tuned"], note="all programs of the portfolio, found by entity groups"),
        Row.at_least("Cedar, tuned and sliced", ratio["Cedar, tuned and sliced"], 600, "the policies of one setting"),
        Row.at_least("casbin", ratio["casbin"], 1_000, "all programs of the portfolio"),
        Row("casbin, sliced", ratio["casbin, sliced"], note="the programs of one setting"),
        Row.at_least("Rego (regopy)", ratio["Rego (regopy)"], 4_000, "one query for all items"),
        Row("the definition (`World.decide`)", ratio["definition"]),
        Row("Comity, no answer kept", ratio["cold"], note="every reason worked out"),
        Row("Comity, nothing kept", ratio["first"], note="not even which routes fit which circumstances"),
        *(Row(name, ratio[name]) for name in UNPREPARED),
        Row("limit: an empty call", ratio["call"]),
        Row("limit: one look-up", ratio["look-up"]),
        Row("limit: Cedar of one policy", ratio["Cedar of one policy"], note="one action for each item"),
        Row("limit: Rego of one rule", ratio["Rego of one rule"]),
    ]
    items = sum(len(one.items) for one in rules.questions[:timed]) / timed
    notes = [
        (
            f"All engines gave the same outcomes for {sample:,} proposals of {len(rules.settings):,} settings and "
            f"{len(rules.programs):,} distinct programs before any was timed; {timed:,} were timed, "
            f"{items:.1f} items each on average."
        ),
        (
            "The peers are given what Comity has settled: the setting of the proposal, the routes that reach each "
            "item, and what is known of each fact. Only their own work is timed. Comity is timed from proposal to "
            "decision."
        ),
        (
            "Cedar knows two answers: it is asked *may it be shared?* for all items, then *is it at least not "
            "withheld?* for the others. A refusal has no reasons, a permit only its id; which fact is missing cannot "
            "be said, nor that the law demands the share."
        ),
        "casbin gives one yes or no at a time; reasons are outside it.",
        "Rego can say everything that Comity says; here it is asked for the outcomes alone.",
    ]
    return Table("One proposal at a time", "times Comity warm", rows, notes)
