"""The caseworkers as arrays: whom a request may go to and at which price, for all of them at once.

The same rules as `eligibility` and `prices`, in NumPy; a test holds the two together. Every array has shape
(caseworkers,), in the order of the caseworkers. What several requests have in common is computed once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.core.model import Bools, Ints
from solver.policy import Policy
from solver.prices import asked_level
from solver.problem import HIGHEST_LEVEL, UNCLEAR, Caseworker, Request

NEVER: Final = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class Staff:
    """The caseworkers of a city under a policy, and what was already computed about them.

    Attributes
    ----------
    index
        The position of each caseworker, by key.
    ready
        Whether they are employed, below their pace, and their load counts as true.
    present_from_day
        Days from today to their first day; `NEVER` when that is not in sight.
    free, ordinary_free
        Minutes below the maximum, and minutes for ordinary work; may be negative.
    levels
        Per topic that anybody knows, and for `unclear`.
    speaks, tagged
        Per language and per attribute that anybody has.
    locations, location
        The codes of all locations, and the position in them of each caseworker's.
    known
        Arrays by what they are about; filled while requests are looked at.
    """

    caseworkers: tuple[Caseworker, ...]
    travel: Mapping[tuple[str, str], int]
    policy: Policy
    index: Mapping[str, int]
    ready: Bools
    present_from_day: Ints
    free: Ints
    ordinary_free: Ints
    levels: Mapping[str, Ints]
    speaks: Mapping[str, Bools]
    tagged: Mapping[str, Bools]
    locations: tuple[str, ...]
    location: Ints
    known: dict[tuple[object, ...], Ints]

    def once(self, about: tuple[object, ...], compute: Callable[[], Ints]) -> Ints:
        """Return what was computed about something, computing it at the first question."""
        found = self.known.get(about)
        if found is None:
            found = self.known[about] = compute()
        return found


def staff_of(caseworkers: Sequence[Caseworker], travel: Mapping[tuple[str, str], int], policy: Policy) -> Staff:
    """Return the caseworkers as arrays, kept in the order in which they come."""
    workers = tuple(caseworkers)
    limits = [w.target_minutes if policy.ordinary_below_target else w.maximum_minutes for w in workers]
    locations = tuple(sorted({w.location for w in workers}))
    at = {code: i for i, code in enumerate(locations)}
    return Staff(
        caseworkers=workers,
        travel=travel,
        policy=policy,
        index={w.key: i for i, w in enumerate(workers)},
        ready=np.array([w.active and w.load_confirmed and _below_pace(w) for w in workers], np.bool_),
        present_from_day=_ints(NEVER if w.present_from_day is None else w.present_from_day for w in workers),
        free=_ints(w.maximum_minutes - w.load_minutes for w in workers),
        ordinary_free=_ints(limit - w.load_minutes for limit, w in zip(limits, workers, strict=True)),
        levels=_levels(workers),
        speaks=_having([w.languages for w in workers]),
        tagged=_having([w.attributes for w in workers]),
        locations=locations,
        location=_ints(at[w.location] for w in workers),
        known={},
    )


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _below_pace(worker: Caseworker) -> bool:
    return worker.new_per_week is None or worker.new_in_week < worker.new_per_week


def _levels(workers: tuple[Caseworker, ...]) -> dict[str, Ints]:
    """Return everybody's level for each topic that anybody knows, and the highest they have anywhere."""
    levels: dict[str, Ints] = {UNCLEAR: np.zeros(len(workers), np.int64)}
    for i, worker in enumerate(workers):
        for topic, level in worker.levels.items():
            if topic not in levels:
                levels[topic] = np.zeros(len(workers), np.int64)
            levels[topic][i] = level
        levels[UNCLEAR][i] = worker.level_in(UNCLEAR)
    return levels


def _having(held: list[frozenset[str]]) -> dict[str, Bools]:
    """Return for each code that anybody has, who has it."""
    having: dict[str, Bools] = {}
    for i, codes in enumerate(held):
        for code in codes:
            if code not in having:
                having[code] = np.zeros(len(held), np.bool_)
            having[code][i] = True
    return having


def interpreters(staff: Staff, request: Request) -> Ints | None:
    """Return 1 for whom an interpreter would come along, else 0; None when no language is required.

    Shared between requests, as what `efforts` returns is: not to be changed.
    """
    return _speaks_none(staff, request.required_languages) if request.required_languages else None


def efforts(staff: Staff, request: Request, interpreter: Ints | None) -> Ints:
    """Return the minutes per week of the request with each caseworker."""
    minutes = request.effort_minutes

    def compute() -> Ints:
        alone = np.full(len(staff.ready), minutes, np.int64)
        return alone if interpreter is None else alone + interpreter * staff.policy.interpreter_minutes

    return staff.once(("effort", minutes, request.required_languages), compute)


def eligible(staff: Staff, request: Request, *, interpreter: Ints | None, effort: Ints) -> Bools:
    """Return with whom the request meets no barrier; room is looked at for this request alone."""
    able: Bools = staff.ready & (level_in(staff, request.topic) >= request.required_level)
    able &= staff.present_from_day <= request.start_within_days
    able &= effort <= staff.free
    if request.ordinary:
        able &= effort <= staff.ordinary_free
    if interpreter is not None and not request.interpreter_allowed:
        able &= interpreter == 0
    for tag in request.required_attributes:
        able &= staff.tagged.get(tag, False)
    for key in request.excluded:
        if key in staff.index:
            able[staff.index[key]] = False
    if request.only is not None:
        able &= _is(staff, request.only)
    return able


def points_apart_from_balance(staff: Staff, request: Request, *, interpreter: Ints | None) -> Ints:
    """Return the price of the request with each caseworker, without what it adds to their load."""
    policy = staff.policy
    points = _expertise(staff, request) + _travel(staff, request)
    for topic in request.other_topics:
        points += (level_in(staff, topic) == 0) * policy.other_topic_points
    for key, price in (
        (request.previous_caseworker, policy.continuity_points),
        (request.coordinator, policy.coordinator_points),
        (request.shown, policy.stability_points),
    ):
        if key is not None:
            points += ~_is(staff, key) * price
    if request.preferred_location is not None:
        points += ~_works_at(staff, request.preferred_location) * policy.preferred_location_points
    if request.preferred_languages:
        points += _speaks_none(staff, request.preferred_languages) * policy.preferred_language_points
    if interpreter is not None:
        points += interpreter * policy.interpreter_points
    return points


def level_in(staff: Staff, topic: str) -> Ints:
    """Return everybody's level for a topic, 0 to 3; for `unclear` the highest they have anywhere."""
    known = staff.levels.get(topic)
    return staff.once(("nobody",), lambda: np.zeros(len(staff.ready), np.int64)) if known is None else known


def _expertise(staff: Staff, request: Request) -> Ints:
    """Return the points for expertise that is short or wasted; shared between requests: not to be changed."""
    policy, topic, asked = staff.policy, request.topic, asked_level(request)

    def compute() -> Ints:
        levels = level_in(staff, topic)
        points = np.maximum(asked - levels, 0) * policy.short_level_points
        points += np.maximum(levels - asked, 0) * policy.wasted_level_points
        if asked < HIGHEST_LEVEL:
            points += (levels == HIGHEST_LEVEL) * policy.wasted_specialist_points
        return points

    return staff.once(("expertise", topic, asked), compute)


def _travel(staff: Staff, request: Request) -> Ints:
    """Return the points for the way from the resident's district; shared: not to be changed."""
    district = request.district

    def compute() -> Ints:
        unknown, travel, home = staff.policy.unknown_travel_minutes, staff.travel, str(district)
        minutes = _ints(0 if code == home else travel.get((home, code), unknown) for code in staff.locations)
        return staff.policy.district_weight * minutes[staff.location]

    if district is None:
        return staff.once(("nobody",), lambda: np.zeros(len(staff.ready), np.int64))
    return staff.once(("travel", district), compute)


def _speaks_none(staff: Staff, languages: frozenset[str]) -> Ints:
    """Return 1 for who speaks none of the languages, else 0; shared: not to be changed."""

    def compute() -> Ints:
        silent = np.ones(len(staff.ready), np.bool_)
        for language in languages:
            silent &= ~staff.speaks[language] if language in staff.speaks else True
        return silent.astype(np.int64)

    return staff.once(("speaks none", languages), compute)


def _works_at(staff: Staff, location: str) -> Bools:
    here: Bools = np.array([code == location for code in staff.locations], np.bool_)[staff.location]
    return here


def _is(staff: Staff, key: str) -> Bools:
    chosen = np.zeros(len(staff.ready), np.bool_)
    if key in staff.index:
        chosen[staff.index[key]] = True
    return chosen
