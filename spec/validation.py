"""Whether a value is valid against an OpenAPI 3.0 schema, by a validator that neither server nor judge uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from jsonschema.exceptions import ValidationError, relevance  # type: ignore[import-untyped]
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from .operation import Schema

_LONGEST = 160


class Validator:
    """openapi-schema-validator, formats included; each schema is made ready once."""

    def __init__(self) -> None:
        self._plain: dict[int, Any] = {}
        self._kept: list[Any] = []

    def problem(self, schema: Schema, value: Any) -> str | None:
        """What is most wrong with a value, and where in it; None for a valid one."""
        validator = OAS30Validator(self._without_discriminators(schema), format_checker=oas30_format_checker)
        error = most_telling(validator.iter_errors(value))
        if error is None:
            return None
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
        return f"{place.removeprefix('.')}: {glimpse(error)}" if place else glimpse(error)

    def _without_discriminators(self, schema: Any) -> Any:
        """The same schema: with every `$ref` gone, a discriminator has no names to lead to."""
        if isinstance(schema, list):
            return [self._without_discriminators(child) for child in schema]
        if not isinstance(schema, dict):
            return schema
        if id(schema) not in self._plain:
            self._kept.append(schema)  # or its id could come to name another
            self._plain[id(schema)] = {
                key: self._without_discriminators(child)
                for key, child in schema.items()
                if key != "discriminator" or not isinstance(child, dict) or "propertyName" not in child
            }
        return self._plain[id(schema)]


def glimpse(error: ValidationError) -> str:
    """An error's message, cut where it shows too much of a value."""
    message = str(error.message).split("\n", maxsplit=1)[0]
    return message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"


def most_telling(errors: Iterable[ValidationError]) -> ValidationError | None:
    """The weightiest error; below a union, that of the one variant which the value seems to be meant for."""
    best = max(errors, key=relevance, default=None)
    while best is not None and best.context:
        variants: dict[Any, list[ValidationError]] = defaultdict(list)
        for error in best.context:
            variants[error.schema_path[0]].append(error)
        meant = [errors for errors in variants.values() if not any(map(_is_other_kind, errors))]
        if len(meant) != 1:
            break
        best = max(meant[0], key=relevance)
    return best


def _is_other_kind(error: ValidationError) -> bool:
    """Whether an error says that the value is no such variant at all: another type, another tag, or no reference."""
    is_other_type = error.validator == "type" and not error.path
    is_other_tag = error.validator == "enum" and len(error.validator_value) == 1
    is_no_reference = error.validator == "required" and "$ref" in error.validator_value
    return is_other_type or is_other_tag or is_no_reference
