"""What the law register says: list, show, by day; check and confirm what a partnership adds."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple, cast

import click

from comity.canonical import plain
from comity.cli import findings, folder
from comity.cli.files import naming, read_text, shown, write_text
from comity.cli.listing import DAY, WIDTH, WORDS, as_json, facts, show, table, today
from comity.cli.records import record
from comity.errors import InputError
from comity.law import Confirmation, Provision, Register, Route, dea, extended, shipped
from comity.law.register import ProvisionsFile
from comity.source import Document, Problem, build, read_yaml
from comity.terms import Period

KINDS = ("power", "duty", "prohibition", "confidence", "basis", "condition", "exemption", "guidance")
EVIDENCE = ("read", "partly-read", "to-confirm")
YEAR = timedelta(days=366)

json_option = click.option("--json", "json_", is_flag=True, help="Print JSON for programs.")
register_option = click.option(
    "--register",
    "register",
    metavar="NAME",
    default=folder.CURRENT_LAW,
    show_default=True,
    help="Which register: current law, or test law imported into the folder (dea-2019).",
)


@click.group("law")
def law() -> None:
    """The law register: what the law permits, requires and forbids, as dated data."""


@law.command("list")
@click.option("--kind", type=click.Choice(KINDS), help="Only entries of this kind.")
@click.option("--evidence", type=click.Choice(EVIDENCE), help="Only entries read this far.")
@click.option("--on", type=DAY, metavar="DATE", help="Only what is in force on this day.")
@register_option
@json_option
def list_(kind: str | None, evidence: str | None, on: date | None, register: str, json_: bool) -> None:
    """List the entries of the register."""
    found = [
        one
        for one in _law(register).provisions.values()
        if kind in (None, one.kind) and evidence in (None, one.evidence) and (on is None or one.in_force_on(on))
    ]
    rows = [
        (one.id, one.kind, one.evidence, _in_force(one.in_force), one.citation)
        for one in sorted(found, key=lambda one: one.id)
    ]
    show(
        ("Id", "Kind", "Evidence", "In force", "Citation"),
        rows,
        json_=json_,
        none="No entry of the register answers to that.",
    )


@law.command("show")
@click.argument("id")
@register_option
@json_option
def show_(id: str, register: str, json_: bool) -> None:
    """Show one entry: where it stands, since when, how far it was read, what it does."""
    known = _law(register)
    provision = known.provision(id)
    click.echo(as_json(plain(provision)) if json_ else _in_full(provision, known))


@law.command("on")
@click.argument("day", type=DAY, metavar="DATE")
@register_option
@json_option
def on_(day: date, register: str, json_: bool) -> None:
    """Say what is in force on a day, and what begins or ends within a year of it."""
    known = _law(register)
    in_force = known.in_force_on(day)
    changes = sorted(_changes(known, day))
    waiting = [one for one in known.provisions.values() if not one.in_force]
    if json_:
        click.echo(
            as_json(
                {
                    "on": day,
                    "register": known.name,
                    "in_force": [one.id for one in in_force],
                    "changes": [change._asdict() for change in changes],
                    "no_date_yet": [one.id for one in waiting],
                }
            )
        )
        return
    click.echo(f"On {day}, {len(in_force)} of the {len(known.provisions)} entries of {known.name} are in force.\n")
    click.echo(
        table(
            ("Id", "Kind", "In force", "Citation"),
            [(one.id, one.kind, _in_force(one.in_force), one.citation) for one in in_force],
        )
    )
    click.echo("\nBegins or ends within a year of that day:\n")
    click.echo(table(("Day", "What", "Id", "Citation"), changes) if changes else "Nothing that has a date.")
    if waiting:
        click.echo("\nNot in force, and no date known:\n")
        click.echo(table(("Id", "Citation"), [(one.id, one.citation) for one in waiting]))


@law.command("purposes")
@register_option
@json_option
def purposes(register: str, json_: bool) -> None:
    """List the purposes that agreements and proposals may name."""
    rows = [(one.id, one.meaning, one.within or "", one.law_enforcement) for one in _law(register).vocabulary.purposes]
    show(("Purpose", "Meaning", "Within", "Law enforcement"), rows, json_=json_, none="No purposes.")


@law.command("kinds")
@register_option
@json_option
def kinds(register: str, json_: bool) -> None:
    """List the kinds of information, and what each implies."""
    rows = [(one.id, one.meaning, one.implies) for one in _law(register).vocabulary.kinds]
    show(("Kind", "Meaning", "Implies"), rows, json_=json_, none="No kinds.")


@law.command("capacities")
@register_option
@json_option
def capacities(register: str, json_: bool) -> None:
    """List the capacities (legal hats) that partners may hold, and what each implies."""
    rows = [(one.id, one.meaning, one.implies, one.source) for one in _law(register).vocabulary.capacities]
    show(("Capacity", "Meaning", "Implies", "Source"), rows, json_=json_, shown=3, none="No capacities.")


@law.command("facts")
@register_option
@json_option
def facts_(register: str, json_: bool) -> None:
    """List the facts that the law turns on."""
    rows = [
        (one.id, one.question, one.about, one.unstated) for one in _law(register).vocabulary.facts if not one.is_test
    ]
    show(("Fact", "Question", "About", "If unstated"), rows, json_=json_, none="No facts.")


@law.command("tests")
@register_option
@json_option
def tests(register: str, json_: bool) -> None:
    """List the questions that only a person can settle, and the offices that may."""
    rows = [
        (one.id, one.question, "case by case" if one.instance_only else "case or agreement", one.offices)
        for one in _law(register).vocabulary.facts
        if one.is_test
    ]
    show(("Test", "Question", "For", "Offices"), rows, json_=json_, none="No tests.")


@law.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def check(file: Path, json_: bool) -> None:
    """Check a file of local entries before it goes into law/. Exit 1: something is wrong in it."""
    document = read_yaml(read_text(file), shown(file))
    provisions = build(ProvisionsFile, document).provisions
    problems = [problem for at, one in enumerate(provisions) for problem in _doubtful(one, at, document)]
    try:
        extended(shipped(), {shown(file): read_text(file)})
    except InputError as error:
        problems += [one for one in error.problems if isinstance(one, Problem)]
    findings.report(problems, files=1, json_=json_)


@law.command("import-dea")
@click.argument("source", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--print-only", is_flag=True, help="Print the summary; store nothing in the folder.")
@json_option
def import_dea(source: Path, print_only: bool, json_: bool) -> None:
    """Read the 2019 register of the Digital Economy Act as test law, and keep it in the folder.

    DIR holds the two .rsf files of powers and specified persons. They are kept
    apart from current law: agreements that cite `register: dea-2019` are read by it.
    """
    names = [f"{register}.rsf" for register in (dea.POWERS, dea.PERSONS)]
    texts = {name: read_text(source / name) for name in names}
    register = dea.dea_2019_law(
        *texts.values(), powers_file=shown(source / names[0]), persons_file=shown(source / names[1])
    )
    click.echo(as_json(_dea_summary(register)) if json_ else _dea_words(register))
    if print_only:
        return
    target = folder.folder_path() / "law-registers" / dea.NAME
    with naming(target):
        target.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        write_text(target / name, text)
    click.echo(f"Kept in {shown(target)}.", err=True)


@law.command("confirm")
@click.argument("entry")
@click.argument("path")
@click.option("--value", type=click.Choice(("yes", "no")), required=True, help="Is it so?")
@click.option("--who", type=WORDS, required=True, help="The officer whose word this is.")
@click.option("--office", type=WORDS, required=True, help="In what office.")
@click.option("--source", type=WORDS, required=True, help="What was read: an address or a reference.")
@click.option("--note", default="", help="Anything else.")
@click.option("--on", type=DAY, metavar="DATE", help="The day; today without it.")
def confirm(entry: str, path: str, **said: str | date | None) -> None:
    """Record a named officer's word on a doubtful fact about the law.

    ENTRY is an entry of the register, PATH one of its doubts, as `comity law
    show ENTRY` lists them: evidence, in_force.from, who ...
    """
    where = folder.folder_path()
    folder.check_doubt(folder.load_law(where), entry, path)
    said["when"] = said.pop("on") or today()
    written = {"entry": entry, "path": path} | said | {"value": said["value"] == "yes"}
    Confirmation.model_validate(written)
    kept = record(where / "confirmations", f"{entry}-{path}".replace("/", "-"), "confirmations", written)
    click.echo(
        f"Recorded in {shown(kept)}: {entry}, {path}: {said['value']} "
        f"({said['who']}, {said['office']}, {said['when']})."
    )


COMMANDS = [law]


def _law(register: str) -> Register:
    """The register with the folder's local entries, where there is a folder."""
    return folder.load_law(folder.folder_path_if_any(), register)


# ---- words -------------------------------------------------------------------


def _in_force(periods: tuple[Period, ...]) -> str:
    return "; ".join(str(period) for period in periods) or "not yet"


def _in_full(provision: Provision, known: Register) -> str:
    file, line = known.places.get(provision.id, ("", 0))
    parts = [
        f"{provision.citation}: {provision.title}",
        textwrap.fill(provision.summary, WIDTH),
        facts(
            (
                ("Id", provision.id),
                ("Kind", provision.kind),
                ("In force", _in_force(provision.in_force)),
                ("Reaches", provision.extent),
                ("Confidence", _confidence(provision)),
                ("Onward", provision.onward),
                ("Rests on", provision.rests_on),
                ("Evidence", f"{provision.evidence}, checked {provision.checked}"),
                ("Source", provision.source),
                ("Written in", f"{file}:{line}" if file else ""),
            )
        ),
        _listed("Open doubts", [_doubt(provision, path, known) for path in provision.doubts()]),
        _listed(
            "What it does",
            [_route(route) for route in provision.routes]
            or ["Nothing by itself: no route of the check runs through it."],
        ),
        _listed("Common misreadings", provision.misreadings),
    ]
    return "\n\n".join(part for part in parts if part)


def _listed(heading: str, lines: list[str] | tuple[str, ...]) -> str:
    body = "\n".join(
        textwrap.fill(line, WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
        for line in lines
    )
    return f"{heading}:\n{body}" if lines else ""


def _confidence(provision: Provision) -> str:
    return {"yes": "set aside by it", "no": "", "unconfirmed": "whether it sets confidence aside is in doubt"}[
        provision.sets_aside_confidence
    ]


def _doubt(provision: Provision, path: str, known: Register) -> str:
    word = known.word_on(provision.id, path)
    said = "confirmed: it is so" if word else "confirmed: it is not so" if word is False else "not confirmed"
    return f"{path} ({said})"


_ROUTE_WORDS = (
    ("from_", "from"),
    ("not_from", "not from"),
    ("to", "to"),
    ("not_to", "not to"),
    ("party", "held by"),
    ("not_party", "not held by"),
    ("purposes", "for"),
    ("not_purposes", "not for"),
    ("kinds", "of kind"),
    ("not_kinds", "not of kind"),
    ("forms", "in form"),
    ("origins", "first given by"),
    ("not_origins", "not first given by"),
    ("sets", "in the set"),
    ("items", "items"),
    ("handling", "marked"),
    ("audiences", "to an audience that is"),
    ("modes", "by"),
    ("regimes", "under"),
    ("requested_under", "requested under"),
    ("extent", "in"),
    ("needs", "if"),
    ("unless", "unless"),
    ("lifts", "lifts"),
)


def _route(route: Route) -> str:
    """One route in words: what it does at which step, for whom, for what, on what conditions."""
    lead = f"{route.id}: {'demands it' if route.duty else route.effect} at the step {route.step}"
    said = [
        f"{word} {', '.join(str(one) for one in getattr(route, name))}"
        for name, word in _ROUTE_WORDS
        if getattr(route, name)
    ]
    if route.in_force is not None:
        said.append(f"in force {_in_force(route.in_force)}")
    if route.on_request is not None:
        said.append("on request" if route.on_request else "without a request")
    if route.agreement:
        said.append("under a written agreement")
    if route.beside_another:
        said.append("only beside another power that is open")
    return "; ".join([lead, *said]) + (f". {route.note}" if route.note else "")


class Change(NamedTuple):
    """Something in the register that begins or ends on a day."""

    day: date
    what: str
    id: str
    citation: str


def _changes(known: Register, day: date) -> Iterator[Change]:
    """What begins or ends within a year of the day, entries and single routes."""
    for one in known.provisions.values():
        yield from _edges(one, one.in_force, "", day)
        for route in one.routes:
            if route.in_force is not None and route.in_force != one.in_force:
                yield from _edges(one, route.in_force, f" ({route.id})", day)


def _edges(one: Provision, periods: tuple[Period, ...], part: str, day: date) -> Iterator[Change]:
    for period in periods:
        for edge, what in ((period.from_, "begins"), (period.until, "ends")):
            if edge and abs(edge - day) <= YEAR:
                yield Change(edge, what, one.id, one.citation + part)


# ---- what a local file may lack ------------------------------------------------


def _doubtful(one: Provision, at: int, document: Document) -> Iterator[Problem]:
    path = ("provisions", at)
    if not one.source.startswith(("https://", "http://")):
        yield document.problem(
            (*path, "source"),
            "no-source",
            f"{one.id}: the source is not an address.",
            "Give the address where it can be read, beginning with https://.",
        )
    if one.checked > today():
        yield document.problem(
            (*path, "checked"),
            "checked-later",
            f"{one.id} was checked on a day to come.",
            "Write the day on which somebody read the source.",
        )
    if one.evidence == "to-confirm":
        yield findings.warning(
            document,
            (*path, "evidence"),
            "to-confirm",
            f"{one.id} has yet to be confirmed, so nothing goes by itself on it.",
            "A named officer can confirm it: comity law confirm.",
        )
    if not one.routes and one.kind not in ("exemption", "guidance"):
        yield findings.warning(
            document,
            path,
            "no-routes",
            f"{one.id} has no routes, so it does nothing in the check.",
            "Add `routes:`, unless it is there to be read only.",
        )


# ---- the test law of 2019 --------------------------------------------------------


def _dea_summary(register: Register) -> dict[str, object]:
    """How much the register holds, and from when."""
    persons = register.vocabulary.capacities
    powers = [
        {
            "id": one.id,
            "title": one.title,
            "citation": one.citation,
            "in_force": _in_force(one.in_force),
            "held_by": len({person for route in one.routes for person in route.from_}),
        }
        for one in register.provisions.values()
    ]
    return {
        "register": register.name,
        "digest": register.digest,
        "powers": powers,
        "persons": [{"id": one.id, "name": one.meaning, "powers": _powers(one.id, register)} for one in persons],
    }


def _powers(capacity: str, register: Register) -> dict[str, str]:
    periods = {id: dea.periods_of(capacity, id, register) for id in register.provisions}
    return {id: _in_force(found) for id, found in periods.items() if found}


def _dea_words(register: Register) -> str:
    summary = _dea_summary(register)
    powers = cast(list[dict[str, object]], summary["powers"])
    persons = cast(list[dict[str, dict[str, str]]], summary["persons"])
    lead = f"Test law {register.name}: {len(powers)} powers, {len(persons)} specified persons ({register.digest[:19]})."
    return "\n".join(
        [
            lead,
            "",
            table(
                ("Power", "Title", "In force", "Held by"),
                [(one["id"], one["title"], one["in_force"], one["held_by"]) for one in powers],
            ),
            "",
            table(
                ("Person", "Name", "Powers"), [(one["id"], one["name"], _by_number(one["powers"])) for one in persons]
            ),
        ]
    )


def _by_number(powers: dict[str, str]) -> str:
    """`1, 2 from 2018-11-01; 5 from ...`: the powers of a person, those of one period together."""
    together: dict[str, list[str]] = {}
    for id, period in powers.items():
        together.setdefault(period, []).append(id.rsplit("-", 1)[-1])
    return "; ".join(f"{', '.join(numbers)} {period}" for period, numbers in together.items()) or "none"
