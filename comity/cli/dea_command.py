"""Read the 2019 register of Digital Economy Act agreements: every entry, and what is odd in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from comity.canonical import plain
from comity.check.dea_agreements import REGISTER, Version, import_dea
from comity.check.dea_faults import lint_dea
from comity.cli import findings
from comity.cli.files import read_text, shown
from comity.cli.folder import folder_path_if_any, known_register
from comity.cli.listing import as_json, table
from comity.errors import InputError
from comity.law import Register, dea
from comity.law.places import Places, places_of
from comity.law.rsf import RsfRegister, read_rsf
from comity.source import Problem


@click.command("import-dea")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE.rsf...")
@click.option("--json", "json_", is_flag=True, help="Print JSON for programs.")
def import_dea_(files: tuple[Path, ...], json_: bool) -> None:
    """Read the register of Digital Economy Act agreements: each entry a version, with what is odd in it.

    Give the register of agreements, and the registers of powers and of
    specified persons unless the folder has them (comity law import-dea).
    Registers of councils and bodies, where given, are used to check names.
    Exit 1: something in the register cannot stand.
    """
    texts = {shown(file): read_text(file) for file in files}
    registers = {file: read_rsf(text, file) for file, text in texts.items()}
    file = _of(registers, REGISTER)
    if file is None:
        raise InputError(
            [
                Problem(
                    shown(files[0]),
                    0,
                    "no-agreements",
                    "None of the files is the register of agreements.",
                    f"Give {REGISTER}.rsf as well.",
                )
            ]
        )
    law = _law(registers, texts)
    places = _places(registers)
    imported = import_dea(texts[file], law, places, file=file)
    problems = lint_dea(imported, law, places)
    if json_:
        click.echo(
            as_json(
                {
                    "versions": [_version_json(one) for one in imported.versions],
                    "problems": [asdict(one) for one in problems],
                }
            )
        )
        findings.finish(problems)
    else:
        click.echo(
            table(
                ("Agreement", "Version", "Entry", "Entered (UTC)", "Name", "Power", "From", "Last day"),
                [_row(one) for one in imported.versions],
            )
            + "\n"
        )
        findings.report(problems, files=1, json_=False, in_order=True)


COMMANDS = [import_dea_]


def _of(registers: Mapping[str, RsfRegister], name: str) -> str | None:
    return next((file for file, register in registers.items() if register.name == name), None)


def _law(registers: Mapping[str, RsfRegister], texts: Mapping[str, str]) -> Register:
    """The test law: from the files given, else as the folder has it."""
    powers, persons = _of(registers, dea.POWERS), _of(registers, dea.PERSONS)
    if powers and persons:
        return dea.dea_2019_law(texts[powers], texts[persons], powers_file=powers, persons_file=persons)
    where = folder_path_if_any()
    kept = known_register(dea.NAME, where) if where else None
    if kept is None:
        raise InputError(
            [
                Problem(
                    "comity agreement import-dea",
                    0,
                    "no-test-law",
                    "The registers of powers and of specified persons are not at hand.",
                    "Name their two .rsf files as well, or bring them into the folder: comity law import-dea DIR.",
                )
            ]
        )
    return kept


def _places(registers: Mapping[str, RsfRegister]) -> Places | None:
    ours = (REGISTER, dea.POWERS, dea.PERSONS)
    others = [register for register in registers.values() if register.name not in ours]
    return places_of(others) if others else None


def _row(one: Version) -> tuple[object, ...]:
    power = one.power.id.rsplit("-", 1)[-1] if one.power else "none"
    return (
        one.key,
        one.number,
        one.entry.number,
        f"{one.entry.time:%Y-%m-%d %H:%M:%S}",
        one.entry.text("name"),
        power,
        one.day("start-date"),
        one.day("end-date"),
    )


def _version_json(one: Version) -> dict[str, object]:
    return {
        "agreement": one.key,
        "version": one.number,
        "entry": one.entry.number,
        "entered": one.entry.time.isoformat(),
        "name": one.entry.text("name"),
        "power": one.power.id if one.power else None,
        "parties": [str(party) for party in one.parties],
        "line": one.entry.item_line,
        "text": plain(one.agreement) if one.agreement else None,
    }
