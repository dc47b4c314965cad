"""The legal right to share, in any instance."""

from comity.check.case import Case
from comity.check.decision import Answer, Decision, Judgement, Proposal, ProposedItem, Reason
from comity.check.reference import decide
from comity.check.world import World

__all__ = ["Answer", "Case", "Decision", "Judgement", "Proposal", "ProposedItem", "Reason", "World", "decide"]
