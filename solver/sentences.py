"""A sentence with its facts filled in, in Dutch or English.

Codes and keys become what people read through `names`: the caller gives the caseworkers' codes and the
labels of topics, languages and locations, each by its key; what has no name is shown as it is.
"""

import string
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal, TypeAlias

from solver.plan import Facts
from solver.texts import Pair

Language: TypeAlias = Literal["nl", "en"]
Names: TypeAlias = Mapping[str, str]

LANGUAGES: Final[tuple[Language, Language]] = ("nl", "en")


def say(pair: Pair, facts: Facts | Mapping[str, Any], language: Language, names: Names) -> str:
    """Return a sentence in one language, its placeholders filled with facts."""
    pieces = _pieces(pair[LANGUAGES.index(language)])
    if len(pieces) == 1 and pieces[0][1] is None:
        return pieces[0][0]
    said = []
    for literal, field, kind in pieces:
        said.append(literal)
        if field is not None:
            said.append(_fact(facts[field], kind, language, names))
    return "".join(said)


@cache
def _pieces(text: str) -> tuple[tuple[str, str | None, str], ...]:
    """Return a text taken apart once: literal, name of the fact behind it, and its kind."""
    return tuple((literal, field, kind or "") for literal, field, kind, _ in string.Formatter().parse(text))


def _fact(value: Any, spec: str, language: Language, names: Names) -> str:
    """Return a fact by its kind: `{effort:minutes}`, `{topic:name}`, `{languages:names}`, `{n:count:one|many}`."""
    kind, _, rest = spec.partition(":")
    match kind:
        case "minutes":
            return duration(int(value), language)
        case "name":
            return names.get(str(value), str(value))
        case "names":
            return joined([names.get(str(item), str(item)) for item in value], language)
        case "level":
            return _LEVELS[language][int(value)]
        case "count":
            one, many = rest.split("|")
            return f"{value} {one if value == 1 else many}"
    return str(value)


_LEVELS: Final[Mapping[Language, tuple[str, ...]]] = {
    "nl": ("geen ervaring", "basis", "ervaren", "specialist"),
    "en": ("no experience", "basic", "experienced", "specialist"),
}


def duration(minutes: int, language: Language) -> str:
    """Return minutes as people say them: `1 uur en 30 minuten`, `1 hour and 30 minutes`."""
    hours, rest = divmod(minutes, 60)
    one_hour, many_hours, one, many = _UNITS[language]
    parts = [f"{hours} {one_hour if hours == 1 else many_hours}"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} {one if rest == 1 else many}")
    return joined(parts, language)


_UNITS: Final[Mapping[Language, tuple[str, str, str, str]]] = {
    "nl": ("uur", "uur", "minuut", "minuten"),
    "en": ("hour", "hours", "minute", "minutes"),
}


def joined(parts: list[str], language: Language) -> str:
    """Return parts as people enumerate them: `a, b en c`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {'en' if language == 'nl' else 'and'} {parts[-1]}"
