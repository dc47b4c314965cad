"""Comity: share information between the partners of a community-safety partnership, by default, lawfully."""

from comity.agreement import Agreement, SignedAgreement
from comity.check import Answer, Case, Decision, Judgement, Proposal, ProposedItem, Reason, World, decide
from comity.errors import ComityError, DamagedRegister, InputError, SignatureError, UnknownName
from comity.law import Confirmation, Provision, Register, shipped
from comity.partnership import Item, Partner, Partnership, PartyRef
from comity.source import Problem
from comity.terms import Headline, Outcome

__all__ = [
    "Agreement",
    "Answer",
    "Case",
    "ComityError",
    "Confirmation",
    "DamagedRegister",
    "Decision",
    "Headline",
    "InputError",
    "Item",
    "Judgement",
    "Outcome",
    "Partner",
    "Partnership",
    "PartyRef",
    "Problem",
    "Proposal",
    "ProposedItem",
    "Provision",
    "Reason",
    "Register",
    "SignatureError",
    "SignedAgreement",
    "UnknownName",
    "World",
    "decide",
    "shipped",
]
