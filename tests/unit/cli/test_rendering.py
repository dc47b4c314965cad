"""The agreement as page, paper and Markdown: whatever its words, they stay words."""

from pathlib import Path

import pytest

from comity.agreement.document import printed
from comity.agreement.text import read_agreement
from comity.cli.rendering import markdown, page, paper

FILE = Path(__file__).parents[3] / "examples/northshire/agreements/townsafe-business-crime.yaml"
NASTY = "<script>alert(1)</script> #panic() $x$ *bold* | cell ` @ref \\ ]"


@pytest.fixture(scope="module")
def document():
    agreement, _ = read_agreement(FILE.read_text("utf-8"), FILE.name)
    section = agreement.sections[0].model_copy(update={"text": NASTY, "heading": NASTY})
    return printed(agreement.model_copy(update={"title": NASTY, "sections": (section,)}))


def test_the_page_shows_markup_as_words(document):
    assert "<script" not in page(document)
    assert "&lt;script&gt;" in page(document)


def test_the_page_needs_nothing_from_elsewhere(document):
    assert "http" not in page(document)
    assert '<html lang="en-GB">' in page(document)


def test_markdown_shows_marks_as_words(document):
    assert r"\<script\>alert(1)\</script\> \#panic() $x$ \*bold\* \| cell" in markdown(document)


def test_the_paper_is_tagged_and_comes_out_the_same(document):
    made = paper(document)

    assert made.startswith(b"%PDF-")
    assert b"pdfuaid" in made
    assert made == paper(document)
