"""What leaves when a whole table goes under one flow: which column is which item, row by row.

A dataset description is a Frictionless Table Schema with two keys of our own:
`comity:item` says which item a column holds, `comity:fact` what it says about
the row (that the person is a child, has opted out, where the row comes from).
Rows of which the same is known are decided once. A column that nobody has
described stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from comity.check.decision import Answer, Decision, ProposedItem, Said
from comity.errors import InputError, UnknownName
from comity.law import Register
from comity.partnership import Item
from comity.source import Document, Model, Problem, Words, WordSet, as_tuple, build
from comity.terms import Form, Outcome

ORIGIN = "origin"
OWN = "own"
FREE_TEXT = "free-text"
SETTLED_BY_THE_PROPOSAL = ("list-of-people", "bulk", "need-stated")
MOST_GROUPS = 4096


def _as_text(value: object) -> object:
    """`true`, `false` and numbers, as the table spells them."""
    if isinstance(value, list | tuple):
        return tuple(_as_text(one) for one in value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


Values = Annotated[Words, BeforeValidator(lambda value: as_tuple(_as_text(value)))]


class DescribedField(Model):
    """One column, in the words of the Table Schema and our two keys."""

    name: str = Field(min_length=1)
    item: WordSet = Field(default=(), alias="comity:item")
    fact: str | None = Field(default=None, alias="comity:fact")
    type_: str = Field(default="string", alias="type")
    true_values: Values = Field(default=("true", "True", "TRUE", "1", "yes", "Yes", "YES"), alias="trueValues")
    false_values: Values = Field(default=("false", "False", "FALSE", "0", "no", "No", "NO"), alias="falseValues")
    title: str = ""
    description: str = ""
    format_: str = Field(default="", alias="format")
    example: object = None
    rdf_type: str = Field(default="", alias="rdfType")
    constraints: object = None


class Description(Model):
    """A dataset description: Table Schema, of which only fields and missing values matter here."""

    fields: tuple[DescribedField, ...]
    missing_values: Values = Field(default=("",), alias="missingValues")
    schema_: str = Field(default="", alias="$schema")
    name: str = ""
    title: str = ""
    description: str = ""
    primary_key: object = Field(default=None, alias="primaryKey")
    foreign_keys: object = Field(default=None, alias="foreignKeys")
    unique_keys: object = Field(default=None, alias="uniqueKeys")


@dataclass(frozen=True)
class RowFact:
    """A column that says something about the row, and how it spells yes, no and nothing."""

    column: str
    fact: str
    yes: frozenset[str]
    no: frozenset[str]
    missing: frozenset[str]

    def said(self, cell: str | None) -> Said | None:
        """Yes, no or unknown; nothing at all if the cell cannot be read."""
        if cell is None or (cell in self.missing and cell not in self.yes | self.no):
            return "unknown"
        return "yes" if cell in self.yes else "no" if cell in self.no else None


@dataclass(frozen=True)
class Group:
    """What is known of a row. Rows in one group have one decision."""

    facts: tuple[tuple[str, Said], ...] = ()
    origins: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = [f"{fact}: {said}" for fact, said in self.facts]
        words += [f"from {origin}" for origin in self.origins]
        words += [f"{column} cannot be read" for column in self.unreadable]
        return ", ".join(words) or "every row"


@dataclass(frozen=True)
class Plan:
    """A table's columns with the items they hold and what they say about each row."""

    columns: tuple[str, ...]
    items: Mapping[str, tuple[Item, ...]]
    facts: tuple[RowFact, ...]
    origins: frozenset[str]

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The columns nobody has described."""
        facts = {fact.column for fact in self.facts}
        return tuple(one for one in self.columns if one not in self.items and one not in facts)

    @property
    def distinct_items(self) -> tuple[Item, ...]:
        """Every item that some column holds, once, in the order of the columns."""
        found = {item.id: item for column in self.columns for item in self.items.get(column, ())}
        return tuple(found.values())

    @property
    def fact_columns(self) -> tuple[str, ...]:
        return tuple(fact.column for fact in self.facts)

    def group(self, cells: Sequence[str | None]) -> Group:
        """The group of a row, from the cells of its fact columns in their order.

        A yes or no that cannot be read is not known. An origin that cannot be
        read stops the row: nobody can say whose consent it needs.
        """
        facts: list[tuple[str, Said]] = []
        origins: list[str] = []
        unreadable: list[str] = []
        for fact, cell in zip(self.facts, cells, strict=True):
            if fact.fact == ORIGIN:
                words = _origins(cell, fact)
                origins += words
                unreadable += [fact.column] if set(words) - self.origins else []
            else:
                facts.append((fact.fact, fact.said(cell) or "unknown"))
        if unreadable:
            return Group((), (), tuple(unreadable))
        return Group(tuple(facts), tuple(sorted(set(origins))))

    def misread(self, cells: Sequence[str | None]) -> tuple[str, ...]:
        """The fact columns whose cell in this row says neither yes, no nor nothing."""
        return tuple(
            fact.column for fact, cell in zip(self.facts, cells, strict=True) if _misread(fact, cell, self.origins)
        )


def _misread(fact: RowFact, cell: str | None, origins: frozenset[str]) -> bool:
    return bool(set(_origins(cell, fact)) - origins) if fact.fact == ORIGIN else fact.said(cell) is None


def _origins(cell: str | None, fact: RowFact) -> list[str]:
    if cell is None or cell in fact.missing:
        return []
    words = (word.strip().lower() for word in cell.split(";"))
    return [word for word in words if word and word != OWN]


def plan(document: Document, columns: Sequence[str], item: Callable[[str], Item], law: Register) -> Plan:
    """How the description fits the table; raises `InputError` with every misfit."""
    description = build(Description, document)
    problems: list[Problem] = []
    items: dict[str, tuple[Item, ...]] = {}
    facts: list[RowFact] = []
    for at, field in enumerate(description.fields):
        for path, code, sentence, remedy in _misfits(field, description, columns, law):
            problems.append(document.problem(("fields", at, path), code, sentence, remedy))
        if field.fact is not None:
            facts.append(
                RowFact(
                    field.name,
                    field.fact,
                    frozenset(field.true_values),
                    frozenset(field.false_values),
                    frozenset(description.missing_values),
                )
            )
        try:
            if field.item:
                items[field.name] = tuple(item(name) for name in field.item)
        except UnknownName as error:
            problems.append(
                document.problem(
                    ("fields", at, "comity:item"),
                    "unknown-name",
                    str(error),
                    "Correct the name, or add the item to items.yaml.",
                )
            )
    if problems:
        raise InputError(sorted(problems))
    return Plan(tuple(columns), items, tuple(facts), frozenset(law.origins))


Misfit = tuple[str, str, str, str]


def _misfits(
    field: DescribedField, description: Description, columns: Sequence[str], law: Register
) -> Iterable[Misfit]:
    """What is wrong with one described column: path, code, sentence, remedy."""
    if field.name not in columns:
        near = get_close_matches(field.name, columns, n=1, cutoff=0.5)
        yield (
            "name",
            "no-such-column",
            f"The table has no column called {field.name}.",
            f"Did you mean {near[0]}?" if near else f"Its columns are: {', '.join(columns)}.",
        )
    if sum(other.name == field.name for other in description.fields) > 1:
        yield "name", "duplicate-column", f"The column {field.name} is described twice.", "Keep one."
    if both := sorted(set(field.true_values) & set(field.false_values)):
        yield ("name", "yes-and-no", f"{both[0]!r} means both yes and no.", "Take it out of trueValues or falseValues.")
    if field.fact is None:
        return
    if sum(other.fact == field.fact for other in description.fields) > 1:
        yield ("comity:fact", "duplicate-fact", f"Two columns say {field.fact} about a row.", "Keep one.")
    if sentence := _no_row_fact(field.fact, law):
        yield (
            "comity:fact",
            "not-a-row-fact",
            sentence,
            "Use a fact about the person or the case, as in child, opted-out, deceased, consent or origin.",
        )


def _no_row_fact(name: str, law: Register) -> str:
    """Why a row cannot say this, or nothing if it can."""
    if name == ORIGIN:
        return ""
    try:
        fact = law.fact(name)
    except UnknownName as error:
        return str(error)
    if fact.is_test:
        return f"{name} is a question only a person can settle; a column cannot."
    if fact.about == "party" or name in SETTLED_BY_THE_PROPOSAL:
        return f"{name} is not something that varies by row."
    return ""


# ---- what is proposed for a group, and what the decision does to its rows -------------


def proposed_items(
    items: Sequence[Item], group: Group, form: Form, handling: tuple[str, ...] = ()
) -> tuple[ProposedItem, ...]:
    """These items, of the rows of one group, in the form in which they would leave."""
    return tuple(
        ProposedItem.of(item, form, dict(group.facts), origins=group.origins, handling=handling) for item in items
    )


@dataclass(frozen=True)
class Stay:
    """Why a column, or a whole row, does not leave."""

    column: str
    item: str
    outcome: Outcome
    code: str
    answer: Answer | None = None


@dataclass(frozen=True)
class Treatment:
    """What becomes of the rows of one group: the columns that leave, and why others stay."""

    released: tuple[str, ...]
    stays: tuple[Stay, ...]
    removed: Literal["", "opt-out", "nothing-left", "unreadable"] = ""


def treatment(plan: Plan, decision: Decision | None, promised: frozenset[str], group: Group) -> Treatment:
    """Column by column: a column leaves if every item it holds is shared."""
    if group.unreadable or decision is None:
        stays = tuple(
            Stay(column, _first_item(plan, column), Outcome.REFER, "condition-not-known")
            for column in plan.columns
            if column in plan.items
        )
        return Treatment((), stays, "unreadable" if group.unreadable else "nothing-left")
    stays = tuple(stay for column in plan.columns if (stay := _stay(plan, column, decision, promised)))
    kept = {stay.column for stay in stays}
    released = tuple(column for column in plan.columns if column not in kept)
    if _opted_out(decision):
        return Treatment((), stays, "opt-out")
    return Treatment(released, stays, "" if released else "nothing-left")


def _first_item(plan: Plan, column: str) -> str:
    return plan.items[column][0].id if plan.items.get(column) else ""


def _stay(plan: Plan, column: str, decision: Decision, promised: frozenset[str]) -> Stay | None:
    """Why this column stays; nothing if it goes."""
    if column not in plan.items:
        return Stay(column, "", Outcome.WITHHOLD, "not-mapped")
    for item in plan.items[column]:
        if item.id not in promised:
            return Stay(column, item.id, Outcome.REFER, "agreement-missing")
        answer = decision.answer(item.id)
        if answer.outcome != Outcome.SHARE:
            code = answer.against[0].code if answer.against else ""
            return Stay(column, item.id, answer.outcome, code, answer)
        if FREE_TEXT in item.kinds:
            return Stay(column, item.id, Outcome.REFER, "awaiting-human", answer)
    return None


def _opted_out(decision: Decision) -> bool:
    """Somebody has opted out: the whole record is removed, not only the cell."""
    return any(
        reason.code == "opt-out-applied" and reason.effect != Outcome.SHARE
        for answer in decision.answers
        for reason in answer.reasons
    )
