"""The agreement as ODRL: what may be used, by whom, for what, in the W3C's policy language.

The form is the compact JSON-LD of ODRL 2.2. Purposes and roles carry terms of
the Data Privacy Vocabulary (DPV 2). What ODRL cannot say (legal powers, tests,
signatures) stays in the agreement, which the policy names by its digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comity.agreement.model import Agreement, AgreementParty, Flow, Never, Term
from comity.canonical import digest
from comity.terms import Form

CONTEXT: list[object] = [
    "http://www.w3.org/ns/odrl.jsonld",
    {
        "dpv": "https://w3id.org/dpv#",
        "dct": "http://purl.org/dc/terms/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    },
]
PROFILE = "https://comity.example/odrl/profile"
ELSEWHERE = "dpv:PublicBenefit"
PURPOSES = {
    "crime-and-disorder-strategy": "dpv:ProtectionOfPublicSecurity",
    "reduce-crime-disorder": "dpv:ProtectionOfPublicSecurity",
    "combat-substance-misuse": "dpv:ProtectionOfPublicSecurity",
    "reduce-reoffending": "dpv:ProtectionOfPublicSecurity",
    "prevent-serious-violence": "dpv:ProtectionOfPublicSecurity",
    "law-enforcement": "dpv:ProtectionOfPublicSecurity",
    "prevent-detect-crime": "dpv:ProtectionOfPublicSecurity",
    "investigate": "dpv:ProtectionOfPublicSecurity",
    "prosecute": "dpv:ProtectionOfPublicSecurity",
    "apprehend": "dpv:ProtectionOfPublicSecurity",
    "asb-enforcement": "dpv:ProtectionOfPublicSecurity",
    "serious-organised-crime-disruption": "dpv:ProtectionOfPublicSecurity",
    "strategic-assessment": "dpv:PublicPolicyMaking",
    "prevent-radicalisation": "dpv:Counterterrorism",
    "prevent-fraud": "dpv:FraudPreventionAndDetection",
    "economic-crime-compliance": "dpv:CounterMoneyLaundering",
    "public-service-delivery": "dpv:ImprovePublicServices",
    "direct-care": "dpv:ImproveHealthcare",
    "public-health": "dpv:ImproveHealthcare",
    "statistics": "dpv:ProvideOfficialStatistics",
    "research": "dpv:NonCommercialResearch",
}
"""The nearest DPV purpose; a purpose that is not listed is of public benefit."""

FORMS = {
    Form.IDENTIFIABLE: "dpv:PersonalData",
    Form.PSEUDONYMISED: "dpv:PseudonymisedData",
    Form.DEPERSONALISED: "dpv:ContextuallyAnonymisedData",
    Form.AGGREGATE: "dpv:AnonymisedData",
}
ROLES = {
    "controller": "dpv:DataController",
    "joint-controller": "dpv:JointDataControllers",
    "processor": "dpv:DataProcessor",
}

Node = dict[str, object]


def as_odrl(agreement: Agreement) -> Node:
    """The policy: a permission for each flow, a prohibition for each clause, a duty to let go."""
    return {
        "@context": CONTEXT,
        "@type": "Agreement",
        "uid": _iri(agreement.id, f"v{agreement.version}"),
        "profile": PROFILE,
        "conflict": "prohibit",
        "dct:title": agreement.title,
        "dct:identifier": digest(agreement),
        "permission": [_permission(agreement, flow) for flow in agreement.flows],
        "prohibition": [*_forbidden(agreement), *_onward(agreement)],
        "obligation": [*_retention(agreement), *_correction(agreement)],
    }


def _permission(agreement: Agreement, flow: Flow) -> Node:
    node: Node = {
        **_ends(agreement, flow),
        "action": "use",
        "target": _asset(agreement, flow),
        "constraint": [_purpose(flow.purpose), *_time(agreement.term)],
    }
    if flow.powers:
        node["dct:references"] = [{"@id": f"https://comity.example/provision/{power}"} for power in flow.powers]
    if flow.onward.rule == "owner-consent":
        node["duty"] = [{"action": "obtainConsent", "constraint": [_event("distribute")]}]
    return node


def _ends(agreement: Agreement, flow: Flow) -> Node:
    return {
        "uid": _iri(agreement.id, "flow", flow.id),
        "assigner": _parties(agreement, flow.from_),
        "assignee": _parties(agreement, flow.to),
    }


def _forbidden(agreement: Agreement) -> Iterator[Node]:
    for clause in agreement.never:
        node: Node = {
            "uid": _iri(agreement.id, "never", clause.id),
            "action": "use",
            "target": _barred(agreement, clause),
            "skos:note": clause.text.strip(),
        }
        if clause.to:
            node["assignee"] = _parties(agreement, clause.to)
        if clause.purposes:
            node["constraint"] = [_purpose(*clause.purposes)]
        yield node


def _onward(agreement: Agreement) -> Iterator[Node]:
    """What may not be passed on, by flow."""
    for flow in agreement.flows:
        if flow.onward.rule == "never":
            yield {
                **_ends(agreement, flow),
                "uid": _iri(agreement.id, "onward", flow.id),
                "action": "distribute",
                "target": _asset(agreement, flow),
            }


def _retention(agreement: Agreement) -> Iterator[Node]:
    for flow in agreement.flows:
        if flow.retention and flow.retention.for_:
            yield {
                **_ends(agreement, flow),
                "uid": _iri(agreement.id, "retention", flow.id),
                "action": "delete",
                "target": _asset(agreement, flow),
                "constraint": [_constraint("elapsedTime", "lteq", _typed(flow.retention.for_, "duration"))],
            }


def _correction(agreement: Agreement) -> Iterator[Node]:
    """Whoever gave something that was wrong tells whoever has it."""
    for flow in agreement.flows:
        if flow.correction:
            yield {
                "uid": _iri(agreement.id, "correction", flow.id),
                "action": "inform",
                "assignee": _parties(agreement, flow.from_),
                "target": _asset(agreement, flow),
                "skos:note": flow.correction,
            }


def _asset(agreement: Agreement, flow: Flow) -> Node:
    return {
        "@type": ["AssetCollection", FORMS[flow.form]],
        "uid": _iri(agreement.id, "items", flow.id),
        "dct:hasPart": [{"@id": _iri(agreement.item_id(name))} for name in flow.items],
    }


def _barred(agreement: Agreement, clause: Never) -> Node:
    parts: list[Node] = [{"@id": _iri(agreement.item_id(name))} for name in clause.items]
    parts += [{"@id": f"https://comity.example/kind/{kind}"} for kind in clause.kinds]
    return {"@type": "AssetCollection", "uid": _iri(agreement.id, "barred", clause.id), "dct:hasPart": parts}


def _parties(agreement: Agreement, called: Iterable[str]) -> list[Node]:
    found = (agreement.party(name) for name in called)
    return [_party(agreement, party) for party in found if party]


def _party(agreement: Agreement, party: AgreementParty) -> Node:
    kinds = ["Party", *filter(None, [ROLES.get(party.role)])]
    uid = _iri(party.partner) if party.partner else _iri(agreement.id, "party", party.called)
    return {"@type": kinds, "uid": uid, "dct:title": party.called}


def _purpose(*purposes: str) -> Node:
    terms = [
        {
            "@id": f"https://comity.example/purpose/{purpose}",
            "@type": "dpv:Purpose",
            "skos:broadMatch": {"@id": PURPOSES.get(purpose, ELSEWHERE)},
        }
        for purpose in purposes
    ]
    return _constraint("purpose", "isAnyOf", terms)


def _time(term: Term) -> Iterator[Node]:
    """The term: from its first day, and before the day on which it no longer runs."""
    yield _constraint("dateTime", "gteq", _typed(term.from_.isoformat(), "date"))
    if term.until:
        yield _constraint("dateTime", "lt", _typed(term.until.isoformat(), "date"))


def _event(action: str) -> Node:
    return _constraint("event", "lt", {"@id": f"http://www.w3.org/ns/odrl/2/{action}"})


def _constraint(left: str, operator: str, right: object) -> Node:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _typed(value: str, kind: str) -> Node:
    return {"@value": value, "@type": f"xsd:{kind}"}


def _iri(id: str, *more: str) -> str:
    """A global id as an address; it need not lead anywhere."""
    return "https://" + "/".join((id, *more))
