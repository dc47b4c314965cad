"""Proposals and judgements as people write them: short names, several at once, and what is wrong with its line."""

from datetime import date

import pytest

from comity.check.decision import Emergency, truth_of
from comity.check.text import read_judgements, read_proposals
from comity.errors import InputError
from comity.law import shipped
from comity.partnership import Item
from comity.source import read_yaml
from comity.terms import Form, Mode
from tests.unit.check.small import DAY, LAW, PARTNERSHIP, WATCH, entry, item, law, names, partner, party, proposal

TEXT = """id: q
from: council
to: police
purpose: safety
items: [name]
"""


def read(text=TEXT, more="", on=DAY, known=None, path=()):
    return read_proposals(read_yaml(text + more, "q.yaml"), known or names(), on, path)


def problems(text=TEXT, more=""):
    with pytest.raises(InputError) as caught:
        read(text, more)
    return [(one.line, one.code) for one in caught.value.problems]


def problem(text=TEXT, more=""):
    with pytest.raises(InputError) as caught:
        read(text, more)
    (one,) = caught.value.problems
    return one.file, one.line, one.code, one.sentence, one.remedy


# ---- a proposal ---------------------------------------------------------------------------------


def test_short_names_stand_for_what_the_folder_knows():
    assert read().proposals == (proposal(),)
    assert read().judgements == ()


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("council", partner("council")),
        TEXT.replace("[name]", "[small.example/item/name]"),
        TEXT.replace("[name]", "[{item: name}]"),
        TEXT.replace("from: council", "from: {partner: council}"),
        TEXT.replace("to: police", "to: [police]"),
        TEXT.replace("safety", "[safety]"),
    ],
)
def test_the_same_may_be_written_in_several_ways(text):
    assert read(text).proposals == (proposal(),)


def test_everything_that_may_be_said_is_kept():
    (found,) = read(
        more="""on: 2026-12-01
form: aggregate
mode: request
audience: vetted-scheme
scope: list
extent: W
set: monthly
data_until: 2026-09-30
asked: {by: police, on: 2026-11-30, under: watch-s1, due: 2026-12-24}
held_for: care
received: 2026-01-02
need: a named tenancy
facts: {court-order: "yes", consent: unknown}
claimed: watch-s1
emergency: {declared_by: B. Duty, office: officer, reason: threat, life_at_risk: tenant, recipient_named: desk}
actor: A. Clerk
""",
        known=names(law(entry("monthly-returns", {"sets": ["monthly"]}))),
    ).proposals

    assert found == proposal(
        on=date(2026, 12, 1),
        items=[item(form="aggregate")],
        mode=Mode.REQUEST,
        audience="vetted-scheme",
        scope="list",
        extent="W",
        set="monthly",
        data_until=date(2026, 9, 30),
        held_for="care",
        received=date(2026, 1, 2),
        need="a named tenancy",
        asked={"by": partner("police"), "on": "2026-11-30", "under": "watch-s1", "due": "2026-12-24"},
        facts={"court-order": "yes", "consent": "unknown"},
        claimed="watch-s1",
        actor="A. Clerk",
        emergency=Emergency(
            declared_by="B. Duty", office="officer", reason="threat", life_at_risk="tenant", recipient_named="desk"
        ),
    )


def test_an_item_may_differ_from_the_rest():
    items = "[name, {item: address, form: pseudonymised, origins: [here], handling: red, facts: {sealed: 'no'}}]"
    (found,) = read(TEXT.replace("[name]", items), "form: aggregate\n").proposals

    assert found.items == (
        item(form=Form.AGGREGATE),
        item("address", form=Form.PSEUDONYMISED, origins=["here"], handling=["red"], facts={"sealed": "no"}),
    )


def test_a_party_may_take_part_as_a_unit_or_for_another():
    text = TEXT.replace("from: council", "from: {partner: council, as: market}").replace(
        "to: police", "to: {partner: company, acting_for: council}"
    )
    (found,) = read(text).proposals

    assert (found.discloser, found.recipient) == (party("council", "market"), party("company", acting_for="council"))


@pytest.mark.parametrize(("more", "extent"), [("", "E"), ("extent: W\n", "W"), ("extent: S\n", "S")])
def test_the_extent_is_the_partnerships_unless_it_is_said(more, extent):
    assert read(more=more).proposals[0].extent == extent


def test_the_extent_of_a_partnership_in_wales_is_wales():
    welsh = PARTNERSHIP.model_copy(update={"extent": "W"})

    assert read(known=names(partnership=welsh)).proposals[0].extent == "W"


def test_several_receivers_and_purposes_are_a_proposal_each():
    found = read(TEXT.replace("to: police", "to: [police, clinic]").replace("safety", "[safety, care]")).proposals

    assert [(one.id, one.recipient, one.purpose) for one in found] == [
        ("q:police:care", party("police"), "care"),
        ("q:police:safety", party("police"), "safety"),
        ("q:clinic:care", party("clinic"), "care"),
        ("q:clinic:safety", party("clinic"), "safety"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "ids"),
    [
        ("to: police", "to: [police, clinic]", ["q:police:safety", "q:clinic:safety"]),
        ("safety", "[care, safety]", ["q:police:care", "q:police:safety"]),
    ],
)
def test_several_of_either_are_told_apart_by_their_ids(old, new, ids):
    assert [one.id for one in read(TEXT.replace(old, new)).proposals] == ids


def test_a_proposal_may_stand_within_a_larger_text():
    text = "title: a case\nproposal:\n" + "".join(f"  {line}\n" for line in TEXT.splitlines())

    assert read(text, path=("proposal",)).proposals == (proposal(),)


def test_a_problem_within_a_larger_text_has_the_line_of_the_file():
    text = "title: a case\nproposal:\n" + "".join(
        f"  {line}\n" for line in TEXT.replace("council", "counsil").splitlines()
    )
    with pytest.raises(InputError) as caught:
        read(text, path=("proposal",))

    assert [(one.line, one.code) for one in caught.value.problems] == [(4, "unknown-name")]


def test_an_unknown_name_is_told_with_its_line_and_the_nearest():
    assert problem(TEXT.replace("police", "polise")) == (
        "q.yaml",
        3,
        "unknown-name",
        "There is no partner called polise. Did you mean police?",
        "Correct the name, or add it to the folder.",
    )


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("council", "counsil", 2),
        ("council", "{partner: council, acting_for: nobody}", 2),
        ("to: police", "to:\n  - clinic\n  - polise", 5),
        ("safety", "safty", 4),
        ("[name]", "\n  - name\n  - nam", 7),
        ("[name]", "[{item: name, facts: {seeled: 'yes'}}]", 5),
        ("items: [name]", "items: [name]\nfacts:\n  courts: 'yes'", 6),
        ("items: [name]", "items: [name]\nclaimed: watch-s2", 6),
        ("items: [name]", "items: [name]\nset: monthli", 6),
        ("items: [name]", "items: [name]\nasked:\n  on: 2026-01-01\n  by: polise", 8),
        ("items: [name]", "items: [name]\nasked:\n  by: police\n  under: watch-s2", 8),
    ],
)
def test_every_name_that_is_unknown_is_told_with_its_line(old, new, line):
    assert problems(TEXT.replace(old, new)) == [(line, "unknown-name")]


def test_what_is_wrong_for_several_pairs_is_told_once_and_in_order():
    text = TEXT.replace("to: police", "to:\n  - polise\n  - klinik").replace("safety", "[safety, care]")

    assert problems(text) == [(4, "unknown-name"), (5, "unknown-name")]


def test_a_test_given_as_a_fact_is_refused():
    file, line, code, sentence, _ = problem(TEXT.replace("[name]", "[{item: name, facts: {necessary: 'yes'}}]"))

    assert (file, line, code) == ("q.yaml", 5, "unknown-name")
    assert sentence.startswith(
        "There is no fact (a question only a person can settle goes under judgements) called necessary."
    )


def test_a_test_given_as_a_fact_of_the_proposal_is_refused():
    assert problems(more="facts: {harmful: 'no'}\n") == [(6, "unknown-name")]


def test_what_is_no_fact_at_all_is_refused():
    _, _, _, sentence, _ = problem(more="facts: {sealing: 'yes'}\n")

    assert sentence == "There is no fact or test called sealing. Did you mean sealed?"


@pytest.mark.parametrize(("more", "code"), [("mode: pigeon\n", "bad-value"), ("nead: x\n", "unknown-key")])
def test_what_a_proposal_cannot_hold_is_told(more, code):
    assert problems(more=more) == [(6, code)]


def test_what_is_about_a_child_says_so_unless_it_is_said_not_to_be():
    pupil = Item(id="small.example/item/pupil", title="pupil", kinds=("identity",), role="child")
    known = names(LAW, PARTNERSHIP, pupil)
    text = "[pupil, {item: name}]", "[{item: pupil, facts: {child: unknown, sealed: 'no'}}]"
    plain, denied = (read(TEXT.replace("[name]", one), known=known).proposals[0].items for one in text)

    assert [one.facts for one in plain] == [{"child": "yes"}, {}]
    assert [one.facts for one in denied] == [{"child": "unknown", "sealed": "no"}]


@pytest.mark.parametrize(
    ("role", "facts"), [("staff", {"not-about-a-patient": "yes"}), ("suspect", {}), ("offender", {})]
)
def test_what_is_about_staff_is_not_about_a_patient_and_an_offender_may_be_one(role, facts):
    rota = Item(id="small.example/item/rota", title="rota", kinds=("identity",), role=role)
    (found,) = read(TEXT.replace("[name]", "[rota]"), known=names(LAW, PARTNERSHIP, rota)).proposals

    assert found.items[0].facts == facts


def test_the_facts_that_are_offered_for_a_test_are_no_tests():
    _, _, _, sentence, _ = problem(more="facts: {harmful: 'no'}\n")

    assert sentence == "There is no fact (a question only a person can settle goes under judgements) called harmful."


def test_a_proposal_may_say_which_schema_it_is_written_in():
    assert read(more="schema: 1\n").proposals == (proposal(),)
    assert problems(more="schema: 2\n") == [(6, "bad-value")]


# ---- names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["watch", WATCH])
def test_an_agreement_answers_to_its_id_and_its_short_name(name):
    assert names().agreement(name) == WATCH


def test_items_of_the_register_are_known_too():
    known = names(shipped())

    assert known.item("comity.example/item/home-address") is known.item("home-address")


# ---- judgements beside a proposal ------------------------------------------------------------------------


JUDGED = """judgements:
  - {test: necessary, by: A. Lead, office: lead, partner: council, reasons: looked at it}
"""


def test_a_judgement_beside_a_proposal_is_for_that_case():
    (found,) = read(more=JUDGED).judgements

    assert found.model_dump(by_alias=True, exclude_defaults=True, mode="json") == {
        "id": "q-1-necessary",
        "test": "necessary",
        "answer": "yes",
        "by": "A. Lead",
        "office": "lead",
        "partner": partner("council"),
        "reasons": "looked at it",
        "scope": {"instance": "q"},
        "from": "2026-11-16",
    }


def test_it_counts_from_the_day_of_the_proposal_unless_it_says_otherwise():
    own = JUDGED.replace("{test", "{from: 2026-01-01, until: 2026-12-31, test")

    assert read(more="on: 2026-12-01\n" + JUDGED).judgements[0].from_ == date(2026, 12, 1)
    assert (read(more=own).judgements[0].from_, read(more=own).judgements[0].until) == (
        date(2026, 1, 1),
        date(2026, 12, 31),
    )


def ids(judgements):
    return [(one.id, one.test, one.scope.instance) for one in judgements]


def test_several_tests_and_cases_are_a_judgement_each():
    text = TEXT.replace("to: police", "to: [police, clinic]")
    found = read(text, JUDGED.replace("necessary", "[necessary, proportionate]")).judgements

    assert ids(found) == [
        ("q-1-necessary-0", "necessary", "q:police:safety"),
        ("q-1-necessary-1", "necessary", "q:clinic:safety"),
        ("q-1-proportionate-0", "proportionate", "q:police:safety"),
        ("q-1-proportionate-1", "proportionate", "q:clinic:safety"),
    ]


@pytest.mark.parametrize(
    ("test", "found"),
    [
        ("necessary", [("mine", "necessary", "q")]),
        (
            "[necessary, proportionate]",
            [("mine-necessary", "necessary", "q"), ("mine-proportionate", "proportionate", "q")],
        ),
    ],
)
def test_a_judgement_may_have_an_id_of_its_own(test, found):
    assert ids(read(more=JUDGED.replace("{test: necessary", f"{{id: mine, test: {test}")).judgements) == found


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ("{instance: other}", ("other", None, None)),
        ("{agreement: watch}", (None, WATCH, None)),
        ("{agreement: watch, flow: daily}", (None, WATCH, "daily")),
        ("{flow: daily}", ("q", None, "daily")),
    ],
)
def test_a_judgement_may_be_for_something_else_than_the_case(scope, found):
    (judged,) = read(more=JUDGED.replace("{test", f"{{scope: {scope}, test")).judgements

    assert (judged.scope.instance, judged.scope.agreement, judged.scope.flow) == found


def test_what_a_judgement_says_is_kept():
    more = JUDGED.replace(
        "{test", "{answer: 'no', items: [name, small.example/item/address], clause: 'sha256:ab', test"
    )
    (judged,) = read(more=more).judgements

    assert (judged.answer, judged.clause, judged.items) == (
        "no",
        "sha256:ab",
        (item("address").item, item("name").item),
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("council", "counsil", "There is no partner called counsil. Did you mean council?"),
        ("necessary", "necesary", "There is no fact or test called necesary. Did you mean necessary"),
        ("necessary", "sealed", "There is no test called sealed."),
        ("{test", "{items: [nam], test", "There is no item called nam. Did you mean name"),
        ("{test", "{scope: {agreement: wach}, test", "There is no agreement called wach. Did you mean watch?"),
    ],
)
def test_what_a_judgement_names_must_be_known(old, new, sentence):
    _, line, code, said, _ = problem(more=JUDGED.replace(old, new))

    assert (line, code) == (7, "unknown-name")
    assert said.startswith(sentence)


def test_problems_of_proposal_and_judgements_are_told_together():
    more = JUDGED + JUDGED.splitlines()[1].replace("necessary", "sealed") + "\n"

    assert problems(TEXT.replace("police", "polise"), more.replace("council", "counsil")) == [
        (3, "unknown-name"),
        (7, "unknown-name"),
        (8, "unknown-name"),
    ]


# ---- judgements in a file of their own ---------------------------------------------------------------------


ONE = """test: necessary
by: A. Lead
office: lead
partner: council
reasons: looked at it
scope: {instance: q}
"""


def judgements(text=ONE, file="judgements/Duty-Desk.yaml"):
    return read_judgements(read_yaml(text, file), names(), DAY)


def listed(*texts):
    return "judgements:\n" + "".join("  - " + text.strip().replace("\n", "\n    ") + "\n" for text in texts)


def test_a_file_may_hold_one_judgement():
    assert ids(judgements()) == [("duty-desk-1-necessary", "necessary", "q")]


def test_a_file_may_hold_a_list_of_them():
    found = judgements(listed(ONE, ONE.replace("necessary", "[necessary, harmless]")))

    assert ids(found) == [
        ("duty-desk-1-necessary", "necessary", "q"),
        ("duty-desk-2-harmless", "harmless", "q"),
        ("duty-desk-2-necessary", "necessary", "q"),
    ]


def test_an_empty_list_holds_none():
    assert judgements("judgements: []\n") == ()


@pytest.mark.parametrize(
    "text", ["judgements:\n", "judgements: 5\n", "judgements: {a: b}\n", "judgements: a\n", "a\n", "- a\n"]
)
def test_what_is_neither_a_judgement_nor_a_list_of_them_is_refused(text):
    with pytest.raises(InputError):
        judgements(text)


@pytest.mark.parametrize("scope", ["", "scope: {flow: daily}\n"])
def test_a_judgement_in_a_file_needs_a_scope(scope):
    with pytest.raises(InputError) as caught:
        judgements(ONE.replace("scope: {instance: q}\n", scope))

    assert [(one.line, one.code, one.sentence) for one in caught.value.problems] == [
        (1, "unknown-name", "There is no scope of a judgement: it needs `instance:` or `agreement:`, called (none).")
    ]


def test_every_judgement_that_is_wrong_is_told_with_its_line():
    with pytest.raises(InputError) as caught:
        judgements(listed(ONE.replace("necessary", "sealed"), ONE, ONE.replace("council", "counsil")))

    assert [(one.file, one.line) for one in caught.value.problems] == [
        ("judgements/Duty-Desk.yaml", 2),
        ("judgements/Duty-Desk.yaml", 14),
    ]


def test_what_a_judgement_lacks_is_told():
    with pytest.raises(InputError) as caught:
        judgements(ONE.replace("reasons: looked at it\n", "reasons: ''\n"))

    assert [(one.line, one.code) for one in caught.value.problems] == [(5, "bad-value")]


@pytest.mark.parametrize(("said", "value"), [("yes", True), ("no", False), ("unknown", None)])
def test_what_is_said_has_a_truth(said, value):
    assert truth_of(said) is value
