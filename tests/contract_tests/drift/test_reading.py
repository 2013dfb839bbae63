from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from letta_contract.contract_tests.drift import reading
from letta_contract.contract_tests.drift.reading import served, stored
from letta_contract.contract_tests.errors import TargetError, UsageError
from letta_contract.contract_tests.target import Limits, Target

DOCUMENT = {"openapi": "3.1.0", "paths": {"/v1/conversations/": {}}}
Publish = Callable[..., Target]


@pytest.fixture
def target(publish: Callable[..., str]) -> Iterator[Publish]:
    """A target that publishes these answers, by path; what is a value is sent as JSON."""
    with ExitStack() as stack:
        yield lambda answers, prefix="", **options: stack.enter_context(
            Target(publish(answers) + prefix, limits=Limits(5, 5), **options)
        )


@pytest.mark.parametrize("place", ["/openapi.json", "/v1/openapi.json", "/api/openapi.json", "/docs/openapi.json"])
def test_document_is_looked_for_where_fastapi_puts_it(target: Publish, place: str) -> None:
    """Below the address and its prefix, the usual places are tried in turn."""
    document = served(target({f"/prefix{place}": DOCUMENT}, "/prefix"))
    assert document.root == DOCUMENT
    assert document.name.endswith(f"/prefix{place}")


def test_address_of_the_document_itself(target: Publish) -> None:
    """An address that names a file is asked for, and nothing else."""
    assert served(target({"/schema/v2.json": DOCUMENT}, "/schema/v2.json")).root == DOCUMENT
    with pytest.raises(TargetError, match=r"publishes no OpenAPI document: 404 at http://\S+/other\.json\. Save "):
        served(target({"/openapi.json": DOCUMENT}, "/other.json"))


def test_page_in_one_place_and_the_document_in_another(target: Publish) -> None:
    """A front end that answers everything with its page does not hide the document behind it."""
    page = (200, "text/html", b"<!doctype html>")
    assert served(target({"/openapi.json": page, "/api/openapi.json": DOCUMENT})).root == DOCUMENT


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            None,
            r"publishes no OpenAPI document: 404 at /openapi\.json, .*\. Save the document to a file, and pass that",
        ),
        ((200, "text/html", b" <html>"), r"/openapi\.json answers with a page of HTML, not JSON\. Check the address"),
        ((200, "text/plain", b"soon"), r"answers with text/plain that is no JSON \(Expecting value.*\)\. Save "),
        ((200, "application/json", b"[" * 100_000), r"answers with JSON that is nested past any sense\. Save "),
        ((307, "", b""), r"answers 307, a redirect to http://elsewhere/\. Give that address"),
        ((500, "text/plain", b"oops"), r"answers 500 text/plain\. Save "),
        ((502, "text/html", b""), r"answers 502 text/html: that is what a proxy says .* pass --wait SECONDS"),
        ((400, "text/html", b"No required SSL certificate was sent"), r": that is what nginx says .* Pass --cert FILE"),
        ({"swagger": "2.0"}, r"/openapi\.json is Swagger 2\.0, and only OpenAPI 3 .* Convert it"),
        ({"openapi": "4.0.0"}, r"is OpenAPI 4\.0\.0, and only 3\.x .* Convert it"),
        ({"detail": "Not here"}, r"is no OpenAPI document: it has no `openapi` key\. Check the address"),
        (["openapi"], r"is no OpenAPI document: it has no `openapi` key\. Check the address"),
        ({"openapi": "3.1.0", "paths": {}}, r"is an OpenAPI document without paths\. Check the address"),
    ],
)
def test_what_is_no_document_is_told(target: Publish, answer: Any, message: str) -> None:
    """Whatever comes instead of an OpenAPI 3 document is named, with what to do next."""
    with pytest.raises(TargetError, match=message):
        served(target({} if answer is None else {"/openapi.json": answer}))


@pytest.mark.parametrize(("token", "message"), [(None, "Pass --token"), ("wrong", "Check --token")])
def test_refused_token_is_a_usage_error(target: Publish, token: str | None, message: str) -> None:
    """A server that shows its document to friends only asks for a token."""
    with pytest.raises(UsageError, match=rf"refuses to be read \(401\)\. {message}"):
        served(target({"/openapi.json": (401, "application/json", b"{}")}, token=token))


def test_token_is_sent(target: Publish) -> None:
    """The document is asked for as everything else is."""
    served(target({"/openapi.json": DOCUMENT, "token": "s3cret"}, token="s3cret"))


def test_document_of_20_mb_is_read_and_no_more(target: Publish) -> None:
    """A document may be 20 MB; of what is larger, no more than that is read."""
    rest = reading.MOST - len(json.dumps({**DOCUMENT, "x": ""}))
    assert served(target({"/openapi.json": {**DOCUMENT, "x": "y" * rest}})).root["openapi"] == "3.1.0"
    with pytest.raises(TargetError, match=r"sent more than 20971520 bytes\. Save what the contract has"):
        served(target({"/openapi.json": {**DOCUMENT, "x": "y" * (rest + 1)}}))


def test_nobody_there() -> None:
    """Where nothing listens, that is told with the next action."""
    with pytest.raises(TargetError, match=r"took no connection: .* Start it"):
        served(Target("http://127.0.0.1:9"))


class Starting(dict[str, Any]):
    """Answers of a proxy: 503 while the server behind it is not up, which is so for the first two requests."""

    asked = 0

    def get(self, key: str, default: Any = None) -> Any:
        if key == "/openapi.json":
            self.asked += 1
            return DOCUMENT if self.asked > 2 else (503, "text/html", b"")
        return default


def test_server_behind_a_proxy_is_waited_for(target: Publish) -> None:
    """While a proxy in front says that nobody is there yet, the document is asked for again, as long as was said."""
    with pytest.raises(TargetError, match="answers 503"):
        served(target(Starting()))
    assert served(target(Starting()), 5.0).root == DOCUMENT


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"openapi": "3.1.0", "paths": {"/x": {}}}'),
        ("a.yaml", "openapi: 3.1.0\npaths:\n  /x: {}\n"),
        ("a", "openapi: 3.1.0\npaths: {/x: {}}\n"),
    ],
)
def test_file_is_json_or_yaml(tmp_path: Path, name: str, text: str) -> None:
    """A file is read as what it is; a version that looks like a number stays as it is written."""
    file = tmp_path / name
    file.write_text(text, "utf-8")
    assert stored(file).root == {"openapi": "3.1.0", "paths": {"/x": {}}}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", b"{", r"a\.json is no JSON: .*\. Mend it"),
        ("a.json", b"[" * 100_000, r"a\.json is nested past any sense\. Take"),
        ("a.yaml", b"a: [", r"a\.yaml:2: not YAML as we read it: .* Mend this line"),
        ("a.yaml", b"swagger: '2.0'", r"a\.yaml is Swagger 2\.0"),
        ("a.json", b" " * (reading.MOST + 1), r"has 20971521 bytes, and 20971520 are read\. Cut it down"),
        ("a.yaml", b"#" * (9 * 1024 * 1024), r"has 9437184 bytes, and 8388608 are read of YAML\. Convert it to JSON"),
    ],
    ids=["json", "deep", "yaml", "swagger", "large json", "large yaml"],
)
def test_file_that_is_no_document(tmp_path: Path, name: str, text: bytes, message: str) -> None:
    """What is wrong with a file is told with its name."""
    file = tmp_path / name
    file.write_bytes(text)
    with pytest.raises(TargetError, match=message):
        stored(file)


def test_file_that_is_not_there(tmp_path: Path) -> None:
    """A slip in a file's name is a usage error, and so is the name of a folder."""
    with pytest.raises(UsageError, match=r"none\.yaml cannot be read: No such file .* Pass a file, or a URL"):
        stored(tmp_path / "none.yaml")
    for name in ("folder", "folder.json", "folder.yaml"):
        (tmp_path / name).mkdir()
        with pytest.raises(UsageError, match=rf"{name} cannot be read: Is a directory\. Pass a file, or a URL"):
            stored(tmp_path / name)


def test_empty_place_is_none(command: Callable[..., Any]) -> None:
    """A variable that is not set, where a script gives it, is taken for no argument, not for the current folder."""
    result = command("drift", "")
    assert (result.code, result.out) == (2, "")
    assert result.err == "Error: There is nothing to compare with. Give a URL or a FILE, or set LETTA_BASE_URL.\n"
