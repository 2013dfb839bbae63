from typing import Any

import pytest
from letta_contract.mock_server.bearer import BearerToken
from letta_contract.mock_server.refusal import Refusal

TOKEN = BearerToken("s3crét")


@pytest.mark.parametrize("value", ["Bearer s3crét", "bearer s3crét", "Bearer  s3crét "])
def test_token_lets_in(value: Any) -> None:
    """The token is let in; how its scheme is written does not matter (RFC 9110 §11.1)."""
    TOKEN.check([(b"authorization", value.encode())])


@pytest.mark.parametrize(
    "headers", [[], ["Bearer"], ["Bearer x"], ["Basic s3crét"], ["s3crét"], ["Bearer s3crét"] * 2, ["\0"]]
)
def test_everything_else_is_401(headers: Any) -> None:
    """Anything but exactly the token is refused, and told what to send."""
    with pytest.raises(Refusal, match="Authorization: Bearer") as refusal:
        TOKEN.check([(b"authorization", value.encode()) for value in headers])
    assert refusal.value.status == 401


def test_token_opens_the_server(guarded: Any) -> None:
    """With the token, the server answers as one that needs none."""
    headers = {"authorization": "Bearer s3cret"}
    assert guarded.get(guarded.known, headers=headers).status_code == 200
    assert guarded.get(guarded.unknown, headers=headers).status_code == 404
