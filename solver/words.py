"""What the solver found in plain words, Dutch (B1) and English: one function per kind of finding."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final, TypeAlias

from solver.finding_words import more_or_less, say_conflict, say_extra_hour, say_forced, say_move
from solver.findings import Conflict, Forced, Move
from solver.outcome_texts import UNLOCKS, WAITING
from solver.plan import (
    Alternative,
    Barrier,
    ExtraHour,
    Option,
    Placement,
    Recommendation,
    Scarcity,
    Term,
    Unlock,
    Unplaced,
)
from solver.sentences import Language, Names, joined, say
from solver.texts import BARRIERS, DETAILS, MET, PLACED, RECOMMENDED, SCARCITY, TERMS

Sayable: TypeAlias = (
    Barrier
    | Term
    | Unplaced
    | Unlock
    | Alternative
    | Placement
    | Scarcity
    | Recommendation
    | Forced
    | Move
    | Conflict
    | ExtraHour
)

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
    return _SAYERS[type(item)](item, language, names)


def reason_of(placement: Placement | Option, language: Language, names: Names) -> str:
    """Return one sentence on why this caseworker: what speaks for it, and what it costs most."""
    terms = placement.terms
    for_it = [say(MET[t.name], t.facts, language, names) for t in terms if t.name in MET and _is_met(t)]
    against = [term for term in terms if term.points > 0]
    if len(against) > 1:
        against.sort(key=_points_of, reverse=True)
    facts: dict[str, Any] = {"caseworker": placement.caseworker}
    start = say(PLACED["pinned" if getattr(placement, "pinned", False) else "fits"], facts, language, names)
    parts = [start, *for_it[:MOST_NAMED]]
    said = f"{', '.join(parts)}"
    if against:
        wishes = joined(
            [say(DETAILS[term.name], term.facts, language, names) for term in against[:MOST_NAMED]], language
        )
        said += say(PLACED["against"], {"wishes": wishes}, language, names)
    if isinstance(placement, Option) and placement.scarcity and placement.scarcity.is_scarce:
        said += say(PLACED["scarce"], {}, language, names)
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
        return say(unmet, {**term.facts, "points": term.points}, language, names)
    return say(met if asked else absent, term.facts, language, names)


def _say_unplaced(item: Unplaced, language: Language, names: Names) -> str:
    said = say(WAITING[item.reason], item.facts, language, names)
    if item.unlocked_by is None:
        return said
    return f"{said} {in_words(item.unlocked_by, language, names)}"


def _say_alternative(item: Alternative, language: Language, names: Names) -> str:
    """Return what choosing somebody else would cost, and how many would have to make room."""
    facts: dict[str, Any] = {"caseworker": item.caseworker, "points": abs(item.extra_points)}
    said = say(PLACED[more_or_less(item.extra_points)], facts, language, names)
    if item.displaces:
        said += say(PLACED["displaces"], {"count": len(item.displaces)}, language, names)
    return said + "."


def _say_scarcity(item: Scarcity, language: Language, names: Names) -> str:
    kind = "scarce" if item.is_scarce else ("wanted" if item.points > 0 else "plenty")
    return say(SCARCITY[kind], {"points": item.points}, language, names)


def _say_barrier(item: Barrier, language: Language, names: Names) -> str:
    return say(BARRIERS[item.code], item.facts, language, names)


def _say_unlock(item: Unlock, language: Language, names: Names) -> str:
    return say(UNLOCKS[item.code], item.facts, language, names)


def _say_recommendation(item: Recommendation, language: Language, names: Names) -> str:
    kind = "better-waits" if item.better_waits else ("now" if item.able else "nobody")
    return say(RECOMMENDED[kind], {}, language, names)


_SAYERS: Final[Mapping[type, Callable[[Any, Language, Names], str]]] = {
    Barrier: _say_barrier,
    Term: _say_term,
    Unlock: _say_unlock,
    Unplaced: _say_unplaced,
    Alternative: _say_alternative,
    Placement: reason_of,
    Scarcity: _say_scarcity,
    Recommendation: _say_recommendation,
    Forced: say_forced,
    Move: say_move,
    Conflict: say_conflict,
    ExtraHour: say_extra_hour,
}
