"""A year behind us: most contacts are answered at once, about a quarter become a case with a caseworker.

Source of the volumes: the municipality's figures of 2020 (2,236 trajectories a year) and 2015 (about 26 %
of contacts become a case), scaled to the number of caseworkers. Everything else is invented.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from app.assignments.models import OpeningLoad
from app.assignments.rules import PACE_DAYS, Phase
from app.demo import life
from app.demo.chance import Shares, Workdays, happens, identifier, one_of
from app.demo.life import Scene, Story
from app.demo.people import Worker
from app.demo.questions import TOPICS, WEIGHTS, a_request, summary_of
from app.demo.rows import Row
from app.help_requests.rules import ContactKind, Outcome, Weight
from app.kit import clock
from app.kit.auth import Actor
from app.policy.rules import PolicyDocument, effort_of, level_of

CASES_A_YEAR = 2_236
CASEWORKERS_OF_THESE = 60
CASES_PERCENT = 26
WITHDRAWN_PERCENT = 6
SHARE_OF_OPENING_LOAD = 0.85
"""Running cases of the history fill loads up to this share; cases from before the history do the rest."""
WITHOUT_A_CASE = Shares(
    {
        Outcome.INFORMATION: 55,
        Outcome.WALK_IN: 14,
        Outcome.ACTIVITY: 12,
        Outcome.NO_CONTACT: 14,
        Outcome.DUPLICATE: 4,
        Outcome.MOVED: 1,
    }
)
AFTER_A_CASE = Shares({Outcome.COMPLETED: 89, Outcome.NO_CONTACT: 6, Outcome.MOVED: 4, Outcome.DECEASED: 1})
OLD_CASES = Shares({Phase.ACTIVE: 70, Phase.AFTERCARE: 30})
ACTIVE_WORKDAYS = {Weight.LIGHT: 20, Weight.MEDIUM: 35, Weight.HEAVY: 60}


@dataclass(frozen=True, slots=True)
class Course:
    """On which working days of the year a case takes its turns; None: not yet."""

    assigned: int
    active: int | None
    aftercare: int | None
    ended: int | None

    @property
    def phase(self) -> Phase:
        """Phase in which the case is now, or was when it ended."""
        if self.aftercare is not None:
            return Phase.AFTERCARE
        return Phase.START if self.active is None else Phase.ACTIVE


def add_history(scene: Scene, days: Workdays, workers: Sequence[Worker], now: datetime) -> None:
    """Add a year of requests that are not waiting any more, and give everybody their running cases."""
    cases = round(CASES_A_YEAR * len(workers) / CASEWORKERS_OF_THESE)
    contacts = round(cases * (100 - CASES_PERCENT) / CASES_PERCENT)
    chance = scene.chance
    for number in sorted(chance.randint(0, days.last) for _ in range(contacts)):
        _contact_without_a_case(scene, days, number)
    # The newest first: they are the ones that still run, as long as there is room.
    for number in sorted((chance.randint(0, days.last) for _ in range(cases)), reverse=True):
        _case(scene, days, number, workers=workers, now=now)
    for worker in workers:
        _fill_up(scene, worker, now)


def able(workers: Iterable[Worker], request: Row, document: PolicyDocument) -> list[Worker]:
    """Return the caseworkers who have what a request asks, apart from room."""
    needed, attributes = level_of(document, request["topic"], request["weight"]), request["required_attributes"]
    alone = not request["interpreter_allowed"]
    return [
        worker
        for worker in workers
        if _level(worker, request["topic"]) >= needed
        and not (alone and _needs_interpreter(worker, request))
        and not (attributes and set(attributes) - set(worker.row["attributes"]))
    ]


def _level(worker: Worker, topic: str) -> int:
    levels: dict[str, int] = worker.row["levels"]
    return max(levels.values(), default=0) if topic == "unclear" else levels.get(topic, 0)


def effort_with(worker: Worker, request: Row, phase: Phase, *, document: PolicyDocument) -> int:
    """Return the minutes per week of a request with a caseworker in a phase, an interpreter included."""
    minutes = effort_of(document, request["topic"], request["weight"], phase=phase)
    return minutes + (document.prices.interpreter_minutes if _needs_interpreter(worker, request) else 0)


def _needs_interpreter(worker: Worker, request: Row) -> bool:
    required = request["required_languages"]
    return bool(required) and set(required).isdisjoint(worker.row["languages"])


def _contact_without_a_case(scene: Scene, days: Workdays, number: int) -> None:
    chance = scene.chance
    at, actor = days.moment(chance, number), _desk(scene)
    story = life.receive(scene, a_request(chance, at, received_by=actor.id, previous=()), actor=actor)
    if happens(chance, WITHDRAWN_PERCENT):
        life.withdraw(scene, story, at=_later(chance, days, number + chance.randint(0, 3), after=at), actor=actor)
        return
    outcome = one_of(chance, WITHOUT_A_CASE)
    reached = outcome is not Outcome.NO_CONTACT
    for _ in range(1 if reached else 3):
        number += chance.randint(0, 2)
        at = _later(chance, days, number, after=at)
        life.reach(scene, story, ContactKind.CALL, at=at, reached=reached, actor=actor)
    life.close(scene, story, outcome, at=_after(chance, at), actor=_some_lead(scene))


def _case(scene: Scene, days: Workdays, number: int, *, workers: Sequence[Worker], now: datetime) -> None:
    chance = scene.chance
    at, actor = days.moment(chance, number), _desk(scene)
    request = a_request(chance, at, received_by=actor.id, previous=())
    course = _course(chance, days, number, weight=request["weight"])
    if course is None:
        return
    worker = _taker(scene, request, course, workers=workers, days=days, now=now)
    if worker is None:  # nobody has room for it any more: it was done before
        course = _done_before(course, days)
        worker = _taker(scene, request, course, workers=workers, days=days, now=now)
    if worker is None:
        return
    runs = course.ended is None
    summary = summary_of(chance, request["topic"]) if runs else None
    story = life.receive(scene, request, actor=actor, summary=summary)
    at = _later(chance, days, chance.randint(number, min(number + 4, course.assigned)), after=at)
    life.reach(scene, story, ContactKind.CALL, at=at, reached=True, actor=actor)
    at = _assign(scene, story, worker, days=days, course=course, after=at)
    _follow(scene, story, worker, days=days, course=course, after=at)
    if runs:
        worker.load_minutes += effort_with(worker, request, course.phase, document=scene.document)


def _course(chance: Random, days: Workdays, number: int, *, weight: Weight) -> Course | None:
    """Return how a case goes: a wait of days to weeks, a start of weeks, active work, aftercare.

    None when it would still wait: what waits is added apart.
    """
    assigned = number + 1 + min(int(chance.gammavariate(2, 4)), 20)
    if assigned > days.last:
        return None
    active = assigned + chance.randint(10, 20)
    aftercare = active + max(5, int(chance.gammavariate(2, ACTIVE_WORKDAYS[weight] / 2)))
    ended = aftercare + chance.randint(10, 20)
    turns = [turn if turn <= days.last else None for turn in (active, aftercare, ended)]
    return Course(assigned, *turns)


def _done_before(course: Course, days: Workdays) -> Course:
    """Return the same case, ended by yesterday."""
    return Course(course.assigned, course.active, course.aftercare, course.ended or days.last)


def _taker(
    scene: Scene, request: Row, course: Course, *, workers: Sequence[Worker], days: Workdays, now: datetime
) -> Worker | None:
    """Return who takes a case: somebody with most room when it still runs, else anybody who may."""
    may = able(workers, request, scene.document)
    recent = clock.day_of(now) - days.days[course.assigned] <= timedelta(days=PACE_DAYS)
    if recent:
        may = [worker for worker in may if worker.new_in_week + 3 < worker.row["new_per_week"]]
    if course.ended is None:
        may = [worker for worker in may if _room(worker) >= _effort_now(scene, worker, request, course)]
    if not may:
        return None
    near = [worker for worker in may if worker.row["location_code"] == request["district_code"]]
    among = near if near and happens(scene.chance, 50) else may
    found = max(among, key=_room) if course.ended is None else scene.chance.choice(among)
    found.new_in_week += recent
    return found


def _room(worker: Worker) -> float:
    return worker.wanted_minutes * SHARE_OF_OPENING_LOAD - worker.load_minutes


def _effort_now(scene: Scene, worker: Worker, request: Row, course: Course) -> int:
    return effort_with(worker, request, course.phase, document=scene.document)


def _assign(
    scene: Scene, story: Story, worker: Worker, *, days: Workdays, course: Course, after: datetime
) -> datetime:
    """Let a case begin and the first conversation follow, when that has been; return when."""
    chance = scene.chance
    at = _later(chance, days, course.assigned, after=after)
    effort = effort_with(worker, story.request, Phase.START, document=scene.document)
    life.assign(scene, story, worker, at=at, effort_minutes=effort)
    number = course.assigned + chance.randint(1, 5)
    if number <= days.last and (course.ended is None or number < course.ended):
        at = _later(chance, days, number, after=at)
        kind = ContactKind.VISIT if happens(chance, 40) else ContactKind.CONVERSATION
        lead = scene.staff.leads[worker.row["location_code"]]
        life.reach(scene, story, kind, at=at, reached=True, actor=lead)
    return at


def _follow(
    scene: Scene, story: Story, worker: Worker, *, days: Workdays, course: Course, after: datetime
) -> None:
    """Let a case go through its phases, as far as it has come."""
    chance, at = scene.chance, after
    for number, phase in ((course.active, Phase.ACTIVE), (course.aftercare, Phase.AFTERCARE)):
        if number is not None:
            at = _later(chance, days, number, after=at)
            effort = effort_with(worker, story.request, phase, document=scene.document)
            life.enter_phase(scene, story, phase, at=at, effort_minutes=effort)
    if course.ended is not None:
        at = _later(chance, days, course.ended, after=at)
        life.close(scene, story, one_of(chance, AFTER_A_CASE), at=at, actor=_desk(scene))
    elif story.assignment is not None:
        story.assignment["planned_end_on"] = _planned_end(chance, course, clock.day_of(at), days.days[-1])


def _planned_end(chance: Random, course: Course, since: date, yesterday: date) -> date:
    left = {Phase.START: (60, 150), Phase.ACTIVE: (40, 110), Phase.AFTERCARE: (14, 35)}[course.phase]
    return max(since + timedelta(days=chance.randint(*left)), yesterday + timedelta(days=chance.randint(5, 20)))


def _fill_up(scene: Scene, worker: Worker, now: datetime) -> None:
    """Give a caseworker cases that began before the history, up to the load that was meant."""
    chance, topics = scene.chance, [topic for topic in worker.row["levels"] if topic in TOPICS.things]
    started_at = worker.row["created_at"]
    while True:
        topic, weight = chance.choice(topics), one_of(chance, WEIGHTS)
        phase = one_of(chance, OLD_CASES)
        effort = effort_of(scene.document, topic, weight, phase=phase)
        if worker.load_minutes + effort > worker.wanted_minutes:
            return
        ends_on = clock.day_of(now) + timedelta(days=chance.randint(7, 150))
        row = {"id": identifier(chance, started_at), "caseworker_id": worker.id, "topic": topic, "weight": weight}
        row |= {"phase": phase, "effort_minutes": effort, "expected_end_on": ends_on, "started_at": started_at}
        scene.rows.add(OpeningLoad, row)
        worker.load_minutes += effort


def _desk(scene: Scene) -> Actor:
    return scene.staff.operator if happens(scene.chance, 40) else scene.staff.intake


def _some_lead(scene: Scene) -> Actor:
    return scene.chance.choice(list(scene.staff.leads.values()))


def _later(chance: Random, days: Workdays, number: int, *, after: datetime) -> datetime:
    """Return a moment on a working day of the year, at the latest yesterday, always after another moment."""
    at = days.moment(chance, days.at_least(number))
    return at if at > after else _after(chance, after)


def _after(chance: Random, moment: datetime) -> datetime:
    return moment + timedelta(seconds=chance.randint(120, 2_400))
