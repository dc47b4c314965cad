"""What a worked decision must say, and where a decision differs from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from comity.check.decision import Answer, Decision, Reason
from comity.source import Model, WordSet
from comity.terms import Duty, Outcome, Slug, Transform


class ExpectedClaim(Model):
    """For which items the named route holds, is open or fails (`all` for every item), and why."""

    holds: WordSet = ()
    open: WordSet = ()
    no: WordSet = ()
    because: Slug | None = None


class Expected(Model):
    """What the decision must say; every item is to be shared, referred or withheld."""

    headline: str
    share: WordSet = ()
    refer: dict[Slug, WordSet] = {}
    withhold: dict[Slug, Slug] = {}
    claimed: ExpectedClaim = ExpectedClaim()
    duty: Literal["none", "pending"] = "none"
    due: date | None = None
    due_rule: str = ""
    transform: Transform = Transform.NONE
    warns: WordSet = ()
    rests_on: dict[Slug, WordSet] = {}
    codes: dict[Slug, WordSet] = {}

    @property
    def duty_of_shared(self) -> Duty:
        """A headline with a duty speaks of every item that is shared."""
        return Duty.DUE if self.headline.endswith(" + duty") else Duty(self.duty)

    def outcomes(self, items: list[str]) -> dict[str, Outcome]:
        return {
            **dict.fromkeys(_listed(self.share, items), Outcome.SHARE),
            **dict.fromkeys(self.refer, Outcome.REFER),
            **dict.fromkeys(self.withhold, Outcome.WITHHOLD),
        }


def differences(decision: Decision, expected: Expected) -> Iterator[str]:
    """Every point on which the decision is not what the case says."""
    headline = decision.headline + (" + duty" if decision.must else "")
    if headline != expected.headline:
        yield f"headline {headline}, not {expected.headline}"
    items = [one.called for one in decision.answers]
    outcomes = expected.outcomes(items)
    if set(outcomes) != set(items):
        yield f"the case forgets or invents an item: {sorted(set(outcomes) ^ set(items))}"
    for answer in decision.answers:
        for difference in _in_answer(answer, outcomes.get(answer.called), expected):
            yield f"{answer.called}: {difference}{_against(answer)}"
    yield from _in_claim(decision, expected.claimed, items)


def _in_answer(answer: Answer, outcome: Outcome | None, expected: Expected) -> Iterator[str]:
    if answer.outcome != outcome:
        yield f"{answer.outcome}, not {outcome}"
        return
    match outcome:
        case Outcome.SHARE:
            yield from _in_share(answer, expected)
        case Outcome.REFER:
            questions = words(answer.against)
            yield from _missing("open question", expected.refer[answer.called], questions)
        case Outcome.WITHHOLD:
            wanted = expected.withhold[answer.called]
            if answer.against[0].code != wanted:
                yield f"withheld for {answer.against[0].code}, not for {wanted}"
    provisions = {one.rests_on for one in answer.reasons}
    rests_on = expected.rests_on.get(answer.called, ())
    yield from _missing("reason that rests on", rests_on, provisions)
    codes = {one.code for one in answer.reasons}
    yield from _missing("reason", expected.codes.get(answer.called, ()), codes)


def _in_share(answer: Answer, expected: Expected) -> Iterator[str]:
    for what, got, wanted in (
        ("duty", answer.duty, expected.duty_of_shared),
        ("due", answer.due, expected.due),
        ("due rule", answer.due_rule, expected.due_rule or answer.due_rule),
        ("transform", answer.transform, expected.transform),
    ):
        if got != wanted:
            yield f"{what} {got}, not {wanted}"
    warnings = {one.code for one in answer.reasons if one.warning}
    yield from _missing("warning", expected.warns, warnings)


def _in_claim(decision: Decision, expected: ExpectedClaim, items: list[str]) -> Iterator[str]:
    wanted = {name: word for word in ("holds", "open", "no") for name in _listed(getattr(expected, word), items)}
    got = {one.called: one.holds for one in decision.claimed}
    if got != wanted:
        yield f"the named route: {got}, not {wanted}"
    for one in decision.claimed:
        if one.holds == "no" and expected.because:
            yield from _missing("such end of the route", [expected.because], words(one.reasons))


def _missing(what: str, wanted: Iterable[str], got: set[str]) -> Iterator[str]:
    yield from (f"no {what}: {one}" for one in wanted if one not in got)


def _listed(written: tuple[str, ...], items: list[str]) -> Iterable[str]:
    return items if written == ("all",) else written


def words(reasons: Iterable[Reason]) -> set[str]:
    """The words by which a case may name a reason: its code, its test or fact, its doubt."""
    return {word for one in reasons for word in (one.code, one.fact, one.path) if word}


def _against(answer: Answer) -> str:
    """The reasons that are not in favour, for whoever reads the failure."""
    reasons = [one for one in answer.reasons if one.effect != Outcome.SHARE]
    return "".join(
        f"\n    {one.step} {one.end or ''}: {one.code} {one.fact or one.path} [{one.rests_on}]" for one in reasons
    )
