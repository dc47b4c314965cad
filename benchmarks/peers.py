"""Other engines with the same rules, each in the best encoding that we found for it.

Comity has settled for them everything but the facts: which setting a proposal
belongs to, which routes reach each item, what is known of every fact. They are
given that for nothing, and only their own work is timed; what they answer is
share, refer or withhold for each item, without reasons.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Protocol

import casbin
import cedarpy
import regopy

from benchmarks.formulas import NO, Formula, Rails, as_ways, cedar, holds, literals, python, rails
from comity.check.case import Case
from comity.check.compiled import days_of_agreement, days_of_law, days_of_party
from comity.check.decision import Proposal
from comity.check.world import World
from comity.terms import End, Truth

ACTIONS = ("share", "not-withheld")
"""What an engine of yes and no is asked: may it be shared; and if not, is it at least not withheld?"""

Answers = tuple[str, ...]


class Peer(Protocol):
    """An engine that has been given the rules."""

    def answers(self, asked: Question) -> Answers:
        """Share, refer or withhold for each item."""


# ---- what is asked, in words that any engine takes -------------------------------------


@dataclass(frozen=True)
class Setting:
    """Who shares with whom, for what, how, between two changes: the programs of its items."""

    number: int
    proposal: Proposal
    first: date
    until: date
    cells: dict[str, Rails] = field(default_factory=dict, compare=False)
    """By the item; its form, origins and handling are the same throughout."""


@dataclass(frozen=True)
class Known:
    """What is known of the facts on which the answer for one item turns."""

    item: str
    yes: frozenset[str]
    no: frozenset[str]
    so: tuple[str, ...]
    """The literals that are so, for engines that test those alone."""


@dataclass(frozen=True)
class Question:
    """A proposal with the setting it belongs to and what is known for each of its items."""

    proposal: Proposal
    setting: Setting
    items: tuple[Known, ...]


class Rules:
    """The rules that some proposals turn on, with everything settled but the facts."""

    def __init__(self, world: World, proposals: Iterable[Proposal]) -> None:
        self.world = world
        self.programs: dict[Rails, int] = {}
        self._law = [*days_of_law(world.law)]
        self._changes: dict[object, list[date]] = {}
        self._settings: dict[object, Setting] = {}
        self.questions = [self._question(one) for one in proposals]

    @property
    def settings(self) -> Sequence[Setting]:
        return list(self._settings.values())

    @cached_property
    def in_python(self) -> Mapping[tuple[str, str], Callable[[frozenset[str], frozenset[str]], bool]]:
        """The formula of each program and action, compiled by Python."""
        return {
            (str(number), action): eval(f"lambda yes, no: {python(formula)}")  # Our own formula, as Python.
            for found, number in self.programs.items()
            for action, formula in zip(ACTIONS, found, strict=True)
        }

    def _question(self, proposal: Proposal) -> Question:
        case = self.world.case(proposal)
        setting = self._setting(case)
        for item in proposal.items:
            if item.item not in setting.cells:
                found = rails(case, item)
                setting.cells[item.item] = found
                self.programs.setdefault(found, len(self.programs))
        return Question(
            proposal, setting, tuple(_known(case, at, setting.cells[one.item]) for at, one in enumerate(proposal.items))
        )

    def _setting(self, case: Case) -> Setting:
        one = case.proposal
        pair = (one.discloser, one.recipient)
        if pair not in self._changes:
            self._changes[pair] = self._days(case)
        changes = self._changes[pair]
        stretch = bisect_right(changes, one.on)
        asked = one.asked and (one.asked.by, one.asked.under)
        key = (*pair, stretch, one.purpose, one.mode, one.audience, one.scope, one.held_for, asked, not one.need)
        if key not in self._settings:
            self._settings[key] = Setting(len(self._settings), one, changes[stretch - 1], changes[stretch])
        return self._settings[key]

    def _days(self, case: Case) -> list[date]:
        """The days on which something changes between the two."""
        one = case.proposal
        days = [*self._law, *days_of_party(self.world, one.discloser), *days_of_party(self.world, one.recipient)]
        days += [day for signed in case.agreements for day in days_of_agreement(signed)]
        days += [day for judged in case.judgements for day in (judged.from_, judged.until) if day]
        return sorted({date.min, *days, date.max})


def _known(case: Case, at: int, found: Rails) -> Known:
    item = case.proposal.items[at]
    every = {one for formula in found for one in literals(formula)}
    truths: dict[str, Truth] = {name: _truth(case, at, name) for _, name in every}
    return Known(
        item.item,
        frozenset(name for name, known in truths.items() if known is True),
        frozenset(name for name, known in truths.items() if known is False),
        tuple(sorted(f"{sort}:{name}" for sort, name in every if holds((sort, name), truths[name]))),
    )


def _truth(case: Case, at: int, name: str) -> Truth:
    fact, _, end = name.partition("@")
    ends: dict[str, End] = {"discloser": "discloser", "recipient": "recipient"}
    return case.known(fact, case.proposal.items[at], ends[end])


def outcome(share: bool, not_withheld: bool) -> str:
    return "share" if share else "refer" if not_withheld else "withhold"


# ---- Cedar ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cedar:
    """Policies and entities, read once; requests put in two batches at most."""

    policies: cedarpy.PolicySet
    entities: cedarpy.Entities
    request: Callable[[Question, Known, str], dict[str, Any]]
    text: str = field(repr=False)

    def answers(self, asked: Question) -> Answers:
        share = self._allowed(asked, asked.items, ACTIONS[0])
        if all(share):
            return ("share",) * len(share)
        rest = [one for one, so in zip(asked.items, share, strict=True) if not so]
        others = iter(self._allowed(asked, rest, ACTIONS[1]))
        return tuple("share" if so else outcome(False, next(others)) for so in share)

    def _allowed(self, asked: Question, items: Sequence[Known], action: str) -> list[bool]:
        requests = [self.request(asked, one, action) for one in items]
        return [one.allowed for one in cedarpy.is_authorized_batch(requests, self.policies, self.entities)]


@dataclass(frozen=True)
class Sliced:
    """An engine for each setting, which holds the rules of that setting alone."""

    by_setting: Mapping[int, Peer]

    def answers(self, asked: Question) -> Answers:
        return self.by_setting[asked.setting.number].answers(asked)


def _permit(action: str, condition: str, *, principal: str = "", resource: str = "") -> str:
    head = f'principal{principal}, action == Action::"{action}", resource{resource}'
    return f"permit({head}) when {{ {condition} }};"


def _entity(kind: str, name: str, parents: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    return {
        "uid": {"type": kind, "id": name},
        "attrs": {},
        "parents": [{"type": sort, "id": parent} for sort, parent in parents],
    }


def cedar_natural(rules: Rules) -> Cedar:
    """As one writes it down: a permit for who, to whom, for what, how, between which days, on which items."""
    lines = []
    for setting in rules.settings:
        one = setting.proposal
        who, whom, how = one.discloser.partner, one.recipient.partner, _manner(one)
        for action, conditions in zip(ACTIONS, _by_formula(setting.cells), strict=True):
            for formula, items in conditions.items():
                names = ", ".join(f'Item::"{name}"' for name in items)
                condition = (
                    f'context.recipient == Party::"{whom}" && context.purpose == "{one.purpose}" && '
                    f'context.manner == "{how}" && context.day >= {setting.first.toordinal()} && '
                    f"context.day < {setting.until.toordinal()} && "
                    f"[{names}].contains(resource) && {cedar(formula)}"
                )
                lines.append(_permit(action, condition, principal=f' == Party::"{who}"'))
    text = "\n".join(lines)

    def request(asked: Question, one: Known, action: str) -> dict[str, Any]:
        proposal = asked.proposal
        return {
            "principal": {"type": "Party", "id": proposal.discloser.partner},
            "action": {"type": "Action", "id": action},
            "resource": {"type": "Item", "id": one.item},
            "context": {
                "recipient": {"__entity": {"type": "Party", "id": proposal.recipient.partner}},
                "purpose": proposal.purpose,
                "manner": _manner(proposal),
                "day": proposal.on.toordinal(),
                "yes": list(one.yes),
                "no": list(one.no),
            },
        }

    return Cedar(cedarpy.PolicySet.from_str(text), cedarpy.Entities.from_json_str("[]"), request, text)


def cedar_tuned(rules: Rules) -> Cedar:
    """One permit for each distinct program; which items have it is an entity group in the scope."""
    return _cedar_by_program(rules, rules.settings)


def cedar_sliced(rules: Rules) -> Sliced:
    """The same, with the policies and entities of each setting ready by themselves."""
    return Sliced({one.number: _cedar_by_program(rules, [one]) for one in rules.settings})


def _cedar_by_program(rules: Rules, settings: Iterable[Setting]) -> Cedar:
    entities, used = [], {}
    for setting in settings:
        for item, found in setting.cells.items():
            number = rules.programs[found]
            used[number] = found
            entities.append(_entity("Cell", f"{setting.number}/{item}", [("Program", str(number))]))
    entities += [_entity("Program", str(number)) for number in used]
    lines = [
        _permit(action, cedar(formula), resource=f' in Program::"{number}"')
        for number, found in used.items()
        for action, formula in zip(ACTIONS, found, strict=True)
        if formula != NO
    ]
    text = "\n".join(lines)

    def request(asked: Question, one: Known, action: str) -> dict[str, Any]:
        return {
            "principal": {"type": "Party", "id": "discloser"},
            "action": {"type": "Action", "id": action},
            "resource": {"type": "Cell", "id": f"{asked.setting.number}/{one.item}"},
            "context": {"yes": list(one.yes), "no": list(one.no)},
        }

    return Cedar(cedarpy.PolicySet.from_str(text), cedarpy.Entities.from_json_str(json.dumps(entities)), request, text)


def _by_formula(cells: Mapping[str, Rails]) -> tuple[dict[Formula, list[str]], dict[Formula, list[str]]]:
    """The items of a setting by the formula for each action; those that are never so are left out."""
    found: tuple[dict[Formula, list[str]], dict[Formula, list[str]]] = ({}, {})
    for item, both in cells.items():
        for place, formula in enumerate(both):
            if formula != NO:
                found[place].setdefault(formula, []).append(item)
    return found


def _manner(one: Proposal) -> str:
    asked = one.asked and f"{one.asked.by}/{one.asked.under}"
    return f"{one.mode}/{one.audience}/{one.scope}/{one.held_for}/{asked}/{not one.need}"


# ---- casbin -----------------------------------------------------------------------------

_CASBIN = """
[request_definition]
r = cell, act, known
[policy_definition]
p = program, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && reaches(r.cell, p.program) && fulfils(r.known, p.program, p.act)
"""


@dataclass(frozen=True)
class Casbin:
    """An enforcer over the programs, whose conditions are Python functions."""

    enforcer: casbin.Enforcer

    def answers(self, asked: Question) -> Answers:
        return tuple(self._answer(f"{asked.setting.number}/{one.item}", one) for one in asked.items)

    def _answer(self, cell: str, one: Known) -> str:
        if self.enforcer.enforce(cell, ACTIONS[0], one):
            return "share"
        return outcome(False, self.enforcer.enforce(cell, ACTIONS[1], one))


class _Held(casbin.persist.Adapter):  # type: ignore[misc]
    """Policies from memory."""

    def __init__(self, policies: Iterable[Sequence[str]]) -> None:
        self.policies = policies

    def load_policy(self, model: Any) -> None:
        for one in self.policies:
            casbin.persist.load_policy_line("p, " + ", ".join(one), model)


def casbin_natural(rules: Rules) -> Casbin:
    """Every program of the portfolio in one enforcer."""
    return _casbin(rules, rules.settings)


def casbin_sliced(rules: Rules) -> Sliced:
    """An enforcer for each setting."""
    return Sliced({one.number: _casbin(rules, [one]) for one in rules.settings})


def _casbin(rules: Rules, settings: Sequence[Setting]) -> Casbin:
    cells = {
        f"{setting.number}/{item}": str(rules.programs[found])
        for setting in settings
        for item, found in setting.cells.items()
    }
    enforcer = _enforcer(_CASBIN, [(number, action) for number in dict.fromkeys(cells.values()) for action in ACTIONS])
    enforcer.add_function("reaches", lambda cell, program: cells[cell] == program)
    enforcer.add_function("fulfils", lambda one, program, act: rules.in_python[program, act](one.yes, one.no))
    return Casbin(enforcer)


def _enforcer(text: str, policies: Iterable[Sequence[str]]) -> Any:
    model = casbin.Model()
    model.load_model_from_text(text)
    return casbin.Enforcer(model, _Held(list(policies)))


# ---- Rego ---------------------------------------------------------------------------------

_REGO = """
package comity

outcomes[i] := answer if {
    some i, item in input.items
    answer := outcome(data.cells[item.cell], item.known)
}

outcome(program, known) := "withhold" if {
    not holds(data.programs[program].refer, known)
}

outcome(program, known) := "refer" if {
    holds(data.programs[program].refer, known)
    not holds(data.programs[program].share, known)
}

outcome(program, known) := "share" if {
    holds(data.programs[program].share, known)
}

holds(ways, known) if {
    some way in ways
    not fails(way, known)
}

fails(way, known) if {
    some step in way
    not passes(step, known)
}

passes(step, known) if {
    some term in step
    not broken(term, known)
}

broken(term, known) if {
    some literal in term
    not known[literal]
}
"""
"""No comprehension: regopy 1.5.2 takes an argument used as an index inside one for unbound, and answers wrongly."""


@dataclass(frozen=True)
class Rego:
    """A bundle with the programs as tables; one query for all items of a proposal."""

    interpreter: regopy.Interpreter
    bundle: regopy.Bundle

    @staticmethod
    def of(rules: Rules) -> Rego:
        interpreter = regopy.Interpreter()
        interpreter.add_module("comity", _REGO)
        interpreter.add_data(Rego.tables(rules))
        bundle = interpreter.build(None, ["comity/outcomes"])
        return Rego(interpreter, bundle)

    @staticmethod
    def tables(rules: Rules) -> dict[str, Any]:
        return {
            "cells": {
                f"{one.number}/{item}": str(rules.programs[found])
                for one in rules.settings
                for item, found in one.cells.items()
            },
            "programs": {
                str(number): {"share": as_ways(found[0]), "refer": as_ways(found[1])}
                for found, number in rules.programs.items()
            },
        }

    def answers(self, asked: Question) -> Answers:
        items = [
            {"cell": f"{asked.setting.number}/{one.item}", "known": dict.fromkeys(one.so, True)} for one in asked.items
        ]
        self.interpreter.set_input({"items": items})
        output = self.interpreter.query_bundle_entrypoint(self.bundle, "comity/outcomes")
        found = json.loads(str(output))["expressions"][0]
        return tuple(found[str(at)] if isinstance(found, dict) else found[at] for at in range(len(items)))
