"""A made-up world of any size under the shipped law: partners, agreements, judgements, and what is asked of them.

Everything follows from a seed. The bodies hold the hats that bodies of their sort
hold; names, agreements and judgements are invented. Who shares with whom follows
Zipf's law: a few pairs share much, most seldom, and agreements are made where
much is shared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from comity.agreement import SignedAgreement
from comity.agreement.model import Agreement, AgreementParty, Flow, Never, Review, Term
from comity.check.columnar import Codes, Manner
from comity.check.decision import Asked, Facts, Judgement, JudgementScope, Proposal, ProposedItem, Said
from comity.check.world import World
from comity.law import Register, shipped
from comity.law.model import Confirmation
from comity.partnership import Partner, Partnership, PartyRef
from comity.partnership.model import HeldCapacity, PartyFact
from comity.terms import Form, Mode

FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)
"""The days on which something is shared."""

ZIPF = 1.1

STANDING = 0.6
"""The part of what is asked that some agreement has a flow for, in term or not."""

BODIES: Mapping[str, tuple[str, str]] = {
    "police": (
        "public",
        (
            "chief-officer-of-police responsible-authority relevant-authority relevant-authority-s17a "
            "specified-authority mappa-responsible-authority oma-listed dea-specified section-11-body "
            "safeguarding-partner sab-member asb-relevant-body channel-partner"
        ),
    ),
    "council": (
        "public",
        (
            "local-authority responsible-authority relevant-authority relevant-authority-s17a "
            "specified-authority mappa-dtc oma-listed section-11-body safeguarding-partner sab-member "
            "dea-specified asb-relevant-body channel-partner childrens-services-authority"
        ),
    ),
    "health-board": (
        "public",
        (
            "integrated-care-board responsible-authority relevant-authority relevant-authority-s17a "
            "specified-authority svd-health-or-social-care-authority section-11-body safeguarding-partner "
            "mappa-dtc s47-assisting-body asb-relevant-body relevant-health-or-adult-social-care"
        ),
    ),
    "hospital": (
        "public",
        (
            "nhs-trust co-operating-body section-11-body mappa-dtc s47-assisting-body "
            "relevant-health-or-adult-social-care"
        ),
    ),
    "probation": (
        "public",
        ("probation-service responsible-authority specified-authority mappa-responsible-authority oma-s14-hub"),
    ),
    "fire": (
        "public",
        (
            "fire-and-rescue-authority responsible-authority relevant-authority relevant-authority-s17a "
            "specified-authority"
        ),
    ),
    "commissioner": ("public", "local-policing-body relevant-authority relevant-authority-s17a section-11-body"),
    "homes": (
        "voluntary",
        ("non-profit-registered-provider relevant-authority relevant-authority-s17a participating-body mappa-dtc"),
    ),
    "academy": (
        "public",
        ("school-safeguarding foia-body educational-authority co-operating-body s10-relevant-partner"),
    ),
    "practice": ("public", "primary-care-provider participating-body"),
    "ambulance": ("public", "nhs-trust section-11-body s47-assisting-body relevant-health-or-adult-social-care"),
    "revenue": ("public", "revenue-body"),
    "pensions": ("public", "work-and-pensions dea-specified mappa-dtc"),
    "borders": ("public", "immigration-control-body mappa-dtc competent-authority"),
    "landlord": ("private", "for-profit-registered-provider private-company participating-body"),
    "shops": ("private", "private-company participating-body"),
    "scheme": ("private", "crime-reduction-scheme participating-body"),
    "charity": ("voluntary", "charity participating-body"),
}
"""Sorts of bodies: their sector and the hats they wear."""

PURPOSES = (
    "reduce-crime-disorder",
    "prevent-serious-violence",
    "safeguard-child",
    "prevent-detect-crime",
    "safeguard-adult",
    "manage-offenders",
    "domestic-abuse-safety",
    "public-protection-mappa",
    "asb-enforcement",
    "public-service-delivery",
    "strategic-assessment",
    "statistics",
)

ITEMS: tuple[tuple[str, Form, tuple[str, ...], tuple[str, ...]], ...] = (
    ("name", Form.IDENTIFIABLE, (), ()),
    ("date-of-birth", Form.IDENTIFIABLE, (), ()),
    ("home-address", Form.IDENTIFIABLE, (), ()),
    ("telephone", Form.IDENTIFIABLE, (), ()),
    ("suspect-image", Form.IDENTIFIABLE, (), ()),
    ("victim-name", Form.IDENTIFIABLE, (), ()),
    ("victim-address", Form.IDENTIFIABLE, (), ()),
    ("risk-level", Form.IDENTIFIABLE, (), ()),
    ("offence-history", Form.IDENTIFIABLE, (), ()),
    ("conviction", Form.IDENTIFIABLE, (), ("handling-c",)),
    ("spent-conviction", Form.IDENTIFIABLE, (), ()),
    ("bail-conditions", Form.IDENTIFIABLE, (), ()),
    ("health-record", Form.IDENTIFIABLE, ("nhs",), ()),
    ("substance-use", Form.IDENTIFIABLE, (), ()),
    ("care-plan", Form.IDENTIFIABLE, (), ()),
    ("gang-membership", Form.IDENTIFIABLE, (), ()),
    ("school-attendance", Form.IDENTIFIABLE, (), ()),
    ("benefits", Form.IDENTIFIABLE, ("dwp",), ()),
    ("declared-income", Form.IDENTIFIABLE, ("hmrc",), ()),
    ("immigration-status", Form.IDENTIFIABLE, (), ()),
    ("ethnicity-self-defined", Form.PSEUDONYMISED, (), ()),
    ("incident-location", Form.DEPERSONALISED, (), ()),
    ("incident-date", Form.DEPERSONALISED, (), ()),
    ("assault-count", Form.AGGREGATE, (), ()),
    ("free-text-note", Form.IDENTIFIABLE, (), ()),
)
"""Items of the shipped vocabulary, with the form, origins and handling in which they travel."""

MANNERS = (
    Manner(need=True),
    Manner(mode=Mode.REQUEST, requested=True, need=True),
    Manner(mode=Mode.FEED),
    Manner(mode=Mode.MEETING, scope="list"),
    Manner(held_for="public-service-delivery", need=True),
    Manner(scope="bulk"),
)

FACTS = (
    "consent",
    "serious-harm-or-crime",
    "flow-in-protocol",
    "child",
    "adult-at-risk",
    "objection",
    "own-function",
    "code-followed",
    "court-order",
    "no-patient-information",
    "hmrc-consent",
    "dwp-consent",
)

TESTS = (
    "necessary",
    "proportionate",
    "substantial-public-interest",
    "strictly-necessary",
    "relevant-to-function",
    "consent-would-prejudice",
    "reidentification-risk",
    "best-interests",
    "lia-balance",
)
"""What people judge for a class of shares."""

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Size:
    """How large a world is."""

    partners: int = 50
    agreements: int = 40
    forms: int = 300
    fact_sets: int = 64
    streams: int = 400
    """Who shares with whom for what and how, in rows by the million."""


@dataclass(frozen=True)
class Portfolio:
    """A world with the shapes in which things are asked of it."""

    size: Size
    seed: int
    world: World
    confirmations: tuple[Confirmation, ...]
    ranked: Whole
    """All ordered pairs of two partners, the busiest first."""
    items: tuple[ProposedItem, ...]
    forms: tuple[tuple[int, ...], ...]
    fact_sets: tuple[Facts, ...]

    @cached_property
    def codes(self) -> Codes:
        return Codes(
            parties=[PartyRef(partner=one.id) for one in self.world.partnership.partners],
            purposes=PURPOSES,
            manners=MANNERS,
            facts=self.fact_sets,
            items=self.items,
            asked=self.forms,
        )

    @cached_property
    def flows(self) -> Whole:
        """The flows of all agreements, each as pair, purpose and the form that asks for its items (or none: -1)."""
        places = {one.id: place for place, one in enumerate(self.world.partnership.partners)}
        found: list[tuple[int, int, int]] = []
        for signed, flow in _flows(self.world.agreements):
            ends = (_partner(signed, flow.from_[0]), _partner(signed, flow.to[0]))
            form = len(found) if len(found) < len(self.forms) // 2 else -1
            pair = places[ends[0]] * self.size.partners + places[ends[1]]
            found.append((pair, PURPOSES.index(flow.purpose), form))
        return np.array(found)

    @cached_property
    def _busiest(self) -> dict[str, Whole]:
        """The streams of a table of rows, the busiest first."""
        drawn = self.drawn(self.size.streams * 4, 1)
        columns = ("discloser", "recipient", "purpose", "manner")
        whole, first = np.unique(np.stack([drawn[name] for name in columns], axis=1), axis=0, return_index=True)
        order = np.argsort(first)[: self.size.streams]
        return {name: whole[order, at] for at, name in enumerate(columns)} | {"form": drawn["items"][first[order]]}

    def rows(self, count: int, seed: int = 0) -> dict[str, Whole]:
        """That many rows of codes, of a number of streams; most rows of a stream ask for the same items."""
        rng = np.random.default_rng((self.seed, 79, seed))
        stream = _zipf(rng, len(self._busiest["form"]), count)
        forms = _zipf(rng, len(self.forms), count)
        return {
            **{name: column[stream] for name, column in self._busiest.items() if name != "form"},
            "day": rng.integers(FIRST.toordinal(), LAST.toordinal(), count, endpoint=True),
            "facts": _zipf(rng, len(self.fact_sets), count),
            "items": np.where(rng.random(count) < 0.8, self._busiest["form"][stream], forms),
        }

    def drawn(self, count: int, seed: int = 0) -> dict[str, Whole]:
        """Codes one by one: most under a flow of some agreement, the others between any two."""
        rng = np.random.default_rng((self.seed, 77, seed))
        stream = self.flows[_zipf(rng, len(self.flows), count, 0.8)]
        standing = rng.random(count) < STANDING
        pair = np.where(standing, stream[:, 0], self.ranked[_zipf(rng, len(self.ranked), count)])
        forms = _zipf(rng, len(self.forms), count)
        return {
            "discloser": pair // self.size.partners,
            "recipient": pair % self.size.partners,
            "purpose": np.where(standing, stream[:, 1], _zipf(rng, len(PURPOSES), count, 0.7)),
            "manner": _zipf(rng, len(MANNERS), count, 1.5),
            "day": rng.integers(FIRST.toordinal(), LAST.toordinal(), count, endpoint=True),
            "facts": _zipf(rng, len(self.fact_sets), count),
            "items": np.where(standing & (stream[:, 2] >= 0) & (rng.random(count) < 0.8), stream[:, 2], forms),
        }

    def proposals(self, count: int, seed: int = 0) -> list[Proposal]:
        """That many proposals; some items of some of them are about a child."""
        rows = {name: column.tolist() for name, column in self.drawn(count, seed).items()}
        about_a_child = (np.random.default_rng((self.seed, 78, seed)).random(count) < 0.1).tolist()
        return [
            self._proposal(f"case-{at}", {name: column[at] for name, column in rows.items()}, about_a_child[at])
            for at in range(count)
        ]

    def _proposal(self, name: str, row: Mapping[str, int], about_a_child: bool) -> Proposal:
        codes, how = self.codes, MANNERS[row["manner"]]
        to = codes.parties[row["recipient"]]
        items = [self.items[place] for place in self.forms[row["items"]]]
        if about_a_child:
            items = [items[0].model_copy(update={"facts": {"child": "yes"}}), *items[1:]]
        return Proposal(
            id=name,
            discloser=codes.parties[row["discloser"]],
            recipient=to,
            purpose=PURPOSES[row["purpose"]],
            on=date.fromordinal(row["day"]),
            items=tuple(items),
            mode=how.mode,
            audience=how.audience,
            scope=how.scope,
            asked=Asked(by=to.partner, under=how.requested_under) if how.requested else None,
            held_for=how.held_for,
            need="named tenancy" if how.need else "",
            facts=self.fact_sets[row["facts"]],
        )


def portfolio(size: Size, seed: int) -> Portfolio:
    """The made-up world of this size."""
    rng = np.random.default_rng((seed, size.partners))
    confirmations = tuple(_confirmations(shipped(), rng))
    law = shipped().confirmed(confirmations)
    partners = tuple(_partners(size.partners, rng))
    count = len(partners)
    ranked = _ranked(count, rng)
    items = tuple(
        ProposedItem.of(law.item(name), form, origins=origins, handling=handling)
        for name, form, origins, handling in ITEMS
    )
    agreements = tuple(_agreements(size.agreements, partners, ranked, items, np.random.default_rng((seed, 5))))
    judgements = tuple(_judgements(agreements, partners, law, np.random.default_rng((seed, 6))))
    partnership = Partnership(schema_=1, name="Made-up partnership", domain="made-up.example", partners=partners)
    return Portfolio(
        size=size,
        seed=seed,
        world=World(partnership, law, agreements, judgements),
        confirmations=confirmations,
        ranked=ranked,
        items=items,
        forms=tuple(_forms(size.forms, agreements, items, rng)),
        fact_sets=tuple(_fact_sets(size.fact_sets, rng)),
    )


def _ranked(partners: int, rng: np.random.Generator) -> Whole:
    """All ordered pairs, the busiest first: sorts of bodies that stand first are busier, but not always."""
    pairs = np.array([one * partners + other for one in range(partners) for other in range(partners) if one != other])
    standing = (pairs // partners) % len(BODIES) + (pairs % partners) % len(BODIES)
    return pairs[np.argsort(standing + rng.normal(0, 4, len(pairs)))]


def _zipf(rng: np.random.Generator, places: int, count: int, exponent: float = ZIPF) -> Whole:
    """Places by Zipf's law, the first the likeliest."""
    weights = 1 / np.arange(1, places + 1) ** exponent
    return np.minimum(np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random(count)), places - 1)


def _some(rng: np.random.Generator, among: Sequence[str], least: int, most: int) -> tuple[str, ...]:
    """Some of these, in their order."""
    many = min(int(rng.integers(least, most, endpoint=True)), len(among))
    return tuple(among[place] for place in sorted(rng.permutation(len(among))[:many].tolist()))


def _day(rng: np.random.Generator, first: date = FIRST, last: date = LAST) -> date:
    return date.fromordinal(int(rng.integers(first.toordinal(), last.toordinal(), endpoint=True)))


def _confirmations(law: Register, rng: np.random.Generator) -> Iterator[Confirmation]:
    """A named officer has confirmed most doubtful facts of the shipped register."""
    doubtful = [(entry, path) for entry, one in law.provisions.items() for path in one.doubts()]
    for (entry, path), sure in zip(doubtful, rng.random(len(doubtful)) < 0.85, strict=True):
        if sure:
            yield Confirmation(
                entry=entry,
                path=path,
                value=True,
                who="A. Made-Up",
                office="head of legal services",
                when=date(2024, 11, 2),
                source="made up for a benchmark",
            )


def _partners(count: int, rng: np.random.Generator) -> Iterator[Partner]:
    sorts = list(BODIES.items())
    for at in range(count):
        sort, (sector, hats) = sorts[at % len(sorts)]
        name = f"{sort}-{at}"
        held = [HeldCapacity(capacity=hat) for hat in hats.split()]
        if rng.random() < 0.1:  # One hat is put on or taken off within the time.
            held[-1] = held[-1].model_copy(update={("from_", "until")[int(rng.integers(2))]: _day(rng)})
        facts = [PartyFact(fact=fact, value=True) for fact in ("apd", "dpia") if sector == "public"]
        if sector == "private" and rng.random() < 0.5:  # It comes to weigh its interests within the time.
            facts.append(PartyFact(fact="lia", value=True, from_=_day(rng)))
        yield Partner.model_validate(
            {
                "id": f"{name}.example/partner/{name}",
                "name": f"{sort.capitalize()} {at}",
                "sector": sector,
                "capacities": held,
                "facts": facts,
            }
        )


def _agreements(
    count: int, partners: Sequence[Partner], ranked: Whole, items: Sequence[ProposedItem], rng: np.random.Generator
) -> Iterator[SignedAgreement]:
    """Agreements between two to five parties, the first two of them a busy pair that has no other like it."""
    called = [one.item for one in items]
    weights = 1 / np.arange(1, len(ranked) + 1) ** ZIPF
    chance = weights / weights.sum()
    pairs = ranked[rng.choice(len(ranked), count, replace=False, p=chance)].tolist()
    for at in range(count):
        chosen = list(dict.fromkeys([*divmod(pairs[at], len(partners)), *_others(rng, len(partners))]))
        names = [f"party-{place}" for place in range(len(chosen))]
        parties = [
            AgreementParty(called=name, partner=partners[place].id) for name, place in zip(names, chosen, strict=True)
        ]
        start = _day(rng, date(2024, 7, 1), date(2025, 12, 31))
        text = Agreement(
            schema_=1,
            id=f"made-up.example/agreement/agreement-{at}",
            title=f"Made-up agreement {at}",
            version=1,
            family="operational",
            parties=tuple(parties),
            purposes=PURPOSES,
            flows=tuple(_flow(place, names, called, rng) for place in range(int(rng.integers(2, 6)))),
            never=(_never(called, rng),) if rng.random() < 0.15 else (),
            preconditions=("code-followed",) if rng.random() < 0.1 else (),
            review=Review(),
            term=Term(from_=start, until=start + timedelta(days=int(rng.integers(600, 1400)))),
        )
        signed_by = [party.partner for party in parties if party.partner]
        if rng.random() < 0.1:
            signed_by.pop()
        later = ((signed_by[-1], start + timedelta(days=60)),) if rng.random() < 0.1 else ()
        yield SignedAgreement(agreement=text, signed_by=tuple(signed_by), digest=f"made-up-{at}", signed_on=later)


def _others(rng: np.random.Generator, partners: int) -> list[int]:
    return [int(one) for one in rng.integers(partners, size=int(rng.integers(4)))]


def _flow(at: int, names: Sequence[str], called: Sequence[str], rng: np.random.Generator) -> Flow:
    """A flow; the first is from the first party to the second."""
    order = list(range(len(names))) if at == 0 else rng.permutation(len(names)).tolist()
    dated = {("from_date", "until_date")[int(rng.integers(2))]: _day(rng)} if rng.random() < 0.15 else {}
    return Flow.model_validate(
        {
            "id": f"flow-{at}",
            "from": (names[order[0]],),
            "to": tuple(names[place] for place in order[1:3]),
            "purpose": PURPOSES[int(_zipf(rng, len(PURPOSES), 1, 0.7)[0])],
            "items": _some(rng, called, 2, 14),
            "mode": "feed" if rng.random() < 0.2 else "push",
            "needs": _some(rng, FACTS[:3], 1, 1) if rng.random() < 0.2 else (),
            **dated,
        }
    )


def _never(called: Sequence[str], rng: np.random.Generator) -> Never:
    unless = _some(rng, FACTS[:3], 1, 1) if rng.random() < 0.5 else ()
    return Never(id="clause-1", items=_some(rng, called, 1, 2), unless=unless, text="Made up.")


def _judgements(
    agreements: Sequence[SignedAgreement], partners: Sequence[Partner], law: Register, rng: np.random.Generator
) -> Iterator[Judgement]:
    """For most flows what people of both ends have judged, for good or for a year."""
    hats = {
        one.id: law.capacities_of(
            [held.capacity for held in one.capacities] + ["public-authority"] * (one.sector == "public")
        )
        for one in partners
    }
    settled = {(test, worn): law.offices_for(test, worn) for test in TESTS for worn in set(hats.values())}
    for signed, flow in _flows(agreements):
        for end in (flow.from_[0], flow.to[0]):
            partner = _partner(signed, end)
            for test in TESTS:
                offices = settled[test, hats[partner]]
                if offices and rng.random() < 0.85:
                    yield _judgement(signed, flow, partner, test, offices[0], rng)


def _judgement(
    signed: SignedAgreement, flow: Flow, partner: str, test: str, office: str, rng: np.random.Generator
) -> Judgement:
    start = signed.agreement.term.from_
    return Judgement.model_construct(
        schema_=1,
        id=f"{signed.agreement.id}-{flow.id}-{test}-{partner}",
        test=test,
        answer="yes" if rng.random() < 0.93 else "no",
        by="A. Made-Up",
        office=office,
        partner=partner,
        reasons="made up for a benchmark",
        scope=JudgementScope(agreement=signed.agreement.id, flow=flow.id),
        items=(),
        from_=start,
        until=start + timedelta(days=365) if rng.random() < 0.2 else None,
        clause=None,
    )


def _forms(
    count: int, agreements: Sequence[SignedAgreement], items: Sequence[ProposedItem], rng: np.random.Generator
) -> Iterator[tuple[int, ...]]:
    """Which items are asked for together: as the first flows have them, then any one to fifteen."""
    places = {one.item: place for place, one in enumerate(items)}
    promised = [flow for _, flow in _flows(agreements)][: count // 2]
    for flow in promised:
        yield tuple(sorted(places[name] for name in flow.items))
    for _ in range(count - len(promised)):
        yield tuple(sorted(rng.permutation(len(items))[: int(rng.integers(1, 15, endpoint=True))].tolist()))


def _flows(agreements: Sequence[SignedAgreement]) -> Iterator[tuple[SignedAgreement, Flow]]:
    return ((signed, flow) for signed in agreements for flow in signed.agreement.flows)


def _partner(signed: SignedAgreement, called: str) -> str:
    """The partner that an agreement calls by this name."""
    party = signed.agreement.party(called)
    assert party
    assert party.partner
    return party.partner


def _fact_sets(count: int, rng: np.random.Generator) -> Iterator[Facts]:
    """What is said of the facts: nothing first, then a few at a time."""
    yield {}
    for _ in range(count - 1):
        chosen = _some(rng, sorted(FACTS), 1, 5)
        said: list[Said] = ["yes", "yes", "no", "unknown"]
        yield {fact: said[int(rng.integers(len(said)))] for fact in chosen}
