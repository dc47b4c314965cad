"""The worked decisions: the check answers each as a lawyer did, by the law in the register.

Every file in `worked/` is one decision and one page of the manual.
"""

import re
from dataclasses import replace

import pytest

from comity.law import shipped
from tests.spec.cases import Run, WorkedCase, cases, runs

ROWS = """
    1a 1b 1c 2 4 5 6 7 9 11 12a 12b 14 15 17 18 20 21 22 24 25 27 28 31 32 34 35 37 38 39 40 41 42 44 45 47
    48a 48b 50 51 52 54 55 56 58 59 61 63a 63b 64 66 67 68a 68b 69 71 73 74 76 77 78
""".split()

NOT_BY_LAW = {
    "77": "nothing leaves the police, so no provision is asked for",
    "78": "the agreement sets the time, not an Act",
}

RUNS = runs()
PAGES = [pytest.param(row, case, id=row) for row, (case, _) in cases().items()]


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_worked_decision_comes_out_as_written(run: Run) -> None:
    assert not run.differences(shipped()), "\n".join(["", run.case.title, *run.differences(shipped())])


def test_every_row_of_the_list_has_a_case() -> None:
    assert list(cases()) == ROWS


@pytest.mark.parametrize(("row", "case"), PAGES)
def test_case_tells_a_story(row: str, case: WorkedCase) -> None:
    sentences = re.findall(r"[.?!](?=\s|$)", case.story)
    assert 2 <= len(sentences) <= 6
    assert case.title
    assert not case.title.endswith(".")


@pytest.mark.parametrize("run", [run for run in RUNS if run.called in ("confirmed", "as-it-stands")], ids=str)
def test_answer_comes_from_the_law(run: Run) -> None:
    """Without the register's provisions the answer is another, unless no provision was asked for."""
    without_law = replace(shipped(), provisions={})
    assert bool(run.differences(without_law)) is (run.row not in NOT_BY_LAW)


@pytest.mark.parametrize("run", [run for run in RUNS if run.confirm], ids=str)
def test_confirmation_settles_a_doubt_of_the_register(run: Run) -> None:
    for written in run.confirm:
        entry, _, path = written.partition(".")
        assert path in shipped().provision(entry).doubts(), written


@pytest.mark.parametrize(("row", "case"), PAGES)
def test_case_with_confirmations_says_what_is_so_without_them(row: str, case: WorkedCase) -> None:
    assert bool(case.confirm) is (case.without_confirmation is not None)
