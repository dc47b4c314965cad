"""The words every part of Comity shares: outcomes, truth, forms, periods, reason codes.

One thing has one name; `docs/glossary.md` gives them in plain English. What the
law knows by name (purposes, kinds, capacities, facts, offices) is data, in
`law/vocabulary/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal

import isodate
from pydantic import AfterValidator, Field

from comity.source import Model

Truth = bool | None
"""Yes, no, or not known (strong Kleene logic)."""


def all_of(values: Iterable[Truth]) -> Truth:
    """No if any is no; else not known if any is not known; else yes."""
    seen = set(values)
    return False if False in seen else None if None in seen else True


def any_of(values: Iterable[Truth]) -> Truth:
    """Yes if any is yes; else not known if any is not known; else no."""
    seen = set(values)
    return True if True in seen else None if None in seen else False


def negation(value: Truth) -> Truth:
    return None if value is None else not value


class Outcome(StrEnum):
    """What an item is answered with."""

    SHARE = "share"
    REFER = "refer"
    WITHHOLD = "withhold"


class Headline(StrEnum):
    """The items' answers in one word, for the whole proposal."""

    FULL = "FULL"
    PART = "PART"
    HUMAN = "HUMAN"
    NO = "NO"


def outcome_of(value: Truth) -> Outcome:
    return {True: Outcome.SHARE, None: Outcome.REFER, False: Outcome.WITHHOLD}[value]


def headline_of(outcomes: Iterable[Outcome]) -> Headline:
    """Any refer: HUMAN; else all share: FULL; all withhold: NO; else PART."""
    seen = set(outcomes)
    if Outcome.REFER in seen:
        return Headline.HUMAN
    if seen == {Outcome.SHARE}:
        return Headline.FULL
    return Headline.NO if seen == {Outcome.WITHHOLD} else Headline.PART


class Step(StrEnum):
    """The questions an information-governance lawyer asks, in order (law.md, section 0)."""

    PEOPLE = "people"
    PROHIBITION = "prohibition"
    POWER = "power"
    CONFIDENCE = "confidence"
    REGIME = "regime"
    BASIS = "basis"
    SPECIAL_CATEGORY = "special-category"
    CRIMINAL_OFFENCE = "criminal-offence"
    NECESSITY = "necessity"
    PROPORTIONALITY = "proportionality"
    HANDLING = "handling"


class Form(StrEnum):
    """What the item is in the recipient's hands."""

    IDENTIFIABLE = "identifiable"
    PSEUDONYMISED = "pseudonymised"
    DEPERSONALISED = "depersonalised"
    AGGREGATE = "aggregate"


class Mode(StrEnum):
    """How the information would travel."""

    REQUEST = "request"
    PUSH = "push"
    FEED = "feed"
    MEETING = "meeting"
    PUBLICATION = "publication"
    EXISTENCE = "existence-answer"
    ONWARD = "onward"
    WITHIN = "within"
    KEEP = "keep"


class Regime(StrEnum):
    """The part of data protection law a party stands under for a purpose."""

    UK_GDPR = "uk-gdpr"
    PART_3 = "part-3"
    NONE = "none"


class Duty(StrEnum):
    """Whether the law demands the share; `pending`: a duty not yet confirmed or begun."""

    NONE = "none"
    DUE = "due"
    PENDING = "pending"


class Transform(StrEnum):
    """What must be done to an item before it may leave."""

    NONE = "none"
    AGGREGATE = "aggregate"
    SUPPRESS = "suppress"


Extent = Literal["E", "W", "S", "NI"]
End = Literal["discloser", "recipient"]
Audience = Literal["named", "vetted-scheme", "open", "public"]

SLUG = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
GLOBAL_ID = re.compile(rf"({SLUG.pattern})/(partner|agreement|flow|item|holding|register)/({SLUG.pattern})")


def checked_slug(text: str) -> str:
    if not SLUG.fullmatch(text):
        raise ValueError(f"{text!r} is not a short name | Use small letters, digits and hyphens, as in home-address.")
    return text


def checked_id(text: str) -> str:
    if not GLOBAL_ID.fullmatch(text):
        raise ValueError(
            f"{text!r} is not a global id | Write <domain>/<kind>/<name>, as in northshire.example/partner/police."
        )
    return text


Slug = Annotated[str, AfterValidator(checked_slug)]
Id = Annotated[str, AfterValidator(checked_id)]


def slug_of(id: str) -> str:
    """The last part of a global id."""
    return id.rsplit("/", 1)[-1]


def listed(words: Iterable[str]) -> str:
    """Several words as people write them: a, b and c."""
    *first, last = sorted(words)
    return f"{', '.join(first)} and {last}" if first else last


class Period(Model):
    """A half-open stretch of days `[from, until)`; an absent end is open."""

    from_: date | None = Field(default=None, alias="from")
    until: date | None = None

    def __contains__(self, day: object) -> bool:
        assert isinstance(day, date)
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day < self.until)

    def __str__(self) -> str:
        """Printed inclusively, as people write periods."""
        first = f"from {self.from_}" if self.from_ else ""
        last = f"to {self.until - timedelta(days=1)}" if self.until and self.until > date.min else ""
        return " ".join(filter(None, (first, last))) or "at any time"

    def overlaps(self, other: Period) -> bool:
        """Whether some day is in both."""
        starts = [d for d in (self.from_, other.from_) if d]
        ends = [d for d in (self.until, other.until) if d]
        return not starts or not ends or max(starts) < min(ends)


def checked_duration(text: str) -> str:
    try:
        length = isodate.parse_duration(text)
    except (isodate.ISO8601Error, TypeError, ValueError, ArithmeticError) as error:
        raise ValueError(f"{text!r} is not a length of time | Write it as P12M (12 months), P1Y or P30D.") from error
    if not _can_be_added(length):
        raise ValueError(f"{text!r} is not a length of up to 900 years in whole months | Write it as P12M or P30D.")
    if text.startswith("-"):
        raise ValueError(f"{text!r} runs backwards | Write it without the minus sign.")
    return text


def _can_be_added(length: object) -> bool:
    """To any day that may be written, without leaving the calendar."""
    try:
        return bool(YEARS[0] + length <= LONGEST)  # type: ignore[operator]
    except (ValueError, ArithmeticError):
        return False


Duration = Annotated[str, AfterValidator(checked_duration)]
"""An ISO 8601 length of time, as in `P12M` or `P1Y6M`."""

YEARS = date(1000, 1, 1), date(8999, 12, 31)
LONGEST = date(1900, 1, 1)
"""Counted from the first of the years: what a length of time leads to from any of them is still in the calendar."""


def checked_day(day: date) -> date:
    if not YEARS[0] <= day <= YEARS[1]:
        raise ValueError(f"{day} is not a day of the years 1000 to 8999 | Correct the year; an open end is left out.")
    return day


Day = Annotated[date, AfterValidator(checked_day)]
"""A day that somebody wrote."""


def after(day: date, duration: Duration) -> date:
    """The day that lies `duration` after `day` (months count as calendar months); at most the last of the calendar."""
    try:
        end: date = day + isodate.parse_duration(duration)
    except (OverflowError, ValueError):
        return date.max
    return end


@dataclass(frozen=True)
class ReasonCode:
    """A stable code: what it may do, who may use it, and what it means."""

    code: str
    outcome: Outcome
    by: tuple[str, ...]
    meaning: str


CHECK, PARTNER = "the check", "a partner who refuses"

_S, _R, _W = Outcome.SHARE, Outcome.REFER, Outcome.WITHHOLD
REASON_CODES: dict[str, ReasonCode] = {
    code.code: code
    for code in (
        ReasonCode("met", _S, (CHECK,), "The step is passed by the provision or the judgement named."),
        ReasonCode("same-controller", _S, (CHECK,), "Nothing leaves: both ends are one controller."),
        ReasonCode(
            "emergency", _S, (CHECK,), "A declared emergency answers the question for now; it is reviewed afterwards."
        ),
        ReasonCode("no-power", _W, (CHECK, PARTNER), "Every power that was considered is closed to this share."),
        ReasonCode(
            "no-route-known",
            _R,
            (CHECK,),
            "The register knows no provision for a share of this kind; that is not the same as unlawful.",
        ),
        ReasonCode(
            "discloser-lacks-capacity",
            _W,
            (CHECK, PARTNER),
            "The list of who may give this does not name the discloser.",
        ),
        ReasonCode(
            "recipient-lacks-capacity",
            _W,
            (CHECK, PARTNER),
            "The list of who may receive this does not name the recipient.",
        ),
        ReasonCode("purpose-not-covered", _W, (CHECK, PARTNER), "The provision is for other purposes."),
        ReasonCode("kind-not-covered", _W, (CHECK, PARTNER), "The provision does not reach information of this kind."),
        ReasonCode("form-not-covered", _W, (CHECK, PARTNER), "The provision does not reach information in this form."),
        ReasonCode(
            "mode-not-covered", _W, (CHECK,), "The provision does not reach this way of sharing, or needs a request."
        ),
        ReasonCode("not-a-power", _W, (CHECK, PARTNER), "What was named gives no power of its own to share."),
        ReasonCode(
            "exemption-not-a-power",
            _W,
            (CHECK, PARTNER),
            "What was named is an exemption: it lifts duties, it neither allows nor compels a share.",
        ),
        ReasonCode("condition-not-met", _W, (CHECK, PARTNER), "A condition the provision sets is not met."),
        ReasonCode("condition-not-known", _R, (CHECK,), "Whether a condition the provision sets is met is not known."),
        ReasonCode("prohibited", _W, (CHECK, PARTNER), "A rule of law forbids the share."),
        ReasonCode("tipping-off", _W, (CHECK, PARTNER), "To tell anyone but the authority would be tipping off."),
        ReasonCode(
            "origin-consent-missing",
            _W,
            (CHECK, PARTNER),
            "Whoever first gave the information has not agreed that it goes further.",
        ),
        ReasonCode(
            "confidence-not-set-aside",
            _W,
            (CHECK, PARTNER),
            "The information is held in confidence and nothing lifts that.",
        ),
        ReasonCode(
            "no-dp-basis", _W, (CHECK, PARTNER), "No lawful basis in data protection law is open to this party."
        ),
        ReasonCode(
            "no-special-condition",
            _W,
            (CHECK, PARTNER),
            "No condition for special category or criminal offence data is met.",
        ),
        ReasonCode(
            "no-apd", _W, (CHECK, PARTNER), "The appropriate policy document that the condition asks for is not there."
        ),
        ReasonCode(
            "not-necessary",
            _W,
            (CHECK, PARTNER),
            "The purpose can be met without it, or nobody has said why it is needed.",
        ),
        ReasonCode(
            "disproportionate",
            _W,
            (CHECK, PARTNER),
            "The interference with private life is out of proportion to the purpose.",
        ),
        ReasonCode("audience-open", _W, (CHECK, PARTNER), "The audience is open to anyone."),
        ReasonCode("reidentification-risk", _W, (CHECK, PARTNER), "A person could be recognised from it."),
        ReasonCode("small-numbers", _W, (CHECK, PARTNER), "The counts are so small that a person could be recognised."),
        ReasonCode("opt-out-applied", _W, (CHECK, PARTNER), "The person has opted out of this use."),
        ReasonCode("retention", _W, (CHECK, PARTNER), "The time for which it may be kept is over."),
        ReasonCode("agreement-clause", _W, (CHECK, PARTNER), "A clause of an agreement in force says no."),
        ReasonCode(
            "agreement-missing",
            _R,
            (CHECK, PARTNER),
            "Sharing of this kind needs a written agreement and none covers it.",
        ),
        ReasonCode(
            "agreement-expired",
            _R,
            (CHECK, PARTNER),
            "The written agreement that sharing of this kind needs is past its term.",
        ),
        ReasonCode(
            "agreement-party-not-signed",
            _R,
            (CHECK, PARTNER),
            "The written agreement that sharing of this kind needs is not signed by both.",
        ),
        ReasonCode("instrument-not-in-force", _W, (CHECK, PARTNER), "The provision is not in force on that day."),
        ReasonCode(
            "out-of-extent", _W, (CHECK, PARTNER), "The provision does not reach that part of the United Kingdom."
        ),
        ReasonCode("not-mapped", _W, (CHECK,), "Nobody has said what this column is, so it stays."),
        ReasonCode("awaiting-human", _R, (CHECK,), "A question only a person can settle is open."),
        ReasonCode(
            "awaiting-confirmation", _R, (CHECK,), "A fact about the law has yet to be confirmed by a named officer."
        ),
        ReasonCode("quality", _W, (PARTNER,), "The data are not yet good enough to be relied on."),
        ReasonCode("capacity", _W, (PARTNER,), "There is nobody to prepare it before the date given."),
        ReasonCode("prejudice-to-investigation", _W, (PARTNER,), "It would be likely to prejudice an investigation."),
        ReasonCode("risk-to-person", _W, (PARTNER,), "It would put a person at risk."),
    )
}
"""Every reason a check or a refusal may give (law.md 2.8, with those the worked decisions need)."""
