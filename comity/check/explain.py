"""All the wording: what a decision says to a practitioner, to a lawyer, and what it asks whom.

Every reason code has one sentence here; every sentence names the rule it rests
on. Programs use the codes, people read this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from comity.check.decision import Answer, Claimed, Decision, Reason
from comity.errors import UnknownName
from comity.law import Register
from comity.terms import Duty, Headline, Outcome, Step, Transform, slug_of

STEP_TITLES: dict[Step, str] = {
    Step.PEOPLE: "Is it information about people?",
    Step.PROHIBITION: "Does a rule of law forbid it?",
    Step.POWER: "Is there a power or duty to share it?",
    Step.CONFIDENCE: "Is it held in confidence?",
    Step.REGIME: "Which part of data protection law?",
    Step.BASIS: "Is there a lawful basis at each end?",
    Step.SPECIAL_CATEGORY: "Special category data: is a condition met?",
    Step.CRIMINAL_OFFENCE: "Criminal offence data: is a condition met?",
    Step.NECESSITY: "Is it necessary?",
    Step.PROPORTIONALITY: "Is it in proportion?",
    Step.HANDLING: "Agreement and handling",
}

HEADLINES: dict[Headline, str] = {
    Headline.FULL: "Everything may be shared.",
    Headline.PART: "Part of this may be shared; the rest must stay.",
    Headline.HUMAN: "A person must decide before this can be settled.",
    Headline.NO: "None of this may be shared.",
}

SENTENCES: dict[str, str] = {
    "met": "{step_met} {rule}{judged}.",
    "same-controller": "Nothing leaves: giver and receiver are the same controller, so this is no disclosure{assumed}.",
    "emergency": "A declared emergency answers the question for now ({rule}); a review is due.",
    "no-power": "No power or duty that was considered reaches this share; the nearest is {rule}.{fact}",
    "no-route-known": "The register knows no provision for this giver, receiver, purpose and day. "
    "That is not the same as unlawful: a person must look.",
    "discloser-lacks-capacity": "{rule} lists who may give this, and {discloser} is not on the list.",
    "recipient-lacks-capacity": "{rule} lists who may receive this, and {recipient} is not on the list.",
    "purpose-not-covered": "{rule} is for other purposes.{fact}",
    "kind-not-covered": "{rule} does not reach information of this kind.",
    "form-not-covered": "{rule} does not reach information in this form.",
    "mode-not-covered": "{rule} does not reach this way of sharing, or works only on a request.",
    "not-a-power": "{rule} gives no power of its own.",
    "exemption-not-a-power": "{rule} is an exemption: it lifts duties, it neither allows nor compels a share.",
    "condition-not-met": "A condition of {rule} is not met.{fact}",
    "condition-not-known": "It is not known whether a condition of {rule} is met.{fact}",
    "prohibited": "{rule} forbids it.",
    "tipping-off": "{rule}: to tell anyone but the authority would be tipping off.",
    "origin-consent-missing": "It came from somebody who has not agreed that it goes further ({rule}).",
    "confidence-not-set-aside": "It is held in confidence and nothing lifts that here{near}.{fact}",
    "no-dp-basis": "No lawful basis is open {at_end}{near}.{fact}",
    "no-special-condition": "No condition for data of this kind is met {at_end}{near}.{fact}",
    "no-apd": "The appropriate policy document is missing {at_end}{near}.",
    "not-necessary": "It is not necessary for the purpose{judged}{near}.",
    "disproportionate": "It would be out of proportion{judged}{near}.",
    "audience-open": "The audience is open to anyone: out of proportion for data about offences ({rule}).",
    "reidentification-risk": "A person could be recognised from it{judged}.",
    "small-numbers": "The counts are so small that a person could be recognised{near}.",
    "opt-out-applied": "The person has opted out of this use ({rule}): the whole record is removed.",
    "retention": "The time for which {rule} lets it be kept is over.",
    "agreement-clause": "A clause of {rule} says no{clause}.",
    "agreement-missing": "Sharing of this kind needs a written agreement, and none covers it.",
    "agreement-expired": "Sharing of this kind needs a written agreement, and the one there was is past its term.",
    "agreement-party-not-signed": "Sharing of this kind needs a written agreement, and not both have signed it.",
    "instrument-not-in-force": "{rule} is not in force on that day.",
    "out-of-extent": "{rule} does not reach that part of the United Kingdom.",
    "not-mapped": "Nobody has said what this column is, so it stays.",
    "awaiting-human": "A person must answer ({fact_id}{at_end_if}{under}): {question}",
    "awaiting-confirmation": "A fact about the law has yet to be confirmed: {path} ({rule}).",
    "quality": "The data are not yet good enough to be relied on.",
    "capacity": "There is nobody to prepare it before the date given.",
    "prejudice-to-investigation": "It would be likely to prejudice an investigation.",
    "risk-to-person": "It would put a person at risk.",
}

MET: dict[Step, str] = {
    Step.PEOPLE: "It identifies nobody",
    Step.PROHIBITION: "A rule that would forbid it is lifted by",
    Step.POWER: "It may be shared under",
    Step.CONFIDENCE: "Confidence gives way to",
    Step.REGIME: "It may leave law-enforcement processing because the law authorises it:",
    Step.BASIS: "The lawful basis {end} is",
    Step.SPECIAL_CATEGORY: "Special category data may be used {end} under",
    Step.CRIMINAL_OFFENCE: "Criminal offence data may be used {end} under",
    Step.NECESSITY: "It is necessary:",
    Step.PROPORTIONALITY: "It is in proportion:",
    Step.HANDLING: "The handling condition is met:",
}


@dataclass(frozen=True)
class Question:
    """An open test: what is asked, for which items, and which offices of which partner may answer."""

    test: str
    question: str
    items: tuple[str, ...]
    partner: str
    offices: tuple[str, ...]
    instance_only: bool


@dataclass(frozen=True)
class Wording:
    """Words for decisions under one register; `titles` gives readable names for ids."""

    law: Register
    titles: Mapping[str, str]

    def title(self, id: str) -> str:
        return self.titles.get(id) or slug_of(id).replace("-", " ")

    # ---- for the practitioner --------------------------------------------------

    def headline(self, decision: Decision) -> str:
        """One sentence: who, to whom, for what, and the answer."""
        proposal = decision.proposal
        who = f"{self.title(proposal.discloser.partner)} to {self.title(proposal.recipient.partner)}"
        purpose = self.law.purpose(proposal.purpose).meaning
        must = (
            " The law requires part of it."
            if decision.must and decision.headline != Headline.FULL
            else (" The law requires it." if decision.must else "")
        )
        return f"{who}, for {purpose}, on {proposal.on}: {HEADLINES[decision.headline]}{must}"

    def paragraph(self, decision: Decision) -> str:
        """The whole decision as a practitioner reads it: what goes, what waits, what stays, and why."""
        lines = [self.headline(decision)]
        for outcome, lead in (
            (Outcome.SHARE, "May go"),
            (Outcome.REFER, "A person must decide"),
            (Outcome.WITHHOLD, "Stays"),
        ):
            for reasons, answers in self._grouped(decision, outcome):
                names = ", ".join(self.title(one.item) for one in answers)
                lines.append(f"{lead}: {names}. {reasons}")
        lines += [f"You named {self.cite(one.provision)}: {self.claim(one)}" for one in _one_each(decision.claimed)]
        if decision.review_due:
            lines.append(f"An emergency was declared; the review is due by {decision.review_due}.")
        return "\n".join(lines)

    def item(self, answer: Answer, decision: Decision) -> str:
        """One line for one item."""
        return f"{self.title(answer.item)}: {answer.outcome}. {self.because(answer, decision)}"

    def because(self, answer: Answer, decision: Decision) -> str:
        """Why, in as few sentences as say it: the determining reasons, or the power shared under."""
        chosen = (
            answer.against
            or tuple(one for one in answer.reasons if one.step == Step.POWER and one.effect == Outcome.SHARE)[:1]
        )
        if not chosen:
            chosen = answer.reasons[:1]
        sentences = [self.reason(one, decision) for one in _each_question_once(chosen)]
        sentences += [self.reason(one, decision) for one in answer.reasons if one.warning]
        return " ".join(dict.fromkeys(sentences)) + self._extras(answer)

    def _extras(self, answer: Answer) -> str:
        if answer.outcome != Outcome.SHARE:
            return ""
        words = []
        if answer.duty == Duty.DUE:
            words.append(f"The law requires it{_when(answer.due, answer.due_rule)}.")
        if answer.duty == Duty.PENDING:
            words.append("A duty to share it may exist but has yet to be confirmed.")
        if answer.transform != Transform.NONE:
            words.append(f"First {answer.transform.value} small numbers.")
        words.append("It may go by itself." if answer.automatic else "A person sends it.")
        return " " + " ".join(words)

    def _grouped(self, decision: Decision, outcome: Outcome) -> list[tuple[str, list[Answer]]]:
        groups: dict[str, list[Answer]] = {}
        for answer in decision.answers:
            if answer.outcome == outcome:
                groups.setdefault(self.because(answer, decision), []).append(answer)
        return list(groups.items())

    # ---- one reason --------------------------------------------------------------

    def reason(self, reason: Reason, decision: Decision | None = None) -> str:
        """The sentence for a reason, with its citation."""
        question = self.law.fact(reason.fact).question if reason.fact else ""
        judged = self._judged(reason, decision)
        values = {
            "rule": self.cite(reason.rests_on, "" if reason.code == "agreement-clause" else reason.cites)
            or judged.removeprefix(" as judged ")
            or "the rule",
            "near": f" ({self.cite(reason.rests_on, reason.cites)})" if reason.rests_on else "",
            "under": f"; {self.cite(reason.rests_on, reason.cites)}" if reason.rests_on else "",
            "judged": judged,
            "fact": f" It turns on this: {question}" if question else "",
            "clause": f": “{' '.join(reason.cites.split()).rstrip('.')}”" if reason.cites else "",
            "assumed": f"; {reason.cites}" if reason.cites else "",
            "question": question,
            "fact_id": reason.fact or "",
            "at_end": f"for the {reason.end}" if reason.end else "",
            "at_end_if": f", for the {reason.end}" if reason.end else "",
            "path": reason.path,
            "step_met": MET[reason.step].format(end=f"of the {reason.end}" if reason.end else ""),
            "discloser": self.title(decision.proposal.discloser.partner) if decision else "the giver",
            "recipient": self.title(decision.proposal.recipient.partner) if decision else "the receiver",
        }
        if reason.code == "met" and not reason.rests_on:
            sentence = f"{values['step_met']}{judged}."
        else:
            sentence = SENTENCES[reason.code].format(**values)
        doubt = " This rule has yet to be confirmed; it holds until it is." if reason.unconfirmed else ""
        prefix = "Warning: " if reason.warning else ""
        return prefix + " ".join(sentence.replace(" .", ".").split()) + doubt

    def cite(self, provision: str, cites: str = "") -> str:
        """The citation of a provision, or the title of an agreement."""
        if not provision:
            return cites
        if "/" in provision:
            return self.title(provision)
        try:
            entry = self.law.provision(provision)
        except UnknownName:
            return cites or provision
        return cites if cites and cites != entry.citation else entry.citation

    def claim(self, claimed: Claimed) -> str:
        word = {"holds": "it holds.", "open": "it may hold; something is open.", "no": "it does not hold."}[
            claimed.holds
        ]
        named = self.law.provisions.get(claimed.provision)
        if claimed.holds == "holds" and named and named.kind == "basis":
            word = "it holds, as a basis in data protection law; a basis is not a power to share."
        return " ".join([word, *(self.reason(one) for one in claimed.reasons)])

    def _judged(self, reason: Reason, decision: Decision | None) -> str:
        if not reason.judgement or decision is None:
            return ""
        wanted = reason.judgement.split(", ")
        by = [f"{one.by}, {one.from_}" for one in decision.basis.judgements if one.id in wanted]
        return f" as judged by {' and '.join(dict.fromkeys(by))}" if by else ""

    # ---- for the lawyer ------------------------------------------------------------

    def tree(self, decision: Decision) -> str:
        """Every item, every step, every reason, with what the decision rests on."""
        lines = [self.headline(decision), ""]
        for one in decision.claimed:
            lines.append(f"Cited route for {self.title(one.item)}: {self.cite(one.provision)}: {self.claim(one)}")
        for answer in decision.answers:
            lines += ["", f"{self.title(answer.item)}: {answer.outcome.upper()}{self._extras(answer)}"]
            lines += list(self._steps(answer, decision))
        lines += ["", f"Register: {decision.basis.register_} {decision.basis.register_digest}"]
        lines += [f"Agreement: {self.title(id)} {digest}" for id, digest in decision.basis.agreements.items()]
        lines += [
            f"Judgement: {one.test} = {one.answer}, {one.by} ({one.office}), {one.from_}: {one.reasons}"
            for one in decision.basis.judgements
        ]
        lines += [f"Confirmed: {one}" for one in decision.basis.confirmations]
        return "\n".join(lines)

    def _steps(self, answer: Answer, decision: Decision) -> Iterable[str]:
        for step, title in STEP_TITLES.items():
            reasons = [one for one in answer.reasons if one.step == step]
            if reasons:
                yield f"  {title}"
                yield from (f"    [{one.effect}] {self.reason(one, decision)} ({one.code})" for one in reasons)

    def questions(self, decision: Decision) -> list[Question]:
        """The tests that stand open, each once, with the items that wait for it."""
        found: dict[str, Question] = {}
        for answer in decision.answers:
            for reason in answer.against:
                if reason.code == "awaiting-human" and reason.fact:
                    fact = self.law.fact(reason.fact)
                    asked = decision.proposal.recipient if reason.end == "recipient" else decision.proposal.discloser
                    before = found.get(fact.id) or Question(
                        fact.id, fact.question, (), asked.partner, reason.offices, fact.instance_only
                    )
                    items = dict.fromkeys((*before.items, answer.item))
                    found[fact.id] = replace(before, items=tuple(items))
        return list(found.values())


def _each_question_once(reasons: Iterable[Reason]) -> list[Reason]:
    """A question that several rules ask is put once; everything else stays."""
    first: dict[object, Reason] = {}
    for one in reasons:
        first.setdefault(one.fact if one.code == "awaiting-human" else one, one)
    return list(first.values())


def _one_each(claimed: Iterable[Claimed]) -> list[Claimed]:
    """One claim per distinct result: a claim is said once for all the items it fails or holds for."""
    seen: dict[tuple[str, tuple[str, ...]], Claimed] = {}
    for one in claimed:
        seen.setdefault((one.holds, tuple(reason.code for reason in one.reasons)), one)
    return list(seen.values())


def _when(due: date | None, rule: str) -> str:
    if due:
        return f" by {due}"
    return {"as-agreed": ", when the protocol says", "as-requested": ", when the request says"}.get(rule, "")
