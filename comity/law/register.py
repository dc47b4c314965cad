"""The register of law: load, look up, ask what was in force on a day.

The register is given text, not paths; only `shipped()` reads the files inside
the package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal, TypeVar

from pydantic import Field

from comity.canonical import digest, plain
from comity.errors import InputError, UnknownName
from comity.law.model import Capacity, Confirmation, Fact, ItemKind, Office, Provision, Purpose, Route
from comity.law.reach import Reach
from comity.partnership import Item
from comity.source import Document, Model, Problem, build, read_yaml
from comity.terms import REASON_CODES, Step, Truth

SHIPPED_ITEM_DOMAIN = "comity.example"


class ProvisionsFile(Model):
    """One file of the register: the provisions of one Act, instrument or guidance."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    provisions: tuple[Provision, ...]


class Vocabulary(Model):
    """The closed lists the routes speak in."""

    purposes: tuple[Purpose, ...] = ()
    kinds: tuple[ItemKind, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    facts: tuple[Fact, ...] = ()
    offices: tuple[Office, ...] = ()
    items: tuple[Item, ...] = ()
    origins: tuple[str, ...] = ()
    """Origins that are known, and that no rule here turns on; those that routes name are known besides."""
    marks: tuple[str, ...] = ()
    """Marks of handling that are known, and ask for nothing here; those that routes name are known besides."""


@dataclass(frozen=True)
class Register:
    """Provisions and vocabulary, with what has been confirmed about them."""

    name: str
    provisions: Mapping[str, Provision]
    vocabulary: Vocabulary
    confirmations: tuple[Confirmation, ...] = ()
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict, compare=False, repr=False)

    def provision(self, id: str) -> Provision:
        if id not in self.provisions:
            raise UnknownName("provision", id, self.provisions)
        return self.provisions[id]

    @cached_property
    def digest(self) -> str:
        """Over provisions and vocabulary: the release. Confirmations are recorded beside it."""
        return digest(
            {
                "name": self.name,
                "provisions": [plain(self.provisions[id]) for id in sorted(self.provisions)],
                "vocabulary": plain(self.vocabulary),
            }
        )

    def confirmed(self, confirmations: Iterable[Confirmation]) -> Register:
        """The same release with a partnership's confirmations; later words replace earlier."""
        same = replace(self, confirmations=(*self.confirmations, *confirmations))
        same.__dict__["digest"] = self.digest  # It is over the release alone, and costly.
        return same

    @cached_property
    def _words(self) -> Mapping[tuple[str, str], bool]:
        ordered = sorted(self.confirmations, key=lambda one: one.when)
        return {(one.entry, one.path): one.value for one in ordered}

    def word_on(self, entry: str, path: str) -> Truth:
        """What a named officer has said about a doubtful fact, if anyone has."""
        return self._words.get((entry, path))

    @cached_property
    def reach(self) -> Reach:
        """The routes as sets, by what they ask about."""
        return Reach(self.provisions, self._words)

    def routes(self, *steps: Step) -> Iterator[tuple[Provision, Route]]:
        """Every route at these steps, in the order of the register."""
        for step in steps:
            yield from self._routes_by_step.get(step, ())

    @cached_property
    def _routes_by_step(self) -> dict[Step, list[tuple[Provision, Route]]]:
        found: dict[Step, list[tuple[Provision, Route]]] = {}
        for provision in self.provisions.values():
            for route in provision.routes:
                found.setdefault(route.step, []).append((provision, route))
        return found

    def fact(self, id: str) -> Fact:
        if id not in self._facts:
            raise UnknownName("fact or test", id, self._facts)
        return self._facts[id]

    @cached_property
    def _facts(self) -> Mapping[str, Fact]:
        return {fact.id: fact for fact in self.vocabulary.facts}

    def offices_for(self, test: str, capacities: frozenset[str]) -> tuple[str, ...]:
        """The offices that may settle a test, in the order of the vocabulary, as far as such a body has them."""
        may = self.fact(test).offices
        return tuple(
            one.id
            for one in self.vocabulary.offices
            if one.id in may and not one.third_party and (not one.of or capacities & set(one.of))
        )

    @cached_property
    def opposites(self) -> Mapping[str, str]:
        """Each fact that has an opposite, both ways."""
        pairs = {fact.id: fact.opposite for fact in self.vocabulary.facts if fact.opposite}
        return pairs | {opposite: id for id, opposite in pairs.items()}

    @cached_property
    def _purposes(self) -> Mapping[str, Purpose]:
        return {purpose.id: purpose for purpose in self.vocabulary.purposes}

    def purpose(self, id: str) -> Purpose:
        if id not in self._purposes:
            raise UnknownName("purpose", id, self._purposes)
        return self._purposes[id]

    def purposes_of(self, id: str) -> frozenset[str]:
        """The purpose and every wider purpose it lies within."""
        found, here = set(), self.purpose(id)
        while here.id not in found:
            found.add(here.id)
            here = self.purpose(here.within) if here.within else here
        return frozenset(found)

    def mark(self, written: str) -> str:
        """The mark of handling that is meant, however it is spelt; raises `UnknownName`.

        A mark that no rule here knows asks for something that nobody has weighed, so it is not let through in silence.
        """
        if _folded(written) not in self._marks:
            raise UnknownName("mark of handling (leave out one that asks for nothing)", written, self._marks.values())
        return self._marks[_folded(written)]

    @cached_property
    def _marks(self) -> Mapping[str, str]:
        asking = [mark for _, route in self.reach.routes for mark in route.handling]
        return _by_spelling((*self.vocabulary.marks, *asking))

    def origin(self, written: str) -> str | None:
        """The origin that some rule turns on, however it is spelt; nothing, if none does."""
        return self._origins.get(_folded(written))

    @cached_property
    def _origins(self) -> Mapping[str, str]:
        asked = [one for _, route in self.reach.routes for one in (*route.origins, *route.not_origins)]
        return _by_spelling((*self.vocabulary.origins, *asked))

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that are known, in the order of the alphabet."""
        return tuple(sorted(set(self._origins.values())))

    def kinds_of(self, kinds: Iterable[str]) -> frozenset[str]:
        """The kinds with all they imply."""
        own = frozenset(kinds)
        if own not in self._implied:
            self._implied[own] = _closure(own, self._kinds, "kind of information")
        return self._implied[own]

    @cached_property
    def _implied(self) -> dict[frozenset[str], frozenset[str]]:
        return {}

    @cached_property
    def _kinds(self) -> Mapping[str, tuple[str, ...]]:
        return {kind.id: kind.implies for kind in self.vocabulary.kinds}

    def capacities_of(self, capacities: Iterable[str]) -> frozenset[str]:
        """The capacities with all they imply."""
        worn = frozenset(capacities)
        if worn not in self._worn:
            self._worn[worn] = _closure(worn, self._capacities, "capacity")
        return self._worn[worn]

    @cached_property
    def _worn(self) -> dict[frozenset[str], frozenset[str]]:
        return {}

    @cached_property
    def _capacities(self) -> Mapping[str, tuple[str, ...]]:
        return {one.id: one.implies for one in self.vocabulary.capacities}

    def prescribed_set(self, id: str) -> str:
        """The name of a set of data that some route is about."""
        if id not in self.prescribed_sets:
            raise UnknownName("prescribed set", id, self.prescribed_sets)
        return id

    @cached_property
    def prescribed_sets(self) -> frozenset[str]:
        return self._named_by_routes("sets")

    def request_under(self, id: str) -> str:
        """What a request may be made under: an entry of the register, or what a route names."""
        known = {*self.provisions, *self._requests}
        if id not in known:
            raise UnknownName("provision to ask under", id, known)
        return id

    @cached_property
    def _requests(self) -> frozenset[str]:
        return self._named_by_routes("requested_under")

    def _named_by_routes(self, field: str) -> frozenset[str]:
        return frozenset(
            name for one in self.provisions.values() for route in one.routes for name in getattr(route, field)
        )

    def item(self, name: str) -> Item:
        """A shipped item by global id or short name."""
        known = self._items
        if name not in known:
            raise UnknownName("item", name, known)
        return known[name]

    @cached_property
    def _items(self) -> Mapping[str, Item]:
        by_id = {item.id: item for item in self.vocabulary.items}
        return by_id | {id.rsplit("/", 1)[-1]: item for id, item in by_id.items()}

    def in_force_on(self, day: date) -> tuple[Provision, ...]:
        return tuple(one for one in self.provisions.values() if one.in_force_on(day))


def _closure(start: Iterable[str], implies: Mapping[str, tuple[str, ...]], what: str) -> frozenset[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        one = waiting.pop()
        if one not in implies:
            raise UnknownName(what, one, implies)
        if one not in found:
            found.add(one)
            waiting += implies[one]
    return frozenset(found)


V = TypeVar("V", bound=Model)


def load(name: str, texts: Mapping[str, str], vocabulary: Vocabulary) -> Register:
    """A register from the texts of its files (name → YAML); raises `InputError` with every problem."""
    provisions: dict[str, Provision] = {}
    places: dict[str, tuple[str, int]] = {}
    problems: list[Problem] = []
    for file, text in sorted(texts.items()):
        try:
            document = read_yaml(text, file)
            found = build(ProvisionsFile, document).provisions
        except InputError as error:
            problems += [problem for problem in error.problems if isinstance(problem, Problem)]
            continue
        for at, provision in enumerate(found):
            path = ("provisions", at, "id")
            if provision.id in provisions:
                problems.append(document.problem(path, "duplicate-id", f"{provision.id} stands twice.", "Keep one."))
            provisions[provision.id] = provision
            places[provision.id] = (file, document.line(path))
            problems += _dangling(provision, document, at, vocabulary)
    if problems:
        raise InputError(sorted(problems))
    return Register(name, provisions, vocabulary, places=places)


def extended(register: Register, texts: Mapping[str, str]) -> Register:
    """The register with a partnership's local entries; they may add, never replace."""
    local = load(register.name, texts, register.vocabulary)
    clashes = [
        Problem(
            *local.places[id],
            "duplicate-id",
            f"{id} is an entry of the shipped register.",
            "Give the local entry a name of its own; to settle a doubt, record a confirmation.",
        )
        for id in sorted(set(local.provisions) & set(register.provisions))
    ]
    if clashes:
        raise InputError(clashes)
    return replace(
        register, provisions={**register.provisions, **local.provisions}, places={**register.places, **local.places}
    )


def _dangling(provision: Provision, document: Document, at: int, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Words in the routes that the vocabulary does not know."""
    lists = {
        "capacity": (
            {one.id for one in vocabulary.capacities},
            ("from_", "not_from", "to", "not_to", "party", "not_party"),
        ),
        "purpose": ({one.id for one in vocabulary.purposes}, ("purposes", "not_purposes")),
        "kind of information": ({one.id for one in vocabulary.kinds}, ("kinds", "not_kinds")),
        "fact": ({one.id for one in vocabulary.facts}, ("needs", "unless")),
    }
    for number, route in enumerate(provision.routes):
        for what, (known, fields) in lists.items():
            for name in fields:
                for word in sorted(set(getattr(route, name)) - known):
                    error = UnknownName(what, word, known)
                    yield document.problem(
                        ("provisions", at, "routes", number, name.strip("_")),
                        "unknown-word",
                        str(error),
                        "Add it to the vocabulary or correct it.",
                    )
        if route.reason and route.reason not in REASON_CODES:
            yield document.problem(
                ("provisions", at, "routes", number, "reason"),
                "unknown-word",
                f"There is no reason code {route.reason}.",
                "Use one from the reference of reason codes.",
            )


@cache
def shipped_vocabulary() -> Vocabulary:
    """The vocabulary inside the package."""
    lists: dict[str, object] = {}
    for entry in sorted(files("comity.law").joinpath("vocabulary").iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".yaml"):
            document = read_yaml(entry.read_text("utf-8"), entry.name)
            assert isinstance(document.value, dict)
            lists |= document.value
    return Vocabulary.model_validate(lists)


@cache
def shipped() -> Register:
    """The register of the law of England and Wales inside the package."""
    folder = files("comity.law").joinpath("register")
    texts = {entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".yaml")}
    return load("england-and-wales", texts, shipped_vocabulary())


def _by_spelling(words: Iterable[str]) -> dict[str, str]:
    """The words by what is left of them however they are spelt; of two spellings of one, the last."""
    return {_folded(word): word for word in words}


def _folded(word: str) -> str:
    """The letters and figures of a word: case and what stands between them make no difference."""
    return "".join(one for one in word.casefold() if one.isalnum())
