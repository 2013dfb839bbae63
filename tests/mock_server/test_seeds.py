from pathlib import Path
from typing import Any

import pytest
import yaml
from letta_contract import fixtures
from letta_contract.mock_server import Settings
from letta_contract.mock_server.memory import MemoryStore
from letta_contract.mock_server.page import MessagePage
from letta_contract.mock_server.seeds import LONG, SeedError, seed
from letta_contract.mock_server.world import World

AGENT = {"id": "agent-123e4567-e89b-42d3-8456-426614174000", "name": "A", "model": "m/x", "system": "Be."}


def brought(folder: Path, **parts: Any) -> Path:
    (folder / "seeds").mkdir(exist_ok=True)
    (folder / "seeds/own.yaml").write_text(yaml.safe_dump({"agents": [AGENT], **parts}))
    return folder


def test_default_world_is_the_documentations() -> None:
    """Unless the user brings another one of that name."""
    assert seed() == fixtures.seed()


def test_empty_world_has_agents_alone() -> None:
    """The contract has no operation that makes one."""
    found = seed("empty")
    assert found["agents"] == fixtures.seed()["agents"]
    assert World(MemoryStore(), found).conversation("default", AGENT["id"]).in_context


def test_long_world_has_one_long_conversation() -> None:
    """Ten thousand messages, of which the model sees the last ones; the same ones each time."""
    found = seed("long")
    shown = found["conversations"][-1]
    world = World(MemoryStore(), found)
    messages = world.store.messages(shown["id"], MessagePage(limit=20_000, descending=False))
    assert (LONG, len(messages), len({message.id for message in messages})) == (10_000, 10_000, 10_000)
    assert [message.rows[0]["date"] for message in messages] == sorted(message.rows[0]["date"] for message in messages)
    in_context = world.conversation(shown["id"]).in_context
    assert in_context == [messages[0].id, *(message.id for message in messages[-100:])]
    assert seed("long") == found


def test_long_conversation_is_valid(serving: Any) -> None:
    """Its answers are as documented, and its list leads to both of its ends."""
    with serving(Settings(world="long")) as api:
        path = f"/v1/conversations/{seed('long')['conversations'][-1]['id']}"
        assert api.get(path).status_code == 200
        last = api.get(f"{path}/messages?limit=3").json()
        assert [row["content"] for row in last] == ["Question 5000", "Answer 4999", "Question 4999"]
        assert api.rows(path, after=last[2]["id"]) == last[1::-1]
        assert [row["message_type"] for row in api.rows(path, limit=2)] == ["system_message", "user_message"]
        api.say(path, "And on")
        assert api.post(f"{path}/compact").status_code == 200


def test_world_begins_with_what_the_user_brought(tmp_path: Path, serving: Any) -> None:
    """A seed of `--fixtures` is served under its name; what is shipped keeps its own."""
    folder = brought(tmp_path)
    with serving(Settings(world="own", fixtures=folder)) as api:
        assert api.get("/v1/conversations/").json() == []
        assert api.get("/v1/conversations/default/messages", params={"agent_id": AGENT["id"]}).status_code == 200
    assert seed("default", folder) == fixtures.seed()


def test_unknown_world_lists_the_known_ones(tmp_path: Path) -> None:
    """Ours and the user's."""
    with pytest.raises(SeedError, match=r"no world 'x'\. Take one of: default, empty, long, own;"):
        seed("x", brought(tmp_path))


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"agents": []}, r"agents: "),
        ({"agents": [AGENT, AGENT]}, r"agent-\S+: is there twice"),
        ({"agents": [{"id": "x"}]}, r"agents\.0\.name: Field required"),
        ({"others": 1}, r"others"),
        ({"conversations": [{"id": "conv-x"}]}, r"conversations\.0"),
        ({"messages": {"conv-x": []}}, r"messages\.conv-x: "),
        ({"messages": {"conv-x": [{"message_type": "nothing"}]}}, r"messages\.conv-x\.0"),
    ],
)
def test_faults_of_a_seed_are_named(tmp_path: Path, parts: Any, fault: str) -> None:
    """Before anything is served, with the file and the place in it."""
    with pytest.raises(SeedError, match=rf"own\.yaml: {fault}"):
        seed("own", brought(tmp_path, **parts))


def test_loose_ends_of_a_seed_are_named(tmp_path: Path) -> None:
    """What belongs to nothing that there is."""
    first = fixtures.seed()["conversations"][0]
    parts = {
        "conversations": [first | {"agent_id": "agent-x", "in_context_message_ids": ["message-x"]}],
        "messages": {"conv-x": [{**fixtures.seed()["messages"][first["id"]][1]}]},
    }
    with pytest.raises(SeedError) as error:
        seed("own", brought(tmp_path, **parts))
    for fault in ("is no agent of this world", "is no message of this", "messages.conv-x: is no", "a system_message"):
        assert fault in str(error.value)


def test_first_ten_faults_are_named(tmp_path: Path) -> None:
    """And how many more there are."""
    with pytest.raises(SeedError, match="… and 5 more") as error:
        seed("own", brought(tmp_path, messages={f"conv-{n}": [] for n in range(15)}))
    assert str(error.value).count("own.yaml: ") == 10


def test_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    """In one line."""
    brought(tmp_path)
    (tmp_path / "seeds/own.yaml").write_text("a: [")
    with pytest.raises(SeedError, match=r"^\S*own\.yaml: .*Mend it"):
        seed("own", tmp_path)
