from typing import Any

import httpx
import pytest
from letta_contract.mock_server.accept import Acceptance, satisfied
from letta_contract.mock_server.refusal import Refusal


@pytest.mark.parametrize(
    ("accept", "fine"),
    [
        ("application/json", True),
        ("APPLICATION/JSON; charset=utf-8", True),
        ("application/*", True),
        ("text/html, */*;q=0.1", True),
        ("text/html", False),
        ("application/json;q=0", False),
        ("application/json;q=0.000, */*", False),
        ("application/*;q=0, application/json", True),
        ("*/*;q=0", False),
        ("application/json;q=broken", True),
        ("application/jsonx", False),
        ("", True),
        ("nonsense", True),
        ('text/html;x="a,application/json"', False),
    ],
)
def test_most_specific_range_decides(accept: str, fine: bool) -> None:  # noqa: FBT001
    """Weights and wildcards are those of RFC 9110 §12.5.1; what says nothing lets everything through."""
    assert satisfied([(b"accept", accept.encode())], ["application/json"]) is fine


def test_several_headers_are_one_list() -> None:
    """A range of the second counts as well, and a refusal in the first."""
    either = [(b"accept", b"text/html"), (b"accept", b"text/event-stream")]
    assert satisfied(either, ["application/json", "text/event-stream"])
    headers = [(b"accept", b"application/json;q=0"), (b"accept", b"*/*")]
    with pytest.raises(Refusal, match="application/json") as caught:
        Acceptance(["application/json"]).check(headers)
    assert caught.value.status == 406


def get(api: Any, path: str, accept: str, method: str = "GET", **options: Any) -> httpx.Response:
    return httpx.request(method, f"{api.base_url}{path}", headers={"accept": accept}, **options)


def test_what_nobody_documented_is_406(either: Any) -> None:
    """The body lists what there is; and nothing is done."""
    for _ in range(2):
        response = get(either, either.known, "text/html, image/*")
        assert response.status_code == 406
        assert response.headers["content-type"] == "application/json"
        assert "application/json" in response.json()["detail"]
    before = either.rows(either.known)
    refused = get(
        either, f"{either.known}/messages", "text/html", "POST", json={"input": "unheard", "streaming": False}
    )
    assert refused.status_code == 406
    assert "text/event-stream and application/json" in refused.json()["detail"]
    assert either.rows(either.known) == before


def test_errors_are_json_whatever_is_accepted(examples: Any, guarded: Any) -> None:
    """401, 404, 405, 422 and forced errors are not kept back."""
    for api, path, method, status in (
        (guarded, guarded.known, "GET", 401),
        (examples, "/nowhere", "GET", 404),
        (examples, examples.known, "PUT", 405),
        (examples, "/v1/conversations/x", "GET", 422),
        (examples, f"{examples.known}?__code=404", "GET", 404),
    ):
        response = get(api, path, "text/html", method)
        assert (response.status_code, response.headers["content-type"]) == (status, "application/json")


@pytest.mark.parametrize("streaming", [True, False])
@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_accept_does_not_decide_whether_a_send_streams(examples: Any, streaming: bool, accept: str) -> None:  # noqa: FBT001
    """`streaming` does (SSE-12, SSE-13)."""
    body = {"input": "x", "streaming": streaming}
    response = get(examples, f"{examples.known}/messages", accept, "POST", json=body)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream" if streaming else "application/json")


def test_forced_success_is_negotiated(examples: Any) -> None:
    """A named or drawn answer of 200 is 406, too, where it is not accepted."""
    assert get(examples, f"{examples.known}?__dynamic=1", "text/html").status_code == 406


def test_head_of_an_error_has_no_body(examples: Any) -> None:
    """HEAD answers 406, 422 and forced statuses as GET does, without their bodies."""
    for path, accept in (
        (examples.known, "text/html"),
        ("/v1/conversations/x", "*/*"),
        (f"{examples.known}?__code=404", "*/*"),
    ):
        head, whole = get(examples, path, accept, "HEAD"), get(examples, path, accept)
        assert head.status_code == whole.status_code >= 400
        assert head.content == b""
        assert head.headers["content-length"] == whole.headers["content-length"]


def test_stream_comes_to_clients_that_accept_json(examples: Any) -> None:
    """The official clients ask for JSON wherever they call, and read the stream that comes."""
    response = examples.post(f"{examples.known}/stream", headers={"accept": "application/json"})
    assert response.headers["content-type"].startswith("text/event-stream")
