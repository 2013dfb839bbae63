"""What was said in a conversation: list_conversation_messages (STATE-32 to STATE-38)."""

from __future__ import annotations

from .page import MessagePage
from .record import StoredMessage
from .refusal import Refusal
from .reply import Reply
from .request import Request
from .world import World

_DEFAULT_LIMIT = 100


class History:
    """The handler of the list of messages."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def list(self, request: Request) -> Reply:
        """list_conversation_messages. A limit of null is the default; filters come before the limit."""
        query = request.query
        conversation = self.world.conversation(request.path["conversation_id"], query.get("agent_id"))
        types = frozenset(query.get("include_return_message_types", ()))
        group_id = query.get("group_id")

        def wanted(message: StoredMessage) -> bool:
            return (not types or any(row["message_type"] in types for row in message.rows)) and (
                group_id in (None, message.group_id)
            )

        descending = query["order"] == "desc"
        page = MessagePage(
            limit=_DEFAULT_LIMIT if query["limit"] is None else query["limit"],
            descending=descending,
            before=query.get("before"),
            after=query.get("after"),
            wanted=wanted,
        )
        try:
            found = self.world.store.messages(conversation.id, page)
        except KeyError as error:
            raise Refusal(404, "There is no such message here. Give a cursor that a list showed.") from error
        rows = (row for message in found for row in (reversed(message.rows) if descending else message.rows))
        return Reply.json([row for row in rows if not types or row["message_type"] in types])
