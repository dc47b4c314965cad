"""Answers by joins on whole numbers: the same as one by one, and no row is lost."""

from dataclasses import replace
from datetime import date, timedelta

import ibis
import pyarrow as pa
import pytest

from comity.check import World
from comity.check.columnar import UNKNOWN, WORD, Places
from comity.check.compiled import Compiled, days_of_law
from comity.cli.engine import answered, put
from comity.errors import UnknownName
from comity.law import shipped
from comity.terms import Mode
from tests.coding import COLUMNS, Coder, decided, outcomes, table
from tests.spec.cases import agreements, names, partnership, runs

RUNS = [run.read() for run in runs()]
JUDGED = {one.id: one for read in RUNS for one in read.judgements if one.scope.instance is None}
WORLD = World(partnership(), shipped(), tuple(agreements().values()), tuple(JUDGED.values()))


def plainly(proposal):
    """As a table can say it: for no case of its own, without an emergency, asked for by who receives it."""
    asked = proposal.asked.model_copy(update={"by": proposal.recipient.partner}) if proposal.asked else None
    return proposal.model_copy(update={"id": "", "emergency": None, "received": None, "asked": asked, "actor": ""})


READ = [plainly(one) for read in RUNS for one in read.proposals]


def held_to_the_definition(world, proposals):
    """Each row has the answers of its proposal, and its ground their reasons."""
    coder, fast = Coder(), Compiled(world)
    rows = [coder.row(one) for one in proposals]
    days = min(one.on for one in proposals), max(one.on for one in proposals)
    plan, found = decided(world, coder, rows, days)

    assert [row["n"] for row in found] == list(range(len(rows)))
    for proposal, row in zip(proposals, found, strict=True):
        try:
            decision = fast.decide(proposal)
        except UnknownName:
            assert row["ground"] == UNKNOWN
            continue
        grounds = fast.decide(plan.proposal(row["ground"], *proposal.items)).answers
        for item, answer, ground in zip(proposal.items, decision.answers, grounds, strict=True):
            must = ["must"] if answer.duty == "due" and answer.outcome == "share" else []

            assert outcomes(row, coder.code("items", item)) == [answer.outcome, *must]
            assert (ground.reasons, ground.outcome, ground.duty) == (answer.reasons, answer.outcome, answer.duty)


def test_the_worked_decisions_come_out_as_one_by_one():
    held_to_the_definition(WORLD, READ)


def test_facts_ways_and_purposes_are_told_apart():
    changes = [
        {"facts": {"child": "yes"}}, {"facts": {"consent": "yes", "deceased": "no"}}, {"facts": {"deceased": "yes"}},
        {"mode": Mode.FEED}, {"mode": Mode.PUBLICATION, "audience": "public"}, {"scope": "bulk", "need": ""},
        {"scope": "bulk", "need": "a list"}, {"held_for": "safeguard-adult"}, {"extent": "W"},
        {"claimed": "cda-1998-s115"}, {"purpose": "prevent-detect-crime"},
    ]  # fmt: skip
    held_to_the_definition(WORLD, [one.model_copy(update=change) for one in READ[::4] for change in changes])


def test_every_day_on_which_something_changes_has_its_own_answer():
    days = {day + timedelta(days=shift) for day in days_of_law(WORLD.law) for shift in (-1, 0)}
    days |= {day for one in WORLD.agreements for day in (one.agreement.term.from_, one.agreement.term.until) if day}
    held_to_the_definition(WORLD, [READ[0].model_copy(update={"on": day}) for day in sorted(days)])


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("code", [-1, 10**6, None])
def test_a_code_that_nobody_knows_is_referred_and_never_dropped(column, code):
    coder = Coder()
    right = coder.row(READ[0])
    wrong = tuple(code if name == column else value for name, value in zip(COLUMNS, right, strict=True))
    _, (first, second) = decided(WORLD, coder, [right, wrong], (READ[0].on, READ[0].on))

    assert first["ground"] >= 0
    assert second["ground"] == UNKNOWN
    for place in coder.codes.asked[0] if column != "items" else ():
        assert outcomes(second, place) == ["refer"]


def test_more_items_than_one_whole_number_holds():
    every = [READ[0].items[0].model_copy(update={"item": one.id, "kinds": one.kinds}) for one in names().items.values()]
    items = list({one.item: one for one in every}.values())
    assert len(items) > 2 * WORD

    held_to_the_definition(WORLD, [READ[0].model_copy(update={"items": tuple(items)})])


def test_a_party_that_acts_for_nobody_on_that_day_is_not_known():
    acting = next(one for one in READ if one.discloser.acting_for or one.recipient.acting_for)
    held_to_the_definition(WORLD, [acting, acting.model_copy(update={"purpose": "direct-care"})])


def test_settings_of_which_the_same_is_so_are_worked_out_once():
    coder = Coder()
    first, day = READ[0], date(2026, 11, 16)
    proposals = [first.model_copy(update={"on": day + timedelta(days=shift)}) for shift in range(3)]
    plan, found = decided(WORLD, coder, [coder.row(one) for one in proposals], (day, proposals[-1].on))

    assert len(plan.cases) == 1
    assert len({row["ground"] for row in found}) == 1


def test_only_what_occurs_is_worked_out():
    coder = Coder()
    rows = [coder.row(one) for one in READ]
    engine = ibis.duckdb.connect()
    places = Places(WORLD, coder.codes, min(one.on for one in READ), max(one.on for one in READ))
    asked = engine.create_table("asked", table(rows[:1]))
    occurring = engine.to_pyarrow(places.occurring(asked, put(engine, places.lookups())))

    assert occurring.num_rows == 1


def test_a_world_of_test_law_is_answered_by_its_own_law():
    empty = replace(WORLD, law=replace(WORLD.law, name="empty", provisions={}))
    unclaimed = [one.model_copy(update={"claimed": None}) for one in READ[:5]]
    held_to_the_definition(empty, unclaimed)


def test_codes_in_narrow_columns_do_not_overflow():
    coder = Coder()
    rows = table([coder.row(one) for one in READ[:8]])
    narrow = pa.schema([(name, pa.int32() if name in ("day", "n") else pa.int16()) for name in rows.column_names])
    days = date(1998, 1, 1), date(2027, 12, 31)
    found = []
    for asked in (rows, rows.cast(narrow)):
        engine = ibis.duckdb.connect()
        answers = answered(engine, WORLD, coder.codes, engine.create_table("asked", asked), days).table
        found.append(engine.to_pyarrow(answers.order_by("n")).to_pylist())

    assert found[0] == found[1]


def test_a_ground_has_the_same_number_whatever_order_the_rows_are_in():
    coder = Coder()
    rows = table([coder.row(one) for one in READ[::4]])
    days = date(2026, 11, 16), date(2026, 11, 16)
    found = []
    for asked in (rows, rows.sort_by([("n", "descending")])):
        engine = ibis.duckdb.connect()
        answers = answered(engine, WORLD, coder.codes, engine.create_table("asked", asked), days).table
        found.append(engine.to_pyarrow(answers.order_by("n")).to_pylist())

    assert found[0] == found[1]
