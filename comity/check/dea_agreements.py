"""What did the public register of Digital Economy Act agreements say, entry by entry?

Every entry is a version of an agreement, known from its entry time. Where it
can be, a version is mapped to the ordinary `Agreement`, with the parties the
law register knows; what the register holds as prose stays prose. The register
names who discloses (`controllers`) and who receives (`processors`), not which
item goes where: the flows are read from that, and from the sentence, where
there is one, that says who returns a flag only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from comity.agreement import Agreement
from comity.errors import InputError, UnknownName
from comity.law import Provision, Register
from comity.law.dea import (
    CURIE,
    PERSONS,
    Standing,
    capacity_named,
    is_description,
    name_of,
    power_named,
    standings,
)
from comity.law.places import Place, Places
from comity.law.rsf import Entry, read_rsf
from comity.source import Document, Problem, build
from comity.terms import checked_duration

REGISTER = "information-sharing-agreement-0001"
SIDES: Mapping[str, str] = {"controllers": "controller-names", "processors": "processor-names"}
DATES = ("start-date", "end-date", "review-date")
PROSE = ("purpose", "information-sharing-benefits", "disclosed-information")

_FORMERLY = re.compile(r"(?P<now>[\w&' ]+?) \((?:previously|formerly) known as (?P<then>[^)]+)\)")
_SHORT = re.compile(r"([A-Z]\w+(?: (?:[A-Z]\w+|for|and|of|the|&))*) \(([A-Z]{2,})\)")
_RETURNS = re.compile(
    r"(?:^|[.;]\s+)(?P<who>[^.;]+?) (?:will |shall )?(?:return|send back|answer with)s? (?P<what>[^.(]+)"
)


@dataclass(frozen=True)
class RegisteredParty:
    """A party as the register names it: by CURIE, in words, or as one of a kind of person."""

    called: str
    body: str
    name: str
    fields: tuple[str, ...]
    standings: tuple[Standing, ...] | None = None
    place: Place | None = None
    formerly: tuple[str, ...] = ()

    @property
    def in_words(self) -> bool:
        return not CURIE.fullmatch(self.body)

    @property
    def capacities(self) -> tuple[str, ...]:
        return tuple(sorted({one.capacity for one in self.standings or ()}))

    @property
    def discloses(self) -> bool:
        return "controllers" in self.fields

    @property
    def receives(self) -> bool:
        return "processors" in self.fields

    def __str__(self) -> str:
        return self.name if self.body == self.name else f"{self.name} ({self.body})"


@dataclass(frozen=True)
class FlagOnly:
    """A sentence by which one side returns a flag only (hit or no hit), and whose it is."""

    by: str
    sentence: str


@dataclass(frozen=True)
class Version:
    """One entry of the register: a version of one agreement, and what it maps to."""

    file: str
    number: int
    entry: Entry
    parties: tuple[RegisteredParty, ...]
    power: Provision | None = None
    flag_only: FlagOnly | None = None
    agreement: Agreement | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def key(self) -> str:
        return self.entry.key

    def day(self, field: str) -> date | None:
        """A date of the entry; none if it is absent or is no date."""
        try:
            return date.fromisoformat(self.entry.text(field))
        except ValueError:
            return None

    @property
    def unreadable(self) -> tuple[str, ...]:
        """The fields that should be a date or a length of time and are not; a start must be there."""
        dates = [name for name in DATES if not self.day(name) and (self.entry.text(name) or name == DATES[0])]
        return (*dates, *([] if _is_duration(self.entry.text("retention-period")) else ["retention-period"]))

    @property
    def until(self) -> date | None:
        """The first day after the term: the register's end date is the last day of it."""
        end = self.day("end-date")
        return end + timedelta(days=1) if end else None


@dataclass(frozen=True)
class ImportedRegister:
    """All entries of the register of agreements, in the order in which they were made."""

    file: str
    versions: tuple[Version, ...]

    def of(self, key: str) -> tuple[Version, ...]:
        """The versions of one agreement, oldest first."""
        return tuple(one for one in self.versions if one.key == key)

    def as_at(self, time: datetime) -> tuple[Version, ...]:
        """The version of each agreement that stood in the register at an instant."""
        stood = {one.key: one for one in self.versions if one.entry.time <= time}
        return tuple(stood.values())


def import_dea(
    agreements: str, law: Register, places: Places | None = None, *, file: str = f"{REGISTER}.rsf"
) -> ImportedRegister:
    """The register of agreements from its RSF text; raises `DamagedRegister`."""
    seen: dict[str, int] = {}
    versions = []
    for entry in read_rsf(agreements, file).entries:
        seen[entry.key] = seen.get(entry.key, 0) + 1
        versions.append(_version(file, seen[entry.key], entry, law, places))
    return ImportedRegister(file, tuple(versions))


def _version(file: str, number: int, entry: Entry, law: Register, places: Places | None) -> Version:
    parties = tuple(_parties(entry, law, places))
    version = Version(
        file,
        number,
        entry,
        parties,
        power=_power(entry, law),
        flag_only=_flag_only(entry, parties, law, places),
    )
    if version.power is None or version.unreadable:
        return version
    document = Document(file, _as_written(version, version.power, law), {(): entry.item_line})
    try:
        return replace(version, agreement=build(Agreement, document))
    except InputError as error:
        return replace(version, problems=tuple(one for one in error.problems if isinstance(one, Problem)))


def _is_duration(text: str) -> bool:
    try:
        return not text or bool(checked_duration(text))
    except ValueError:
        return False


def _power(entry: Entry, law: Register) -> Provision | None:
    try:
        return power_named(entry.text("legal-power-disclosure"), law)
    except UnknownName:
        return None


# --- parties


def _parties(entry: Entry, law: Register, places: Places | None) -> Iterator[RegisteredParty]:
    """Each party once, with the fields that name it."""
    fields: dict[tuple[str, str], tuple[str, ...]] = {}
    for codes, names in SIDES.items():
        for body, given in _bodies(entry, codes, names):
            fields[body, given] = (*fields.get((body, given), ()), codes)
    formerly = _formerly(entry)
    for (body, given), stands_in in fields.items():
        name = given or name_of(body, law, places)
        yield RegisteredParty(
            _slug(name, body),
            body,
            name,
            stands_in,
            _standings(body, law, places),
            places.known.get(body) if places else None,
            formerly.get(name, ()),
        )


def _bodies(entry: Entry, codes: str, names: str) -> Iterator[tuple[str, str]]:
    """CURIEs with the name given to each kind of person; then the names that have no CURIE."""
    waiting = list(entry.texts(names))
    for curie in entry.texts(codes):
        scheme, _, number = curie.partition(":")
        a_kind = scheme == PERSONS and is_description(f"dea-person-{number}")
        yield curie, waiting.pop(0) if a_kind and waiting else ""
    yield from ((name, name) for name in waiting)


def _standings(body: str, law: Register, places: Places | None) -> tuple[Standing, ...] | None:
    try:
        return standings(body, law, places)
    except UnknownName:
        return None


def _formerly(entry: Entry) -> dict[str, tuple[str, ...]]:
    """The former names that the text gives, by the name now borne."""
    found: dict[str, tuple[str, ...]] = {}
    for match in _FORMERLY.finditer(entry.text("name")):
        for party in (name for names in SIDES.values() for name in entry.texts(names)):
            if match["now"].endswith(party):
                found[party] = (*found.get(party, ()), match["then"])
    return found


def _slug(name: str, body: str) -> str:
    slug = "-".join(re.findall(r"[a-z0-9]+", name.casefold()))
    return slug if 0 < len(slug) <= 60 else "person-" + body.rpartition(":")[2].lower()


# --- hit or no hit


def _flag_only(
    entry: Entry, parties: tuple[RegisteredParty, ...], law: Register, places: Places | None
) -> FlagOnly | None:
    for match in _RETURNS.finditer(entry.text("disclosed-information")):
        if {"only", "flag"} <= set(re.findall(r"\w+", match["what"])):
            by = _meant(match["who"], entry, parties, law, places)
            return FlagOnly(by, match[0].strip(" .;\n"))
    return None


def _meant(
    who: str,
    entry: Entry,
    parties: tuple[RegisteredParty, ...],
    law: Register,
    places: Places | None,
) -> str:
    """The party that a name or a short form, explained anywhere in the entry, stands for."""
    text = " ".join(entry.text(field) for field in PROSE)
    in_full = {short: name for name, short in _SHORT.findall(text)}.get(who, who)
    capacities = {one.capacity for one in _standings(in_full, law, places) or ()}
    for party in parties:
        if party.name in (who, in_full) or capacities & set(party.capacities):
            return party.called
    return ""


# --- the ordinary agreement


def _as_written(version: Version, power: Provision, law: Register) -> dict[str, object]:
    """The entry as the plain values an `Agreement` is built from."""
    entry = version.entry
    purpose = power.routes[0].purposes[0]
    return {
        "schema": 1,
        "id": f"{REGISTER}/agreement/{entry.key}",
        "title": entry.text("name"),
        "version": version.number,
        "family": "operational",
        "register": law.name,
        "extent": list(power.extent),
        "areas": [*entry.texts("areas"), *(_area(name, version) for name in entry.texts("area-names"))],
        "parties": [_party(party, law) for party in version.parties],
        "purposes": [purpose],
        "benefits": entry.text("information-sharing-benefits"),
        "items": [*_items(version)],
        "flows": [*_flows(version, power.id, purpose)],
        "term": {"from": entry.text("start-date"), "until": version.until},
        "registered": entry.day,
        "review": {"next": entry.text("review-date") or None},
        "sections": [*_sections(entry)],
    }


def _area(name: str, version: Version) -> str:
    """The code of the party whose area is named; the name itself where none is."""
    places = (party.place for party in version.parties if party.place)
    return next((place.curie for place in places if place.is_where(name)), name)


def _party(party: RegisteredParty, law: Register) -> dict[str, object]:
    return {
        "called": party.called,
        "capacities": list(party.capacities),
        "formerly": list(party.formerly),
        **_who(party, law),
    }


def _who(party: RegisteredParty, law: Register) -> dict[str, str]:
    """A body with a code is a partner; one of a kind, and a name no list explains, is described."""
    themselves = [one for one in party.standings or () if one.how in ("listed", "same-body")]
    described = [one.capacity for one in themselves if is_description(one.capacity)]
    if described:
        return {"class_of_person": capacity_named(described[0], law).meaning}
    if party.in_words and not themselves:
        return {"class_of_person": party.name}
    curie = capacity_named(themselves[0].capacity, law).source if party.in_words else party.body
    scheme, _, code = curie.partition(":")
    return {"partner": f"{scheme}/partner/{code.lower()}"}


def _items(version: Version) -> Iterator[dict[str, object]]:
    notes = version.entry.text("disclosed-information")
    yield _item(version, "disclosed-information", "Disclosed information, as registered", notes)
    if version.flag_only:
        yield _item(version, "match-flag", "Whether the person is known", version.flag_only.sentence)


def _item(version: Version, slug: str, title: str, notes: str) -> dict[str, object]:
    id = f"{REGISTER}/item/{version.key}-{slug}"
    return {"id": id, "title": title, "kinds": ["information"], "notes": notes}


def _flows(version: Version, power: str, purpose: str) -> Iterator[dict[str, object]]:
    """One flow from each party that gives; whoever returns a flag gives nothing else."""
    flag_by = version.flag_only.by if version.flag_only else ""
    for party in version.parties:
        to = _recipients(party, version, flag_by)
        if not to:
            continue
        slug = "match-flag" if party.called == flag_by else "disclosed-information"
        yield {
            "id": f"from-{party.called}",
            "from": party.called,
            "to": to,
            "purpose": purpose,
            "powers": [power],
            "items": [f"{version.key}-{slug}"],
            "flag_only": party.called == flag_by,
            "method": version.entry.text("information-sharing-method"),
            "retention": {"for": version.entry.text("retention-period") or None},
        }


def _recipients(party: RegisteredParty, version: Version, flag_by: str) -> list[str]:
    """Whom a party gives to: those who receive, else the others who disclose."""
    others = [one for one in version.parties if one.called != party.called]
    if flag_by:
        return [one.called for one in others if flag_by in (party.called, one.called)]
    if not party.discloses:
        return []
    receiving = [one.called for one in others if one.receives]
    return receiving or [one.called for one in others]


def _sections(entry: Entry) -> Iterator[dict[str, object]]:
    """The prose, kept to the letter."""
    covered = {
        "purpose": "purpose",
        "disclosed-information": "items",
        "information-sharing-method": "method",
        "contact": "contacts",
    }
    for field, covers in covered.items():
        if text := entry.text(field):
            heading = field.replace("-", " ").capitalize()
            yield {"id": field, "heading": heading, "covers": covers, "text": text}
