"""How long does it run and how long is it kept: retention, term, review and version of an agreement?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from comity.agreement.known import Reading, Rule
from comity.agreement.model import Agreement, Retention
from comity.canonical import digest
from comity.source import Path, Problem
from comity.terms import Form, Period, after

IDENTIFIES = (Form.IDENTIFIABLE, Form.PSEUDONYMISED)


def retention_stated(reading: Reading) -> Iterator[Problem]:
    """How long it is kept: said for every flow, and no longer than the agreement runs."""
    term = reading.agreement.term
    for at, flow in reading.flows():
        if flow.retention is None or not _says(flow.retention):
            yield reading.note(
                ("flows", at),
                "no-retention",
                f"Flow {flow.id} does not say how long it is kept.",
                "Write `retention: {for: P1Y}`.",
                grade="error" if flow.form in IDENTIFIES else "warning",
            )
        elif term.until and _outlasts(flow.retention, term.from_, term.until):
            yield reading.note(
                ("flows", at, "retention"),
                "retention-beyond-term",
                f"Flow {flow.id} lets it be kept for {flow.retention.for_}: longer than the agreement runs.",
                "Shorten it, or say under `beyond_term` why that is needed.",
                grade="warning",
            )


def _says(retention: Retention) -> bool:
    return bool(retention.for_ or retention.from_event or retention.or_until or retention.after_death)


def _outlasts(retention: Retention, start: date, end: date) -> bool:
    return bool(retention.for_ and not retention.beyond_term and after(start, retention.for_) > end)


def term_stated(reading: Reading) -> Iterator[Problem]:
    """When it begins and ends, in that order, and whether it was registered in time."""
    term, agreement = reading.agreement.term, reading.agreement
    if term.until is None and not term.while_:
        yield reading.note(
            ("term",),
            "no-term",
            "The agreement has no end.",
            "Give `until:` (a date), or `while:` what keeps it going.",
            grade="warning",
        )
    if term.until and term.until <= term.from_:
        yield reading.note(
            ("term", "until"),
            "ends-before-it-begins",
            f"The agreement ends on {term.until} and begins on {term.from_}.",
            "Correct the dates.",
        )
    if agreement.registered and agreement.registered > term.from_:
        yield reading.note(
            ("registered",),
            "registered-late",
            f"It was registered on {agreement.registered}, after it began on {term.from_}.",
            "Register an agreement before anything is shared under it.",
            grade="warning",
        )
    yield from _stray_dates(reading)


def _stray_dates(reading: Reading) -> Iterator[Problem]:
    """Dates of flows, parties and suspensions lie within the term."""
    term = reading.agreement.term
    within = Period(from_=term.from_, until=term.until)
    dated = [(("flows", at), flow.id, flow.period) for at, flow in reading.flows()]
    dated += [
        (("parties", at), party.called, Period(from_=party.joined, until=party.left))
        for at, party in enumerate(reading.agreement.parties)
    ]
    dated += [(("suspended", at), "A suspension", one) for at, one in enumerate(reading.agreement.suspended)]
    for path, name, period in dated:
        if period.from_ and period.until and period.until <= period.from_:
            yield reading.note(path, "ends-before-it-begins", f"{name} ends before it begins.", "Correct the dates.")
        elif not within.overlaps(period):
            yield reading.note(
                path,
                "outside-the-term",
                f"{name} has no day within the term of the agreement.",
                "Correct the dates.",
                grade="warning",
            )


def review_dated(reading: Reading) -> Iterator[Problem]:
    """The next review: there, ahead, and before the end."""
    review, term, on = reading.agreement.review, reading.agreement.term, reading.known.on
    path: Path = ("review", "next") if review.next else ("review",)
    if review.next is None and not (review.first_after or review.every):
        yield reading.note(
            path, "no-review", "No review is planned.", "Write `review: {next: 2027-04-01}` or `every: P1Y`."
        )
    due = review.next or _first_review(reading.agreement)
    if due is None:
        return
    if due <= on and not (term.until and term.until <= on):
        yield reading.note(
            path,
            "review-overdue",
            f"The review was due on {due}.",
            "Review it and sign the next version, even if nothing changes.",
            grade="warning",
        )
    if term.until and due == term.until:
        yield reading.note(
            path,
            "review-at-the-end",
            "The review is due on the day the agreement ends.",
            "Plan it early enough for a new version to be signed.",
            grade="warning",
        )
    if term.until and due > term.until:
        yield reading.note(
            path,
            "review-after-the-end",
            f"The review is due on {due}, after the agreement ends on {term.until}.",
            "Plan it before the end.",
        )


def _first_review(agreement: Agreement) -> date | None:
    """The first review when no date is given; later ones are not known from the text."""
    return after(agreement.term.from_, agreement.review.first_after) if agreement.review.first_after else None


def version_unused(reading: Reading) -> Iterator[Problem]:
    """A text that is out in the world keeps its version number to itself."""
    agreement = reading.agreement
    other = reading.known.digests.get((agreement.id, agreement.version))
    if other and other != digest(agreement):
        yield reading.note(
            ("version",),
            "version-taken",
            f"Version {agreement.version} is already out, with another text.",
            f"Make this version {agreement.version + 1} and say under `amendment` what changed.",
        )
    if agreement.version > 1 and agreement.amendment is None:
        yield reading.note(
            ("version",),
            "no-amendment",
            f"Version {agreement.version} does not say what changed and why.",
            "Add `amendment:` with a reason and the changes; a review without change is one too.",
            grade="warning",
        )


RULES: tuple[Rule, ...] = (
    retention_stated,
    term_stated,
    review_dated,
    version_unused,
)
