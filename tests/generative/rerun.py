"""Run a kept case again: `python -m tests.generative.rerun FILE...` prints the difference, if there still is one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.generative.engines import ENGINES, Engine, kept


def main(files: Sequence[str], engines: Sequence[Engine] = ENGINES) -> int:
    """How many of the cases still differ."""
    by_name, still = {one.name: one for one in engines}, 0
    for file in files:
        case = kept(Path(file))
        if case.changed:
            sys.stdout.write(f"{file}: the law has changed since this case was kept.\n")
        differs = case.again(by_name[case.engine])
        still += differs is not None
        agrees = f"{case.engine} agrees with the definition on {case.proposal.id} of world {case.seed}."
        sys.stdout.write(f"{differs or agrees}\n")
    return still


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
