"""Which agreements are nearly the same, and in which clauses do they differ?

Each agreement becomes a set of clauses with the names of its parties put aside: what each flow promises, item by
item, each condition, each clause that says no, each section in its words. Two are alike by the share of clauses
they have in common (Jaccard); those alike enough hang together in a cluster.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from comity.agreement import Agreement
from comity.canonical import digest
from comity.check.soundness import Point, Portfolio, Result
from comity.terms import slug_of

ENOUGH = 0.8


def alike(portfolio: Portfolio, enough: float = ENOUGH) -> Result:
    """Clusters of near-duplicate agreements, with the clauses in which they differ."""
    texts = [signed.agreement for signed in portfolio.asked]
    clauses = [frozenset(clauses_of(text)) for text in texts]
    found = [
        _cluster([texts[at] for at in cluster], [clauses[at] for at in cluster])
        for cluster in clusters(clauses, enough)
    ]
    answer = f"{len(found)} clusters of agreements are alike." if found else "No two agreements are alike."
    return portfolio.result("alike", answer, found)


def clusters(sets: list[frozenset[str]], enough: float) -> list[list[int]]:
    """The places of the sets that hang together, each cluster in order."""
    places = {one: at for at, one in enumerate(sorted({one for those in sets for one in those}))}
    bits = [sum(1 << places[one] for one in those) for those in sets]
    leader = list(range(len(sets)))

    def lead(at: int) -> int:
        while leader[at] != at:
            at = leader[at]
        return at

    for one in range(len(sets)):
        for other in range(one):
            either = (bits[one] | bits[other]).bit_count()
            if either and (bits[one] & bits[other]).bit_count() >= enough * either:
                leader[lead(one)] = lead(other)
    found: dict[int, list[int]] = {}
    for at in range(len(sets)):
        found.setdefault(lead(at), []).append(at)
    return [those for those in found.values() if len(those) > 1]


def _cluster(texts: list[Agreement], clauses: list[frozenset[str]]) -> Point:
    counts = Counter(clause for those in clauses for clause in those)
    usual = {clause for clause, count in counts.items() if 2 * count > len(texts)}
    names = [slug_of(text.id) for text in texts]
    when = tuple(
        (name, *(f"also: {one}" for one in sorted(those - usual)), *(f"lacks: {one}" for one in sorted(usual - those)))
        for name, those in zip(names, clauses, strict=True)
        if those != usual
    )
    shared = sum(1 for count in counts.values() if count == len(texts))
    sentence = f"{', '.join(names)} have {shared} of {len(counts)} clauses in common."
    return Point("alike", sentence, when=when, alike=len(texts))


def clauses_of(text: Agreement) -> Iterator[str]:
    """What the agreement says, a line for each clause, without the names of its parties."""
    for flow in text.flows:
        start = f"for {flow.purpose} by {flow.mode}"
        for name in flow.items:
            yield f"{start}: {slug_of(text.item_id(name))}, {flow.form}"
        kept = flow.retention.for_ if flow.retention else None
        yield f"{start}: kept {kept or 'as not said'}, onward {flow.onward.rule}, marked {flow.handling.marking}"
        for what, names in (("power", flow.powers), ("basis", flow.bases), ("needs", flow.needs)):
            yield from (f"{start}: {what} {name}" for name in names)
    for clause in text.never:
        what = ", ".join((*(slug_of(text.item_id(one)) for one in clause.items), *clause.kinds))
        unless = f" unless {', '.join(clause.unless)}" if clause.unless else ""
        yield f"never {what} for {', '.join(clause.purposes) or 'anything'}{unless}"
    yield from (f"precondition {fact}" for fact in text.preconditions)
    called = {word for party in text.parties for word in re.findall(r"\w+", party.called)}
    for section in text.sections:
        words = [word for word in re.findall(r"\w+", section.text.lower()) if word not in called]
        yield f"section {section.id}: {' '.join(words[:8])} ... ({len(words)} words, {digest(words)[-8:]})"
