from __future__ import annotations

from fnmatch import fnmatchcase

from letta_contract.contract_tests.cases import every_case
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.fix import fix, fixes
from letta_contract.contract_tests.latency import SLUG


def test_every_case_can_be_mended(contract: Contract) -> None:
    """Whoever fails a case is told where to look."""
    without = {case.slug for case in every_case(contract.operations.values()) if not fix(case.slug)}
    assert without == set()
    assert fix("no-such-case") == ""


def test_no_advice_is_there_for_nothing(contract: Contract) -> None:
    """Each glob is the first to fit some case."""
    slugs = {case.slug for case in every_case(contract.operations.values())} | {SLUG}
    used = {next(glob for glob in fixes() if fnmatchcase(slug, glob)) for slug in slugs}
    assert set(fixes()) - used == set()


def test_advice_fits_on_a_few_lines() -> None:
    """Each is one text without line ends, which ends its sentence."""
    for advice in fixes().values():
        assert advice.endswith(".")
        assert "\n" not in advice
        assert len(advice) < 240
