"""`comity check`: may this be given, by this partner to that one, for this, on that day?"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

import click

from comity.check.decision import Decision, Proposal
from comity.check.remedy import remedies
from comity.check.text import ReadProposals, read_proposals
from comity.check.world import World
from comity.cli.answers import Engine, Manner, answer_table, out_file
from comity.cli.bulk import marked, pairs
from comity.cli.files import read_text, shown, write_new, write_text
from comity.cli.folder import Folder, current_folder
from comity.cli.listing import DAY
from comity.cli.report import Told, as_json, as_plain, as_text, decision_json, decision_page, told, wording
from comity.errors import InputError
from comity.source import Document, Problem, read_yaml
from comity.terms import SLUG, Form, Mode

TABLES = (".csv", ".parquet")
TABLE_FORMATS = ("csv", "parquet")
FORMATS = ("text", "json", "html", *TABLE_FORMATS)
SUFFIXES = {".txt": "text", ".json": "json", ".html": "html", ".csv": "csv", ".parquet": "parquet"}

F = TypeVar("F", bound=Callable[..., object])


def _proposal_options(command: F) -> F:
    """What one proposal says, as flags."""
    options = [
        click.option("--from", "from_", metavar="PARTNER", help="Who would give it."),
        click.option("--from-as", metavar="UNIT", help="As which of its units."),
        click.option("--from-for", metavar="PARTNER", help="On behalf of whom."),
        click.option("--to", metavar="PARTNER", multiple=True, help="Who would receive it; may be repeated."),
        click.option("--to-as", metavar="UNIT", help="As which of its units."),
        click.option("--to-for", metavar="PARTNER", help="On behalf of whom."),
        click.option("--purpose", metavar="PURPOSE", multiple=True, help="What it is for; may be repeated."),
        click.option("--item", "items", metavar="ITEM", multiple=True, help="A data item; may be repeated."),
        click.option("--origin", "origins", metavar="WHO", multiple=True, help="Who first gave it, as in hmrc."),
        click.option("--handling", metavar="MARK", multiple=True, help="How it is marked, as in tlp-red."),
        click.option("--form", type=click.Choice([one.value for one in Form]), help="What it is in their hands."),
        click.option("--mode", type=click.Choice([one.value for one in Mode]), help="How it would travel."),
        click.option(
            "--scope",
            type=click.Choice(["one-case", "list", "class", "bulk", "whole-population"]),
            help="How many people it is about.",
        ),
        click.option(
            "--audience",
            type=click.Choice(["named", "vetted-scheme", "open", "public"]),
            help="Who would see it there.",
        ),
        click.option("--set", "set_", metavar="SET", help="The prescribed set it is, as in recorded-crime."),
        click.option("--fact", "facts", metavar="FACT=yes|no|unknown", multiple=True, help="Something that is known."),
        click.option("--need", metavar="TEXT", help="What the receiver says it needs it for."),
        click.option("--held-for", metavar="PURPOSE", help="The purpose it is held for, if another."),
        click.option("--asked-by", metavar="PARTNER", help="Who has asked for it."),
        click.option("--asked-under", metavar="PROVISION", help="Under which provision it was asked for."),
        click.option("--claim", metavar="PROVISION", help="The provision somebody relies on."),
        click.option("--id", "id_", metavar="ID", help="The name of the case, for judgements about it alone."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[TEXT.yaml|ROWS.csv|ROWS.parquet]...")
@_proposal_options
@click.option("--on", type=DAY, help="The day; without it, today.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE|FOLDER", help="Where the answer is written.")
@click.option("--to-format", type=click.Choice(FORMATS), help="What is written; without it, by the name of --out.")
@click.option("--for-spreadsheet", is_flag=True, help="Make cells harmless that a spreadsheet would run as a formula.")
@click.option(
    "--engine",
    type=click.Choice(["plain", "plan"]),
    help="Answer a table row by row, or by a compiled plan; without it, by a plan from 20,000 rows on.",
)
@click.option(
    "--remedies/--no-remedies",
    "with_remedies",
    default=None,
    help="Whether to look for what would help; by a plan, only if asked.",
)
@click.option("--save", is_flag=True, help="Keep each decision in the folder, under decisions/.")
def check(
    files: tuple[Path, ...],
    on: date | None,
    out: Path | None,
    to_format: str | None,
    for_spreadsheet: bool,
    engine: Engine | None,
    with_remedies: bool | None,
    save: bool,
    **flags: object,
) -> None:
    """Say, item by item, whether something may be shared, and why.

    One proposal by flags or in a YAML text; many in a table with the columns from, to, purpose and items (names
    separated by semicolons), and where wanted id, from_as, to_as, origins, handling, form, mode, on, scope, audience,
    set, need, held_for, claimed, facts (as in child=yes;opted-out=no) and data_until. With 20,000 rows or more the
    reasons stand in a table of their own beside the answers: OUT.grounds.csv.
    """
    tables = [file for file in files if file.suffix.lower() in TABLES]
    _check_usage(files, tables, flags, save)
    folder = current_folder(on)
    if tables:
        written = _format(to_format, out, "text")
        how = Manner(written, engine, with_remedies=with_remedies, for_spreadsheet=for_spreadsheet)
        answer_table(folder, tables[0], out, how)
        return
    read = [_read_flags(folder, flags)] if not files else [_read_file(folder, file) for file in files]
    written = _format(to_format, out, "text")
    if written in TABLE_FORMATS:
        raise click.UsageError(f"{written} is for a table of proposals; for one, write text, json or html.")
    views = [_told(folder, proposal, one) for one in read for proposal in one.proposals]
    _write(_rendered(views, folder, written), out, written)
    if save:
        _save(folder, [view.decision for view in views])


def _check_usage(files: tuple[Path, ...], tables: list[Path], flags: Mapping[str, object], save: bool) -> None:
    used = [name for name, value in flags.items() if value]
    if files and used:
        raise click.UsageError("Name files, or say the proposal with flags; not both.")
    if not files and not used:
        raise click.UsageError("Say what you want to check: with flags (--from --to --purpose --item), or in a file.")
    if tables and len(files) > 1:
        raise click.UsageError("One table at a time, and no text beside it.")
    if tables and save:
        raise click.UsageError("--save keeps single decisions. For a table, keep the answers with --out.")


def _format(given: str | None, out: Path | None, otherwise: str) -> str:
    if given:
        return given
    return SUFFIXES.get(out.suffix.lower(), otherwise) if out else otherwise


# ---- one proposal, or the few of a text ------------------------------------------------


def _read_file(folder: Folder, file: Path) -> ReadProposals:
    if file.suffix.lower() not in (".yaml", ".yml"):
        raise InputError(
            [
                Problem(
                    shown(file),
                    0,
                    "not-a-proposal",
                    "A proposal is a .yaml text or a table.",
                    "Name it by what it is: .yaml, .csv or .parquet.",
                )
            ]
        )
    return read_proposals(read_yaml(read_text(file), shown(file)), folder.names, folder.on)


def _read_flags(folder: Folder, flags: Mapping[str, object]) -> ReadProposals:
    """The flags as a text; without an id the case is nobody else's."""
    values = {name.rstrip("_"): value for name, value in flags.items() if value}
    missing = [f"--{name}" for name in ("from", "to", "purpose") if name not in values]
    missing += [] if "items" in values else ["--item"]
    if missing:
        raise click.UsageError(f"Say also {', '.join(missing)}.")
    value: dict[str, object] = {"id": f"case-{folder.on:%Y%m%d}-{uuid.uuid4().hex[:8]}"} | {
        name: values[name] for name in values.keys() - _PUT_TOGETHER
    }
    value["from"] = _party(values["from"], values.get("from_as"), values.get("from_for"))
    value["to"] = [_party(one, values.get("to_as"), values.get("to_for")) for one in flags["to"]]  # type: ignore[attr-defined]
    value["items"] = marked(flags["items"], flags["origins"], flags["handling"])  # type: ignore[arg-type]
    value["facts"] = pairs(flags["facts"])  # type: ignore[arg-type]
    if "claim" in values:
        value["claimed"] = values["claim"]
    if "asked_by" in values or "asked_under" in values:
        by = values.get("asked_by", flags["to"][0])  # type: ignore[index]
        value["asked"] = {"by": by} | ({"under": values["asked_under"]} if "asked_under" in values else {})
    return read_proposals(Document("the command line", value, {(): 0}), folder.names, folder.on)


_PUT_TOGETHER = {
    *("from", "from_as", "from_for", "to", "to_as", "to_for", "items", "origins", "handling"),
    *("facts", "claim", "asked_by", "asked_under"),
}


def _party(partner: object, unit: object, principal: object) -> dict[str, object]:
    return {name: value for name, value in (("partner", partner), ("as", unit), ("acting_for", principal)) if value}


def _told(folder: Folder, proposal: Proposal, read: ReadProposals) -> Told:
    world = World(
        folder.world.partnership,
        folder.world.law,
        folder.world.agreements,
        (*folder.world.judgements, *read.judgements),
    )
    decision = world.decide(proposal)
    return told(decision, wording(folder), remedies(world, proposal, decision.answers))


def _rendered(views: list[Told], folder: Folder, written: str) -> str:
    words = wording(folder)
    if written == "json":
        return as_json({"schema": 1, "decisions": [as_plain(view, words) for view in views]})
    if written == "html":
        return decision_page(views, words)
    return "\n\n\n".join(as_text(view, words) for view in views) + "\n"


def _write(text: str, out: Path | None, written: str) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    path = out_file(out, "decision", written)
    write_text(path, text)
    click.echo(f"Written: {shown(path)}", err=True)


def _save(folder: Folder, decisions: Iterable[Decision]) -> None:
    for decision in decisions:
        stem = "-".join([str(decision.proposal.on), *SLUG.findall(decision.proposal.id.lower())])[:120]
        path = write_new(folder.path / "decisions", stem, ".json", decision_json([decision]))
        click.echo(f"Saved: {shown(path)}", err=True)


COMMANDS = [check]
