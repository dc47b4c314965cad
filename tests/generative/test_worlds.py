"""Everything that can be said is said in the sample: without this, engines may agree because nothing came up.

Each thing wanted is a pair of a group and a name. What cannot come up is listed with the reason, and must not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import get_args

import pytest

from comity.agreement import Flow, SignedAgreement
from comity.agreement.standing import State
from comity.canonical import digest
from comity.check import Decision, Judgement, Proposal, ProposedItem
from comity.check.case import ENDS, Case
from comity.check.decision import Scope
from comity.law import Provision, Route
from comity.law.model import DueRule, Effect, Evidence, Kind
from comity.law.reach import CODES, Asking
from comity.terms import (
    REASON_CODES,
    Audience,
    Duty,
    Extent,
    Form,
    Headline,
    Mode,
    Outcome,
    Period,
    Regime,
    Step,
    Transform,
)
from tests.generative.engines import Decided, decided, sample
from tests.generative.laws import CALLED, law, words

Thing = tuple[str, str]

OF_A_CLAIM = "said of a provision that somebody named, and found among the codes of a claim"
OF_A_PARTNER = "given by a partner who refuses, never by the check"
CANNOT: dict[Thing, str] = {
    ("code", "not-mapped"): "said of the columns of a dataset, which a proposal does not have",
    ("code", "instrument-not-in-force"): OF_A_CLAIM,
    ("code", "out-of-extent"): OF_A_CLAIM,
    ("code", "kind-not-covered"): OF_A_CLAIM,
    ("code", "form-not-covered"): OF_A_CLAIM,
    ("code", "mode-not-covered"): OF_A_CLAIM,
    ("code", "not-a-power"): OF_A_CLAIM,
    ("code", "exemption-not-a-power"): OF_A_CLAIM,
    ("code", "quality"): OF_A_PARTNER,
    ("code", "capacity"): OF_A_PARTNER,
    ("code", "prejudice-to-investigation"): OF_A_PARTNER,
    ("code", "risk-to-person"): OF_A_PARTNER,
}
"""What cannot come up in an answer, and why."""

FIELDS = sorted(set(Route.model_fields) - {"id", "step", "effect", "cites", "note", "reason"})
EDGES = ("before", "first", "last", "after")


# ---- what is wanted ------------------------------------------------------------------------


def wanted() -> frozenset[Thing]:
    both = words("both")
    groups: dict[str, Iterable[object]] = {
        "law": CALLED,
        "kind of provision": get_args(Kind),
        "evidence": get_args(Evidence),
        "effect": get_args(Effect),
        "step": Step,
        "field of a route": FIELDS,
        "rule of when it is due": get_args(DueRule),
        "doubt": DOUBTS,
        "word on a doubt": ("yes", "no"),
        "test": both.tests,
        "test a judgement counts for": both.tests,
        "form": Form,
        "origin": both.origins,
        "handling": both.handling,
        "mode": Mode,
        "audience": get_args(Audience),
        "scope": get_args(Scope),
        "extent": get_args(Extent),
        "regime": [f"{one} at the {end}" for one in Regime for end in ENDS],
        "set": ("none", "one that a route names", "one that is due"),
        "asked": ("nobody", "by the receiver", "by another", "under what a route names", "under something else"),
        "held for": ("this purpose or unknown", "another purpose"),
        "hat": [f"{hat} of the {end}" for end in ENDS for hat in ("own", "unit", "acting for another", "both")],
        "hat of a share": [f"{hat} of the {end}" for end in ENDS for hat in ("own", "unit", "acting for another")],
        "fact": [f"{said} on the {what}" for said in ("yes", "no", "unknown") for what in ("proposal", "item")],
        "kept": ("too long", "not too long"),
        "emergency": ("counts", "does not count", "answers a test"),
        "outcome": Outcome,
        "duty": Duty,
        "outcome under a duty": [f"{outcome} with duty {duty}" for outcome in Outcome for duty in Duty],
        "headline": Headline,
        "transform": Transform,
        "automatic": ("yes", "no"),
        "step of a reason": Step,
        "code": REASON_CODES,
        "claim": ("holds", "open", "no"),
        "code of a claim": (
            *CODES,
            "not-a-power",
            "exemption-not-a-power",
            "condition-not-met",
            "condition-not-known",
            "awaiting-human",
            "awaiting-confirmation",
        ),
        "clause": CLAUSES,
        "state of an agreement": get_args(State),
        "agreement": (
            "covers",
            "promises it for another",
            "names both, stands not",
            "flow with needs",
            "preconditions",
        ),
        "judgement": JUDGEMENTS,
    }
    pairs = {(group, str(one)) for group, ones in groups.items() for one in ones}
    return frozenset(pairs | {(f"edge of {what}", edge) for what, edges in EDGES_OF.items() for edge in edges})


DOUBTS = (
    "evidence",
    "in_force",
    "extent",
    "purposes",
    "from",
    "to",
    "from members",
    "to members",
    "routes",
    "sets_aside_confidence",
    "of the whole",
    "of an entry it rests on",
)
CLAUSES = (
    "by item",
    "by kind",
    "to some",
    "to all",
    "for a purpose",
    "for any purpose",
    "without exceptions",
    "with an exception that holds",
    "with an exception that does not",
    "against a duty",
)
JUDGEMENTS = (
    "for the case",
    "for an agreement",
    "for a flow",
    "for some items",
    "of a text that stands",
    "of a text that has changed",
    "yes",
    "no",
    "too early",
    "too late",
    "of an office that may not",
    "of a third party",
    "of the receiver",
)
EDGES_OF = {
    "a provision": EDGES,
    "a capacity": EDGES,
    "a fact about a party": EDGES,
    "a link": EDGES,
    "a term": EDGES,
    "a flow": EDGES,
    "a suspension": EDGES,
    "a withdrawal": ("before", "first"),
    "a signature": ("before", "first"),
    "taking part": EDGES,
    "a judgement": EDGES,
}


# ---- what came up ----------------------------------------------------------------------------


class Seen:
    """What came up in some worlds."""

    def __init__(self, worlds: Iterable[Decided]) -> None:
        self.counts: Counter[Thing] = Counter()
        self.reached: dict[str, int] = {}
        self.answers = 0
        for world in worlds:
            self._world(world)
        for called, routes in self.reached.items():
            for provision, route in law(called).reach.members(routes):
                self._route(provision, route)

    def note(self, group: str, *names: object) -> None:
        self.counts.update((group, str(name)) for name in names)

    def _world(self, one: Decided) -> None:
        self.note("law", one.made.law)
        self.note("word on a doubt", *("yes" if said.value else "no" for said in one.made.world.law.confirmations))
        edges = list(_edges(one))
        for proposal, decision in zip(one.made.proposals, one.decisions, strict=True):
            case = one.made.world.case(proposal)
            self._proposal(case, proposal, decision)
            self._items(one.made.law, case, decision)
            for what, period in edges:
                self.note(f"edge of {what}", *_edge(period, proposal.on))

    def _proposal(self, case: Case, proposal: Proposal, decision: Decision) -> None:
        shares = any(one.outcome == Outcome.SHARE for one in decision.answers)
        for end in ENDS:
            ref = getattr(proposal, end)
            hat = "acting for another" if ref.acting_for else "unit" if ref.unit else "own"
            self.note("hat", f"{hat} of the {end}", *[f"both of the {end}"] * bool(ref.unit and ref.acting_for))
            self.note("hat of a share", *[f"{hat} of the {end}"] * shares)
            self.note("regime", f"{case.regime(end)} at the {end}")
        self.note("mode", proposal.mode)
        self.note("audience", proposal.audience)
        self.note("scope", proposal.scope)
        self.note("extent", proposal.extent)
        self.note("headline", decision.headline)
        self.note("held for", "another purpose" if case.reuse else "this purpose or unknown")
        self.note("set", "one that a route names" if proposal.set else "none")
        asked, named = proposal.asked, case.requested
        self.note("asked", "nobody" if asked is None else "by another" if named is None else "by the receiver")
        if named and named.under:
            known = named.under in words("both").under
            self.note("asked", "under what a route names" if known else "under something else")
        if proposal.emergency:
            self.note("emergency", "counts" if case.emergency else "does not count")
        self.note("fact", *(f"{said} on the proposal" for said in proposal.facts.values()))
        for claim in decision.claimed:
            self.note("claim", claim.holds)
            self.note("code of a claim", *(reason.code for reason in claim.reasons))
        for signed in case.agreements:
            self.note("state of an agreement", signed.state_on(proposal.on))
            if not signed.stands_between(case.discloser.controller, case.recipient.controller, proposal.on):
                self.note("agreement", "names both, stands not")

    def _items(self, called: str, case: Case, decision: Decision) -> None:
        reach = case.law.reach
        for item, answer in zip(case.proposal.items, decision.answers, strict=True):
            self.answers += 1
            for end in ENDS:
                for due in (False, True) if answer.duty == Duty.DUE and end == "discloser" else (False,):
                    routes = reach.reaching(Asking(case.setting, end, due), case.thing(item))
                    self.reached[called] = self.reached.get(called, 0) | routes
            self.note("form", item.form)
            self.note("origin", *item.origins)
            self.note("handling", *item.handling)
            self.note("fact", *(f"{said} on the item" for said in item.facts.values()))
            self.note("outcome", answer.outcome)
            self.note("duty", answer.duty)
            self.note("outcome under a duty", f"{answer.outcome} with duty {answer.duty}")
            self.note("transform", answer.transform)
            self.note("automatic", "yes" if answer.automatic else "no")
            if answer.due and case.proposal.set:
                self.note("set", "one that is due")
            if answer.due_rule:
                self.note("rule of when it is due", answer.due_rule)
            for reason in answer.reasons:
                self.note("step of a reason", reason.step)
                self.note("code", reason.code)
                if reason.fact and case.law.fact(reason.fact).is_test:
                    self.note("test", reason.fact)
                if reason.code == "emergency":
                    self.note("emergency", "answers a test")
                self.note(
                    "doubt", *(_doubt(path, reason.rests_on) for path in {reason.path, *reason.unconfirmed} if path)
                )
            if case.proposal.mode == Mode.KEEP and case.proposal.received:
                self.note("kept", "too long" if any(True for _ in case.kept_too_long(item)) else "not too long")
            self._agreements(case, item, answer.duty)
            self._judgements(case, item)

    def _agreements(self, case: Case, item: ProposedItem, duty: Duty) -> None:
        for signed, flow in case.flows:
            covers = signed.covers(flow, item.item)
            self.note("agreement", "covers" if covers else "promises it for another")
            if covers:
                self.note("agreement", *["flow with needs"] * bool(flow.needs))
                self.note("agreement", *["preconditions"] * bool(signed.agreement.preconditions))
        against = list(case.clauses_against(item))
        for signed, clause in case.clauses_on(item, case.kinds(item)):
            bites = (signed, clause) in against
            self.note("clause", "by item" if clause.items else "by kind", "to some" if clause.to else "to all")
            self.note("clause", "for a purpose" if clause.purposes else "for any purpose")
            if clause.unless:
                self.note("clause", "with an exception that does not" if bites else "with an exception that holds")
            else:
                self.note("clause", "without exceptions")
            self.note("clause", *["against a duty"] * (bites and duty != Duty.NONE))

    def _judgements(self, case: Case, item: ProposedItem) -> None:
        for end in ENDS:
            for test in {one.test for one in case.judgements}:
                if used := case.judgement(test, item, end):
                    self.note("test a judgement counts for", test)
                    self.note("judgement", used.answer, *_how(case, used))
        texts = {(signed.agreement.id, _digest(flow)) for signed, flow in case.flows}
        for one in case.judgements:
            self.note("judgement", *_why_not(one, case.proposal.on, texts))

    def _route(self, provision: Provision, route: Route) -> None:
        self.note("kind of provision", provision.kind)
        self.note("evidence", provision.evidence)
        self.note("effect", route.effect)
        self.note("step", route.step)
        self.note("field of a route", *(name for name in FIELDS if _given(route, name)))
        if route.due:
            self.note("rule of when it is due", route.due)


def _given(route: Route, name: str) -> bool:
    return bool(getattr(route, name) != Route.model_fields[name].default)


def _doubt(path: str, rests_on: str) -> str:
    entry, _, rest = path.partition(".")
    match rest.split("."):
        case _ if entry != rests_on:
            return "of an entry it rests on"
        case ["from" | "to" as side, "members", _]:
            return f"{side} members"
        case [first, *_] if first in DOUBTS:
            return first
    return "of the whole"


def _how(case: Case, used: Judgement) -> Iterator[str]:
    scope = used.scope
    yield "for the case" if scope.instance is not None else "for a flow" if scope.flow else "for an agreement"
    if used.items:
        yield "for some items"
    if used.clause:
        yield "of a text that stands"
    views = [view.partner for view in (case.discloser, case.discloser.responsible)]
    if used.partner in (case.recipient.partner, case.recipient.controller) and used.partner not in views:
        yield "of the receiver"
    if used.office in {one.id for one in case.law.vocabulary.offices if one.third_party}:
        yield "of a third party"


def _why_not(one: Judgement, on: date, texts: Collection[tuple[str, str]]) -> Iterator[str]:
    """Why a judgement that bears on the case does not count for it."""
    if on < one.from_:
        yield "too early"
    if one.until and one.until <= on:
        yield "too late"
    if one.office not in words("both").law.fact(one.test).offices:
        yield "of an office that may not"
    of = one.scope.agreement or ""
    if one.clause and of in {agreement for agreement, _ in texts} and (of, one.clause) not in texts:
        yield "of a text that has changed"


@cache
def _digest(flow: Flow) -> str:
    return digest(flow)


# ---- the edges of everything that has any -------------------------------------------------------


def _edges(one: Decided) -> Iterator[tuple[str, Period]]:
    world = one.made.world
    for partner in world.partnership.partners:
        for hat in (*partner.capacities, *(hat for unit in partner.units for hat in unit.capacities)):
            yield "a capacity", Period(from_=hat.from_, until=hat.until)
        for fact in partner.facts:
            yield "a fact about a party", Period(from_=fact.from_, until=fact.until)
        for link in partner.acts_for:
            yield "a link", Period(from_=link.from_, until=link.until)
    for signed in world.agreements:
        yield from _edges_of_agreement(signed)
    for judgement in world.judgements:
        if judgement.scope.instance is None:
            yield "a judgement", Period(from_=judgement.from_, until=judgement.until)
    for provision in world.law.provisions.values():
        for period in provision.in_force:
            yield "a provision", period


def _edges_of_agreement(signed: SignedAgreement) -> Iterator[tuple[str, Period]]:
    text = signed.agreement
    yield "a term", Period(from_=text.term.from_, until=text.term.until)
    for period in text.suspended:
        yield "a suspension", period
    if text.withdrawn:
        yield "a withdrawal", Period(from_=text.withdrawn)
    for _, day in signed.signed_on:
        yield "a signature", Period(from_=day)
    for party in text.parties:
        yield "taking part", Period(from_=party.joined, until=party.left)
    for flow in text.flows:
        yield "a flow", Period(from_=flow.from_date, until=flow.until_date)


def _edge(period: Period, on: date) -> Iterator[str]:
    names = {
        period.from_ and period.from_ - timedelta(days=1): "before",
        period.from_: "first",
        period.until and period.until - timedelta(days=1): "last",
        period.until: "after",
    }
    if on in names:
        yield names[on]


# ---- the tests ------------------------------------------------------------------------------------


@cache
def seen() -> Seen:
    return Seen(sample())


def test_everything_that_can_be_said_is_said() -> None:
    missing = {one for one in wanted() if not seen().counts[one]} - set(CANNOT)

    assert not missing, "\n".join(f"{group}: {name}" for group, name in sorted(missing))


@pytest.mark.parametrize("thing", CANNOT, ids="-".join)
def test_what_is_said_to_be_impossible_does_not_come_up(thing: Thing) -> None:
    assert thing in wanted()
    assert seen().counts[thing] == 0


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_is_a_good_part_of_the_answers(outcome: Outcome) -> None:
    assert seen().counts["outcome", outcome.value] >= 0.15 * seen().answers


@pytest.mark.parametrize(("duty", "share"), [(Duty.DUE, 0.3), (Duty.PENDING, 0.03)])
def test_duties_come_up_often(duty: Duty, share: float) -> None:
    assert seen().counts["duty", duty.value] >= share * seen().answers


def test_what_does_not_come_up_is_missed() -> None:
    """One world is too few, and one without judgements has none that count."""
    one = decided(1)
    bare = replace(one, made=replace(one.made, world=replace(one.made.world, judgements=())))
    few, none = Seen([one]), Seen([bare])

    assert {("law", "no-power"), ("law", "both")} <= {thing for thing in wanted() if not few.counts[thing]}
    assert few.counts["judgement", "for the case"]
    assert not none.counts["judgement", "for the case"]
