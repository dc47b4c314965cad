"""A folder of results appears whole or not at all, however the run ends."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from comity.cli.files import shown
from comity.errors import InputError
from comity.source import Problem

_UNFINISHED = ".unfinished"


@contextlib.contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A folder to fill. When all went well its files take their places in `out`; else it goes.

    A run that is killed outright leaves a hidden folder, which the next run removes.
    """
    if out.exists() and not out.is_dir():
        raise InputError(
            [
                Problem(
                    shown(out),
                    0,
                    "is-a-file",
                    "There is a file of this name already.",
                    "Give --out the name of a folder.",
                )
            ]
        )
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(out)
    prefix = f".{out.name}.{os.getpid()}."
    folder = Path(tempfile.mkdtemp(prefix=prefix, suffix=_UNFINISHED, dir=out.absolute().parent))
    with _stopping_cleanly():
        try:
            yield folder
            _into_place(folder, out)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _into_place(folder: Path, out: Path) -> None:
    """In one step where there is nothing yet; else file by file, each in one step."""
    if not out.exists():
        folder.chmod(0o777 & ~_mask())
        folder.rename(out)
        return
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        target = out / file.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove_abandoned(out: Path) -> None:
    """What runs that no longer live have left behind."""
    for folder in out.absolute().parent.glob(f".{out.name}.*{_UNFINISHED}"):
        words = folder.name.removeprefix(f".{out.name}.").split(".")
        if words[0].isdecimal() and not _lives(int(words[0])):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    with contextlib.suppress(PermissionError):  # Somebody else's process lives too.
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True


@contextlib.contextmanager
def _stopping_cleanly() -> Iterator[None]:
    """A polite request to end unwinds like an interrupt, so that nothing is left lying about."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
