import dataclasses
from typing import Any

import pytest
from letta_contract.mock_server import Settings, __main__

FLAGS: dict[str, tuple[list[str], Any]] = {
    "host": (["--host", "::"], "::"),
    "port": (["--port", "0"], 0),
    "stateful": (["--stateful"], True),
    "state": (["--state", "a.db"], "a.db"),
    "world": (["--world", "long"], "long"),
    "workers": (["--workers", "2"], 2),
    "token": (["--token", "t"], "t"),
    "cors": (["--no-cors"], None),
    "spec": (["--spec", "a.yaml"], "a.yaml"),
    "fixtures": (["--fixtures", "own"], "own"),
    "seed": (["--seed", "5"], 5),
    "max_body": (["--max-body", "9"], 9),
    "delay": (["--delay", "7"], 7),
    "chunk_delay": (["--chunk-delay", "8"], 8),
    "reload": (["--reload"], True),
}


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    served: list[Any] = []
    monkeypatch.setattr(__main__, "serve", lambda settings, *, quiet: served.append((settings, quiet)))
    return served


def test_there_is_a_flag_for_each_setting(served: list[Any]) -> None:
    """The defaults are those of the settings."""
    assert {field.name for field in dataclasses.fields(Settings)} == set(FLAGS)
    assert __main__.main([]) == 0
    assert served == [(Settings(), False)]


@pytest.mark.parametrize("name", FLAGS)
def test_flag_reaches_its_setting(served: list[Any], name: str) -> None:
    """And says nothing of the others, but what one implies."""
    arguments, value = FLAGS[name]
    assert __main__.main([*arguments, "--quiet"]) == 0
    ((settings, quiet),) = served
    assert quiet
    assert str(getattr(settings, name)) == str(value)
    others = {"stateful": False, name: getattr(Settings(), name)}
    assert dataclasses.replace(settings, **others) == Settings()


def test_setting_that_cannot_be_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """In a line on standard error, with exit code 2."""
    assert __main__.main(["--token", ""]) == 2
    assert "Give one, or leave it out" in capsys.readouterr().err
