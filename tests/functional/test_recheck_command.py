"""What was shared, decided again by the command: the same as one by one, however many there are."""

import csv
import json
import random
import shutil
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from comity.check.compiled import Compiled
from comity.check.recheck import actions
from comity.check.text import read_proposals
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


def write_csv(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])


def one_by_one(folder, row):
    """What is to be done by the definition: the items of a share by action."""
    fast = Compiled(folder.world)
    text = written(dict(zip(HEADER[1:], row[1:], strict=True)), row[0])
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
    with (northshire.folder / "todo.csv").open(encoding="utf-8", newline="") as file:
        found = {row["id"]: row for row in csv.DictReader(file)}

    folder = load_folder(northshire.folder, ON)
    for row in rows:
        wanted = one_by_one(folder, row)
        got = found.get(row[0], {})
        # The list names items in the order of the table, the share in its own.
        assert {name: sorted(filter(None, got.get(name, "").split(";"))) for name in wanted} == {
            name: sorted(items) for name, items in wanted.items()
        }
    assert f"120 shares decided again; there is something to do about {len(found)}." in said


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


def test_what_cannot_be_read_is_said_and_never_taken_for_right(northshire):
    rows = list(some_shares(3))
    rows[1][2] = "harbour-hmes"
    write_csv(northshire.folder / "past.csv", rows)
    said = northshire.done("recheck", "past.csv", "--on", ON, "--out", "todo.csv")

    assert "Did you mean harbour-homes" in said
    assert "not-readable" in said
    assert "share-1," in (northshire.folder / "todo.csv").read_text("utf-8")


@pytest.mark.parametrize(("header", "code", "words"), [
    ("id,from,to,purpose,itmes", 3, "Did you mean items?"),
    ("id,from,to,purpose", 3, "The column items is missing."),
])  # fmt: skip
def test_a_table_with_other_columns_is_refused(northshire, header, code, words):
    northshire.write("past.csv", f"{header}\n1,a,b,c,d\n")

    assert words in northshire.refused(code, "recheck", "past.csv", "--on", ON)
