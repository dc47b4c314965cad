"""The registers that generated worlds stand under: the shipped one and an invented one, whole or with parts missing.

The invented law (`law/`) says everything a provision can say, so that no field is left to what the
shipped law happens to use. Where a step has no law, the register is silent; that has registers of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path

from comity.law import Provision, Register, Route, Vocabulary, extended, load, shipped
from comity.source import read
from comity.terms import Period, Step

HERE = Path(__file__).parent / "law"

DATA_PROTECTION = (Step.BASIS, Step.SPECIAL_CATEGORY, Step.CRIMINAL_OFFENCE, Step.NECESSITY)
SILENT: Mapping[str, tuple[Step, ...]] = {
    "no-data-protection": DATA_PROTECTION,
    "no-basis": (Step.BASIS,),
    "no-conditions": DATA_PROTECTION[1:],
    "no-confidence": (Step.CONFIDENCE,),
    "no-proportionality": (Step.PROPORTIONALITY,),
    "no-power": (Step.POWER,),
}
"""Registers in which nothing opens some steps."""

CALLED = ("both", "invented", *SILENT)


@cache
def law(called: str) -> Register:
    """The register of this name; `both` is the shipped one with the invented one."""
    vocabulary = _vocabulary()
    texts = {"everything.yaml": (HERE / "everything.yaml").read_text("utf-8")}
    if called == "invented":
        return _with_digest(load("invented", texts, vocabulary))
    both = extended(replace(shipped(), vocabulary=vocabulary), texts)
    if called == "both":
        return _with_digest(both)
    closed = SILENT[called]
    kept = {id: _without(provision, closed) for id, provision in both.provisions.items()}
    return _with_digest(replace(both, name=called, provisions=kept))


def _vocabulary() -> Vocabulary:
    """The words of both: lists are added to, never replaced."""
    ours, more = shipped().vocabulary, read(Vocabulary, (HERE / "vocabulary.yaml").read_text("utf-8"), "vocabulary")
    return Vocabulary(**{name: getattr(ours, name) + getattr(more, name) for name in Vocabulary.model_fields})


def _without(provision: Provision, closed: tuple[Step, ...]) -> Provision:
    routes = tuple(one for one in provision.routes if one.step not in closed or one.effect != "allows")
    return provision.model_copy(update={"routes": routes})


def _with_digest(register: Register) -> Register:
    """It is worked out once, and handed on to every world under this law."""
    assert register.digest
    return register


@dataclass(frozen=True)
class Words:
    """What the routes of a register ask about: what a proposal must name to be reached by one."""

    law: Register

    @cached_property
    def routes(self) -> tuple[tuple[Provision, Route], ...]:
        return tuple((provision, route) for provision in self.law.provisions.values() for route in provision.routes)

    @cached_property
    def powers(self) -> tuple[tuple[Provision, Route], ...]:
        """What opens the way; where there is nothing, whatever the routes of other steps speak of."""
        found = tuple((provision, route) for provision, route in self.routes if route.step == Step.POWER)
        return found or self.routes

    def listed(self, field: str) -> list[str]:
        """Every word that some route has in this field."""
        return sorted({word for _, route in self.routes for word in getattr(route, field)})

    @cached_property
    def origins(self) -> list[str]:
        return sorted({*self.listed("origins"), *self.listed("not_origins")})

    @cached_property
    def handling(self) -> list[str]:
        return self.listed("handling")

    @cached_property
    def sets(self) -> list[str]:
        return self.listed("sets")

    @cached_property
    def under(self) -> list[str]:
        return self.listed("requested_under")

    @cached_property
    def provisions(self) -> list[str]:
        return sorted(self.law.provisions)

    @cached_property
    def purposes(self) -> list[str]:
        return sorted(one.id for one in self.law.vocabulary.purposes)

    @cached_property
    def tests(self) -> list[str]:
        return sorted(fact.id for fact in self.law.vocabulary.facts if fact.is_test)

    @cached_property
    def facts(self) -> list[str]:
        return sorted(fact.id for fact in self.law.vocabulary.facts if not fact.is_test)

    @cached_property
    def party_facts(self) -> list[str]:
        return sorted(fact.id for fact in self.law.vocabulary.facts if fact.about == "party")

    @cached_property
    def towards(self) -> Mapping[str, bool]:
        """For each fact or test, the answer that opens more ways than it closes."""
        score: dict[str, int] = {}
        for _, route in self.routes:
            weight = -1 if route.effect == "bars" else 1
            for facts, sign in ((route.needs, weight), (route.unless, -weight)):
                for fact in facts:
                    score[fact] = score.get(fact, 0) + sign
                    if fact in self.law.opposites:
                        score[self.law.opposites[fact]] = score.get(self.law.opposites[fact], 0) - sign
        answers = {fact: score.get(fact, 0) > 0 for fact in self.facts}
        return answers | {test: score.get(test, 0) >= 0 for test in self.tests}

    def opening(self, step: Step) -> list[str]:
        """The facts and tests by which routes open a step."""
        opening = [route for _, route in self.routes if route.step == step and route.effect == "allows"]
        return sorted({fact for route in opening for fact in route.needs})

    @cached_property
    def turning(self) -> list[str]:
        """The facts and tests that routes of the invented law turn on, where there is one."""
        local = [(one, route) for one, route in self.routes if one.id.startswith("town-")] or self.routes
        return sorted({fact for _, route in local for fact in (*route.needs, *route.unless)} | {"deceased"})

    @cached_property
    def doubts(self) -> list[tuple[str, str]]:
        return [(id, path) for id, one in self.law.provisions.items() for path in one.doubts()]

    @cached_property
    def edges(self) -> list[date]:
        """The days before and after something begins or ends to be law."""
        periods = [period for one, route in self.routes for period in (*one.in_force, *(route.in_force or ()))]
        return sorted(set(edges_of(periods)))


@cache
def words(called: str) -> Words:
    return Words(law(called))


def edges_of(periods: list[Period]) -> Iterator[date]:
    """The day before the first, the first, the last, and the day after it."""
    for period in periods:
        for day in (period.from_, period.until):
            if day and date(1990, 1, 1) < day:
                yield day - timedelta(days=1)
                yield day
