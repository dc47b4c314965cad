"""Whatever is in a file: a clear sentence, a place, a remedy, an exit code by kind, and nothing half-written."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from comity.cli import files, main
from comity.errors import InputError

FIRST = "agreements/first.yaml"
COMITY = (sys.executable, "-c", "from comity.cli import main; main(prog_name='comity')")


@pytest.mark.parametrize(("content", "said"), [
    (b"", "first.yaml:1: error: The file is empty."),
    (b"# only a comment\n", "first.yaml:1: error: The file is empty."),
    (b"schema: 1\nid: \0\n", "first.yaml:2: error: The file holds a NUL byte"),
    (b"schema: 1\nid: caf\xe9\n", "first.yaml:2: error: Byte 18 of the file (hex e9) is not UTF-8 text."),
    ("schema: 1\n".encode("utf-16"), "first.yaml:1: error: The file is written in UTF-16. Save it as UTF-8."),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "first.yaml:1: error: Byte 1 of the file (hex ff) is not UTF-8 text."),
    (b"schema: 1\n\tid: x\n", "first.yaml:2: error: This is not well-formed YAML"),
    (b"schema: 1\nschema: 1\n", "first.yaml:2: error: The key schema stands twice. Keep one of the two."),
    (b"- 1\n- 2\n", "first.yaml:1: error: "),
    (b"schema: 2\n", "first.yaml:1: error: schema: 2 is not one of the words known here."),
    (b"a: &x [1]\nb: *x\n", "first.yaml:"),
    (b"just some words\n", "first.yaml:1: error: "),
])  # fmt: skip
def test_a_file_that_is_no_agreement_says_why_and_where(shell, content, said):
    (shell.folder / FIRST).write_bytes(content)

    for words in (("agreement", "lint", FIRST), ("agreement", "list")):
        output = shell.refused(3, *words)
        assert f"agreements/{said}" in output


@pytest.mark.parametrize("content", [
    pytest.param(lambda text: b"\xef\xbb\xbf" + text, id="a byte order mark"),
    pytest.param(lambda text: text.replace(b"\n", b"\r\n"), id="Windows line ends"),
    pytest.param(lambda text: text.replace(b"\n", b"\r"), id="old Mac line ends"),
])  # fmt: skip
def test_what_editors_do_to_a_file_changes_nothing(shell, content):
    before = shell.done("agreement", "show", FIRST)
    (shell.folder / FIRST).write_bytes(content((shell.folder / FIRST).read_bytes()))

    assert shell.done("agreement", "show", FIRST) == before


def test_a_line_of_200_mb_is_refused_by_its_size_before_it_is_read(shell):
    with (shell.folder / FIRST).open("wb") as file:
        file.truncate(200_000_000)

    started = time.monotonic()
    said = shell.refused(3, "agreement", "lint", FIRST)
    assert "agreements/first.yaml: error: The file holds 200,000,000 bytes or more" in said
    assert time.monotonic() - started < 5


def test_an_endless_file_is_refused(shell):
    said = shell.refused(3, "agreement", "lint", "/dev/zero")

    assert "/dev/zero: error: This is not a regular file but a pipe, a socket or a device." in said


def test_missing_files_and_folders_are_told_apart(shell):
    assert "agreements/frist.yaml: error: There is no such file. Did you mean agreements/first.yaml?" in shell.refused(
        3, "agreement", "show", "agreements/frist.yaml"
    )
    assert "agreements: error: This is a folder, not a file." in shell.refused(3, "agreement", "show", "agreements")
    assert "There is no folder nowhere either." in shell.refused(3, "agreement", "show", "nowhere/a.yaml")


@pytest.mark.parametrize(("error", "said"), [
    (PermissionError(13, "Permission denied"), "You may not read this file. Ask its owner"),
    (OSError(5, "Input/output error"), "The file cannot be read: Input/output error. Check the disk"),
])  # fmt: skip
def test_a_file_that_cannot_be_opened_says_so(tmp_path, monkeypatch, error, said):
    def refuse(*_):
        raise error

    (tmp_path / "a.yaml").write_text("a: 1", "utf-8")
    monkeypatch.setattr(files.Path, "open", refuse)
    with pytest.raises(InputError, match=said):
        files.read_text(tmp_path / "a.yaml")


@pytest.mark.parametrize("text", [
    "- " * 2000 + "x",
    "[" * 100_000,
    "a: 1\nb: " + "{a: " * 50_000 + "}" * 50_000,
    "? " * 50_000,
    "- [" * 20_000,
], ids=["dashes", "brackets", "braces", "questions", "both"])  # fmt: skip
def test_deep_nesting_is_refused(shell, path_to_package, text):
    shell.write(FIRST, text)

    said = run(shell, path_to_package, "agreement", "lint", FIRST)
    assert (said.returncode, said.stderr) == (3, "")
    assert re.match(r"agreements/first\.yaml:\d+: error: ", said.stdout)


def test_all_problems_of_a_text_are_said_together(shell):
    shell.change(FIRST, "benefits:", "benefit:")
    shell.change(FIRST, "until: 2099-01-01", "until: 2099-02-30")
    shell.change(FIRST, "family: operational", "family: operatonal")

    said = shell.refused(3, "agreement", "lint", FIRST)
    assert "There is no key called benefit here." in said
    assert "is no date in the calendar" in said
    assert "'operatonal' is not one of the words known here." in said


@pytest.mark.parametrize(("old", "new", "said"), [
    ("for: P1Y", "for: PT99999999999H", "'PT99999999999H' is not a length of time. Write it as P12M"),
    ("for: P1Y", "for: P9000Y", "'P9000Y' is not a length of up to 900 years in whole months. Write it"),
    ("for: P1Y", "for: P1X", "'P1X' is not a length of time. Write it as P12M (12 months), P1Y or P30D."),
    ("from: 2", "from: 9999-12-31, joined: 2", "9999-12-31 is not a day of the years 1000 to 8999. Correct the year"),
])  # fmt: skip
def test_a_time_that_cannot_be_reckoned_with_is_said_with_its_line(shell, old, new, said):
    shell.change(FIRST, old, new)

    for words in (("agreement", "list"), ("agreement", "lint", FIRST), ("partners",)):
        assert re.search(rf"agreements/first\.yaml:\d+: error: .*{re.escape(said)}", shell.refused(3, *words))


def test_a_day_at_the_end_of_the_calendar_is_refused(shell):
    assert "9999-12-31 is not a day of the years 1000 to 8999." in shell.refused(2, "law", "on", "9999-12-31")


def test_a_remedy_begins_a_sentence_of_its_own(shell):
    shell.change("partnership.yaml", "id: north.example/partner/police", "id: police")

    assert "id: 'police' is not a global id. Write <domain>/<kind>/<name>" in shell.refused(3, "partners")


@pytest.mark.parametrize(("words", "exit_code"), [
    (("law", "show", "nothing"), 4),
    (("agreement", "show", "nothing"), 4),
    (("agreement", "show", "nothing.yaml"), 3),
    (("law", "on", "2026-02-30"), 2),
    (("law", "list", "--kind", "spell"), 2),
    (("agreement", "verify"), 2),
    (("nonsense",), 2),
])  # fmt: skip
def test_exit_codes_say_who_must_act(shell, words, exit_code):
    shell.refused(exit_code, *words)


def test_an_unexpected_fault_of_the_disk_is_one_line(shell, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr(os, "fsync", full)
    said = shell.refused(3, "agreement", "new", "agreements/second.yaml")
    assert said == (
        "agreements/second.yaml: error: No space left on device. Nothing was half-written. "
        "Make room on the disk and try again, or write to another place. [disk]\n"
    )
    assert shell.files() == {"README.md", "items.yaml", "partnership.yaml", FIRST}


def test_a_fault_of_our_own_is_one_line_too(shell, monkeypatch):
    def broken(*_):
        raise KeyError("oops")

    monkeypatch.setattr(os, "fsync", broken)
    result = CliRunner().invoke(main, ["agreement", "new", "agreements/second.yaml"])
    assert result.exit_code == 70
    assert re.fullmatch(
        r"A fault in Comity itself: KeyError: 'oops' \(test_bad_input\.py:\d+\)\. Nothing was "
        r"half-written\. Please report this line\. \[fault\]\n",
        result.output,
    )
    assert "agreements/second.yaml" not in shell.files()


def test_a_broken_pipe_is_left_to_end_quietly(shell, monkeypatch):
    def gone(*_):
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(os, "fsync", gone)
    result = CliRunner().invoke(main, ["agreement", "new", "agreements/second.yaml"])
    assert (result.exit_code, result.output) == (1, "")


def test_the_version_is_told(empty):
    assert re.fullmatch(r"comity (\d[\w.]*|\(not installed\))\n", empty.done("--version"))


# ---- writing -----------------------------------------------------------------


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    (tmp_path / "a.txt").write_text("old", "utf-8")

    def interrupted():
        with files.replacing(tmp_path / "a.txt") as temporary:
            temporary.write_text("half", "utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert {one.name: one.read_text("utf-8") for one in tmp_path.iterdir()} == {"a.txt": "old"}


def test_a_write_keeps_the_permissions_of_the_file(tmp_path):
    (tmp_path / "a.txt").write_text("old", "utf-8")
    (tmp_path / "a.txt").chmod(0o640)

    files.write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def test_new_files_never_replace_each_other(tmp_path):
    made = [files.write_new(tmp_path, "a", ".txt", str(number)) for number in range(3)]

    assert [one.name for one in made] == ["a.txt", "a-2.txt", "a-3.txt"]
    assert [one.read_text("utf-8") for one in made] == ["0", "1", "2"]


# ---- as a process ------------------------------------------------------------


def run(shell, environment, *words):
    return subprocess.run(
        [*COMITY, *words], cwd=shell.folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_answer_goes_to_stdout_and_the_rest_to_stderr(shell, path_to_package):
    listed = run(shell, path_to_package, "agreement", "list")
    refused = run(shell, path_to_package, "law", "show", "nothing")

    assert (listed.returncode, listed.stderr) == (0, "")
    assert (refused.returncode, refused.stdout) == (4, "")
    assert refused.stderr.startswith("There is no provision called nothing.")


def test_a_reader_that_goes_away_is_no_fault(shell, path_to_package):
    with subprocess.Popen(
        [*COMITY, "law", "list"], cwd=shell.folder, env=path_to_package, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()

    assert b"Traceback" not in said
    assert b"fault in Comity" not in said


def test_recording_side_by_side_loses_nothing(shell, path_to_package):
    words = (
        "judge",
        "necessary",
        "--answer",
        "yes",
        "--by",
        "A",
        "--office",
        "service-manager",
        "--partner",
        "council",
        "--reasons",
        "needed",
        "--instance",
        "case-7",
    )
    started = [
        subprocess.Popen([*COMITY, *words], cwd=shell.folder, env=path_to_package, stdout=subprocess.DEVNULL)
        for _ in range(4)
    ]

    assert [one.wait(60) for one in started] == [0, 0, 0, 0]
    assert sum(one.startswith("judgements/") for one in shell.files()) == 4


@pytest.mark.parametrize(("ending", "code", "said"), [
    (signal.SIGINT, 1, "Aborted!"),
    (signal.SIGTERM, 128 + signal.SIGTERM, ""),
])  # fmt: skip
def test_an_interrupted_command_leaves_nothing_half_written(shell, path_to_package, ending, code, said):
    before = shell.files()
    slowly = (
        "import os, signal, time\nfrom comity.cli import files, main\n"
        # A run in the background is started with interrupts ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        # Short sleeps: a signal that comes just before a long one would wait for its end.
        "os.fsync = lambda _: (print('here', flush=True), [time.sleep(0.05) for _ in range(1200)])\n"
        "main(prog_name='comity')"
    )
    with subprocess.Popen(
        [sys.executable, "-c", slowly, "agreement", "new", "agreements/second.yaml"],
        cwd=shell.folder,
        env=path_to_package,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "here\n"
        process.send_signal(ending)
        _, heard = process.communicate(timeout=60)

    assert (process.returncode, heard.strip()) == (code, said)
    assert shell.files() == before
