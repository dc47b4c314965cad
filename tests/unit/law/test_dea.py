"""The Digital Economy Act register of 2019 as law: known answers."""

from datetime import date

import pytest

from comity.errors import DamagedRegister, InputError, UnknownName
from comity.law.dea import (
    PERSONS,
    POWERS,
    capacities_on,
    capacity_named,
    dea_2019_law,
    held,
    is_description,
    name_of,
    periods_of,
    power_named,
    powers_of,
    shipped_links,
    standings,
)
from comity.law.places import places_of
from comity.law.rsf import read_rsf
from comity.terms import Period, Step
from tests.dea_registers import law, places, published, written

END = date(2019, 12, 31)
ALL = "1234567"


def numbers(capacity: str, on: date = END) -> str:
    return "".join(id[-1] for id in powers_of(capacity, on, law()))


def test_seven_powers_and_ninety_six_persons():
    assert len(law().provisions) == 7
    assert len(law().vocabulary.capacities) == 96
    assert law().name == "dea-2019"


@pytest.mark.parametrize(
    ("person", "who", "powers"),
    [
        (50, "Common Council of the City of London in its capacity as a local authority", ALL),
        (63, "chief officer of police", "1"),
        (64, "NHS body", "5"),
        (89, "Community Health Council in Wales", ""),
        (90, "Local Health Board", ""),
        (91, "NHS Trust", ""),
        (92, "Board of Community Health Councils", ""),
        (93, "Special Health Authority", ""),
        (59, "metropolitan county fire and rescue authority", "12"),
        (60, "London Fire Commissioner", "12"),
        (61, "fire and rescue authority in England", "12"),
        (62, "fire and rescue authority", "12"),
        (80, "registered social landlord", "12347"),
        (94, "licensed gas and/or electricity supplier", "2"),
        (69, "in connection with fraud", "7"),
        (45, "district council in England", ALL),
        (55, "county council in Wales", ALL),
    ],
)
def test_who_holds_what_at_the_end_of_2019(person, who, powers):
    capacity = capacity_named(f"dea-person-{person}", law())

    assert numbers(capacity.id) == powers
    assert who in capacity.meaning


@pytest.mark.parametrize(
    ("on", "powers"),
    [
        (date(2018, 10, 31), ""),
        (date(2018, 11, 1), "5"),
        (date(2018, 12, 3), "5"),
        (date(2018, 12, 4), ALL),
    ],
)
@pytest.mark.parametrize("person", [55, 57])
def test_councils_in_wales_gained_six_powers_on_4_december_2018(person, on, powers):
    assert numbers(f"dea-person-{person}", on) == powers


def test_a_period_without_a_change_is_one():
    def since(day):
        return (Period(from_=day),)

    assert periods_of("dea-person-15", "dea-2019-power-2", law()) == since(date(2018, 11, 1))
    assert periods_of("dea-person-55", "dea-2019-power-6", law()) == since(date(2018, 12, 4))
    assert periods_of("dea-person-94", "dea-2019-power-2", law()) == since(date(2019, 4, 8))
    assert periods_of("dea-person-63", "dea-2019-power-6", law()) == ()


def test_routes_run_between_those_who_hold_the_power():
    routes = law().provision("dea-2019-power-6").routes

    assert [str(route.in_force[0]) for route in routes] == ["from 2018-11-01 to 2018-12-03", "from 2018-12-04"]
    assert all(route.from_ == route.to and route.closed for route in routes)
    assert "dea-person-55" not in routes[0].from_
    assert "dea-person-55" in routes[1].from_
    assert {route.step for _, route in law().routes(Step.POWER)} == {Step.POWER}


def test_provisions_say_where_they_stand_and_since_when():
    power = law().provision("dea-2019-power-7")

    assert power.citation == "DEA 2017 s.56 (fraud)"
    assert power.title == "Combating fraud against the public sector"
    assert power.source.endswith("/2017/30/section/56")
    assert len(law().in_force_on(date(2018, 11, 1))) == 7
    assert law().in_force_on(date(2018, 10, 31)) == ()
    assert law().places["dea-2019-power-7"] == (f"{POWERS}.rsf", 14)


def test_purposes_lie_within_wider_ones():
    assert law().purposes_of("dea-objective-2") == {"dea-objective-2", "public-service-delivery"}
    assert law().purposes_of("dea-objective-7") == {"dea-objective-7", "prevent-fraud"}


def test_a_power_is_found_by_its_code():
    assert power_named(f"{POWERS}:6", law()).id == "dea-2019-power-6"
    with pytest.raises(UnknownName, match=f"Did you mean {POWERS}:"):
        power_named(f"{POWERS.replace('objectives', 'objecitves')}:2", law())


@pytest.mark.parametrize(
    ("body", "capacity", "how"),
    [
        (f"{PERSONS}:7", "dea-person-7", "listed"),
        ("government-organisation:D25", "dea-person-15", "same-body"),
        ("government-organisation:D10", "dea-person-7", "department"),
        ("government-organisation:EA26", "dea-person-6", "acts-for"),
        ("government-organisation:EA74", "dea-person-10", "acts-for"),
        ("government-organisation:PB27", "dea-person-39", "same-body"),
        ("local-authority-eng:BIR", "dea-person-45", "class"),
        ("local-authority-eng:MDW", "dea-person-45", "class"),
        ("local-authority-eng:CON", "dea-person-43", "class"),
        ("local-authority-eng:DBY", "dea-person-43", "class"),
        ("local-authority-eng:EAL", "dea-person-47", "class"),
        ("local-authority-eng:GMCA", "dea-person-49", "class"),
        ("local-authority-eng:LND", "dea-person-50", "class"),
        ("local-authority-eng:IOS", "dea-person-52", "class"),
        ("local-authority-eng:GLA", "dea-person-54", "class"),
        ("principal-local-authority:CMN", "dea-person-55", "class"),
        ("principal-local-authority:WRX", "dea-person-57", "class"),
        ("Homes England", "dea-person-23", "same-body"),
        ("homes and communities agency", "dea-person-23", "listed"),
        ("DVLA", "dea-person-10", "acts-for"),
        ("City of London Police", "dea-person-63", "one-of"),
        ("City of London Corporation", "dea-person-50", "same-body"),
        ("Birmingham City Council", "dea-person-45", "class"),
        ("The Scottish Government", "dea-person-86", "same-body"),
    ],
)
def test_who_a_body_is_under_the_register(body, capacity, how):
    (found,) = standings(body, law(), places())

    assert (found.capacity, found.how) == (capacity, how)
    assert found.source


def test_every_council_is_of_one_kind():
    councils = [one for one in places().known if "local-authority" in one]

    assert len(councils) == 388
    assert {len(standings(one, law(), places())) for one in councils} == {1}


def test_one_department_may_answer_for_two():
    found = standings("Ministry of Justice", law())

    assert [one.capacity for one in found] == ["dea-person-3", "dea-person-4"]


def test_a_known_body_may_be_out_of_reach():
    register = "government-organisation"
    known = places_of(
        [
            read_rsf(
                written(
                    ("D101", "2017-04-25T12:59:14Z", {register: "D101", "name": "Crown Prosecution Service"}),
                    name=register,
                ),
                "g.rsf",
            )
        ]
    )

    assert standings(f"{register}:D101", law(), known) == ()
    assert standings("Crown Prosecution Service", law(), known) == ()
    assert name_of(f"{register}:D101", law(), known) == "Crown Prosecution Service"


@pytest.mark.parametrize("body", ["local-authority-eng:BIRM", f"{PERSONS}:97", "Homes Englnd"])
def test_an_unknown_body_is_an_unknown_name(body):
    with pytest.raises(UnknownName):
        standings(body, law(), places())


def test_without_places_a_council_cannot_be_told():
    with pytest.raises(UnknownName, match="no body called local-authority-eng:BIR"):
        standings("local-authority-eng:BIR", law())


def test_a_statistical_code_leads_to_the_council():
    register = "statistical-geography-london-borough-eng"
    boroughs = read_rsf(
        written(("E09000001", "2017-11-28T14:41:29Z", {"local-authority-eng": "LND"}), name=register), "b.rsf"
    )
    names = ("local-authority-eng", "local-authority-type")
    known = places_of([boroughs, *(read_rsf(published(name), name) for name in names)])

    assert [one.capacity for one in standings(f"{register}:E09000001", law(), known)] == ["dea-person-50"]


def test_capacities_are_held_from_the_day_they_came_with_a_power():
    (council,) = held("principal-local-authority:CMN", law())

    assert (council.capacity, council.from_) == ("dea-person-55", date(2018, 11, 1))
    assert capacities_on(f"{PERSONS}:94", date(2019, 4, 7), law()) == ()
    assert capacities_on(f"{PERSONS}:94", date(2019, 4, 8), law()) == ("dea-person-94",)
    assert capacities_on("principal-local-authority:CMN", date(2018, 11, 1), law()) == ("dea-person-55",)


def test_names_come_from_places_links_or_the_register():
    assert name_of("local-authority-eng:BIR", law(), places()) == "Birmingham City Council"
    assert name_of("government-organisation:EA26", law()) == "Companies House"
    assert name_of(f"{PERSONS}:15", law()) == "HM Revenue and Customs"
    assert name_of("unknown-register:1", law()) == "unknown-register:1"


def test_links_name_persons_of_the_register_and_say_their_source():
    links = shipped_links()
    known = {one.id for one in law().vocabulary.capacities}

    assert {one.person for one in (*links.links, *links.classes)} | set(links.descriptions) <= known
    assert all(one.source for one in (*links.links, *links.classes))
    assert {one.power for one in links.powers} == set(law().provisions)
    assert is_description("dea-person-63")
    assert not is_description("dea-person-60")


def test_a_damaged_register_makes_no_law():
    with pytest.raises(DamagedRegister, match=rf"{PERSONS}.rsf:\d+: "):
        dea_2019_law(published(POWERS), published(PERSONS).replace("Defence", "Defense"))


def test_an_end_date_ends_a_power_and_a_person():
    powers = written(("1", "2019-01-01T00:00:00Z", {"name": "Help", "end-date": "2019-06-30"}), name=POWERS)
    persons = written(
        ("1", "2019-01-01T00:00:00Z", {"name": "A", "relevant-powers": [f"{POWERS}:1"], "end-date": "2019-03-31"}),
        ("2", "2019-01-01T00:00:00Z", {"name": "B", "relevant-powers": [f" {POWERS}:1"]}),
        name=PERSONS,
    )
    small = dea_2019_law(powers, persons)

    assert small.provision("dea-2019-power-1").in_force == (Period(from_=date(2019, 1, 1), until=date(2019, 7, 1)),)
    assert powers_of("dea-person-1", date(2019, 3, 31), small) == ("dea-2019-power-1",)
    assert powers_of("dea-person-1", date(2019, 4, 1), small) == ()
    assert powers_of("dea-person-2", date(2019, 4, 1), small) == ("dea-2019-power-1",)


def test_a_power_the_links_do_not_know_is_refused():
    powers = written(("8", "2019-01-01T00:00:00Z", {"name": "Another"}), name=POWERS)

    with pytest.raises(UnknownName, match=r"power in dea-links.yaml called dea-2019-power-8"):
        dea_2019_law(powers, published(PERSONS))


@pytest.mark.parametrize(
    "entry",
    [
        ("A B", "2019-01-01T00:00:00Z", {"name": "A"}),
        ("1", "2019-01-01T00:00:00Z", {"name": "A", "end-date": "soon"}),
    ],
)
def test_a_whole_register_of_odd_persons_is_a_problem_not_a_trace(entry):
    with pytest.raises(InputError, match="no list of powers and persons .* Is it the right file"):
        dea_2019_law(published(POWERS), written(entry, name=PERSONS))


def test_registers_that_are_swapped_are_told_apart():
    with pytest.raises(InputError, match=f"{POWERS}.rsf: error: .* the register of {PERSONS}, not {POWERS}"):
        dea_2019_law(published(PERSONS), published(POWERS))
