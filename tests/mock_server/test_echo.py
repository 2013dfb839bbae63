from typing import Any

import pytest
from letta_contract import spec
from letta_contract.mock_server.echo import Echo, Template, page
from letta_contract.mock_server.request import Request

CONV = "conv-99999999-9999-4999-8999-999999999999"
AGENT = "agent-99999999-9999-4999-8999-999999999999"
GIVEN = {
    "summary": "A parcel",
    "description": "It is late.",
    "model": "zai/glm-5",
    "model_settings": {"provider_type": "zai", "temperature": 0.5, "thinking": {"type": "disabled"}},
    "context_window_limit": 9000,
}


def items(*ids: str) -> list[Any]:
    return [{"id": id_, "row": row} for row, id_ in enumerate(ids)]


def ids(rows: list[Any]) -> str:
    return "".join(row["id"] for row in rows)


def test_retrieved_conversation_is_the_one_of_the_path(examples: Any) -> None:
    """Under any id, and by any example; the rest is as documented."""
    for query in ("", "?__example=anthropic", "?__dynamic=true"):
        assert examples.get(f"/v1/conversations/{CONV}{query}").json()["id"] == CONV


def test_created_conversation_is_what_was_given(examples: Any) -> None:
    """The agent's id and every field that request and answer share; what is null or left out is as documented."""
    documented = examples.post(f"/v1/conversations/?agent_id={examples.agent}").json()
    created = examples.post(f"/v1/conversations/?agent_id={AGENT}", json=GIVEN).json()
    assert created == documented | GIVEN | {"agent_id": AGENT}
    assert examples.post(f"/v1/conversations/?agent_id={examples.agent}", json={"summary": None}).json() == documented


def test_updated_conversation_is_what_was_given(examples: Any) -> None:
    """Dates come as the API writes them, and when it was archived follows from whether."""
    path = f"/v1/conversations/{CONV}"
    updated = examples.patch(path, json={**GIVEN, "last_message_at": "2026-01-31", "archived": True}).json()
    assert GIVEN.items() <= updated.items()
    assert updated["id"] == CONV
    assert updated["last_message_at"] == "2026-01-31T00:00:00.000000Z"
    assert updated["archived"]
    assert updated["archived_at"]
    documented = examples.patch(examples.known, json={}).json()
    assert documented["summary"]
    assert examples.patch(examples.known, json={"summary": None}).json() == documented
    assert examples.patch(f"{path}?__example=archived", json={"archived": False}).json()["archived_at"] is None


def test_fork_is_another_conversation_of_the_same_agent(examples: Any) -> None:
    """Its id is not that of the path; an agent's id is, wherever the request gives it."""
    assert examples.post(f"/v1/conversations/{CONV}/fork").json()["id"] != CONV
    assert examples.post(f"/v1/conversations/{AGENT}/fork").json()["agent_id"] == AGENT
    assert examples.post(f"/v1/conversations/default/fork?agent_id={AGENT}").json()["agent_id"] == AGENT


def test_lists_show_what_was_asked_for(examples: Any) -> None:
    """All of the agent's, no more than the limit, and only what follows the cursor."""
    whole = examples.get("/v1/conversations/").json()
    assert {one["agent_id"] for one in examples.get(f"/v1/conversations/?agent_id={AGENT}").json()} == {AGENT}
    assert examples.get("/v1/conversations/?limit=1").json() == whole[:1]
    assert examples.get(f"/v1/conversations/?after={whole[0]['id']}").json() == whole[1:]
    assert examples.get(f"/v1/conversations/?after={whole[-1]['id']}").json() == []
    assert examples.get("/v1/conversations/?after=conv-unheard-of").json() == whole


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "aabcd"),
        ({"limit": None}, "aabcd"),
        ({"limit": 2}, "aab"),
        ({"limit": 0}, ""),
        ({"limit": -1}, ""),
        ({"after": "a"}, "bcd"),
        ({"after": "a", "limit": 1}, "b"),
        ({"before": "c"}, "aab"),
        ({"before": "d", "limit": 2}, "bc"),
        ({"after": "a", "before": "d"}, "bc"),
        ({"after": "d"}, ""),
        ({"after": "x", "before": "y"}, "aabcd"),
    ],
)
def test_page_is_cut_by_cursors_and_limit(query: Any, expected: str) -> None:
    """Cursors are exclusive; a limit counts ids, and with `before` keeps the nearest."""
    assert ids(page(items("a", "a", "b", "c", "d"), query)) == expected


def test_list_of_what_has_no_ids_is_left_alone() -> None:
    """Plain values, and a cursor that is null, cut nothing but by limit."""
    assert page([1, 2, 3], {"after": None, "before": None}) == [1, 2, 3]


def operation(body: Any, answer: Any) -> tuple[spec.Operation, Any]:
    content = {"application/json": {"schema": {"type": "object", "properties": body}}}
    raw = {"operationId": "f", "requestBody": {"content": content}, "responses": {}}
    return spec.Operation.of("/x", "post", {"post": raw}, ""), {"type": "object", "properties": answer}


def test_only_fields_that_demand_the_same_are_repeated() -> None:
    """`messages` of a request are not those of the answer, and a union has no fields of its own."""
    text, short = {"type": "string", "description": "one"}, {"type": "string", "maxLength": 5}
    request = Request({}, {}, {"a": "x", "b": "y"})
    assert Echo(*operation({"a": text, "b": text}, {"a": {"type": "string"}, "b": short})).given(request) == {"a": "x"}
    one, answer = operation({"a": text}, {"a": text})
    assert not Echo(one, {"anyOf": [answer]})
    assert Echo(one, {"allOf": [answer]})


def test_what_does_not_fit_the_answer_is_not_repeated() -> None:
    """A parameter that the answer's property refuses changes nothing."""
    raw = {"parameters": [{"in": "query", "name": "a", "schema": {"type": "string"}}], "responses": {}}
    echo = Echo(spec.Operation.of("/x", "get", {"get": raw}, ""), {"properties": {"a": {"maxLength": 2}}})
    assert echo.given(Request({}, {"a": "long"})) == {}
    assert echo.given(Request({}, {"a": "ok"})) == {"a": "ok"}


def test_template_keeps_the_order_of_its_fields() -> None:
    """What is given stands where it stood, and is encoded as JSON."""
    template = Template({"a": 1, "b": None, "c%": "5 %b"})
    assert template.filled({"a": 'é"'}) == '{"a":"é\\"","b":null,"c%":"5 %b"}'.encode()
    assert template.filled({"c%": "%", "b": 2}) == b'{"a":1,"b":2,"c%":"%"}'
    assert template.filled({}) == b'{"a":1,"b":null,"c%":"5 %b"}'
