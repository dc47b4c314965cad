"""The reasons of many answers: a question is asked again only where a fact that it turns on is said otherwise.

The same few settings come with many sets of facts. `reference.answer` is asked for
each, and what its questions came to before is remembered: by the facts that were
looked at on the way. So the answer is that of the definition, with every reason,
at a small part of its price.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from comity.check.case import Case
from comity.check.compiled import TracedCase
from comity.check.decision import Answer, Facts, ProposedItem
from comity.check.reference import answer
from comity.law.reach import Thing

MOST_REMEMBERED = 500_000
"""When so many answers to questions are remembered, all are let go: memory stays bounded."""

T = TypeVar("T")


@dataclass
class Remembered:
    """What one question came to, by what was said of the facts it turns on."""

    turns_on: set[str] = field(default_factory=set)
    found: dict[Hashable, Any] = field(default_factory=dict)

    def said(self, facts: Facts) -> Hashable:
        return tuple([one for one in facts.items() if one[0] in self.turns_on])


@dataclass
class Memory:
    """What is remembered of a case and its items. What a question was given stays, so that its identity does."""

    questions: dict[Hashable, Remembered] = field(default_factory=dict)
    given: list[object] = field(default_factory=list)
    count: int = 0


@dataclass(frozen=True)
class RememberingCase(TracedCase):
    """A case that remembers what its questions came to, also for other facts."""

    memory: Memory = field(default_factory=Memory, compare=False)

    def ask(self, question: Callable[..., T], item: ProposedItem, *more: object) -> T:
        questions = self.memory.questions
        key = (question, id(item), *[_identity(one) for one in more])
        remembered = questions.get(key)
        if remembered is None:
            remembered = questions[key] = Remembered()
            self.memory.given += [item, more]
        said = remembered.said(self.proposal.facts)
        if said not in remembered.found:
            said = self._put(remembered, question, item, more)
        self.seen.update(remembered.turns_on)
        return remembered.found[said]  # type: ignore[no-any-return]

    def _put(
        self, remembered: Remembered, question: Callable[..., object], item: ProposedItem, more: tuple[object, ...]
    ) -> Hashable:
        """Ask it, and note what was looked at for it alone."""
        before = frozenset(self.seen)
        self.seen.clear()
        found = question(self, item, *more)
        remembered.turns_on |= self.seen
        self.seen.update(before)
        self.memory.count += 1
        said = remembered.said(self.proposal.facts)
        remembered.found[said] = found
        return said

    def thing(self, item: ProposedItem) -> Thing:
        """Worked out once for a case; what it turns on is noted by every question that asks for it."""
        for one in self.holders:
            if one.holds_unless:
                self.known(one.holds_unless, item)
        return super().thing(item)


def _identity(given: object) -> Hashable:
    """By which a question knows what it was given: findings come from memory, and are the same if they are equal."""
    if isinstance(given, list):
        return tuple(id(one) for one in given)
    return given if isinstance(given, str) or given is None else id(given)


class Reasons:
    """Answers with their reasons, for cases that differ in little but the facts."""

    def __init__(self) -> None:
        self._cases: dict[int, tuple[Case, RememberingCase]] = {}
        self._count = 0

    def answers(self, case: Case, items: tuple[ProposedItem, ...], facts: Facts) -> tuple[Answer, ...]:
        """What the case comes to for these items where these facts are stated; equal answers may be one value."""
        if self._count > MOST_REMEMBERED:
            self._cases, self._count = {}, 0
        if id(case) not in self._cases:
            parts = (case.proposal, case.discloser, case.recipient, case.law, case.agreements, case.judgements)
            self._cases[id(case)] = case, RememberingCase(*parts)
        remembering = self._cases[id(case)][1]
        before = remembering.memory.count
        stated = remembering.stating(facts)
        found = tuple(stated.ask(answer, item) for item in items)
        self._count += remembering.memory.count - before
        return found
