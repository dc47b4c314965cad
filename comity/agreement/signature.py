"""Who has signed which text?

A signature is detached: a small text of its own that says which agreement
(by digest, so to the letter), for which partner, by which office, on which
day. It is made with Ed25519 over the canonical form of what it says, and it
holds only if the key is registered to the partner for that office.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from datetime import date
from typing import Literal

import yaml
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field

from comity.agreement.model import Agreement, AgreementParty
from comity.agreement.standing import SignedAgreement
from comity.canonical import canonical_bytes, digest
from comity.errors import SignatureError
from comity.partnership import Partnership
from comity.source import Model, WordSet, read
from comity.terms import Day, Id, Period, slug_of

SEED_BYTES = 32


class Signature(Model):
    """A signature as it is kept and sent: everything but the text it covers."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    type: Literal["agreement-signature"] = "agreement-signature"
    agreement: Id
    digest: str
    partner: Id
    office: str
    by: Literal["office", "resolution", "click"] = "office"
    resolution: str = ""
    on_behalf_of: WordSet = ()
    signed_on: Day
    public_key: str
    signature: str

    @property
    def binds(self) -> tuple[Id, ...]:
        """Every partner that this signature binds."""
        return (self.partner, *self.on_behalf_of)


def new_key(seed: bytes) -> Ed25519PrivateKey:
    """The private key that grows from 32 bytes of chance, which the caller brings."""
    if len(seed) != SEED_BYTES:
        raise SignatureError(f"A key needs {SEED_BYTES} bytes of chance; these are {len(seed)}.")
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key(key: Ed25519PrivateKey) -> str:
    """What goes into `partnership.yaml` under `keys`."""
    return b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def sign(agreement: Agreement, partner: str, *, key: Ed25519PrivateKey, on: date, resolution: str = "") -> Signature:
    """The signature of a partner's named office under this text; raises `SignatureError`."""
    party = _signing_party(agreement, partner)
    assert party.partner
    assert party.signs
    if party.signs.by == "resolution" and not resolution:
        raise SignatureError(
            f"{party.called} signs by resolution, and no reference is given.", "Give it with --resolution."
        )
    unsigned = Signature(
        agreement=agreement.id,
        digest=digest(agreement),
        partner=party.partner,
        office=party.signs.office,
        by=party.signs.by,
        resolution=resolution,
        on_behalf_of=_represented(agreement, party),
        signed_on=on,
        public_key=public_key(key),
        signature="",
    )
    made = b64encode(key.sign(signed_bytes(unsigned))).decode("ascii")
    return unsigned.model_copy(update={"signature": made})


def signed_bytes(signature: Signature) -> bytes:
    """What the key signs: all that the signature says, in canonical form, under its type."""
    return canonical_bytes(
        {
            "schema": signature.schema_,
            "type": signature.type,
            "agreement": signature.agreement,
            "digest": signature.digest,
            "partner": signature.partner,
            "office": signature.office,
            "by": signature.by,
            "resolution": signature.resolution,
            "on_behalf_of": list(signature.on_behalf_of),
            "signed_on": signature.signed_on.isoformat(),
        }
    )


def verify(signature: Signature, agreement: Agreement, partnership: Partnership, on: date) -> None:
    """Nothing, if the signature holds; else a `SignatureError` that says which thing is amiss."""
    _covers_this_text(signature, agreement)
    _by_named_signatory(signature, agreement)
    if signature.signed_on > on:
        raise SignatureError(
            f"The signature of {signature.partner} is dated {signature.signed_on}, which lies after {on}."
        )
    _key_registered(signature, partnership)
    _made_by_its_key(signature)


def signed(
    agreement: Agreement, signatures: Iterable[Signature], partnership: Partnership, on: date
) -> SignedAgreement:
    """The agreement with everyone who has signed it; every signature must hold."""
    dates: dict[str, date] = {}
    for signature in sorted(signatures, key=lambda one: one.signed_on, reverse=True):
        verify(signature, agreement, partnership, on)
        dates |= dict.fromkeys(signature.binds, signature.signed_on)
    return SignedAgreement(
        agreement=agreement,
        digest=digest(agreement),
        signed_by=tuple(sorted(dates)),
        signed_on=tuple(sorted(dates.items())),
    )


def read_signature(text: str, file: str) -> Signature:
    """A signature as it was written; raises `InputError`."""
    return read(Signature, text, file)


def signature_text(signature: Signature) -> str:
    """The signature as a file for the folder `signatures/`."""
    said = signature.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    whole = {"schema": 1, "type": signature.type, **said}
    return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=200)


def _signing_party(agreement: Agreement, partner: str) -> AgreementParty:
    for party in agreement.parties:
        names = (party.called, party.partner, slug_of(party.partner or ""))
        if partner in names and party.signs and party.partner:
            return party
    signing = [party.called for party in agreement.parties if party.signs and party.partner]
    raise SignatureError(
        f"Nobody signs {agreement.id} for {partner}.",
        f"Name one for whom an office signs ({', '.join(signing) or 'none'}), or write `signs:` for the party.",
    )


def _represented(agreement: Agreement, party: AgreementParty) -> tuple[str, ...]:
    """The other partners that the party signs for; its own parts are bound with it."""
    named = party.signs.on_behalf_of if party.signs else ()
    return tuple(sorted(agreement.partner_ids(named) - {party.partner}))


def _covers_this_text(signature: Signature, agreement: Agreement) -> None:
    if signature.agreement != agreement.id:
        raise SignatureError(
            f"The signature of {signature.partner} is under {signature.agreement}, not under {agreement.id}."
        )
    if signature.digest != digest(agreement):
        raise SignatureError(
            f"The signature of {signature.partner} covers another text of {agreement.id}: the text has "
            f"changed since it was signed, or this is another version ({agreement.version})."
        )


def _by_named_signatory(signature: Signature, agreement: Agreement) -> None:
    party = _signing_party(agreement, signature.partner)
    assert party.signs
    if signature.office != party.signs.office:
        raise SignatureError(
            f"{signature.office} is not the named signatory of {party.called}: "
            f"the agreement names {party.signs.office}."
        )
    if signature.by != party.signs.by or (signature.by == "resolution" and not signature.resolution):
        raise SignatureError(f"{party.called} signs by {party.signs.by}; this signature does not.")
    if extra := set(signature.on_behalf_of) - set(_represented(agreement, party)):
        raise SignatureError(f"The agreement does not say that {party.called} signs for {', '.join(sorted(extra))}.")


def _key_registered(signature: Signature, partnership: Partnership) -> None:
    """The key belongs to that office of that partner on the day of the signature."""
    partner = partnership.partner(signature.partner)
    keys = [key for key in partner.keys if key.public_key == signature.public_key]
    if not keys:
        raise SignatureError(
            f"The key of this signature is not registered to {partner.name}.",
            "Sign with the key that is, or put the public half of this one under its `keys:` in partnership.yaml.",
        )
    if signature.office not in {key.office for key in keys}:
        raise SignatureError(
            f"The key of this signature is registered to {partner.name} for "
            f"{keys[0].office}, not for {signature.office}.",
            f"Sign with the key of {signature.office}, or register this one for it in partnership.yaml.",
        )
    if not any(signature.signed_on in Period(from_=key.from_, until=key.until) for key in keys):
        raise SignatureError(
            f"The key of {partner.name} was not in use on {signature.signed_on}.",
            "Sign with the key that was, or correct `from:` and `until:` of this one in partnership.yaml.",
        )


def _made_by_its_key(signature: Signature) -> None:
    """The bytes are those that this key makes over what the signature says."""
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(signature.public_key, validate=True))
        key.verify(b64decode(signature.signature, validate=True), signed_bytes(signature))
    except (InvalidSignature, NotBase64, ValueError) as error:
        raise SignatureError(
            f"The signature of {signature.partner} does not verify: what it says was altered, or another key made it."
        ) from error
