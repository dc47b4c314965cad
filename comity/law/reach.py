"""Which routes of the register reach an item of a share, and what they wait for.

What a route may ask is a list of *aspects*: the day, the place, the purpose,
who gives and who receives, what the item is, how it travels. A route reaches
an item when every aspect is as it asks. Most aspects have few different
answers, so the routes that fit one answer are found once and kept as a set:
a whole number whose bits are the places of the routes in the register.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, reduce
from operator import or_
from typing import Any, Generic, TypeVar

from comity.law.model import Effect, Provision, Route
from comity.terms import Audience, End, Extent, Form, Mode, Period, Regime, Step, after

Routes = int
"""A set of routes."""

AT_AN_END = (Step.BASIS, Step.SPECIAL_CATEGORY, Step.CRIMINAL_OFFENCE)
"""The steps that each party passes for itself."""

LEFT_OUT = frozenset({"discloser-lacks-capacity", "recipient-lacks-capacity"})
"""The codes by which a closed list leaves a party out."""


@dataclass(frozen=True)
class Setting:
    """Everything about a proposal that a route may ask, but for the item and the facts.

    `giver` and `receiver` are the capacities the parties wear; `*_answers` those of whoever
    answers for them in data protection law, and `*_names` the short names of both.
    """

    on: date
    extent: Extent
    purpose: str
    purposes: frozenset[str]
    reuse: bool
    mode: Mode
    audience: Audience
    set: str | None
    requested: bool
    requested_under: str | None
    same_controller: bool
    giver: frozenset[str]
    giver_answers: frozenset[str]
    giver_names: frozenset[str]
    giver_regime: Regime
    receiver: frozenset[str]
    receiver_answers: frozenset[str]
    receiver_names: frozenset[str]
    receiver_regime: Regime

    def regime(self, end: End) -> Regime:
        return self.giver_regime if end == "discloser" else self.receiver_regime


@dataclass(frozen=True)
class Thing:
    """Everything about an item that a route may ask, but for the facts."""

    called: str
    kinds: frozenset[str]
    form: Form
    origins: tuple[str, ...]
    handling: tuple[str, ...]


@dataclass(frozen=True)
class Asking:
    """A setting as it is asked about at one end, for an answer that may rest on a duty."""

    setting: Setting
    end: End = "discloser"
    due: bool = False


T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Aspect(Generic[T]):
    """One thing a route may ask about: the code when it does not fit, the answer, and whether the answer fits."""

    code: str
    answer: Callable[[T], Hashable]
    fits: Callable[[Provision, Route, Any], bool]


def fits(held: Collection[str | None], listed: Collection[str], excluded: Collection[str] = ()) -> bool:
    """Any of those listed (or nothing is listed), and none of those excluded."""
    if not listed and not excluded:
        return True
    return (not listed or any(one in listed for one in held)) and not any(one in excluded for one in held)


# ---- the aspects: of the share, then of the item --------------------------------------


def _in_force(provision: Provision, route: Route, on: date) -> bool:
    periods = provision.in_force if route.in_force is None else route.in_force
    return any(on in period for period in periods)


def _for_purpose(_: Provision, route: Route, answer: tuple[frozenset[str], bool]) -> bool:
    purposes, reuse = answer
    return fits(purposes, route.purposes, route.not_purposes) and route.reuse in (None, reuse)


def _may_give(_: Provision, route: Route, answer: tuple[frozenset[str], frozenset[str], frozenset[str] | None]) -> bool:
    """Whoever acts for another gives by the powers of that other; what binds either of them binds the share."""
    own, answers, tested = answer
    right = tested is None or fits(tested, route.party, route.not_party)
    return right and fits(own | answers if route.effect == "bars" else answers, route.from_, route.not_from)


def _may_receive(
    _: Provision, route: Route, answer: tuple[frozenset[str], frozenset[str], frozenset[str] | None]
) -> bool:
    held, answers, tested = answer
    right = tested is None or fits(tested, route.party, route.not_party)
    return right and fits(held | answers if route.reaches_agents else held, route.to, route.not_to)


def _asked_for(_: Provision, route: Route, answer: tuple[bool, str | None]) -> bool:
    requested, under = answer
    return route.on_request in (None, requested) and (
        not route.requested_under or (requested and under in route.requested_under)
    )


def _at_this_end(_: Provision, route: Route, end: End) -> bool:
    return route.end in (end, "both") or route.step not in AT_AN_END


OF_THE_SHARE: tuple[Aspect[Asking], ...] = (
    Aspect("instrument-not-in-force", lambda one: one.setting.on, _in_force),
    Aspect(
        "out-of-extent",
        lambda one: one.setting.extent,
        lambda provision, route, extent: extent in (route.extent or provision.extent),
    ),
    Aspect("purpose-not-covered", lambda one: (one.setting.purposes, one.setting.reuse), _for_purpose),
    Aspect(
        "discloser-lacks-capacity",
        lambda one: (
            one.setting.giver,
            one.setting.giver_answers,
            one.setting.giver_answers if one.end == "discloser" else None,
        ),
        _may_give,
    ),
    Aspect(
        "recipient-lacks-capacity",
        lambda one: (
            one.setting.receiver,
            one.setting.receiver_answers,
            one.setting.receiver_answers if one.end == "recipient" else None,
        ),
        _may_receive,
    ),
    Aspect("kind-not-covered", lambda one: one.setting.set, lambda _, route, name: fits((name,), route.sets)),
    Aspect("mode-not-covered", lambda one: one.setting.mode, lambda _, r, mode: not r.modes or mode in r.modes),
    Aspect(
        "mode-not-covered",
        lambda one: one.setting.audience,
        lambda _, route, audience: not route.audiences or audience in route.audiences,
    ),
    Aspect("mode-not-covered", lambda one: (one.setting.requested, one.setting.requested_under), _asked_for),
    Aspect(
        "mode-not-covered",
        lambda one: one.setting.same_controller,
        lambda _, route, same: route.same_controller in (None, same),
    ),
    Aspect(
        "mode-not-covered",
        lambda one: one.setting.regime(one.end),
        lambda _, route, regime: not route.regimes or regime in route.regimes,
    ),
    Aspect("mode-not-covered", lambda one: one.end, _at_this_end),
    Aspect("mode-not-covered", lambda one: one.due, lambda _, route, due: route.under_duty in (None, due)),
)

OF_THE_ITEM: tuple[Aspect[Thing], ...] = (
    Aspect(
        "kind-not-covered", lambda one: one.kinds, lambda _, route, kinds: fits(kinds, route.kinds, route.not_kinds)
    ),
    Aspect(
        "kind-not-covered",
        lambda one: one.origins,
        lambda _, route, origins: fits(origins, route.origins, route.not_origins),
    ),
    Aspect("kind-not-covered", lambda one: one.called, lambda _, route, called: fits((called,), route.items)),
    Aspect("kind-not-covered", lambda one: one.handling, lambda _, route, codes: fits(codes, route.handling)),
    Aspect("form-not-covered", lambda one: one.form, lambda _, route, form: not route.forms or form in route.forms),
)

CODES = (
    "instrument-not-in-force",
    "out-of-extent",
    "purpose-not-covered",
    "discloser-lacks-capacity",
    "recipient-lacks-capacity",
    "kind-not-covered",
    "form-not-covered",
    "mode-not-covered",
)
"""Why a route may not reach an item, in the order in which it is said."""


# ---- the routes of one register ----------------------------------------------------------


class Reach:
    """The routes of one register as sets; what fits one answer to an aspect is worked out once."""

    def __init__(self, provisions: Mapping[str, Provision], words: Mapping[tuple[str, str], bool]) -> None:
        """`words` are what named officers have said about doubtful facts, by entry and path."""
        self.provisions, self.words = provisions, words
        self.routes = [(provision, route) for provision in provisions.values() for route in provision.routes]
        self._places = {id(route): 1 << at for at, (_, route) in enumerate(self.routes)}
        self._fitting: dict[tuple[int, Hashable], Routes] = {}
        self._things: dict[Thing, Routes] = {}
        self._in_doubt: dict[Hashable, Routes] = {}
        self._denials: dict[Setting, Routes] = {}
        self._speaks: dict[tuple[Step, date], bool] = {}
        self._members: dict[Routes, tuple[tuple[Provision, Route], ...]] = {}

    def where(self, holds: Callable[[Provision, Route], bool]) -> Routes:
        """The routes of which something holds."""
        return sum(1 << at for at, (provision, route) in enumerate(self.routes) if holds(provision, route))

    def members(self, routes: Routes) -> tuple[tuple[Provision, Route], ...]:
        """The routes of a set, in the order of the register."""
        if routes not in self._members:
            self._members[routes] = tuple(self.routes[at] for at in _bits(routes))
        return self._members[routes]

    def place(self, route: Route) -> Routes:
        """The set of this route alone."""
        return self._places[id(route)]

    def reaching(self, asking: Asking, thing: Thing) -> Routes:
        """The routes that reach the item."""
        return self.of_share(asking) & self.of_item(thing)

    def of_share(self, asking: Asking) -> Routes:
        """The routes that fit the share, whatever the item."""
        return self._fit(OF_THE_SHARE, asking) & ~self._denied(asking.setting)

    def but_for_the_parties(self, asking: Asking) -> Routes:
        """The routes that fit the share but for who gives and who receives."""
        return self._fit([one for one in OF_THE_SHARE if one.code not in LEFT_OUT], asking) & ~self._denied(
            asking.setting
        )

    def for_the_parties(self, setting: Setting, code: str) -> Routes:
        """The routes that fit who gives, or who receives: those of which this code is not said."""
        return self._fit([one for one in OF_THE_SHARE if one.code == code], Asking(setting))

    def of_item(self, thing: Thing) -> Routes:
        """The routes that fit the item, whatever the share."""
        if thing not in self._things:
            self._things[thing] = self._fit(OF_THE_ITEM, thing)
        return self._things[thing]

    def misses(self, provision: Provision, route: Route, asking: Asking, thing: Thing) -> list[str]:
        """Every way in which a route does not reach the item, as reason codes."""
        missed = {one.code for one in OF_THE_SHARE if not one.fits(provision, route, one.answer(asking))}
        missed |= {one.code for one in OF_THE_ITEM if not one.fits(provision, route, one.answer(thing))}
        if self._is_denied(provision, route, asking.setting):
            missed.add("instrument-not-in-force")
        return [code for code in CODES if code in missed]

    def _fit(self, aspects: Iterable[Aspect[T]], asked: T) -> Routes:
        found = self.everything
        for aspect in aspects:
            answer = aspect.answer(asked)
            key = (id(aspect), answer)
            if key not in self._fitting:
                self._fitting[key] = self.where(lambda provision, route: aspect.fits(provision, route, answer))  # noqa: B023
            found &= self._fitting[key]
        return found

    # ---- sets that the definition asks for ------------------------------------

    @cached_property
    def everything(self) -> Routes:
        return (1 << len(self.routes)) - 1

    def at(self, step: Step, effect: Effect) -> Routes:
        """The routes of this effect at this step."""
        return self._at.get((step, effect), 0)

    @cached_property
    def _at(self) -> dict[tuple[Step, Effect], Routes]:
        found: dict[tuple[Step, Effect], Routes] = {}
        for at, (_, route) in enumerate(self.routes):
            found[route.step, route.effect] = found.get((route.step, route.effect), 0) | 1 << at
        return found

    @cached_property
    def closing(self) -> Routes:
        """The closed lists of who may give and receive."""
        return self.where(lambda _, route: route.step == Step.POWER and (route.closed or route.effect == "closes"))

    def lifting(self, provision: str) -> Routes:
        """The routes, anywhere in the register, that lift a bar set by this provision."""
        return self._lifting.get(provision, 0)

    @cached_property
    def _lifting(self) -> dict[str, Routes]:
        found: dict[str, Routes] = {}
        for at, (_, route) in enumerate(self.routes):
            for entry in route.lifts:
                found[entry] = found.get(entry, 0) | 1 << at
        return found

    def speaks(self, step: Step, on: date) -> bool:
        """Whether anything in the register opens this step on that day."""
        if (step, on) not in self._speaks:
            opening = self.members(self.at(step, "allows"))
            self._speaks[step, on] = any(provision.in_force_on(on) for provision, _ in opening)
        return self._speaks[step, on]

    # ---- what has yet to be confirmed ----------------------------------------

    def doubts(self, provision: Provision, route: Route, setting: Setting) -> tuple[str, ...]:
        """What has yet to be confirmed for this route to count, as `entry.path`."""
        return tuple(
            f"{entry}.{path}"
            for entry, path in self._turns_on(provision, route, setting)
            if self.words.get((entry, path)) is not True
        )

    def doubtful(self, setting: Setting) -> Routes:
        """The routes for which something has yet to be confirmed in this setting."""
        return reduce(or_, self.doubtful_by(setting))

    def doubtful_by(self, setting: Setting) -> tuple[Routes, ...]:
        """The same, apart by what of the setting the doubts turn on."""
        sides = (setting.giver, setting.giver_answers), (setting.receiver, setting.receiver_answers)
        names = setting.giver_names & self.names, setting.receiver_names & self.names
        return (
            self._doubtful("", None, setting),
            self._doubtful("in_force", setting.on, setting),
            self._doubtful("extent", setting.extent, setting),
            self._doubtful("purposes", setting.purpose, setting),
            self._doubtful("from", (sides[0], names[0]), setting),
            self._doubtful("to", (sides[1], names[1]), setting),
        )

    def _doubtful(self, about: str, answer: Hashable, setting: Setting) -> Routes:
        """The routes with an open doubt about this, which turns on no more of the setting than the answer given."""
        key = (about, answer)
        if key not in self._in_doubt:
            self._in_doubt[key] = self.where(
                lambda provision, route: any(
                    _about(path) == about and self.words.get((entry, path)) is not True
                    for entry, path in self._turns_on(provision, route, setting)
                )
            )
        return self._in_doubt[key]

    @cached_property
    def names(self) -> frozenset[str]:
        """The short names of partners about whom there is some doubt, or a word."""
        doubts = [path for provision in self.provisions.values() for path in provision.doubts()]
        paths = [path.split(".") for path in (*doubts, *(path for _, path in self.words))]
        return frozenset(path[2] for path in paths if len(path) == 3 and path[1] == "members")

    def _denied(self, setting: Setting) -> Routes:
        """The routes of which a named officer has said that what they turn on is not as the register has it."""
        if not self._some_denied:
            return 0
        if setting not in self._denials:
            self._denials[setting] = self.where(lambda provision, route: self._is_denied(provision, route, setting))
        return self._denials[setting]

    @cached_property
    def _some_denied(self) -> bool:
        return False in self.words.values()

    def _is_denied(self, provision: Provision, route: Route, setting: Setting) -> bool:
        return any(self.words.get(one) is False for one in self._turns_on(provision, route, setting))

    def _turns_on(self, provision: Provision, route: Route, setting: Setting) -> Iterator[tuple[str, str]]:
        """The doubtful facts that bear on the route here: its entry's, and the whole-entry doubts it rests on."""
        for path in provision.doubts():
            if path != "sets_aside_confidence" and _bears_on(path, route, provision, setting):
                if not (setting and self._confirmed_by_name(provision, path, setting)):
                    yield provision.id, path
        for other in provision.rests_on:
            for path in self.provisions[other].doubts() if other in self.provisions else ():
                if "." not in path and path != "sets_aside_confidence":
                    yield other, path

    def _confirmed_by_name(self, provision: Provision, path: str, setting: Setting) -> bool:
        """That a class of bodies is listed needs no further word for a body that was confirmed by its name."""
        side, _, rest = path.partition(".")
        names = {"from": setting.giver_names, "to": setting.receiver_names}.get(side, frozenset())
        return not rest.startswith("members.") and any(
            self.words.get((provision.id, f"{side}.members.{name}")) for name in names
        )


_OF_A_SETTING = ("in_force", "extent", "purposes", "from", "to")
"""The beginnings of the paths for which it depends on the setting whether a doubt bears on a route."""


def _about(path: str) -> str:
    """What of the setting a doubt turns on; nothing, if it is the same in every setting."""
    head = path.split(".")[0]
    return head if head in _OF_A_SETTING else ""


def _bears_on(path: str, route: Route, provision: Provision, setting: Setting) -> bool:
    """Would another value of the doubtful fact change what this route does here?"""
    match path.split("."):
        case ["note", *_]:
            return False
        case ["routes", id, *_]:
            return route.id == id
        case ["in_force", *_]:
            return any(setting.on in year for year in first_years(provision.in_force))
        case ["extent", extent]:
            return setting.extent == extent
        case ["purposes", purpose]:
            return setting.purpose == purpose
        case ["from" | "to" as side, "members", name]:
            return name in (setting.giver_names if side == "from" else setting.receiver_names)
        case ["from" | "to" as side, capacity]:
            named = route.from_ if side == "from" else route.to
            held = setting.giver_answers if side == "from" else setting.receiver
            if route.reaches_agents and side == "to":
                held = held | setting.receiver_answers
            return held & set(named) == {capacity}
    return True


@cache
def first_years(periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """The first year of each period, in which a doubt about its start counts."""
    starts = [period.from_ for period in periods if period.from_]
    return tuple(Period(from_=start, until=after(start, "P1Y")) for start in starts)


def _bits(routes: Routes) -> Iterator[int]:
    while routes:
        lowest = routes & -routes
        yield lowest.bit_length() - 1
        routes ^= lowest
