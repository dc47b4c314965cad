"""A dataset description: which column is which item, what a row says of itself, what leaves."""

from datetime import date

import pytest

from comity.check.dataset import Group, plan, proposed_items, treatment
from comity.check.decision import Answer, Basis, Decision, Proposal, Reason
from comity.errors import InputError, UnknownName
from comity.law import shipped
from comity.partnership import Item, PartyRef
from comity.source import read_yaml
from comity.terms import Form, Headline, Outcome, Step

LAW = shipped()
COLUMNS = ("Name", "When", "Under 18", "Source", "Notes", "Spare")
ITEMS = {
    "name": Item(id="north.example/item/name", title="Name", kinds=("identity",)),
    "date": Item(id="north.example/item/date", title="Date", kinds=("event",)),
    "notes": Item(id="north.example/item/notes", title="Notes", kinds=("free-text",)),
}
DESCRIPTION = """
missingValues: ["", "-"]
fields:
  - {name: Name, "comity:item": name}
  - {name: When, "comity:item": date}
  - {name: Under 18, "comity:fact": child, trueValues: ["yes", 1], falseValues: "no"}
  - {name: Source, "comity:fact": origin}
  - {name: Notes, "comity:item": [notes, date]}
"""


def item(name):
    if name not in ITEMS:
        raise UnknownName("item", name, ITEMS)
    return ITEMS[name]


def planned(text=DESCRIPTION, columns=COLUMNS):
    return plan(read_yaml(text, "table.schema.yaml"), columns, item, LAW)


def problems(text, columns=COLUMNS):
    with pytest.raises(InputError) as caught:
        planned(text, columns)
    return [(one.line, one.code, f"{one.sentence} {one.remedy}") for one in caught.value.problems]


def test_each_column_has_its_items_and_the_rest_are_unmapped():
    found = planned()

    assert [one.id for one in found.items["Notes"]] == ["north.example/item/date", "north.example/item/notes"]
    assert [one.title for one in found.distinct_items] == ["Name", "Date", "Notes"]
    assert found.fact_columns == ("Under 18", "Source")
    assert found.unmapped == ("Spare",)


@pytest.mark.parametrize(("cell", "said"), [
    ("yes", "yes"), ("1", "yes"), ("no", "no"), ("", "unknown"), ("-", "unknown"), (None, "unknown"),
    ("Yes", "unknown"), (" yes", "unknown"), ("17", "unknown"),
])  # fmt: skip
def test_what_a_cell_says_of_the_row(cell, said):
    assert planned().group((cell, "")).facts == (("child", said),)


@pytest.mark.parametrize(("cell", "misread"), [("yes", ()), ("-", ()), (None, ()), ("17", ("Under 18",))])
def test_a_cell_that_says_neither_is_named(cell, misread):
    assert planned().misread((cell, "")) == misread


@pytest.mark.parametrize(("cell", "origins"), [
    ("", ()), (None, ()), ("own", ()), ("HMRC", ("hmrc",)), ("hmrc; own; hmrc", ("hmrc",)),
])  # fmt: skip
def test_the_origins_of_a_row(cell, origins):
    assert "hmrc" in LAW.origins
    assert planned().group(("no", cell)) == Group((("child", "no"),), origins)


def test_an_origin_nobody_knows_stops_the_row():
    group = planned().group(("no", "hmrcc"))

    assert group.unreadable == ("Source",)
    done = treatment(planned(), None, frozenset(), group)
    assert (done.released, done.removed) == ((), "unreadable")
    assert {stay.outcome for stay in done.stays} == {Outcome.REFER}


def test_a_missing_value_may_be_said_to_mean_no():
    text = 'fields: [{name: Under 18, "comity:fact": child, falseValues: ["", "no"]}]'

    assert planned(text).group(("",)).facts == (("child", "no"),)


@pytest.mark.parametrize(("text", "said"), [
    ("fields: [{name: Nam}]", (1, "no-such-column", "The table has no column called Nam. Did you mean Name?")),
    ("fields:\n- {name: Name}\n- {name: Name}",
     (2, "duplicate-column", "The column Name is described twice. Keep one.")),
    ('fields: [{name: Name, "comity:itm": name}]',
     (1, "unknown-key", "There is no key called comity:itm here. Did you mean comity:item?")),
    ('fields:\n  - {name: Name, "comity:item": nam}',
     (2, "unknown-name",
      "There is no item called nam. Did you mean name? Correct the name, or add the item to items.yaml.")),
    ('fields: [{name: Name, trueValues: [x], falseValues: [x]}]',
     (1, "yes-and-no", "'x' means both yes and no. Take it out of trueValues or falseValues.")),
])  # fmt: skip
def test_a_description_that_does_not_fit_says_where_and_what_to_do(text, said):
    assert said in problems(text)


@pytest.mark.parametrize(("fact", "sentence"), [
    ("chid", "There is no fact or test called chid. Did you mean child?"),
    ("necessary", "necessary is a question only a person can settle; a column cannot."),
    ("apd", "apd is not something that varies by row."),
    ("bulk", "bulk is not something that varies by row."),
])  # fmt: skip
def test_what_a_row_cannot_say(fact, sentence):
    [(line, code, words)] = problems(f'fields: [{{name: Name, "comity:fact": {fact}}}]')

    assert (line, code) == (1, "not-a-row-fact")
    assert words.startswith(sentence)


def test_two_columns_may_not_say_the_same_fact():
    text = 'fields: [{name: Name, "comity:fact": child}, {name: When, "comity:fact": child}]'

    assert {code for _, code, _ in problems(text)} == {"duplicate-fact"}


def test_all_problems_are_shown_together():
    text = 'fields:\n- {name: Nope}\n- {name: Nor this, "comity:item": nothing}'

    assert [line for line, _, _ in problems(text)] == [2, 3, 3]


# ---- what leaves -------------------------------------------------------------------


def decision(**outcomes):
    """A decision with these outcomes; `opt-out` withholds for that reason."""
    items = proposed_items([ITEMS[name] for name in outcomes], Group(), Form.IDENTIFIABLE)
    answers = []
    for one, word in zip(items, outcomes.values(), strict=True):
        outcome = Outcome.WITHHOLD if word == "opt-out" else Outcome(word)
        code = {"share": "met", "refer": "awaiting-human", "withhold": "prohibited", "opt-out": "opt-out-applied"}[word]
        answers.append(
            Answer(item=one.item, outcome=outcome, reasons=(Reason(step=Step.PROHIBITION, code=code, effect=outcome),))
        )
    party = PartyRef(partner="north.example/partner/police")
    day = date(2026, 11, 16)
    proposal = Proposal(id="x", discloser=party, recipient=party, purpose="statistics", on=day, items=items)
    return Decision(
        proposal=proposal,
        headline=Headline.PART,
        must=False,
        answers=tuple(answers),
        basis=Basis.model_validate({"register": "x", "register_digest": "x"}),
    )


PROMISED = frozenset(one.id for one in ITEMS.values())


def treated(one, promised=PROMISED):
    return treatment(planned(), one, promised, Group())


def test_a_column_leaves_if_all_its_items_are_shared():
    done = treated(decision(name="share", date="share", notes="refer"))

    assert done.released == ("Name", "When")
    assert [(stay.column, stay.outcome, stay.code) for stay in done.stays] == [
        ("Under 18", "withhold", "not-mapped"),
        ("Source", "withhold", "not-mapped"),
        ("Notes", "refer", "awaiting-human"),
        ("Spare", "withhold", "not-mapped"),
    ]


def test_free_text_never_leaves_in_bulk_whatever_is_decided():
    assert "Notes" not in treated(decision(name="share", date="share", notes="share")).released


def test_what_the_flow_does_not_promise_stays():
    done = treated(decision(name="share", date="share", notes="share"), frozenset({ITEMS["date"].id}))

    assert done.released == ("When",)
    assert next(stay for stay in done.stays if stay.column == "Name").code == "agreement-missing"


def test_an_opt_out_removes_the_whole_record():
    done = treated(decision(name="opt-out", date="share", notes="refer"))

    assert (done.released, done.removed) == ((), "opt-out")


def test_a_row_of_which_nothing_leaves_is_removed():
    assert treated(decision(name="withhold", date="withhold", notes="refer")).removed == "nothing-left"


def test_the_facts_and_origins_of_the_group_are_proposed():
    [one] = proposed_items([ITEMS["name"]], Group((("child", "yes"),), ("hmrc",)), Form.DEPERSONALISED)

    assert (one.facts, one.origins, one.form) == ({"child": "yes"}, ("hmrc",), Form.DEPERSONALISED)
