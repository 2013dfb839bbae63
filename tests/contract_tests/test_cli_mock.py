from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from letta_contract import mock_server
from letta_contract.contract_tests.cli_mock import mock
from letta_contract.mock_server import Settings

if TYPE_CHECKING:
    from .outcome import Outcome

    Command = Callable[..., Outcome]

FLAGS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "--host": (["0.0.0.0"], {"host": "0.0.0.0"}),
    "--port": (["0"], {"port": 0}),
    "--stateful": ([], {"stateful": True}),
    "--state": (["a.db"], {"state": "a.db"}),
    "--world": (["long"], {"world": "long"}),
    "--workers": (["3"], {"workers": 3}),
    "--token": (["s3cret"], {"token": "s3cret"}),
    "--cors": (["http://localhost:3000"], {"cors": "http://localhost:3000"}),
    "--no-cors": ([], {"cors": None}),
    "--chunk-delay": (["7"], {"chunk_delay": 7}),
    "--max-body": (["1000"], {"max_body": 1000}),
    "--reload": ([], {"reload": True}),
    "--spec": (["a.yaml"], {"spec": Path("a.yaml")}),
    "--fixtures": (["own"], {"fixtures": Path("own")}),
    "--seed": (["-5"], {"seed": -5}),
    "--delay": (["9"], {"delay": 9}),
}


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings of the servers that would have run."""
    settings: list[Settings] = []
    monkeypatch.setattr(mock_server, "serve", settings.append)
    return settings


def test_every_flag_is_tried_here() -> None:
    """So that none is added that reaches nothing."""
    assert {name for option in mock.params if isinstance(option, click.Option) for name in option.opts} == set(FLAGS)


def test_defaults_are_those_of_the_server(command: Command, served: list[Settings]) -> None:
    """What the command line says of them is true."""
    assert command("mock").code == 0
    assert served == [Settings()]
    said = " ".join(command("mock", "--help").out.split())
    for shown in ("127.0.0.1", "8284", "[default: default]", "[default: *]", str(Settings().max_body)):
        assert shown in said


@pytest.mark.parametrize("flag", FLAGS)
def test_flag_reaches_its_setting(command: Command, served: list[Settings], flag: str) -> None:
    """Each sets what it is named for, and leaves the rest alone."""
    values, settings = FLAGS[flag]
    assert command("mock", flag, *values).code == 0
    assert served == [Settings(**settings)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "99999"], "Invalid value for '--port': 99999 is not in the range 0<=x<=65535."),
        (["--port", "http"], "Invalid value for '--port': 'http' is not a valid integer range."),
        (["--workers", "0"], "Invalid value for '--workers': 0 is not in the range x>=1."),
        (["--delay", "-1"], "Invalid value for '--delay': -1 is not in the range 0<=x<=600000."),
        (["--chunk-delay", "600001"], "Invalid value for '--chunk-delay': 600001 is not in the range 0<=x<=600000."),
        (["--max-body", "0"], "Invalid value for '--max-body': 0 is not in the range x>=1."),
        (["--seed", "x"], "Invalid value for '--seed': 'x' is not a valid integer."),
        (["--cors", "*", "--no-cors"], "Give one of them."),
        (["--cors", "localhost:3000"], "--cors 'localhost:3000' is no origin. Give one like http://localhost:3000"),
        (["--cors", "http://localhost:3000/"], "is no origin."),
        (["--cors", "http://a\r\nb: c"], "is no origin."),
        (["--cors", ""], "is no origin."),
        (["--token", ""], "--token is no word of visible ASCII. Give one, or leave it out"),
        (["--token", "two words"], "--token is no word of visible ASCII."),
        (["--state", ""], "--state is empty. Give a file or redis://HOST:PORT/0"),
        (["--state", "postgres://x"], "--state postgres://… is not known. Give a file, or redis://HOST:PORT/0."),
        (["--state", "missing/x.db"], "unable to open database file. Name a file that can be written"),
        (["--world", "none"], "There is no world 'none'. Take one of: default, empty, long"),
        (["--workers", "2", "--stateful"], "Give them a --state FILE to share."),
        (["--workers", "2", "--reload"], "Leave out --reload, or --workers."),
        (["--spec", "missing.yaml"], "missing.yaml: document: No such file or directory."),
        (["--fixtures", "missing"], "missing: not a folder with any of examples/, streams/, seeds/ in it"),
        (["--host", ""], "--host is empty. Give 127.0.0.1, or 0.0.0.0 to be reached from other machines."),
        (["--host", "203.0.113.1"], "Use --host 127.0.0.1 and --port 0."),
        (["more"], "Got unexpected extra argument (more)"),
    ],
)
def test_slip_is_told_before_anything_is_served(command: Command, arguments: list[str], message: str) -> None:
    """Exit code 2, nothing on standard output, and a line that says what to do instead of a traceback."""
    result = command("mock", "--port", "0", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "Traceback" not in result.err


def test_settings_show_no_secret() -> None:
    """Neither the token nor the password in an address is in what is printed of them."""
    assert "s3cret" not in repr(Settings(token="s3cret", state="redis://:s3cret@h"))
