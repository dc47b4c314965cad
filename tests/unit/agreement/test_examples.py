"""The example partnership reads, holds together, and its signatures hold."""

from datetime import date
from pathlib import Path

import pytest

from comity.agreement.lint import Known, lint, lint_together
from comity.agreement.signature import read_signature, signed
from comity.agreement.text import read_agreement
from comity.law import Register, shipped_vocabulary
from comity.partnership import Item, Partnership
from comity.source import Model, read

FOLDER = Path(__file__).parents[3] / "examples" / "northshire"
AGREEMENTS = sorted((FOLDER / "agreements").iterdir())
ON = date(2026, 11, 16)


class Items(Model):
    items: tuple[Item, ...]


@pytest.fixture(scope="module")
def partnership():
    return read(Partnership, (FOLDER / "partnership.yaml").read_text("utf-8"), "partnership.yaml")


@pytest.fixture(scope="module")
def known(partnership):
    words = shipped_vocabulary()
    law = Register("words", {}, words)
    local = read(Items, (FOLDER / "items.yaml").read_text("utf-8"), "items.yaml").items
    return Known(
        on=ON,
        partnership=partnership,
        items={item.id: item for item in (*words.items, *local)},
        purposes={one.id: law.purposes_of(one.id) for one in words.purposes},
        kinds={one.id: law.kinds_of([one.id]) for one in words.kinds},
        facts=frozenset(one.id for one in words.facts),
        capacities=frozenset(one.id for one in words.capacities),
    )


@pytest.mark.parametrize("file", AGREEMENTS, ids=lambda file: file.stem)
def test_an_example_has_no_problem_in_its_text(file, known):
    agreement, document = read_agreement(file.read_text("utf-8"), file.name)

    assert [str(problem) for problem in lint(agreement, document, known)] == []


@pytest.mark.parametrize("file", AGREEMENTS, ids=lambda file: file.stem)
def test_an_example_is_in_force_by_its_signatures(file, partnership):
    agreement, _ = read_agreement(file.read_text("utf-8"), file.name)
    texts = sorted((FOLDER / "signatures").glob(f"{file.stem}.*.yaml"))
    standing = signed(
        agreement,
        [read_signature(one.read_text("utf-8"), one.name) for one in texts],
        partnership,
        ON,
    )

    assert standing.state_on(ON) == "in-force"
    assert len(standing.signed_by) == len(texts)


def test_the_examples_have_names_of_their_own():
    texts = [read_agreement(file.read_text("utf-8"), file.name) for file in AGREEMENTS]

    assert lint_together(texts) == ()
