"""Every fast way of deciding says what the definition says, on generated worlds."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from comity.canonical import plain
from comity.terms import Outcome
from tests.coding import fits_a_table
from tests.generative.engines import (
    ENGINES,
    NIGHTLY,
    PROPOSALS,
    WORLDS,
    Decided,
    Differs,
    Engine,
    as_rows,
    decided,
    differing,
    fresh,
    keep,
    kept,
    sample,
    told,
)
from tests.generative.nightly import SEED, Progress, parts
from tests.generative.rerun import main
from tests.generative.worlds import generate

PARTS = range(8 if NIGHTLY else 0)
NIGHTLY_WORLDS, NIGHTLY_PROPOSALS = 1_400, 72


def test_the_sample_is_large_enough() -> None:
    assert WORLDS * PROPOSALS >= 2_000
    assert NIGHTLY_WORLDS * NIGHTLY_PROPOSALS >= 100_000


@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_an_engine_says_what_the_definition_says(engine: Engine) -> None:
    different = [one for world in sample() for one in differing(engine, world)]

    assert not different, _told(different)


def test_nearly_every_proposal_is_answered_by_the_plan_where_a_world_is_asked_by_rows() -> None:
    made = [as_rows(one.made) for one in list(sample())[::5]]
    fitting = [fits_a_table(one.world, proposal) for one in made for proposal in one.proposals]
    outcomes = Counter(
        answer.outcome for one in made for asked in one.proposals for answer in one.world.decide(asked).answers
    )

    assert sum(fitting) >= 0.95 * len(fitting)
    assert all(outcomes[outcome] >= 0.05 * outcomes.total() for outcome in Outcome)


@pytest.mark.parametrize("part", PARTS)
def test_every_engine_says_so_on_very_many_worlds(
    part: int, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = request.config.getoption("--hypothesis-seed", None)
    seeds = parts(int(seed) if str(seed).isdigit() else SEED, len(PARTS), NIGHTLY_WORLDS)[part]
    progress = Progress(f"engines-{part}", seeds)
    for at in progress.left():
        (world,) = fresh(range(at, at + 1), NIGHTLY_PROPOSALS)
        _count(progress, world)
        progress.failing += [str(keep(one)) for engine in ENGINES for one in differing(engine, world)]
    with capsys.disabled():
        sys.stdout.write(f"\n{progress}\n")

    assert not progress.failing, "\n".join(progress.failing)


def _count(progress: Progress, world: Decided) -> None:
    progress.counts["proposals"] += len(world.decisions)
    for answer in (answer for decision in world.decisions for answer in decision.answers):
        progress.counts[f"items to {answer.outcome}"] += 1


def _told(different: list[Differs]) -> str:
    files = [keep(one) for one in different[:20]]
    lines = [f"{len(different)} proposals differ; the first are kept:"]
    lines += [f"{one}\n  python -m tests.generative.rerun {file}" for one, file in zip(different, files, strict=False)]
    return "\n".join(lines)


# ---- a case that fails can be run again ------------------------------------------------


def liar(wrong: str) -> Engine:
    """An engine that says of one proposal what is not so, and stumbles over another."""

    def answers(world: object, proposals: object) -> list[object]:
        for one in proposals:  # type: ignore[attr-defined]
            if one.id == "q3":
                raise ValueError("a stumble")
        return [{"id": one.id} if one.id != wrong else {"id": "something else"} for one in proposals]  # type: ignore[attr-defined]

    return Engine("liar", answers, lambda decision: {"id": decision.proposal.id})


def test_every_proposal_on_which_an_engine_is_wrong_is_found() -> None:
    found = list(differing(liar("q2"), decided(1)))

    assert [(one.proposal.id, one.said) for one in found] == [
        ("q2", {"id": "something else"}),
        ("q3", "ValueError: a stumble"),
    ]


def test_a_kept_case_is_the_same_case_when_it_is_read(tmp_path: Path) -> None:
    for seed in range(12):
        world = decided(seed)
        for one in list(differing(liar("q0"), world))[:2]:
            read = kept(keep(one, tmp_path))

            assert not read.changed
            assert (read.engine, read.seed, read.proposal) == ("liar", seed, one.proposal)
            assert plain(read.world.decide(read.proposal)) == plain(one.world.decide(one.proposal))


def test_a_kept_case_is_run_again_and_its_difference_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = [one for one in differing(liar("q2"), decided(1)) if one.proposal.id == "q2"]
    file = keep(one, tmp_path)

    assert main([str(file)], [liar("q2")]) == 1
    assert capsys.readouterr().out == (
        "liar differs from the definition on q2 of world 1 (invented):\n"
        "  /id: the definition says q2, the engine something else\n"
    )
    assert main([str(file)], [liar("q4")]) == 0
    assert capsys.readouterr().out == "liar agrees with the definition on q2 of world 1.\n"


def test_a_kept_case_says_when_the_law_has_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (one, *_) = differing(liar("q2"), decided(1))
    file = keep(one, tmp_path)
    file.write_text(file.read_text("utf-8").replace(one.world.law.digest, "sha256:earlier"), "utf-8")

    assert main([str(file)], [liar("q2")]) == 1
    assert "the law has changed since this case was kept." in capsys.readouterr().out


def test_what_differs_is_told_place_by_place() -> None:
    wanted = {"a": [1, {"b": 2}], "c": [1], "d": 5}

    assert told(wanted, {"a": [1, {"b": 3}], "c": [1, 2], "d": 5}) == [
        "/a/1/b: the definition says 2, the engine 3",
        "/c: the definition says [1], the engine [1, 2]",
    ]
    assert told(None, "x") == ["/: the definition says None, the engine x"]


# ---- worlds and long runs ----------------------------------------------------------------


def test_a_seed_is_a_world() -> None:
    first, again = generate(7, 20), generate(7, 20)

    assert first.proposals == again.proposals
    assert replace(first.world, law=again.world.law) == again.world
    assert first.world.law.confirmations == again.world.law.confirmations
    assert generate(8, 20).proposals != first.proposals


def test_a_run_that_was_interrupted_goes_on(tmp_path: Path) -> None:
    def run(stop_at: int | None, code: str = "one") -> tuple[list[int], Progress]:
        progress, seen = Progress("engines-0", range(10, 15), code, tmp_path), []
        for seed in progress.left():
            if seed == stop_at:
                break
            seen.append(seed)
            progress.counts["proposals"] += 1
        return seen, progress

    assert run(stop_at=12)[0] == [10, 11]
    assert run(stop_at=None)[0] == [12, 13, 14]
    assert run(stop_at=None)[0] == []
    assert str(run(stop_at=None)[1]) == "engines-0: seeds 10 to 14, 5 worlds done: 5 proposals"
    assert run(stop_at=None, code="another")[0] == [10, 11, 12, 13, 14]


def test_the_parts_of_a_run_are_all_of_it_and_do_not_meet() -> None:
    assert parts(100, 3, 9) == [range(100, 103), range(103, 106), range(106, 109)]
    assert [len(one) for one in parts(0, 8, 2_800)] == [350] * 8
