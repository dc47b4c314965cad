"""One canonical form for agreements, decisions, messages and entries; its digest.

The form is RFC 8785 JSON of the *model*, so that the spelling of the YAML does
not matter: fields that hold their default are left out, dates are ISO 8601,
prose is kept verbatim. `tests/vectors/canonical.yaml` freezes it.
"""

from __future__ import annotations

import hashlib

import rfc8785
from pydantic import BaseModel

Json = object  # what RFC 8785 can hold: null, booleans, numbers, text, lists and objects


def plain(model: BaseModel) -> dict[str, object]:
    """The model as JSON values: by alias, defaults left out, dates as text."""
    return model.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def canonical_bytes(value: BaseModel | Json) -> bytes:
    """RFC 8785 JSON of a model or of plain JSON values, in UTF-8."""
    return rfc8785.dumps(plain(value) if isinstance(value, BaseModel) else value)  # type: ignore[arg-type]


def digest(value: BaseModel | Json) -> str:
    """`sha256:` and 64 hex digits over the canonical form."""
    return "sha256:" + hashlib.sha256(canonical_bytes(value)).hexdigest()
