"""The grounds of a table of answers: why, for each item, with a question by which it can be asked again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from comity.check.case import Case
from comity.check.decision import Answer, Decision, Proposal, ProposedItem
from comity.check.explain import Wording
from comity.check.finding import rests_on
from comity.check.remedy import remedies
from comity.check.world import World
from comity.cli.bulk import codes
from comity.cli.folder import Folder
from comity.cli.tables import BATCH, Kind, open_writer
from comity.partnership import PartyRef
from comity.terms import headline_of, slug_of

QUESTION = (
    *("id", "from", "from_as", "to", "to_as", "purpose", "mode", "on", "scope", "audience", "set", "need", "held_for"),
    *("claimed", "facts"),
)


@dataclass(frozen=True)
class Row:
    """One item on one ground: the answer and why, as columns; the question is that of one row that rests on it."""

    ground: int
    item: str
    form: str
    origins: str
    handling: str
    outcome: str
    duty: str
    codes: str
    because: str
    remedy: str
    question: dict[str, str]
    register: str


ANSWER = ("item", "form", "origins", "handling", "outcome", "duty", "codes", "because", "remedy")
COLUMNS = ("ground", *ANSWER, *QUESTION, "register")
SCHEMA = pa.schema([(name, pa.int64() if name == "ground" else pa.string()) for name in COLUMNS])


def path_of(answers: Path) -> Path:
    """Where the grounds of a table of answers stand: beside it."""
    return answers.with_name(f"{answers.stem}.grounds{answers.suffix}")


def write_grounds(path: Path, kind: Kind, rows: Iterable[Row], *, for_spreadsheet: bool) -> None:
    writer = open_writer(path, kind, SCHEMA, for_spreadsheet=for_spreadsheet)
    for batch in _batches(rows):
        writer.write(batch)
    writer.close()


def _batches(rows: Iterable[Row]) -> Iterator[pa.RecordBatch]:
    some: list[dict[str, object]] = []
    for row in rows:
        some.append({**vars(row), **row.question})
        if len(some) == BATCH:
            yield pa.RecordBatch.from_pylist(some, schema=SCHEMA)
            some = []
    yield pa.RecordBatch.from_pylist(some, schema=SCHEMA)


class Grounds:
    """Puts grounds into words. Giver and receiver have no names there: many pairs may rest on one ground."""

    def __init__(self, folder: Folder, wording: Wording, *, with_remedies: bool) -> None:
        self.folder, self.wording, self.with_remedies = folder, wording, with_remedies
        self._because: dict[int, tuple[Answer, str]] = {}
        self._nameless: dict[tuple[str, str], World] = {}

    def rows(self, number: int, case: Case, proposal: Proposal, answers: Iterable[Answer]) -> Iterator[Row]:
        """The rows of one ground: one for each item of the proposal, in one of the forms it would leave in."""
        question = self._question(proposal)
        for item, answer in zip(proposal.items, answers, strict=True):
            yield Row(
                ground=number,
                item=self._item(item),
                form=item.form,
                origins=";".join(item.origins),
                handling=";".join(item.handling),
                outcome=answer.outcome,
                duty=answer.duty,
                codes=codes(answer),
                because=self._words(case, answer),
                remedy=self._remedy(proposal, item, answer) if self.with_remedies else "",
                question=question,
                register=case.law.digest,
            )

    def _words(self, case: Case, answer: Answer) -> str:
        """Answers that are one and the same are put into words once."""
        if id(answer) not in self._because:
            undated = answer.model_copy(update={"due": None})
            decision = Decision(
                proposal=case.proposal,
                headline=headline_of([answer.outcome]),
                must=False,
                answers=(undated,),
                basis=rests_on(case, [answer]),
            )
            self._because[id(answer)] = answer, self._nameless_wording(case.proposal).because(undated, decision)
        return self._because[id(answer)][1]

    def _nameless_wording(self, proposal: Proposal) -> Wording:
        ends = {proposal.recipient.partner: "the receiver", proposal.discloser.partner: "the giver"}
        return replace(self.wording, titles={**self.wording.titles, **ends})

    def _remedy(self, proposal: Proposal, item: ProposedItem, answer: Answer) -> str:
        world = self._nameless_world(proposal)
        found = remedies(world, proposal.model_copy(update={"items": (item,)}), (answer,))
        return found[item.item].sentence if found else ""

    def _nameless_world(self, proposal: Proposal) -> World:
        ends = proposal.discloser.partner, proposal.recipient.partner
        if ends not in self._nameless:
            called = {ends[1]: "the receiver", ends[0]: "the giver"}
            world = self.folder.world
            partners = tuple(
                one.model_copy(update={"name": called[one.id], "facilitator": ""}) if one.id in called else one
                for one in world.partnership.partners
            )
            partnership = world.partnership.model_copy(update={"partners": partners})
            self._nameless[ends] = replace(world, partnership=partnership)
        return self._nameless[ends]

    # ---- the question, in the words of a table of proposals -----------------------------

    def _question(self, proposal: Proposal) -> dict[str, str]:
        return {
            "id": proposal.id,
            "from": self._partner(proposal.discloser),
            "from_as": proposal.discloser.unit or "",
            "to": self._partner(proposal.recipient),
            "to_as": proposal.recipient.unit or "",
            "purpose": proposal.purpose,
            "mode": proposal.mode,
            "on": str(proposal.on),
            "scope": proposal.scope,
            "audience": proposal.audience,
            "set": proposal.set or "",
            "need": "as stated" if proposal.need else "",
            "held_for": proposal.held_for or "",
            "claimed": proposal.claimed or "",
            "facts": ";".join(f"{fact}={said}" for fact, said in proposal.facts.items()),
        }

    def _partner(self, ref: PartyRef) -> str:
        short = slug_of(ref.partner)
        return short if self.folder.names.partnership.partner(short).id == ref.partner else ref.partner

    def _item(self, item: ProposedItem) -> str:
        return item.called if self.folder.names.item(item.called).id == item.item else item.item
