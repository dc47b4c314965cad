"""Agreements at the command line: from a first draft to signatures, versions and documents."""

import base64
import json
import re
import stat
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from comity.cli.folder import load_folder
from comity.cli.listing import today

FIRST = "agreements/first.yaml"
DEA = "tests/fixtures/dea-register"
PLACES = "tests/fixtures/gov-registers"


# ---- begin one -----------------------------------------------------------------


def test_new_makes_an_agreement_that_lints_without_error(shell):
    said = shell.done("agreement", "new", "agreements/second.yaml", "--family", "statistics", "--title", "It's new")

    assert "Next: comity agreement lint agreements/second.yaml" in said
    assert "0 errors" in shell.done("agreement", "lint", "agreements/second.yaml")
    shown = json.loads(shell.done("agreement", "show", "second", "--json"))["agreement"]
    assert (shown["title"], shown["family"]) == ("It's new", "statistics")


def test_new_never_overwrites(shell):
    before = (shell.folder / FIRST).read_bytes()

    assert "an agreement is never overwritten" in shell.refused(3, "agreement", "new", FIRST)
    assert (shell.folder / FIRST).read_bytes() == before


def test_new_wants_a_plain_name(shell):
    said = shell.refused(3, "agreement", "new", "agreements/My Agreement.yaml")

    assert "Use small letters, digits and hyphens, and .yaml" in said


def test_new_needs_no_folder(empty):
    empty.done("agreement", "new", "alone.yaml", "--between", "us", "them")

    assert "partner: example.org/partner/us" in (empty.folder / "alone.yaml").read_text("utf-8")


def test_new_knows_the_partners(shell):
    assert "There is no partner called polce. Did you mean police?" in shell.refused(
        4, "agreement", "new", "agreements/x.yaml", "--between", "polce", "council"
    )


# ---- lint ----------------------------------------------------------------------


def test_lint_passes_a_sound_agreement(shell):
    assert "Nothing wrong was found in 1 file." in shell.done("agreement", "lint", FIRST)


@pytest.mark.parametrize(("old", "new", "exit_code", "said"), [
    ("powers: [cda-1998-s115]", "powers: [cda-1998-s151]", 1,
     "There is no provision called cda-1998-s151. Did you mean cda-1998-s115"),
    ("partner/council", "partner/councl", 1, "There is no partner called north.example/partner/councl. Did you mean"),
    ("to: council", "to: the-council", 1, "There is no party called the-council. Did you mean council?"),
    ("until: 2099-01-01", "until: 2099-02-30", 3, "'2099-02-30' is no date in the calendar"),
    ("benefits:", "benefit:", 3, "There is no key called benefit here. Did you mean benefits?"),
    ("retention: {for: P1Y,", "retention: {for: 1 year,", 3, "is not a length of time"),
    ("schema: 1", "schema: 1\nregister: dea-2019", 1, "There is no register of law called dea-2019 here."),
])  # fmt: skip
def test_lint_says_what_is_wrong_and_where(shell, old, new, exit_code, said):
    shell.change(FIRST, old, new)

    output = shell.refused(exit_code, "agreement", "lint", FIRST)
    [line] = {one for one in output.splitlines() if said in one}
    number = (shell.folder / FIRST).read_text("utf-8").split(new.split("\n")[-1])[0].count("\n") + 1
    assert re.match(rf"agreements/first\.yaml:{number}: error: ", line), (number, line)


def test_lint_names_one_mistake_once(shell):
    shell.change(FIRST, "powers: [cda-1998-s115]", "powers: [cda-1998-s151]")

    assert shell.refused(1, "agreement", "lint", FIRST).count("cda-1998-s151") == 1


def test_lint_finds_clauses_that_contradict(shell):
    shell.change(FIRST, "items: [name]", "items: [incident-category]")

    said = shell.refused(1, "agreement", "lint", FIRST)
    assert "error" in said
    assert "no-names" in said


def test_lint_sees_two_agreements_with_one_id(shell):
    shell.write("draft.yaml", (shell.folder / FIRST).read_text("utf-8"))

    for files in ((FIRST, "draft.yaml"), ("draft.yaml",)):
        assert "is also north.example/agreement/first, version 1." in shell.refused(1, "agreement", "lint", *files)


def test_lint_goes_on_past_a_file_that_cannot_be_read(shell):
    shell.write("broken.yaml", "a: b: c")
    shell.change(FIRST, "to: council", "to: the-council")

    said = shell.refused(3, "agreement", "lint", "broken.yaml", FIRST, "missing.yaml")
    assert "broken.yaml:1: error: This is not well-formed YAML" in said
    assert "There is no party called the-council." in said
    assert "missing.yaml: error: There is no such file." in said


def test_lint_looks_at_a_text_of_the_folder_that_judgements_name(shell):
    shell.done(*judgement("necessary", "--agreement", "first", "--until", "2090-01-01"))

    assert "Nothing wrong was found" in shell.done("agreement", "lint", FIRST)


def test_lint_works_without_a_folder(shell, tmp_path, monkeypatch):
    text = (shell.folder / FIRST).read_text("utf-8")
    (tmp_path / "alone.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)

    result = shell("agreement", "lint", "alone.yaml")
    assert "There is no partnership folder here" in result.stderr
    assert "Nothing wrong was found in 1 file." in result.stdout


def test_lint_tells_what_is_wrong_with_the_folder_too(shell):
    shell.change("items.yaml", "items: []", "itemz: []")

    assert "items.yaml:3: error: There is no key called itemz here." in shell.refused(1, "agreement", "lint", FIRST)


def test_lint_as_json_has_codes_and_lines(shell):
    shell.change(FIRST, "to: council", "to: the-council")

    found = json.loads(shell.refused(1, "agreement", "lint", FIRST, "--json"))
    assert {(one["code"], one["grade"]) for one in found} >= {("unknown-party", "error")}


# ---- show and diff ---------------------------------------------------------------


def test_show_by_id_by_file_and_by_version(shell):
    by_id = shell.done("agreement", "show", "first")

    assert by_id == shell.done("agreement", "show", FIRST) == shell.done("agreement", "show", "first@1")
    assert "monthly-incidents: Incidents each month" in by_id
    assert "There is no version of first called 2." in shell.refused(4, "agreement", "show", "first@2")
    assert "There is no agreement called frist. Did you mean" in shell.refused(4, "agreement", "show", "frist")


def test_diff_says_what_changed_and_which_answers_change(shell):
    text = (shell.folder / FIRST).read_text("utf-8")
    shell.write(
        "agreements/second.yaml",
        text.replace("version: 1", "version: 2").replace(
            "items: [incident-category]", "items: [incident-category, incident-date]"
        ),
    )

    said = shell.done("agreement", "diff", "first@1", "first@2")
    assert "- council may now receive incident-date in flow monthly-incidents; before, not." in said
    assert re.search(r"monthly-incidents +incident-date +not promised before, \w+ now +1 +police to council", said)
    found = json.loads(shell.done("agreement", "diff", FIRST, "agreements/second.yaml", "--json"))
    assert [one["before"] for one in found["answers"]] == [None]


def test_diff_wants_the_law_the_agreement_cites(shell):
    shell.change(FIRST, "schema: 1", "schema: 1\nregister: dea-2019")

    assert "There is no register of law in this folder called dea-2019." in shell.refused(
        4, "agreement", "diff", FIRST, FIRST
    )


def test_diff_of_a_text_with_itself_is_nothing(shell):
    said = shell.done("agreement", "diff", FIRST, FIRST)

    assert "The text says the same." in said
    assert "None." in said


# ---- documents -------------------------------------------------------------------


@pytest.mark.parametrize(("form", "start"), [("html", b"<!"), ("pdf", b"%PDF-"), ("md", b"# First")])
def test_render_writes_the_document(signed, form, start):
    signed.done("agreement", "render", "first", "--to", form, "--out", f"first.{form}")

    content = (signed.folder / f"first.{form}").read_bytes()
    assert content.lower().startswith(start.lower())


def test_render_to_the_screen(shell):
    assert "First" in shell.done("agreement", "render", "first", "--to", "md")
    assert "give --out FILE" in shell.refused(2, "agreement", "render", "first", "--to", "pdf")


def test_render_into_a_folder_that_is_not_there_writes_nothing(shell):
    said = shell.refused(3, "agreement", "render", "first", "--out", "nowhere/first.html")

    assert "nowhere" in said
    assert "No such file or directory" in said


def test_odrl_is_json_ld(shell):
    assert json.loads(shell.done("agreement", "odrl", "first"))["@type"] == "Agreement"


# ---- keys and signatures -----------------------------------------------------------


def test_a_key_is_for_its_owner_only_and_never_replaced(shell):
    file = shell.folder.parent / "key.pem"
    shell.done("agreement", "key", "new", "--out", file)
    made = file.read_bytes()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "a key is never replaced" in shell.refused(3, "agreement", "key", "new", "--out", file)
    assert file.read_bytes() == made


def test_signatures_bring_an_agreement_into_force(shell):
    keys = {partner: shell.key(partner) for partner in ("council", "police")}
    assert "Not in force" in shell.done("agreement", "verify", "first")

    assert "kept in signatures/first.council.yaml" in shell.sign("council", keys["council"])
    assert "not signed by police" in shell.done("agreement", "verify", FIRST)
    shell.sign("police", keys["police"])
    assert "In force on" in shell.done("agreement", "verify", "first")
    assert load_folder(shell.folder, today()).world.agreements[0].signed_by == (
        "north.example/partner/council",
        "north.example/partner/police",
    )


def test_verify_answers_by_day(signed):
    assert "its term is over" in signed.done("agreement", "verify", "first", "--on", "2099-01-01")
    found = json.loads(signed.done("agreement", "verify", "first", "--json"))
    assert found["state"] == "in-force"
    assert [one["signed"] for one in found["parties"]] != ["no", "no"]


@pytest.mark.parametrize(("old", "new", "said"), [
    ("version: 1\n", "version: 1\nwithdrawn: 2026-01-02\n", "it was withdrawn on 2026-01-02"),
    ("version: 1\n", "version: 1\nsuspended: [{from: 2020-01-01}]\n", "but outside its term or suspended"),
])  # fmt: skip
def test_verify_says_why_an_agreement_is_not_in_force(shell, old, new, said):
    shell.change(FIRST, old, new)
    for partner in ("council", "police"):
        shell.sign(partner, shell.key(partner))

    assert said in shell.done("agreement", "verify", "first")


def test_a_version_keeps_the_signature_of_a_party_that_is_not_asked_again(signed):
    text = (signed.folder / FIRST).read_text("utf-8").replace("version: 1", "version: 2")
    signed.write("agreements/second.yaml", text + "\namendment: {reason: a review, signs_again: [council]}\n")
    assert "not signed by police" not in signed.done("agreement", "verify", "first@1")

    signed.sign("council", signed.folder.parent / "council.pem", "agreements/second.yaml")

    said = signed.done("agreement", "verify", "first@2")
    assert f"{today()}, by its signature under version 1" in said
    assert "In force on" in said
    assert load_folder(signed.folder, today()).world.agreements[0].agreement.version == 2
    printed = signed.done("agreement", "render", "first@2", "--to", "html")
    assert "its signature under version 1" in printed
    assert "to be signed" not in printed


def test_a_signature_that_does_not_hold_is_not_kept(signed):
    text = (signed.folder / FIRST).read_text("utf-8").replace("version: 1", "version: 2")
    signed.write("agreements/second.yaml", text + "\namendment: {reason: a review, signs_again: [council]}\n")
    signed.sign("council", signed.folder.parent / "council.pem", "agreements/second.yaml")
    day = (today() - timedelta(days=1)).isoformat()
    signed.change("signatures/first.police.yaml", today().isoformat(), day)

    assert load_folder(signed.folder, today()).signed["north.example/agreement/first"].kept == ()


def test_an_agreement_takes_the_place_of_what_it_supersedes(signed):
    text = (signed.folder / FIRST).read_text("utf-8").replace("agreement/first", "agreement/newer")
    signed.write("agreements/newer.yaml", text + "\nsupersedes: [north.example/agreement/first]\n")
    assert "In force on" in signed.done("agreement", "verify", "first")

    for partner in ("council", "police"):
        signed.sign(partner, signed.folder.parent / f"{partner}.pem", "agreements/newer.yaml")

    assert f"Not in force on {today()}: newer has taken its place." in signed.done("agreement", "verify", "first")
    assert "lapsed on" in signed.done("agreement", "show", "first")
    assert "In force on" in signed.done("agreement", "verify", "newer")


def test_a_key_may_be_its_bytes_in_hex(shell):
    seed = shell.write("council.seed", "07" * 32 + "\n")
    seed.chmod(0o600)

    assert "is not registered to The Council" in shell.refused(5, *signing("council", "council.seed"))


def test_what_a_lawyer_must_weigh_is_shown_and_does_not_stop_a_signature(shell):
    key = shell.key("council")
    shell.change("partnership.yaml", "      - {capacity: relevant-authority, from: 1998-09-30}\n", "")

    assert "reaches incident-category from police to council" in shell.sign("council", key)
    assert "signatures/first.council.yaml" in shell.files()


def test_signing_twice_keeps_one_signature(signed):
    assert "signed this text on" in signed.sign("council", signed.folder.parent / "council.pem")
    assert sum(one.startswith("signatures/first.council") for one in signed.files()) == 1


def signing(partner, key, office="Chief Executive"):
    return ("agreement", "sign", FIRST, "--key", key, "--partner", partner, "--office", office)


def test_the_wrong_key_signs_nothing(shell):
    keys = {partner: shell.key(partner) for partner in ("council", "police")}

    said = shell.refused(5, *signing("council", keys["police"]))
    assert "The key of this signature is not registered to The Council. Sign with the key that is, or" in said
    assert not any(one.startswith("signatures/") for one in shell.files())


@pytest.mark.parametrize(("partner", "office", "said"), [
    ("council", "Tea Lady", "by Chief Executive, not by Tea Lady. Sign with --office 'Chief Executive', or"),
    ("fire", "Chief Executive", "first for fire. Name one for whom an office signs (police, council), or"),
])  # fmt: skip
def test_only_the_named_office_of_a_party_signs(shell, partner, office, said):
    assert said in shell.refused(5, *signing(partner, shell.key("council"), office))


def test_what_is_no_key_is_said_to_be_none(shell):
    shell.write("key.txt", "secret")

    assert "This is not a private key" in shell.refused(3, *signing("council", "key.txt"))
    assert "There is no such file." in shell.refused(3, *signing("council", "kye.txt"))


def test_a_key_of_a_kind_that_nobody_knows_is_said_to_be_none(shell):
    made = ec.generate_private_key(ec.SECP256R1())
    content = made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    curve = bytes.fromhex("2a8648ce3d0301")
    other = base64.encodebytes(content.replace(curve + b"\x07", curve + b"\x7f")).decode()
    shell.write("key.pem", f"-----BEGIN PRIVATE KEY-----\n{other}-----END PRIVATE KEY-----\n")

    assert "This is not a private key" in shell.refused(3, *signing("council", "key.pem"))


def test_nobody_signs_for_a_day_to_come(shell):
    before = shell.files()
    said = shell.refused(3, *signing("council", shell.key("council")), "--on", "2098-01-01")

    assert said == (
        "--on: error: 2098-01-01 is still to come. Sign on that day, or leave --on out to sign today. [not-yet]\n"
    )
    assert shell.files() == before


@pytest.mark.parametrize("key", ["AAAA", "not base64", "", "A" * 44])
def test_a_public_key_that_is_none_is_refused_with_its_line(shell, key):
    shell.key("council")
    text = (shell.folder / "partnership.yaml").read_text("utf-8")
    shell.write("partnership.yaml", re.sub(r"public_key: [^,]+", f"public_key: '{key}'", text))

    said = shell.refused(3, "partners")
    assert re.search(r"partnership\.yaml:\d+: error: partners\.\d\.keys\.0\.public_key: .* is not a public key\.", said)
    assert "Copy the whole of what comity agreement key new prints." in said


def test_a_key_that_others_may_read_is_warned_of(shell):
    key = shell.key("council")
    key.chmod(0o644)

    assert "Others may read this key." in shell.sign("council", key)


def test_a_text_with_errors_is_not_signed(shell):
    key = shell.key("council")
    shell.change(FIRST, "to: council", "to: the-council")

    assert "Settle them before anybody signs." in shell.refused(1, *signing("council", key))
    assert not any(one.startswith("signatures/") for one in shell.files())


def test_a_text_outside_the_folder_is_not_signed(shell):
    key = shell.key("council")
    text = (shell.folder / FIRST).read_text("utf-8")
    shell.write("elsewhere.yaml", text.replace("title: 'First'", "title: 'Other'"))

    said = shell.refused(
        3, "agreement", "sign", "elsewhere.yaml", "--key", key, "--partner", "council", "--office", "Chief Executive"
    )
    assert "so that everybody signs the same text" in said


def test_verify_fails_when_a_signature_was_altered(signed):
    day = (today() - timedelta(days=1)).isoformat()
    signed.change("signatures/first.council.yaml", today().isoformat(), day)

    said = signed.refused(5, "agreement", "verify", "first")
    assert "does not verify: what it says was altered, or another key made it." in said
    assert "no: its signature does not hold" in said
    assert "Not in force" in said


# ---- judgements --------------------------------------------------------------------


def judgement(test, *scope, office="service-manager", partner="council"):
    return (
        "judge",
        test,
        "--answer",
        "yes",
        "--by",
        "A. Person",
        "--office",
        office,
        "--partner",
        partner,
        "--reasons",
        "It is needed: nothing less will do",
        *scope,
    )


def test_a_judgement_of_one_case_is_kept_and_listed(shell):
    said = shell.done(*judgement("necessary", "--instance", "case-7", "--item", "home-address"))

    assert "Recorded in judgements/" in said
    [kept] = load_folder(shell.folder, today()).world.judgements
    assert (kept.test, kept.answer, kept.scope.instance) == ("necessary", "yes", "case-7")
    assert kept.items == ("comity.example/item/home-address",)
    assert "case case-7" in shell.done("judgements")


def test_a_judgement_of_a_flow_is_tied_to_its_clause(shell):
    shell.done(
        *judgement(
            "necessary", "--agreement", "first", "--flow", "monthly-incidents", "--until", today() + timedelta(days=9)
        )
    )
    assert "lapses in 9 days" in shell.done("judgements")

    shell.change(FIRST, "method: by secure file transfer", "method: by pigeon")
    [listed] = json.loads(shell.done("judgements", "--json"))
    assert listed["standing"] == "lapsed: the clause it was made on has changed"


@pytest.mark.parametrize(("words", "standing"), [
    (("--from", "2020-01-01", "--until", "2020-02-01"), "lapsed"),
    (("--from", "2098-01-01"), "not yet"),
    (("--until", "2098-01-01"), "counts"),
    (("--flow", "monthly-incidents"), "counts"),
])  # fmt: skip
def test_judgements_say_how_each_stands(shell, words, standing):
    shell.done(*judgement("necessary", "--agreement", "first", *words))

    [listed] = json.loads(shell("judgements", "--json").stdout)
    assert listed["standing"] == standing


def test_a_judgement_lapses_with_its_flow(shell):
    shell.done(*judgement("necessary", "--agreement", "first", "--flow", "monthly-incidents"))
    shell.change(FIRST, "id: monthly-incidents", "id: weekly-incidents")

    [listed] = json.loads(shell("judgements", "--json").stdout)
    assert listed["standing"] == "lapsed: the clause it was made on has changed"


def test_a_class_judgement_without_an_end_is_warned_of(shell):
    assert "has no last day" in shell.done(*judgement("necessary", "--agreement", "first"))


def test_judgements_do_not_replace_each_other(shell):
    for _ in range(3):
        shell.done(*judgement("necessary", "--instance", "case-7"))

    assert len(load_folder(shell.folder, today()).world.judgements) == 3


@pytest.mark.parametrize(("words", "exit_code", "said"), [
    (judgement("necesary", "--instance", "1"), 4, "called necesary. Did you mean necessary"),
    (judgement("apd", "--instance", "1"), 4, "There is no test (a question only a person can settle) called apd."),
    (judgement("necessary", "--instance", "1", office="tea-lady"), 3, "tea-lady may not answer necessary. It is for"),
    (judgement("necessary", "--instance", "1", partner="fire"), 4, "There is no partner called fire."),
    (judgement("necessary", "--instance", "1", "--item", "home-addres"), 4, "Did you mean home-address"),
    (judgement("necessary"), 3, "It is not said what this judgement is for."),
    (judgement("necessary", "--flow", "x"), 3, "A flow belongs to an agreement."),
    (judgement("necessary", "--instance", "1", "--agreement", "first"), 3, "for one case or for an agreement"),
    (judgement("necessary", "--agreement", "frist"), 4, "There is no agreement called frist."),
    (judgement("necessary", "--agreement", "first", "--flow", "x"), 4, "There is no flow in north.example/agreement"),
    (judgement("necessary", "--instance", "1", "--until", "2020-01-01"), 3, "It would end on 2020-01-01"),
    (judgement("necessary", "--instance", "1", office="disclosure-officer"), 3,
     "Council has no disclosure-officer. There it is for one of: "),
    (judgement("necessary", "--agreement", "first", "--item", "diagnosis"), 3,
     "No flow that is meant promises diagnosis. Promised are: "),
    (judgement("necessary", "--instance", "1", "--from", "2026-05-02", "--until", "2026-05-02"), 3,
     "It would end on 2026-05-02 and begin on 2026-05-02."),
    (judgement("pressing-need", "--agreement", "first", office="case-officer", partner="police"), 3,
     "pressing-need can be answered case by case only"),
    (("judge", "necessary", "--answer", "yes", "--by", "A", "--office", "service-manager", "--partner", "council",
      "--instance", "1"), 2, "Missing option '--reasons'"),
    ((*judgement("necessary", "--instance", "1"), "--reasons", "  "), 2, "it is empty"),
    ((*judgement("necessary", "--instance", "1"), "--until", "2026-02-30"), 2, "is no date in the calendar"),
])  # fmt: skip
def test_what_would_never_count_is_not_recorded(shell, words, exit_code, said):
    assert said in " ".join(shell.refused(exit_code, *words).split())
    assert not any(one.startswith("judgements/") for one in shell.files())


def test_a_judgement_of_a_partner_that_is_no_party_is_refused(shell):
    shell.change(
        "partnership.yaml",
        "  - id: north.example/partner/police",
        "  - {id: north.example/partner/fire, name: Fire, sector: public}\n  - id: north.example/partner/police",
    )

    said = shell.refused(4, *judgement("necessary", "--agreement", "first", partner="fire"))
    assert "There is no party to north.example/agreement/first called north.example/partner/fire." in said


def test_a_judgement_of_a_partner_at_neither_end_of_the_flow_is_refused(northshire):
    words = judgement(
        "necessary",
        "--agreement",
        "safer-westborough-protocol",
        "--flow",
        "quarterly-fires",
        partner="safehaven",
    )

    said = northshire.refused(3, *words)
    assert "--partner: error: SafeHaven neither" in said


def test_what_cannot_count_yet_is_recorded_with_a_warning(shell):
    said = shell.done(*judgement("necessary", "--agreement", "first", "--until", "2098-01-01"))

    assert "--agreement: warning: " in said
    assert f"is draft on {today()}. The judgement counts on days on which it is in force." in said
    assert "Recorded in judgements/" in said


def test_what_counts_is_recorded_without_a_warning(signed):
    said = signed.done(*judgement("necessary", "--agreement", "first", "--until", "2098-01-01"))

    assert "warning" not in said


def test_an_office_that_the_partner_will_have_is_warned_of(shell):
    shell.change(
        "partnership.yaml",
        "{capacity: chief-officer-of-police, from: 1998-09-30",
        "{capacity: chief-officer-of-police, from: 2090-01-01",
    )

    said = shell.done(*judgement("necessary", "--instance", "1", office="case-officer", partner="police"))
    assert f"The Police has no case-officer on {today()}." in said


# ---- the register of 2019 ----------------------------------------------------------


def test_import_dea_lists_every_entry_with_its_time_and_what_is_wrong(empty, pytestconfig):
    files = [*(pytestconfig.rootpath / DEA).glob("*.rsf"), *(pytestconfig.rootpath / PLACES).glob("*.rsf")]

    said = empty.refused(1, "agreement", "import-dea", *files)
    assert len(re.findall(r"(?m)^\d+ +\d+ +\d+ +2019-\d\d-\d\d \d\d:\d\d:\d\d|^1 +1 +1 +2018-12-14", said)) == 40
    assert "objecitves" in said
    found = json.loads(empty.refused(1, "agreement", "import-dea", *files, "--json"))
    assert len(found["versions"]) == 40
    assert len({one["agreement"] for one in found["versions"]}) == 38


def test_import_dea_uses_the_test_law_of_the_folder(shell, pytestconfig):
    file = pytestconfig.rootpath / DEA / "information-sharing-agreement-0001.rsf"
    assert "comity law import-dea DIR" in shell.refused(3, "agreement", "import-dea", file)

    shell.done("law", "import-dea", pytestconfig.rootpath / DEA)
    assert "40" in shell.refused(1, "agreement", "import-dea", file)


def test_import_dea_wants_the_register_of_agreements(empty, pytestconfig):
    [file] = (pytestconfig.rootpath / DEA).glob("*specified-person*")

    assert "None of the files is the register of agreements." in empty.refused(3, "agreement", "import-dea", file)


def test_an_agreement_that_cites_the_test_law_is_read_by_it_alone(shell, pytestconfig):
    shell.done("law", "import-dea", pytestconfig.rootpath / DEA)
    shell.change(FIRST, "schema: 1", "schema: 1\nregister: dea-2019")

    folder = load_folder(shell.folder, today())
    assert folder.world.agreements == ()
    assert [one.agreement.register_ for one in folder.worlds["dea-2019"].agreements] == ["dea-2019"]
