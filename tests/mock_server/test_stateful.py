from typing import Any

from letta_contract import spec
from letta_contract.mock_server.stateful import stateful_handlers


def test_every_operation_of_the_document_has_a_handler() -> None:
    """None is left to its example."""
    assert set(stateful_handlers()) == {operation.id for operation in spec.operations(spec.load())}


def test_examples_of_bodies_are_accepted(api: Any) -> None:
    """What the document shows as a request is no violation, and no fault of the server's."""
    path = api.conversation(summary="For the examples")
    for operation in api.operations:
        content = operation.raw.get("requestBody", {}).get("content", {}).get("application/json", {})
        for name, example in content.get("examples", {}).items():
            url = operation.path.format(conversation_id=path.rpartition("/")[2], agent_id=api.agent)
            answer = api.request(operation.method, f"{url}?agent_id={api.agent}", json=example["value"] or {})
            assert answer.status_code in (200, 400, 404, 409), (operation.id, name, answer.text)
