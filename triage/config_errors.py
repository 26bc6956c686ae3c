"""Say what is wrong with a configuration file: where it stands and what to write."""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

Loc = tuple[str | int, ...]


def located(path: Path, text: str, problems: Iterable[tuple[Loc, str]]) -> list[str]:
    """Say each problem as `file:line: key: what`, in the order of the file."""
    lines = []
    for loc, words in problems:
        line = line_of(text, loc)
        key = ".".join(str(p + 1) if isinstance(p, int) else p for p in loc)
        place = f"{path}:{line}" if line else f"{path}"
        lines.append((line or 0, f"{place}: {key}: {words}" if key else words))
    return [words for _, words in sorted(lines)]


def in_words(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Put pydantic's finding into Russian."""
    context = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            known = _known_keys(model, error["loc"][:-1])
            near = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
            hint = f"похоже на {near[0]}" if near else f"есть: {', '.join(known)}"
            return f"неизвестный ключ; {hint}"
        case "value_error":
            return str(context["error"])
        case "enum" | "literal_error":
            return f"ожидается одно из: {context['expected'].replace(' or ', ', ')}"
        case "greater_than_equal":
            return f"должно быть не меньше {context['ge']}"
        case "less_than_equal":
            return f"должно быть не больше {context['le']}"
        case kind:
            return WORDS.get(kind, error["msg"])


WORDS = {
    "missing": "нужен этот ключ, а его нет",
    "string_type": "ожидается строка в кавычках",
    "string_pattern_mismatch": "только латинские буквы, цифры и знаки _ . -",
    "string_too_long": "слишком длинно",
    "int_type": "ожидается целое число",
    "int_parsing": "ожидается целое число",
    "int_from_float": "ожидается целое число",
    "bool_type": "ожидается true или false",
    "bool_parsing": "ожидается true или false",
    "tuple_type": "ожидается список в квадратных скобках",
    "path_type": "ожидается путь в кавычках",
    "is_instance_of": "ожидается строка в кавычках",
    "model_type": "ожидается раздел [в скобках], а не значение",
    "model_attributes_type": "ожидается раздел [в скобках], а не значение",
}


def _known_keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """Name the keys of the table at `loc`, following lists of tables."""
    for part in loc:
        if isinstance(part, str):
            model = _table(model.model_fields[part].annotation)
    return [field.alias or name for name, field in model.model_fields.items()]


def _table(annotation: Any) -> type[BaseModel]:
    table: type[BaseModel] = next(iter(get_args(annotation)), annotation)
    return table


HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[\w.-]+)\s*=""")


def line_of(text: str, loc: Loc) -> int | None:
    """Find the line of a key, or of the nearest table that surrounds it."""
    here: Loc = ()
    counts: dict[str, int] = {}
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if found := HEADER.match(line):
            name = found[2].strip("\"' ")
            if found[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                here = (name, counts[name])
            else:
                here = (name,)
            place: Loc = here
        elif found := KEY.match(line):
            place = (*here, *(part.strip("\"'") for part in found[1].split(".")))
        else:
            continue
        if place == loc[: len(place)] and (best is None or len(place) > best[0]):
            best = (len(place), number)
    return best[1] if best else None
