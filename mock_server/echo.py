"""What a request fixes in its answer, put into a documented example: ids, and what was given."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from jsonschema_rs import Draft202012Validator
from letta_contract.spec import Operation, Schema
from letta_contract.spec.when import properties_of

from .json_schema import to_json_schema
from .moment import normalized
from .reply import encode
from .request import Request

Json = dict[str, Any]
Source = Callable[[Request], Any]


class Echo:
    """What the answers of one operation repeat of its requests, each only where it is valid there.

    - a parameter: the property of the same name;
    - the id at the end of the path: the `id` of what is retrieved or changed;
    - `agent-…` as the id of something else: `agent_id`;
    - a field of the body: the property of the same name that demands the same.
    """

    def __init__(self, operation: Operation, schema: Schema) -> None:
        properties = _properties(schema.get("items", {}) if schema.get("type") == "array" else schema)
        self._properties = properties
        self._sources: list[tuple[str, Source, Draft202012Validator | None]] = []
        for place, parameters in (("path", operation.parameters("path")), ("query", operation.parameters("query"))):
            for name, parameter in parameters.items():
                schema = parameter["schema"]
                if place == "path" and operation.path.endswith(f"{{{name}}}"):
                    self._add("id", partial(_parameter, place, name), schema)
                elif place == "path":
                    self._add("agent_id", partial(_agent, name))
                self._add(name, partial(_parameter, place, name), schema)
        for name, property_ in properties.items():
            if any(_is_same(schema, property_) for schema in properties_of(operation.body_schema, name)):
                is_date = property_.get("format") == "date-time"
                self._add(name, partial(_date if is_date else _field, name))

    def given(self, request: Request) -> Json:
        """The properties that a request fixes."""
        given = {}
        for name, source, validator in self._sources:
            value = source(request)
            if value is not None and (validator is None or validator.is_valid(value)):
                given[name] = value
        return given

    def __bool__(self) -> bool:
        """Whether requests of this operation fix anything."""
        return bool(self._sources)

    def _add(self, name: str, source: Source, judged: Schema | None = None) -> None:
        """Take a property from a source, whose values were `judged` by this schema; if by the same, not again."""
        if name in self._properties:
            property_ = self._properties[name]
            validator = Draft202012Validator(to_json_schema(property_), validate_formats=True)
            self._sources.append((name, source, None if judged and _is_same(judged, property_) else validator))


class Template:
    """An object, encoded but for the fields that requests give; those are put into what is ready."""

    def __init__(self, value: Json) -> None:
        self._value = value
        self._frames: dict[tuple[str, ...], tuple[bytes, list[str]]] = {}

    def filled(self, given: Json) -> bytes:
        """The JSON with what was given in place of what was there."""
        if "archived" in given and "archived_at" in self._value:
            since = self._value["archived_at"] or self._value.get("updated_at")
            given = {**given, "archived_at": since if given["archived"] else None}
        names = tuple(given)
        frame, places = self._frames.get(names) or self._frames.setdefault(names, self._frame(names))
        return frame % tuple([encode(given[name]) for name in places])

    def _frame(self, names: tuple[str, ...]) -> tuple[bytes, list[str]]:
        """The JSON with a place for each of these fields, and whose place is which."""
        fields = {name: encode(name) + b":" + encode(field) for name, field in self._value.items()}
        fields = {name: field.replace(b"%", b"%%") for name, field in fields.items()}
        fields |= {name: encode(name).replace(b"%", b"%%") + b":%b" for name in names}
        return b"{" + b",".join(fields.values()) + b"}", [name for name in fields if name in names]


def page(items: list[Any], query: Json) -> list[Any]:
    """The part of a list that a query asks for; a cursor that is not in it leaves all of it."""
    ids = [item.get("id") if isinstance(item, dict) else None for item in items]
    after, before, limit = (query.get(name) for name in ("after", "before", "limit"))
    start = len(ids) - ids[::-1].index(after) if after in ids and after is not None else 0
    end = ids.index(before) if before in ids and before is not None else len(ids)
    items, ids = items[start:end], ids[start:end]
    if limit is None:
        return items
    distinct = list(dict.fromkeys(ids))
    kept = distinct[max(0, len(distinct) - limit) :] if before is not None and after is None else distinct[:limit]
    return [item for item, id_ in zip(items, ids, strict=True) if id_ in kept] if limit > 0 else []


def _properties(schema: Schema) -> dict[str, Schema]:
    """The properties of a plain object; none where a union or a negation has a say in them."""
    if any(keyword in schema for keyword in ("anyOf", "oneOf", "not")):
        return {}
    parts = [_properties(part) for part in schema.get("allOf", ())]
    return {name: property_ for part in (*parts, schema.get("properties", {})) for name, property_ in part.items()}


def _is_same(one: Schema, other: Schema) -> bool:
    return to_json_schema(one) == to_json_schema(other)


def _parameter(place: str, name: str, request: Request) -> Any:
    return getattr(request, place).get(name)


def _agent(name: str, request: Request) -> str | None:
    value = request.path[name]
    return value if value.startswith("agent-") else None


def _field(name: str, request: Request) -> Any:
    return request.field(name)


def _date(name: str, request: Request) -> Any:
    value = request.field(name)
    return None if value is None else normalized(value)
