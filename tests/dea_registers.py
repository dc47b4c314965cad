"""The published registers, and registers written for a test with hashes that hold."""

import hashlib
import json
from functools import cache
from pathlib import Path

from comity.law.dea import PERSONS, POWERS, dea_2019_law
from comity.law.places import places_of
from comity.law.rsf import merkle_root, read_rsf

FIXTURES = Path(__file__).parent / "fixtures"
AGREEMENTS = "information-sharing-agreement-0001"


def published(name: str) -> str:
    """The text of a register among the fixtures, byte for byte."""
    (path,) = FIXTURES.glob(f"*/{name}.rsf")
    return path.read_bytes().decode("utf-8")


@cache
def law():
    return dea_2019_law(published(POWERS), published(PERSONS))


@cache
def places():
    names = ("local-authority-eng", "principal-local-authority", "local-authority-type")
    return places_of(read_rsf(published(name), f"{name}.rsf") for name in names)


def written(*entries: tuple[str, str, dict[str, object]], name: str = AGREEMENTS) -> str:
    """RSF of entries (key, instant, item), with a root hash at the end."""
    lines = ["assert-root-hash\tsha-256:" + hashlib.sha256(b"").hexdigest()]
    leaves = []
    lines += appended("system", "name", "2018-01-01T00:00:00Z", {"name": name})
    for number, (key, time, item) in enumerate(entries, start=1):
        lines += appended("user", key, time, item)
        leaf = {
            "index-entry-number": str(number),
            "entry-number": str(number),
            "entry-timestamp": time,
            "key": key,
            "item-hash": [lines[-1].rsplit("\t", 1)[1]],
        }
        leaves.append(json.dumps(leaf, separators=(",", ":")).encode())
    return "\n".join([*lines, f"assert-root-hash\tsha-256:{merkle_root(leaves)}", ""])


def appended(kind: str, key: str, time: str, item: dict[str, object]) -> list[str]:
    """An item and the entry that names it."""
    text = json.dumps(item, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    hash_ = hashlib.sha256(text.encode()).hexdigest()
    return [f"add-item\t{text}", f"append-entry\t{kind}\t{key}\t{time}\tsha-256:{hash_}"]
