from __future__ import annotations

from typing import Any

import pytest
from letta_contract.contract_tests.drift.comparison import compare
from letta_contract.contract_tests.drift.document import Document

PATH = "/v1/conversations/{conversation_id}"
MISSING = ("security-missing", "wider", "notable", "DOC-3")
OTHER = ("security", "stricter", "breaking", "DOC-3")
SCHEMES = {
    "bearer": {"type": "http", "scheme": "Bearer"},
    "oauth": {"type": "oauth2", "flows": {}},
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": ""},
    "basic": {"type": "http", "scheme": "basic"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
}


@pytest.mark.parametrize(
    ("security", "expected", "said"),
    [
        ([{"bearer": []}], None, ""),
        ([{"oauth": []}], None, ""),
        ([{"oidc": []}], None, ""),
        ([{"key": []}, {"bearer": []}], None, ""),
        ([{}, {"bearer": []}], None, ""),
        ([], MISSING, "asks for none"),
        ([{}], MISSING, "asks for none"),
        ([{"basic": []}], OTHER, "http basic"),
        ([{"key": []}], OTHER, "header X-Key"),
        ([{"bearer": [], "key": []}], OTHER, "bearer token and header X-Key"),
        ([{"gone": []}], OTHER, "gone"),
    ],
    ids=str,
)
@pytest.mark.parametrize("of_operation", [True, False], ids=["of the operation", "of the document"])
def test_token_that_does_or_does_not_do(
    bundle: Any, security: Any, expected: Any, said: str, *, of_operation: bool
) -> None:
    """A bearer token is enough, however it is got; none asked for is told, and so is what asks for another thing."""
    operation = bundle["paths"][PATH]["get"]
    bundle["components"]["securitySchemes"] = SCHEMES
    bundle["paths"] = {PATH: {"get": operation, "parameters": bundle["paths"][PATH]["parameters"]}}
    operation.pop("security", None)
    (operation if of_operation else bundle)["security"] = security
    found = [one for one in compare(Document(bundle, "")).differences if one.kind != "operation-missing"]
    assert [(one.kind, one.direction, one.severity.word, one.rule) for one in found] == [expected] * bool(expected)
    for one in found:
        assert one.target.text == said
        place = f"#/paths/{PATH.replace('/', '~1')}/get" if of_operation else "#"
        assert one.target.place == f"{place}/security"


def test_document_without_a_word_of_security(bundle: Any) -> None:
    """Where neither the operation nor the document says anything, nor has any components, nothing is asked for."""
    operation = bundle["paths"][PATH]["get"]
    operation.pop("security", None)
    document = {"openapi": "3.1.0", "paths": {PATH: {"get": operation}}}
    found = [one for one in compare(Document(document, "")).differences if one.subject == "security"]
    assert [(one.kind, one.target.place) for one in found] == [("security-missing", "#")]
