# ruff: noqa: INP001
"""Write a table of proposals as codes: each name becomes a whole number, its place in a list.

    python coding.py FOLDER DAY ASKED.csv ASKED.parquet

The lists are made from the partnership's folder as it stands on the day. What
is in none of them gets the code -1, and the check then refers everything that
the row asks for.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from comity.check.columnar import UNKNOWN, Codes, Manner
from comity.check.decision import ProposedItem
from comity.cli.folder import Folder, load_folder
from comity.partnership import PartyRef
from comity.terms import Mode, slug_of

# How it is shared, and what is said of the facts: as many lines as the rows need.
MANNERS = {
    "by-hand": Manner(need=True),
    "by-itself": Manner(mode=Mode.FEED, scope="list"),
}
FACTS = {
    "": {},
    "child": {"child": "yes"},
}


@dataclass(frozen=True)
class Coding:
    """What the codes stand for, and the name by which a table calls each of them."""

    codes: Codes
    places: dict[str, dict[str, int]]

    def rows(self, asked: list[dict[str, str]]) -> pa.Table:
        """The rows as codes, in the types that a row needs, numbered in their order."""
        columns = {
            name: pa.array([places.get(one[name], UNKNOWN) for one in asked], pa.int16())
            for name, places in self.places.items()
        }
        day = pa.array([date.fromisoformat(one["day"]).toordinal() for one in asked], pa.int32())
        return pa.table({"row": pa.array(range(len(asked)), pa.int64()), **columns, "day": day})


def coding(folder: Folder) -> Coding:
    """The codes of a folder: its partners, all purposes, and the items that each flow of an agreement gives."""
    world = folder.world
    parties = {slug_of(one.id): PartyRef(partner=one.id) for one in world.partnership.partners}
    purposes = [one.id for one in world.law.vocabulary.purposes]
    flows = {flow.id: flow for signed in world.agreements for flow in signed.agreement.flows}
    given = {
        name: [ProposedItem.of(folder.names.item(item), flow.form) for item in flow.items]
        for name, flow in flows.items()
    }
    items = list({repr(one): one for some in given.values() for one in some}.values())
    codes = Codes(
        parties=list(parties.values()),
        purposes=purposes,
        manners=list(MANNERS.values()),
        facts=list(FACTS.values()),
        items=items,
        asked=[tuple(items.index(one) for one in some) for some in given.values()],
    )
    names = {
        "discloser": parties,
        "recipient": parties,
        "purpose": purposes,
        "manner": MANNERS,
        "facts": FACTS,
        "items": given,
    }
    return Coding(codes, {column: {name: at for at, name in enumerate(known)} for column, known in names.items()})


def main(folder: str, day: str, source: str, target: str) -> None:
    with open(source, encoding="utf-8", newline="") as file:
        asked = list(csv.DictReader(file))
    known = coding(load_folder(Path(folder), date.fromisoformat(day)))
    pq.write_table(known.rows(asked), target)


if __name__ == "__main__":
    main(*sys.argv[1:])
