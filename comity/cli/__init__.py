"""The `comity` command: files in, text out, no server.

Faults become one plain message on stderr and an exit code by who must act
(`errors.py`). The answer of a command goes to stdout, everything else to stderr.
"""

from __future__ import annotations

import contextlib
import errno
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

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
from comity.cli.files import shown
from comity.errors import ComityError

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
            _say(_disk(error))
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


def _disk(error: OSError) -> str:
    where = shown(Path(str(error.filename))) if error.filename else "The disk"
    return f"{where}: error: {error.strerror or error}. Nothing was half-written. [disk]"


def _fault(error: Exception) -> str:
    at = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"A fault in Comity itself: {type(error).__name__}: {error} ({Path(at.filename).name}:{at.lineno}). "
        "Nothing was half-written. Please report this line. [fault]"
    )


for _part in PARTS:
    for _command in _part.COMMANDS:
        main.add_command(_command)
