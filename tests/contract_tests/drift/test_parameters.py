from __future__ import annotations

from typing import Any

import pytest

COLLECTION = "/v1/conversations/"
TEXT = {"type": "string"}


def told(found: Any) -> list[tuple[str, str, str, str]]:
    return [(one.id, one.direction, one.severity.word, one.rule) for one in found]


def named(operation: Any, name: str) -> Any:
    return next(one for one in operation["parameters"] if one["name"] == name)


@pytest.mark.parametrize("name", ["Accept", "Content-Type", "authorization"])
def test_headers_that_are_said_otherwise_are_none(broken: Any, name: str) -> None:
    """OpenAPI has other places for what these headers say, and ignores them here."""
    one = {"name": name, "in": "header", "required": True, "schema": TEXT}
    assert broken(COLLECTION, "get", lambda op: op["parameters"].append(one)) == []


@pytest.mark.parametrize("place", ["header", "cookie"])
def test_parameter_besides_by_its_place(broken: Any, place: str) -> None:
    """What a server must have, wherever it stands, no client of the contract sends; a header has no case."""
    one = {"name": "X-Tenant", "in": place, "required": True}
    expected = f"{place} {'x-tenant' if place == 'header' else 'X-Tenant'}/parameter-extra"
    (found,) = broken(COLLECTION, "get", lambda op: op["parameters"].append(one))
    assert told([found]) == [(expected, "stricter", "breaking", "")]
    assert found.target.text == "any, required"


def test_same_name_in_another_place_is_another_parameter(broken: Any) -> None:
    """A header of the name that a query parameter has does not stand for it."""
    one = {"name": "after", "in": "header", "schema": TEXT}
    assert told(broken(COLLECTION, "get", lambda op: op["parameters"].append(one))) == [
        ("header after/parameter-extra", "wider", "info", "")
    ]


def test_missing_parameters_name_their_rule(broken: Any) -> None:
    """What a server may lack is told with the rule that lets it, and what it needs with its type."""
    found = broken(
        COLLECTION,
        "get",
        lambda op: (op["parameters"].remove(named(op, "archive_status")), op["parameters"].remove(named(op, "limit"))),
    )
    assert told(found) == [
        ("query limit/parameter-missing", "stricter", "breaking", ""),
        ("query archive_status/parameter-missing", "stricter", "info", "LEVEL-12"),
    ]
    assert found[0].contract.text == "integer, optional"


def test_schema_may_stand_in_a_media_type(broken: Any) -> None:
    """A parameter whose schema is that of its content is compared by it."""

    def change(operation: Any) -> None:
        limit = named(operation, "limit")
        limit["content"] = {"application/json": {"schema": {**limit.pop("schema"), "maximum": 9}}}

    assert told(broken(COLLECTION, "get", change)) == [("query limit/maximum", "stricter", "breaking", "")]


def test_parameter_of_the_operation_goes_before_that_of_the_path(broken: Any) -> None:
    """As OpenAPI has it: the nearer one of the same place and name counts."""
    path = "/v1/conversations/{conversation_id}"

    def change(operation: Any) -> None:
        schema = {**TEXT, "maxLength": 40}
        operation["parameters"] = [{"name": "conversation_id", "in": "path", "required": True, "schema": schema}]

    assert "path conversation_id/maxLength" in [one.id for one in broken(path, "get", change)]


def test_what_is_no_parameter_is_passed_over(broken: Any) -> None:
    """An entry without a place or a name says nothing."""
    assert broken(COLLECTION, "get", lambda op: op["parameters"].extend([{"in": "query"}, {"name": "x"}, 5])) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"style": "form", "explode": True}, []),
        ({"style": "form"}, []),
        ({"style": "spaceDelimited"}, [("query include_return_message_types/style", "other", "breaking", "")]),
    ],
    ids=str,
)
def test_way_a_list_is_written(broken: Any, said: Any, expected: Any) -> None:
    """The way that a list is written by default needs no words; another one breaks clients."""

    def change(operation: Any) -> None:
        one = named(operation, "include_return_message_types")
        one.pop("style", None), one.pop("explode", None)
        one.update(said)

    found = broken("/v1/conversations/{conversation_id}/messages", "get", change)
    assert told(found) == expected


def test_null_of_a_parameter_is_nothing(broken: Any) -> None:
    """A query cannot tell null from an empty text, so it does not matter whether null is allowed."""
    assert broken(COLLECTION, "get", lambda op: named(op, "after")["schema"].pop("nullable")) == []
