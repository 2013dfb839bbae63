import subprocess
import sys

import pytest
from letta_contract.mock_server import Settings
from letta_contract.mock_server.state import StateError, kind_of, open_state


@pytest.mark.parametrize("where", ["postgres://x/y", "http://127.0.0.1"])
def test_unknown_kind_is_refused(where: str) -> None:
    """Rather than taken for the name of a file."""
    with pytest.raises(StateError, match=r"is not known. Give a file, or redis://"):
        open_state(where)


def test_redis_that_does_not_answer_is_refused() -> None:
    """With what to do, and without the password."""
    with pytest.raises(StateError, match=r"[^.]\. Start a Redis there") as error:
        open_state("redis://:s3cret@127.0.0.1:1/0")
    assert "s3cret" not in str(error.value)


def test_redis_needs_its_package() -> None:
    """Who has not installed it is told how."""
    code = (
        "import sys; sys.modules['redis'] = None\n"
        "from letta_contract.mock_server.state import open_state\n"
        "open_state('redis://127.0.0.1:1/0')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (
        "StateError: --state redis://… needs another package. Run: pip install 'letta-contract[redis]'" in done.stderr
    )


@pytest.mark.parametrize(("where", "kind"), [(None, "memory"), ("rediss://x", "Redis"), ("a/b.db", "SQLite (a/b.db)")])
def test_kind_is_told(where: str | None, kind: str) -> None:
    """Without what may be secret in an address."""
    assert kind_of(where) == kind


@pytest.mark.parametrize("settings", [Settings(state="x"), Settings(world="long")])
def test_what_is_to_be_remembered_is_stateful(settings: Settings) -> None:
    """Nobody has to say so twice."""
    assert settings.stateful
    assert not Settings().stateful
