"""The worked decisions as data: the world they live in, the cases, and the questions they put.

A case is a page of the manual. How to read one is told in README.md beside this file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from comity.agreement import SignedAgreement
from comity.agreement.text import read_agreement
from comity.canonical import digest
from comity.check.decision import Decision, Proposal
from comity.check.text import Names, ReadProposals, read_proposals
from comity.check.world import World
from comity.law import Register, shipped
from comity.law.model import Confirmation
from comity.partnership import Item, Partnership
from comity.source import Document, Model, Words, build, read, read_yaml
from comity.terms import slug_of
from tests.spec.expected import Expected, differences

HERE = Path(__file__).parent

DAY = date(2026, 11, 16)
"""The day of every case that names none."""

NOT_SIGNED = {"eastvale-trust.example/partner/eastvale-trust"}
"""Named as a party, and has yet to sign."""

Written = dict[str, object]
"""A part of a case as it stands in the file."""


class Variation(Model):
    """The same case with something changed: what would turn the answer."""

    if_: str = Field(alias="if")
    confirm: Words = ()
    change: Written = {}
    add_judgements: tuple[Written, ...] = ()
    expect: Written


class WorkedCase(Model):
    """One worked decision."""

    title: str
    story: str
    agreements: Words = ("sw-isa-v3",)
    proposal: Written | tuple[Written, ...]
    confirm: Words = ()
    expect: Written
    without_confirmation: Written | Literal["same"] | None = None
    also: tuple[Variation, ...] = ()


@dataclass(frozen=True)
class Run:
    """A case with the facts of law it takes as confirmed, and what must come of it."""

    row: str
    called: str
    case: WorkedCase
    document: Document
    proposals: tuple[Written, ...]
    confirm: tuple[str, ...]
    expect: Written

    def __str__(self) -> str:
        return f"{self.row}-{self.called}"

    def read(self) -> ReadProposals:
        """The questions and the judgements of the case, read as any proposal is."""
        document = replace(self.document, value={"proposal": self.proposals})
        paths = [("proposal", at) for at in range(len(self.proposals))]
        texts = [read_proposals(document, names(), DAY, path) for path in paths]
        return ReadProposals(
            tuple(one for text in texts for one in text.proposals),
            tuple(one for text in texts for one in text.judgements),
        )

    def decisions(self, law: Register) -> list[Decision]:
        """The answers under this law, with the confirmations of the case."""
        asked = self.read()
        signed = tuple(agreements()[name] for name in self.case.agreements)
        known = law.confirmed(confirmation(one) for one in self.confirm)
        world = World(partnership(), known, signed, asked.judgements)
        return [world.decide(_without_unknown_claim(one, law)) for one in asked.proposals]

    def expected(self, proposal: Proposal) -> Expected:
        """What must come of it for this recipient and this purpose."""
        special = self.expect.get("for", {})
        assert isinstance(special, dict)
        wanted = {key: value for key, value in self.expect.items() if key != "for"}
        for name in (slug_of(proposal.recipient.partner), proposal.purpose):
            wanted |= special.get(name, {})
        return Expected.model_validate(wanted)

    def differences(self, law: Register) -> list[str]:
        """Every point on which the decisions are not what the case says; none, if all is well."""
        return [
            f"{decision.proposal.id}: {difference}"
            for decision in self.decisions(law)
            for difference in differences(decision, self.expected(decision.proposal))
        ]


def _without_unknown_claim(proposal: Proposal, law: Register) -> Proposal:
    """A register that lacks the named route cannot be asked about it."""
    known = proposal.claimed is None or proposal.claimed in law.provisions
    return proposal if known else proposal.model_copy(update={"claimed": None})


def confirmation(written: str) -> Confirmation:
    """`entry.path`, confirmed by a named officer."""
    entry, _, path = written.partition(".")
    return Confirmation(
        entry=entry,
        path=path,
        value=True,
        who="A. Marsh",
        office="head of legal services",
        when=date(2026, 11, 2),
        source="the text in force, as read on that day",
    )


# ---- the cases -----------------------------------------------------------------------


def runs() -> list[Run]:
    """Each case as it stands, without its confirmations, and with each of its changes."""
    return [run for row, (case, document) in cases().items() for run in _runs(row, case, document)]


@cache
def cases() -> dict[str, tuple[WorkedCase, Document]]:
    """Every case by its row, in the order of the list."""
    texts = {path.stem: path.read_text("utf-8") for path in HERE.glob("worked/*.yaml")}
    documents = {row: read_yaml(texts[row], f"{row}.yaml") for row in sorted(texts, key=_in_order)}
    return {row: (build(WorkedCase, document), document) for row, document in documents.items()}


def _in_order(row: str) -> tuple[int, str]:
    return int(row.rstrip("abc")), row


def _runs(row: str, case: WorkedCase, document: Document) -> Iterator[Run]:
    proposals = case.proposal if isinstance(case.proposal, tuple) else (case.proposal,)
    called = "confirmed" if case.confirm else "as-it-stands"
    stands = Run(row, called, case, document, proposals, case.confirm, case.expect)
    yield stands
    if isinstance(unconfirmed := case.without_confirmation, dict):
        yield replace(stands, called="unconfirmed", confirm=(), expect=unconfirmed)
    elif unconfirmed == "same":
        yield replace(stands, called="unconfirmed", confirm=())
    for one in case.also:
        changed = tuple(_changed(proposal, one) for proposal in proposals)
        yield replace(
            stands, called=f"if {one.if_}".replace(" ", "-"), proposals=changed, confirm=one.confirm, expect=one.expect
        )


def _changed(proposal: Written, variation: Variation) -> Written:
    changed = proposal | variation.change
    judgements = changed.get("judgements", [])
    assert isinstance(judgements, list)
    return changed | {"judgements": [*judgements, *variation.add_judgements]}


# ---- the world -----------------------------------------------------------------------


class ItemsFile(Model):
    """The items of a partnership."""

    items: tuple[Item, ...]


def _text(name: str) -> str:
    return (HERE / "world" / name).read_text("utf-8")


@cache
def partnership() -> Partnership:
    """The cast."""
    return read(Partnership, _text("partnership.yaml"), "partnership.yaml")


@cache
def agreements() -> dict[str, SignedAgreement]:
    """The agreements by short name, signed by every party but those who have yet to sign."""
    return {path.stem: _signed(path) for path in sorted(HERE.glob("world/agreements/*.yaml"))}


def _signed(path: Path) -> SignedAgreement:
    text, _ = read_agreement(path.read_text("utf-8"), path.name)
    partners = [party.partner for party in text.parties if party.partner]
    signed_by = tuple(one for one in partners if one not in NOT_SIGNED)
    return SignedAgreement(agreement=text, signed_by=signed_by, digest=digest(text))


@cache
def names() -> Names:
    """What short names stand for: the world's partners, items and agreements."""
    items = read(ItemsFile, _text("items.yaml"), "items.yaml").items
    ids = [signed.agreement.id for signed in agreements().values()]
    return Names.of(partnership(), shipped(), items, ids)
