"""Who could share what under the Digital Economy Act, as its public register stood in 2019?

The register of powers and the register of specified persons become a law
register of the ordinary kind, named `dea-2019` and kept apart from current
law: each power is a provision, each specified person a capacity
(`dea-person-55`), and a power's routes run between those who held it, one
route for each stretch of time in which they were the same.

Dates are those of the register's entries: the day a power or person was
*published*, which is later than the law in places. So the register is silent
about days before its first entry (1 November 2018); the regulations were in
force from 19 July 2018 (SI 2018/912).

What the register leaves unsaid (other names, agencies, kinds of council) is in
`dea-links.yaml`, each link with its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal

from pydantic import Field

from comity.errors import InputError, UnknownName
from comity.law.model import Capacity, Provision, Purpose, Route
from comity.law.places import Places
from comity.law.register import Register, Vocabulary, shipped_vocabulary
from comity.law.rsf import Entry, RsfRegister, read_rsf
from comity.partnership import HeldCapacity
from comity.source import Model, Problem, Words, WordSet, read
from comity.terms import Extent, Period, Slug, Step

NAME = "dea-2019"
POWERS = "information-sharing-agreement-powers-and-objectives-0001"
PERSONS = "information-sharing-agreement-specified-person-0001"
CURIE = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")

How = Literal["listed", "same-body", "department", "acts-for", "one-of", "class"]


class PowerSource(Model):
    """Where a power stands in the Act, and the purpose it lies within."""

    power: Slug
    citation: str
    source: str
    within: Slug
    extent: tuple[Extent, ...] = ("E", "W", "S")


class Link(Model):
    """A body that is, belongs to or acts for a specified person."""

    person: Slug
    how: Literal["same-body", "department", "acts-for", "one-of"]
    bodies: Words = ()
    names: Words = ()
    source: str


class KindOfCouncil(Model):
    """Which councils a specified kind of council takes in: by code, or by type."""

    person: Slug
    scheme: str
    types: WordSet = ()
    codes: WordSet = ()
    source: str


class Links(Model):
    """What the register leaves unsaid."""

    schema_: Literal[1] = Field(alias="schema")
    powers: tuple[PowerSource, ...]
    descriptions: WordSet
    links: tuple[Link, ...]
    classes: tuple[KindOfCouncil, ...]


@dataclass(frozen=True)
class Standing:
    """A capacity of the register that a body answers to, and how it comes to."""

    capacity: str
    how: How
    source: str


@cache
def shipped_links() -> Links:
    """The links inside the package."""
    text = files("comity.law").joinpath("dea-links.yaml").read_text("utf-8")
    return read(Links, text, "dea-links.yaml")


# --- the register of law


def dea_2019_law(
    powers: str,
    persons: str,
    *,
    powers_file: str = f"{POWERS}.rsf",
    persons_file: str = f"{PERSONS}.rsf",
) -> Register:
    """The law register `dea-2019` from the two RSF texts; raises `DamagedRegister` or `InputError`."""
    listed, held_by = read_rsf(powers, powers_file), read_rsf(persons, persons_file)
    for found, name, file in ((listed, POWERS, powers_file), (held_by, PERSONS, persons_file)):
        if found.name != name:
            raise _odd(file, f"the register of {found.name or 'nothing'}, not {name}")
    try:
        return _law(listed, held_by, powers_file)
    except ValueError as error:
        what = str(error).splitlines()[0]
        raise _odd(persons_file, f"no list of powers and persons ({what})") from error


def _odd(file: str, what: str) -> InputError:
    sentence = f"The hashes hold, but this is {what}."
    return InputError([Problem(file, 0, "odd-register", sentence, "Is it the right file?")])


def _law(listed: RsfRegister, held_by: RsfRegister, powers_file: str) -> Register:
    provisions = [
        _provision(entries, _holders(held_by, key), _last_day(held_by, listed))
        for key, entries in listed.records.items()
    ]
    places = {one.id: (powers_file, listed.records[_number(one.id)][0].item_line) for one in provisions}
    vocabulary = _vocabulary(listed, held_by)
    return Register(NAME, {one.id: one for one in provisions}, vocabulary, places=places)


def power_named(curie: str, law: Register) -> Provision:
    """The provision a CURIE of the register of powers stands for; raises `UnknownName`."""
    known = {f"{POWERS}:{_number(id)}": provision for id, provision in law.provisions.items()}
    if curie not in known:
        raise UnknownName("power", curie, known)
    return known[curie]


def powers_of(capacity: str, on: date, law: Register) -> tuple[str, ...]:
    """The powers a capacity held on a day."""
    return tuple(id for id in law.provisions if any(on in one for one in periods_of(capacity, id, law)))


def periods_of(capacity: str, power: str, law: Register) -> tuple[Period, ...]:
    """When a capacity held a power: stretches that meet are one."""
    found: list[Period] = []
    for route in law.provision(power).routes:
        for period in (route.in_force or ()) if capacity in route.from_ else ():
            if found and found[-1].until == period.from_:
                period = Period(from_=found.pop().from_, until=period.until)
            found.append(period)
    return tuple(found)


def _provision(entries: tuple[Entry, ...], holders: Iterable[_Stretch], checked: date) -> Provision:
    last = entries[-1]
    id = f"{NAME}-power-{last.key}"
    at = _source_of(id)
    return Provision(
        id=id,
        citation=at.citation,
        title=last.text("name"),
        source=at.source,
        kind="power",
        summary=f"{last.text('name')}: specified persons may disclose to each other.",
        evidence="read",
        checked=checked,
        extent=at.extent,
        in_force=(Period(from_=entries[0].day, until=_end(last)),),
        routes=tuple(
            Route(
                id=f"{id}-from-{period.from_}",
                step=Step.POWER,
                from_=persons,
                to=persons,
                purposes=(f"dea-objective-{last.key}",),
                in_force=(period,),
                closed=True,
            )
            for period, persons in holders
        ),
    )


def _source_of(id: str) -> PowerSource:
    known = {one.power: one for one in shipped_links().powers}
    if id not in known:
        raise UnknownName("power in dea-links.yaml", id, known)
    return known[id]


_Stretch = tuple[Period, tuple[str, ...]]


def _holders(persons: RsfRegister, power: str) -> list[_Stretch]:
    """Who held the power, stretch by stretch."""
    days = sorted({day for entries in persons.records.values() for day, _ in _changes(entries)})
    stretches: list[_Stretch] = []
    for start, until in pairwise([*days, None]):
        held = tuple(
            f"dea-person-{key}"
            for key, entries in persons.records.items()
            if start is not None and power in _powers_on(entries, start)
        )
        if stretches and stretches[-1][1] == held:
            start = stretches.pop()[0].from_
        stretches.append((Period(from_=start, until=until), held))
    return [(period, held) for period, held in stretches if held]


def _changes(entries: tuple[Entry, ...]) -> Iterator[tuple[date, frozenset[str]]]:
    """From which days a person had which powers."""
    for entry in entries:
        named = (curie.partition(":") for curie in entry.texts("relevant-powers"))
        yield entry.day, frozenset(key for scheme, _, key in named if scheme == POWERS)
        if end := _end(entry):
            yield end, frozenset()


def _powers_on(entries: tuple[Entry, ...], day: date) -> frozenset[str]:
    held = frozenset[str]()
    for start, powers in _changes(entries):
        held = powers if start <= day else held
    return held


def _end(entry: Entry) -> date | None:
    """The first day on which what the entry records is over."""
    end = entry.text("end-date")
    return date.fromisoformat(end) + timedelta(days=1) if end else None


def _last_day(*registers: RsfRegister) -> date:
    return max(entry.day for register in registers for entry in register.entries)


def _number(id: str) -> str:
    return id.rsplit("-", 1)[-1]


def _vocabulary(powers: RsfRegister, persons: RsfRegister) -> Vocabulary:
    """The register's own capacities and purposes; kinds, facts, offices and items as shipped."""
    shipped = shipped_vocabulary()
    parents = {one.within for one in shipped_links().powers}
    objectives = [
        Purpose(
            id=f"dea-objective-{key}",
            meaning=entry.text("name"),
            law_enforcement="no",
            within=_source_of(f"{NAME}-power-{key}").within,
        )
        for key, entry in powers.as_at().items()
    ]
    wider = [purpose for purpose in shipped.purposes if purpose.id in parents]
    capacities = tuple(
        Capacity(id=f"dea-person-{key}", meaning=entry.text("name"), source=f"{PERSONS}:{key}")
        for key, entry in persons.as_at().items()
    )
    return shipped.model_copy(update={"purposes": (*wider, *objectives), "capacities": capacities})


# --- who is whom


def standings(body: str, law: Register, places: Places | None = None) -> tuple[Standing, ...]:
    """The capacities a body answers to, by CURIE or by name; raises `UnknownName`.

    None at all is an answer: a known body that the register does not reach.
    """
    if CURIE.fullmatch(body):
        return _by_curie(body, law, places)
    found = [*_by_name(body, law)]
    known_as = places.named(body) if places else ()
    for place in known_as:
        found += _by_curie(place.curie, law, places)
    if not found and not known_as:
        raise UnknownName("body", body, _names(law))
    return tuple({one.capacity: one for one in reversed(found)}.values())[::-1]


def name_of(body: str, law: Register, places: Places | None = None) -> str:
    """What a body is called; the CURIE itself where nothing gives it a name."""
    if places and body in places.known:
        return places.known[body].name
    scheme, _, code = body.partition(":")
    names = [name for link in shipped_links().links if body in link.bodies for name in link.names]
    if scheme == PERSONS:
        names = [one.meaning for one in law.vocabulary.capacities if one.id == f"dea-person-{code}"]
    return names[0] if names else body


def held(body: str, law: Register, places: Places | None = None) -> tuple[HeldCapacity, ...]:
    """The capacities of a body as a partner would list them, from the day each first had a power."""
    return tuple(
        HeldCapacity(capacity=one.capacity, from_=_first_power(one.capacity, law), source=one.source)
        for one in standings(body, law, places)
    )


def capacities_on(body: str, on: date, law: Register, places: Places | None = None) -> tuple[str, ...]:
    """The capacities a body holds on a day."""
    return tuple(one.capacity for one in held(body, law, places) if one.held_on(on))


def capacity_named(id: str, law: Register) -> Capacity:
    """A specified person by its capacity; raises `UnknownName`."""
    known = {one.id: one for one in law.vocabulary.capacities}
    if id not in known:
        raise UnknownName("specified person", id, known)
    return known[id]


def is_description(capacity: str) -> bool:
    """Whether the specified person is a kind of person, so that a party must still be named."""
    return capacity in shipped_links().descriptions


def _first_power(capacity: str, law: Register) -> date | None:
    starts = [one.from_ for id in law.provisions for one in periods_of(capacity, id, law)]
    return min((start for start in starts if start), default=None)


def _by_curie(curie: str, law: Register, places: Places | None) -> tuple[Standing, ...]:
    scheme, _, code = curie.partition(":")
    if scheme == PERSONS:
        return (Standing(capacity_named(f"dea-person-{code}", law).id, "listed", curie),)
    links = [one for one in shipped_links().links if curie in one.bodies]
    if links:
        return tuple(Standing(one.person, one.how, one.source) for one in links)
    kinds = _kinds_of(scheme, code, places)
    if not kinds and (places is None or curie not in places.known):
        raise UnknownName("body", curie, places.known if places else ())
    return kinds


def _kinds_of(scheme: str, code: str, places: Places | None) -> tuple[Standing, ...]:
    place = places.known.get(f"{scheme}:{code}") if places else None
    scheme, code = (place.scheme, place.code) if place else (scheme, code)
    kinds = [one for one in shipped_links().classes if one.scheme == scheme]
    named = [one for one in kinds if code in one.codes]
    found = named or [one for one in kinds if place and place.type in one.types]
    return tuple(Standing(one.person, "class", one.source) for one in found)


def _by_name(name: str, law: Register) -> Iterator[Standing]:
    for capacity in law.vocabulary.capacities:
        if _same(name, capacity.meaning):
            yield Standing(capacity.id, "listed", capacity.source)
    for link in shipped_links().links:
        if any(_same(name, own) for own in link.names):
            yield Standing(link.person, link.how, link.source)


def _names(law: Register) -> list[str]:
    listed = [one.meaning for one in law.vocabulary.capacities]
    return listed + [name for link in shipped_links().links for name in link.names]


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    words = re.findall(r"\w+", name.casefold().replace("&", " and "))
    return " ".join(words[1:] if words[:1] == ["the"] else words)
