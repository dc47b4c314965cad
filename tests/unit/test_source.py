"""Reading what people write: lines, gathered problems, and texts that are not what they should be."""

from __future__ import annotations

from functools import cached_property

import pytest

from comity.errors import InputError
from comity.source import LARGEST_TEXT, Model, Problem, WordSet, build, read, read_yaml


class Colour(Model):
    name: str
    shade: WordSet = ()


class Box(Model):
    title: str
    colours: tuple[Colour, ...] = ()


def problems(text: str, model: type[Model] = Box) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read(model, text, "box.yaml")
    return list(caught.value.problems)  # type: ignore[arg-type]


def test_every_value_knows_its_line() -> None:
    document = read_yaml("title: A\ncolours:\n  - name: red\n  - name: blue\n", "box.yaml")

    assert document.line(("colours", 1, "name")) == 4
    assert document.line(("colours", 1, "nowhere")) == 4
    assert document.line(()) == 1


def test_words_stay_words() -> None:
    document = read_yaml(
        "a: no\nb: 2026-11-16\nc: 007\nd: 12\ne: true\nf: ~\ng: 'null'\nh: 1234567890123456789\n", "x.yaml"
    )

    assert document.value == {
        "a": "no",
        "b": "2026-11-16",
        "c": "007",
        "d": 12,
        "e": True,
        "f": None,
        "g": "null",
        "h": "1234567890123456789",
    }


def test_a_single_word_may_stand_for_a_set_and_order_does_not_matter() -> None:
    one = read(Colour, "name: a\nshade: dark", "c.yaml")
    two = read(Colour, "name: a\nshade: [light, dark, light]", "c.yaml")

    assert one.shade == ("dark",)
    assert two.shade == ("dark", "light")


def test_an_unknown_key_names_the_nearest() -> None:
    found = problems("title: A\ncolours:\n  - nmae: red\n")

    assert [str(one) for one in found] == [
        "box.yaml:3: error: colours.0.name is missing. Add it. [missing-key]",
        "box.yaml:3: error: There is no key called nmae here. Did you mean name? [unknown-key]",
    ]


def test_an_unknown_key_with_nothing_near_says_where_to_look() -> None:
    assert "look the key up" in problems("title: A\nzzzzz: 1\n")[0].remedy


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty-file", 1),
        ("# only a comment\n", "empty-file", 1),
        ("title: [1, 2\n", "malformed-yaml", 2),
        ("title: A\ntitle: B\n", "duplicate-key", 2),
        ("a: &x 1\nb: *x\n", "anchor", 2),
        ("title: A\n---\ntitle: B\n", "two-documents", 2),
        ("title: A\n\0", "nul-byte", 2),
        ("[" * 100, "too-deep", 1),
        ("? [a]\n: b\n", "odd-key", 1),
        ("x" * (LARGEST_TEXT + 1), "too-large", 1),
        ("title: A\n\ttabbed: B\n", "malformed-yaml", 2),
    ],
)
def test_a_text_that_is_no_document_says_what_and_where(text: str, code: str, line: int) -> None:
    found = problems(text)

    assert (found[0].code, found[0].line) == (code, line)
    assert found[0].remedy


def test_all_problems_are_gathered() -> None:
    found = problems("titel: A\ncolours:\n  - name: [x]\n  - {}\n")

    assert sorted({one.code for one in found}) == ["bad-value", "missing-key", "unknown-key"]


def test_a_problem_reads_as_one_line() -> None:
    warning = Problem("a.yaml", 0, "code", "This is wrong.", "Do that.", "warning")

    assert str(warning) == "a.yaml: warning: This is wrong. Do that. [code]"


def test_a_part_of_a_document_can_be_read_alone() -> None:
    document = read_yaml("boxes:\n  - title: A\n  - title: B\n", "boxes.yaml")

    assert build(Box, document, ("boxes", 1)) == Box(title="B")


class Sized(Model):
    name: str

    @cached_property
    def size(self) -> int:
        return len(self.name)


def test_a_copy_takes_nothing_along_that_was_worked_out_about_the_original() -> None:
    one = Sized(name="abc")
    assert one.size == 3

    copied = one.model_copy(update={"name": "abcd"})

    assert copied.size == 4
    assert one.model_copy() == one
    assert hash(one.model_copy()) == hash(one)
