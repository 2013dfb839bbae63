"""Many open event streams at once."""

from __future__ import annotations

import asyncio
import time

import httpx

AGENT = "agent-123e4567-e89b-42d3-8456-426614174000"


async def open_streams(url: str, count: int) -> tuple[int, float]:
    """How many of `count` slow turns, all under way at once, came to their end, and the seconds until all had."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
        made = [await client.post(f"/v1/conversations/?agent_id={AGENT}") for _ in range(count)]
        paths = [f"/v1/conversations/{one.json()['id']}/messages" for one in made]
        begin = time.perf_counter()
        body = {"input": "STUB:SLOW 10 1", "stream_tokens": True}  # nine seconds: time enough for all to begin

        async def follow(path: str) -> bool:
            begun = time.perf_counter() - begin
            async with client.stream("POST", path, json=body) as response:
                text = (await response.aread()).decode()
            return begun < 9 and text.endswith("data: [DONE]\n\n") and text.count("assistant_message") == 10

        ended = await asyncio.gather(*map(follow, paths), return_exceptions=True)
    return sum(one is True for one in ended), time.perf_counter() - begin
