from __future__ import annotations

import pytest
from letta_contract.contract_tests import remedy
from letta_contract.contract_tests.exchange import Reply

# What OpenSSL and nginx say is taken from real ones in tests/contract_tests/front; here is what those do not say.
PROXY = "http://name:hush@proxy.test:3128"


def page(status: int, body: bytes = b"") -> Reply:
    return Reply(status, (("content-type", "text/html"),), body)


@pytest.mark.parametrize(
    ("what", "way_out"),
    [
        ("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED]", "Pass --cert FILE, and --key FILE."),
        ("[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE]", "Pass --cert FILE, and --key FILE."),
        ("[SSL: TLSV1_ALERT_UNKNOWN_CA]", "Check --cert."),
        ("[SSL: SSLV3_ALERT_BAD_CERTIFICATE]", "Check --cert."),
        ("[SSL: SSLV3_ALERT_CERTIFICATE_EXPIRED]", "Renew it, and pass it with --cert."),
        ("[SSL: TLSV1_ALERT_NO_APPLICATION_PROTOCOL]", "such as HAProxy or Caddy."),
    ],
)
def test_alert_of_tls_says_what_to_do(what: str, way_out: str) -> None:
    """Each alert has its own next action, and waiting is none."""
    assert remedy.of_fault(what, "https://h", None).endswith(way_out)
    assert remedy.lasting(what)


@pytest.mark.parametrize("what", ["[Errno 111] Connection refused", "[SSL: UNEXPECTED_EOF_WHILE_READING]", "silent"])
def test_what_may_pass_is_not_lasting(what: str) -> None:
    """A server that is starting may refuse, hang up and be silent."""
    assert not remedy.lasting(what)


@pytest.mark.parametrize("status", [426, 505])
def test_other_version_of_http_is_told(status: int) -> None:
    """A server that wants another HTTP than ours says so by its status."""
    assert remedy.of_reply(page(status), None).endswith("such as HAProxy or Caddy.")


def test_answer_may_be_the_forward_proxy_s() -> None:
    """On the way through a proxy, refusals and failures may be its own; its password is not told."""
    for status in (403, 500, 502):
        said = remedy.of_reply(page(status), PROXY)
        assert said.startswith("that may be the proxy's own answer. The way leads through the proxy http://proxy.test")
        assert "hush" not in said
    assert remedy.of_reply(page(404), PROXY) == remedy.of_reply(page(404), None)
    assert "put its host into NO_PROXY" in remedy.of_refusal(PROXY)
    assert "NO_PROXY" not in remedy.of_refusal(None)
