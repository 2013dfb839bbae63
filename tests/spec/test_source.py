from __future__ import annotations

from pathlib import Path

import pytest
from letta_contract.spec import SpecError, source


def written(folder: Path, text: str) -> Path:
    path = folder / "x.yaml"
    path.write_text(text)
    return path


def test_scalars_are_those_of_json(tmp_path: Path) -> None:
    """What JSON has no word for stays text: dates, yes and on, times of day, octal and hexadecimal numbers."""
    path = written(tmp_path, "[2026-01-02, yes, on, 12:30, 0x1f, 017, .5, True, true, 7, -1.5e3, ~, null]")
    texts = ["2026-01-02", "yes", "on", "12:30", "0x1f", "017", ".5", "True"]
    assert [*texts, True, 7, -1500.0, None, None] == source.read(path)


def test_status_keys_keep_their_kind(tmp_path: Path) -> None:
    """A quoted number is text and an unquoted one is not, so that the two can be told apart."""
    assert list(source.read(written(tmp_path, "'200': a\n404: b"))) == ["200", 404]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\nb: ]\nc: 2\n", 2, "not YAML"),
        ("a: 1\nb: 2\na: 3\n", 3, "the key 'a' stands on line 1 already"),
        ("x:\n  a: 1\n  a: 1\n", 3, "the key 'a' stands on line 2 already"),
        ("x: {a: 1, b: 2, a: 3}\n", 1, "the key 'a' stands on line 1 already"),
        ("a: 1\nb: !!python/name:os.system x\n", 2, "not YAML"),
        ("a: 1\n---\nb: 2\n", 2, "not YAML"),
        ("a: *nowhere\n", 1, "undefined alias"),
        ("just text\n", 0, "holds neither keys nor a list"),
        ("", 0, "holds neither keys nor a list"),
    ],
)
def test_bad_yaml_is_named_by_line(tmp_path: Path, text: str, line: int, problem: str) -> None:
    """What is not YAML, or has a key twice, is one error that names the file and the line."""
    path = written(tmp_path, text)
    with pytest.raises(SpecError) as caught:
        source.read(path)
    assert str(caught.value).startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert problem in str(caught.value)
    assert caught.value.rule == "yaml"


def test_bytes_that_are_no_text_are_one_error(tmp_path: Path) -> None:
    """A file that is not UTF-8 is told so, not a traceback."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: \xff\xfe\xff")
    with pytest.raises(SpecError, match="not YAML"):
        source.read(path)


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str) -> None:
    """A missing file, and a folder, are errors that say what to pass instead."""
    with pytest.raises(SpecError, match="Give the path of an OpenAPI document"):
        source.read(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('{"a": 1,\n "a": 2}', 2, "the key 'a' stands on line 1 already"),
        ('{"a": 1,\n "b": ]}', 2, "not YAML"),
    ],
)
def test_bad_json_is_named_by_line(tmp_path: Path, text: str, line: int, problem: str) -> None:
    """A JSON file is held to the same, and its errors have lines too."""
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(SpecError) as caught:
        source.read(path)
    assert (caught.value.line, problem in str(caught.value)) == (line, True)


def test_json_is_read_by_a_reader_of_json(tmp_path: Path) -> None:
    """A JSON file may hold what YAML would take amiss, such as a tab for indentation or an escaped slash."""
    path = tmp_path / "x.json"
    path.write_text('{\n\t"a\\/b": 1e3\n}')
    assert source.read(path) == {"a/b": 1000.0}


def test_merge_keys_may_be_overridden(tmp_path: Path) -> None:
    """A key beside a YAML merge is no duplicate."""
    path = written(tmp_path, "base: &b {a: 1, b: 2}\nmore: &m {<<: *b, a: 3}\nmost: {<<: *m, b: 4}")
    assert source.read(path) == {"base": {"a": 1, "b": 2}, "more": {"a": 3, "b": 2}, "most": {"a": 3, "b": 4}}


def test_lines_are_those_of_the_key_or_item(tmp_path: Path) -> None:
    """A value is on the line of its key, an item on its own, a missing value on its parent's."""
    path = written(tmp_path, "a:\n  b: 1\n  404:\n    - x\n    - y\n")
    assert [
        source.line_of(path, pointer)
        for pointer in (("a",), ("a", "b"), ("a", 404), ("a", 404, 1), ("a", "nope"), ("nope",))
    ] == [1, 2, 3, 5, 1, 1]


def test_lines_follow_the_file(tmp_path: Path) -> None:
    """A file that changed is looked at again."""
    path = written(tmp_path, "a: 1\n")
    assert source.line_of(path, ("a",)) == 1
    written(tmp_path, "# a comment before it\na: 1\n")
    assert source.line_of(path, ("a",)) == 2


def test_files_are_shown_from_where_the_reader_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The contract's files are named from its folder, others from the current one, the rest in full."""
    path = written(tmp_path, "a: 1")
    assert source.shown(source.ROOT / "openapi.yaml") == "spec/openapi.yaml"
    assert source.shown(path) == str(path)
    monkeypatch.chdir(tmp_path)
    assert source.shown(path) == "x.yaml"
