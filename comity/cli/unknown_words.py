"""Which words of partnership.yaml and items.yaml answer to nothing in the registers of the folder?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from comity.errors import UnknownName
from comity.law import Register
from comity.partnership import Item, Partner, Partnership
from comity.source import Document, Path, Problem

Word = tuple[Path, Callable[[Register], object]]
"""Where it stands, and how a register is asked for it."""


def unknown_in_partnership(partnership: Partnership, document: Document, laws: Sequence[Register]) -> Iterator[Problem]:
    """Capacities, facts and links of the partners."""
    for at, partner in enumerate(partnership.partners):
        yield from _unknown(_of_partner(partner, partnership, ("partners", at)), document, laws)


def unknown_in_items(items: Iterable[Item], document: Document, laws: Sequence[Register]) -> Iterator[Problem]:
    """The kinds of the partnership's own items."""
    for at, item in enumerate(items):
        yield from _unknown((_kind(kind, ("items", at, "kinds")) for kind in item.kinds), document, laws)


def _of_partner(partner: Partner, partnership: Partnership, path: Path) -> Iterator[Word]:
    wearers = [(path, partner.capacities)]
    wearers += [((*path, "units", at), unit.capacities) for at, unit in enumerate(partner.units)]
    for place, capacities in wearers:
        for at, held in enumerate(capacities):
            yield _capacity(held.capacity, (*place, "capacities", at, "capacity"))
    for at, known in enumerate(partner.facts):
        yield _fact(known.fact, (*path, "facts", at, "fact"))
    for at, link in enumerate(partner.acts_for):
        yield _partner(link.partner, partnership, (*path, "acts_for", at, "partner"))
        for purpose in link.purposes:
            yield _purpose(purpose, (*path, "acts_for", at, "purposes"))


def _capacity(name: str, path: Path) -> Word:
    return path, lambda law: law.capacities_of([name])


def _fact(name: str, path: Path) -> Word:
    return path, lambda law: law.fact(name)


def _purpose(name: str, path: Path) -> Word:
    return path, lambda law: law.purpose(name)


def _kind(name: str, path: Path) -> Word:
    return path, lambda law: law.kinds_of([name])


def _partner(name: str, partnership: Partnership, path: Path) -> Word:
    return path, lambda _: partnership.partner(name)


def _unknown(words: Iterable[Word], document: Document, laws: Sequence[Register]) -> Iterator[Problem]:
    """Each word that no register knows; what the first would have offered is said."""
    for path, ask in words:
        errors = [error for law in laws if (error := _refusal(ask, law))]
        if len(errors) == len(laws):
            yield document.problem(path, "unknown-name", str(errors[0]), "Correct the name.")


def _refusal(ask: Callable[[Register], object], law: Register) -> UnknownName | None:
    try:
        ask(law)
    except UnknownName as error:
        return error
    return None
