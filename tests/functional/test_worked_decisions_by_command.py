"""The worked decisions again, through the command: the same cases, the same answers as the core gives."""

from __future__ import annotations

import json
import re
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from comity.agreement.signature import new_key, public_key, sign, signature_text
from comity.canonical import plain
from comity.cli import main
from comity.law import shipped
from tests.spec.cases import DAY, HERE, NOT_SIGNED, Run, agreements, confirmation, partnership, runs

RUNS = [run for run in runs() if run.called in ("confirmed", "as-it-stands")]
WORLDS = sorted({(run.case.agreements, run.confirm) for run in RUNS})


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_the_command_answers_as_the_core_does(world: tuple[tuple[str, ...], tuple[str, ...]], tmp_path: Path) -> None:
    cases = [run for run in RUNS if (run.case.agreements, run.confirm) == world]
    folder = the_folder(*world, tmp_path)
    questions = [
        write(folder / f"questions/{run.row}-{number}.yaml", question)
        for run in cases
        for number, question in enumerate(questions_of(run))
    ]

    said = CliRunner().invoke(
        main, ["--folder", str(folder), "check", *map(str, questions), "--on", str(DAY), "--to-format", "json"]
    )

    assert said.exit_code == 0, said.output
    answered = {one["decision"]["proposal"]["id"]: one["decision"] for one in json.loads(said.stdout)["decisions"]}
    for decision in (decision for run in cases for decision in run.decisions(shipped())):
        wanted, got = plain(decision), answered[decision.proposal.id]

        assert (got["headline"], _unnamed(got)) == (wanted["headline"], _unnamed(wanted))


def _unnamed(decision: dict[str, object]) -> str:
    """The answers without the names of judgements, which say in which file each was written."""
    return re.sub(r'"judgement": "[^"]*"', '"judgement": ""', json.dumps(decision["answers"], sort_keys=True))


def questions_of(run: Run) -> list[dict[str, object]]:
    """The texts of a case; what was answered for a class goes for every one of them."""
    judged = [one for text in run.proposals for one in text.get("judgements", ())]  # type: ignore[attr-defined]
    for_class = [one for one in judged if "agreement" in one.get("scope", {})]
    return [
        text
        | {
            "judgements": [
                *text.get("judgements", ()),  # type: ignore[misc]
                *(one for one in for_class if one not in text.get("judgements", ())),
            ]
        }  # type: ignore[operator]
        for text in run.proposals
    ]


def the_folder(named: tuple[str, ...], confirm: tuple[str, ...], folder: Path) -> Path:
    """A partnership folder with the cases' world, its agreements really signed."""
    cast = plain(partnership())
    for partner in cast["partners"]:
        partner["keys"] = [
            {"office": office, "public_key": public_key(key_of(partner["id"]))} for office in offices_of(partner["id"])
        ]
    write(folder / "partnership.yaml", {"schema": 1} | cast)
    (folder / "items.yaml").write_text((HERE / "world/items.yaml").read_text("utf-8"), "utf-8")
    write(folder / "confirmations/all.yaml", {"confirmations": [plain(confirmation(one)) for one in confirm]})
    for name in named:
        text = next((HERE / "world/agreements").glob(f"{name}.yaml")).read_text("utf-8")
        write(folder / f"agreements/{name}.yaml", text)
        agreement = agreements()[name].agreement
        for party in agreement.parties:
            if party.partner and party.signs and party.partner not in NOT_SIGNED:
                made = sign(agreement, party.partner, key=key_of(party.partner), on=date(2025, 3, 1))
                write(folder / f"signatures/{name}.{party.called}.yaml", signature_text(made))
    return folder


def key_of(partner: str) -> Ed25519PrivateKey:
    return new_key(sha256(partner.encode()).digest())


def offices_of(partner: str) -> list[str]:
    return sorted(
        {
            party.signs.office
            for one in agreements().values()
            for party in one.agreement.parties
            if party.partner == partner and party.signs
        }
    )


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False), "utf-8")
    return path
