"""The register: read from text, looked up by name and day, extended but never replaced; and the shipped one."""

import json
from dataclasses import replace
from datetime import date

import pytest

from comity.check import Case
from comity.errors import InputError, UnknownName
from comity.law import extended, load, shipped, shipped_vocabulary
from comity.law.register import Register
from comity.partnership import Item
from comity.terms import Mode, Period, Step
from tests.unit.check.small import LAW, VOCABULARY, confirmation, entry, item, law, party, proposal, world

TEXT = """schema: 1
provisions:
  - id: act-s1
    citation: Act s.1
    title: Sharing
    source: https://law.example/1
    kind: power
    summary: May share.
    evidence: read
    checked: 2026-11-01
    in_force: [{from: 2026-01-01, until: 2027-01-01}]
    routes:
      - id: one
        step: power
        from: [council]
      - id: two
        step: power
        to: [police]
"""


def problems(texts):
    with pytest.raises(InputError) as caught:
        load("small", texts if isinstance(texts, dict) else {"act.yaml": texts}, VOCABULARY)
    return [(one.file, one.line, one.code, one.sentence, one.remedy) for one in caught.value.problems]


# ---- loading ---------------------------------------------------------------------------------------


def test_a_register_is_read_from_its_files_in_their_order():
    found = load("small", {"b.yaml": TEXT.replace("act-s1", "later"), "a.yaml": TEXT}, VOCABULARY)

    assert (found.name, list(found.provisions)) == ("small", ["act-s1", "later"])
    assert found.places == {"act-s1": ("a.yaml", 3), "later": ("b.yaml", 3)}


@pytest.mark.parametrize(
    ("key", "what", "word", "near"),
    [
        ("from", "capacity", "counsil", "council"),
        ("not_from", "capacity", "counsil", "council"),
        ("to", "capacity", "polise", "police"),
        ("not_to", "capacity", "polise", "police"),
        ("party", "capacity", "polise", "police"),
        ("not_party", "capacity", "polise", "police"),
        ("purposes", "purpose", "safty", "safety"),
        ("not_purposes", "purpose", "safty", "safety"),
        ("kinds", "kind of information", "identty", "identity"),
        ("not_kinds", "kind of information", "identty", "identity"),
        ("needs", "fact", "seeled", "sealed"),
        ("unless", "fact", "seeled", "sealed"),
    ],
)
def test_a_word_that_the_vocabulary_lacks_is_told_with_its_line_and_the_nearest(key, what, word, near):
    text = TEXT.replace("        to: [police]", f"        {key}: [{word}]")

    ((file, line, code, sentence, remedy),) = problems(text)

    assert (file, line, code, remedy) == ("act.yaml", 18, "unknown-word", "Add it to the vocabulary or correct it.")
    assert sentence.startswith(f"There is no {what} called {word}. Did you mean {near}")


def test_a_reason_must_be_one_of_the_codes():
    text = TEXT.replace("        to: [police]", "        reason: because")

    assert problems(text) == [
        (
            "act.yaml",
            18,
            "unknown-word",
            "There is no reason code because.",
            "Use one from the reference of reason codes.",
        )
    ]


def test_a_reason_that_is_a_code_is_kept():
    found = load("small", {"act.yaml": TEXT.replace("        to: [police]", "        reason: tipping-off")}, VOCABULARY)

    assert found.provision("act-s1").routes[1].reason == "tipping-off"


def test_an_id_may_stand_once_in_all_the_files():
    assert problems({"a.yaml": TEXT, "b.yaml": TEXT}) == [
        ("b.yaml", 3, "duplicate-id", "act-s1 stands twice.", "Keep one.")
    ]


def test_every_problem_of_every_file_is_told():
    wrong = {
        "a.yaml": TEXT.replace("power\n    summary", "pover\n    summary"),
        "b.yaml": "x: ]",
        "c.yaml": TEXT.replace("police", "polise"),
    }

    assert [one[:3] for one in problems(wrong)] == [
        ("a.yaml", 7, "bad-value"),
        ("b.yaml", 1, "malformed-yaml"),
        ("c.yaml", 18, "unknown-word"),
    ]


# ---- looking up --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "look_up", "name"),
    [
        ("provision", LAW.provision, "watch-s2"),
        ("fact or test", LAW.fact, "sealing"),
        ("purpose", LAW.purpose, "safety-first"),
        ("purpose", LAW.purposes_of, "safety-first"),
        ("kind of information", lambda name: LAW.kinds_of([name]), "identities"),
        ("capacity", lambda name: LAW.capacities_of([name]), "councils"),
    ],
)
def test_what_the_register_lacks_is_refused_with_the_nearest(what, look_up, name):
    with pytest.raises(UnknownName, match=f"There is no {what} called {name}. Did you mean"):
        look_up(name)


@pytest.mark.parametrize(("purpose", "found"), [("patrols", {"patrols", "safety"}), ("safety", {"safety"})])
def test_a_purpose_lies_within_wider_ones(purpose, found):
    assert LAW.purposes_of(purpose) == found


def test_purposes_that_lie_within_each_other_come_to_an_end():
    purposes = tuple(
        one.model_copy(update={"within": "patrols"}) if one.id == "safety" else one for one in VOCABULARY.purposes
    )
    round_ = replace(LAW, vocabulary=VOCABULARY.model_copy(update={"purposes": purposes}))

    assert round_.purposes_of("patrols") == {"patrols", "safety"}


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        ((), set()),
        (("information",), {"information"}),
        (
            ("patient",),
            {"patient", "special-category:health", "special-category", "personal", "information", "held-in-confidence"},
        ),
        (("statistical", "identity"), {"statistical", "identity", "personal", "information"}),
    ],
)
def test_a_kind_is_also_all_that_it_implies(kinds, found):
    assert LAW.kinds_of(kinds) == found


def test_a_capacity_is_also_all_that_it_implies():
    assert LAW.capacities_of(["police", "warden"]) == {"police", "public", "competent-authority", "warden"}


@pytest.mark.parametrize(
    ("test", "capacities", "offices"),
    [
        ("necessary", {"council", "public"}, ("lead", "officer", "keeper")),
        ("necessary", {"company"}, ("keeper",)),
        ("blessed", {"council"}, ()),
        ("sealed", {"council"}, ()),
    ],
)
def test_the_offices_for_a_test_are_those_that_such_a_body_has(test, capacities, offices):
    assert LAW.offices_for(test, frozenset(capacities)) == offices


def test_opposites_are_tied_both_ways():
    assert LAW.opposites == {
        "harmless": "harmful",
        "harmful": "harmless",
        "consent": "consent-refused",
        "consent-refused": "consent",
    }


def test_an_item_of_the_register_answers_to_its_id_and_its_short_name():
    words = VOCABULARY.model_copy(
        update={"items": (Item(id="small.example/item/name", title="name", kinds=("identity",)),)}
    )
    register = replace(LAW, vocabulary=words)

    assert register.item("name") is register.item("small.example/item/name") is words.items[0]
    with pytest.raises(UnknownName, match="There is no item called nam. Did you mean name"):
        register.item("nam")


@pytest.mark.parametrize(
    ("day", "yes"),
    [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)],
)
def test_law_is_in_force_from_its_first_day_until_the_day_it_ends(day, yes):
    register = load("small", {"act.yaml": TEXT}, VOCABULARY)

    assert register.provision("act-s1").in_force_on(day) is yes
    assert register.in_force_on(day) == ((register.provision("act-s1"),) if yes else ())


def test_law_without_a_period_is_never_in_force():
    assert not law(entry("act", in_force=[])).provision("act").in_force_on(date(2026, 1, 1))


def test_routes_come_by_step_in_the_order_of_the_register():
    register = law(entry("act", {}, {"step": "basis"}, {}))

    assert [(one.id, route.id) for one, route in register.routes(Step.POWER)] == [
        ("watch-s1", "share"),
        ("act", "route-1"),
        ("act", "route-3"),
    ]
    assert [one.id for one, _ in register.routes(Step.BASIS, Step.NECESSITY)] == ["basis-6", "act", "needed"]
    assert list(register.routes(Step.HANDLING)) == []


def test_what_lifts_an_entry_is_found_wherever_it_stands():
    register = law(
        entry("one", {"effect": "lifts", "lifts": ["ban"]}, {}),
        entry("two", {"effect": "lifts", "lifts": ["other", "ban"]}),
    )

    reach = register.reach
    assert [one.id for one, _ in reach.members(reach.lifting("ban"))] == ["one", "two"]
    assert [one.id for one, _ in reach.members(reach.lifting("other"))] == ["two"]


@pytest.mark.parametrize(
    ("more", "doubts"),
    [
        ({}, ()),
        ({"evidence": "partly-read"}, ()),
        ({"evidence": "to-confirm"}, ("evidence",)),
        ({"unconfirmed": ["b", "a"]}, ("b", "a")),
        ({"sets_aside_confidence": "unconfirmed"}, ("sets_aside_confidence",)),
        (
            {"evidence": "to-confirm", "unconfirmed": ["a"], "sets_aside_confidence": "unconfirmed"},
            ("evidence", "a", "sets_aside_confidence"),
        ),
    ],
)
def test_the_doubts_of_an_entry(more, doubts):
    assert law(entry("act", **more)).provision("act").doubts() == doubts


# ---- confirmations, digest -------------------------------------------------------------------------------


def test_the_later_word_counts_in_whatever_order_they_were_recorded():
    early, late = confirmation("act.path", False, "2026-11-02"), confirmation("act.path", True, "2026-11-03")

    assert LAW.confirmed([late, early]).word_on("act", "path") is True
    assert LAW.confirmed([early, late]).word_on("act", "path") is True
    assert LAW.confirmed([early]).confirmed([late]).word_on("act", "path") is True


def test_of_two_words_of_one_day_the_last_recorded_counts():
    yes, no = confirmation("act.path", True), confirmation("act.path", False)

    assert LAW.confirmed([yes, no]).word_on("act", "path") is False
    assert LAW.confirmed([no, yes]).word_on("act", "path") is True


@pytest.mark.parametrize("path", ["act.other", "other.path"])
def test_nobody_has_said_anything_of_another_fact(path):
    entry_, _, rest = path.partition(".")

    assert LAW.confirmed([confirmation("act.path")]).word_on(entry_, rest) is None


def test_the_digest_changes_with_what_the_law_says_and_with_its_words():
    again = law()

    assert again.digest == LAW.digest
    assert LAW.digest.startswith("sha256:")
    assert law(entry("act")).digest != LAW.digest
    assert replace(LAW, name="other").digest != LAW.digest
    assert replace(LAW, vocabulary=VOCABULARY.model_copy(update={"offices": ()})).digest != LAW.digest


def test_the_digest_is_of_the_release_whatever_was_confirmed_and_wherever_it_stands():
    moved = replace(LAW, provisions=dict(reversed(LAW.provisions.items())), places={})

    assert LAW.confirmed([confirmation("watch-s1.evidence")]).digest == LAW.digest == moved.digest


# ---- local entries -------------------------------------------------------------------------------------------


def test_local_entries_are_added():
    known = LAW.confirmed([confirmation("watch-s1.evidence")])
    found = extended(known, {"law/local.yaml": TEXT})

    assert list(found.provisions) == [*LAW.provisions, "act-s1"]
    assert (found.name, found.confirmations) == ("small", known.confirmations)
    assert found.places == LAW.places | {"act-s1": ("law/local.yaml", 3)}


def test_local_entries_replace_nothing():
    with pytest.raises(InputError) as caught:
        extended(
            LAW,
            {"law/local.yaml": TEXT.replace("act-s1", "watch-s1"), "law/more.yaml": TEXT.replace("act-s1", "basis-6")},
        )

    assert [(one.file, one.line, one.code, one.sentence) for one in caught.value.problems] == [
        ("law/more.yaml", 3, "duplicate-id", "basis-6 is an entry of the shipped register."),
        ("law/local.yaml", 3, "duplicate-id", "watch-s1 is an entry of the shipped register."),
    ]
    assert {one.remedy for one in caught.value.problems} == {
        "Give the local entry a name of its own; to settle a doubt, record a confirmation."
    }


def test_local_entries_speak_the_words_of_the_register():
    with pytest.raises(InputError, match="There is no capacity called polise"):
        extended(LAW, {"law/local.yaml": TEXT.replace("police", "polise")})


# ---- the register that is shipped --------------------------------------------------------------------------------


SHIPPED = shipped()
ENTRIES = list(SHIPPED.provisions.values())


def test_the_shipped_register_has_its_name_and_at_least_sixty_entries():
    assert SHIPPED.name == "england-and-wales"
    assert len(ENTRIES) >= 60
    assert SHIPPED.vocabulary is shipped_vocabulary()


def test_every_entry_has_a_source_a_citation_and_the_day_it_was_checked():
    lacking = [
        one.id
        for one in ENTRIES
        if not (one.source.startswith("https://") and one.citation and one.title and one.summary)
    ]

    assert lacking == []
    assert {one.evidence for one in ENTRIES} == {"read", "partly-read", "to-confirm"}
    assert all(date(2026, 1, 1) <= one.checked for one in ENTRIES)


def test_every_entry_that_is_lifted_or_rested_on_exists():
    named = {id for one in ENTRIES for route in one.routes for id in route.lifts}
    named |= {id for one in ENTRIES for id in one.rests_on}

    assert named - set(SHIPPED.provisions) == set()


def test_every_route_that_lifts_names_what_it_lifts_and_no_other_does():
    wrong = [
        (one.id, route.id) for one in ENTRIES for route in one.routes if (route.effect == "lifts") != bool(route.lifts)
    ]

    assert wrong == []


def test_every_bar_that_is_lifted_is_a_bar():
    lifted = {id for one in ENTRIES for route in one.routes for id in route.lifts}

    assert [id for id in sorted(lifted) if all(route.effect != "bars" for route in SHIPPED.provision(id).routes)] == []


def test_routes_have_ids_of_their_own_within_their_entry():
    assert [one.id for one in ENTRIES if len({route.id for route in one.routes}) != len(one.routes)] == []


def test_an_exemption_opens_nothing():
    opened = [
        one.id
        for one in ENTRIES
        if one.kind == "exemption"
        for route in one.routes
        if route.effect == "allows" and route.step in (Step.POWER, Step.BASIS)
    ]

    assert opened == []


def test_every_doubt_about_a_route_names_a_route():
    dangling = [
        (one.id, path)
        for one in ENTRIES
        for path in one.unconfirmed
        if path.startswith("routes.") and path.split(".")[1] not in {route.id for route in one.routes}
    ]

    assert dangling == []


def test_every_doubt_about_a_party_a_purpose_or_a_place_is_in_the_words_of_the_register():
    capacities = {one.id for one in SHIPPED.vocabulary.capacities}
    words = {
        "extent": {"E", "W"},
        "purposes": {one.id for one in SHIPPED.vocabulary.purposes},
        "from": capacities | {"members"},
        "to": capacities | {"members"},
        "in_force": {"from", "until"},
    }
    dangling = [
        (one.id, path)
        for one in ENTRIES
        for path in one.unconfirmed
        if (first := path.split(".")[0]) in words and path.split(".")[1] not in words[first]
    ]

    assert dangling == []


def test_the_words_of_the_shipped_vocabulary_hang_together():
    words = shipped_vocabulary()
    facts, offices = {one.id for one in words.facts}, {one.id for one in words.offices}

    assert {one.opposite for one in words.facts if one.opposite} <= facts
    assert {office for one in words.facts for office in one.offices} <= offices
    assert {one.within for one in words.purposes if one.within} <= {one.id for one in words.purposes}
    for one in words.offices:
        SHIPPED.capacities_of(one.of)
    for kind in words.items:
        SHIPPED.kinds_of(kind.kinds)


@pytest.mark.parametrize("lists", ["purposes", "kinds", "capacities", "facts", "offices", "items"])
def test_every_word_of_the_vocabulary_stands_once(lists):
    words = [one.id for one in getattr(shipped_vocabulary(), lists)]

    assert words
    assert len(words) == len(set(words))


UNCONFIRMED = [
    one.id for one in ENTRIES if one.evidence == "to-confirm" and any(route.effect == "allows" for route in one.routes)
]


@pytest.mark.parametrize("id", UNCONFIRMED)
def test_what_has_yet_to_be_confirmed_opens_nothing_whatever_the_facts(id):
    """Every fact is so, then none is: no route of the entry is ever true."""
    provision = SHIPPED.provision(id)
    for said in ("yes", "no"):
        found = of_shipped(dict.fromkeys((fact.id for fact in SHIPPED.vocabulary.facts), said))
        weighed = [
            found.weigh(provision, route, item(), "discloser") for route in provision.routes if route.effect == "allows"
        ]

        assert all(one.value is not True for one in weighed)
        assert all(f"{id}.evidence" in one.doubts for one in weighed)


def of_shipped(facts: dict[str, str]) -> Case:
    asked = proposal(facts=facts, purpose="reduce-crime-disorder", mode=Mode.REQUEST)
    words = [fact.model_copy(update={"offices": ()}) for fact in SHIPPED.vocabulary.facts]
    known = replace(SHIPPED, vocabulary=SHIPPED.vocabulary.model_copy(update={"facts": tuple(words)}))
    parties = [
        world().partnership.view(party(name), asked.on).model_copy(update={"capacities": frozenset(), "facts": ()})
        for name in ("council", "police")
    ]
    return Case(asked, *parties, known)


def test_adding_a_later_period_changes_the_digest_but_not_what_is_in_force():
    later = {
        id: one.model_copy(update={"in_force": (*one.in_force, Period.model_validate({"from": "2050-01-01"}))})
        for id, one in LAW.provisions.items()
    }
    changed = Register("small", later, VOCABULARY)

    assert changed.digest != LAW.digest
    assert [one.id for one in changed.in_force_on(date(2026, 1, 1))] == [
        one.id for one in LAW.in_force_on(date(2026, 1, 1))
    ]


def test_the_order_in_which_provisions_are_written_is_kept():
    text = json.dumps({"provisions": [entry("b"), entry("a")]})

    assert list(load("small", {"act.yaml": text}, VOCABULARY).provisions) == ["b", "a"]


@pytest.mark.parametrize(
    ("written", "mark"),
    [("TLP-RED", "tlp-red"), ("tlp:red", "tlp-red"), ("3x5x2-C", "3x5x2-c"), ("Official", "official")],
)
def test_a_mark_of_handling_is_known_however_it_is_spelt(written: str, mark: str) -> None:
    assert shipped().mark(written) == mark


def test_a_mark_that_no_rule_knows_is_not_let_through_in_silence() -> None:
    with pytest.raises(UnknownName, match="tlp-red"):
        shipped().mark("tlp-redd")
