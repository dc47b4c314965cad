"""`comity recheck`: is what was shared still right, and what is to be done where it is not?"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import click
import ibis
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr.types import Table as Rows

from comity.agreement import Agreement
from comity.check.cells import Cell, answers, changed
from comity.check.columnar import WORD, Ready
from comity.check.compiled import Compiled
from comity.check.decision import Answer
from comity.check.recheck import Action, rechecked
from comity.cli.bulk import OPTIONAL, REQUIRED
from comity.cli.coding import SAID, Coded, coded
from comity.cli.engine import ready
from comity.cli.files import replacing
from comity.cli.folder import Folder, current_folder, load_folder
from comity.cli.listing import DAY, WIDTH, show
from comity.cli.tables import Table, check_header, open_table
from comity.terms import Outcome, slug_of

ORDER = (Action.STOP, Action.RECALL, Action.INFORM)
SHOWN_FAULTS = 10


@click.command("recheck")
@click.argument("shares", required=False, type=click.Path(path_type=Path), metavar="[SHARES.csv|SHARES.parquet]")
@click.option(
    "--before", type=click.Path(path_type=Path), metavar="FOLDER", help="The folder as it was before the change."
)
@click.option("--on", type=DAY, help="The day; without it, today.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Where every share with something to do is listed."
)
@click.option("--json", "json_", is_flag=True, help="Write JSON for programs.")
def recheck(shares: Path | None, before: Path | None, on: date | None, out: Path | None, json_: bool) -> None:
    """Decide again what flows, and what was shared: what to stop, recall, or inform of.

    Without a table: every flow of every agreement, as it would be decided on the day. With a table of past shares
    (the columns of `comity check`; id names the share, items what went, on the day it went), each of them too: as it
    should have been decided on its own day by what is known now, and as it would be decided today.
    """
    folder = current_folder(on)
    flows = list(standing(folder, load_folder(before, folder.on) if before else None))
    if shares is None:
        _show_flows(flows, json_=json_)
        return
    past = PastShares(folder, open_table(shares))
    found = list(past.summary())
    if out:
        past.write(out)
    if not json_:
        _show_flows(flows, json_=False)
        click.echo()
    _show_found(found, json_=json_)
    past.say_counts()


# ---- what flows --------------------------------------------------------------------------


@dataclass(frozen=True)
class Flowing:
    """Items of a flow that do not go, or go otherwise than before: from whom to whom, and why."""

    agreement: str
    flow: str
    answer: str
    why: str
    discloser: str
    recipients: tuple[str, ...]
    items: tuple[str, ...]


def standing(folder: Folder, before: Folder | None) -> Iterator[Flowing]:
    """The items of flows that are not answered *share*; with a folder of before, those whose answer changed."""
    for id in sorted(folder.agreements):
        text = folder.agreements[id][0]
        cells: dict[tuple[str, str, str, str, str], list[str]] = {}
        for cell, answer, why in _cells(folder, before, text):
            ends = slug_of(cell.discloser.partner), slug_of(cell.recipient.partner)
            cells.setdefault((cell.flow, answer, why, *ends), []).append(slug_of(cell.item))
        folded: dict[tuple[str, str, str, str, tuple[str, ...]], list[str]] = {}
        for (flow, answer, why, discloser, recipient), items in cells.items():
            folded.setdefault((flow, answer, why, discloser, tuple(items)), []).append(recipient)
        for (flow, answer, why, discloser, named), recipients in folded.items():
            yield Flowing(text.title, flow, answer, why, discloser, tuple(recipients), named)


def _cells(folder: Folder, before: Folder | None, text: Agreement) -> Iterator[tuple[Cell, str, str]]:
    """The cells of an agreement about which there is something to say: the answer, and why."""
    world = folder.worlds.get(text.register_, folder.world)
    if before is None:
        for cell, answer in answers(text, world, folder.names, folder.on).items():
            if answer.outcome != Outcome.SHARE:
                yield cell, answer.outcome, _why(answer)
        return
    former = before.agreements[text.id][0] if text.id in before.agreements else text
    past = before.worlds.get(former.register_, before.world)
    for one in changed((former, past), (text, world), folder.names, folder.on):
        yield one.cell, one.sentence, _why(one.after) if one.after else ""


def _show_flows(flows: list[Flowing], *, json_: bool) -> None:
    rows = [(one.agreement, one.flow, one.discloser, one.recipients, one.items, one.answer, one.why) for one in flows]
    headers = ("Agreement", "Flow", "From", "To", "Items", "Answer", "Why")
    if json_:
        show(headers, rows, json_=True, none="")
        return
    for agreement, flow, discloser, recipients, items, answer, why in rows:
        click.echo(f"{agreement}, flow {flow}: {answer}{f' ({why})' if why else ''}")
        click.echo(wrapped(f"{discloser} to {', '.join(recipients)}: {', '.join(items)}"))
    if not rows:
        click.echo("Every item of every flow goes, or goes as before.")


def wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _why(answer: Answer) -> str:
    return ", ".join(dict.fromkeys(reason.code for reason in answer.against))


# ---- what was shared ---------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """What is to be done about an item at one holder, for how many shares, and why."""

    action: Action
    holder: str
    discloser: str
    item: str
    because: str
    shares: int = 0


class PastShares:
    """A table of past shares, decided again in DuckDB: larger than memory, and none of its text shown."""

    def __init__(self, folder: Folder, table: Table) -> None:
        check_header(table, REQUIRED, OPTIONAL)
        self.folder, self.table = folder, table
        self.engine: BaseBackend = ibis.duckdb.connect()
        self.coded: Coded = coded(self.engine, _read(self.engine, table), folder.names, folder.on, table.name)
        self.compiled = Compiled(folder.world)

    @cached_property
    def ready(self) -> tuple[Ready, Ready]:
        """The plan for the shares' own days, and for today."""
        rows, codes, world, on = self.coded.rows, self.coded.codes, self.folder.world, self.folder.on
        made = ready(self.engine, world, codes, rows, self.coded.days, "made")
        today = ready(self.engine, world, codes, rows.mutate(day=on.toordinal()), (on, on), "today")
        return made, today

    @cached_property
    def marked(self) -> Rows:
        """The shares with something to do, computed once."""
        made, today = self.ready
        every = rechecked(self.coded.rows, made, today, self.folder.on)
        marks = [every[name] for name in self._marks()]
        some = every.filter(ibis.or_(*(mark != 0 for mark in marks)))
        return self.engine.create_table("comity_marked", some, overwrite=True)

    def _marks(self) -> list[str]:
        return [f"{action}_{word}" for action in ORDER for word in range(self.coded.codes.words)]

    def summary(self) -> Iterator[Found]:
        """What is to be done, by action, holder and item; the gravest first."""
        keys = ["discloser", "recipient", "made_ground", "today_ground", *self._marks()]
        grouped = self.engine.to_pyarrow(self.marked.group_by(keys).aggregate(shares=self.marked.count()))
        counts: Counter[Found] = Counter()
        for one in grouped.to_pylist():
            ends = (self._party(one["recipient"]), self._party(one["discloser"]))
            for action, place in self._places(one):
                item = self.coded.codes.items[place]
                title = self.folder.titles.get(item.item, item.called)
                counts[Found(action, *ends, title, self._because(place, one))] += int(one["shares"])
        found = [replace(one, shares=shares) for one, shares in counts.items()]
        yield from sorted(found, key=lambda one: (ORDER.index(one.action), one.holder, one.discloser, one.item))

    def _places(self, one: dict[str, int]) -> Iterator[tuple[Action, int]]:
        for action in ORDER:
            for place in range(len(self.coded.codes.items)):
                word, mark = divmod(place, WORD)
                if int(one[f"{action}_{word}"]) >> mark & 1:
                    yield action, place

    def _party(self, code: int) -> str:
        return slug_of(self.coded.codes.parties[code].partner) if code >= 0 else "(not known)"

    def _because(self, place: int, one: dict[str, int]) -> str:
        """The determining reason: of its own day for what was wrong then, else of today."""
        made, today = self.ready
        for plan, ground in ((made.plan, int(one["made_ground"])), (today.plan, int(one["today_ground"]))):
            if ground >= 0:
                item = self.coded.codes.items[place]
                [answer] = self.compiled.decide(plan.proposal(ground, item)).answers
                if answer.outcome != Outcome.SHARE:
                    return _why(answer)
        return "not-readable"

    def write(self, out: Path) -> None:
        """Every share with something to do: its own columns, and the items to stop, recall and inform on."""
        said = {name: name.removeprefix(SAID) for name in self.marked.columns if name.startswith(SAID)}
        rows = self.marked
        for action in ORDER:
            rows = rows.mutate(**{action.value: self._names(rows, action)})
        chosen = rows.select(*said, *(action.value for action in ORDER)).rename({new: old for old, new in said.items()})
        with replacing(out) as temporary:
            if out.suffix.lower() == ".parquet":
                self.engine.to_parquet(chosen, temporary)
            else:
                self.engine.to_csv(chosen, temporary, header=True)

    def _names(self, rows: Rows, action: Action) -> ibis.ir.StringValue:
        """The short names of the items that are marked, parted by semicolons."""
        names: ibis.ir.StringValue = ibis.literal("")
        for place, item in enumerate(self.coded.codes.items):
            word, mark = divmod(place, WORD)
            marked = (rows[f"{action}_{word}"] & (1 << mark)) != 0
            names = names.concat(marked.ifelse(f";{item.called}", ""))
        return names.substr(1)

    def say_counts(self) -> None:
        """How many came, how many there is something to do about, and what could not be read; to stderr."""
        total = self.engine.to_pyarrow(self.coded.rows.count()).as_py()
        some = self.engine.to_pyarrow(self.marked.count()).as_py()
        click.echo(f"{total:,} shares decided again; there is something to do about {some:,}.", err=True)
        for fault in self.coded.faults[:SHOWN_FAULTS]:
            click.echo(fault, err=True)


def _read(engine: BaseBackend, table: Table) -> Rows:
    """The table where the engine can read it: a Parquet file as it lies, a CSV row by row with our own reader."""
    if table.kind == "parquet":
        rows = engine.read_parquet(table.path)
        return rows.mutate(**{name: rows[name].cast("string") for name in rows.columns})
    empty = pa.Table.from_batches([], schema=table.schema)
    engine.create_table("comity_shares", empty, overwrite=True)
    for _, batch in table.batches():
        engine.insert("comity_shares", pa.Table.from_batches([batch]))
    return engine.table("comity_shares")


def _show_found(found: Iterable[Found], *, json_: bool) -> None:
    rows = [(one.action, one.holder, one.discloser, one.item, f"{one.shares:,}", one.because) for one in found]
    headers = ("Do", "Held by", "Given by", "Item", "Shares", "Why")
    show(headers, rows, json_=json_, none="Everything that was shared is still right.")


COMMANDS = (recheck,)
