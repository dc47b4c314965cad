from dataclasses import replace

import pytest

from comity.agreement.lint import lint_together


def test_a_sound_agreement_has_no_problem(written, problems):
    assert problems(written) == {}


def changed(written, path, value):
    """The agreement with one value at a path of keys; `...` takes the key out."""
    *way, last = path
    place = written
    for key in way:
        place = place[key]
    if value is ...:
        del place[last]
    elif last == "+":
        place.append(value)
    else:
        place[last] = value
    return written


FLOW = ("flows", 0)
AGAIN = {
    "id": "again", "from": "police", "to": "council", "purpose": "reduce-crime-disorder",
    "items": ["home-address"], "powers": ["cda-1998-s115"], "method": "m", "correction": "c",
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "code", "grade"),
    [
        ((*FLOW, "to"), "counsil", "unknown-party", "error"),
        ((*FLOW, "items"), ["home-adress"], "unknown-item", "error"),
        ((*FLOW, "powers"), ["cda-1998-s116"], "unknown-provision", "error"),
        ((*FLOW, "set"), "asb-incident", "unknown-prescribed-set", "error"),
        ((*FLOW, "needs"), ["consents"], "unknown-fact-or-test", "error"),
        ((*FLOW, "purpose"), "tidiness", "purpose-not-agreed", "error"),
        ((*FLOW, "retention"), ..., "no-retention", "error"),
        ((*FLOW, "retention"), {"for": "P9Y"}, "retention-beyond-term", "warning"),
        ((*FLOW, "mode"), "feed", "no-schedule", "warning"),
        ((*FLOW, "until_date"), "2026-01-01", "outside-the-term", "warning"),
        (("suspended",), [{"from": "2026-06-01", "until": "2026-05-01"}], "ends-before-it-begins", "error"),
        (("flows", "+"), AGAIN | {"retention": {"for": "P1Y"}}, "overlapping-flows", "warning"),
        (("flows", "+"), AGAIN | {"retention": {"for": "P2Y"}}, "contradictory-flows", "error"),
        (("never",), [{"id": "a", "items": ["home-address"], "text": "t"}], "contradictory-clauses", "error"),
        (("never",), [{"id": "a", "kinds": ["personal"], "text": "t"}], "contradictory-clauses", "error"),
        (("never",), [{"id": "a", "text": "t"}], "clause-without-effect", "error"),
        (("parties", 1, "partner"), "northshire.example/partner/counsil", "unknown-partner", "error"),
        (("parties", 1, "signs"), ..., "party-does-not-sign", "error"),
        (("parties", "+"),
         {"called": "office", "partner": "northshire.example/partner/council", "signs": {"office": "Mayor"}},
         "signs-twice", "warning"),
        (("parties", "+"), {"called": "homes", "partner": "northshire.example/partner/housing",
                            "signs": {"office": "Group Chief Executive"}}, "party-in-no-flow", "warning"),
        (("refusal",), ..., "no-refusal", "error"),
        (("refusal", "codes"), ["because"], "unknown-reason-code", "error"),
        (("breach",), ..., "missing-section", "warning"),
        (("term",), {"from": "2026-04-01"}, "no-term", "warning"),
        (("term", "until"), "2026-03-01", "ends-before-it-begins", "error"),
        (("review",), {}, "no-review", "error"),
        (("review", "next"), "2026-10-01", "review-overdue", "warning"),
        (("review", "next"), "2028-04-01", "review-at-the-end", "warning"),
        (("review", "next"), "2028-05-01", "review-after-the-end", "error"),
        (("registered",), "2026-06-10", "registered-late", "warning"),
        (("version",), 2, "no-amendment", "warning"),
        (("marking",), "RESTRICTED", "obsolete-marking", "warning"),
        (("sections", 0, "refers_to"), ["limits"], "unknown-section", "error"),
        (("sections", 0, "text"), "As [limits](#limits) say.", "unknown-section", "error"),
        (("sections", 0, "text"), "Only as set out in section 4.", "dangling-reference", "error"),
        (("sections", 0, "covers"), ["tidiness"], "unknown-canonical-section", "error"),
        (("items",), [{"id": "comity.example/item/home-address", "title": "a", "kinds": ["event"]}],
         "item-in-wrong-category", "error"),
    ],
)  # fmt: skip
def test_each_fault_is_found_with_its_grade(written, problems, path, value, code, grade):
    found = problems(changed(written, path, value))

    assert code in found
    assert found[code].grade == grade
    assert found[code].sentence.endswith(".")
    assert found[code].line > 0 or code == "no-refusal"


def test_an_unknown_party_is_answered_with_the_nearest_name(written, problems):
    found = problems(changed(written, (*FLOW, "to"), "counsil"))

    assert found["unknown-party"].sentence == "There is no party called counsil."
    assert found["unknown-party"].remedy == "Did you mean council?"


def test_a_clause_with_an_exception_does_not_contradict_a_flow(written, problems):
    clause = {"id": "a", "items": ["home-address"], "text": "t", "unless": ["consent"]}

    assert "contradictory-clauses" not in problems(changed(written, ("never",), [clause]))


def test_a_reason_for_keeping_longer_settles_it(written, problems):
    retention = {"for": "P9Y", "beyond_term": "the order outlasts the agreement"}

    assert "retention-beyond-term" not in problems(changed(written, (*FLOW, "retention"), retention))


def test_a_section_of_an_act_is_no_reference_to_this_text(written, problems):
    text = "We rely on section 17 of the Crime and Disorder Act 1998."

    assert "dangling-reference" not in problems(changed(written, ("sections", 0, "text"), text))


def test_a_reference_to_the_wrong_section_is_found(written, problems):
    written["sections"] += [{"id": "limits", "heading": "Limits", "text": "Only for the purpose set out in section 2."}]

    assert problems(written)["reference-astray"].sentence.endswith("which is in section 1.")


def test_a_paragraph_that_stands_twice_is_found(written, problems):
    again = {"id": "more", "heading": "More", "text": written["sections"][0]["text"]}
    written["sections"].append(again)

    assert problems(written)["duplicate-text"].grade == "warning"


def test_prose_that_lists_a_body_which_is_no_party_is_found(written, problems):
    section = {"id": "parties", "heading": "Parties", "text": "Northshire Police, Westborough Council, Harbour Homes."}
    written["sections"].append(section)

    assert "housing" in problems(written)["party-lists-disagree"].sentence


def test_a_list_that_was_not_told_is_not_checked_against(written, problems, known):
    told_nothing = replace(known, partnership=None, items=None, purposes=None, facts=None, provisions=None)

    assert problems(changed(written, (*FLOW, "powers"), ["anything"]), told_nothing) == {}


def test_a_version_that_is_out_keeps_its_text(written, problems, known):
    out = replace(known, digests={("northshire.example/agreement/incidents", 1): "sha256:other"})

    assert "Make this version 2" in problems(written, out)["version-taken"].remedy


def test_two_agreements_with_one_id_are_found(written, read):
    (problem,) = lint_together([read(written), read(written)])

    assert problem.code == "duplicate-agreement"
