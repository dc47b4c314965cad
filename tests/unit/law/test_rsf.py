"""A register is read whole, or not at all."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from comity.errors import DamagedRegister
from comity.law.dea import PERSONS, POWERS
from comity.law.rsf import legal_day, merkle_root, read_rsf
from tests.dea_registers import AGREEMENTS, FIXTURES, appended, published, written


@pytest.mark.parametrize(
    ("name", "entries", "covered"),
    [
        (AGREEMENTS, 40, 5),
        (PERSONS, 103, 100),
        (POWERS, 7, 7),
        ("local-authority-eng", 387, 387),
        ("local-authority-type", 12, 12),
        ("principal-local-authority", 23, 23),
    ],
)
def test_the_hashes_of_published_registers_hold(name, entries, covered):
    register = read_rsf(published(name), f"{name}.rsf")

    assert register.name == name
    assert (len(register.entries), register.covered) == (entries, covered)


def test_every_fixture_is_among_those_read():
    assert {path.stem for path in Path(FIXTURES).glob("*/*.rsf")} >= {AGREEMENTS, PERSONS, POWERS}


def test_entries_of_a_key_are_kept_in_order_with_time_and_lines():
    first, second = read_rsf(published(AGREEMENTS), "a.rsf").records["4"]

    assert (first.number, first.line, first.item_line) == (4, 66, 31)
    assert (second.number, second.line, second.item_line) == (5, 67, 30)
    assert first.time == datetime(2019, 3, 22, 16, 51, 52, tzinfo=UTC)
    assert "objecitves" in first.text("legal-power-disclosure")
    assert second.texts("controllers")[0] == f"{PERSONS}:6"


def test_a_register_answers_as_at_a_time():
    register = read_rsf(published(AGREEMENTS), "a.rsf")
    before = register.as_at(datetime(2019, 4, 1, tzinfo=UTC))

    assert sorted(before) == ["1", "2", "3", "4"]
    assert before["2"].text("end-date") == "2019-03-31"
    assert register.as_at()["2"].text("end-date") == "2019-05-31"


def test_a_field_that_is_not_there_is_empty():
    (entry,) = read_rsf(written(("1", "2019-01-01T00:00:00Z", {"n": "x"})), "a.rsf").entries

    assert entry.text("review-date") == ""
    assert entry.texts("areas") == ()
    assert entry.texts("n") == ("x",)


def flipped(text: str, line: int, old: str, new: str) -> str:
    lines = text.split("\n")
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("line", "old", "new", "message"),
    [
        (69, "2019-05-31", "2019-06-31", r"a.rsf:70: .*No entry names the item in line 69"),
        (66, "16:51:52", "16:51:53", r"a.rsf:68: the root hash of the 5 entries before is "),
        (67, "\t4\t", "\t3\t", r"a.rsf:68: the root hash"),
        (64, "sha-256:0", "sha-256:1", r"a.rsf:64: no item has the hash .* the item in line 33"),
        (68, "sha-256:6", "sha-256:7", r"a.rsf:68: the root hash"),
        (66, "append-entry", "amend-entry", r"a.rsf:66: this is not a command of the format"),
        (66, "T16:51", " 16:51", r"a.rsf:66: 2019-03-22 16:51:52Z is no instant"),
        (34, "add-item\t{", "add-item\t[", r"a.rsf:34: the item is not a JSON object"),
    ],
)
def test_one_altered_byte_is_found_with_its_line(line, old, new, message):
    altered = flipped(published(AGREEMENTS), line, old, new)

    with pytest.raises(DamagedRegister, match=message):
        read_rsf(altered, "a.rsf")


def test_a_dropped_entry_is_found_by_the_root_hash():
    lines = published(POWERS).split("\n")
    dropped = "\n".join(line for line in lines if "user\t3\t" not in line)

    with pytest.raises(DamagedRegister, match="the root hash of the 6 entries"):
        read_rsf(dropped, "p.rsf")


def test_an_entry_after_the_last_root_hash_is_held_by_its_item_alone():
    text = written() + "\n".join(appended("user", "9", "2020-01-01T00:00:00Z", {"n": "x"}))
    register = read_rsf(text, "a.rsf")

    assert (len(register.entries), register.covered) == (1, 0)


@pytest.mark.parametrize("item", ["[]", "[" * 100_000])
def test_an_item_that_is_no_object_is_refused(item):
    with pytest.raises(DamagedRegister, match=r"a.rsf:1: the item is not a JSON object"):
        read_rsf(f"add-item\t{item}", "a.rsf")


@pytest.mark.parametrize(
    ("leaves", "root"),
    [
        # the empty tree, and a tree of one empty leaf, as in RFC 6962 and its published vectors
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ([b""], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ],
)
def test_the_root_of_a_tree(leaves, root):
    assert merkle_root(leaves) == root


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2018, 12, 4, 13, 22, tzinfo=UTC), date(2018, 12, 4)),
        (datetime(2019, 6, 30, 23, 30, tzinfo=UTC), date(2019, 7, 1)),
        (datetime(2019, 12, 31, 23, 30, tzinfo=UTC), date(2019, 12, 31)),
        (datetime(2019, 3, 31, 0, 59, tzinfo=UTC), date(2019, 3, 31)),
        (datetime(2019, 10, 26, 23, 0, tzinfo=UTC), date(2019, 10, 27)),
        (datetime(2019, 10, 27, 23, 0, tzinfo=UTC), date(2019, 10, 27)),
    ],
)
def test_the_legal_day_is_that_of_london(instant, day):
    assert legal_day(instant) == day
