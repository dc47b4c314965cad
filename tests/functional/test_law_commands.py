"""The law register at the command line."""

import json

import pytest

REGISTER = "tests/fixtures/dea-register"
LOCAL = """\
schema: 1
provisions:
  - id: north-protocol
    citation: Safer North protocol 2026
    title: Our own protocol
    source: https://north.example/protocol
    kind: power
    summary: Lets the council give the police the incidents of the month.
    evidence: read
    checked: 2026-11-01
    in_force: [{from: 2026-01-01}]
    routes:
      - id: incidents
        step: power
        from: [local-authority]
        to: [chief-officer-of-police]
        purposes: [reduce-crime-disorder]
"""


@pytest.fixture
def dea(pytestconfig):
    return pytestconfig.rootpath / REGISTER


def test_list_shows_every_entry_and_narrows(shell):
    every = json.loads(shell.done("law", "list", "--json"))
    powers = json.loads(shell.done("law", "list", "--kind", "power", "--evidence", "read", "--json"))

    assert len(powers) < len(every)
    assert {one["kind"] for one in powers} == {"power"}
    assert "cda-1998-s115" in shell.done("law", "list")


def test_list_on_a_day_leaves_out_what_was_not_in_force(shell):
    assert "cda-1998-s115" in shell.done("law", "list", "--on", "2026-11-16")
    assert "cda-1998-s115" not in shell.done("law", "list", "--on", "1997-01-01")


def test_law_needs_no_folder(empty):
    assert "Crime and Disorder Act 1998 s.115" in empty.done("law", "show", "cda-1998-s115")


def test_show_says_where_since_when_and_what_it_does(shell):
    said = shell.done("law", "show", "cda-1998-s115")

    assert "In force    from 1998-09-30" in said
    assert "https://www.legislation.gov.uk/ukpga/1998/37/section/115" in said
    assert "What it does:\n- to-relevant-authority: allows at the step power; to relevant-authority" in said
    assert "Common misreadings:" in said


def test_show_offers_the_nearest_name(shell):
    said = shell.refused(4, "law", "show", "cda-1998-s151")

    assert "There is no provision called cda-1998-s151. Did you mean cda-1998-s115" in said


def test_on_says_what_is_in_force_and_what_begins_or_ends_near(shell):
    before = json.loads(shell.done("law", "on", "1998-09-29", "--json"))

    assert "cda-1998-s115" not in before["in_force"]
    assert ("1998-09-30", "begins", "cda-1998-s115") in {
        (one["day"], one["what"], one["id"]) for one in before["changes"]
    }
    assert "Begins or ends within a year of that day" in shell.done("law", "on", "1998-09-29")


def test_the_words_of_the_law_are_listed(empty):
    assert "reduce-crime-disorder" in empty.done("law", "purposes")
    assert "relevant-authority" in empty.done("law", "capacities")
    assert "personal" in empty.done("law", "kinds")
    assert "necessary" in empty.done("law", "tests")
    assert "apd" in empty.done("law", "facts")


# ---- local entries -----------------------------------------------------------


def test_show_puts_every_condition_of_a_route_into_words(shell):
    shell.write(
        "law/local.yaml",
        LOCAL + "        on_request: true\n        agreement: required\n"
        "        in_force: [{from: 2026-06-01}]\n        duty: true\n",
    )

    said = " ".join(shell.done("law", "show", "north-protocol").split())
    assert (
        "incidents: demands it at the step power; from local-authority; to chief-officer-of-police; for "
        "reduce-crime-disorder; in force from 2026-06-01; on request; under a written agreement"
    ) in said
    assert "Safer North protocol 2026 (incidents)" in shell.done("law", "on", "2026-05-01")


def test_check_passes_a_sound_local_entry(shell):
    shell.write("local.yaml", LOCAL)

    assert "Nothing wrong was found in 1 file." in shell.done("law", "check", "local.yaml")


def test_a_local_entry_joins_the_register(shell):
    shell.write("law/local.yaml", LOCAL)

    assert "Safer North protocol 2026" in shell.done("law", "show", "north-protocol")


@pytest.mark.parametrize(("old", "new", "exit_code", "said"), [
    ("    source: https://north.example/protocol\n", "", 3, "local.yaml:3: error: provisions.0.source is missing."),
    ("https://north.example/protocol", "our cupboard", 1, "local.yaml:6: error: north-protocol: the source is not"),
    ("    evidence: read\n", "", 3, "local.yaml:3: error: provisions.0.evidence is missing."),
    ("evidence: read", "evidence: sure", 3, "local.yaml:9: error: provisions.0.evidence: 'sure' is not one of"),
    ("[local-authority]", "[local-authorty]", 1,
     "local.yaml:15: error: There is no capacity called local-authorty. Did you mean local-authority"),
    ("[reduce-crime-disorder]", "[reduce-crime]", 1, "local.yaml:17: error: There is no purpose called reduce-crime."),
    ("id: north-protocol", "id: cda-1998-s115", 1,
     "local.yaml:3: error: cda-1998-s115 is an entry of the shipped register."),
    ("checked: 2026-11-01", "checked: 2999-01-01", 1, "local.yaml:10: error: north-protocol was checked on a day"),
    ("2026-11-01", "2026-11-31", 3, "is no date in the calendar"),
    ("    title:", "    tittle:", 3, "There is no key called tittle here. Did you mean title?"),
])  # fmt: skip
def test_check_names_what_is_wrong_with_its_line(shell, old, new, exit_code, said):
    assert old in LOCAL
    shell.write("local.yaml", LOCAL.replace(old, new))

    assert said in shell.refused(exit_code, "law", "check", "local.yaml")


def test_check_warns_of_what_may_stand(shell):
    shell.write("local.yaml", LOCAL.replace("evidence: read", "evidence: to-confirm").split("    routes:")[0])

    said = shell.done("law", "check", "local.yaml")
    assert "warning: north-protocol has yet to be confirmed" in said
    assert "warning: north-protocol has no routes" in said
    assert "0 errors, 2 warnings in 1 file." in said


# ---- confirmations -----------------------------------------------------------


def doubtful(shell):
    """An entry with an open doubt, and the doubt."""
    for one in json.loads(shell.done("law", "list", "--evidence", "to-confirm", "--json")):
        return one["id"], "evidence"
    raise AssertionError("the register has no entry to confirm")


def confirm(shell, *words):
    return (
        "law",
        "confirm",
        *words,
        "--value",
        "yes",
        "--who",
        "B. Lawyer",
        "--office",
        "legal-officer",
        "--source",
        "https://www.legislation.gov.uk",
    )


def test_confirm_records_an_officers_word(shell):
    entry, path = doubtful(shell)
    shell.done(*confirm(shell, entry, path))

    assert f"{path} (confirmed: it is so)" in shell.done("law", "show", entry)
    assert shell.files() >= {f"confirmations/{entry}-{path}.yaml"}


def test_a_second_word_goes_beside_the_first(shell):
    entry, path = doubtful(shell)
    for _ in range(2):
        shell.done(*confirm(shell, entry, path))

    assert shell.files() >= {f"confirmations/{entry}-{path}.yaml", f"confirmations/{entry}-{path}-2.yaml"}


def test_confirm_refuses_what_is_not_in_doubt(shell):
    said = shell.refused(4, *confirm(shell, "cda-1998-s115", "who"))

    assert "There is no open doubt about cda-1998-s115 (open are in_force.from" in said
    assert not any(one.startswith("confirmations/") for one in shell.files())


# ---- the test law of 2019 ------------------------------------------------------


def test_import_dea_summarises_and_keeps_the_register(shell, dea):
    said = shell.done("law", "import-dea", dea)

    assert "Test law dea-2019: 7 powers, 96 specified persons" in said
    assert "dea-2019-power-7" in shell.done("law", "list", "--register", "dea-2019")
    assert "dea-2019-power-7" not in shell.done("law", "list")


def test_import_dea_as_json_has_dates(shell, dea):
    summary = json.loads(shell("law", "import-dea", dea, "--print-only", "--json").stdout)

    assert (len(summary["powers"]), len(summary["persons"])) == (7, 96)
    assert summary["powers"][0]["in_force"] == "from 2018-11-01"
    assert not (shell.folder / "law-registers").exists()


def test_import_dea_finds_an_altered_register(shell, dea, tmp_path):
    for file in dea.glob("*.rsf"):
        (tmp_path / file.name).write_bytes(file.read_bytes().replace(b"Secretary of State for Defence", b"Me"))

    said = shell.refused(6, "law", "import-dea", tmp_path)
    assert "The register was altered or cut; fetch it again." in said
    assert not (shell.folder / "law-registers").exists()


def test_a_register_that_was_not_imported_is_not_known(shell):
    said = shell.refused(4, "law", "list", "--register", "dea-2019")

    assert "comity law import-dea" in said
