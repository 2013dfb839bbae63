"""What a command left behind, and its text without what differs from run to run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit code, what it printed, and the folder that it ran in."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def results(self) -> Any:
        """Its results.json."""
        return json.loads((self.folder / "contract-report/results.json").read_text("utf-8"))

    @property
    def failed(self) -> list[str]:
        """The ids of the cases that failed."""
        return [case["id"] for case in self.results["cases"] if case["verdict"] == "fail"]

    @property
    def normal(self) -> str:
        """Standard output without what differs from run to run."""
        return normal(self.out)


def normal(text: str) -> str:
    """A terminal's text without ports, made ids, counts of requests, seconds and line numbers."""
    text = re.sub(r"http://127\.0\.0\.1:\d+", "http://HOST", text)
    text = re.sub(r"(conv|message|run)-[0-9a-f-]{36}", r"\1-ID", text)
    text = re.sub(r"\d+ requests in \d+\.\d s", "N requests in T s", text)
    return re.sub(r"\S*(spec/paths/\w+\.yaml):\d+", r"\1:N", text)
