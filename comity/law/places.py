"""Which council is meant by a code, and does a name agree with it?

Read from the GOV.UK registers of councils and government organisations. Names
are compared by their two halves: the place (Carmarthenshire) and the tier that
the name claims (county, district, borough, city). "Ealing Council" claims no
tier, so it agrees with "London Borough of Ealing"; a name may leave out, but
not make up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from comity.errors import UnknownName
from comity.law.rsf import Entry, RsfRegister

TIERS = frozenset({"county", "district", "borough", "city", "metropolitan", "unitary", "combined"})
FILLERS = frozenset({"a", "and", "authority", "corporation", "council", "of", "royal", "the"})
NAMES = ("official-name", "name", "official-name-cy", "name-cy")
BOROUGHS = "statistical-geography-london-borough-eng"


@dataclass(frozen=True)
class Place:
    """A council or other body of a register of places: its code, names and type."""

    curie: str
    names: tuple[str, ...]
    type: str = ""
    type_name: str = ""

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def code(self) -> str:
        return self.curie.partition(":")[2]

    @property
    def scheme(self) -> str:
        return self.curie.partition(":")[0]

    def is_where(self, name: str) -> bool:
        """Whether the name means the same spot on the map, whatever tier it claims."""
        return _spot(name) in {_spot(own) for own in self.names}

    def made_up(self, name: str) -> frozenset[str]:
        """The tiers that the name claims and the register does not know of."""
        known = _words(" ".join((*self.names, self.type_name)))
        return (_words(name) & TIERS) - known


@dataclass(frozen=True)
class Places:
    """Places by code (`local-authority-eng:BIR`); some answer to a second code."""

    known: Mapping[str, Place]

    def place(self, curie: str) -> Place:
        if curie not in self.known:
            raise UnknownName("place", curie, self.known)
        return self.known[curie]

    def named(self, name: str) -> tuple[Place, ...]:
        """The places that bear exactly this name."""
        found = [one for one in self.known.values() if name.casefold() in map(str.casefold, one.names)]
        return tuple(dict.fromkeys(found))


def places_of(registers: Iterable[RsfRegister], at: datetime | None = None) -> Places:
    """The places that registers knew at an instant; with `local-authority-type`, types have names."""
    by_name = {register.name: register.as_at(at) for register in registers}
    types = by_name.pop("local-authority-type", {})
    boroughs = by_name.pop(BOROUGHS, {})
    known = {
        place.curie: place
        for name, records in by_name.items()
        for place in (_place(name, entry, types) for entry in records.values())
    }
    return Places(
        known
        | {
            f"{BOROUGHS}:{code}": known[council]
            for code, entry in boroughs.items()
            if (council := f"local-authority-eng:{entry.text('local-authority-eng')}") in known
        }
    )


def _place(register: str, entry: Entry, types: Mapping[str, Entry]) -> Place:
    type_ = entry.text("local-authority-type")
    names = tuple(dict.fromkeys(filter(None, (entry.text(field) for field in NAMES))))
    type_name = types[type_].text("name") if type_ in types else ""
    return Place(f"{register}:{entry.key}", names, type_, type_name)


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", name.casefold().replace("&", " and ")))


def _spot(name: str) -> frozenset[str]:
    """What is left of a name without its tier; London is the spot only where it is no tier."""
    return _words(name.casefold().replace("london borough", "")) - TIERS - FILLERS
