from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from letta_contract.contract_tests.curl import CUT, TOKEN, Extra, curl
from letta_contract.contract_tests.request import Request, request
from letta_contract.contract_tests.target import Target

if TYPE_CHECKING:
    from .server import Server
    from .tampered import Call

SECRET = "hush-hush"
_NO_BODY = ("content-length", "0")  # which some clients say, and some do not
REQUESTS = {
    "plain": Request("GET", "/v1/conversations/", "limit=1"),
    "quotes": request(
        "PATCH", "/{id}", path={"id": 'it\'s "quoted" `here` $HOME %'}, body='it\'s "here" $HOME `ls` \\n'
    ),
    "double slash": Request("GET", "/v1/conversations//messages"),
    "dots": Request("GET", "/v1/./conversations/../x"),
    "brackets": Request("GET", "/{a,b}/[1-3]", "a[]=1&b={x}"),
    "no body": Request("POST", "/a"),
    "empty body": Request("POST", "/a", body=b""),
    "no media type": Request("POST", "/a", body=b"{}"),
    "another media type": Request("POST", "/a", headers=(("Content-Type", "text/plain; a=b"),), body=b"{}"),
    "empty header": Request("GET", "/a", headers=(("X-Empty", ""),)),
    "body of a GET": Request("GET", "/a", body=b"{}"),
    "at sign": Request("POST", "/a", body=b"@/etc/hosts"),
    "text": Request("POST", "/a", body="{'a': 'né 100%'}".encode()),
    "line feed at the end": Request("POST", "/a", body=b"a\nb\n"),
    "every byte": Request("POST", "/a", body=bytes(range(256))),
    "dashes": Request("PUT", "/a", body=b"--\n"),
    "digits after a byte": Request("POST", "/a", body=b"\x001234\x07a"),
    "head": Request("HEAD", "/a"),
    "without the token": Request("GET", "/a", authorized=False),
}


def test_command_is_one_readable_line() -> None:
    """What is printed is what a person would type, with the token in its variable."""
    made = request("POST", "/v1/conversations/", query={"agent_id": "a"}, body={"summary": "x"})
    assert curl(made, "http://host/prefix/", token=True) == (
        "curl -sS -i -X POST 'http://host/prefix/v1/conversations/?agent_id=a'"
        ' -H "Authorization: Bearer $LETTA_API_KEY"'
        " -H 'Content-Type: application/json' --data-raw '{\"summary\": \"x\"}'"
    )


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("name", REQUESTS)
def test_command_sends_what_was_sent(name: str, server: Server) -> None:
    """Run by a plain POSIX shell, the command repeats the request to the byte."""
    with Target(server.url, token=SECRET) as target:
        target.send(REQUESTS[name])
    run(curl(REQUESTS[name], server.url, token=True))
    sent, repeated = (comparable(call) for call in server.app.calls)
    assert repeated == sent


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(
    ("shown", "sent"),
    [(f"Basic {TOKEN}", "Basic hush-hush"), (f'{CUT} "$`\\', 'hush-hus "$`\\'), (f"{TOKEN}x", "hush-hushx")],
)
def test_token_comes_from_its_variable_wherever_it_stands(shown: str, sent: str, server: Server) -> None:
    """A header with a part of the token in it is completed by the shell."""
    run(curl(Request("GET", "/a", headers=(("Authorization", shown),), authorized=False), server.url, token=True))
    assert server.app.calls[0].headers["authorization"] == sent


def run(command: str) -> None:
    subprocess.run(["sh", "-c", command], check=True, timeout=10, capture_output=True, env={"LETTA_API_KEY": SECRET})


def comparable(call: Call) -> tuple[object, ...]:
    """What makes two requests the same to a server."""
    headers = {
        name: value
        for name, value in call.headers.items()
        if name in ("authorization", "content-type", "content-length", "x-empty") and (name, value) != _NO_BODY
    }
    return call.method, call.path, call.query, headers, call.body


def test_what_a_run_has_besides_is_in_the_command() -> None:
    """Extra headers are there by name, with a variable for the value; files of certificates are where they were."""
    extra = Extra(("X-Api-Key", "Accept"), ("--cacert", "my ca.pem"))
    asked = Request("GET", "/a", headers=(("Accept", "text/html"),))
    assert curl(asked, "https://h", token=False, extra=extra) == (
        "curl -sS -i https://h/a --cacert 'my ca.pem' -H \"X-Api-Key: ${HEADER_X_API_KEY}\" -H 'Accept: text/html'"
    )
