"""Which open proposals stay put: those that are still possible, also together.

Source: design, section 2, "Proposals stay put under somebody's hands".
"""

from collections import defaultdict
from dataclasses import dataclass, field

from solver.eligibility import barriers, effort_for
from solver.policy import Policy
from solver.prices import price_of_waiting
from solver.problem import Caseworker, Problem, Request


def jobs_of(problem: Problem) -> list[tuple[Request, ...]]:
    """Return the requests grouped into what is placed as one: households together, others alone.

    In the order of the first key in each group.
    """
    groups: dict[tuple[str, str], list[Request]] = defaultdict(list)
    for request in problem.requests:
        name = ("request", request.key) if request.household is None else ("household", request.household)
        groups[name].append(request)
    return [tuple(group) for group in groups.values()]


@dataclass(slots=True)
class Room:
    """What a caseworker still has room for, while work is added to it."""

    caseworker: Caseworker
    policy: Policy
    minutes: int = field(init=False)
    ordinary_minutes: int = field(init=False)
    new_requests: int | None = field(init=False)

    def __post_init__(self) -> None:
        worker = self.caseworker
        limit = worker.target_minutes if self.policy.ordinary_below_target else worker.maximum_minutes
        self.minutes = worker.maximum_minutes - worker.load_minutes
        self.ordinary_minutes = limit - worker.load_minutes
        most = worker.new_per_week
        self.new_requests = None if most is None else most - worker.new_in_week

    def take(self, job: tuple[Request, ...]) -> bool:
        """Add a job when it fits, and return whether it did."""
        efforts = [effort_for(request, self.caseworker, self.policy) for request in job]
        ordinary = sum(effort for request, effort in zip(job, efforts, strict=True) if request.ordinary)
        if sum(efforts) > self.minutes or (ordinary and ordinary > self.ordinary_minutes):
            return False
        if self.new_requests is not None and len(job) > self.new_requests:
            return False
        self.minutes -= sum(efforts)
        self.ordinary_minutes -= ordinary
        self.new_requests = None if self.new_requests is None else self.new_requests - len(job)
        return True


def honoured_pins(problem: Problem) -> dict[str, str]:
    """Return the pins that hold, for every request of the job: request key to caseworker key.

    The heaviest to let wait come first, then by key; a pin holds when the pair has no barrier and fits
    beside the pins before it. A household's pin holds for all of it, and only when its members agree.
    A pin that does not hold is let go: the request is then free to be placed anew.
    """
    rooms = {worker.key: Room(worker, problem.policy) for worker in problem.caseworkers}
    held: dict[str, str] = {}
    pinned = [job for job in jobs_of(problem) if any(request.pinned_to for request in job)]
    for job in sorted(pinned, key=lambda job: (*_order(job, problem.policy), job[0].key)):
        room = rooms.get(_agreed(job) or "")
        if room is None or any(barriers(request, room.caseworker, problem.policy) for request in job):
            continue
        if room.take(job):
            held.update({request.key: room.caseworker.key for request in job})
    return held


def _agreed(job: tuple[Request, ...]) -> str | None:
    """Return the one caseworker to whom the job is pinned; None when its members disagree."""
    wanted = {request.pinned_to for request in job if request.pinned_to is not None}
    return wanted.pop() if len(wanted) == 1 else None


def _order(job: tuple[Request, ...], policy: Policy) -> tuple[int, int]:
    """Return the sort key by which jobs go first: overdue weight, then other weight, highest first."""
    overdue = sum(price_of_waiting(request, policy) for request in job if request.overdue)
    other = sum(price_of_waiting(request, policy) for request in job if not request.overdue)
    return (-overdue, -other)
