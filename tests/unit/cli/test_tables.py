"""Tables are read a block at a time where the lines are plain, row by row where they are not; the rows are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cli import tables
from comity.cli.tables import open_table, ragged
from comity.errors import InputError

PLAIN = st.text(st.sampled_from("abc é\u00a0\u2028"), max_size=6)
CELL = st.one_of(PLAIN, PLAIN, st.text(st.sampled_from('ab,"\n '), max_size=6))


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\n') else cell


@st.composite
def csv_texts(draw):
    """The text of a table of three columns, with ragged rows and blank lines here and there."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    rows = draw(st.lists(st.lists(CELL, min_size=1, max_size=4) | st.lists(PLAIN, min_size=3, max_size=3), min_size=1))
    text = end.join(",".join(quoted(cell) for cell in row) for row in [["x", "y", "z"], ["1", "2", "3"], *rows])
    return text + draw(st.sampled_from(["", end]))


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(tables, "BLOCK", 40)


@given(csv_texts())
@pytest.mark.usefixtures("small_blocks")
def test_rows_in_parts_are_the_rows_one_by_one(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("tables") / "rows.csv"
    path.write_bytes(text.encode())
    table = open_table(path)

    found = []
    for part in table.parts():
        cells = zip(*(column.to_pylist() for column in part.batch.columns), strict=True)
        found += [
            (line, str(part.ragged.get(at, "")), list(row))
            for at, (line, row) in enumerate(zip(part.lines.tolist(), cells, strict=True))
        ]

    wanted = [
        (line, str(ragged(table, line, cells) or ""), [*cells, "", "", ""][:3]) for line, cells in table.records()
    ]
    assert found == wanted


@pytest.mark.parametrize(
    "last", [b"caf\xe9,x,y\n", b"a\0,x,y\n", b'"a"b,x,y\n', b'"a,x,y\n', b"a\rb,x,y\n", b"x" * 200]
)
@pytest.mark.usefixtures("small_blocks")
def test_a_fault_comes_after_the_rows_before_it_with_its_line(tmp_path, monkeypatch, last):
    monkeypatch.setattr(tables, "LONGEST_LINE", 100)
    path = tmp_path / "rows.csv"
    path.write_bytes(b"x,y,z\n" + b"1,2,3\n" * 10 + last)
    table = open_table(path)

    read = []
    with pytest.raises(InputError, match=r"rows.csv:12: error: "):
        read.extend(part.batch.num_rows for part in table.parts())

    assert sum(read) == 10


def test_a_mark_at_the_beginning_of_a_row_is_kept(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("\ufeffx,y\n\ufeffa,b\n".encode())

    [part] = open_table(path).parts()

    assert part.batch.to_pylist() == [{"x": "\ufeffa", "y": "b"}]
