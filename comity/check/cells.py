"""The agreement's own cells: every flow x item x giver x receiver, decided.

`changed` compares two worlds over them: what a new version, a new judgement or
a new law really changes, each with the cell that shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from comity.agreement import Agreement, Flow
from comity.check.decision import Answer, Proposal, ProposedItem
from comity.check.text import Names
from comity.check.world import World
from comity.errors import UnknownName
from comity.partnership import PartyRef
from comity.terms import Duty, Outcome


@dataclass(frozen=True)
class Cell:
    """One item of one flow from one named party to one other."""

    flow: str
    item: str
    discloser: PartyRef
    recipient: PartyRef
    purpose: str


@dataclass(frozen=True)
class Changed:
    """A cell whose answer differs, with both answers as the witness."""

    cell: Cell
    before: Answer | None
    after: Answer | None

    @property
    def sentence(self) -> str:
        return f"{_word(self.before)} before, {_word(self.after)} now"


def _word(answer: Answer | None) -> str:
    if answer is None:
        return "not promised"
    must = " (the law requires it)" if answer.duty == Duty.DUE and answer.outcome == Outcome.SHARE else ""
    return f"{answer.outcome}{' by itself' if answer.automatic else ''}{must}"


def proposals(agreement: Agreement, names: Names, on: date) -> Iterator[tuple[Flow, Proposal]]:
    """Each flow between each two named parties, as a proposal; what names no known body is left out."""
    for flow in agreement.flows:
        for giver in flow.from_:
            for receiver in flow.to:
                if giver != receiver and (proposal := flow_proposal(agreement, flow, giver, receiver, names, on)):
                    yield flow, proposal


def flow_proposal(
    agreement: Agreement, flow: Flow, giver: str, receiver: str, names: Names, on: date
) -> Proposal | None:
    """What the flow promises from one party to another, as a proposal on that day."""
    ends = [party_ref(agreement, called) for called in (giver, receiver)]
    if None in ends:
        return None
    items = [names.items.get(agreement.item_id(name)) for name in flow.items]
    return Proposal.model_validate(
        {
            "id": f"{agreement.id}:{flow.id}:{giver}:{receiver}",
            "discloser": ends[0],
            "recipient": ends[1],
            "purpose": flow.purpose,
            "on": on,
            "mode": flow.mode,
            "audience": flow.handling.audience,
            "set": flow.set,
            "extent": agreement.extent[0],
            "items": [ProposedItem.of(item, flow.form, handling=_handling(flow)) for item in items if item],
        }
    )


def _handling(flow: Flow) -> tuple[str, ...]:
    """The codes and the marking of the flow, as the handling rules of the register name them."""
    return (*flow.handling.codes, flow.handling.marking.lower().replace(" ", "-"))


def party_ref(agreement: Agreement, called: str) -> PartyRef | None:
    """The party that a text calls so, if it names a partner."""
    party = agreement.party(called)
    if party is None or party.partner is None:
        return None
    principal = agreement.party(party.acting_for) if party.acting_for else None
    return PartyRef(partner=party.partner, unit=party.unit, acting_for=principal.partner if principal else None)


def answers(agreement: Agreement, world: World, names: Names, on: date) -> dict[Cell, Answer]:
    """The answer in every cell of the agreement."""
    found: dict[Cell, Answer] = {}
    for flow, proposal in proposals(agreement, names, on):
        try:
            decision = world.decide(proposal)
        except UnknownName:
            continue
        for one in decision.answers:
            found[Cell(flow.id, one.item, proposal.discloser, proposal.recipient, proposal.purpose)] = one
    return found


def changed(old: tuple[Agreement, World], new: tuple[Agreement, World], names: Names, on: date) -> tuple[Changed, ...]:
    """The cells of either version whose answer differs: outcome, duty, or whether it goes by itself."""
    before, after = (answers(agreement, world, names, on) for agreement, world in (old, new))
    return tuple(
        Changed(cell, before.get(cell), after.get(cell))
        for cell in dict.fromkeys([*before, *after])
        if _word(before.get(cell)) != _word(after.get(cell))
    )
