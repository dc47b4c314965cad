"""What the pages show is what the commands print; `make docs` renews it."""

import re

import pytest

from docs import examples
from docs.examples import ROOT, NotTrue, excerpt, renewed

PAGES = [page.relative_to(ROOT).as_posix() for page in examples.pages()]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_shows_what_is_printed(page):
    text = (ROOT / page).read_text("utf-8")

    assert renewed(text) == text


def test_the_pages_that_teach_have_examples():
    guides = {f"docs/how-to/{path.name}" for path in (ROOT / "docs" / "how-to").glob("*.md")}

    assert {"README.md", "docs/tutorial.md"} | guides <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_command_is_never_in_a_block_that_is_not_run(page):
    text = (ROOT / page).read_text("utf-8")
    other = [found["body"] for found in examples.BLOCK.finditer(text) if found["kind"] != "console"]

    assert [body for body in other if re.search(r"(?m)^\$ ", body)] == []


def block(body: str) -> str:
    return f"```console\n{body}```\n"


PRINTED = ["one", "two", "three", "four", "five"]


@pytest.mark.parametrize(
    ("shown", "after"),
    [
        ([], PRINTED),
        (PRINTED, PRINTED),
        (["old"], PRINTED),
        (["one", "[...]", "five"], ["one", "[...]", "five"]),
        (["old", "[...]", "old", "old"], ["one", "[...]", "four", "five"]),
        (["[...]", "three", "[...]"], ["[...]", "three", "[...]"]),
        (["old", "[...]", "three", "old", "[...]"], ["one", "[...]", "three", "four", "[...]"]),
        (["o[...]", "[...]", "five"], ["o[...]", "[...]", "five"]),
        (["o[...]", "[...]", "old"], ["o[...]", "[...]", "five"]),
        (["[...]"], ["[...]"]),
    ],
)
def test_an_excerpt_keeps_its_parts_and_tells_the_truth(shown, after):
    assert excerpt(PRINTED, shown) == after


def test_a_line_that_is_no_longer_printed_is_said():
    with pytest.raises(NotTrue, match="was not printed: six"):
        excerpt(PRINTED, ["[...]", "six", "[...]"])


def test_what_is_untrue_is_put_right():
    page = block("$ comity init new\nNonsense.\n$ ls new/judgements\n")

    assert renewed(page) == block(
        "$ comity init new\nBegun in new. Next: put your partners into new/partnership.yaml.\n$ ls new/judgements\n"
    )


def test_an_exit_code_is_shown():
    failing = "$ comity partners\n"

    with pytest.raises(NotTrue, match="exit code 3: show it"):
        renewed(block(failing))
    assert renewed(block(failing + "$ echo $?\n")).endswith("$ echo $?\n3\n```\n")


def test_a_file_is_written_and_changed():
    page = (
        "<!-- file: a/b.txt -->\n```text\none\ntwo\n```\n<!-- change: a/b.txt -->\n```diff\n one\n-two\n+three\n```\n"
    )

    made = renewed(block("$ mkdir -p a\n") + page + block("$ cat a/b.txt\n"))
    assert made.endswith("one\nthree\n```\n")


def test_a_file_goes_into_a_folder_that_the_reader_has_made():
    with pytest.raises(NotTrue, match="Nobody has made the folder of a/b.txt"):
        renewed("<!-- file: a/b.txt -->\n```text\none\n```\n")


def test_a_change_names_lines_that_stand_once():
    page = "<!-- file: b.txt -->\n```text\none\none\n```\n<!-- change: b.txt -->\n```diff\n-one\n+two\n```\n"

    with pytest.raises(NotTrue, match="stand 2 times"):
        renewed(page)


def test_only_few_commands_are_run():
    with pytest.raises(NotTrue, match="may not run this: rm -r new"):
        renewed(block("$ rm -r new\n"))
