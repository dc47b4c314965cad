"""The check by the million: one compiled plan over whole numbers, for any engine that Ibis speaks to.

A table of proposals comes as codes: who, to whom, for what purpose, in what
manner, on what day, what is said of the facts, which items. `Plan.compile`
works out, with the programs of `program.py`, the few tables by which a row finds
its answer; `Plan.answers` is then a chain of joins on whole numbers, the same on
DuckDB as on Spark. Every row that goes in comes out: a row with a code that
nobody knows is answered *refer* for all its items.

    discloser, recipient -> pair      day -> stretch, era       pair, stretch -> meeting
    meeting, purpose, manner, era -> setting                    setting, facts -> ground
    ground -> which of all items are shared, referred, demanded    items -> which items are asked for

A **ground** stands for everything the answers of a row rest on. `Plan.proposal`
gives back a proposal with the same answers, from which every reason is had.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

import ibis
import numpy as np
from ibis.expr.types import IntegerColumn, Table

from comity.check.case import ENDS, Case
from comity.check.decision import Proposal, ProposedItem
from comity.check.grounds import Answers, Grounds
from comity.check.places import UNKNOWN, WORD, Codes, Lookup, Manner, Numbers, Places, joined, within
from comity.check.world import RECEIVED
from comity.law.reach import LEFT_OUT
from comity.terms import Step

__all__ = ["UNKNOWN", "WORD", "Codes", "Lookup", "Manner", "Places", "Plan", "Ready"]


@dataclass(frozen=True)
class Plan:
    """Everything a table of codes needs to be answered, by joins alone.

    `lookups` are small tables of whole numbers, by name; the shell puts them where the rows are.
    """

    places: Places
    lookups: Mapping[str, Lookup]
    cases: tuple[Case, ...]

    @staticmethod
    def compile(places: Places, found: Mapping[str, Lookup], occurring: Lookup) -> Plan:
        """The plan for the settings that occur, and what is asked for in each: `setting_key`, `asked` and `example`."""
        codes = places.codes
        numbers: dict[object, int] = {}
        cases: list[Case] = []
        wanted: list[int] = []
        settings = []
        asked = _asked(codes)
        for key, example, marks in _by_setting(occurring, asked):
            if case := places.case(key, example):
                number = numbers.setdefault(alike(case), len(cases))
                if number == len(cases):
                    cases.append(case)
                    wanted.append(0)
                wanted[number] |= marks
                settings.append((key, number))
        grounds = Grounds(codes)
        answers = [grounds.answers(case, _marked(marks)) for case, marks in zip(cases, wanted, strict=True)]
        lookups = {
            **found,
            "settings": {
                "setting_key": np.array([key for key, _ in settings], np.int64),
                "setting": np.array([number for _, number in settings], np.int64),
            },
            "grounds": _grounds(answers, codes),
            "asked": asked,
        }
        return Plan(places, lookups, tuple(cases))

    def answers(self, rows: Table, lookups: Mapping[str, Table]) -> Table:
        """Every row with its ground and the items that are shared, referred, withheld and demanded."""
        codes = self.places.codes
        row = _or_none(self.places.placed(rows, lookups), lookups["settings"], "setting_key")
        facts, asked = len(codes.facts), len(codes.asked)
        row = row.mutate(
            ground_key=ibis.ifelse(
                within(row.facts, facts) & row.setting.notnull(),
                row.setting.cast("int64") * facts + row.facts,
                len(self.lookups["grounds"]["ground"]) - 1,
            ),
            asked_key=ibis.ifelse(within(row["items"], asked), row["items"], asked),
        )
        row = joined(joined(row, lookups["grounds"], "ground_key"), lookups["asked"], "asked_key")
        marks: dict[str, IntegerColumn] = {}
        for word in range(codes.words):
            wanted = row[f"asked_{word}"]
            share, refer = row[f"can_share_{word}"] & wanted, row[f"can_refer_{word}"] & wanted
            marks |= {
                f"share_{word}": share,
                f"refer_{word}": refer,
                f"withhold_{word}": wanted ^ share ^ refer,
                f"must_{word}": row[f"can_must_{word}"] & wanted,
            }
        known = within(row["items"], asked)
        answered = row.mutate(ground=ibis.ifelse(known, row.ground, UNKNOWN), **marks)
        return answered.select(*rows.columns, "ground", *marks)

    def proposal(self, ground: int, *items: ProposedItem) -> Proposal:
        """A proposal that rests on this ground, of these items or of all: its answers and reasons are the row's."""
        setting, facts = divmod(ground, len(self.places.codes.facts))
        changed = {"facts": self.places.codes.facts[facts]} | ({"items": items} if items else {})
        return self.cases[setting].proposal.model_copy(update=changed)


@dataclass(frozen=True)
class Ready:
    """A plan with its lookups where the rows are."""

    plan: Plan
    lookups: Mapping[str, Table]

    def answers(self, rows: Table) -> Table:
        """Every row with its ground and marks, as `Plan.answers` gives them."""
        return self.plan.answers(rows, self.lookups)


def _by_setting(occurring: Lookup, asked: Lookup) -> Iterator[tuple[int, int, int]]:
    """Every setting with its first example, and a mark for every item that is asked for there."""
    keys, begins = np.unique(occurring["setting_key"], return_index=True)  # They come in order.
    if not len(keys):
        return
    nothing = len(asked["asked_key"]) - 1
    codes = occurring["asked"]
    known = np.where((codes >= 0) & (codes < nothing), codes, nothing)
    examples = np.minimum.reduceat(occurring["example"], begins)
    marks = [0] * len(keys)
    for word in range(len(asked) - 1):
        found = np.bitwise_or.reduceat(asked[f"asked_{word}"][known], begins).tolist()
        marks = [mark | one << word * WORD for mark, one in zip(marks, found, strict=True)]
    yield from zip(keys.tolist(), examples.tolist(), marks, strict=True)


def _marked(marks: int) -> list[int]:
    """The places of the marks."""
    return [place for place in range(marks.bit_length()) if marks >> place & 1]


def alike(case: Case) -> object:
    """All that the answers in a setting turn on, and their reasons, but the facts that are stated."""
    setting, proposal, reach = case.setting, case.proposal, case.law.reach
    asking = [case.reaching(end, due=due) for end in ENDS for due in (False, True)]
    every = reduce(int.__or__, asking) | case.nearly
    return (
        (case.leaves_its_purpose, case.held_for_enforcement, setting.giver_regime, setting.receiver_regime),
        (case.discloser.responsible.facts, case.recipient.responsible.facts),
        (proposal.mode, proposal.scope, bool(proposal.need), proposal.held_for is None, case.reuse),
        tuple(case.register_speaks(step) for step in Step),
        _agreed(case) if case.agreements else None,
        tuple(asking),
        case.nearly,
        tuple(case.nearly & ~reach.for_the_parties(setting, code) for code in sorted(LEFT_OUT)),
        tuple(routes & every for routes in reach.doubtful_by(setting)),
        (setting.giver_names & reach.names, setting.receiver_names & reach.names),
        (setting.giver_answers, setting.receiver_answers, setting.receiver),
        (proposal.purpose, setting) if proposal.claimed else None,
    )


def _agreed(case: Case) -> object:
    """What the agreements that name both parties come to for this purpose, and who is bound by it."""
    flows = tuple((signed.agreement.id, flow.id) for signed, flow in case.flows)
    received = case.proposal.mode in RECEIVED
    if not received and not flows and not any(signed.agreement.never for signed in case.standing):
        return case.why_no_agreement()
    return (
        flows,
        tuple(one.agreement.id for one in case.standing),
        case.why_no_agreement(),
        tuple(one.id for one in case.judgements if one.holds_on(case.proposal.on)),
        (case.discloser.partner, case.discloser.controller, case.recipient.partner, case.recipient.controller),
        case.setting.purposes,
        (case.proposal.held_for, tuple(one.agreement.id for one in case.agreements)) if received else None,
    )


def _or_none(rows: Table, lookup: Table, key: str) -> Table:
    """The rows with what the lookup says of their key; nothing, where it is not there. No row is lost."""
    right = lookup.rename(found=key)
    return rows.left_join(right, rows[key] == right.found).drop(key, "found")


def _grounds(answers: list[Answers], codes: Codes) -> Lookup:
    """The answers by ground; the last row stands for a ground that nobody knows, where everything is referred."""
    count = len(answers) * len(codes.facts)
    table: dict[str, Numbers] = {"ground_key": np.arange(count + 1), "ground": np.array([*range(count), UNKNOWN])}
    for name, otherwise in (("share", 0), ("refer", -1), ("must", 0)):
        nobody = np.full((1, codes.words), otherwise)
        whole = np.concatenate([*(getattr(one, name) for one in answers), nobody])
        table |= {f"can_{name}_{word}": whole[:, word] for word in range(codes.words)}
    return table


def _asked(codes: Codes) -> Lookup:
    """What is asked for; the last row stands for what nobody knows: for nothing."""
    marks = np.zeros((len(codes.asked) + 1, codes.words), np.int64)
    for row, places in enumerate(codes.asked):
        for place in places:
            marks[row, place // WORD] |= np.int64(1) << np.int64(place % WORD)
    return {"asked_key": np.arange(len(marks))} | {f"asked_{word}": marks[:, word] for word in range(codes.words)}
