from __future__ import annotations

from pathlib import Path

import pytest

from .postgres import postgres
from .service import ServiceError


def test_database_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """What initdb says is in the message, not in a traceback."""
    programs = tmp_path / "pgserver/pginstall/bin"
    programs.mkdir(parents=True)
    (tmp_path / "pgserver.libs").mkdir()
    initdb = programs / "initdb"
    initdb.write_text("#!/bin/sh\necho 'initdb: no space left' >&2\nexit 1\n", "utf-8")
    initdb.chmod(0o755)
    with (
        pytest.raises(ServiceError, match="Mend what its initdb says:\ninitdb: no space left"),
        postgres(tmp_path, tmp_path / "postgres.log"),
    ):
        pass
