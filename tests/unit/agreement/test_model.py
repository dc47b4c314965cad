"""An agreement as a value: its parties, flows and sections by the names they have in the text."""

import pytest
import yaml
from pydantic import ValidationError

from comity.agreement.model import Agreement, AgreementParty
from comity.errors import InputError
from comity.source import read

WRITTEN = {
    "schema": 1,
    "id": "small.example/agreement/watch",
    "title": "Watch",
    "version": 1,
    "family": "operational",
    "parties": [{"called": "council", "partner": "small.example/partner/council"}],
    "purposes": ["safety"],
    "items": [{"id": "small.example/item/name", "title": "name", "kinds": ["identity"]}],
    "flows": [{"id": "daily", "from": "council", "to": "council", "purpose": "safety", "items": ["name"]}],
    "sections": [{"id": "purpose", "heading": "Purpose", "text": "To keep watch."}],
    "term": {"from": "2026-01-01"},
    "review": {},
}
TEXT = Agreement.model_validate(WRITTEN)


@pytest.mark.parametrize(("look_up", "name"), [("party", "council"), ("flow", "daily"), ("section", "purpose")])
def test_a_part_answers_to_its_name_and_nothing_to_another(look_up, name):
    assert getattr(TEXT, look_up)(name) is not None
    assert getattr(TEXT, look_up)("other") is None


def test_a_party_is_named_somehow():
    with pytest.raises(ValidationError, match="police names nobody"):
        AgreementParty.model_validate({"called": "police"})


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("name", "small.example/item/name"),
        ("home-address", "comity.example/item/home-address"),
        ("other.example/item/name", "other.example/item/name"),
    ],
)
def test_an_item_is_the_agreements_own_or_else_a_shipped_one(name, id):
    assert TEXT.item_id(name) == id


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 0}, "version: 0 is too small. Write 1 or more."),
        ({"version": -3}, "version: -3 is too small. Write 1 or more."),
        ({"daily_volume": -1}, "daily_volume: -1 is too small. Write 0 or more."),
        ({"statistics": {"threshold": -1}}, "statistics.threshold: -1 is too small. Write 0 or more."),
        ({"statistics": {"round_to": 0}}, "statistics.round_to: 0 is too small. Write 1 or more."),
        (
            {"flows": [{**WRITTEN["flows"][0], "schedule": {"business_days": -1}}]},
            "flows.0.schedule.business_days: -1 is too small. Write 0 or more.",
        ),
        (
            {"review": {"every": "-P1Y"}},
            "review.every: '-P1Y' runs backwards. Write it without the minus sign.",
        ),
    ],
)
def test_a_number_that_nobody_can_mean_is_refused_with_its_line(change, said):
    with pytest.raises(InputError) as caught:
        read(Agreement, yaml.safe_dump(WRITTEN | change, sort_keys=False), "watch.yaml")

    (problem,) = caught.value.problems
    assert (problem.file, problem.line > 1) == ("watch.yaml", True)
    assert f"{problem.sentence} {problem.remedy}" == said
