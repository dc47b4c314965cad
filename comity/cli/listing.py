"""Lists as aligned plain text or JSON, and the dates people type."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import click

LONDON = ZoneInfo("Europe/London")
WIDTH = 88


def today() -> date:
    """The legal day: the date in London."""
    return now().astimezone(LONDON).date()


def now() -> datetime:
    return datetime.now(LONDON)


class Day(click.ParamType[date]):
    """A date as 2026-11-16."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is no date in the calendar: write it as 2026-11-16.", param, ctx)


class Said(click.ParamType[str]):
    """Words that a person has to say; blanks do not count."""

    name = "text"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        text = str(value).strip()
        if not text:
            self.fail("this must be said in words; it is empty.", param, ctx)
        return text


DAY = Day()
WORDS = Said()


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows under headings, each column as wide as its widest cell; the last is never padded."""
    cells = [tuple(headers), *(tuple(_cell(value) for value in row) for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(headers))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
             for row in cells]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def facts(pairs: Iterable[tuple[str, object]]) -> str:
    """What is known of one thing, a line for each; what is not known is left out."""
    known = [(name, _cell(value)) for name, value in pairs if _cell(value)]
    width = max((len(name) for name, _ in known), default=0)
    return "\n".join(
        textwrap.fill(value, WIDTH, initial_indent=name.ljust(width + 2), subsequent_indent=" " * (width + 2),
                      break_long_words=False, break_on_hyphens=False)
        for name, value in known)


def as_json(value: object) -> str:
    """JSON for programs: dates as text, two spaces, letters as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def show(headers: Sequence[str], rows: Sequence[Sequence[object]], *, json_: bool, none: str) -> None:
    """Print a list: as JSON objects, as a table, or the sentence for an empty one."""
    if json_:
        keys = [header.lower().replace(" ", "_") for header in headers]
        click.echo(as_json([dict(zip(keys, row, strict=True)) for row in rows]))
    else:
        click.echo(table(headers, rows) if rows else none)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(one) for one in value)
    return str(value)
