"""Proofs: what is so of agreements for all inputs, each *can* with a witness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from comity.agreement import Agreement, SignedAgreement
from comity.canonical import plain
from comity.check.alike import alike
from comity.check.changing import between_versions, idle, on_law_days
from comity.check.lapses import WINDOW, lapses
from comity.check.soundness import (
    PATIENTS,
    Point,
    Portfolio,
    Result,
    Target,
    as_if_signed,
    contradictions,
    reach,
    rests,
)
from comity.cli.agreement_texts import named, names_with, world_of
from comity.cli.folder import PARTNERSHIP, Folder, current_folder, load_folder
from comity.cli.listing import DAY, as_json, today
from comity.cli.progress import Ticker
from comity.errors import UnknownName
from comity.terms import Period

QUESTIONS = ("reach", "idle", "contradictions", "rests", "changes", "lapses", "alike")
SHOWN = 12
ALTERNATIVES = 3


@click.command("prove")
@click.argument("names", nargs=-1, metavar="[FOLDER|AGREEMENT]...")
@click.option("--on", type=DAY, metavar="DATE", help="For every day from this one on; from today without it.")
@click.option(
    "--question",
    "questions",
    type=click.Choice(QUESTIONS),
    multiple=True,
    help="Only this question; may be given again. All of them without it.",
)
@click.option("--kind", default=PATIENTS, show_default=True, help="reach: items of this kind.")
@click.option(
    "--to-sector",
    type=click.Choice(("public", "private", "voluntary", "individual", "any")),
    help="reach: to bodies of this sector; private, if nothing is said of the receiver.",
)
@click.option("--to-capacity", metavar="CAPACITY", help="reach: to bodies that hold this capacity.")
@click.option("--without-capacity", metavar="CAPACITY", help="reach: to bodies that do not hold this capacity.")
@click.option("--unless", multiple=True, metavar="FACT", help="reach: leave aside what is shared because of this fact.")
@click.option("--since", metavar="OLD", help="changes: from this version of the one agreement named.")
@click.option("--law-day", "law_days", type=DAY, multiple=True, metavar="DATE", help="changes: on this day.")
@click.option(
    "--days", type=click.IntRange(1, 36_500), default=WINDOW, show_default=True, help="lapses: within so many days."
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def prove(
    names: tuple[str, ...],
    on: date | None,
    questions: tuple[str, ...],
    kind: str,
    to_sector: str | None,
    to_capacity: str | None,
    without_capacity: str | None,
    unless: tuple[str, ...],
    since: str | None,
    law_days: tuple[date, ...],
    days: int,
    form: str,
) -> None:
    """Answer questions about agreements for all inputs, not samples; every witness is decided by the check.

    Without a name: about all agreements of the folder. Law, agreements and parties are taken as they are; facts
    and judgements are left open. All questions but reach suppose that every party has signed.

    Exit 1: something was found.
    """
    day = on or today()
    folder, about = _named(names, day)
    sector = None if to_sector == "any" else to_sector or (None if to_capacity or without_capacity else "private")
    target = Target(kind, sector, to_capacity, without_capacity, unless)
    _check_words(folder, target)
    standing = _portfolio(folder, about, day)
    everybody = _signed_by_all(standing)

    def changes() -> Result:
        if since is None:
            return on_law_days(everybody, law_days)
        if len(about) != 1:
            raise click.UsageError("--since compares with one agreement: name it.")
        return between_versions(everybody, named(since, folder)[0], about[0])

    asked: dict[str, Callable[[], Result]] = {
        "reach": lambda: reach(standing, target),
        "idle": lambda: idle(everybody),
        "contradictions": lambda: contradictions(everybody),
        "rests": lambda: rests(everybody),
        "changes": changes,
        "lapses": lambda: lapses(everybody, days),
        "alike": lambda: alike(everybody),
    }
    results = []
    for question in questions or QUESTIONS:
        ticker = Ticker(question, unit="cell", every=60)
        standing.tick = everybody.tick = ticker
        results.append(asked[question]())
    if form == "json":
        click.echo(as_json([_json(one) for one in results]))
    else:
        click.echo("\n\n".join(_text(one) for one in results))
    if any(one.found for one in results):
        click.get_current_context().exit(1)


def _named(names: tuple[str, ...], day: date) -> tuple[Folder, list[Agreement]]:
    """The folder, and the agreements asked about; none named means all."""
    folders = [Path(one) for one in names if (Path(one) / PARTNERSHIP).is_file()]
    if len(folders) > 1:
        raise click.UsageError("Name one folder.")
    folder = load_folder(folders[0], day) if folders else current_folder(day)
    return folder, [named(one, folder)[0] for one in names if Path(one) not in folders]


def _check_words(folder: Folder, target: Target) -> None:
    words = folder.world.law.vocabulary
    capacities, facts = {one.id for one in words.capacities}, {one.id for one in words.facts}
    for what, name, known in (
        ("kind of information", target.kind, {one.id for one in words.kinds}),
        ("capacity", target.capacity, capacities),
        ("capacity", target.without, capacities),
        *(("fact or test", fact, facts) for fact in target.unless),
    ):
        if name and name not in known:
            raise UnknownName(what, name, known)


def _portfolio(folder: Folder, about: list[Agreement], day: date) -> Portfolio:
    """The agreements as they stand; a text that is named and not signed yet, as if it were."""
    world, names = folder.world, folder.names
    for text in about:
        world, names = world_of(text, folder), names_with(text, folder, world_of(text, folder).law)
    drafts: list[SignedAgreement] = []
    for text in about:
        signed = folder.signed_version(text)
        drafts.append(signed if len(signed.signed_by) > 1 else as_if_signed(text))
    ids = tuple(one.id for one in about)
    rest = [one for one in world.agreements if one.agreement.id not in ids]
    return Portfolio(replace(world, agreements=(*rest, *drafts)), names, day, ids)


def _signed_by_all(portfolio: Portfolio) -> Portfolio:
    return portfolio.among(as_if_signed(one.agreement) for one in portfolio.world.agreements)


# ---- what is printed ------------------------------------------------------------------------


def _text(result: Result) -> str:
    lines = [f"{result.question}: {result.answer}"]
    lines += [line for point in result.found[:SHOWN] for line in _lines(point)]
    if len(result.found) > SHOWN:
        lines.append(f"  ... and {len(result.found) - SHOWN} more: --format json has them all.")
    if result.cells:
        lines.append(f"  Covered: {result.cells:,} cells; {result.formulas:,} different formulas.")
    return "\n".join(lines)


def _lines(point: Point) -> list[str]:
    alike = f" ({point.alike} like it)" if point.alike > 1 and point.code != "alike" else ""
    lines = [f"- {point.sentence}{alike} [{point.code}]"]
    if point.shown:
        before = f"{point.shown.before.outcome} becomes " if point.shown.before else ""
        days = f" {Period(from_=point.first, until=point.until)}" if point.first else ""
        lines.append(f"    Witness{days}: {before}{point.shown.outcome}, if")
        lines += [f"      {one}" for one in point.shown.witness.supposing] or ["      nothing more is said"]
    if point.code == "alike":
        lines += [f"    {one[0]}: {'; '.join(one[1:])}" for one in point.when]
    elif point.when:
        lines += _when(point)
    return lines


def _when(point: Point) -> list[str]:
    """The alternatives, with what they have in common said once."""
    common = [one for one in point.when[0] if all(one in other for other in point.when)]
    rest = [[one for one in other if one not in common] for other in point.when]
    lines = ["    Exactly when" if point.exact else "    Among others when", *(f"      {one}" for one in common)]
    alternatives = [one for one in rest[:ALTERNATIVES] if one]
    if alternatives:
        lines += ["      and one of:", *(f"        {' and '.join(one)}" for one in alternatives)]
    lines += ["        ..."] * (len(rest) > ALTERNATIVES)
    return lines if common or alternatives else [*lines, "      whatever is known"]


def _json(result: Result) -> dict[str, object]:
    return {
        "question": result.question,
        "answer": result.answer,
        "cells": result.cells,
        "formulas": result.formulas,
        "found": [_point_json(one) for one in result.found],
    }


def _point_json(point: Point) -> dict[str, object]:
    shown = point.shown
    return {
        "code": point.code,
        "sentence": point.sentence,
        "agreement": point.agreement,
        "part": point.part,
        "from": point.first,
        "until": point.until,
        "alike": point.alike,
        "when": point.when,
        "exact": point.exact,
        "witness": shown
        and {
            "proposal": plain(shown.witness.proposal),
            "judgements": [plain(one) for one in shown.witness.judgements],
            "records": [
                {"partner": partner, "fact": fact, "value": value} for partner, fact, value in shown.witness.records
            ],
            "before": shown.before and plain(shown.before),
            "answer": plain(shown.answer),
        },
    }


COMMANDS = (prove,)
