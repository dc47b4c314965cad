"""The worked decisions: the check answers each as a lawyer did, by the law in the register.

Every file in `worked/` is one decision and one page of the manual.
"""

import re
from dataclasses import replace

import pytest

from comity.law import shipped
from tests.spec.cases import Run, WorkedCase, cases, runs

ROWS = """
    1a 1b 1c 2 4 5 6 7 9 11 12a 12b 14 15 17 18 20 21 22 24 25 27 28 31 32 34 35 37 38 39 40 41 42
    44 45 47 48a 48b 50 51 52 54 55 56 58 59 61 63a 63b 64 66 67 68a 68b 69 71 73 74 76 77 78
""".split()

NOT_BY_LAW = {
    "77": "nothing leaves the police, so no provision is asked for",
    "78": "the agreement sets the time, not an Act",
}

RUNS = runs()
AS_WRITTEN = [run for run in RUNS if run.called in ("as-it-stands", "confirmed")]
PAGES = [pytest.param(case, id=row) for row, (case, _) in cases().items()]


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_worked_decision_comes_out_as_written(run: Run) -> None:
    assert run.differences(shipped()) == []


def test_every_row_of_the_list_has_a_case() -> None:
    assert list(cases()) == ROWS


@pytest.mark.parametrize("case", PAGES)
def test_case_tells_a_story(case: WorkedCase) -> None:
    sentences = re.findall(r"[.?!](?=\s|$)", case.story)
    assert 2 <= len(sentences) <= 5
    assert re.fullmatch(r"[A-Z].*[^.]", case.title)


@pytest.mark.parametrize("run", AS_WRITTEN, ids=str)
def test_answer_comes_from_the_law(run: Run) -> None:
    """With no provision in the register the answer is another, unless none was asked for."""
    no_law = replace(shipped(), provisions={})
    assert (run.differences(no_law) == []) is (run.row in NOT_BY_LAW)


@pytest.mark.parametrize("run", [run for run in RUNS if run.confirm], ids=str)
def test_confirmation_settles_a_doubt_of_the_register(run: Run) -> None:
    for written in run.confirm:
        entry, _, path = written.partition(".")
        assert path in shipped().provision(entry).doubts()


@pytest.mark.parametrize("case", PAGES)
def test_case_that_rests_on_confirmations_says_what_is_so_without_them(case: WorkedCase) -> None:
    assert bool(case.confirm) is (case.without_confirmation is not None)
