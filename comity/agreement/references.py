"""Does every name in an agreement answer to something, and to one thing only?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comity.agreement import prose
from comity.agreement.known import Reading, Rule
from comity.agreement.model import Agreement, AgreementParty
from comity.source import Path, Problem
from comity.terms import REASON_CODES, listed, slug_of


def parties_known(reading: Reading) -> Iterator[Problem]:
    """Parties, and the parts of them, are in the partnership's list."""
    if reading.known.partnership is None:
        return
    partners = {partner.id: partner for partner in reading.known.partnership.partners}
    for at, party in enumerate(reading.agreement.parties):
        partner = partners.get(party.partner or "")
        if party.partner and partner is None:
            yield reading.unknown(
                ("parties", at, "partner"), "partner", party.partner, partners, "Add it to partnership.yaml."
            )
        if partner and party.unit and party.unit not in (units := [u.name for u in partner.units]):
            yield reading.unknown(
                ("parties", at, "as"),
                "part of " + partner.name,
                party.unit,
                units,
                f"Add it to the units of {partner.called}.",
            )


def references(reading: Reading) -> Iterator[Problem]:
    """Every party, item, section, flow, purpose, fact, provision and agreement named is there."""
    for what, known, found in _names(reading):
        if known is None:
            continue
        for path, name in found:
            if name not in known:
                yield reading.unknown(path, what, name, known, _WHERE[what])


_WHERE = {
    "party": "Add it to `parties`, or use the name it is called by there.",
    "section": "Add the section, or correct the reference.",
    "purpose": "Use a purpose of the vocabulary.",
    "fact or test": "Use a fact of the vocabulary.",
    "kind of information": "Use a kind of the vocabulary.",
    "capacity": "Use a capacity of the vocabulary.",
    "provision": "Use an entry of the register, or add a local one.",
    "prescribed set": "Use a set that the register prescribes, or take it out.",
    "judgement": "Record the judgement, or take the reference out.",
    "agreement": "Put the agreement into the folder, or correct the id.",
    "area": "Add it to `areas`, or correct it.",
    "reason code": "Use a code from the reference of reason codes.",
}
Named = Iterator[tuple[Path, str]]


def _names(reading: Reading) -> Iterator[tuple[str, Iterable[str] | None, Named]]:
    agreement, known = reading.agreement, reading.known
    yield "party", reading.parties, _party_names(agreement)
    yield "section", {section.id for section in agreement.sections}, _section_names(agreement)
    yield "purpose", known.purposes, _purpose_names(agreement)
    yield "fact or test", known.facts, _fact_names(agreement)
    yield "kind of information", known.kinds, _kind_names(agreement)
    yield (
        "capacity",
        known.capacities,
        _each((("parties", at, "capacities"), party.capacities) for at, party in enumerate(agreement.parties)),
    )
    yield "provision", known.provisions, _provision_names(agreement)
    yield (
        "prescribed set",
        known.sets,
        _each((("flows", at, "set"), [flow.set]) for at, flow in reading.flows() if flow.set),
    )
    yield (
        "judgement",
        known.judgements,
        _each((("flows", at, "relies_on"), flow.relies_on) for at, flow in reading.flows()),
    )
    yield (
        "agreement",
        known.agreements,
        _each(((key,), getattr(agreement, key)) for key in ("inherits", "supersedes", "schedules")),
    )
    yield "area", agreement.areas or None, _each((("flows", at, "areas"), flow.areas) for at, flow in reading.flows())
    codes = agreement.refusal.codes if agreement.refusal else ()
    yield "reason code", REASON_CODES, _each([(("refusal", "codes"), codes)])


def _each(lists: Iterable[tuple[Path, Iterable[str]]]) -> Named:
    for path, names in lists:
        yield from ((path, name) for name in names)


def _party_names(agreement: Agreement) -> Named:
    for at, flow in enumerate(agreement.flows):
        yield from _each([(("flows", at, "from"), flow.from_), (("flows", at, "to"), flow.to)])
        if flow.onward.rule == "listed":
            yield from _each([(("flows", at, "onward", "to"), flow.onward.to)])
    yield from _each((("never", at, "to"), clause.to) for at, clause in enumerate(agreement.never))
    for at, party in enumerate(agreement.parties):
        yield from _each(
            [
                (("parties", at, "acting_for"), filter(None, [party.acting_for])),
                (("parties", at, "signs", "on_behalf_of"), party.signs.on_behalf_of if party.signs else ()),
            ]
        )
    if agreement.amendment:
        yield from _each([(("amendment", "signs_again"), agreement.amendment.signs_again)])


def _section_names(agreement: Agreement) -> Named:
    for at, section in enumerate(agreement.sections):
        yield from _each([(("sections", at, "refers_to"), section.refers_to)])
        yield from _each([(("sections", at, "text"), prose.links(section.text))])
    for at, part in enumerate(agreement.publication.redacted):
        yield ("publication", "redacted", at, "section"), part.section


def _purpose_names(agreement: Agreement) -> Named:
    yield from _each([(("purposes",), agreement.purposes)])
    yield from ((("flows", at, "purpose"), flow.purpose) for at, flow in enumerate(agreement.flows))
    yield from _each((("never", at, "purposes"), one.purposes) for at, one in enumerate(agreement.never))


def _fact_names(agreement: Agreement) -> Named:
    yield from _each([(("preconditions",), agreement.preconditions)])
    yield from _each((("flows", at, "needs"), flow.needs) for at, flow in enumerate(agreement.flows))
    yield from _each((("never", at, "unless"), one.unless) for at, one in enumerate(agreement.never))


def _kind_names(agreement: Agreement) -> Named:
    yield from _each((("items", at, "kinds"), item.kinds) for at, item in enumerate(agreement.items))
    yield from _each((("never", at, "kinds"), one.kinds) for at, one in enumerate(agreement.never))


def _provision_names(agreement: Agreement) -> Named:
    for at, flow in enumerate(agreement.flows):
        yield from _each(
            [
                (("flows", at, "powers"), flow.powers),
                (("flows", at, "bases"), flow.bases),
                (("flows", at, "conditions"), flow.conditions),
            ]
        )
    if agreement.amendment:
        yield from _each([(("amendment", "because_of_law"), agreement.amendment.because_of_law)])


def items_defined(reading: Reading) -> Iterator[Problem]:
    """Every item that a flow or a clause names is defined, here or in a list that is known."""
    if reading.known.items is None:
        return
    agreement = reading.agreement
    named = _each((("flows", at, "items"), flow.items) for at, flow in reading.flows())
    barred = _each((("never", at, "items"), clause.items) for at, clause in enumerate(agreement.never))
    for path, name in (*named, *barred):
        if reading.item(name) is None:
            yield reading.unknown(path, "item", name, reading.item_names(), "Define it under `items`, with its kinds.")


def items_as_listed(reading: Reading) -> Iterator[Problem]:
    """An item defined here is of the kinds it has in the list it comes from."""
    for at, item in enumerate(reading.agreement.items):
        other = (reading.known.items or {}).get(item.id)
        if other and other.kinds != item.kinds:
            yield reading.note(
                ("items", at, "kinds"),
                "item-in-wrong-category",
                f"{slug_of(item.id)} is {listed(item.kinds)} here and {listed(other.kinds)} in the list of items.",
                "Use the kinds of the list, or give your item an id of its own.",
            )


def names_once(reading: Reading) -> Iterator[Problem]:
    """Within a text a name stands for one thing."""
    agreement = reading.agreement
    lists = {
        "parties": [party.called for party in agreement.parties],
        "items": [item.id for item in agreement.items],
        "flows": [flow.id for flow in agreement.flows],
        "never": [clause.id for clause in agreement.never],
        "sections": [section.id for section in agreement.sections],
    }
    for key, names in lists.items():
        for at, name in enumerate(names):
            if name in names[:at]:
                yield reading.note(
                    (key, at), "duplicate-name", f"{name} stands twice in `{key}`.", "Give one of the two another name."
                )


def purposes_agreed(reading: Reading) -> Iterator[Problem]:
    """A flow serves a purpose of the agreement, and every purpose is served by a flow."""
    agreed = set(reading.agreement.purposes)
    served = {one for flow in reading.agreement.flows for one in reading.known.purposes_of(flow.purpose)}
    for at, flow in reading.flows():
        if not agreed & reading.known.purposes_of(flow.purpose):
            yield reading.note(
                ("flows", at, "purpose"),
                "purpose-not-agreed",
                f"{flow.purpose} is not among the purposes of the agreement.",
                "Add it to `purposes`, or correct the flow.",
            )
    for purpose in sorted(agreed - served):
        yield reading.note(
            ("purposes",),
            "purpose-unused",
            f"No flow serves the purpose {purpose}.",
            "Add a flow for it, or take the purpose out.",
            grade="warning",
        )


def links_between_parties(reading: Reading) -> Iterator[Problem]:
    """Acting for another needs a link that the partnership knows on the day."""
    partnership, on = reading.known.partnership, reading.known.on
    for at, party in enumerate(reading.agreement.parties):
        principal = reading.agreement.party(party.acting_for or "")
        if partnership is None or principal is None or not party.partner:
            continue
        links = [link for one in partnership.partners if one.id == party.partner for link in one.acts_for]
        if not any(link.partner == principal.partner and link.holds_on(on) for link in links):
            yield reading.note(
                ("parties", at, "acting_for"),
                "no-such-link",
                f"The partnership's list does not say that {party.called} acts for {principal.called}.",
                "Add `acts_for:` with the reference of the contract, or correct it.",
            )


def capacity_held(reading: Reading) -> Iterator[Problem]:
    """A party takes part in capacities that it holds when the agreement begins."""
    for at, party in enumerate(reading.agreement.parties):
        held = _held(reading, party)
        for capacity in sorted(set(party.capacities) - held) if held is not None else ():
            yield reading.note(
                ("parties", at, "capacities"),
                "capacity-not-held",
                f"{party.called} does not hold the capacity {capacity} on {reading.known.on}.",
                "Correct it here, or the dates in partnership.yaml.",
                grade="warning",
            )


def _held(reading: Reading, party: AgreementParty) -> set[str] | None:
    partnership, on = reading.known.partnership, reading.known.on
    if partnership is None or party.partner not in {partner.id for partner in partnership.partners}:
        return None
    partner = partnership.partner(party.partner)
    units = [unit for unit in partner.units if unit.name == party.unit]
    every = (*partner.capacities, *(held for unit in units for held in unit.capacities))
    return {held.capacity for held in every if held.held_on(on)}


RULES: tuple[Rule, ...] = (
    parties_known,
    references,
    items_defined,
    items_as_listed,
    names_once,
    purposes_agreed,
    links_between_parties,
    capacity_held,
)
