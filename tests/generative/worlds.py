"""Whole worlds, made up from a seed: law, partners, agreements, judgements, and proposals likely to hit them.

Everything is drawn from one `random.Random`, so a seed is a world. The worlds are made for speed and for
reach, not to look like life: every validity has its edges near the days that are asked about, and half of
the proposals have nearly everything answered in favour, so that each outcome comes up often.
`test_worlds.py` holds that everything that can be said is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from comity.agreement import Agreement, Flow, SignedAgreement
from comity.canonical import digest
from comity.check import Judgement, Proposal, World
from comity.law import Confirmation, Register, Route
from comity.partnership import Item, Partner, Partnership, PartyRef, PartyView
from comity.terms import Form, Mode, Period, Step, after, slug_of
from tests.generative.laws import SILENT, Words, edges_of, law, words

T = TypeVar("T")
Written = dict[str, object]

TOWN = "madeup.example"
ELSEWHERE = f"{TOWN}/partner/elsewhere"
"""Somebody at neither end."""

LAWS = ("both", "invented", "both", "invented", *SILENT, "both", "invented", "both")
"""The registers, in turn."""

FORMS, MODES = list(Form), list(Mode)
LOCAL_ITEMS = {
    "mark": ["local-mark"],
    "trace": ["local-trace"],
    "tally": ["statistical"],
    "happening": ["event"],
    "whisper": ["local-trace", "local-secret"],
    "echo": ["local-trace"],
    "recipe": ["commercial", "held-in-confidence"],
    "ailment": ["special-category:health"],
    "deed": ["criminal-offence"],
    "deed-of-the-sick": ["criminal-offence", "special-category:health", "held-in-confidence"],
}
BODIES = (
    ["chief-officer-of-police", "responsible-authority", "relevant-authority", "specified-authority"],
    ["local-authority", "responsible-authority", "relevant-authority", "specified-authority"],
    ["nhs-trust", "specified-authority"],
    ["probation-service", "responsible-authority"],
    ["private-company"],
    ["charity"],
    ["individual"],
    ["warden"],
    ["sheriff"],
    ["guild"],
    ["keeper"],
    ["almoner", "warden"],
    ["vault", "warden"],
)
ASKED_OF_MANY = (
    "child",
    "deceased",
    "opted-out",
    "consent",
    "contains-patient-information",
    "list-of-people",
    "custom",
    "rumour",
)
"""Facts that much turns on."""


@dataclass(frozen=True)
class Generated:
    """A world with the questions put to it, and what it was made from."""

    seed: int
    law: str
    world: World
    proposals: tuple[Proposal, ...]


def generate(seed: int, proposals: int = 40) -> Generated:
    """The world of this seed with so many proposals; the same seed and number give the same."""
    maker = _Maker(seed)
    world = maker.world()
    asked = tuple(maker.proposal(number) for number in range(proposals))
    judged = (*world.judgements, *maker.judged_alone)
    return Generated(seed, maker.called, replace(world, judgements=judged), asked)


@dataclass(frozen=True)
class Aim:
    """What a proposal is meant to hit: a flow, or a route of the law."""

    giver: Partner
    receiver: Partner
    purpose: str
    items: Sequence[Item]
    form: Form
    mode: Mode
    set: str | None = None
    route: Route | None = None
    provision: str | None = None
    exact: bool = False
    """As promised: a feed between the two themselves, on the day of the world."""


class _Draws:
    """Choices from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def pick(self, among: Sequence[T]) -> T:
        return among[int(self.random.random() * len(among))]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, among: Sequence[T], least: int, most: int) -> list[T]:
        return self.random.sample(among, min(len(among), self.random.randint(least, most)))


class _Maker(_Draws):
    """Makes one world, and its proposals after it."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.called = LAWS[seed % len(LAWS)]
        self.law: Register = law(self.called)
        self.words: Words = words(self.called)
        self.day = self.pick([date(2026, 11, 16), date(2026, 11, 16), date(2022, 2, 14), self.pick(self.words.edges)])
        local = [one for one in self.words.powers if one[0].id.startswith("town-")]
        self.themes = [self.pick(self.words.powers) for _ in range(5)] + self.some(local, 4, 7)
        self.third_parties = {one.id for one in self.law.vocabulary.offices if one.third_party}
        # Some tests and a fact come up more than others in each world, and turn out badly more often.
        self.fact_in_turn = self.words.facts[seed % len(self.words.facts)]
        self.in_turn = [self.words.tests[(3 * seed + at) % len(self.words.tests)] for at in range(3)]
        self.judged_alone: list[Judgement] = []

    # ---- the world -----------------------------------------------------------------

    def world(self) -> World:
        self.items = self._items()
        self.partners = self._partners()
        self.partnership = Partnership(
            schema_=1, name="A made-up town", domain=TOWN, extent="E", partners=tuple(self.partners)
        )
        self.held = {one.id: self.law.capacities_of(held.capacity for held in one.capacities) for one in self.partners}
        self.agreements = [self._agreement(number) for number in range(self.random.randint(1, 8))]
        self.law = self.law.confirmed(self._confirmations())
        judgements = [one for signed in self.agreements for one in self._class_judgements(signed)]
        self.edges = self._edges(judgements)
        return World(self.partnership, self.law, tuple(self.agreements), tuple(judgements))

    def _items(self) -> list[Item]:
        """Some of those that the themes are about, some other shipped ones, and some of the town's own."""
        shipped = self.law.vocabulary.items
        kinds = {kind for _, route in self.themes for kind in route.kinds}
        named = {name for _, route in self.themes for name in route.items}
        fitting = [one for one in shipped if slug_of(one.id) in named or self.law.kinds_of(one.kinds) & kinds]
        own = [Item(id=f"{TOWN}/item/{name}", title=name, kinds=tuple(kinds)) for name, kinds in LOCAL_ITEMS.items()]
        chosen = (*self.some(fitting, 1, 6), *self.some(shipped, 3, 6), *self.some(own, 4, len(own)))
        return list({one.id: one for one in chosen}.values())

    def _dates(self, share: float, from_: str = "from", until: str = "until") -> Written:
        """Sometimes a first day, sometimes a last, mostly on the right side of the day of the world."""
        found: Written = {}
        for name, side in ((from_, -1), (until, 1)):
            if self.chance(share):
                wrong = self.chance(0.2)
                found[name] = self.day + timedelta(days=self.random.randint(1, 60) * (-side if wrong else side))
        if from_ in found and until in found and str(found[until]) <= str(found[from_]):
            del found[until]
        return found

    def _partners(self) -> list[Partner]:
        ids = [f"{TOWN}/partner/p{number}" for number in range(1, self.random.randint(4, 12) + 1)]
        wanted = sorted({name for _, route in self.themes for name in (*route.from_, *route.to, *route.party)})
        return [self._partner(id, ids, wanted) for id in ids]

    def _partner(self, id: str, ids: Sequence[str], wanted: Sequence[str]) -> Partner:
        body = self.pick(BODIES)
        held = [*body, *self.some(wanted, 0 if body == ["individual"] else 1, 4)]
        units = [
            {
                "name": f"unit-{number}",
                "title": "a unit",
                "capacities": [self._capacity(one) for one in self.some([*wanted, "warden", "guild"], 1, 2)],
            }
            for number in range(self.pick([0, 0, 1, 2]))
        ]
        facts = [
            {"fact": fact, "value": self.chance(0.7) == self.words.towards[fact], **self._dates(0.2)}
            for fact in self.words.party_facts
            if self.chance(0.6)
        ]
        links = [
            {
                "partner": self.pick([one for one in ids if one != id]),
                "purposes": self.some(sorted({name for _, route in self.themes for name in route.purposes}), 0, 4),
                "reference": "a contract",
                **self._dates(0.3),
            }
            for _ in range(self.pick([0, 0, 1, 2]))
        ]
        return Partner.model_validate(
            {
                "id": id,
                "name": slug_of(id),
                "sector": self.pick(["public", "public", "private", "voluntary", "individual"]),
                "capacities": [self._capacity(one) for one in held],
                "units": units,
                "facts": facts,
                "acts_for": links,
            }
        )

    def _capacity(self, capacity: str) -> Written:
        return {"capacity": capacity, **self._dates(0.12)}

    def _confirmations(self) -> list[Confirmation]:
        """What named officers have said: nothing, only yes, or either."""
        silent = self.called in SILENT
        said, denied = (0.6, 0.15) if silent else self.pick([(0.0, 0.0), (0.9, 0.0), (0.6, 0.0), (0.6, 0.15)])
        found = []
        for entry, path in self.words.doubts:
            draw = self.random.random()
            no = 0.6 if denied and path == "sets_aside_confidence" else denied
            if draw < said + no:
                value = no < draw
                found.append(
                    Confirmation(entry=entry, path=path, value=value, who="an officer", when=self.day, source="read")
                )
        return found

    # ---- agreements ----------------------------------------------------------------

    def _agreement(self, number: int) -> SignedAgreement:
        id = f"{TOWN}/agreement/a{number}"
        named = self.some(self.partners, 2, 6)
        sound = number == 0 or self.chance(
            0.6
        )  # Signed by all from the start, never suspended or withdrawn, all taking part.
        parties = [
            {"called": slug_of(one.id), "partner": one.id, **self._dates(0.0 if sound else 0.15, "joined", "left")}
            for one in named
        ]
        flows = [self._flow(at, named) for at in range(self.random.randint(1, 5))]
        if number == 0:  # One feed in every world stands, and asks for the tests whose turn it is.
            flows[0] = {**flows[0], "needs": self.in_turn, "mode": Mode.FEED, "from_date": None, "until_date": None}
        until = {} if sound else self._dates(0.5)
        written: Written = {
            "schema": 1,
            "id": id,
            "title": "an agreement",
            "version": 1,
            "family": "operational",
            "parties": parties,
            "purposes": sorted({str(flow["purpose"]) for flow in flows}),
            "items": [one for one in self.items if one.id.startswith(TOWN)],
            "flows": flows,
            "never": [self._never(at, named, flows) for at in range(self.pick([0, 0, 1, 2]))],
            "preconditions": self._conditions(0.15),
            "term": {"from": until.get("from", self.day - timedelta(days=400)), "until": until.get("until")},
            "review": {"next": self.day + timedelta(days=self.random.randint(-30, 300))} if self.chance(0.3) else {},
            "suspended": [self._dates(1.0)] if not sound and self.chance(0.4) else [],
            "withdrawn": None if sound or self.chance(0.6) else self._around(self.day, 30),
        }
        text = Agreement.model_validate(written)
        signers = [one.id for one in named if sound or self.chance(0.8)]
        days = [(one, self._around(self.day, 10)) for one in signers if not sound and self.chance(0.3)]
        return SignedAgreement(agreement=text, signed_by=tuple(signers), digest=digest(text), signed_on=tuple(days))

    def _around(self, day: date, spread: int) -> date:
        return day + timedelta(days=self.random.randint(-spread, spread))

    def _flow(self, at: int, named: Sequence[Partner]) -> Written:
        _, route = self.pick(self.themes)
        givers = self._holding(named, route.from_) or named
        giver = self.pick(givers)
        receivers = [one for one in self._holding(named, route.to) or named if one is not giver] or list(named)
        purposes = self._purposes(route)
        flow: Written = {
            "id": f"f{at}",
            "from": sorted({slug_of(giver.id), *(slug_of(one.id) for one in self.some(givers, 0, 1))}),
            "to": sorted({slug_of(one.id) for one in self.some(receivers, 1, 2)}),
            "purpose": self.pick(purposes),
            "items": [self._named(one) for one in self.some(self.items, 2, 8)],
            "form": self.pick(list(route.forms) or [Form.IDENTIFIABLE, *FORMS]),
            "mode": self.pick(list(route.modes) or [*[Mode.FEED] * 6, *MODES]),
            "set": self.pick(list(route.sets)) if route.sets else None,
            "needs": self._conditions(0.5),
            "onward": {
                "rule": self.pick(["never", "owner-consent", "listed", "same-purpose"]),
                "to": [slug_of(one.id) for one in self.some(named, 0, 2)],
            },
            "handling": {"codes": self.some(self.words.handling, 0, 1), "audience": self._audience()},
            **self._dates(0.2, "from_date", "until_date"),
        }
        if self.chance(0.5):
            flow["retention"] = {"for": self.pick(["P30D", "P6M", "P1Y"])}
        return flow

    def _conditions(self, share: float) -> list[str]:
        """Facts, those of a party above all, or one of the tests whose turn it is."""
        if not self.chance(share):
            return []
        facts = self.words.party_facts if self.chance(0.4) else self.words.facts
        return self.some(facts, 1, 2) if self.chance(0.35) else [self.pick(self.in_turn)]

    def _named(self, item: Item) -> str:
        """As an agreement may name it: by its global id, or by a short name."""
        return item.id if self.chance(0.5) else slug_of(item.id)

    def _purposes(self, route: Route) -> list[str]:
        return list(route.purposes) or [one for one in self.words.purposes if one not in route.not_purposes]

    def _holding(self, among: Collection[Partner], listed: Collection[str]) -> list[Partner]:
        return [one for one in among if not listed or self.held[one.id] & set(listed)]

    def _never(self, at: int, named: Sequence[Partner], flows: Sequence[Written]) -> Written:
        by_kind = self.chance(0.5)
        kinds = sorted({kind for one in self.items for kind in one.kinds})
        return {
            "id": f"n{at}",
            "items": [] if by_kind else [self._named(one) for one in self.some(self.items, 1, 3)],
            "kinds": self.some(kinds, 1, 2) if by_kind else [],
            "to": [slug_of(one.id) for one in self.some(named, 1, 2)] if self.chance(0.5) else [],
            "purposes": [self.pick(flows)["purpose"]] if self.chance(0.4) else [],
            "unless": self._exceptions() if self.chance(0.6) else [],
            "text": "It never goes there.",
        }

    def _exceptions(self) -> list[str]:
        return self.some([*ASKED_OF_MANY, *self.some(self.words.facts, 1, 1), *self.some(self.words.tests, 2, 2)], 1, 2)

    # ---- judgements ----------------------------------------------------------------

    def _class_judgements(self, signed: SignedAgreement) -> list[Judgement]:
        """Answers for a whole class: now and then by the wrong office, of a text that has changed, or out of date."""
        found = []
        parties = sorted(signed.agreement.named)
        share = self.pick([0.1, 0.5, 0.9])
        for at, test in enumerate(self.words.tests):
            if not self.chance(share):
                continue
            flow: Flow = self.pick(signed.agreement.flows)
            other = self.pick(signed.agreement.flows)
            partner = self.pick([*parties, *parties, ELSEWHERE])
            answer = self.chance(0.85) == self.words.towards[test]
            found.append(
                Judgement.model_validate(
                    {
                        "id": f"{slug_of(signed.agreement.id)}-{at}",
                        "test": test,
                        "answer": "yes" if answer else "no",
                        "by": "somebody",
                        "office": self._office(test, self.held.get(partner, frozenset())),
                        "partner": partner,
                        "reasons": "looked at it",
                        "scope": {
                            "agreement": signed.agreement.id,
                            "flow": flow.id if self.chance(0.4) else None,
                        },
                        "items": self.some(flow.items, 1, 3) if self.chance(0.3) else [],
                        "from": self.day - timedelta(days=90),
                        "clause": digest(self.pick([flow, flow, other])) if self.chance(0.3) else None,
                        **self._dates(0.15),
                    }
                )
            )
        return found

    def _office(self, test: str, capacities: frozenset[str], wrong: float = 0.08) -> str:
        """One that may settle the test there, mostly."""
        if self.chance(wrong):
            return self.pick(self.law.vocabulary.offices).id
        return self.pick(self.law.offices_for(test, capacities) or self.law.fact(test).offices)

    def _answers(
        self, instance: str, on: date, ends: Sequence[PartyView], share: float, turned: Collection[str] = ()
    ) -> None:
        """What somebody has said about this one case, at either end."""
        capacities = {view.partner: self.law.capacities_of(view.capacities) for view in ends}
        for at, test in enumerate(self.words.tests):
            if not self.chance(0.5 if test in turned else share):
                continue
            partner = self.pick(ends).partner if self.chance(0.25) else ends[0].partner
            beyond = sorted(self.third_parties & set(self.law.fact(test).offices))
            if beyond and self.chance(0.8):
                partner, office = ELSEWHERE, self.pick(beyond)
            else:
                office = self._office(test, capacities[partner], 0.02)
            well = 0.0 if test in turned else 0.7 if share < 0.5 or test in self.in_turn else 0.97
            favour = self.chance(well) == self.words.towards[test]
            shift = self.pick([0, 0, 0, 0, 0, 0, 1, -1]) if self.chance(0.2) else 0
            self.judged_alone.append(
                Judgement.model_validate(
                    {
                        "id": f"{instance}-{at}",
                        "test": test,
                        "answer": "yes" if favour else "no",
                        "by": "somebody",
                        "office": office,
                        "partner": partner,
                        "reasons": "looked at it",
                        "scope": {"instance": instance},
                        "items": [slug_of(one.id) for one in self.some(self.items, 1, 3)] if self.chance(0.1) else [],
                        "from": on + timedelta(days=shift),
                        "until": on + timedelta(days=self.pick([0, 1, 30])) if self.chance(0.03) else None,
                    }
                )
            )

    # ---- days ----------------------------------------------------------------------

    def _edges(self, judgements: Iterable[Judgement]) -> list[list[date]]:
        """The days around every beginning and end of this world, by what it is that begins or ends."""
        found: dict[str, list[Period]] = {"judgement": [_period(one.from_, one.until) for one in judgements]}

        def add(what: str, from_: date | None, until: date | None = None) -> None:
            found.setdefault(what, []).append(_period(from_, until))

        for partner in self.partners:
            for hat in (*partner.capacities, *(hat for unit in partner.units for hat in unit.capacities)):
                add("capacity", hat.from_, hat.until)
            for fact in partner.facts:
                add("fact", fact.from_, fact.until)
            for link in partner.acts_for:
                add("link", link.from_, link.until)
        for signed in self.agreements:
            text = signed.agreement
            add("term", text.term.from_, text.term.until)
            add("term", text.withdrawn, text.review.next)
            for period in text.suspended:
                add("suspension", period.from_, period.until)
            for party in text.parties:
                add("party", party.joined, party.left)
            for flow in text.flows:
                add("flow", flow.from_date, flow.until_date)
            for _, day in signed.signed_on:
                add("signature", day)
        return [days for periods in found.values() if (days := sorted(set(edges_of(periods))))]

    # ---- proposals -----------------------------------------------------------------

    def proposal(self, number: int) -> Proposal:
        return self._one_thing_away(number) if self.chance(0.3) else self._as_it_comes(number)

    def _one_thing_away(self, number: int) -> Proposal:
        """All is in favour but for one or two things that a route turns on, or all that opens one step."""
        aim = self._aim_at_route()
        turned = self.some(self.words.turning, 1, 2)
        if self.chance(0.25):
            turned = self.words.opening(self.pick([Step.CONFIDENCE, Step.CONFIDENCE, *Step]))
        on = self.day if self.chance(0.8) else self.pick(self.words.edges)
        refs = [self._ref(one, on, aim.purpose, 0.1) for one in (aim.giver, aim.receiver)]
        views = [self.partnership.view(one, on, self.law.purposes_of(aim.purpose)) for one in refs]
        self._answers(f"q{number}", on, views, 1.0, turned)
        tied = [fact for fact in self.words.facts if fact in self.law.opposites]
        stated = [fact for fact in self.words.facts if fact not in tied or self.chance(0.5)]
        facts = {fact: "yes" if self.words.towards[fact] else "no" for fact in stated}
        facts |= {
            fact: self.pick(["unknown", "no" if facts[fact] == "yes" else "yes"]) for fact in turned if fact in facts
        }
        needs_one = aim.route is not None and aim.route.agreement == "required"
        written: Written = {
            "id": f"q{number}",
            "discloser": refs[0],
            "recipient": refs[1],
            "purpose": aim.purpose,
            "on": on,
            "items": [self._plain_item(one, aim) for one in self.some(aim.items, 1, 3) or [self.pick(self.items)]],
            "mode": aim.mode,
            "set": aim.set,
            "asked": self._asked(aim, views[1], on, 0.1),
            "need": "it is needed",
            "facts": facts,
            "emergency": self._emergency() if self.chance(0.4 if needs_one else 0.05) else None,
        }
        return Proposal.model_validate(written)

    def _plain_item(self, item: Item, aim: Aim) -> Written:
        route = aim.route
        return {
            "item": item.id,
            "kinds": item.kinds,
            "form": aim.form,
            "origins": [self.pick(route.origins)] if route and route.origins else [],
            "handling": [self.pick(route.handling)] if route and route.handling else [],
        }

    def _as_it_comes(self, number: int) -> Proposal:
        """Aimed at a flow or a route, with anything else about it."""
        aim = self._aim_at_flow() if self.chance(0.55) else self._aim_at_route()
        edge = self.pick(self.pick(self.edges) if self.chance(0.7) else self.words.edges)
        on = self.day if aim.exact or self.chance(0.6) else edge
        purpose = aim.purpose if aim.exact or self.chance(0.95) else self.pick(self.words.purposes)
        mode = aim.mode if aim.exact or self.chance(0.85) else self.pick(MODES)
        giver, receiver = aim.giver, aim.receiver
        if mode in (Mode.KEEP, Mode.WITHIN) and self.chance(0.8):
            giver = receiver = self.pick([giver, receiver])
        acting = 0.6 if aim.route else 0.0 if aim.exact else 0.25
        refs = [self._ref(one, on, purpose, acting) for one in (giver, receiver)]
        wider = self.law.purposes_of(purpose)
        views = [self.partnership.view(one, on, wider) for one in refs]
        instance = f"q{number}"
        kindly = self.chance(0.6)
        if kindly or self.chance(0.3):
            self._answers(instance, on, views, 0.96 if kindly else 0.4)
        lawfully_agreed = aim.route is not None and aim.route.agreement == "required"
        chosen = self.some(aim.items, 1, 2) or [self.pick(self.items)]
        chosen = chosen if self.chance(0.85) else [*chosen, self.pick(self.items)]
        written: Written = {
            "id": instance,
            "discloser": refs[0],
            "recipient": refs[1],
            "purpose": purpose,
            "on": on,
            "items": [self._item(one, aim, kindly) for one in {one.id: one for one in chosen}.values()],
            "mode": mode,
            "audience": "named" if kindly and self.chance(0.8) else self._audience(),
            "scope": self.pick(["one-case", "one-case", "list", "class", "bulk", "whole-population"]),
            "extent": self.pick(["E"] * 7 + ["W", "W", self.pick(["S", "NI"])]),
            "set": aim.set if self.chance(0.9) else self.pick([None, *self.words.sets]),
            "asked": self._asked(aim, views[1], on),
            "held_for": self.pick(self.words.purposes) if self.chance(0.6 if mode in _INSIDE else 0.2) else None,
            "received": self._received(on) if mode == Mode.KEEP or self.chance(0.05) else None,
            "need": "it is needed" if self.chance(0.7) else "",
            "facts": self._facts(self.words.facts, 0.85 if kindly else 0.12, kindly=kindly),
            "claimed": self._claimed(aim) if self.chance(0.4) else None,
            "emergency": self._emergency() if self.chance(0.5 if lawfully_agreed else 0.15) else None,
            "data_until": on - timedelta(days=self.random.randint(1, 120)) if self.chance(0.3) else None,
        }
        return Proposal.model_validate(written)

    def _aim_at_flow(self) -> Aim:
        flows = [(signed, flow) for signed in self.agreements for flow in signed.agreement.flows]
        exact = self.chance(0.3)
        signed, flow = flows[0] if exact else self.pick(flows)
        by_id = {one.id: one for one in self.partners}
        givers, receivers = (sorted(signed.agreement.partner_ids(side)) for side in (flow.from_, flow.to))
        purposes = [flow.purpose] * 4 + [one.id for one in self.law.vocabulary.purposes if one.within == flow.purpose]
        ids = {signed.agreement.item_id(name) for name in flow.items}
        items = [one for one in self.items if one.id in ids]
        giver, receiver = by_id[self.pick(givers)], by_id[self.pick(receivers)]
        mode = Mode.FEED if exact else flow.mode
        return Aim(giver, receiver, self.pick(purposes), items, flow.form, mode, flow.set, exact=exact)

    def _aim_at_route(self) -> Aim:
        provision, route = self.pick(self.themes)
        giver = self.pick(self._holding(self.partners, route.from_) or self.partners)
        others = [one for one in self._holding(self.partners, route.to) if one is not giver] or self.partners
        fitting = [
            one
            for one in self.items
            if (not route.kinds or self.law.kinds_of(one.kinds) & set(route.kinds))
            and (not route.items or slug_of(one.id) in route.items)
            and not self.law.kinds_of(one.kinds) & set(route.not_kinds)
        ]
        return Aim(
            giver,
            self.pick(others),
            self.pick(self._purposes(route)),
            fitting,
            self.pick(list(route.forms) or [Form.IDENTIFIABLE, *FORMS]),
            self.pick(list(route.modes) or ([Mode.FEED, Mode.PUSH, Mode.PUSH] if route.agreement else MODES)),
            self.pick(list(route.sets)) if route.sets else None,
            route,
            provision.id,
        )

    def _ref(self, partner: Partner, on: date, purpose: str, acting: float) -> PartyRef:
        """As itself, as a unit, or on behalf of another where a link holds on the day."""
        meant = self.law.purposes_of(purpose)
        unit = self.pick(partner.units).name if partner.units and self.chance(0.4) else None
        links = [
            one.partner
            for one in partner.acts_for
            if one.holds_on(on) and (not one.purposes or meant & set(one.purposes))
        ]
        return PartyRef(
            partner=partner.id, unit=unit, acting_for=self.pick(links) if links and self.chance(acting) else None
        )

    def _item(self, item: Item, aim: Aim, kindly: bool) -> Written:
        route = aim.route
        origins = list(route.origins) if route and route.origins else []
        handling = list(route.handling) if route and route.handling else []
        strange = 0.05 if kindly else 0.2
        return {
            "item": item.id,
            "kinds": item.kinds,
            "form": aim.form if self.chance(0.9) else self.pick(FORMS),
            "origins": [self.pick(origins or self.words.origins)] if origins or self.chance(strange) else [],
            "handling": [self.pick(handling or self.words.handling)] if handling or self.chance(strange) else [],
            "facts": self._facts(ASKED_OF_MANY, 0.1 if kindly else 0.2, kindly=False)
            | self._facts(self.words.facts, 0.02, kindly=kindly),
        }

    def _facts(self, among: Sequence[str], share: float, *, kindly: bool) -> Written:
        found: Written = {}
        for fact in among:
            if self.chance(share):
                favour = self.chance(0.97) if kindly else self.chance(0.5)
                yes = favour == self.words.towards[fact]
                found[fact] = "unknown" if self.chance(0.03 if kindly else 0.25) else "yes" if yes else "no"
        if self.chance(0.1):
            found[self.fact_in_turn] = "no" if self.words.towards[self.fact_in_turn] else "yes"
        return found

    def _audience(self) -> str:
        return self.pick(["named"] * 6 + ["vetted-scheme", "open", "public"])

    def _asked(self, aim: Aim, receiver: PartyView, on: date, share: float = 0.25) -> Written | None:
        under = list(aim.route.requested_under) if aim.route else []
        wanted = bool(aim.route and aim.route.on_request) or bool(under)
        if not wanted and not self.chance(share):
            return None
        names = under if under and self.chance(0.85) else [None, self.pick(self.words.provisions)]
        ids = [receiver.partner, receiver.controller]
        return {
            "by": self.pick(ids) if self.chance(0.8) else self.pick(self.partners).id,
            "on": on,
            "under": self.pick([*names, *self.words.under[:1]] if not under else names),
            "due": on + timedelta(days=28) if self.chance(0.5) else None,
        }

    def _received(self, on: date) -> date:
        """Around the day from which it may no longer be kept today."""
        flow = self.pick(self.pick(self.agreements).agreement.flows)
        lasts = flow.retention.for_ if flow.retention and flow.retention.for_ else "P1Y"
        length = after(on, lasts) - on
        return on - length + timedelta(days=self.pick([-40, -2, -1, 0, 1, 40]))

    def _claimed(self, aim: Aim) -> str:
        if aim.provision and self.chance(0.5):
            return aim.provision
        themes = [provision.id for provision, _ in self.themes]
        exemptions = [id for id in self.words.provisions if self.law.provisions[id].kind == "exemption"]
        return self.pick(self.pick([themes, themes, themes, self.words.provisions, self.words.provisions, exemptions]))

    def _emergency(self) -> Written:
        return {
            "declared_by": "somebody",
            "office": self.pick(
                ["information-governance-lead", "case-officer", "service-manager", "bailiff", "steward", "analyst"]
            ),
            "reason": "a threat",
            "life_at_risk": "the tenant",
            "recipient_named": "the desk",
        }


_INSIDE = (Mode.KEEP, Mode.WITHIN)


def _period(from_: date | None, until: date | None) -> Period:
    return Period(from_=from_, until=until)
