"""Write what a person decided as a new small file, checked before it is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from comity.cli.files import write_new
from comity.source import read_yaml


def record(folder: Path, stem: str, key: str, said: Mapping[str, object], *, with_id: bool = False) -> Path:
    """One record in a file of its own, so that two people at once lose nothing.

    Where it has an id, that is the name of its file: no two are the same.
    """

    def text(path: Path) -> str:
        named = {"id": path.stem} if with_id else {}
        return as_yaml({key: [named | _without_gaps(said)]}, path.name)

    return write_new(folder, stem, ".yaml", text)


def as_yaml(value: object, name: str) -> str:
    """YAML as Comity reads it; raises `InputError` for what it would not read back."""
    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)
    read_yaml(text, name)
    return text


def _without_gaps(said: Mapping[str, object]) -> dict[str, object]:
    """Without what was not said."""
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in said.items()
        if value not in (None, "", (), [])
    }
