from __future__ import annotations

from letta_contract.contract_tests.case import Case, Result, Row
from letta_contract.contract_tests.exchange import Exchange, Fault, Reply
from letta_contract.contract_tests.presentable import Presentable
from letta_contract.contract_tests.request import Request
from letta_contract.contract_tests.verdict import Verdict

SECRET = "hush-hush"
CASE = Case("list_conversations", "slug", "It must.", "OP-2", lambda _: iter(()))


def result(text: str, *exchanges: Exchange) -> Result:
    row = Row(text, Verdict.FAIL, text, text, "OP-2", text, exchanges)
    return Result(CASE, (row,), 1.5, text)


def test_token_is_in_no_text() -> None:
    """Wherever a server or a case repeats the token, its variable stands in its place."""
    shown = Presentable(SECRET).result(result(f"not {SECRET}!"))
    assert shown == result("not ${LETTA_API_KEY}!")


def test_token_is_in_no_exchange() -> None:
    """Headers that were sent, and headers, bodies and faults that came, are without it, whole or cut short."""
    request = Request("GET", "/a", headers=(("Authorization", f"Basic {SECRET}"), ("X", "Bearer hush-hus")))
    reply = Reply(401, (("www-authenticate", SECRET),), b'{"detail": "hush-hush\xff"}')
    fault = Fault(SECRET, partial=reply)
    shown = Presentable(SECRET).result(result("", Exchange(request, reply), Exchange(request, None, fault)))
    assert "hush" not in repr(shown)
    first, second = shown.rows[0].exchanges
    assert first.request.headers == (("Authorization", "Basic ${LETTA_API_KEY}"), ("X", "Bearer ${LETTA_API_KEY%?}"))
    assert first.reply == Reply(401, (("www-authenticate", "${LETTA_API_KEY}"),), b'{"detail": "${LETTA_API_KEY}\xff"}')
    assert second.fault == Fault("${LETTA_API_KEY}", partial=first.reply)


def test_token_that_is_part_of_every_word_is_left() -> None:
    """A token of three letters is no secret, and a report without them no report."""
    assert Presentable("not").result(result("not found")) == result("not found")
    assert Presentable("four").result(result("a fourth")) == result("a ${LETTA_API_KEY}th")


def test_nothing_is_hidden_without_a_token() -> None:
    """Without a token everything stays as it is."""
    assert Presentable(None).result(result("a\tb\nc é")) == result("a\tb\nc é")


def test_nothing_is_left_that_a_terminal_obeys_or_a_file_refuses() -> None:
    """Escape sequences, NUL, C1 controls and half characters are shown as �."""
    assert Presentable(None).result(result("\x1b[31m\0\r\x9b\x7f\ud800")) == result("�[31m�����")


def test_value_of_an_extra_header_is_in_no_text() -> None:
    """What a header says is as secret as the token, with its scheme and without; what only describes is not."""
    headers = (("X-Api-Key", "key-hush-hush"), ("Proxy-Auth", "Basic aHVzaC1odXNo"), ("X-On", "true"))
    shown = Presentable(None, (*headers, ("Accept", "application/json"))).result(
        result("key-hush-hush, aHVzaC1odXNo, Basic aHVzaC1odXNo, true, application/json")
    )
    assert shown == result("${HEADER_X_API_KEY}, ${HEADER_PROXY_AUTH}, ${HEADER_PROXY_AUTH}, true, application/json")
