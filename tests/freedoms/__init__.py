"""Servers that are otherwise than the mock where the contract leaves it open: the gate must find nothing wrong."""

from . import (
    bodies,
    connections,
    conversations,
    dates,
    errors,
    ids,
    lacking,
    lists,
    odd,
    pages,
    runs,
    streams,
    turns,
)
from .freedom import FALSE_ALARMS, FREEDOMS, Freedom

__all__ = [
    "FALSE_ALARMS",
    "FREEDOMS",
    "Freedom",
    "bodies",
    "connections",
    "conversations",
    "dates",
    "errors",
    "ids",
    "lacking",
    "lists",
    "odd",
    "pages",
    "runs",
    "streams",
    "turns",
]
