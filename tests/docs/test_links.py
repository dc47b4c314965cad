"""Every link from one page to another leads somewhere, and every page can be reached."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"(?m)^#+ (.+)$")
STARTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "DEVELOPERS.md")


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"(?ms)^```.*?^```$", "", text))


def links(page: Path) -> list[str]:
    found = LINK.findall(without_code(page.read_text("utf-8")))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    headings = HEADING.findall(re.sub(r"(?ms)^```.*?^```$", "", page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def target(page: Path, link: str) -> tuple[Path, str]:
    file, _, anchor = link.partition("#")
    return ((page.parent / file).resolve() if file else page), anchor


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page):
    lost = []
    for link in links(page):
        file, anchor = target(page, link)
        if not file.exists() or (anchor and anchor not in anchors(file)):
            lost.append(link)

    assert lost == []


def test_every_page_can_be_reached_from_the_readme():
    waiting, seen = [ROOT / name for name in STARTS], set()
    while waiting:
        page = waiting.pop()
        if page not in seen:
            seen.add(page)
            found = [target(page, link)[0] for link in links(page)] if page.suffix == ".md" else []
            waiting += [one for one in found if one.is_file()]

    assert [page.relative_to(ROOT).as_posix() for page in PAGES if page not in seen] == []
