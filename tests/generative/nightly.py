"""How far a long run has come: an interrupted one goes on, as long as nothing it is about has changed.

A run is over worlds with seeds, and the same code gives the same answers; so what is done stays done. The
files lie in `out/nightly/`, one for each part of the run, with its seed and counts.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "out" / "nightly"
SEED = 20261124


@cache
def code() -> str:
    """A digest of everything the answers depend on."""
    found = hashlib.sha256()
    for folder in ("comity", "tests/generative"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in (".py", ".yaml"):
                found.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


@dataclass
class Progress:
    """One part of a run: the seeds it goes over, how many are done, and what came up."""

    part: str
    seeds: range
    code: str = field(default_factory=code)
    folder: Path = FOLDER
    done: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failing: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Go on where a run over the same seeds, with the same code, stopped."""
        if self.file.exists():
            read = json.loads(self.file.read_text("utf-8"))
            if (read["code"], read["seeds"]) == (self.code, [self.seeds.start, self.seeds.stop]):
                self.done, self.counts, self.failing = read["done"], Counter(read["counts"]), read["failing"]

    @property
    def file(self) -> Path:
        return self.folder / f"{self.part}.json"

    def left(self) -> Iterator[int]:
        """The seeds still to do; each is done once the next is asked for."""
        for seed in self.seeds[self.done :]:
            yield seed
            self.done += 1
            self._write()

    def _write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        written = {
            "seeds": [self.seeds.start, self.seeds.stop],
            "code": self.code,
            "done": self.done,
            "counts": dict(sorted(self.counts.items())),
            "failing": self.failing,
        }
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(written, indent=1), "utf-8")
        fresh.replace(self.file)

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
        return f"{self.part}: seeds {self.seeds.start} to {self.seeds.stop - 1}, {self.done} worlds done: {counts}"


def parts(seed: int, count: int, worlds: int) -> list[range]:
    """The seeds of each part of a run over so many worlds."""
    each = -(-worlds // count)
    return [range(seed + at * each, seed + (at + 1) * each) for at in range(count)]
