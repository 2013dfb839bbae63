from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from letta_contract.spec import ROOT
from letta_contract.spec.lint import GROUND, RULES, Problem, lint

if TYPE_CHECKING:
    from conftest import SplitDocument

OPENAPI = "spec/openapi.yaml"
CHATS = "spec/paths/chats.yaml"
SEND = "spec/paths/send.yaml"
CHAT = "spec/schemas/chat.yaml"
STREAM = "spec/schemas/stream.yaml"
RESPONSES = "spec/responses.yaml"
PARAMETERS = "spec/parameters.yaml"
EXAMPLES = "fixtures/examples/chats.yaml"
TURN = "fixtures/streams/turn.sse"
TEXT = '{"message_type": "text", "text": "Hi", "at": "2026-01-02T03:04:05Z"}'

CAT = "{type: object, required: [kind], properties: {kind: {type: string, enum: [cat]}}}"
TAG = "discriminator: {propertyName: kind}"

# What is broken: the rule, the file and line that it is found in, and the passage that breaks it.
BREACHES = [
    # Loading
    ("yaml", CHATS, 3, (CHATS, "operationId: create_chat", "operationId: [create_chat")),
    ("refs-resolve", CHATS, 17, (CHATS, "chat.yaml#/Chat", "chat.yaml#/Cat")),
    ("no-recursion", CHAT, 5, (CHAT, "id: {type: string}", "id: {$ref: '#/Chat'}")),
    ("status-codes", CHATS, 20, (CHATS, "'401'", "401")),
    ("document", OPENAPI, 1, (OPENAPI, "paths:\n", "x-paths:\n")),
    # OpenAPI
    ("openapi-version", OPENAPI, 1, (OPENAPI, "openapi: 3.0.3", "openapi: 3.1.0")),
    ("openapi-valid", OPENAPI, 2, (OPENAPI, "title: Chats, ", "")),
    ("openapi-valid", CHATS, 13, (CHATS, "description: The chat.", "summary: The chat.")),
    # Files
    ("paths-are-refs", OPENAPI, 7, (OPENAPI, "paths:\n", "paths:\n  /inline: {}\n")),
    ("refs-relative", SEND, 2, (SEND, "../parameters.yaml#/", "../parameters.yaml#")),
    (
        "refs-alone",
        CHAT,
        22,
        (CHAT, "detail: {type: string}", "detail: {nullable: true, $ref: '#/Chat/properties/id'}"),
    ),
    ("no-templates", CHATS, 14, (CHATS, "description: The chat.", "description: The {{ chat }}.")),
    ("no-templates", RESPONSES, 2, (RESPONSES, "No valid token.", "No {% token %}.")),
    ("unused-key", CHAT, 1, (CHAT, "Chat:\n", "Unused: {type: string}\nChat:\n")),
    ("unused-key", EXAMPLES, 1, (EXAMPLES, "titled:", "untitled: {summary: None., value: {}}\ntitled:")),
    ("unused-component", OPENAPI, 13, (OPENAPI, "    Chat:", "    Aside: {type: string}\n    Chat:")),
    (
        "unused-component",
        OPENAPI,
        11,
        (OPENAPI, "    bearer", "    key: {type: apiKey, in: query, name: k}\n    bearer"),
    ),
    # Operations
    ("operation-id", CHATS, 2, (CHATS, "create_chat", "createChat")),
    ("operation-id", CHATS, 1, (CHATS, "  operationId: create_chat\n", "")),
    ("operation-summary", CHATS, 1, (CHATS, "  summary: Begin a chat.\n", "")),
    ("operation-tag", CHATS, 1, (CHATS, "  tags: [chats]\n", "")),
    ("operation-tag", CHATS, 1, (CHATS, "tags: [chats]", "tags: [chats, chats]")),
    ("operation-tag", CHATS, 4, (CHATS, "tags: [chats]", "tags: [others]")),
    ("operation-level", CHATS, 1, (CHATS, "  x-contract-level: must\n", "")),
    ("contract-level", CHATS, 5, (CHATS, "x-contract-level: must", "x-contract-level: may")),
    ("toleration", CHATS, 6, (CHATS, "x-contract-level: must", "x-contract-level: must\n  x-tolerated: null")),
    ("contract-level", CHAT, 10, (CHAT, "x-contract-level: should", "x-contract-level: SHOULD")),
    ("no-default-response", CHATS, 21, (CHATS, "'422'", "default")),
    ("documents-401", CHATS, 12, (CHATS, "    '401': {$ref: ../responses.yaml#/Unauthorized}\n", "")),
    ("documents-404-422", SEND, 15, (SEND, "    '422': {$ref: ../responses.yaml#/Invalid}\n", "")),
    # Schemas
    ("snake-case-properties", CHAT, 6, (CHAT, "created_at:", "createdAt:")),
    ("deprecated-marked", CHAT, 11, (CHAT, "deprecated: true, ", "")),
    ("deprecated-marked", CHATS, 3, (CHATS, "summary: Begin a chat.", "summary: Begin a chat (Deprecated).")),
    ("deprecated-marked", PARAMETERS, 5, (PARAMETERS, "required: true", "required: true\n  description: deprecated")),
    ("open-objects", CHAT, 3, (CHAT, "required: [id]", "additionalProperties: false\n  required: [id]")),
    ("null-form", CHAT, 5, (CHAT, "id: {type: string}", "id: {nullable: true}")),
    ("null-form", CHAT, 11, (CHAT, "name: {type: string", "name: {type: object, nullable: true")),
    ("null-form", CHAT, 5, (CHAT, "id: {type: string}", "id: {type: string, nullable: true, anyOf: [{}]}")),
    ("null-form", CHAT, 5, (CHAT, "id: {type: string}", "id: {type: string, nullable: true, enum: [chat-1]}")),
    ("tagged-unions", CHAT, 5, (CHAT, "id: {type: string}", "id: {oneOf: [{type: string}]}")),
    ("tagged-unions", CHAT, 3, (CHAT, "required: [id]", "discriminator: {propertyName: id}\n  required: [id]")),
    ("tagged-unions", STREAM, 4, (STREAM, "propertyName: message_type", "propertyName: message_type, mapping: {a: b}")),
    ("tagged-unions", STREAM, 18, (STREAM, "[message_type]\n", "[]\n")),
    ("tagged-unions", CHAT, 11, (CHAT, "name: {type: string", f"name: {{oneOf: [{CAT}, {CAT}], {TAG}")),
    # Extensions
    ("x-when", SEND, 21, (SEND, "{body: streaming, is: true}", "{body: streaming}")),
    ("x-when", SEND, 21, (SEND, "{body: streaming, is: true}", "{body: stream, is: true}")),
    ("x-when", SEND, 19, (SEND, "          x-when: {body: streaming, is: true}\n", "")),
    ("x-when", SEND, 18, (SEND, "is: false", "is: true")),
    ("x-when", SEND, 18, (CHAT, ", default: true", "")),
    ("x-when", RESPONSES, 5, (RESPONSES, "schema:", "x-when: {body: streaming, is: true}\n      schema:")),
    ("x-event-stream", SEND, 19, (SEND, "          x-event-stream: {$ref: ../schemas/stream.yaml#/EventStream}\n", "")),
    ("x-event-stream", STREAM, 1, (STREAM, "  terminator: '[DONE]'\n", "")),
    ("x-event-stream", STREAM, 9, (STREAM, "occurs: any", "occurs: often")),
    ("x-event-stream", STREAM, 1, (STREAM, "of: [text]", "of: [text, sound]")),
    ("x-event-stream", STREAM, 1, (STREAM, "  anywhere: [ping]\n", "")),
    # Examples
    (
        "status-example",
        SEND,
        25,
        (SEND, "          examples:\n            text:", "          x-examples:\n            text:"),
    ),
    ("default-valid", CHAT, 10, (CHAT, "title: {type: string", "title: {type: string, default: 1")),
    ("example-valid", EXAMPLES, 2, (EXAMPLES, "id: chat-1", "id: 1")),
    ("example-valid", EXAMPLES, 2, (EXAMPLES, "2026-01-02T03:04:05Z", "2026-01-02 03:04")),
    ("example-valid", EXAMPLES, 1, (EXAMPLES, "title: Bern", "title: 1")),
    ("example-valid", PARAMETERS, 5, (PARAMETERS, "  schema:", "  example: ''\n  schema:")),
    ("example-valid", CHAT, 5, (CHAT, "id: {type: string}", "id: {type: string, example: 1}")),
    ("stream-example", EXAMPLES, 5, (TURN, "data: [DONE]\n", "")),
    ("stream-example", EXAMPLES, 5, (TURN, "data: [DONE]\n\n", "data: [DONE]\n\ndata: [DONE]\n\n")),
    ("stream-example", EXAMPLES, 5, (TURN, '"text": "Hi"', '"text": 1')),
    ("stream-example", EXAMPLES, 5, (TURN, "2026-01-02T03:04:05Z", "noon")),
    ("stream-example", EXAMPLES, 5, (TURN, TEXT, TEXT[:-1])),
    ("stream-example", EXAMPLES, 5, (TURN, 'data: {"message_type": "stop"}\n\n', "")),
    (
        "stream-example",
        EXAMPLES,
        5,
        (TURN, 'data: {"message_type": "stop"}', 'event: x\ndata: {"message_type": "stop"}'),
    ),
]


def test_the_contract_breaks_no_rule() -> None:
    """The contract document itself is clean."""
    assert lint(ROOT) == []


def test_the_small_document_breaks_no_rule(split: SplitDocument) -> None:
    """What the other tests break was whole before."""
    assert lint(split.root) == []


@pytest.mark.parametrize(("rule", "file", "line", "edit"), BREACHES)
def test_a_breach_is_found_where_it_is(
    split: SplitDocument, rule: str, file: str, line: int, edit: tuple[str, str, str]
) -> None:
    """Whatever breaks a rule is found by that rule and no other, at its file and line, with what to do."""
    split.replace(*edit)
    problems = lint(split.root)
    assert [(problem.rule, problem.file, problem.line) for problem in problems] == [
        (rule, str(split.folder / file), line)
    ], "\n".join(map(str, problems))
    assert problems[0].message.endswith(".")


def test_every_rule_is_broken_by_a_test() -> None:
    """No rule is without a breach above that only it finds."""
    assert set(GROUND) | set(RULES) <= {rule for rule, *_ in BREACHES}


def test_a_file_that_nothing_refers_to_is_found(split: SplitDocument) -> None:
    """A file left over beside the others is told, as a key is."""
    split.write("spec/schemas/old.yaml", "Old: {type: string}\n")
    assert lint(split.root) == [
        Problem(
            str(split.folder / "spec/schemas/old.yaml"),
            1,
            "unused-key",
            "nothing refers to this file. Refer to it, or take it out.",
        )
    ]


def test_an_aliased_example_is_used(split: SplitDocument) -> None:
    """An example that is part of another by a YAML alias needs no reference of its own."""
    split.replace(EXAMPLES, "hello:", "part: {value: &part {x: 1}}\nhello:")
    assert [problem.rule for problem in lint(split.root)] == ["unused-key"]
    split.replace(EXAMPLES, "{title: Bern}", "{title: Bern, more: *part}")
    split.write(EXAMPLES, "\n".join(sorted((split.folder / EXAMPLES).read_text().splitlines())) + "\n")
    assert lint(split.root) == []


def test_an_operation_id_is_taken_once(split: SplitDocument) -> None:
    """Two operations of one name are both told."""
    split.replace(SEND, "send_message", "create_chat")
    found = [(problem.rule, problem.file, problem.line) for problem in lint(split.root)]
    assert found == [("operation-id", f"{split.folder}/{CHATS}", 2), ("operation-id", f"{split.folder}/{SEND}", 4)]


def test_a_path_with_an_id_documents_404(split: SplitDocument) -> None:
    """The response that a missing thing has belongs on every path with an id, and only there."""
    split.replace(SEND, "    '404': {$ref: ../responses.yaml#/NotFound}\n", "")
    found = [problem.message for problem in lint(split.root) if problem.rule == "documents-404-422"]
    assert found == ["send_message does not document 404. Add the response."]


def test_backslashes_are_no_separators(split: SplitDocument) -> None:
    """A path that only one system can follow is told, even where a file has that very name."""
    split.write(r"spec/paths/..\chat.yaml", "Chat: {type: object}\n")
    split.replace(CHATS, "schema: {$ref: ../schemas/chat.yaml#/Chat}", r"schema: {$ref: ..\chat.yaml#/Chat}")
    assert "refs-relative" in {problem.rule for problem in lint(split.root)}


def test_what_openapi_forbids_is_told_from_inside(split: SplitDocument) -> None:
    """Below OpenAPI's own unions the field that is wrong is named, and a parameter that a path lacks by its path."""
    split.replace(CHAT, "id: {type: string}", "id: {type: text}")
    (problem,) = lint(split.root)
    assert (problem.line, problem.message.split(" is not")[0]) == (5, "not OpenAPI 3.0: 'text'")
    split.replace(CHAT, "type: text", "type: string")
    split.replace(PARAMETERS, "in: path", "in: query")
    (problem,) = lint(split.root)
    assert (problem.file, problem.line) == (f"{split.folder}/{SEND}", 1)
    assert "'conversation_id'" in problem.message


def test_problems_come_in_order_and_once(split: SplitDocument) -> None:
    """Several breaches are told by file and line; one in a shared response is told once."""
    split.replace(
        RESPONSES,
        "        no_token: {",
        "        no_chat: {$ref: ../fixtures/examples/chats.yaml#/no_chat}\n        no_token: {",
    )
    split.replace(EXAMPLES, "Not authenticated.", "[]")
    split.replace(CHATS, "  summary: Begin a chat.\n", "")
    problems = lint(split.root)
    assert [(problem.rule, problem.line) for problem in problems] == [("example-valid", 6), ("operation-summary", 1)]


def test_a_problem_reads_as_a_line_to_jump_to() -> None:
    """A problem is printed as editors and terminals link it: file, line, rule, message."""
    assert str(Problem("a.yaml", 3, "yaml", "Not so.")) == "a.yaml:3: yaml: Not so."
    assert str(Problem("a.yaml", 0, "document", "Not so.")) == "a.yaml: document: Not so."
