"""Query strings, read by the schemas of their parameters."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

Parameters = dict[str, dict[str, Any]]

_INTEGER = re.compile(r"[+-]?[0-9]{1,400}", re.ASCII)
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
_BOOLEANS = dict.fromkeys(("true", "1", "yes", "on"), True) | dict.fromkeys(("false", "0", "no", "off"), False)


class QueryReader:
    """Reads the query of one operation; what spells no value of its type stays text, for validation to name."""

    def __init__(self, parameters: Parameters) -> None:
        self.schemas = {name: parameter["schema"] for name, parameter in parameters.items()}
        self.defaults = {name: schema["default"] for name, schema in self.schemas.items() if "default" in schema}

    def read(self, query: bytes) -> dict[str, Any]:
        """The values by name, without the parameters that are unknown; of a repeated key that is no list, the last."""
        if not query:
            return dict(self.defaults)
        values = dict(self.defaults)
        lists: dict[str, list[Any]] = {}
        for name, text in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
            schema = self.schemas.get(name)
            if schema is None:
                continue
            if schema.get("type") == "array":
                lists.setdefault(name, []).append(_value(text, schema["items"]))
            else:
                values[name] = _value(text, schema)
        return values | lists


def _value(text: str, schema: dict[str, Any]) -> Any:
    type_ = schema.get("type")
    if type_ == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if type_ == "number" and _NUMBER.fullmatch(text):
        return float(text)
    if type_ == "boolean":
        return _BOOLEANS.get(text.lower(), text)
    if type_ != "string" and schema.get("nullable") and text in ("", "null"):
        return None
    return text
