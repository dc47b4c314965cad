"""Partnership folders, and the command run on them as a person would."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comity.cli import main
from comity.cli.listing import today

FIRST = "agreements/first.yaml"
OFFICE = "Chief Executive"
START = today() - timedelta(days=10)


@dataclass(frozen=True)
class Shell:
    """A folder and the command: `shell("law", "list")` is what `comity law list` gives there."""

    folder: Path

    def __call__(self, *words: object) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
        assert "Traceback" not in result.output
        assert "fault in Comity" not in result.output
        return result

    def done(self, *words: object) -> str:
        """The output of a command that does what it was asked."""
        result = self(*words)
        assert result.exit_code == 0, result.output
        return result.output

    def refused(self, exit_code: int, *words: object) -> str:
        """What a command says that ends with this exit code."""
        result = self(*words)
        assert result.exit_code == exit_code, (result.exit_code, result.output)
        return result.output

    def write(self, file: str, text: str) -> Path:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def change(self, file: str, old: str, new: str) -> None:
        """Replace a passage that stands in the file."""
        text = (self.folder / file).read_text("utf-8")
        assert old in text
        self.write(file, text.replace(old, new, 1))

    def files(self) -> set[str]:
        return {str(one.relative_to(self.folder)) for one in self.folder.rglob("*") if one.is_file()}

    def key(self, partner: str) -> Path:
        """A key for the partner's chief executive, in a file, and registered in partnership.yaml."""
        file = self.folder.parent / f"{partner}.pem"
        said = self.done("agreement", "key", "new", "--out", file)
        line = re.search(r"- \{office: .*\}", said)
        assert line
        made = f"    keys:\n      {line.group()}\n".replace(re.findall(r"from: [\d-]+", said)[0], "from: 2020-01-01")
        where = rf"(?m)(- id: \S+/partner/{partner}\n(?:    .*\n)*?    facts:)"
        text = (self.folder / "partnership.yaml").read_text("utf-8")
        changed = re.sub(where, lambda found: found.group().removesuffix("    facts:") + made + "    facts:", text)
        assert changed != text
        self.write("partnership.yaml", changed)
        return file

    def sign(self, partner: str, key: Path, file: str = FIRST) -> str:
        return self.done("agreement", "sign", file, "--key", key, "--partner", partner, "--office", OFFICE)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """No partnership folder here, nor above."""
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A new partnership folder of a council and the police, with a first agreement."""
    folder = tmp_path / "north"
    made = Shell(folder)
    made.done("init", folder, "--name", "Safer North", "--domain", "north.example")
    monkeypatch.chdir(folder)
    made.done("agreement", "new", FIRST, "--between", "police", "council")
    text = (folder / FIRST).read_text("utf-8")
    made.write(FIRST, re.sub(r"term: \{from: [\d-]+,", f"term: {{from: {START}, until: 2099-01-01,", text))
    return made


@pytest.fixture
def signed(shell: Shell) -> Shell:
    """The same with both signatures under the agreement."""
    for partner in ("council", "police"):
        shell.sign(partner, shell.key(partner))
    return shell


@pytest.fixture
def start() -> date:
    """The first day of the first agreement."""
    return START


@pytest.fixture
def path_to_package() -> dict[str, str]:
    """The environment in which another process finds this package."""
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}


@pytest.fixture
def northshire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A copy of the invented partnership, with its agreements, signatures and judgements."""
    folder = tmp_path / "northshire"
    source = Path(__file__).parents[2] / "examples" / "northshire"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("demo-keys"))
    monkeypatch.chdir(folder)
    return Shell(folder)
