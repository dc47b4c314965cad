"""Every flow, item, giver and receiver of an agreement, decided; and what a change really changes."""

from datetime import date

import pytest

from comity.check.cells import Cell, answers, changed, flow_proposal, proposals
from comity.terms import Form, Mode, Outcome
from tests.unit.check.small import (
    DAY,
    FOR_THE_FLOW,
    WATCH,
    agreement,
    entry,
    item,
    judgement,
    law,
    names,
    partner,
    party,
    proposal,
    signed,
    world,
)

PARTIES = [
    {"called": "council", "partner": partner("council")},
    {"called": "police", "partner": partner("police")},
    {"called": "clinic", "partner": partner("clinic")},
]
FOR_THE_CLASS = tuple(judgement(test, scope=FOR_THE_FLOW) for test in ("necessary", "proportionate"))
NAME = Cell("daily", item("name").item, party("council"), party("police"), "safety")
ADDRESS = Cell("daily", item("address").item, party("council"), party("police"), "safety")


def in_force(flow=None, register=None, judgements=FOR_THE_CLASS, **more):
    """The agreement, signed, with the world in which it stands."""
    one = signed(flow, **more)
    return one.agreement, world(register or law(), judgements, (one,))


def pairs(flow=None, **more):
    return [(one.discloser, one.recipient) for _, one in proposals(agreement(flow, **more), names(), DAY)]


# ---- what a flow promises, as a proposal -----------------------------------------------------------


def test_a_flow_is_a_proposal_between_its_parties():
    ((flow, found),) = proposals(agreement(), names(), DAY)

    assert flow.id == "daily"
    assert found == proposal(
        id=f"{WATCH}:daily:council:police",
        mode="feed",
        items=[item("address", handling=["official"]), item("name", handling=["official"])],
    )


def test_what_the_flow_says_of_form_set_audience_and_handling_goes_into_the_proposal():
    flow = {
        "form": "aggregate",
        "set": "monthly",
        "mode": "publication",
        "items": ["small.example/item/counts"],
        "handling": {"codes": ["amber"], "marking": "OFFICIAL SENSITIVE", "audience": "open"},
    }
    ((_, found),) = proposals(agreement(flow, extent=["W", "E"]), names(), date(2026, 12, 1))

    assert (found.set, found.mode, found.audience, found.extent, found.on) == (
        "monthly",
        Mode.PUBLICATION,
        "open",
        "W",
        date(2026, 12, 1),
    )
    assert found.items == (item("counts", form=Form.AGGREGATE, handling=["amber", "official-sensitive"]),)


def test_every_giver_is_paired_with_every_other_receiver():
    flow = {"from": ["council", "clinic"], "to": ["police", "clinic"]}

    assert pairs(flow, parties=PARTIES) == [
        (party("clinic"), party("police")),
        (party("council"), party("clinic")),
        (party("council"), party("police")),
    ]


@pytest.mark.parametrize("called", ["nobody", "public"])
def test_who_is_no_known_body_is_left_out(called):
    parties = [*PARTIES, {"called": "public", "class_of_person": "members of the public"}]

    assert pairs({"to": [called, "police"]}, parties=parties) == [(party("council"), party("police"))]
    assert pairs({"from": [called]}, parties=parties) == []


@pytest.mark.parametrize(
    ("agent", "ref"),
    [
        ({"acting_for": "council"}, party("company", acting_for="council")),
        ({"acting_for": "nobody"}, party("company")),
        ({"acting_for": "public"}, party("company")),
        ({"as": "market"}, party("company", "market")),
        ({}, party("company")),
    ],
)
def test_a_party_takes_part_as_the_agreement_says(agent, ref):
    parties = [
        *PARTIES,
        {"called": "public", "class_of_person": "members of the public"},
        {"called": "agent", "partner": partner("company"), **agent},
    ]

    assert pairs({"to": "agent"}, parties=parties) == [(party("council"), ref)]


def test_an_item_that_nobody_knows_is_left_out():
    one = agreement({"items": ["small.example/item/name", "small.example/item/gone"]})
    found = flow_proposal(one, one.flows[0], "council", "police", names(), DAY)

    assert [each.called for each in found.items] == ["name"]


# ---- the answers ---------------------------------------------------------------------------------------


def test_every_cell_is_answered():
    one, here = in_force()
    found = answers(one, here, names(), DAY)

    assert {cell: (each.outcome, each.automatic) for cell, each in found.items()} == {
        ADDRESS: (Outcome.SHARE, True),
        NAME: (Outcome.SHARE, True),
    }


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({"purpose": "nonsense"}, {}),
        ({"to": "agent"}, {"parties": [*PARTIES, {"called": "agent", "partner": partner("gone")}]}),
        ({"from": "agent"}, {"parties": [*PARTIES, {"called": "agent", "partner": partner("council"), "as": "attic"}]}),
    ],
)
def test_a_flow_that_names_what_nobody_knows_has_no_answers(change, more):
    one, here = in_force(change, **more)

    assert answers(one, here, names(), DAY) == {}


# ---- what changed -----------------------------------------------------------------------------------------


def told(old, new):
    return [(one.cell, one.sentence) for one in changed(old, new, names(), DAY)]


def test_two_worlds_that_decide_alike_differ_in_nothing():
    assert told(in_force(), in_force(title="Another title")) == []


def test_a_judgement_that_is_missing_changes_what_goes_by_itself():
    assert told(in_force(), in_force(judgements=())) == [
        (ADDRESS, "share by itself before, refer now"),
        (NAME, "share by itself before, refer now"),
    ]


def test_a_new_promise_and_a_dropped_one_are_both_told_with_their_witness():
    old, new = in_force({"items": ["small.example/item/name"]}), in_force({"items": ["small.example/item/address"]})
    gone, come = changed(old, new, names(), DAY)

    assert (gone.cell, gone.sentence, gone.before.outcome, gone.after) == (
        NAME,
        "share by itself before, not promised now",
        Outcome.SHARE,
        None,
    )
    assert (come.cell, come.sentence, come.before, come.after.outcome) == (
        ADDRESS,
        "not promised before, share by itself now",
        None,
        Outcome.SHARE,
    )


def test_a_duty_is_a_change_though_both_are_shared():
    with_duty = in_force({"items": ["small.example/item/name"]}, law(entry("must", {"duty": True})))

    assert told(in_force({"items": ["small.example/item/name"]}), with_duty) == [
        (NAME, "share by itself before, share by itself (the law requires it) now")
    ]


def test_a_duty_on_what_is_withheld_is_no_must():
    items = {"items": ["small.example/item/name"]}
    ban = entry("ban", {"step": "handling", "effect": "bars"})

    assert told(in_force(items), in_force(items, law(ban, entry("must", {"duty": True})))) == [
        (NAME, "share by itself before, withhold now")
    ]


def test_whether_it_goes_by_itself_is_a_change():
    flow = {"items": ["small.example/item/name"]}
    by_case = tuple(
        judgement(test, scope={"instance": f"{WATCH}:daily:council:police"}) for test in ("necessary", "proportionate")
    )

    assert told(in_force(flow), in_force(flow, judgements=by_case)) == [(NAME, "share by itself before, share now")]


def test_another_reason_for_the_same_answer_is_no_change():
    flow = {"items": ["small.example/item/name"]}

    assert told(in_force(flow, judgements=FOR_THE_CLASS[:1]), in_force(flow, judgements=FOR_THE_CLASS[1:])) == []
