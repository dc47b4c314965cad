import pytest
import yaml

from comity.agreement.text import new_agreement, read_agreement
from comity.errors import InputError
from comity.source import read_yaml

FRONT = """---
schema: 1
id: northshire.example/agreement/x
title: X
version: 1
family: other
parties: [{called: police, partner: northshire.example/partner/police}]
purposes: [reduce-crime-disorder]
flows: []
term: {from: 2026-01-01}
review: {every: P1Y}
---
# X

## Why we share {#purpose covers=purpose,security}

To reduce crime.

- at once

## Limits {#limits}
See [why](#purpose).
"""


def codes(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(InputError) as raised:
        read_agreement(text, "x.yaml")
    return [(problem.line, problem.code, problem.remedy) for problem in raised.value.problems]


def test_prose_under_headings_becomes_sections_with_the_lines_of_the_file():
    agreement, document = read_agreement(FRONT, "x.md")

    assert [section.id for section in agreement.sections] == ["purpose", "limits"]
    assert agreement.sections[0].covers == ("purpose", "security")
    assert agreement.sections[0].text == "To reduce crime.\n\n- at once\n"
    assert document.line(("sections", 1)) == 21
    assert document.line(("title",)) == 4


def test_the_yaml_and_the_markdown_of_one_agreement_are_equal():
    agreement, _ = read_agreement(FRONT, "x.md")
    front = read_yaml(FRONT.split("---")[1], "x.yaml").value
    front["sections"] = [section.model_dump() for section in agreement.sections]

    assert read_agreement(yaml.safe_dump(front), "x.yaml")[0] == agreement


def test_an_unknown_key_is_answered_with_the_nearest_name():
    assert (5, "unknown-key", "Did you mean version?") in codes(FRONT.replace("version:", "vershun:"))


def test_an_impossible_date_is_named():
    (problem,) = codes(FRONT.replace("2026-01-01", "2026-02-30"))

    assert problem[0] == 10
    assert "'2026-02-30' is no date in the calendar" in problem[2]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (FRONT.replace(" {#limits}", ""), "section-without-id"),
        (FRONT.replace("# X\n", "Some words.\n"), "stray-text"),
        (FRONT.replace("flows: []", "flows: []\nsections: []"), "two-homes"),
        (FRONT.replace("---\n# X", "# X"), "open-front-matter"),
    ],
)
def test_markdown_that_cannot_be_read_says_why(text, code):
    assert [found for _, found, _ in codes(text)] == [code]


def test_a_new_agreement_reads_back_whatever_its_title():
    text = new_agreement(
        "northshire.example/agreement/nights", title="It's: \"nights\" # really", domain="northshire.example",
        first_party="police", second_party="council", starts="2026-04-01")  # fmt: skip
    agreement, _ = read_agreement(text, "nights.yaml")

    assert agreement.title == 'It\'s: "nights" # really'
    assert [party.called for party in agreement.parties] == ["police", "council"]
