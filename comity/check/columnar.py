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

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import ibis
import numpy as np
from ibis.expr.types import IntegerColumn, Table

from comity.check.case import ENDS, Case
from comity.check.decision import Proposal, ProposedItem
from comity.check.grounds import Answers, Grounds, by_law_alone
from comity.check.places import UNKNOWN, WORD, Codes, Lookup, Manner, Numbers, Places, joined, within
from comity.check.world import RECEIVED
from comity.law.reach import LEFT_OUT

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
        wanted: list[set[int]] = []
        settings = []
        for key, (examples, asked) in sorted(_by_setting(occurring).items()):
            if case := places.case(key, min(examples)):
                number = numbers.setdefault(alike(case), len(cases))
                if number == len(cases):
                    cases.append(case)
                    wanted.append(set())
                wanted[number].update(*(codes.asked[one] for one in asked if one in range(len(codes.asked))))
                settings.append((key, number))
        grounds = Grounds(codes)
        answers = [grounds.answers(case, sorted(places)) for case, places in zip(cases, wanted, strict=True)]
        lookups = {
            **found,
            "settings": {
                "setting_key": np.array([key for key, _ in settings], np.int64),
                "setting": np.array([number for _, number in settings], np.int64),
            },
            "grounds": _grounds(answers, codes),
            "asked": _asked(codes),
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


def _by_setting(occurring: Lookup) -> dict[int, tuple[list[int], list[int]]]:
    """For every setting its examples, and the sets of items that are asked for there."""
    found: dict[int, tuple[list[int], list[int]]] = {}
    columns = (occurring[name].tolist() for name in ("setting_key", "asked", "example"))
    for key, asked, example in zip(*columns, strict=True):
        examples, sets = found.setdefault(key, ([], []))
        examples.append(example)
        sets.append(asked)
    return found


def alike(case: Case) -> object:
    """All that the answers in a setting turn on, and their reasons, but the facts that are stated."""
    setting, proposal = case.setting, case.proposal
    asking = [case.reaching(end, due=due) for end in ENDS for due in (False, True)]
    every = reduce(int.__or__, asking) | case.nearly
    return (
        by_law_alone(case),
        _agreed(case) if case.agreements else None,
        tuple(asking),
        case.nearly,
        tuple(case.nearly & ~case.law.reach.for_the_parties(case.setting, code) for code in sorted(LEFT_OUT)),
        tuple(case.doubts(*one) for one in case.law.reach.members(every & case.doubtful)),
        (setting.giver_answers, setting.receiver_answers),
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
