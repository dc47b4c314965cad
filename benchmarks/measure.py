"""How things are timed, and how the results are written down."""

from __future__ import annotations

import gc
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from time import process_time

Work = Callable[[], object]


def best_of(rounds: int, contenders: Mapping[str, Work]) -> dict[str, float]:
    """The least seconds of each, over rounds in which each has its turn, so that other load falls on all alike.

    Seconds are those the processor spent on it, for the same reason.
    """
    gc.collect()
    gc.freeze()  # What was made ready is nobody's garbage.
    least: dict[str, float] = {}
    for _ in range(rounds):
        for name, work in contenders.items():
            start = process_time()
            work()
            taken = process_time() - start
            least[name] = min(taken, least.get(name, taken))
    gc.unfreeze()
    return least


@dataclass(frozen=True)
class Row:
    """One line: what was measured, how many times as much as something else, and what was hoped for."""

    what: str
    ratio: float
    aim: str = ""
    met: bool | None = None
    note: str = ""

    @staticmethod
    def at_least(what: str, ratio: float, aim: float, note: str = "") -> Row:
        return Row(what, ratio, f"at least {aim:,g}x", ratio >= aim, note)

    @staticmethod
    def at_most(what: str, ratio: float, aim: float, note: str = "") -> Row:
        return Row(what, ratio, f"at most {aim:,g}x", ratio <= aim, note)


@dataclass(frozen=True)
class Table:
    """The rows of one subject, all from one run."""

    title: str
    unit: str
    rows: Sequence[Row]
    notes: Sequence[str] = field(default=())

    def __str__(self) -> str:
        lines = [f"## {self.title}", "", f"| | {self.unit} | aim | | |", "|---|---|---|---|---|"]
        for row in self.rows:
            verdict = {True: "met", False: "**short**", None: ""}[row.met]
            lines.append(f"| {row.what} | {_figure(row.ratio)} | {row.aim} | {verdict} | {row.note} |")
        return "\n".join([*lines, "", *(f"- {note}" for note in self.notes), ""])


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def resident() -> float:
    """The memory in use, in MB."""
    return _status("VmRSS")


def peak() -> float:
    """The most memory that was in use since the process began, in MB."""
    return _status("VmHWM")


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


def machine() -> str:
    """The processor, by its own account."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.machine()


def versions() -> str:
    packages = ("cedarpy", "casbin", "regopy", "duckdb", "ibis-framework", "numpy", "pydantic")
    return ", ".join([f"Python {platform.python_version()}", *(f"{one} {version(one)}" for one in packages)])
