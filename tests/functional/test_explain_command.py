"""`comity explain`: a kept decision in words, and decided again."""

import json
import shutil

import pytest

ON = "2026-11-16"
ASK = (
    "check",
    "--from",
    "northshire-police",
    "--to",
    "westborough-council",
    "--purpose",
    "reduce-crime-disorder",
    "--item",
    "perpetrator-history",
    "--item",
    "diagnosis",
    "--form",
    "depersonalised",
    "--id",
    "case-1",
    "--on",
    ON,
)
JUDGE = (
    "judge",
    "reidentification-risk",
    "--answer",
    "yes",
    "--by",
    "A. Analyst",
    "--office",
    "analyst",
    "--partner",
    "northshire-police",
    "--reasons",
    "counted",
    "--instance",
    "case-1",
    "--from",
    ON,
)


@pytest.fixture
def kept(northshire):
    """The folder with one decision that was kept."""
    northshire.done(*ASK, "--save")
    [path] = (northshire.folder / "decisions").iterdir()
    path.rename(northshire.folder / "kept.json")
    return northshire


def change(shell, **more):
    value = json.loads((shell.folder / "kept.json").read_text()) | more
    (shell.folder / "kept.json").write_text(json.dumps(value))


def test_a_kept_decision_is_said_as_it_was_said_when_it_was_made(kept):
    said = kept.done("explain", "kept.json")

    assert "Northshire Police to Westborough Council" in said
    assert "A person must decide: history of the perpetrator." in said
    assert "Stays: diagnosis. A clause of Safer Westborough information sharing protocol says" in said


def test_full_shows_every_step_and_what_it_rests_on(kept):
    said = kept.done("explain", "kept.json", "--full")

    assert "Is there a power or duty to share it?" in said
    assert "(awaiting-human)" in said
    assert "Register: england-and-wales sha256:" in said


def test_html_is_a_page(kept):
    kept.done("explain", "kept.json", "--html", "--out", "kept.html")

    assert "<h1>Northshire Police to Westborough Council</h1>" in (kept.folder / "kept.html").read_text("utf-8")


def test_it_opens_where_there_is_no_partnership_folder(kept, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(kept.folder / "kept.json", elsewhere)
    monkeypatch.chdir(elsewhere)

    assert kept.done("explain", "kept.json").startswith("northshire police to westborough council")


def test_what_check_prints_as_json_is_opened_too(kept):
    (kept.folder / "answer.json").write_text(kept("--folder", ".", *ASK, "--to-format", "json").stdout)

    assert kept.done("explain", "answer.json") == kept.done("explain", "kept.json")


# ---- deciding again ------------------------------------------------------------------


def test_a_replay_in_an_unchanged_folder_is_identical(kept):
    assert kept.done("explain", "kept.json", "--replay") == f"case-1, decided for {ON}: identical.\n"


def test_a_judgement_made_since_changes_the_answer_and_is_named(kept):
    kept.done(*JUDGE)

    said = kept.refused(1, "explain", "kept.json", "--replay")

    assert f"case-1, decided for {ON}: not the same." in said
    assert "history of the perpetrator: refer, now share." in said
    assert "The judgement " in said
    assert " counts now." in said


def test_what_was_taken_away_is_named(kept):
    (kept.folder / "agreements" / "westborough-marac.yaml").unlink()

    said = kept.refused(1, "explain", "kept.json", "--replay")

    assert "no longer counts." in said


def test_another_release_of_the_law_is_named(kept):
    change(kept, basis={"register": "england-and-wales", "register_digest": "sha256:" + "0" * 64})

    assert "The register of law is another release: sha256:000000000000, now sha256:" in kept.refused(
        1, "explain", "kept.json", "--replay"
    )


def test_a_judgement_that_came_with_the_case_counts_again(northshire):
    northshire.write(
        "case.yaml",
        f"""
id: case-7
from: northshire-police
to: westborough-council
purpose: reduce-crime-disorder
on: {ON}
form: depersonalised
items: [perpetrator-history]
judgements:
  - {{test: reidentification-risk, by: A. Analyst, office: analyst, partner: northshire-police, reasons: counted}}
""",
    )
    northshire.done("check", "case.yaml", "--save")
    [path] = (northshire.folder / "decisions").iterdir()

    assert northshire.done("explain", path, "--replay") == f"case-7, decided for {ON}: identical.\n"


def test_a_partner_who_has_gone_is_said(kept):
    text = (kept.folder / "kept.json").read_text().replace("partner/westborough-council", "partner/gone")
    (kept.folder / "kept.json").write_text(text)

    said = kept.refused(1, "explain", "kept.json", "--replay")
    assert "It cannot be decided with this folder: There is no partner called northshire.example/partner/gone." in said


# ---- what is no decision -------------------------------------------------------------


@pytest.mark.parametrize(("content", "said"), [
    (b"", "kept.json:1: error: This is not well-formed JSON: expecting value."),
    (b'{\n"a": 1,\n}', "kept.json:"),
    (b'{"a": 1, "a": 2}', "kept.json: error: This is not well-formed JSON: the key a stands twice."),
    (b"[1, 2]", "kept.json: error: This is JSON, but no decision of Comity."),
    (b'{"type": "FeatureCollection"}', "kept.json: error: This is JSON, but no decision of Comity."),
    (b'{"decisions": []}', "kept.json: error: This is JSON, but no decision of Comity."),
    (b'{"decisions": [7]}', "kept.json: error: This is JSON, but no decision of Comity."),
    (b"PK\x03\x04\xff", "kept.json:1: error: Byte 5 of the file (hex ff) is not UTF-8 text."),
    (b"[" * 100_000, "kept.json: error: It is nested more deeply than a decision can be."),
])  # fmt: skip
def test_a_file_that_is_no_decision_says_so(kept, content, said):
    (kept.folder / "kept.json").write_bytes(content)

    assert said in kept.refused(3, "explain", "kept.json")


@pytest.mark.parametrize(("more", "said"), [
    ({"headline": "MAYBE"}, "The decision is damaged: headline: "),
    ({"headline": "FULL"}, "The decision is damaged: its headline FULL is not what its answers add up to."),
    ({"answers": []}, "The decision is damaged: its answers are not those to its items."),
    ({"schema": 2}, "The decision is damaged: schema: "),
    ({"colour": "red"}, "The decision is damaged: colour: "),
])  # fmt: skip
def test_a_damaged_decision_says_what_does_not_fit(kept, more, said):
    change(kept, **more)

    output = kept.refused(3, "explain", "kept.json")
    assert said in output
    assert "decide anew with comity check" in output


def test_a_missing_file_is_said(kept):
    assert "kep.json: error: There is no such file. Did you mean kept.json?" in kept.refused(3, "explain", "kep.json")
