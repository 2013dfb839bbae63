"""Draws that a seed alone decides.

Hypothesis draws now and then a constant that it finds in the modules that happen to be loaded and are not installed:
another command, a checkout or an edited file would draw other requests from the same seed.
"""

from __future__ import annotations

from hypothesis.internal.conjecture import providers


def ignore_our_constants() -> None:
    """Let Hypothesis find none in our modules, or in anyone's; its own table of them stays."""
    providers.is_local_module_file = _none  # type: ignore[attr-defined, assignment]


def _none(_: str) -> bool:
    return False
