"""What a machine lacks is said in one line, with the command that gets it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SYSTEM = Path(__file__).parents[2] / "requirements" / "system.sh"


def java(folder, said):
    """A Java that says of itself what it is told to."""
    program = folder / "bin" / "java"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{said}\nEND\n")
    program.chmod(0o755)


def look(what, **environment):
    known = os.environ | environment
    return subprocess.run([SYSTEM, what], env=known, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("version", ["17.0.15", "21.0.1", "25"])
def test_a_java_that_spark_can_use_is_enough(tmp_path, version):
    java(tmp_path, f'Picked up JAVA_TOOL_OPTIONS: -ea\nopenjdk version "{version}" 2025-04-15\nOpenJDK Runtime')
    found = look("java", JAVA_HOME=str(tmp_path))

    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


@pytest.mark.parametrize(("version", "number"), [("11.0.2", "11"), ("1.8.0_412", "1")])
def test_a_java_too_old_is_named(tmp_path, version, number):
    java(tmp_path, f'openjdk version "{version}"')
    found = look("java", JAVA_HOME=str(tmp_path))

    assert found.returncode == 1
    assert found.stderr.startswith(f"Missing: Java 17 or newer ({tmp_path}/bin/java is {number}). Get it with: ")
    assert found.stderr.endswith("-jre-headless, then unset JAVA_HOME\n")


def test_a_machine_without_java_is_told_how_to_get_it(tmp_path):
    for name in ("sh", "sed", "id", "python3"):
        (tmp_path / name).symlink_to(shutil.which(name))
    found = look("java", PATH=str(tmp_path), JAVA_HOME="")

    assert found.returncode == 1
    assert found.stderr.startswith("Missing: Java 17 or newer. Get it with: ")
    assert "apt-get install -y openjdk-17-jre-headless" in found.stderr


def test_an_empty_java_home_is_named(tmp_path):
    found = look("java", JAVA_HOME=str(tmp_path))

    assert f"(JAVA_HOME names {tmp_path}, where there is none)" in found.stderr


def test_python_does_without_java(tmp_path):
    found = look("python3", JAVA_HOME=str(tmp_path))

    assert (found.returncode, found.stderr) == (0, "")
