"""What is known about one proposal: parties, facts, judgements, agreements, and which routes reach it.

`reference.py` asks the questions of the law in order; this module looks up
what the answers turn on. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self, TypeVar

from comity.agreement import Flow, Never, SignedAgreement
from comity.canonical import digest
from comity.check.decision import Asked, Facts, Judgement, Proposal, ProposedItem, truth_of
from comity.law import Provision, Register, Route
from comity.law.model import Capacity, Effect
from comity.law.reach import Asking, Routes, Setting, Thing
from comity.partnership import PartyView
from comity.terms import Duty, End, Form, Mode, Regime, Step, Truth, all_of, negation, slug_of

T = TypeVar("T")

ENDS: tuple[End, End] = ("discloser", "recipient")
NOBODY_IDENTIFIED = (Form.DEPERSONALISED, Form.AGGREGATE)
OF_OTHERS = "other-people"
"""The kind of what tells of other people than the one it is about."""


PASSING_ON = {
    "never": "it is not passed on",
    "listed": "it is passed on to nobody but those named",
    "same-purpose": "it is passed on for the same purpose only",
}
"""The rules by which an agreement itself says no to passing on, in words."""


@dataclass(frozen=True)
class Weighed:
    """A route that reaches the item, with what it turns on."""

    provision: Provision
    route: Route
    end: End
    value: Truth
    open: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @staticmethod
    def lifting_confidence(case: Case, power: Weighed) -> Weighed:
        """The same power, asked whether it sets confidence aside; that may be in doubt of itself."""
        doubts = power.doubts + case.confidence_doubt(power.provision)
        denied = case.law.word_on(power.provision.id, "sets_aside_confidence") is False
        value = False if denied else None if power.value is True and doubts else power.value
        return replace(power, value=value, doubts=doubts)

    @property
    def distance(self) -> int:
        """How many things stand between this route and a yes."""
        doubts = 0 if self.route.effect == "bars" else len(self.doubts)
        return len(self.open) + doubts + 100 * len(self.failed)


@dataclass(frozen=True)
class Case:
    """A proposal with everything it is decided on. Equal cases have equal decisions."""

    proposal: Proposal
    discloser: PartyView
    recipient: PartyView
    law: Register
    agreements: tuple[SignedAgreement, ...] = ()
    judgements: tuple[Judgement, ...] = ()

    def ask(self, question: Callable[..., T], item: ProposedItem, *more: object) -> T:
        """What a question of the check comes to for an item; a case may remember it."""
        return question(self, item, *more)

    def stating(self, facts: Facts) -> Self:
        """The same case where these facts are stated; what is known of it that no fact can change is kept."""
        other = replace(self, proposal=self.proposal.model_copy(update={"facts": facts}))
        kept = {name: value for name, value in vars(self).items() if name not in (*vars(other), "_things")}
        vars(other).update(kept)
        return other

    # ---- the parties ---------------------------------------------------------

    def party(self, end: End) -> PartyView:
        return self.discloser if end == "discloser" else self.recipient

    @property
    def _views(self) -> tuple[PartyView, PartyView]:
        return self.discloser, self.recipient

    @cached_property
    def _capacities(self) -> dict[str, frozenset[str]]:
        """Own capacities of each end, and of whoever answers for it in data protection law."""
        law = self.law
        return {end: law.capacities_of(self.party(end).capacities) for end in ENDS} | {
            f"{end} answers": law.capacities_of(self.party(end).responsible.capacities) for end in ENDS
        }

    @cached_property
    def same_controller(self) -> bool:
        """Nothing leaves: one controller at both ends, within it or kept by it."""
        return self.discloser.controller == self.recipient.controller and self.proposal.mode in (Mode.WITHIN, Mode.KEEP)

    @cached_property
    def reuse(self) -> bool:
        """Held for another purpose than the one it is now wanted for."""
        return self.proposal.held_for not in (None, self.proposal.purpose)

    @property
    def assumed(self) -> str:
        """What is taken to be so about the use, where nobody has said what it is held for."""
        return "" if self.proposal.held_for else "nobody has said what it is held for, so it is taken to be for this"

    @property
    def leaves_its_purpose(self) -> bool:
        """It goes to another controller, or to another use within the same one."""
        return not self.same_controller or self.reuse

    @property
    def requested(self) -> Asked | None:
        """The request that the receiver itself made, if it made one."""
        asked = self.proposal.asked
        return asked if asked and asked.by in (self.recipient.partner, self.recipient.controller) else None

    def regime(self, end: End) -> Regime:
        """UK GDPR, or Part 3 for a competent authority with a law-enforcement purpose (DPA 2018 ss.30-31)."""
        held = self._capacities[f"{end} answers"]
        if "individual" in held:
            return Regime.NONE
        enforcement = self.law.purpose(self.proposal.purpose).law_enforcement != "no"
        return Regime.PART_3 if "competent-authority" in held and enforcement else Regime.UK_GDPR

    @cached_property
    def held_for_enforcement(self) -> bool:
        """Held under Part 3 of the DPA 2018 before it goes, as what a police force holds is taken to be."""
        held = self._capacities["discloser answers"]
        usual = [one.holds_for for one in self.law.vocabulary.capacities if one.id in held and one.holds_for]
        purposes = [self.proposal.held_for] if self.proposal.held_for else [self.proposal.purpose, *usual]
        return "competent-authority" in held and any(
            self.law.purpose(one).law_enforcement != "no" for one in purposes if one
        )

    # ---- the items -----------------------------------------------------------

    def kinds(self, item: ProposedItem) -> frozenset[str]:
        """What the item is, with all that its kinds imply and what holding it there makes of it."""
        return self.thing(item).kinds

    def kinds_supposing(self, item: ProposedItem, so: Mapping[str, bool]) -> frozenset[str]:
        """The same, supposing of these facts that they are known to be so, or not."""
        kinds = self.law.kinds_of(item.kinds)
        if "personal" not in kinds:
            return kinds
        held = [one.holds for one in self.holders if one.holds_unless is None or not so[one.holds_unless]]
        return kinds | self.law.kinds_of(kind for holds in held for kind in holds)

    @cached_property
    def holders(self) -> tuple[Capacity, ...]:
        """The capacities of the discloser by which what it holds about people is of certain kinds."""
        held = self._capacities["discloser answers"]
        return tuple(one for one in self.law.vocabulary.capacities if one.holds and one.id in held)

    def could_identify(self, item: ProposedItem) -> bool:
        """Taken from information about people and said to identify nobody: somebody has to have judged so."""
        kinds = self.kinds(item)
        return item.form in NOBODY_IDENTIFIED if "personal" in kinds else bool(kinds & {"statistical", "event"})

    def about_people(self, item: ProposedItem) -> bool:
        return "personal" in self.kinds(item) and item.form not in NOBODY_IDENTIFIED

    def personal_data(self, item: ProposedItem) -> bool:
        """About a living person (UK GDPR Art 4(1); recital 27 leaves out the dead), and put to a new use or user."""
        return self.about_people(item) and self.leaves_its_purpose and not self.only_about_the_dead(item)

    def only_about_the_dead(self, item: ProposedItem) -> bool:
        """What tells of other people too tells of the living, though the person has died."""
        return self.known("deceased", item) is True and OF_OTHERS not in self.kinds(item)

    def in_confidence(self, item: ProposedItem) -> bool:
        """Held in confidence; what identifies nobody is no longer confidential to a person."""
        kinds = self.kinds(item)
        return "held-in-confidence" in kinds and (self.about_people(item) or "personal" not in kinds)

    # ---- what is known -------------------------------------------------------

    def known(self, fact: str, item: ProposedItem, end: End = "discloser") -> Truth:
        """Yes, no or not known: from judgements for a test, else from party, item and proposal."""
        value = self._stated(fact, item, end)
        if value is None and fact in self.law.opposites:
            value = negation(self._stated(self.law.opposites[fact], item, end))
        silence = self.law.fact(fact).unstated
        said = fact in item.facts or fact in self.proposal.facts
        return truth_of(silence) if value is None and not said else value

    def _stated(self, fact: str, item: ProposedItem, end: End) -> Truth:
        settled = self.settled(fact, item, end)
        if settled is not None or self.law.fact(fact).is_test:
            return settled
        return truth_of(item.facts.get(fact, self.proposal.facts.get(fact, "unknown")))

    def settled(self, fact: str, item: ProposedItem, end: End) -> Truth:
        """What judgements, the party and the manner of the proposal say, whatever facts are stated."""
        definition = self.law.fact(fact)
        if definition.is_test:
            judgement = self.judgement(fact, item, end)
            return judgement.answer == "yes" if judgement else True if self.by_emergency(fact, item, end) else None
        if definition.about == "party" and (value := self.party(end).fact(fact)) is not None:
            return value
        match fact:
            case "list-of-people":
                return self.proposal.scope != "one-case"
            case "bulk":
                return self.proposal.scope in ("bulk", "whole-population")
            case "need-stated":
                return bool(self.proposal.need)
            case "received-from-elsewhere":
                return bool(item.origins)
            case "same-use" if self.proposal.held_for is not None:
                return not self.reuse
        return None

    def judgement(self, test: str, item: ProposedItem, end: End = "discloser") -> Judgement | None:
        """The answer that counts: narrower beats wider, then later beats earlier."""
        candidates = [one for one in self._in_date.get(test, ()) if self._counts(one, item, end)]
        return max(candidates, key=_weight, default=None)

    @cached_property
    def _in_date(self) -> Mapping[str, list[Judgement]]:
        """The judgements that hold on the day, by the test they answer."""
        found: dict[str, list[Judgement]] = {}
        for one in self.judgements:
            if one.holds_on(self.proposal.on):
                found.setdefault(one.test, []).append(one)
        return found

    def judged_as(self, item: ProposedItem) -> Hashable:
        """What it turns on which judgements count for an item: those for which it is the same are judged alike."""
        if not self._in_date:
            return None
        return tuple(id(flow) for _, flow in self.covering_flows(item)), self._judged & {item.item, item.called}

    @cached_property
    def _judged(self) -> frozenset[str]:
        """The items that some judgement names."""
        return frozenset(name for one in self.judgements for name in one.items)

    def tested(self, fact: str, item: ProposedItem, end: End = "discloser") -> Judgement | None:
        """The judgement a fact rests on, if it is a test; its opposite counts."""
        for name in filter(None, (fact, self.law.opposites.get(fact))):
            if self.law.fact(name).is_test and (found := self.judgement(name, item, end)):
                return found
        return None

    def by_emergency(self, test: str, item: ProposedItem, end: End = "discloser") -> bool:
        """A declared emergency answers this test, which nobody has answered."""
        declared = self.proposal.emergency
        return (
            self.emergency
            and declared is not None
            and self.law.fact(test).in_emergency
            and declared.office in self._offices(test, self.discloser.partner, end)
            and self.judgement(test, item, end) is None
        )

    @property
    def emergency(self) -> bool:
        """Declared, for a case and a named recipient; never for a feed, a publication or a whole population."""
        proposal = self.proposal
        return (
            proposal.emergency is not None
            and proposal.audience == "named"
            and proposal.scope in ("one-case", "list")
            and proposal.mode not in (Mode.FEED, Mode.PUBLICATION)
        )

    def _counts(self, judgement: Judgement, item: ProposedItem, end: End) -> bool:
        """By an office that may, for this item, for this case or a flow that covers it."""
        test = self.law.fact(judgement.test)
        return (
            judgement.office in self._offices(test.id, judgement.partner, end)
            and (not judgement.items or bool({item.item, item.called} & set(judgement.items)))
            and self._scope_reaches(judgement, item, instance_only=test.instance_only)
        )

    def _offices(self, test: str, partner: str, end: End) -> set[str]:
        """The offices of this partner that may settle the test as it is asked at that end."""
        if (test, partner, end) not in self._settling:
            self._settling[test, partner, end] = self._offices_at(test, partner, end)
        return self._settling[test, partner, end]

    @cached_property
    def _settling(self) -> dict[tuple[str, str, End], set[str]]:
        return {}

    def _offices_at(self, test: str, partner: str, end: End) -> set[str]:
        """What concerns the giving is for the giver to answer; what the receiver must have in order, for either end.

        A third party answers for itself.
        """
        every = [view for one in ENDS for view in (self.party(one), self.party(one).responsible)]
        if partner not in {view.partner for view in every}:
            return {one.id for one in self.law.vocabulary.offices if one.third_party} & set(self.law.fact(test).offices)
        views = every if end == "recipient" else every[:2]
        return {
            office
            for view in views
            if partner == view.partner
            for office in self.law.offices_for(test, self.law.capacities_of(view.capacities))
        }

    def offices(self, test: str, end: End | None) -> tuple[str, ...]:
        """Who may settle the test as it is asked at that end; where nobody there may, whoever the test names."""
        for one in ("recipient", "discloser") if end == "recipient" else ("discloser",):
            if found := self.law.offices_for(test, self._capacities[f"{one} answers"]):
                return found
        return self.law.fact(test).offices

    def _scope_reaches(self, judgement: Judgement, item: ProposedItem, *, instance_only: bool) -> bool:
        scope = judgement.scope
        if scope.instance is not None:
            return scope.instance == self.proposal.id
        flows = self.covering_flows(item) if judgement.answer == "yes" else self.flows
        return not instance_only and any(
            signed.agreement.id == scope.agreement
            and scope.flow in (None, flow.id)
            and (judgement.clause is None or judgement.clause == digest(flow))
            for signed, flow in flows
        )

    # ---- agreements ----------------------------------------------------------

    @cached_property
    def standing(self) -> tuple[SignedAgreement, ...]:
        """The agreements in force between the two."""
        ends = (self.discloser.controller, self.recipient.controller)
        return tuple(one for one in self.agreements if one.stands_between(*ends, self.proposal.on))

    @cached_property
    def flows(self) -> tuple[tuple[SignedAgreement, Flow], ...]:
        """The flows of agreements in force from the one to the other for this purpose."""
        ends = (self.discloser.controller, self.recipient.controller)
        return tuple(
            (signed, flow) for signed in self.standing for flow in signed.flows(*ends, self._purposes, self.proposal.on)
        )

    def covering_flows(self, item: ProposedItem) -> tuple[tuple[SignedAgreement, Flow], ...]:
        """Those of them that promise this item."""
        if item.item not in self._covering:
            self._covering[item.item] = tuple(one for one in self.flows if one[0].covers(one[1], item.item))
        return self._covering[item.item]

    @cached_property
    def _covering(self) -> dict[str, tuple[tuple[SignedAgreement, Flow], ...]]:
        return {}

    def clauses_against(self, item: ProposedItem) -> Iterator[tuple[SignedAgreement, Never]]:
        """The clauses in force between the two that say no to this item, save where an exception holds."""
        for signed, clause in self.clauses_on(item, self.kinds(item)):
            if not clause.unless or all_of(self.known(fact, item) for fact in clause.unless) is not True:
                yield signed, clause

    def clauses_on(self, item: ProposedItem, kinds: frozenset[str]) -> Iterator[tuple[SignedAgreement, Never]]:
        """The clauses in force between the two about such an item, whatever their exceptions."""
        to = self.recipient.controller
        for signed in self.standing:
            yield from ((signed, one) for one in signed.clauses_against(item.item, kinds, to, self._purposes))

    def agreement_needed(self, item: ProposedItem) -> bool:
        """A standing feed needs one, unless a power in hand says not; else only where every power demands one.

        Those count that hold; where none does yet, those that may.
        """
        powers = [one for one in self.weighed(Step.POWER, "allows", item) if one.value is not False]
        if self.proposal.mode == Mode.FEED:
            return not any(one.value and one.route.agreement == "not-needed" for one in powers)
        counting = [one for one in powers if one.value] or powers
        return bool(counting) and all(one.route.agreement == "required" for one in counting)

    def kept_too_long(self, item: ProposedItem) -> Iterator[tuple[SignedAgreement, Flow]]:
        """For something kept: the flows under which this party received it, whose time for keeping it is over."""
        if self.proposal.mode != Mode.KEEP or self.proposal.received is None:
            return
        for signed in self.agreements:
            for flow in signed.agreement.flows:
                received = self.recipient.controller in signed.agreement.partner_ids(flow.to)
                end = signed.agreement.retained_until(flow, self.proposal.received)
                if received and signed.covers(flow, item.item) and end is not None and end <= self.proposal.on:
                    yield signed, flow

    def says_no(self, item: ProposedItem) -> Iterator[tuple[str, str, str]]:
        """What in an agreement says no to this item: the agreement, the clause or flow, and the words."""
        for signed, clause in self.clauses_against(item):
            yield signed.agreement.id, clause.id, clause.text
        for signed, flow in self.not_to_go_on(item):
            yield signed.agreement.id, flow.id, PASSING_ON[flow.onward.rule]

    def not_to_go_on(self, item: ProposedItem) -> Iterator[tuple[SignedAgreement, Flow]]:
        """For something passed on: the flows under which it was received that do not let it go there."""
        return ((signed, flow) for signed, flow in self._received(item) if not self._may_go_on(signed, flow))

    def owner_must_agree(self, item: ProposedItem) -> bool:
        """It was received on the terms that it goes on only if whoever gave it agrees."""
        return any(flow.onward.rule == "owner-consent" for _, flow in self._received(item))

    def _received(self, item: ProposedItem) -> Iterator[tuple[SignedAgreement, Flow]]:
        """For something passed on: the flows under which this party received it; back to its giver it may always go."""
        giver, receiver = self.discloser.controller, self.recipient.controller
        if self.proposal.mode != Mode.ONWARD:
            return
        for signed in self.agreements:
            for flow in signed.agreement.flows:
                givers, receivers = signed.agreement.partner_ids(flow.from_), signed.agreement.partner_ids(flow.to)
                received = giver in receivers and giver in signed.signed_by and receiver not in givers
                if received and signed.covers(flow, item.item) and self.proposal.held_for in (None, flow.purpose):
                    yield signed, flow

    def _may_go_on(self, signed: SignedAgreement, flow: Flow) -> bool:
        match flow.onward.rule:
            case "listed":
                return self.recipient.controller in signed.agreement.partner_ids(flow.onward.to)
            case "same-purpose":
                return flow.purpose in self._purposes
        return flow.onward.rule == "owner-consent"

    def why_no_agreement(self) -> str:
        """The reason code for the absence of an agreement: expired, not signed by both, or missing."""
        ends = {self.discloser.controller, self.recipient.controller}
        naming = [one for one in self.agreements if one.names(*ends)]
        if any(one.state_on(self.proposal.on) in ("lapsed", "withdrawn") for one in naming):
            return "agreement-expired"
        return "agreement-party-not-signed" if naming and not self.standing else "agreement-missing"

    # ---- routes --------------------------------------------------------------

    @cached_property
    def _purposes(self) -> frozenset[str]:
        return self.law.purposes_of(self.proposal.purpose)

    @cached_property
    def setting(self) -> Setting:
        """What a route may ask about the share, whatever the item."""
        proposal, own = self.proposal, self._capacities
        names = [frozenset(slug_of(one.partner) for one in (view, view.responsible)) for view in self._views]
        return Setting(
            on=proposal.on,
            extent=proposal.extent,
            purpose=proposal.purpose,
            purposes=self._purposes,
            reuse=self.reuse,
            mode=proposal.mode,
            audience=proposal.audience,
            set=proposal.set,
            requested=self.requested is not None,
            requested_under=self.requested.under if self.requested else None,
            same_controller=self.same_controller,
            giver=own["discloser"],
            giver_answers=own["discloser answers"],
            giver_names=names[0],
            giver_regime=self.regime("discloser"),
            receiver=own["recipient"],
            receiver_answers=own["recipient answers"],
            receiver_names=names[1],
            receiver_regime=self.regime("recipient"),
        )

    def thing(self, item: ProposedItem) -> Thing:
        """What a route may ask about the item."""
        if id(item) not in self._things:
            unless = {one.holds_unless for one in self.holders if one.holds_unless}
            kinds = self.kinds_supposing(item, {one: self.known(one, item) is True for one in unless})
            self._things[id(item)] = item, Thing(item.called, kinds, item.form, item.origins, item.handling)
        return self._things[id(item)][1]

    @cached_property
    def _things(self) -> dict[int, tuple[ProposedItem, Thing]]:
        """By the identity of the item, which is kept so that it stays its own."""
        return {}

    def weighed(
        self, step: Step, effect: Effect, item: ProposedItem, end: End = "discloser", duty: Duty = Duty.NONE
    ) -> list[Weighed]:
        """Every route of this effect at this step that reaches the item, with its truth."""
        found = self._weighed(self.law.reach.at(step, effect), item, end, duty)
        stands = any(one.value for one in found if not one.route.beside_another)
        return [one for one in found if stands or not one.route.beside_another]

    def lifting(self, bar: Weighed, item: ProposedItem) -> list[Weighed]:
        """Every route that lifts this bar and reaches the item, with its truth."""
        return self._weighed(self.law.reach.lifting(bar.provision.id), item, "discloser", Duty.NONE)

    def _weighed(self, among: Routes, item: ProposedItem, end: End, duty: Duty) -> list[Weighed]:
        reach = self.law.reach
        reaching = among & self.reaching(end, due=duty == Duty.DUE) & reach.of_item(self.thing(item))
        return [self.weigh(provision, route, item, end) for provision, route in reach.members(reaching)]

    def reaching(self, end: End, *, due: bool = False) -> Routes:
        """The routes that reach the share, whatever the item."""
        if (end, due) not in self._reaching:
            self._reaching[end, due] = self.law.reach.of_share(Asking(self.setting, end, due))
        return self._reaching[end, due]

    @cached_property
    def _reaching(self) -> dict[tuple[End, bool], Routes]:
        return {}

    def closed_to_a_party(self, item: ProposedItem) -> tuple[tuple[Provision, Route], ...]:
        """The closed lists that fit in everything but who gives or receives."""
        reach = self.law.reach
        return reach.members(self.nearly & reach.of_item(self.thing(item)) & ~self.reaching("discloser"))

    @cached_property
    def nearly(self) -> Routes:
        """The closed lists that fit the share, whoever gives and receives, and whatever the item."""
        reach = self.law.reach
        return reach.but_for_the_parties(Asking(self.setting)) & reach.closing

    def doubts(self, provision: Provision, route: Route) -> tuple[str, ...]:
        """What has yet to be confirmed for this route to count here, as `entry.path`."""
        if not self.doubtful & self.law.reach.place(route):
            return ()
        return self.law.reach.doubts(provision, route, self.setting)

    @cached_property
    def doubtful(self) -> Routes:
        """The routes for which something has yet to be confirmed here."""
        return self.law.reach.doubtful(self.setting)

    def duty(self, powers: list[Weighed]) -> Duty:
        """Whether the law demands the share; pending while only a confirmation is missing."""
        duties = [one for one in powers if one.route.duty]
        if any(one.value for one in duties):
            return Duty.DUE
        return Duty.PENDING if any(one.value is None and not one.open for one in duties) else Duty.NONE

    def weigh(self, provision: Provision, route: Route, item: ProposedItem, end: End) -> Weighed:
        """Facts by Kleene: all needs, no bar. A doubt makes an opening uncertain; a bar stands in spite of it."""
        needs = {fact: self.known(fact, item, end) for fact in route.needs}
        bars = {fact: self.known(fact, item, end) for fact in route.unless}
        value = all_of([*needs.values(), *(negation(one) for one in bars.values())])
        doubts = self.doubts(provision, route)
        if doubts and value is True and route.effect != "bars":
            value = None
        return Weighed(
            provision,
            route,
            end,
            value,
            doubts=doubts,
            open=tuple(fact for fact, known in (needs | bars).items() if known is None),
            failed=tuple(
                [fact for fact, known in needs.items() if known is False]
                + [fact for fact, known in bars.items() if known is True]
            ),
        )

    def register_speaks(self, step: Step) -> bool:
        """Whether the register holds the law of that day for this step; data protection law stands together."""
        whole = Step.BASIS if step in (Step.SPECIAL_CATEGORY, Step.CRIMINAL_OFFENCE, Step.NECESSITY) else step
        return self.law.reach.speaks(whole, self.proposal.on)

    def mismatch(self, provision: Provision, route: Route, item: ProposedItem, end: End, duty: Duty) -> list[str]:
        """Every way in which a route does not reach the item, as reason codes; none, if it does."""
        asking = Asking(self.setting, end, duty == Duty.DUE)
        return self.law.reach.misses(provision, route, asking, self.thing(item))

    def confidence_doubt(self, provision: Provision) -> tuple[str, ...]:
        """Whether the entry lifts confidence is itself in doubt, and nobody has confirmed it."""
        unconfirmed = provision.sets_aside_confidence == "unconfirmed"
        open_ = unconfirmed and self.law.word_on(provision.id, "sets_aside_confidence") is not True
        return (f"{provision.id}.sets_aside_confidence",) if open_ else ()


def _weight(judgement: Judgement) -> tuple[int, bool, object, str]:
    scope = judgement.scope
    narrow = 2 if scope.instance is not None else 1 if scope.flow is not None else 0
    return narrow, bool(judgement.items), judgement.from_, judgement.id
