"""Examples that live in a file of their own: `externalValue`, read into the document as its `value`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from . import source
from .errors import SpecError
from .references import Place

_EXAMPLE_KEYS = {"summary", "description", "externalValue"}


@dataclass(frozen=True)
class External:
    """The files that examples were read from."""

    files: set[Path] = field(default_factory=set)

    def inlined(self, place: Place, value: dict[str, Any]) -> dict[str, Any]:
        """An Example Object with its file's content as `value`, JSON as JSON and all else as text; else `value` itself.

        Raises SpecError, with file and line, where the file is missing or cannot be read. An address in a network is
        left as it stands, since nothing is fetched.
        """
        reference = value.get("externalValue")
        if not isinstance(reference, str) or not all(
            key in _EXAMPLE_KEYS or str(key).startswith("x-") for key in value
        ):
            return value
        parts = urlsplit(reference)
        if parts.scheme or parts.netloc:
            return value
        path = (place[0].parent / unquote(parts.path)).resolve()
        try:
            text = path.read_bytes().decode()
            content = json.loads(text) if path.suffix == ".json" else text
        except (OSError, ValueError) as error:
            problem = (
                error.strerror
                if isinstance(error, OSError)
                else "not UTF-8"
                if isinstance(error, UnicodeError)
                else "not JSON"
            )
            raise SpecError(
                f"externalValue {reference!r} cannot be read: {problem}. Mend the path or the file.",
                file=source.shown(place[0]),
                line=source.line_of(place[0], (*place[1], "externalValue")),
                rule="refs-resolve",
            ) from error
        self.files.add(path)
        rest = {key: child for key, child in value.items() if key != "externalValue"}
        return {**rest, "value": content}
