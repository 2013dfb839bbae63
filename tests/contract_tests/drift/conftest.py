"""Documents to compare with: the contract's own, as it is, as FastAPI would write it, and broken in one thing."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from letta_contract.contract_tests.drift.comparison import compare
from letta_contract.contract_tests.drift.difference import Difference, Side
from letta_contract.contract_tests.drift.document import Document
from letta_contract.contract_tests.drift.found import Found
from letta_contract.contract_tests.drift.schemas import Comparison

Json = dict[str, Any]
Change = Callable[[Json], None]


class Published:
    """A server that answers by path: a status, a media type and a body each, or a value as JSON; 404 for the rest.

    Where it has a "token", it wants to see that one.
    """

    def __init__(self, answers: Json) -> None:
        self.answers = answers

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        answer = self.answers.get(scope["path"], (404, "application/json", b'{"detail":"Not Found"}'))
        if not isinstance(answer, tuple):
            answer = (200, "application/json", json.dumps(answer).encode())
        authorization = dict(scope["headers"]).get(b"authorization", b"").decode()
        if self.answers.get("token", "") not in authorization:
            answer = (401, "application/json", b"{}")
        status, media, body = answer
        headers = [(b"content-type", media.encode()), (b"location", b"http://elsewhere/")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


STOCK_422 = {
    "description": "Validation Error",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}},
}
STOCK_SCHEMAS = {
    "HTTPValidationError": {
        "title": "HTTPValidationError",
        "type": "object",
        "properties": {
            "detail": {
                "items": {"$ref": "#/components/schemas/ValidationError"},
                "type": "array",
                "title": "Detail",
            }
        },
    },
    "ValidationError": {
        "title": "ValidationError",
        "type": "object",
        "required": ["loc", "msg", "type"],
        "properties": {
            "loc": {"items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}, "type": "array"},
            "msg": {"type": "string", "title": "Message"},
            "type": {"type": "string", "title": "Error Type"},
        },
    },
}


@pytest.fixture
def as_fastapi() -> Callable[[Json], Json]:
    """Makes of a document what FastAPI would have written."""
    return lambda document: FastAPI().written(document)


@pytest.fixture
def drifted() -> Callable[[Json], list[Difference]]:
    """The differences of a document, its missing operations aside."""

    def differences(document: Json) -> list[Difference]:
        found = compare(Document(document, "openapi.json")).differences
        return [one for one in found if one.kind != "operation-missing"]

    return differences


@pytest.fixture
def publish(serve: Callable[[Any], Any]) -> Callable[[Json], str]:
    """Serves answers by path; the address."""
    return lambda answers: str(serve(Published(answers)).url)


@pytest.fixture
def broken(bundle: Json, drifted: Callable[[Json], list[Difference]]) -> Callable[..., list[Difference]]:
    """The differences once one operation of the contract, the only one left, has been changed."""

    def differences(path: str, method: str, change: Change) -> list[Difference]:
        kept = {method: bundle["paths"][path][method], "parameters": bundle["paths"][path].get("parameters", [])}
        document = {**bundle, "paths": {path: kept}}
        change(kept[method])
        return drifted(document)

    return differences


@pytest.fixture
def compared() -> Callable[..., list[Difference]]:
    """The differences of two small schemas, called `x` where they have no name."""

    def differences(ours: Any, theirs: Any, side: Side = Side.REQUEST) -> list[Difference]:
        found = Found("operation")
        contract, target = ((Document({"schema": one}, "").top.below("schema"),) for one in (ours, theirs))
        Comparison(found, side).compare("x", contract, target)
        return list(found.differences)

    return differences


class FastAPI:
    """Writes a document as FastAPI with Pydantic 2 would: OpenAPI 3.1, every object hoisted and everything titled."""

    def __init__(self) -> None:
        self.hoisted: Json = copy.deepcopy(STOCK_SCHEMAS)
        self.names: dict[str, str] = {}

    def written(self, document: Json) -> Json:
        paths = {}
        for path, item in copy.deepcopy(document["paths"]).items():
            shared = item.pop("parameters", [])
            operations = {method: self.operation(one, shared) for method, one in item.items()}
            # The names of parameters are the server's own business, as is a slash at the end.
            renamed = json.dumps(operations).replace('"conversation_id"', '"id"')
            paths[path.replace("{conversation_id}", "{id}").rstrip("/")] = json.loads(renamed)
        schemes = {"HTTPBearer": {"type": "http", "scheme": "bearer"}}
        return {
            "openapi": "3.1.0",
            "info": {"title": "A server", "version": "1"},
            "paths": paths,
            "components": {"schemas": self.hoisted, "securitySchemes": schemes},
        }

    def operation(self, operation: Json, shared: list[Json]) -> Json:
        parameters = [self.parameter(one) for one in (*shared, *operation.get("parameters", []))]
        for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media in holder.get("content", {}).values():
                media["schema"] = self.schema(media["schema"])
                media.pop("examples", None)
                media.pop("x-event-stream", None)
        operation["responses"]["422"] = STOCK_422
        return {**operation, "parameters": parameters, "security": [{"HTTPBearer": []}]}

    def parameter(self, one: Json) -> Json:
        required = one.get("required", False)
        return {"name": one["name"], "in": one["in"], "required": required, "schema": self.schema(one["schema"])}

    def schema(self, value: Json) -> Json:
        left_out = ("x-contract-level", "description", "example", "deprecated", "discriminator")
        value = {name: part for name, part in value.items() if name not in left_out}
        for keyword in ("anyOf", "oneOf", "allOf"):
            if keyword in value:
                value[keyword] = [self.schema(part) for part in value[keyword]]
        if "items" in value:
            value["items"] = self.schema(value["items"])
        if "properties" in value:
            value["properties"] = {name: self.schema(part) for name, part in value["properties"].items()}
        return self.hoist(self.nullable(self.one_value({**value, "title": "A Title"})))

    def one_value(self, value: Json) -> Json:
        if len(value.get("enum", ())) == 1 and value["enum"] != [None]:
            (value["const"],) = value.pop("enum")
        return value

    def nullable(self, value: Json) -> Json:
        if not value.pop("nullable", False):
            return value
        values = value.get("enum")
        if values == [None]:
            return {"type": "null"}
        if values:
            value["enum"] = [item for item in values if item is not None]
        default = {"default": value.pop("default")} if "default" in value else {}
        return {"anyOf": [value, {"type": "null"}], "title": "A Title", **default}

    def hoist(self, value: Json) -> Json:
        if "properties" not in value:
            return value
        text = json.dumps(value, sort_keys=True)
        name = self.names.setdefault(text, f"app__schemas__Model{len(self.names)}-Output")
        self.hoisted[name] = value
        return {"$ref": f"#/components/schemas/{name}"}
