"""The page that explains the model shows YAML that is valid."""

import re
from pathlib import Path

import pytest
import yaml

from comity.agreement.text import read_agreement
from comity.source import read_yaml

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "agreement-model.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.S)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split(":")[0])
def test_every_block_fits_into_an_agreement(written, block):
    whole = written | read_yaml(block, "page.yaml").value
    agreement, _ = read_agreement(yaml.safe_dump(whole, sort_keys=False), "page.yaml")

    assert agreement.id


def test_every_need_has_its_block():
    needs = re.findall(r"^## (\d+)\.", PAGE.read_text("utf-8"), re.M)

    assert needs == [str(number) for number in range(1, 20)]
    assert len(BLOCKS) == len(needs)
