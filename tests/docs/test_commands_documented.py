"""Everything a user can name is in the reference: commands, options, codes, provisions, words, fields."""

from pathlib import Path

import click
import pytest

from comity.cli import main
from comity.law import shipped
from comity.terms import REASON_CODES
from docs import texts

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def read(page: str) -> str:
    return (REFERENCE / f"{page}.md").read_text("utf-8")


def every_command(command: click.Command = main, path: str = "comity"):
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from every_command(inner, f"{path} {name}")


COMMANDS = dict(every_command())


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_is_documented_with_its_options(path):
    page = read("commands")
    section = page.split(f"`{path}`\n", 1)[1].split("\n```\n", 1)[0]
    options = [
        one
        for parameter in COMMANDS[path].params
        if isinstance(parameter, click.Option)
        for one in parameter.opts
        if one.startswith("--")
    ]

    assert f"# `{path}`\n" in page
    assert [one for one in options if one not in section] == []


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_says_what_it_does(path):
    command = COMMANDS[path]

    assert command.help
    assert command.get_short_help_str(limit=200).endswith(".")


def test_a_page_says_nothing_of_commands_that_are_not():
    headings = [line.split("`")[1] for line in read("commands").splitlines() if line.startswith("##")]

    assert sorted(headings) == sorted(COMMANDS)


@pytest.mark.parametrize("code", REASON_CODES)
def test_a_reason_code_has_an_entry(code):
    assert f"| `{code}` | {REASON_CODES[code].outcome} |" in read("reason-codes")


def test_every_provision_is_listed():
    headings = [line.removeprefix("## ") for line in read("provisions").splitlines() if line.startswith("## ")]

    assert headings == list(shipped().provisions)


def test_every_word_of_the_vocabulary_is_listed():
    words = shipped().vocabulary
    page = read("vocabulary")
    listed = [*words.purposes, *words.kinds, *words.capacities, *words.facts]

    assert [one.id for one in listed if f"| `{one.id}` |" not in page] == []
    assert [one.id for one in words.items if f"| `{one.id.rsplit('/', 1)[-1]}` |" not in page] == []


def test_every_field_of_a_text_has_a_meaning_and_every_meaning_a_field():
    models = {model for page in texts.PAGES.values() for _, root in page.models for model in texts.models_of(root)}
    fields = {model.__name__: {name for name, _ in texts.named_fields(model)} for model in models}

    assert {name: set(said) for name, said in texts.MEANINGS.items()} == fields


@pytest.mark.parametrize("name", texts.PAGES)
def test_what_a_field_is_is_said_in_words(name):
    page = texts.page(name)

    assert "Annotated" not in page
    assert "typing." not in page
    assert "| None" not in page
