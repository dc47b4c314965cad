"""Partners: which hats they wear on a day, as whom they take part, and what is known of them."""

from datetime import date

import pytest
from pydantic import ValidationError

from comity.errors import UnknownName
from comity.partnership import ActsFor, HeldCapacity, Partner, Partnership, PartyFact, PartyRef
from comity.source import read

DAY = date(2026, 11, 16)
COUNCIL, POLICE, COMPANY, TRUST = (
    f"small.example/partner/{name}" for name in ("council", "police", "company", "trust")
)

WORLD = read(
    Partnership,
    f"""
schema: 1
name: Small
domain: small.example
partners:
  - id: {COUNCIL}
    name: The Council
    sector: public
    capacities: [{{capacity: council}}, {{capacity: housing, from: 2026-01-01, until: 2026-11-16}}]
    units:
      - {{name: market, title: Market, capacities: [{{capacity: warden}}, {{capacity: weigher, until: 2026-01-01}}]}}
      - {{name: docks, title: Docks, capacities: [{{capacity: council}}]}}
    facts:
      - {{fact: apd, value: true}}
      - {{fact: assessed, value: true, until: 2026-11-16}}
      - {{fact: assessed, value: false, from: 2026-11-16}}
  - {{id: {POLICE}, name: The Police, sector: public}}
  - id: {COMPANY}
    name: The Company
    sector: private
    capacities: [{{capacity: company}}]
    facts: [{{fact: apd, value: false}}, {{fact: insured, value: true}}]
    acts_for:
      - {{partner: {TRUST}, reference: old, until: 2026-01-01}}
      - {{partner: {COUNCIL}, reference: one, from: 2026-01-01, until: 2027-01-01}}
      - {{partner: {TRUST}, reference: new, from: 2026-06-01}}
  - {{id: {TRUST}, name: The Trust, sector: public}}
""",
    "partnership.yaml",
)


def view(partner, on=DAY, unit=None, acting_for=None):
    return WORLD.view(PartyRef(partner=partner, unit=unit, acting_for=acting_for), on)


# ---- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["police", POLICE])
def test_a_partner_answers_to_its_id_and_its_short_name(name):
    assert WORLD.partner(name).id == POLICE


@pytest.mark.parametrize("name", ["polise", "The Police"])
def test_an_unknown_partner_is_refused_with_the_nearest(name):
    with pytest.raises(UnknownName, match=f"There is no partner called {name}. Did you mean police"):
        WORLD.partner(name)


def test_a_view_says_who_it_is():
    found = view(POLICE)

    assert (found.partner, found.name, found.controller, found.acting_for, found.facts) == (
        POLICE,
        "The Police",
        POLICE,
        None,
        (),
    )


def test_the_first_of_two_partners_of_one_short_name_answers_to_it():
    other = WORLD.partners[1].model_copy(update={"id": "other.example/partner/police"})
    both = WORLD.model_copy(update={"partners": (*WORLD.partners, other)})

    assert both.partner("police").id == POLICE
    assert both.partner("other.example/partner/police") is other


# ---- capacities ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "held"),
    [
        (date(2025, 12, 31), {"council"}),
        (date(2026, 1, 1), {"council", "housing"}),
        (date(2026, 11, 15), {"council", "housing"}),
        (date(2026, 11, 16), {"council"}),
    ],
)
def test_a_capacity_is_held_for_its_time(on, held):
    assert view(COUNCIL, on).capacities - {"public-authority"} == held


@pytest.mark.parametrize(("partner", "yes"), [(COUNCIL, True), (POLICE, True), (COMPANY, False)])
def test_a_body_of_the_public_sector_is_a_public_authority(partner, yes):
    assert ("public-authority" in view(partner).capacities) is yes


@pytest.mark.parametrize("kind", [HeldCapacity, PartyFact, ActsFor])
@pytest.mark.parametrize(
    ("from_", "until", "yes"),
    [
        (None, None, True),
        (DAY, None, True),
        (date(2026, 11, 17), None, False),
        (None, DAY, False),
        (None, date(2026, 11, 17), True),
    ],
)
def test_what_is_dated_holds_from_its_first_day_until_the_day_it_ends(kind, from_, until, yes):
    known = {
        HeldCapacity: {"capacity": "c"},
        PartyFact: {"fact": "f", "value": True},
        ActsFor: {"partner": COUNCIL, "reference": "r"},
    }
    one = kind.model_validate({**known[kind], "from": from_, "until": until})

    assert (one.held_on(DAY) if kind is HeldCapacity else one.holds_on(DAY)) is yes


@pytest.mark.parametrize(
    ("unit", "on", "held"),
    [
        ("market", DAY, {"council", "warden"}),
        ("market", date(2025, 6, 1), {"council", "warden", "weigher"}),
        ("docks", DAY, {"council"}),
    ],
)
def test_a_unit_wears_its_own_hats_beside_those_of_its_body(unit, on, held):
    assert view(COUNCIL, on, unit).capacities - {"public-authority"} == held


def test_a_unit_belongs_to_the_same_controller():
    assert view(COUNCIL, unit="market").controller == COUNCIL


@pytest.mark.parametrize(
    ("partner", "unit", "message"),
    [
        (COUNCIL, "markets", "There is no part of The Council called markets. Did you mean market?"),
        (POLICE, "market", "There is no part of The Police called market."),
    ],
)
def test_an_unknown_unit_is_refused(partner, unit, message):
    with pytest.raises(UnknownName) as caught:
        view(partner, unit=unit)

    assert str(caught.value) == message


# ---- acting for another --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [COUNCIL])
def test_an_agent_keeps_its_own_hats_and_stands_under_its_principal(name):
    found = view(COMPANY, acting_for=name)

    assert found.capacities == {"company", "acting-on-behalf-of"}
    assert (found.partner, found.controller) == (COMPANY, COUNCIL)
    assert found.acting_for == view(COUNCIL)
    assert found.responsible == view(COUNCIL)


def test_whoever_acts_for_nobody_answers_for_itself():
    found = view(COMPANY)

    assert found.capacities == {"company"}
    assert found.responsible is found


@pytest.mark.parametrize(
    ("principal", "on", "yes"),
    [
        (COUNCIL, date(2025, 12, 31), False),
        (COUNCIL, date(2026, 1, 1), True),
        (COUNCIL, date(2027, 1, 1), False),
        (TRUST, date(2025, 12, 31), True),
        (TRUST, date(2026, 1, 1), False),
        (TRUST, date(2026, 6, 1), True),
        (POLICE, DAY, False),
    ],
)
def test_the_link_must_hold_on_the_day(principal, on, yes):
    if yes:
        assert view(COMPANY, on, acting_for=principal).controller == principal
    else:
        with pytest.raises(
            UnknownName,
            match=f"no link by which The Company acts for another on {on} for this purpose, called {principal}",
        ):
            view(COMPANY, on, acting_for=principal)


@pytest.mark.parametrize(
    ("of_link", "asked", "yes"),
    [
        ((), (), True),
        ((), ("care",), True),
        (("care",), (), True),
        (("care", "safety"), ("patrols", "safety"), True),
        (("care",), ("safety",), False),
    ],
)
def test_a_link_may_be_for_some_purposes_only(of_link, asked, yes):
    company = WORLD.partner("company")
    link = company.acts_for[1].model_copy(update={"purposes": of_link})
    partners = [one.model_copy(update={"acts_for": (link,)}) if one is company else one for one in WORLD.partners]
    known = WORLD.model_copy(update={"partners": tuple(partners)})
    ref = PartyRef(partner=COMPANY, acting_for=COUNCIL)
    if yes:
        assert known.view(ref, DAY, asked).controller == COUNCIL
    else:
        with pytest.raises(UnknownName, match="for this purpose"):
            known.view(ref, DAY, asked)


def test_a_body_without_any_link_acts_for_nobody():
    with pytest.raises(UnknownName, match="There is no link by which The Police acts for another"):
        view(POLICE, acting_for=COUNCIL)


def test_an_unknown_link_offers_the_bodies_it_acts_for():
    with pytest.raises(UnknownName, match=f"Did you mean {COUNCIL}"):
        view(COMPANY, acting_for="small.example/partner/counsil")


# ---- facts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "value"), [(date(2026, 11, 15), True), (DAY, False)])
def test_a_fact_is_known_for_its_time(on, value):
    assert view(COUNCIL, on).fact("assessed") is value


@pytest.mark.parametrize(
    ("fact", "own", "as_agent"), [("apd", False, True), ("insured", True, None), ("unheard-of", None, None)]
)
def test_an_agent_stands_under_the_policies_of_its_principal_and_not_its_own(fact, own, as_agent):
    assert view(COMPANY).fact(fact) is own
    assert view(COMPANY, acting_for=COUNCIL).fact(fact) is as_agent


# ---- what may be written -------------------------------------------------------------------------------------


def test_a_partner_is_called_by_the_last_part_of_its_id():
    assert WORLD.partners[0].called == "council"


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "council"},
        {"id": "small.example/body/council"},
        {"sector": "secret"},
        {"capacities": [{"capacity": "Not a slug"}]},
        {"hat": "none"},
    ],
)
def test_a_partner_that_is_written_wrongly_does_not_exist(wrong):
    with pytest.raises(ValidationError):
        Partner.model_validate({"id": COUNCIL, "name": "x", "sector": "public", **wrong})


def test_a_view_is_written_with_its_capacities_in_order():
    found = view(COMPANY, acting_for=COUNCIL)

    assert found.model_dump()["capacities"] == ["acting-on-behalf-of", "company"]


@pytest.mark.parametrize(("extent", "found"), [({}, "E"), ({"extent": "W"}, "W")])
def test_a_partnership_lies_in_england_unless_it_says_wales(extent, found):
    assert (
        Partnership.model_validate({"schema": 1, "name": "x", "domain": "x.example", "partners": [], **extent}).extent
        == found
    )


def test_of_two_partners_that_are_called_alike_the_first_counts():
    first, second = (
        Partner(id=f"{domain}.example/partner/watch", name=domain, sector="public") for domain in ("one", "other")
    )
    both = Partnership(schema=1, name="Both", domain="both.example", partners=(first, second))

    assert both.partner("watch") == first
    assert both.partner(second.id) == second
