"""Read what people write: YAML in, values that know their line out.

Problems are values, gathered and shown together; nothing here stops at the
first. YAML is read in a narrow form: `yes`, `no`, dates and numbers with
leading zeros stay text until a model asks for something else, a key may stand
once, and anchors are refused (write it out: a signed text has no macros).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from comity.errors import InputError

LARGEST_TEXT = 4_000_000  # characters; an agreement of 400 pages has about one million

DEEPEST = 40

Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in what somebody wrote: where, what, and what to do about it."""

    file: str
    line: int
    code: str
    sentence: str
    remedy: str
    grade: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.grade}: {self.sentence} {self.remedy} [{self.code}]"


@dataclass(frozen=True)
class Document:
    """A YAML text as plain values, with the line of every key and list item."""

    file: str
    value: object
    lines: dict[Path, int] = field(repr=False)

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it that has one."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1

    def problem(self, path: Path, code: str, sentence: str, remedy: str) -> Problem:
        return Problem(self.file, self.line(path), code, sentence, remedy)


class Model(BaseModel):
    """A frozen value that is complete when it exists; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some values changed; what was worked out about the original is not taken along."""
        copied = super().model_copy(update=update, deep=deep)
        for name in vars(copied).keys() - type(copied).model_fields.keys():
            del vars(copied)[name]
        return copied


M = TypeVar("M", bound=BaseModel)


def read_yaml(text: str, file: str) -> Document:
    """Parse one YAML document; raises `InputError` with the line when it is not one."""
    if problem := _unreadable(text, file):
        raise InputError([problem])
    reader = _Reader(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            reader.take(event)
    except yaml.YAMLError as error:
        raise InputError([_malformed(error, file)]) from error
    if not reader.problems and reader.document in (None, [], {}):
        reader.problems.append(Problem(file, 1, "empty-file", "The file is empty.", "Write its content, or remove it."))
    if reader.problems:
        raise InputError(reader.problems)
    return Document(file, reader.document, reader.lines)


def build(model: type[M], document: Document, path: Path = ()) -> M:
    """The value at `path` as a model; raises `InputError` with every problem found."""
    value = document.value
    for part in path:
        value = value[part]  # type: ignore[index]
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InputError(sorted(_as_problems(error, model, document, path))) from error


def read(model: type[M], text: str, file: str) -> M:
    """One YAML text as one model."""
    return build(model, read_yaml(text, file))


def as_tuple(value: object) -> object:
    """One thing may be written without the list around it."""
    return (value,) if isinstance(value, str | dict) else value


def sorted_set(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


Words = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
"""A list of words in the order written; a single word may stand alone."""

WordSet = Annotated[tuple[str, ...], BeforeValidator(as_tuple), AfterValidator(sorted_set)]
"""A set of words: order and repetition do not matter."""


def _unreadable(text: str, file: str) -> Problem | None:
    if len(text) > LARGEST_TEXT:
        return Problem(
            file,
            1,
            "too-large",
            f"The file holds {len(text):,} characters; Comity reads up to {LARGEST_TEXT:,}.",
            "Is it the right file? Split it if it is.",
        )
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        return Problem(
            file, line, "nul-byte", "The file holds a NUL byte, so it is not plain text.", "Save it as UTF-8 text."
        )
    return None


def _malformed(error: yaml.YAMLError, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or "it does not parse"
    return Problem(
        file,
        mark.line + 1 if mark else 1,
        "malformed-yaml",
        f"This is not well-formed YAML: {what}.",
        "Check the indentation, the colons and the quotation marks on this line and the one before.",
    )


class _Reader:
    """Turns YAML events into plain values and keeps the line of each; a stack, so that no depth can hurt."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.document: object = None
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self.open: list[tuple[Path, dict[str, object] | list[object]]] = []
        self.key: list[str | None] = []
        self.documents = 0

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents == 2:
                    self.note(event, "two-documents", "A second document begins here (`---`).", "Keep one to a file.")
            case yaml.MappingStartEvent():
                self.begin(event, {})
            case yaml.SequenceStartEvent():
                self.begin(event, [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.open.pop()
                self.key.pop()
            case yaml.AliasEvent():
                self.note(
                    event, "anchor", "This text is repeated by an anchor (`*`).", "Write it out where it is meant."
                )
                self.put(event, None)
            case yaml.ScalarEvent() if self.awaits_key():
                self.take_key(event)
            case yaml.ScalarEvent():
                self.put(event, _scalar(event))

    def begin(self, event: yaml.Event, value: dict[str, object] | list[object]) -> None:
        if len(self.open) == DEEPEST:
            raise InputError([self.problem(event, "too-deep", "This is nested too deeply.", "Is it the right file?")])
        if self.awaits_key():
            raise InputError([self.problem(event, "odd-key", "A key must be a short text.", "Write `key: value`.")])
        path = self.put(event, value)
        self.open.append((path, value))
        self.key.append(None)

    def awaits_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1][1], dict) and self.key[-1] is None

    def take_key(self, event: yaml.ScalarEvent) -> None:
        path, mapping = self.open[-1]
        assert isinstance(mapping, dict)
        if event.value in mapping:
            self.note(event, "duplicate-key", f"The key {event.value} stands twice.", "Keep one of the two.")
        self.key[-1] = event.value
        self.lines[(*path, event.value)] = _line(event)

    def put(self, event: yaml.Event, value: object) -> Path:
        """Place a value under its key or at the end of its list; the path where it went."""
        if not self.open:
            if self.documents == 1:
                self.document = value
            self.lines.setdefault((), _line(event))
            return ()
        path, parent = self.open[-1]
        at: str | int
        if isinstance(parent, dict):
            at, self.key[-1] = self.key[-1] or "", None
            parent[at] = value
        else:
            at = len(parent)
            parent.append(value)
        self.lines.setdefault((*path, at), _line(event))
        return (*path, at)

    def note(self, event: yaml.Event, code: str, sentence: str, remedy: str) -> None:
        self.problems.append(self.problem(event, code, sentence, remedy))

    def problem(self, event: yaml.Event, code: str, sentence: str, remedy: str) -> Problem:
        return Problem(self.file, _line(event), code, sentence, remedy)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(event: yaml.ScalarEvent) -> object:
    text: str = event.value
    if event.style in ("'", '"', "|", ">"):
        return text
    match text:
        case "" | "~" | "null":
            return None
        case "true":
            return True
        case "false":
            return False
    if text.lstrip("-").isdecimal() and text.isascii() and len(text) < 16 and str(int(text)) == text:
        return int(text)
    return text


def _as_problems(error: ValidationError, model: type[BaseModel], document: Document, base: Path) -> list[Problem]:
    return [_as_problem(detail, model, document, base) for detail in error.errors()]


def _as_problem(detail: ErrorDetails, model: type[BaseModel], document: Document, base: Path) -> Problem:
    path = (*base, *detail["loc"])
    where = ".".join(str(part) for part in detail["loc"]) or "the whole"
    match detail["type"]:
        case "extra_forbidden":
            name = str(detail["loc"][-1])
            near = get_close_matches(name, _keys_near(model, detail["loc"][:-1]), n=1, cutoff=0.5)
            remedy = f"Did you mean {near[0]}?" if near else "Remove it, or look the key up in the reference."
            return document.problem(path, "unknown-key", f"There is no key called {name} here.", remedy)
        case "missing":
            return document.problem(path, "missing-key", f"{where} is missing.", "Add it.")
        case "value_error":
            sentence, _, remedy = str(detail["msg"]).removeprefix("Value error, ").partition(" | ")
            return document.problem(path, "bad-value", f"{where}: {sentence.rstrip('.')}.", remedy or "Correct it.")
        case "greater_than_equal":
            least = detail.get("ctx", {}).get("ge")
            sentence = f"{where}: {detail['input']!r} is too small."
            return document.problem(path, "bad-value", sentence, f"Write {least} or more.")
        case "enum" | "literal_error":
            expected = str(detail.get("ctx", {}).get("expected", ""))
            return document.problem(
                path,
                "bad-value",
                f"{where}: {detail['input']!r} is not one of the words known here.",
                f"Write one of {expected}.",
            )
    return document.problem(path, "bad-value", f"{where}: {detail['msg'].rstrip('.')}.", _hint(detail))


def _hint(detail: ErrorDetails) -> str:
    if "date" in detail["type"]:
        return f"{detail['input']!r} is no date in the calendar: write it as 2026-11-16."
    return f"What stands there is {str(detail['input'])[:80]!r}."


def _keys_near(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The keys a model knows at `loc`, found by walking its fields."""
    found: set[str] = set()
    _collect(model, [part for part in loc if isinstance(part, str)], found)
    return sorted(found)


def _collect(kind: object, parts: list[str], found: set[str]) -> None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = {(info.alias or name): info for name, info in kind.model_fields.items()}
        if not parts:
            found.update(fields)
        elif parts[0] in fields:
            _collect(fields[parts[0]].annotation, parts[1:], found)
        return
    for argument in getattr(kind, "__args__", ()):
        _collect(argument, parts, found)
