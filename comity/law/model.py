"""What the law permits, requires and forbids, as dated data.

A `Provision` is one entry of the register. What it does is a flat list of
`Route`s: each says at which step of the check it works, whom and what it
covers, which facts it needs, and whether it *allows*, *bars*, *lifts* a bar or
*closes* a list. There is no nesting and no `not`: the opposite of a fact is a
fact of its own.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from comity.source import Model, Words, WordSet
from comity.terms import SLUG, Day, Extent, Form, Mode, Period, Regime, Slug, Step, Transform

Kind = Literal["power", "duty", "prohibition", "confidence", "basis", "condition", "exemption", "guidance"]
Evidence = Literal["read", "partly-read", "to-confirm"]
Effect = Literal["allows", "bars", "lifts", "closes"]
DueRule = Literal["end-of-next-quarter", "as-requested", "as-agreed", "at-once", "when-sought"]


class Route(Model):
    """One way in which a provision works at one step; every field that is given must match.

    Empty sets match anything. `from`, `to` and `party` match if the party holds
    any capacity listed; `party` is the end named by `end`. A route that counts only
    `beside_another` opens nothing by itself: it makes a duty of what another route allows.
    """

    id: Slug
    step: Step
    effect: Effect = "allows"
    cites: str = ""
    # whom it covers
    end: Literal["discloser", "recipient", "both"] = "discloser"
    from_: WordSet = Field(default=(), alias="from")
    not_from: WordSet = ()
    to: WordSet = ()
    not_to: WordSet = ()
    party: WordSet = ()
    not_party: WordSet = ()
    reaches_agents: bool = False
    same_controller: bool | None = None
    # what it covers
    purposes: WordSet = ()
    not_purposes: WordSet = ()
    kinds: WordSet = ()
    not_kinds: WordSet = ()
    forms: tuple[Form, ...] = ()
    origins: WordSet = ()
    not_origins: WordSet = ()
    sets: WordSet = ()
    items: WordSet = ()
    handling: WordSet = ()
    audiences: WordSet = ()
    modes: tuple[Mode, ...] = ()
    regimes: tuple[Regime, ...] = ()
    on_request: bool | None = None
    requested_under: WordSet = ()
    reuse: bool | None = None
    under_duty: bool | None = None
    extent: tuple[Extent, ...] = ()
    in_force: tuple[Period, ...] | None = None
    # on what conditions
    needs: WordSet = ()
    unless: WordSet = ()
    # what follows
    duty: bool = False
    beside_another: bool = False
    closed: bool = False
    due: DueRule | None = None
    agreement: Literal["required", "not-needed"] | None = None
    transform: Transform = Transform.NONE
    lifts: WordSet = ()
    reason: Slug | None = None
    note: str = ""


class Provision(Model):
    """One entry of the register: where it stands, since when, how far it was read, what it does."""

    id: Slug
    citation: str
    title: str
    source: str
    kind: Kind
    summary: str
    evidence: Evidence
    checked: Day
    in_force: tuple[Period, ...]
    extent: tuple[Extent, ...] = ("E", "W")
    sets_aside_confidence: Literal["yes", "no", "unconfirmed"] = "no"
    onward: str = ""
    unconfirmed: Words = ()
    rests_on: WordSet = ()
    misreadings: Words = ()
    routes: tuple[Route, ...] = ()

    @model_validator(mode="after")
    def _duties_beside_another(self) -> Provision:
        lifts = self.sets_aside_confidence != "no"
        for route in self.routes:
            if route.beside_another and (lifts or (route.step, route.effect) != (Step.POWER, "allows")):
                raise ValueError(
                    f"The route {route.id} counts only beside another, and would open more than a power"
                    " | Give `beside_another` to a power of an entry that does not set confidence aside."
                )
        return self

    def in_force_on(self, day: date) -> bool:
        return any(day in period for period in self.in_force)

    def doubts(self) -> tuple[str, ...]:
        """The facts about this entry that a named officer has yet to confirm."""
        return (
            ("evidence",) * (self.evidence == "to-confirm")
            + self.unconfirmed
            + (("sets_aside_confidence",) if self.sets_aside_confidence == "unconfirmed" else ())
        )


class Purpose(Model):
    """A coded purpose; `law_enforcement` is what DPA 2018 s.31 makes of it."""

    id: Slug
    meaning: str
    law_enforcement: Literal["yes", "no", "mixed"]
    within: Slug | None = None


class ItemKind(Model):
    """A kind of information, as in `address` or `special-category:health`; it is also what it implies."""

    id: str = Field(pattern=rf"^{SLUG.pattern}(:{SLUG.pattern})?$")
    meaning: str
    implies: WordSet = ()


class Capacity(Model):
    """A description of person that provisions name; holding it may imply others.

    `holds`: what such a body holds about people is of these kinds, unless the fact
    `holds_unless` is known to be so. `holds_for`: it is taken to be held for this purpose.
    """

    id: Slug
    meaning: str
    source: str = ""
    implies: WordSet = ()
    holds: WordSet = ()
    holds_unless: Slug | None = None
    holds_for: Slug | None = None


class Office(Model):
    """Somebody who may settle a question.

    `of` names the capacities of the bodies that have such an office; `third_party`
    says that it is somebody at neither end of the share.
    """

    id: Slug
    title: str
    of: WordSet = ()
    third_party: bool = False


class Fact(Model):
    """Something a route may need: a statement that is so, is not so, or is not known.

    A fact with `offices` is a *test*: only a person of one of those offices can
    settle it. `unstated` is what silence about it means.
    """

    id: Slug
    question: str
    about: Literal["item", "proposal", "party"] = "proposal"
    unstated: Literal["yes", "no", "unknown"] = "unknown"
    opposite: Slug | None = None
    offices: WordSet = ()
    instance_only: bool = False
    in_emergency: bool = False
    reason: Slug | None = None

    @property
    def is_test(self) -> bool:
        return bool(self.offices)


class Confirmation(Model):
    """A named officer's word on a doubtful fact about the law (`value: false`: it is not so)."""

    entry: Slug
    path: str
    value: bool
    who: str
    office: str = ""
    when: Day
    source: str
    note: str = ""
