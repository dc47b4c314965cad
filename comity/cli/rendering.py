"""The agreement on a page, on paper and in Markdown.

Text never becomes markup: the page and the Markdown escape it, and the paper
reads it as data.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib.resources import files

import typst
from jinja2 import Environment, PackageLoader, StrictUndefined

from comity.agreement import Agreement
from comity.agreement.document import PrintedAgreement, printed
from comity.canonical import digest
from comity.cli.folder import Folder

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands in for the time of printing, so that one text gives one file."""


def agreement_html(agreement: Agreement, folder: Folder) -> str:
    """One page that needs nothing else: no script, no font, no picture from elsewhere."""
    return page(document_of(agreement, folder))


def agreement_pdf(agreement: Agreement, folder: Folder) -> bytes:
    """A tagged PDF (PDF/UA-1) that comes out the same every time."""
    return paper(document_of(agreement, folder))


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


def paper(document: PrintedAgreement) -> bytes:
    source = files("comity.cli").joinpath("templates", "agreement.typ.j2").read_bytes()
    words = json.dumps(document.model_dump(mode="json"), ensure_ascii=False)
    made: bytes = typst.compile(
        source,
        sys_inputs={"document": words},
        pdf_standards=["ua-1"],
        timestamp=EPOCH,
        ignore_system_fonts=True,
    )
    return made


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
