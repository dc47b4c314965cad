"""What does the written agreement say, and on which line?

An agreement is written as YAML, or as Markdown: the YAML between two lines of
`---`, then the prose that people sign under headings such as

    ## How we share {#method}

Each such heading becomes one of the `sections`. Every problem keeps the line
of the file it was found in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

from comity.agreement.model import Agreement
from comity.errors import InputError
from comity.source import Document, Path, Problem, build, read_yaml
from comity.terms import SLUG, Id, slug_of

FENCE = "---"
HEADING = re.compile(r"##\s+(?P<heading>.*?)\s*(?:\{#(?P<id>[^}\s]*)(?P<more>[^}]*)\}\s*)?")
COVERS = re.compile(r"(covers|refers_to)=(\S+)")


def read_agreement(text: str, file: str) -> tuple[Agreement, Document]:
    """The agreement and the lines it stands on; raises `InputError` with every problem."""
    document = _markdown(text, file) if text.startswith(FENCE + "\n") else read_yaml(text, file)
    return build(Agreement, document), document


def new_agreement(id: Id, *, title: str, domain: str, first_party: str, second_party: str, starts: str) -> str:
    """A commented agreement to fill in: plain YAML, one question at a time."""
    words = {
        "ID": id,
        "TITLE": _quoted(title),
        "DOMAIN": domain,
        "START": starts,
        "FIRST-ID": f"{domain}/partner/{slug_of(first_party)}",
        "FIRST": slug_of(first_party),
        "SECOND-ID": f"{domain}/partner/{slug_of(second_party)}",
        "SECOND": slug_of(second_party),
    }
    template = files("comity.agreement").joinpath("template.yaml").read_text("utf-8")
    return re.sub(r"<([A-Z-]+)>", lambda found: words[found.group(1)], template)


def _quoted(text: str) -> str:
    """Text as YAML holds it whatever it contains."""
    return "'" + " ".join(text.split()).replace("'", "''") + "'"


def _markdown(text: str, file: str) -> Document:
    """Front matter and prose as one document with the line numbers of the file."""
    lines = text.split("\n")
    end = next((at for at in range(1, len(lines)) if lines[at].rstrip() == FENCE), None)
    if end is None:
        raise InputError([_open_front_matter(file)])
    front = read_yaml("\n".join(["", *lines[1:end]]), file)
    if not isinstance(front.value, dict):
        return front
    if "sections" in front.value:
        raise InputError([front.problem(("sections",), "two-homes", *_TWO_HOMES)])
    return _with_prose(front, front.value, lines, end + 1)


_TWO_HOMES = (
    "The sections stand in the front matter as well as under headings.",
    "Keep the prose under its `## ` headings and take `sections:` out.",
)


def _open_front_matter(file: str) -> Problem:
    return Problem(
        file,
        1,
        "open-front-matter",
        "The front matter that begins here has no end.",
        "Write a line of three hyphens after the last line of YAML.",
    )


def _with_prose(front: Document, value: dict[str, object], lines: list[str], start: int) -> Document:
    """The front matter with a section for each `## ` heading from `start` on."""
    sections: list[object] = []
    places: dict[Path, int] = {}
    problems = list(_before_the_first(front.file, lines, start))
    for at, end in _headings(lines, start):
        path: Path = ("sections", len(sections))
        section, found = _section(front.file, lines, at, end)
        problems += found
        places |= {path: at + 1} | {(*path, key): at + 1 for key in section}
        sections.append(section)
    if problems:
        raise InputError(problems)
    places[("sections",)] = start + 1
    return Document(front.file, {**value, "sections": sections}, {**front.lines, **places})


def _headings(lines: list[str], start: int) -> Iterator[tuple[int, int]]:
    """First line of each section and the line after its last."""
    at = [number for number in range(start, len(lines)) if lines[number].startswith("## ")]
    return zip(at, [*at[1:], len(lines)], strict=True)


def _before_the_first(file: str, lines: list[str], start: int) -> Iterator[Problem]:
    for number in range(start, len(lines)):
        if lines[number].startswith("## "):
            return
        if lines[number].strip() and not lines[number].startswith("# "):
            yield Problem(
                file,
                number + 1,
                "stray-text",
                "This text stands before the first section.",
                "Put it under a heading such as `## Purpose {#purpose}`.",
            )
            return


def _section(file: str, lines: list[str], at: int, end: int) -> tuple[dict[str, object], list[Problem]]:
    """One section of prose; its text is kept to the letter."""
    found = HEADING.fullmatch(lines[at])
    id = found and found["id"]
    if not found or not id or not SLUG.fullmatch(id):
        return {}, [_no_id(file, at)]
    section: dict[str, object] = {"id": id, "heading": found["heading"]}
    section |= {key: names.split(",") for key, names in COVERS.findall(found["more"])}
    section["text"] = "\n".join(lines[at + 1 : end]).strip("\n") + "\n"
    return section, []


def _no_id(file: str, at: int) -> Problem:
    return Problem(
        file,
        at + 1,
        "section-without-id",
        "This heading has no short name to refer to it by.",
        "Write it as `## Purpose {#purpose}`: small letters, digits and hyphens.",
    )
