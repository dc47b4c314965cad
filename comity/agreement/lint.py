"""What is wrong with this agreement, as far as its own text shows?

Nothing here asks the law: `check/lint.py` does that. Every finding is a value
with its line, a sentence and a remedy. An *error* must be settled before
anybody signs; a *warning* is for a person to weigh.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import combinations

from comity.agreement import prose
from comity.agreement.known import Known, Reading
from comity.agreement.model import Agreement, AgreementParty, Flow, Never, Retention
from comity.canonical import digest, plain
from comity.source import Document, Path, Problem
from comity.terms import REASON_CODES, Form, Period, after, listed, slug_of

IDENTIFIES = (Form.IDENTIFIABLE, Form.PSEUDONYMISED)

__all__ = ["Known", "lint", "lint_together"]


def lint(agreement: Agreement, document: Document, known: Known) -> tuple[Problem, ...]:
    """Every problem that is visible in the text, in the order of its lines."""
    reading = Reading(agreement, document, known)
    return tuple(sorted({problem for rule in RULES for problem in rule(reading)}))


def lint_together(texts: Iterable[tuple[Agreement, Document]]) -> tuple[Problem, ...]:
    """Problems between agreements: two texts that go by one name."""
    seen: dict[tuple[str, int], Document] = {}
    problems = []
    for agreement, document in texts:
        key = (agreement.id, agreement.version)
        if key in seen:
            problems.append(_same_name(agreement, document, seen[key]))
        seen.setdefault(key, document)
    return tuple(sorted(problems))


def _same_name(agreement: Agreement, document: Document, other: Document) -> Problem:
    return document.problem(
        ("id",),
        "duplicate-agreement",
        f"{other.file} is also {agreement.id}, version {agreement.version}.",
        "Give this agreement an id of its own, or the next version number.",
    )


# ---- does every name answer to something? ------------------------------------


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


# ---- do the lists of parties agree? ------------------------------------------


def parties_take_part(reading: Reading) -> Iterator[Problem]:
    """Every party gives or receives something; an observer does neither."""
    agreement = reading.agreement
    named = {name for flow in agreement.flows for name in (*flow.from_, *flow.to)}
    for at, party in enumerate(agreement.parties):
        if party.role != "observer" and party.called not in named and agreement.flows:
            yield reading.note(
                ("parties", at),
                "party-in-no-flow",
                f"No flow names {party.called}.",
                "Add it to a flow, make it an observer, or take it out.",
                grade="warning",
            )
        if party.role == "observer" and party.called in named:
            yield reading.note(
                ("parties", at, "role"),
                "observer-in-flow",
                f"{party.called} is an observer and yet named by a flow.",
                "Give it another role, or take it out of the flow.",
            )
    for at, flow in reading.flows():
        if alone := sorted(name for name in flow.from_ if set(flow.to) == {name}):
            yield reading.note(
                ("flows", at, "to"),
                "flow-to-itself",
                f"{listed(alone)} gives only to itself in flow {flow.id}.",
                "Name another recipient, or take the flow out.",
            )


def signatures_agree(reading: Reading) -> Iterator[Problem]:
    """Each partner signs, once: for itself or through another that signs for it."""
    agreement = reading.agreement
    signing = Counter(party.partner for party in agreement.parties if party.signs and party.partner)
    bound = {name for party in agreement.parties if party.signs for name in party.signs.on_behalf_of}
    for at, party in enumerate(agreement.parties):
        if party.signs and party.partner and signing[party.partner] > 1:
            yield reading.note(
                ("parties", at, "signs"),
                "signs-twice",
                f"{party.partner} signs {signing[party.partner]} times.",
                "Keep one signatory for each body.",
                grade="warning",
            )
        if party.partner and not signing[party.partner] and party.called not in bound:
            yield reading.note(
                ("parties", at),
                "party-does-not-sign",
                f"Nobody signs for {party.called}.",
                "Give it `signs:`, or name it in another's `on_behalf_of`.",
                grade="warning" if party.role == "observer" else "error",
            )


# ---- do the promises fit together? -------------------------------------------


def overlapping_flows(reading: Reading) -> Iterator[Problem]:
    """One promise for one thing: two flows that cover the same must not differ."""
    for (_, one), (at, other) in combinations(reading.flows(), 2):
        if not (shared := _shared(one, other)):
            continue
        differing = _differing(one, other)
        what = f"{one.id} and {other.id} both promise {listed(shared)} to the same party for {one.purpose}"
        if differing:
            yield reading.note(
                ("flows", at),
                "contradictory-flows",
                f"{what}, with another {listed(differing)}.",
                "Say it in one flow, or take the item out of one of them.",
            )
        else:
            yield reading.note(
                ("flows", at), "overlapping-flows", f"{what}.", "Keep it in one of them.", grade="warning"
            )


_SAME_STREAM = ("purpose", "form", "mode", "forum", "flag_only", "set", "subjects")


def _shared(one: Flow, other: Flow) -> list[str]:
    """The items two flows promise twice over: same ends, purpose, form, mode and time."""
    same = all(getattr(one, key) == getattr(other, key) for key in _SAME_STREAM)
    meet = bool(set(one.from_) & set(other.from_)) and bool(set(one.to) & set(other.to))
    there = not one.areas or not other.areas or bool(set(one.areas) & set(other.areas))
    then = _period(one).overlaps(_period(other))
    return sorted(set(one.items) & set(other.items)) if same and meet and there and then else []


def _period(flow: Flow) -> Period:
    return Period(from_=flow.from_date, until=flow.until_date)


def _differing(one: Flow, other: Flow) -> list[str]:
    return [key for key in ("handling", "onward", "retention") if getattr(one, key) != getattr(other, key)]


def promises_kept(reading: Reading) -> Iterator[Problem]:
    """No flow promises what a clause without an exception says never goes."""
    for at, flow in reading.flows():
        for clause in reading.agreement.never:
            if barred := _barred(reading, flow, clause):
                yield reading.note(
                    ("flows", at, "items"),
                    "contradictory-clauses",
                    f"Flow {flow.id} promises {listed(barred)} to {listed(_reached(reading, flow, clause))}; "
                    f"clause {clause.id} says never.",
                    "Take the item or the party out of one of them, or give the clause an exception.",
                )


def _barred(reading: Reading, flow: Flow, clause: Never) -> list[str]:
    """The items of a flow that a clause forbids to at least one of its recipients."""
    for_it = not clause.purposes or set(clause.purposes) & reading.known.purposes_of(flow.purpose)
    if clause.unless or not for_it or not _reached(reading, flow, clause):
        return []
    forbidden = {reading.agreement.item_id(name) for name in clause.items}
    return [
        name
        for name in flow.items
        if reading.agreement.item_id(name) in forbidden or reading.kinds(name) & set(clause.kinds)
    ]


def _reached(reading: Reading, flow: Flow, clause: Never) -> list[str]:
    """The recipients of a flow that a clause speaks of; it speaks of a partner in all its parts."""
    partners = reading.agreement.partner_ids(clause.to)
    return [
        name
        for name in flow.to
        if not clause.to or name in clause.to or reading.agreement.partner_ids((name,)) & partners
    ]


def clauses_say_something(reading: Reading) -> Iterator[Problem]:
    for at, clause in enumerate(reading.agreement.never):
        if not clause.items and not clause.kinds:
            yield reading.note(
                ("never", at),
                "clause-without-effect",
                f"Clause {clause.id} names no item and no kind, so it forbids nothing.",
                "Say what never goes: `items:` or `kinds:`.",
            )


def flows_complete(reading: Reading) -> Iterator[Problem]:
    """A flow has two ends and a content; a standing one also a rhythm."""
    for at, flow in reading.flows():
        for key, value in (("from", flow.from_), ("to", flow.to), ("items", flow.items)):
            if not value:
                yield reading.note(
                    ("flows", at),
                    "empty-flow",
                    f"Flow {flow.id} has nothing under `{key}`.",
                    "Fill it in, or remove the flow.",
                )
        if flow.mode == "feed" and flow.schedule is None:
            yield reading.note(
                ("flows", at),
                "no-schedule",
                f"Flow {flow.id} is a feed without a schedule.",
                "Say `schedule: {every: P1M}` or what event starts it.",
                grade="warning",
            )


# ---- retention and time ------------------------------------------------------


def retention_stated(reading: Reading) -> Iterator[Problem]:
    """How long it is kept: said for every flow, and no longer than the agreement runs."""
    term = reading.agreement.term
    for at, flow in reading.flows():
        if flow.retention is None or not _says(flow.retention):
            yield reading.note(
                ("flows", at),
                "no-retention",
                f"Flow {flow.id} does not say how long it is kept.",
                "Write `retention: {for: P1Y}`.",
                grade="error" if flow.form in IDENTIFIES else "warning",
            )
        elif term.until and _outlasts(flow.retention, term.from_, term.until):
            yield reading.note(
                ("flows", at, "retention"),
                "retention-beyond-term",
                f"Flow {flow.id} lets it be kept for {flow.retention.for_}: longer than the agreement runs.",
                "Shorten it, or say under `beyond_term` why that is needed.",
                grade="warning",
            )


def _says(retention: Retention) -> bool:
    return bool(retention.for_ or retention.from_event or retention.or_until or retention.after_death)


def _outlasts(retention: Retention, start: date, end: date) -> bool:
    return bool(retention.for_ and not retention.beyond_term and after(start, retention.for_) > end)


def term_stated(reading: Reading) -> Iterator[Problem]:
    """When it begins and ends, in that order, and whether it was registered in time."""
    term, agreement = reading.agreement.term, reading.agreement
    if term.until is None and not term.while_:
        yield reading.note(
            ("term",),
            "no-term",
            "The agreement has no end.",
            "Give `until:` (a date), or `while:` what keeps it going.",
            grade="warning",
        )
    if term.until and term.until <= term.from_:
        yield reading.note(
            ("term", "until"),
            "ends-before-it-begins",
            f"The agreement ends on {term.until} and begins on {term.from_}.",
            "Correct the dates.",
        )
    if agreement.registered and agreement.registered > term.from_:
        yield reading.note(
            ("registered",),
            "registered-late",
            f"It was registered on {agreement.registered}, after it began on {term.from_}.",
            "Register an agreement before anything is shared under it.",
            grade="warning",
        )
    yield from _stray_dates(reading)


def _stray_dates(reading: Reading) -> Iterator[Problem]:
    """Dates of flows, parties and suspensions lie within the term."""
    term = reading.agreement.term
    within = Period(from_=term.from_, until=term.until)
    dated = [(("flows", at), flow.id, _period(flow)) for at, flow in reading.flows()]
    dated += [
        (("parties", at), party.called, Period(from_=party.joined, until=party.left))
        for at, party in enumerate(reading.agreement.parties)
    ]
    dated += [(("suspended", at), "A suspension", one) for at, one in enumerate(reading.agreement.suspended)]
    for path, name, period in dated:
        if period.from_ and period.until and period.until <= period.from_:
            yield reading.note(path, "ends-before-it-begins", f"{name} ends before it begins.", "Correct the dates.")
        elif not within.overlaps(period):
            yield reading.note(
                path,
                "outside-the-term",
                f"{name} has no day within the term of the agreement.",
                "Correct the dates.",
                grade="warning",
            )


def review_dated(reading: Reading) -> Iterator[Problem]:
    """The next review: there, ahead, and before the end."""
    review, term, on = reading.agreement.review, reading.agreement.term, reading.known.on
    path: Path = ("review", "next") if review.next else ("review",)
    if review.next is None and not (review.first_after or review.every):
        yield reading.note(
            path, "no-review", "No review is planned.", "Write `review: {next: 2027-04-01}` or `every: P1Y`."
        )
    due = review.next or _first_review(reading.agreement)
    if due is None:
        return
    if due <= on and not (term.until and term.until <= on):
        yield reading.note(
            path,
            "review-overdue",
            f"The review was due on {due}.",
            "Review it and sign the next version, even if nothing changes.",
            grade="warning",
        )
    if term.until and due == term.until:
        yield reading.note(
            path,
            "review-at-the-end",
            "The review is due on the day the agreement ends.",
            "Plan it early enough for a new version to be signed.",
            grade="warning",
        )
    if term.until and due > term.until:
        yield reading.note(
            path,
            "review-after-the-end",
            f"The review is due on {due}, after the agreement ends on {term.until}.",
            "Plan it before the end.",
        )


def _first_review(agreement: Agreement) -> date | None:
    """The first review when no date is given; later ones are not known from the text."""
    return after(agreement.term.from_, agreement.review.first_after) if agreement.review.first_after else None


def version_unused(reading: Reading) -> Iterator[Problem]:
    """A text that is out in the world keeps its version number to itself."""
    agreement = reading.agreement
    other = reading.known.digests.get((agreement.id, agreement.version))
    if other and other != digest(agreement):
        yield reading.note(
            ("version",),
            "version-taken",
            f"Version {agreement.version} is already out, with another text.",
            f"Make this version {agreement.version + 1} and say under `amendment` what changed.",
        )
    if agreement.version > 1 and agreement.amendment is None:
        yield reading.note(
            ("version",),
            "no-amendment",
            f"Version {agreement.version} does not say what changed and why.",
            "Add `amendment:` with a reason and the changes; a review without change is one too.",
            grade="warning",
        )


def clauses_once(reading: Reading) -> Iterator[Problem]:
    """No two clauses say the same under different names."""
    for (_, one), (at, other) in combinations(enumerate(reading.agreement.never), 2):
        if {**plain(one), "id": ""} == {**plain(other), "id": ""}:
            yield reading.note(
                ("never", at),
                "duplicate-clause",
                f"Clause {other.id} repeats clause {one.id}.",
                "Keep one of them.",
                grade="warning",
            )


def refusal_stated(reading: Reading) -> Iterator[Problem]:
    """Who says no gives a reason: no agreement that was read had such a clause, so it is asked for."""
    if reading.agreement.refusal is None:
        yield reading.note(
            (),
            "no-refusal",
            "Nothing says how a partner refuses, and with what reason.",
            "Add `refusal:` with codes, a time limit and who hears an appeal.",
        )
    elif not reading.agreement.refusal.codes:
        yield reading.note(
            ("refusal",),
            "no-refusal",
            "No reason is listed with which a partner may refuse.",
            "List the codes under `refusal`.",
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


Rule = Callable[[Reading], Iterator[Problem]]
RULES: tuple[Rule, ...] = (
    parties_known,
    references,
    items_defined,
    items_as_listed,
    names_once,
    purposes_agreed,
    parties_take_part,
    signatures_agree,
    links_between_parties,
    capacity_held,
    overlapping_flows,
    promises_kept,
    clauses_say_something,
    flows_complete,
    retention_stated,
    term_stated,
    review_dated,
    version_unused,
    clauses_once,
    refusal_stated,
    *prose.RULES,
)
