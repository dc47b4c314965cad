"""Tables of coded proposals over the spec world: as many rows as are asked for, the same for the same seed.

What is asked comes from the worked decisions (who, to whom, for what, how, which items, with what said of the
facts), and is mixed at random with every other party and purpose of the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.random import Generator
from numpy.typing import NDArray

from comity.agreement import SignedAgreement
from comity.check.columnar import UNKNOWN, Codes, Manner
from comity.check.decision import Facts, Judgement, Proposal, ProposedItem
from comity.check.world import World
from comity.law import Register, shipped
from comity.partnership import PartyRef
from tests.spec.cases import agreements, partnership, runs

FIRST, LAST = date(2026, 6, 1), date(2027, 5, 31)
"""The days of the rows: capacities, agreements, judgements and the law all change in between."""

HIGHEST = np.iinfo(np.int16).max
"""The largest code a column can hold, far beyond every list."""

ASTRAY = 2_000
"""One row in so many has a code astray, for each column."""

AS_THEY_STAND = ("as-it-stands", "confirmed")

T = TypeVar("T")


def world() -> World:
    """The partnership and agreements of the worked decisions, with judgements for a year, under the shipped law."""
    law, signed = shipped(), tuple(agreements().values())
    return World(partnership(), law, signed, tuple(_judgements(law, signed)))


def _judgements(law: Register, signed: Iterable[SignedAgreement]) -> Iterable[Judgement]:
    """Every test answered for its class by every party of an agreement, as is best for sharing."""
    for one in signed:
        for partner in one.signed_by:
            for test in (fact for fact in law.vocabulary.facts if fact.is_test):
                yield Judgement.model_validate(
                    {
                        "id": f"{one.agreement.id} {partner} {test.id}",
                        "test": test.id,
                        "answer": "no" if test.id in ("more-detrimental-to-child", "unreasonable-to-assist") else "yes",
                        "by": "an invented officer",
                        "office": test.offices[0],
                        "partner": partner,
                        "reasons": "invented",
                        "scope": {"agreement": one.agreement.id},
                        "from": date(2026, 3, 1),
                        "until": date(2027, 3, 1),
                    }
                )


COLUMNS = ("discloser", "recipient", "purpose", "manner", "facts", "items")
"""The coded columns of a row, beside its day."""


@dataclass(frozen=True)
class Coded:
    """The codes of a table, and the shares that come again and again in it, each as the codes of a row."""

    codes: Codes
    shares: NDArray[np.int64]

    @staticmethod
    def of(world: World, seed: int, *, shares: int, items: int = 70) -> Coded:
        """The shares of the worked decisions, and `shares` more at random; every party and purpose is in one."""
        dice = np.random.default_rng(seed)
        asked = _asked(items)
        codes = Codes(
            parties=_different([*(end for one in asked for end in (one.discloser, one.recipient)), *_parties(world)]),
            purposes=sorted(one.id for one in world.law.vocabulary.purposes),
            manners=_different(_manner(one) for one in asked),
            facts=_different([*(one.facts for one in asked), *_facts(world.law, dice, 12)]),
            items=(said := _different(item for one in asked for item in one.items)),
            asked=_different([*(_places(said, one) for one in asked), *_some(dice, len(said), 40)]),
        )
        return Coded(codes, np.concatenate([_worked(codes, asked), _at_random(codes, dice, shares)]))

    @property
    def many(self) -> dict[str, int]:
        """How many codes each column has."""
        return {name: len(one) for name, one in zip(COLUMNS, _lists(self.codes), strict=True)}

    def rows(self, count: int, seed: int, *, first: int = 0, clustered: bool = False) -> pa.Table:
        """Rows as codes, numbered from `first`.

        Half of them say other facts and ask for other items than their share did. In a few a code is nobody's, or the
        day is out of the calendar.
        """
        dice = np.random.default_rng([seed, first])
        seldom = 1 / np.arange(1, len(self.shares) + 1)
        share = dice.choice(len(self.shares), count, p=seldom / seldom.sum())
        day = dice.integers(FIRST.toordinal(), LAST.toordinal() + 1, count)
        if clustered:
            order = np.lexsort((day, share))
            share, day = share[order], day[order]
        columns = dict(zip(COLUMNS, self.shares[share].T.copy(), strict=True))
        for name in ("facts", "items"):
            other = dice.random(count) < 0.5
            columns[name][other] = dice.integers(0, self.many[name], other.sum())
        for name, many in self.many.items():
            _stray(dice, columns[name], (UNKNOWN, many, HIGHEST))
        _stray(dice, day, (UNKNOWN, FIRST.toordinal() - 1, LAST.toordinal() + 1))
        narrow = {name: one.astype(np.int16) for name, one in columns.items()}
        return pa.table({"row": np.arange(first, first + count), **narrow, "day": day.astype(np.int32)})

    def proposal(self, row: dict[str, int]) -> Proposal | None:
        """What a row asks, put as a proposal; nothing, where one of its codes is nobody's."""
        known = all(0 <= row[name] < many for name, many in self.many.items())
        if not (known and FIRST.toordinal() <= row["day"] <= LAST.toordinal()):
            return None
        codes, how = self.codes, self.codes.manners[row["manner"]]
        recipient = codes.parties[row["recipient"]]
        return Proposal.model_validate(
            {
                "id": f"row {row['row']}",
                "discloser": codes.parties[row["discloser"]],
                "recipient": recipient,
                "purpose": codes.purposes[row["purpose"]],
                "on": date.fromordinal(row["day"]),
                "items": [codes.items[place] for place in codes.asked[row["items"]]],
                "mode": how.mode,
                "audience": how.audience,
                "scope": how.scope,
                "extent": how.extent,
                "set": how.set,
                "held_for": how.held_for,
                "asked": {"by": recipient.partner, "under": how.requested_under} if how.requested else None,
                "claimed": how.claimed,
                "need": "a named tenancy" if how.need else "",
                "facts": codes.facts[row["facts"]],
            }
        )


def _different(things: Iterable[T]) -> list[T]:
    """Each thing once, in the order in which it first came."""
    return list({repr(one): one for one in things}.values())


def _asked(most: int) -> list[Proposal]:
    """The proposals of the worked decisions as they stand, as far as `most` items go."""
    worked = [one for run in runs() if run.called in AS_THEY_STAND for one in run.read().proposals]
    asked: list[Proposal] = []
    for one in worked:
        if len(_different(item for each in [*asked, one] for item in each.items)) <= most:
            asked.append(one)
    return asked


def _places(items: list[ProposedItem], asked: Proposal) -> tuple[int, ...]:
    return tuple(items.index(one) for one in asked.items)


def _some(dice: Generator, many: int, count: int) -> list[tuple[int, ...]]:
    return [tuple(sorted(dice.choice(many, dice.integers(1, 13), replace=False).tolist())) for _ in range(count)]


def _manner(asked: Proposal) -> Manner:
    return Manner(
        mode=asked.mode,
        audience=asked.audience,
        scope=asked.scope,
        extent=asked.extent,
        set=asked.set,
        held_for=asked.held_for,
        need=bool(asked.need),
        requested=asked.asked is not None,
        requested_under=asked.asked.under if asked.asked else None,
        claimed=asked.claimed,
    )


def _parties(world: World) -> list[PartyRef]:
    """Every partner, each of its units, and everyone who acts for another."""
    cast = world.partnership.partners
    found = [PartyRef(partner=one.id) for one in cast]
    found += [PartyRef.model_validate({"partner": one.id, "as": unit.name}) for one in cast for unit in one.units]
    return found + [PartyRef(partner=one.id, acting_for=link.partner) for one in cast for link in one.acts_for]


def _facts(law: Register, dice: Generator, count: int) -> list[Facts]:
    """Sets of what can be said of a row."""
    words = sorted(fact.id for fact in law.vocabulary.facts if not fact.is_test)
    told = [sorted(dice.choice(words, dice.integers(1, 5), replace=False).tolist()) for _ in range(count)]
    return [{name: dice.choice(["yes", "yes", "no", "unknown"]).item() for name in names} for names in told]


def _lists(codes: Codes) -> tuple[Sequence[object], ...]:
    return codes.parties, codes.parties, codes.purposes, codes.manners, codes.facts, codes.asked


def _worked(codes: Codes, asked: list[Proposal]) -> NDArray[np.int64]:
    """The worked decisions as codes."""
    shares = [
        (one.discloser, one.recipient, one.purpose, _manner(one), one.facts, _places(list(codes.items), one))
        for one in asked
    ]
    return np.array([[known.index(one) for known, one in zip(_lists(codes), share, strict=True)] for share in shares])


def _at_random(codes: Codes, dice: Generator, count: int) -> NDArray[np.int64]:
    """Shares of any party with any other, for any purpose; each comes once before it comes again."""
    return np.stack([dice.permutation(np.arange(count) % len(one)) for one in _lists(codes)], axis=1)


def _stray(dice: Generator, column: NDArray[np.int64], codes: tuple[int, ...]) -> None:
    """Put codes that stand for nothing here and there."""
    places = dice.integers(0, len(column), -(-len(column) // ASTRAY))
    column[places] = dice.choice(codes, len(places))
