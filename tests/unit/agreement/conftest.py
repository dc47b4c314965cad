"""One small agreement between two invented bodies, for each test to change."""

from datetime import date

import pytest
import yaml

from comity.agreement.known import Known
from comity.agreement.lint import lint
from comity.agreement.signature import new_key, public_key
from comity.agreement.text import read_agreement
from comity.partnership import Item, Partnership
from comity.source import Problem, read_yaml

ON = date(2026, 11, 16)
POLICE_SEED, COUNCIL_SEED = b"p" * 32, b"c" * 32

WRITTEN = """
schema: 1
id: northshire.example/agreement/incidents
title: Incidents
version: 1
family: operational
parties:
  - called: police
    partner: northshire.example/partner/police
    signs: {office: Chief Constable}
    contact: data@police.northshire.example
  - called: council
    partner: northshire.example/partner/council
    signs: {office: Chief Executive}
    contact: data@council.northshire.example
purposes: [reduce-crime-disorder]
flows:
  - id: incidents
    from: police
    to: council
    purpose: reduce-crime-disorder
    items: [incident-category, home-address]
    powers: [cda-1998-s115]
    method: by secure file transfer
    retention: {for: P1Y}
    correction: Within two days.
refusal: {codes: [no-power], answer_within: P10D, escalate_to: the chair}
breach: {tell_within: PT24H}
daily_volume: 10
default_position: share
term: {from: 2026-04-01, until: 2028-04-01}
review: {next: 2027-04-01, every: P1Y}
sections:
  - id: purpose
    heading: Why we share
    covers: [security, audit, training, informing-people, access-requests, controllers, disputes]
    text: To reduce crime and disorder in the area that both of us serve.
"""


@pytest.fixture
def partnership() -> Partnership:
    def key(office: str, seed: bytes) -> dict[str, str]:
        return {"office": office, "public_key": public_key(new_key(seed))}

    partners = [
        ("police", "Northshire Police", "Chief Constable", POLICE_SEED),
        ("council", "Westborough Council", "Chief Executive", COUNCIL_SEED),
        ("housing", "Harbour Homes", "Group Chief Executive", b"h" * 32),
    ]
    return Partnership.model_validate({
        "schema": 1, "name": "Safer Westborough", "domain": "northshire.example",
        "partners": [
            {"id": f"northshire.example/partner/{called}", "name": name, "sector": "public",
             "keys": [key(office, seed)]}
            for called, name, office, seed in partners
        ],
    })  # fmt: skip


@pytest.fixture
def known(partnership) -> Known:
    items = [
        Item(id=f"comity.example/item/{name}", title=name, kinds=kinds)
        for name, kinds in (
            ("incident-category", ("event",)), ("home-address", ("address",)), ("name", ("identity",)),
        )
    ]  # fmt: skip
    return Known(
        on=ON,
        partnership=partnership,
        items={item.id: item for item in items},
        purposes={"reduce-crime-disorder": frozenset({"reduce-crime-disorder"})},
        kinds={kind: frozenset({kind, "personal"}) for kind in ("address", "identity")}
        | {"event": frozenset({"event"}), "personal": frozenset({"personal"})},
        facts=frozenset({"consent", "dpia"}),
        provisions=frozenset({"cda-1998-s115"}),
        sets=frozenset({"asb-incidents"}),
    )


@pytest.fixture
def written() -> dict:
    """The agreement as plain values; `agreement_of` reads it back."""
    return read_yaml(WRITTEN, "incidents.yaml").value


def agreement_of(written: dict):
    """The values written as YAML and read."""
    return read_agreement(yaml.safe_dump(written, sort_keys=False), "incidents.yaml")


@pytest.fixture
def read():
    return agreement_of


@pytest.fixture
def problems(known):
    """The lint's findings on an agreement written as values, by code."""

    def found(written: dict, known: Known = known) -> dict[str, Problem]:
        return {problem.code: problem for problem in lint(*agreement_of(written), known)}

    return found
