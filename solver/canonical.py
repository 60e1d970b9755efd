"""Canonical JSON for the solver's dataclasses: equal values give equal text, and faults are named at once."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class MalformedError(ValueError):
    """JSON that is not what was asked for; `faults` names every fault at once."""

    code = "malformed"

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def to_json(value: object) -> str:
    """Return canonical JSON: keys sorted, sets sorted, no spaces, no NaN."""
    return json.dumps(to_plain(value), sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def to_plain(value: object) -> Any:
    """Return a value as dicts, lists, strings and numbers; a mapping keyed by pairs becomes rows."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        if any(isinstance(key, tuple) for key in value):
            return [[*key, to_plain(item)] for key, item in sorted(value.items())]
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return value


def from_json(kind: type[T], text: str) -> T:
    """Return the `kind` that `to_json` wrote.

    Raises
    ------
    MalformedError
        When the text is no JSON or does not fit; what an unknown field held is not repeated.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise MalformedError([f"not JSON: {error.msg} at character {error.pos}"]) from error
    return from_plain(kind, content)


def from_plain(kind: type[T], content: object) -> T:
    """Return the `kind` that `to_plain` took apart.

    Raises
    ------
    MalformedError
        When the content does not fit; every fault is named.
    """
    faults: list[str] = []
    value = _read(kind, content, kind.__name__, faults)
    if faults:
        raise MalformedError(faults)
    return value  # type: ignore[no-any-return]  # _read follows the type hints at run time


def _read(kind: Any, content: Any, path: str, faults: list[str]) -> Any:
    """Return the content as `kind`, or None after noting why not."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _read_dataclass(kind, content, path, faults)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _read_union(inner, content, path, faults)
    if origin is frozenset and isinstance(content, list):
        return frozenset(_read(inner[0], item, f"{path}[{i}]", faults) for i, item in enumerate(content))
    if origin is tuple and isinstance(content, list):
        return _read_tuple(inner, content, path, faults)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _read_mapping(inner, content, path, faults)
    return _read_single(kind, content, path, faults)


def _read_single(kind: Any, content: Any, path: str, faults: list[str]) -> Any:
    if kind is Any:
        return content
    if isinstance(kind, type) and issubclass(kind, StrEnum) and isinstance(content, str):
        if content in {item.value for item in kind}:
            return kind(content)
        faults.append(f"{path} must be one of {', '.join(item.value for item in kind)}")
        return None
    if kind is float and isinstance(content, int) and not isinstance(content, bool):
        return float(content)
    if isinstance(kind, type) and isinstance(content, kind) and (kind is bool or not isinstance(content, bool)):
        return content
    faults.append(f"{path} must be {_name_of(kind)}")
    return None


def _read_union(inner: tuple[Any, ...], content: Any, path: str, faults: list[str]) -> Any:
    if content is None and NoneType in inner:
        return None
    kinds = [kind for kind in inner if kind is not NoneType]
    for kind in kinds:
        attempt: list[str] = []
        value = _read(kind, content, path, attempt)
        if not attempt:
            return value
    faults.append(f"{path} must be {' or '.join(_name_of(kind) for kind in kinds)}")
    return None


def _read_tuple(inner: tuple[Any, ...], content: list[Any], path: str, faults: list[str]) -> Any:
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(_read(inner[0], item, f"{path}[{i}]", faults) for i, item in enumerate(content))
    if len(inner) != len(content):
        faults.append(f"{path} must have {len(inner)} items, not {len(content)}")
        return None
    return tuple(
        _read(kind, item, f"{path}[{i}]", faults)
        for i, (kind, item) in enumerate(zip(inner, content, strict=True))
    )


def _read_mapping(inner: tuple[Any, ...], content: Any, path: str, faults: list[str]) -> Any:
    pairs = get_args(inner[0])
    if pairs and isinstance(content, list):
        rows = _read(_rows_of(pairs, inner[1]), content, path, faults)
        return {} if faults else {row[:-1]: row[-1] for row in rows}
    if not pairs and isinstance(content, dict):
        return {key: _read(inner[1], item, f"{path}.{key}", faults) for key, item in content.items()}
    faults.append(f"{path} must be {'a list of rows' if pairs else 'an object'}")
    return {}


def _rows_of(pairs: Any, value: Any) -> Any:
    """Return the type of a mapping keyed by pairs, as rows of key parts and value."""
    row = tuple.__class_getitem__((*pairs, value))
    return tuple.__class_getitem__((row, Ellipsis))


def _read_dataclass(kind: Any, content: Any, path: str, faults: list[str]) -> Any:
    if not isinstance(content, dict):
        faults.append(f"{path} must be an object")
        return None
    hints, known = _hints_of(kind), {item.name: item for item in fields(kind)}
    before = len(faults)
    faults.extend(f"{path} has no field {name[:40]!r}" for name in sorted(content) if name not in known)
    faults.extend(
        f"{path}.{name} is missing" for name, item in known.items() if name not in content and _needed(item)
    )
    values = {
        name: _read(hints[name], content[name], f"{path}.{name}", faults) for name in known if name in content
    }
    return kind(**values) if len(faults) == before else None


def _needed(item: Any) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


@cache
def _hints_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _name_of(kind: Any) -> str:
    names = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    plain = get_origin(kind) or kind
    lists = {frozenset: "a list", tuple: "a list"}
    return names.get(kind) or lists.get(plain) or "an object"
