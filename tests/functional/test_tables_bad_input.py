"""Whatever is in a table: a clear sentence with file and line, a remedy, exit code 3, nothing half-written."""

import csv
import os
import resource
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from comity.cli.tables import LONGEST_LINE, harmless, open_table

HEADER = b"from,to,purpose,items\n"
ROW = b"northshire-police,westborough-council,reduce-crime-disorder,crime-category\n"
DESCRIPTION = 'fields: [{name: Crime type, "comity:item": crime-category}]'
APPLY = ("apply", "safer-westborough-protocol", "street-level-to-partners")
TO = ("--to", "westborough-council", "--on", "2026-11-16", "--out", "out")


def check(northshire, content, exit_code=3, name="rows.csv"):
    (northshire.folder / name).write_bytes(content)
    before = northshire.files()
    said = northshire.refused(exit_code, "check", name, "--on", "2026-11-16", "--out", "answers.csv")
    return said, northshire.files() - before


FAULTS = [
    pytest.param(b"", "rows.csv:1: error: The file is empty.", id="empty"),
    pytest.param(HEADER, "rows.csv:1: error: The file holds a header and no rows.", id="header only"),
    pytest.param(HEADER + b"\n\n", "rows.csv:1: error: The file holds a header and no rows.", id="blank lines"),
    pytest.param((HEADER + ROW).replace(b"\n", b"\r"),
                 "rows.csv:1: error: The lines end with a carriage return alone", id="old Mac line ends"),
    pytest.param(HEADER + ROW.replace(b",", b"\r", 1),
                 "rows.csv:2: error: The row holds a carriage return", id="a lone carriage return"),
    pytest.param(HEADER + ROW + b"a\0b,c\n", "rows.csv:3: error: The line holds a NUL byte", id="NUL"),
    pytest.param(HEADER + ROW + b"caf\xe9,x,y,z\n",
                 "rows.csv:3: error: Byte 4 of the line (hex e9) is not UTF-8 text.", id="Windows-1252"),
    pytest.param((HEADER + ROW).decode().encode("utf-16"), "rows.csv:1: error: The file is written in UTF-16.",
                 id="UTF-16"),
    pytest.param((HEADER + ROW).replace(b",", b";"), "rows.csv:1: error: The columns seem to be separated by ';'",
                 id="semicolons"),
    pytest.param(b"from,too,purpose,items\n" + ROW,
                 "There is no column called too. Did you mean to?", id="misspelt column"),
    pytest.param(b"from,to,purpose\na,b,c\n", "rows.csv:1: error: The column items is missing. Add it.",
                 id="missing column"),
    pytest.param(b"from,to,purpose,items,to\n" + ROW, "rows.csv:1: error: Two columns are called to.", id="twice"),
    pytest.param(b"from,to,,items\n" + ROW, "rows.csv:1: error: Column 3 has no name.", id="nameless"),
    pytest.param(HEADER + b'"northshire-police,b,c,d\n' + ROW,
                 "rows.csv:2: error: A quotation mark is opened in this row and not closed.", id="open quotation"),
    pytest.param(b'"from,to,purpose,items\n' + ROW,
                 "rows.csv:1: error: A quotation mark is opened in this row and not closed.", id="open in the header"),
    pytest.param(HEADER + b'"a"b,c,d,e\n', "rows.csv:2: error: A quotation mark stands in the wrong place",
                 id="stray quotation"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "said"), FAULTS)
def test_a_table_that_cannot_be_read_says_why_and_where(northshire, content, said):
    output, written = check(northshire, content)

    assert said in output
    assert written <= {"rows.csv"}


@pytest.mark.parametrize("content", [
    pytest.param(b"\xef\xbb\xbf" + HEADER + ROW, id="a byte order mark"),
    pytest.param((HEADER + ROW).replace(b"\n", b"\r\n"), id="Windows line ends"),
    pytest.param(HEADER + ROW.rstrip(b"\n"), id="no last line end"),
    pytest.param(HEADER + b"\n" + ROW + b"\n", id="blank lines between"),
])  # fmt: skip
def test_what_programs_do_to_a_table_changes_nothing(northshire, content):
    output, _ = check(northshire, content, exit_code=0)

    assert "1 row in, 1 out:" in output


def test_a_line_of_200_mb_is_refused_with_its_number_and_little_memory(northshire):
    with (northshire.folder / "rows.csv").open("wb") as file:
        file.write(HEADER + ROW)
        for _ in range(200):
            file.write(b"x" * 1_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    said = northshire.refused(3, "check", "rows.csv", "--out", "answers.csv")

    assert f"rows.csv:3: error: The line is longer than {LONGEST_LINE:,} bytes." in said
    assert not (northshire.folder / "answers.csv").exists()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kilobytes


def test_a_quotation_mark_that_swallows_the_file_is_found_at_its_row(northshire):
    content = HEADER + ROW + b'"' + ROW * 50_000

    output, _ = check(northshire, content)

    assert "rows.csv:3: error: A quotation mark is opened in this row and not closed." in output


def test_a_cell_over_several_lines_counts_its_lines(northshire):
    content = b"from,to,purpose,items,need\n" + ROW.replace(b"\n", b',"one\ntwo\nthree"\n') + b"nobody,x,y,z,\n"

    output, _ = check(northshire, content)

    assert "rows.csv:5: error: Column from: There is no partner called nobody." in output


@pytest.mark.parametrize(("name", "content", "said"), [
    ("rows.parquet", b"PAR1 and then nothing", "rows.parquet: error: This is not a Parquet file, or it is damaged."),
    ("rows.parquet", HEADER + ROW, "if it is CSV, let its name end in .csv."),
    ("rows.parquet", b"", "rows.parquet: error: This is not a Parquet file"),
])  # fmt: skip
def test_a_parquet_file_that_is_none(northshire, name, content, said):
    output, written = check(northshire, content, name=name)

    assert said in output
    assert written <= {name}


def test_a_damaged_page_of_a_parquet_file_is_no_stack_trace(northshire):
    path = northshire.folder / "rows.parquet"
    rows = [f"{number:010}" for number in range(100_000)]
    pq.write_table(pa.table(dict.fromkeys(("from", "to", "purpose", "items"), rows)), path)
    content = bytearray(path.read_bytes())
    content[4:2_000] = b"\xff" * 1_996
    path.write_bytes(content)

    said = northshire.refused(3, "check", "rows.parquet")
    assert "rows.parquet: error: This is not a Parquet file, or it is damaged. Write it again from its source" in said


def test_a_missing_file_offers_the_nearest_name(northshire):
    northshire.write("rows.csv", "")

    said = northshire.refused(3, "check", "rowz.csv")

    assert said.startswith("rowz.csv: error: There is no such file. Did you mean rows.csv?")


@pytest.mark.parametrize(("files", "said"), [
    ({"a.csv": "Crime type\nx\n", "b.csv": "Crime kind\nx\n"}, "b.csv:1: error: This file lacks Crime type and has"),
    ({"a.csv": "Crime type\nx\n", "b.csv": "Crime type\n"}, "b.csv:1: error: The file holds a header and no rows."),
    ({"a.csv": "Crime type\nx\ny,z\n"}, "data/a.csv:3: error: The row has 2 cells; the header has 1 columns."),
    ({"a.txt": "Crime type\nx\n"}, "data: error: There is no .csv or .parquet file in this folder."),
])  # fmt: skip
def test_a_folder_of_tables_that_do_not_fit(northshire, files, said):
    northshire.write("what.yaml", DESCRIPTION)
    for name, text in files.items():
        northshire.write(f"new/data/{name}", text)

    output = northshire.refused(3, *APPLY, "new/data", "--description", "what.yaml", *TO)

    assert said in output
    assert not (northshire.folder / "out").exists()


def test_a_table_that_nobody_described_says_where_the_description_goes(northshire):
    northshire.write("new/crime.csv", "Crime type\nx\n")

    said = northshire.refused(3, *APPLY, "new/crime.csv", *TO)

    assert "new/crime.csv: error: Nobody has said what the columns of this table are." in said
    assert "Write new/crime.schema.json (a Table Schema with comity:item for each column)" in said


@pytest.mark.parametrize(("cell", "shown"), [
    ("=1+1", "'=1+1"), ("+44 20", "'+44 20"), ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("-0.106453", "-0.106453"), ("+7", "+7"), ("-1e5", "-1e5"), ("a=1", "a=1"),
    ("", ""), (None, None), (7, 7),
])  # fmt: skip
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(cell, shown):
    assert harmless(cell) == shown


@pytest.mark.parametrize(("more", "cell"), [((), "=1+1"), (("--for-spreadsheet",), "'=1+1")])
def test_cells_are_kept_to_the_letter_unless_a_spreadsheet_is_meant(northshire, more, cell):
    northshire.write("new/crime.csv", "Crime type\n=1+1\n")
    northshire.write("new/crime.schema.yaml", DESCRIPTION)

    northshire.done(*APPLY, "new/crime.csv", *TO, *more)

    with (northshire.folder / "out" / "crime.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["Crime type"], [cell]]


def test_parquet_keeps_every_cell_to_the_letter(northshire):
    northshire.write("new/crime.csv", "Crime type\n=1+1\n")
    northshire.write("new/crime.schema.yaml", DESCRIPTION)

    northshire.done(*APPLY, "new/crime.csv", *TO, "--for-spreadsheet", "--to-format", "parquet")

    assert pq.read_table(northshire.folder / "out" / "crime.parquet").to_pylist() == [{"Crime type": "=1+1"}]


def test_columns_of_a_parquet_file_are_read_as_text(tmp_path):
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"a": [True, None], "b": [1.5, 2.0], "c": [[1], []]}), path)

    assert [list(cells) for _, cells in open_table(path).records()] == [["true", "1.5", "[1]"], [None, "2", "[]"]]


NOT_TEXT = {
    "another zone": pa.array([0], pa.timestamp("ms", "Nowhere/None")),
    "a time out of range": pa.array([10**15], pa.timestamp("ms")),
    "a day out of range": pa.array([2**30], pa.int32()).cast(pa.date32()),
    "a list of days out of range": pa.array([[2**30]], pa.list_(pa.int32())).cast(pa.list_(pa.date32())),
    "bytes": pa.array([b"\xff"], pa.binary()),
}


def apply_parquet(shell, kind, column):
    pq.write_table(pa.table({"Crime type": column}), shell.folder / "crime.parquet")
    shell.write("crime.schema.yaml", DESCRIPTION)
    return shell(*APPLY, "crime.parquet", *TO, "--to-format", kind)


@pytest.mark.parametrize("column", NOT_TEXT.values(), ids=NOT_TEXT)
def test_a_value_that_no_text_can_give_back_is_never_changed(northshire, column):
    refused = apply_parquet(northshire, "csv", column)

    assert refused.exit_code == 3
    assert "crime.csv: error: Column Crime type: a value cannot be written as text (" in refused.output
    assert "or keep it as it is with --to-format parquet." in refused.output
    assert not (northshire.folder / "out").exists()
    assert apply_parquet(northshire, "parquet", column).exit_code == 0
    assert pq.read_table(northshire.folder / "out" / "crime.parquet").column(0).combine_chunks().equals(column)


def test_a_proposal_that_no_text_can_give_back_is_refused(northshire):
    rows = dict.fromkeys(("from", "to", "purpose", "items"), NOT_TEXT["bytes"])
    pq.write_table(pa.table(rows), northshire.folder / "rows.parquet")

    assert "rows.parquet: error: Column from: a value cannot" in northshire.refused(3, "check", "rows.parquet")


def test_a_text_column_of_parquet_that_is_no_text_is_refused(northshire):
    offsets = pa.py_buffer(b"\0\0\0\0\1\0\0\0")
    column = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(b"\xff")])
    said = apply_parquet(northshire, "parquet", column)

    assert said.exit_code == 3
    assert "crime.parquet: error: Column Crime type, rows 1 to 1: Invalid UTF8" in said.output
    assert "with text in UTF-8. [not-utf-8]" in said.output


def test_a_wide_table_is_read_in_time_that_grows_with_its_width(tmp_path):
    path = tmp_path / "wide.csv"
    names = ",".join(f"column-{number}" for number in range(60_000))
    path.write_text(f"{names}\n{names}\n", "utf-8")
    started = time.monotonic()
    table = open_table(path)

    assert len(table.columns) == 60_000
    assert time.monotonic() - started < 5


def test_a_table_that_is_not_there_is_missed_whatever_its_name(northshire):
    assert "nosuch: error: There is no such file." in northshire.refused(3, *APPLY, "nosuch", *TO)


@pytest.mark.parametrize("length", [246, 250])
def test_a_table_of_the_longest_name_is_read(northshire, length):
    name = "n" * length + ".csv"
    northshire.write(f"new/{name}", "Crime type\nx\n")
    northshire.write("new/dataset.yaml", DESCRIPTION)
    northshire.done(*APPLY, f"new/{name}", *TO)

    assert (northshire.folder / "out" / name).is_file()


def test_a_table_whose_name_is_not_utf_8_is_refused(northshire):
    path = northshire.folder / os.fsdecode(b"caf\xe9.csv")
    path.write_text("Crime type\nx\n", "utf-8")
    northshire.write("dataset.yaml", DESCRIPTION)

    said = northshire.refused(3, *APPLY, path.name, *TO)
    assert said.startswith("caf\\xe9.csv: error: The name of this file is not UTF-8 text. Give the file another name.")


@pytest.mark.parametrize(("folder", "named", "result"), [
    ("v1.0", "v1.0", "v1.0.csv"),
    ("v1.0", "v1.0/", "v1.0.csv"),
    ("v1.0", "new/../v1.0/.", "v1.0.csv"),
])  # fmt: skip
def test_results_go_by_the_whole_name_of_a_folder(northshire, folder, named, result):
    northshire.write("new/other.txt", "")
    northshire.write(f"{folder}/a.csv", "Crime type\nx\n")
    northshire.write(f"{folder}.schema.yaml", DESCRIPTION)
    northshire.done(*APPLY, named, *TO)

    assert (northshire.folder / "out" / result).is_file()


def test_results_of_the_current_folder_go_by_its_name(northshire, monkeypatch):
    northshire.write("crime.v2/a.csv", "Crime type\nx\n")
    northshire.write("crime.v2/dataset.yaml", DESCRIPTION)
    monkeypatch.chdir(northshire.folder / "crime.v2")
    northshire.done(*APPLY, ".", *TO[:-1], northshire.folder / "out")

    assert (northshire.folder / "out" / "crime.v2.csv").is_file()


def test_a_table_knows_that_it_was_written_to(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(HEADER + ROW)
    table = open_table(path)

    assert not table.changed
    path.write_bytes(HEADER + ROW + ROW)
    assert table.changed


@pytest.mark.parametrize("name", ["gone.parquet", "gone.csv"])
def test_a_table_that_is_not_there(northshire, name):
    assert f"{name}: error: There is no such file." in northshire.refused(3, "check", name)


@pytest.mark.parametrize("name", ["folder.csv", "folder.parquet"])
def test_a_folder_is_no_table(northshire, name):
    (northshire.folder / name).mkdir()

    assert f"{name}: error: " in northshire.refused(3, "check", name)


@pytest.mark.parametrize("name", ["pipe.csv", "pipe.parquet"])
def test_a_pipe_is_refused_at_once(northshire, name):
    os.mkfifo(northshire.folder / name)
    northshire.write("pipe.schema.yaml", DESCRIPTION)

    for words in (("check", name), (*APPLY, name, *TO)):
        assert f"{name}: error: This is a pipe or a device" in northshire.refused(3, *words)


@pytest.mark.parametrize("again", ["new/a.csv", "./new/../new/a.csv", "new", "link.csv"])
def test_a_table_that_is_named_twice_is_refused(northshire, again):
    northshire.write("new/a.schema.yaml", DESCRIPTION)
    northshire.write("new/a.csv", "Crime type\ntheft\n")
    (northshire.folder / "link.csv").symlink_to("new/a.csv")

    said = northshire.refused(3, *APPLY, "new/a.csv", again, *TO)

    assert "This table is read already, as new/a.csv: its rows would count twice." in said
    assert not (northshire.folder / "out").exists()
