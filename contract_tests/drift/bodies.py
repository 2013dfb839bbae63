"""What one operation takes and answers: the request body, the statuses, the media types."""

from __future__ import annotations

from typing import Unpack

from .branch import OBJECT, Branch, Schema, branches
from .difference import Direction, Side
from .document import Node
from .found import Bearing, Found, Said
from .pairing import Operation
from .schemas import Comparison
from .wording import listed

_JSON = "application/json"
_STREAM = "text/event-stream"
_ANY = "*/*"
_OF_HTTP = {"406": "TOL-14", "413": "TOL-14", "414": "TOL-14", "431": "TOL-14", "415": "TOL-16"}


def compare_request_body(found: Found, our: Operation, their: Operation) -> None:
    """Note every difference between what two operations take."""
    here, there = our.node.child("requestBody"), their.node.child("requestBody")
    if here is None and there is None:
        return
    if here is None or there is None:
        _body_of_one_side(found, our, their)
        return
    needed = [body.keys.get("required") is True for body in (here, there)]
    if needed[0] is not needed[1]:
        words = ("optional", "required")
        direction = Direction.STRICTER if needed[1] else Direction.WIDER
        found.tell("body", "required", direction, (words[needed[0]], here), (words[needed[1]], there))
    ours, theirs = _contents(here), _contents(there)
    media_types = (f"takes {listed(ours)}", here), (f"takes {listed(theirs) or 'no media type'}", there)
    their_json = theirs.get(_JSON) or theirs.get(_ANY)
    if their_json is None:
        direction = Direction.OTHER if theirs else Direction.STRICTER
        found.tell("body", "media-type", direction, *media_types, silent=not theirs)
        return
    for name in [name for name in theirs if name not in ours and theirs[name] is not their_json]:
        found.tell(f"body {name}", "media-type-extra", Direction.WIDER, *media_types, allowed=True)
    schema = _schema(their_json)
    if schema:
        # A body that may be left out may be null, too: FastAPI takes one for the other.
        Comparison(found, Side.REQUEST).compare("body", _schema(ours[_JSON]), schema, nulls=all(needed))
    else:
        sides = ("a schema", ours[_JSON]), ("no schema", their_json)
        found.tell("body", "says-nothing", Direction.WIDER, *sides, silent=True)


def _body_of_one_side(found: Found, our: Operation, their: Operation) -> None:
    here, there = our.node.child("requestBody"), their.node.child("requestBody")
    if here is not None:
        found.tell("body", "body-missing", Direction.STRICTER, ("a body", here), ("no body", their.node))
    elif there is not None:
        needed = there.keys.get("required") is True
        direction = Direction.STRICTER if needed else Direction.WIDER
        what = f"a body, {'required' if needed else 'optional'}"
        found.tell("body", "body-extra", direction, ("no body", our.node), (what, there), allowed=not needed)


def compare_responses(found: Found, our: Operation, their: Operation) -> None:
    """Note every difference between what two operations answer."""
    ours, theirs = (one.node.mapping("responses") for one in (our, their))
    for status, here in ours.items():
        there = theirs.get(status) or theirs.get(f"{status[0]}XX") or theirs.get("default")
        if there is None:
            # Few documents list the errors; but without the answer itself there is nothing to rely on.
            told = status.startswith("2")
            direction = Direction.OTHER if told else Direction.STRICTER
            gone = ("no such status", their.node)
            _tell(found, status, "status-missing", direction, (status, here), gone, silent=not told)
        elif status != "422" or not _stock_validation_error(there):
            _compare_contents(found, status, here, there)
    for status, there in theirs.items():
        if status in ours or (status[1:] == "XX" and any(known[0] == status[0] for known in ours)):
            continue
        failure = status[:1] in ("4", "5") or status == "default"
        rule = _OF_HTTP.get(status, "")
        sides = (f"{listed(ours)}, and no other", our.node), (status, there)
        # To a client, one more error is an error.
        bearing: Bearing = {"silent": failure, "allowed": bool(rule), "rule": rule or "STATUS-1"}
        _tell(found, status, "status-extra", Direction.WIDER, *sides, **bearing)


def _compare_contents(found: Found, status: str, here: Node, there: Node) -> None:
    ours, theirs = _contents(here), _contents(there)
    media_types = (f"answers {listed(ours)}", here), (f"answers {listed(theirs)}", there)
    if ours and not theirs:
        _tell(found, status, "says-nothing", Direction.WIDER, media_types[0], ("no content", there), silent=True)
        return
    missing = [name for name in ours if name not in theirs and _ANY not in theirs]
    extra = [name for name in theirs if name not in ours and name != _ANY]
    if missing:
        _tell(found, status, "media-type", Direction.OTHER, *media_types)
    for name in [] if missing else extra:
        # FastAPI lists JSON for every route, with an empty schema where nobody said what it answers.
        silent = not theirs[name].keys.get("schema")
        _tell(found, f"{status} {name}", "media-type-extra", Direction.WIDER, *media_types, silent=silent)
    for name, media in ours.items():
        other = theirs.get(name) or theirs.get(_ANY)
        if other is None:
            continue
        if name == _STREAM:
            _compare_events(found, media, other)
        elif _schema(media):
            schema = _schema(other)
            subject = f"status {status}"
            if schema:
                Comparison(found, Side.RESPONSE).compare(subject, _schema(media), schema)
            elif media.keys["schema"]:
                sides = ("a schema", media), ("no schema", other)
                _tell(found, status, "says-nothing", Direction.WIDER, *sides, silent=True)


def _compare_events(found: Found, our: Node, their: Node) -> None:
    """The JSON of each event, where the target's document describes that: OpenAPI has no common way to."""
    schema = _schema(their) or ((their.below("itemSchema"),) if "itemSchema" in their.keys else ())
    stream = our.child("x-event-stream")
    described: list[Branch] = [one for one in branches(schema) if one.kind == OBJECT] if schema else []
    if described and stream is not None:
        Comparison(found, Side.RESPONSE).compare("event", (stream.below("events"),), schema)


def _contents(node: Node) -> dict[str, Node]:
    """The media types by name, without their parameters."""
    return {name.split(";")[0].strip().lower(): media for name, media in node.mapping("content").items()}


def _schema(media: Node) -> Schema:
    return (media.below("schema"),) if "schema" in media.keys else ()


def _stock_validation_error(response: Node) -> bool:
    """Whether it is the 422 that FastAPI writes by itself; its `detail` is always sent, though it is not required."""
    media = response.mapping("content").get(_JSON)
    schema = media.child("schema") if media else None
    detail = schema.mapping("properties").get("detail") if schema else None
    entry = detail.child("items") if detail else None
    return (
        schema is not None
        and schema.keys.get("title") == "HTTPValidationError"
        and entry is not None
        and entry.mapping("properties").keys() >= {"loc", "msg", "type"}
    )


def _tell(
    found: Found,
    status: str,
    kind: str,
    direction: Direction,
    contract: Said,
    target: Said,
    **bearing: Unpack[Bearing],
) -> None:
    found.tell(f"status {status}", kind, direction, contract, target, side=Side.RESPONSE, **bearing)
