"""Read and write files: one clear sentence when a file cannot be read, nothing ever half-written.

Everything is written to a file of another name in the same folder, which then
takes the place of the old one. Whoever looks sees the old file or the new one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from comity.errors import InputError
from comity.source import Problem

LARGEST_FILE = 16_000_000  # bytes; `source.LARGEST_TEXT` characters take at most this many

SURROGATE = re.compile("[\ud800-\udfff]")
"""How Python keeps a byte of a name that is not UTF-8."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_text(path: Path, largest: int = LARGEST_FILE) -> str:
    """The text of a file, with `\\n` at its line ends; raises `InputError` when it is no text.

    A byte order mark is dropped. Line ends of Windows and of old Macs are accepted.
    """
    return _decoded(read_bytes(path, largest), shown(path))


def read_bytes(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """The content of a file of a size that can be meant; it is asked for its size first."""
    name = shown(path)
    try:
        size = _size(path)
        if size <= largest:
            with path.open("rb") as file:
                content = file.read(largest + 1)
                size = len(content)
    except OSError as error:
        raise InputError([_unreadable(path, error)]) from error
    if size > largest:
        raise InputError(
            [
                Problem(
                    name,
                    0,
                    "too-large",
                    f"The file holds {size:,} bytes or more; Comity reads up to {largest:,} here.",
                    "Is it the right file? Split it if it is.",
                )
            ]
        )
    return content


def shown(path: Path) -> str:
    """The path as a person would write it: from the current folder where that is shorter.

    A name that is not UTF-8 is shown with the bytes that are not, as in `caf\\xe9.csv`.
    """
    name = str(path)
    with contextlib.suppress(ValueError, OSError):
        name = min(name, os.path.relpath(path), key=len)
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def write_text(path: Path, text: str) -> None:
    """Write a text in one step."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file in one step; `mode` are its permissions, else those it had or would get."""
    with replacing(path, mode) as temporary:
        temporary.write_bytes(content)


@contextlib.contextmanager
def replacing(path: Path, mode: int | None = None, *, reading: Iterable[Path] = ()) -> Iterator[Path]:
    """A file to fill, which takes the place of `path` when all went well and goes when not.

    What is no ordinary file is not replaced, nor is any of those that are read.
    """
    _may_be_replaced(path, reading)
    with naming(path):
        temporary = _temporary(path)
        try:
            yield temporary
            _settle(temporary, _mode_of(path) if mode is None else mode)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _may_be_replaced(path: Path, reading: Iterable[Path]) -> None:
    if not path.exists():
        return
    if not path.is_file():
        raise InputError([
            Problem(shown(path), 0, "not-a-file", "This is no ordinary file, and is not replaced.",
                    "Give the name of a new file."),
        ])  # fmt: skip
    if any(one.exists() and path.samefile(one) for one in reading):
        raise InputError([
            Problem(shown(path), 0, "is-read", "This table is read, and the results would take its place.",
                    "Give the name of another file."),
        ])  # fmt: skip


def write_new(folder: Path, stem: str, suffix: str, text: str | Callable[[Path], str]) -> Path:
    """Write a file that never replaces another: the stem gets a number when it is taken.

    The text may be one that depends on the name the file gets.
    """
    with naming(folder):
        folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        path = folder / f"{stem}{f'-{number}' if number > 1 else ''}{suffix}"
        try:
            write_once(path, (text if isinstance(text, str) else text(path)).encode())
        except FileExistsError:
            number += 1
        else:
            return path


def write_once(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file in one step; raises `FileExistsError` where there is one."""
    with naming(path):
        temporary = _temporary(path)
        try:
            temporary.write_bytes(content)
            _settle(temporary, _new_mode() if mode is None else mode)
            taken = not _take_name(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    if taken:
        raise FileExistsError(path)


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """A fault of the disk is about the file that was asked for, not about one of ours."""
    try:
        yield
    except OSError as error:
        if error.errno is None or error.errno == errno.EPIPE:  # The reader of a pipe has gone: no fault of a disk.
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def disk_fault(error: OSError, path: Path) -> Problem:
    """What a disk says when it does not do what was asked, and what a person can do about it."""
    what = "A file stands where a folder should be" if error.errno in _NO_FOLDER else error.strerror or str(error)
    remedy = _REMEDIES.get(error.errno or 0, "Check the disk and try again, or write to another place.")
    return Problem(shown(path), 0, "disk", f"{what.rstrip('.')}. Nothing was half-written.", remedy)


_NO_FOLDER = (errno.ENOTDIR, errno.EEXIST)
_REMEDIES = {
    errno.ENOSPC: "Make room on the disk and try again, or write to another place.",
    errno.EDQUOT: "Make room on the disk and try again, or write to another place.",
    errno.EACCES: "Ask the owner of the folder for leave to write there, or write to another place.",
    errno.EPERM: "Ask the owner of the folder for leave to write there, or write to another place.",
    errno.EROFS: "Nothing can be written there: write to another place.",
    errno.ENAMETOOLONG: "Give it a shorter name.",
    errno.ENOENT: "Make the folder first, or correct its name.",
    errno.ENOTDIR: "Correct the name, or write to another place.",
    errno.EEXIST: "Correct the name, or write to another place.",
    errno.EISDIR: "Give the name of a file, not of a folder.",
    errno.ELOOP: "The link leads in a circle: write to another place.",
}


def _take_name(temporary: Path, path: Path) -> bool:
    """Let the file go by this name as well, unless one has it: unlike a rename, a link never replaces."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:  # Some disks know no links. There the name is taken first, and then filled.
        return _take_name_without_link(temporary, path)
    return True


def _take_name_without_link(temporary: Path, path: Path) -> bool:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    try:
        temporary.replace(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return True


def _size(path: Path) -> int:
    """How large the file is; what is no file is never opened, because that may wait for ever."""
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(path)
    if not stat.S_ISREG(found.st_mode):
        raise InputError([_not_regular(path)])
    return found.st_size


def _not_regular(path: Path) -> Problem:
    return Problem(
        shown(path),
        0,
        "not-a-regular-file",
        "This is not a regular file but a pipe, a socket or a device.",
        "Write its content to a file, and name that.",
    )


def _unreadable(path: Path, error: OSError) -> Problem:
    name = shown(path)
    if isinstance(error, FileNotFoundError):
        return Problem(name, 0, "no-such-file", "There is no such file.", _nearest(path))
    if isinstance(error, IsADirectoryError):
        return Problem(name, 0, "is-a-folder", "This is a folder, not a file.", "Name a file in it.")
    if isinstance(error, PermissionError):
        return Problem(
            name,
            0,
            "no-permission",
            "You may not read this file.",
            "Ask its owner, or run the command as somebody who may.",
        )
    return Problem(
        name, 0, "unreadable", f"The file cannot be read: {error.strerror}.", "Check the disk and try again."
    )


def _nearest(path: Path) -> str:
    with contextlib.suppress(OSError):
        there = [one.name for one in path.parent.iterdir() if one.exists()]
        if near := get_close_matches(path.name, there, n=1, cutoff=0.6):
            return f"Did you mean {shown(path.with_name(near[0]))}?"
        return "Check the spelling of the name."
    return f"There is no folder {shown(path.parent)} either."


def _decoded(content: bytes, name: str) -> str:
    if content.startswith(_UTF16):
        raise InputError([Problem(name, 1, "not-utf-8", "The file is written in UTF-16.", "Save it as UTF-8.")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([_not_utf_8(error, content, name)]) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_utf_8(error: UnicodeDecodeError, content: bytes, name: str) -> Problem:
    line = content.count(b"\n", 0, error.start) + 1
    return Problem(
        name,
        line,
        "not-utf-8",
        f"Byte {error.start + 1} of the file (hex {content[error.start]:02x}) is not UTF-8 text.",
        "Save the file as UTF-8; it may have been written as Windows-1252, or is not text at all.",
    )


def _temporary(path: Path) -> Path:
    """A new, empty, hidden file beside `path`, for its writer alone."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:60]}.", suffix=".part", dir=path.parent)
    os.close(handle)
    return Path(name)


def _settle(temporary: Path, mode: int) -> None:
    """On the disk, with its permissions, before anybody sees it."""
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.chmod(mode)


def _mode_of(path: Path) -> int:
    with contextlib.suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    return _new_mode()


def _new_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
