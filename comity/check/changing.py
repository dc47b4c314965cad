"""What would be answered otherwise: if a clause were taken out, under another version, when the law changes?

Two answers to one cell are compared over all facts. A clause that changes none is idle: it could be taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from comity.agreement import Agreement, Flow, Never, SignedAgreement
from comity.check.case import Case
from comity.check.inputs import Cell, Wide, everyone, law_days
from comity.check.proving import Change
from comity.check.soundness import Point, Portfolio, Result, as_if_signed, pair, with_text, without_clause
from comity.errors import UnknownName
from comity.partnership import Item
from comity.terms import Outcome, slug_of


def idle(portfolio: Portfolio) -> Result:
    """Which clauses, promises and conditions can never change an answer?"""
    found = [point for signed in portfolio.asked for point in _idle(portfolio, signed)]
    answer = "Some parts can never change an answer." if found else "Every part can change an answer."
    return portfolio.result("idle", answer, found)


def _idle(portfolio: Portfolio, signed: SignedAgreement) -> Iterator[Point]:
    id, name = signed.agreement.id, slug_of(signed.agreement.id)
    for clause in signed.agreement.never:
        if not any(
            True
            for _ in _changed(portfolio, _cells_of(portfolio, signed, clause), signed, without_clause(signed, clause))
        ):
            sentence = f"{name} clause {clause.id} can never change an answer: without it every answer is the same."
            yield Point("idle-clause", sentence, id, f"never:{clause.id}")
    cells = {flow.id: list(portfolio.inputs.of_flow(signed, flow, portfolio.on)) for flow in signed.agreement.flows}
    for flow in signed.agreement.flows:
        yield from _never_shared(portfolio, signed, flow, cells[flow.id])
        for fact in flow.needs:
            less = with_text(
                signed, flows=tuple(_without_need(one, fact) if one is flow else one for one in signed.agreement.flows)
            )
            if not any(True for _ in _changed(portfolio, cells[flow.id], signed, less)):
                sentence = (
                    f"{name} flow {flow.id} needs {fact}, which changes no answer: without it every answer is the same."
                )
                yield Point("idle-condition", sentence, id, f"flow:{flow.id}")
    for fact in signed.agreement.preconditions:
        less = with_text(signed, preconditions=tuple(one for one in signed.agreement.preconditions if one != fact))
        if not any(
            True for _ in _changed(portfolio, [cell for these in cells.values() for cell in these], signed, less)
        ):
            sentence = f"{name} has the precondition {fact}, which changes no answer in any of its flows."
            yield Point("idle-precondition", sentence, id, "preconditions")


def _without_need(flow: Flow, fact: str) -> Flow:
    return flow.model_copy(update={"needs": tuple(one for one in flow.needs if one != fact)})


def _never_shared(portfolio: Portfolio, signed: SignedAgreement, flow: Flow, cells: list[Cell]) -> Iterator[Point]:
    """Promises that can never be kept: items that, for two parties, nothing ever lets go."""
    spans: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        spans.setdefault((cell.item.called, pair(cell)), []).append(cell)
    portfolio.tick(portfolio.inputs.given)
    dead: dict[str, list[list[Cell]]] = {}
    for (item, _), these in spans.items():
        if not any(portfolio.prover.can(cell, Outcome.SHARE) for cell in these):
            dead.setdefault(item, []).append(these)
    for item, all_ in dead.items():
        cell = all_[0][0]
        shown = portfolio.prover.shown(cell, Outcome.REFER) or portfolio.prover.shown(cell, Outcome.WITHHOLD)
        sentence = (
            f"{slug_of(signed.agreement.id)} flow {flow.id} promises {item} from {pair(cell)}; it can never be shared."
        )
        where = signed.agreement.id, f"flow:{flow.id}"
        yield Point("never-shared", sentence, *where, cell.proposal.on, None, shown, alike=len(all_))


def _cells_of(
    portfolio: Portfolio, signed: SignedAgreement, clause: Never, *, for_sharing: bool = False
) -> Iterator[Cell]:
    """Everything that the clause may forbid; or only what decides whether it keeps back a *share*."""
    text, law = signed.agreement, portfolio.world.law
    bodies = everyone(text)
    to = text.partner_ids(clause.to) if clause.to else text.named
    flows = [flow.purpose for flow in text.flows]
    purposes = list(dict.fromkeys([*flows, *(one.id for one in law.vocabulary.purposes)]))
    purposes = [one for one in purposes if not clause.purposes or law.purposes_of(one) & set(clause.purposes)]
    first = max(portfolio.on, text.term.from_)
    wide = Wide(_hit(portfolio, text, clause), tuple(purposes), first, text.term.until, text.extent)
    ends = [(one, to_) for to_ in bodies if (to_.acting_for or to_.partner) in to for one in bodies if one != to_]
    best = replace(wide, for_sharing=True)  # What may be shared is where a clause is likely to tell.
    for range_ in (best,) if for_sharing else (best, wide):
        for giver, receiver in ends if wide.items else ():
            yield from portfolio.inputs.between(giver, receiver, range_)


def _hit(portfolio: Portfolio, text: Agreement, clause: Never) -> tuple[Item, ...]:
    """The items a clause names, by name or by kind, and those that holding them may make of such a kind."""
    law, named = portfolio.world.law, {text.item_id(name) for name in clause.items}
    made = {kind for one in law.vocabulary.capacities for kind in law.kinds_of(one.holds)} & set(clause.kinds)
    return tuple(
        one
        for one in portfolio.names.items.values()
        if one.id in named or (kinds := law.kinds_of(one.kinds)) & set(clause.kinds) or (made and "personal" in kinds)
    )


def _changed(
    portfolio: Portfolio, cells: Iterable[Cell], old: SignedAgreement, new: SignedAgreement
) -> Iterator[Change]:
    """Where the answer differs once `old` is put in the place of `new`."""
    for cell in cells:
        portfolio.tick(portfolio.inputs.given)
        if any(one is old for one in cell.case.agreements):
            other = cell.among([new if one is old else one for one in cell.case.agreements])
            yield from portfolio.prover.changes(other, cell)


# ---- from one version to the next --------------------------------------------------------------


def between_versions(portfolio: Portfolio, old: Agreement, new: Agreement) -> Result:
    """What exactly changes from one version to the other, were each signed by all its parties?"""
    one, other = as_if_signed(old), as_if_signed(new)
    rest = [signed for signed in portfolio.world.agreements if signed.agreement.id not in (old.id, new.id)]
    before, after = portfolio.among([*rest, one]), portfolio.among([*rest, other])
    found: dict[tuple[str, ...], Point] = {}
    for signed, side in ((one, before), (other, after)):
        cells = [cell for flow in signed.agreement.flows for cell in side.inputs.of_flow(signed, flow, portfolio.on)]
        mine, theirs = (
            {no.id: no for no in signed.agreement.never},
            {no.id: no for no in (other if side is before else one).agreement.never},
        )
        differing = [no for id, no in mine.items() if theirs.get(id) != no]
        wide = (_outside(cell, no) for no in differing for cell in _cells_of(side, signed, no, for_sharing=True))
        _collect(portfolio, ((cell.among([*rest, one]), cell.among([*rest, other])) for cell in (*cells, *wide)), found)
    answer = (
        f"{len(found)} kinds of answer change. For all inputs, nothing else does in the flows, "
        "and outside them no other share."
        if found
        else "No answer in a flow changes, and no share outside them, for all inputs."
    )
    portfolio.inputs.given += before.inputs.given + after.inputs.given
    return portfolio.result("changes", answer, found.values())


OUTSIDE = "outside the flows, by clause"


def _outside(cell: Cell, clause: Never) -> Cell:
    return replace(cell, flow=f"{OUTSIDE} {clause.id}")


def on_law_days(portfolio: Portfolio, days: Iterable[date] = ()) -> Result:
    """What changes on the days on which law begins or ends, from the day before?"""
    chosen = sorted(days) or sorted(day for day in law_days(portfolio.world.law) if portfolio.on < day)
    found: dict[tuple[str, ...], Point] = {}
    for day in chosen:
        for signed in portfolio.asked:
            for flow in signed.agreement.flows:
                cells = [cell for cell in portfolio.inputs.of_flow(signed, flow, day) if cell.proposal.on == day]
                _collect(portfolio, ((on_day(portfolio, cell, day - timedelta(days=1)), cell) for cell in cells), found)
    named = ", ".join(str(day) for day in chosen) or "no day"
    answer = f"Law begins or ends on {named}. " + (
        f"{len(found)} kinds of answer change with it; nothing else does."
        if found
        else "No answer in any flow changes with it."
    )
    return portfolio.result("changes", answer, found.values())


def on_day(portfolio: Portfolio, cell: Cell, day: date) -> Cell:
    """The same cell on another day; where it cannot be put that day, as it is."""
    proposal = cell.proposal.model_copy(update={"on": day})
    try:
        case: Case = portfolio.inputs.world.case(proposal)
    except UnknownName:
        return cell
    return replace(cell, case=replace(case, judgements=()))


def _kept_back(change: Change) -> bool:
    """Outside the flows only a change to or from a share is told."""
    inside = not change.after.flow.startswith(OUTSIDE)
    return inside or change.was.startswith("share") or change.now.startswith("share")


def _collect(portfolio: Portfolio, pairs: Iterable[tuple[Cell, Cell]], found: dict[tuple[str, ...], Point]) -> None:
    """The changes that are alike are one, with how many cells are like it."""
    for before, after in pairs:
        portfolio.tick(portfolio.inputs.given)
        for change in filter(_kept_back, portfolio.prover.changes(before, after)):
            where = after.flow.rsplit("/", 1)[-1]
            item = "" if after.flow.startswith(OUTSIDE) else after.item.called
            key = where, item, change.was, change.now, str(after.proposal.on)
            if key in found:
                found[key] = replace(found[key], alike=found[key].alike + 1)
                continue
            sentence = f"{after.item.called} from {pair(after)} ({where}): {change.was} before, {change.now} now."
            agreement, _, flow = ("", "", where) if after.flow.startswith(OUTSIDE) else after.flow.partition("#")
            days = after.proposal.on, after.until
            found[key] = Point("changes", sentence, agreement, flow, *days, change.shown(), *change.exactly())
