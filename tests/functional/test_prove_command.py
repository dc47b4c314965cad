"""`comity agreement prove` on the example folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from comity.cli import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "northshire"
ON = ("--on", "2026-11-23")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "northshire")
    return tmp_path / "northshire"


def prove(folder: Path, *words: str):
    return CliRunner().invoke(
        main, ["--folder", str(folder), "agreement", "prove", *ON, *words], catch_exceptions=False
    )


def test_a_no_says_how_much_was_covered_and_ends_well(folder: Path) -> None:
    result = prove(folder, "townsafe-business-crime", "--question", "reach")

    assert result.exit_code == 0
    assert "No, for all inputs" in result.output
    assert "Covered: " in result.output


def test_a_clause_taken_out_is_found_with_a_witness(folder: Path) -> None:
    text = (folder / "agreements/townsafe-business-crime.yaml").read_text("utf-8")
    start, end = text.index("  - id: no-special-category"), text.index("  - id: no-address")
    draft = folder / "draft.yaml"
    draft.write_text(text[:start] + text[end:], "utf-8")
    result = prove(folder, str(draft), "--question", "reach", "--format", "json")
    (answer,) = json.loads(result.output)

    assert result.exit_code == 1
    assert {one["code"] for one in answer["found"]} == {"can-reach"}
    assert {one["witness"]["answer"]["outcome"] for one in answer["found"]} == {"share"}


def test_a_folder_may_be_named_and_what_ends_is_listed(folder: Path) -> None:
    result = CliRunner().invoke(main, ["agreement", "prove", str(folder), *ON, "--question", "lapses"])

    assert result.exit_code == 1
    assert "The review of safer-westborough-protocol is due." in result.output
    assert prove(folder, "--question", "alike").exit_code == 0


def test_a_word_nobody_knows_is_refused(folder: Path) -> None:
    assert prove(folder, "--question", "reach", "--kind", "patients").exit_code not in (0, 1)
    assert prove(folder, "--question", "changes", "--since", "townsafe-business-crime").exit_code == 2
