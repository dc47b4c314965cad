"""A partnership folder is read whole, and everything wrong with it is said at once."""

from datetime import date, timedelta

import pytest

from comity.cli.folder import find_folder, load_folder
from comity.cli.listing import today
from comity.errors import InputError

ON = today()


def test_init_makes_a_folder_that_reads_back(empty):
    empty.done("init", "new", "--name", "It's ours: really", "--domain", "ours.example")

    folder = load_folder(empty.folder / "new", ON)
    assert folder.world.partnership.name == "It's ours: really"
    assert [one.id for one in folder.world.partnership.partners] == [
        "ours.example/partner/council",
        "ours.example/partner/police",
    ]


def test_init_leaves_a_partnership_folder_alone(shell):
    said = shell.refused(3, "init", shell.folder)

    assert "This is a partnership folder already." in said


def test_init_refuses_what_is_no_domain(empty):
    assert "Write it as northshire.example." in empty.refused(3, "init", "new", "--domain", "My Town")
    assert empty.files() == set()


def test_the_folder_is_found_from_within(shell, monkeypatch):
    monkeypatch.chdir(shell.folder / "agreements")

    assert find_folder(shell.folder / "agreements") == shell.folder
    assert "The Council" in shell.done("partners")


def test_the_folder_is_found_by_its_option(shell, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert "The Council" in shell.done("--folder", "north", "partners")


def test_without_a_folder_the_command_says_how_to_begin_one(empty):
    said = empty.refused(3, "partners")

    assert "There is no partnership.yaml here or in any folder above." in said
    assert "comity init FOLDER" in said


@pytest.mark.parametrize(("old", "new", "said"), [
    ("capacity: responsible-authority", "capacity: responsible-autority",
     "There is no capacity called responsible-autority. Did you mean responsible-authority"),
    ("fact: apd", "fact: apdd", "There is no fact or test called apdd. Did you mean apd"),
    ("sector: public", "acts_for: [{partner: north.example/partner/polise, reference: r}]\n    sector: public",
     "There is no partner called north.example/partner/polise."),
    ("sector: public",
     "acts_for: [{partner: north.example/partner/police, reference: r, purposes: reduce-crime}]\n    sector: public",
     "There is no purpose called reduce-crime."),
    ("sector: public", "units: [{name: a, title: A, capacities: [{capacity: nhs-trus}]}]\n    sector: public",
     "There is no capacity called nhs-trus. Did you mean nhs-trust"),
])  # fmt: skip
def test_a_word_of_the_partnership_that_no_register_knows_is_said_with_its_line(shell, old, new, said):
    shell.change("partnership.yaml", old, new)

    line = (shell.folder / "partnership.yaml").read_text("utf-8").split(new.rsplit("\n", 1)[0])[0].count("\n") + 1
    assert f"partnership.yaml:{line}: error: {said}" in shell.refused(3, "agreement", "list")


def test_a_kind_of_an_item_that_no_register_knows_is_said_with_its_line(shell):
    shell.write("items.yaml", "items:\n  - {id: north.example/item/a, title: A, kinds: [adress]}\n")

    assert "items.yaml:2: error: There is no kind of information called adress." in shell.refused(3, "items")


def test_a_folder_that_was_named_must_be_one(shell):
    for words in (("partners",), ("law", "list"), ("agreement", "lint", "agreements/first.yaml")):
        assert "agreements: error: There is no partnership.yaml in this folder." in shell.refused(
            3, "--folder", "agreements", *words
        )


def test_every_problem_of_every_file_is_said_at_once(shell):
    shell.write(
        "judgements/a.yaml",
        "judgements:\n- {test: necesary, by: X, office: y, partner: council, reasons: z, scope: {instance: 1}}\n",
    )
    shell.write("agreements/broken.yaml", "schema: [\n")
    shell.write("law/local.yaml", "provisions:\n- {id: local}\n")
    shell.change("items.yaml", "items: []", "itemz: []")

    said = shell.refused(3, "agreement", "list")
    assert "agreements/broken.yaml:2: error: This is not well-formed YAML" in said
    assert "judgements/a.yaml:2: error: " in said
    assert "law/local.yaml:2: error: provisions.0.citation is missing." in said
    assert "items.yaml:3: error: There is no key called itemz here. Did you mean items?" in said


def test_hidden_files_and_half_written_ones_are_not_read(shell):
    shell.write("agreements/.first.yaml.x.part", "{")
    shell.write("agreements/.draft.yaml", "{")

    assert set(load_folder(shell.folder, ON).agreements) == {"north.example/agreement/first"}


def test_two_agreements_with_one_id_and_version_are_a_problem(shell):
    shell.write("agreements/second.yaml", (shell.folder / "agreements/first.yaml").read_text("utf-8"))

    said = shell.refused(3, "agreement", "list")
    assert "agreements/second.yaml:9: error: agreements/first.yaml is also north.example/agreement/first" in said
    assert "Give this agreement an id of its own, or the next version number." in said


def test_an_unsigned_version_does_not_replace_a_signed_one(signed):
    text = (signed.folder / "agreements/first.yaml").read_text("utf-8")
    signed.write("agreements/first-v2.yaml", text.replace("version: 1", "version: 2"))

    folder = load_folder(signed.folder, ON)
    assert folder.signed["north.example/agreement/first"].agreement.version == 1


def test_a_signed_version_replaces_the_one_before_once_its_term_begins(signed, start):
    begins = ON + timedelta(days=100)
    text = (signed.folder / "agreements/first.yaml").read_text("utf-8")
    later = text.replace("version: 1", "version: 2").replace(f"from: {start},", f"from: {begins},")
    signed.write("agreements/first-v2.yaml", later)
    for partner in ("council", "police"):
        signed.sign(partner, signed.folder.parent / f"{partner}.pem", "agreements/first-v2.yaml")

    counts = [
        load_folder(signed.folder, on).signed["north.example/agreement/first"].agreement.version
        for on in (begins - timedelta(days=1), begins)
    ]
    assert counts == [1, 2]


def test_a_lapsed_agreement_stays_in_sight(signed):
    signed_agreement = load_folder(signed.folder, date(2099, 1, 1)).signed["north.example/agreement/first"]

    assert signed_agreement.state_on(date(2099, 1, 1)) == "lapsed"


def test_a_signature_that_does_not_hold_is_a_warning_and_counts_for_nothing(signed):
    signed.change("agreements/first.yaml", "title: 'First'", "title: 'Another'")

    said = signed.done("agreement", "list")
    assert "signatures/first.council.yaml:4: warning: The signature of north.example/partner/council covers" in said
    assert "draft" in said


def test_a_confirmation_of_a_doubt_that_is_not_there_is_a_problem(shell):
    shell.write(
        "confirmations/a.yaml",
        "confirmations:\n- {entry: cda-1998-s115, path: evidense, value: true, who: X, when: 2026-01-01, source: y}\n",
    )

    said = shell.refused(3, "law", "list")
    assert "confirmations/a.yaml:2: error: There is no open doubt about cda-1998-s115" in said


def test_two_judgements_with_one_id_are_a_problem(shell):
    for name in ("a", "b"):
        shell.write(
            f"judgements/{name}.yaml",
            "judgements:\n- {id: same, test: necessary, by: X, office: service-manager, partner: council,"
            " reasons: z, scope: {instance: '1'}}\n",
        )

    assert "The judgement same stands in judgements/a.yaml as well." in shell.refused(3, "judgements")


@pytest.mark.parametrize(("test", "office", "why"), [
    ("necessary", "tea-lady", "tea-lady may not answer necessary; business-manager, "),
    ("pressing-need", "case-officer", "pressing-need can be answered case by case only"),
])  # fmt: skip
def test_a_judgement_that_counts_for_nothing_is_warned_of(shell, test, office, why):
    shell.write(
        "judgements/a.yaml",
        "judgements:\n- {test: necessary, by: X, office: service-manager,"
        " partner: police, reasons: z, scope: {instance: '1'}}\n"
        f"- {{test: {test}, by: X, office: {office}, partner: police, reasons: z, "
        "scope: {agreement: first}}\n",
    )

    said = shell.done("agreement", "list")
    assert "judgements/a.yaml:3: warning: The judgement a-2" in said
    assert why in said


def test_partners_and_items_stand_once(shell):
    shell.change("items.yaml", "items: []", "items:\n" + "- {id: north.example/item/x, title: X, kinds: [event]}\n" * 2)
    shell.change("partnership.yaml", "north.example/partner/police", "north.example/partner/council")

    said = shell.refused(3, "partners")
    assert "items.yaml:5: error: north.example/item/x stands twice. Keep one of the two." in said
    assert "error: north.example/partner/council stands twice." in said


def test_a_folder_needs_no_items_of_its_own(shell):
    (shell.folder / "items.yaml").unlink()

    assert "incident-category" in shell.done("items", "incident-category")


def test_a_signature_under_nothing_is_a_warning(signed):
    (signed.folder / "agreements/first.yaml").unlink()

    assert "There is no agreement north.example/agreement/first in this folder." in signed.done("partners")


def test_a_file_may_hold_one_judgement_alone(shell):
    shell.write(
        "judgements/a.yaml",
        "{test: necessary, by: X, office: tea-lady, partner: police, reasons: z, scope: {instance: '1'}}\n",
    )

    assert "judgements/a.yaml:1: warning: The judgement a-1" in shell.done("judgements")


def test_an_item_may_not_mean_two_things(shell):
    shell.change(
        "items.yaml", "items: []", "items: [{id: north.example/item/incident-category, title: X, kinds: [personal]}]"
    )

    assert "north.example/item/incident-category is given other kinds elsewhere." in shell.refused(3, "items")


def test_titles_name_partners_items_and_agreements(shell):
    titles = load_folder(shell.folder, ON).titles

    assert titles["north.example/partner/police"] == "The Police"
    assert titles["north.example/item/incident-category"] == "Category of the incident"
    assert titles["north.example/agreement/first"] == "First"


def test_partners_and_items_are_listed(shell):
    assert "chief-officer-of-police" in shell.done("partners")
    assert "incident-category" in shell.done("items", "incident-cat")
    assert "Did you mean" in shell.done("items", "incident-categroy")


def test_a_folder_without_partners_file_says_which_file_is_missing(shell):
    (shell.folder / "partnership.yaml").unlink()

    with pytest.raises(InputError, match=r"partnership\.yaml: error: There is no such file\."):
        load_folder(shell.folder, ON)


def test_what_stands_where_judgements_belong_and_cannot_be_read_is_never_passed_over(shell):
    (shell.folder / "confirmations").mkdir(exist_ok=True)
    (shell.folder / "confirmations" / "gone.yaml").symlink_to("nowhere.yaml")

    assert "confirmations/gone.yaml: error: This cannot be read as it stands." in shell.refused(3, "partners")
