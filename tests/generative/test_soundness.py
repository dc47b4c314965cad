"""A proof can fail, and says the same as trying everything.

On a small world every saying of every office is tried, one assignment after the other, by the definition; what is
proved must be what is found. Then faults of each kind are put into agreements, and each is found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import product
from math import prod
from random import Random

import pytest
from hypothesis import given

from comity.agreement import Agreement, SignedAgreement
from comity.agreement.text import read_agreement
from comity.check.alike import alike
from comity.check.changing import between_versions, idle, on_law_days
from comity.check.decision import JudgementScope, Proposal
from comity.check.inputs import Cell
from comity.check.lapses import lapses
from comity.check.proving import Prover, guarded_programs, kinds_of_answer, word
from comity.check.soundness import Portfolio, Target, as_if_signed, contradictions, reach, rests
from comity.check.text import Names
from comity.check.world import World
from comity.law import Register
from comity.partnership import PartyFact
from tests.generative.proposals import WORLD, Question, questions
from tests.unit.check.small import (
    DAY,
    ITEMS,
    PARTNERSHIP,
    WRITTEN,
    entry,
    item,
    judgement,
    law,
    partner,
    proposal,
    world,
)

LAW = law(
    entry(
        "secret",
        {
            "step": "prohibition",
            "effect": "bars",
            "needs": ["sealed"],
            "unless": ["blessed"],
            "not_kinds": ["personal", "statistical"],
        },
        kind="prohibition",
    ),
    entry("order", {"from": ["council"], "to": ["company"], "needs": ["court-order"], "duty": True}, kind="duty"),
    entry("agreed", {"from": ["clinic"], "to": ["company"], "unless": ["consent-refused"], "agreement": "required"}),
)

# ---- the same as trying everything ---------------------------------------------------------------


def all_sayings(asked: Proposal, facts: frozenset[tuple[str, str]]) -> list[list[tuple | None]]:
    """Everything that anybody may say of these facts: one of each list."""
    choices: list[list[tuple | None]] = []
    ends = list(dict.fromkeys((asked.discloser.partner, asked.recipient.partner)))
    named = {fact for fact, _ in facts}
    for fact in sorted(named - {"list-of-people", "bulk", "need-stated"}):
        known = LAW.fact(fact)
        if known.is_test:
            choices += [[None, *((fact, answer, at) for answer in ("yes", "no"))] for at in ends if office_of(at, fact)]
            continue
        silence_says = {"unknown": ("yes", "no"), "no": ("yes", "unknown"), "yes": ("no", "unknown")}[known.unstated]
        opposed = ("yes", "no", "unknown") if fact in LAW.opposites else silence_says
        choices.append([None, *((fact, value, "said") for value in opposed)])
        if known.about == "party":
            choices += [[(fact, value, one) for value in (True, False, None)] for one in ends]
    if named & {"list-of-people", "bulk"}:
        choices.append([("scope", one, "") for one in ("one-case", "list", "whole-population")])
    if "need-stated" in named:
        choices.append([None, ("need", "said", "")])
    return choices


def office_of(body: str, test: str) -> str | None:
    """The first office of a body that may answer a test."""
    held = frozenset(one.capacity for one in PARTNERSHIP.partner(body).capacities)
    return next(iter(LAW.offices_for(test, LAW.capacities_of(held))), None)


def said(asked: Proposal, sayings: Iterable[tuple | None]) -> tuple[Proposal, World]:
    """The proposal with these sayings, and the world with the judgements and records among them."""
    facts, judged, records, of_all = {"item": {}, "proposal": {}}, [], [], {}
    for fact, value, where in filter(None, sayings):
        if fact in ("scope", "need"):
            of_all[fact] = value
            continue
        known = LAW.fact(fact)
        if known.is_test:
            late = f"{int(where == asked.recipient.partner)}-{fact}"  # The receiver's own answer is the later one.
            answer = judgement(fact, value, office=office_of(where, fact) or "", by=where.rsplit("/", 1)[-1])
            judged.append(answer.model_copy(update={"id": late}))
        elif where == "said":
            facts["item" if known.about == "item" else "proposal"][fact] = value
        else:
            records.append((fact, value, where))
    things = tuple(one.model_copy(update={"facts": facts["item"]}) for one in asked.items)
    proposal_ = asked.model_copy(update={"items": things, "facts": facts["proposal"], **of_all})
    partners = tuple(
        one.model_copy(
            update={
                "facts": tuple(
                    PartyFact(fact=fact, value=value)
                    for fact, value, at in records
                    if at == one.id and value is not None
                )
            }
        )
        if any(at == one.id for _, _, at in records)
        else one
        for one in PARTNERSHIP.partners
    )
    return proposal_, world(LAW, tuple(judged), partnership=PARTNERSHIP.model_copy(update={"partners": partners}))


TRIED = 7_000
"""Where there is more to be said than this, so many are thrown by dice."""

CELLS = {
    "a name between public bodies": proposal(),
    "a thing that is sealed": proposal(items=[item("note")]),
    "health, on a policy document": proposal(items=[item("health")], receiver="clinic"),
    "what an archive holds": proposal(giver="archive", items=[item("name")]),
    "counts of somebody": proposal(items=[item("counts")]),
    "a court orders it": proposal(receiver="company", items=[item("note")]),
    "only under an agreement": proposal(giver="clinic", receiver="company", items=[item("note")]),
    "to a person": proposal(receiver="person", items=[item("note")]),
}


@pytest.mark.parametrize("name", CELLS)
def test_what_is_proved_is_what_trying_everything_finds(name: str) -> None:
    asked = CELLS[name]
    prover = Prover(world(LAW))
    cell = Cell(world(LAW).case(asked))
    formula = prover.formula(cell)
    proved = {answer for answer, when in kinds_of_answer(formula).items() if prover.solver.can(when, formula)}

    choices = all_sayings(asked, frozenset(formula.facts))
    many = prod(len(one) for one in choices) > TRIED
    dice = Random(20261127)
    tried = ([dice.choice(one) for one in choices] for _ in range(TRIED)) if many else product(*choices)
    found = {word(one.decide(proposal_).answers[0]) for proposal_, one in (said(asked, sayings) for sayings in tried)}

    assert found <= proved
    assert many or found == proved


@pytest.mark.parametrize("name", CELLS)
def test_every_witness_is_decided_as_it_was_proved(name: str) -> None:
    prover, cell = Prover(world(LAW)), Cell(world(LAW).case(CELLS[name]))
    for outcome in prover.formula(cell).outcomes:
        shown = prover.shown(cell, outcome)

        assert shown is None or shown.answer.outcome == outcome


@given(questions())
def test_what_a_formula_is_remembered_by_is_all_it_turns_on(asked: Question) -> None:
    """Cells with one key have one program, whatever their day, bodies and purpose."""
    case = replace(asked.world.case(asked.proposal), judgements=())
    for one in asked.proposal.items:
        proposal_ = asked.proposal.model_copy(update={"items": (one.model_copy(update={"facts": {}}),)})
        cell = Cell(replace(case, proposal=proposal_))
        programs = guarded_programs(cell)

        assert REMEMBERED.setdefault(PROVER._key(cell), programs) == programs


PROVER = Prover(WORLD)
REMEMBERED: dict = {}


# ---- faults that are found -----------------------------------------------------------------------------


def written(*changes: tuple[str, str], id: str = "watch") -> Agreement:
    text = WRITTEN.replace("agreement/watch", f"agreement/{id}")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read_agreement(text, "watch.yaml")[0]


def portfolio(*texts: Agreement, register: Register = LAW, on: date = DAY, about: tuple[str, ...] = ()) -> Portfolio:
    signed: list[SignedAgreement] = [as_if_signed(one) for one in texts]
    names = Names.of(PARTNERSHIP, register, ITEMS.values(), {one.id for one in texts})
    return Portfolio(world(register, agreements=tuple(signed)), names, on, about)


NEVER = """never:
  - {id: no-names, items: [small.example/item/name], to: [police], text: no names}
term:"""
TO_COMPANY = (
    (
        "  - {called: police, partner: small.example/partner/police}",
        "  - {called: police, partner: small.example/partner/company}",
    ),
    ("small.example/item/name, small.example/item/address", "small.example/item/diagnosis"),
    ("mode: feed", "mode: push"),
)
FOR_PATIENTS = ("term:", "never:\n  - {id: none-of-it, kinds: [patient], to: [police], text: never}\nterm:")
PATIENT = Target(kind="patient")


def codes(found) -> list[str]:
    return [one.code for one in found.found]


def test_a_patient_item_in_a_flow_to_a_company_is_found_once_its_clause_is_gone() -> None:
    closed, open_ = written(*TO_COMPANY, FOR_PATIENTS), written(*TO_COMPANY)

    assert codes(reach(portfolio(closed, about=(closed.id,)), PATIENT)) == []
    assert "can-reach" in codes(reach(portfolio(open_, about=(open_.id,)), PATIENT))


def test_what_reaches_only_on_a_courts_order_does_not_reach_without_one() -> None:
    text = written(*TO_COMPANY)
    without = replace(PATIENT, unless=("court-order",))

    assert codes(reach(portfolio(text, about=(text.id,)), without)) == []


def test_a_promise_that_another_agreement_forbids_is_found() -> None:
    one, other = written(), written(("term:", NEVER), id="other")
    found = contradictions(portfolio(one, other)).found

    assert [point.code for point in found if "watch flow" in point.sentence and "other clause" in point.sentence] == [
        "promise-forbidden"
    ]
    assert found[0].shown
    assert found[0].shown.before
    assert word(found[0].shown.before) == "share"
    assert codes(contradictions(portfolio(one, written(id="other")))) == []


def test_agreements_that_keep_a_thing_for_different_times_are_found() -> None:
    assert codes(contradictions(portfolio(written(), written(("for: P1Y", "for: P2Y"), id="other")))) == [
        "retention-differs"
    ]


def test_a_clause_about_nothing_and_one_that_another_covers_are_idle() -> None:
    dead = NEVER.replace(
        "term:", "  - {id: again, items: [small.example/item/name], to: [police], text: no names}\nterm:"
    )
    nothing = NEVER.replace("item/name", "item/nothing")

    assert codes(idle(portfolio(written(("term:", nothing))))) == ["idle-clause"]
    assert "idle-clause" not in codes(idle(portfolio(written(("term:", NEVER)))))
    assert codes(idle(portfolio(written(("term:", dead))))).count("idle-clause") == 2  # Either may go.


def test_a_promise_that_can_never_be_kept_is_idle() -> None:
    assert codes(idle(portfolio(written(("term:", NEVER))))) == ["never-shared"]


def test_a_condition_that_is_never_asked_is_idle() -> None:
    asked = ("    powers: [watch-s1]", "    powers: [watch-s1]\n    needs: [urgent]")

    assert codes(idle(portfolio(written(asked, ("mode: feed", "mode: push"))))) == ["idle-condition"]
    assert codes(idle(portfolio(written(asked)))) == []


def test_a_power_that_ends_before_the_term_is_found() -> None:
    ends = law(entry("watch-s1", {"from": ["council"]}, in_force=[{"until": "2026-12-01"}]), drop=("watch-s1",))
    (point, *_) = rests(portfolio(written(), register=ends)).found

    assert (point.code, point.first) == ("power-ends", date(2026, 12, 1))
    assert "watch-s1, which ends on 2026-12-01" in point.sentence
    assert codes(rests(portfolio(written()))) == []


def test_a_power_that_is_not_confirmed_and_no_power_at_all_are_found() -> None:
    doubted = law(entry("watch-s1", {"from": ["council"]}, evidence="to-confirm"), drop=("watch-s1",))

    assert set(codes(rests(portfolio(written(), register=doubted)))) == {"power-unconfirmed"}
    assert set(codes(rests(portfolio(written(), register=law(drop=("watch-s1",)))))) == {"power-none"}


def test_what_changes_between_two_versions_is_said_with_its_condition() -> None:
    result = between_versions(portfolio(written()), written(), written(("term:", NEVER)))

    assert {point.sentence.split(" ")[0] for point in result.found} == {"name"}
    assert any(point.sentence.endswith("share before, withhold now.") for point in result.found)
    assert any("necessary is known to be so" in " ".join(when) for point in result.found for when in point.when)
    assert between_versions(portfolio(written()), written(), written()).found == ()


def test_what_changes_when_law_begins_is_said_with_the_days_before_and_after() -> None:
    begins = law(
        entry("ban", {"step": "prohibition", "effect": "bars"}, in_force=[{"from": "2026-12-01"}], kind="prohibition")
    )
    found = on_law_days(portfolio(written(), register=begins), [date(2026, 12, 1)]).found

    assert any(point.sentence.endswith("share before, withhold now.") for point in found)
    assert {point.first for point in found} == {date(2026, 12, 1)}


def test_what_ends_within_ninety_days_is_listed_and_nothing_else() -> None:
    found = lapses(portfolio(written())).found

    assert {one.first for one in found} == {date(2026, 12, 15), date(2027, 1, 1)}
    assert {"agreement-ends", "review-ends", "record-ends", "capacity-ends"} <= set(codes(lapses(portfolio(written()))))
    assert codes(lapses(portfolio(written()), days=5)) == []


def test_near_duplicates_hang_together_with_what_differs() -> None:
    texts = [written(id=name) for name in ("one", "two", "three")]
    texts.append(written(("for: P1Y", "for: P2Y"), id="four"))
    (cluster,) = alike(portfolio(*texts), enough=0.5).found

    assert cluster.alike == 4
    assert [name for name, *_ in cluster.when] == ["four"]
    assert any("kept P2Y" in one for one in cluster.when[0])


def test_the_scope_of_a_judgement_is_the_case() -> None:
    """What is supposed of a test is judged for the case alone, so no other answer can outweigh it."""
    shown = Prover(world(LAW)).shown(
        Cell(world(LAW).case(proposal())),
        next(iter(Prover(world(LAW)).formula(Cell(world(LAW).case(proposal()))).outcomes)),
    )

    assert shown
    assert {one.scope for one in shown.witness.judgements} == {JudgementScope(instance="q")}
    assert partner("council") in {one.partner for one in shown.witness.judgements}
