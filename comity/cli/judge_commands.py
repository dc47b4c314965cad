"""What people have settled: record a judgement, list them; look up partners and items."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from difflib import get_close_matches

import click

from comity.check.decision import Judgement
from comity.cli.files import shown
from comity.cli.folder import Folder, current_folder
from comity.cli.listing import DAY, WORDS, show, today
from comity.cli.new_judgement import clause_of, new_judgement
from comity.cli.records import record
from comity.errors import UnknownName
from comity.terms import slug_of

SOON = timedelta(days=30)

json_option = click.option("--json", "json_", is_flag=True, help="Print JSON for programs.")
on_option = click.option("--on", type=DAY, metavar="DATE", help="As things stand on this day; today without it.")


@click.command("judge")
@click.argument("test")
@click.option("--answer", type=click.Choice(("yes", "no")), required=True, help="The answer.")
@click.option("--by", type=WORDS, required=True, help="Who answers: a name.")
@click.option("--office", type=WORDS, required=True, help="In what office; each test lists the offices that may.")
@click.option("--partner", type=WORDS, required=True, help="Of which partner.")
@click.option("--reasons", type=WORDS, required=True, help="Why. There is no judgement without reasons.")
@click.option("--instance", type=WORDS, help="For one case: the id of the proposal.")
@click.option("--agreement", type=WORDS, help="For all cases under an agreement: its id.")
@click.option("--flow", type=WORDS, help="Only for this flow of the agreement.")
@click.option("--item", "items", multiple=True, help="Only for this item; may be given several times.")
@click.option("--from", "from_", type=DAY, metavar="DATE", help="The first day; today without it.")
@click.option("--until", type=DAY, metavar="DATE", help="The first day on which it no longer counts.")
def judge(test: str, items: tuple[str, ...], **said: str | date | None) -> None:
    """Record the answer to a question that only a person can settle.

    TEST is the question's id, as a decision that refers names it: necessary,
    proportionate, public-interest-overrides-confidence ...
    """
    folder = current_folder()
    made = new_judgement(test, items, said, folder)
    written = made.written
    kept = record(folder.path / "judgements", _stem(written, folder), "judgements", written, with_id=True)
    click.echo(f"Recorded in {shown(kept)}: {test}, {said['answer']}, by {said['by']} ({said['office']}).")
    for warning in made.warnings:
        click.echo(str(warning), err=True)


@click.command("judgements")
@on_option
@json_option
def judgements(on: date | None, json_: bool) -> None:
    """List the judgements, with when each of them lapses."""
    day = on or today()
    folder = current_folder(day)
    rows = [
        (
            one.id,
            one.test,
            one.answer,
            f"{one.by}, {one.office}, {slug_of(one.partner)}",
            _scope(one),
            [slug_of(item) for item in one.items] or "all",
            one.from_,
            _last_day(one),
            _standing(one, folder, day),
        )
        for one in sorted(folder.world.judgements, key=lambda one: (one.until or date.max, one.id))
    ]
    show(
        ("Id", "Test", "Answer", "By", "For", "Items", "From", "Last day", "Standing"),
        rows,
        json_=json_,
        none="No judgement has been recorded.",
    )


@click.command("partners")
@on_option
@json_option
def partners(on: date | None, json_: bool) -> None:
    """List the partners, with the capacities each holds."""
    day = on or today()
    rows = [
        (
            one.called,
            one.name,
            one.sector,
            sorted({held.capacity for held in one.capacities if held.held_on(day)}),
            [unit.name for unit in one.units],
            [key.office for key in one.keys],
            one.id,
        )
        for one in current_folder(day).world.partnership.partners
    ]
    show(
        ("Partner", "Name", "Sector", "Capacities", "Parts", "Keys", "Id"),
        rows,
        json_=json_,
        none="The partnership has no partners yet.",
        shown=5,
    )


@click.command("items")
@click.argument("word", default="")
@json_option
def items(word: str, json_: bool) -> None:
    """List the items that can be shared, or those that have WORD in their name or kinds."""
    names = current_folder().names
    found = {
        item.id: item
        for item in names.items.values()
        if word.casefold() in " ".join((item.id, item.title, *item.kinds)).casefold()
    }
    rows = [(slug_of(item.id), item.title, item.kinds, item.role, item.id) for _, item in sorted(found.items())]
    near = get_close_matches(word, [slug_of(item.id) for item in names.items.values()], n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(dict.fromkeys(near))}?" if near else ""
    show(
        ("Item", "Title", "Kinds", "About", "Id"),
        rows,
        json_=json_,
        shown=3,
        none=f"No item has {word!r} in its name or kinds.{hint}" if word else "There are no items yet.",
    )


COMMANDS = [judge, judgements, partners, items]


def _stem(written: Mapping[str, object], folder: Folder) -> str:
    """The name of the file, which is the id too: one that no judgement in another file has taken."""
    stem = f"{written['from']}-{written['test']}"
    files = {one.stem for one in (folder.path / "judgements").glob("*.yaml")}
    taken = {one.id for one in folder.world.judgements} - files
    return f"{stem}-{len(taken)}" if any(id.startswith(stem) for id in taken) else stem


# ---- how a judgement stands ------------------------------------------------------


def _scope(one: Judgement) -> str:
    if one.scope.instance:
        return f"case {one.scope.instance}"
    flow = f", flow {one.scope.flow}" if one.scope.flow else ""
    return f"agreement {slug_of(one.scope.agreement or '')}{flow}"


def _last_day(one: Judgement) -> date | str:
    return one.until - timedelta(days=1) if one.until else "none"


def _standing(one: Judgement, folder: Folder, day: date) -> str:
    """Whether it counts on the day, and if not why."""
    if one.office not in folder.world.law.fact(one.test).offices:
        return f"does not count: {one.office} may not answer this"
    if one.until and one.until <= day:
        return "lapsed"
    if day < one.from_:
        return "not yet"
    if one.clause and _clause_now(one, folder) != one.clause:
        return "lapsed: the clause it was made on has changed"
    if one.until and one.until - day <= SOON:
        days = (one.until - day).days
        return f"lapses in {days} day{'' if days == 1 else 's'}"
    return "counts"


def _clause_now(one: Judgement, folder: Folder) -> str | None:
    try:
        agreement, _, _ = folder.agreement(one.scope.agreement or "")
        return clause_of(agreement, one.scope.flow or "")
    except UnknownName:
        return None
