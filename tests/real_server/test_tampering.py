from __future__ import annotations

import httpx
import pytest
from letta_contract.mock_server import Settings, create_app

from .serving import serving
from .tampering import tampered

CONVERSATIONS = "/v1/conversations/"


@pytest.mark.slow
def test_one_thing_is_broken_and_no_other() -> None:
    """A retrieved conversation has lost its agent; a list, an error and a change come as the server gave them."""
    with (
        serving(create_app(Settings(stateful=True))) as url,
        tampered(url) as worse,
        httpx.Client(trust_env=False) as client,
    ):
        listed = client.get(url + CONVERSATIONS).json()
        path = CONVERSATIONS + listed[0]["id"]
        right = client.get(url + path).json()
        assert client.get(worse + path).json() == {name: right[name] for name in right if name != "agent_id"}

        assert client.get(worse + CONVERSATIONS).json() == listed
        assert client.patch(worse + path, json={"summary": "new"}).json()["agent_id"] == right["agent_id"]
        for target in (CONVERSATIONS + "x", f"{CONVERSATIONS}?limit=two", "/v1/no/such/path"):
            original, passed = client.get(url + target), client.get(worse + target)
            assert (passed.status_code, passed.content) == (original.status_code, original.content)
