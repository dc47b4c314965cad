"""What the answer for an item turns on, with the facts left open.

`reference.py` asks the questions one after the other about facts that are
known. A `Program` is the same questions with everything but the facts already
answered: routes that cannot reach the item are gone, and what is left is a
formula over facts. It can be read in any algebra that knows *yes*, *no* and
*not known*: with truth values it gives an outcome, with the symbols of a solver
it can be proved over (`soundness.py`), with the text of another language it can
be held against another engine.

Each function below stands beside the step of the same name in `reference.py`;
generated tests hold the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Generic, Protocol, TypeVar

from comity.check.case import ENDS, NOBODY_IDENTIFIED, OF_OTHERS, Case
from comity.check.decision import ProposedItem
from comity.law import Provision, Register, Route
from comity.law.reach import Routes
from comity.terms import Duty, End, Mode, Outcome, Regime, Step, Truth, all_of, any_of, negation, outcome_of

Asked = tuple[str, End]
"""A fact, asked at an end."""

V = TypeVar("V")


class Algebra(Protocol[V]):
    """Strong Kleene logic over some kind of values."""

    yes: V
    unknown: V
    no: V

    def fact(self, literal: Asked) -> V:
        """What is known of a fact at an end."""

    def all(self, values: Iterable[V]) -> V:
        """No if any is no; else not known if any is not known; else yes."""

    def any(self, values: Iterable[V]) -> V:
        """Yes if any is yes; else not known if any is not known; else no."""

    def negation(self, value: V) -> V:
        """Yes for no, no for yes."""

    def surely(self, value: V) -> V:
        """Yes if it is yes, else no."""


# ---- what a program is made of ------------------------------------------------------


@dataclass(frozen=True)
class Condition:
    """All of `needs`, none of `unless`; a doubt about the law makes a yes uncertain."""

    needs: tuple[Asked, ...]
    unless: tuple[Asked, ...]
    doubtful: bool = False

    def sure(self, algebra: Algebra[V]) -> V:
        """As if the law were certain."""
        facts = [algebra.fact(one) for one in self.needs]
        facts += [algebra.negation(algebra.fact(one)) for one in self.unless]
        return algebra.all(facts)

    def value(self, algebra: Algebra[V]) -> V:
        return algebra.all([self.sure(algebra), algebra.unknown]) if self.doubtful else self.sure(algebra)


@dataclass(frozen=True)
class Power:
    """A power or duty: its condition, and what it means for duty and agreement; some count only beside another."""

    condition: Condition
    duty: bool
    agreement: str | None
    beside_another: bool = False


@dataclass(frozen=True)
class Opening:
    """A step that some route must open. `silent`: nothing reaches, and the register holds no law of that day."""

    routes: tuple[Condition, ...]
    silent: bool
    living: bool = True
    """Does not arise for the dead."""


@dataclass(frozen=True)
class Basis:
    """The lawful basis at an end. The giver has some only under a duty, some only without one.

    `silent`: the register holds no law of that day, so that where nothing reaches it is not known.
    """

    always: tuple[Condition, ...]
    under_duty: tuple[Condition, ...]
    without_duty: tuple[Condition, ...]
    silent: bool


@dataclass(frozen=True)
class Bar:
    """Something that forbids, and what lifts it."""

    condition: Condition
    lifts: tuple[Condition, ...]
    living: bool = False


@dataclass(frozen=True)
class Agreed:
    """What the agreements between the two say of an item.

    `facts` must be so for it to go on at all; `clauses` are the exceptions of every clause that says no;
    `conditions` are what a promise waits for, where the item is `covered` by one.
    """

    facts: tuple[Asked, ...] = ()
    clauses: tuple[tuple[Asked, ...], ...] = ()
    overdue: bool = False
    covered: bool = False
    conditions: tuple[Asked, ...] = ()


@dataclass(frozen=True)
class Program:
    """Everything the answer turns on for one item of one share, but the facts."""

    leaves: bool
    powers: tuple[Power, ...]
    power_bars: tuple[Bar, ...]
    left_out: bool
    lifts_confidence: Opening | None
    leaves_part_3: bool
    bases: tuple[Basis, ...]
    openings: tuple[Opening, ...]
    bars: tuple[Bar, ...]
    facts: tuple[Asked, ...]
    feed: bool
    emergency: bool
    of_others: bool = False
    """It tells of living people though the person has died."""
    agreed: Agreed = Agreed()


DEAD: Asked = ("deceased", "discloser")


@dataclass(frozen=True)
class Reading(Generic[V]):
    """A program read in an algebra: the answer (yes is share), and whether the law demands it."""

    answer: V
    due: V
    pending: V


def read(program: Program, algebra: Algebra[V]) -> Reading[V]:
    """The answer of the program: the worst of its steps."""
    powers = _values(program, algebra)
    due, pending = _duty(program, powers, algebra)
    power = _power(program, powers, algebra)
    no_duty = algebra.negation(algebra.any([due, pending]))
    dead = algebra.no if program.of_others else algebra.surely(algebra.fact(DEAD))
    steps = [
        power,
        *(_bar(one, algebra, dead) for one in program.bars),
        *(_opening(one, algebra, dead) for one in program.openings),
        *(_basis(one, due, algebra, dead) for one in program.bases),
        *(_clause(unless, no_duty, algebra) for unless in program.agreed.clauses),
        _agreement(program, powers, due, algebra),
    ]
    if program.lifts_confidence:
        steps.append(_opening(program.lifts_confidence, algebra, dead))
    if program.leaves_part_3:
        steps.append(algebra.any([dead, power]))
    steps += [algebra.fact(one) for one in (*program.facts, *program.agreed.facts)]
    if program.agreed.overdue:
        steps.append(algebra.no)
    return Reading(algebra.all(steps), due, pending)


def _values(program: Program, algebra: Algebra[V]) -> list[V]:
    """What holds of each power; one that counts only beside another is no power where no other stands."""
    values = [one.condition.value(algebra) for one in program.powers]
    others = [value for one, value in zip(program.powers, values, strict=True) if not one.beside_another]
    stands = algebra.any(algebra.surely(value) for value in others)
    return [
        algebra.all([stands, value]) if one.beside_another else value
        for one, value in zip(program.powers, values, strict=True)
    ]


def _duty(program: Program, powers: list[V], algebra: Algebra[V]) -> tuple[V, V]:
    """Due if a duty holds; pending if one waits for nothing but a confirmation of the law."""
    if not program.leaves:
        return algebra.no, algebra.no
    duties = [(one, value) for one, value in zip(program.powers, powers, strict=True) if one.duty]
    due = algebra.any(algebra.surely(value) for _, value in duties)
    # Of a doubtful duty whose facts are there, it is not known whether it holds; that and no more is pending.
    waiting = [
        algebra.all([algebra.surely(one.condition.sure(algebra)), _possible(value, algebra)])
        for one, value in duties
        if one.condition.doubtful
    ]
    return due, algebra.all([algebra.negation(due), algebra.any(waiting)])


def _power(program: Program, powers: list[V], algebra: Algebra[V]) -> V:
    if not program.leaves:
        return algebra.yes
    if all(one.beside_another for one in program.powers):
        return algebra.no if program.left_out else algebra.unknown
    dead = algebra.no
    return algebra.all([algebra.any(powers), *(_bar(one, algebra, dead) for one in program.power_bars)])


def _bar(bar: Bar, algebra: Algebra[V], dead: V) -> V:
    lifted = algebra.any(one.value(algebra) for one in bar.lifts)
    passed = algebra.any([algebra.negation(bar.condition.sure(algebra)), lifted])
    return algebra.any([dead, passed]) if bar.living else passed


def _opening(opening: Opening, algebra: Algebra[V], dead: V) -> V:
    if opening.silent:
        value = algebra.unknown
    else:
        value = algebra.any(one.value(algebra) for one in opening.routes)
    return algebra.any([dead, value]) if opening.living else value


def _basis(basis: Basis, due: V, algebra: Algebra[V], dead: V) -> V:
    always = [one.value(algebra) for one in basis.always]
    under_duty = [one.value(algebra) for one in basis.under_duty]
    without_duty = [one.value(algebra) for one in basis.without_duty]
    if basis.silent and not always:
        under_duty, without_duty = under_duty or [algebra.unknown], without_duty or [algebra.unknown]
    routes = [*always, *(algebra.all([due, one]) for one in under_duty)]
    routes += [algebra.all([algebra.negation(due), one]) for one in without_duty]
    return algebra.any([dead, *routes])


def _clause(unless: tuple[Asked, ...], no_duty: V, algebra: Algebra[V]) -> V:
    """A clause that says no, save where all its exceptions hold; where a duty says must, it refers."""
    excepted = algebra.surely(algebra.all(algebra.fact(one) for one in unless)) if unless else algebra.no
    return algebra.any([excepted, algebra.all([algebra.unknown, algebra.negation(no_duty)])])


def _agreement(program: Program, powers: list[V], due: V, algebra: Algebra[V]) -> V:
    needed = _agreement_needed(program, powers, algebra)
    if program.agreed.covered:
        provided = algebra.all(algebra.fact(one) for one in program.agreed.conditions)
    else:
        provided = algebra.any([algebra.unknown, due, algebra.yes if program.emergency else algebra.no])
    return algebra.any([algebra.negation(needed), provided])


def _agreement_needed(program: Program, powers: list[V], algebra: Algebra[V]) -> V:
    """Two-valued: for a feed, unless a power in hand says not; else where every power that counts demands one."""

    weighed = list(zip(program.powers, powers, strict=True))
    if program.feed:
        return algebra.negation(
            algebra.any(algebra.surely(value) for one, value in weighed if one.agreement == "not-needed")
        )
    none_holds = algebra.negation(algebra.any(algebra.surely(value) for value in powers))
    otherwise = algebra.any(
        algebra.any([algebra.surely(value), algebra.all([none_holds, _possible(value, algebra)])])
        for one, value in weighed
        if one.agreement != "required"
    )
    return algebra.all([algebra.any(_possible(value, algebra) for value in powers), algebra.negation(otherwise)])


def _possible(value: V, algebra: Algebra[V]) -> V:
    """Yes unless it is no."""
    return algebra.negation(algebra.surely(algebra.negation(value)))


# ---- from a case to its program ------------------------------------------------------


Guard = tuple[tuple[Asked, bool], ...]
Written = dict[object, Condition]
"""The conditions written so far in one law, so that each is written once."""


def programs(case: Case, item: ProposedItem, written: Written | None = None) -> Iterator[tuple[Guard, Program]]:
    """The programs for an item, each with what must be known for sure, or not, for it to be the one.

    What a body holds may be of a kind unless a fact is known; each way that can be has its own program.
    """
    written = {} if written is None else written
    for guard, kinds in ways(case, item):
        yield guard, program(case, item, kinds, written)


def program(case: Case, item: ProposedItem, kinds: frozenset[str], written: Written | None = None) -> Program:
    """The program for an item that is of these kinds."""
    return replace(by_law(case, item, kinds, written), agreed=agreed(case, item, kinds))


def by_law(case: Case, item: ProposedItem, kinds: frozenset[str], written: Written | None = None) -> Program:
    """The same, as if nothing had been agreed."""
    return Writer(case, item, kinds, {} if written is None else written).program()


def agreed(case: Case, item: ProposedItem, kinds: frozenset[str]) -> Agreed:
    """What the agreements say of an item that is of these kinds; to a clause about passing on there is no exception."""
    covering = case.covering_flows(item)
    facts = sorted({fact for signed, flow in covering for fact in (*signed.agreement.preconditions, *flow.needs)})
    clauses = [_asked_of_the_share(one.unless) for _, one in case.clauses_on(item, kinds)]
    return Agreed(
        facts=(("originator-consents", ENDS[0]),) if case.owner_must_agree(item) else (),
        clauses=(*clauses, *(() for _ in case.not_to_go_on(item))),
        overdue=any(True for _ in case.kept_too_long(item)),
        covered=bool(covering),
        conditions=_asked_of_the_share(facts),
    )


def ways(case: Case, item: ProposedItem) -> Iterator[tuple[Guard, frozenset[str]]]:
    """The ways in which the item may be of a kind: what must be known for each, or not, and the kinds."""
    unless = sorted({one.holds_unless for one in case.holders if one.holds_unless})
    for known in product((True, False), repeat=len(unless)):
        supposed = dict(zip(unless, known, strict=True))
        guard = tuple(((fact, ENDS[0]), value) for fact, value in supposed.items())
        yield guard, case.kinds_supposing(item, supposed)


class Writer:
    """Writes the program of one item."""

    def __init__(self, case: Case, item: ProposedItem, kinds: frozenset[str], written: Written) -> None:
        self.case, self.item, self.kinds, self.written = case, item, kinds, written
        self.reach = case.law.reach
        self.thing = replace(case.thing(item), kinds=kinds)
        self.of_item = self.reach.of_item(self.thing)

    def program(self) -> Program:
        case, item, kinds = self.case, self.item, self.kinds
        identifies = item.form not in NOBODY_IDENTIFIED
        people = "personal" in kinds and identifies
        personal = people and case.leaves_its_purpose
        confidence = "held-in-confidence" in kinds and (people or "personal" not in kinds) and case.leaves_its_purpose
        return Program(
            leaves=case.leaves_its_purpose,
            powers=tuple(self._powers()),
            power_bars=self._bars(Step.POWER),
            left_out=self._left_out(),
            lifts_confidence=self._lifting_confidence() if confidence else None,
            leaves_part_3=personal and case.held_for_enforcement and case.regime("recipient") != Regime.PART_3,
            bases=tuple(self._basis(end) for end in ENDS if personal and case.regime(end) != Regime.NONE),
            openings=tuple(self._openings(people, personal)),
            bars=tuple(self._all_bars(confidence, people, personal)),
            facts=tuple(self._facts(identifies=identifies)),
            feed=case.proposal.mode == Mode.FEED,
            emergency=case.emergency,
            of_others=OF_OTHERS in kinds,
        )

    def _reaching(self, end: End = "discloser", *, due: bool = False) -> Routes:
        return self.case.reaching(end, due=due) & self.of_item

    def _conditions(self, routes: Routes, end: End = "discloser") -> tuple[Condition, ...]:
        return tuple(self._condition(provision, route, end) for provision, route in self.reach.members(routes))

    def _condition(
        self, provision: Provision, route: Route, end: End = "discloser", *, doubtful: bool = False
    ) -> Condition:
        doubtful = (doubtful or bool(self.case.doubtful & self.reach.place(route))) and route.effect != "bars"
        key = (id(route), end, doubtful)
        if key not in self.written:
            needs, unless = (
                tuple(asked(self.case.law, one, end) for one in facts) for facts in (route.needs, route.unless)
            )
            self.written[key] = Condition(needs, unless, doubtful)
        return self.written[key]

    def _facts(self, *, identifies: bool) -> Iterator[Asked]:
        """What must be so: nobody can be recognised."""
        if not identifies if "personal" in self.kinds else self.kinds & {"statistical", "event"}:
            yield "reidentification-risk", ENDS[0]

    def _powers(self) -> Iterator[Power]:
        for provision, route in self.reach.members(self.reach.at(Step.POWER, "allows") & self._reaching()):
            yield Power(self._condition(provision, route), route.duty, route.agreement, route.beside_another)

    def _left_out(self) -> bool:
        """Whether a closed list fits in everything but who gives or receives."""
        return bool(self.case.nearly & self.of_item & ~self._reaching())

    def _lifting_confidence(self) -> Opening:
        powers = self.reach.members(self.reach.at(Step.POWER, "allows") & self._reaching())
        able = [(one, route) for one, route in powers if one.sets_aside_confidence != "no"]
        lifting = []
        for provision, route in able:
            if self.case.law.word_on(provision.id, "sets_aside_confidence") is not False:
                doubtful = bool(self.case.confidence_doubt(provision))
                lifting.append(self._condition(provision, route, doubtful=doubtful))
        own = self._conditions(self.reach.at(Step.CONFIDENCE, "allows") & self._reaching())
        # A power of which an officer has said that it does not lift confidence was considered all the same.
        silent = not (own or able) and not self.case.register_speaks(Step.CONFIDENCE)
        return Opening((*lifting, *own), silent, living=False)

    def _basis(self, end: End) -> Basis:
        at = self.reach.at(Step.BASIS, "allows")
        without, under = (at & self._reaching(end, due=due) for due in (False, True))
        if end == "recipient":
            under = without  # It is under no duty to give.
        return Basis(
            self._conditions(without & under, end),
            self._conditions(under & ~without, end),
            self._conditions(without & ~under, end),
            silent=not self.case.register_speaks(Step.BASIS),
        )

    def _openings(self, people: bool, personal: bool) -> Iterator[Opening]:
        for step in (Step.SPECIAL_CATEGORY, Step.CRIMINAL_OFFENCE):
            for end in ENDS:
                if step.value in self.kinds and personal and self.case.regime(end) != Regime.NONE:
                    yield self._opening(step, end)
        if personal:
            yield self._opening(Step.NECESSITY)
        if people and self.case.leaves_its_purpose:
            yield replace(self._opening(Step.PROPORTIONALITY), living=False)

    def _opening(self, step: Step, end: End = "discloser") -> Opening:
        routes = self._conditions(self.reach.at(step, "allows") & self._reaching(end), end)
        return Opening(routes, not routes and not self.case.register_speaks(step))

    def _all_bars(self, confidence: bool, people: bool, personal: bool) -> Iterator[Bar]:
        yield from self._bars(Step.PEOPLE, Step.PROHIBITION, Step.HANDLING)
        yield from self._bars(Step.CONFIDENCE) if confidence else ()
        yield from (replace(bar, living=True) for bar in self._bars(Step.NECESSITY)) if personal else ()
        yield from self._bars(Step.PROPORTIONALITY) if people and self.case.leaves_its_purpose else ()

    def _bars(self, *steps: Step) -> tuple[Bar, ...]:
        reaching = self._reaching()
        return tuple(
            Bar(
                self._condition(provision, route),
                self._conditions(self.reach.lifting(provision.id) & reaching),
            )
            for step in steps
            for provision, route in self.reach.members(self.reach.at(step, "bars") & reaching)
        )


def _asked_of_the_share(facts: Iterable[str]) -> tuple[Asked, ...]:
    return tuple((fact, ENDS[0]) for fact in facts)


def asked(law: Register, fact: str, end: End) -> Asked:
    """The fact at an end, or as such where the end makes no difference to it or to its opposite."""
    both = [law.fact(one) for one in (fact, law.opposites.get(fact)) if one]
    return fact, end if any(one.is_test or one.about == "party" for one in both) else ENDS[0]


# ---- read with what is known -----------------------------------------------------------


class Kleene:
    """Truth values: what is known of each fact is given."""

    yes: Truth = True
    unknown: Truth = None
    no: Truth = False

    def __init__(self, known: Callable[[Asked], Truth]) -> None:
        self.fact = known
        self.all = all_of
        self.any = any_of
        self.negation = negation

    def surely(self, value: Truth) -> Truth:
        return value is True


def outcome(case: Case, item: ProposedItem) -> tuple[Outcome, Duty]:
    """The answer by the program: what `reference.answer` gives, without its reasons."""

    def known(one: Asked) -> Truth:
        return case.known(one[0], item, one[1])

    one = next(
        one for guard, one in programs(case, item) if all((known(fact) is True) == value for fact, value in guard)
    )
    found = read(one, Kleene(known))
    duty = Duty.DUE if found.due else Duty.PENDING if found.pending else Duty.NONE
    return outcome_of(found.answer), duty
