"""The agreement as a document: what a person reads and signs, in order, ready to be laid out.

Values only. How it looks on a page or on paper is for the shell's templates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Literal

import isodate

from comity.agreement.model import Agreement, AgreementParty, Flow, Retention
from comity.agreement.signature import Signature
from comity.canonical import digest
from comity.partnership import Item, Partnership
from comity.source import Model
from comity.terms import Form


class TitleBlock(Model):
    title: str
    id: str
    version: int
    marking: str
    digest: str
    runs: str
    family: str
    benefits: str


class PartyRow(Model):
    called: str
    name: str
    capacities: str
    role: str
    contact: str


class FlowTable(Model):
    """One flow: its terms, and its items with what each is."""

    id: str
    title: str
    from_: tuple[str, ...]
    to: tuple[str, ...]
    terms: tuple[tuple[str, str], ...]
    items: tuple[tuple[str, str], ...]


class MatrixRow(Model):
    """An item with what happens to it in each direction: the flow, or nothing."""

    item: str
    cells: tuple[str, ...]


class Part(Model):
    """A numbered section of prose, in paragraphs."""

    number: int
    id: str
    heading: str
    paragraphs: tuple[str, ...]


class SignatureBlock(Model):
    party: str
    office: str
    on_behalf_of: str
    signed_on: str
    proof: str
    state: Literal["signed", "to be signed"]


class PrintedAgreement(Model):
    """Everything that is printed, in the order in which it is printed."""

    title: TitleBlock
    parties: tuple[PartyRow, ...]
    purposes: tuple[str, ...]
    directions: tuple[str, ...]
    matrix: tuple[MatrixRow, ...]
    flows: tuple[FlowTable, ...]
    clauses: tuple[tuple[str, str], ...]
    rules: tuple[tuple[str, str], ...]
    sections: tuple[Part, ...]
    changes: tuple[str, ...]
    signatures: tuple[SignatureBlock, ...]


def printed(
    agreement: Agreement,
    *,
    partnership: Partnership | None = None,
    items: Iterable[Item] = (),
    signatures: Iterable[Signature] = (),
    kept: Mapping[str, date] | None = None,
) -> PrintedAgreement:
    """The document; names and titles come from the lists given, else from the text alone.

    `kept` are the partners bound by their signature under the version before, and since when.
    """
    titles = {item.id: item.title for item in (*items, *agreement.items)}
    names = {one.id: one.name for one in partnership.partners} if partnership else {}
    directions = _directions(agreement)
    return PrintedAgreement(
        title=_title(agreement),
        parties=tuple(_party(party, names) for party in agreement.parties),
        purposes=agreement.purposes,
        directions=tuple(" → ".join(one) for one in directions),
        matrix=_matrix(agreement, directions, titles),
        flows=tuple(_flow(agreement, flow, titles) for flow in agreement.flows),
        clauses=tuple((clause.id, " ".join(clause.text.split())) for clause in agreement.never),
        rules=tuple(_rules(agreement)),
        sections=tuple(
            Part(number=number, id=one.id, heading=one.heading, paragraphs=_paragraphs(one.text))
            for number, one in enumerate(agreement.sections, 1)
        ),
        changes=(agreement.amendment.reason, *agreement.amendment.changes) if agreement.amendment else (),
        signatures=tuple(
            _kept(block, since, agreement) if (since := (kept or {}).get(party.partner or "")) else block
            for party, block in _signature_blocks(agreement, tuple(signatures), names)
        ),
    )


def _title(agreement: Agreement) -> TitleBlock:
    return TitleBlock(
        title=agreement.title,
        id=agreement.id,
        version=agreement.version,
        marking=agreement.marking,
        digest=digest(agreement),
        runs=_runs(agreement),
        family=agreement.family.replace("-", " "),
        benefits=" ".join(agreement.benefits.split()),
    )


def _runs(agreement: Agreement) -> str:
    """The term as people write it, last day included."""
    term = agreement.term
    first = f"from {long_date(term.from_)}"
    if term.until:
        return f"{first} to {long_date(term.until - timedelta(days=1))}"
    return f"{first}, while {term.while_}" if term.while_ else first


def long_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _party(party: AgreementParty, names: dict[str, str]) -> PartyRow:
    name = names.get(party.partner or "") or party.partner or party.class_of_person or ""
    name += f", {party.unit}" if party.unit else ""
    name += f", acting for {party.acting_for}" if party.acting_for else ""
    name += f" (formerly {', '.join(party.formerly)})" if party.formerly else ""
    return PartyRow(
        called=party.called, name=name, capacities=", ".join(party.capacities), role=party.role, contact=party.contact
    )


def _directions(agreement: Agreement) -> list[tuple[str, str]]:
    """Each giver with each receiver, in the order of the parties."""
    order = [party.called for party in agreement.parties]
    pairs = {(giver, to) for flow in agreement.flows for giver in flow.from_ for to in flow.to if giver != to}
    known = [pair for pair in pairs if set(pair) <= set(order)]
    return sorted(known, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))


def _matrix(agreement: Agreement, directions: list[tuple[str, str]], titles: dict[str, str]) -> tuple[MatrixRow, ...]:
    """Item by direction: by which flows it may go."""
    names = sorted({name for flow in agreement.flows for name in flow.items})
    return tuple(
        MatrixRow(
            item=_item(agreement, name, titles),
            cells=tuple(
                ", ".join(
                    flow.id for flow in agreement.flows if name in flow.items and giver in flow.from_ and to in flow.to
                )
                for giver, to in directions
            ),
        )
        for name in names
    )


def _item(agreement: Agreement, name: str, titles: dict[str, str]) -> str:
    return titles.get(agreement.item_id(name), name.rsplit("/", 1)[-1].replace("-", " "))


def _flow(agreement: Agreement, flow: Flow, titles: dict[str, str]) -> FlowTable:
    return FlowTable(
        id=flow.id,
        title=flow.title or flow.id,
        from_=flow.from_,
        to=flow.to,
        terms=tuple((name, value) for name, value in _terms(flow) if value),
        items=tuple((name, _item(agreement, name, titles)) for name in flow.items),
    )


def _terms(flow: Flow) -> list[tuple[str, str]]:
    return [
        ("Purpose", flow.purpose),
        ("Form", _FORMS[flow.form]),
        ("How", f"{flow.mode}{': ' + flow.method if flow.method else ''}"),
        ("When", _schedule(flow)),
        ("Law relied on", ", ".join((*flow.powers, *flow.bases, *flow.conditions))),
        ("Conditions", ", ".join(flow.needs)),
        ("Kept", _retention(flow.retention)),
        ("Passed on", flow.onward.rule + (f": {', '.join(flow.onward.to)}" if flow.onward.to else "")),
        ("Marking", ", ".join((flow.handling.marking, *flow.handling.codes))),
        ("Corrections", flow.correction),
        ("Note", flow.note),
    ]


_FORMS = {
    Form.IDENTIFIABLE: "about people who can be recognised",
    Form.PSEUDONYMISED: "with names replaced; still about people",
    Form.DEPERSONALISED: "row by row, identifying nobody",
    Form.AGGREGATE: "counts only",
}


def _schedule(flow: Flow) -> str:
    if not (plan := flow.schedule):
        return ""
    parts = [
        f"every {length_of_time(plan.every)}" if plan.every else "",
        "on " + ", ".join(plan.on_event) if plan.on_event else "",
        f"due within {length_of_time(plan.due_within)}" if plan.due_within else "",
    ]
    return "; ".join(filter(None, parts))


def _retention(retention: Retention | None) -> str:
    if retention is None:
        return ""
    parts = [
        f"for {length_of_time(retention.for_)}" if retention.for_ else "",
        f"after {retention.from_event}" if retention.from_event else "",
        f"or until {retention.or_until}, whichever is {retention.whichever}" if retention.or_until else "",
        f"then {retention.then}",
    ]
    return " ".join(filter(None, parts))


def length_of_time(duration: str) -> str:
    """`P1Y6M` as "1 year 6 months"."""
    found = isodate.parse_duration(duration, as_timedelta_if_possible=False)
    hours, days = found.tdelta.seconds // 3600, found.tdelta.days
    counted = [(int(found.years), "year"), (int(found.months), "month"), (days, "day"), (hours, "hour")]
    return " ".join(f"{count} {unit}{'s' if count > 1 else ''}" for count, unit in counted if count) or duration


def _rules(agreement: Agreement) -> Iterable[tuple[str, str]]:
    """What holds for every flow."""
    yield "Default", _DEFAULTS[agreement.default_position]
    if refusal := agreement.refusal:
        yield (
            "Saying no",
            (
                f"within {length_of_time(refusal.answer_within)}, with one of these reasons: "
                f"{', '.join(refusal.codes)}; appeal to {refusal.escalate_to}"
            ),
        )
    if breach := agreement.breach:
        yield (
            "When something goes wrong",
            f"tell {breach.tell or 'the others'} within {length_of_time(breach.tell_within)}",
        )
    if agreement.daily_volume is not None:
        yield "At most in a day", str(agreement.daily_volume)
    if rule := agreement.statistics:
        yield "Figures", f"counts under {rule.threshold} are not shown"
    review = agreement.review
    when = [
        long_date(review.next) if review.next else "",
        f"then every {length_of_time(review.every)}" if review.every else "",
    ]
    yield "Review", ", ".join(filter(None, (*when, *review.on)))
    if agreement.precedence:
        yield "Precedence", agreement.precedence


_DEFAULTS = {
    "share": "we share unless somebody gives a reason not to",
    "consider": "each share is considered by itself",
    "do-not-disclose": "nothing is disclosed unless this agreement says so",
}


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(one.split()) for one in text.split("\n\n") if one.strip())


def _signature_blocks(
    agreement: Agreement, signatures: tuple[Signature, ...], names: dict[str, str]
) -> Iterator[tuple[AgreementParty, SignatureBlock]]:
    made = {signature.partner: signature for signature in signatures}
    for party in agreement.parties:
        if party.signs:
            yield party, _block(party, made.get(party.partner or ""), names)


def _kept(block: SignatureBlock, since: date, agreement: Agreement) -> SignatureBlock:
    proof = f"its signature under version {agreement.version - 1}"
    return block.model_copy(update={"state": "signed", "signed_on": long_date(since), "proof": proof})


def _block(party: AgreementParty, made: Signature | None, names: dict[str, str]) -> SignatureBlock:
    assert party.signs
    return SignatureBlock(
        party=names.get(party.partner or "", party.called),
        office=party.signs.office,
        on_behalf_of=", ".join(party.signs.on_behalf_of),
        signed_on=long_date(made.signed_on) if made else "",
        proof=made.signature if made else "",
        state="signed" if made else "to be signed",
    )
