"""`letta-contract spec bundle`: the whole document in one piece, for tools that read one file."""

from __future__ import annotations

import json
from typing import Any, Literal

import yaml

Format = Literal["json", "yaml"]


class _Dumper(yaml.SafeDumper):
    """Block style, every repetition written out, long texts of several lines readable."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def bundle(document: dict[str, Any], format_: Format) -> str:
    """A loaded document as text, in the document's own order: the same for the same document, on every machine."""
    if format_ == "json":
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
