"""A world small enough to hold in the head: eight provisions, seven bodies, one agreement.

The council may give names and addresses to any public body for safety. Everything a test is about
is added to this: `law` takes further entries, `case` takes judgements and agreements.
"""

from __future__ import annotations

import json
from datetime import date

from comity.agreement import SignedAgreement
from comity.agreement.model import Agreement
from comity.canonical import digest
from comity.check import Case, Judgement, Proposal, ProposedItem, World
from comity.check.decision import Answer, Reason
from comity.check.finding import Finding
from comity.check.text import Names
from comity.law import Confirmation, Register, Vocabulary, load
from comity.partnership import Item, Partnership, PartyRef
from comity.source import build, read, read_yaml

DAY = date(2026, 11, 16)

VOCABULARY = read(
    Vocabulary,
    """
purposes:
  - {id: safety, meaning: keeping the town safe, law_enforcement: mixed}
  - {id: patrols, meaning: where to walk, law_enforcement: mixed, within: safety}
  - {id: enforcement, meaning: catching offenders, law_enforcement: "yes"}
  - {id: care, meaning: care of the individual, law_enforcement: "no"}
marks: [red]
origins: [here]
kinds:
  - {id: information, meaning: any information}
  - {id: statistical, meaning: counts, implies: [information]}
  - {id: event, meaning: what happened, implies: [information]}
  - {id: held-in-confidence, meaning: given in confidence, implies: [information]}
  - {id: commercial, meaning: trade secrets, implies: [held-in-confidence]}
  - {id: personal, meaning: about a person, implies: [information]}
  - {id: identity, meaning: who it is, implies: [personal]}
  - {id: other-people, meaning: tells of others too, implies: [personal]}
  - {id: special-category, meaning: special category data, implies: [personal]}
  - {id: "special-category:health", meaning: health, implies: [special-category]}
  - {id: patient, meaning: told to a doctor, implies: ["special-category:health", held-in-confidence]}
  - {id: criminal-offence, meaning: offences, implies: [personal]}
capacities:
  - {id: public, meaning: public body}
  - {id: public-authority, meaning: public authority, implies: [public]}
  - {id: competent-authority, meaning: competent authority}
  - {id: council, meaning: council, implies: [public]}
  - {id: police, meaning: police force, implies: [public, competent-authority]}
  - {id: constables, meaning: constables of the docks, implies: [police], holds_for: enforcement}
  - {id: clinic, meaning: clinic, implies: [public]}
  - {id: company, meaning: company}
  - {id: individual, meaning: private person}
  - {id: warden, meaning: warden of the market}
  - {id: vault, meaning: vault, holds: [commercial]}
  - {id: archive, meaning: archive, implies: [public], holds: [patient], holds_unless: on-open-shelves}
  - {id: acting-on-behalf-of, meaning: acts for another}
offices:
  - {id: lead, title: the information lead, of: [public]}
  - {id: officer, title: the case officer, of: [police, council]}
  - {id: guardian, title: the guardian, of: [clinic]}
  - {id: keeper, title: the keeper of keys}
  - {id: author, title: whoever wrote it, third_party: true}
facts:
  - {id: necessary, question: Is it needed?, offices: [officer, lead, keeper], in_emergency: true,
     reason: not-necessary}
  - {id: proportionate, question: Is it fair?, offices: [officer, lead, keeper], in_emergency: true,
     reason: disproportionate}
  - {id: overriding, question: Does the public interest win?, offices: [lead, guardian], instance_only: true,
     in_emergency: true, reason: confidence-not-set-aside}
  - {id: reidentification-risk, question: Is nobody recognised?, offices: [lead, keeper], reason: reidentification-risk}
  - {id: harmless, question: Is it harmless?, offices: [guardian, lead], opposite: harmful, reason: risk-to-person}
  - {id: harmful, question: Is it harmful?, offices: [guardian, lead], reason: risk-to-person}
  - {id: blessed, question: Does the guardian agree?, offices: [guardian]}
  - {id: urgent, question: Can it not wait?, offices: [lead]}
  - {id: author-agrees, question: Does the author agree?, offices: [author]}
  - {id: originator-consents, question: Does whoever gave it agree?, offices: [author], reason: origin-consent-missing}
  - {id: both-agree, question: Do the guardian and the author agree?, offices: [guardian, author]}
  - {id: on-open-shelves, question: Is it on open shelves?, about: item}
  - {id: deceased, question: Has the person died?, about: item, unstated: "no"}
  - {id: consent, question: Has the person agreed?, about: item, opposite: consent-refused}
  - {id: consent-refused, question: Has the person refused?, about: item}
  - {id: court-order, question: Has a court ordered it?}
  - {id: sealed, question: Is it sealed?, about: item}
  - {id: child, question: Is it about a child?, about: item}
  - {id: routine, question: Is it routine?, unstated: "yes"}
  - {id: list-of-people, question: Is it a list?}
  - {id: bulk, question: Is it a whole population?}
  - {id: need-stated, question: Has anybody said why?}
  - {id: apd, question: Is the policy document there?, about: party, reason: no-apd}
""",
    "vocabulary.yaml",
)

ENTRIES = read_yaml(
    """
provisions:
  - {id: watch-s1, citation: Watch Act s.1, title: Sharing, kind: power, summary: May share.,
     source: "https://law.example/1", evidence: read, checked: 2026-11-01, in_force: [{from: 2000-01-01}],
     routes: [{id: share, step: power, from: [council, police, clinic], to: [public], purposes: [safety]}]}
  - {id: basis-6, citation: Rule 6, title: Basis, kind: basis, summary: Task.,
     source: "https://law.example/2", evidence: read, checked: 2026-11-01, in_force: [{}],
     routes: [{id: task, step: basis, end: both}]}
  - {id: condition-9, citation: Rule 9, title: Condition, kind: condition, summary: Policy.,
     source: "https://law.example/3", evidence: read, checked: 2026-11-01, in_force: [{}],
     routes: [{id: policy, step: special-category, end: both, needs: [apd]}]}
  - {id: condition-10, citation: Rule 10, title: Condition, kind: condition, summary: Official.,
     source: "https://law.example/4", evidence: read, checked: 2026-11-01, in_force: [{}],
     routes: [{id: official, step: criminal-offence, end: both}]}
  - {id: needed, citation: Rule 7, title: Necessity, kind: guidance, summary: Needed.,
     source: "https://law.example/5", evidence: read, checked: 2026-11-01, in_force: [{}],
     routes: [{id: asked, step: necessity, needs: [necessary]}]}
  - {id: fair, citation: Rule 8, title: Proportion, kind: guidance, summary: Fair.,
     source: "https://law.example/6", evidence: read, checked: 2026-11-01, in_force: [{}],
     routes: [{id: asked, step: proportionality, needs: [proportionate]}]}
  - {id: secrecy, citation: Rule of secrecy, title: Confidence, kind: confidence, summary: Secret.,
     source: "https://law.example/7", evidence: read, checked: 2026-11-01, in_force: [{}],
     routes: [{id: consent, step: confidence, needs: [consent]},
              {id: public-interest, step: confidence, needs: [overriding], unless: [list-of-people]}]}
  - {id: relief, citation: Relief Act s.2, title: Relief, kind: exemption, summary: Lifts duties.,
     source: "https://law.example/8", evidence: read, checked: 2026-11-01, in_force: [{}]}
""",
    "small.yaml",
).value["provisions"]

PARTNERSHIP = read(
    Partnership,
    """
schema: 1
name: Small
domain: small.example
partners:
  - id: small.example/partner/council
    name: The Council
    sector: public
    capacities: [{capacity: council}]
    units: [{name: market, title: Market office, capacities: [{capacity: warden, until: 2027-01-01}]}]
    facts: [{fact: apd, value: true, until: 2027-01-01}]
  - id: small.example/partner/police
    name: The Police
    sector: public
    capacities: [{capacity: police}]
  - id: small.example/partner/rangers
    name: The Rangers
    sector: public
    capacities: [{capacity: police}]
    facilitator: the rangers' desk
  - id: small.example/partner/clinic
    name: The Clinic
    sector: public
    capacities: [{capacity: clinic}]
    facts: [{fact: apd, value: true}]
  - id: small.example/partner/company
    name: The Company
    sector: private
    capacities: [{capacity: company}]
    facts: [{fact: apd, value: false}]
    acts_for: [{partner: small.example/partner/council, reference: contract 1, from: 2026-01-01, until: 2027-01-01}]
  - id: small.example/partner/archive
    name: The Archive
    sector: public
    capacities: [{capacity: archive}]
    units: [{name: vault, title: The vault, capacities: [{capacity: vault}]}]
  - id: small.example/partner/docks
    name: The Dock Constables
    sector: public
    capacities: [{capacity: constables}]
  - id: small.example/partner/person
    name: A person
    sector: individual
    capacities: [{capacity: individual}]
""",
    "partnership.yaml",
)

ITEMS = {
    name: Item(id=f"small.example/item/{name}", title=name, kinds=kinds)
    for name, kinds in {
        "name": ("identity",),
        "address": ("personal",),
        "health": ("special-category:health",),
        "offence": ("criminal-offence",),
        "diagnosis": ("patient",),
        "counts": ("statistical",),
        "incident": ("event",),
        "prices": ("commercial",),
        "note": ("information",),
    }.items()
}

WRITTEN = """schema: 1
id: small.example/agreement/watch
title: Watch agreement
version: 1
family: operational
register: small
parties:
  - {called: council, partner: small.example/partner/council}
  - {called: police, partner: small.example/partner/police}
purposes: [safety]
flows:
  - id: daily
    from: council
    to: police
    purpose: safety
    items: [small.example/item/name, small.example/item/address]
    mode: feed
    powers: [watch-s1]
    retention: {for: P1Y}
term: {from: 2026-01-01, until: 2027-01-01}
review: {next: 2026-12-15}
"""


# ---- the law ---------------------------------------------------------------------------


def entry(id: str, *routes: dict[str, object], kind: str = "power", **more: object) -> dict[str, object]:
    """One more provision; a route without an id is called after its place."""
    return {
        "id": id,
        "citation": f"{id} Act",
        "title": id,
        "kind": kind,
        "summary": id,
        "source": "https://law.example/9",
        "evidence": "read",
        "checked": "2026-11-01",
        "in_force": [{}],
        "routes": [{"id": f"route-{at}", "step": "power"} | route for at, route in enumerate(routes, 1)],
        **more,
    }


def law(*entries: dict[str, object], drop: tuple[str, ...] = (), said: dict[str, bool] | None = None) -> Register:
    """The small register without some entries, with others, and with what an officer has said about `entry.path`."""
    kept = [one for one in ENTRIES if one["id"] not in drop]
    register = load("small", {"small.yaml": json.dumps({"provisions": [*kept, *entries]})}, VOCABULARY)
    return register.confirmed(confirmation(path, value) for path, value in (said or {}).items())


def confirmation(path: str, value: bool = True, when: str = "2026-11-02") -> Confirmation:
    entry_, _, rest = path.partition(".")
    return Confirmation(
        entry=entry_, path=rest, value=value, who="A. Marsh", when=date.fromisoformat(when), source="read"
    )


LAW = law()


# ---- the question ------------------------------------------------------------------------


def partner(name: str) -> str:
    return f"small.example/partner/{name}"


def item(name: str = "name", **more: object) -> ProposedItem:
    return ProposedItem.model_validate({"item": ITEMS[name].id, "kinds": ITEMS[name].kinds, **more})


def party(name: str, unit: str | None = None, acting_for: str | None = None) -> PartyRef:
    return PartyRef(partner=partner(name), unit=unit, acting_for=partner(acting_for) if acting_for else None)


def proposal(giver: str | PartyRef = "council", receiver: str | PartyRef = "police", **more: object) -> Proposal:
    """The name of one person, from the council to the police, for safety."""
    ends = [party(one) if isinstance(one, str) else one for one in (giver, receiver)]
    return Proposal.model_validate(
        {
            "id": "q",
            "discloser": ends[0],
            "recipient": ends[1],
            "purpose": "safety",
            "on": DAY,
            "items": [item()],
            **more,
        }
    )


def world(
    register: Register = LAW,
    judgements: tuple[Judgement, ...] = (),
    agreements: tuple[SignedAgreement, ...] = (),
    partnership: Partnership = PARTNERSHIP,
) -> World:
    return World(partnership, register, agreements, judgements)


def case(
    asked: Proposal | None = None,
    register: Register = LAW,
    judgements: tuple[Judgement, ...] = (),
    agreements: tuple[SignedAgreement, ...] = (),
) -> Case:
    return world(register, judgements, agreements).case(asked or proposal())


def judgement(
    test: str,
    answer: str = "yes",
    *,
    office: str = "lead",
    by: str = "council",
    scope: dict[str, object] | None = None,
    **more: object,
) -> Judgement:
    """An answer given for this case, by the council's information lead."""
    return Judgement.model_validate(
        {
            "id": f"{test}-{answer}",
            "test": test,
            "answer": answer,
            "by": "A. Lead",
            "office": office,
            "partner": partner(by),
            "reasons": "looked at it",
            "scope": scope or {"instance": "q"},
            "from": DAY,
            **more,
        }
    )


YES = (judgement("necessary"), judgement("proportionate"))


def declared(**more: object) -> dict[str, object]:
    return {
        "declared_by": "B. Duty",
        "office": "officer",
        "reason": "threat",
        "life_at_risk": "a tenant",
        "recipient_named": "the desk",
        **more,
    }


# ---- the agreement -----------------------------------------------------------------------

WATCH = "small.example/agreement/watch"
FOR_THE_FLOW = {"agreement": WATCH, "flow": "daily"}
FOR_THE_AGREEMENT = {"agreement": WATCH}


def agreement(flow: dict[str, object] | None = None, **more: object) -> Agreement:
    """The watch agreement, with its flow and itself changed."""
    written = read_yaml(WRITTEN, "watch.yaml").value
    assert isinstance(written, dict)
    written["flows"][0].update(flow or {})
    return Agreement.model_validate({**written, **more})


def signed(
    flow: dict[str, object] | None = None,
    *,
    by: tuple[str, ...] = ("council", "police"),
    signed_on: dict[str, date] | None = None,
    **more: object,
) -> SignedAgreement:
    text = agreement(flow, **more)
    return SignedAgreement(
        agreement=text,
        signed_by=tuple(partner(one) for one in by),
        digest=digest(text),
        signed_on=tuple((partner(name), day) for name, day in (signed_on or {}).items()),
    )


def names(register: Register = LAW, partnership: Partnership = PARTNERSHIP, *more: Item) -> Names:
    return Names.of(partnership, register, [*ITEMS.values(), *more], [WATCH])


def written_agreement(text: str = WRITTEN) -> tuple[Agreement, object]:
    """The agreement as a file, with the lines it stands on."""
    document = read_yaml(text, "watch.yaml")
    return build(Agreement, document), document


# ---- what was said -----------------------------------------------------------------------


def brief(reasons: tuple[Reason, ...]) -> list[tuple[str, str]]:
    """Each reason as its code and the rule (or the fact) that it names."""
    return [(one.code, one.rests_on or one.fact or "") for one in reasons]


def told(finding: Finding) -> tuple[bool | None, list[tuple[str, str]]]:
    return finding.value, brief(finding.reasons)


def against(answer: Answer) -> list[tuple[str, str]]:
    return brief(answer.against)
