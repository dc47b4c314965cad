"""Which agreements stand between two parties on a day, and why others do not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import combinations
from typing import Literal

from comity.agreement.model import Agreement, Flow, Never
from comity.source import Model
from comity.terms import Id

State = Literal["draft", "circulated", "signed", "in-force", "under-review", "lapsed", "withdrawn"]


class SignedAgreement(Model):
    """An agreement with the parties whose verified signatures it carries, and its digest.

    `signed_on` holds the day of each signature; one without a day counts as there from the start. `kept` are the
    partners that signed the version before only, and need not again. `superseded_by` are those that take its place.
    """

    agreement: Agreement
    signed_by: tuple[Id, ...]
    digest: str
    signed_on: tuple[tuple[Id, date], ...] = ()
    kept: tuple[Id, ...] = ()
    superseded_by: tuple[SignedAgreement, ...] = ()

    def signatures_on(self, day: date) -> frozenset[str]:
        """The partners whose signatures were there on the day."""
        later = {partner for partner, when in self.signed_on if when > day}
        return frozenset(self.signed_by) - later

    def state_on(self, day: date) -> State:
        """Where the agreement stands in its life (`lifecycle.py` draws the table)."""
        text = self.agreement
        ends = [(when, state) for when, state in self._ends() if when <= day]
        if ends:
            return min(ends)[1]
        signed = len(self.signatures_on(day))
        if signed < 2:
            return "circulated" if signed else "draft"
        if self.replaced_on(day):
            return "lapsed"
        if not text.in_term_on(day):
            return "signed"
        return "under-review" if text.review.next and text.review.next <= day else "in-force"

    def _ends(self) -> list[tuple[date, State]]:
        """The days on which it comes to an end; what comes first stays so."""
        text = self.agreement
        lapses: list[tuple[date, State]] = [(text.term.until, "lapsed")] if text.term.until else []
        return lapses + ([(text.withdrawn, "withdrawn")] if text.withdrawn else [])

    def stands_between(self, one: str, other: str, day: date) -> bool:
        """Signed by both, both still taking part, within its term, and nothing has taken its place between them."""
        return self._binds(one, other, day) and not self._replaced_between(one, other, day)

    def replaced_on(self, day: date) -> tuple[Id, ...]:
        """The agreements that have taken its place between all who signed it; none where some two are left."""
        pairs = list(combinations(sorted(one for one in self.signatures_on(day) if self._sign(one, day)), 2))
        found = [self._replaced_between(*pair, day) for pair in pairs]
        return tuple(sorted({id for ids in found for id in ids})) if all(found) else ()

    def _replaced_between(self, one: str, other: str, day: date) -> list[Id]:
        return [new.agreement.id for new in self.superseded_by if new.has_bound(one, other, day)]

    def has_bound(self, one: str, other: str, day: date) -> bool:
        """Whether it was in force between the two on the day or before: what it replaced does not come back."""
        text = self.agreement
        begins = {text.term.from_, *(when for _, when in self.signed_on)}
        begins |= {party.joined for party in text.parties if party.joined}
        begins |= {period.until for period in text.suspended if period.until}
        return any(when <= day and self._binds(one, other, when) for when in (day, *begins))

    def bound_on(self, day: date) -> frozenset[str]:
        """The partners between whom it may stand on the day: signed, taking part, within its term."""
        in_term = self.agreement.in_term_on(day)
        return frozenset(one for one in self.signed_by if in_term and self._sign(one, day))

    def _binds(self, one: str, other: str, day: date) -> bool:
        return self._sign(one, day) and self._sign(other, day) and self.agreement.in_term_on(day)

    def _sign(self, partner: str, day: date) -> bool:
        return partner in self.signatures_on(day) and any(
            party.partner == partner and party.takes_part_on(day) for party in self.agreement.parties
        )

    def names(self, *partners: str) -> bool:
        """Whether the text names all these partners as parties, signed or not."""
        return self.agreement.named.issuperset(partners)

    def flows(self, discloser: str, recipient: str, purposes: Iterable[str], day: date) -> tuple[Flow, ...]:
        """The flows from one to the other for any of these purposes on the day."""
        return tuple(
            flow
            for flow in self.agreement.flows
            if discloser in self.agreement.partner_ids(flow.from_)
            and recipient in self.agreement.partner_ids(flow.to)
            and flow.purpose in set(purposes)
            and day in flow.period
        )

    def covers(self, flow: Flow, item: str) -> bool:
        return item in {self.agreement.item_id(name) for name in flow.items}

    def clauses_against(
        self, item: str, kinds: Iterable[str], recipient: str, purposes: Iterable[str]
    ) -> tuple[Never, ...]:
        """The clauses that say this item never goes to this recipient for this purpose."""
        kinds, purposes = set(kinds), set(purposes)
        return tuple(
            clause
            for clause in self.agreement.never
            if (item in {self.agreement.item_id(name) for name in clause.items} or kinds & set(clause.kinds))
            and (not clause.to or recipient in self.agreement.partner_ids(clause.to))
            and (not clause.purposes or purposes & set(clause.purposes))
        )
