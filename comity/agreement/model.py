"""The written agreement as data: who promises what to whom, for what, how, until when.

One text that a person reads and signs and the software runs. Section numbers
in brackets are those of the clauses that forced a field to exist: see
`docs/explanation/agreement-model.md`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from comity.partnership import Item
from comity.source import Model, Words, WordSet
from comity.terms import Day, Duration, Extent, Form, Id, Mode, Period, Slug, after, slug_of

SHIPPED_ITEMS = "comity.example/item/"

Family = Literal[
    "statutory-protocol",
    "case-conference",
    "business-crime-reduction",
    "operational",
    "statistics",
    "umbrella",
    "process",
    "research",
    "other",
]

CANONICAL_SECTIONS = (
    "purpose",
    "parties",
    "legal-basis",
    "items",
    "method",
    "security",
    "retention",
    "contacts",
    "informing-people",
    "access-requests",
    "signatures",
    "disputes",
    "audit",
    "controllers",
    "breach",
    "review",
    "refusal",
    "training",
    "data-quality",
    "onward",
    "volume",
    "default-position",
)
"""The sections of the agreements that were read, and the three none of them has (agreements.md, section 2)."""


class Signatory(Model):
    """Who signs for a party: an office, one's own or another body's, or a resolution.

    `on_behalf_of` names the other parties (as they are called here) that the
    same signature binds.
    """

    office: str
    by: Literal["office", "resolution", "click"] = "office"
    on_behalf_of: WordSet = ()


class AgreementParty(Model):
    """A party, by name, by class of person, or by type; `called` is its name in this text.

    `as` names the part of the partner that takes part; `acting_for` is the
    party (as it is called here) on whose behalf it acts.
    """

    called: Slug
    partner: Id | None = None
    class_of_person: str | None = None
    capacities: WordSet = ()
    unit: Slug | None = Field(default=None, alias="as")
    acting_for: Slug | None = None
    formerly: Words = ()
    role: Literal["controller", "joint-controller", "processor", "observer"] = "controller"
    signs: Signatory | None = None
    facilitator: str = ""
    contact: str = ""
    joined: Day | None = None
    left: Day | None = None

    @model_validator(mode="after")
    def _named_somehow(self) -> AgreementParty:
        if not self.partner and not self.class_of_person:
            raise ValueError(f"{self.called} names nobody | Give `partner:` (an id) or `class_of_person:`.")
        return self

    def takes_part_on(self, day: date) -> bool:
        return day in Period(from_=self.joined, until=self.left)


class Schedule(Model):
    """When a standing flow is due."""

    every: Duration | None = None
    then_every: Duration | None = None
    after_first: Duration | None = None
    on_event: Words = ()
    due_within: Duration | None = None
    business_days: int | None = Field(default=None, ge=0)
    objection_window: Duration = "P1D"


class Retention(Model):
    """How long the recipient keeps it; the earliest or latest of several, as written.

    `beyond_term` says why it may be kept for longer than the agreement runs.
    """

    for_: Duration | None = Field(default=None, alias="for")
    from_event: str = ""
    or_until: str = ""
    whichever: Literal["earlier", "later"] = "earlier"
    after_death: Duration | None = None
    beyond_term: str = ""
    then: Literal["delete", "return", "review"] = "delete"


class Handling(Model):
    """What travels with the items: marking, audience, and what the subject may be told."""

    marking: str = "OFFICIAL"
    codes: WordSet = ()
    audience: Literal["named", "vetted-scheme", "open", "public"] = "named"
    tell_subject: Literal["yes", "no", "ask-owner"] = "yes"
    case_only: bool = False
    safe_contact: bool = False


class Onward(Model):
    """What a recipient may pass on."""

    rule: Literal["never", "owner-consent", "listed", "same-purpose"] = "owner-consent"
    to: WordSet = ()
    minutes: str = ""


class Flow(Model):
    """One promised stream: from, to, for what, which items, in which form, when, on what conditions."""

    id: Slug
    title: str = ""
    from_: WordSet = Field(alias="from")
    to: WordSet
    purpose: Slug
    items: WordSet
    form: Form = Form.IDENTIFIABLE
    mode: Mode = Mode.PUSH
    set: Slug | None = None
    powers: WordSet = ()
    bases: WordSet = ()
    conditions: WordSet = ()
    needs: WordSet = ()
    relies_on: WordSet = ()
    areas: WordSet = ()
    subjects: Words = ()
    forum: str = ""
    method: str = ""
    flag_only: bool = False
    schedule: Schedule | None = None
    retention: Retention | None = None
    handling: Handling = Handling()
    onward: Onward = Onward()
    holding: Id | None = None
    from_date: Day | None = None
    until_date: Day | None = None
    correction: str = ""
    note: str = ""

    @property
    def period(self) -> Period:
        """The days of the flow itself; the term of the agreement bounds it too."""
        return Period(from_=self.from_date, until=self.until_date)


class Never(Model):
    """A clause that says no: these items or kinds never go to these parties."""

    id: Slug
    items: WordSet = ()
    kinds: WordSet = ()
    to: WordSet = ()
    purposes: WordSet = ()
    unless: WordSet = ()
    text: str


class Refusal(Model):
    """How a partner says no: the reasons it may give, how fast, who hears of it."""

    codes: WordSet
    answer_within: Duration
    partial: bool = True
    escalate_to: str
    escalate_after: Duration = "P10D"
    recorded_by: str = ""


class Term(Model):
    """How long the agreement runs; `while` stands for a term with no date of its own."""

    from_: Day = Field(alias="from")
    until: Day | None = None
    while_: str = Field(default="", alias="while")
    notice: Duration | None = None
    on_end: Literal["delete", "return", "keep-as-scheduled"] = "delete"


class Review(Model):
    """When the agreement is looked at again."""

    next: Day | None = None
    first_after: Duration | None = None
    every: Duration | None = None
    on: Words = ()
    owner: str = ""


class Statistics(Model):
    """The disclosure-control rule for tables made under the agreement."""

    threshold: int = Field(default=5, ge=0)
    round_to: int | None = Field(default=None, ge=1)
    show_zero: bool = True
    note: str = ""


class Breach(Model):
    """The clock of the agreement when something goes wrong."""

    tell_within: Duration = "PT24H"
    tell: str = ""


class Section(Model):
    """Prose that people sign, kept to the letter; `refers_to` are the sections it points at."""

    id: Slug
    heading: str
    covers: WordSet = ()
    refers_to: WordSet = ()
    text: str


class Amendment(Model):
    """What changed from the version before: why, from when, whose signatures are needed again."""

    reason: str
    changes: Words = ()
    because_of_law: WordSet = ()
    from_: Day | None = Field(default=None, alias="from")
    signs_again: WordSet = ()


class Publication(Model):
    """Which parts are not published, and under which exemption."""

    published: bool = True
    redacted: tuple[Redaction, ...] = ()


class Redaction(Model):
    section: Slug
    exemption: str
    reason: str = ""


class Agreement(Model):
    """A written information sharing agreement, complete."""

    schema_: Literal[1] = Field(alias="schema")
    id: Id
    title: str
    version: int = Field(ge=1)
    family: Family
    register_: str = Field(default="england-and-wales", alias="register")
    marking: str = "OFFICIAL"
    extent: tuple[Extent, ...] = ("E",)
    areas: WordSet = ()
    inherits: tuple[Id, ...] = ()
    supersedes: tuple[Id, ...] = ()
    schedules: tuple[Id, ...] = ()
    precedence: str = ""
    parties: tuple[AgreementParty, ...]
    purposes: WordSet
    benefits: str = ""
    items: tuple[Item, ...] = ()
    flows: tuple[Flow, ...]
    never: tuple[Never, ...] = ()
    preconditions: WordSet = ()
    refusal: Refusal | None = None
    statistics: Statistics | None = None
    breach: Breach | None = None
    daily_volume: int | None = Field(default=None, ge=0)
    default_position: Literal["share", "consider", "do-not-disclose"] = "consider"
    term: Term
    review: Review
    sections: tuple[Section, ...] = ()
    amendment: Amendment | None = None
    publication: Publication = Publication()
    registered: Day | None = None
    suspended: tuple[Period, ...] = ()
    withdrawn: Day | None = None

    @property
    def named(self) -> frozenset[str]:
        """The partners the text names as parties, by id."""
        return frozenset(party.partner for party in self.parties if party.partner)

    def party(self, called: str) -> AgreementParty | None:
        return next((party for party in self.parties if party.called == called), None)

    def flow(self, id: str) -> Flow | None:
        return next((flow for flow in self.flows if flow.id == id), None)

    def section(self, id: str) -> Section | None:
        return next((section for section in self.sections if section.id == id), None)

    def partner_ids(self, called: tuple[str, ...]) -> frozenset[str]:
        """The partners a flow means by the names it uses."""
        return frozenset(party.partner for party in self.parties if party.called in called and party.partner)

    def item_id(self, name: str) -> str:
        """The global id of an item the agreement names: its own, else the shipped vocabulary's."""
        if "/" in name:
            return name
        own = (item.id for item in self.items if slug_of(item.id) == name)
        return next(own, SHIPPED_ITEMS + name)

    def in_term_on(self, day: date) -> bool:
        """Within the term, not suspended, not withdrawn."""
        term = Period(from_=self.term.from_, until=self.term.until)
        stopped = self.withdrawn is not None and self.withdrawn <= day
        return day in term and not stopped and not any(day in period for period in self.suspended)

    def retained_until(self, flow: Flow, received: date) -> date | None:
        """The first day on which what was received under `flow` may no longer be kept."""
        return after(received, flow.retention.for_) if flow.retention and flow.retention.for_ else None


Publication.model_rebuild()
