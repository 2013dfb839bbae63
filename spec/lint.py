"""`letta-contract spec lint`: what is wrong with a document, by rule, file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import lint_examples as examples
from . import lint_extensions as extensions
from . import lint_files as files
from . import lint_openapi as openapi
from . import lint_operations as operations
from . import lint_schemas as schemas
from . import source
from .errors import SpecError
from .subject import Found, Subject

Rule = Callable[[Subject], Iterator[Found]]

# Until each of these holds, the next cannot be asked. What loading refuses comes before them, under the rules
# document, yaml, refs-resolve, no-recursion and status-codes.
GROUND: dict[str, Rule] = {
    "openapi-version": openapi.version_is_3_0,
    "openapi-valid": openapi.openapi_is_valid,
    "x-when": extensions.whens_are_sound,
    "x-event-stream": extensions.event_streams_are_sound,
}
RULES: dict[str, Rule] = {
    "paths-are-refs": files.paths_are_refs,
    "refs-relative": files.refs_are_relative,
    "refs-alone": files.refs_stand_alone,
    "no-templates": files.no_templates,
    "unused-key": files.keys_are_used,
    "unused-component": files.components_are_used,
    "operation-id": operations.operation_ids,
    "operation-summary": operations.operation_summaries,
    "operation-tag": operations.operation_tags,
    "operation-level": operations.operation_levels,
    "contract-level": operations.contract_levels,
    "toleration": operations.tolerations,
    "no-default-response": operations.no_default_responses,
    "documents-401": operations.unauthorized_is_documented,
    "documents-404-422": operations.ids_can_fail,
    "snake-case-properties": schemas.properties_are_snake_case,
    "deprecated-marked": schemas.deprecation_is_marked,
    "open-objects": schemas.objects_are_open,
    "null-form": schemas.nulls_are_plain,
    "tagged-unions": schemas.unions_are_tagged,
    "status-example": examples.statuses_have_examples,
    "default-valid": examples.defaults_are_valid,
    "example-valid": examples.examples_are_valid,
    "stream-example": examples.streams_are_valid,
}
# What holds of examples and defaults in any document; the other rules are about how ours is written.
EXAMPLES: dict[str, Rule] = {name: RULES[name] for name in ("default-valid", "example-valid", "stream-example")}


@dataclass(frozen=True, order=True)
class Problem:
    """One breach of one rule; `str()` is a line that an editor can jump to."""

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.rule}: {self.message}"


def lint(path: Path, rules: dict[str, Rule] = RULES) -> list[Problem]:
    """Every breach of these rules in the document at `path`, by file and line; empty for a sound one.

    A document that cannot be loaded, is not OpenAPI 3.0 or misuses our extensions is told so and judged no further.
    """
    try:
        subject = Subject.of(path)
    except SpecError as error:
        return [Problem(error.file, error.line, error.rule, error.message)]
    for name, rule in GROUND.items():
        problems = _problems(subject, {name: rule})
        if problems:
            return problems
    return _problems(subject, rules)


def _problems(subject: Subject, rules: dict[str, Rule]) -> list[Problem]:
    return sorted(
        {
            Problem(source.shown(file), line, name, message)
            for name, rule in rules.items()
            for file, line, message in rule(subject)
        }
    )
