"""What is wrong with this agreement, as far as its own text shows?

Nothing here asks the law: `check/lint.py` does that. Every finding is a value
with its line, a sentence and a remedy. An *error* must be settled before
anybody signs; a *warning* is for a person to weigh.
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.agreement import promises, prose, references, term
from comity.agreement.known import Known, Reading, Rule
from comity.agreement.model import Agreement
from comity.source import Document, Problem

__all__ = ["Known", "lint", "lint_together"]

RULES: tuple[Rule, ...] = (*references.RULES, *promises.RULES, *term.RULES, *prose.RULES)


def lint(agreement: Agreement, document: Document, known: Known) -> tuple[Problem, ...]:
    """Every problem that is visible in the text, in the order of its lines."""
    reading = Reading(agreement, document, known)
    return tuple(sorted({problem for rule in RULES for problem in rule(reading)}))


def lint_together(texts: Iterable[tuple[Agreement, Document]]) -> tuple[Problem, ...]:
    """Problems between agreements: two texts that go by one name."""
    seen: dict[tuple[str, int], Document] = {}
    problems = []
    for agreement, document in texts:
        key = (agreement.id, agreement.version)
        if key in seen:
            problems.append(_same_name(agreement, document, seen[key]))
        seen.setdefault(key, document)
    return tuple(sorted(problems))


def _same_name(agreement: Agreement, document: Document, other: Document) -> Problem:
    return document.problem(
        ("id",),
        "duplicate-agreement",
        f"{other.file} is also {agreement.id}, version {agreement.version}.",
        "Give this agreement an id of its own, or the next version number.",
    )
