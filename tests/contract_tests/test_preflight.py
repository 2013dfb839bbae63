from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from letta_contract.contract_tests import preflight
from letta_contract.contract_tests.errors import TargetError, UsageError
from letta_contract.contract_tests.exchange import Exchange, Fault, Reply
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.settings import Settings

SELF_SIGNED = str(Path(__file__).parent / "tls/self_signed.pem")
JSON = "application/json"


class Scripted:
    """A target that gives these answers in turn: (status, body, media type), or a fault's words."""

    def __init__(
        self, *answers: tuple[int, Any, str] | str, token: str | None = None, base_url: str = "http://h"
    ) -> None:
        self.answers = list(answers)
        self.token = token
        self.base_url = base_url
        self.proxy: str | None = None
        self.sent: list[Request] = []

    def send(self, request: Request) -> Exchange:
        self.sent.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, str):
            return Exchange(request, None, Fault(answer, refused=True))
        status, body, media = answer
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Exchange(request, Reply(status, (("content-type", media),) if media else (), content))

    probe = send


def check(*answers: tuple[int, Any, str] | str, wait: float = 0, **options: Any) -> Scripted:
    target = Scripted(*answers, **options)
    preflight.check(target, wait)  # type: ignore[arg-type]
    return target


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((200, [], JSON), id="a list"),
        pytest.param((200, {"items": []}, JSON), id="JSON of another shape"),
        pytest.param((200, b"[NaN", JSON), id="broken JSON"),
        pytest.param((422, {"detail": [{"loc": []}]}, JSON), id="an error with detail"),
        pytest.param((422, {"detail": "a string"}, JSON), id="an error with another detail"),
        pytest.param((500, {"detail": "An unknown error occurred"}, JSON), id="a failure"),
        pytest.param((402, {"error": "credits", "reasons": []}, JSON), id="an error of the second form"),
        pytest.param((404, {"detail": "No conversations."}, JSON), id="a 404 that says what is missing"),
    ],
)
def test_server_that_is_merely_wrong_is_judged(answer: tuple[int, Any, str]) -> None:
    """What might be a server of this API is left to the cases, after one question."""
    target = check(answer)
    assert [request.target for request in target.sent] == ["/v1/conversations/?limit=1"]


def test_server_without_a_list_may_have_the_rest() -> None:
    """Where listing is broken, an unknown conversation may still be answered as one."""
    target = check((404, {"detail": "Not Found"}, JSON), (404, {"detail": "Conversation not found"}, JSON))
    assert len(target.sent) == 2


NO_SUCH = [
    pytest.param((404, b"<h1>Not found</h1>", "text/html"), id="a web server"),
    pytest.param((200, b"<h1>Hello</h1>", "text/html"), id="one page for everything"),
    pytest.param((301, b"", ""), id="a redirect"),
    pytest.param((404, {"detail": "Not Found"}, JSON), id="another application"),
    pytest.param((405, {"detail": "Method Not Allowed"}, JSON), id="another application's method"),
    pytest.param(
        (404, {"timestamp": 1, "status": 404, "error": "Not Found", "path": "/"}, JSON), id="another framework"
    ),
    pytest.param((404, {"error": "Not Found"}, JSON), id="yet another framework"),
    pytest.param((404, {"message": "no Route matched with those values"}, JSON), id="a gateway"),
    pytest.param((404, ["Not Found"], JSON), id="a list of errors"),
    pytest.param((404, b"", JSON), id="no JSON"),
]


@pytest.mark.parametrize("answer", NO_SUCH)
def test_other_kind_of_server_is_none_to_judge(answer: tuple[int, Any, str]) -> None:
    """A server of something else is told from one that breaks the contract, with what it answered."""
    with pytest.raises(TargetError) as caught:
        check(answer)
    kind = answer[2] or "without a Content-Type"
    assert str(caught.value) == (
        f"http://h answers GET /v1/conversations/ with {answer[0]} {kind}: that is no server of the conversations API. "
        "Check the address, and a path prefix that it may need."
    )


def test_second_question_needs_an_answer() -> None:
    """A web server that then dies is still no server of this API."""
    with pytest.raises(TargetError, match="that is no server of the conversations API"):
        check((404, b"", "text/html"), "the server broke the connection")


@pytest.mark.parametrize("status", [401, 403])
def test_server_that_asks_for_a_token(status: int) -> None:
    """Without a token the way to pass one is told; with one, that it was refused, and not which it was."""
    with pytest.raises(UsageError) as caught:
        check((status, {"detail": "No."}, JSON))
    assert str(caught.value) == f"http://h asks for a token ({status}). Pass --token, or set LETTA_API_KEY."
    with pytest.raises(UsageError) as caught:
        check((status, {"detail": "No."}, JSON), token="hush")
    assert str(caught.value) == f"http://h refuses the token ({status}). Check --token or LETTA_API_KEY."


@pytest.mark.parametrize(
    ("fault", "base_url", "way_out"),
    [
        (
            "the server took no connection: [Errno 111]",
            "http://h",
            "Start it, or pass --wait SECONDS while it comes up.",
        ),
        ("the server was silent for 30 s", "http://h", "Start it, or pass --wait SECONDS while it comes up."),
        ("[SSL: CERTIFICATE_VERIFY_FAILED]", "https://h", "Pass --ca with the authority's certificate."),
        ("[SSL: WRONG_VERSION_NUMBER]", "https://h", "Does it speak http:// instead?"),
        ("TLS alert", "http://h", "Does it speak https:// instead?"),
    ],
)
def test_unreachable_server_says_what_to_do(fault: str, base_url: str, way_out: str) -> None:
    """Each reason for no answer ends with its own next step."""
    with pytest.raises(TargetError) as caught:
        check(fault, base_url=base_url)
    assert str(caught.value) == f"{base_url}: {fault}. {way_out}"


@pytest.mark.parametrize("status", [502, 503, 504])
def test_proxy_s_answer_is_no_server_s(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """A proxy without a server behind it is waited for, and told as what it is where that is in vain."""
    monkeypatch.setattr(preflight, "_PAUSE", 0.01)
    page = (status, b"<h1>Bad Gateway</h1>", "text/html")
    assert len(check(page, page, (200, [], JSON), wait=5).sent) == 3
    with pytest.raises(TargetError) as caught:
        check(page)
    assert str(caught.value) == (
        f"http://h answers GET /v1/conversations/ with {status} text/html: that is what a proxy says for a server that "
        "is not there, or not in time. Start it, or pass --wait SECONDS while it comes up."
    )


def test_certificate_is_not_waited_for() -> None:
    """What waiting does not mend is told at once."""
    started = time.monotonic()
    with pytest.raises(TargetError, match="Pass --ca"):
        check("[SSL: CERTIFICATE_VERIFY_FAILED]", wait=60)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("status", [401, 403])
def test_refusal_that_is_no_server_s_names_headers(status: int) -> None:
    """A page is no answer of this API: something in front may ask for a header of its own."""
    with pytest.raises(UsageError, match=f"asks for a token .{status}.*--token.*--header 'Name: value'"):
        check((status, b"<h1>Forbidden</h1>", "text/html"))


def test_wait_is_until_the_first_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that comes up in time is judged as soon as it does."""
    monkeypatch.setattr(preflight, "_PAUSE", 0.01)
    assert len(check("down", "down", (200, [], JSON), wait=5).sent) == 3


def test_wait_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not come up in time is told as down."""
    monkeypatch.setattr(preflight, "_PAUSE", 0.01)
    started = time.monotonic()
    with pytest.raises(TargetError, match="down"):
        check("down", wait=0.1)
    assert 0.1 <= time.monotonic() - started < 2


def test_target_has_the_run_s_settings() -> None:
    """Token, headers and limits of the settings are those of the target."""
    chosen = Settings(token="t", header=("X-A: b",), timeout=1, stream_timeout=2)
    with preflight.connect(chosen, "http://h/") as target:
        assert (target.base_url, target.token, target._headers) == ("http://h", "t", (("X-A", "b"),))
        assert (target.limits.silence, target.limits.stream) == (1, 2)


@pytest.mark.parametrize(
    "chosen",
    [
        Settings(ca="no such file"),
        Settings(ca=__file__),
        Settings(cert="no such file"),
        Settings(cert=SELF_SIGNED, key=__file__),
    ],
)
def test_certificate_that_cannot_be_read_is_a_usage_error(chosen: Settings) -> None:
    """A slip in a file's name is told before anything is sent."""
    with pytest.raises(UsageError, match=r"^The certificate cannot be read: .* Check --ca, --cert and --key\.$"):
        preflight.connect(chosen, "https://h")


def test_authority_and_client_certificate_are_used() -> None:
    """A server with a certificate of a private authority, which asks for one of the client's, is reached."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SELF_SIGNED)
    context.load_verify_locations(SELF_SIGNED)
    context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, context.wrap_socket(connection, server_side=True) as secured:
                secured.recv(65536)
                secured.sendall(b"HTTP/1.1 204 Fine\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with preflight.connect(Settings(ca=SELF_SIGNED, cert=SELF_SIGNED), url) as target:
            reply = target.send(Request("GET", "/")).reply
        thread.join(5)
    assert reply is not None
    assert reply.status == 204
