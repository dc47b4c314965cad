"""A code stands for a place; a name may leave out, but not make up."""

from datetime import UTC, datetime

import pytest

from comity.errors import UnknownName
from comity.law.places import places_of
from comity.law.rsf import read_rsf
from tests.dea_registers import places, published, written

ENG, WALES = "local-authority-eng", "principal-local-authority"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (f"{ENG}:EAL", "Ealing Council"),
        (f"{ENG}:BRD", "Bradford Metropolitan District Council"),
        (f"{ENG}:WKF", "Wakefield Council"),
        (f"{ENG}:KEC", "Royal Borough of Kensington and Chelsea"),
        (f"{ENG}:WLV", "City of Wolverhampton Council"),
        (f"{ENG}:LND", "City of London"),
        (f"{WALES}:CMN", "Carmarthenshire County Council"),
        (f"{WALES}:CMN", "Cyngor Sir Gâr"),
    ],
)
def test_a_name_that_leaves_out_agrees(code, name):
    place = places().place(code)

    assert place.is_where(name)
    assert place.made_up(name) == frozenset()


def test_a_tier_the_register_does_not_know_is_made_up():
    place = places().place(f"{WALES}:CMN")

    assert place.is_where("Carmarthenshire District Council")
    assert place.made_up("Carmarthenshire District Council") == {"district"}


def test_another_place_is_another_place():
    assert not places().place(f"{ENG}:LND").is_where("Ealing Council")


def test_a_place_has_a_name_a_code_and_a_type():
    place = places().place(f"{ENG}:BIR")

    assert (place.name, place.code, place.scheme) == ("Birmingham City Council", "BIR", ENG)
    assert (place.type, place.type_name) == ("MD", "Metropolitan district")


def test_a_type_corrected_later_is_known_as_at_its_time():
    register = read_rsf(published(ENG), "eng.rsf")
    early = places_of([register], at=datetime(2016, 10, 25, tzinfo=UTC))

    assert early.place(f"{ENG}:LND").type == "CTY"
    assert places_of([register]).place(f"{ENG}:LND").type == "CC"


def test_a_name_is_found_by_its_letters():
    assert [one.code for one in places().named("birmingham city council")] == ["BIR"]
    assert places().named("Birmingham Town Council") == ()


def test_an_unknown_code_offers_the_nearest():
    with pytest.raises(UnknownName, match="no place called local-authority-eng:BIRM. Did you mean local"):
        places().place(f"{ENG}:BIRM")


def test_a_borough_answers_to_its_statistical_code():
    register = "statistical-geography-london-borough-eng"
    boroughs = read_rsf(
        written(
            ("E09000007", "2017-11-28T14:41:29Z", {register: "E09000007", ENG: "CMD"}),
            ("E09000099", "2017-11-28T14:41:29Z", {register: "E09000099", ENG: "XXX"}),
            name=register,
        ),
        "b.rsf",
    )
    both = places_of([read_rsf(published(ENG), "eng.rsf"), boroughs])

    assert both.place(f"{register}:E09000007").name == "London Borough of Camden"
    assert f"{register}:E09000099" not in both.known
