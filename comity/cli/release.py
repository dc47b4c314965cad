"""A dataset under one flow to one party: read it, decide once for rows of a kind, write what may leave.

The table is read twice: first to count the rows of each kind and to find every
fault, then to write. Memory is bounded by a batch of rows, not by the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from comity.agreement import Agreement, AgreementParty, Flow
from comity.check.dataset import Group, Stay, Treatment, proposed_items, treatment
from comity.check.decision import Decision, Facts, Proposal, Reason
from comity.check.explain import Wording
from comity.check.remedy import Remedy, remedies
from comity.check.world import World
from comity.cli.datasets import Dataset, Progress, Raw, raws
from comity.cli.folder import Folder
from comity.cli.tables import CsvWriter, Kind, has_changed, open_writer
from comity.errors import UnknownName
from comity.partnership import Item, PartyRef
from comity.terms import Outcome, Step, slug_of

RECORD = "(whole record)"


# ---- the offer -----------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A flow of an agreement from one party to another, on a day."""

    agreement: Agreement
    flow: Flow
    giver: AgreementParty
    receiver: AgreementParty
    on: date
    need: str = ""
    facts: Facts = field(default_factory=dict)
    data_until: date | None = None

    @property
    def promised(self) -> frozenset[str]:
        return frozenset(self.agreement.item_id(name) for name in self.flow.items)

    def proposal(self, world: World, items: Sequence[Item], group: Group, dataset: str) -> Proposal:
        """The proposal to send these items of the rows of one group."""
        flow = self.flow
        return Proposal(
            id=f"{slug_of(self.agreement.id)}:{flow.id}:{self.receiver.called}:{self.on}:{dataset}",
            discloser=party_ref(self.agreement, self.giver),
            recipient=party_ref(self.agreement, self.receiver),
            purpose=flow.purpose,
            on=self.on,
            items=proposed_items(items, group, flow.form, flow.handling.codes),
            mode=flow.mode,
            audience=flow.handling.audience,
            scope="bulk",
            extent=world.partnership.extent,
            set=flow.set,
            data_until=self.data_until,
            need=self.need or self.agreement.benefits,
            facts=self.facts,
        )


def party_ref(agreement: Agreement, party: AgreementParty) -> PartyRef:
    """Who a party of the agreement is, in which part, on whose behalf."""
    assert party.partner
    principal = agreement.party(party.acting_for) if party.acting_for else None
    return PartyRef(partner=party.partner, unit=party.unit, acting_for=principal.partner if principal else None)


def offers(
    folder: Folder, agreement_name: str, flow_name: str, to: Sequence[str], giver: str | None, **more: object
) -> list[Offer]:
    """The flow to each of these parties, or to all it names; raises `UnknownName`."""
    agreement, _, _ = folder.agreement(agreement_name)
    flows = {flow.id: flow for flow in agreement.flows}
    if flow_name not in flows:
        raise UnknownName(f"flow in {agreement.title}", flow_name, flows)
    flow = flows[flow_name]
    source = _party(agreement, flow.from_, giver or flow.from_[0], "giver")
    named = [party.called for party in agreement.parties if party.called in flow.to and party.partner]
    return [
        Offer(agreement, flow, source, _party(agreement, flow.to, one, "receiver"), folder.on, **more)  # type: ignore[arg-type]
        for one in (to or named)
    ]


def _party(agreement: Agreement, among: Sequence[str], name: str, role: str) -> AgreementParty:
    """The party by its name in the agreement, or by the partner's short name or id."""
    parties = [party for called in among if (party := agreement.party(called)) and party.partner]
    for party in parties:
        if name in (party.called, party.partner, slug_of(party.partner or "")):
            return party
    raise UnknownName(f"{role} in this flow", name, [party.called for party in parties])


def party_title(folder: Folder, agreement: Agreement, party: AgreementParty) -> str:
    """The partner's name, with the part or the principal that matters."""
    ref = party_ref(agreement, party)
    partner = folder.world.partnership.partner(ref.partner)
    unit = next((one.title for one in partner.units if one.name == ref.unit), "")
    principal = folder.world.partnership.partner(ref.acting_for).name if ref.acting_for else ""
    return partner.name + (f" ({unit})" if unit else "") + (f", acting for {principal}" if principal else "")


# ---- what is decided -----------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """Something that does not leave: a column, or whole records; why, for how many rows, what would help."""

    column: str
    item: str
    outcome: Outcome
    code: str
    because: str
    remedy: str
    rows: int


@dataclass(frozen=True)
class Ruling:
    """What the check says about a dataset under an offer, for each kind of row."""

    offer: Offer
    dataset: Dataset
    decisions: Mapping[Group, Decision]
    treatments: Mapping[Group, Treatment]
    remedies: Mapping[Group, Mapping[str, Remedy]]

    @cached_property
    def counts(self) -> Counter[Group]:
        counts: Counter[Group] = Counter()
        for raw, rows in self.dataset.counts.items():
            counts[self.dataset.groups[raw]] += rows
        return counts

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that leave for some rows, in their order."""
        leaving = {column for one in self.treatments.values() if not one.removed for column in one.released}
        return tuple(column for column in self.dataset.plan.columns if column in leaving)

    @property
    def rows_out(self) -> int:
        return sum(rows for group, rows in self.counts.items() if not self.treatments[group].removed)

    def removed(self) -> dict[str, int]:
        """Whole records that stay, by cause."""
        found: Counter[str] = Counter()
        for group, rows in self.counts.items():
            if cause := self.treatments[group].removed:
                found[cause] += rows
        return dict(found)

    @property
    def distinct(self) -> list[Decision]:
        """The decisions, each once."""
        return list({id(one): one for one in self.decisions.values()}.values())


def rule(world: World, offer: Offer, dataset: Dataset, *, with_remedies: bool = True) -> Ruling:
    """Decide once for each kind of row."""
    items = [item for item in dataset.plan.distinct_items if item.id in offer.promised]
    decisions: dict[Group, Decision] = {}
    treatments: dict[Group, Treatment] = {}
    helps: dict[Group, Mapping[str, Remedy]] = {}
    for group in dict.fromkeys(dataset.groups.values()):
        decision = None
        if items and not group.unreadable:
            proposal = offer.proposal(world, items, group, dataset.name)
            decision = decisions[group] = world.decide(proposal)
            helps[group] = remedies(world, proposal, decision.answers) if with_remedies else {}
        treatments[group] = treatment(dataset.plan, decision, offer.promised, group)
    return Ruling(offer, dataset, decisions, treatments, helps)


def held(ruling: Ruling, wording: Wording) -> list[Held]:
    """Everything that does not leave, put together over the kinds of rows."""
    rows: Counter[Held] = Counter()
    for group, count in ruling.counts.items():
        for one in _held(ruling, group, wording):
            rows[one] += count
    order = {column: at for at, column in enumerate([*ruling.dataset.plan.columns, RECORD])}
    found = [
        Held(one.column, one.item, one.outcome, one.code, one.because, one.remedy, count) for one, count in rows.items()
    ]
    return sorted(found, key=lambda one: order[one.column])


def _held(ruling: Ruling, group: Group, wording: Wording) -> list[Held]:
    done = ruling.treatments[group]
    if done.removed == "opt-out":
        decision = ruling.decisions[group]
        why = next(one for answer in decision.answers for one in answer.reasons if one.code == "opt-out-applied")
        return [Held(RECORD, "", Outcome.WITHHOLD, why.code, wording.reason(why, decision), "", 0)]
    if done.removed == "unreadable":
        return [
            Held(
                RECORD,
                "",
                Outcome.REFER,
                "condition-not-known",
                f"Where the record comes from cannot be read ({', '.join(group.unreadable)}).",
                "Correct the cells, or write `own` for what is your own.",
                0,
            )
        ]
    return [_stayed(ruling, group, stay, wording) for stay in done.stays]


def _stayed(ruling: Ruling, group: Group, stay: Stay, wording: Wording) -> Held:
    title = wording.title(stay.item) if stay.item else ""
    if stay.answer and stay.answer.outcome != Outcome.SHARE:
        decision = ruling.decisions[group]
        remedy = ruling.remedies[group].get(stay.item)
        return Held(
            stay.column,
            title,
            stay.outcome,
            stay.code,
            wording.because(stay.answer, decision),
            remedy.sentence if remedy else "",
            0,
        )
    because, remedy_words = _not_asked(ruling, stay, wording)
    return Held(stay.column, title, stay.outcome, stay.code, because, remedy_words, 0)


def _not_asked(ruling: Ruling, stay: Stay, wording: Wording) -> tuple[str, str]:
    """Why a column stays about which the law was not asked, or whose yes is not enough."""
    if stay.answer:
        return (
            "Free text never goes in bulk: it may hide names, addresses, health and third people.",
            "Send texts one at a time, each read by a person first (free-text-checked).",
        )
    if stay.column in ruling.dataset.plan.fact_columns:
        return ("It tells the check about the row, and is no item of the flow.", "")
    if stay.item:
        return (
            f"The flow {ruling.offer.flow.id} does not promise this item.",
            "Add it to the flow in the next version of the agreement, and have that signed.",
        )
    reason = Reason(step=Step.PEOPLE, code="not-mapped", effect=Outcome.WITHHOLD)
    return wording.reason(reason), "Say in the dataset description which item it is (comity:item)."


# ---- what is written -----------------------------------------------------------------


def write_release(ruling: Ruling, path: Path, kind: Kind, progress: Progress, *, for_spreadsheet: bool) -> int:
    """Write the rows and cells that leave; the number of rows written."""
    dataset, columns = ruling.dataset, ruling.columns
    schema = pa.schema([dataset.schema.field(name) for name in columns])
    writer = open_writer(path, kind, schema, for_spreadsheet=for_spreadsheet)
    done = written = 0
    try:
        for table in dataset.tables:
            for _, batch in table.batches():
                part = _leaving(batch, ruling, schema)
                writer.write(part)
                written += part.num_rows
                done += batch.num_rows
                progress(done)
    finally:
        writer.close()
    _check_sums(ruling, done, written)
    return written


def _leaving(batch: pa.RecordBatch, ruling: Ruling, schema: pa.Schema) -> pa.RecordBatch:
    """The rows of a batch that leave, with the cells that leave."""
    chosen = batch.select(schema.names)
    if not ruling.dataset.plan.facts:
        return chosen
    treatments = [_treatment(ruling, raw) for raw in raws(batch, ruling.dataset.plan, ruling.dataset.tables[0].name)]
    stays = {id(one): frozenset(schema.names) - frozenset(one.released) for one in treatments}
    columns = []
    for name, column in zip(schema.names, chosen.columns, strict=True):
        goes = pa.array([name not in stays[id(one)] for one in treatments], pa.bool_())
        columns.append(pc.if_else(goes, column, pa.scalar(None, column.type)))
    rows = pa.array([not one.removed for one in treatments], pa.bool_())
    return pa.RecordBatch.from_arrays(columns, schema=schema).filter(rows)


def _treatment(ruling: Ruling, raw: Raw) -> Treatment:
    group = ruling.dataset.groups.get(raw)
    if group is None:
        raise has_changed(ruling.dataset.tables[0])
    return ruling.treatments[group]


def _check_sums(ruling: Ruling, read: int, written: int) -> None:
    """Rows in are rows out and rows removed; a table that changed under our hands is a fault."""
    changed = any(table.changed for table in ruling.dataset.tables)
    if changed or read != ruling.dataset.rows or written != ruling.rows_out:
        raise has_changed(ruling.dataset.tables[0])
    assert read == written + sum(ruling.removed().values())


def write_held(found: Sequence[Held], path: Path, *, for_spreadsheet: bool) -> None:
    """The summary of what stays, as CSV."""
    names = ("column", "item", "outcome", "code", "because", "remedy", "rows")
    writer = CsvWriter(path, pa.schema([(name, pa.string()) for name in names]), for_spreadsheet=for_spreadsheet)
    writer.rows([(one.column, one.item, one.outcome, one.code, one.because, one.remedy, one.rows) for one in found])
    writer.close()
