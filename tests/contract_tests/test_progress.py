from __future__ import annotations

import io

from letta_contract.contract_tests.case import Case
from letta_contract.contract_tests.progress import ticker
from rich.console import Console

CASES = [
    Case(operation, slug, "It must.", "OP-1", lambda _: iter(()))
    for operation, slug in (("create_conversation", "a"), ("create_conversation", "b"), ("list_conversations", "a"))
]


def test_log_has_a_line_for_each_operation() -> None:
    """Without a terminal, one plain line is written when another operation begins."""
    out = io.StringIO()
    with ticker(3, Console(file=out, width=80)) as show:
        for case in CASES:
            show.starting(case)
    assert out.getvalue() == "create_conversation …\nlist_conversations …\n"


def test_log_of_several_processes_has_a_line_for_each_tenth() -> None:
    """Where operations begin in no order, what counts is how many cases did."""
    out = io.StringIO()
    with ticker(30, Console(file=out, width=80), several=True) as show:
        for _ in range(7):
            show.starting(CASES[0])
    assert out.getvalue() == "3 of 30 cases …\n6 of 30 cases …\n"


def test_terminal_has_a_line_that_goes_away() -> None:
    """On a terminal, the present case and how many are done are shown, and nothing of it stays."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system=None, width=120)
    with ticker(3, console) as show:
        for case in CASES:
            show.starting(case)
        show._progress.refresh()  # type: ignore[union-attr]
        assert "2/3" in out.getvalue()
        assert "list_conversations/a" in out.getvalue()
    assert out.getvalue().endswith("\x1b[2K")
