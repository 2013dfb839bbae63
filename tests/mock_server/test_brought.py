import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from letta_contract import fixtures, spec
from letta_contract.mock_server import Settings, create_app
from letta_contract.mock_server.brought import BroughtError

pytestmark = pytest.mark.slow

CONVERSATION = {"id": "conv-123e4567-e89b-42d3-8456-426614174000", "agent_id": "agent-1", "summary": "Of my own"}
ROOT = Path(spec.ROOT).parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for examples and streams."""
    (tmp_path / "examples").mkdir()
    (tmp_path / "streams").mkdir()
    return tmp_path


def write(folder: Path, family: str, **examples: Any) -> Path:
    path = folder / "examples" / f"{family}.yaml"
    path.write_text(yaml.safe_dump({name: {"value": value} for name, value in examples.items()}, sort_keys=False))
    return path


def faults(settings: Settings) -> list[str]:
    with pytest.raises(BroughtError) as caught:
        create_app(settings)
    return str(caught.value).splitlines()[1:]


def test_brought_examples_stand_before_the_shipped_ones(folder: Path, serving: Any) -> None:
    """One of a known name takes its place; one of a new name is shown beside its family; the rest stays."""
    write(folder, "conversations", hydrated=CONVERSATION, mine=CONVERSATION | {"summary": "New"})
    write(folder, "errors", conversation_not_found={"detail": "Gone fishing."}, closed={"detail": "On Sundays."})
    golden = fixtures.stream("plain_turn")
    (folder / "streams/plain_turn.sse").write_bytes(golden.replace(b"Sundays", b"Mondays"))
    (folder / "streams/mine.sse").write_bytes(golden.replace(b"Sundays", b"Tuesdays"))
    with serving(Settings(fixtures=folder)) as api:
        assert api.get(api.known).json() == CONVERSATION
        assert api.get(f"{api.known}?__example=anthropic").json()["summary"] != "Of my own"
        assert api.get(f"{api.known}?__example=mine").json()["summary"] == "New"
        assert api.get(f"{api.known}?__code=404").json() == {"detail": "Gone fishing."}
        assert api.get(f"{api.known}?__code=404&__example=closed").json() == {"detail": "On Sundays."}
        assert "Mondays" in api.post(f"{api.known}/messages", json={"input": "x"}).text
        assert "Tuesdays" in api.post(f"{api.known}/messages?__example=mine", json={"input": "x"}).text
        shown = api.get("/openapi.json").json()["paths"]["/v1/conversations/{conversation_id}"]["get"]
        assert shown["responses"]["200"]["content"]["application/json"]["examples"]["mine"]["value"]["summary"] == "New"


def test_shipped_fixtures_can_be_begun_with(tmp_path: Path) -> None:
    """A copy of the shipped folder is fine as it is."""
    shutil.copytree(fixtures.ROOT, tmp_path / "mine")
    create_app(Settings(fixtures=tmp_path / "mine"))


def test_faulty_examples_are_named_by_file_and_line(folder: Path) -> None:
    """Each with what is wrong: a schema that it breaks, a family that is none, no value, no YAML, no turn."""
    path = write(folder, "conversations", hydrated={"id": "conv-1", "agent_id": "agent-1"})
    lines = len(path.read_text().splitlines())
    path.write_text(path.read_text() + "novalue: {summary: x}\n")
    write(folder, "unheard", x=1)
    write(folder, "cancel", new=1)
    (folder / "examples/twice.yaml").write_text("a: 1\na: 2\n")
    (folder / "streams/plain_turn.sse").write_text("data: {}\n\n")
    (folder / "streams/latin.sse").write_bytes(b"data: \xff\n\n")
    found = "\n".join(faults(Settings(fixtures=folder)))
    assert "conversations.yaml:1: hydrated: id: 'conv-1' is too short" in found
    assert f"conversations.yaml:{lines + 1}: novalue: has no `value`" in found
    assert "unheard.yaml:1: x: no examples of a family 'unheard'" in found
    assert "cancel.yaml:1: new: 1 is not of type 'object'" in found
    assert "twice.yaml:2: " in found
    assert "plain_turn.sse:1: plain_turn: its last event is not [DONE]" in found
    assert "latin.sse:1: not UTF-8" in found
    assert len(found.splitlines()) == 7


def test_first_ten_faults_are_told(folder: Path) -> None:
    """And how many more there are."""
    write(folder, "unheard", **{f"x{number}": 1 for number in range(13)})
    found = faults(Settings(fixtures=folder))
    assert len(found) == 11
    assert found[-1] == "… and 3 more"


def test_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """A slip in its name is not an empty set of examples."""
    for folder in (tmp_path, tmp_path / "none"):
        assert "not a folder with any of examples/" in faults(Settings(fixtures=folder))[0]


def test_document_of_a_users_own_is_checked(tmp_path: Path) -> None:
    """Its examples by file and line; how it is written is its user's business."""
    shutil.copytree(ROOT, tmp_path / "spec", ignore=shutil.ignore_patterns("*.py*"))
    shutil.copytree(fixtures.ROOT, tmp_path / "fixtures")
    document = tmp_path / "spec/openapi.yaml"
    create_app(Settings(spec=document))
    path = tmp_path / "fixtures/examples/compaction.yaml"
    path.write_text(path.read_text().replace("num_messages_before: ", "num_messages_before: x"))
    found = faults(Settings(spec=document))
    assert f"{path}:3: " in found[0]
    assert "num_messages_before" in found[0]


def test_any_document_is_served(tmp_path: Path, serving: Any) -> None:
    """One that has nothing to do with conversations, without operationIds and without examples."""
    schema = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "minimum": 7}}}
    answer = {"description": "x", "content": {"application/json": {"schema": schema}}}
    item = {"get": {"responses": {"200": answer}}, "delete": {"responses": {"204": {"description": "Gone."}}}}
    parameter = {"in": "path", "name": "pet", "required": True, "schema": {"type": "string"}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Pets", "version": "1"},
        "paths": {"/pets/{pet}": item | {"parameters": [parameter]}},
    }
    path = tmp_path / "pets.yaml"
    path.write_text(yaml.safe_dump(document))
    with serving(Settings(spec=path)) as api:
        first = api.get("/pets/x")
        assert first.json()["id"] >= 7
        assert api.get("/pets/x").content == first.content
        gone = api.delete("/pets/x")
        assert (gone.status_code, gone.content, gone.headers.get("content-length")) == (204, b"", None)


def test_shipped_examples_are_not_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lint and CI have judged costs no start anything."""

    def fail(*_arguments: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("letta_contract.mock_server.brought.lint.lint", fail)
    create_app(Settings())
