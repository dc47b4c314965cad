"""The `comity` command with all its parts.

Faults become one plain message on stderr and an exit code by who must act
(`errors.py`). The answer of a command goes to stdout, everything else to stderr.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from comity.cli import (
    agreement_commands,
    apply_command,
    check_command,
    demo,
    explain_command,
    init_command,
    judge_commands,
    law_commands,
    recheck_command,
)
from comity.cli.files import SURROGATE, disk_fault
from comity.cli.screen import plain_output
from comity.errors import ComityError, InputError
from comity.source import Problem

PARTS = (
    init_command,
    check_command,
    explain_command,
    apply_command,
    agreement_commands,
    judge_commands,
    law_commands,
    recheck_command,
    demo,
)
UNREADABLE = 3  # as for `InputError`: a file or disk that does not do what was asked
OUR_FAULT = 70  # sysexits.h: EX_SOFTWARE
ENDINGS = (signal.SIGTERM, signal.SIGHUP)


class Comity(click.Group):
    """A group of commands that never shows a stack trace."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **named: Any) -> Any:
        with plain_output():
            try:
                _check_typed(sys.argv[1:] if args is None else args)
                return super().main(args, *more, **named)
            except ComityError as error:  # From outside any command: a page of help that could not be printed.
                with contextlib.suppress(ComityError):
                    _say(str(error))
                sys.exit(error.exit_code)

    def invoke(self, ctx: click.Context) -> object:
        try:
            with _stopping_cleanly():
                return super().invoke(ctx)
        except ComityError as error:
            _say(str(error))
            ctx.exit(error.exit_code)
        except OSError as error:
            if error.errno == errno.EPIPE:  # The reader of a pipe has gone; click ends quietly.
                raise
            _say(str(disk_fault(error, Path(error.filename or "the disk"))))
            ctx.exit(UNREADABLE)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            _say(_fault(error))
            ctx.exit(OUR_FAULT)


@contextlib.contextmanager
def _stopping_cleanly() -> Iterator[None]:
    """A polite request to end unwinds like an interrupt, so that nothing half-written is left lying about."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.signal(one, _end) for one in ENDINGS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _end(number: int, _: object) -> None:
    sys.exit(128 + number)


def _version() -> str:
    try:
        return version("comity")
    except PackageNotFoundError:
        return "(not installed)"


@click.group(cls=Comity, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="The partnership folder. Without it: the nearest upwards that holds partnership.yaml.",
)
@click.version_option(_version(), message="comity %(version)s")
@click.pass_context
def main(ctx: click.Context, folder: Path | None) -> None:
    """May this be shared, with whom, for what: by the law and by what the partners agreed."""
    ctx.obj = folder


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


def _check_typed(words: Iterable[str]) -> None:
    """What was typed is text, or the name of a file that is there, which may be any bytes."""
    for word in words:
        if SURROGATE.search(word) and not os.path.lexists(word):
            raise InputError([_not_utf_8(word)])


def _not_utf_8(word: str) -> Problem:
    return Problem(
        "the command line",
        0,
        "not-utf-8",
        f"What was typed is not UTF-8 text: {os.fsencode(word).decode('utf-8', 'backslashreplace')}.",
        "Write it anew in UTF-8.",
    )


def _fault(error: Exception) -> str:
    at = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"A fault in Comity itself: {type(error).__name__}: {error} ({Path(at.filename).name}:{at.lineno}). "
        "Nothing was half-written. Please report this line. [fault]"
    )


for _part in PARTS:
    for _command in _part.COMMANDS:
        main.add_command(_command)
