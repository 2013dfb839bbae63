import asyncio
import json
from typing import Any

import pytest
from letta_contract.mock_server import Settings
from letta_contract.mock_server.door import Door
from letta_contract.mock_server.session import Sessions

SCOPE = {"type": "http", "method": "GET", "path": "/v1/conversations/", "query_string": b"", "headers": []}


class Lost(Exception):  # noqa: N818
    """A bug."""


@pytest.mark.parametrize("begun", [False, True])
def test_bug_is_logged_and_answered_where_that_is_still_possible(*, begun: bool) -> None:
    """An exception goes on to the server's log; its client gets a signed 500 that is JSON, unless an answer began."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise Lost

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    sessions = Sessions(None, Settings())
    with pytest.raises(Lost):
        asyncio.run(Door(app, sessions, "*")(dict(SCOPE), None, send))  # type: ignore[arg-type]
    assert [message["status"] for message in sent[:1]] == [200 if begun else 500]
    assert dict(sent[0]["headers"])[b"access-control-allow-origin"] == b"*"
    assert len(sent) == 1 if begun else "fault" in json.loads(sent[1]["body"])["detail"]
