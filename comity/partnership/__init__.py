"""Partners, the capacities they hold on a day, and who acts for whom."""

from comity.partnership.model import (
    ActsFor,
    HeldCapacity,
    Item,
    Partner,
    Partnership,
    PartyFact,
    PartyRef,
    PartyView,
    SigningKey,
    Unit,
)

__all__ = [
    "ActsFor",
    "HeldCapacity",
    "Item",
    "Partner",
    "Partnership",
    "PartyFact",
    "PartyRef",
    "PartyView",
    "SigningKey",
    "Unit",
]
