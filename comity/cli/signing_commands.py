"""Keys, signatures, and who has signed what."""

from __future__ import annotations

import re
import secrets
import stat
from datetime import date
from pathlib import Path

import click
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from comity.agreement import Agreement, AgreementParty
from comity.agreement.signature import (
    SEED_BYTES,
    Signature,
    new_key,
    public_key,
    sign,
    signature_text,
    verify,
)
from comity.canonical import digest
from comity.cli import findings
from comity.cli.agreement_texts import named, problems_of, problems_of_text, read_file
from comity.cli.files import read_bytes, shown, write_new, write_once
from comity.cli.folder import Folder, current_folder
from comity.cli.listing import DAY, WORDS, as_json, table, today
from comity.errors import InputError, SignatureError
from comity.source import Document, Problem
from comity.terms import slug_of

OWNER_ONLY = stat.S_IRUSR | stat.S_IWUSR
LARGEST_KEY = 100_000  # bytes
SEED = re.compile(rb"[0-9a-f]{64}")


@click.group("key")
def key() -> None:
    """Keys with which offices sign."""


@key.command("new")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where the private key goes. It must be a new file.",
)
def new(out: Path) -> None:
    """Make a key: the private half into a file for your eyes only, the public half on the screen."""
    made = new_key(secrets.token_bytes(SEED_BYTES))
    content = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        write_once(out, content, OWNER_ONLY)
    except FileExistsError:
        raise InputError(
            [
                Problem(
                    shown(out),
                    0,
                    "file-taken",
                    "There is a file of this name already.",
                    "Name another; a key is never replaced.",
                )
            ]
        ) from None
    click.echo(
        f"The private key is in {shown(out)}. Keep it secret and out of the folder.\n"
        "Put this under `keys:` of your partner in partnership.yaml, with the office that signs:\n",
        err=True,
    )
    click.echo(f"- {{office: Chief Executive, public_key: {public_key(made)}, from: {today()}}}")


@click.command("sign")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    required=True,
    metavar="KEYFILE",
    help="The private key of the office.",
)
@click.option("--partner", type=WORDS, required=True, help="For which party.")
@click.option("--office", type=WORDS, required=True, help="The office that signs, as the agreement names it.")
@click.option("--resolution", default="", help="Its reference, where a party signs by resolution.")
@click.option("--on", type=DAY, metavar="DATE", help="The day of the signature; today without it.")
def sign_(file: Path, key_file: Path, partner: str, office: str, resolution: str, on: date | None) -> None:
    """Sign an agreement of the folder, for a party, with the key of its office.

    The signature is checked before it is kept: by the office that the agreement
    names, with a key that partnership.yaml has for it.
    """
    day = on or today()
    _has_come(day)
    folder = current_folder(day)
    agreement, document, _ = read_file(file)
    _of_the_folder(agreement, file, folder)
    _fit_to_sign(agreement, document, folder, day)
    made = sign(agreement, partner, key=_private_key(key_file), on=day, resolution=resolution)
    if made.office != office:
        raise SignatureError(
            f"{agreement.id} is signed for {partner} by {made.office}, not by {office}.",
            f"Sign with --office '{made.office}', or name the other office in the next version of the text.",
        )
    verify(made, agreement, folder.names.partnership, max(day, today()))
    _keep(made, agreement, folder)


@click.command("verify")
@click.argument("name", metavar="FILE|ID")
@click.option("--on", type=DAY, metavar="DATE", help="As things stand on this day; today without it.")
@click.option("--json", "json_", is_flag=True, help="Print JSON for programs.")
def verify_(name: str, on: date | None, json_: bool) -> None:
    """Say who has signed an agreement, who has not, and whether it is in force.

    Exit 5: a signature in the folder does not hold.
    """
    day = on or today()
    folder = current_folder(day)
    agreement, _, file = named(name, folder)
    rows = [_row(party, agreement, folder) for party in agreement.parties]
    amiss = [
        f"{one.file}: {one.amiss}" for one in folder.signatures if one.signature.agreement == agreement.id and one.amiss
    ]
    state = folder.signed_version(agreement).state_on(day)
    if json_:
        click.echo(
            as_json(
                {
                    "agreement": agreement.id,
                    "version": agreement.version,
                    "digest": digest(agreement),
                    "on": day,
                    "state": state,
                    "amiss": amiss,
                    "parties": [dict(zip(_HEADERS, row, strict=True)) for row in rows],
                }
            )
        )
    else:
        click.echo(f"{agreement.title} ({agreement.id}, version {agreement.version})\n{digest(agreement)}\n")
        click.echo(table([header.capitalize() for header in _HEADERS], rows))
        click.echo(f"\n{_in_words(agreement, folder, day)}")
    if amiss:
        raise SignatureError("\n".join(amiss))


COMMANDS = [sign_, verify_, key]

_HEADERS = ("party", "partner", "office", "signed")


def _has_come(day: date) -> None:
    """A signature counts from its day on; one of tomorrow would be there and count for nothing."""
    if day > today():
        raise InputError(
            [
                Problem(
                    "--on",
                    0,
                    "not-yet",
                    f"{day} is still to come.",
                    "Sign on that day, or leave --on out to sign today.",
                )
            ]
        )


def _of_the_folder(agreement: Agreement, file: Path, folder: Folder) -> None:
    """A signature under a text that the folder does not hold would count for nothing."""
    if digest(agreement) not in {digest(one) for one, _, _ in folder.versions}:
        raise InputError(
            [
                Problem(
                    shown(file),
                    0,
                    "not-in-folder",
                    "This text is not in the folder's agreements/.",
                    "Put it there first, so that everybody signs the same text.",
                )
            ]
        )


def _fit_to_sign(agreement: Agreement, document: Document, folder: Folder, day: date) -> None:
    """Errors in the text itself are settled first; what the law shows is for a lawyer to weigh."""
    errors = [one for one in problems_of_text(agreement, document, folder, day) if one.grade == "error"]
    if errors:
        click.echo("This text has errors. Settle them before anybody signs.", err=True)
        findings.report(errors, files=1, json_=False)
    for one in problems_of(agreement, document, folder, day):
        if one.grade == "error":
            click.echo(str(one), err=True)


def _private_key(file: Path) -> Ed25519PrivateKey:
    found = _key_in(read_bytes(file, LARGEST_KEY))
    if found is None:
        raise InputError(
            [
                Problem(
                    shown(file),
                    0,
                    "no-key",
                    "This is not a private key that Comity can sign with.",
                    "Name the file that comity agreement key new made.",
                )
            ]
        )
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        click.echo(
            f"{shown(file)}: warning: Others may read this key. Run: chmod 600 {shown(file)} [key-readable]", err=True
        )
    return found


def _key_in(content: bytes) -> Ed25519PrivateKey | None:
    """A key as `key new` writes it (PEM), or its 32 bytes in hex."""
    if SEED.fullmatch(content.strip()):
        return new_key(bytes.fromhex(content.decode()))
    try:
        found = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return found if isinstance(found, Ed25519PrivateKey) else None


def _keep(made: Signature, agreement: Agreement, folder: Folder) -> None:
    """The signature as a file of its own; a second one under the same text is not needed."""
    for one in folder.signatures:
        if not one.amiss and (one.signature.partner, one.signature.digest) == (made.partner, made.digest):
            click.echo(f"{made.partner} signed this text on {one.signature.signed_on} ({one.file}).")
            return
    version = f"-v{agreement.version}" if agreement.version > 1 else ""
    stem = f"{slug_of(agreement.id)}{version}.{slug_of(made.partner)}"
    kept = write_new(folder.path / "signatures", stem, ".yaml", signature_text(made))
    click.echo(f"Signed for {made.partner} by {made.office} on {made.signed_on}; kept in {shown(kept)}.")


def _row(party: AgreementParty, agreement: Agreement, folder: Folder) -> tuple[str, str, str, str]:
    office = party.signs.office if party.signs else ""
    partner = slug_of(party.partner or "") or party.class_of_person or ""
    return party.called, partner, office, _signed(party, agreement, folder)


def _signed(party: AgreementParty, agreement: Agreement, folder: Folder) -> str:
    good = [
        one.signature
        for one in folder.signatures
        if not one.amiss and one.signature.digest == digest(agreement) and party.partner in one.signature.binds
    ]
    if good:
        first = min(good, key=lambda one: one.signed_on)
        own = first.partner == party.partner
        return f"{first.signed_on}" + ("" if own else f", by {slug_of(first.partner)} on its behalf")
    signed = folder.signed_version(agreement)
    if party.partner in signed.kept:
        return f"{dict(signed.signed_on)[party.partner]}, by its signature under version {agreement.version - 1}"
    if any(
        one.amiss
        for one in folder.signatures
        if one.signature.agreement == agreement.id and one.signature.partner == party.partner
    ):
        return "no: its signature does not hold"
    return "no" if party.partner else "cannot: no partner is named"


def _in_words(agreement: Agreement, folder: Folder, day: date) -> str:
    """One sentence: in force or not on the day, among whom, and why not."""
    signed = folder.signed_version(agreement)
    there = sorted(slug_of(one) for one in signed.signatures_on(day))
    missing = sorted(
        party.called for party in agreement.parties if party.partner and party.partner not in signed.signatures_on(day)
    )
    match signed.state_on(day):
        case "in-force" | "under-review" as state:
            review = " It is due for review." if state == "under-review" else ""
            rest = f" Not signed by {', '.join(missing)}." if missing else ""
            return f"In force on {day} among {', '.join(there)}.{rest}{review}"
        case "lapsed" if new := signed.replaced_on(day):
            return f"Not in force on {day}: {', '.join(slug_of(one) for one in new)} has taken its place."
        case "lapsed":
            return f"Not in force on {day}: its term is over."
        case "withdrawn":
            return f"Not in force on {day}: it was withdrawn on {agreement.withdrawn}."
        case "signed":
            return f"Not in force on {day}: it is signed by {', '.join(there)}, but outside its term or suspended."
    return f"Not in force on {day}: two parties have to sign; not signed by {', '.join(missing)}."
