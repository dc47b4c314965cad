"""Problems found in what somebody wrote, printed for a person or a program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import click

from comity.cli.listing import as_json
from comity.source import Document, Path, Problem

FOUND = 1


def report(
    problems: Iterable[Problem],
    *,
    files: int,
    json_: bool,
    exit_code: int = 0,
    in_order: bool = False,
) -> None:
    """Print all problems by file and line (or in the order given); exits with 1 where one is an error."""
    ordered = list(dict.fromkeys(problems if in_order else sorted(problems)))
    errors = sum(problem.grade == "error" for problem in ordered)
    if json_:
        click.echo(as_json([asdict(problem) for problem in ordered]))
    else:
        for problem in ordered:
            click.echo(str(problem))
        click.echo(_count(errors, len(ordered) - errors, files))
    finish(ordered, exit_code)


def finish(problems: Iterable[Problem], exit_code: int = 0) -> None:
    """Exit as the problems demand: with the code given, else with 1 where one is an error."""
    found = FOUND if any(problem.grade == "error" for problem in problems) else 0
    if code := exit_code or found:
        raise click.exceptions.Exit(code)


def warning(document: Document, path: Path, code: str, sentence: str, remedy: str) -> Problem:
    return Problem(document.file, document.line(path), code, sentence, remedy, "warning")


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _count(errors: int, warnings: int, files: int) -> str:
    if not errors and not warnings:
        return f"Nothing wrong was found in {counted(files, 'file')}."
    return f"{counted(errors, 'error')}, {counted(warnings, 'warning')} in {counted(files, 'file')}."
