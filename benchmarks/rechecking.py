"""`comity recheck` on millions of past shares, before and after something changes, as people run it.

A made-up world becomes a folder: partners, agreements with signatures, judgements
and confirmations. Most past shares are of practices that the rules let go on some
day; a few should never have gone. Then the busiest giver loses its capacities. Every
run is the command itself in a process of its own, from a Parquet file to a list.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from benchmarks.measure import Row, Table
from benchmarks.world import FIRST, Portfolio
from comity.agreement.model import Agreement, Signatory
from comity.agreement.signature import new_key, public_key, sign, signature_text
from comity.agreement.standing import SignedAgreement
from comity.check.compiled import Compiled
from comity.check.decision import Judgement, Proposal, ProposedItem
from comity.law import Register
from comity.partnership import Partner, Partnership
from comity.partnership.model import SigningKey
from comity.source import Model
from comity.terms import Outcome, slug_of

ON = date(2026, 11, 16)
LOST = date(2026, 6, 30)
"""The last day on which the busiest giver has its capacities."""

MANY, AIM = 10_000_000, 60.0
"""So many past shares in at most so many seconds."""

AROUND = 180
"""Days before and after the day of a practice on which there are shares of it."""

MISTAKEN = 0.02
CHUNK = 1_000_000
OFFICE = "Chief Officer"
SAME = ("from", "to", "purpose", "items", "form", "origins", "handling", "mode", "scope", "held_for", "need", "facts")


# ---- the folder --------------------------------------------------------------------------


def write_folder(made: Portfolio, folder: Path) -> None:
    """The made-up world as a partnership folder."""
    _write(folder / "partnership.yaml", _plain(_with_keys(made.world.partnership)))
    _write(folder / "confirmations/law.yaml", {"confirmations": [_plain(one) for one in made.confirmations]})
    for signed in made.world.agreements:
        name = slug_of(signed.agreement.id)
        text = _with_signatories(signed)
        _write(folder / f"agreements/{name}.yaml", {"schema": 1, **_plain(text)})
        for partner, on in _signings(signed):
            made_by = sign(text, partner, key=new_key(_seed(partner)), on=on)
            _put(folder / f"signatures/{name}.{slug_of(partner)}.yaml", signature_text(made_by))
        judged = [_judged(one) for one in made.world.judgements if one.scope.agreement == signed.agreement.id]
        _write(folder / f"judgements/{name}.yaml", {"judgements": judged})


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _write(path: Path, value: object) -> None:
    _put(path, yaml.safe_dump(value, sort_keys=False, allow_unicode=True))


def _plain(one: Model) -> dict[str, Any]:
    return one.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _with_keys(partnership: Partnership) -> Partnership:
    def with_key(one: Partner) -> Partner:
        key = SigningKey.model_validate({"office": OFFICE, "public_key": public_key(new_key(_seed(one.id)))})
        return one.model_copy(update={"keys": (key,)})

    return partnership.model_copy(update={"partners": tuple(with_key(one) for one in partnership.partners)})


def _seed(partner: str) -> bytes:
    return partner.encode()[:32].ljust(32, b"-")


def _with_signatories(signed: SignedAgreement) -> Agreement:
    text = signed.agreement
    parties = tuple(one.model_copy(update={"signs": Signatory(office=OFFICE)}) for one in text.parties)
    return text.model_copy(update={"parties": parties})


def _signings(signed: SignedAgreement) -> Iterator[tuple[str, date]]:
    later = dict(signed.signed_on)
    for partner in signed.signed_by:
        yield partner, later.get(partner, signed.agreement.term.from_)


def _judged(one: Judgement) -> dict[str, Any]:
    """A judgement as it is written; its file gives it a name."""
    said = {name: value for name, value in _plain(one).items() if name not in ("id", "schema")}
    return said | {"scope": {"agreement": one.scope.agreement, "flow": one.scope.flow}}


def lose(folder: Path, partner: str) -> None:
    """This partner has its capacities no longer."""
    path = folder / "partnership.yaml"
    said = yaml.safe_load(path.read_text("utf-8"))
    for one in said["partners"]:
        if slug_of(one["id"]) == partner:
            one["capacities"] = [held | {"until": LOST.isoformat()} for held in one["capacities"]]
    _write(path, said)


# ---- the past shares ---------------------------------------------------------------------


@dataclass(frozen=True)
class Practice:
    """What one partner gave another time and again, around a day."""

    cells: Mapping[str, str]
    day: date


def practices(made: Portfolio, proposals: int) -> tuple[list[Practice], list[Practice]]:
    """What was shared as the rules have it, and what should not have been: of that many proposals."""
    decide = Compiled(made.world).decide
    asked = [_as_in_a_table(one, made.world.law) for one in made.proposals(proposals) if one.on <= ON]
    right: list[Practice] = []
    wrong: list[Practice] = []
    for proposal in asked:
        answers = {one.item: one.outcome for one in decide(proposal).answers}
        for found, shared in ((right, True), (wrong, False)):
            items = [one for one in proposal.items if (answers[one.item] == Outcome.SHARE) == shared]
            found += (Practice(cells, proposal.on) for cells in _cells(proposal, items))
    return right or wrong, wrong


def _as_in_a_table(proposal: Proposal, law: Register) -> Proposal:
    """Without what only a person can settle: a row may not say it."""
    stated = {fact: said for fact, said in proposal.facts.items() if not law.fact(fact).is_test}
    return proposal.model_copy(update={"facts": stated})


def _cells(proposal: Proposal, items: Iterable[ProposedItem]) -> Iterator[dict[str, str]]:
    """The proposal as rows of a table: one for the items that travel in the same way."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in items:
        alike.setdefault((one.form, ";".join(one.origins), ";".join(one.handling)), []).append(one.called)
    for (form, origins, handling), named in alike.items():
        yield {
            "from": slug_of(proposal.discloser.partner),
            "to": slug_of(proposal.recipient.partner),
            "purpose": proposal.purpose,
            "items": ";".join(named),
            "form": form,
            "origins": origins,
            "handling": handling,
            "mode": proposal.mode,
            "scope": proposal.scope,
            "held_for": proposal.held_for or "",
            "need": proposal.need,
            "facts": ";".join(f"{fact}={said}" for fact, said in proposal.facts.items()),
        }


def write_shares(path: Path, count: int, right: Sequence[Practice], wrong: Sequence[Practice], seed: int) -> None:
    """That many past shares as Parquet: a few practices make up most of them, by Zipf's law."""
    schema = pa.schema([(name, pa.string()) for name in ("id", *SAME, "on")])
    every = [*right, *wrong]
    columns = [pa.array([one.cells[name] for one in every]) for name in SAME]
    days = np.array([one.day.toordinal() for one in every])
    weight = np.concatenate([_zipf(len(right)) * (1 - MISTAKEN), _zipf(len(wrong)) * MISTAKEN])
    rng = np.random.default_rng((seed, 83))
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for at in range(0, count, CHUNK):
            many = min(CHUNK, count - at)
            chosen = rng.choice(len(every), many, p=weight / weight.sum())
            around = days[chosen] + rng.integers(-AROUND, AROUND, many, endpoint=True)
            on = np.clip(around, FIRST.toordinal(), ON.toordinal()) - date(1970, 1, 1).toordinal()
            ids = pa.array(np.arange(at, at + many)).cast(pa.string())
            said = pa.array(on, pa.int32()).cast(pa.date32()).cast(pa.string())
            file.write_table(pa.table([ids, *(one.take(pa.array(chosen)) for one in columns), said], schema=schema))


def _zipf(places: int) -> Any:
    weights = 1 / np.arange(1, places + 1)
    return weights / weights.sum() if places else weights


# ---- the runs ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """What one run of the command took, and about how many shares there is something to do."""

    seconds: float
    processor: float
    megabytes: float
    todo: int
    load: float


def run(folder: Path, shares: Path, out: Path) -> Run:
    """`comity recheck SHARES --out OUT` in a process of its own."""
    command = [sys.executable, "-c", "from comity.cli import main; main()"]
    asked = ["recheck", str(shares), "--on", str(ON), "--out", str(out)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    load, start = os.getloadavg()[0], perf_counter()
    with (folder.parent / "said.txt").open("w+b") as said:
        child = subprocess.Popen([*command, *asked], cwd=folder, env=environment, stdout=said, stderr=said)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = perf_counter() - start
        said.seek(0)
        assert child.returncode == 0, said.read().decode()
    todo = pq.ParquetFile(out).metadata.num_rows
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, todo, load)


def _different(before: Path, after: Path) -> int:
    """About how many shares something else is to be done after the change."""
    same = " AND ".join(f"b.{name} IS NOT DISTINCT FROM a.{name}" for name in ("stop", "recall", "inform"))
    query = f"SELECT count(*) FROM '{before}' b FULL JOIN '{after}' a USING (id) WHERE NOT ({same})"
    [(count,)] = duckdb.execute(query).fetchall()
    return int(count)


def rechecking(made: Portfolio, seed: int, counts: Sequence[int], proposals: int, folder: Path) -> Table:
    """The command on so many past shares, before the change and after it."""
    folder.mkdir(parents=True)
    right, wrong = practices(made, proposals)
    paths = {count: folder / f"shares-{count}.parquet" for count in counts}
    for count, path in paths.items():
        write_shares(path, count, right, wrong, seed)
    where = folder / "partnership"
    write_folder(made, where)
    before = {count: run(where, path, _list(folder, "before", count)) for count, path in paths.items()}
    lose(where, Counter(one.cells["from"] for one in right).most_common(1)[0][0])
    after = {count: run(where, path, _list(folder, "after", count)) for count, path in paths.items()}
    rows = []
    for count in counts:
        rows.append(_row(f"{count:,} past shares", count, before[count]))
        different = _different(*(_list(folder, when, count) for when in ("before", "after")))
        changed = f"; about {different:,} something else than before"
        rows.append(_row(f"{count:,}, when the busiest giver has lost its capacities", count, after[count], changed))
    return Table("Past shares decided again", "seconds", rows, _notes(made, right, wrong))


def _notes(made: Portfolio, right: Sequence[Practice], wrong: Sequence[Practice]) -> list[str]:
    world = made.world
    run_so = (
        f"`comity recheck SHARES.parquet --out LIST.parquet` in a process of its own, on {os.cpu_count()} cores, from "
        "its start to its end: the folder is read and the list is written. Seconds are those of the clock; the load is "
        "that of the machine at the start."
    )
    about = (
        f"{len(world.partnership.partners)} partners, {len(world.agreements)} agreements, {len(world.judgements):,} "
        f"judgements; {len(right)} practices that the rules let go on their day, and {len(wrong)} that they did not, "
        f"which make up {MISTAKEN:.0%} of the shares. Shares lie up to {AROUND} days around the day of their practice, "
        f"so not all of the first were right either. Each is decided as made and on {ON}."
    )
    return [run_so, about]


def _list(folder: Path, when: str, count: int) -> Path:
    return folder / f"{when}-{count}.parquet"


def _row(what: str, count: int, one: Run, more: str = "") -> Row:
    note = (
        f"{count / one.seconds:,.0f} shares a second; {one.processor:.1f} s of the processor; peak "
        f"{one.megabytes:,.0f} MB; something to do about {one.todo:,}{more}; load {one.load:.1f}"
    )
    if count < MANY:
        return Row(what, one.seconds, note=note)
    return Row(what, one.seconds, f"at most {AIM:g} s", one.seconds <= AIM, note)


if __name__ == "__main__":
    from benchmarks.world import Size, portfolio

    text = rechecking(portfolio(Size(), 20261127), 20261127, (1_000_000, MANY), 800, Path(sys.argv[1]))
    sys.stdout.write(f"{text}\n")
