"""No file names a machine's folders or a package registry's host.

Either would tie the project to one place. It must build from whatever folder
it lies in, wherever its packages can be had.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE_BY_TOOLS = (
    {".coverage", ".git", ".hypothesis", ".venv"}
    | {".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
    | {"__pycache__", "build", "dist", "htmlcov", "mutants", "out"}
)

# Hosts are joined here so that this file does not hold what it looks for.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("crates", "io"),
        ("debian", "org"),
        ("npmjs", "com"),
        ("npmjs", "org"),
        ("proxy", "golang", "org"),
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("rubygems", "org"),
    )
]
FOLDERS = ["home", "root", "tmp", "work", "Users"]
FORBIDDEN = {
    "a package registry's host": re.compile("|".join(map(re.escape, HOSTS))),
    # Where the slash follows a word it is part of an address or of a relative path.
    "a machine's path": re.compile(rf"(?<![\w./}}>-])/(?:{'|'.join(FOLDERS)})/\w"),
}


def files() -> list[Path]:
    """What git holds or would take; without git, all that no tool made."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        paths = [ROOT / os.fsdecode(name) for name in listing.stdout.split(b"\0") if name]
    else:
        everything = ROOT.rglob("*")
        paths = [p for p in everything if not MADE_BY_TOOLS & {*p.relative_to(ROOT).parts}]
    return [path for path in paths if path.is_file()]


def findings(text: str, pattern: re.Pattern[str]) -> list[tuple[int, str]]:
    return [
        (number, found.group())
        for number, line in enumerate(text.splitlines(), start=1)
        for found in pattern.finditer(line)
    ]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {words}"
        for path in files()
        for number, words in findings(path.read_text(errors="replace"), FORBIDDEN[what])
    ]
    assert found == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_machine_path_is_recognised(folder):
    path = f"/{folder}/someone"
    pattern = FORBIDDEN["a machine's path"]
    assert findings(f'cd {path} && open("{path}/file.csv")', pattern) == [
        (1, path[: len(folder) + 3]),
        (1, path[: len(folder) + 3]),
    ]
    assert findings(f"docs{path} www.example.org{path} ..{path}", pattern) == []


@pytest.mark.parametrize("host", HOSTS)
def test_a_registry_host_is_recognised(host):
    assert findings(f"from https://{host}/simple", FORBIDDEN["a package registry's host"]) == [(1, host)]
