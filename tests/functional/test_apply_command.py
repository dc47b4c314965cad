"""`comity apply`: what leaves of a whole table, what stays and why, and that nothing is half-written."""

import csv
import json
import signal
import subprocess
import sys
import threading
import time
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from comity.cli.datasets import read_dataset
from comity.cli.folder import load_folder
from comity.cli.progress import Ticker
from comity.cli.release import offers, rule, write_release
from comity.cli.staging import staged
from comity.errors import InputError

COMMAND = "from comity.cli import main; main(prog_name='comity')"
# A run in the background is started with interrupts ignored; here they are to count.
COMITY = (
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n" + COMMAND,
)
FLOW = ("apply", "safer-westborough-protocol", "street-level-to-partners")
TO = ("--to", "westborough-council", "--on", "2026-11-16", "--out", "out")
DESCRIPTION = """
fields:
  - {name: Id, "comity:item": crime-reference}
  - {name: Kind, "comity:item": crime-category}
  - {name: Note, "comity:item": context-note}
  - {name: Opted out, "comity:fact": opted-out, trueValues: ["yes"], falseValues: ["no"]}
  - {name: Child, "comity:fact": child, trueValues: ["yes"], falseValues: ["no"]}
  - {name: Source, "comity:fact": origin}
"""
HEADER = ["Id", "Kind", "Note", "Opted out", "Child", "Source", "Spare"]
LOCAL_LAW = """
schema: 1
provisions:
  - id: local-opt-out
    citation: A local rule
    title: For tests
    source: https://example.org/
    kind: prohibition
    summary: Opted out means out, and kinds of crime are not told of children.
    evidence: read
    checked: 2026-11-01
    in_force: [{}]
    routes:
      - {id: out, step: prohibition, effect: bars, kinds: [event], needs: [opted-out], reason: opt-out-applied}
      - {id: child, step: prohibition, effect: bars, items: [crime-category], needs: [child], reason: prohibited}
"""
ROWS = [
    ["1", "theft", "text", "no", "no", "own", "x"],
    ["2", "theft", "text", "no", "yes", "own", "x"],
    ["3", "arson", "text", "yes", "no", "own", "x"],
    ["4", "arson", "text", "no", "maybe", "", "x"],
    ["5", "arson", "text", "no", "no", "hmrcc", "x"],
    ["6", "arson", "te,xt", "no", "no", "own", ""],
]


def written(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def table(northshire):
    """A table of six rows with row facts, and a local rule that bites on them."""
    northshire.write("law/local.yaml", LOCAL_LAW)
    northshire.write("new/crime.schema.yaml", DESCRIPTION)
    written(northshire.folder / "new" / "crime.csv", [HEADER, *ROWS])
    return northshire


def out(shell, name="crime.csv"):
    return read(shell.folder / "out" / name)


def test_the_table_that_leaves_has_neither_the_cells_nor_the_rows_that_stay(table):
    table.done(*FLOW, "new/crime.csv", *TO)

    assert out(table) == [["Id", "Kind"], ["1", "theft"], ["2", ""], ["4", ""], ["6", "arson"]]


def test_rows_in_are_rows_out_and_rows_removed(table):
    said = table.done(*FLOW, "new/crime.csv", *TO)

    assert "Westborough Council: 6 rows in = 4 out + 2 removed" in said
    assert "(the person has opted out: 1)" in said
    assert "(nobody can tell where the record comes from: 1)" in said


def test_what_stays_is_summed_up_by_column_and_reason(table):
    table.done(*FLOW, "new/crime.csv", *TO)

    header, *rows = out(table, "withheld.csv")
    assert header == ["column", "item", "outcome", "code", "because", "remedy", "rows"]
    found = {(row[0], row[2], row[3], row[6]) for row in rows}
    assert found == {
        ("Kind", "withhold", "prohibited", "1"),
        ("Kind", "refer", "condition-not-known", "1"),
        ("Note", "refer", "agreement-missing", "4"),
        ("Opted out", "withhold", "not-mapped", "4"),
        ("Child", "withhold", "not-mapped", "4"),
        ("Source", "withhold", "not-mapped", "4"),
        ("Spare", "withhold", "not-mapped", "4"),
        ("(whole record)", "withhold", "opt-out-applied", "1"),
        ("(whole record)", "refer", "condition-not-known", "1"),
    }
    assert all(row[4] for row in rows)


def test_a_cell_that_cannot_be_read_is_named_by_its_line_and_never_shown(table):
    said = table.done(*FLOW, "new/crime.csv", *TO)

    assert "new/crime.csv:5: warning: Column Child: the cell cannot be read as the description says; what" in said
    assert "new/crime.csv:6: warning: Column Source: the cell cannot be read" in said
    assert "maybe" not in said
    assert "hmrcc" not in said


def test_the_decision_file_is_opened_by_explain(table):
    table.done(*FLOW, "new/crime.csv", *TO)

    assert "Northshire Police to Westborough Council" in table.done("explain", "out/decision.json")
    assert "identical." in table.done("explain", "out/decision.json", "--replay")


def test_the_report_names_every_column(table):
    table.done(*FLOW, "new/crime.csv", *TO)

    text = (table.folder / "out" / "report.html").read_text("utf-8")
    assert all(column in text for column in HEADER)
    assert "6 rows in = 4 out + 2 removed" in text


def test_parquet_keeps_its_types(table):
    rows = pa.table(
        {
            "Id": [1, 2, 3],
            "Kind": ["a", "b", "c"],
            "Note": ["x"] * 3,
            "Opted out": [False, True, False],
            "Child": [True, False, False],
            "Source": [None, "own", None],
        }
    )
    pq.write_table(rows, table.folder / "new" / "crime.parquet")
    table.write("new/crime.schema.yaml", DESCRIPTION.replace('["yes"]', "true").replace('["no"]', "false"))

    table.done(*FLOW, "new/crime.parquet", *TO)

    kept = pq.read_table(table.folder / "out" / "crime.parquet")
    assert kept.schema.field("Id").type == pa.int64()
    assert kept.to_pylist() == [{"Id": 1, "Kind": None}, {"Id": 3, "Kind": "c"}]


def test_every_party_gets_a_folder_of_its_own(table):
    said = table.done(*FLOW, "new/crime.csv", "--all-parties", "--on", "2026-11-16", "--out", "out")

    named = {one.name for one in (table.folder / "out").iterdir()}
    assert {"westborough-council", "westborough-housing", "townsafe", "keystone-living"} <= named
    assert not (table.folder / "out" / "townsafe" / "crime.csv").exists()
    assert "TownSafe BCRP Ltd: 6 rows in = 0 out + 6 removed" in said


def test_a_folder_of_files_is_one_table(table):
    said = '{name: Out, "comity:fact": opted-out, trueValues: ["yes"], falseValues: ["no"]}'
    table.write("months/dataset.yaml", f'fields: [{{name: Kind, "comity:item": crime-category}}, {said}]')
    for month in ("01", "02"):
        table.write(f"months/{month}.csv", f"Kind,Out\n{month},no\n")

    table.done(*FLOW, "months", *TO)

    assert out(table, "months.csv") == [["Kind"], ["01"], ["02"]]


def test_a_large_table_goes_in_batches(table):
    written(table.folder / "new" / "crime.csv", [HEADER, *([str(n), *ROWS[n % 3][1:]] for n in range(30_000))])

    said = table.done(*FLOW, "new/crime.csv", *TO)

    assert "30,000 rows in = 20,000 out + 10,000 removed" in said
    assert len(out(table)) == 20_001


@pytest.mark.parametrize(("words", "exit_code", "said"), [
    ((*FLOW, "new/crime.csv"), 2, "Say --to PARTNER, or --all-parties."),
    ((*FLOW, "new/crime.csv", *TO, "--all-parties"), 2, "Say --to PARTNER, or --all-parties."),
    ((FLOW[0], "no-such", FLOW[2], "new/crime.csv", *TO), 4, "There is no agreement called no-such."),
    ((*FLOW[:2], "street-level", "new/crime.csv", *TO), 4, "Did you mean street-level-to-partners"),
    ((*FLOW, "new/crime.csv", "--to", "shopco"), 4, "There is no receiver in this flow called shopco."),
    ((*FLOW, "new/crime.csv", *TO, "--from", "townsafe"), 4, "There is no giver in this flow called townsafe."),
    ((*FLOW, "new/crimes.csv", *TO), 3, "new/crimes.csv: error: There is no such file. Did you mean crime.csv?"),
    ((*FLOW, "new/crime.csv", *TO, "--description", "no.yaml"), 3, "no.yaml: error: There is no such file."),
    ((*FLOW, "new/crime.csv", *TO[:-1], "partnership.yaml"), 3, "partnership.yaml: error: There is a file of"),
])  # fmt: skip
def test_what_cannot_be_applied_says_why_and_writes_nothing(table, words, exit_code, said):
    before = table.files()

    assert said in table.refused(exit_code, *words)
    assert table.files() == before


def test_a_fault_in_the_last_row_leaves_nothing_behind(table):
    with (table.folder / "new" / "crime.csv").open("a") as file:
        file.write("7,theft\n")
    before = table.files()

    assert "new/crime.csv:8: error: The row has 2 cells" in table.refused(3, *FLOW, "new/crime.csv", *TO)
    assert table.files() == before


def test_a_column_of_many_values_is_no_row_fact(table):
    table.write("new/crime.schema.yaml", 'fields: [{name: Id, "comity:fact": child}]')
    written(table.folder / "new" / "crime.csv", [HEADER, *([str(n), *ROWS[0][1:]] for n in range(5_000))])

    assert "more than 4,096 kinds of rows are told apart" in table.refused(3, *FLOW, "new/crime.csv", *TO)


def test_results_take_the_place_of_earlier_ones_and_of_nothing_else(table):
    table.write("out/mine.txt", "keep")
    table.done(*FLOW, "new/crime.csv", *TO)
    table.done(*FLOW, "new/crime.csv", *TO)

    assert {one.name for one in (table.folder / "out").iterdir()} == {
        "mine.txt",
        ".comity-results",
        "crime.csv",
        "withheld.csv",
        "decision.json",
        "report.html",
    }


def test_what_one_receiver_got_is_gone_when_the_next_gets_nothing(table):
    table.done(*FLOW, "new/crime.csv", *TO, "--to-format", "parquet")
    table.done(*FLOW, "new/crime.csv", *TO)

    assert not (table.folder / "out" / "crime.parquet").exists()
    assert (table.folder / "out" / "crime.csv").exists()


@pytest.mark.parametrize(("fact", "code", "said"), [
    ("chidl=yes", 4, "Did you mean child"),
    ("child=maybe", 2, "--fact takes FACT=yes, FACT=no or FACT=unknown"),
    ("necessary=yes", 4, "a question only a person can settle"),
])  # fmt: skip
def test_a_fact_must_be_one_of_the_register_and_said_plainly(table, fact, code, said):
    assert said in table.refused(code, *FLOW, "new/crime.csv", *TO, "--fact", fact)


def test_a_result_never_takes_the_place_of_a_source(table):
    source = table.folder / "new" / "crime.csv"
    before = source.read_bytes()
    said = table.refused(3, *FLOW, "new/crime.csv", "--to", "westborough-council", "--out", "new")

    assert source.read_bytes() == before
    assert "which no earlier run wrote" in said


def test_an_earlier_result_that_is_read_again_stays(table):
    table.done(*FLOW, "new/crime.csv", *TO)
    source = table.folder / "out" / "crime.csv"
    before = source.read_bytes()
    table.write("left.schema.yaml", 'fields: [{name: Kind, "comity:item": crime-category}]')
    said = table.refused(3, *FLOW, "out/crime.csv", "--description", "left.schema.yaml", *TO)

    assert source.read_bytes() == before
    assert "This table is read, and the results would take its place." in said


def test_the_list_of_results_reaches_nothing_outside_its_folder(table):
    mine = table.write("mine.txt", "keep")
    table.done(*FLOW, "new/crime.csv", *TO)
    with (table.folder / "out" / ".comity-results").open("a", encoding="utf-8") as listed:
        listed.write(f"../mine.txt\n{mine}\n")
    table.done(*FLOW, "new/crime.csv", *TO)

    assert mine.read_text("utf-8") == "keep"


def test_a_table_that_is_written_to_meanwhile_is_not_released(table):
    folder = load_folder(table.folder, date(2026, 11, 16))
    [offer] = offers(folder, FLOW[1], FLOW[2], ["westborough-council"], None)
    path = table.folder / "new" / "crime.csv"
    ruling = rule(folder.world, offer, read_dataset([path], None, folder, offer.agreement, lambda rows: None))
    path.write_text(path.read_text().replace("5,arson,text,no,no,hmrcc", "5,arson,text,no,no,nca"))

    with pytest.raises(InputError, match="The table changed while it was read."):
        write_release(ruling, table.folder / "released.csv", "csv", lambda rows: None, for_spreadsheet=False)


def test_staging_works_off_the_main_thread(tmp_path):
    def fill():
        with staged(tmp_path / "out") as place:
            (place / "a").write_text("a")

    thread = threading.Thread(target=fill)
    thread.start()
    thread.join()
    assert (tmp_path / "out" / "a").read_text() == "a"


def test_progress_is_said_now_and_then(capsys):
    ticker = Ticker("Reading", 10)
    ticker.last -= 60
    ticker(5)
    ticker(6)

    assert capsys.readouterr().err == "Reading: 5 of 10 rows\n"


# ---- a run that is interrupted -------------------------------------------------------


def started(table, path_to_package):
    """A run over a table long enough to be interrupted in the midst of writing."""
    rows = [[str(n), *ROWS[0][1:]] for n in range(20_000)]
    with (table.folder / "new" / "crime.csv").open("w", newline="") as file:
        csv.writer(file).writerow(HEADER)
        for _ in range(20):
            csv.writer(file).writerows(rows)
    run = subprocess.Popen(
        [*COMITY, *FLOW, "new/crime.csv", *TO],
        cwd=table.folder,
        env=path_to_package,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    ends = time.monotonic() + 60
    while time.monotonic() < ends and run.poll() is None:
        if any(one.stat().st_size > 100_000 for one in table.folder.glob(".out.*/crime.csv")):
            return run
        time.sleep(0.01)
    raise AssertionError("the run did not come to write")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_half_written_file(table, path_to_package, how):
    run = started(table, path_to_package)
    run.send_signal(how)
    run.communicate()

    assert run.returncode != 0
    assert not (table.folder / "out").exists()
    left = list(table.folder.glob(".out.*"))
    assert left == [] or how == signal.SIGKILL


def test_the_next_run_removes_what_a_killed_one_left(table, path_to_package):
    run = started(table, path_to_package)
    run.kill()
    run.communicate()
    assert list(table.folder.glob(".out.*"))

    written(table.folder / "new" / "crime.csv", [HEADER, *ROWS])
    table.done(*FLOW, "new/crime.csv", *TO)

    assert list(table.folder.glob(".out.*")) == []


def test_the_decisions_of_several_kinds_of_rows_stand_in_one_file(table):
    table.done(*FLOW, "new/crime.csv", *TO)

    value = json.loads((table.folder / "out" / "decision.json").read_text())
    facts = {tuple(one["proposal"]["items"][0]["facts"].items()) for one in value["decisions"]}
    assert len(facts) == len(value["decisions"]) == 4
