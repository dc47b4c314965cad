"""The pages about written texts: every field, from the models that read them.

What a field means stands in `fields.yaml`; its type and default are those of
the model. A field without a meaning is a fault, and so is a meaning without a
field.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from comity import errors
from comity.agreement import Agreement
from comity.agreement.signature import Signature
from comity.check.dataset import Description
from comity.check.text import WrittenJudgement, WrittenProposal
from comity.cli.bulk import OPTIONAL, REQUIRED
from comity.cli.command import OUR_FAULT
from comity.law import Confirmation
from comity.law.register import ProvisionsFile
from comity.partnership import Item, Partnership
from comity.source import read_yaml

FIELDS = Path(__file__).with_name("fields.yaml")
MEANINGS: dict[str, dict[str, str]] = read_yaml(FIELDS.read_text("utf-8"), FIELDS.name).value  # type: ignore[assignment]

VALIDATED = {
    "checked_slug": "short name",
    "checked_id": "id",
    "checked_duration": "length of time",
    "sorted_set": "list of words",
    "as_tuple": "list of words",
    "_as_text": "list of words",
    "_in_order": "yes, no or unknown for each fact",
}
PLURAL = {"id": "ids", "text": "texts", "date": "dates"}
PLAIN = {str: "text", bool: "true or false", int: "number", date: "date", object: "anything", float: "number"}


@dataclass(frozen=True)
class Text:
    """A page: its title, what to say first, and the models it lists, each with where it stands."""

    title: str
    lead: str
    models: tuple[tuple[str, type[BaseModel]], ...]
    end: str = ""


FOLDER = """A partnership folder holds everything the command reads. `comity init` begins one.

| Path | Holds |
|---|---|
| `partnership.yaml` | the partners, with their capacities, keys and what is known of them |
| `items.yaml` | items of your own, beside those that Comity brings |
| `agreements/` | [agreements](agreement-text.md), as `.yaml`, or as `.md` with the same at the top |
| `signatures/` | signatures under them |
| `judgements/` | what people have judged |
| `confirmations/` | what officers have confirmed about the law |
| `law/` | [law entries](law-entry.md) of your own |
| `law-registers/` | test law that was imported |
| `decisions/` | decisions that were kept; written, not read |

A file may be split or joined as you like: every file of a folder is read. All texts are YAML, read in a narrow form:
a key stands once, and there are no anchors. The end of a time is the first day *after* it: `until: 2027-04-01` means
to 31 March."""

PAGES = {
    "partnership-folder": Text(
        "The partnership folder",
        FOLDER,
        (
            ("`partnership.yaml`", Partnership),
            ("`items.yaml`, in a list `items:`", Item),
            ("`judgements/`, one or in a list `judgements:`", WrittenJudgement),
            ("`confirmations/`, in a list `confirmations:`", Confirmation),
            ("`signatures/`, one in a file; `comity agreement sign` writes them", Signature),
        ),
    ),
    "agreement-text": Text(
        "Text of an agreement",
        "An agreement is one YAML text. `comity agreement new FILE` begins one, with help at every line. "
        "[What an agreement can say](../explanation/agreement-model.md) shows an example of each part.",
        (("The whole text", Agreement),),
    ),
    "proposal-text": Text(
        "Text of a proposal",
        "A question written down, for `comity check FILE.yaml`. Several recipients or purposes make several questions.",
        (("The whole text", WrittenProposal),),
        "## In a table\n\nIn a CSV or Parquet table each row is a proposal. These columns must be there: "
        + ", ".join(f"`{one}`" for one in REQUIRED)
        + ". These may be: "
        + ", ".join(f"`{one}`" for one in OPTIONAL)
        + ". Items, origins and handling are separated by semicolons, and facts are written as "
        "`child=yes;opted-out=no`.\n",
    ),
    "dataset-description": Text(
        "Description of a dataset",
        "What the columns of a table are, for `comity apply`: a Table Schema with two keys of ours. It lies beside the "
        "table as `NAME.schema.json` or `NAME.schema.yaml`, or as `dataset.yaml` for all tables of a folder. A column "
        "that is not described stays.",
        (("The whole text", Description),),
    ),
    "law-entry": Text(
        "Text of a law entry",
        "Entries of the law register, in the package and in `law/` of a partnership folder. "
        "[The law register](../explanation/law-register.md) says how routes work. A field of a route that is given "
        "must match; one that is left out matches anything.",
        (("The whole file", ProvisionsFile),),
    ),
}


def page(name: str) -> str:
    """One of the pages about texts."""
    text = PAGES[name]
    parts = [f"# {text.title}\n", f"{text.lead}\n"]
    seen: set[type[BaseModel]] = set()
    for where, model in text.models:
        for one in models_of(model):
            if one not in seen:
                parts += [_section(one, where if one is model else "")]
                seen.add(one)
    return "\n".join([*parts, text.end] if text.end else parts)


def models_of(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model, then those of its fields, each once."""
    waiting, seen = [model], {model}
    while waiting:
        one = waiting.pop(0)
        yield one
        inner = [found for field in one.model_fields.values() for found in _models_in(field.annotation)]
        waiting += [found for found in dict.fromkeys(inner) if found not in seen]
        seen.update(inner)


def _models_in(kind: Any) -> Iterator[type[BaseModel]]:
    if inspect.isclass(kind) and issubclass(kind, BaseModel):
        yield kind
    for inner in get_args(kind):
        yield from _models_in(inner)


def title_of(model: type[BaseModel]) -> str:
    """Its name in words: `WrittenProposal` is a proposal."""
    name = model.__name__.removeprefix("Written")
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip().capitalize()


def _section(model: type[BaseModel], where: str) -> str:
    said = (inspect.getdoc(model) or "").split("\n\n")[0] if "__doc__" in vars(model) and model.__doc__ else ""
    lead = " ".join(part for part in (f"In {where}." if where.startswith("`") else "", " ".join(said.split())) if part)
    meanings = MEANINGS[model.__name__]
    rows = [
        f"| `{name}` | {_kind(field)} | {_default(field)} | {meanings[name]} |" for name, field in named_fields(model)
    ]
    table = "\n".join(["| Field | Type | If left out | Meaning |", "|---|---|---|---|", *rows])
    return f"## {title_of(model)}\n\n" + (f"{lead}\n\n" if lead else "") + table + "\n"


def named_fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """The fields by the names people write."""
    for name, field in model.model_fields.items():
        yield field.alias or name, field


def _kind(field: FieldInfo) -> str:
    known = [VALIDATED[name] for one in field.metadata if (name := _validator(one)) in VALIDATED]
    return known[-1] if known and not list(_models_in(field.annotation)) else _words(field.annotation)


def _validator(one: object) -> str:
    return getattr(getattr(one, "func", None), "__name__", "")


def _words(kind: Any) -> str:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        known = [VALIDATED[name] for one in inner[1:] if (name := _validator(one)) in VALIDATED]
        return known[-1] if known and not list(_models_in(inner[0])) else _words(inner[0])
    if origin in (Union, UnionType):
        return _words(next(one for one in inner if one is not NoneType))
    if origin is Literal:
        return " or ".join(f"`{one}`" for one in inner)
    if origin in (tuple, list, frozenset):
        return f"list of {PLURAL.get(one := _words(inner[0]), one)}"
    if inspect.isclass(kind) and issubclass(kind, BaseModel):
        return f"[{title_of(kind).lower()}](#{title_of(kind).lower().replace(' ', '-')})"
    if inspect.isclass(kind) and issubclass(kind, StrEnum):
        return " or ".join(f"`{one}`" for one in kind)
    return PLAIN.get(kind, "text")


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True) if not field.is_required() else None
    if field.is_required():
        return "must be given"
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, BaseModel):
        return "as below"
    if isinstance(value, tuple) and value:
        return ", ".join(f"`{one}`" if one else "an empty cell" for one in value)
    return f"`{value}`" if value not in (None, "", (), {}) else ""


# ---- exit codes ------------------------------------------------------------------------


def exit_codes() -> str:
    rows = [
        ("0", "The command did what it was asked. A legal answer, also a *no*, is not an error."),
        ("1", "Something was found: a lint with errors, or a replay with another answer."),
        ("2", "The command line was not understood."),
        *(
            (str(one.exit_code), (inspect.getdoc(one) or "").split("\n")[0])
            for one in (errors.InputError, errors.UnknownName, errors.SignatureError, errors.DamagedRegister)
        ),
        (str(OUR_FAULT), "A fault in Comity itself. Please report the line it prints."),
    ]
    table = "\n".join(["| Code | Means |", "|---|---|", *(f"| {code} | {meaning} |" for code, meaning in rows)])
    return (
        "# Exit codes\n\nThe answer of a command goes to standard output. Everything else goes to standard error: "
        "progress, warnings, and one line for each problem, as `FILE:LINE: error: WHAT. REMEDY. [CODE]`.\n\n"
        f"{table}\n"
    )


__all__ = ["MEANINGS", "PAGES", "exit_codes", "models_of", "named_fields", "page", "title_of"]
