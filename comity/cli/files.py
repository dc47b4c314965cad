"""Read and write files: one clear sentence when a file cannot be read, nothing ever half-written.

Everything is written to a file of another name in the same folder, which then
takes the place of the old one. Whoever looks sees the old file or the new one.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path

from comity.errors import InputError
from comity.source import Problem

LARGEST_FILE = 16_000_000  # bytes; `source.LARGEST_TEXT` characters take at most this many

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
    """The path as a person would write it: from the current folder where that is shorter."""
    with contextlib.suppress(ValueError, OSError):
        return min(str(path), os.path.relpath(path), key=len)
    return str(path)


def write_text(path: Path, text: str) -> None:
    """Write a text in one step."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file in one step; `mode` are its permissions, else those it had or would get."""
    with replacing(path, mode) as temporary:
        temporary.write_bytes(content)


@contextlib.contextmanager
def replacing(path: Path, mode: int | None = None) -> Iterator[Path]:
    """A file to fill, which takes the place of `path` when all went well and goes when not."""
    temporary = _temporary(path)
    try:
        yield temporary
        _settle(temporary, _mode_of(path) if mode is None else mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_new(folder: Path, stem: str, suffix: str, text: str | Callable[[Path], str]) -> Path:
    """Write a file that never replaces another: the stem gets a number when it is taken.

    The text may be one that depends on the name the file gets.
    """
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
    temporary = _temporary(path)
    try:
        temporary.write_bytes(content)
        _settle(temporary, _new_mode() if mode is None else mode)
        os.link(temporary, path)  # Unlike a rename, a link never replaces.
    finally:
        temporary.unlink(missing_ok=True)


def _size(path: Path) -> int:
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(path)
    return found.st_size


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
