"""Rules that are OpenAPI's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from jsonschema import Draft4Validator  # type: ignore[import-untyped]
from openapi_spec_validator import OpenAPIV30SpecValidator
from openapi_spec_validator.schemas import schema_v30
from openapi_spec_validator.validation.exceptions import DuplicateOperationIDError, OpenAPIValidationError

from .source import Pointer
from .subject import Found, Subject
from .validation import glimpse, most_telling


def version_is_3_0(subject: Subject) -> Iterator[Found]:
    """The document is written in OpenAPI 3.0, which every reader of it knows."""
    version = subject.resolved.get("openapi")
    if not re.fullmatch(r"3\.0\.[0-9]+", str(version)):
        yield subject.found(("openapi",), f"the OpenAPI version is {version}. Write `openapi: 3.0.3`, in its terms.")


def openapi_is_valid(subject: Subject) -> Iterator[Found]:
    """openapi-spec-validator finds nothing wrong; defaults and operationIds have rules of their own."""
    for error in OpenAPIV30SpecValidator(subject.resolved).iter_errors():
        if type(error) is OpenAPIValidationError:
            # These come first, and those that follow take for granted that there are none.
            yield from _explained(subject)
            return
        if isinstance(error, OpenAPIValidationError) and not isinstance(error, DuplicateOperationIDError):
            template = next((name for name in subject.resolved["paths"] if f"'{name}'" in error.message), None)
            pointer = ("paths", template) if template else ()
            yield subject.found(pointer, f"not OpenAPI 3.0: {glimpse(error)}. Mend it.")


def _explained(subject: Subject) -> Iterator[Found]:
    """What breaks OpenAPI's own schema, told from inside its unions: the validator shows it from outside only."""
    for outer in Draft4Validator(dict(schema_v30)).iter_errors(subject.resolved):
        error = most_telling([outer]) or outer
        pointer = _pointer(subject.resolved, error.absolute_path)
        yield subject.found(pointer, f"not OpenAPI 3.0: {glimpse(error)}. Mend it.")


def _pointer(value: Any, path: Iterable[str | int]) -> Pointer:
    """A path in the document's own keys: the validator takes '200' for a number."""
    pointer: Pointer = ()
    for step in path:
        key = str(step) if isinstance(value, dict) else step
        pointer, value = (*pointer, key), value[key]
    return pointer
