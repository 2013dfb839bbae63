from __future__ import annotations

from typing import Any

import pytest

FORK = "/v1/conversations/{conversation_id}/fork"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/v1", "/conversations/{conversation_id}/fork"),
        ("https://api.example/letta/v1/", "/conversations/{conversation_id}/fork"),
        ("//api.example/v1", "/conversations/{conversation_id}/fork"),
        ("{scheme}://{host}/v1", "/conversations/{id}/fork"),
        ("https://api.example", FORK),
        ("https://api.example/letta/v1", FORK),
        (".", FORK),
        (5, FORK),
    ],
)
def test_path_of_the_server_is_part_of_each(bundle: Any, drifted: Any, url: Any, path: str) -> None:
    """Paths are below that of the document's first server, wherever that ends."""
    operation = {path: bundle["paths"][FORK]}
    servers = [{"url": url}, {"url": "http://elsewhere/other"}]
    assert drifted({**bundle, "servers": servers, "paths": operation}) == []


@pytest.mark.parametrize("name", ["id", "conversation_id", "tenant_id"])
def test_parameters_of_a_prefix_are_in_the_address(bundle: Any, drifted: Any, name: str) -> None:
    """What a prefix asks for stands in the address already, and is not taken for the contract's own parameter."""
    item = bundle["paths"][FORK]
    own = [{**one, "name": name} if one["in"] == "path" else one for one in item["post"].get("parameters", [])]
    shared = [{**one, "name": name} if one["in"] == "path" else one for one in item.get("parameters", [])]
    tenant = {"name": "tenant", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 8}}
    path = "/{tenant}" + FORK.replace("conversation_id", name)
    paths = {path: {"post": {**item["post"], "parameters": own}, "parameters": [tenant, *shared]}}
    assert drifted({**bundle, "paths": paths}) == []


def test_operation_besides_is_named_by_its_whole_path(bundle: Any, drifted: Any) -> None:
    """Of what only the target has, the path is told as a client would write it."""
    paths = {"/conversations/": {"put": {"responses": {}}, "get": bundle["paths"]["/v1/conversations/"]["get"]}}
    (found,) = drifted({**bundle, "servers": [{"url": "/v1"}], "paths": paths})
    assert found.id == "PUT /v1/conversations//operation-extra"
