"""What the resident hears about their request: plain Dutch (B1) and English, with dates written out."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from app.help_requests.rules.clocks import Running, due_on
from app.help_requests.rules.codes import ClockName, Status, Urgency

Language = Literal["nl", "en"]

DAYS = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "nl": (
        *("januari", "februari", "maart", "april", "mei", "juni"),
        *("juli", "augustus", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}

SENTENCES: dict[str, dict[Language, str]] = {
    "crisis": {
        "nl": "Wij nemen vandaag contact met u op.",
        "en": "We will contact you today.",
    },
    "call": {
        "nl": "U wordt uiterlijk {day} gebeld.",
        "en": "We will call you by {day} at the latest.",
    },
    "late": {
        "nl": "Het duurt langer dan wij u beloofden. Wij bellen u zo snel mogelijk.",
        "en": "It takes longer than we promised you. We will call you as soon as we can.",
    },
    "start": {
        "nl": "Wij hebben u gesproken. De hulp begint uiterlijk {day}.",
        "en": "We have spoken with you. Help starts by {day} at the latest.",
    },
    "start-late": {
        "nl": "Het duurt langer dan wij u beloofden. De hulp begint zo snel mogelijk.",
        "en": "It takes longer than we promised you. Help starts as soon as we can.",
    },
    "begun": {
        "nl": "De hulp is begonnen.",
        "en": "Help has started.",
    },
    "age": {
        "nl": "Wij willen nog weten of u 18 jaar of ouder bent.",
        "en": "We still need to know whether you are 18 or older.",
    },
    "assigned": {
        "nl": "Een medewerker gaat u helpen.",
        "en": "A caseworker is going to help you.",
    },
    "closed": {
        "nl": "Uw hulpvraag is afgesloten. Heeft u weer hulp nodig? Bel ons dan.",
        "en": "Your request is closed. Do you need help again? Then call us.",
    },
    "withdrawn": {
        "nl": "Uw hulpvraag is ingetrokken. Heeft u toch hulp nodig? Bel ons dan.",
        "en": "Your request was withdrawn. Do you need help after all? Then call us.",
    },
    "referred": {
        "nl": "Een andere organisatie gaat u helpen.",
        "en": "Another organisation is going to help you.",
    },
    "erased": {
        "nl": "De gegevens van deze hulpvraag zijn verwijderd.",
        "en": "The details of this request were erased.",
    },
}


def written_out(day: date, language: Language, *, today: date) -> str:
    """Return a day in words, as in ``vrijdag 27 november``; with the year when it is another than today's."""
    words = f"{DAYS[language][day.weekday()]} {day.day} {MONTHS[language][day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"


def residents_message(
    status: Status,
    urgency: Urgency,
    clocks: Sequence[Running],
    *,
    adult: bool | None,
    today: date,
    language: Language,
) -> str:
    """Return what the resident may be told now: until when, never who.

    Source: the design, "What the resident hears": no caseworker is named before a decision, and
    afterwards the caseworker tells it.
    """
    keys = _keys_of(status, urgency, clocks, adult=adult, today=today)
    return " ".join(
        SENTENCES[key][language].format(day=written_out(day, language, today=today)) for key, day in keys
    )


def _keys_of(
    status: Status, urgency: Urgency, clocks: Sequence[Running], *, adult: bool | None, today: date
) -> list[tuple[str, date]]:
    if status not in (Status.WAITING, Status.ASSIGNED):
        return [(str(status), today)]
    keys = [("assigned", today)] if status is Status.ASSIGNED else []
    if adult is None:
        keys.append(("age", today))
    return [*keys, _next_step(urgency, clocks, today)]


def _next_step(urgency: Urgency, clocks: Sequence[Running], today: date) -> tuple[str, date]:
    call_by = due_on(clocks, ClockName.CALL_BACK)
    if call_by is not None and urgency is Urgency.CRISIS and call_by == today:
        return "crisis", today
    if call_by is not None:
        return ("call" if call_by >= today else "late"), call_by
    start_by = due_on(clocks, ClockName.START)
    if start_by is not None:
        return ("start" if start_by >= today else "start-late"), start_by
    return "begun", today
