"""The question and the answer: Proposal in, Decision out.

A decision answers twice: `claimed` (does the named route hold?) and the answers
(the best over every route in the register). Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from comity.partnership import Item, PartyRef
from comity.source import Model, WordSet
from comity.terms import (
    Audience,
    Duty,
    End,
    Extent,
    Form,
    Headline,
    Id,
    Mode,
    Outcome,
    Slug,
    Step,
    Transform,
    Truth,
)

Said = Literal["yes", "no", "unknown"]
Scope = Literal["one-case", "list", "class", "bulk", "whole-population"]


def truth_of(said: Said) -> Truth:
    return {"yes": True, "no": False, "unknown": None}[said]


def _in_order(facts: dict[str, Said]) -> dict[str, Said]:
    return dict(sorted(facts.items()))


Facts = Annotated[dict[Slug, Said], AfterValidator(_in_order)]


class ProposedItem(Model):
    """One item that would leave, with what is known of it beyond the vocabulary."""

    item: Id
    kinds: WordSet
    form: Form = Form.IDENTIFIABLE
    origins: WordSet = ()
    handling: WordSet = ()
    facts: Facts = {}

    @classmethod
    def of(
        cls,
        item: Item,
        form: Form,
        facts: Facts | None = None,
        *,
        origins: Iterable[str] = (),
        handling: Iterable[str] = (),
    ) -> ProposedItem:
        """The item as the vocabulary has it; a role that says a fact (a child; staff, not a patient) says it here."""
        known = {"child": {"child": "yes"}, "staff": {"not-about-a-patient": "yes"}}.get(item.role, {})
        return cls.model_validate(
            {
                "item": item.id,
                "kinds": item.kinds,
                "form": form,
                "facts": known | (facts or {}),
                "origins": tuple(origins),
                "handling": tuple(handling),
            }
        )

    @property
    def called(self) -> str:
        return self.item.rsplit("/", 1)[-1]


class Asked(Model):
    """The request that a proposal answers: by whom, when, under which provision, due when."""

    by: Id
    on: date | None = None
    under: Slug | None = None
    due: date | None = None


class Emergency(Model):
    """A declaration by a named person; it answers tests and agreement conditions, never the law."""

    declared_by: str = Field(min_length=1)
    office: str
    reason: str = Field(min_length=1)
    life_at_risk: str = Field(min_length=1)
    recipient_named: str = Field(min_length=1)


class Proposal(Model):
    """May this be given, by this party to that one, for this, on that day?"""

    schema_: Literal[1] = Field(default=1, alias="schema")
    id: str
    discloser: PartyRef
    recipient: PartyRef
    purpose: Slug
    on: date
    items: tuple[ProposedItem, ...] = Field(min_length=1)
    mode: Mode = Mode.PUSH
    audience: Audience = "named"
    scope: Scope = "one-case"
    extent: Extent = "E"
    set: Slug | None = None
    data_until: date | None = None
    asked: Asked | None = None
    held_for: Slug | None = None
    received: date | None = None
    need: str = ""
    facts: Facts = {}
    claimed: Slug | None = None
    emergency: Emergency | None = None
    actor: str = ""


class JudgementScope(Model):
    """What a judgement was made for: one case, one flow of an agreement, or all its flows."""

    instance: str | None = None
    agreement: Id | None = None
    flow: Slug | None = None


class Judgement(Model):
    """A person's signed answer to a test: by whom, in what office, why, for what, until when."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    id: str
    test: Slug
    answer: Literal["yes", "no"]
    by: str
    office: Slug
    partner: Id
    reasons: str = Field(min_length=1)
    scope: JudgementScope
    items: WordSet = ()
    from_: date = Field(alias="from")
    until: date | None = None
    clause: str | None = None

    def holds_on(self, day: date) -> bool:
        return self.from_ <= day and (self.until is None or day < self.until)


class Reason(Model):
    """Why, at one step: a stable code, the rule it rests on, and what would settle it."""

    step: Step
    code: Slug
    effect: Outcome
    rests_on: str = ""
    route: str = ""
    cites: str = ""
    end: End | None = None
    fact: Slug | None = None
    offices: tuple[Slug, ...] = ()
    path: str = ""
    judgement: str = ""
    unconfirmed: WordSet = ()
    warning: bool = False


class Answer(Model):
    """The answer for one item; reasons in the order of the steps, the first *no* determines."""

    item: Id
    outcome: Outcome
    duty: Duty = Duty.NONE
    due: date | None = None
    due_rule: str = ""
    transform: Transform = Transform.NONE
    automatic: bool = False
    reasons: tuple[Reason, ...]

    @property
    def called(self) -> str:
        return self.item.rsplit("/", 1)[-1]

    @property
    def against(self) -> tuple[Reason, ...]:
        """The reasons that keep the item back or hold it up."""
        return tuple(reason for reason in self.reasons if reason.effect == self.outcome != Outcome.SHARE)


class Claimed(Model):
    """Whether the route somebody named holds for one item, and if not why."""

    item: Id
    provision: Slug
    holds: Literal["holds", "open", "no"]
    reasons: tuple[Reason, ...] = ()

    @property
    def called(self) -> str:
        return self.item.rsplit("/", 1)[-1]


class Basis(Model):
    """Everything a decision was made on, by digest: what it takes to repeat it."""

    register_: str = Field(alias="register")
    register_digest: str
    agreements: dict[str, str] = {}
    judgements: tuple[Judgement, ...] = ()
    confirmations: tuple[str, ...] = ()


class Decision(Model):
    """The answer to a proposal, item by item, with what it was made on."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    proposal: Proposal
    headline: Headline
    must: bool
    answers: tuple[Answer, ...]
    claimed: tuple[Claimed, ...] = ()
    review_due: date | None = None
    basis: Basis

    def answer(self, item: str) -> Answer:
        """The answer for an item by id or short name."""
        return next(one for one in self.answers if item in (one.item, one.called))
