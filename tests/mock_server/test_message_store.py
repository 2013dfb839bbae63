"""Messages and streams that are kept, and the pages of them."""

from typing import Any

import pytest
from letta_contract.mock_server.page import MessagePage
from letta_contract.mock_server.record import Run, StoredMessage

from .stored import conversation, said


def test_message_that_is_saved_again_stays_where_it_is(store: Any) -> None:
    """It is replaced, not added."""
    conversation(store, "one")
    for id_, text in (("x", "old"), ("y", "other"), ("x", "new")):
        store.save_message("one", StoredMessage(id_, [{"content": text}]))
    found = store.messages("one", MessagePage(limit=10, descending=False))
    assert [message.rows[0]["content"] for message in found] == ["new", "other"]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ({"limit": 3}, "jih"),
        ({"limit": 3, "descending": False}, "abc"),
        ({"limit": 3, "after": "h"}, "gfe"),
        ({"limit": 3, "after": "h", "descending": False}, "ij"),
        ({"limit": 3, "before": "h"}, "ji"),
        ({"limit": 1, "before": "h"}, "i"),
        ({"limit": 2, "before": "h", "descending": False}, "fg"),
        ({"limit": 2, "before": "h", "after": "b", "descending": False}, "cd"),
        ({"limit": 9, "before": "b", "after": "h", "descending": False}, ""),
        ({"limit": 0}, ""),
        ({"limit": -(10**30)}, ""),
        ({"limit": 10**30}, "jihgfedcba"),
        ({"limit": 2, "wanted": lambda message: message.id in "bdj"}, "jd"),
        ({"limit": 2, "before": "j", "descending": False, "wanted": lambda message: message.id in "adj"}, "ad"),
    ],
)
def test_page_of_messages(store: Any, page: Any, found: str) -> None:
    """Cursors are exclusive; `before` gives the nearest ones; filters come before the limit (STATE-32 to STATE-38)."""
    said(store, "one", *"abcdefghij")
    said(store, "two", *"xyz")
    assert "".join(message.id for message in store.messages("one", MessagePage(**page))) == found


def test_stream_is_read_from_any_place(store: Any) -> None:
    """Events come in the order in which they were logged."""
    store.save_run(Run("r-1", "one", background=True))
    for number in range(3):
        store.log("r-1", {"n": number})
    assert store.events("r-1", 1) == [{"n": 1}, {"n": 2}]
    assert store.events("r-1", 5) == []
