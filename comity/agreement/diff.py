"""What changed between two versions of an agreement, in plain words?

This is about the text. Which decisions come out differently is computed
elsewhere, from both texts and the law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from comity.agreement.model import Agreement, AgreementParty, Flow
from comity.canonical import plain

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Change:
    """One change: what it touches (`flow:monthly-incidents`), and a sentence about it."""

    part: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def changes(old: Agreement, new: Agreement) -> tuple[Change, ...]:
    """Every change, in the order in which an agreement is read."""
    return tuple(change for rule in RULES for change in rule(old, new))


Rule = Callable[[Agreement, Agreement], Iterator[Change]]


def _parties(old: Agreement, new: Agreement) -> Iterator[Change]:
    before, now = ({party.called: party for party in one.parties} for one in (old, new))
    renamed = {
        gone: come
        for gone in before.keys() - now.keys()
        for come in now.keys() - before.keys()
        if _same_body(before[gone], now[come])
    }
    for gone, come in sorted(renamed.items()):
        yield Change(f"party:{come}", f"{gone} is now called {come}; it is the same body.")
    for name in sorted(before.keys() - now.keys() - renamed.keys()):
        yield Change(f"party:{name}", f"{name} is no longer a party.")
    for name in sorted(now.keys() - before.keys() - set(renamed.values())):
        yield Change(f"party:{name}", f"{name} joins as a party.")
    for name in sorted(before.keys() & now.keys()):
        yield from _fields(f"party:{name}", f"For the party {name}", before[name], now[name])


def _same_body(one: AgreementParty, other: AgreementParty) -> bool:
    return (
        one.partner is not None and (one.partner, one.unit) == (other.partner, other.unit)
    ) or one.called in other.formerly


def _purposes(old: Agreement, new: Agreement) -> Iterator[Change]:
    for purpose in _only(new.purposes, old.purposes):
        yield Change("purposes", f"It may now serve {purpose}; before, not.")
    for purpose in _only(old.purposes, new.purposes):
        yield Change("purposes", f"It may no longer serve {purpose}.")


def _flows(old: Agreement, new: Agreement) -> Iterator[Change]:
    before, now = ({flow.id: flow for flow in one.flows} for one in (old, new))
    for id in _only(now, before):
        flow = now[id]
        yield Change(
            f"flow:{id}",
            f"Flow {id} is new: {_words(flow.from_)} may give {_words(flow.items)} "
            f"to {_words(flow.to)} for {flow.purpose}.",
        )
    for id in _only(before, now):
        yield Change(
            f"flow:{id}",
            f"Flow {id} is gone: {_words(before[id].to)} may no longer receive {_words(before[id].items)} by it.",
        )
    for id in sorted(before.keys() & now.keys()):
        yield from _reach(before[id], now[id])
        yield from _fields(f"flow:{id}", f"In flow {id}", before[id], now[id], {"from", "to", "items"})


def _reach(old: Flow, new: Flow) -> Iterator[Change]:
    """Who may receive what, item by item: the part of a change that people ask about first."""
    before, now = ({(to, item) for to in one.to for item in one.items} for one in (old, new))
    for to, items in _by_recipient(now - before).items():
        yield Change(f"flow:{new.id}", f"{to} may now receive {_words(items)} in flow {new.id}; before, not.")
    for to, items in _by_recipient(before - now).items():
        yield Change(f"flow:{new.id}", f"{to} may no longer receive {_words(items)} in flow {new.id}.")
    for giver in _only(new.from_, old.from_):
        yield Change(f"flow:{new.id}", f"{giver} now gives in flow {new.id}; before, not.")
    for giver in _only(old.from_, new.from_):
        yield Change(f"flow:{new.id}", f"{giver} no longer gives in flow {new.id}.")


def _by_recipient(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for to, item in sorted(pairs):
        found.setdefault(to, []).append(item)
    return found


def _clauses(old: Agreement, new: Agreement) -> Iterator[Change]:
    before, now = ({clause.id: clause for clause in one.never} for one in (old, new))
    for id in _only(now, before):
        yield Change(f"never:{id}", f"A new clause says never: {now[id].text.strip()}")
    for id in _only(before, now):
        yield Change(f"never:{id}", f"A clause that said never is gone: {before[id].text.strip()}")
    for id in sorted(before.keys() & now.keys()):
        yield from _fields(f"never:{id}", f"In clause {id}", before[id], now[id])


def _items(old: Agreement, new: Agreement) -> Iterator[Change]:
    before, now = ({item.id: item for item in one.items} for one in (old, new))
    for id in _only(now, before):
        yield Change(f"item:{id}", f"The item {id} is defined: {now[id].title}.")
    for id in _only(before, now):
        yield Change(f"item:{id}", f"The item {id} is no longer defined here.")
    for id in sorted(before.keys() & now.keys()):
        yield from _fields(f"item:{id}", f"For the item {id}", before[id], now[id])


def _sections(old: Agreement, new: Agreement) -> Iterator[Change]:
    before, now = ({section.id: section for section in one.sections} for one in (old, new))
    for id in _only(now, before):
        yield Change(f"section:{id}", f"The section “{now[id].heading}” is new.")
    for id in _only(before, now):
        yield Change(f"section:{id}", f"The section “{before[id].heading}” is gone.")
    for id in sorted(before.keys() & now.keys()):
        if before[id].text != now[id].text:
            yield Change(f"section:{id}", f"The section “{now[id].heading}” is worded differently.")
        yield from _fields(f"section:{id}", f"In the section “{now[id].heading}”", before[id], now[id], {"text"})


def _rest(old: Agreement, new: Agreement) -> Iterator[Change]:
    """Term, review, refusal, breach and whatever else an agreement says once."""
    yield from _fields("agreement", "In the agreement", old, new, _TOLD_APART)


_TOLD_APART = {"parties", "purposes", "items", "flows", "never", "sections", "amendment", "version", "schema"}


def _fields(part: str, where: str, old: T, new: T, skip: Iterable[str] = ()) -> Iterator[Change]:
    """The other fields of two values, in the words in which they are written."""
    before, now = _flat(plain(old)), _flat(plain(new))
    names = [*before, *(key for key in now if key not in before)]
    for name in names:
        if name.split(".")[0] in skip or before.get(name) == now.get(name):
            continue
        yield Change(part, f"{where}, {name} {_became(before.get(name), now.get(name))}.")


def _flat(value: Mapping[str, object], above: str = "") -> dict[str, object]:
    """Nested fields under dotted names."""
    found: dict[str, object] = {}
    for key, inner in value.items():
        found |= _flat(inner, f"{above}{key}.") if isinstance(inner, dict) else {f"{above}{key}": inner}
    return found


def _became(before: object, now: object) -> str:
    if before is None:
        return f"is now {_say(now)}; before, nothing was said"
    return f"was {_say(before)} and is no longer said" if now is None else f"was {_say(before)} and is now {_say(now)}"


def _say(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list() if all(isinstance(one, str) for one in value):
            return _words(value) if value else "nothing"
        case list():
            return f"a list of {len(value)}"
    return str(value).strip()


def _only(these: Iterable[str], not_those: Iterable[str]) -> list[str]:
    return sorted(set(these) - set(not_those))


def _words(names: Iterable[str]) -> str:
    *first, last = sorted(names) or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last


RULES: tuple[Rule, ...] = (_parties, _purposes, _items, _flows, _clauses, _rest, _sections)
