"""A folder of results appears whole or not at all, however the run ends."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from comity.cli.files import shown
from comity.errors import InputError
from comity.source import Problem

_UNFINISHED = ".unfinished"
RESULTS = ".comity-results"
"""Lists what a run wrote into a folder, so that the next run replaces that and nothing else."""


@contextlib.contextmanager
def staged(out: Path, sources: Iterable[Path] = (), *, unlisted: Iterable[Path] = ()) -> Iterator[Path]:
    """A folder to fill. When all went well its files take their places in `out`; else it goes.

    What an earlier run wrote there is replaced as a whole; a file that none wrote, and a source of this run, is never
    touched. `unlisted` are results from before such lists were kept. A run that is killed outright leaves a hidden
    folder, which the next run removes.
    """
    if out.exists() and not out.is_dir():
        raise InputError([_is_a_file(out)])
    written = _written(out, unlisted)
    former = {(out / file).resolve() for file in written}
    if read := [source for source in sources if source.resolve() in former]:
        raise InputError([_is_read(source) for source in read])
    with workroom(out) as folder:
        yield folder
        _into_place(folder, out, written)


@contextlib.contextmanager
def workroom(out: Path) -> Iterator[Path]:
    """A hidden folder beside `out` for what is in the making; it goes at the end, however that comes."""
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(out)
    prefix = f".{out.name}.{os.getpid()}."
    folder = Path(tempfile.mkdtemp(prefix=prefix, suffix=_UNFINISHED, dir=out.absolute().parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_a_file(out: Path) -> Problem:
    return Problem(
        shown(out), 0, "is-a-file", "There is a file of this name already.", "Give --out the name of a folder."
    )


def _is_read(source: Path) -> Problem:
    return Problem(
        shown(source), 0, "source-in-results", "This table is read, and the results would take its place.",
        "Give --out the name of another folder.",
    )  # fmt: skip


def _not_ours(file: Path) -> Problem:
    return Problem(
        shown(file), 0, "not-a-result", "A result would take the place of this file, which no earlier run wrote.",
        "Give --out the name of another folder.",
    )  # fmt: skip


def _files(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir()}


def _written(out: Path, unlisted: Iterable[Path]) -> set[Path]:
    """What the last run wrote there."""
    listed = out / RESULTS
    if not listed.is_file():
        return set(unlisted) & _files(out)
    return {Path(line) for line in listed.read_text("utf-8", errors="replace").splitlines()} & _files(out)


def _into_place(folder: Path, out: Path, written: set[Path]) -> None:
    """In one step where there is nothing yet; else file by file, each in one step, and the former results go."""
    made = _files(folder)
    (folder / RESULTS).write_text("".join(f"{file.as_posix()}\n" for file in sorted(made)), "utf-8")
    if not out.exists():
        folder.chmod(0o777 & ~_mask())
        folder.rename(out)
        return
    if strange := [_not_ours(out / file) for file in sorted(made - written) if (out / file).exists()]:
        raise InputError(strange)
    for former in written - made:
        (out / former).unlink(missing_ok=True)
    for file in sorted({*made, Path(RESULTS)}):
        target = out / file
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / file).replace(target)


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
