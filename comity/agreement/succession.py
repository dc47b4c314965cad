"""What one text takes over from another: signatures from the version before, the place of what it supersedes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comity.agreement.model import Agreement
from comity.agreement.standing import SignedAgreement


def keeping(after: SignedAgreement, before: SignedAgreement) -> SignedAgreement:
    """The version with the signatures under the one before that go on counting.

    Its amendment lists who signs again. Once all of these have, the others need
    not, as long as what binds them is the same in both texts.
    """
    text = after.agreement
    asked = text.partner_ids(text.amendment.signs_again) if text.amendment else frozenset()
    own = dict(after.signed_on)
    if not asked or not asked <= own.keys():
        return after
    since = max(own[partner] for partner in asked)
    kept = {
        partner: max(day, since)
        for partner, day in before.signed_on
        if partner not in own and _bound(text, partner) == _bound(before.agreement, partner)
    }
    return after.model_copy(
        update={
            "signed_by": tuple(sorted({*own, *kept})),
            "signed_on": tuple(sorted((own | kept).items())),
            "kept": tuple(sorted(kept)),
        }
    )


def _bound(text: Agreement, partner: str) -> object:
    """What a text binds a partner to: its place in it, the flows that name it, what never goes, and for how long."""
    places = [party for party in text.parties if party.partner == partner]
    called = {party.called for party in places}
    return (
        [party.model_copy(update={"contact": "", "facilitator": ""}) for party in places],
        [flow for flow in text.flows if called & {*flow.from_, *flow.to}],
        text.items,
        text.never,
        text.term,
    )


def with_successors(agreements: Mapping[str, SignedAgreement]) -> dict[str, SignedAgreement]:
    """Each agreement, by its id, with those that say they take its place."""
    return {
        id: one.model_copy(update={"superseded_by": _successors(id, agreements.values())})
        for id, one in agreements.items()
    }


def _successors(id: str, agreements: Iterable[SignedAgreement]) -> tuple[SignedAgreement, ...]:
    return tuple(one for one in agreements if id in one.agreement.supersedes and id != one.agreement.id)
