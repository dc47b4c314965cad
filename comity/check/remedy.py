"""What would turn a no into a yes: the first change, in a fixed order, that makes the answer better.

Each remedy is a changed proposal (or a recorded answer, policy or signature).
It is stated only after it has been applied and the decision came out better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from comity.check.case import ENDS, Case
from comity.check.decision import Answer, Asked, Judgement, JudgementScope, Proposal, ProposedItem
from comity.check.reference import answer as answer_for
from comity.check.world import RECEIVED, World
from comity.partnership import Partnership, PartyFact, PartyRef
from comity.terms import Form, Mode, Outcome, Step, slug_of

SOMEBODY_ELSE = "originator.example/partner/originator"
RANK = {Outcome.WITHHOLD: 0, Outcome.REFER: 1, Outcome.SHARE: 2}


@dataclass(frozen=True)
class Change:
    """The world and proposal as they would be, and the words for getting there."""

    kind: str
    sentence: str
    world: World
    proposal: Proposal


@dataclass(frozen=True)
class Remedy:
    """What to do about one item, and what the answer would then be."""

    kind: str
    sentence: str
    outcome: Outcome


Search = Callable[[World, Proposal, ProposedItem, Answer], Iterator[Change]]


def remedies(world: World, proposal: Proposal, answers: tuple[Answer, ...]) -> dict[str, Remedy]:
    """For every item that is not shared, the first remedy that works, or whom to ask."""
    items = {item.item: item for item in proposal.items}
    return {one.item: remedy(world, proposal, items[one.item], one) for one in answers if one.outcome != Outcome.SHARE}


def remedy(world: World, proposal: Proposal, item: ProposedItem, answer: Answer) -> Remedy:
    """The first change, in the fixed order, for which the item's answer is better."""
    for search in SEARCHES:
        for change in search(world, proposal, item, answer):
            outcome = applied(change, item)
            if RANK[outcome] > RANK[answer.outcome]:
                return Remedy(change.kind, _sentence(change, outcome), outcome)
    return Remedy("none", f"No remedy is known. Ask {_whom(world, proposal)}.", answer.outcome)


def applied(change: Change, item: ProposedItem) -> Outcome:
    """The item's outcome in the changed world."""
    case = change.world.case(change.proposal)
    changed = next(one for one in change.proposal.items if one.item == item.item)
    return answer_for(case, changed).outcome


def _sentence(change: Change, outcome: Outcome) -> str:
    return (
        f"{change.sentence} Then: {outcome}."
        if outcome == Outcome.SHARE
        else (f"{change.sentence} Then a person can decide.")
    )


def _whom(world: World, proposal: Proposal) -> str:
    partner = world.partnership.partner(proposal.discloser.partner)
    return partner.facilitator or f"the information-governance lead of {partner.name}"


# ---- the searches, in the order in which they are tried -------------------------


def answer_tests(world: World, proposal: Proposal, item: ProposedItem, answer: Answer) -> Iterator[Change]:
    """Answer the open tests; reconsider one that was answered no."""
    open_ = tuple(dict.fromkeys(one.fact for one in answer.against if one.fact and world.law.fact(one.fact).is_test))
    if open_:
        names = ", ".join(open_)
        refused = answer.outcome == Outcome.WITHHOLD
        offices = _offices(world, proposal, open_)
        who = (
            f"Only somebody who may judge {names} ({offices}) can reconsider."
            if refused
            else (f"Answer {names} ({offices}).")
        )
        changed = world
        for test in open_:
            changed = replace(changed, judgements=(*changed.judgements, yes(world, proposal, item, test)))
        yield Change("answer-a-test", who, changed, proposal)
        yield from _all_tests(changed, proposal, item, open_)


def _all_tests(world: World, proposal: Proposal, item: ProposedItem, asked: tuple[str, ...]) -> Iterator[Change]:
    """Where one answer raises the next question, all the questions that arise."""
    for _ in range(4):
        again = answer_for(world.case(proposal), item)
        more = tuple(
            dict.fromkeys(
                one.fact
                for one in again.against
                if one.fact and world.law.fact(one.fact).is_test and one.fact not in asked
            )
        )
        if not more:
            return
        asked += more
        world = replace(world, judgements=(*world.judgements, *(yes(world, proposal, item, test) for test in more)))
        yield Change(
            "answer-a-test", f"Answer {', '.join(asked)} ({_offices(world, proposal, asked)}).", world, proposal
        )


def yes(world: World, proposal: Proposal, item: ProposedItem, test: str) -> Judgement:
    """The judgement a person of the right office would record for this case."""
    case = world.case(proposal)
    office, partner = _who_may(case, test)
    return Judgement.model_validate(
        {
            "id": f"remedy-{test}",
            "test": test,
            "answer": "yes",
            "by": office,
            "office": office,
            "partner": partner,
            "reasons": "as the remedy supposes",
            "scope": JudgementScope(instance=proposal.id),
            "items": (item.item,),
            "from": proposal.on,
        }
    )


def _who_may(case: Case, test: str) -> tuple[str, str]:
    """An office that may answer the test, and whose it is."""
    for end in ENDS:
        if own := case.law.offices_for(test, case.law.capacities_of(case.party(end).responsible.capacities)):
            return own[0], case.party(end).controller
    return case.law.fact(test).offices[0], SOMEBODY_ELSE


def _offices(world: World, proposal: Proposal, tests: tuple[str, ...]) -> str:
    """Who may answer all of these; where nobody may answer all, who may answer any."""
    case = world.case(proposal)
    titles = {office.id: office.title for office in world.law.vocabulary.offices}
    each = [case.offices(test, "discloser") or case.offices(test, "recipient") for test in tests]
    common = [office for office in each[0] if all(office in other for other in each)]
    return " or ".join(titles[office] for office in (common or [offices[0] for offices in each if offices])[:3])


def other_form(world: World, proposal: Proposal, item: ProposedItem, answer: Answer) -> Iterator[Change]:
    """Send it in a form that identifies nobody, if somebody judges that it does."""
    without_names = item.model_copy(update={"form": Form.DEPERSONALISED})
    if item.form in (Form.DEPERSONALISED, Form.AGGREGATE) or _names_by_itself(world.case(proposal), without_names):
        return
    for form, words in (
        (Form.DEPERSONALISED, "without anything that identifies a person"),
        (Form.AGGREGATE, "as counts"),
    ):
        changed = item.model_copy(update={"form": form})
        judged = replace(world, judgements=(*world.judgements, yes(world, proposal, item, "reidentification-risk")))
        sentence = f"Send it {words}, once somebody has judged that it identifies nobody (reidentification-risk)."
        yield Change("other-form", sentence, judged, _with_item(proposal, changed))


def _names_by_itself(case: Case, item: ProposedItem) -> bool:
    """A name, a number, a picture: whatever the table is called, it says who somebody is."""
    return any(bar.value and not bar.route.unless for bar in case.weighed(Step.PEOPLE, "bars", item))


def one_at_a_time(world: World, proposal: Proposal, item: ProposedItem, answer: Answer) -> Iterator[Change]:
    """Ask about one named person instead of a list; say what it is needed for."""
    if proposal.scope != "one-case":
        yield Change(
            "narrower", "Ask for one named person at a time.", world, proposal.model_copy(update={"scope": "one-case"})
        )
    if not proposal.need and proposal.scope in ("bulk", "whole-population"):
        yield Change("say-why", "Say what it is needed for.", world, proposal.model_copy(update={"need": "as stated"}))


def other_route(world: World, proposal: Proposal, item: ProposedItem, answer: Answer) -> Iterator[Change]:
    """Another way of asking: on a request that names the duty, or to a narrower audience."""
    for provision in _duties_on_request(world):
        asked = Asked(by=proposal.recipient.partner, on=proposal.on, under=provision)
        yield Change(
            "other-route",
            f"Ask for it under {world.law.provision(provision).citation}.",
            world,
            proposal.model_copy(update={"asked": asked}),
        )
    if proposal.audience in ("open", "public"):
        yield Change(
            "narrower-audience",
            "Share it with a vetted scheme or named people instead.",
            world,
            proposal.model_copy(update={"audience": "named", "mode": Mode.PUSH}),
        )


def _duties_on_request(world: World) -> list[str]:
    return [
        one.id for one in world.law.provisions.values() if any(route.on_request and route.duty for route in one.routes)
    ]


def consent(world: World, proposal: Proposal, item: ProposedItem, answer: Answer) -> Iterator[Change]:
    """Consent of the person, or of whoever first gave it."""
    for fact, words in (
        ("consent", "Ask the person; with consent recorded it can go."),
        ("hmrc-consent", "Ask HMRC to agree."),
        ("dwp-consent", "Ask the DWP to agree."),
        ("nca-consent", "Ask the NCA to agree."),
        ("intelligence-service-consent", "Ask the service it came from to agree."),
        ("written-consent", "Ask the complainant for written consent."),
    ):
        yield Change("consent", words, world, proposal.model_copy(update={"facts": {**proposal.facts, fact: "yes"}}))


def safeguard(world: World, proposal: Proposal, item: ProposedItem, answer: Answer) -> Iterator[Change]:
    """A policy document at either end; the missing signature or a renewed agreement."""
    for ends, words in (
        ((proposal.recipient,), "Have the receiver put its appropriate policy document in place."),
        ((proposal.discloser,), "Put your appropriate policy document in place."),
        ((proposal.discloser, proposal.recipient), "Put the appropriate policy documents in place at both ends."),
    ):
        yield Change("safeguard", words, replace(world, partnership=_with_policy(world.partnership, ends)), proposal)
    if signed := _signed_by_both(world, proposal):
        yield Change("agreement", "Have both parties sign an agreement that is in force for this.", signed, proposal)
    if proposal.mode not in RECEIVED:  # Calling it something else does not undo the terms on which it was received.
        yield Change(
            "by-a-person",
            "Send it once, by hand, instead of as a standing feed.",
            world,
            proposal.model_copy(update={"mode": Mode.PUSH}),
        )
    for fact in dict.fromkeys(one.fact for one in answer.against if one.fact and not world.law.fact(one.fact).is_test):
        question = world.law.fact(fact).question
        yield Change(
            "establish-a-fact",
            f"Establish this: {question}",
            world,
            _with_item(proposal, item.model_copy(update={"facts": {**item.facts, fact: "yes"}})),
        )


def other_discloser(world: World, proposal: Proposal, item: ProposedItem, answer: Answer) -> Iterator[Change]:
    """Where this party has no power: a partner that has one, if it holds the same."""
    if not any(one.step == Step.POWER for one in answer.against):
        return
    for partner in world.partnership.partners:
        if partner.id not in (proposal.discloser.partner, proposal.recipient.partner):
            yield Change(
                "other-discloser",
                f"Ask {partner.name}, if it holds this for itself.",
                world,
                proposal.model_copy(update={"discloser": PartyRef(partner=partner.id)}),
            )


SEARCHES: tuple[Search, ...] = (
    answer_tests,
    one_at_a_time,
    other_form,
    other_route,
    consent,
    safeguard,
    other_discloser,
)


def _with_item(proposal: Proposal, item: ProposedItem) -> Proposal:
    return proposal.model_copy(
        update={"items": tuple(item if one.item == item.item else one for one in proposal.items)}
    )


def _with_policy(partnership: Partnership, ends: tuple[PartyRef, ...]) -> Partnership:
    ids = {slug_of(end.acting_for or end.partner) for end in ends}
    policy = PartyFact(fact="apd", value=True)
    return partnership.model_copy(
        update={
            "partners": tuple(
                partner.model_copy(update={"facts": (*partner.facts, policy)}) if partner.called in ids else partner
                for partner in partnership.partners
            )
        }
    )


def _signed_by_both(world: World, proposal: Proposal) -> World | None:
    case = world.case(proposal)
    ends = (case.discloser.controller, case.recipient.controller)
    naming = [one for one in world.agreements if one.names(*ends)]
    if not naming:
        return None
    renewed = [
        one.model_copy(
            update={
                "signed_by": tuple(dict.fromkeys((*one.signed_by, *ends))),
                "agreement": one.agreement.model_copy(
                    update={"term": one.agreement.term.model_copy(update={"until": None}), "withdrawn": None}
                ),
            }
        )
        if one in naming
        else one
        for one in world.agreements
    ]
    return replace(world, agreements=tuple(renewed))


__all__ = ["Change", "Remedy", "applied", "remedies", "remedy"]
