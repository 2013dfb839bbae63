"""What is wrong with a request: the entries of a 422 body, true and complete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from jsonschema_rs import ValidationError

Violation = dict[str, Any]
Loc = tuple[str | int, ...]

_TYPES = {
    "string": ("string_type", "a valid string"),
    "integer": ("int_type", "a valid integer"),
    "number": ("float_type", "a valid number"),
    "boolean": ("bool_type", "a valid boolean"),
    "array": ("list_type", "a valid list"),
    "object": ("dict_type", "a valid dictionary"),
    "null": ("none_required", "null"),
}
# By keyword: the name for programs, and the words; {} is the keyword's own value.
_LIMITS = {
    "minLength": ("string_too_short", "String should have at least {} characters"),
    "maxLength": ("string_too_long", "String should have at most {} characters"),
    "pattern": ("string_pattern_mismatch", "String should match pattern '{}'"),
    "minItems": ("too_short", "List should have at least {} items"),
    "maxItems": ("too_long", "List should have at most {} items"),
    "minProperties": ("too_short", "Dictionary should have at least {} items"),
    "maxProperties": ("too_long", "Dictionary should have at most {} items"),
    "minimum": ("greater_than_equal", "Input should be greater than or equal to {}"),
    "maximum": ("less_than_equal", "Input should be less than or equal to {}"),
    "exclusiveMinimum": ("greater_than", "Input should be greater than {}"),
    "exclusiveMaximum": ("less_than", "Input should be less than {}"),
    "multipleOf": ("multiple_of", "Input should be a multiple of {}"),
    "format": ("format", "Input should be a valid {}"),
}


def violation(loc: Loc, type_: str, message: str) -> Violation:
    """One entry of a 422 body; `loc` is where the culprit is, `type_` its name for programs."""
    return {"loc": list(loc), "msg": message, "type": type_}


def violations(errors: Iterable[ValidationError], *place: str) -> list[Violation]:
    """Every entry for what a validator found; `place` is where what it looked at stands, as path, query or body."""
    entries = (entry for error in errors for entry in _entries(error, place))
    return list({(tuple(entry["loc"]), entry["type"]): entry for entry in entries}.values())


def _entries(error: ValidationError, place: tuple[str, ...]) -> Iterator[Violation]:
    loc: Loc = (*place, *error.instance_path)
    keyword, data = error.kind.name, error.kind.as_dict()
    if keyword == "required":
        yield violation((*loc, data["property"]), "missing", "Field required")
    elif keyword == "type":
        yield _wrong_type(loc, data["types"])
    elif keyword == "enum":
        yield violation(loc, "enum", f"Input should be {_listed([_shown(option) for option in data['options']])}")
    elif keyword == "additionalProperties":
        for name in data["unexpected"]:
            yield violation((*loc, name), "extra_forbidden", "Extra inputs are not permitted")
    elif keyword in ("anyOf", "oneOf") and all(data["context"]):
        for inner in _meant(error, data["context"]):
            yield from _entries(inner, place)
    elif keyword == "oneOf":
        yield violation(loc, "one_of", "Input fits more than one of the alternatives. Give only one of them")
    elif keyword in _LIMITS:
        type_, words = _LIMITS[keyword]
        yield violation(loc, type_, words.format(next(iter(data.values()))))
    else:
        yield violation(loc, "value_error", error.message)


def _meant(error: ValidationError, variants: list[list[ValidationError]]) -> list[ValidationError]:
    """The errors of the variant that was meant: the one whose outermost demands the value meets best."""

    def misfit(errors: list[ValidationError]) -> tuple[int, int]:
        return sum(inner.instance_path == error.instance_path for inner in errors), len(errors)

    return min(variants, key=misfit)


def _wrong_type(loc: Loc, types: list[str]) -> Violation:
    named = [type_ for type_ in types if type_ != "null"] or types
    return violation(loc, _TYPES[named[0]][0], f"Input should be {_listed([_TYPES[type_][1] for type_ in types])}")


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _shown(option: Any) -> str:
    return "null" if option is None else repr(option)
