"""What usually is behind a failure, and where in a server to look."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

import yaml


@cache
def fixes() -> dict[str, str]:
    """The advice for each glob of slugs; the first that fits a slug is its."""
    text = (files("letta_contract.contract_tests") / "fixes.yaml").read_text("utf-8")
    found: dict[str, str] = yaml.safe_load(text)
    return found


def fix(slug: str) -> str:
    """How to mend a server that fails the cases of a slug; empty where nothing is known."""
    return next((advice for glob, advice in fixes().items() if fnmatchcase(slug, glob)), "")
