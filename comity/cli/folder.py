"""A partnership folder: everything the command line decides with, read in one go.

    partnership.yaml       the partners                    items.yaml       items of one's own
    agreements/            *.yaml, *.md                    signatures/      who signed which text
    judgements/            what people have settled        confirmations/   what is confirmed about the law
    law/                   local entries of the register   law-registers/   test law: dea-2019/*.rsf
    decisions/             what was decided (written, not read here)

Every file is read, every problem gathered, and all are raised together.

**Which version of an agreement counts.** Several versions may lie side by side.
On a day, the one that counts is the latest that is signed by two parties or
more and within its term. Where none is, the latest that anybody has signed is
shown, else the latest: it lets nothing go, and says why.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from comity.agreement import Agreement, SignedAgreement
from comity.agreement.signature import Signature, signed, verify
from comity.agreement.succession import keeping, with_successors
from comity.agreement.text import read_agreement
from comity.canonical import digest
from comity.check.decision import Judgement
from comity.check.text import Names, read_judgements
from comity.check.world import World
from comity.cli.files import read_text, shown
from comity.cli.listing import today
from comity.cli.unknown_words import unknown_in_items, unknown_in_partnership
from comity.errors import InputError, SignatureError, UnknownName
from comity.law import Confirmation, Register, dea, extended, shipped
from comity.partnership import Item, Partnership
from comity.source import Document, Model, Problem, build, read_yaml

PARTNERSHIP = "partnership.yaml"
CURRENT_LAW = "england-and-wales"
YAML = (".yaml", ".yml")
P = ParamSpec("P")
T = TypeVar("T")

Texts = tuple[Agreement, Document, str]


class ItemsFile(Model):
    """Items of the partnership's own."""

    items: tuple[Item, ...] = ()


class ConfirmationsFile(Model):
    """What named officers have confirmed about the law."""

    confirmations: tuple[Confirmation, ...] = ()


@dataclass(frozen=True)
class HeldSignature:
    """A signature of the folder: in which file, under which version, and what is amiss with it."""

    signature: Signature
    file: str
    version: int | None
    amiss: str = ""


@dataclass(frozen=True)
class Folder:
    """What the folder holds, as it stands on a day; `problems` are warnings."""

    path: Path
    on: date
    worlds: Mapping[str, World]
    names: Names
    agreements: Mapping[str, Texts]
    versions: tuple[Texts, ...]
    signed: Mapping[str, SignedAgreement]
    signatures: tuple[HeldSignature, ...]
    titles: Mapping[str, str]
    problems: tuple[Problem, ...] = ()

    @property
    def world(self) -> World:
        """The partnership under current law."""
        return self.worlds[CURRENT_LAW]

    def agreement(self, name: str) -> Texts:
        """The version that counts, by id or short name; raises `UnknownName`."""
        return self.agreements[self.names.agreement(name)]

    def signed_version(self, agreement: Agreement) -> SignedAgreement:
        """This very text with the signatures that count for it, and what has taken its place."""
        found = _signed(agreement, self.signatures, self.names.partnership, self.versions)
        counted = self.signed.get(agreement.id)
        return found.model_copy(update={"superseded_by": counted.superseded_by}) if counted else found

    def law(self, register: str) -> Register:
        """A register by its name; test law is there once it was imported."""
        if register not in self.worlds:
            raise UnknownName("register of law in this folder", register, self.worlds)
        return self.worlds[register].law


def current_folder(on: date | None = None) -> Folder:
    """The folder of this command: the one of `--folder`, else found upwards. Warnings go to stderr."""
    folder = load_folder(folder_path(), on or today())
    for problem in folder.problems:
        click.echo(str(problem), err=True)
    return folder


def folder_path() -> Path:
    """Where the folder of this command is; raises `InputError` when there is none."""
    given = click.get_current_context().obj
    if not isinstance(given, Path):
        return find_folder(Path.cwd())
    if not (given / PARTNERSHIP).is_file():
        raise InputError(
            [
                Problem(
                    shown(given),
                    0,
                    "no-folder",
                    "There is no partnership.yaml in this folder.",
                    "Name another with --folder, or begin one: comity init FOLDER.",
                )
            ]
        )
    return given


def folder_path_if_any() -> Path | None:
    """Where the folder is; nothing where none was named and none is found."""
    if isinstance(click.get_current_context().obj, Path):
        return folder_path()
    with contextlib.suppress(InputError):
        return find_folder(Path.cwd())
    return None


def find_folder(start: Path) -> Path:
    """The nearest folder upwards that holds partnership.yaml."""
    for folder in (start, *start.parents):
        if (folder / PARTNERSHIP).is_file():
            return folder
    raise InputError(
        [
            Problem(
                shown(start),
                0,
                "no-folder",
                "There is no partnership.yaml here or in any folder above.",
                "Go to a partnership folder, name one with --folder, or begin one: comity init FOLDER.",
            )
        ]
    )


def load_folder(path: Path, on: date, *, apart_from: Iterable[Path] = ()) -> Folder:
    """Read the folder as it stands on a day; raises `InputError` with every problem found.

    Agreements in the files `apart_from` are not read: somebody is looking at them.
    """
    return _Reading(path, on, frozenset(file.resolve() for file in apart_from)).folder()


def load_law(path: Path | None, register: str = CURRENT_LAW) -> Register:
    """A register of law with the folder's local entries and confirmations; without a folder, as shipped."""
    if path is None and register == CURRENT_LAW:
        return shipped()
    if path and register == CURRENT_LAW:
        reading = _Reading(path, today())
        law = reading.gather(reading.law)
        reading.stop()
        return law or shipped()
    if path and (law := known_register(register, path)):
        return law
    known = [CURRENT_LAW, *([dea.NAME] if path else [])]
    raise UnknownName("register of law here", f"{register} (comity law import-dea brings in {dea.NAME})", known)


def known_register(name: str, path: Path) -> Register | None:
    """Test law that was imported into the folder; raises `DamagedRegister`."""
    if name != dea.NAME or not (where := path / "law-registers" / name).is_dir():
        return None
    powers, persons = (where / f"{register}.rsf" for register in (dea.POWERS, dea.PERSONS))
    return dea.dea_2019_law(
        read_text(powers), read_text(persons), powers_file=shown(powers), persons_file=shown(persons)
    )


def counting(versions: Iterable[SignedAgreement], on: date) -> SignedAgreement:
    """The version of one agreement that counts on a day."""

    def weight(one: SignedAgreement) -> tuple[bool, bool, int]:
        in_force = one.state_on(on) in ("in-force", "under-review")
        return in_force, bool(one.signed_by), one.agreement.version

    return max(versions, key=weight)


@dataclass
class _Reading:
    """Reads the folder to its end, and keeps what is wrong with it."""

    path: Path
    on: date
    apart: frozenset[Path] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def folder(self) -> Folder:
        law = self.gather(self.law) or shipped()
        test_law = self.gather(known_register, dea.NAME, self.path)
        laws = [one for one in (law, test_law) if one]
        partnership = self.gather(self.partnership, laws)
        items = self.gather(self.items, laws) or ()
        versions, looked_at = tuple(self.agreements()), self.ids_apart()
        signatures = list(self.signatures())
        items = (*items, *self.own_items(items, versions))
        self.twice(versions)
        if partnership is None:
            raise InputError(sorted(self.problems))
        names = Names.of(partnership, law, items, {*looked_at, *(one.id for one, _, _ in versions)})
        judgements = tuple(self.judgements(names))
        self.stop()
        held = tuple(self.held(one, document, versions, partnership) for one, document in signatures)
        return self.put_together(names, judgements, versions, held, test_law)

    def put_together(
        self,
        names: Names,
        judgements: tuple[Judgement, ...],
        versions: tuple[Texts, ...],
        held: tuple[HeldSignature, ...],
        test_law: Register | None,
    ) -> Folder:
        texts = {(one.id, one.version): (one, document, file) for one, document, file in versions}
        counting_now = {
            id: counting(
                [
                    _signed(one, held, names.partnership, versions)
                    for (other, _), (one, _, _) in texts.items()
                    if other == id
                ],
                self.on,
            )
            for id in sorted({id for id, _ in texts})
        }
        counted = with_successors(counting_now)
        worlds = {
            law.name: World(
                names.partnership,
                law,
                judgements=judgements,
                agreements=tuple(one for one in counted.values() if one.agreement.register_ == law.name),
            )
            for law in (names.law, test_law)
            if law
        }
        return Folder(
            path=self.path,
            on=self.on,
            worlds=worlds,
            names=names,
            versions=versions,
            agreements={id: texts[id, one.agreement.version] for id, one in counted.items()},
            signed=counted,
            signatures=held,
            titles=_titles(names, counted),
            problems=tuple(sorted(set(self.problems))),
        )

    # ---- one kind of file each -------------------------------------------------

    def partnership(self, laws: Sequence[Register]) -> Partnership:
        document = self.document(self.path / PARTNERSHIP)
        partnership = build(Partnership, document)
        self.problems += _repeated(document, "partners", [one.id for one in partnership.partners])
        self.problems += unknown_in_partnership(partnership, document, laws)
        return partnership

    def items(self, laws: Sequence[Register]) -> tuple[Item, ...]:
        file = self.path / "items.yaml"
        if not file.is_file():
            return ()
        document = self.document(file)
        items = build(ItemsFile, document).items
        self.problems += _repeated(document, "items", [one.id for one in items])
        self.problems += unknown_in_items(items, document, laws)
        return items

    def law(self) -> Register:
        texts = {
            shown(file): text for file in self.files("law", YAML) if (text := self.gather(read_text, file)) is not None
        }
        law = extended(shipped(), texts) if texts else shipped()
        return law.confirmed(self.confirmations(law))

    def confirmations(self, law: Register) -> Iterator[Confirmation]:
        for document in self.documents("confirmations"):
            read = self.gather(build, ConfirmationsFile, document)
            for at, one in enumerate(read.confirmations if read else ()):
                try:
                    check_doubt(law, one.entry, one.path)
                except UnknownName as error:
                    self.problems.append(
                        document.problem(("confirmations", at), "unknown-name", str(error), "Correct the name.")
                    )
                else:
                    yield one

    def agreements(self) -> Iterator[Texts]:
        for file in self.files("agreements", (*YAML, ".md")):
            if file.resolve() not in self.apart and (found := self.gather(_agreement, file)):
                yield *found, shown(file)

    def ids_apart(self) -> set[str]:
        """The ids of the agreements somebody is looking at, as far as they can be read."""
        found = set()
        for file in self.apart:
            with contextlib.suppress(InputError):
                found.add(read_agreement(read_text(file), shown(file))[0].id)
        return found

    def signatures(self) -> Iterator[tuple[Signature, Document]]:
        for document in self.documents("signatures"):
            if found := self.gather(build, Signature, document):
                yield found, document

    def held(
        self, signature: Signature, document: Document, versions: Iterable[Texts], partnership: Partnership
    ) -> HeldSignature:
        """The signature with the version it is under; one that does not hold is a warning, and counts for nothing."""
        texts = [one for one, _, _ in versions if one.id == signature.agreement]
        covered = next((one for one in texts if digest(one) == signature.digest), None)
        amiss, at = "", "signature"
        if not texts:
            amiss, at = f"There is no agreement {signature.agreement} in this folder.", "agreement"
        elif covered is None:
            amiss, at = (
                (
                    f"The signature of {signature.partner} covers another text of {signature.agreement}: "
                    "the text has changed since, or that version is not in this folder."
                ),
                "digest",
            )
        else:
            try:
                verify(signature, covered, partnership, max(self.on, today()))
            except SignatureError as error:
                amiss = error.sentence
            except UnknownName as error:
                amiss = str(error)
        if amiss:
            self.problems.append(
                Problem(
                    document.file,
                    document.line((at,)),
                    "signature-does-not-hold",
                    amiss,
                    "It counts for nothing. Sign this text anew, or take the file away.",
                    "warning",
                )
            )
        return HeldSignature(signature, document.file, covered.version if covered else None, amiss)

    def judgements(self, names: Names) -> Iterator[Judgement]:
        seen: dict[str, str] = {}
        for document in self.documents("judgements"):
            for one in self.gather(read_judgements, document, names, self.on) or ():
                if other := seen.get(one.id):
                    self.problems.append(
                        document.problem(
                            (),
                            "duplicate-id",
                            f"The judgement {one.id} stands in {other} as well.",
                            "Give one of them an `id:` of its own.",
                        )
                    )
                seen.setdefault(one.id, document.file)
                self.problems += _counts_for_nothing(one, document, names.law)
                yield one

    def own_items(self, items: tuple[Item, ...], versions: Iterable[Texts]) -> Iterator[Item]:
        """Items that agreements define; one id with two meanings is a problem."""
        known = {one.id: one for one in (*shipped().vocabulary.items, *items)}
        for agreement, document, _ in versions:
            for at, item in enumerate(agreement.items):
                if known.setdefault(item.id, item).kinds != item.kinds:
                    self.problems.append(
                        document.problem(
                            ("items", at),
                            "two-meanings",
                            f"{item.id} is given other kinds elsewhere.",
                            "Give it the same kinds, or an id of its own.",
                        )
                    )
                yield item

    def twice(self, versions: Iterable[Texts]) -> None:
        """Two texts may not go by one id and version."""
        seen: dict[tuple[str, int], str] = {}
        for agreement, document, file in versions:
            key = (agreement.id, agreement.version)
            if key in seen:
                self.problems.append(
                    document.problem(
                        ("id",),
                        "duplicate-agreement",
                        f"{seen[key]} is also {agreement.id}, version {agreement.version}.",
                        "Give this agreement an id of its own, or the next version number.",
                    )
                )
            seen.setdefault(key, file)

    # ---- reading ---------------------------------------------------------------

    def files(self, folder: str, suffixes: tuple[str, ...]) -> list[Path]:
        """The files of a part of the folder; what stands there and is no file or folder is a problem, never silence."""
        where = self.path / folder
        found = sorted(where.rglob("*")) if where.is_dir() else []
        named = [one for one in found if one.suffix in suffixes and not one.name.startswith(".")]
        odd = [one for one in named if not one.is_file()]
        odd += [where] if not where.is_dir() and (where.exists() or where.is_symlink()) else []
        self.problems += [
            Problem(shown(one), 0, "unreadable", "This cannot be read as it stands.", "Put the file itself there.")
            for one in odd
        ]
        return [one for one in named if one.is_file()]

    def documents(self, folder: str) -> Iterator[Document]:
        for file in self.files(folder, YAML):
            if document := self.gather(self.document, file):
                yield document

    def document(self, file: Path) -> Document:
        return read_yaml(read_text(file), shown(file))

    def gather(self, read: Callable[P, T], *given: P.args, **named: P.kwargs) -> T | None:
        """What was read, or nothing, with its problems kept."""
        try:
            return read(*given, **named)
        except InputError as error:
            self.problems += [one for one in error.problems if isinstance(one, Problem)]
            return None

    def stop(self) -> None:
        if any(problem.grade == "error" for problem in self.problems):
            raise InputError(sorted(set(self.problems)))


def check_doubt(law: Register, entry: str, path: str) -> None:
    """The entry has this doubt; raises `UnknownName` with the doubts it has."""
    doubts = law.provision(entry).doubts()
    if path not in doubts:
        listed = f"open are {', '.join(doubts)}" if doubts else "nothing is open there"
        raise UnknownName(f"open doubt about {entry} ({listed})", path, doubts)


def _counts_for_nothing(judgement: Judgement, document: Document, law: Register) -> Iterator[Problem]:
    """A judgement that nothing can rest on: a warning, because it stands on the record all the same."""
    question = law.fact(judgement.test)
    why = ""
    if judgement.office not in question.offices:
        why = f"{judgement.office} may not answer {judgement.test}; {', '.join(question.offices)} may."
    elif question.instance_only and judgement.scope.instance is None:
        why = f"{judgement.test} can be answered case by case only, and this is for an agreement."
    if why:
        yield Problem(
            document.file,
            _line_of(judgement, document),
            "judgement-does-not-count",
            f"The judgement {judgement.id} counts for nothing: {why}",
            "Let somebody judge who may: comity judge.",
            "warning",
        )


def _line_of(judgement: Judgement, document: Document) -> int:
    listed = document.value.get("judgements") if isinstance(document.value, dict) else None
    for at, one in enumerate(listed or ()):
        if judgement.test in one["test"] and one["office"] == judgement.office and one["by"] == judgement.by:
            return document.line(("judgements", at))
    return document.line(())


def _agreement(file: Path) -> tuple[Agreement, Document]:
    return read_agreement(read_text(file), shown(file))


def _signed(
    agreement: Agreement, held: Iterable[HeldSignature], partnership: Partnership, versions: Iterable[Texts]
) -> SignedAgreement:
    """The text with the signatures under it that hold, and those it keeps from the version before."""
    text = digest(agreement)
    good = [one.signature for one in held if not one.amiss and one.signature.digest == text]
    found = signed(agreement, good, partnership, date.max)
    for before, _, _ in versions:
        if (before.id, before.version) == (agreement.id, agreement.version - 1):
            return keeping(found, _signed(before, held, partnership, versions))
    return found


def _repeated(document: Document, key: str, ids: list[str]) -> Iterator[Problem]:
    for at, id in enumerate(ids):
        if id in ids[:at]:
            yield document.problem((key, at, "id"), "duplicate-id", f"{id} stands twice.", "Keep one of the two.")


def _titles(names: Names, agreements: Mapping[str, SignedAgreement]) -> dict[str, str]:
    """Readable names for every id."""
    return (
        {partner.id: partner.name for partner in names.partnership.partners}
        | {item.id: item.title for item in names.items.values()}
        | {id: one.agreement.title for id, one in agreements.items()}
    )
