"""Where room is scarce: what one more hour a week would change, per caseworker, topic and location.

Counted, not estimated: what the plan places stays as it is, one caseworker gets an hour more below both
target and maximum, and the requests that wait and then weigh most together are found exactly, by a
knapsack over those that this caseworker may take. Work could also pass from one caseworker to another;
what an hour is worth then is estimated by the prices of the relaxation, and marked as such.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

from solver.arrays import summed
from solver.canonical import MalformedError, from_plain
from solver.core.model import Bools
from solver.explain import NOBODY, Outcome
from solver.matrices import matrices
from solver.plan import CapacityPrices, ExtraHour
from solver.prices import load_price
from solver.problem import MOST_MINUTES, UNCLEAR, Caseworker, Problem

HOUR: Final = 60
MOST_NAMED: Final = 5

Used: TypeAlias = tuple[int, int, int]
"""Minutes, minutes of ordinary work and new requests."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A job that waits, as one caseworker would take it; `value` orders: overdue, waiting, fewest points."""

    job: int
    uses: Used
    value: tuple[int, int, int]


def extra_hours(outcome: Outcome, prices: CapacityPrices | None) -> tuple[ExtraHour, ...]:
    """Return what one more hour a week would change most, for whom.

    At most five for topics and locations, then at most five for caseworkers, each the most worth first.
    A topic stands alone when it does not matter at which location the hour is; a location when requests
    about several topics would start. When nothing would change for anybody, that alone is returned.

    Parameters
    ----------
    prices
        What a minute is worth by the relaxation, for estimates where nothing starts beside the plan.
    """
    hours = _Hours(outcome)
    by_topic = [hour for hour in _by_topic(hours) if hour.starts]
    groups = [*by_topic, *_by_location(hours, by_topic)]
    people = [_estimated(hours, column, prices) for column in range(len(outcome.problem.caseworkers))]
    found = [*_most_worth(groups), *_most_worth(people)]
    return tuple(found) or (ExtraHour(),)


def stored_extra_hours(plan: str) -> tuple[ExtraHour, ...]:
    """Return the hours of a plan as `Plan.to_json` wrote it, without reading the rest of it again.

    Raises
    ------
    MalformedError
        When the text is no plan.
    """
    try:
        content = json.loads(plan)
    except json.JSONDecodeError as error:
        raise MalformedError([f"not JSON: {error.msg} at character {error.pos}"]) from error
    if not isinstance(content, dict):
        raise MalformedError(["Plan must be an object"])
    return tuple(from_plain(ExtraHour, hour) for hour in content.get("extra_hours", []))


def _most_worth(found: Iterable[ExtraHour]) -> list[ExtraHour]:
    """Return at most five that are worth something, best first; of those that start the same, the best."""
    best: dict[tuple[str | None, tuple[str, ...] | None], ExtraHour] = {}
    worth_it = sorted(
        (hour for hour in found if hour.worth > (0, 0, 0)), key=lambda hour: hour.worth, reverse=True
    )
    for i, hour in enumerate(worth_it):
        best.setdefault((hour.topic, hour.starts or (str(i),)), hour)
    return list(best.values())[:MOST_NAMED]


class _Hours:
    """What an hour more would change with each caseworker, looked up once."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.problem = outcome.problem
        waits = np.flatnonzero(outcome.taker == NOBODY)
        heaviest_first = np.lexsort((-outcome.weight[waits, 1], -outcome.weight[waits, 0]))
        self.waits: list[int] = waits[heaviest_first].tolist()
        self.able = _able(outcome, self.waits)
        self.topic = {job: _topic_of(outcome, job) for job in self.waits}
        self.items = [list(self._items(column)) for column in range(len(self.problem.caseworkers))]

    def with_hour(self, column: int, topic: str | None) -> ExtraHour:
        """Return what changes when a caseworker gets the hour, for requests about one topic or any."""
        items = [item for item in self.items[column] if topic is None or self.topic[item.job] == topic]
        return _gain(self.outcome, column, _heaviest_set(items, self._room(column)))

    def _items(self, column: int) -> Iterator[_Item]:
        """Yield the jobs that could matter: of each size only as many as would fit, the heaviest."""
        outcome, room = self.outcome, self._room(column)
        left: dict[tuple[Used, str | None], int] = {}
        for i, job in enumerate(self.waits):
            if not self.able[i, column]:
                continue
            minutes, ordinary = (int(of[job, column]) for of in (outcome.effort, outcome.ordinary_effort))
            uses = (minutes, ordinary, len(outcome.jobs[job]))
            alike = (uses, self.topic[job])
            left[alike] = left.get(alike, room[0] // minutes) - 1
            if left[alike] >= 0 and _fits(uses, room):
                overdue, waiting = outcome.weight[job].tolist()
                yield _Item(job, uses, (overdue, waiting, -int(outcome.points[job, column])))

    def _room(self, column: int) -> Used:
        """Return what a caseworker has left beside the plan with the hour more."""
        free, ordinary, pace = (int(room[column]) for room in self.outcome.left)
        worker = self.problem.caseworkers[column]
        more = _with_hour(worker)
        to_maximum = more.maximum_minutes - worker.maximum_minutes
        to_target = more.target_minutes - worker.target_minutes
        below_target = self.problem.policy.ordinary_below_target
        return free + to_maximum, ordinary + (to_target if below_target else to_maximum), pace


def _with_hour(worker: Caseworker) -> Caseworker:
    """Return a caseworker with an hour more below target and maximum, within a week."""
    return replace(
        worker,
        maximum_minutes=min(worker.maximum_minutes + HOUR, MOST_MINUTES),
        target_minutes=min(worker.target_minutes + HOUR, MOST_MINUTES),
    )


def _able(outcome: Outcome, waits: list[int]) -> Bools:
    """Return who may take each waiting job, room left aside, shape (waiting jobs, caseworkers)."""
    problem = outcome.problem
    rows = [row for job in waits for row in outcome.jobs[job]]
    roomy = tuple(
        replace(worker, maximum_minutes=MOST_MINUTES, target_minutes=MOST_MINUTES, load_minutes=0)
        for worker in problem.caseworkers
    )
    # The order of the requests is that of their keys: the rows are put back into the order of the jobs.
    asked = Problem(
        requests=tuple(problem.requests[row] for row in rows), caseworkers=roomy, policy=problem.policy
    )
    place = {request.key: i for i, request in enumerate(asked.requests)}
    eligible = matrices(asked).eligible[[place[problem.requests[row].key] for row in rows]]
    sizes = np.array([len(outcome.jobs[job]) for job in waits], dtype=np.int64)
    able: Bools = summed(eligible.astype(np.int64), sizes) == sizes[:, None]
    return able


def _topic_of(outcome: Outcome, job: int) -> str | None:
    """Return the topic of a job; None when it has several."""
    topics = {outcome.problem.requests[row].topic for row in outcome.jobs[job]}
    return topics.pop() if len(topics) == 1 else None


def _fits(uses: Used, room: Used) -> bool:
    return uses[0] <= room[0] and (uses[1] == 0 or uses[1] <= room[1]) and uses[2] <= room[2]


def _heaviest_set(items: list[_Item], room: Used) -> tuple[_Item, ...]:
    """Return the items that fit and weigh most together; exact, by dynamic programming over what is used."""
    best: dict[Used, tuple[tuple[int, int, int], tuple[_Item, ...]]] = {(0, 0, 0): ((0, 0, 0), ())}
    for item in items:
        for used, (value, chosen) in list(best.items()):
            after = (used[0] + item.uses[0], used[1] + item.uses[1], used[2] + item.uses[2])
            worth = (value[0] + item.value[0], value[1] + item.value[1], value[2] + item.value[2])
            if _fits(after, room) and (after not in best or worth > best[after][0]):
                best[after] = (worth, (*chosen, item))
    return max(best.values(), key=lambda found: found[0])[1]


def _gain(outcome: Outcome, column: int, chosen: tuple[_Item, ...]) -> ExtraHour:
    """Return what starts with a caseworker, and what the plan costs less."""
    problem = outcome.problem
    worker, load = problem.caseworkers[column], int(outcome.load[column])
    more = load + sum(item.uses[0] for item in chosen)

    def balance(of: Caseworker, minutes: int) -> int:
        return load_price(of, minutes, problem.policy) - load_price(of, of.load_minutes, problem.policy)

    pairs = sum(int(outcome.points[item.job, column]) for item in chosen)
    starts = [problem.requests[row].key for item in chosen for row in outcome.jobs[item.job]]
    return ExtraHour(
        starts=tuple(sorted(starts)),
        overdue=sum(item.value[0] for item in chosen),
        waiting=sum(item.value[1] for item in chosen),
        points=balance(worker, load) - balance(_with_hour(worker), more) - pairs,
    )


def _by_topic(hours: _Hours) -> Iterator[ExtraHour]:
    """Yield the best hour of each topic at each location; of the topic alone where all are worth the same."""
    for topic in sorted({str(topic) for topic in hours.topic.values() if topic not in (None, UNCLEAR)}):
        at = _best_per_location(hours, topic)
        if len(at) > 1 and len({hour.worth[:2] for hour in at.values()}) == 1:
            yield replace(max(at.values(), key=lambda hour: hour.worth), location=None)
        else:
            yield from at.values()


def _by_location(hours: _Hours, by_topic: list[ExtraHour]) -> Iterator[ExtraHour]:
    """Yield the best hour at each location, where it is worth more than that of any one topic."""
    for location, hour in _best_per_location(hours, None).items():
        topics = [other.worth[:2] for other in by_topic if other.location in (location, None)]
        if hour.worth[:2] > max(topics, default=(0, 0)) or not (topics or hour.starts):
            yield hour


def _best_per_location(hours: _Hours, topic: str | None) -> dict[str, ExtraHour]:
    """Return the best hour at each location of whoever has expertise in a topic, or of anybody, by location."""
    found: dict[str, ExtraHour] = {}
    for column, worker in enumerate(hours.problem.caseworkers):
        if topic is None or worker.level_in(topic) > 0:
            hour = replace(hours.with_hour(column, topic), topic=topic, location=worker.location)
            if worker.location not in found or hour.worth > found[worker.location].worth:
                found[worker.location] = hour
    return dict(sorted(found.items()))


def _estimated(hours: _Hours, column: int, prices: CapacityPrices | None) -> ExtraHour:
    """Return a caseworker's own hour: counted when somebody would start, else by the relaxation's prices."""
    key = hours.problem.caseworkers[column].key
    counted = replace(hours.with_hour(column, None), caseworker=key)
    if counted.starts or prices is None:
        return counted
    overdue, waiting, points = (
        round(HOUR * of.get(key, 0.0)) for of in (prices.overdue, prices.waiting, prices.points)
    )
    estimate = ExtraHour(caseworker=key, overdue=overdue, waiting=waiting, points=points, exact=False)
    return max(counted, estimate, key=lambda hour: hour.worth)
