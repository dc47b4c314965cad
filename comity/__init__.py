"""Comity: share information between the partners of a community-safety partnership, by default, lawfully."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_PARTS = ("terms", "source", "errors", "partnership", "law", "agreement", "check")


def __getattr__(name: str) -> object:
    """A name of `__all__`, from its part, which is loaded only now: the command starts without the rest."""
    if name in __all__:
        for part in _PARTS:
            if hasattr(module := import_module(f"comity.{part}"), name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
