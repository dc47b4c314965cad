"""`comity explain ANSWERS.csv --ground N`: every reason of an answer to a large table, asked again of the folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from comity.check.decision import Decision
from comity.check.explain import Wording
from comity.check.remedy import Remedy, remedies
from comity.check.text import read_proposals
from comity.cli.bulk import RowDocument, codes, written
from comity.cli.folder import Folder
from comity.cli.grounds import COLUMNS, QUESTION, path_of
from comity.cli.tables import Table, as_text, open_table
from comity.errors import InputError, UnknownName
from comity.source import Problem

Row = Mapping[str, str]
SAME_LEAVE = ("form", "origins", "handling")
NO_ID = "ID-OF-THE-ROW"


def ground_rows(file: Path, ground: int, item: str | None) -> list[Row]:
    """What a table of answers keeps of a ground; raises `InputError` and `UnknownName`."""
    path = file if file.stem.endswith(".grounds") else path_of(file)
    table = open_table(path)
    if missing := [one for one in COLUMNS if one not in table.columns]:
        raise InputError([_no_grounds(table, missing)])
    rows = list(_rows(table, ground))
    if not rows:
        raise UnknownName(f"ground in {table.name}", str(ground), ())
    chosen = [row for row in rows if item in (None, row["item"])]
    if not chosen:
        raise UnknownName(f"item on ground {ground}", str(item), [row["item"] for row in rows])
    return chosen


def _rows(table: Table, ground: int) -> Iterator[Row]:
    for part in table.parts():
        chosen = part.batch.filter(pc.equal(as_text(part.batch.column("ground")), str(ground)))
        yield from ({name: cell or "" for name, cell in row.items()} for row in chosen.to_pylist())


def _no_grounds(table: Table, missing: Sequence[str]) -> Problem:
    return Problem(
        table.name,
        1,
        "no-grounds",
        f"This is no table of grounds: it lacks {', '.join(missing)}.",
        "Name the answers that comity check wrote for a large table, with their .grounds file beside them.",
    )


@dataclass(frozen=True)
class Again:
    """What the folder says today on a ground, for items that leave in one way; and what it said when it was asked."""

    rows: tuple[Row, ...]
    decision: Decision
    helps: Mapping[str, Remedy]

    def changed(self, words: Wording) -> Iterator[str]:
        """Answers that are not what the file keeps."""
        for row, answer in zip(self.rows, self.decision.answers, strict=True):
            if (row["outcome"], row["codes"]) != (answer.outcome, codes(answer)):
                before = row["outcome"] + (f" ({row['codes']})" if row["codes"] else "")
                yield f"{words.title(answer.item)} was answered {before}, and would now be {answer.outcome}."
        if self.rows[0]["register"] != self.decision.basis.register_digest:
            yield "The register of law is another release since."

    def text(self, words: Wording, *, full: bool) -> str:
        said = words.tree(self.decision) if full else words.paragraph(self.decision)
        helps: dict[str, list[str]] = {}
        for item, remedy in self.helps.items():
            helps.setdefault(remedy.sentence, []).append(words.title(item))
        return "\n".join([said, *(f"What would help for {', '.join(items)}: {one}" for one, items in helps.items())])


def ask_again(rows: Sequence[Row], folder: Folder) -> list[Again]:
    """The question of a ground put to the folder: one decision for the items that would leave in the same form."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        alike.setdefault(tuple(row[name] for name in SAME_LEAVE), []).append(row)
    return [_again(tuple(some), folder) for some in alike.values()]


def _again(rows: tuple[Row, ...], folder: Folder) -> Again:
    said = {name: rows[0][name] for name in (*QUESTION, *SAME_LEAVE)}
    said["items"] = ";".join(row["item"] for row in rows)
    id = said.pop("id") or NO_ID
    document = RowDocument(f"ground {rows[0]['ground']}", written(said, id), {(): 0})
    proposal = read_proposals(document, folder.names, folder.on).proposals[0]
    decision = folder.world.decide(proposal)
    return Again(rows, decision, remedies(folder.world, proposal, decision.answers))


def as_kept(rows: Sequence[Row]) -> str:
    """What the file itself says, where there is no folder to ask."""
    question = rows[0]
    lines = [f"{question['from']} to {question['to']}, for {question['purpose']}, on {question['on']}."]
    for row in rows:
        lines.append(f"{row['item']}: {row['outcome']}. {row['because']}")
        lines += [f"What would help: {row['remedy']}"] if row["remedy"] else []
    return "\n".join(lines)
