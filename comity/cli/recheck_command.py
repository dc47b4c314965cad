"""`comity recheck`: is what was shared still right, and what is to be done where it is not?"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from comity.agreement import Agreement
from comity.check.cells import Cell, answers, changed
from comity.cli.files import replacing
from comity.cli.folder import Folder, current_folder, load_folder
from comity.cli.listing import DAY, WIDTH, show
from comity.cli.past_shares import Found, PastShares, because
from comity.cli.staging import workroom
from comity.cli.tables import Table, open_table
from comity.terms import Outcome, slug_of


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
        _show_flows(flows, some=bool(folder.agreements), json_=json_)
        return
    past = _recheck(folder, open_table(shares), out)
    if not json_:
        _show_flows(flows, some=bool(folder.agreements), json_=False)
        click.echo()
    _show_found(past.tally.summary, json_=json_)
    _say_counts(past)


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
    texts = {**(before.agreements if before else {}), **folder.agreements}
    for id in sorted(texts):
        text = texts[id][0]
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
                yield cell, answer.outcome, because(answer)
        return
    former = before.agreements[text.id][0] if text.id in before.agreements else text
    past = before.worlds.get(former.register_, before.world)
    for one in changed((former, past), (text, world), folder.names, folder.on):
        yield one.cell, one.sentence, because(one.after) if one.after else ""


def _show_flows(flows: list[Flowing], *, some: bool, json_: bool) -> None:
    rows = [(one.agreement, one.flow, one.discloser, one.recipients, one.items, one.answer, one.why) for one in flows]
    headers = ("Agreement", "Flow", "From", "To", "Items", "Answer", "Why")
    if json_:
        show(headers, rows, json_=True, none="")
        return
    for agreement, flow, discloser, recipients, items, answer, why in rows:
        click.echo(f"{agreement}, flow {flow}: {answer}{f' ({why})' if why else ''}")
        click.echo(wrapped(f"{discloser} to {', '.join(recipients)}: {', '.join(items)}"))
    if not rows:
        click.echo(
            "Every item of every flow goes, or goes as before." if some else "There is no agreement, and no flow."
        )


def wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


# ---- what was shared ---------------------------------------------------------------------


def _recheck(folder: Folder, table: Table, out: Path | None) -> PastShares:
    """Every share of a table decided again; with `out`, those with something to do are listed there."""
    if out is None:
        with TemporaryDirectory() as room:
            return PastShares(folder, table, Path(room))
    with replacing(out, reading=[table.path]) as temporary, workroom(out) as room:
        past = PastShares(folder, table, room)
        past.write(temporary, "parquet" if out.suffix.lower() == ".parquet" else "csv")
    return past


def _say_counts(past: PastShares) -> None:
    """How many came, how many there is something to do about, and what could not be read; to stderr."""
    click.echo(f"{past.count:,} shares decided again; there is something to do about {past.tally.shares:,}.", err=True)
    for fault in past.faults:
        click.echo(fault, err=True)


def _show_found(found: Iterable[Found], *, json_: bool) -> None:
    rows = [(one.action, one.holder, one.discloser, one.item, f"{one.shares:,}", one.because) for one in found]
    headers = ("Do", "Held by", "Given by", "Item", "Shares", "Why")
    show(headers, rows, json_=json_, none="Everything that was shared is still right.")


COMMANDS = (recheck,)
