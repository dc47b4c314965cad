"""The register of Digital Economy Act agreements: what it maps to, and what is wrong in it."""

from datetime import UTC, date, datetime
from functools import cache

import pytest

from comity.check.dea_agreements import import_dea
from comity.check.dea_faults import lint_dea
from comity.errors import DamagedRegister
from comity.law.dea import PERSONS, POWERS
from comity.law.places import places_of
from comity.law.rsf import read_rsf
from tests.dea_registers import AGREEMENTS, law, places, published, written

FILE = f"{AGREEMENTS}.rsf"
HMRC, DWP = "government-organisation:D25", f"{PERSONS}:7"


@cache
def imported():
    return import_dea(published(AGREEMENTS), law(), places())


@cache
def problems():
    return lint_dea(imported(), law(), places())


def found(code, key=None):
    """The problems of a code, of one agreement or of all."""
    start = f"Agreement {key} (" if key else ""
    return [one for one in problems() if one.code == code and one.sentence.startswith(start)]


def keys_of(code):
    return {int(one.sentence.split()[1]) for one in found(code)}


def agreement(**changed):
    """An agreement with nothing wrong in it, but for what is changed."""
    item = {
        "name": "An invented pilot",
        "purpose": "To find debt.",
        "disclosed-information": "Names.",
        "legal-power-disclosure": f"{POWERS}:6",
        "controllers": ["local-authority-eng:BIR"],
        "processors": [HMRC],
        "information-sharing-method": "Secure e-mail",
        "retention-period": "P6M",
        "start-date": "2019-05-01",
        "end-date": "2020-04-30",
        "review-date": "2020-01-15",
        "contact": "office@council.example",
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    return {name: value for name, value in item.items() if value is not None}


def linted(*items, time="2019-05-01T09:00:00Z", known=True):
    text = written(*((str(at), time, item) for at, item in enumerate(items, start=1)))
    where = places() if known else None
    return lint_dea(import_dea(text, law(), where, file="a.rsf"), law(), where)


def codes(*items, **how):
    return [one.code for one in linted(*items, **how) if one.code not in ("mixed-schemes", "two-codes")]


# --- what is imported


def test_all_entries_are_versions_with_their_times():
    versions = imported().versions

    assert len(versions) == 40
    assert len({one.key for one in versions}) == 38
    assert [one.number for one in imported().of("2")] == [1, 2]
    assert versions[0].entry.time == datetime(2018, 12, 14, 14, 57, 9, tzinfo=UTC)


def test_the_register_answers_as_at_a_time():
    stood = {one.key: one for one in imported().as_at(datetime(2019, 4, 1, tzinfo=UTC))}

    assert sorted(stood) == ["1", "2", "3", "4"]
    assert stood["2"].agreement.term.until == date(2019, 4, 1)
    assert stood["4"].number == 2


def test_every_entry_maps_but_the_one_that_rests_on_no_power():
    unmapped = [(one.key, one.number) for one in imported().versions if one.agreement is None]

    assert unmapped == [("4", 1)]
    assert all(one.problems == () for one in imported().versions)


def test_an_agreement_keeps_what_the_register_says():
    (version,) = imported().of("13")
    written_ = version.agreement

    assert written_.id == f"{AGREEMENTS}/agreement/13"
    assert written_.register_ == "dea-2019"
    assert (written_.term.from_, written_.term.until) == (date(2019, 3, 29), date(2020, 3, 29))
    assert (written_.review.next, written_.registered) == (date(2020, 3, 28), date(2019, 6, 23))
    assert written_.areas == ("principal-local-authority:CMN",)
    assert written_.purposes == ("dea-objective-6",)
    assert [section.covers[0] for section in written_.sections] == ["purpose", "items", "method", "contacts"]


def test_flows_run_from_those_who_disclose_to_those_who_receive():
    (version,) = imported().of("13")
    flows = {flow.from_[0]: flow for flow in version.agreement.flows}

    assert sorted(flows) == ["carmarthenshire-county-council", "hm-revenue-customs"]
    council = flows["carmarthenshire-county-council"]
    assert council.powers == ("dea-2019-power-6",)
    assert (council.method, council.retention.for_) == ("Government Secure Email", "P1Y")


def test_parties_come_from_four_schemes_and_from_words():
    bodies = {party.body.partition(":")[0] for one in imported().versions for party in one.parties}

    assert bodies == {
        "government-organisation",
        PERSONS,
        "local-authority-eng",
        "principal-local-authority",
        "Homes England",
    }


@pytest.mark.parametrize(
    ("key", "party", "capacities", "partner"),
    [
        ("1", "Companies House", ("dea-person-6",), "government-organisation/partner/ea26"),
        ("2", "Homes England", ("dea-person-23",), f"{PERSONS}/partner/23"),
        ("5", "EST", ("dea-person-66",), None),
        ("7", "Shell Energy", ("dea-person-94",), None),
        ("9", "Birmingham City Council", ("dea-person-45",), "local-authority-eng/partner/bir"),
        ("37", "Driver and Vehicle Licensing Agency", ("dea-person-10",), "government-organisation/partner/ea74"),
    ],
)
def test_a_party_is_a_partner_or_one_of_a_kind(key, party, capacities, partner):
    version = imported().of(key)[0]
    (one,) = [one for one in version.parties if one.name == party]
    mapped = version.agreement.party(one.called)

    assert one.capacities == mapped.capacities == capacities
    assert mapped.partner == partner
    assert bool(mapped.class_of_person) == (partner is None)


def test_a_former_name_stays_with_the_party():
    (version,) = imported().of("7")

    assert version.agreement.party("shell-energy").formerly == ("First Utility",)


@pytest.mark.parametrize("key", ["5", "6", "7"])
def test_hit_or_no_hit_becomes_a_flow_of_a_flag(key):
    (version,) = imported().of(key)
    flows = {flow.from_[0]: flow for flow in version.agreement.flows}

    back = flows.pop("secretary-of-state-for-work-and-pensions")
    (there,) = flows.values()
    assert (back.flag_only, back.items) == (True, (f"{key}-match-flag",))
    assert (there.flag_only, there.to) == (False, ("secretary-of-state-for-work-and-pensions",))


def test_a_damaged_register_is_not_imported():
    with pytest.raises(DamagedRegister, match=f"{FILE}:70: "):
        import_dea(published(AGREEMENTS).replace("2019-05-31", "2019-06-30"), law())


# --- the faults of the published register


def test_the_errors_of_the_register_are_these():
    errors = {(one.code, one.line) for one in problems() if one.grade == "error"}

    assert errors == {("unknown-power", 31), ("no-review", 75), ("area-name-differs", 87)}


def test_a_power_that_does_not_exist_is_named_with_the_nearest():
    (one,) = found("unknown-power")

    assert str(one) == (
        f"{FILE}:31: error: Agreement 4 (entry 4), legal-power-disclosure: there is no power called "
        "information-sharing-agreement-powers-and-objecitves-0001:2, so the agreement rests on none. "
        "The nearest is information-sharing-agreement-powers-and-objectives-0001:2. [unknown-power]"
    )
    assert "on 2019-03-25" in found("power-changed", 4)[0].sentence


def test_retention_that_outlasts_the_term():
    assert keys_of("retention-beyond-term") == {1, 4, 5, 38}
    assert len(found("retention-beyond-term", 4)) == 2
    assert "for 3 years 9 months 27 days, longer" in found("retention-beyond-term", 5)[0].sentence
    assert "for 3 years 11 months, longer" in found("retention-beyond-term", 4)[0].sentence


def test_an_end_date_extended_by_a_new_entry():
    (one,) = found("term-extended")

    assert (one.line, one.grade) == (69, "warning")
    assert "Agreement 2 (entry 6), end-date: the term was extended from 2019-03-31 to 2019-05-31" in one.sentence
    assert one.sentence.endswith("It had ended by then.")


def test_reviews_that_are_absent_or_come_too_late():
    assert keys_of("no-review") == {7}
    assert {37, 38} < keys_of("review-at-the-end")
    assert keys_of("review-at-the-end") == {*range(8, 39)}
    assert keys_of("review-overdue") == {2}


@pytest.mark.parametrize(("key", "weeks"), [(1, 14), (38, 10), (7, 2)])
def test_an_agreement_registered_after_it_started(key, weeks):
    (one,) = found("registered-late", key)

    assert f"{weeks} weeks after it started" in one.sentence


def test_a_few_days_pass_without_a_word():
    assert 37 not in keys_of("registered-late")


def test_an_area_whose_name_disagrees_with_its_code():
    (one,) = found("area-name-differs")

    assert one.sentence == (
        "Agreement 13 (entry 15), area-names: Carmarthenshire District Council is no district council: "
        "principal-local-authority:CMN is Carmarthenshire County Council."
    )
    assert found("unknown-area") == []


def test_how_parties_are_named():
    assert keys_of("acts-for") == {1, 37}
    assert keys_of("same-body") == keys_of("party-in-words") == {2}
    assert [one.sentence for one in found("former-name")] == [
        "Agreement 7 (entry 9), name: Shell Energy is also given by its former name, First Utility."
    ]
    assert "4 identifier schemes" in found("mixed-schemes")[0].sentence
    assert "and in words" in found("mixed-schemes")[0].sentence
    assert len(found("two-codes")) == 2


def test_hit_or_no_hit_is_noted():
    assert keys_of("flag-only") == {5, 6, 7}


def test_a_party_that_came_to_the_power_after_the_start():
    (one,) = found("started-before-power")

    assert "starts on 2019-03-25, when the register did not yet give Shell Energy" in one.sentence
    assert one.remedy.startswith("It holds the power from 2019-04-08.")


# --- the rules on invented entries


def test_nothing_is_said_of_an_agreement_without_fault():
    assert codes(agreement()) == []


@pytest.mark.parametrize(
    ("time", "expected"),
    [("2018-12-03T12:00:00Z", ["power-not-reached"]), ("2018-12-04T14:00:00Z", [])],
)
def test_a_council_in_wales_could_share_on_debt_from_4_december_2018(time, expected):
    item = agreement(
        controllers=["principal-local-authority:CMN"],
        start_date="2018-12-04",
        end_date="2019-12-03",
        review_date="2019-09-01",
    )

    assert codes(item, time=time) == expected


def test_who_did_not_hold_the_power_is_told_what_it_held():
    item = agreement(controllers=["principal-local-authority:CMN"])
    (one,) = [one for one in linted(item, time="2018-12-03T12:00:00Z") if one.code == "power-not-reached"]

    assert one.sentence == (
        "Agreement 1 (entry 1), controllers: Carmarthenshire County Council (principal-local-authority:CMN) "
        "did not hold power 6 (Recovering debt owed to the public sector) on 2018-12-03: "
        "A county council in Wales held only power 5."
    )
    assert one.remedy == "It holds the power from 2018-12-04."


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ({"controllers": [f"{PERSONS}:63"], "controller_names": ["Northshire Police"]}, "held only power 1"),
        ({"controllers": [f"{PERSONS}:90"]}, "held no power"),
    ],
)
def test_police_and_health_bodies_do_not_reach_debt(body, held):
    (one,) = [one for one in linted(agreement(**body)) if one.code == "power-not-reached"]

    assert held in one.sentence
    assert one.remedy.startswith("It never held the power")


def test_a_police_force_named_in_words_is_one_of_a_kind():
    item = agreement(controllers=None, controller_names=["City of London Police"])

    assert codes(item) == ["power-not-reached", "one-of", "party-in-words"]


@pytest.mark.parametrize(
    "who", [{"controllers": ["local-authority-eng:BIRM"]}, {"controllers": None, "controller_names": ["Nobody Known"]}]
)
def test_an_unknown_party_is_an_error(who):
    assert "unknown-party" in codes(agreement(**who))


def test_a_body_out_of_reach_is_an_error():
    organisations = written(
        ("D101", "2017-04-25T12:59:14Z", {"name": "Crown Prosecution Service"}), name="government-organisation"
    )
    known = places_of([read_rsf(organisations, "g.rsf")])
    text = written(("1", "2019-05-01T09:00:00Z", agreement(controllers=["government-organisation:D101"])))

    found_ = lint_dea(import_dea(text, law(), known), law(), known)
    assert "not-specified" in [one.code for one in found_]


def test_without_places_councils_are_unknown():
    assert "unknown-party" in codes(agreement(), known=False)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"review_date": None}, ["no-review"]),
        ({"review_date": "2020-05-01"}, ["review-after-the-end"]),
        ({"review_date": "2020-04-30"}, ["review-at-the-end"]),
        ({"review_date": "2019-04-01"}, ["review-overdue"]),
        ({"retention_period": "P1Y"}, []),
        ({"retention_period": "P1Y1D"}, ["retention-beyond-term"]),
        ({"retention_period": "a year"}, ["unreadable"]),
        ({"end_date": "next spring"}, ["unreadable"]),
        ({"start_date": "2019-04-25"}, []),
        ({"start_date": "2019-04-24"}, ["registered-late"]),
        ({"start_date": None}, ["unreadable"]),
        ({"review_date": "soon"}, ["unreadable"]),
        ({"end_date": None}, []),
        ({"legal_power_disclosure": "fraud"}, ["unknown-power"]),
        ({"legal_power_disclosure": None}, ["unknown-power"]),
        ({"area_names": ["Birmingham Council"]}, []),
        ({"area_names": ["Birmingham County Council"]}, ["area-name-differs"]),
        ({"area_names": ["Manchester City Council"]}, []),
        ({"area_names": ["Atlantis"]}, ["unknown-area"]),
        ({"disclosed_information": "HMRC will return the number only, with a flag."}, ["flag-only"]),
        ({"disclosed_information": "The bank will send back a flag only."}, ["flag-only"]),
        ({"disclosed_information": "HMRC will return all it holds."}, []),
    ],
)
def test_each_rule_on_each_side(changed, expected):
    assert sorted(codes(agreement(**changed))) == sorted(expected)


def test_one_week_late_is_said_as_one_week():
    (one,) = [one for one in linted(agreement(start_date="2019-04-23")) if one.code == "registered-late"]

    assert "1 week after" in one.sentence


def test_who_returns_the_flag_is_left_open_where_nobody_is_meant():
    (one,) = [
        one for one in linted(agreement(disclosed_information="They return a flag only.")) if one.code == "flag-only"
    ]

    assert "one side returns a flag only" in one.sentence


def changed_later(**changed):
    text = written(("1", "2019-05-01T09:00:00Z", agreement()), ("1", "2019-06-01T09:00:00Z", agreement(**changed)))
    return [
        one.code for one in lint_dea(import_dea(text, law(), places()), law(), places()) if one.code != "mixed-schemes"
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"purpose": "To find more debt."}, []),
        ({"end_date": "2020-03-31"}, ["term-shortened"]),
        ({"end_date": "2020-12-31"}, ["term-extended"]),
        ({"legal_power_disclosure": f"{POWERS}:7"}, ["power-changed"]),
    ],
)
def test_what_a_later_entry_changes(changed, expected):
    assert changed_later(**changed) == expected


def test_an_observed_name_that_fits_no_slug_becomes_a_number():
    item = agreement(controllers=[f"{PERSONS}:{6}"], processors=[DWP])
    version = import_dea(written(("1", "2019-05-01T09:00:00Z", item)), law()).versions[0]

    assert [one.called for one in version.parties] == ["person-6", "secretary-of-state-for-work-and-pensions"]


def test_parties_who_only_receive_give_nothing():
    version = import_dea(written(("1", "2019-05-01T09:00:00Z", agreement())), law(), places()).versions[0]

    assert [flow.from_ for flow in version.agreement.flows] == [("birmingham-city-council",)]


def test_a_former_name_of_nobody_named_is_left_alone():
    item = agreement(
        name="For Bank A (formerly known as Bank B)", processors=[f"{PERSONS}:68"], processor_names=["Collectors"]
    )

    assert "former-name" not in codes(item)


def test_what_the_model_refuses_is_a_problem_with_its_line():
    text = written(("Key_1", "2019-05-01T09:00:00Z", agreement()))
    register = import_dea(text, law(), places(), file="a.rsf")
    refused = [one for one in lint_dea(register, law(), places()) if one.code == "bad-value"]

    assert register.versions[0].agreement is None
    assert {(one.line, "Key_1" in one.sentence) for one in refused} == {(4, True)}


def test_prose_that_is_not_there_makes_no_section():
    version = import_dea(written(("1", "2019-05-01T09:00:00Z", agreement(contact=None))), law(), places()).versions[0]

    assert [section.id for section in version.agreement.sections] == [
        "purpose",
        "disclosed-information",
        "information-sharing-method",
    ]


def test_a_name_no_list_explains_is_a_kind_of_its_own():
    item = agreement(controllers=[HMRC], controller_names=["Nobody Known"])
    version = import_dea(written(("1", "2019-05-01T09:00:00Z", item)), law()).versions[0]

    assert version.agreement.party("nobody-known").class_of_person == "Nobody Known"


def test_a_register_of_one_scheme_is_not_told_to_choose():
    item = agreement(controllers=["government-organisation:PB27"])

    assert linted(item) == ()
