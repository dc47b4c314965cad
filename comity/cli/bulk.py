"""Many proposals, a row each: every row in is a row out, also the ones that cannot be read."""

from __future__ import annotations

import uuid
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from comity.check.decision import Answer, Decision
from comity.check.explain import Wording
from comity.check.remedy import remedies
from comity.check.text import read_proposals
from comity.check.world import World
from comity.cli.folder import Folder
from comity.cli.report import told
from comity.cli.tables import Cells, Table, check_header, ragged
from comity.errors import InputError, UnknownName
from comity.source import Document, Path, Problem
from comity.terms import Duty, Outcome, headline_of

REQUIRED = ("from", "to", "purpose", "items")
OPTIONAL = (
    *("id", "from_as", "to_as", "origins", "handling", "form", "mode", "on", "scope", "audience", "set", "need"),
    *("held_for", "claimed", "facts", "data_until"),
)
REMEMBERED = 50_000  # distinct proposals
ERROR = "ERROR"
UNKNOWN_NAME = "Correct the name, or add it to the folder."


@dataclass(frozen=True)
class RowAnswer:
    """What the check says about one row; the fields are the columns of the result."""

    line: int
    id: str
    headline: str
    must: str = ""
    due: str = ""
    share: str = ""
    refer: str = ""
    withhold: str = ""
    codes: str = ""
    because: str = ""
    remedy: str = ""
    problem: str = ""

    @property
    def counts(self) -> str:
        words = [
            f"{name}: {value.replace(';', ', ')}"
            for name in ("share", "refer", "withhold")
            if (value := getattr(self, name))
        ]
        return f"{self.line}  {self.id or '-'}  {self.headline}  {self.problem or '; '.join(words)}"


COLUMNS = tuple(RowAnswer.__dataclass_fields__)


@dataclass(frozen=True)
class RowDocument(Document):
    """One row as a document: a problem names the line and the column."""

    def problem(self, path: Path, code: str, sentence: str, remedy: str) -> Problem:
        column = str(path[0]) if path else ""
        where = f"Column {column}: " if column else ""
        words = sentence.removeprefix(f"{'.'.join(str(part) for part in path)}: ")
        return super().problem((), code, where + words, remedy)


@dataclass
class Bulk:
    """Checks rows one after the other; equal proposals are decided once."""

    folder: Folder
    world: World
    wording: Wording
    on: date
    with_remedies: bool = True
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    remembered: OrderedDict[tuple[str | None, ...], RowAnswer] = field(default_factory=OrderedDict)
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    def answers(self, table: Table) -> Iterator[RowAnswer]:
        """An answer for every row of the table."""
        check_header(table, REQUIRED, OPTIONAL)
        for line, cells in table.records():
            answer = self.answer(table, line, cells)
            self.counts[answer.headline] += 1
            if answer.problem:
                self.problems.append(answer.problem)
            yield answer

    def answer(self, table: Table, line: int, cells: Cells) -> RowAnswer:
        if fault := ragged(table, line, cells):
            given = (dict(zip(table.columns, cells, strict=False)).get("id") or "").strip()
            return RowAnswer(line, given, ERROR, problem=str(fault))
        row = {column: (cell or "").strip() for column, cell in zip(table.columns, cells, strict=True)}
        given = row.pop("id", "")
        key = (*row.values(), given if given in self.world.judged_alone else None)
        if key not in self.remembered:
            self.remembered[key] = self.decided(table, line, given, row)
            if len(self.remembered) > REMEMBERED:
                self.remembered.popitem(last=False)
        known = self.remembered[key]
        if known.headline == ERROR and known.line != line:  # The sentence names its own line.
            return self.decided(table, line, given, row)
        return replace(known, line=line, id=given)

    def decided(self, table: Table, line: int, given: str, row: dict[str, str]) -> RowAnswer:
        decision = self.decision(table, line, given, row)
        if isinstance(decision, str):
            return RowAnswer(line, given, ERROR, problem=decision)
        proposal = decision.proposal
        helps = remedies(self.world, proposal, decision.answers) if self.with_remedies else {}
        said = told(decision, self.wording, helps).said
        return RowAnswer(
            line,
            given,
            **in_columns(decision.answers),
            due=";".join(sorted({str(one.due) for one in decision.answers if one.due})),
            because=" | ".join(f"{', '.join(one.items)}: {one.because}" for one in said),
            remedy=" | ".join(f"{', '.join(one.items)}: {one.remedy}" for one in said if one.remedy),
        )

    def decision(self, table: Table, line: int, given: str, row: dict[str, str]) -> Decision | str:
        """What is decided, or why it cannot be. Without an id, no judgement about one case reaches a row."""
        document = RowDocument(table.name, written(row, given or f"{self.run}:{line}"), {(): line})
        try:
            return self.world.decide(read_proposals(document, self.folder.names, self.on).proposals[0])
        except InputError as error:
            return " ".join(str(one) for one in error.problems)
        except UnknownName as error:
            return str(document.problem((), "unknown-name", str(error), UNKNOWN_NAME))


def in_columns(answers: Sequence[Answer]) -> dict[str, str]:
    """What the answers for the items of a row add up to: columns of the result by name."""

    def items(outcome: Outcome) -> str:
        return ";".join(one.called for one in answers if one.outcome == outcome)

    against = {one.called: codes(one) for one in answers}
    due = any(one.duty == Duty.DUE and one.outcome == Outcome.SHARE for one in answers)
    return {
        "headline": headline_of(one.outcome for one in answers),
        "must": "yes" if due else "no",
        "share": items(Outcome.SHARE),
        "refer": items(Outcome.REFER),
        "withhold": items(Outcome.WITHHOLD),
        "codes": ";".join(f"{name}={why}" for name, why in against.items() if why),
    }


def codes(answer: Answer) -> str:
    """Why an item is not shared, in reason codes."""
    return "+".join(dict.fromkeys(reason.code for reason in answer.against))


def written(row: dict[str, str], id: str) -> dict[str, object]:
    """A row as a proposal text. Cells with lists and pairs are taken apart; empty ones are left out."""
    parts: dict[str, object] = {column: cell for column, cell in row.items() if cell}
    for end in ("from", "to"):
        unit = parts.pop(f"{end}_as", None)
        if end in parts:
            party = {"partner": parts[end]} | ({"as": unit} if unit else {})
            parts[end] = party if end == "from" else [party]
    origins, handling = (_listed(str(parts.pop(column, ""))) for column in ("origins", "handling"))
    if "items" in parts:
        parts["items"] = marked(_listed(row["items"]), origins, handling)
    if "facts" in parts:
        parts["facts"] = pairs(row["facts"].split(";"))
    return {"id": id, **parts}


def _listed(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(";") if one.strip()]


def marked(items: Sequence[str], origins: Sequence[str], handling: Sequence[str]) -> list[object]:
    """Items that all came from the same people and bear the same marks."""
    said = {name: list(words) for name, words in (("origins", origins), ("handling", handling)) if words}
    return [{"item": one, **said} for one in items] if said else list(items)


def pairs(texts: Iterable[str]) -> dict[str, str]:
    """`child=yes` and the like. What is no pair, or is said both ways, keeps no readable value and is refused."""
    found: dict[str, str] = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        if name:
            found[name] = value if found.get(name, value) == value else f"{found[name]} and {value}"
    return found
