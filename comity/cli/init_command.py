"""Begin a partnership folder."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import click

from comity.cli.files import naming, shown, write_once
from comity.cli.folder import PARTNERSHIP
from comity.cli.listing import WORDS
from comity.errors import InputError
from comity.source import Problem

FOLDERS = ("agreements", "signatures", "judgements", "confirmations", "law", "decisions")
LAST = PARTNERSHIP  # A folder is one only once this is there.


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--name",
    type=WORDS,
    default="Our community safety partnership",
    show_default=True,
    help="What the partnership is called.",
)
@click.option(
    "--domain",
    type=WORDS,
    default="example.org",
    show_default=True,
    help="A domain of your own: every id begins with it.",
)
def init(folder: Path, name: str, domain: str) -> None:
    """Begin a partnership FOLDER with commented files to fill in."""
    _free(folder)
    _plain_domain(domain)
    for one in FOLDERS:
        with naming(folder / one):
            (folder / one).mkdir(parents=True, exist_ok=True)
    for file in ("README.md", "items.yaml", LAST):
        if not (folder / file).exists():
            write_once(folder / file, _skeleton(file, name, domain).encode())
    click.echo(f"Begun in {shown(folder)}. Next: put your partners into {shown(folder / PARTNERSHIP)}.")


COMMANDS = [init]


def _free(folder: Path) -> None:
    if (folder / PARTNERSHIP).exists():
        raise InputError(
            [
                Problem(
                    shown(folder),
                    0,
                    "folder-taken",
                    "This is a partnership folder already.",
                    "Name another, or change the files in it.",
                )
            ]
        )


def _plain_domain(domain: str) -> None:
    if not re.fullmatch(r"[a-z0-9]+(?:[.-][a-z0-9]+)*", domain):
        raise InputError(
            [
                Problem(
                    "--domain",
                    0,
                    "bad-domain",
                    f"{domain} is not a domain in small letters.",
                    "Write it as northshire.example.",
                )
            ]
        )


def _skeleton(file: str, name: str, domain: str) -> str:
    text = files("comity.cli").joinpath("skeleton").joinpath(file).read_text("utf-8")
    title = name if file.endswith(".md") else "'" + name.replace("'", "''") + "'"
    return text.replace("<NAME>", " ".join(title.split())).replace("<DOMAIN>", domain)
