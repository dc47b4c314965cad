"""What ends within the next weeks, and which agreements does it touch?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from comity.check.soundness import Point, Portfolio, Result
from comity.terms import slug_of

WINDOW = 90


def lapses(portfolio: Portfolio, days: int = WINDOW) -> Result:
    """Law, capacities, links, policy documents, agreements, flows and judgements that end in the next `days` days."""
    last = portfolio.on + timedelta(days=days)
    found = sorted(
        (one for one in _ends(portfolio) if one.first and portfolio.on < one.first <= last),
        key=lambda one: (one.first, one.sentence),
    )
    answer = "One thing ends" if len(found) == 1 else f"{len(found)} things end" if found else "Nothing ends"
    return portfolio.result("lapses", f"{answer} from {portfolio.on} to {last}.", found)


def _ends(portfolio: Portfolio) -> Iterator[Point]:
    named = {id for signed in portfolio.asked for id in signed.agreement.named}
    yield from _law(portfolio)
    for partner in portfolio.world.partnership.partners:
        if partner.id in named:
            held = [*partner.capacities, *(one for unit in partner.units for one in unit.capacities)]
            yield from (
                _ends_on(one.until, "capacity", f"{partner.called} ceases to be {one.capacity}") for one in held
            )
            for fact in partner.facts:
                yield _ends_on(fact.until, "record", f"what is recorded of {partner.called} on {fact.fact} ends")
            for link in partner.acts_for:
                whom = slug_of(link.partner)
                yield _ends_on(link.until, "link", f"{partner.called} ceases to act for {whom} ({link.reference})")
    yield from _texts(portfolio)
    ids = {signed.agreement.id for signed in portfolio.asked}
    for judgement in portfolio.world.judgements:
        if judgement.scope.agreement in ids:
            yield _ends_on(judgement.until, "judgement", f"the judgement {judgement.id} on {judgement.test} lapses")


def _law(portfolio: Portfolio) -> Iterator[Point]:
    cited: dict[str, set[str]] = {}
    for signed in portfolio.asked:
        for flow in signed.agreement.flows:
            for id in (*flow.powers, *flow.bases, *flow.conditions):
                cited.setdefault(id, set()).add(slug_of(signed.agreement.id))
    for id, provision in portfolio.world.law.provisions.items():
        by = f"; cited by {', '.join(sorted(cited[id]))}" if id in cited else ""
        for period in provision.in_force:
            yield _ends_on(period.until, "law", f"{provision.citation} ({id}) ceases to be in force{by}")


def _texts(portfolio: Portfolio) -> Iterator[Point]:
    for signed in portfolio.asked:
        text, name = signed.agreement, slug_of(signed.agreement.id)
        yield _ends_on(text.term.until, "agreement", f"{name} ends", text.id)
        yield _ends_on(text.review.next, "review", f"the review of {name} is due", text.id)
        for party in text.parties:
            yield _ends_on(party.left, "party", f"{party.called} leaves {name}", text.id)
        for flow in text.flows:
            yield _ends_on(flow.until_date, "flow", f"flow {flow.id} of {name} ends", text.id)


def _ends_on(day: date | None, what: str, words: str, agreement: str = "") -> Point:
    return Point(f"{what}-ends", f"{words[0].upper()}{words[1:]}.", agreement, first=day)
