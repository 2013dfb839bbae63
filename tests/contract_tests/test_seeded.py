from __future__ import annotations

import subprocess
import sys

import pytest

DRAW = """
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.generator import Generator

Generator(Contract().document, 0).requests("list_conversations", 30, print)
"""
OTHERS = "import letta_contract.contract_tests.cli_test, letta_contract.contract_tests.parallel\n"


@pytest.mark.slow
def test_seed_draws_the_same_whatever_is_loaded() -> None:
    """The modules of another command, which have constants of their own, change nothing that is drawn."""
    alone, among_others = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for code in (DRAW, OTHERS + DRAW)
    )
    assert alone == among_others
    assert alone.count("Request(") > 20
