"""Which media type a request is answered in: `x-when: {body: <property>, is: <value>}` on those of a 200 response."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .errors import SpecError
from .operation import Operation, Schema


@dataclass(frozen=True)
class When:
    """A condition: the body's `property` (its default, where that is absent or null) has this `value`."""

    property: str
    value: Any

    @classmethod
    def of(cls, media_type: dict[str, Any]) -> When | None:
        """The condition of a Media Type Object; None where it has none. Raises SpecError for an unreadable one."""
        raw = media_type.get("x-when")
        try:
            return None if raw is None else cls(raw["body"], raw["is"])
        except (LookupError, TypeError) as error:
            raise SpecError("x-when cannot be read. See what is wrong with `letta-contract spec lint`.") from error

    def holds(self, body: Any, schema: Schema | None) -> bool:
        """Whether a request body meets it; `schema` is that of the body, and knows the default."""
        value = body.get(self.property) if isinstance(body, dict) else None
        if value is None:
            value = default_of(schema, self.property)
        # In JSON, 1 is not true.
        return type(value) is type(self.value) and value == self.value


def media_type_for(operation: Operation, body: Any) -> str:
    """The media type of the 200 response to this JSON body (None for no body).

    The first whose `x-when` holds, else the first that has none, else the first. Raises LookupError where the operation
    documents no 200 response with content.
    """
    content = operation.statuses[200]["content"]
    conditions = {name: When.of(media_type) for name, media_type in content.items()}
    held = [name for name, when in conditions.items() if when and when.holds(body, operation.body_schema)]
    free = [name for name, when in conditions.items() if when is None]
    return str([*held, *free, *content][0])


def default_of(schema: Schema | None, name: str) -> Any:
    """The default of a body's property; None where it has none."""
    return next((found["default"] for found in properties_of(schema, name) if "default" in found), None)


def properties_of(schema: Schema | None, name: str) -> Iterator[Schema]:
    """Every schema that a property of this name has in an object or in the unions that it is made of."""
    if not isinstance(schema, dict):
        return
    if name in schema.get("properties", {}):
        yield schema["properties"][name]
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, ()):
            yield from properties_of(part, name)
