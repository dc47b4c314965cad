"""Do the promises of an agreement fit together: its parties, flows, clauses and refusals?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from comity.agreement.known import Reading, Rule
from comity.agreement.model import Flow, Never
from comity.canonical import plain
from comity.source import Problem
from comity.terms import listed


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
    then = one.period.overlaps(other.period)
    return sorted(set(one.items) & set(other.items)) if same and meet and there and then else []


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


RULES: tuple[Rule, ...] = (
    parties_take_part,
    signatures_agree,
    overlapping_flows,
    promises_kept,
    clauses_say_something,
    clauses_once,
    flows_complete,
    refusal_stated,
)
