"""Which object of one union is which of another: by the value of their tag, else by what they have in common."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from .branch import Branch, branches


@dataclass(frozen=True)
class Pairing:
    """The objects that both sides have, and those that one side lacks, each with a name for it.

    `tag` is the field that tells the target's objects apart, where its document says that it does.
    """

    both: list[tuple[str, Branch, Branch]]
    missing: list[tuple[str, Branch]]
    extra: list[tuple[str, Branch]]
    tag: str | None = None


def paired(ours: list[Branch], theirs: list[Branch]) -> Pairing:
    """Pair the objects of two unions; two single objects are a pair, whatever they are."""
    if len(ours) == len(theirs) == 1:
        return Pairing([("", ours[0], theirs[0])], [], [])
    tag = _tag(ours) or _tag(theirs)
    if tag is None:
        return _by_fields(ours, theirs)
    here, there = _by_tag(ours, tag), _by_tag(theirs, tag)
    loose = _by_fields(_untagged(ours, here), _untagged(theirs, there))
    return Pairing(
        [*((value, one, there[value]) for value, one in here.items() if value in there), *loose.both],
        [*((value, one) for value, one in here.items() if value not in there), *loose.missing],
        [*((value, one) for value, one in there.items() if value not in here), *loose.extra],
        tag if any(one.tag == tag for one in theirs) else None,
    )


def _tag(union: list[Branch]) -> str | None:
    """The field whose value tells the objects of a union apart, declared or not."""
    declared = next((one.tag for one in union if one.tag), None)
    if declared or len(union) < 2:
        return declared
    for name in union[0].fields:
        values = [_tag_values(one, name) for one in union]
        if all(values) and len({value for own in values for value in own}) == sum(map(len, values)):
            return name
    return None


def _by_tag(union: list[Branch], tag: str) -> dict[str, Branch]:
    return {value: one for one in union for value in _tag_values(one, tag)}


def _untagged(union: list[Branch], tagged: dict[str, Branch]) -> list[Branch]:
    return [one for one in union if all(one is not known for known in tagged.values())]


def _tag_values(one: Branch, tag: str) -> list[str]:
    """The values that a field must have to be this object; [] where it may have any."""
    alternatives = branches(one.fields[tag]) if tag in one.fields else []
    texts = [branch for branch in alternatives if branch.kind == "string"]
    return [json.loads(value) for value in texts[0].values] if texts and texts[0].values else []


def _by_fields(ours: list[Branch], theirs: list[Branch]) -> Pairing:
    """Pair what has the most fields in common, the closest first."""
    closest = sorted(
        ((_likeness(one, other), i, j) for i, one in enumerate(ours) for j, other in enumerate(theirs)),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    pairs: dict[int, int] = {}
    for likeness, i, j in closest:
        if likeness > 0 and i not in pairs and j not in pairs.values():
            pairs[i] = j
    return Pairing(
        [(_shown(ours[i]), ours[i], theirs[j]) for i, j in sorted(pairs.items())],
        [(_shown(one), one) for i, one in enumerate(ours) if i not in pairs],
        [(_shown(one), one) for j, one in enumerate(theirs) if j not in pairs.values()],
    )


def _likeness(one: Branch, other: Branch) -> float:
    """How much two objects have in common; 0 where they share no field, and more than 1 where they require the same."""
    fields = _shared(one.fields, other.fields)
    return fields and fields + _shared(one.required, other.required)


def _shared(here: Iterable[str], there: Iterable[str]) -> float:
    """Which part of two sets of names both have."""
    here, there = set(here), set(there)
    return len(here & there) / len(here | there) if here | there else 1.0


def _shown(one: Branch) -> str:
    return f"{{{', '.join(sorted(one.required or one.fields)[:3])}}}"
