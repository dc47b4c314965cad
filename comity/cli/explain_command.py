"""`comity explain`: open a decision that was kept, say it in words, decide it again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click
from pydantic import ValidationError

from comity.canonical import digest
from comity.check.decision import Basis, Decision
from comity.check.explain import Wording
from comity.cli.asked_again import Row, as_kept, ask_again, ground_rows
from comity.cli.files import read_text, shown, write_text
from comity.cli.folder import Folder, current_folder, folder_path, folder_path_if_any, load_folder
from comity.cli.listing import today
from comity.cli.report import decision_page, told, wording
from comity.errors import InputError, UnknownName
from comity.law import shipped
from comity.source import Problem
from comity.terms import headline_of

DIFFERENT = 1
TABLES = (".csv", ".parquet")
LARGEST = 64_000_000  # bytes


@click.command("explain")
@click.argument("file", type=click.Path(path_type=Path), metavar="DECISION.json|ANSWERS.csv|ANSWERS.parquet")
@click.option("--ground", type=int, metavar="N", help="Of answers to a large table: the ground to explain.")
@click.option("--item", metavar="ITEM", help="Of a ground: this item alone.")
@click.option("--full", is_flag=True, help="Every step and every reason, for the lawyer.")
@click.option("--html", "html", is_flag=True, help="As a page.")
@click.option("--replay", is_flag=True, help="Decide again with what the folder holds now, and say what changed.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write it there.")
def explain(
    file: Path, ground: int | None, item: str | None, full: bool, html: bool, replay: bool, out: Path | None
) -> None:
    """Say what a kept decision answers, and why.

    With --replay: decided again on the same day with the folder's present law, agreements and judgements; exits
    with 1 where the answer is another. So does a ground, which is always decided again.
    """
    if file.suffix.lower() in TABLES:
        if ground is None or replay:
            raise click.UsageError("Of a table of answers, say --ground N: a number of its column `ground`.")
        _explain_ground(ground_rows(file, ground, item), full=full, html=html, out=out)
        return
    if ground is not None or item:
        raise click.UsageError("--ground and --item are for a table of answers: ANSWERS.csv or ANSWERS.parquet.")
    decisions = read_decisions(file)
    if replay:
        _replay(decisions, current_folder(decisions[0].proposal.on))
        return
    words = _words(decisions[0].basis.register_)
    if html:
        text = decision_page([told(one, words, {}) for one in decisions], words)
    else:
        said = [(words.tree if full else words.paragraph)(one) for one in decisions]
        text = "\n\n".join(dict.fromkeys(said)) + "\n"
    _give(text, out)


def _give(text: str, out: Path | None) -> None:
    if out:
        write_text(out, text)
        click.echo(f"Written: {shown(out)}", err=True)
    else:
        click.echo(text, nl=False)


def _explain_ground(rows: Sequence[Row], *, full: bool, html: bool, out: Path | None) -> None:
    """Ask the folder again; where there is none, say what the file keeps."""
    path = folder_path_if_any()
    if path is None:
        _give(as_kept(rows) + "\n", out)
        return
    folder = load_folder(path, today())
    words = wording(folder)
    again = ask_again(rows, folder)
    if html:
        _give(decision_page([told(one.decision, words, one.helps) for one in again], words), out)
    else:
        _give("\n\n".join(one.text(words, full=full) for one in again) + "\n", out)
    changed = [line for one in again for line in one.changed(words)]
    for line in dict.fromkeys(changed):
        click.echo(line, err=True)
    if changed:
        click.get_current_context().exit(DIFFERENT)


def _words(register: str) -> Wording:
    """The folder's names for things where there is a folder that can be read; else ids are read as they are."""
    try:
        folder = load_folder(folder_path(), today())
    except InputError:
        return Wording(shipped(), {})
    return Wording(folder.law(register), folder.titles)


# ---- reading -----------------------------------------------------------------------------


def read_decisions(file: Path) -> list[Decision]:
    """The decisions a file keeps; raises `InputError` when it is damaged, or something else."""
    value = _json(file)
    listed = value.get("decisions") if isinstance(value, dict) else None
    entries = listed if isinstance(listed, list) and listed else [value]
    return [
        _decision(entry["decision"] if isinstance(entry, dict) and "decision" in entry else entry, file)
        for entry in entries
    ]


def _json(file: Path) -> object:
    text = read_text(file, LARGEST)
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        what = error.msg.lower()
        raise _fault(file, error.lineno, "malformed-json", f"This is not well-formed JSON: {what}.") from error
    except RecursionError as error:
        raise _fault(file, 0, "malformed-json", "It is nested more deeply than a decision can be.") from error
    except ValueError as error:
        raise _fault(file, 0, "malformed-json", f"This is not well-formed JSON: {error}.") from error


def _once(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key} stands twice")
        found[key] = value
    return found


def _decision(value: object, file: Path) -> Decision:
    if not isinstance(value, dict) or not {"proposal", "headline", "answers"} <= value.keys():
        raise _fault(file, 0, "not-a-decision", "This is JSON, but no decision of Comity.")
    try:
        decision = Decision.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        what = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg'].lower()}"
        raise _fault(file, 0, "damaged-decision", f"The decision is damaged: {what}.") from error
    if damage := _damage(decision):
        raise _fault(file, 0, "damaged-decision", f"The decision is damaged: {damage}.")
    return decision


def _damage(decision: Decision) -> str:
    """What in a decision does not go together."""
    if [one.item for one in decision.proposal.items] != [one.item for one in decision.answers]:
        return "its answers are not those to its items"
    if decision.headline != headline_of(one.outcome for one in decision.answers):
        return f"its headline {decision.headline} is not what its answers add up to"
    return ""


def _fault(file: Path, line: int, code: str, sentence: str) -> InputError:
    return InputError(
        [
            Problem(
                shown(file),
                line,
                code,
                sentence,
                "Take the file from the folder's decisions/ again, or decide anew with comity check.",
            )
        ]
    )


# ---- deciding again ----------------------------------------------------------------------


def _replay(decisions: list[Decision], folder: Folder) -> None:
    different = 0
    for old in decisions:
        lines = _differences(old, folder, Wording(folder.law(old.basis.register_), folder.titles))
        different += bool(lines)
        click.echo(f"{old.proposal.id}, decided for {old.proposal.on}: {'not the same.' if lines else 'identical.'}")
        for line in lines:
            click.echo(f"  {line}")
    if different:
        click.get_current_context().exit(DIFFERENT)


def _differences(old: Decision, folder: Folder, words: Wording) -> list[str]:
    """What is not as it was: the answers first, then what they were made on."""
    held = folder.worlds[old.basis.register_]
    known = {one.id for one in held.judgements}
    carried = tuple(one for one in old.basis.judgements if one.id not in known and one.scope.instance)
    world = replace(held, judgements=(*held.judgements, *carried))
    try:
        new = world.decide(old.proposal)
    except UnknownName as error:
        return [f"It cannot be decided with this folder: {error}"]
    if digest(new) == digest(old):
        return []
    return [*_answers(old, new, words), *_bases(old.basis, new.basis, words)]


def _answers(old: Decision, new: Decision, words: Wording) -> list[str]:
    return [
        f"{words.title(before.item)}: {before.outcome}, now {after.outcome}. {words.because(after, new)}"
        if before.outcome != after.outcome
        else f"{words.title(before.item)}: still {after.outcome}, for other reasons."
        for before, after in zip(old.answers, new.answers, strict=True)
        if before != after
    ]


def _bases(then: Basis, now: Basis, words: Wording) -> list[str]:
    """What the decision was made on, and is no longer so."""
    lines = []
    if then.register_digest != now.register_digest:
        releases = f"{then.register_digest[:19]}, now {now.register_digest[:19]}"
        lines.append(f"The register of law is another release: {releases}.")
    lines += _changes(then.agreements, now.agreements, lambda id: f"agreement {words.title(id)}")
    lines += _changes(
        {one.id: one for one in then.judgements}, {one.id: one for one in now.judgements}, lambda id: f"judgement {id}"
    )
    changed = set(then.confirmations) ^ set(now.confirmations)
    return lines + ([f"Confirmed facts of law differ: {', '.join(sorted(changed))}."] if changed else [])


def _changes(then: Mapping[str, object], now: Mapping[str, object], called: Callable[[str], str]) -> list[str]:
    return [
        *(f"The {called(id)} counts now." for id in sorted(now.keys() - then.keys())),
        *(f"The {called(id)} no longer counts." for id in sorted(then.keys() - now.keys())),
        *(f"The {called(id)} is another." for id in sorted(then.keys() & now.keys()) if then[id] != now[id]),
    ]


COMMANDS = [explain]
