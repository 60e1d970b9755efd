"""Stored facts into words: the solver says them, in the reader's language."""

from collections.abc import Mapping
from typing import Any

import solver
from app.kit.http import Language
from app.rounds.models import Proposal

Codes = Mapping[str, str]
"""Codes of caseworkers by identifier as text, and labels of topics and locations by code."""

NO_LONGER = {
    "no-room-beside-others": (
        "Was {was}, nu {now}, omdat het bij {was} niet meer past naast de andere hulpvragen.",
        "Was {was}, now {now}, because it no longer fits beside the other requests of {was}.",
    ),
    "better-plan": (
        "Was {was}, nu {now}, omdat dit in het nieuwe plan beter past.",
        "Was {was}, now {now}, because this fits better in the new plan.",
    ),
}
BARRED = (
    "Was {was}, nu {now}, omdat {was} niet meer kan. {why}",
    "Was {was}, now {now}, because {was} no longer can. {why}",
)
HELD = ("Bij {now} is een plek vrijgehouden.", "A place was kept with {now}.")
WAITING = {
    "not-yet": (
        "Een teamleider besloot te wachten tot {until}.",
        "A team lead decided to wait until {until}.",
    ),
    "awaits-change": (
        "Een teamleider wees het voorstel af ({rejected}); pas de hulpvraag eerst aan.",
        "A team lead rejected the proposal ({rejected}); change the request first.",
    ),
}
"""Why a request takes no part in rounds; the solver says the rest."""


def facts_of(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored facts as the solver knows them: lists were tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}


def term_of(stored: Mapping[str, Any]) -> solver.Term:
    """Return a stored term."""
    return solver.Term(stored["name"], stored["points"], facts_of(stored["facts"]))


def of_term(stored: Mapping[str, Any], language: Language, codes: Codes) -> str:
    """Return what a term means."""
    return solver.in_words(term_of(stored), language, codes)


def of_alternative(stored: Mapping[str, Any], language: Language, codes: Codes) -> str:
    """Return what choosing somebody else would cost more."""
    alternative = solver.Alternative(
        stored["caseworker"],
        stored["extra_points"],
        tuple(term_of(term) for term in stored["terms"]),
        tuple(stored["displaces"]),
    )
    return solver.in_words(alternative, language, codes)


def of_reason(proposal: Proposal, language: Language, codes: Codes) -> str:
    """Return why this caseworker is proposed; first why it changed, when it replaced another proposal."""
    placement = solver.Placement(
        request=str(proposal.help_request_id),
        caseworker=str(proposal.caseworker_id),
        points=proposal.points,
        terms=tuple(term_of(term) for term in proposal.terms),
        alternatives=(),
        cross_district=proposal.cross_district,
    )
    said = solver.in_words(placement, language, codes)
    now = codes.get(str(proposal.caseworker_id), str(proposal.caseworker_id))
    if proposal.because is not None:
        return f"{_because(proposal.because, now, language, codes)} {said}"
    if proposal.hold_id is not None:
        return f"{_in(language, HELD).format(now=now)} {said}"
    return said


def of_unplaced(stored: Mapping[str, Any], language: Language, codes: Codes) -> str:
    """Return why a request waits on."""
    if stored["reason"] in WAITING:
        return _in(language, WAITING[stored["reason"]]).format(**stored["facts"])
    item = solver.Unplaced(stored["request"], stored["reason"], facts_of(stored["facts"]), None)
    return solver.in_words(item, language, codes)


def of_unlock(stored: Mapping[str, Any], language: Language, codes: Codes) -> str:
    """Return what would let a request be placed."""
    return solver.in_words(solver.Unlock(stored["code"], facts_of(stored["facts"])), language, codes)


def of_barrier(barrier: solver.Barrier, language: Language, codes: Codes) -> str:
    """Return why somebody may not take a request."""
    return solver.in_words(barrier, language, codes)


def _because(stored: Mapping[str, Any], now: str, language: Language, codes: Codes) -> str:
    code, was = stored["code"], codes.get(stored["was"], stored["was"])
    if code in NO_LONGER:
        return _in(language, NO_LONGER[code]).format(was=was, now=now)
    why = solver.in_words(solver.Barrier(code, facts_of(stored["facts"])), language, codes)
    return _in(language, BARRED).format(was=was, now=now, why=why)


def _in(language: Language, pair: tuple[str, str]) -> str:
    return pair[0] if language == "nl" else pair[1]
