"""How a step is put together: what opens it, what bars it, and the reasons it leaves behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

from comity.check.case import Case, Weighed
from comity.check.decision import Answer, Basis, Claimed, Decision, Proposal, ProposedItem, Reason
from comity.law.reach import LEFT_OUT
from comity.terms import (
    REASON_CODES,
    Duty,
    End,
    Mode,
    Outcome,
    Step,
    Transform,
    Truth,
    all_of,
    any_of,
    headline_of,
    negation,
    outcome_of,
)


@dataclass(frozen=True)
class Finding:
    """One step's yes, no or not known, with its reasons."""

    value: Truth
    reasons: tuple[Reason, ...] = ()

    def __and__(self, other: Finding) -> Finding:
        return Finding(all_of((self.value, other.value)), self.reasons + other.reasons)

    @staticmethod
    def all(findings: Iterable[Finding]) -> Finding:
        total = Finding(True)
        for finding in findings:
            total &= finding
        return total

    @staticmethod
    def on_fact(case: Case, item: ProposedItem, step: Step, fact: str, otherwise: str = "") -> Finding:
        """Passed if the fact is so; a test that is open names itself."""
        value = case.known(fact, item)
        code = case.law.fact(fact).reason or otherwise
        return Finding(value, (_on(case, item, step, fact, value, code),))


def passed() -> Finding:
    """The question does not arise."""
    return Finding(True)


def noted(value: Truth, step: Step, code: str, effect: Outcome, *where: str, warning: bool = False) -> Finding:
    """A finding with one reason of its own; `where` is the rule, the route or clause in it, and its words."""
    named = dict(zip(("rests_on", "route", "cites"), where, strict=False))
    reason = {"step": step, "code": code, "effect": effect, "warning": warning, **named}
    return Finding(value, (Reason.model_validate(reason),))


def met(step: Step, provision: str) -> Reason:
    return Reason(step=step, code="met", effect=Outcome.SHARE, rests_on=provision)


def opened(
    case: Case, item: ProposedItem, step: Step, routes: list[Weighed], code: str, end: End | None = None
) -> Finding:
    """Passed if some route holds; open if one might, or the register is silent; else closed, for the nearest reason."""
    if not routes and not case.register_speaks(step):
        return noted(None, step, "no-route-known", Outcome.REFER)
    value = any_of(one.value for one in routes)
    if value is True:
        holding = sorted((one for one in routes if one.value), key=lambda one: not one.route.duty)
        return Finding(True, tuple(_holds(case, item, step, one, end) for one in holding))
    if value is None:
        return Finding(None, _open(case, item, step, [one for one in routes if one.value is None], end))
    return Finding(False, _closed(case, item, step, routes, code, end))


def barred(case: Case, item: ProposedItem, step: Step) -> Finding:
    """Passed unless a bar bites; a bar that something might lift is open."""
    return Finding.all(_bar(case, item, step, bar) for bar in case.weighed(step, "bars", item))


def _bar(case: Case, item: ProposedItem, step: Step, bar: Weighed) -> Finding:
    lifts = case.lifting(bar, item)
    lifted = any_of(one.value for one in lifts)
    value = negation(all_of((bar.value, negation(lifted))))
    if value is True:
        return Finding(
            True,
            tuple(_answered(case, item, step, bar, None))
            if bar.value is False
            else tuple(_holds(case, item, step, one, None) for one in lifts if one.value),
        )
    if value is None:
        waiting = [one for one in lifts if one.value is None] + ([bar] if bar.value is None else [])
        return Finding(None, _open(case, item, step, waiting, None))
    return Finding(False, (_because(step, bar, bar.route.reason or "prohibited", None, fact=_refused(case, bar)),))


def excluded(case: Case, item: ProposedItem) -> tuple[Reason, ...]:
    """The closed lists for this purpose and kind that leave a party out; the one somebody cited comes first."""
    found: list[Reason] = []
    for provision, route in case.closed_to_a_party(item):
        weighed = case.weigh(provision, route, item, "discloser")
        codes = case.mismatch(provision, route, item, "discloser", Duty.NONE)
        found += [_because(Step.POWER, weighed, code, None) for code in codes]
    return tuple(sorted(found, key=lambda one: one.rests_on != case.proposal.claimed))


def _holds(case: Case, item: ProposedItem, step: Step, one: Weighed, end: End | None) -> Reason:
    used = [judgement.id for fact in one.route.needs if (judgement := case.tested(fact, item, one.end))]
    code = (
        "emergency"
        if any(case.law.fact(f).is_test and case.by_emergency(f, item, one.end) for f in one.route.needs)
        else "met"
    )
    reason = _because(step, one, code, end)
    return reason.model_copy(update={"effect": Outcome.SHARE, "judgement": ", ".join(used)})


def _answered(case: Case, item: ProposedItem, step: Step, bar: Weighed, end: End | None) -> Iterable[Reason]:
    """A bar that an answer to a test keeps from biting is worth naming; one that never arose is not."""
    if all_of(case.known(fact, item) for fact in bar.route.needs) is not True:
        return
    for fact in bar.route.unless:
        if case.law.fact(fact).is_test and case.known(fact, item):
            judgement = case.tested(fact, item)
            yield _because(step, bar, "met" if judgement else "emergency", end).model_copy(
                update={"effect": Outcome.SHARE, "fact": fact, "judgement": judgement.id if judgement else ""}
            )


def _open(case: Case, item: ProposedItem, step: Step, routes: list[Weighed], end: End | None) -> tuple[Reason, ...]:
    """What would settle the nearest routes, and any that wait for nothing but the law to be confirmed."""
    nearest = min(one.distance for one in routes)
    reasons: list[Reason] = []
    for one in routes:
        if one.distance != nearest and one.open:
            continue
        for fact in one.open:
            code = "awaiting-human" if case.law.fact(fact).is_test else "condition-not-known"
            reasons.append(
                _because(step, one, code, end, fact=fact, effect=Outcome.REFER, offices=case.offices(fact, end))
            )
        if one.route.effect != "bars":
            reasons += [
                _because(step, one, "awaiting-confirmation", end, path=path, effect=Outcome.REFER)
                for path in one.doubts
            ]
    return tuple(dict.fromkeys(reasons))


def _closed(
    case: Case, item: ProposedItem, step: Step, routes: list[Weighed], code: str, end: End | None
) -> tuple[Reason, ...]:
    if not routes:
        return (Reason(step=step, code=code, effect=Outcome.WITHHOLD, end=end),)
    nearest = min(routes, key=lambda one: one.distance)
    facts = nearest.failed or (None,)
    return tuple(
        _because(
            step, nearest, _code_of(case, fact, code), end, fact=fact, offices=case.offices(fact, end) if fact else ()
        )
        for fact in facts
    )


def _code_of(case: Case, fact: str | None, code: str) -> str:
    return (case.law.fact(fact).reason if fact else None) or code


def _refused(case: Case, bar: Weighed) -> str | None:
    """The test that lifts the bar, if there is one: answered no, or never for this case."""
    return next((fact for fact in bar.route.unless if case.law.fact(fact).is_test), None)


def _because(
    step: Step,
    one: Weighed,
    code: str,
    end: End | None,
    *,
    fact: str | None = None,
    path: str = "",
    effect: Outcome | None = None,
    offices: tuple[str, ...] = (),
) -> Reason:
    return Reason(
        step=step,
        code=code,
        effect=effect or REASON_CODES[code].outcome,
        rests_on=one.provision.id,
        route=one.route.id,
        cites=one.route.cites or one.provision.citation,
        end=end,
        fact=fact,
        offices=offices,
        path=path,
        unconfirmed=one.doubts if one.route.effect == "bars" or code in LEFT_OUT else (),
    )


def _on(case: Case, item: ProposedItem, step: Step, fact: str, value: Truth, code: str) -> Reason:
    judgement = case.tested(fact, item)
    if value is None:
        code = "awaiting-human" if case.law.fact(fact).is_test else "condition-not-known"
    elif value:
        code = "met"
    return Reason(
        step=step,
        code=code,
        effect=outcome_of(value),
        fact=fact,
        judgement=judgement.id if judgement else "",
        offices=case.offices(fact, None) if code == "awaiting-human" else (),
    )


def total(case: Case, item: ProposedItem, findings: list[Finding], duty: Duty) -> Answer:
    """The answer that the steps add up to, with the duty, its date and what must be done first."""
    sum_ = Finding.all(findings)
    outcome = outcome_of(sum_.value)
    due_rule, due = _due(case, item) if duty == Duty.DUE and outcome == Outcome.SHARE else ("", None)
    return Answer(
        item=item.item,
        outcome=outcome,
        duty=duty,
        due=due,
        due_rule=due_rule,
        transform=_transform(case, item) if outcome == Outcome.SHARE else Transform.NONE,
        automatic=outcome == Outcome.SHARE and _by_itself(case, item, sum_),
        reasons=tuple(dict.fromkeys(sum_.reasons)),
    )


def _by_itself(case: Case, item: ProposedItem, sum_: Finding) -> bool:
    """A standing flow in force, every answer given for its class, nothing declared or warned of."""
    used = {name for reason in sum_.reasons for name in reason.judgement.split(", ") if name}
    by_class = all(one.scope.instance is None for one in case.judgements if one.id in used)
    warned = any(reason.warning or reason.code == "emergency" for reason in sum_.reasons)
    return case.proposal.mode == Mode.FEED and by_class and not warned and bool(case.covering_flows(item))


def _due(case: Case, item: ProposedItem) -> tuple[str, date | None]:
    duties = [one.route.due for one in case.weighed(Step.POWER, "allows", item) if one.route.duty and one.value]
    rule = next((due for due in duties if due), None) or "as-requested"
    return rule, due_on(rule, case.proposal)


def due_on(rule: str, proposal: Proposal) -> date | None:
    """The day on which a duty with this rule is due, if what was proposed says so."""
    match rule:
        case "end-of-next-quarter":
            return _end_of_next_quarter(proposal.data_until) if proposal.data_until else None
        case "at-once":
            return proposal.on
    return proposal.asked.due if proposal.asked else None


def _end_of_next_quarter(day: date) -> date:
    """The last day of the quarter after the one `day` lies in (SI 2007/1831; quarters run from 1 July 2007)."""
    months = day.year * 12 + (day.month - 1) // 3 * 3 + 6
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def _transform(case: Case, item: ProposedItem) -> Transform:
    found = [one.route.transform for one in case.weighed(Step.PEOPLE, "allows", item) if one.value is not False]
    return found[0] if found else Transform.NONE


def claimed(case: Case, item: ProposedItem, provision: str) -> Claimed:
    """Does the route that somebody named hold for this item, and if not why?"""
    named = case.law.provision(provision)

    def result(holds: Truth, *reasons: Reason) -> Claimed:
        word = {True: "holds", None: "open", False: "no"}[holds]
        return Claimed.model_validate({"item": item.item, "provision": provision, "holds": word, "reasons": reasons})

    def refused(*codes: str) -> Claimed:
        return result(
            False, *(Reason(step=Step.POWER, code=code, effect=Outcome.WITHHOLD, rests_on=provision) for code in codes)
        )

    if named.kind == "exemption":
        return refused("exemption-not-a-power")
    routes = [
        route
        for route in named.routes
        if route.effect in ("allows", "closes") and route.step in (Step.POWER, Step.BASIS)
    ]
    missed = {route.id: case.mismatch(named, route, item, "discloser", Duty.NONE) for route in routes}
    reaching = [
        case.weigh(named, route, item, "discloser")
        for route in routes
        if not missed[route.id] and route.effect == "allows"
    ]
    if reaching and all(one.route.beside_another for one in reaching) and not _of_power(case, item, named.id):
        return refused("not-a-power")
    if value := any_of(one.value for one in reaching):
        return result(True)
    if reaching and value is None:
        return result(None, *_open(case, item, Step.POWER, [one for one in reaching if one.value is None], None))
    if reaching:
        return result(False, *_closed(case, item, Step.POWER, reaching, "condition-not-met", None))
    if not named.in_force_on(case.proposal.on):
        return refused("instrument-not-in-force")
    nearest = min((codes for codes in missed.values() if codes), key=len, default=["not-a-power"])
    return refused(*nearest)


def _of_power(case: Case, item: ProposedItem, provision: str) -> bool:
    return any(one.provision.id == provision for one in case.weighed(Step.POWER, "allows", item))


def verdict(case: Case, answers: list[Answer]) -> Decision:
    """The decision that the answers make, with its headline and everything it rests on."""
    proposal = case.proposal
    return Decision(
        proposal=proposal,
        headline=headline_of(one.outcome for one in answers),
        must=any(one.duty == Duty.DUE and one.outcome == Outcome.SHARE for one in answers),
        answers=tuple(answers),
        claimed=tuple(claimed(case, item, proposal.claimed) for item in proposal.items) if proposal.claimed else (),
        review_due=review_due(proposal),
        basis=rests_on(case, answers),
    )


def rests_on(case: Case, answers: list[Answer]) -> Basis:
    """Everything the answers rest on: the law, the agreements, the judgements that were used or stood in the way."""
    reasons = [reason for one in answers for reason in one.reasons]
    used = {name for reason in reasons for name in reason.judgement.split(", ") if name}
    refused = {reason.fact for reason in reasons if reason.fact and reason.effect != Outcome.SHARE}
    return Basis.model_validate(
        {
            "register": case.law.name,
            "register_digest": case.law.digest,
            "agreements": {one.agreement.id: one.digest for one in case.agreements},
            "judgements": [one for one in case.judgements if one.id in used or one.test in refused],
            "confirmations": sorted(f"{one.entry}.{one.path}" for one in case.law.confirmations),
        }
    )


def review_due(proposal: Proposal) -> date | None:
    """The day by which a declared emergency is reviewed."""
    return working_days_after(proposal.on, 3) if proposal.emergency else None


@cache
def working_days_after(day: date, count: int) -> date:
    """The day `count` working days later, by the bank holidays of England and Wales."""
    closed = holidays.country_holidays("GB", subdiv="ENG")
    for _ in range(count):
        day += timedelta(days=1)
        while day.weekday() > 4 or day in closed:
            day += timedelta(days=1)
    return day
