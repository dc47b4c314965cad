"""The definition of a lawful share, to be read beside the Acts.

Each step of law.md section 0 is one function, in order. A step says yes, no or
not known, and why. The worst step is the answer: any *no* withholds, else
anything not known refers, else the item is shared. Nothing here is fast;
whatever is fast is held to it.
"""

from __future__ import annotations

from comity.check.case import ENDS, Case, Weighed
from comity.check.decision import Answer, Decision, ProposedItem
from comity.check.finding import Finding, barred, excluded, met, noted, opened, passed, total, verdict
from comity.terms import Duty, End, Outcome, Regime, Step, any_of

PROTECTED = (Step.SPECIAL_CATEGORY, Step.CRIMINAL_OFFENCE)


def decide(case: Case) -> Decision:
    """Say, item by item, whether the proposal may be shared, and why."""
    return verdict(case, [answer(case, item) for item in case.proposal.items])


def answer(case: Case, item: ProposedItem) -> Answer:
    """The worst step decides; every step is asked, not only the first that fails."""
    power, duty = case.ask(power_or_duty, item)
    findings = [
        case.ask(people, item),
        case.ask(prohibition, item),
        power,
        case.ask(confidence, item),
        case.ask(regime, item, power),
        *(case.ask(basis, item, end, duty) for end in ENDS),
        *(case.ask(protected, item, end, step) for step in PROTECTED for end in ENDS),
        case.ask(necessity, item),
        case.ask(proportionality, item),
        case.ask(barred, item, Step.HANDLING),
        case.ask(clauses, item, duty),
        case.ask(retention, item),
        case.ask(agreement, item, duty),
    ]
    return case.ask(total, item, findings, duty)


def people(case: Case, item: ProposedItem) -> Finding:
    """1. Is it information about people? If it is said to identify nobody, somebody must have judged so."""
    judged = (
        Finding.on_fact(case, item, Step.PEOPLE, "reidentification-risk") if case.could_identify(item) else passed()
    )
    return barred(case, item, Step.PEOPLE) & judged


def prohibition(case: Case, item: ProposedItem) -> Finding:
    """2. Does a rule of law forbid it? Prohibitions beat powers."""
    return barred(case, item, Step.PROHIBITION)


def power_or_duty(case: Case, item: ProposedItem) -> tuple[Finding, Duty]:
    """3. Has the discloser a power or duty to give it, to this recipient, for this purpose?

    No power is a *no* only where a closed list leaves a party out, or a condition
    is not met; where the register is silent the question goes to a person.
    """
    if not case.leaves_its_purpose:
        return noted(True, Step.POWER, "same-controller", Outcome.SHARE, "", "", case.assumed), Duty.NONE
    routes = case.weighed(Step.POWER, "allows", item)
    duty = case.duty(routes)
    if any_of(one.value for one in routes) is False and (left_out := excluded(case, item)):
        return Finding(False, left_out), duty
    if not routes:
        return noted(None, Step.POWER, "no-route-known", Outcome.REFER), duty
    return opened(case, item, Step.POWER, routes, "no-power") & barred(case, item, Step.POWER), duty


def confidence(case: Case, item: ProposedItem) -> Finding:
    """4. Is it held in confidence, and does anything lift that?"""
    if not case.in_confidence(item) or not case.leaves_its_purpose:
        return passed()
    powers = case.weighed(Step.POWER, "allows", item)
    routes = [Weighed.lifting_confidence(case, one) for one in powers if one.provision.sets_aside_confidence != "no"]
    routes += case.weighed(Step.CONFIDENCE, "allows", item)
    return opened(case, item, Step.CONFIDENCE, routes, "confidence-not-set-aside") & barred(case, item, Step.CONFIDENCE)


def regime(case: Case, item: ProposedItem, power: Finding) -> Finding:
    """5. From law enforcement to another purpose: only where authorised by law (DPA 2018 s.36(4)), so by the power."""
    if not case.held_for_enforcement or case.regime("recipient") == Regime.PART_3 or not case.personal_data(item):
        return passed()
    return Finding(power.value, (met(Step.REGIME, "dpa-2018-s36"),) if power.value else ())


def basis(case: Case, item: ProposedItem, end: End, duty: Duty) -> Finding:
    """6a. Has each end a lawful basis of its own (UK GDPR Art 6, DPA 2018 s.35)?"""
    if case.regime(end) == Regime.NONE or not case.personal_data(item):
        return passed()
    own_duty = duty if end == "discloser" else Duty.NONE
    return opened(case, item, Step.BASIS, case.weighed(Step.BASIS, "allows", item, end, own_duty), "no-dp-basis", end)


def protected(case: Case, item: ProposedItem, end: End, step: Step) -> Finding:
    """6b. Special category or criminal offence data: is a condition met at each end (Art 9, Art 10, s.35(5))?"""
    if step.value not in case.kinds(item) or case.regime(end) == Regime.NONE or not case.personal_data(item):
        return passed()
    return opened(case, item, step, case.weighed(step, "allows", item, end), "no-special-condition", end)


def necessity(case: Case, item: ProposedItem) -> Finding:
    """7. Is the item necessary for the purpose, and is nothing against its use for it?"""
    if not case.personal_data(item):
        return passed()
    routes = case.weighed(Step.NECESSITY, "allows", item)
    return opened(case, item, Step.NECESSITY, routes, "not-necessary") & barred(case, item, Step.NECESSITY)


def proportionality(case: Case, item: ProposedItem) -> Finding:
    """8. Is the interference with private life in proportion (Human Rights Act 1998 s.6, Article 8)?"""
    if not case.about_people(item) or not case.leaves_its_purpose:
        return passed()
    routes = case.weighed(Step.PROPORTIONALITY, "allows", item)
    bars = barred(case, item, Step.PROPORTIONALITY)
    return opened(case, item, Step.PROPORTIONALITY, routes, "disproportionate") & bars


def clauses(case: Case, item: ProposedItem, duty: Duty) -> Finding:
    """9a. A clause that says no, to passing on too, withholds; where a duty says must, or may say so, it refers."""
    value, effect = (False, Outcome.WITHHOLD) if duty == Duty.NONE else (None, Outcome.REFER)
    asked = [Finding.on_fact(case, item, Step.HANDLING, "originator-consents")] if case.owner_must_agree(item) else []
    says_no = [noted(value, Step.HANDLING, "agreement-clause", effect, *where) for where in case.says_no(item)]
    return Finding.all(says_no + asked)


def retention(case: Case, item: ProposedItem) -> Finding:
    """9b. What was received may be kept only as long as the agreement says."""
    past = [(signed.agreement.id, flow.id) for signed, flow in case.kept_too_long(item)]
    return Finding.all(noted(False, Step.HANDLING, "retention", Outcome.WITHHOLD, *where) for where in past)


def agreement(case: Case, item: ProposedItem, duty: Duty) -> Finding:
    """9c. A standing feed needs an agreement, and so does a share whose law asks for one; a duty never does."""
    if not case.agreement_needed(item):
        return passed()
    if covering := case.covering_flows(item):
        facts = {fact for signed, flow in covering for fact in (*signed.agreement.preconditions, *flow.needs)}
        asked = [Finding.on_fact(case, item, Step.HANDLING, fact, "condition-not-met") for fact in sorted(facts)]
        return Finding.all(asked)
    excused = duty == Duty.DUE or case.emergency
    return noted(excused or None, Step.HANDLING, case.why_no_agreement(), Outcome.REFER, warning=excused)
