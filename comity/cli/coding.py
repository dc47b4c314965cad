"""Tables of proposals as codes: each different value of a column is read once, wherever the rows are.

The columns are taken in groups that are read together; a group whose values
cannot be read gets no code, and the rows that hold it are answered as unknown.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from comity.check.columnar import UNKNOWN, Codes, Manner
from comity.check.decision import Proposal, ProposedItem
from comity.check.text import Names, read_proposals
from comity.cli.bulk import RowDocument, written
from comity.errors import InputError

GROUPS = {
    "discloser": ("from", "from_as"),
    "recipient": ("to", "to_as"),
    "purpose": ("purpose",),
    "manner": ("mode", "scope", "audience", "set", "need", "claimed"),
    "facts": ("facts",),
    "items": ("items", "form"),
    "day": ("on",),
}
"""The columns of codes, and the columns of a table of proposals that each stands for."""


SAID = "said_"
"""Before the name of each column of the table, so that a column of codes may have it."""


@dataclass(frozen=True)
class Coded:
    """A table of codes in the engine, what the codes stand for, and what could not be read.

    The text of the table stays beside the codes, each column under `said_` and its name.
    """

    rows: Table
    codes: Codes
    days: tuple[date, date]
    faults: tuple[str, ...]


def coded(engine: BaseBackend, table: Table, names: Names, on: date, file: str) -> Coded:
    """A table of text as codes; a column that is not there says nothing, and `on` is the day of rows without one."""
    reader = _Reader(names, on, file)
    rows = table.rename(f"{SAID}{{name}}")
    for name, columns in GROUPS.items():
        there = [column for column in columns if column in table.columns]
        if there:
            rows = _with_codes(engine, rows, name, there, reader)
        else:
            rows = rows.mutate(**{name: reader.code(name, {})})
    return Coded(rows, reader.codes(), reader.days(), tuple(reader.faults))


def _with_codes(engine: BaseBackend, rows: Table, name: str, columns: Sequence[str], reader: _Reader) -> Table:
    """The rows with one more column of codes, for the values of these columns."""
    keys = {f"key_{at}": rows[SAID + column].fill_null("").strip() for at, column in enumerate(columns)}
    keyed = rows.mutate(**keys)
    distinct = engine.to_pyarrow(keyed.select(*keys).distinct())
    said = zip(*(distinct[key].to_pylist() for key in keys), strict=True)
    codes = [reader.code(name, dict(zip(columns, one, strict=True))) for one in said]
    known = distinct.rename_columns([f"known_{key}" for key in keys]).append_column(name, pa.array(codes, pa.int64()))
    lookup = engine.create_table(f"comity_code_{name}", ibis.memtable(known), overwrite=True)
    joined = keyed.left_join(lookup, [keyed[key] == lookup[f"known_{key}"] for key in keys])
    return joined.drop(*keys, *(f"known_{key}" for key in keys))


class _Reader:
    """Reads the values of one group of columns beside values that are known to be right."""

    def __init__(self, names: Names, on: date, file: str) -> None:
        self.names, self.on, self.file = names, on, file
        self.faults: list[str] = []
        partner, purpose = names.partnership.partners[0], names.law.vocabulary.purposes[0]
        item = next(iter(names.items.values()))
        self.right = {"from": partner.called, "to": partner.called, "purpose": purpose.id, "items": item.id}
        self.lists: dict[str, dict[Any, int]] = {}
        self.items: dict[int, ProposedItem] = {}
        self.seen: set[int] = set()

    def code(self, name: str, values: Mapping[str, str]) -> int:
        """The code of what these columns say; the fault is kept where they cannot be read."""
        row = self.right | {column: value for column, value in values.items() if value or column in self.right}
        document = RowDocument(self.file, written(row, "row"), {(): 0})
        try:
            proposal = read_proposals(document, self.names, self.on).proposals[0]
        except InputError as error:
            self.faults += [str(one) for one in error.problems]
            return UNKNOWN
        return self._code_of(name, proposal)

    def _code_of(self, name: str, proposal: Proposal) -> int:
        match name:
            case "discloser":
                return self._place("parties", proposal.discloser)
            case "recipient":
                return self._place("parties", proposal.recipient)
            case "purpose":
                return self._place(name, proposal.purpose)
            case "manner":
                return self._place(name, _manner(proposal))
            case "facts":
                return self._place(name, tuple(proposal.facts.items()))
            case "items":
                return self._place("asked", tuple(self._item(one) for one in proposal.items))
        self.seen.add(proposal.on.toordinal())
        return proposal.on.toordinal()

    def _place(self, name: str, value: Hashable) -> int:
        places = self.lists.setdefault(name, {})
        return places.setdefault(value, len(places))

    def _item(self, item: ProposedItem) -> int:
        key = (item.item, item.form, item.origins, item.handling, tuple(item.facts.items()))
        place = self._place("items", key)
        self.items.setdefault(place, item)
        return place

    def codes(self) -> Codes:
        """What the codes that were given stand for."""
        listed = {name: list(places) for name, places in self.lists.items()}
        return Codes(
            parties=listed.get("parties", []),
            purposes=listed.get("purpose", []),
            manners=listed.get("manner", []),
            facts=[dict(one) for one in listed.get("facts", [])],
            items=[self.items[place] for place in sorted(self.items)],
            asked=listed.get("asked", []),
        )

    def days(self) -> tuple[date, date]:
        days = self.seen or {self.on.toordinal()}
        return date.fromordinal(min(days)), date.fromordinal(max(days))


def _manner(proposal: Proposal) -> Manner:
    asked = proposal.asked
    return Manner(
        mode=proposal.mode,
        audience=proposal.audience,
        scope=proposal.scope,
        extent=proposal.extent,
        set=proposal.set,
        held_for=proposal.held_for,
        need=bool(proposal.need),
        requested=asked is not None,
        requested_under=asked.under if asked else None,
        claimed=proposal.claimed,
    )
