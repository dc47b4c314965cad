"""The worked decisions again, through the command: the same cases, the same answers as the core gives."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from comity.agreement.signature import new_key, public_key, sign, signature_text
from comity.canonical import plain
from comity.cli import main
from comity.law import shipped
from tests.spec.cases import DAY, HERE, NOT_SIGNED, Run, agreements, confirmation, partnership, runs

RUNS = [run for run in runs() if run.called in ("confirmed", "as-it-stands")]


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_the_command_answers_as_the_core_does(run: Run, tmp_path: Path) -> None:
    folder = the_folder(run, tmp_path)
    questions = []
    for number, proposal in enumerate(run.proposals):
        questions.append(folder / f"question-{number}.yaml")
        questions[-1].write_text(yaml.safe_dump(proposal, sort_keys=False), "utf-8")

    said = CliRunner().invoke(main, ["--folder", str(folder), "check", *map(str, questions),
                                     "--on", str(DAY), "--to-format", "json"])

    assert said.exit_code == 0, said.output
    answered = {one["proposal"]["id"]: one for one in json.loads(said.stdout)["decisions"]}
    for decision in run.decisions(shipped()):
        got = answered[decision.proposal.id]

        assert got["headline"] == decision.headline
        assert {one["item"]: one["outcome"] for one in got["answers"]} == {
            one.item: one.outcome for one in decision.answers}
        assert [one["reasons"] for one in got["answers"]] == [one["reasons"] for one in plain(decision)["answers"]]


def the_folder(run: Run, folder: Path) -> Path:
    """A partnership folder with the case's world, its agreements really signed."""
    cast = plain(partnership())
    for partner in cast["partners"]:
        partner["keys"] = [{"office": office, "public_key": public_key(key_of(partner["id"]))}
                           for office in offices_of(partner["id"])]
    write(folder / "partnership.yaml", {"schema": 1} | cast)
    (folder / "items.yaml").write_text((HERE / "world/items.yaml").read_text("utf-8"), "utf-8")
    write(folder / "confirmations/all.yaml", {"confirmations": [plain(confirmation(one)) for one in run.confirm]})
    for name in run.case.agreements:
        text = next((HERE / "world/agreements").glob(f"{name}.yaml")).read_text("utf-8")
        write(folder / f"agreements/{name}.yaml", text)
        agreement = agreements()[name].agreement
        for party in agreement.parties:
            if party.partner and party.signs and party.partner not in NOT_SIGNED:
                made = sign(agreement, party.partner, key=key_of(party.partner), on=date(2025, 3, 1))
                write(folder / f"signatures/{name}.{party.called}.yaml", signature_text(made))
    return folder


def key_of(partner: str):  # type: ignore[no-untyped-def]
    return new_key(sha256(partner.encode()).digest())


def offices_of(partner: str) -> list[str]:
    return sorted({party.signs.office for one in agreements().values() for party in one.agreement.parties
                   if party.partner == partner and party.signs})


def write(path: Path, content: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False), "utf-8")
