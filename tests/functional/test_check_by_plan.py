"""A large table is answered by a plan: to the letter as it would be row by row, and with the grounds beside it."""

import csv
import io
import signal
import subprocess
import sys
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.table_of_shares import batches
from comity.cli import distinct, tables

SAME = ("line", "id", "headline", "must", "due", "share", "refer", "withhold", "codes", "problem")
HEADER = "id,from,to,purpose,items,form,mode,scope,on,facts"
ROW = "a,northshire-police,westborough-council,reduce-crime-disorder,crime-category;diagnosis,,,,2026-11-16,child=no"


def read(path):
    if path.suffix == ".parquet":
        return [{name: "" if cell is None else str(cell) for name, cell in row.items()}
                for row in pq.read_table(path).to_pylist()]  # fmt: skip
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def both(northshire, name, *more, exit_code=0):
    """The answers to a table row by row and by a plan, and the grounds."""
    words = ("check", name, "--on", "2026-11-16", "--no-remedies", *more)
    plain = northshire.refused(exit_code, *words, "--engine", "plain", "--out", "plain.csv")
    plan = northshire.refused(exit_code, *words, "--engine", "plan", "--out", "plan.csv")
    assert plain.splitlines()[-1] == plan.splitlines()[-1]
    return read(northshire.folder / "plain.csv"), read(northshire.folder / "plan.csv"), plan


def assert_same(plain, plan):
    assert len(plain) == len(plan)
    for one, other in zip(plain, plan, strict=True):
        assert {name: one[name] for name in SAME} == {name: other[name] for name in SAME}


def rows_of(count, **how):
    table = pa.Table.from_batches(batches(count, **how))
    return [",".join(row.values()) for row in table.to_pylist()]


# ---- the same answers ----------------------------------------------------------------------


def test_rows_of_every_kind_are_answered_as_row_by_row(northshire):
    northshire.write("rows.csv", "\n".join([HEADER, *rows_of(150), *rows_of(150, wild=True)]))

    plain, plan, _ = both(northshire, "rows.csv")

    assert_same(plain, plan)
    assert {row["headline"] for row in plan} >= {"HUMAN", "NO"}
    assert all(row["ground"] for row in plan)


CELLS = {
    "from": ["", "nobody", "northshire-police", "northshire.example/partner/shopco", " shopco "],
    "from_as": ["", "housing", "attic", "No Slug"],
    "to": ["", "westborough-counsel", "townsafe", "northshire-police"],
    "to_as": ["", "adults"],
    "purpose": ["", "reduce-crime-disorder", "fun", "direct-care"],
    "items": ["", ";", "diagnosis", "crime-category;;diagnosis; crime-category", "postcod", "name;name"],
    "form": ["", "depersonalised", "gold"],
    "mode": ["", "feed", "keep", "within", "pigeon"],
    "on": ["", "2026-11-16", "2026-02-30", "0001-01-01", "9999-12-31", "1700000000", "16/11/2026", "2026-11-16T00:00"],
    "scope": ["", "list", "bulk", "many"],
    "audience": ["", "open", "vetted-scheme", "closed"],
    "set": ["", "recorded-crime", "Not A Slug"],
    "need": ["", "to find him", "\u00a0", "é"],
    "claimed": ["", "cda-1998-s115", "cda-115", "dpa-2018-sch2-para2"],
    "facts": ["", "child=no", "child=maybe", "child", "child=yes;child=no", "necessary=yes", "opted-out=yes;child=no"],
    "origins": ["", "hmrc", "hmrc;dwp", "mars"],
    "handling": ["", "tlp-red", "Secret!"],
    "held_for": ["", "direct-care", "fun"],
    "data_until": ["", "2026-09-30", "soon"],
}  # fmt: skip


def test_whatever_is_in_a_cell_is_answered_as_row_by_row(northshire):
    good = {"from": "northshire-police", "to": "westborough-council", "purpose": "reduce-crime-disorder"}
    good["items"] = "name;crime-month"
    dice = np.random.default_rng(7)
    names = list(CELLS)
    rows = [good | {name: cell} for name in names for cell in CELLS[name]]
    two = [(one, other) for one, other in product(names, names) if one != other]
    rows += [good | {name: str(dice.choice(CELLS[name])) for name in pair} for pair in two]
    lines = ["id," + ",".join(names)]
    lines += [f"{at % 50}," + ",".join(row.get(name, "") for name in names) for at, row in enumerate(rows)]
    lines += ["only,two", "", ROW + "," * 17, '"a, b",' + ",".join(good.values()), f'x,"{"y" * 20_000}"']
    northshire.write("rows.csv", "\n".join(lines))

    plain, plan, _ = both(northshire, "rows.csv", exit_code=3)

    assert_same(plain, plan)
    assert {row["headline"] for row in plan} > {"ERROR", "HUMAN"}
    assert all(bool(row["ground"]) == (row["headline"] != "ERROR") for row in plan)


def test_a_judgement_on_one_case_reaches_its_rows_alone_and_they_stand_on_their_own_ground(northshire):
    judge = ("judge", "reidentification-risk", "--answer", "yes", "--by", "A. Analyst", "--office", "analyst")
    northshire.done(*judge, "--partner", "northshire-police", "--reasons", "counted", "--instance", "b",
                    "--from", "2026-11-01")  # fmt: skip
    row = (
        ",northshire-police,westborough-council,reduce-crime-disorder,perpetrator-history,depersonalised,,,2026-11-16,"
    )
    northshire.write("rows.csv", "\n".join([HEADER, "a" + row, " b " + row, row, "b" + row]))

    plain, plan, _ = both(northshire, "rows.csv")

    assert_same(plain, plan)
    assert [row["headline"] for row in plan] == ["HUMAN", "FULL", "HUMAN", "FULL"]
    assert plan[0]["ground"] == plan[2]["ground"] != plan[1]["ground"] == plan[3]["ground"]


def test_a_duty_is_due_by_the_day_of_the_row_and_the_last_day_its_data_are_about(northshire):
    asked = "northshire-police,westborough-council,reduce-crime-disorder,crime-category,depersonalised,recorded-crime"
    days = ["2026-09-30", "2026-10-01", "", "2027-02-01"]
    lines = ["from,to,purpose,items,form,set,on,data_until"]
    lines += [f"{asked},{on},{until}" for on in ("2026-11-16", "2026-12-01") for until in days]
    northshire.write("rows.csv", "\n".join(lines))

    plain, plan, _ = both(northshire, "rows.csv")

    assert_same(plain, plan)
    assert [row["due"] for row in plan] == ["2026-12-31", "2027-03-31", "", "2027-06-30"] * 2
    assert {row["must"] for row in plan} == {"yes"}


def test_parquet_in_and_out_says_the_same(northshire):
    table = pa.Table.from_batches(batches(400, faults=0.1))
    pq.write_table(table.set_column(0, "id", pa.array([None, *range(1, 400)])), northshire.folder / "rows.parquet")

    northshire.refused(3, "check", "rows.parquet", "--on", "2026-11-16", "--engine", "plan", "--out", "plan.parquet")
    northshire.refused(3, "check", "rows.parquet", "--on", "2026-11-16", "--no-remedies", "--engine", "plain",
                       "--out", "plain.parquet")  # fmt: skip

    plain, plan = (read(northshire.folder / f"{name}.parquet") for name in ("plain", "plan"))
    assert_same(plain, plan)
    assert pq.read_schema(northshire.folder / "plan.parquet").field("ground").type == pa.int64()
    assert {row["ground"] for row in read(northshire.folder / "plan.grounds.parquet")} == {
        row["ground"] for row in plan if row["ground"]
    }


def test_more_different_things_than_a_plan_takes_are_answered_all_the_same(northshire, monkeypatch):
    monkeypatch.setattr(distinct, "MOST", {"parties": 5, "manners": 2, "facts": 4, "items": 20, "asked": 10})
    monkeypatch.setattr(distinct, "MOST_WRITTEN", 25)
    northshire.write("rows.csv", "\n".join([HEADER, *rows_of(60), *rows_of(60, faults=0.3)]))

    plain, plan, _ = both(northshire, "rows.csv", exit_code=3)

    assert_same(plain, plan)


def test_a_table_in_which_nothing_can_be_read_is_answered_too(northshire):
    northshire.write("rows.csv", "from,to,purpose,items\nx,y,z,\nx,townsafe,direct-care,name\n")

    plain, plan, _ = both(northshire, "rows.csv", exit_code=3)

    assert_same(plain, plan)
    assert read(northshire.folder / "plan.grounds.csv") == []


def test_among_no_partners_every_row_is_answered_with_its_fault(empty):
    empty.write("partnership.yaml", "schema: 1\nname: Nobody\ndomain: nobody.example\npartners: []\n")
    empty.write("rows.csv", "from,to,purpose,items\nx,townsafe,direct-care,name\n")

    plain, plan, _ = both(empty, "rows.csv", exit_code=3)

    assert_same(plain, plan)


def test_cells_made_harmless_for_a_spreadsheet_are_so_by_either_way(northshire):
    northshire.write("rows.csv", f'{HEADER}\n=1+1{ROW[1:]}\n@x{ROW[1:]}\n-5{ROW[1:]}\n"+a,b"{ROW[1:]}\n')

    plain, plan, _ = both(northshire, "rows.csv", "--for-spreadsheet")

    assert_same(plain, plan)
    assert [row["id"] for row in plan] == ["'=1+1", "'@x", "-5", "'+a,b"]


# ---- the grounds -----------------------------------------------------------------------------


def test_a_ground_says_of_every_item_what_the_rows_say(northshire):
    northshire.write("rows.csv", "\n".join([HEADER, *rows_of(120)]))

    plain, plan, _ = both(northshire, "rows.csv")

    grounds = {(row["ground"], row["item"]): row for row in read(northshire.folder / "plan.grounds.csv")}
    for one, row in zip(plain, plan, strict=True):
        for outcome in ("share", "refer", "withhold"):
            for item in filter(None, row[outcome].split(";")):
                found = grounds[row["ground"], item]
                assert found["outcome"] == outcome
                assert found["codes"] == dict(part.split("=") for part in row["codes"].split(";") if part).get(item, "")
                nameless = found["because"].replace("the giver is", "").replace("the receiver is", "")
                assert all(words in one["because"] for words in nameless.split(". ") if "not on the list" not in words)
    assert all(row["register"].startswith("sha256:") for row in grounds.values())
    assert {row["remedy"] for row in grounds.values()} == {""}


def test_remedies_are_looked_for_when_asked_and_name_no_party(northshire):
    northshire.write("rows.csv", f"{HEADER}\n{ROW}\n")

    northshire.done("check", "rows.csv", "--engine", "plan", "--remedies", "--out", "plan.csv")

    remedies = {row["item"]: row["remedy"] for row in read(northshire.folder / "plan.grounds.csv")}
    assert remedies["crime-category"] == ""
    assert remedies["diagnosis"]
    assert "Northshire Police" not in remedies["diagnosis"]


def test_every_reason_of_a_ground_can_be_asked_for(northshire):
    northshire.write("rows.csv", f"{HEADER}\n{ROW}\n{ROW.replace(',,,,', ',depersonalised,,,')}\n")
    both(northshire, "rows.csv")

    said = northshire.done("explain", "plan.csv", "--ground", "1")
    full = northshire.done("explain", "plan.csv", "--ground", "1", "--item", "diagnosis", "--full")
    northshire.done("explain", "plan.grounds.csv", "--ground", "1", "--html", "--out", "why.html")

    assert said.startswith("Northshire Police to Westborough Council, for reducing crime and disorder")
    assert "\nMay go: " in said
    assert "What would help for " in said
    assert "Is there a power or duty to share it?" in full
    assert "of crime: SHARE" not in full
    assert "Westborough Council" in (northshire.folder / "why.html").read_text("utf-8")


def test_a_ground_that_has_another_answer_today_says_so(northshire):
    northshire.write("rows.csv", f"{HEADER}\n{ROW}\n")
    both(northshire, "rows.csv")
    grounds = northshire.folder / "plan.grounds.csv"
    grounds.write_text(grounds.read_text("utf-8").replace(",share,", ",withhold,").replace("sha256:", "sha256:x"))

    said = northshire.refused(1, "explain", "plan.csv", "--ground", "1")

    assert "of crime was answered withhold, and would now be share." in said
    assert "The register of law is another release since." in said


def test_without_a_folder_a_ground_says_what_was_kept(northshire, tmp_path, monkeypatch):
    northshire.write("rows.csv", f"{HEADER}\n{ROW}\n")
    northshire.done("check", "rows.csv", "--engine", "plan", "--remedies", "--out", tmp_path / "kept" / "plan.csv")
    monkeypatch.chdir(tmp_path / "kept")

    said = northshire.done("explain", "plan.csv", "--ground", "1")

    assert "crime-category: share. It may be shared under" in said
    assert "What would help: " in said


@pytest.mark.parametrize(("words", "exit_code", "said"), [
    (("explain", "plan.csv"), 2, "Of a table of answers, say --ground N"),
    (("explain", "plan.csv", "--ground", "1", "--replay"), 2, "Of a table of answers, say --ground N"),
    (("explain", "plan.json", "--ground", "1"), 2, "are for a table of answers"),
    (("explain", "plan.csv", "--ground", "9"), 4, "There is no ground in plan.grounds.csv called 9."),
    (("explain", "plan.csv", "--ground", "1", "--item", "diagnosi"), 4, "Did you mean diagnosis?"),
    (("explain", "rows.csv", "--ground", "1"), 3, "rows.grounds.csv: error: There is no such file."),
    (("explain", "odd.grounds.csv", "--ground", "1"), 3, "This is no table of grounds: it lacks "),
    (("check", "rows.csv", "--engine", "plan"), 2, "The plan writes CSV or Parquet: name a file with --out."),
    (("check", "rows.csv", "--engine", "plan", "--out", "x.json"), 2, "The plan writes CSV or Parquet"),
])  # fmt: skip
def test_what_cannot_be_asked_says_why(northshire, words, exit_code, said):
    northshire.write("rows.csv", f"{HEADER}\n{ROW}\n")
    northshire.write("odd.grounds.csv", f"{HEADER}\n{ROW}\n")
    both(northshire, "rows.csv")

    assert said in northshire.refused(exit_code, *words)


# ---- large tables ------------------------------------------------------------------------------


def test_from_many_rows_on_a_plan_is_used_unless_another_way_is_named(northshire, monkeypatch):
    monkeypatch.setattr("comity.cli.answers.PLANNED_FROM", 3)
    monkeypatch.setattr(tables, "BLOCK", 80)
    lines = [HEADER, ROW, ROW]
    northshire.write("few.csv", "\n".join(lines))
    northshire.write("many.csv", "\n".join([*lines, ROW, ""]))

    for name in ("few", "many"):
        northshire.done("check", f"{name}.csv", "--no-remedies", "--out", f"of-{name}.csv")
        northshire.done("check", f"{name}.csv", "--no-remedies", "--out", f"of-{name}.json")

    found = {one for one in northshire.files() if one.startswith("of-")}
    assert found == {"of-few.csv", "of-few.json", "of-many.csv", "of-many.json", "of-many.grounds.csv"}


@pytest.mark.parametrize("last", ['"open,x\n', "a\0b\n", "x" * 2_000_000])
def test_a_fault_in_the_last_row_leaves_no_file_behind(northshire, last):
    northshire.write("rows.csv", "\n".join([HEADER, *rows_of(20_000), last]))
    before = northshire.files()

    said = northshire.refused(3, "check", "rows.csv", "--out", "plan.csv")

    assert "rows.csv:20002: error: " in said
    assert northshire.files() == before


@pytest.mark.parametrize("stage", ["Reading", "Deciding", "Writing"])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_nothing_behind(northshire, stage, how, path_to_package):
    northshire.write("rows.csv", "\n".join([HEADER, *rows_of(2_000)]))
    before = northshire.files()
    words = ("check", "rows.csv", "--engine", "plan", "--out", "plan.csv")
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # Where it is ignored, too.
        "import comity.cli.progress as p, comity.cli as c\n"
        "class Loud(p.Ticker):\n"
        "    def __call__(self, rows): self._say(f'{self.what}: {rows:,}', nl=True)\n"
        "    def done(self, rows): self._say(f'{self.what}: {rows:,}', nl=True)\n"
        "import comity.cli.planned as a, comity.cli.kinds as k\n"
        "a.Ticker = k.Ticker = Loud\n"
        "c.main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, *words],
        stderr=subprocess.PIPE,
        text=True,
        cwd=northshire.folder,
        env=path_to_package,
    ) as run:
        next(line for line in run.stderr if line.startswith(stage))
        run.send_signal(how)
        run.stderr.read()

    assert run.returncode != 0
    assert northshire.files() == before
    assert [one.name for one in northshire.folder.iterdir() if one.name.startswith(".")] == []
