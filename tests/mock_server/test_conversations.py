from typing import Any

import pytest


def listed(api: Any, **query: Any) -> Any:
    return [one["id"] for one in api.get("/v1/conversations/", params=query).json()]


def id_of(path: str) -> Any:
    return path.rpartition("/")[2]


def test_create_answers_what_retrieve_shows(api: Any) -> None:
    """The answer holds what was given, and is what retrieve answers from then on (STATE-1, STATE-8, STATE-18)."""
    given = {
        "summary": "Plans",
        "model": "openai/gpt-5",
        "model_settings": {"provider_type": "groq"},
        "description": "x",
    }
    created = api.post(f"/v1/conversations/?agent_id={api.agent}", json=given).json()
    assert created.items() >= (given | {"agent_id": api.agent, "archived": False}).items()
    assert api.get(f"/v1/conversations/{created['id']}").json() == created
    assert api.get(f"/v1/conversations/{created['id']}").json() == created


def test_create_needs_an_agent_that_there_is(api: Any) -> None:
    """A made-up agent is 404, and creates nothing."""
    assert api.post("/v1/conversations/?agent_id=agent-x").status_code == 404


def test_hidden_conversations_show_in_no_list(api: Any) -> None:
    """They can be retrieved, though (STATE-6)."""
    path = api.conversation(hidden=True)
    assert id_of(path) not in listed(api, archive_status="all", limit=1000)
    assert api.get(path).status_code == 200


def test_archived_conversations_show_where_they_are_asked_for(api: Any, path: str) -> None:
    """archived_at comes and goes with archived (STATE-7, STATE-14, STATE-29)."""
    archived = api.patch(path, json={"archived": True}).json()
    assert archived["archived_at"] is not None
    shown = {status: id_of(path) in listed(api, archive_status=status) for status in ("unarchived", "archived", "all")}
    assert shown == {"unarchived": False, "archived": True, "all": True}
    assert id_of(path) not in listed(api)
    assert api.patch(path, json={"archived": False}).json()["archived_at"] is None
    assert id_of(path) in listed(api)


def test_update_changes_what_was_given_and_nothing_else(api: Any) -> None:
    """Null leaves a field as it is; `updated_at` moves on (STATE-14 to STATE-17)."""
    path = api.conversation(summary="Old", model="openai/gpt-5")
    before = api.get(path).json()
    after = api.patch(path, json={"summary": "New", "model": None}).json()
    assert after == before | {"summary": "New", "updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]


def test_last_message_at_is_kept_as_the_moment_it_means(api: Any, path: str) -> None:
    """A date with another offset is the same moment in UTC, so that lists sort by it."""
    answer = api.patch(path, json={"last_message_at": "2026-01-31T12:00:00+02:00"}).json()
    assert answer["last_message_at"] == "2026-01-31T10:00:00.000000Z"


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("order_by", ["created_at", "last_message_at", "last_run_completion"])
def test_pages_joined_give_every_conversation_once(api: Any, order: str, order_by: str) -> None:
    """Each page begins behind the last one's end, in the order asked for (STATE-21 to STATE-26)."""
    for text in ("first", "second", None):
        path = api.conversation()
        if text:
            api.say(path, text)
    whole = listed(api, order=order, order_by=order_by, limit=1000)
    joined, page = [], listed(api, order=order, order_by=order_by, limit=2)
    while page:
        assert len(page) <= 2
        joined += page
        page = listed(api, order=order, order_by=order_by, limit=2, after=page[-1])
    assert joined == whole
    assert whole == listed(api, order="desc" if order == "asc" else "asc", order_by=order_by, limit=1000)[::-1]


@pytest.mark.parametrize("limit", [0, -1, 10**30])
def test_limit_may_be_any_number(api: Any, limit: Any) -> None:
    """There are no fewer than no conversations, and no more than all (STATE-47)."""
    assert api.get(f"/v1/conversations/?limit={limit}").status_code == 200


def test_filters_keep_what_matches(api: Any) -> None:
    """By agent, and by text in the summary, in whatever case (STATE-27, STATE-28)."""
    path = api.conversation(summary="Überweisung nach Porto")
    assert listed(api, summary_search="überWEIS") == [id_of(path)]
    assert listed(api, agent_id="agent-x") == []
    assert id_of(path) in listed(api, agent_id=api.agent)


def test_unknown_cursor_is_404(api: Any, path: str) -> None:
    """Of a conversation that there never was, or is no longer (STATE-30)."""
    api.delete(path)
    for cursor in (id_of(path), id_of(api.unknown), ""):
        assert api.get("/v1/conversations/", params={"after": cursor}).status_code == 404


def test_deleted_conversation_is_gone_for_every_operation(api: Any, path: str) -> None:
    """Nothing finds it any more, and no list shows it (STATE-19, STATE-20)."""
    assert api.delete(path).json() is None
    calls = [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/messages")]
    calls += [("POST", f"/{name}") for name in ("fork", "messages", "stream", "cancel", "compact", "recompile")]
    answers = {(method, end): api.request(method, path + end, json={"input": "x"}).status_code for method, end in calls}
    assert answers == dict.fromkeys(calls, 404)
    assert id_of(path) not in listed(api, archive_status="all", limit=1000)


def test_fork_takes_what_is_in_context(api: Any) -> None:
    """A fork shows the same messages behind its own system message, and leaves the source alone (STATE-10 to 13)."""
    path = api.conversation(summary="Source", model="openai/gpt-5")
    api.say(path, "one")
    api.say(path, "two")
    source, rows = api.get(path).json(), api.rows(path)
    fork = api.post(f"{path}/fork").json()
    assert fork["id"] != source["id"]
    assert fork.items() >= {"agent_id": source["agent_id"], "summary": "Source", "model": "openai/gpt-5"}.items()
    forked = api.rows(f"/v1/conversations/{fork['id']}")
    assert forked[1:] == rows[1:]
    assert (forked[0]["message_type"], forked[0]["id"] == rows[0]["id"]) == ("system_message", False)
    api.say(f"/v1/conversations/{fork['id']}", "three")
    assert (api.get(path).json(), api.rows(path)) == (source, rows)


def test_fork_ends_with_the_message_that_was_named(api: Any, path: str) -> None:
    """Later messages are not taken over; an unknown one is 404 (STATE-12)."""
    api.say(path, "one")
    api.say(path, "two")
    last = api.rows(path)[2]["id"]
    fork = api.post(f"{path}/fork", params={"message_id": last, "hidden": True}).json()
    assert [row["id"] for row in api.rows(f"/v1/conversations/{fork['id']}")][1:] == [
        row["id"] for row in api.rows(path)
    ][1:3]
    assert api.post(f"{path}/fork?message_id=message-x").status_code == 404


def test_default_conversation_can_be_forked(api: Any) -> None:
    """Under both of its names, and not without an agent (ID-12, ID-13, ID-16)."""
    assert api.post(f"/v1/conversations/default/fork?agent_id={api.agent}").json()["agent_id"] == api.agent
    assert api.post(f"/v1/conversations/{api.agent}/fork").status_code == 200
    assert api.post("/v1/conversations/default/fork").status_code == 404
    assert api.post("/v1/conversations/default/fork?agent_id=agent-x").status_code == 404
