import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from letta_contract import fixtures, spec
from letta_contract.mock_server import Settings

pytestmark = pytest.mark.slow

CONVERSATION = "/v1/conversations/conv-123e4567-e89b-42d3-8456-426614174000"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A document of one's own, in all its files."""
    for folder in (spec.ROOT.parent, fixtures.ROOT):
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.fixture
def served(copied: Path, serving: Any) -> Iterator[Any]:
    """A server of that document, which reads it again."""
    with serving(Settings(spec=copied / "spec" / "openapi.yaml", stateful=True, reload=True)) as api:
        yield api


def news(api: Any) -> Any:
    return api.get("/_mock/state").json()["reload"]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_edit_of_any_file_is_served(copied: Path, served: Any, capsys: Any) -> None:
    """A file that the root only refers to is one of them; the state is kept, and the log says what was read."""
    made = served.conversation(summary="kept")
    edit(copied / "spec" / "paths" / "recompile.yaml", "operationId: recompile_conversation", "operationId: rebuild")
    edit(copied / "spec" / "openapi.yaml", "version: ", "version: 9")
    assert served.eventually(lambda: news(served) == {"reloads": 1, "error": None})
    document = served.get("/openapi.json").json()
    assert document["paths"]["/v1/conversations/{conversation_id}/recompile"]["post"]["operationId"] == "rebuild"
    assert served.get(made).json()["summary"] == "kept"
    assert "recompile.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("spec/paths/fork.yaml", "post:", "post: [", "fork.yaml"),
        ("spec/paths/fork.yaml", "../responses.yaml#/ForkNotFound", "../responses.yaml#/Nowhere", "Nowhere"),
        ("fixtures/examples/conversations.yaml", "archived: false", "archived: 3", "archived"),
    ],
)
def test_broken_edit_is_told_and_not_served(
    copied: Path, served: Any, capsys: Any, file: str, old: str, new: str, told: str
) -> None:
    """On standard error and on the page, while the last good one answers; mending it ends that."""
    edit(copied / file, old, new)
    assert served.eventually(lambda: news(served)["error"] is not None)
    assert told in news(served)["error"]
    assert "still served" in capsys.readouterr().err
    assert served.get(CONVERSATION).status_code == 200
    edit(copied / file, new, old)
    assert served.eventually(lambda: news(served)["error"] is None)
    assert news(served)["reloads"] == 1
    assert served.get(CONVERSATION).status_code == 200


def test_file_that_was_missing_is_awaited(copied: Path, served: Any) -> None:
    """Whoever writes the `$ref` first, and then the file, is served in the end."""
    edit(copied / "spec" / "openapi.yaml", "paths/fork.yaml", "paths/branch.yaml")
    assert served.eventually(lambda: news(served)["error"] is not None)
    shutil.copy(copied / "spec" / "paths" / "fork.yaml", copied / "spec" / "paths" / "branch.yaml")
    assert served.eventually(lambda: news(served)["error"] is None)


def test_seed_is_read_for_worlds_to_come(tmp_path: Path, serving: Any) -> None:
    """The world that is there stays as it is, until it is reset."""
    (tmp_path / "seeds").mkdir()
    seed = tmp_path / "seeds" / "default.yaml"
    shutil.copy(fixtures.ROOT / "seeds" / "default.yaml", seed)
    with serving(Settings(stateful=True, fixtures=tmp_path, reload=True)) as api:
        edit(seed, "summary: Order 20817 has not arrived", "summary: Order 20818")
        assert api.eventually(lambda: news(api)["reloads"] == 1)
        assert api.get(CONVERSATION).json()["summary"] == "Order 20817 has not arrived"
        api.post("/_mock/reset")
        assert api.get(CONVERSATION).json()["summary"] == "Order 20818"


def test_what_is_under_way_is_not_disturbed(copied: Path, served: Any) -> None:
    """A stream that began before goes on to its end."""
    body = {"input": "STUB:SLOW 40 0.05", "stream_tokens": True}
    with served.stream("POST", f"{CONVERSATION}/messages", json=body) as response:
        lines = response.iter_lines()
        next(lines)
        edit(copied / "spec" / "openapi.yaml", "version: ", "version: 9")
        assert served.eventually(lambda: news(served)["reloads"] == 1)
        assert list(lines)[-2:] == ["data: [DONE]", ""]


def test_without_the_flag_nothing_is_watched(own: Any) -> None:
    """Nor claimed to be."""
    assert news(own) is None
