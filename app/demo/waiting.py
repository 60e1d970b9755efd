"""What waits now: ordinary requests of all ages, and one of each kind that asks for care."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from app.demo import life
from app.demo.chance import Workdays, happens
from app.demo.life import Scene, Story
from app.demo.people import Worker
from app.demo.questions import a_request, summary_of
from app.demo.rows import Row
from app.help_requests.rules import ContactKind, Threat, Urgency, Weight
from app.kit import clock
from app.policy.rules import effort_of

CRISES = range(2)
AGE_UNKNOWN = range(2, 6)
HOUSEHOLDS = range(6, 12)
WAITS_FOR_SOMEBODY = 12
WITHOUT_SOMEBODY = (13, 14)
SIGN_LANGUAGE = 15
NO_INTERPRETER = 16

USUAL_WORKDAYS = 8
URGENT_WORKDAYS = 2
LONGEST_WORKDAYS = 35
CALLED_WITHIN_WORKDAYS = 5


def add_waiting(scene: Scene, days: Workdays, workers: Sequence[Worker], count: int, *, now: datetime) -> int:
    """Add requests that wait, and return the minutes per week that a round may place."""
    demand = 0
    for number in range(count):
        story = _waiting(scene, days, number, workers=workers, now=now)
        if story.request["adult"]:
            demand += effort_of(scene.document, story.request["topic"], story.request["weight"], phase="start")
    return demand


def _waiting(scene: Scene, days: Workdays, number: int, *, workers: Sequence[Worker], now: datetime) -> Story:
    chance = scene.chance
    actor = scene.staff.operator if happens(chance, 40) else scene.staff.intake
    at = _received_at(chance, days, number, now)
    previous = [worker.id for worker in workers]
    request = a_request(chance, at, received_by=actor.id, previous=previous)
    if number not in CRISES and request["urgency"] is Urgency.URGENT:
        late = min(int(chance.expovariate(1 / URGENT_WORKDAYS)), 6)
        request = _received_again(scene, days, days.last - late, request=request)
    request |= _what_is_special(chance, number, workers=workers, now=now)
    summary = summary_of(chance, request["topic"])
    story = life.receive(scene, request, actor=actor, summary=summary)
    _what_happened(scene, days, story, number=number, workers=workers, now=now)
    return story


def _received_at(chance: Random, days: Workdays, number: int, now: datetime) -> datetime:
    if number in CRISES:
        return now - timedelta(minutes=25 + 80 * number)
    age = min(int(chance.expovariate(1 / USUAL_WORKDAYS)), LONGEST_WORKDAYS)
    return days.moment(chance, days.at_least(days.last - age))


def _received_again(scene: Scene, days: Workdays, number: int, *, request: Row) -> Row:
    """Return a request of the same kind that came in on another day: what is urgent does not wait long."""
    at = days.moment(scene.chance, days.at_least(number))
    other = a_request(scene.chance, at, received_by=request["received_by"], previous=())
    moments = {name: other[name] for name in ("id", "received_at", "created_at", "updated_at")}
    deadline = clock.day_of(at) + timedelta(days=scene.chance.randint(9, 40))
    return request | moments | {"external_deadline": deadline if request["external_deadline"] else None}


def _what_is_special(chance: Random, number: int, *, workers: Sequence[Worker], now: datetime) -> Row:
    if number in CRISES:
        topic = "domestic-violence" if number == 0 else "housing"
        threat = Threat.SAFETY if number == 0 else Threat.EVICTION
        return {"topic": topic, "urgency": Urgency.CRISIS, "threat": threat, "weight": Weight.MEDIUM} | _PLAIN
    if number in AGE_UNKNOWN:
        return {"adult": None}
    if number in HOUSEHOLDS:
        return {"household_reference": f"demo-household-{number // 2 - 2}", "district_code": "NIE"}
    if number == WAITS_FOR_SOMEBODY:
        until = clock.day_of(now) + timedelta(days=14)
        return {"wait_for_caseworker_id": chance.choice(workers).id, "wait_for_until": until}
    if number == SIGN_LANGUAGE:
        return {"required_attributes": ["sign-language"]}
    if number == NO_INTERPRETER:
        return {"required_languages": ["ti"], "preferred_languages": [], "interpreter_allowed": False}
    return {}


_PLAIN: Row = {
    "other_topics": [],
    "legal_reports": [],
    "required_languages": [],
    "required_attributes": [],
    "external_deadline": None,
}


def _what_happened(
    scene: Scene, days: Workdays, story: Story, *, number: int, workers: Sequence[Worker], now: datetime
) -> None:
    chance, at = scene.chance, story.request["received_at"]
    if number in CRISES:
        if number == CRISES[1]:
            lead = next(iter(scene.staff.leads.values()))
            life.acknowledge(scene, story, at=at + timedelta(minutes=12), actor=lead)
        return
    if number in WITHOUT_SOMEBODY:
        life.exclude(scene, story, chance.choice(workers), at=_soon(chance, at), actor=scene.staff.intake)
    _call(scene, days, story, last_moment=now)


def _call(scene: Scene, days: Workdays, story: Story, *, last_moment: datetime) -> None:
    """Call back, as most are within the norm; some calls fail, and a few are still to be made."""
    chance, at = scene.chance, story.request["received_at"]
    received = days.days.index(clock.day_of(at))
    waited = days.last - received
    if not happens(chance, 93 if waited > CALLED_WITHIN_WORKDAYS else 55):
        return
    called = days.moment(chance, days.at_least(received + chance.randint(0, min(waited, CALLED_WITHIN_WORKDAYS))))
    for reached in (False, True) if happens(chance, 15) else (True,):
        at = called if called > at else _soon(chance, at)
        if at < last_moment:
            life.reach(scene, story, ContactKind.CALL, at=at, reached=reached, actor=scene.staff.operator)


def _soon(chance: Random, moment: datetime) -> datetime:
    return moment + timedelta(seconds=chance.randint(120, 2_400))
