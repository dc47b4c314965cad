"""Does the prose that people sign fit the agreement that the software runs?

Sections are numbered in the order they stand in, from 1. A reference is
written `[retention](#retention)`, or in words: "section 4". A section of an
Act is recognised by the Act beside it, and left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations

from comity.agreement.known import Reading, Rule
from comity.agreement.model import CANONICAL_SECTIONS, Agreement, Section
from comity.partnership import Partner
from comity.source import Path, Problem

LINK = re.compile(r"\]\(#([a-z0-9.-]+)\)|\{#([a-z0-9.-]+)\}")
IN_WORDS = re.compile(r"\b[Ss]ections? (\d{1,2})(?:\.\d+)*\b(?!\()")
STATUTE = re.compile(r"\b(Act|Acts|Regulations|Order|Rules|SI|GDPR|Schedule|CDA|DPA|PCSCA)\b")
STATED_AT = re.compile(r"\b(set out|described|listed|given|defined|stated)\s+(at|in|under)\s+$")
SHORT = 40  # letters; a sentence may stand twice, a clause may not

OBSOLETE = {
    "NOT PROTECTIVELY MARKED": "OFFICIAL",
    "UNCLASSIFIED": "OFFICIAL",
    "PROTECT": "OFFICIAL",
    "RESTRICTED": "OFFICIAL-SENSITIVE",
    "CONFIDENTIAL": "OFFICIAL-SENSITIVE",
    "IL0": "OFFICIAL",
    "IL1": "OFFICIAL",
    "IL2": "OFFICIAL",
    "IL3": "OFFICIAL-SENSITIVE",
    "IL4": "OFFICIAL-SENSITIVE",
    "TLP:WHITE": "TLP:CLEAR",
}
"""Marks of schemes that are withdrawn, and what stands for them now."""
MARK = re.compile(
    r"(?<![\w-])(NOT PROTECTIVELY MARKED|UNCLASSIFIED|PROTECT|RESTRICTED|CONFIDENTIAL|IL ?[0-4]|TLP:? ?WHITE)(?![\w-])"
)


def links(text: str) -> Iterator[str]:
    """The sections a text points at by name."""
    return (one or other for one, other in LINK.findall(text))


def numbered_references(text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """The sections of this agreement that a text points at by number."""
    for found in IN_WORDS.finditer(text):
        around = _sentence_around(text, found.start())
        if not STATUTE.search(around):
            yield int(found[1]), found


def _sentence_around(text: str, at: int) -> str:
    start = max(text.rfind(". ", 0, at), text.rfind("\n\n", 0, at)) + 1
    end = text.find(". ", at)
    return text[start : end if end >= 0 else len(text)]


def references_in_words(reading: Reading) -> Iterator[Problem]:
    """A section that is pointed at by number exists, and is about what it is said to be."""
    sections = reading.agreement.sections
    for at, section in enumerate(sections):
        for number, found in numbered_references(section.text):
            path: Path = ("sections", at, "text")
            if not 1 <= number <= len(sections):
                yield reading.note(
                    path,
                    "dangling-reference",
                    f"This points at section {number}; there are {len(sections)}.",
                    "Correct the number, or write `[retention](#retention)`, which cannot go astray.",
                )
            elif topic := _elsewhere(sections, number, section.text[: found.start()]):
                yield reading.note(
                    path,
                    "reference-astray",
                    f"This points at section {number} for the {topic[0]}, which is in section {topic[1]}.",
                    "Correct the number.",
                )


def _elsewhere(sections: tuple[Section, ...], number: int, before: str) -> tuple[str, int] | None:
    """The topic that "set out in section N" speaks of, if another section is the one that covers it."""
    stated = STATED_AT.search(before)
    if not stated:
        return None
    sentence = before[max(before.rfind(". "), before.rfind("\n\n")) + 1 :].lower()
    for topic in CANONICAL_SECTIONS:
        if not re.search(rf"\b{topic.rstrip('s')}s?\b", sentence):
            continue
        covering = [place for place, one in enumerate(sections, 1) if topic in _topics(one)]
        if covering and number not in covering:
            return topic, covering[0]
    return None


def _topics(section: Section) -> set[str]:
    return {section.id, *section.covers}


def covers_known(reading: Reading) -> Iterator[Problem]:
    for at, section in enumerate(reading.agreement.sections):
        for topic in section.covers:
            if topic not in CANONICAL_SECTIONS:
                yield reading.unknown(
                    ("sections", at, "covers"),
                    "canonical section",
                    topic,
                    CANONICAL_SECTIONS,
                    "See the list of canonical sections.",
                )


def sections_there(reading: Reading) -> Iterator[Problem]:
    """Each subject that agreements settle is settled: by a field or by prose."""
    settled = {topic for section in reading.agreement.sections for topic in _topics(section)}
    settled |= {topic for topic, says in _FIELDS.items() if says(reading.agreement)}
    for topic in CANONICAL_SECTIONS:
        if topic not in settled | _OWN_RULE:
            yield reading.note(
                ("sections",),
                "missing-section",
                f"Nothing settles {topic}.",
                f"Write a section with `covers: [{topic}]`{_FIELD_HINT.get(topic, '')}.",
                grade="warning",
            )


_OWN_RULE = {"retention", "refusal", "review", "signatures"}
_FIELDS: dict[str, Callable[[Agreement], bool]] = {
    "purpose": lambda one: bool(one.purposes),
    "parties": lambda one: bool(one.parties),
    "items": lambda one: all(flow.items for flow in one.flows),
    "legal-basis": lambda one: all(flow.powers for flow in one.flows),
    "method": lambda one: all(flow.method for flow in one.flows),
    "contacts": lambda one: all(
        party.contact or party.facilitator for party in one.parties if party.role != "observer"
    ),
    "breach": lambda one: one.breach is not None,
    "onward": lambda one: bool(one.flows),
    "data-quality": lambda one: all(flow.correction for flow in one.flows),
    "volume": lambda one: one.daily_volume is not None,
    "controllers": lambda one: any(party.role != "controller" for party in one.parties),
    "default-position": lambda one: one.default_position != "consider",
}
_FIELD_HINT = {
    "legal-basis": ", or give every flow its `powers`",
    "method": ", or give every flow a `method`",
    "contacts": ", or give every party a `contact`",
    "breach": ", or fill in `breach`",
    "data-quality": ", or give every flow a `correction`",
    "volume": ", or give `daily_volume`",
    "default-position": ", or set `default_position`",
}


def prose_once(reading: Reading) -> Iterator[Problem]:
    """No paragraph of the prose stands twice."""
    paragraphs = [
        (at, " ".join(paragraph.split()).casefold())
        for at, section in enumerate(reading.agreement.sections)
        for paragraph in re.split(r"\n\s*\n", section.text)
    ]
    sections = reading.agreement.sections
    for (one, text), (other, again) in combinations(paragraphs, 2):
        if text == again and len(text) >= SHORT:
            yield reading.note(
                ("sections", other, "text"),
                "duplicate-text",
                f"A paragraph of section {other + 1} ({sections[other].id}) already stands in "
                f"section {one + 1} ({sections[one].id}).",
                "Keep it in one place, and refer to it.",
                grade="warning",
            )


def markings_current(reading: Reading) -> Iterator[Problem]:
    """No mark of a scheme that is withdrawn."""
    for path, text in _marked(reading.agreement):
        for mark in sorted({_normal(found[1]) for found in MARK.finditer(text)}):
            yield reading.note(
                path,
                "obsolete-marking",
                f"{mark} belongs to a marking scheme that is withdrawn.",
                f"Use {OBSOLETE[mark]}.",
                grade="warning",
            )


def _normal(mark: str) -> str:
    """One spelling for each mark."""
    packed = mark.replace(" ", "").replace(":", "")
    return "TLP:WHITE" if packed == "TLPWHITE" else packed if packed.startswith("IL") else mark


def _marked(agreement: Agreement) -> Iterator[tuple[Path, str]]:
    yield ("marking",), agreement.marking
    for at, flow in enumerate(agreement.flows):
        yield ("flows", at, "handling", "marking"), flow.handling.marking
        yield ("flows", at, "handling", "codes"), " / ".join(flow.handling.codes)
    for at, section in enumerate(agreement.sections):
        yield ("sections", at, "text"), section.text


def lists_of_parties(reading: Reading) -> Iterator[Problem]:
    """Where the prose lists the parties, it lists those who are parties."""
    if reading.known.partnership is None:
        return
    parties = {party.partner for party in reading.agreement.parties}
    for at, section in enumerate(reading.agreement.sections):
        if not _topics(section) & {"parties", "contacts", "signatures"}:
            continue
        named = {one.id for one in reading.known.partnership.partners if _names(section.text, one)}
        yield from _party_list(reading, at, named, parties)


def _names(text: str, partner: Partner) -> bool:
    packed = " ".join(text.split())
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", packed) for name in (partner.name, *partner.also_known_as))


def _party_list(reading: Reading, at: int, named: set[str], parties: set[str | None]) -> Iterator[Problem]:
    path: Path = ("sections", at, "text")
    for id in sorted(named - parties):
        yield reading.note(
            path,
            "party-lists-disagree",
            f"The prose lists {id}, which is not among the parties.",
            "Add it to `parties`, or take it out of the prose.",
        )
    if len(named & parties) < 2:
        return  # not a list
    for missing in sorted(id for id in parties - named if id):
        yield reading.note(
            path,
            "party-lists-disagree",
            f"The prose lists the parties without {missing}.",
            "Add it to the prose.",
            grade="warning",
        )


RULES: tuple[Rule, ...] = (
    references_in_words,
    covers_known,
    sections_there,
    prose_once,
    markings_current,
    lists_of_parties,
)
