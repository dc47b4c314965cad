"""What came of a dataset under a flow: in words, and in files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from comity.check.explain import Wording
from comity.cli.files import write_text
from comity.cli.findings import counted
from comity.cli.folder import Folder
from comity.cli.progress import Ticker
from comity.cli.release import Held, Ruling, held, party_title, write_held, write_release
from comity.cli.report import LEADS, Told, decision_json, offices, page, told, wording, wrapped
from comity.cli.tables import Kind
from comity.terms import Outcome

CAUSES = {
    "opt-out": "the person has opted out",
    "unreadable": "nobody can tell where the record comes from",
    "nothing-left": "nothing of it may leave",
}


@dataclass(frozen=True)
class Line:
    """Columns with one answer, one explanation and one remedy; what it would be without judgements."""

    columns: tuple[str, ...]
    outcome: Outcome
    because: str
    remedy: str
    rows: str
    without: Outcome | None = None


@dataclass(frozen=True)
class Result:
    """A dataset under a flow to one receiver; `compared` is the same, had nobody answered anything."""

    ruling: Ruling
    folder: Folder
    to: str
    giver: str
    kind: Kind
    compared: Result | None = None

    @staticmethod
    def of(ruling: Ruling, folder: Folder, kind: Kind | None = None) -> Result:
        offer = ruling.offer
        return Result(
            ruling,
            folder,
            party_title(folder, offer.agreement, offer.receiver),
            party_title(folder, offer.agreement, offer.giver),
            kind or ruling.dataset.kind,
        )

    @property
    def called(self) -> str:
        return self.ruling.offer.receiver.called

    @property
    def table_name(self) -> str:
        """By the name of the dataset, never that of another result."""
        name = f"{self.ruling.dataset.name}.{self.kind}"
        return f"released-{name}" if name in ("withheld.csv", "withheld.parquet") else name

    @cached_property
    def words(self) -> Wording:
        return wording(self.folder)

    @cached_property
    def held(self) -> list[Held]:
        return held(self.ruling, self.words)

    @cached_property
    def told(self) -> list[tuple[str, int, Told]]:
        """The decision of each kind of row, with how many there are; kinds of which the same is said together."""
        ruling = self.ruling
        flow = (ruling.offer.agreement.id, ruling.offer.flow.id)
        found: dict[object, tuple[str, int, Told]] = {}
        for group in sorted(ruling.decisions, key=lambda group: -ruling.counts[group]):
            one = told(ruling.decisions[group], self.words, ruling.remedies[group], flow)
            before = found.get((one.said, one.questions))
            name, rows = (f"{before[0]}; {group}", before[1]) if before else (str(group), 0)
            found[one.said, one.questions] = (name, rows + ruling.counts[group], before[2] if before else one)
        return list(found.values())

    # ---- column by column ------------------------------------------------------------

    @cached_property
    def answers(self) -> dict[str, Outcome]:
        """The answer for each column as a whole: it goes if it goes for some rows."""
        stays = {one.column: one.outcome for one in self.held}
        return {
            column: Outcome.SHARE if column in self.ruling.columns else stays.get(column, Outcome.WITHHOLD)
            for column in self.ruling.dataset.plan.columns
        }

    @property
    def tally(self) -> Counter[str]:
        return Counter(self.answers.values())

    @cached_property
    def lines(self) -> list[Line]:
        """What becomes of the columns: those that go, those that wait, those that stay."""
        found: dict[Line, list[str]] = {}
        for column, line in [
            *((one, self._goes(one)) for one in self.ruling.columns),
            *((one.column, self._stays(one)) for one in self.held),
        ]:
            without = self.compared.answers.get(column) if self.compared else None
            found.setdefault(replace(line, without=without), []).append(column)
        lines = [replace(line, columns=tuple(columns)) for line, columns in found.items()]
        return sorted(lines, key=lambda line: list(LEADS).index(line.outcome))

    def _goes(self, column: str) -> Line:
        ruling = self.ruling
        group = next(group for group, one in ruling.treatments.items() if not one.removed and column in one.released)
        item = ruling.dataset.plan.items[column][0].id
        decision = ruling.decisions[group]
        answer = decision.answer(item)
        judged = [self.words.reason(one, decision) for one in answer.reasons if one.judgement]
        because = " ".join(dict.fromkeys([self.words.because(answer, decision), *judged]))
        return Line((), Outcome.SHARE, because, "", "")

    def _stays(self, one: Held) -> Line:
        return Line((), one.outcome, one.because, one.remedy, self._partly(one))

    def _partly(self, one: Held) -> str:
        total = self.ruling.dataset.rows
        return "" if one.rows == total else f"in {one.rows:,} of {total:,} rows"

    @property
    def columns(self) -> tuple[str, ...]:
        return self.ruling.columns

    # ---- sums ------------------------------------------------------------------------

    @property
    def sums(self) -> str:
        """Rows in are rows out and rows removed."""
        ruling = self.ruling
        causes = "".join(f" ({CAUSES[cause]}: {rows:,})" for cause, rows in ruling.removed().items())
        removed = ruling.dataset.rows - ruling.rows_out
        return f"{counted(ruling.dataset.rows, 'row')} in = {ruling.rows_out:,} out + {removed:,} removed{causes}"

    def summary(self) -> str:
        """For a screen: what goes, what a person must decide, what stays; why, and what would help."""
        lines = [f"{self.to}: {self.sums}"]
        for line in replace(self, compared=None).lines:
            rows = f" ({line.rows})" if line.rows else ""
            lines += wrapped(f"{LEADS[line.outcome]}: {', '.join(line.columns)}{rows}. {line.because}", 2)
            lines += wrapped(f"What would help: {line.remedy}", 4) if line.remedy else []
        return "\n".join(lines)

    # ---- in files --------------------------------------------------------------------

    def write(self, where: Path, *, for_spreadsheet: bool) -> None:
        """The table that leaves, the summary of what stays, the decision, and a page to read."""
        self.write_table(where, for_spreadsheet=for_spreadsheet)
        write_held(self.held, where / "withheld.csv", for_spreadsheet=for_spreadsheet)
        write_text(where / "report.html", result_page([self]))
        if self.ruling.decisions:
            write_text(where / "decision.json", decision_json(self.ruling.distinct))

    def write_table(self, where: Path, *, for_spreadsheet: bool = False) -> None:
        if self.ruling.rows_out:
            ticker = Ticker(f"Writing for {self.to}", self.ruling.dataset.rows)
            path = where / self.table_name
            ticker.done(write_release(self.ruling, path, self.kind, ticker, for_spreadsheet=for_spreadsheet))


def result_page(results: Sequence[Result], **more: object) -> str:
    """What goes to one receiver, from one or several datasets, as a page."""
    words = results[0].words
    values: Mapping[str, object] = {"back": "", "notes": (), "licence": ()} | more
    return page("apply.html.j2", results=results, offices=lambda one: offices(one, words), title=words.title, **values)
