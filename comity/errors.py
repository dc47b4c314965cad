"""Everything that can go wrong, by who must act.

    ComityError
    ├── InputError        somebody wrote something Comity cannot read: file, line, remedy     exit 3
    ├── UnknownName       a name that nothing in the folder or the register answers to        exit 4
    ├── SignatureError    a signature that does not hold                                       exit 5
    └── DamagedRegister   a register whose hashes do not match what it says                   exit 6

Problems in a text are values (`source.Problem`); `InputError` carries them all
when a command cannot go on. A legal answer is never an exception.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ComityError(Exception):
    """The base of all faults: a sentence for a person, an exit code for a program."""

    exit_code = 1


class InputError(ComityError):
    """Something that was written cannot be read; `problems` says where and what to do."""

    exit_code = 3

    def __init__(self, problems: Iterable[object]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownName(ComityError):
    """A name that answers to nothing; the nearest known names are offered."""

    exit_code = 4

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        near = get_close_matches(name, sorted(known), n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"There is no {kind} called {name}.{hint}")


class SignatureError(ComityError):
    """A signature that is missing, was made by another key, or covers another text."""

    exit_code = 5

    def __init__(self, sentence: str, remedy: str = "") -> None:
        """`remedy` says what whoever signs can do about it."""
        self.sentence = sentence
        super().__init__(f"{sentence} {remedy}".strip())


class DamagedRegister(ComityError):
    """A published register whose hashes do not match its content."""

    exit_code = 6
