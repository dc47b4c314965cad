"""Write what a person decided as a new small file, checked before it is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from comity.cli.files import write_new
from comity.source import read_yaml


def record(folder: Path, stem: str, key: str, said: Mapping[str, object]) -> Path:
    """One record in a file of its own, so that two people at once lose nothing."""
    return write_new(folder, stem, ".yaml", as_yaml({key: [_without_gaps(said)]}, stem))


def as_yaml(value: object, name: str) -> str:
    """YAML as Comity reads it; raises `InputError` for what it would not read back."""
    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)
    read_yaml(text, name)
    return text


def _without_gaps(said: Mapping[str, object]) -> dict[str, object]:
    """Without what was not said."""
    return {key: list(value) if isinstance(value, tuple) else value
            for key, value in said.items() if value not in (None, "", (), [])}
