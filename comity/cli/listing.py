"""Lists as aligned plain text or JSON, and the dates people type."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

import click

from comity.terms import checked_day

LONDON = ZoneInfo("Europe/London")
WIDTH = 88
WIDEST = 44  # characters of a cell in one line


def today() -> date:
    """The legal day: the date in London."""
    return now().astimezone(LONDON).date()


def now() -> datetime:
    return datetime.now(LONDON)


class Day(click.ParamType[date]):
    """A date as 2026-11-16."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is no date in the calendar: write it as 2026-11-16.", param, ctx)
        try:
            return checked_day(day)
        except ValueError as error:
            self.fail(str(error).partition(" | ")[0] + ".", param, ctx)


class Said(click.ParamType[str]):
    """Words that a person has to say; blanks do not count."""

    name = "text"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip()
        if not text:
            self.fail("this must be said in words; it is empty.", param, ctx)
        return text


DAY = Day()
WORDS = Said()


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows under headings; a long cell goes on in the line below, within its column."""
    cells = [[_folded(value) for value in row] for row in rows]
    widths = [
        max(len(line) for line in (header, *(line for row in cells for line in row[at])))
        for at, header in enumerate(headers)
    ]
    lines = [_line(headers, widths), _line(["-" * width for width in widths], widths)]
    for row in cells:
        lines += [_line(parts, widths) for parts in zip_longest(*row, fillvalue="")]
    return "\n".join(lines)


def _line(parts: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()


def _folded(value: object) -> list[str]:
    return textwrap.wrap(_cell(value), WIDEST, break_long_words=False, break_on_hyphens=False) or [""]


def facts(pairs: Iterable[tuple[str, object]]) -> str:
    """What is known of one thing, a line for each; what is not known is left out."""
    known = [(name, _cell(value)) for name, value in pairs if _cell(value)]
    width = max((len(name) for name, _ in known), default=0)
    return "\n".join(
        textwrap.fill(
            value,
            WIDTH,
            initial_indent=name.ljust(width + 2),
            subsequent_indent=" " * (width + 2),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for name, value in known
    )


def as_json(value: object) -> str:
    """JSON for programs: dates as text, two spaces, letters as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def show(
    headers: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    json_: bool,
    none: str,
    shown: int | None = None,
) -> None:
    """Print a list: as JSON objects, as a table of the first `shown` columns, or what to say of an empty one."""
    if json_:
        keys = [header.lower().replace(" ", "_") for header in headers]
        click.echo(as_json([dict(zip(keys, row, strict=True)) for row in rows]))
    else:
        click.echo(table(headers[:shown], [row[:shown] for row in rows]) if rows else none)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(one) for one in value)
    return str(value)
