"""What is wrong with an agreement that only shows beside the law and the partners.

`agreement/lint.py` reads the text alone; this reads it with the register, the
capacities and the answers the check would give.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from comity.agreement import Agreement, Flow
from comity.check.case import Case
from comity.check.cells import flow_proposal
from comity.check.finding import claimed
from comity.check.text import Names
from comity.check.world import World
from comity.errors import UnknownName
from comity.law import Provision, Register
from comity.source import Document, Path, Problem
from comity.terms import listed

Slugs = tuple[str, ...]
CITED = ("powers", "bases", "conditions")


def lint_agreement(
    agreement: Agreement, document: Document, world: World, names: Names, on: date
) -> tuple[Problem, ...]:
    """Every problem that law, partners and decisions show, in the order of the text."""
    problems: list[Problem] = []
    if agreement.register_ == world.law.name:
        for at, flow in enumerate(agreement.flows):
            path = ("flows", at)
            problems += _cited(agreement, flow, document, path, world.law)
            reach = _Reach(agreement, flow, world, names, max(on, agreement.term.from_))
            problems += reach.problems(document, (*path, "to"))
    problems += _parties(agreement, document, names)
    return tuple(sorted(set(problems)))


def _cited(agreement: Agreement, flow: Flow, document: Document, path: Path, law: Register) -> Iterator[Problem]:
    """Every provision a flow cites exists, can do what it is cited for, and is in force for the whole term."""
    for key in CITED:
        for at, id in enumerate(getattr(flow, key)):
            here = (*path, key, at)
            try:
                provision = law.provision(id)
            except UnknownName as error:
                yield document.problem(here, "unknown-provision", str(error), "Cite an entry of the register.")
                continue
            yield from _kind(provision, key, document, here)
            yield from _lapsed(provision, agreement, document, here)


def _kind(provision: Provision, key: str, document: Document, path: Path) -> Iterator[Problem]:
    if provision.kind == "exemption":
        yield document.problem(
            path,
            "exemption-cited",
            f"{provision.citation} is an exemption: it is neither a power nor a basis.",
            "Name the power and the basis; keep the exemption for the duties it lifts.",
        )
    elif key == "powers" and provision.kind not in ("power", "duty"):
        yield document.problem(
            path, "not-a-power", f"{provision.citation} gives no power to share.", "Name a power or a duty."
        )
    if provision.evidence == "to-confirm":
        yield _warning(
            document,
            path,
            "unconfirmed-provision",
            f"{provision.citation} has yet to be confirmed.",
            "A named officer can confirm it: comity law confirm.",
        )


def _lapsed(provision: Provision, agreement: Agreement, document: Document, path: Path) -> Iterator[Problem]:
    start, end = agreement.term.from_, agreement.term.until
    if not provision.in_force:
        yield document.problem(
            path,
            "law-not-in-force",
            f"{provision.citation} is not in force yet.",
            "Rest the flow on law in force; add this by a variation once it begins.",
        )
    elif not provision.in_force_on(start):
        yield document.problem(
            path,
            "law-not-in-force",
            f"{provision.citation} is not in force on {start}, when the agreement begins.",
            "Cite the law in force for the whole term.",
        )
    elif end and not any(end in period or period.until == end for period in provision.in_force):
        yield document.problem(
            path,
            "law-lapses",
            f"{provision.citation} ends before the agreement does.",
            "End the flow with the law, or cite what replaces it.",
        )


@dataclass(frozen=True)
class _Reach:
    """A flow beside the law, on the day on which its reach is judged."""

    agreement: Agreement
    flow: Flow
    world: World
    names: Names
    day: date

    def problems(self, document: Document, path: Path) -> Iterator[Problem]:
        """Does a cited power reach from every giver to every receiver? What is so for several is said once."""
        for (unreached, receivers), givers in self.unreached().items():
            yield document.problem(
                path,
                "power-does-not-reach",
                f"None of the powers cited in {self.flow.id} reaches {listed(unreached)} "
                f"from {listed(givers)} to {listed(receivers)}.",
                "Name a power that covers the parties in the capacities they hold, or leave a party out of the flow.",
            )

    def unreached(self) -> dict[tuple[Slugs, Slugs], list[str]]:
        """The items that no cited power reaches, with the receivers of whom that is so: by whom they are given."""
        found: dict[tuple[Slugs, Slugs], list[str]] = {}
        for giver in self.flow.from_:
            to: dict[Slugs, list[str]] = {}
            for receiver in self.flow.to:
                to.setdefault(self.out_of_reach(giver, receiver), []).append(receiver)
            for items, receivers in to.items():
                if items:
                    found.setdefault((items, tuple(receivers)), []).append(giver)
        return found

    def out_of_reach(self, giver: str, receiver: str) -> Slugs:
        """The items that none of the cited powers lets go from the one to the other."""
        known = [id for id in self.flow.powers if id in self.world.law.provisions]
        if giver == receiver or not known or (case := self.case(giver, receiver)) is None:
            return ()
        return tuple(
            item.called
            for item in case.proposal.items
            if all(claimed(case, item, power).holds == "no" for power in known)
        )

    def case(self, giver: str, receiver: str) -> Case | None:
        """The flow between the two as a case; nothing where that cannot be asked."""
        try:
            proposal = flow_proposal(self.agreement, self.flow, giver, receiver, self.names, self.day)
            return self.world.case(proposal) if proposal and proposal.items else None
        except (UnknownName, ValueError):
            return None


def _parties(agreement: Agreement, document: Document, names: Names) -> Iterator[Problem]:
    for at, party in enumerate(agreement.parties):
        if party.partner is None:
            continue
        try:
            partner = names.partnership.partner(party.partner)
        except UnknownName as error:
            yield document.problem(
                ("parties", at, "partner"),
                "unknown-party",
                str(error),
                "Correct the id, or add the partner to partnership.yaml.",
            )
            continue
        held = {one.capacity for one in partner.capacities} | {
            one.capacity for unit in partner.units for one in unit.capacities
        }
        for capacity in sorted(set(party.capacities) - set(names.law.capacities_of(held))):
            yield document.problem(
                ("parties", at, "capacities"),
                "capacity-not-held",
                f"{partner.name} does not hold the capacity {capacity}.",
                "Correct the capacity here or in partnership.yaml.",
            )


def _warning(document: Document, path: Path, code: str, sentence: str, remedy: str) -> Problem:
    return Problem(document.file, document.line(path), code, sentence, remedy, "warning")
