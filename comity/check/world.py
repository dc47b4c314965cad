"""Everything a partnership decides with, put together: from a proposal to a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from comity.agreement import SignedAgreement
from comity.check.case import Case
from comity.check.decision import Decision, Judgement, Proposal
from comity.check.reference import decide
from comity.law import Register
from comity.partnership import Partnership, PartyView
from comity.terms import Mode

RECEIVED = (Mode.KEEP, Mode.ONWARD)
"""The ways of dealing with something that was itself received."""

K = TypeVar("K")
T = TypeVar("T")


@dataclass(frozen=True)
class World:
    """A partnership with the law, its agreements and its judgements, as known at one time."""

    partnership: Partnership
    law: Register
    agreements: tuple[SignedAgreement, ...] = ()
    judgements: tuple[Judgement, ...] = ()

    def case(self, proposal: Proposal) -> Case:
        """The proposal with the parties as they stand on its day, and what bears on them; raises `UnknownName`."""
        purposes = self.law.purposes_of(proposal.purpose)
        discloser = self.partnership.view(proposal.discloser, proposal.on, purposes)
        recipient = self.partnership.view(proposal.recipient, proposal.on, purposes)
        agreements = self.bearing(discloser, recipient, received=proposal.mode in RECEIVED)
        return Case(proposal, discloser, recipient, self.law, agreements, self.judged(agreements, proposal.id))

    def decide(self, proposal: Proposal) -> Decision:
        return decide(self.case(proposal))

    def bearing(self, discloser: PartyView, recipient: PartyView, *, received: bool) -> tuple[SignedAgreement, ...]:
        """The agreements that name both; for something that was itself received, every one that names who has it."""
        ends = (discloser.controller, *(() if received else (recipient.controller,)))
        return self.naming(*ends)

    def naming(self, partner: str, *others: str) -> tuple[SignedAgreement, ...]:
        """The agreements that name all these partners as parties."""
        return tuple(one for one in self._naming.get(partner, ()) if one.names(*others))

    def judged(self, agreements: tuple[SignedAgreement, ...], instance: str) -> tuple[Judgement, ...]:
        """The judgements made for this case, or for a class under one of these agreements, in their order."""
        scopes = [("instance", instance), *(("agreement", one.agreement.id) for one in agreements)]
        found = [place for scope in scopes for place in self._scoped.get(scope, ())]
        return tuple(self.judgements[place] for place in sorted(found))

    @cached_property
    def _naming(self) -> Mapping[str, tuple[SignedAgreement, ...]]:
        """The agreements that name a partner, by its id."""
        return _grouped((id, one) for one in self.agreements for id in sorted(one.agreement.named))

    @cached_property
    def _scoped(self) -> Mapping[tuple[str, str], tuple[int, ...]]:
        """The places of the judgements made for one case, or for a class under one agreement."""
        return _grouped((_scope(one), place) for place, one in enumerate(self.judgements))

    @cached_property
    def judged_alone(self) -> frozenset[str]:
        """The cases somebody has judged one by one: there the id of a proposal matters."""
        return frozenset(one.scope.instance for one in self.judgements if one.scope.instance is not None)


def _scope(judgement: Judgement) -> tuple[str, str]:
    scope = judgement.scope
    return ("agreement", scope.agreement or "") if scope.instance is None else ("instance", scope.instance)


def _grouped(pairs: Iterable[tuple[K, T]]) -> dict[K, tuple[T, ...]]:
    found: dict[K, list[T]] = {}
    for name, one in pairs:
        found.setdefault(name, []).append(one)
    return {name: tuple(those) for name, those in found.items()}
