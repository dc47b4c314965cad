"""What a proof leaves out decides nothing: what no cell given out can come to, no other share comes to.

A proof looks at one cell for many shares that no route tells apart, and, where it asks whether anything may be shared,
leaves out what another way of sharing beats. Here shares are thrown by dice over all there is to choose, on every day,
in generated worlds, and each is held against the cells that were given out for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import product
from random import Random
from typing import get_args

from comity.check import Proposal, World
from comity.check.decision import Asked
from comity.check.inputs import Cell, Inputs, Wide
from comity.check.proving import Prover
from comity.check.supposed import DECLARED
from comity.check.text import Names
from comity.errors import UnknownName
from comity.partnership import Item, PartyRef
from comity.terms import Audience, Form, Mode
from tests.generative.engines import NIGHTLY
from tests.generative.worlds import generate

WORLDS = range(40 if NIGHTLY else 2)
PAIRS, THROWS = 4, 40
LASTS = timedelta(days=400)


class Dice:
    """Shares of one item between two bodies for one purpose, thrown over all that may be chosen."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.dice = world, Random(seed)
        routes = [route for _, route in world.law.reach.routes]
        self.sets = [None, *sorted({name for one in routes for name in one.sets})]
        self.origins = [(), *((name,) for name in sorted({name for one in routes for name in one.origins}))]
        self.under = [None, *sorted({name for one in routes for name in one.requested_under})]
        self.purposes = [None, *(one.id for one in world.law.vocabulary.purposes)]

    def throw(self, giver: PartyRef, receiver: PartyRef, item: Item, purpose: str, first: date) -> Proposal:
        pick, controller = self.dice.choice, receiver.partner
        asked = pick([None, Asked(by=controller, under=pick(self.under))])
        form, origins = pick(list(Form)), pick(self.origins)
        return Proposal.model_validate(
            {
                "id": "thrown",
                "discloser": giver,
                "recipient": receiver,
                "purpose": purpose,
                "on": first + timedelta(days=self.dice.randrange(LASTS.days)),
                "items": [{"item": item.id, "kinds": item.kinds, "form": form, "origins": origins}],
                "mode": pick(list(Mode)),
                "audience": pick(get_args(Audience)),
                "set": pick(self.sets),
                "asked": asked,
                "held_for": pick(self.purposes),
                "emergency": pick([None, DECLARED]),
            }
        )


@cache
def worlds() -> list[tuple[int, World, date, tuple[Item, ...]]]:
    found = []
    for seed in WORLDS:
        made = generate(seed, 1)
        world = replace(made.world, judgements=())
        items = {one.item: Item(id=one.item, kinds=one.kinds, title=one.item) for one in _items(seed)}
        found.append((seed, world, made.proposals[0].on, tuple(items.values())))
    return found


def _items(seed: int) -> Iterator:
    return (item for asked in generate(seed, 12).proposals for item in asked.items)


def asked_of(seed: int, world: World, items: tuple[Item, ...]) -> Iterator[tuple[PartyRef, PartyRef, Item, str]]:
    """Some bodies, items and purposes of a world."""
    dice = Random(seed)
    refs = [PartyRef(partner=one.id) for one in world.partnership.partners]
    pairs = [(one, other) for one, other in product(refs, refs) if one != other]
    purposes = [one.id for one in world.law.vocabulary.purposes]
    for giver, receiver in dice.sample(pairs, min(PAIRS, len(pairs))):
        yield giver, receiver, dice.choice(items), dice.choice(purposes)


def test_what_no_cell_can_come_to_no_other_share_comes_to() -> None:
    tried: Counter[str] = Counter()
    for seed, world, first, items in worlds():
        inputs = Inputs(world, Names.of(world.partnership, world.law, items, ()))
        prover, dice = Prover(world), Dice(world, seed)
        for giver, receiver, item, purpose in asked_of(seed, world, items):
            wide = Wide((item,), (purpose,), first, first + LASTS)
            every = outcomes(prover, inputs.between(giver, receiver, wide))
            best = outcomes(prover, inputs.between(giver, receiver, replace(wide, for_sharing=True)))
            thrown = set()
            for _ in range(THROWS):
                asked = dice.throw(giver, receiver, item, purpose, first)
                if (cell := _cell(world, asked)) is None:
                    continue
                found = outcomes(prover, [cell])
                assert found <= every, (seed, asked)
                assert "share" not in found or "share" in best, (seed, asked)
                thrown |= found
                tried["shares"] += 1
            assert ("share" in best) == ("share" in every)
            tried["cannot be shared"] += "share" not in best
            tried["can be shared, by dice too"] += "share" in thrown

    assert tried["cannot be shared"]
    assert tried["can be shared, by dice too"]
    assert tried["shares"] >= 50 * len(WORLDS)


def outcomes(prover: Prover, cells) -> set[str]:
    """What cells can come to, whatever is known of the facts."""
    found: set[str] = set()
    for cell in prover.unlike(cells):
        formula = prover.formula(cell)
        found |= {str(one) for one in formula.outcomes if str(one) not in found and prover.can(cell, one)}
    return found


def _cell(world: World, asked: Proposal) -> Cell | None:
    """The share as a cell; nothing, where an emergency answers nothing, or a party is not what it is said to be."""
    try:
        case = world.case(asked)
    except UnknownName:
        return None
    return Cell(case) if asked.emergency is None or case.emergency else None
