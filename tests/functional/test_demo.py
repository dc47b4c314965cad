"""`comity demo`: the whole of it once, on a few real rows."""

import csv
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from comity.cli import demo as demo_module
from comity.cli import main
from comity.cli.staging import RESULTS

PARTNERS = (
    "westborough-council",
    "westborough-housing",
    "northshire-fire",
    "northshire-icb",
    "northshire-hospitals",
    "probation-north",
    "harbour-homes",
    "keystone-living",
    "safehaven",
    "townsafe",
)
UNSIGNED = ("keystone-living", "townsafe")


class Links(HTMLParser):
    """The links of a page, and whether what is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.open: list[str] = []
        self.headings = 0
        self.feed(text)
        assert self.open == []
        assert self.headings == 1

    def handle_starttag(self, tag, attrs):
        self.links += [value for name, value in attrs if name == "href" and value != "#main"]
        self.headings += tag == "h1"
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


NORTHSHIRE = Path(__file__).parents[2] / "examples" / "northshire"


def cut(folder):
    """The files of the folder cut to twelve rows each."""
    for name in demo_module.FLOWS:
        for path in (folder / "data" / name).glob("*.csv"):
            path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:13]), "utf-8")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """One run, to which most tests look: the folder, what it said, and how far it said it had come."""
    folder = tmp_path_factory.mktemp("demo") / "northshire"
    shutil.copytree(NORTHSHIRE, folder, ignore=shutil.ignore_patterns("demo-keys"))
    cut(folder)
    result = CliRunner().invoke(main, ["demo", "--folder", str(folder), "--out", str(folder / "out")])
    assert result.exit_code == 0, result.output
    return folder, result.stdout, result.stderr


@pytest.fixture
def folder(ran):
    return ran[0]


@pytest.fixture
def said(ran):
    return ran[1]


@pytest.fixture
def few(northshire):
    """A folder in which another run may be made."""
    cut(northshire.folder)
    return northshire


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_partner_gets_its_tables_reasons_decision_and_page(folder):
    for partner in PARTNERS:
        names = {one.name for one in (folder / "out" / partner).iterdir()}
        tables = set() if partner in UNSIGNED else {"street.csv", "stop-search.csv"}
        assert names == tables | {"withheld-street.csv", "withheld-stop-search.csv", "decision.json", "index.html"}


def test_every_row_is_there_to_the_letter_and_only_the_columns_that_leave(folder):
    given = [row for path in sorted((folder / "data" / "street").glob("*.csv")) for row in rows(path)]
    taken = rows(folder / "out" / "westborough-council" / "street.csv")
    assert taken == [{name: cell for name, cell in row.items() if name != "Context"} for row in given]
    search = rows(folder / "out" / "harbour-homes" / "stop-search.csv")[0].keys()
    assert not {"Date", "Self-defined ethnicity", "Officer-defined ethnicity"} & search
    assert {"Age range", "Outcome"} <= search


def test_it_says_what_goes_what_stays_who_decides_why_and_what_would_help(said):
    for words in (
        "May go: ",
        "A person must decide: ",
        "Stays: ",
        "What would help: ",
        "Crime and Disorder Act 1998 s.115",
        "(invented) analyst of Northshire Police",
        "Sharing of this kind needs a written agreement",
    ):
        assert words in " ".join(said.split())


def test_the_day_is_pinned_and_said(said):
    assert "Decided as of 2026-11-16. The day is fixed" in said


def test_the_answers_without_the_officers_stand_beside(said):
    found = re.findall(r"Without the officers' answers: (\d+) columns go, (\d+) wait for a person, (\d+) stay", said)
    assert len(found) == 2 * len(PARTNERS)
    assert all(int(wait) > 0 for _, wait, _ in found)


def test_pages_link_to_each_other_and_to_what_is_there(folder):
    pages = [folder / "out" / "index.html", *(folder / "out" / one / "index.html" for one in PARTNERS)]

    links = {page: Links(page.read_text("utf-8")).links for page in pages}
    assert [(page, link) for page, found in links.items() for link in found if not (page.parent / link).exists()] == []
    assert len(links[pages[0]]) == len(PARTNERS)
    for page in pages:
        assert "Open Government Licence" in page.read_text("utf-8")
        assert "<script" not in page.read_text("utf-8")


def test_the_decisions_are_opened_by_explain_and_come_out_the_same_again(folder):
    for partner in ("westborough-council", "townsafe"):
        path = folder / "out" / partner / "decision.json"
        assert len(json.loads(path.read_text())["decisions"]) >= 2
        again = CliRunner().invoke(main, ["--folder", str(folder), "explain", str(path), "--replay"])
        assert (again.exit_code, again.stdout.count("identical.") >= 2) == (0, True)


def test_it_ends_with_where_to_look(said):
    end = said.split("partners, ")[-1]
    assert "comity explain " in end
    pages = re.findall(r"[^ \n]+\.html", end)
    assert len(pages) == 1 + len(PARTNERS)
    assert all(Path(page).is_file() for page in pages)


def test_it_says_how_far_it_has_come(ran):
    progress = ran[2]

    assert "Reading street: 24 rows, done." in progress
    assert "[10/10] TownSafe BCRP Ltd" in progress


def test_the_same_again_is_the_same(few, folder):
    few.done("demo", "--folder", ".", "--out", "out")

    before, after = (
        {path.relative_to(one): path.read_bytes() for path in (one / "out").rglob("*") if path.is_file()}
        for one in (folder, few.folder)
    )
    assert after == before


def test_results_from_before_lists_were_kept_are_replaced_and_nothing_else(few, folder):
    shutil.copytree(folder / "out", few.folder / "out")
    (few.folder / "out" / RESULTS).unlink()
    few.write("out/townsafe/street.csv", "what may no longer go")
    few.write("out/notes.txt", "mine")

    few.done("demo", "--folder", ".", "--out", "out")

    made = {path.relative_to(folder) for path in (folder / "out").rglob("*")}
    assert {path.relative_to(few.folder) for path in (few.folder / "out").rglob("*")} == made | {Path("out/notes.txt")}


def test_a_folder_that_is_of_no_demonstration_is_left_alone(few):
    few.write("out/index.html", "mine")

    said = few.refused(3, "demo", "--folder", ".", "--out", "out")

    assert "out/index.html: error: A result would take the place of this file" in said
    assert (few.folder / "out" / "index.html").read_text() == "mine"


def test_other_data_of_the_same_columns_is_taken(few, tmp_path):
    for name in demo_module.FLOWS:
        (tmp_path / "more" / name).mkdir(parents=True)
        source = next((few.folder / "data" / name).glob("*.csv"))
        (tmp_path / "more" / name / "one.csv").write_bytes(source.read_bytes())

    said = few.done("demo", "--folder", ".", "--data", tmp_path / "more", "--out", "out")

    assert "street: 12 rows in 1 file\n" in said


def test_data_that_is_not_there_is_said_before_anything_is_written(few):
    said = few.refused(3, "demo", "--folder", ".", "--data", "nowhere", "--out", "out")

    assert "nowhere/street" in said
    assert not (few.folder / "out").exists()


def test_without_the_project_it_says_where_to_run(few, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo_module.comity, "__file__", str(tmp_path / "lib" / "comity" / "__init__.py"))

    assert "Run this in the project's folder, or name the partnership with --folder." in few.refused(3, "demo")


def test_the_copy_in_the_project_is_licensed_and_described():
    data = Path(__file__).parents[2] / "examples" / "northshire" / "data"

    assert "Open Government Licence v3.0" in (data / "README.md").read_text("utf-8")
    assert all((data / name / "dataset.yaml").is_file() for name in demo_module.FLOWS)
