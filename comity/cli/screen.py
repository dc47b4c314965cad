"""What is printed: no text can steer a terminal, and an output that takes no more is said to be one."""

from __future__ import annotations

import codecs
import contextlib
import errno
import os
import re
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO, cast

from comity.errors import InputError
from comity.source import Problem

# Controls, and the marks that turn the direction of writing. A line may begin anew (progress), and end.
_STEERING = re.compile("(?!^\r|\r\n)[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def written_out(text: str) -> str:
    """The text with every character that would steer a terminal written out, as in `\\x1b`."""
    return _STEERING.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


@contextlib.contextmanager
def plain_output() -> Iterator[None]:
    """Whatever is printed meanwhile goes through a `Screen`; where nobody listens for messages, they are dropped."""
    with contextlib.ExitStack() as until_the_end:
        said = sys.stderr or until_the_end.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
        until_the_end.enter_context(contextlib.redirect_stderr(_screen(said, for_people=True)))
        if sys.stdout:
            until_the_end.enter_context(contextlib.redirect_stdout(_screen(sys.stdout, for_people=False)))
        yield


def _screen(stream: TextIO, *, for_people: bool) -> TextIO:
    if isinstance(stream, TextIOWrapper):  # Letters that it does not know are written out; ASCII alone is a mistake.
        stream.reconfigure(
            encoding="utf-8" if codecs.lookup(stream.encoding).name == "ascii" else None, errors="backslashreplace"
        )
    return cast(TextIO, Screen(stream, steerable=for_people or stream.isatty()))


class Screen:
    """An output that people look at or that goes to a program; a program gets every character as it is."""

    def __init__(self, stream: TextIO, *, steerable: bool) -> None:
        self._stream = stream
        self._steerable = steerable

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        if not text:  # Click tries so whether an output takes text.
            return self._stream.write(text)
        shown = written_out(text) if self._steerable else text
        with self._taking():
            return self._stream.write(shown)

    def flush(self) -> None:
        with self._taking():
            self._stream.flush()

    @contextlib.contextmanager
    def _taking(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._let_go()
            if error.errno == errno.EPIPE:  # The reader of a pipe has gone; click ends quietly.
                raise
            raise InputError([_no_more(error)]) from error

    def _let_go(self) -> None:
        """What is still to be printed goes nowhere, so that the end of the process does not fail over it again."""
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


def _no_more(error: OSError) -> Problem:
    return Problem(
        "the output",
        0,
        "output",
        f"Not everything could be printed: {error.strerror or error}. Files that this run wrote are complete.",
        "Print to another place, or make room there, and run it again.",
    )
