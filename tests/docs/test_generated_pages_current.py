"""The generated pages say what the program says; `make docs` writes them anew."""

from docs import generate


def test_no_generated_page_is_stale(capsys):
    stale = generate.write(check=True)

    assert (stale, capsys.readouterr().out) == (0, "")


def test_no_page_is_left_over():
    made = {path for path, _ in generate.pages()}
    there = {path for folder in ("reference", "manual") for path in (generate.DOCS / folder).glob("*.md")}

    assert there == made


def test_a_stale_page_is_named_and_only_written_when_asked(tmp_path, monkeypatch, capsys):
    page = tmp_path / "docs" / "reference" / "page.md"
    monkeypatch.setattr(generate, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(generate, "pages", lambda: iter([(page, "# Page\n\n")]))

    assert generate.write(check=True) == 1
    assert not page.exists()
    assert generate.write(check=False) == 1
    assert page.read_text("utf-8") == generate.NOTE + "# Page\n"
    assert generate.write(check=False) == 0
    assert capsys.readouterr().out.splitlines() == ["stale: docs/reference/page.md", "wrote: docs/reference/page.md"]
