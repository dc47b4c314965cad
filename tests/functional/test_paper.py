"""An agreement in every writing: a page always comes out; paper, or else a line and a remedy."""

import re

import pytest
import typst

from comity.cli import rendering

FIRST = "agreements/first.yaml"
WRITINGS = {
    "Urdu": "معلومات کا تبادلہ، ٹھیک ہے",
    "Chinese": "信息共享协议",
    "Punjabi": "ਜਾਣਕਾਰੀ ਸਾਂਝੀ ਕਰਨਾ",
    "Bengali": "তথ্য বিনিময়",
    "emoji": "👮🏽 Welcome 😀",
    "Welsh": "Rhannu gwybodaeth ŵ ŷ",
}
UNSEEN = {"a byte order mark": r"\uFEFF", "a bell": r"\a", "an escape": r"\e[31m", "a NUL": r"\0"}


@pytest.fixture(params=[*WRITINGS.values(), *UNSEEN.values()], ids=[*WRITINGS, *UNSEEN])
def written(shell, request):
    shell.change(FIRST, "title: ", f'title: "Word {request.param}" #')
    return request.param


def test_a_page_comes_out_whatever_the_writing(shell, written):
    for form in ("html", "md"):
        assert "Word" in shell.done("agreement", "render", FIRST, "--to", form)


def test_paper_comes_out_or_says_which_letter_where_and_what_to_do(shell, written):
    result = shell("agreement", "render", FIRST, "--to", "pdf", "--out", "first.pdf")

    if result.exit_code == 0:
        assert (shell.folder / "first.pdf").read_bytes().startswith(b"%PDF-")
    else:
        assert result.exit_code == 3
        said = r"agreements/first\.yaml:\d+: error: The character .+ cannot be printed\. \S.*\."
        assert re.search(said, result.output)
        assert not (shell.folder / "first.pdf").exists()


def test_a_letter_that_our_own_fonts_lack_is_printed_with_those_of_the_machine(shell, monkeypatch):
    shell.change(FIRST, "title: ", "title: 信息 #")
    monkeypatch.setattr(rendering, "paper", machine_has_it)
    said = shell.done("agreement", "render", FIRST, "--to", "pdf", "--out", "first.pdf")

    assert "first.yaml: warning: Comity's own fonts lack a letter of this text" in said
    assert (shell.folder / "first.pdf").read_bytes() == b"%PDF-"


def machine_has_it(_, *, fonts_of_this_machine=False):
    if not fonts_of_this_machine:
        raise typst.TypstError('the text `"信"` could not be displayed')
    return b"%PDF-"


@pytest.mark.parametrize(("text", "said"), [
    ('"Word \\uFEFF"', "The character U+FEFF, which nobody can see, cannot be printed. Take it out."),
    ('"Word \\a"', "The character U+0007, which nobody can see, cannot be printed. Take it out."),
])  # fmt: skip
def test_a_letter_without_a_font_is_named_with_its_line(shell, text, said):
    shell.change(FIRST, "title: ", f"title: {text} #")
    line = 1 + (shell.folder / FIRST).read_text("utf-8").split("title: ")[0].count("\n")

    assert f"first.yaml:{line}: error: {said}" in shell.refused(
        3, "agreement", "render", FIRST, "--to", "pdf", "--out", "first.pdf"
    )


def test_what_a_printer_says_otherwise_is_kept(shell, monkeypatch):
    def broken(*_, **__):
        raise typst.TypstError("the paper is jammed")

    monkeypatch.setattr(rendering, "paper", broken)
    said = shell.refused(3, "agreement", "render", FIRST, "--to", "pdf", "--out", "first.pdf")
    assert "first.yaml: error: No PDF can be made: the paper is jammed. Print it --to html. [unprintable]" in said


def test_a_letter_from_elsewhere_in_the_folder_has_no_line(shell):
    shell.change("partnership.yaml", "name: ", 'name: "Word \\a" #')
    text = (shell.folder / "partnership.yaml").read_text("utf-8")
    shell.write("partnership.yaml", re.sub(r"(?m)^    name: .*$", r'    name: "Word \\a"', text))
    said = shell.refused(3, "agreement", "render", FIRST, "--to", "pdf", "--out", "first.pdf")

    assert "agreements/first.yaml: error: The character U+0007, which nobody can see, cannot be printed." in said
