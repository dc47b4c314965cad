"""The canonical form is frozen: a text and its digest, and what may be written differently without changing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.agreement import Agreement
from comity.canonical import canonical_bytes, digest
from comity.check import Judgement, Proposal
from comity.law import Provision
from comity.source import Model, build, read_yaml

VECTORS = read_yaml((Path(__file__).parents[1] / "vectors" / "canonical.yaml").read_text("utf-8"), "canonical.yaml")
KINDS: dict[str, type[Model]] = {
    "agreement": Agreement,
    "judgement": Judgement,
    "proposal": Proposal,
    "provision": Provision,
}


def cases() -> list[dict[str, object]]:
    assert isinstance(VECTORS.value, dict)
    return list(VECTORS.value["cases"])


@pytest.mark.parametrize("number", range(len(cases())))
def test_the_digest_of_a_model_is_frozen(number: int) -> None:
    case = cases()[number]
    model = build(KINDS[str(case["kind"])], VECTORS, ("cases", number, "model"))

    assert canonical_bytes(model).decode("utf-8") == case["canonical"]
    assert digest(model) == case["digest"]


def test_the_spelling_of_the_text_does_not_matter() -> None:
    long = read_yaml(
        "id: x\ntest: necessary\nanswer: yes\nby: A\noffice: b\npartner: a.example/partner/b\n"
        "reasons: r\nscope: {instance: c}\nitems: [b, a, a]\nfrom: 2026-01-01\nuntil: null\n",
        "long.yaml",
    )
    short = read_yaml(
        "{from: '2026-01-01', items: [a, b], scope: {instance: c}, reasons: r, by: A, office: b,"
        " partner: a.example/partner/b, answer: 'yes', test: necessary, id: x}",
        "short.yaml",
    )

    assert digest(build(Judgement, long)) == digest(build(Judgement, short))


def test_prose_is_kept_to_the_letter() -> None:
    one = build(Judgement, read_yaml(_judgement("It is needed."), "one.yaml"))
    other = build(Judgement, read_yaml(_judgement("It is  needed."), "other.yaml"))

    assert digest(one) != digest(other)


def _judgement(reasons: str) -> str:
    return (
        "id: x\ntest: necessary\nanswer: yes\nby: A\noffice: b\npartner: a.example/partner/b\n"
        f"reasons: '{reasons}'\nscope: {{instance: c}}\nfrom: 2026-01-01\n"
    )
