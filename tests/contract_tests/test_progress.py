from __future__ import annotations

import io

from letta_contract.contract_tests.case import Case
from letta_contract.contract_tests.progress import ticker
from rich.console import Console

CASES = [
    Case(operation, slug, "It must.", "OP-1", lambda _: iter(()))
    for operation, slug in (("create_conversation", "a"), ("create_conversation", "b"), ("list_conversations", "a"))
]


def test_log_has_a_line_for_each_tenth() -> None:
    """Without a terminal, a plain line tells now and then how many cases have begun."""
    out = io.StringIO()
    with ticker(30, Console(file=out, width=80)) as show:
        for _ in range(7):
            show.starting(CASES[0])
    assert out.getvalue() == "3 of 30 cases …\n6 of 30 cases …\n"


def test_log_of_few_cases_has_a_line_for_each() -> None:
    """With fewer than ten cases, each of them is a tenth at least."""
    out = io.StringIO()
    with ticker(3, Console(file=out, width=80)) as show:
        for case in CASES:
            show.starting(case)
    assert out.getvalue() == "1 of 3 cases …\n2 of 3 cases …\n3 of 3 cases …\n"


def test_log_without_an_end_has_a_line_for_each_operation() -> None:
    """Where nobody knows how many there will be, a line is written when another operation begins."""
    out = io.StringIO()
    with ticker(0, Console(file=out, width=80)) as show:
        for case in CASES:
            show.starting(case)
    assert out.getvalue() == "create_conversation …\nlist_conversations …\n"


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
