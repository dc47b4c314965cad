"""Proposals of every shape over the invented cast, the shipped law and the spec world's agreements."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from comity.check import Decision, Judgement, Proposal, ProposedItem, World
from comity.check.case import ENDS
from comity.check.decision import Asked, Emergency, JudgementScope
from comity.law import shipped
from comity.partnership import PartyRef
from comity.terms import Duty, Form, Mode
from tests.spec.cases import agreements, names, partnership, runs

LAW = shipped()
WORLD = World(partnership(), LAW, tuple(agreements().values()))
TESTS = sorted(fact.id for fact in LAW.vocabulary.facts if fact.is_test)
FACTS = sorted(fact.id for fact in LAW.vocabulary.facts if not fact.is_test)
AGAINST_SHARING = ("more-detrimental-to-child", "unreasonable-to-assist")
PURPOSES = sorted(purpose.id for purpose in LAW.vocabulary.purposes)
POWERS = sorted(id for id, one in LAW.provisions.items() if any(route.step == "power" for route in one.routes))
ORIGINS = ["hmrc", "dwp", "nca", "intelligence-service", "nhs"]
HANDLING = ["tlp-red", "tlp-amber-strict", "handling-c", "secret"]
SETS = sorted({name for one in LAW.provisions.values() for route in one.routes for name in route.sets})
ITEMS = sorted({item.id: item for item in names().items.values()}.values(), key=lambda one: one.id)
BOUNDARIES = sorted(
    {
        day + timedelta(days=shift)
        for one in LAW.provisions.values()
        for period in one.in_force
        for day in (period.from_, period.until)
        if day
        for shift in (-1, 0)
        if date(1998, 1, 1) < day
    }
    | {date(2026, 11, 16), date(2027, 4, 1), date(2027, 3, 31)}
)


def said() -> st.SearchStrategy[str]:
    return st.sampled_from(["yes", "no", "unknown"])


def facts(limit: int = 4) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(FACTS), said(), max_size=limit)


@dataclass(frozen=True)
class Question:
    """A proposal with the judgements made for it, in the generated world."""

    proposal: Proposal
    judgements: tuple[Judgement, ...]

    @property
    def world(self) -> World:
        return replace(WORLD, judgements=self.judgements)

    def decide(self) -> Decision:
        return self.world.decide(self.proposal)


@st.composite
def parties(draw: st.DrawFn, on: date, purpose: str) -> PartyRef:
    partner = draw(st.sampled_from(WORLD.partnership.partners))
    unit = draw(st.sampled_from([None, *(unit.name for unit in partner.units)]))
    agent = draw(
        st.sampled_from(
            [None, *(link.partner for link in partner.acts_for if link.holds_on(on) and purpose in link.purposes)]
        )
    )
    return PartyRef(partner=partner.id, unit=unit, acting_for=agent)


@st.composite
def items(draw: st.DrawFn) -> ProposedItem:
    item = draw(st.sampled_from(ITEMS))
    return ProposedItem(
        item=item.id,
        kinds=item.kinds,
        form=draw(st.sampled_from(Form)),
        origins=draw(st.lists(st.sampled_from(ORIGINS), max_size=1)),
        handling=draw(st.lists(st.sampled_from(HANDLING), max_size=1)),
        facts=draw(facts(2)),
    )


@st.composite
def proposals(draw: st.DrawFn, day: date | None = None) -> Proposal:
    on = day or draw(st.sampled_from(BOUNDARIES) | st.just(date(2026, 11, 16)))
    purpose = draw(st.sampled_from(PURPOSES))
    discloser, recipient = draw(parties(on, purpose)), draw(parties(on, purpose))
    asked = draw(
        st.none()
        | st.builds(
            Asked,
            by=st.just(recipient.partner),
            on=st.none(),
            due=st.none() | st.just(date(2026, 12, 1)),
            under=st.none() | st.sampled_from(POWERS),
        )
    )
    emergency = draw(
        st.none()
        | st.none()
        | st.just(
            Emergency(
                declared_by="Insp A. Invented",
                office="information-governance-lead",
                reason="threat made",
                life_at_risk="the tenant",
                recipient_named="duty officer",
            )
        )
    )
    return Proposal(
        id="generated",
        discloser=discloser,
        recipient=recipient,
        purpose=purpose,
        on=on,
        items=draw(st.lists(items(), min_size=1, max_size=3, unique_by=lambda one: one.item)),
        mode=draw(st.sampled_from(Mode)),
        audience=draw(st.sampled_from(["named", "named", "vetted-scheme", "open", "public"])),
        scope=draw(st.sampled_from(["one-case", "one-case", "list", "whole-population"])),
        set=draw(st.none() | st.sampled_from(SETS)),
        asked=asked,
        held_for=draw(st.none() | st.sampled_from(PURPOSES)),
        need=draw(st.sampled_from(["", "named tenancy"])),
        received=draw(st.none() | st.just(date(2019, 11, 16))),
        facts=draw(facts()),
        claimed=draw(st.none() | st.sampled_from(POWERS)),
        emergency=emergency,
    )


@st.composite
def judgements(draw: st.DrawFn, proposal: Proposal, *, answer: str | None = None) -> Judgement:
    test = draw(st.sampled_from(TESTS))
    return Judgement.model_validate(
        {
            "id": f"generated-{draw(st.integers(0, 10_000))}",
            "test": test,
            "answer": answer or draw(st.sampled_from(["yes", "yes", "no"])),
            "by": "an invented officer",
            "office": draw(st.sampled_from(LAW.fact(test).offices)),
            "partner": draw(st.sampled_from([proposal.discloser.partner, proposal.recipient.partner])),
            "reasons": "generated",
            "scope": JudgementScope(instance=proposal.id),
            "from": proposal.on,
        }
    )


def yes_to(test: str, proposal: Proposal) -> tuple[Judgement, ...]:
    """The answer in favour of sharing, by whoever at either end may give it, for this case."""
    case = WORLD.case(proposal)
    answer = "no" if test in AGAINST_SHARING else "yes"
    return tuple(
        Judgement.model_validate(
            {
                "id": f"yes-{test}-{end}",
                "test": test,
                "answer": answer,
                "by": "an invented officer",
                "office": offices[0],
                "partner": case.party(end).controller,
                "reasons": "generated",
                "scope": JudgementScope(instance=proposal.id),
                "from": proposal.on,
            }
        )
        for end in ENDS
        if (offices := case.offices(test, end))
    )


WORKED = [(one, read.judgements) for read in (run.read() for run in runs()) for one in read.proposals]
DUE = [
    (one, judged)
    for one, judged in WORKED
    if any(answer.duty == Duty.DUE for answer in replace(WORLD, judgements=judged).decide(one).answers)
]
CHANGEABLE = ("purpose", "recipient", "mode", "scope", "asked", "facts", "set", "held_for", "emergency", "claimed")


@st.composite
def near_a_worked_decision(draw: st.DrawFn) -> Question:
    """A worked decision with something changed, so that duties and rare routes come up."""
    proposal, judged = draw(st.sampled_from(WORKED) | st.sampled_from(DUE))
    other = draw(proposals(proposal.on))
    changes = draw(st.sets(st.sampled_from(CHANGEABLE), max_size=2))
    if proposal.recipient.acting_for or other.recipient.acting_for:
        changes -= {"purpose", "recipient"}  # One acts for another for certain purposes only.
    return Question(proposal.model_copy(update={name: getattr(other, name) for name in changes}), judged)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A proposal for which some tests, or all of them, have been answered."""
    asked = draw(near_a_worked_decision() | st.builds(Question, proposals(), st.just(())))
    answered = [*asked.judgements, *draw(st.lists(judgements(asked.proposal), max_size=8))]
    if draw(st.booleans()):
        answered += [judgement for test in TESTS for judgement in yes_to(test, asked.proposal)]
    return Question(asked.proposal, tuple(answered))
