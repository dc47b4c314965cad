"""`comity demo`: the whole of it once, on real rows: what goes to each partner, what stays, who must decide."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import click

import comity
from comity.check.world import World
from comity.cli.datasets import Dataset, read_dataset
from comity.cli.files import shown, write_text
from comity.cli.findings import counted
from comity.cli.folder import PARTNERSHIP, Folder, load_folder
from comity.cli.listing import DAY
from comity.cli.progress import Ticker
from comity.cli.release import Offer, offers, rule, write_held
from comity.cli.report import decision_json, page, wording
from comity.cli.results import Result, result_page
from comity.cli.staging import staged
from comity.errors import InputError
from comity.source import Problem
from comity.terms import Outcome

AGREEMENT = "safer-westborough-protocol"
FLOWS = {"street": "street-level-to-partners", "stop-search": "stop-search-to-partners"}
DAY_OF_THE_DEMO = date(2026, 11, 16)
LICENCE = (
    (
        "The rows are public records of City of London Police from data.police.uk. Contains public sector information "
        "licensed under the Open Government Licence v3.0."
    ),
    "Northshire, Safer Westborough, its partners and its officers are invented, and so is the offer of these rows.",
)
WITHOUT = "Without the officers' answers"


@dataclass(frozen=True)
class Partner:
    """A partner with what each file comes to for it."""

    results: tuple[Result, ...]

    @property
    def name(self) -> str:
        return self.results[0].to

    @property
    def called(self) -> str:
        return self.results[0].called

    @property
    def page(self) -> str:
        return f"{self.called}/index.html"


@click.command("demo")
@click.option(
    "--folder",
    "given",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="The partnership; without it, the invented one of the project.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="A folder with street/ and stop-search/; without it, the two months in the project.",
)
@click.option("--on", type=DAY, default=DAY_OF_THE_DEMO, show_default=True, help="The day on which it is decided.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out/demo"),
    show_default=True,
    metavar="FOLDER",
    help="Where the tables and pages go.",
)
def demo(given: Path | None, data: Path | None, on: date, out: Path) -> None:
    """Offer two public police files to every partner of an invented partnership, and show what goes and why.

    Real rows, an invented force that offers them, invented officers whose answers are in the folder. What the
    answers would be without those officers stands beside.
    """
    started = time.monotonic()
    _check_data(data)
    folder = load_folder(given or _project_folder(), on)
    datasets = [_dataset(folder, name, data) for name in FLOWS]
    partners = _partners(folder, datasets)
    _introduce(folder, datasets)
    with staged(out, unlisted=_before_lists(out, partners)) as place:
        for at, partner in enumerate(partners, start=1):
            click.echo(f"[{at}/{len(partners)}] {partner.name}", err=True)
            _write_partner(partner, place / partner.called)
            click.echo(_words(partner))
        write_text(place / "index.html", _index(folder, partners))
        write_text(place / "LICENCE.txt", "\n\n".join(LICENCE) + "\n")
    _conclude(partners, out, time.monotonic() - started)


def _project_folder() -> Path:
    """The invented partnership, from the current folder or beside the package."""
    for root in (Path.cwd(), Path(comity.__file__).parent.parent):
        if (root / "examples" / "northshire" / PARTNERSHIP).is_file():
            return root / "examples" / "northshire"
    raise InputError(
        [
            Problem(
                "examples/northshire",
                0,
                "no-folder",
                "The invented partnership is not here.",
                "Run this in the project's folder, or name the partnership with --folder.",
            )
        ]
    )


def _check_data(data: Path | None) -> None:
    missing = [data / name for name in FLOWS if not (data / name).is_dir()] if data else []
    if missing:
        raise InputError(
            [
                Problem(shown(one), 0, "no-folder", "There is no such folder.", f"--data holds {' and '.join(FLOWS)}.")
                for one in missing
            ]
        )


def _dataset(folder: Folder, name: str, data: Path | None) -> Dataset:
    """The rows from --data or the project; the description is always the project's."""
    own = folder.path / "data" / name
    ticker = Ticker(f"Reading {name}")
    agreement, _, _ = folder.agreement(AGREEMENT)
    dataset = read_dataset([data / name if data else own], own / "dataset.yaml", folder, agreement, ticker)
    ticker.done(dataset.rows)
    return dataset


def _partners(folder: Folder, datasets: Sequence[Dataset]) -> list[Partner]:
    """Everything decided, before anything is written: with what the officers have said, and without."""
    found: dict[str, list[Result]] = {}
    for dataset in datasets:
        for offer in offers(folder, AGREEMENT, FLOWS[dataset.name], (), None):
            found.setdefault(offer.receiver.called, []).append(_result(folder, offer, dataset))
    return [Partner(tuple(results)) for results in found.values()]


def _result(folder: Folder, offer: Offer, dataset: Dataset) -> Result:
    without = Result.of(rule(_unanswered(folder.world), offer, dataset, with_remedies=False), folder)
    return replace(Result.of(rule(folder.world, offer, dataset), folder), compared=without)


def _unanswered(world: World) -> World:
    """The same partnership, had nobody judged or confirmed anything."""
    return replace(world, judgements=(), law=replace(world.law, confirmations=()))


def _write_partner(partner: Partner, where: Path) -> None:
    where.mkdir()
    for one in partner.results:
        one.write_table(where)
        write_held(one.held, where / f"withheld-{one.ruling.dataset.name}.csv", for_spreadsheet=False)
    decisions = [decision for one in partner.results for decision in one.ruling.distinct]
    write_text(where / "decision.json", decision_json(decisions))
    write_text(where / "index.html", result_page(partner.results, back="../index.html", licence=LICENCE))


def _before_lists(out: Path, partners: Sequence[Partner]) -> list[Path]:
    """What a demonstration writes, where its licence shows that the folder is of one."""
    licence = out / "LICENCE.txt"
    if not licence.is_file() or LICENCE[0] not in licence.read_text("utf-8", errors="replace"):
        return []
    tables = [f"{start}{name}.csv" for start in ("", "withheld-") for name in FLOWS]
    own = [Path(one.called, name) for one in partners for name in (*tables, "decision.json", "index.html")]
    return [Path("index.html"), Path("LICENCE.txt"), *own]


def _index(folder: Folder, partners: Sequence[Partner]) -> str:
    first = partners[0].results[0]
    rows = {one.ruling.dataset.name: one.ruling.dataset.rows for one in partners[0].results}
    files = " and ".join(f"{name} ({count:,} rows)" for name, count in rows.items())
    return page(
        "demo.html.j2",
        heading=f"{folder.world.partnership.name}: what goes to whom",
        partners=partners,
        lead=f"{first.giver} offers two files to its partners under {first.ruling.offer.agreement.title}: {files}.",
        notes=(_pinned(folder.on), *LICENCE),
        licence=LICENCE,
        title=wording(folder).title,
        question=lambda test: folder.world.law.fact(test).question,
        judgements=[one for one in folder.world.judgements if one.scope.flow in FLOWS.values()],
    )


# ---- in words ------------------------------------------------------------------------


def _pinned(on: date) -> str:
    return f"Decided as of {on}. The day is fixed so that the demonstration says the same whenever it is run."


def _introduce(folder: Folder, datasets: Sequence[Dataset]) -> None:
    click.echo(
        "\n".join(
            [
                f"{folder.world.partnership.name} (invented). {_pinned(folder.on)}",
                *LICENCE,
                *(f"{one.name}: {one.rows:,} rows in {counted(len(one.tables), 'file')}" for one in datasets),
            ]
        )
    )


def _words(partner: Partner) -> str:
    lines = ["", partner.name, "-" * len(partner.name)]
    for one in partner.results:
        assert one.compared
        lines += [
            f"{one.ruling.dataset.name}: {one.sums}",
            *one.summary().splitlines()[1:],
            f"  {WITHOUT}: {_tally(one.compared)}.",
        ]
    return "\n".join(lines)


def _tally(one: Result) -> str:
    count = one.tally
    return (
        f"{count[Outcome.SHARE]} columns go, {count[Outcome.REFER]} wait for a person, {count[Outcome.WITHHOLD]} stay"
    )


def _conclude(partners: Sequence[Partner], out: Path, seconds: float) -> None:
    rows = sum(one.ruling.rows_out for partner in partners for one in partner.results)
    first = partners[0]
    click.echo(
        "\n".join(
            [
                "",
                f"{len(partners)} partners, {rows:,} rows released, in {seconds:.1f} seconds.",
                f"Read:     {shown(out / 'index.html')}",
                *(f"          {shown(out / partner.page)}" for partner in partners),
                f"Tables:   {shown(out / first.called)}/*.csv and so on for each partner",
                f"Explain:  comity explain {shown(out / first.called / 'decision.json')} --full",
            ]
        )
    )


COMMANDS = [demo]
