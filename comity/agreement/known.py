"""What is known outside the text: the lists it may refer to, and the day it is read on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Literal

from comity.agreement.model import SHIPPED_ITEMS, Agreement, Flow
from comity.partnership import Item, Partnership
from comity.source import Document, Path, Problem
from comity.terms import slug_of


@dataclass(frozen=True)
class Known:
    """What the shell tells the lint. A list that is `None` was not told, and is not checked against.

    Purposes and kinds come with all that each of them is as well (`investigate`
    is also `law-enforcement`). `digests` are the texts that are already
    circulated or signed, by id and version.
    """

    on: date
    partnership: Partnership | None = None
    items: Mapping[str, Item] | None = None
    purposes: Mapping[str, frozenset[str]] | None = None
    kinds: Mapping[str, frozenset[str]] | None = None
    facts: frozenset[str] | None = None
    capacities: frozenset[str] | None = None
    provisions: frozenset[str] | None = None
    sets: frozenset[str] | None = None
    judgements: frozenset[str] | None = None
    agreements: frozenset[str] | None = None
    digests: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def purposes_of(self, purpose: str) -> frozenset[str]:
        return (self.purposes or {}).get(purpose, frozenset()) | {purpose}

    def kinds_of(self, kinds: Iterable[str]) -> frozenset[str]:
        found = set(kinds)
        return frozenset(found).union(*((self.kinds or {}).get(kind, frozenset()) for kind in found))


@dataclass(frozen=True)
class Reading:
    """An agreement with its lines and with what is known: what every rule looks at."""

    agreement: Agreement
    document: Document
    known: Known

    def note(
        self,
        path: Path,
        code: str,
        sentence: str,
        remedy: str,
        *,
        grade: Literal["error", "warning"] = "error",
    ) -> Problem:
        return Problem(self.document.file, self.document.line(path), code, sentence, remedy, grade)

    def unknown(self, path: Path, what: str, name: str, known: Iterable[str], remedy: str) -> Problem:
        """A name that answers to nothing; the nearest known name is offered."""
        near = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else remedy
        return self.note(path, f"unknown-{what.replace(' ', '-')}", f"There is no {what} called {name}.", hint)

    @property
    def parties(self) -> frozenset[str]:
        return frozenset(party.called for party in self.agreement.parties)

    def item(self, name: str) -> Item | None:
        """The item a name stands for: one of the agreement's own, else one that is known."""
        id = self.agreement.item_id(name)
        own = {item.id: item for item in self.agreement.items}
        return own.get(id) or (self.known.items or {}).get(id)

    def kinds(self, name: str) -> frozenset[str]:
        """All kinds of the item, with what they imply."""
        item = self.item(name)
        return self.known.kinds_of(item.kinds) if item else frozenset()

    def item_names(self) -> frozenset[str]:
        """The short names an agreement may use, for the nearest one to be offered."""
        shipped = {slug_of(id) for id in self.known.items or {} if id.startswith(SHIPPED_ITEMS)}
        return frozenset(shipped | {slug_of(item.id) for item in self.agreement.items})

    def flows(self) -> Iterator[tuple[int, Flow]]:
        return iter(enumerate(self.agreement.flows))


Rule = Callable[[Reading], Iterator[Problem]]
"""One thing that may be wrong with an agreement, told as often as it is."""
