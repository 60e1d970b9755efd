"""The outcome of a scenario in plain words, Dutch (B1) and English."""

from typing import Final

import solver
from app.kit.http import Language
from app.rounds.schemas.words import Codes

WISHES: Final = {
    "expertise-short": ("Minder ervaring dan eerst gevraagd", "Less expertise than asked at first"),
    "expertise-wasted": ("Meer ervaring dan nodig", "More expertise than needed"),
    "specialist": ("Een specialist waar dat niet nodig is", "A specialist where none is needed"),
    "other-topics": ("Geen ervaring met een ander onderwerp", "No expertise in another topic"),
    "continuity": ("Een andere medewerker dan eerder", "Another caseworker than before"),
    "coordinator": ("Niet de regisseur van het gezin", "Not the household's coordinator"),
    "preferred-location": ("Niet op de gewenste locatie", "Not at the preferred location"),
    "preferred-language": ("Geen gewenste taal", "No preferred language"),
    "interpreter": ("Een tolk die meegaat", "An interpreter who comes along"),
    "travel": ("Reizen naar een andere wijk", "Travel to another district"),
    "stability": ("Een voorstel dat verandert", "A proposal that changes"),
    "balance": ("Meer uren dan het doel", "More hours than the target"),
}
"""What each wish is about, by the name of its term."""

WISH: Final = (
    "{wish}: {points} punten bij {requests}; vandaag {points_today} punten bij {requests_today}.",
    "{wish}: {points} points for {requests}; today {points_today} points for {requests_today}.",
)
GROUP: Final = (
    "{name}: beginnen {placed} (vandaag {placed_today}), wachten {waiting} (vandaag {waiting_today}).",
    "{name}: starting {placed} (today {placed_today}), waiting {waiting} (today {waiting_today}).",
)
OVERDUE: Final = (
    " Te laat en nog niet begonnen: {overdue} (vandaag {overdue_today}).",
    " Overdue and not started: {overdue} (today {overdue_today}).",
)
UNKNOWN_DISTRICT: Final = ("Wijk niet bekend", "District not known")
CHANGES: Final = (
    "Wacht vandaag, en begint dan: {starts}. Begint vandaag, en wacht dan: {waits}. Andere medewerker: {moves}.",
    "Waits today, and would start: {starts}. Starts today, and would wait: {waits}. Another caseworker: {moves}.",
)
WORK: Final = (
    " Per week wacht er dan {waiting} werk; vandaag is dat {waiting_today}.",
    " Then {waiting} of work a week would wait; today it is {waiting_today}.",
)
SAME: Final = (
    "Er verandert niets: dezelfde hulpvragen beginnen, bij dezelfde medewerkers.",
    "Nothing changes: the same requests start, with the same caseworkers.",
)
UNPROVEN: Final = (
    " Niet bewezen is dat beide plannen de beste zijn; kleine verschillen kunnen toeval zijn.",
    " It is not proven that both plans are the best; small differences may be chance.",
)


def of_comparison(found: solver.Comparison, language: Language) -> str:
    """Return in a few sentences what would be different."""
    if not (found.starts or found.waits or found.moves):
        said = _in(language, SAME)
    else:
        said = _in(language, CHANGES).format(
            starts=_requests(len(found.starts), language),
            waits=_requests(len(found.waits), language),
            moves=_requests(found.moves, language),
        )
        said += _in(language, WORK).format(
            waiting=solver.duration(found.then.waiting_minutes, language),
            waiting_today=solver.duration(found.today.waiting_minutes, language),
        )
    if not (found.today_optimal and found.then_optimal):
        said += _in(language, UNPROVEN)
    return said


def of_wish(item: solver.WishCompared, language: Language) -> str:
    """Return what a wish costs in the scenario and today."""
    return _in(language, WISH).format(
        wish=_in(language, WISHES[item.name]),
        points=item.then.points,
        requests=_requests(item.then.requests, language),
        points_today=item.today.points,
        requests_today=_requests(item.today.requests, language),
    )


def of_group(item: solver.GroupCompared, language: Language, codes: Codes) -> str:
    """Return how many requests of a district or topic start and wait, in the scenario and today."""
    name = _in(language, UNKNOWN_DISTRICT) if item.code is None else codes.get(item.code, item.code)
    said = _in(language, GROUP).format(
        name=name,
        placed=item.then.placed,
        placed_today=item.today.placed,
        waiting=item.then.waiting,
        waiting_today=item.today.waiting,
    )
    if item.then.overdue_waiting or item.today.overdue_waiting:
        said += _in(language, OVERDUE).format(
            overdue=item.then.overdue_waiting, overdue_today=item.today.overdue_waiting
        )
    return said


def _requests(count: int, language: Language) -> str:
    one, many = ("hulpvraag", "hulpvragen") if language == "nl" else ("request", "requests")
    return f"{count} {one if count == 1 else many}"


def _in(language: Language, pair: tuple[str, str]) -> str:
    return pair[0] if language == "nl" else pair[1]
