"""Everything a partnership decides with, put together: from a proposal to a case."""

from __future__ import annotations

from dataclasses import dataclass

from comity.agreement import SignedAgreement
from comity.check.case import Case
from comity.check.decision import Decision, Judgement, Proposal
from comity.check.reference import decide
from comity.law import Register
from comity.partnership import Partnership


@dataclass(frozen=True)
class World:
    """A partnership with the law, its agreements and its judgements, as known at one time."""

    partnership: Partnership
    law: Register
    agreements: tuple[SignedAgreement, ...] = ()
    judgements: tuple[Judgement, ...] = ()

    def case(self, proposal: Proposal) -> Case:
        """The proposal with the parties as they stand on its day; raises `UnknownName`."""
        purposes = self.law.purposes_of(proposal.purpose)
        return Case(
            proposal,
            self.partnership.view(proposal.discloser, proposal.on, purposes),
            self.partnership.view(proposal.recipient, proposal.on, purposes),
            self.law,
            self.agreements,
            self.judgements,
        )

    def decide(self, proposal: Proposal) -> Decision:
        return decide(self.case(proposal))
