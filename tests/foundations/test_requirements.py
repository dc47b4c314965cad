"""The locked requirements carry hashes and no addresses.

Where packages come from is for each machine to say. What they are is for the
lock to say, and the hash holds it to that.
"""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
ADDRESSES = ("://", "file:", "--index-url", "--extra-index-url", "--find-links", " @ ")


def requirements(lock: Path) -> dict[str, str]:
    """Each requirement of `lock`: its package, and all that is said of it."""
    text = re.sub(r"\\\n\s*", " ", lock.read_text())
    lines = [line for line in text.splitlines() if not re.match(r"\s*(#|$)", line)]
    return {package(line): line for line in lines}


def package(requirement: str) -> str:
    return re.split(r"[=<>@; \[]", requirement, maxsplit=1)[0].lower()


def version(requirement: str) -> str:
    return requirement.split("==")[1].split()[0]


def test_both_locks_are_there():
    assert [lock.name for lock in LOCKS] == ["core.txt", "dev.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_carries_no_address(lock):
    text = lock.read_text()
    assert [address for address in ADDRESSES if address in text] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_has_one_version_and_a_hash(lock):
    found = requirements(lock)
    assert found
    loose = [
        name
        for name, requirement in found.items()
        if "==" not in requirement or not re.search(r"--hash=sha256:[0-9a-f]{64}\b", requirement)
    ]
    assert loose == []


def test_tools_are_installed_on_top_of_the_same_core():
    core, dev = (requirements(lock) for lock in LOCKS)
    assert {name: version(dev[name]) for name in core if name in dev} == {name: version(core[name]) for name in core}


def test_every_declared_dependency_is_locked():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    core, dev = (requirements(lock) for lock in LOCKS)
    runtime = declared["project"]["dependencies"] + declared["build-system"]["requires"]
    tools = [entry for entry in declared["dependency-groups"]["dev"] if isinstance(entry, str)]
    assert {package(entry) for entry in runtime} - core.keys() == set()
    assert {package(entry) for entry in tools} - dev.keys() == set()
