from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from letta_contract.contract_tests.contract import Contract
from letta_contract.contract_tests.expectation import Kind
from letta_contract.contract_tests.generator import Generator, wire
from letta_contract.contract_tests.request import Request

pytestmark = pytest.mark.slow

ID = "conv-123e4567-e89b-42d3-8456-426614174000"
UPDATE = "update_conversation"
DRAWING = """
import json, sys
from letta_contract.contract_tests.generator import Generator
from letta_contract.spec import load
found = []
Generator(load(), int(sys.argv[1])).requests("update_conversation", 8, found.append, {"conversation_id": "x"})
print(json.dumps([repr(request) for request in found]))
"""


@pytest.fixture(scope="module")
def generator(contract: Contract) -> Generator:
    return Generator(contract.document, 0)


@pytest.fixture(scope="module")
def requests(generator: Generator) -> list[Request]:
    """What the seed 0 draws."""
    return drawn(generator, 12, {"conversation_id": ID})


def drawn(generator: Generator, count: int, path: dict[str, str] | None = None) -> list[Request]:
    found: list[Request] = []
    generator.requests(UPDATE, count, found.append, path)
    return found


def test_examples_are_those_of_the_document(generator: Generator, contract: Contract) -> None:
    """Every example of a request body is sent, and each is one that must be accepted."""
    operation = contract.operations[UPDATE]
    content = contract.document["paths"][operation.path]["patch"]["requestBody"]["content"]["application/json"]
    requests = generator.examples(UPDATE)
    bodies = [json.loads(request.body or b"") for request in requests]
    assert all(example["value"] in bodies for example in content["examples"].values())
    assert {contract.expect(UPDATE, request).kind for request in requests} <= {Kind.ACCEPT, Kind.FREE}


def test_valid_and_broken_requests_are_drawn(requests: list[Request], contract: Contract) -> None:
    """What is drawn is of the operation, up to the wanted number, on the wanted path as well as on others."""
    assert 8 <= len(requests) <= 12
    kinds = {contract.expect(UPDATE, request).kind for request in requests}
    assert {Kind.ACCEPT, Kind.REFUSE} <= kinds
    paths = [request.path for request in requests]
    assert 0 < paths.count(f"/v1/conversations/{ID}") < len(paths)


def test_seed_fixes_what_is_drawn(contract: Contract, generator: Generator, requests: list[Request]) -> None:
    """The same seed draws the same requests whatever was drawn before, another seed draws others."""
    assert drawn(generator, 12, {"conversation_id": ID}) == requests
    assert drawn(Generator(contract.document, 1), 12, {"conversation_id": ID}) != requests


def test_seed_fixes_what_is_drawn_in_any_process(tmp_path: Path) -> None:
    """Nothing that differs between two processes has a part in it, and nothing is left in the folder."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", DRAWING, "3"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    first, second = (process.communicate(timeout=60)[0] for process in processes)
    assert first == second
    assert len(json.loads(first)) > 2
    assert list(tmp_path.iterdir()) == []


class Case:
    """A schemathesis case that becomes this request."""

    method = "POST"

    def __init__(self, **kwargs: Any) -> None:
        self.kwargs = {"method": "POST", "url": "http://target.invalid/a%20b//c", "timeout": 3} | kwargs

    def as_transport_kwargs(self, base_url: str) -> dict[str, Any]:
        assert base_url == "http://target.invalid"
        return self.kwargs


def test_request_goes_over_the_wire_as_drawn() -> None:
    """Path, query and body are encoded as they would be sent; the token and the plumbing are the target's business."""
    headers = {
        "Authorization": "x",
        "User-Agent": "x",
        "X-Schemathesis-TestCaseId": "x",
        "Accept": "x",
        "X-Own": b"\xe9",
    }
    request = wire(Case(params={"a": ["1", "é&"]}, json={"b": 1}, headers=headers))
    assert request == Request(
        "POST",
        "/a%20b//c",
        "a=1&a=%C3%A9%26",
        (("X-Own", "é"), ("Content-Type", "application/json")),
        b'{"b": 1}',
    )


def test_empty_body_is_none() -> None:
    """Nothing is sent as nothing."""
    assert wire(Case(data="", headers={})).body is None
    assert wire(Case(data="é", headers={})).body == "é".encode()
