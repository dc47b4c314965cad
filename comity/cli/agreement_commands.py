"""Agreements: begin one, see what it lacks, what changed, and print it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import click

from comity.agreement import Agreement, Flow, SignedAgreement
from comity.agreement.diff import changes
from comity.agreement.lint import lint_together
from comity.agreement.model import Family
from comity.agreement.odrl import as_odrl
from comity.agreement.text import new_agreement
from comity.canonical import digest, plain
from comity.check.cells import Changed, changed
from comity.check.world import World
from comity.cli import dea_command, findings, prove_command, signing_commands
from comity.cli.agreement_texts import named, names_with, problems_of, read_file, world_of
from comity.cli.files import shown, write_bytes, write_once
from comity.cli.folder import Folder, Texts, current_folder, folder_path_if_any, load_folder
from comity.cli.listing import DAY, WORDS, as_json, facts, show, table, today
from comity.cli.rendering import agreement_html, agreement_markdown, agreement_pdf
from comity.errors import InputError
from comity.partnership import PartyRef
from comity.source import Problem
from comity.terms import SLUG, Period, slug_of

json_option = click.option("--json", "json_", is_flag=True, help="Print JSON for programs.")
on_option = click.option("--on", type=DAY, metavar="DATE", help="As things stand on this day; today without it.")


@click.group("agreement")
def agreement() -> None:
    """Written agreements: text that people sign and Comity runs."""


@agreement.command("list")
@on_option
@json_option
def list_(on: date | None, json_: bool) -> None:
    """List the agreements of the folder, and where each stands."""
    day = on or today()
    folder = current_folder(day)
    rows = [
        (
            slug_of(id),
            one.agreement.version,
            one.state_on(day),
            _term(one.agreement),
            [slug_of(partner) for partner in sorted(one.signatures_on(day))],
            folder.agreements[id][2],
            one.agreement.title,
            id,
        )
        for id, one in folder.signed.items()
    ]
    headers = ("Agreement", "Version", "State", "Term", "Signed by", "File", "Title", "Id")
    show(headers, rows, json_=json_, shown=6, none="There are no agreements in this folder yet.")


@agreement.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--family",
    type=click.Choice(get_args(Family)),
    default="operational",
    show_default=True,
    help="What sort of agreement it is.",
)
@click.option("--title", type=WORDS, help="Its title; from the name of the file without it.")
@click.option(
    "--between", nargs=2, metavar="GIVER RECEIVER", help="Two partners; the first two of the folder without it."
)
def new(file: Path, family: str, title: str | None, between: tuple[str, str] | None) -> None:
    """Begin an agreement: a commented text to fill in."""
    if not SLUG.fullmatch(file.stem) or file.suffix not in (".yaml", ".yml"):
        raise InputError(
            [
                Problem(
                    shown(file),
                    0,
                    "bad-name",
                    f"{file.name} does not name an agreement.",
                    "Use small letters, digits and hyphens, and .yaml: nightlife-incidents.yaml.",
                )
            ]
        )
    domain, first, second = _ends(between)
    text = new_agreement(
        f"{domain}/agreement/{file.stem}",
        title=title or file.stem.replace("-", " ").capitalize(),
        domain=domain,
        first_party=first,
        second_party=second,
        starts=str(today()),
    )
    text = re.sub(r"(?m)^family: .*$", f"family: {family}", text)
    try:
        write_once(file, text.encode())
    except FileExistsError:
        raise InputError(
            [
                Problem(
                    shown(file),
                    0,
                    "file-taken",
                    "There is a file of this name already.",
                    "Name another; an agreement is never overwritten.",
                )
            ]
        ) from None
    click.echo(f"Begun in {shown(file)}. Next: comity agreement lint {shown(file)}")


@agreement.command("lint")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE...")
@on_option
@json_option
def lint(files: tuple[Path, ...], on: date | None, json_: bool) -> None:
    """Say what an agreement lacks and what does not fit, by its text, the law and the partners.

    Exit 1: something is wrong. Exit 3: a file cannot be read as an agreement.
    """
    day = on or today()
    folder, problems = _beside(files, day)
    unreadable = 0
    texts: list[Texts] = []
    for file in files:
        try:
            texts.append(read_file(file))
        except InputError as error:
            unreadable = error.exit_code
            problems += [one for one in error.problems if isinstance(one, Problem)]
    for text, document, _ in texts:
        problems += problems_of(text, document, folder, day)
    given = [*(folder.versions if folder else ()), *texts]
    problems += lint_together((text, document) for text, document, _ in given)
    findings.report(problems, files=len(files), json_=json_, exit_code=unreadable)


@agreement.command("show")
@click.argument("name", metavar="FILE|ID")
@on_option
@json_option
def show_(name: str, on: date | None, json_: bool) -> None:
    """Show an agreement in brief: parties, flows, term, and where it stands."""
    day = on or today()
    folder = current_folder(day)
    text, _, file = named(name, folder)
    signed = folder.signed_version(text)
    if json_:
        click.echo(
            as_json(
                {
                    "file": file,
                    "digest": digest(text),
                    "on": day,
                    "state": signed.state_on(day),
                    "signed_by": sorted(signed.signatures_on(day)),
                    "agreement": plain(text),
                }
            )
        )
    else:
        click.echo(_in_brief(text, signed, file, day))


@agreement.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@on_option
@json_option
def diff(old: str, new: str, on: date | None, json_: bool) -> None:
    """Say in plain words what changed between two versions, and which answers change with it.

    OLD and NEW are files, or an agreement of the folder as ID@VERSION.
    """
    folder = current_folder(on)
    before, after = named(old, folder)[0], named(new, folder)[0]
    day = on or max(today(), after.term.from_)
    words = changes(before, after)
    cells = changed(
        (before, _as_if_signed(before, folder)),
        (after, _as_if_signed(after, folder)),
        names_with(after, folder, world_of(after, folder).law),
        day,
    )
    if json_:
        click.echo(
            as_json(
                {
                    "old": _called(before),
                    "new": _called(after),
                    "on": day,
                    "changes": [{"part": one.part, "sentence": one.sentence} for one in words],
                    "answers": [_cell_json(one) for one in cells],
                }
            )
        )
        return
    click.echo(f"{_called(before)} -> {_called(after)}\n")
    click.echo("\n".join(f"- {one}" for one in words) or "The text says the same.")
    click.echo(f"\nAnswers that change on {day}, were both versions signed by all their parties:\n")
    click.echo(table(("Flow", "Item", "Before and now", "Pairs", "For example"), _grouped(cells)) if cells else "None.")


@agreement.command("render")
@click.argument("name", metavar="FILE|ID")
@click.option(
    "--to",
    "form",
    type=click.Choice(("html", "pdf", "md")),
    default="html",
    show_default=True,
    help="The form of the document.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where to; the screen without it.")
@on_option
def render(name: str, form: str, out: Path | None, on: date | None) -> None:
    """Print an agreement as the document that people sign."""
    folder = current_folder(on)
    if out is None and form == "pdf":
        raise click.UsageError("A PDF goes into a file: give --out FILE.")
    _out(_rendered(named(name, folder), form, folder), out)


@agreement.command("odrl")
@click.argument("name", metavar="FILE|ID")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where to; the screen without it.")
def odrl(name: str, out: Path | None) -> None:
    """Print an agreement as ODRL (JSON-LD) with terms of the Data Privacy Vocabulary."""
    text, _, _ = named(name, current_folder())
    _out((as_json(as_odrl(text)) + "\n").encode(), out)


for _command in (*signing_commands.COMMANDS, *dea_command.COMMANDS, *prove_command.COMMANDS):
    agreement.add_command(_command)

COMMANDS = [agreement]


# ---- lint and new ----------------------------------------------------------------


def _ends(between: tuple[str, str] | None) -> tuple[str, str, str]:
    """The domain and the two parties to begin with: the folder's, else made up."""
    where = folder_path_if_any()
    if where is None:
        return "example.org", *(between or ("council", "police"))
    partnership = load_folder(where, today()).names.partnership
    chosen = [partnership.partner(name).called for name in between or ()]
    first, second = [*chosen, *(one.called for one in partnership.partners), "council", "police"][:2]
    return partnership.domain, first, second


def _beside(files: Iterable[Path], day: date) -> tuple[Folder | None, list[Problem]]:
    """The folder without the texts that are looked at, and what is wrong with it."""
    where = folder_path_if_any()
    if where is None:
        click.echo("There is no partnership folder here: parties and their capacities were not looked at.", err=True)
        return None, []
    try:
        return load_folder(where, day, apart_from=files), []
    except InputError as error:
        return None, [one for one in error.problems if isinstance(one, Problem)]


# ---- show ------------------------------------------------------------------------


def _in_brief(text: Agreement, signed: SignedAgreement, file: str, day: date) -> str:
    parties = [
        (
            one.called,
            slug_of(one.partner or "") or one.class_of_person,
            one.unit,
            one.role,
            one.signs.office if one.signs else "",
            _day_signed(one.partner, signed),
        )
        for one in text.parties
    ]
    return "\n\n".join(
        [
            f"{text.title}\n{text.id}, version {text.version}\n{signed.digest}",
            facts(
                (
                    ("State", f"{signed.state_on(day)} on {day}"),
                    ("Replaced by", signed.replaced_on(day)),
                    ("Term", _term(text)),
                    ("Family", text.family),
                    ("Marking", text.marking),
                    ("For", text.purposes),
                    ("Law", text.register_),
                    ("Supersedes", text.supersedes),
                    ("Under", text.inherits),
                    ("Default", text.default_position),
                    ("Next review", text.review.next),
                    ("Review by", text.review.owner),
                    ("File", file),
                )
            ),
            "Parties:\n" + table(("Called", "Partner", "As", "Role", "Signs", "Signed"), parties),
            "Flows:\n" + "\n\n".join(_flow(one) for one in text.flows),
            *(["Never:\n" + "\n".join(f"- {one.text.strip()}" for one in text.never)] if text.never else []),
        ]
    )


def _day_signed(partner: str | None, signed: SignedAgreement) -> object:
    return dict(signed.signed_on).get(partner or "", "no")


def _flow(flow: Flow) -> str:
    when = flow.schedule and flow.schedule.every
    return f"  {flow.id}: {flow.title}\n" + "\n".join(
        "    " + line
        for line in facts(
            (
                ("From", flow.from_),
                ("To", flow.to),
                ("For", flow.purpose),
                ("Items", flow.items),
                ("Form", flow.form),
                ("How", " ".join(filter(None, (flow.mode, f"every {when}" if when else "", flow.method)))),
                ("Powers", flow.powers),
                ("Bases", flow.bases),
                ("Conditions", flow.conditions),
                ("Needs", flow.needs),
                ("Relies on", flow.relies_on),
                ("Kept", flow.retention and flow.retention.for_),
                ("Onward", flow.onward.rule),
            )
        ).split("\n")
    )


def _term(text: Agreement) -> str:
    period = str(Period(from_=text.term.from_, until=text.term.until))
    return f"{period}, while {text.term.while_}" if text.term.while_ else period


# ---- diff ------------------------------------------------------------------------


def _called(text: Agreement) -> str:
    return f"{text.id} version {text.version}"


def _as_if_signed(text: Agreement, folder: Folder) -> World:
    """The folder's world with this version in force among all its parties."""
    everyone = tuple(sorted({one.partner for one in text.parties if one.partner}))
    signed = SignedAgreement(agreement=text, signed_by=everyone, digest=digest(text))
    world = world_of(text, folder)
    others = tuple(one for one in world.agreements if one.agreement.id != text.id)
    return replace(world, agreements=(*others, signed))


def _grouped(cells: Iterable[Changed]) -> list[tuple[object, ...]]:
    """The changes of one item in one flow that are alike, with how many pairs and one of them."""
    groups: dict[tuple[str, str, str], list[Changed]] = {}
    for one in cells:
        groups.setdefault((one.cell.flow, slug_of(one.cell.item), one.sentence), []).append(one)
    return [
        (*key, len(found), f"{_party(found[0].cell.discloser)} to {_party(found[0].cell.recipient)}")
        for key, found in groups.items()
    ]


def _cell_json(one: Changed) -> dict[str, object]:
    return {
        "flow": one.cell.flow,
        "item": one.cell.item,
        "from": plain(one.cell.discloser),
        "to": plain(one.cell.recipient),
        "purpose": one.cell.purpose,
        "before": one.before and plain(one.before),
        "after": one.after and plain(one.after),
    }


def _party(ref: PartyRef) -> str:
    return slug_of(ref.partner) + (f" as {ref.unit}" if ref.unit else "")


# ---- documents -------------------------------------------------------------------


def _rendered(texts: Texts, form: str, folder: Folder) -> bytes:
    text, document, _ = texts
    match form:
        case "pdf":
            return agreement_pdf(text, document, folder)
        case "md":
            return agreement_markdown(text, folder).encode()
    return agreement_html(text, folder).encode()


def _out(content: bytes, out: Path | None) -> None:
    if out is None:
        click.echo(content.decode(), nl=False)
    else:
        write_bytes(out, content)
        click.echo(f"Written to {shown(out)}.", err=True)
