"""How far a long run has come, on stderr."""

from __future__ import annotations

import sys
import time

import click


class Ticker:
    """Rows done: over and over in one line of a terminal, else a line now and then.

    With `if_long`, nothing is said of a run that is over at once.
    """

    def __init__(
        self, what: str, total: int | None = None, *, unit: str = "row", every: float = 5, if_long: bool = False
    ) -> None:
        self.what, self.unit, self.every = what, unit, every
        self.silent = if_long
        self.of = f" of {total:,}" if total else ""
        self.terminal = sys.stderr.isatty()
        self.last = time.monotonic()

    def __call__(self, rows: int) -> None:
        if time.monotonic() - self.last > (0.2 if self.terminal else self.every):
            self.last = time.monotonic()
            self._say(f"{self.what}: {rows:,}{self.of} {self.unit}s", nl=not self.terminal)

    def done(self, rows: int) -> None:
        if self.silent:
            return
        self._say(f"{self.what}: {rows:,} {self.unit if rows == 1 else self.unit + 's'}, done.", nl=True)

    def _say(self, words: str, *, nl: bool) -> None:
        self.silent = False
        click.echo(("\r" if self.terminal else "") + words, err=True, nl=nl)
