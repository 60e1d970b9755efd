"""Barriers, terms, placements and waiting reasons in plain words, Dutch (B1) and English.

Codes and keys become what people read through `names`: the caller gives the caseworkers' codes and the
labels of topics, languages and locations, each by its key; what has no name is shown as it is.
"""

import string
from collections.abc import Mapping
from functools import cache
from operator import attrgetter
from typing import Any, Final, Literal, TypeAlias

from solver.outcome_texts import UNLOCKS, WAITING
from solver.plan import (
    Alternative,
    Barrier,
    Facts,
    Option,
    Placement,
    Recommendation,
    Scarcity,
    Term,
    Unlock,
    Unplaced,
)
from solver.texts import BARRIERS, DETAILS, MET, PLACED, RECOMMENDED, SCARCITY, TERMS, Pair

Language: TypeAlias = Literal["nl", "en"]
Names: TypeAlias = Mapping[str, str]
Sayable: TypeAlias = Barrier | Term | Unplaced | Unlock | Alternative | Placement | Scarcity | Recommendation

LANGUAGES: Final[tuple[Language, Language]] = ("nl", "en")
MOST_NAMED: Final = 2


def in_words(item: Sayable, language: Language, names: Names) -> str:
    """Return one or two plain sentences about what the solver found.

    Parameters
    ----------
    item
        What to say; for a placement this is its `reason_of`.
    language
        `nl` or `en`.
    names
        Key or code to what people read: caseworkers, topics, languages, locations.
    """
    match item:
        case Barrier():
            return _say(BARRIERS[item.code], item.facts, language, names)
        case Term():
            return _say_term(item, language, names)
        case Unlock():
            return _say(UNLOCKS[item.code], item.facts, language, names)
        case Unplaced():
            return _say_unplaced(item, language, names)
        case Alternative():
            return _say_alternative(item, language, names)
        case Placement():
            return reason_of(item, language, names)
        case Scarcity():
            return _say_scarcity(item, language, names)
        case Recommendation():
            kind = "better-waits" if item.better_waits else ("now" if item.able else "nobody")
            return _say(RECOMMENDED[kind], {}, language, names)


def reason_of(placement: Placement | Option, language: Language, names: Names) -> str:
    """Return one sentence on why this caseworker: what speaks for it, and what it costs most."""
    terms = placement.terms
    for_it = [_say(MET[t.name], t.facts, language, names) for t in terms if t.name in MET and _is_met(t)]
    against = [term for term in terms if term.points > 0]
    if len(against) > 1:
        against.sort(key=_points_of, reverse=True)
    facts: dict[str, Any] = {"caseworker": placement.caseworker}
    start = _say(PLACED["pinned" if getattr(placement, "pinned", False) else "fits"], facts, language, names)
    parts = [start, *for_it[:MOST_NAMED]]
    said = f"{', '.join(parts)}"
    if against:
        wishes = _and(
            [_say(DETAILS[term.name], term.facts, language, names) for term in against[:MOST_NAMED]], language
        )
        said += _say(PLACED["against"], {"wishes": wishes}, language, names)
    if isinstance(placement, Option) and placement.scarcity and placement.scarcity.is_scarce:
        said += _say(PLACED["scarce"], {}, language, names)
    return said + "."


_points_of = attrgetter("points")


def _is_met(term: Term) -> bool:
    """Return whether somebody wished for this and gets it."""
    return term.points == 0 and bool(term.facts.get("wanted"))


def _say_term(term: Term, language: Language, names: Names) -> str:
    """Return a term with its points; one that costs nothing says that the wish is met or absent."""
    met, unmet, absent = TERMS[term.name]
    asked = any(value not in ((), "", None) for value in term.facts.values())
    if term.points > 0:
        return _say(unmet, {**term.facts, "points": term.points}, language, names)
    return _say(met if asked else absent, term.facts, language, names)


def _say_unplaced(item: Unplaced, language: Language, names: Names) -> str:
    said = _say(WAITING[item.reason], item.facts, language, names)
    if item.unlocked_by is None:
        return said
    return f"{said} {in_words(item.unlocked_by, language, names)}"


def _say_alternative(item: Alternative, language: Language, names: Names) -> str:
    """Return what choosing somebody else would cost, and how many would have to make room."""
    kind = "more" if item.extra_points > 0 else ("less" if item.extra_points < 0 else "same")
    facts: dict[str, Any] = {"caseworker": item.caseworker, "points": abs(item.extra_points)}
    said = _say(PLACED[kind], facts, language, names)
    if item.displaces:
        said += _say(PLACED["displaces"], {"count": len(item.displaces)}, language, names)
    return said + "."


def _say_scarcity(item: Scarcity, language: Language, names: Names) -> str:
    kind = "scarce" if item.is_scarce else ("wanted" if item.points > 0 else "plenty")
    return _say(SCARCITY[kind], {"points": item.points}, language, names)


def _say(pair: Pair, facts: Facts | Mapping[str, Any], language: Language, names: Names) -> str:
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
            return _and([names.get(str(item), str(item)) for item in value], language)
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
    return _and(parts, language)


_UNITS: Final[Mapping[Language, tuple[str, str, str, str]]] = {
    "nl": ("uur", "uur", "minuut", "minuten"),
    "en": ("hour", "hours", "minute", "minutes"),
}


def _and(parts: list[str], language: Language) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {'en' if language == 'nl' else 'and'} {parts[-1]}"
