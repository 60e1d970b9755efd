"""Stored facts into words: terms, alternatives, and why a proposal replaced another."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.kit.http import Language

Codes = Mapping[str, str]
"""From the identifier of a caseworker, as text, to their code."""

NAMES_OF_TERMS: dict[str, tuple[str, str]] = {
    "expertise-short": ("minder expertise dan gevraagd", "less expertise than asked"),
    "expertise-wasted": ("meer expertise dan gevraagd", "more expertise than asked"),
    "specialist": ("een specialist voor gewoon werk", "a specialist for ordinary work"),
    "other-topics": ("geen expertise voor een ander onderwerp", "no expertise in another topic"),
    "continuity": ("iemand anders dan de vorige medewerker", "somebody else than the earlier caseworker"),
    "coordinator": ("iemand anders dan de regisseur", "somebody else than the coordinator"),
    "preferred-location": ("een andere locatie dan gewenst", "another location than preferred"),
    "preferred-language": ("spreekt de voorkeurstaal niet", "does not speak the preferred language"),
    "interpreter": ("er is een tolk nodig", "an interpreter is needed"),
    "travel": ("reistijd", "travel"),
    "stability": ("een ander voorstel dan eerder getoond", "another proposal than shown before"),
    "balance": ("drukte boven de afgesproken ruimte", "load above the agreed target"),
}


def of_term(term: Mapping[str, Any], language: Language) -> str:
    """Return what a term means, with its points."""
    dutch, english = NAMES_OF_TERMS.get(term["name"], (term["name"], term["name"]))
    points = int(term["points"])
    if language == "nl":
        return f"{dutch}: {points} {'punt' if points == 1 else 'punten'}"
    return f"{english}: {points} {'point' if points == 1 else 'points'}"


def of_alternative(alternative: Mapping[str, Any], language: Language, codes: Codes) -> str:
    """Return what choosing somebody else would cost more, and what that consists of."""
    code, extra = codes.get(alternative["caseworker"], "?"), int(alternative["extra_points"])
    dutch = language == "nl"
    if extra >= 0:
        cost = f"{extra} punten meer" if dutch else f"{extra} points more"
    else:
        cost = f"{-extra} punten minder" if dutch else f"{-extra} points less"
    room = len(alternative["displaces"])
    if not room:
        return f"{code}: {cost}."
    makes_room = f"dan wacht werk voor {room} andere hulpvragen" if dutch else f"then {room} other requests wait"
    return f"{code}: {cost}; {makes_room}."


def of_reason(terms: Sequence[Mapping[str, Any]], language: Language, code: str) -> str:
    """Return in one sentence why this caseworker is proposed."""
    paid = sorted((term for term in terms if term["points"] > 0), key=lambda term: -int(term["points"]))
    if not paid:
        if language == "nl":
            return f"{code} past op alle punten bij deze hulpvraag en heeft ruimte."
        return f"{code} fits this request in every respect and has room."
    known = [of_term(term, language) for term in paid[:2]]
    if language == "nl":
        return f"{code} past binnen het hele plan het beste; wat daarbij telt: {'; '.join(known)}."
    return f"{code} fits best within the whole plan; what counts against it: {'; '.join(known)}."
