"""The `comity` command: files in, text out, no server."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from comity.cli.command import main as main


def __getattr__(name: str) -> object:
    """The command, loaded when it is asked for: that takes a moment, in which somebody may think better of it."""
    if name != "main":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from comity.cli.command import main
    except KeyboardInterrupt:
        sys.exit("Aborted!")
    return main
