"""From a cell to what is proved of it, and from a model back to a proposal that the definition decides.

Nothing is claimed from the solver's word alone that something *can* be: each
witness is decided by the definition before it is stated. That something *cannot*
be rests on the solver, and on the tests that hold it to trying every assignment.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from comity.check.case import NOBODY_IDENTIFIED, Case
from comity.check.decision import Answer, ProposedItem
from comity.check.formula import Formula, Guarded, Known, Solver, Symbol, asked_by, both, either, opposite
from comity.check.inputs import KINDS_THAT_MATTER, Cell, bodies_named
from comity.check.program import Asked as Fact
from comity.check.program import agreed, program, ways
from comity.check.reference import decide
from comity.check.supposed import Ends, Groups, Witness, ends_of, witness
from comity.check.world import World
from comity.law.reach import Asking, Routes, Setting, Thing
from comity.partnership import PartyView
from comity.terms import Duty, Mode, Outcome, Step


class NotBorneOut(RuntimeError):
    """The definition does not give the answer that was proved: a fault in Comity, never in the agreement."""


@dataclass(frozen=True)
class Shown:
    """A witness with the answer the definition gives; in a comparison, with the answer before as well."""

    witness: Witness
    answer: Answer
    before: Answer | None = None

    @property
    def outcome(self) -> str:
        return word(self.answer)


def word(answer: Answer) -> str:
    """The answer in a word or two."""
    must = answer.outcome == Outcome.SHARE and answer.duty == Duty.DUE
    return f"{answer.outcome} (the law requires it)" if must else str(answer.outcome)


@dataclass
class Prover:
    """Proves things of cells in one world; equal cells, and equal programs, are proved once."""

    world: World
    solver: Solver = field(default_factory=Solver)
    cells: int = 0
    _formulas: dict[Hashable, Formula] = field(default_factory=dict)
    _ends: dict[Hashable, Ends] = field(default_factory=dict)
    _asked: dict[Guarded, frozenset[Fact]] = field(default_factory=dict)
    _doubts: dict[Hashable, tuple[bool, ...]] = field(default_factory=dict)
    _said: dict[Hashable, tuple[Hashable, object]] = field(default_factory=dict)

    # ---- one cell -----------------------------------------------------------------------

    def formula(self, cell: Cell) -> Formula:
        """When the cell is shared, referred, withheld."""
        self.cells += 1
        key = self._key(cell)
        if key not in self._formulas:
            guarded = guarded_programs(cell)
            if guarded not in self._asked:
                self._asked[guarded] = asked_by(guarded)
            groups = self._groups.of(self._asked[guarded], self._ends_of(cell.case), emergency=cell.case.emergency)
            self._formulas[key] = self.solver.formula(guarded, groups)
        return self._formulas[key]

    def unlike(self, cells: Iterable[Cell]) -> list[Cell]:
        """One cell for all that the same routes reach."""
        return list({self._key(cell): cell for cell in cells}.values())

    def can(self, cell: Cell, outcome: Outcome) -> bool:
        """Whether the item may be answered so, whatever is known of the facts."""
        formula = self.formula(cell)
        return self.solver.can(formula.outcomes[outcome], formula)

    def shown(self, cell: Cell, outcome: Outcome) -> Shown | None:
        """A witness that is answered so; nothing, if nothing may be."""
        formula = self.formula(cell)
        known = self.solver.model(formula.outcomes[outcome], formula)
        return self._decided(cell, formula, known, outcome) if known is not None else None

    def shown_of_kind(self, cell: Cell, kind: str, unless: Iterable[str] = ()) -> Shown | None:
        """A witness that is shared while the item is of this kind, and none of these facts is known to be so."""
        guards = [guard for guard, kinds in ways(cell.case, cell.item) if kind in kinds]
        if not guards:
            return None
        formula, symbols = self.formula(cell), self.solver.symbols
        of_kind = either(
            both(symbols.fact(fact)[0] if so else opposite(symbols.fact(fact)[0]) for fact, so in one) for one in guards
        )
        left = [opposite(one) for fact in unless for one in formula.known(fact)]
        known = self.solver.model(both([formula.outcomes[Outcome.SHARE], of_kind, *left]), formula)
        return self._decided(cell, formula, known, Outcome.SHARE) if known is not None else None

    def _decided(self, cell: Cell, formula: Formula, known: Known, outcome: Outcome) -> Shown:
        found = witness(cell.case, formula.groups, known)
        answer = self.answer(cell, found)
        if answer.outcome != outcome:
            raise NotBorneOut(f"{outcome} was proved, {answer.outcome} is decided: {found}")
        return Shown(found, answer)

    def answer(self, cell: Cell, found: Witness) -> Answer:
        """What the definition answers in the world of the witness, under the agreements of the cell."""
        world = replace(found.world(self.world), agreements=cell.case.agreements)
        return decide(world.case(found.proposal)).answers[0]

    # ---- two cells: what changes from one to the other --------------------------------------

    def changes(self, before: Cell, after: Cell) -> Iterator[Change]:
        """Every way in which the answer differs: what it was, what it is, for which facts."""
        first, second = self.formula(before), self.formula(after)
        if first is second:
            return
        first, second = self._together(before, after, first, second)
        for was, when in kinds_of_answer(first).items():
            for now, then in kinds_of_answer(second).items():
                goal = both([when, then]) if was != now else False
                if self.solver.can(goal, first, second):
                    yield Change(self, before, after, was, now, goal, (first, second))

    def _together(self, before: Cell, after: Cell, first: Formula, second: Formula) -> tuple[Formula, Formula]:
        """Both formulas over the same facts, as far as they may be known the same way in both."""
        one, other = self._ends_of(before.case), self._ends_of(after.case)
        shared = Ends(one.one_record, one.at_giver & other.at_giver, one.at_receiver & other.at_receiver)
        emergency = before.case.emergency or after.case.emergency
        groups = self._groups.of(first.facts.keys() | second.facts.keys(), shared, emergency=emergency)
        facts = {fact: self.solver.symbols.fact(fact) for group in groups for fact in group.facts}
        key = tuple(id(one) for one in groups)
        found = []
        for formula in (first, second):
            self._over.setdefault((formula, key), replace(formula, groups=groups, facts=facts))
            found.append(self._over[formula, key])
        return found[0], found[1]

    @cached_property
    def _over(self) -> dict[Hashable, Formula]:
        return {}

    # ---- equal cells ------------------------------------------------------------------------

    @cached_property
    def _groups(self) -> Groups:
        return Groups(self.world.law)

    def _ends_of(self, case: Case) -> Ends:
        key = _who(case), _held(case.discloser), _held(case.recipient)
        if key not in self._ends:
            self._ends[key] = ends_of(case)
        return self._ends[key]

    def _key(self, cell: Cell) -> Hashable:
        """All that a formula turns on: which routes reach the item, what is open about them, what agreements say."""
        case, item = cell.case, cell.item
        each = tuple((self._reached(case, item, kinds), self._says(case, item, kinds)) for _, kinds in ways(case, item))
        return self._ends_of(case), item.form in NOBODY_IDENTIFIED, each, case.emergency

    def _reached(self, case: Case, item: ProposedItem, kinds: frozenset[str]) -> Hashable:
        setting, reach = case.setting, case.law.reach
        fitting = reach.of_item(Thing(item.called, kinds, item.form, item.origins, item.handling))
        masks = tuple(reach.of_share(asking) & fitting for asking in _askings(setting))
        nearly = reach.but_for_the_parties(Asking(setting)) & fitting & reach.closing & ~masks[0]
        doubtful = masks[0] | masks[1] | masks[2]
        return (
            *(
                kinds & KINDS_THAT_MATTER,
                masks,
                bool(nearly),
                self._doubtful(setting, doubtful),
                self._speaks(setting.on),
            ),
            *(case.leaves_its_purpose, setting.giver_regime, setting.receiver_regime, setting.mode == Mode.FEED),
        )

    def _doubtful(self, setting: Setting, routes: Routes) -> tuple[bool, ...]:
        """Which of the routes wait for something to be confirmed, where that depends on the setting."""
        names = (setting.giver_names | setting.receiver_names) & self._bodies_named
        held = setting.giver, setting.giver_answers, setting.receiver, setting.receiver_answers
        key = routes & self._depending, setting.on, setting.extent, setting.purpose, names, held
        if key not in self._doubts:
            reach = self.world.law.reach
            some = reach.members(routes & self._depending)
            self._doubts[key] = tuple(bool(reach.doubts(provision, route, setting)) for provision, route in some)
        return self._doubts[key]

    @cached_property
    def _depending(self) -> Routes:
        """The routes that may wait for something to be confirmed."""
        return self.world.law.reach.where(lambda provision, _: bool(provision.doubts() or provision.rests_on))

    @cached_property
    def _bodies_named(self) -> frozenset[str]:
        return bodies_named(self.world.law)

    def _says(self, case: Case, item: ProposedItem, kinds: frozenset[str]) -> Hashable:
        """What the agreements say of the item; asked once for all ways of sharing it."""
        if not case.agreements:
            return ()
        proposal = case.proposal
        kept = proposal.received if proposal.mode == Mode.KEEP else None
        ends = case.discloser.controller, case.recipient.controller
        share = proposal.purpose, proposal.mode, proposal.held_for, proposal.on, kept
        key = tuple(id(one) for one in case.agreements), ends, share, item.item, kinds
        if key not in self._said:
            # The agreements are kept with it, so that no other can come to have their identity.
            self._said[key] = agreed(case, item, kinds), case.agreements
        return self._said[key][0]

    def _speaks(self, on: date) -> tuple[bool, ...]:
        if on not in self._spoken:
            self._spoken[on] = tuple(self.world.law.reach.speaks(step, on) for step in Step)
        return self._spoken[on]

    @cached_property
    def _spoken(self) -> dict[date, tuple[bool, ...]]:
        return {}


def _askings(setting: Setting) -> tuple[Asking, Asking, Asking]:
    return Asking(setting), Asking(setting, due=True), Asking(setting, "recipient")


@dataclass(frozen=True)
class Change:
    """From one answer to another, for the facts of `goal`."""

    prover: Prover
    before: Cell
    after: Cell
    was: str
    now: str
    goal: Symbol
    formulas: tuple[Formula, Formula]

    def exactly(self, limit: int = 8) -> tuple[tuple[tuple[str, ...], ...], bool]:
        """For which facts, and whether that is all of them."""
        return self.prover.solver.exactly(self.goal, self.formulas, limit)

    def shown(self) -> Shown:
        """A witness, decided by the definition in both cells."""
        known = self.prover.solver.model(self.goal, *self.formulas)
        assert known is not None
        answers = [
            self.prover.answer(cell, witness(cell.case, self.formulas[0].groups, known))
            for cell in (self.before, self.after)
        ]
        if [word(one) for one in answers] != [self.was, self.now]:
            raise NotBorneOut(f"from {self.was} to {self.now} was proved, {[word(one) for one in answers]} is decided")
        return Shown(witness(self.after.case, self.formulas[0].groups, known), answers[1], answers[0])


def kinds_of_answer(formula: Formula) -> Mapping[str, Symbol]:
    """Share, refer, withhold, and share because the law requires it, each with when it is given."""
    share = formula.outcomes[Outcome.SHARE]
    free = both([share, opposite(formula.due)])
    words = {str(one): when for one, when in formula.outcomes.items()}
    return words | {"share": free, "share (the law requires it)": formula.must}


def guarded_programs(cell: Cell) -> Guarded:
    """The programs of the item, each with what must be known for it to be the one."""
    return tuple((guard, program(cell.case, cell.item, kinds)) for guard, kinds in ways(cell.case, cell.item))


def _who(case: Case) -> tuple[int, ...]:
    """Which of the bodies at both ends are one."""
    bodies = [case.discloser.partner, case.discloser.responsible.partner]
    bodies += [case.recipient.partner, case.recipient.responsible.partner]
    return tuple(bodies.index(one) for one in bodies)


def _held(view: PartyView) -> tuple[frozenset[str], frozenset[str]]:
    return view.capacities, view.responsible.capacities
