from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Literal

import pytest
import yaml
from letta_contract.spec import load
from letta_contract.spec.bundle import bundle

if TYPE_CHECKING:
    from conftest import SplitDocument

IN_ANOTHER_PROCESS = "from letta_contract.spec import load; from letta_contract.spec.bundle import bundle; "


def test_a_bundle_says_what_the_files_say(split: SplitDocument) -> None:
    """Both formats are the loaded document, to any reader of that format and to our own."""
    document = load(split.root)
    assert json.loads(bundle(document, "json")) == document
    assert yaml.safe_load(bundle(document, "yaml")) == document
    split.write("bundle.yaml", bundle(document, "yaml"))
    assert load(split.folder / "bundle.yaml") == document


def test_yaml_is_written_for_people(split: SplitDocument) -> None:
    """Long texts keep their lines, nothing is an alias, and keys keep the document's order."""
    text = bundle(load(split.root), "yaml")
    assert text.startswith("openapi: 3.0.3\ninfo:\n  title: Chats\n")
    assert "value: |+\n" in text
    assert "&id" not in text


@pytest.mark.parametrize("format_", ["json", "yaml"])
def test_a_bundle_is_the_same_every_time(split: SplitDocument, format_: Literal["json", "yaml"]) -> None:
    """Another process with another hash seed writes the same bytes, so that bundles can be compared."""
    code = f"from pathlib import Path; print(bundle(load(Path({str(split.root)!r})), {format_!r}), end='')"
    texts = [
        subprocess.run(
            [sys.executable, "-c", IN_ANOTHER_PROCESS + code],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout.decode()
        for seed in ("1", "2")
    ]
    assert texts == [bundle(load(split.root), format_)] * 2
