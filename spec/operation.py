"""One operation of the contract, as its consumers ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["must", "should"]
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

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return str(self.raw["summary"])

    def parameters(self, place: Literal["path", "query", "header"]) -> dict[str, dict[str, Any]]:
        """The parameter objects of one place by name, in the document's order."""
        return {p["name"]: p for p in self.raw.get("parameters", ()) if p["in"] == place}

    @property
    def body_schema(self) -> Schema | None:
        """The schema of the JSON request body; None where the operation takes none."""
        content = self.raw.get("requestBody", {}).get("content", {})
        return content["application/json"]["schema"] if "application/json" in content else None

    @property
    def body_required(self) -> bool:
        """Whether a request without a body is refused."""
        return bool(self.raw.get("requestBody", {}).get("required", False))

    @property
    def statuses(self) -> dict[int, dict[str, Any]]:
        """The documented response objects by status code."""
        return {int(status): response for status, response in self.raw["responses"].items()}
