"""Makes Letta's tables in an empty database: its package on PyPI comes without the migrations that would.

Run by the interpreter that knows Letta, with LETTA_PG_URI set.
"""

from __future__ import annotations

import asyncio

import letta.orm  # noqa: F401  # registers every table
from letta.orm.base import Base
from letta.server.db import engine
from sqlalchemy import text

_BEFORE = ("create extension if not exists vector",)
_AFTER = (  # the one default that no table declares
    "create sequence if not exists message_seq_id",
    "alter table messages alter column sequence_id set default nextval('message_seq_id')",
)


async def main() -> None:
    """Make them."""
    async with engine.begin() as connection:
        for statement in _BEFORE:
            await connection.execute(text(statement))
        await connection.run_sync(Base.metadata.create_all)
        for statement in _AFTER:
            await connection.execute(text(statement))


asyncio.run(main())
