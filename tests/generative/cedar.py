"""The rules of an item as a policy of Cedar, an engine that shares no code with ours.

Cedar knows yes and no. What is not known is told by two sets in the context: the facts known to be so, and
the facts known not to be. A value is then two conditions, when it is surely yes and when surely no; where
neither holds it is not known. The one policy permits the share when the answer is surely yes: Cedar denies
by default, so *refer* and *withhold* are both a denial, without a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cedarpy import Decision, Entities, PolicySet, is_authorized_batch

from comity.check.case import Case
from comity.check.decision import ProposedItem
from comity.check.program import Asked, Program, programs, read

TRUE, FALSE = "true", "false"


@dataclass(frozen=True)
class Text:
    """When a value is surely yes, and when surely no, each as a Cedar condition."""

    yes: str
    no: str


def _conjunction(parts: Iterable[str]) -> str:
    wanted = list(dict.fromkeys(part for part in parts if part != TRUE))
    return FALSE if FALSE in wanted else " && ".join(wanted) and f"({' && '.join(wanted)})" or TRUE


def _disjunction(parts: Iterable[str]) -> str:
    wanted = list(dict.fromkeys(part for part in parts if part != FALSE))
    return TRUE if TRUE in wanted else " || ".join(wanted) and f"({' || '.join(wanted)})" or FALSE


def name(literal: Asked) -> str:
    return f"{literal[0]} @ {literal[1]}"


@dataclass
class Cedar:
    """Strong Kleene logic over Cedar text; remembers which facts were asked."""

    asked: dict[Asked, None] = field(default_factory=dict)

    yes = Text(TRUE, FALSE)
    unknown = Text(FALSE, FALSE)
    no = Text(FALSE, TRUE)

    def fact(self, literal: Asked) -> Text:
        self.asked[literal] = None
        return Text(f'context.so.contains("{name(literal)}")', f'context.notso.contains("{name(literal)}")')

    def all(self, values: Iterable[Text]) -> Text:
        those = list(values)
        return Text(_conjunction(one.yes for one in those), _disjunction(one.no for one in those))

    def any(self, values: Iterable[Text]) -> Text:
        those = list(values)
        return Text(_disjunction(one.yes for one in those), _conjunction(one.no for one in those))

    def negation(self, value: Text) -> Text:
        return Text(value.no, value.yes)

    def surely(self, value: Text) -> Text:
        no = {TRUE: FALSE, FALSE: TRUE}.get(value.yes, f"!({value.yes})")
        return Text(value.yes, no)


@dataclass(frozen=True)
class Policy:
    """A program as a parsed policy, with the facts it asks about."""

    policies: PolicySet
    asked: tuple[Asked, ...]


def policy(program: Program) -> Policy:
    algebra = Cedar()
    condition = read(program, algebra).answer.yes
    text = f'permit (principal, action == Action::"share", resource) when {{ {condition} }};'
    return Policy(PolicySet.from_str(text), tuple(algebra.asked))


class Engine:
    """Cedar, with the policies it has parsed; equal programs are one policy."""

    def __init__(self) -> None:
        self.policies: dict[Program, Policy] = {}
        self.nobody = Entities.from_json_str("[]")

    def program(self, case: Case, item: ProposedItem) -> Program:
        """The program for what is known of the kinds of the item."""
        return next(
            one
            for guard, one in programs(case, item)
            if all((case.known(fact, item, end) is True) == value for (fact, end), value in guard)
        )

    def policy(self, program: Program) -> Policy:
        if program not in self.policies:
            self.policies[program] = policy(program)
        return self.policies[program]

    def request(self, policy: Policy, case: Case, item: ProposedItem) -> dict[str, object]:
        """What is known of the facts that the policy asks about."""
        known = {name(one): case.known(one[0], item, one[1]) for one in policy.asked}
        return {
            "principal": 'Party::"discloser"',
            "action": 'Action::"share"',
            "resource": 'Item::"item"',
            "context": {
                "so": [one for one, value in known.items() if value is True],
                "notso": [one for one, value in known.items() if value is False],
            },
        }

    def may_go(self, asked: Sequence[tuple[Case, ProposedItem]]) -> list[bool]:
        """Whether Cedar permits each; those with equal programs are asked together."""
        groups: dict[Program, list[int]] = {}
        for at, (case, item) in enumerate(asked):
            groups.setdefault(self.program(case, item), []).append(at)
        found = [False] * len(asked)
        for program, places in groups.items():
            parsed = self.policy(program)
            requests = [self.request(parsed, *asked[at]) for at in places]
            results = is_authorized_batch(requests, parsed.policies, self.nobody)
            for at, result in zip(places, results, strict=True):
                if result.diagnostics.errors:
                    raise AssertionError(f"Cedar could not answer: {result.diagnostics.errors}")
                found[at] = result.decision == Decision.Allow
        return found
