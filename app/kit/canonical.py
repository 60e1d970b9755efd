"""Canonical JSON, so that the same facts always have the same bytes (and later the same hash)."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID


def canonical(value: Any) -> str:
    """Return JSON with sorted keys, no spaces, and moments and identifiers as strings.

    Source: the ordering and spacing of RFC 8785; numbers are whole numbers here.
    """
    return _encoder.encode(value)


def _as_string(value: object) -> str | list[Any]:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_as_string)
