"""The law register: what the law permits, requires and forbids, as dated data."""

from comity.law.model import Confirmation, Fact, Provision, Route
from comity.law.register import Register, Vocabulary, extended, load, shipped, shipped_vocabulary

__all__ = [
    "Confirmation",
    "Fact",
    "Provision",
    "Register",
    "Route",
    "Vocabulary",
    "extended",
    "load",
    "shipped",
    "shipped_vocabulary",
]
