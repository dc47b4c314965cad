"""What was shared, decided again by the command: the same as one by one, however many there are."""

import csv
import json
import os
import random
import shutil
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from comity.check.compiled import Compiled
from comity.check.recheck import actions
from comity.check.text import read_proposals
from comity.cli import distinct, tables
from comity.cli.bulk import RowDocument, written
from comity.cli.folder import load_folder
from comity.terms import Mode

ON = date(2026, 11, 16)
PARTNERS = ("northshire-police", "westborough-council", "harbour-homes", "townsafe", "northshire-hospitals")
PURPOSES = ("reduce-crime-disorder", "prevent-detect-crime", "domestic-abuse-safety")
ITEMS = ("crime-category", "name;home-address", "patient-name", "lsoa-name;diagnosis")
HEADER = ["id", "from", "to", "purpose", "items", "on", "mode", "facts"]


def some_shares(many):
    dice = random.Random(5)
    for at in range(many):
        discloser, recipient = dice.sample(PARTNERS, 2)
        day = ON - timedelta(days=dice.randrange(400))
        yield [
            f"share-{at}", discloser, recipient, dice.choice(PURPOSES), dice.choice(ITEMS), str(day),
            dice.choice(["feed", "push"]), dice.choice(["", "deceased=yes", "child=yes"]),
        ]  # fmt: skip


def write_csv(path, rows, header=HEADER):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def listed(path):
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def one_by_one(folder, row, header=HEADER):
    """What is to be done by the definition: the items of a share by action."""
    fast = Compiled(folder.world)
    text = written(dict(zip(header[1:], row[1:], strict=True)), row[0])
    [made] = read_proposals(RowDocument("row", text, {(): 1}), folder.names, folder.on).proposals
    today = made.model_copy(update={"on": folder.on})
    todo = {"stop": [], "recall": [], "inform": []}
    for item, then, now in zip(made.items, fast.decide(made).answers, fast.decide(today).answers, strict=True):
        for action in actions(then.outcome, now.outcome, standing=made.mode == Mode.FEED):
            todo[action].append(item.called)
    return todo


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_every_share_gets_what_the_definition_says(northshire, kind):
    rows = list(some_shares(120))
    write_csv(northshire.folder / "past.csv", rows)
    columns = list(zip(*rows, strict=True))
    pq.write_table(pa.table(dict(zip(HEADER, columns, strict=True))), northshire.folder / "past.parquet")
    said = northshire.done("recheck", f"past.{kind}", "--on", ON, "--out", "todo.csv")
    found = listed(northshire.folder / "todo.csv")

    assert_as_defined(found, rows, load_folder(northshire.folder, ON))
    assert f"120 shares decided again; there is something to do about {len(found)}." in said


def assert_as_defined(found, rows, folder, header=HEADER):
    for row in rows:
        wanted = one_by_one(folder, row, header)
        got = found.get(row[0], {})
        assert {name: got.get(name, "") for name in wanted} == {name: ";".join(items) for name, items in wanted.items()}


MORE = {
    "origins": ["", "hmrc", "nhs"],
    "handling": ["", "handling-c"],
    "held_for": ["", "direct-care", "public-service-delivery"],
    "audience": ["", "open"],
    "scope": ["", "list"],
    "need": ["", "to find him"],
    "claimed": ["", "cda-1998-s115"],
}


def test_every_column_that_a_share_may_have_is_read(northshire):
    dice = random.Random(6)
    header = [*HEADER, *MORE]
    rows = [[*row, *(dice.choice(cells) for cells in MORE.values())] for row in some_shares(150)]
    write_csv(northshire.folder / "past.csv", rows, header)
    northshire.done("recheck", "past.csv", "--on", ON, "--out", "todo.csv")

    assert_as_defined(listed(northshire.folder / "todo.csv"), rows, load_folder(northshire.folder, ON), header)


def test_more_different_things_than_a_plan_takes_are_decided_all_the_same(northshire, monkeypatch):
    monkeypatch.setattr(distinct, "MOST", {"parties": 4, "manners": 1, "facts": 2, "items": 3, "asked": 2})
    monkeypatch.setattr(distinct, "MOST_WRITTEN", 20)
    rows = list(some_shares(120))
    write_csv(northshire.folder / "past.csv", rows)
    northshire.done("recheck", "past.csv", "--on", ON, "--out", "todo.csv")

    assert_as_defined(listed(northshire.folder / "todo.csv"), rows, load_folder(northshire.folder, ON))


def test_a_judgement_on_one_case_reaches_the_share_of_that_name(northshire):
    row = ["a", "northshire-police", "westborough-council", "reduce-crime-disorder", "perpetrator-history",
           "2026-11-16", "push", "", "depersonalised"]  # fmt: skip
    write_csv(northshire.folder / "past.csv", [row, ["b", *row[1:]]], [*HEADER, "form"])
    judge = ("judge", "reidentification-risk", "--answer", "yes", "--by", "A. Analyst", "--office", "analyst")
    northshire.done(*judge, "--partner", "northshire-police", "--reasons", "counted", "--instance", "b",
                    "--from", "2026-11-01")  # fmt: skip

    said = northshire.done("recheck", "past.csv", "--on", ON, "--out", "todo.csv")

    assert "2 shares decided again; there is something to do about 1." in said
    assert set(listed(northshire.folder / "todo.csv")) == {"a"}


def test_a_judgement_that_is_gone_stops_what_rested_on_it(northshire):
    shutil.copytree(northshire.folder, northshire.folder.parent / "before")
    assert northshire.done("recheck", "--before", "../before", "--on", ON).startswith("Every item of every flow goes")
    for file in (northshire.folder / "judgements").iterdir():
        file.unlink()
    said = northshire.done("recheck", "--before", "../before", "--on", ON)

    assert "flow street-level-to-partners: share by itself before, refer now (awaiting-human)" in said
    assert "northshire-police to " in said


def test_json_for_programs(northshire):
    write_csv(northshire.folder / "past.csv", list(some_shares(20)))
    found = json.loads(northshire.done("recheck", "past.csv", "--on", ON, "--json").rsplit("]", 1)[0] + "]")

    assert {"do", "held_by", "given_by", "item", "shares", "why"} == set(found[0])


@pytest.mark.parametrize(("at", "cell", "words"), [
    (1, "nobody", "There is no partner called nobody"),
    (2, "harbour-hmes", "Did you mean harbour-homes"),
    (3, "fun", "There is no purpose called fun"),
    (4, "postcod", "There is no item called postcod"),
    (5, "2026-02-30", "Column on: "),
])  # fmt: skip
@pytest.mark.parametrize("mode", ["push", "pigeon"])
def test_what_cannot_be_read_is_said_with_its_line_and_never_taken_for_right(northshire, at, cell, words, mode):
    rows = list(some_shares(3))
    rows[1][at], rows[1][6] = cell, mode
    write_csv(northshire.folder / "past.csv", rows)
    said = northshire.done("recheck", "past.csv", "--on", ON, "--out", "todo.csv")

    found = listed(northshire.folder / "todo.csv")["share-1"]
    assert found["inform"] == rows[1][4]
    assert found["problem"].startswith("past.csv:3: error: ")
    assert (words if mode == "push" else "'pigeon' is not one of the words known here") in found["problem"]
    assert found["problem"] in said
    assert "not-readable" in said


def test_a_row_with_a_cell_too_few_or_too_many_is_listed(northshire):
    header, row = ",".join(HEADER), ",".join(next(some_shares(1)))
    northshire.write("past.csv", f"{header}\n{row}\na,b\n{row},,,\n")
    said = northshire.done("recheck", "past.csv", "--on", ON, "--out", "todo.csv")

    assert "past.csv:3: error: The row has 2 cells" in said
    assert "past.csv:4: error: The row has 11 cells" in said
    assert "3 shares decided again" in said


def test_a_share_with_a_unit_that_is_not_there_is_not_taken_for_right(northshire):
    row = ["a", "northshire-police", "westborough-council", "reduce-crime-disorder", "crime-category", str(ON), "push"]
    write_csv(northshire.folder / "past.csv", [[*row, "", "attic"]], [*HEADER, "to_as"])

    said = northshire.done("recheck", "past.csv", "--on", ON, "--out", "todo.csv")

    assert "inform  westborough-council  northshire-police  sub-category of crime" in said
    assert "not-readable" in said
    assert listed(northshire.folder / "todo.csv")["a"]["inform"] == "crime-category"


def test_among_no_partners_no_share_is_taken_for_right(empty):
    empty.write("partnership.yaml", "schema: 1\nname: Nobody\ndomain: nobody.example\npartners: []\n")
    write_csv(empty.folder / "past.csv", list(some_shares(2)))

    said = empty.done("recheck", "past.csv", "--on", ON)

    assert "2 shares decided again; there is something to do about 2." in said
    assert "past.csv:3: error: Column from: There is no partner called" in said


def test_a_table_that_changes_meanwhile_is_refused(northshire, monkeypatch):
    write_csv(northshire.folder / "past.csv", list(some_shares(3)))
    monkeypatch.setattr(tables.Table, "changed", True)
    before = northshire.files()

    said = northshire.refused(3, "recheck", "past.csv", "--on", ON, "--out", "todo.csv")

    assert "The table changed while it was read." in said
    assert northshire.files() == before


@pytest.mark.parametrize(("header", "code", "words"), [
    ("id,from,to,purpose,itmes", 3, "Did you mean items?"),
    ("id,from,to,purpose", 3, "The column items is missing."),
])  # fmt: skip
def test_a_table_with_other_columns_is_refused(northshire, header, code, words):
    northshire.write("past.csv", f"{header}\n1,a,b,c,d\n")

    assert words in northshire.refused(code, "recheck", "past.csv", "--on", ON)


@pytest.mark.parametrize(("cell", "words"), [
    ("", "It is not said on which day this was shared."), ("2029-10-05", "2029-10-05 is still to come."),
])  # fmt: skip
@pytest.mark.parametrize("judged", [False, True])
def test_a_share_of_no_past_day_is_not_taken_for_one_of_today(northshire, cell, words, judged):
    rows = list(some_shares(2))
    rows[1][5] = cell
    write_csv(northshire.folder / "past.csv", rows)
    if judged:  # Then it is decided by itself.
        northshire.done(
            *(
                "judge",
                "necessary",
                "--answer",
                "yes",
                "--by",
                "B. Bates",
                "--office",
                "case-officer",
                "--reasons",
                "x",
            ),
            *("--partner", "northshire-police", "--instance", "share-1", "--from", ON),
        )
    northshire.done("recheck", "past.csv", "--on", ON, "--out", "todo.csv")

    found = listed(northshire.folder / "todo.csv")["share-1"]
    assert found["inform"] == rows[1][4]
    assert f"past.csv:3: error: {words}" in found["problem"]


def test_a_table_without_days_is_of_no_past_day_throughout(northshire):
    rows = [[cell for at, cell in enumerate(row) if at != 5] for row in some_shares(2)]
    write_csv(northshire.folder / "past.csv", rows, [one for one in HEADER if one != "on"])

    assert "there is something to do about 2." in northshire.done("recheck", "past.csv", "--on", ON)


def test_the_list_takes_the_place_of_no_table_that_is_read_and_of_nothing_but_a_file(northshire):
    write_csv(northshire.folder / "past.csv", list(some_shares(2)))
    before = (northshire.folder / "past.csv").read_bytes()
    (northshire.folder / "alias.csv").symlink_to("past.csv")
    os.mkfifo(northshire.folder / "pipe.csv")
    for out, code in (("past.csv", "is-read"), ("alias.csv", "is-read"), ("pipe.csv", "not-a-file")):
        assert f"[{code}]" in northshire("recheck", "past.csv", "--on", ON, "--out", out).output

    assert (northshire.folder / "past.csv").read_bytes() == before
    assert (northshire.folder / "pipe.csv").is_fifo()


def test_an_agreement_that_is_gone_is_a_change(northshire):
    shutil.copytree(northshire.folder, northshire.folder.parent / "before")
    for name in ("agreements", "signatures", "judgements"):
        shutil.rmtree(northshire.folder / name)

    assert "share by itself before, refer now" in northshire.done("recheck", "--before", "../before", "--on", ON)
    assert northshire.done("recheck", "--on", ON) == "There is no agreement, and no flow.\n"
