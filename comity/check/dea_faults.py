"""What is wrong, or odd, in the public register of Digital Economy Act agreements?

General rules, each read from one version of an agreement (or from the whole
register) beside the law register on the day of the entry. An *error* is
something that cannot stand: a power that does not exist, a party the power
does not reach, a missing review, a wrong place. A *warning* is lawful but
should be looked at, or is worth knowing.

Four rules bear the codes of the lint of written agreements, because they mean
the same (retention-beyond-term, no-review, review-..., registered-late). They
are stated here again for the register's own terms: its end date is the last
day of the term, an entry that rests on no power is no `Agreement` and must be
read all the same, and there is no text whose keys a remedy could name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Literal

from comity.check.dea_agreements import ImportedRegister, RegisteredParty, Version
from comity.law import Provision, Register
from comity.law.dea import POWERS, capacity_named, is_description, periods_of, powers_of
from comity.law.places import Places
from comity.source import Problem
from comity.terms import after

LATE = 7  # days between the start and the entry that pass without a word

TOWARDS = {
    "same-body": "is another name of",
    "department": "is the department of",
    "acts-for": "is not itself specified; it acts for",
    "one-of": "is one of the kind",
}


@dataclass(frozen=True)
class _Reading:
    """One version beside the law, the places and the version before it."""

    version: Version
    before: Version | None
    law: Register
    places: Places | None

    @property
    def entered(self) -> date:
        return self.version.entry.day

    def fault(
        self,
        field: str,
        code: str,
        sentence: str,
        remedy: str,
        grade: Literal["error", "warning"] = "error",
    ) -> Problem:
        one = self.version
        where = f"Agreement {one.key} (entry {one.entry.number}), {field}"
        return Problem(one.file, one.entry.item_line, code, f"{where}: {sentence}", remedy, grade)

    def warning(self, field: str, code: str, sentence: str, remedy: str) -> Problem:
        return self.fault(field, code, sentence, remedy, "warning")


def lint_dea(register: ImportedRegister, law: Register, places: Places | None = None) -> tuple[Problem, ...]:
    """Every problem of every version, in the order of the entries; then those of the whole."""
    found: list[Problem] = []
    latest: dict[str, Version] = {}
    for version in register.versions:
        reading = _Reading(version, latest.get(version.key), law, places)
        found += version.problems
        for rule in RULES:
            found += rule(reading)
        latest[version.key] = version
    return (*found, *_schemes(register), *_one_body_many_codes(register, law))


# --- power and parties


def _unknown_power(reading: _Reading) -> Iterator[Problem]:
    cited = reading.version.entry.text("legal-power-disclosure")
    if reading.version.power:
        return
    known = [f"{POWERS}:{id.rsplit('-', 1)[-1]}" for id in reading.law.provisions]
    near = get_close_matches(cited, known, n=1, cutoff=0.5)
    yield reading.fault(
        "legal-power-disclosure",
        "unknown-power",
        f"there is no power called {cited or '(nothing)'}, so the agreement rests on none.",
        f"The nearest is {near[0]}." if near else "Cite a power of the register.",
    )


def _unknown_party(reading: _Reading) -> Iterator[Problem]:
    for party in reading.version.parties:
        if party.standings is None:
            yield reading.fault(
                _field(party),
                "unknown-party",
                f"nothing is known of a body called {party}.",
                "Correct the code or the name, or record whom the body acts for.",
            )
        elif not party.standings:
            yield reading.fault(
                _field(party),
                "not-specified",
                f"{party} is no specified person, and no link says that it acts for one.",
                "Share under another power, or through a body that is specified.",
            )


def _power_not_reached(reading: _Reading) -> Iterator[Problem]:
    power = reading.version.power
    for party in reading.version.parties if power else ():
        assert power is not None
        if party.standings and not _holds(party, power, reading.entered, reading.law):
            yield reading.fault(
                _field(party),
                "power-not-reached",
                f"{party} did not hold {_called(power)} on {reading.entered}: "
                f"{_held(party, reading.entered, reading.law)}",
                _when_held(party, power, reading.law),
            )


def _held_only_later(reading: _Reading) -> Iterator[Problem]:
    """A party came to hold the power after the start: the register opened before, so it can tell."""
    power, start = reading.version.power, reading.version.day("start-date")
    if not power or not start or not power.in_force_on(start):
        return
    for party in reading.version.parties:
        held_now = _holds(party, power, reading.entered, reading.law)
        if held_now and not _holds(party, power, start, reading.law):
            yield reading.warning(
                "start-date",
                "started-before-power",
                f"the agreement starts on {start}, when the register did not yet give {party} {_called(power)}.",
                f"{_when_held(party, power, reading.law)} Nothing may flow before, unless the law "
                "was ahead of the register.",
            )


def _how_named(reading: _Reading) -> Iterator[Problem]:
    for party in reading.version.parties:
        for one in party.standings or ():
            if one.how in ("acts-for", "one-of") or (one.how == "same-body" and party.in_words):
                person = capacity_named(one.capacity, reading.law)
                yield reading.warning(
                    _field(party),
                    one.how,
                    f"{party} {TOWARDS[one.how]} {person.meaning} ({person.source}).",
                    f"Name the specified person as well. Source: {one.source}.",
                )
        if party.in_words:
            yield reading.warning(
                _field(party),
                "party-in-words",
                f"{party} is named in words, without a code.",
                "Give the code of a register, so that others know who is meant.",
            )


def _former_name(reading: _Reading) -> Iterator[Problem]:
    for party in reading.version.parties:
        for then in party.formerly:
            yield reading.warning(
                "name",
                "former-name",
                f"{party.name} is also given by its former name, {then}.",
                "Keep the former name with the party, dated, so that older papers are found.",
            )


def _holds(party: RegisteredParty, power: Provision, day: date, law: Register) -> bool:
    return any(power.id in powers_of(one, day, law) for one in party.capacities)


def _held(party: RegisteredParty, day: date, law: Register) -> str:
    """What it held instead, capacity by capacity."""

    def of(capacity: str) -> str:
        numbers = [id.rsplit("-", 1)[-1] for id in powers_of(capacity, day, law)]
        held = f"only power {', '.join(numbers)}" if numbers else "no power"
        return f"{capacity_named(capacity, law).meaning.rstrip('. ')} held {held}"

    return "; ".join(map(of, party.capacities)) + "."


def _when_held(party: RegisteredParty, power: Provision, law: Register) -> str:
    periods = [str(one) for capacity in party.capacities for one in periods_of(capacity, power.id, law)]
    if periods:
        return f"It holds the power {' and '.join(periods)}."
    return "It never held the power: cite another, or share with a body that holds this one."


def _called(power: Provision) -> str:
    return f"power {power.id.rsplit('-', 1)[-1]} ({power.title})"


def _field(party: RegisteredParty) -> str:
    names = [field.removesuffix("s") + "-names" if party.in_words else field for field in party.fields]
    return " and ".join(names)


# --- time


def _unreadable(reading: _Reading) -> Iterator[Problem]:
    for field in reading.version.unreadable:
        text = reading.version.entry.text(field)
        what = "length of time, as P1Y is" if field == "retention-period" else "date, as 2019-03-29 is"
        yield reading.fault(field, "unreadable", f"{text or 'nothing'} is no {what}.", "Correct it.")


def _retention(reading: _Reading) -> Iterator[Problem]:
    start, until = reading.version.day("start-date"), reading.version.until
    keep = reading.version.entry.text("retention-period")
    if not start or not until or not keep or "retention-period" in reading.version.unreadable:
        return
    if after(start, keep) > until:
        term = f"{start} to {reading.version.day('end-date')}"
        yield reading.warning(
            "retention-period",
            "retention-beyond-term",
            f"what is received is kept for {_in_words(keep)}, longer than the agreement runs ({term}).",
            "Shorten it, or say which duty to keep outlives the agreement.",
        )


def _in_words(duration: str) -> str:
    """`P3Y9M27D` as people say it."""
    units = {"Y": "year", "M": "month", "W": "week", "D": "day"}
    found = re.findall(r"(\d+)([YMWD])", duration.partition("T")[0])
    return " ".join(f"{n} {units[unit]}{'s' if n != '1' else ''}" for n, unit in found) or duration


def _review(reading: _Reading) -> Iterator[Problem]:
    review, end = reading.version.day("review-date"), reading.version.day("end-date")
    if "review-date" in reading.version.unreadable:
        return
    if not review:
        yield reading.fault(
            "review-date", "no-review", "there is no review date.", "Say when the agreement will be looked at again."
        )
        return
    if end and review > end:
        yield reading.fault(
            "review-date",
            "review-after-the-end",
            f"the review on {review} comes after the end on {end}.",
            "Review before the agreement ends.",
        )
    if end and review == end:
        yield reading.warning(
            "review-date",
            "review-at-the-end",
            f"the review is on the last day, {end}: too late to change anything.",
            "Review early enough to vary, renew or stop.",
        )
    if review < reading.entered:
        yield reading.warning(
            "review-date",
            "review-overdue",
            f"the review date, {review}, had passed on the day of the entry, {reading.entered}.",
            "Record the review, and set the next.",
        )


def _registered_late(reading: _Reading) -> Iterator[Problem]:
    start = reading.version.day("start-date")
    if reading.before or not start:
        return
    late = (reading.entered - start).days
    if late >= LATE:
        weeks = f"{late // 7} week{'s' if late >= 14 else ''}"
        yield reading.warning(
            "start-date",
            "registered-late",
            f"it was registered on {reading.entered}, {weeks} after it started on {start}.",
            "Register an agreement before anything flows under it.",
        )


def _changed(reading: _Reading) -> Iterator[Problem]:
    """What a later entry changed about the term and the power."""
    if not reading.before:
        return
    old, new = reading.before.day("end-date"), reading.version.day("end-date")
    if old and new and old != new:
        way = "extended" if new > old else "shortened"
        lapsed = " It had ended by then." if old < reading.entered else ""
        yield reading.warning(
            "end-date",
            f"term-{way}",
            f"the term was {way} from {old} to {new} by a new entry of {reading.entered}.{lapsed}",
            "Check that both sides agreed to it, and that nothing flowed between.",
        )
    was = reading.before.entry.text("legal-power-disclosure")
    now = reading.version.entry.text("legal-power-disclosure")
    if was != now:
        yield reading.warning(
            "legal-power-disclosure",
            "power-changed",
            f"the power cited was changed from {was} to {now} on {reading.entered}.",
            f"What flowed from {reading.before.entry.day} on rested on the power cited before.",
        )


# --- places and pattern


def _area_name(reading: _Reading) -> Iterator[Problem]:
    own = [party.place for party in reading.version.parties if party.place]
    for name in reading.version.entry.texts("area-names"):
        here = [place for place in own if place.is_where(name)]
        made_up = [(place, tiers) for place in here if (tiers := place.made_up(name))]
        if here and len(made_up) == len(here):
            place, tiers = made_up[0]
            yield reading.fault(
                "area-names",
                "area-name-differs",
                f"{name} is no {' '.join(sorted(tiers))} council: {place.curie} is {place.name}.",
                f"Write {place.name}.",
            )
        elif not here and reading.places and not reading.places.named(name):
            yield reading.warning(
                "area-names",
                "unknown-area",
                f"no party and no register bears the name {name}.",
                "Give the code of the area.",
            )


def _flag_only(reading: _Reading) -> Iterator[Problem]:
    if found := reading.version.flag_only:
        called = {party.called: party.name for party in reading.version.parties}
        who = called.get(found.by, "one side")
        yield reading.warning(
            "disclosed-information",
            "flag-only",
            f"{who} returns a flag only (hit or no hit): “{found.sentence}”.",
            "A hit is a disclosure too: see that the power and the retention cover the flag.",
        )


RULES: tuple[Callable[[_Reading], Iterator[Problem]], ...] = (
    _unreadable,
    _unknown_power,
    _unknown_party,
    _power_not_reached,
    _held_only_later,
    _how_named,
    _former_name,
    _retention,
    _review,
    _registered_late,
    _changed,
    _area_name,
    _flag_only,
)


# --- the register as a whole


def _schemes(register: ImportedRegister) -> Iterator[Problem]:
    parties = [party for version in register.versions for party in version.parties]
    schemes = sorted({one.body.partition(":")[0] for one in parties if not one.in_words})
    if len(schemes) > 1:
        words = ", and in words" if any(one.in_words for one in parties) else ""
        yield Problem(
            register.file,
            0,
            "mixed-schemes",
            f"Parties are named by {len(schemes)} identifier schemes ({', '.join(schemes)}){words}.",
            "Choose one scheme for each kind of body.",
            "warning",
        )


def _one_body_many_codes(register: ImportedRegister, law: Register) -> Iterator[Problem]:
    """A specified person that stands under several codes, so that a count by code misses some."""
    codes: dict[str, dict[str, Version]] = {}
    for version in register.versions:
        for party in version.parties:
            for one in party.standings or ():
                if one.how in ("listed", "same-body", "department") and not is_description(one.capacity):
                    codes.setdefault(one.capacity, {}).setdefault(party.body, version)
    for capacity, bodies in codes.items():
        if len(bodies) > 1:
            last = max(bodies.values(), key=lambda version: version.entry.number)
            yield Problem(
                register.file,
                last.entry.item_line,
                "two-codes",
                f"{capacity_named(capacity, law).meaning} is named as {' and as '.join(bodies)}.",
                "Use one of them.",
                "warning",
            )
