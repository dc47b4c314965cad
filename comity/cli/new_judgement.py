"""May this judgement be recorded? Refused is what can never count; what cannot count yet is warned of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from comity.agreement import Agreement, Flow
from comity.canonical import digest
from comity.cli.folder import Folder
from comity.cli.listing import today
from comity.errors import InputError, UnknownName
from comity.law import Fact, Register
from comity.partnership import HeldCapacity, Item, Partner
from comity.source import Problem
from comity.terms import slug_of

Said = Mapping[str, str | date | None]


@dataclass(frozen=True)
class NewJudgement:
    """A judgement as it goes into the folder, and what keeps it from counting for now."""

    written: Mapping[str, object]
    warnings: tuple[Problem, ...]


def new_judgement(test: str, items: tuple[str, ...], said: Said, folder: Folder) -> NewJudgement:
    """The judgement that was said; raises for what would never count."""
    law, names = folder.world.law, folder.names
    question = _question(test, law)
    partner = names.partnership.partner(str(said["partner"]))
    found = [names.item(item) for item in items]
    problems = [*_office(question, str(said["office"])), *_dates(said), *_scope_problems(question, said)]
    problems = problems or [*_office_of_partner(question, partner, said, law)]
    if problems:
        raise InputError(problems)
    agreement = folder.agreement(str(said["agreement"]))[0] if said["agreement"] else None
    scope: dict[str, object] = {"scope": {"instance": said["instance"]}}
    if agreement:
        scope = _class_scope(agreement, said["flow"], partner.id)
        if problems := [*_out_of_reach(agreement, partner, found, said, law)]:
            raise InputError(problems)
    return NewJudgement(
        _written(question, found, said, partner) | scope,
        (*_not_now(question, agreement, partner, said, folder), *_no_end(said)),
    )


def _written(question: Fact, items: list[Item], said: Said, partner: Partner) -> dict[str, object]:
    return {
        "test": question.id,
        "answer": said["answer"],
        "by": said["by"],
        "office": said["office"],
        "partner": partner.called,
        "reasons": said["reasons"],
        "scope": None,
        "items": [slug_of(item.id) for item in items],
        "from": _start(said),
        "until": said["until"],
    }


def _start(said: Said) -> date:
    start = said["from_"] or today()
    assert isinstance(start, date)
    return start


def _question(test: str, law: Register) -> Fact:
    tests = {one.id: one for one in law.vocabulary.facts if one.is_test}
    if test not in tests:
        raise UnknownName("test (a question only a person can settle)", test, tests)
    return tests[test]


def _office(question: Fact, office: str) -> list[Problem]:
    if office in question.offices:
        return []
    near = get_close_matches(office, question.offices, n=1, cutoff=0.7)
    remedy = f"Did you mean {near[0]}?" if near else f"It is for one of: {', '.join(question.offices)}."
    return [_problem("--office", "office-may-not-answer", f"{office} may not answer {question.id}.", remedy)]


def _dates(said: Said) -> list[Problem]:
    start, until = _start(said), said["until"]
    if isinstance(until, date) and until <= start:
        return [
            _problem(
                "--until",
                "ends-before-it-begins",
                f"It would end on {until} and begin on {start}.",
                "Give a later day: the first on which it no longer counts.",
            )
        ]
    return []


def _scope_problems(question: Fact, said: Said) -> list[Problem]:
    instance, agreement, flow = said["instance"], said["agreement"], said["flow"]
    if instance and agreement:
        return [
            _problem(
                "--agreement",
                "two-scopes",
                "A judgement is for one case or for an agreement.",
                "Keep --instance or --agreement.",
            )
        ]
    if flow and not agreement:
        return [
            _problem(
                "--flow", "flow-without-agreement", "A flow belongs to an agreement.", "Say which, with --agreement."
            )
        ]
    if not instance and not agreement:
        return [
            _problem(
                "--instance",
                "no-scope",
                "It is not said what this judgement is for.",
                "Give --instance ID for one case, or --agreement ID for all cases under it.",
            )
        ]
    if agreement and question.instance_only:
        return [
            _problem(
                "--agreement",
                "instance-only",
                f"{question.id} can be answered case by case only, never for a whole agreement.",
                "Give --instance, the id of the case.",
            )
        ]
    return []


def _class_scope(agreement: Agreement, flow: object, partner: str) -> dict[str, object]:
    """The scope under an agreement, with the digest of the clause it is made on."""
    if partner not in {party.partner for party in agreement.parties}:
        raise UnknownName(f"party to {agreement.id}", partner, [party.partner or "" for party in agreement.parties])
    if not flow:
        return {"scope": {"agreement": agreement.id}}
    return {"scope": {"agreement": agreement.id, "flow": flow}, "clause": clause_of(agreement, str(flow))}


def clause_of(agreement: Agreement, flow: str) -> str:
    flows = {one.id: one for one in agreement.flows}
    if flow not in flows:
        raise UnknownName(f"flow in {agreement.id}", flow, flows)
    return digest(flows[flow])


def _problem(option: str, code: str, sentence: str, remedy: str) -> Problem:
    return Problem(option, 0, code, sentence, remedy)


# ---- what the partner and the agreement allow ------------------------------------


def _office_of_partner(question: Fact, partner: Partner, said: Said, law: Register) -> Iterator[Problem]:
    """Such a body has such an office; somebody at neither end of a share answers for itself."""
    held = {one.capacity for one in _capacities(partner)}
    offices = _offices(question, partner, held, law)
    if said["office"] not in offices and not _third_party(str(said["office"]), law):
        yield _problem(
            "--office",
            "no-such-office",
            f"{partner.name} has no {said['office']}.",
            f"There it is for one of: {', '.join(offices)}." if offices else "Let the other partner answer it.",
        )


def _capacities(partner: Partner) -> tuple[HeldCapacity, ...]:
    """Those of the partner and of its units."""
    return (*partner.capacities, *(one for unit in partner.units for one in unit.capacities))


def _offices(question: Fact, partner: Partner, capacities: set[str], law: Register) -> tuple[str, ...]:
    also = {"public-authority"} if partner.sector == "public" else set()
    also |= {"acting-on-behalf-of"} if partner.acts_for else set()
    return law.offices_for(question.id, law.capacities_of(capacities | also))


def _third_party(office: str, law: Register) -> bool:
    return any(one.third_party for one in law.vocabulary.offices if one.id == office)


def _out_of_reach(
    agreement: Agreement, partner: Partner, items: list[Item], said: Said, law: Register
) -> Iterator[Problem]:
    """The flows it is for promise the items, if it says yes, and the partner stands at one of their ends."""
    flows = [one for one in agreement.flows if said["flow"] in (None, one.id)]
    if not _third_party(str(said["office"]), law) and not any(partner.id in _ends(agreement, one) for one in flows):
        yield _problem(
            "--partner",
            "not-at-an-end",
            f"{partner.name} neither gives nor receives there, so it is not asked.",
            "Let the giver or the receiver answer it.",
        )
    promised = {agreement.item_id(name) for one in flows for name in one.items}
    if said["answer"] == "yes" and items and not promised & {one.id for one in items}:
        yield _problem(
            "--item",
            "not-promised",
            f"No flow that is meant promises {', '.join(slug_of(one.id) for one in items)}.",
            f"Promised are: {', '.join(sorted(slug_of(id) for id in promised))}.",
        )


def _ends(agreement: Agreement, flow: Flow) -> frozenset[str]:
    """The partners at either end of a flow, and those on whose behalf they act."""
    called = {*flow.from_, *flow.to}
    principals = {party.acting_for for party in agreement.parties if party.called in called and party.acting_for}
    return agreement.partner_ids(tuple(called | principals))


# ---- what keeps it from counting for now -----------------------------------------


def _not_now(
    question: Fact, agreement: Agreement | None, partner: Partner, said: Said, folder: Folder
) -> Iterator[Problem]:
    start, law, office = _start(said), folder.world.law, str(said["office"])
    held = {one.capacity for one in _capacities(partner) if one.held_on(start)}
    if office not in _offices(question, partner, held, law) and not _third_party(office, law):
        yield _warning(
            "--office",
            "no-such-office-yet",
            f"{partner.name} has no {office} on {start}.",
            "It counts on days on which it has; see the dates in partnership.yaml.",
        )
    if agreement and (state := folder.signed_version(agreement).state_on(start)) not in ("in-force", "under-review"):
        yield _warning(
            "--agreement",
            "agreement-not-in-force",
            f"{agreement.title} is {state} on {start}.",
            "The judgement counts on days on which it is in force.",
        )


def _no_end(said: Said) -> Iterator[Problem]:
    if said["agreement"] and not said["until"]:
        yield _warning(
            "--until",
            "no-end",
            "This judgement covers every case and has no last day.",
            "Give --until, so that somebody looks again.",
        )


def _warning(option: str, code: str, sentence: str, remedy: str) -> Problem:
    return Problem(option, 0, code, sentence, remedy, "warning")
