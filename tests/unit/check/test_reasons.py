"""What is remembered of a case for some facts is said for others only where it is so."""

from itertools import product

import pytest

from comity.check import World
from comity.check import reasons as module
from comity.check.reasons import Reasons
from comity.check.reference import answer
from comity.law import shipped
from tests.spec.cases import agreements, partnership, runs

RUNS = [run.read() for run in runs()]
JUDGED = {one.id: one for read in RUNS for one in read.judgements if one.scope.instance is None}
WORLD = World(partnership(), shipped(), tuple(agreements().values()), tuple(JUDGED.values()))
READ = [one for read in RUNS for one in read.proposals]
NAMES = ("consent", "deceased", "not-about-a-patient", "opted-out")
FACTS = [
    {name: word for name, word in zip(NAMES, words, strict=True) if word}
    for words in product(("", "yes", "no"), repeat=len(NAMES))
]


def held_to_the_definition(reasons, proposals):
    for facts in FACTS:
        for one in proposals:
            case = WORLD.case(one)
            stated = WORLD.case(one.model_copy(update={"facts": facts}))

            found = reasons.answers(case, one.items, facts)

            assert found == tuple(answer(stated, item) for item in one.items)


def test_every_answer_has_the_reasons_of_the_definition():
    held_to_the_definition(Reasons(), READ[::4])


def test_what_is_let_go_is_worked_out_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_REMEMBERED", 20)

    held_to_the_definition(Reasons(), READ[:3])


def test_equal_answers_are_one_value():
    reasons, one = Reasons(), READ[0]
    case = WORLD.case(one)

    first, second = (reasons.answers(case, one.items, {"adult-at-risk": said}) for said in ("yes", "no"))

    assert all(here is there for here, there in zip(first, second, strict=True))


def test_the_same_case_with_other_facts_is_a_case_with_those_facts():
    for one in READ:
        case = WORLD.case(one)
        [answer(case, item) for item in one.items]
        facts = {"deceased": "yes", "not-about-a-patient": "yes"}

        other = case.stating(facts)

        assert [answer(other, item) for item in one.items] == [
            answer(WORLD.case(one.model_copy(update={"facts": facts})), item) for item in one.items
        ]
