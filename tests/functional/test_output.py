"""What is printed, and how a run ends: no text steers a terminal, and no end of a run shows a stack trace."""

import os
import pty
import re
import signal
import subprocess
import sys
import time

import pytest

from comity.cli.screen import written_out

COMITY = (sys.executable, "-c", "from comity.cli import main; main(prog_name='comity')")
FIRST = "agreements/first.yaml"
HOSTILE = "Council\x1b]0;gotcha\x07\x1b[31m"


def on_a_terminal(environment, folder, *words):
    """What a terminal would be sent."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([*COMITY, *words], cwd=folder, env=environment, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        try:
            while part := os.read(ours, 65_536):
                said += part
        except OSError:  # Linux: nobody writes to it any more.
            pass
    os.close(ours)
    return process.returncode, said.decode()


# ---- controls ------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "shown"), [
    ("a\x1b[31mb\x07", r"a\x1b[31mb\x07"),
    ("a\x9bb\x7f", r"a\x9bb\x7f"),
    ("a\rb", r"a\rb"),
    ("a\u202eb", r"a\u202eb"),
    ("\r5 rows", "\r5 rows"),
    ("a\tb\r\nc\n", "a\tb\r\nc\n"),
    ("Westborough Café اردو", "Westborough Café اردو"),
])  # fmt: skip
def test_what_would_steer_a_terminal_is_written_out(text, shown):
    assert written_out(text) == shown


def test_a_name_does_not_steer_the_terminal_it_is_listed_on(shell, path_to_package):
    text = (shell.folder / "partnership.yaml").read_text("utf-8")
    named = re.sub(r"(?m)^(    name: ).*$", r'\1"Council\\e]0;gotcha\\a\\e[31m"', text, count=1)
    shell.write("partnership.yaml", named)
    code, said = on_a_terminal(path_to_package, shell.folder, "partners")

    assert code == 0
    assert r"Council\x1b]0;gotcha\x07\x1b[31m" in said
    assert not {"\x1b", "\x07"} & set(said)


def test_a_header_does_not_steer_the_terminal_it_is_refused_on(shell, path_to_package):
    (shell.folder / "rows.csv").write_text(f"from,to,purpose,items,{HOSTILE}\na,b,c,d,e\n", "utf-8")
    code, said = on_a_terminal(path_to_package, shell.folder, "check", "rows.csv")

    assert code == 3
    assert r"Council\x1b]0;gotcha\x07" in said
    assert not {"\x1b", "\x07"} & set(said)


def test_a_program_gets_the_text_as_it_is(shell):
    shell.change(FIRST, "title: ", 'title: "A\\u202eB" #')

    assert "# A\u202eB" in shell.done("agreement", "render", FIRST, "--to", "md")


# ---- an output that takes no more ----------------------------------------------------


@pytest.mark.parametrize("words", [("--help",), ("law", "list"), ("law", "list", "--help")])
def test_an_output_that_is_full_is_said_to_be(shell, path_to_package, words):
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            [*COMITY, *words], cwd=shell.folder, env=path_to_package, stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert run.returncode == 3
    assert run.stderr.decode() == (
        "the output: error: Not everything could be printed: No space left on device. Files that this run wrote are "
        "complete. Print to another place, or make room there, and run it again. [output]\n"
    )


def test_messages_that_nobody_can_take_end_the_run_without_a_trace(shell, path_to_package):
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            [*COMITY, "law", "show", "nothing"], cwd=shell.folder, env=path_to_package, stdout=subprocess.PIPE,
            stderr=full, check=False,
        )  # fmt: skip

    assert (run.returncode, run.stdout) == (3, b"")


def test_closed_outputs_are_no_fault(northshire, path_to_package):
    words = "apply safer-westborough-protocol street-level-to-partners data/street --to westborough-council"
    closed = subprocess.run(
        ["/bin/sh", "-c", f'"$0" -c "$1" {words} --on 2026-11-16 >&- 2>&-', sys.executable, COMITY[2]],
        cwd=northshire.folder,
        env=path_to_package,
        check=False,
    )

    assert closed.returncode == 0
    assert (northshire.folder / "out" / "apply" / "report.html").is_file()


@pytest.mark.parametrize(("encoding", "title"), [
    ("ascii:strict", "# Café ש".encode()),
    ("latin-1:strict", b"# Caf\xe9 \\u05e9"),
])  # fmt: skip
def test_letters_that_an_output_does_not_know_are_written_out(shell, path_to_package, encoding, title):
    shell.change(FIRST, "title: ", "title: Café ש #")
    run = subprocess.run(
        [*COMITY, "agreement", "render", FIRST, "--to", "md"],
        cwd=shell.folder,
        env=path_to_package | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0
    assert run.stdout.startswith(title)


# ---- interrupts ----------------------------------------------------------------------


@pytest.mark.parametrize("wait", [0.08, 0.2, 0.35, 0.5])
def test_an_interrupt_while_the_command_is_loaded_shows_no_trace(shell, path_to_package, wait):
    # A run in the background is started with interrupts ignored.
    counting = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); print('here', flush=True)\n"
    with subprocess.Popen(
        [sys.executable, "-c", counting + COMITY[2], "partners"],
        cwd=shell.folder,
        env=path_to_package,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        process.stdout.readline()
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)

    assert b"Traceback" not in said
    assert (process.returncode, said.strip()) in ((1, b"Aborted!"), (0, b""))


# ---- bytes that are no text ----------------------------------------------------------


@pytest.mark.parametrize("words", [
    ("judge", "necessary", "--reasons", b"caf\xe9"),
    ("check", "--need", b"caf\xe9", "--out", "answer.json"),
    ("agreement", "show", b"caf\xe9"),
])  # fmt: skip
def test_words_that_are_not_utf_8_are_refused(shell, path_to_package, words):
    before = shell.files()
    run = subprocess.run([*COMITY, *words], cwd=shell.folder, env=path_to_package, capture_output=True, check=False)

    assert run.returncode == 3
    assert run.stderr.decode() == (
        "the command line: error: What was typed is not UTF-8 text: caf\\xe9. Write it anew in UTF-8. [not-utf-8]\n"
    )
    assert shell.files() == before


def test_a_table_whose_name_is_not_utf_8_is_answered(shell, path_to_package):
    name = os.fsencode(shell.folder) + b"/caf\xe9.csv"
    with open(name, "wb") as file:
        file.write(b"from,to,purpose\na,b,c\n")
    words = [*COMITY, "check", name]
    run = subprocess.run(words, cwd=shell.folder, env=path_to_package, capture_output=True, check=False)

    assert run.returncode == 3
    assert rb"caf\xe9.csv:1: error: The column items is missing." in run.stderr
