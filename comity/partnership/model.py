"""The bodies that take part, each with its legal hats and their dates.

A partnership is not a legal person: whoever gives or receives is always one
named partner, in named capacities, on a day (CDA 1998 s.5; law.md section 0).
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Collection
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainSerializer

from comity.errors import UnknownName
from comity.source import Model, Words, WordSet
from comity.terms import Day, Id, Period, Slug, Truth, slug_of

KEY_BYTES = 32

Capacities = Annotated[frozenset[str], PlainSerializer(sorted)]


class HeldCapacity(Model):
    """A capacity held for a time."""

    capacity: Slug
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    source: str = ""

    def held_on(self, day: date) -> bool:
        return day in Period(from_=self.from_, until=self.until)


class PartyFact(Model):
    """Something known about a party (an appropriate policy document, an assessment) for a time."""

    fact: Slug
    value: bool
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None

    def holds_on(self, day: date) -> bool:
        return day in Period(from_=self.from_, until=self.until)


class Unit(Model):
    """A part of a partner that wears hats of its own: trading standards, a youth offending team."""

    name: Slug
    title: str
    capacities: tuple[HeldCapacity, ...]


class ActsFor(Model):
    """A link by contract or commission: this partner acts on behalf of another, for some purposes."""

    partner: Id
    purposes: WordSet = ()
    reference: str
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None

    def holds_on(self, day: date) -> bool:
        return day in Period(from_=self.from_, until=self.until)


def checked_key(text: str) -> str:
    try:
        content = b64decode(text, validate=True)
    except ValueError:
        content = b""
    if len(content) != KEY_BYTES:
        raise ValueError(f"{text!r} is not a public key | Copy the whole of what comity agreement key new prints.")
    return text


class SigningKey(Model):
    """A public Ed25519 key (base64) with which an office of the partner signs."""

    office: str
    public_key: Annotated[str, AfterValidator(checked_key)]
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None


class Partner(Model):
    """A body that takes part."""

    id: Id
    name: str
    sector: Literal["public", "private", "voluntary", "individual"]
    description: str = ""
    also_known_as: Words = ()
    succeeds: tuple[Id, ...] = ()
    capacities: tuple[HeldCapacity, ...] = ()
    units: tuple[Unit, ...] = ()
    facts: tuple[PartyFact, ...] = ()
    acts_for: tuple[ActsFor, ...] = ()
    facilitator: str = ""
    keys: tuple[SigningKey, ...] = ()

    @property
    def called(self) -> str:
        return slug_of(self.id)


class Item(Model):
    """A data item: what it is, of what kinds, about whom.

    Kinds are cumulative and belong to the item; what varies by row is a row fact.
    """

    id: Id
    title: str
    kinds: WordSet
    role: str = ""
    notes: str = ""


class PartyRef(Model):
    """Who, wearing which hat: a partner, one of its units, or acting on behalf of another."""

    partner: Id
    unit: Slug | None = Field(default=None, alias="as")
    acting_for: Id | None = None


class PartyView(Model):
    """A party as the law sees it on a day."""

    partner: Id
    name: str
    capacities: Capacities
    facts: tuple[tuple[str, bool], ...]
    controller: Id
    acting_for: PartyView | None = None

    def fact(self, fact: str) -> Truth:
        """What is known; whoever acts for another stands under the other's policies."""
        view = self.acting_for or self
        return dict(view.facts).get(fact)

    @property
    def responsible(self) -> PartyView:
        """The party whose data protection duties count: the principal of one who acts for it."""
        return self.acting_for or self


class Partnership(Model):
    """All partners of one community-safety partnership."""

    schema_: Literal[1] = Field(alias="schema")
    name: str
    domain: str
    extent: Literal["E", "W"] = "E"
    partners: tuple[Partner, ...]

    def partner(self, name: str) -> Partner:
        """The partner with this id or short name."""
        if name not in self._by_name:
            raise UnknownName("partner", name, [partner.called for partner in self.partners])
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Partner]:
        """By id and by short name; the first of two that are called alike counts."""
        return {name: one for one in reversed(self.partners) for name in (one.id, one.called)}

    def view(self, ref: PartyRef, on: date, purposes: Collection[str] = ()) -> PartyView:
        """The party with the capacities it holds on the day; raises `UnknownName`.

        Whoever acts for another must be commissioned for one of `purposes`, if any are given.
        """
        partner = self.partner(ref.partner)
        held = [held for held in partner.capacities if held.held_on(on)]
        if ref.unit is not None:
            held += [extra for extra in self._unit(partner, ref.unit).capacities if extra.held_on(on)]
        principal = self._principal(partner, ref.acting_for, on, purposes)
        also = {"public-authority"} if partner.sector == "public" else set()
        also |= {"acting-on-behalf-of"} if principal else set()
        return PartyView(
            partner=partner.id,
            name=partner.name,
            capacities=frozenset(one.capacity for one in held) | also,
            facts=tuple((known.fact, known.value) for known in partner.facts if known.holds_on(on)),
            controller=principal.partner if principal else partner.id,
            acting_for=principal,
        )

    def _unit(self, partner: Partner, name: str) -> Unit:
        for unit in partner.units:
            if unit.name == name:
                return unit
        raise UnknownName(f"part of {partner.name}", name, [unit.name for unit in partner.units])

    def _principal(
        self, partner: Partner, principal: str | None, on: date, purposes: Collection[str]
    ) -> PartyView | None:
        if principal is None:
            return None
        for link in partner.acts_for:
            meant = not purposes or not link.purposes or bool(set(purposes) & set(link.purposes))
            if principal in (link.partner, slug_of(link.partner)) and link.holds_on(on) and meant:
                return self.view(PartyRef(partner=link.partner), on)
        raise UnknownName(
            f"link by which {partner.name} acts for another on {on} for this purpose,",
            principal,
            [link.partner for link in partner.acts_for],
        )
