"""One operation of the contract, as its consumers ask for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["must", "should"]
Part = Literal["path", "query", "header"]
Schema = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One method of one path; `raw` is its resolved OpenAPI object, path-level parameters included."""

    id: str
    method: str
    path: str
    level: Level
    source: str
    raw: dict[str, Any]

    @classmethod
    def of(cls, template: str, method: str, item: dict[str, Any], source: str) -> Operation:
        """The operation of one method in a resolved Path Item; without an operationId it is named after both."""
        raw = item[method]
        parameters = {(p["in"], p["name"]): p for p in (*item.get("parameters", ()), *raw.get("parameters", ()))}
        return cls(
            id=raw.get("operationId") or re.sub(r"\W+", "_", f"{method}{template}").strip("_"),
            method=method.upper(),
            path=template,
            level=raw.get("x-contract-level", "must"),
            source=source,
            raw={**raw, "parameters": list(parameters.values())},
        )

    @property
    def summary(self) -> str:
        """What it does, in one line; the method and path of one that does not say."""
        return str(self.raw.get("summary", f"{self.method} {self.path}"))

    def parameters(self, place: Part) -> dict[str, dict[str, Any]]:
        """The parameter objects of one place by name, in the document's order."""
        return {p["name"]: p for p in self.raw["parameters"] if p["in"] == place}

    @property
    def body_schema(self) -> Schema | None:
        """The schema of the JSON request body; None where the operation takes none."""
        content = self.raw.get("requestBody", {}).get("content", {})
        schema: Schema | None = content.get("application/json", {}).get("schema")
        return schema

    @property
    def body_required(self) -> bool:
        """Whether a request without a body is refused."""
        return bool(self.raw.get("requestBody", {}).get("required", False))

    @property
    def statuses(self) -> dict[int, dict[str, Any]]:
        """The documented response objects by status code; ranges such as `2XX` and `default` are not among them."""
        return {int(status): response for status, response in self.raw["responses"].items() if status.isdigit()}
