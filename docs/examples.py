"""Run what the pages show, so that it is what a reader will see.

Every `console` block of a page is run from top to bottom, in a scratch copy of
the project. `make docs` writes what was printed into the page; the tests
compare. A page may leave lines out with `[...]` on a line of its own, and
words with `[...]` within a line.

Two comments before a block give the reader's own work:

    <!-- file: NAME -->     the block is the whole text of a file
    <!-- change: NAME -->   a `diff` block: these lines of the file are replaced

The clock and the dice are fixed, so that dates, keys and ids stay the same. A
command that ends with another exit code than 0 must be followed by `echo $?`.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import re
import shlex
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

from comity.cli import main
from comity.cli.listing import LONDON

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LONDON)
GAP = "[...]"
BLOCK = re.compile(
    r"(?ms)^(?:<!-- (?P<what>file|change): (?P<name>\S+) -->\n+)?"
    r"^```(?P<kind>[a-z]*)\n(?P<body>.*?)^```$"
)
COPIED = ("examples", "tests/fixtures/dea-register")


class NotTrue(Exception):
    """A page shows something that cannot be put right by running it again."""


def pages() -> list[Path]:
    """Every page with blocks that are run."""
    written = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in written if "```console\n" in page.read_text("utf-8")]


def renewed(text: str) -> str:
    """The page with what its commands really print."""
    with tempfile.TemporaryDirectory() as scratch, _fixed():
        for name in COPIED:
            shutil.copytree(ROOT / name, Path(scratch, "comity", name))
        shell = Shell(Path(scratch, "comity"))
        return BLOCK.sub(lambda found: _block(found, shell), text)


def _block(found: re.Match[str], shell: Shell) -> str:
    body, whole = found["body"], found.group()
    match found["what"], found["kind"]:
        case "file", _:
            shell.write(found["name"], body)
        case "change", "diff":
            shell.change(found["name"], body)
        case None, "console":
            return f"```console\n{_console(body, shell)}```"
    return whole


def _console(body: str, shell: Shell) -> str:
    lines: list[str] = []
    shown = _commands(body)
    for at, (command, output) in enumerate(shown):
        printed = shell.run(" ".join(line.removesuffix("\\") for line in command).removeprefix("$ "))
        lines += [*command, *excerpt(printed, output)]
        after = shown[at + 1][0] if at + 1 < len(shown) else []
        if shell.exit_code and after != ["$ echo $?"]:
            raise NotTrue(
                f"{command[0]} ends with exit code {shell.exit_code}: show it with `echo $?`.\n" + "\n".join(printed)
            )
    return "".join(line + "\n" for line in lines)


def _commands(body: str) -> list[tuple[list[str], list[str]]]:
    """Each command, in its lines, with the lines shown below it."""
    found: list[tuple[list[str], list[str]]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append(([line], []))
        elif found and not found[-1][1] and found[-1][0][-1].endswith("\\"):
            found[-1][0].append(line)
        elif found:
            found[-1][1].append(line)
    return found


# ---- what is shown of what was printed -------------------------------------------------


def excerpt(printed: Sequence[str], shown: Sequence[str]) -> list[str]:
    """What to show of what was printed: as before if it is still true, else the same parts anew."""
    if _is_true(printed, shown):
        return list(shown)
    if GAP not in shown:
        return _anew(printed, shown)
    begin, *middle, end = _parts(shown)
    at = len(begin)
    lines = _anew(printed[:at], begin)
    for part in middle:
        at = _find(part[0], printed, at)
        lines += [GAP, *_anew(printed[at : at + len(part)], part)]
        at += len(part)
    return [*lines, GAP, *_anew(printed[max(at, len(printed) - len(end)) :], end)]


def _anew(printed: Sequence[str], shown: Sequence[str]) -> list[str]:
    """The lines as printed, with the words left out that were left out before."""
    gapped = [line for line in shown if GAP in line]
    return [next((line for line in gapped if re.fullmatch(_pattern(line), one)), one) for one in printed]


def _parts(shown: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in shown:
        if line == GAP:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def _is_true(printed: Sequence[str], shown: Sequence[str]) -> bool:
    pattern = "".join(r"(?:.*\n)+?" if line == GAP else _pattern(line) + r"\n" for line in shown)
    return bool(re.fullmatch(pattern, "".join(line + "\n" for line in printed)))


def _pattern(line: str) -> str:
    return ".+".join(re.escape(part) for part in line.split(GAP))


def _find(line: str, printed: Sequence[str], start: int) -> int:
    for at in range(start, len(printed)):
        if re.fullmatch(_pattern(line), printed[at]):
            return at
    raise NotTrue(f"This line is shown and was not printed: {line}\nPrinted was:\n" + "\n".join(printed))


# ---- the reader's machine --------------------------------------------------------------


@dataclass
class Shell:
    """The few commands that pages use, in a scratch folder."""

    here: Path
    exit_code: int = 0

    def run(self, command: str) -> list[str]:
        words = shlex.split(command)
        match words:
            case ["comity", *arguments]:
                return self._comity(arguments)
            case ["make", "demo"]:
                return self._comity(["demo"])
            case ["cd", folder]:
                self.here = (self.here / folder).resolve(strict=True)
                return []
            case ["cat", file]:
                return (self.here / file).read_text("utf-8").splitlines()
            case ["head", "-n", count, file]:
                return (self.here / file).read_text("utf-8").splitlines()[: int(count)]
            case ["ls", *folder]:
                return sorted(one.name for one in Path(self.here, *folder).iterdir())
            case ["mkdir", "-p", folder]:
                (self.here / folder).mkdir(parents=True, exist_ok=True)
                return []
            case ["cp", source, target]:
                shutil.copy(self.here / source, self.here / target)
                return []
            case ["echo", "$?"]:
                said, self.exit_code = str(self.exit_code), 0
                return [said]
        raise NotTrue(f"A page may not run this: {command}")

    def _comity(self, arguments: Sequence[str]) -> list[str]:
        with contextlib.chdir(self.here):
            result = CliRunner().invoke(main, arguments, prog_name="comity", catch_exceptions=False)
        self.exit_code = result.exit_code
        return [line.rstrip() for line in result.output.splitlines()]

    def write(self, name: str, text: str) -> None:
        path = self.here / name
        if not path.parent.is_dir():
            raise NotTrue(f"Nobody has made the folder of {name}: show `mkdir -p` before.")
        path.write_text(text, "utf-8")

    def change(self, name: str, diff: str) -> None:
        """Put the lines marked + in the place of those marked -; unmarked lines say where."""
        path = self.here / name
        text = path.read_text("utf-8")
        old = "".join(line[1:] + "\n" for line in diff.splitlines() if line[:1] in (" ", "-"))
        new = "".join(line[1:] + "\n" for line in diff.splitlines() if line[:1] in (" ", "+"))
        if text.count(old) != 1:
            raise NotTrue(f"These lines stand {text.count(old)} times in {name}, not once:\n{old}")
        path.write_text(text.replace(old, new), "utf-8")


@contextlib.contextmanager
def _fixed() -> Iterator[None]:
    """A clock that stands and dice that always fall the same way."""
    keys, ids = itertools.count(1), itertools.count(1)

    def key(size: int) -> bytes:
        return hashlib.sha256(f"throw {next(keys)}".encode()).digest()[:size]

    with (
        patch("comity.cli.listing.now", lambda: NOW),
        patch("secrets.token_bytes", key),
        patch("uuid.uuid4", lambda: uuid.uuid5(uuid.NAMESPACE_OID, f"case {next(ids)}")),
    ):
        yield
