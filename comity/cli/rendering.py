"""The agreement on a page, on paper and in Markdown.

Text never becomes markup: the page and the Markdown escape it, and the paper
reads it as data.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib.resources import files

import click
import typst
from jinja2 import Environment, PackageLoader, StrictUndefined

from comity.agreement import Agreement
from comity.agreement.document import PrintedAgreement, printed
from comity.canonical import digest
from comity.cli.folder import Folder
from comity.errors import InputError
from comity.source import Document, Path, Problem

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands in for the time of printing, so that one text gives one file."""


def agreement_html(agreement: Agreement, folder: Folder) -> str:
    """One page that needs nothing else: no script, no font, no picture from elsewhere."""
    return page(document_of(agreement, folder))


def agreement_pdf(agreement: Agreement, text: Document, folder: Folder) -> bytes:
    """A tagged PDF (PDF/UA-1); raises `InputError` where no font here has a letter of it."""
    document = document_of(agreement, folder)
    try:
        return paper(document)
    except typst.TypstError:  # The fonts that come along lack a letter. This machine may have one with it.
        click.echo(str(_other_fonts(text)), err=True)
    try:
        return paper(document, fonts_of_this_machine=True)
    except typst.TypstError as error:
        raise InputError([_unprintable(str(error), text)]) from error


def agreement_markdown(agreement: Agreement, folder: Folder) -> str:
    return markdown(document_of(agreement, folder))


def document_of(agreement: Agreement, folder: Folder) -> PrintedAgreement:
    """The document, with the folder's names and the signatures that hold."""
    held = (one.signature for one in folder.signatures if not one.amiss)
    signed = folder.signed_version(agreement)
    return printed(
        agreement,
        partnership=folder.names.partnership,
        items=folder.names.items.values(),
        signatures=(one for one in held if one.digest == digest(agreement)),
        kept={partner: day for partner, day in signed.signed_on if partner in signed.kept},
    )


def page(document: PrintedAgreement) -> str:
    return _templates(escape=True).get_template("agreement.html.j2").render(document=document)


def markdown(document: PrintedAgreement) -> str:
    environment = _templates(escape=False)
    environment.finalize = _literal
    return environment.get_template("agreement.md.j2").render(document=document)


def paper(document: PrintedAgreement, *, fonts_of_this_machine: bool = False) -> bytes:
    """A PDF that comes out the same every time, unless it is made with fonts of this machine."""
    source = files("comity.cli").joinpath("templates", "agreement.typ.j2").read_bytes()
    words = json.dumps(document.model_dump(mode="json"), ensure_ascii=False)
    made: bytes = typst.compile(
        source,
        sys_inputs={"document": words},
        pdf_standards=["ua-1"],
        timestamp=EPOCH,
        ignore_system_fonts=not fonts_of_this_machine,
    )
    return made


def _other_fonts(text: Document) -> Problem:
    return Problem(
        text.file,
        0,
        "other-fonts",
        "Comity's own fonts lack a letter of this text, so those of this machine are used as well.",
        "On another machine it may look otherwise; a page does not: --to html.",
        "warning",
    )


def _unprintable(said: str, text: Document) -> Problem:
    """Which character it is, and where it stands in the text; else what was said when it was printed."""
    found = re.search(r'`"(.+?)"`', said)
    if found is None:
        return Problem(text.file, 0, "unprintable", f"No PDF can be made: {said.rstrip('.')}.", "Print it --to html.")
    letter = re.sub(r"\\u\{(\w+)\}", lambda code: chr(int(code[1], 16)), found[1])[:1]
    seen = letter.isprintable()
    shown = f"{letter} (U+{ord(letter):04X})" if seen else f"U+{ord(letter):04X}, which nobody can see,"
    remedy = "Install a font that has it, as in fonts-noto, or print a page: --to html." if seen else "Take it out."
    line = _line_with(letter, text.value, (), text)
    return Problem(text.file, line, "unprintable", f"The character {shown} cannot be printed.", remedy)


def _line_with(letter: str, value: object, path: Path, text: Document) -> int:
    """The line of the first words that hold the letter; none where the letter comes from elsewhere in the folder."""
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        return next(filter(None, (_line_with(letter, one, (*path, at), text) for at, one in inside)), 0)
    return text.line(path) if letter in str(value) else 0


def _templates(*, escape: bool) -> Environment:
    return Environment(
        loader=PackageLoader("comity.cli"),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _literal(value: object) -> str:
    """Text as Markdown shows it to the letter."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(str(value).split()))
