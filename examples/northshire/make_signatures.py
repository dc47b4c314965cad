# ruff: noqa: INP001
"""Sign the example agreements with the demonstration keys.

    python examples/northshire/make_signatures.py

Run it after an example agreement has changed: a signature covers the text to
the letter. The dates are fixed, so the files come out the same every time.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from comity.agreement import Agreement
from comity.agreement.signature import new_key, sign, signature_text
from comity.agreement.text import read_agreement

HERE = Path(__file__).parent

SIGNED = {
    "safer-westborough-protocol": (
        date(2025, 3, 18),
        ("northshire-police", "westborough-council", "northshire-fire", "northshire-icb",
         "northshire-hospitals", "probation-north", "harbour-homes"),
    ),
    "westborough-marac": (
        date(2025, 12, 10),
        ("northshire-police", "westborough-council", "northshire-icb", "northshire-hospitals",
         "probation-north", "harbour-homes", "safehaven"),
    ),
    "townsafe-business-crime": (
        date(2026, 2, 16),
        ("northshire-police", "townsafe", "shopco"),
    ),
}  # fmt: skip
RESOLUTIONS = {"westborough-council": "Cabinet resolution 2025/041"}


def main() -> None:
    for name, (on, partners) in SIGNED.items():
        file = HERE / "agreements" / f"{name}.yaml"
        agreement, _ = read_agreement(file.read_text("utf-8"), file.name)
        for partner in partners:
            write_signature(agreement, name, partner, on)


def write_signature(agreement: Agreement, name: str, partner: str, on: date) -> None:
    seed = bytes.fromhex((HERE / "demo-keys" / f"{partner}.seed").read_text("ascii").strip())
    made = sign(agreement, partner, key=new_key(seed), on=on, resolution=RESOLUTIONS.get(partner, ""))
    target = HERE / "signatures" / f"{name}.{partner}.yaml"
    target.write_text(signature_text(made), "utf-8")


if __name__ == "__main__":
    main()
