"""The agreement a person means, by file or by id, and what the lint may know beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from comity.agreement import Agreement
from comity.agreement.known import Known
from comity.agreement.lint import lint
from comity.agreement.text import read_agreement
from comity.canonical import digest
from comity.check.lint import lint_agreement
from comity.check.text import Names
from comity.check.world import World
from comity.cli.files import read_text, shown
from comity.cli.folder import CURRENT_LAW, Folder, Texts
from comity.errors import UnknownName
from comity.law import Register, shipped
from comity.source import Document, Problem

SUFFIXES = (".yaml", ".yml", ".md")


def read_file(file: Path) -> Texts:
    """An agreement from its file."""
    return *read_agreement(read_text(file), shown(file)), shown(file)


def named(name: str, folder: Folder) -> Texts:
    """An agreement by file, by id, or by id and version (`id@2`); raises `UnknownName`."""
    if Path(name).suffix in SUFFIXES or Path(name).exists():
        return read_file(Path(name))
    id, _, version = name.partition("@")
    if not version:
        return folder.agreement(id)
    found = {
        str(one.version): (one, document, file)
        for one, document, file in folder.versions
        if one.id == folder.names.agreement(id)
    }
    if version not in found:
        raise UnknownName(f"version of {id}", version, found)
    return found[version]


def problems_of(agreement: Agreement, document: Document, folder: Folder | None, on: date) -> tuple[Problem, ...]:
    """What the text alone shows and what law and partners show, together."""
    law = _law_cited(agreement, folder)
    found = [*problems_of_text(agreement, document, folder, on)]
    if law is None:
        found.append(
            document.problem(
                ("register",),
                "unknown-register",
                f"There is no register of law called {agreement.register_} here.",
                "Correct the name; test law is brought in with comity law import-dea.",
            )
        )
    elif folder:
        world = folder.worlds[law.name]
        names = names_with(agreement, folder, law)
        found += _new(lint_agreement(agreement, document, world, names, on), found)
    return tuple(sorted(set(found)))


def problems_of_text(agreement: Agreement, document: Document, folder: Folder | None, on: date) -> tuple[Problem, ...]:
    """What the text alone shows."""
    return lint(agreement, document, known(agreement, folder, _law_cited(agreement, folder), on))


def known(agreement: Agreement, folder: Folder | None, law: Register | None, on: date) -> Known:
    """The lists this agreement may refer to; without a folder, those of the law alone."""
    words = law or shipped()
    facts = words.vocabulary.facts
    return Known(
        on=on,
        partnership=folder.names.partnership if folder else None,
        items={item.id: item for item in (folder.names.items.values() if folder else words.vocabulary.items)},
        purposes={one.id: words.purposes_of(one.id) for one in words.vocabulary.purposes},
        kinds={one.id: words.kinds_of([one.id]) for one in words.vocabulary.kinds},
        facts=frozenset(one.id for one in facts),
        capacities=frozenset(one.id for one in words.vocabulary.capacities),
        provisions=frozenset(law.provisions) if law else None,
        sets=law.prescribed_sets if law else None,
        judgements=frozenset(one.id for one in folder.world.judgements) if folder else None,
        agreements=frozenset({*folder.names.agreements.values(), agreement.id}) if folder else None,
        digests=_circulated(folder) if folder else {},
    )


def names_with(agreement: Agreement, folder: Folder, law: Register) -> Names:
    """The folder's names with the items this text defines."""
    items = {item.id: item for item in (*folder.names.items.values(), *agreement.items)}
    return Names.of(folder.names.partnership, law, items.values(), set(folder.names.agreements.values()))


def world_of(agreement: Agreement, folder: Folder) -> World:
    """The world of the register that the agreement cites; raises `UnknownName`."""
    folder.law(agreement.register_)
    return folder.worlds[agreement.register_]


def _law_cited(agreement: Agreement, folder: Folder | None) -> Register | None:
    laws = {name: world.law for name, world in folder.worlds.items()} if folder else {CURRENT_LAW: shipped()}
    return laws.get(agreement.register_)


def _circulated(folder: Folder) -> dict[tuple[str, int], str]:
    """The texts that somebody has signed, by id and version."""
    under = {(one.signature.agreement, one.version) for one in folder.signatures if not one.amiss}
    return {(one.id, one.version): digest(one) for one, _, _ in folder.versions if (one.id, one.version) in under}


def _new(found: Iterable[Problem], already: list[Problem]) -> list[Problem]:
    """Without what the text's own lint has said of the same name on the same line."""
    said = {one.line for one in already if one.code.startswith("unknown-")}
    return [one for one in found if not (one.code.startswith("unknown-") and one.line in said)]
