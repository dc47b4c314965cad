"""The fast ways of deciding, each held to the definition on whole worlds.

An engine is one line of `ENGINES`: its name, how it answers a batch of proposals in a world, and what of
the definition's decision it must say exactly. A case on which it does not is kept as a file, and
`python -m tests.generative.rerun FILE` runs it again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from comity.agreement import SignedAgreement
from comity.canonical import canonical_bytes, digest, plain
from comity.check import Decision, Judgement, Proposal, World
from comity.check.case import Case
from comity.check.compiled import Compiled
from comity.check.decision import JudgementScope
from comity.check.program import outcome
from comity.law import Confirmation
from comity.partnership import Partnership
from comity.terms import Duty, Mode, Outcome
from tests.coding import Coder, answers_of, fits_a_table
from tests.generative.laws import law
from tests.generative.worlds import Generated, generate

OUT = Path(__file__).parents[2] / "out"
NIGHTLY = os.environ.get("COMITY_HYPOTHESIS") == "nightly"

WORLDS, PROPOSALS = 75, 36
"""The sample of the usual run."""

Said = object  # JSON values


@dataclass(frozen=True)
class Engine:
    """A way of deciding, and what it is held to."""

    name: str
    answers: Callable[[World, Sequence[Proposal]], Sequence[Said]]
    wanted: Callable[[Decision], Said]
    suited: Callable[[Generated], Generated] | None = None
    """Makes of a world one that the engine is meant for."""

    def __str__(self) -> str:
        return self.name


def outcomes_and_duties(decision: Decision) -> Said:
    return {one.item: [one.outcome, one.duty] for one in decision.answers}


def by_program(world: World, proposals: Sequence[Proposal]) -> Sequence[Said]:
    cases = [world.case(one) for one in proposals]
    return [{item.item: list(outcome(case, item)) for item in case.proposal.items} for case in cases]


def one_at_a_time(world: World, proposals: Sequence[Proposal]) -> Sequence[Said]:
    """Twice, so that what was kept from the first time answers the second."""
    fast = Compiled(world)
    first, again = ([fast.decide(one) for one in proposals] for _ in range(2))
    assert first == again
    return [whole(one) for one in again]


def whole(decision: Decision) -> Said:
    return decision.model_dump(mode="json", by_alias=True)


def by_table(world: World, proposals: Sequence[Proposal]) -> Sequence[Said]:
    """By the plan; the few that no row can hold one at a time."""
    fast, coder = Compiled(world), Coder()
    tabular = [fits_a_table(world, one) for one in proposals]
    rows = iter(answers_of(world, coder, [one for one, fits in zip(proposals, tabular, strict=True) if fits]))
    return [
        next(rows) if fits else outcomes_and_duties_that_are_due(fast.decide(one))
        for one, fits in zip(proposals, tabular, strict=True)
    ]


def as_rows(made: Generated) -> Generated:
    """The world as a table can ask about it: nothing stands for one case alone.

    There is no emergency, whoever asks is the receiver, and what was judged for a case is judged for its class: under
    the first agreement that names both ends, or else under none.
    """
    world = made.world
    by_id = {one.id: world.case(one) for one in made.proposals}
    judged = [_for_the_class(one, by_id.get(one.scope.instance or "")) for one in world.judgements]
    proposals = tuple(_as_a_row(one) for one in made.proposals)
    return replace(made, world=replace(world, judgements=tuple(filter(None, judged))), proposals=proposals)


def _for_the_class(judgement: Judgement, case: Case | None) -> Judgement | None:
    if judgement.scope.instance is None:
        return judgement
    if case is None or not case.agreements:
        return None
    scope = JudgementScope(agreement=case.agreements[0].agreement.id)
    return judgement.model_copy(update={"scope": scope})


def _as_a_row(one: Proposal) -> Proposal:
    asked = one.asked.model_copy(update={"by": one.recipient.partner}) if one.asked else None
    mode = Mode.WITHIN if one.mode == Mode.KEEP else one.mode
    return one.model_copy(update={"asked": asked, "mode": mode, "emergency": None})


def outcomes_and_duties_that_are_due(decision: Decision) -> Said:
    must = {one.item: one.duty == Duty.DUE and one.outcome == Outcome.SHARE for one in decision.answers}
    return {one.item: [one.outcome, must[one.item]] for one in decision.answers}


ENGINES = (
    Engine("program", by_program, outcomes_and_duties),
    Engine("one at a time", one_at_a_time, whole),
    Engine("by table", by_table, outcomes_and_duties_that_are_due, as_rows),
)


# ---- the sample ------------------------------------------------------------------------


@dataclass(frozen=True)
class Decided:
    """A generated world with what the definition says to each of its proposals."""

    made: Generated
    decisions: tuple[Decision, ...]


@cache
def decided(seed: int, proposals: int = PROPOSALS) -> Decided:
    return _decided(seed, proposals)


def _decided(seed: int, proposals: int = PROPOSALS) -> Decided:
    return _decided_as(generate(seed, proposals))


def _decided_as(made: Generated) -> Decided:
    return Decided(made, tuple(made.world.decide(one) for one in made.proposals))


def sample() -> Iterator[Decided]:
    """The worlds of the usual run, decided once and kept."""
    return (decided(seed) for seed in range(WORLDS))


def fresh(seeds: range, proposals: int = PROPOSALS) -> Iterator[Decided]:
    """Many worlds, none of which is kept."""
    return (_decided(seed, proposals) for seed in seeds)


# ---- comparing -------------------------------------------------------------------------


@dataclass(frozen=True)
class Differs:
    """A proposal to which an engine says something else than the definition."""

    engine: str
    seed: int
    law: str
    world: World
    proposal: Proposal
    wanted: Said
    said: Said

    def __str__(self) -> str:
        lines = [f"{self.engine} differs from the definition on {self.proposal.id} of world {self.seed} ({self.law}):"]
        return "\n  ".join([*lines, *told(self.wanted, self.said)])


def differing(engine: Engine, one: Decided) -> Iterator[Differs]:
    """Every proposal of a world on which the engine is not as it must be."""
    if engine.suited:
        one = _decided_as(engine.suited(one.made))
    made = one.made
    for decision, said in zip(one.decisions, _said(engine, made.world, made.proposals), strict=True):
        wanted = engine.wanted(decision)
        if wanted != said:
            yield Differs(engine.name, made.seed, made.law, made.world, decision.proposal, wanted, said)


def _said(engine: Engine, world: World, proposals: Sequence[Proposal]) -> Sequence[Said]:
    """What the engine answers; an error is an answer too, and the others are asked all the same."""
    try:
        return engine.answers(world, proposals)
    except Exception as error:
        if len(proposals) == 1:
            return [f"{type(error).__name__}: {error}"]
        return [said for one in proposals for said in _said(engine, world, [one])]


def told(wanted: Said, said: Said, path: str = "") -> list[str]:
    """Each place in which two JSON values differ."""
    if wanted == said:
        return []
    if isinstance(wanted, dict) and isinstance(said, dict):
        keys = sorted({*wanted, *said})
        return [line for key in keys for line in told(wanted.get(key), said.get(key), f"{path}/{key}")]
    if isinstance(wanted, list) and isinstance(said, list) and len(wanted) == len(said):
        return [line for at, pair in enumerate(zip(wanted, said, strict=True)) for line in told(*pair, f"{path}/{at}")]
    return [f"{path or '/'}: the definition says {wanted}, the engine {said}"]


# ---- cases that are kept -----------------------------------------------------------------


def keep(one: Differs, folder: Path | None = None) -> Path:
    """The case as a file: canonical JSON, with as much of the world as bears on the proposal."""
    world, folder = one.world, folder or OUT / "failing"
    judged = world.judged(world.agreements, one.proposal.id)
    written = {
        "engine": one.engine,
        "seed": one.seed,
        "law": one.law,
        "release": world.law.digest,
        "confirmations": [plain(word) for word in world.law.confirmations],
        "partnership": plain(world.partnership),
        "agreements": [plain(signed) for signed in world.agreements],
        "judgements": [plain(judgement) for judgement in judged],
        "proposal": plain(one.proposal),
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{one.engine}-{one.seed}-{one.proposal.id}-{digest(written)[7:15]}.json"
    file.write_bytes(canonical_bytes(written))
    return file


@dataclass(frozen=True)
class Kept:
    """A case read from its file; `changed` if the law it was made under has changed since."""

    engine: str
    seed: int
    law: str
    world: World
    proposal: Proposal
    changed: bool

    def again(self, engine: Engine) -> Differs | None:
        """The difference, if there still is one."""
        made = Generated(self.seed, self.law, self.world, (self.proposal,))
        return next(differing(engine, Decided(made, (self.world.decide(self.proposal),))), None)


def kept(file: Path) -> Kept:
    read = json.loads(file.read_bytes())
    register = law(read["law"])
    confirmed = register.confirmed(Confirmation.model_validate(one) for one in read["confirmations"])
    world = World(
        Partnership.model_validate(read["partnership"]),
        confirmed,
        tuple(SignedAgreement.model_validate(one) for one in read["agreements"]),
        tuple(Judgement.model_validate(one) for one in read["judgements"]),
    )
    proposal = Proposal.model_validate(read["proposal"])
    return Kept(read["engine"], read["seed"], read["law"], world, proposal, read["release"] != register.digest)
