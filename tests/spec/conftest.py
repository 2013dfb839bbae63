"""A small split document that breaks no rule, for tests to break one rule of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

FILES = {
    "spec/openapi.yaml": """\
openapi: 3.0.3
info: {title: Chats, version: 1.0.0}
tags:
  - {name: chats, description: Talk.}
security: [{bearerAuth: []}]
paths:
  /chats/: {$ref: paths/chats.yaml}
  '/chats/{conversation_id}/send': {$ref: paths/send.yaml}
components:
  securitySchemes:
    bearerAuth: {type: http, scheme: bearer}
  schemas:
    Chat: {$ref: schemas/chat.yaml#/Chat}
""",
    "spec/paths/chats.yaml": """\
post:
  operationId: create_chat
  summary: Begin a chat.
  tags: [chats]
  x-contract-level: must
  requestBody:
    content:
      application/json:
        schema: {$ref: ../schemas/chat.yaml#/NewChat}
        examples:
          titled: {$ref: ../../fixtures/examples/chats.yaml#/titled}
  responses:
    '200':
      description: The chat.
      content:
        application/json:
          schema: {$ref: ../schemas/chat.yaml#/Chat}
          examples:
            plain: {$ref: ../../fixtures/examples/chats.yaml#/plain}
    '401': {$ref: ../responses.yaml#/Unauthorized}
    '422': {$ref: ../responses.yaml#/Invalid}
""",
    "spec/paths/send.yaml": """\
parameters:
  - {$ref: ../parameters.yaml#/conversation_id}
post:
  operationId: send_message
  summary: Say something.
  tags: [chats]
  x-contract-level: must
  requestBody:
    required: true
    content:
      application/json:
        schema: {$ref: ../schemas/chat.yaml#/Send}
        examples:
          hello: {$ref: ../../fixtures/examples/chats.yaml#/hello}
  responses:
    '200':
      description: The turn.
      content:
        text/event-stream:
          schema: {type: string}
          x-when: {body: streaming, is: true}
          x-event-stream: {$ref: ../schemas/stream.yaml#/EventStream}
          examples:
            turn: {$ref: ../../fixtures/examples/chats.yaml#/turn}
        application/json:
          schema: {$ref: ../schemas/stream.yaml#/Text}
          x-when: {body: streaming, is: false}
          examples:
            text: {$ref: ../../fixtures/examples/chats.yaml#/text}
    '401': {$ref: ../responses.yaml#/Unauthorized}
    '404': {$ref: ../responses.yaml#/NotFound}
    '422': {$ref: ../responses.yaml#/Invalid}
""",
    "spec/parameters.yaml": """\
conversation_id:
  name: conversation_id
  in: path
  required: true
  schema: {type: string, minLength: 1, maxLength: 42}
""",
    "spec/responses.yaml": """\
Unauthorized:
  description: No valid token.
  content:
    application/json:
      schema: {$ref: schemas/chat.yaml#/Error}
      examples:
        no_token: {$ref: ../fixtures/examples/chats.yaml#/no_token}
NotFound:
  description: No such chat.
  content:
    application/json:
      schema: {$ref: schemas/chat.yaml#/Error}
      examples:
        no_chat: {$ref: ../fixtures/examples/chats.yaml#/no_chat}
Invalid:
  description: The request is malformed.
  content:
    application/json:
      schema: {$ref: schemas/chat.yaml#/Error}
      examples:
        too_long: {$ref: ../fixtures/examples/chats.yaml#/too_long}
""",
    "spec/schemas/chat.yaml": """\
Chat:
  type: object
  required: [id]
  properties:
    id: {type: string}
    created_at: {type: string, format: date-time, nullable: true}
NewChat:
  type: object
  properties:
    title: {type: string, x-contract-level: should}
    name: {type: string, deprecated: true, description: Deprecated; title says it.}
Send:
  type: object
  required: [input]
  properties:
    input: {type: string}
    streaming: {type: boolean, default: true}
Error:
  type: object
  required: [detail]
  properties:
    detail: {type: string}
""",
    "spec/schemas/stream.yaml": """\
EventStream:
  events:
    oneOf: [{$ref: '#/Text'}, {$ref: '#/Ping'}, {$ref: '#/Stop'}]
    discriminator: {propertyName: message_type}
  terminator: '[DONE]'
  anywhere: [ping]
  turns:
    normal:
      - {of: [text], occurs: any}
      - {of: [stop], occurs: once}
Text:
  type: object
  required: [message_type, text]
  properties:
    message_type: {type: string, enum: [text]}
    text: {type: string}
    at: {type: string, format: date-time}
Ping:
  type: object
  required: [message_type]
  properties:
    message_type: {type: string, enum: [ping]}
Stop:
  type: object
  required: [message_type]
  properties:
    message_type: {type: string, enum: [stop]}
""",
    "fixtures/examples/chats.yaml": """\
titled: {summary: A title., value: {title: Bern}}
plain: {summary: A chat., value: {id: chat-1, created_at: '2026-01-02T03:04:05Z'}}
hello: {summary: A greeting., value: {input: Hello.}}
text: {summary: An answer., value: {message_type: text, text: Hi.}}
turn: {summary: A turn., externalValue: ../streams/turn.sse}
no_token: {summary: No token., value: {detail: Not authenticated.}}
no_chat: {summary: Unknown., value: {detail: No such chat.}}
too_long: {summary: Too long., value: {detail: At most 42 characters.}}
""",
    "fixtures/streams/turn.sse": """\
data: {"message_type": "text", "text": "Hi", "at": "2026-01-02T03:04:05Z"}

: a comment
data: {"message_type": "ping"}

data: {"message_type": "stop"}

data: [DONE]

""",
}


@dataclass(frozen=True)
class SplitDocument:
    """The files of a document in a folder of their own."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "spec/openapi.yaml"

    def replace(self, file: str, old: str, new: str) -> None:
        """Change one passage, which must stand there."""
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} does not say {old!r}"
        path.write_text(text.replace(old, new, 1))

    def write(self, file: str, text: str) -> None:
        """Make a file, or another of one."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def split(tmp_path: Path) -> SplitDocument:
    """The small document, unbroken, in a folder whose name a careless reader trips over."""
    document = SplitDocument(tmp_path / "a folder#1 100%")
    for file, text in FILES.items():
        document.write(file, text)
    return document
