"""Another disk, a full one, a link, two runs at once: nothing of an earlier run is lost, and every fault is plain."""

import errno
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from comity.cli import apply_command, files
from comity.cli.staging import RESULTS, staged
from comity.errors import InputError

COMITY = (sys.executable, "-c", "from comity.cli import main; main(prog_name='comity')")
APPLY = ("apply", "safer-westborough-protocol", "street-level-to-partners", "--to", "westborough-council")
MEMORY = Path("/dev/shm")


def fill(out, *names):
    with staged(out) as place:
        for name in names:
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_text(name, "utf-8")


def held(out):
    return {str(one.relative_to(out)) for one in out.rglob("*") if one.is_file()} - {RESULTS}


@pytest.fixture
def other_disk(tmp_path):
    """A folder on another disk than the tests' own."""
    if not MEMORY.is_dir() or MEMORY.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("There is one disk here.")
    folder = Path(tempfile.mkdtemp(dir=MEMORY))
    yield folder
    shutil.rmtree(folder)


# ---- where results go ----------------------------------------------------------------


def test_results_take_their_places_on_another_disk(tmp_path, other_disk):
    out = tmp_path / "out"
    out.symlink_to(other_disk)
    fill(out, "first.csv", "both.csv")
    fill(out, "both.csv", "second.csv")

    assert held(other_disk) == {"both.csv", "second.csv"}
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_the_earlier_results_stay_where_the_new_ones_cannot_take_their_places(tmp_path, monkeypatch):
    fill(tmp_path / "out", "first.csv", "old.csv")

    def refuse(*_):
        raise OSError(errno.EIO, "Input/output error", "inside")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", refuse)
        with pytest.raises(OSError, match="Input/output error") as caught:
            fill(tmp_path / "out", "first.csv", "new.csv")

    assert caught.value.filename == str(tmp_path / "out")
    assert held(tmp_path / "out") == {"first.csv", "old.csv"}


def test_what_a_run_could_not_finish_is_still_known_as_ours(tmp_path, monkeypatch):
    fill(tmp_path / "out", "a.csv", "old.csv")
    unlink = Path.unlink

    def refuse(self, **named):
        if self.name == "old.csv":
            raise OSError(errno.EIO, "Input/output error")
        unlink(self, **named)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "unlink", refuse)
        with pytest.raises(OSError, match="Input/output error"):
            fill(tmp_path / "out", "a.csv", "new.csv")
    fill(tmp_path / "out", "a.csv")

    assert held(tmp_path / "out") == {"a.csv"}


def test_a_link_to_a_folder_stays_a_link(tmp_path):
    (tmp_path / "place").mkdir()
    (tmp_path / "out").symlink_to("place")
    fill(tmp_path / "out", "a.csv")

    assert (tmp_path / "out").is_symlink()
    assert held(tmp_path / "place") == {"a.csv"}


def test_a_link_to_nowhere_is_refused(tmp_path):
    (tmp_path / "out").symlink_to("gone")

    with pytest.raises(InputError, match=r"This is a link to gone, which is not there\. Make that folder first"):
        fill(tmp_path / "out", "a.csv")
    assert (tmp_path / "out").is_symlink()


@pytest.mark.parametrize(("mine", "result"), [
    ("a.csv", "a.csv"),
    ("a.csv/mine.txt", "a.csv"),
    ("council", "council/a.csv"),
])  # fmt: skip
def test_what_no_run_wrote_is_never_replaced(tmp_path, mine, result):
    (tmp_path / mine).parent.mkdir(exist_ok=True)
    (tmp_path / mine).write_text("keep", "utf-8")

    with pytest.raises(InputError, match="which no earlier run wrote"):
        fill(tmp_path, "other.csv", result)
    assert held(tmp_path) == {mine}


def test_results_from_before_lists_were_kept_are_replaced_where_they_are_named(tmp_path):
    (tmp_path / "index.html").write_text("old", "utf-8")
    with staged(tmp_path, unlisted=[Path("index.html")]) as place:
        (place / "index.html").write_text("new", "utf-8")

    assert (tmp_path / "index.html").read_text("utf-8") == "new"


# ---- two runs at once ----------------------------------------------------------------


@pytest.mark.parametrize("there", [False, True])
def test_a_second_run_into_one_folder_is_refused(tmp_path, there):
    out = tmp_path / "out"
    if there:
        out.mkdir()
    with staged(out) as place:
        (place / "first.csv").write_text("first", "utf-8")
        with pytest.raises(InputError, match="Another run is writing its results into this folder"):
            fill(out, "second.csv")

    assert held(out) == {"first.csv"}
    fill(out, "second.csv")
    assert held(out) == {"second.csv"}


def test_a_run_holds_its_folder_from_its_beginning(northshire, monkeypatch):
    words = (*APPLY, "data/street", "--on", "2026-11-16", "--out", "out/deep")
    read = apply_command.read_dataset

    def meanwhile(*given):
        monkeypatch.undo()
        monkeypatch.chdir(northshire.folder)
        assert "Another run is writing its results" in northshire.refused(3, *words)
        return read(*given)

    monkeypatch.setattr(apply_command, "read_dataset", meanwhile)
    northshire.done(*words)
    assert "street.csv" in held(northshire.folder / "out" / "deep")


def test_a_run_that_fails_leaves_no_empty_folders(northshire):
    before = set(northshire.folder.rglob("*"))
    northshire.refused(3, *APPLY, "gone.csv", "--on", "2026-11-16", "--out", "out/very/deep")

    assert set(northshire.folder.rglob("*")) == before


def test_a_folder_that_came_meanwhile_is_not_written_over(tmp_path):
    def late():
        with staged(tmp_path / "out") as place:
            (place / "a.csv").write_text("a", "utf-8")
            (tmp_path / "out").mkdir()
            (tmp_path / "out" / "mine.txt").write_text("keep", "utf-8")

    with pytest.raises(InputError, match="Another run"):
        late()
    assert held(tmp_path / "out") == {"mine.txt"}


def test_a_lock_on_a_folder_that_is_gone_is_none(tmp_path, monkeypatch):
    left = tmp_path / ".out.comity-unfinished"
    monkeypatch.setattr("comity.cli.staging.fcntl.flock", lambda handle, how: left.rmdir())

    with pytest.raises(InputError, match="Another run"):
        fill(tmp_path / "out", "a.csv")


def test_a_disk_without_locks_is_written_to_all_the_same(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("comity.cli.staging.fcntl.flock", refuse)
    fill(tmp_path / "out", "a.csv")
    assert held(tmp_path / "out") == {"a.csv"}


def test_what_a_killed_run_left_is_removed(tmp_path):
    out = tmp_path / "out"
    for left in (tmp_path / ".out.comity-unfinished", out / ".comity-unfinished"):
        (left / "council").mkdir(parents=True)
        (left / "a.csv").write_text("half", "utf-8")
        fill(out, "b.csv")
        assert not left.exists() or left.parent == tmp_path
        shutil.rmtree(out)
    fill(out, "b.csv")
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


# ---- disks that know less, or are full -----------------------------------------------


def test_a_disk_without_links_takes_new_files_and_replaces_none(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    files.write_once(tmp_path / "a.txt", b"first")
    with pytest.raises(FileExistsError):
        files.write_once(tmp_path / "a.txt", b"second")

    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {"a.txt": b"first"}


def test_a_name_is_given_back_where_its_file_cannot_be_filled(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="Input/output error"):
        files.write_once(tmp_path / "a.txt", b"first")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("words", "named", "remedy"), [
    (("agreement", "key", "new", "--out", "no/such.pem"), "no/such.pem", "Make the folder first"),
    (("agreement", "new", "n" * 252 + ".yaml"), "n" * 252 + ".yaml", "Give it a shorter name."),
    (("init", "items.yaml/north"), "items.yaml/north", "A file stands where a folder should be."),
    (("check", "--from", "council", "--to", "police", "--purpose", "law-enforcement", "--item", "name",
      "--out", "items.yaml/a.txt"), "items.yaml/a.txt", "A file stands where a folder should be."),
])  # fmt: skip
def test_a_fault_of_the_disk_names_the_file_that_was_asked_for_and_a_remedy(shell, words, named, remedy):
    said = shell.refused(3, *words)

    assert said.startswith(named)
    assert "Nothing was half-written." in said
    assert remedy in said
    assert ".part" not in said


def test_results_that_cannot_be_written_name_the_folder_that_was_asked_for(northshire):
    said = northshire.refused(3, *APPLY, "data/street", "--on", "2026-11-16", "--out", "partnership.yaml/out")

    assert said.splitlines()[-1].startswith("partnership.yaml/out: error: A file stands where a folder should be.")


# ---- what is no file -----------------------------------------------------------------


@pytest.mark.parametrize("words", [
    ("explain", "pipe"),
    ("agreement", "lint", "pipe.yaml"),
    ("agreement", "sign", "agreements/first.yaml", "--key", "pipe", "--partner", "council", "--office", "X"),
])  # fmt: skip
def test_a_pipe_is_refused_before_anybody_waits_for_it(shell, words):
    for name in ("pipe", "pipe.yaml"):
        os.mkfifo(shell.folder / name)

    assert re.search(
        r"(?m)^pipe\S*: error: This is not a regular file but a pipe, a socket or a device\. Write its content to a "
        r"file, and name that\. \[not-a-regular-file\]$",
        shell.refused(3, *words),
    )


def test_data_that_are_not_there_are_missed_before_anything_is_read(northshire):
    said = northshire.refused(3, "demo", "--folder", ".", "--data", "nosuch")

    assert said.splitlines() == [
        f"nosuch/{name}: error: There is no such folder. --data holds street and stop-search. [no-folder]"
        for name in ("street", "stop-search")
    ]
