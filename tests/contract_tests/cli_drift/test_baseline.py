"""Differences that are known, new, mended or expired."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from letta_contract.contract_tests.baseline import read, write
from letta_contract.spec import load

from .documents import ONE, drift, shorter

if TYPE_CHECKING:
    from tests.contract_tests.outcome import Outcome

    Command = Callable[..., Outcome]

pytestmark = pytest.mark.slow


class TestBaseline:
    def test_known_new_and_mended(self, command: Command, bundle: Any) -> None:
        """What is written down does not fail; the same in one more operation does; what is gone is told."""
        update = ("--baseline", "known.yaml", "--update-baseline")
        assert drift(command, shorter(bundle), *update).code == 0
        (entry,) = read(Path("known.yaml")).entries
        assert (entry.case, entry.reason) == ("cancel_conversation", "not explained yet")
        assert entry.what == "request, path conversation_id/maxLength: maxLength 42 / maxLength 40"

        known = drift(command, bundle, "--baseline", "known.yaml")
        assert (known.code, known.out.splitlines()[-2:]) == (
            0,
            ["0 breaking · 0 notable · 0 info · 1 known", "NO DRIFT THAT COUNTS"],
        )

        bundle["paths"][f"{ONE}/fork"]["parameters"][0]["schema"]["maxLength"] = 40
        new = drift(command, bundle, "--baseline", "known.yaml")
        assert new.code == 1
        assert "    In           fork_conversation\n" in new.out

        mended = drift(command, load(), "--baseline", "known.yaml")
        assert mended.code == 0
        assert f"Mended: {entry.what}. Take it out of the baseline, or pass --update-baseline.\n" in mended.out

    def test_reasons_stay_and_mended_entries_go(self, command: Command, bundle: Any) -> None:
        """An update keeps what people wrote, widens an entry to more operations, and drops what is gone."""
        update = ("--baseline", "known.yaml", "--update-baseline")
        bundle["paths"][f"{ONE}/compact"]["parameters"][0]["schema"]["minLength"] = 9
        drift(command, shorter(bundle), *update)
        file = Path("known.yaml")
        file.write_text(file.read_text("utf-8").replace("not explained yet", "It is old."), "utf-8")
        bundle["paths"][f"{ONE}/fork"]["parameters"][0]["schema"]["maxLength"] = 40
        del bundle["paths"][f"{ONE}/compact"]["parameters"][0]["schema"]["minLength"]
        assert drift(command, bundle, *update).code == 0
        (entry,) = read(file).entries
        assert (entry.case, entry.reason) == ("cancel_conversation, fork_conversation", "It is old.")

    def test_expired_entry_fails_again(self, command: Command, bundle: Any) -> None:
        """After its day, an entry excuses nothing, and is named."""
        file = Path("known.yaml")
        drift(command, shorter(bundle), "--baseline", file, "--update-baseline")
        baseline = read(file)
        yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011  # as the baseline has it
        write(replace(baseline, entries=tuple(replace(e, expires=yesterday) for e in baseline.entries)), file)
        result = drift(command, bundle, "--baseline", file)
        assert result.code == 1
        assert f"Expired on {yesterday}: request, path conversation_id/maxLength" in result.out

    def test_known_is_suppressed_in_sarif(self, command: Command, bundle: Any) -> None:
        """A code scanner is told of it, and that it is accepted."""
        arguments = ("--baseline", "known.yaml", "--update-baseline", "--format", "sarif")
        (finding,) = json.loads(drift(command, shorter(bundle), *arguments).out)["runs"][0]["results"]
        assert finding["suppressions"][0]["justification"].startswith("not explained yet (nobody yet, until ")
