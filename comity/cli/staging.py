"""A folder of results appears whole or not at all, however the run ends."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from comity.cli.files import naming, shown, write_text
from comity.errors import InputError
from comity.source import Problem

_UNFINISHED = ".comity-unfinished"
RESULTS = ".comity-results"
"""Lists what a run wrote into a folder, so that the next run replaces that and nothing else."""


@contextlib.contextmanager
def staged(out: Path, sources: Iterable[Path] = (), *, unlisted: Iterable[Path] = ()) -> Iterator[Path]:
    """A folder to fill. When all went well its files take their places in `out`; else it goes.

    What an earlier run wrote there is replaced as a whole; a file that none wrote, and a source of this run, is never
    touched. The folder to fill is on the disk of `out`: in it where it is there, else beside it. Two runs never write
    into one folder at once. A run that is killed outright leaves a hidden folder, which the next run removes.
    `unlisted` are results from before lists of them were kept.
    """
    target = _target(out)
    former = _written(target, unlisted)
    if read := [source for source in sources if source.resolve() in {(target / file).resolve() for file in former}]:
        raise InputError([_is_read(source) for source in read])
    with naming(out), _way_to(target):
        there = target.is_dir()
        folder = target / _UNFINISHED if there else target.with_name(f".{target.name}{_UNFINISHED}")
        with _alone(target if there else folder, out):
            try:
                _emptied(folder)
                yield folder
                if there:
                    _replace_results(folder, target, former)
                else:
                    _settle_as(folder, target, out)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise


@contextlib.contextmanager
def workroom(out: Path) -> Iterator[Path]:
    """A hidden folder beside the file `out` for what is in the making; it goes at the end, however that comes."""
    target = out.resolve()
    folder = target.with_name(f".{target.name}{_UNFINISHED}")
    with _alone(folder, out):
        try:
            _emptied(folder)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


# ---- where it goes -------------------------------------------------------------------


def _target(out: Path) -> Path:
    """The folder that is meant, past every link."""
    if out.is_symlink() and not out.exists():
        raise InputError([_to_nowhere(out)])
    if out.exists() and not out.is_dir():
        raise InputError([_is_a_file(out)])
    return out.resolve()


def _to_nowhere(out: Path) -> Problem:
    return Problem(
        shown(out), 0, "link-to-nowhere", f"This is a link to {os.readlink(out)}, which is not there.",
        "Make that folder first, or give --out the name of another.",
    )  # fmt: skip


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


def _busy(out: Path) -> Problem:
    return Problem(
        shown(out), 0, "busy", "Another run is writing its results into this folder.",
        "Wait for it to end, or give --out the name of another folder.",
    )  # fmt: skip


@contextlib.contextmanager
def _way_to(target: Path) -> Iterator[None]:
    """The folders around it are made, and go again where they were not needed."""
    missing = [one for one in target.parents if not one.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            for one in missing:
                one.rmdir()
        raise


# ---- one run at a time ---------------------------------------------------------------


@contextlib.contextmanager
def _alone(folder: Path, out: Path) -> Iterator[None]:
    """A lock on the folder, which is made where it is missing; it goes with the process, however that ends."""
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not _locked(handle) or not _still(handle, folder):
            raise InputError([_busy(out)])
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # A disk of another machine may know no locks.
        return True
    return True


def _still(handle: int, folder: Path) -> bool:
    """The folder of that name is the one that is locked: nobody moved it away in between."""
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(handle), folder.stat())
    return False


def _emptied(folder: Path) -> None:
    """What a run that no longer lives has left behind goes."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for one in folder.iterdir():
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink()


# ---- into place ----------------------------------------------------------------------


def _settle_as(folder: Path, target: Path, out: Path) -> None:
    """In one step, where there was nothing."""
    _list(folder, _files(folder))
    folder.chmod(0o777 & ~_mask())
    try:
        folder.rename(target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise InputError([_busy(out)]) from error
        raise


def _replace_results(folder: Path, target: Path, former: set[Path]) -> None:
    """File by file, each in one step; the former results go last, and are listed as ours until then."""
    made = _files(folder)
    if strange := sorted({at for file in made - former if (at := _in_the_way(target, file))}):
        raise InputError([_not_ours(at) for at in strange])
    _list(target, made | former)
    for file in sorted(made):
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).replace(target / file)
    for file in former - made:
        (target / file).unlink(missing_ok=True)
    _list(target, made)
    shutil.rmtree(folder)


def _in_the_way(target: Path, file: Path) -> Path | None:
    """What stands where the file, or a folder on the way to it, is to be."""
    if os.path.lexists(target / file):
        return target / file
    between = [target / one for one in file.parents if one.name]
    return next((one for one in between if os.path.lexists(one) and not one.is_dir()), None)


def _files(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir()}


def _written(target: Path, unlisted: Iterable[Path]) -> set[Path]:
    """What the last run wrote there."""
    listed = target / RESULTS
    if not listed.is_file():
        return set(unlisted) & _files(target)
    return {Path(line) for line in listed.read_text("utf-8", errors="replace").splitlines()} & _files(target)


def _list(folder: Path, files: Iterable[Path]) -> None:
    write_text(folder / RESULTS, "".join(f"{file.as_posix()}\n" for file in sorted(files)))


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
