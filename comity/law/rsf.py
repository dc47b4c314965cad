"""What does a published register say, when did it say so, and is it whole?

Register Serialisation Format (RSF) is how the GOV.UK registers were published:
lines of tab-separated words, of three kinds.

    add-item          a JSON object
    append-entry      user | system, key, instant (UTC), the hash of the item
    assert-root-hash  the root of everything appended so far

Two things are checked. An item's hash is SHA-256 over its JSON *as written*. A
root hash is that of the Merkle tree of RFC 6962 over the `user` entries so
far; the leaf is the entry as JSON without spaces, in the order index-entry-number,
entry-number, entry-timestamp, key, item-hash. Every root hash in the registers
that were tried (the three of the Digital Economy Act and six of government and
councils) comes out so. `system` entries (names, fields, custodians) are in no
tree. Some files go on after their last root hash: those entries are held by
their item's hash alone, so their key, order and instant are not; `covered`
says how many are under a root.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from comity.errors import DamagedRegister

Item = Mapping[str, object]


@dataclass(frozen=True)
class Entry:
    """One entry: what was said about `key` from `time` on, and where in the file it stands."""

    number: int
    key: str
    time: datetime
    item: Item
    line: int
    item_line: int

    @property
    def day(self) -> date:
        """The legal day of the entry."""
        return legal_day(self.time)

    def text(self, name: str) -> str:
        """A field that holds one value; empty if it is not there."""
        value = self.item.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """A field that holds several values."""
        value = self.item.get(name, ())
        values = (value,) if isinstance(value, str) else value
        return tuple(str(one).strip() for one in values) if isinstance(values, list | tuple) else ()


@dataclass(frozen=True)
class RsfRegister:
    """A register whose hashes were checked: for each key its entries, oldest first."""

    name: str
    records: Mapping[str, tuple[Entry, ...]]
    covered: int = 0

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries in the order in which they were made."""
        found = (entry for entries in self.records.values() for entry in entries)
        return tuple(sorted(found, key=lambda entry: entry.number))

    def as_at(self, time: datetime | None = None) -> Mapping[str, Entry]:
        """What the register said of each key at `time`; at its end, if none is given."""
        return {entry.key: entry for entry in self.entries if time is None or entry.time <= time}


def read_rsf(text: str, file: str) -> RsfRegister:
    """A register from its text; raises `DamagedRegister` with the line where a hash fails."""
    reader = _Reader(file, frozenset(_hashes_named(text)))
    for line, words in _lines(text):
        reader.read(line, words)
    return reader.register()


def legal_day(instant: datetime) -> date:
    """The day in London. British Summer Time: last Sunday of March to last Sunday of October."""
    utc = instant.astimezone(UTC)
    summer = _clocks_change(utc.year, 3) <= utc < _clocks_change(utc.year, 10)
    return (utc + timedelta(hours=1 if summer else 0)).date()


def _clocks_change(year: int, month: int) -> datetime:
    """One in the morning, UTC, of the last Sunday of a month of 31 days."""
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def merkle_root(leaves: list[bytes]) -> str:
    """The root of the tree of RFC 6962, section 2.1, over these leaves, in hex."""
    return _tree([hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]).hex()


def _tree(hashes: list[bytes]) -> bytes:
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + _tree(hashes[:half]) + _tree(hashes[half:])).digest()


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for line, words in enumerate(text.split("\n"), start=1):
        if words:
            yield line, words.split("\t")


def _hashes_named(text: str) -> Iterator[str]:
    return (words[-1] for _, words in _lines(text) if words[0] == "append-entry")


def _leaf(number: int, key: str, time: str, item: str) -> bytes:
    entry = {
        "index-entry-number": str(number),
        "entry-number": str(number),
        "entry-timestamp": time,
        "key": key,
        "item-hash": [item],
    }
    return json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass
class _Reader:
    """Takes an RSF text line by line, and stops at the first that does not hold."""

    file: str
    named: frozenset[str]
    items: dict[str, tuple[Item, int]] = field(default_factory=dict)
    records: dict[str, list[Entry]] = field(default_factory=dict)
    leaves: list[bytes] = field(default_factory=list)
    name: str = ""
    covered: int = 0

    def register(self) -> RsfRegister:
        records = {key: tuple(entries) for key, entries in self.records.items()}
        return RsfRegister(self.name, records, self.covered)

    def read(self, line: int, words: list[str]) -> None:
        match words:
            case ["add-item", text]:
                self.add_item(line, text)
            case ["append-entry", ("user" | "system") as kind, key, time, hash_]:
                self.append_entry(line, kind, key, time, hash_)
            case ["assert-root-hash", hash_]:
                self.assert_root_hash(line, hash_)
            case _:
                raise self.fault(line, "this is not a command of the format.")

    def add_item(self, line: int, text: str) -> None:
        try:
            item = json.loads(text)
        except (ValueError, RecursionError):
            item = None
        if not isinstance(item, dict):
            raise self.fault(line, "the item is not a JSON object.")
        self.items["sha-256:" + hashlib.sha256(text.encode()).hexdigest()] = (item, line)

    def append_entry(self, line: int, kind: str, key: str, time: str, hash_: str) -> None:
        if hash_ not in self.items:
            raise self.fault(line, f"no item has the hash that the entry for {key} names." + self._suspects())
        item, item_line = self.items[hash_]
        if kind == "system":
            self.name = str(item.get("name", "")) if key == "name" else self.name
            return
        number = len(self.leaves) + 1
        entry = Entry(number, key, self._instant(line, time), item, line, item_line)
        self.records.setdefault(key, []).append(entry)
        self.leaves.append(_leaf(number, key, time, hash_))

    def assert_root_hash(self, line: int, hash_: str) -> None:
        if (root := f"sha-256:{merkle_root(self.leaves)}") != hash_:
            count = len(self.leaves)
            raise self.fault(line, f"the root hash of the {count} entries before is {root}, not {hash_}.")
        self.covered = len(self.leaves)

    def _instant(self, line: int, time: str) -> datetime:
        try:
            return datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            raise self.fault(line, f"{time} is no instant in UTC.") from None

    def _suspects(self) -> str:
        """The items no entry names: where one hash is missing, one of these was altered."""
        lines = [str(line) for hash_, (_, line) in self.items.items() if hash_ not in self.named]
        return f" No entry names the item in line {' or '.join(lines)}." if lines else ""

    def fault(self, line: int, what: str) -> DamagedRegister:
        return DamagedRegister(f"{self.file}:{line}: {what} The register was altered or cut; fetch it again.")
