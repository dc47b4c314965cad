"""Decisions for people: as text on a screen, as a page to read or print, as JSON for programs."""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from comity.canonical import digest, plain
from comity.check.decision import Answer, Decision
from comity.check.explain import Question, Wording
from comity.check.remedy import Remedy
from comity.cli.folder import Folder
from comity.terms import Outcome, slug_of

WIDTH = 88
FlowName = tuple[str, str]  # an agreement and one of its flows
LEADS = {Outcome.SHARE: "May go", Outcome.REFER: "A person must decide", Outcome.WITHHOLD: "Stays"}


@dataclass(frozen=True)
class Said:
    """Items with one outcome, one explanation and one remedy."""

    outcome: Outcome
    items: tuple[str, ...]
    because: str
    remedy: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """A decision in words: the headline, what becomes of the items, the open questions."""

    decision: Decision
    headline: str
    said: tuple[Said, ...]
    claims: tuple[str, ...]
    questions: tuple[tuple[Question, str], ...]
    review: str
    tree: str

    @property
    def digest(self) -> str:
        return digest(self.decision)


def told(decision: Decision, wording: Wording, remedies: Mapping[str, Remedy], flow: FlowName | None = None) -> Told:
    """The decision in words; items of which the same is to be said stand together."""
    groups: dict[tuple[Outcome, str, str, tuple[str, ...]], list[str]] = {}
    for answer in decision.answers:
        remedy = remedies[answer.item].sentence if answer.item in remedies else ""
        key = (answer.outcome, wording.because(answer, decision), remedy, _codes(answer))
        groups.setdefault(key, []).append(wording.title(answer.item))
    said = [
        Said(outcome, tuple(items), because, remedy, codes)
        for (outcome, because, remedy, codes), items in groups.items()
    ]
    claims = {f"You named {wording.cite(one.provision)}: {wording.claim(one)}": None for one in decision.claimed}
    return Told(
        decision=decision,
        headline=wording.headline(decision),
        said=tuple(sorted(said, key=lambda one: list(LEADS).index(one.outcome))),
        claims=tuple(claims),
        questions=tuple((one, judge_line(one, decision, flow)) for one in wording.questions(decision)),
        review=f"An emergency was declared; the review is due by {decision.review_due}." if decision.review_due else "",
        tree=wording.tree(decision),
    )


def _codes(answer: Answer) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason.code for reason in answer.against))


def judge_line(question: Question, decision: Decision, flow: FlowName | None = None) -> str:
    """The command with which somebody of the right office records an answer, for the case or for the flow."""
    scope = ["--instance", decision.proposal.id]
    if flow and not question.instance_only:
        scope = ["--agreement", slug_of(flow[0]), "--flow", flow[1]]
    words = [
        "comity",
        "judge",
        question.test,
        "--answer",
        "YES-OR-NO",
        "--by",
        "NAME",
        "--office",
        question.offices[0],
        "--partner",
        slug_of(question.partner),
        *scope,
        "--reasons",
        "WHY",
    ]
    if len(question.items) < len(decision.answers):
        words += [word for item in question.items for word in ("--item", slug_of(item))]
    return shlex.join(words)


def wording(folder: Folder) -> Wording:
    """The words of this folder: its law, and its names for things."""
    return Wording(folder.world.law, folder.titles)


# ---- as text -------------------------------------------------------------------------


def as_text(one: Told, wording: Wording) -> str:
    """The decision for a screen, in lines of a readable length."""
    lines = [*wrapped(one.headline, 0)]
    for outcome, lead in LEADS.items():
        chosen = [said for said in one.said if said.outcome == outcome]
        if chosen:
            lines += ["", lead]
        for said in chosen:
            lines += [*wrapped(", ".join(said.items), 2), *wrapped(said.because, 4)]
            lines += wrapped(f"What would help: {said.remedy}", 4) if said.remedy else []
    for claim in one.claims:
        lines += ["", *wrapped(claim, 0)]
    lines += ["", one.review] if one.review else []
    lines += _question_lines(one, wording)
    return "\n".join(lines)


def _question_lines(one: Told, wording: Wording) -> list[str]:
    lines = ["", "Open questions"] if one.questions else []
    for number, (question, line) in enumerate(one.questions, start=1):
        items = ", ".join(wording.title(item) for item in question.items)
        lines += wrapped(f"{number}. {question.question} ({question.test})", 2, 3)
        lines += wrapped(f"For: {items}", 5)
        lines += wrapped(f"May be answered by: {offices(question, wording)}", 5)
        lines.append(f"     {line}")
    return lines


def offices(question: Question, wording: Wording) -> str:
    titles = {office.id: office.title for office in wording.law.vocabulary.offices}
    return ", ".join(titles.get(office, office) for office in question.offices)


def wrapped(text: str, indent: int, hang: int = 0) -> list[str]:
    """The text in lines of a readable length; all but the first hang in further."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )


# ---- as JSON -------------------------------------------------------------------------


def as_plain(one: Told, wording: Wording) -> dict[str, object]:
    """The decision with its words, for programs; `decision` is what a decision file holds."""
    return {
        "decision": plain(one.decision),
        "digest": one.digest,
        "headline": one.headline,
        "items": [
            {
                "items": list(said.items),
                "outcome": said.outcome,
                "codes": list(said.codes),
                "because": said.because,
                "remedy": said.remedy,
            }
            for said in one.said
        ],
        "questions": [
            {
                "test": question.test,
                "question": question.question,
                "items": list(question.items),
                "offices": list(question.offices),
                "command": line,
            }
            for question, line in one.questions
        ],
    }


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def decision_json(decisions: Sequence[Decision]) -> str:
    """A decision file: one decision as it is, several in a list."""
    if len(decisions) == 1:
        return as_json(plain(decisions[0]))
    return as_json({"schema": 1, "decisions": [plain(one) for one in decisions]})


# ---- as a page -----------------------------------------------------------------------


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("comity.cli"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, /, **values: object) -> str:
    """A page from one of the templates; every value is escaped."""
    return _environment().get_template(template).render(**values)


def decision_page(decisions: Iterable[Told], wording: Wording, *, notes: Sequence[str] = ()) -> str:
    """One or several decisions as a page for people."""
    views = list(decisions)
    return page(
        "decision.html.j2", decisions=views, notes=notes, offices=lambda one: offices(one, wording), title=wording.title
    )
