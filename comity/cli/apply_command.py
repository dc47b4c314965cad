"""`comity apply`: a dataset under one flow of an agreement; what may leave, and what stays and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from comity.check.text import known_facts
from comity.cli.bulk import pairs
from comity.cli.datasets import read_dataset
from comity.cli.files import shown
from comity.cli.folder import current_folder
from comity.cli.listing import DAY
from comity.cli.progress import Ticker
from comity.cli.release import offers, rule
from comity.cli.results import Result
from comity.cli.staging import staged
from comity.cli.tables import Kind, table_files


@click.command("apply")
@click.argument("agreement")
@click.argument("flow")
@click.argument("dataset", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--to", metavar="PARTNER", multiple=True, help="The receiver; may be repeated.")
@click.option("--all-parties", is_flag=True, help="Every receiver the flow names.")
@click.option("--from", "giver", metavar="PARTNER", help="The giver, where the flow names several.")
@click.option("--on", type=DAY, help="The day; without it, today.")
@click.option(
    "--description",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What the columns are; without it, the .schema.json or dataset.yaml beside the table.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out/apply"),
    show_default=True,
    metavar="FOLDER",
    help="Where the results go.",
)
@click.option("--to-format", type=click.Choice(["csv", "parquet"]), help="Of the released table; else as it came.")
@click.option("--for-spreadsheet", is_flag=True, help="Make cells harmless that a spreadsheet would run as a formula.")
@click.option("--need", default="", metavar="TEXT", help="What it is needed for; without it, the agreement's benefits.")
@click.option("--fact", "facts", metavar="FACT=yes|no|unknown", multiple=True, help="Something known of every row.")
@click.option("--data-until", type=DAY, help="The last day the data are about, for the due date of a duty.")
def apply(
    agreement: str,
    flow: str,
    dataset: tuple[Path, ...],
    to: tuple[str, ...],
    all_parties: bool,
    giver: str | None,
    on: date | None,
    description: Path | None,
    out: Path,
    to_format: Kind | None,
    for_spreadsheet: bool,
    need: str,
    facts: tuple[str, ...],
    data_until: date | None,
) -> None:
    """Apply a FLOW of an AGREEMENT to a DATASET: CSV or Parquet files of the same columns, or folders of them.

    Writes for each receiver the table that may leave, withheld.csv (what stays, why, for how many rows),
    decision.json (for `comity explain`) and report.html. A column nobody has described stays, and is named.
    """
    if bool(to) == all_parties:
        raise click.UsageError("Say --to PARTNER, or --all-parties.")
    folder = current_folder(on)
    said = pairs(facts)
    known_facts(said, folder.world.law)
    if odd := [f"{name}={value}" for name, value in said.items() if value not in ("yes", "no", "unknown")]:
        raise click.UsageError(f"--fact takes FACT=yes, FACT=no or FACT=unknown, once for each fact; not {odd[0]}.")
    chosen = offers(folder, agreement, flow, to, giver, need=need, facts=said, data_until=data_until)
    with staged(out, table_files(dataset)) as place:  # From the first: nobody else writes there until the end.
        reading = Ticker("Reading")
        data = read_dataset(dataset, description, folder, chosen[0].agreement, reading)
        reading.done(data.rows)
        for misread in data.misread:
            click.echo(str(misread), err=True)
        results = [Result.of(rule(folder.world, offer, data), folder, to_format) for offer in chosen]
        for result in results:
            where = place / result.called if len(results) > 1 else place
            where.mkdir(exist_ok=True)
            result.write(where, for_spreadsheet=for_spreadsheet)
    for result in results:
        click.echo(result.summary())
    click.echo(f"Written: {shown(out)}")


COMMANDS = [apply]
