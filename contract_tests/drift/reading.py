"""Where a target's document comes from: the server itself, or a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from letta_contract.contract_tests import remedy
from letta_contract.contract_tests.errors import TargetError, UsageError
from letta_contract.contract_tests.exchange import Reply
from letta_contract.contract_tests.preflight import answered
from letta_contract.contract_tests.request import request
from letta_contract.contract_tests.target import Limits, Target
from letta_contract.spec import SpecError, source

from .document import Document

MOST = 20 * 1024 * 1024  # bytes of a document
_MOST_YAML = 8 * 1024 * 1024  # bytes; YAML takes a hundred times as long to read as JSON
_WHOLE = 300.0  # seconds that a whole document may take
_PLACES = ("/openapi.json", "/v1/openapi.json", "/api/openapi.json", "/api/v1/openapi.json", "/docs/openapi.json")
_TO_FILE = "Save the document to a file, and pass that instead of the address."


def served(target: Target, wait: float = 0.0) -> Document:
    """The document that a server publishes: at its address if that names a file, else where FastAPI puts it.

    It is waited for, up to `wait` seconds. Raises TargetError where nothing answers or no OpenAPI 3 document is there,
    UsageError where the server refuses the token.
    """
    target.limits = Limits(target.limits.silence, _WHOLE, MOST)
    base = target.base_url
    places = ("",) if base.endswith((".json", ".yaml", ".yml")) else _PLACES
    problem = ""
    for place in places:
        reply = _reply(target, place, wait)
        if reply.status != 404:
            wrong = _no_document(reply, target.proxy)
            if not wrong:
                return checked(json.loads(reply.content), f"{base}{place}")
            problem = problem or f"{base}{place} answers {wrong}"
        wait = 0.0
    tried = ", ".join(place or base for place in places)
    raise TargetError(problem or f"{base} publishes no OpenAPI document: 404 at {tried}. {_TO_FILE}")


def _reply(target: Target, place: str, wait: float) -> Reply:
    exchange = answered(target, request("GET", place), wait)
    if exchange.reply is None:
        what = exchange.fault.what if exchange.fault else "the server gave no answer"
        cut = "Save what the contract has of it to a file, and pass that."
        way_out = cut if "sent more than" in what else remedy.of_fault(what, target.base_url, target.proxy)
        raise TargetError(f"{target.base_url}{place}: {what}. {way_out}")
    if exchange.reply.status in (401, 403):
        way_out = "Check --token or LETTA_API_KEY." if target.token else "Pass --token, or set LETTA_API_KEY."
        raise UsageError(f"{target.base_url}{place} refuses to be read ({exchange.reply.status}). {way_out}")
    return exchange.reply


def _no_document(reply: Reply, proxy: str | None) -> str:
    """What came instead of JSON, with the next action; empty where JSON came."""
    if 300 <= reply.status < 400:
        return f"{reply.status}, a redirect to {reply.header('location')}. Give that address, if it is the same server."
    if reply.status != 200:
        front = remedy.of_front(reply, proxy)
        return f"{reply.status} {reply.media_type}{f': {front}' if front else f'. {_TO_FILE}'}"
    try:
        json.loads(reply.content)
    except RecursionError:
        return f"with JSON that is nested past any sense. {_TO_FILE}"
    except ValueError as error:
        if reply.content.lstrip()[:1] == b"<":
            return "with a page of HTML, not JSON. Check the address, and a path prefix that it may need."
        return f"with {reply.media_type or 'something'} that is no JSON ({error}). {_TO_FILE}"
    return ""


def stored(file: Path) -> Document:
    """The document of a file, JSON or YAML.

    Raises UsageError where there is no such file, TargetError where it is no OpenAPI 3 document.
    """
    try:
        size = file.stat().st_size
        if file.suffix == ".json" and size <= MOST:
            return checked(json.loads(file.read_bytes()), str(file))
    except OSError as error:
        raise _unreadable(file, error) from error
    except RecursionError as error:
        raise TargetError(f"{file} is nested past any sense. Take some levels out.") from error
    except ValueError as error:
        raise TargetError(f"{file} is no JSON: {error}. Mend it, or name it .yaml if it is YAML.") from error
    if file.suffix == ".json":
        raise TargetError(f"{file} has {size} bytes, and {MOST} are read. Cut it down to what the contract has.")
    if size > _MOST_YAML:
        raise TargetError(f"{file} has {size} bytes, and {_MOST_YAML} are read of YAML. Convert it to JSON.")
    try:
        return checked(source.read(file), str(file))
    except SpecError as error:
        if isinstance(error.__cause__, OSError):
            raise _unreadable(file, error.__cause__) from error
        raise TargetError(str(error)) from error


def _unreadable(file: Path, error: OSError) -> UsageError:
    return UsageError(f"{file} cannot be read: {error.strerror}. Pass a file, or a URL with http://.")


def checked(value: Any, name: str) -> Document:
    """A value as an OpenAPI 3 document. Raises TargetError for what is none."""
    version = value.get("openapi") if isinstance(value, dict) else None
    if isinstance(value, dict) and "swagger" in value:
        raise TargetError(
            f"{name} is Swagger {value['swagger']}, and only OpenAPI 3 can be compared. Convert it, and pass the file."
        )
    if version is None:
        raise TargetError(f"{name} is no OpenAPI document: it has no `openapi` key. Check the address or the file.")
    if not str(version).startswith("3."):
        raise TargetError(f"{name} is OpenAPI {version}, and only 3.x can be compared. Convert it, and pass the file.")
    if not isinstance(value.get("paths"), dict) or not value["paths"]:
        raise TargetError(f"{name} is an OpenAPI document without paths. Check the address or the file.")
    return Document(value, name)
