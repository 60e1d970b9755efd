"""Seeded cities as problems of the solver: invented, and shaped like what a neighbourhood team sees.

Seeds 1 to 99 were used while developing; the tables use seeds from 3001 on.
"""

import random
from typing import Final

from solver import Caseworker, Policy, Problem, Request, Urgency

TOPICS: Final = ("finances", "parenting", "participation", "domestic-violence", "education", "housing")
TOPIC_WEIGHTS: Final = (40, 12, 12, 6, 6, 18)
LOCATIONS: Final = ("CEW", "GRO", "NIE", "NOR", "OOS", "ZUI")
LANGUAGES: Final = ("ar", "tr", "pl")
EFFORTS: Final = (60, 120, 180, 240)
EQUAL_EFFORT: Final = 120
TARGETS: Final = (720, 960, 1200, 1440)
URGENCIES: Final = (Urgency.NORMAL, Urgency.URGENT, Urgency.CRISIS)
FIRST_UNSEEN_SEED: Final = 3001


def a_city(
    seed: int, *, requests: int = 250, caseworkers: int = 60, ratio: float = 1.0, equal: bool = False
) -> Problem:
    """Return a city with so many requests that wait and so many caseworkers.

    Parameters
    ----------
    ratio
        Demanded minutes over the minutes that are free below target.
    equal
        Whether every request takes the same minutes, with an interpreter too.
    """
    rng = random.Random(seed)
    workers = [f"w{i:05}" for i in range(caseworkers)]
    asked = tuple(_request(rng, f"r{i:05}", workers, equal=equal) for i in range(requests))
    free = sum(request.effort_minutes for request in asked) / ratio
    shares = [rng.uniform(0.2, 1.8) for _ in workers]
    rooms = [round(free * share / sum(shares)) for share in shares]
    return Problem(
        requests=asked,
        caseworkers=tuple(_caseworker(rng, key, room) for key, room in zip(workers, rooms, strict=True)),
        travel=_travel(),
        policy=Policy(interpreter_minutes=0) if equal else Policy(),
    )


def _travel() -> dict[tuple[str, str], int]:
    """Return minutes between the locations, as if they lay in a row."""
    return {
        (district, location): 5 + 3 * abs(i - j)
        for i, district in enumerate(LOCATIONS)
        for j, location in enumerate(LOCATIONS)
        if i != j
    }


def _request(rng: random.Random, key: str, workers: list[str], *, equal: bool) -> Request:
    foreign = frozenset({rng.choice(LANGUAGES)}) if rng.random() < 0.15 else frozenset[str]()
    return Request(
        key=key,
        topic=rng.choices((*TOPICS, "unclear"), weights=(*TOPIC_WEIGHTS, 6))[0],
        effort_minutes=EQUAL_EFFORT if equal else rng.choices(EFFORTS, weights=(5, 4, 3, 2))[0],
        urgency=rng.choices(URGENCIES, weights=(88, 11, 1))[0],
        overdue=rng.random() < 0.1,
        waiting_days=min(60, int(rng.expovariate(1 / 12))),
        required_level=rng.choices((0, 1, 2, 3), weights=(5, 55, 30, 10))[0],
        required_languages=foreign,
        interpreter_allowed=rng.random() < 0.8,
        preferred_languages=foreign,
        required_attributes=frozenset({"home-visit"}) if rng.random() < 0.1 else frozenset(),
        excluded=frozenset({rng.choice(workers)}) if rng.random() < 0.02 else frozenset(),
        district=rng.choice((*LOCATIONS, None)),
        previous_caseworker=rng.choice(workers) if rng.random() < 0.1 else None,
        start_within_days=rng.choice((3, 14, 28)),
    )


def _caseworker(rng: random.Random, key: str, room: int) -> Caseworker:
    """Return somebody with so many minutes free below target; the target is raised where it must be."""
    target = max(rng.choice(TARGETS), room)
    return Caseworker(
        key=key,
        location=rng.choice(LOCATIONS),
        maximum_minutes=round(target * 1.15),
        target_minutes=target,
        load_minutes=target - room,
        levels={topic: rng.choices((0, 1, 2, 3), weights=(30, 35, 25, 10))[0] for topic in TOPICS},
        languages=frozenset({"nl", *(language for language in LANGUAGES if rng.random() < 0.2)}),
        attributes=frozenset({"home-visit"}) if rng.random() < 0.6 else frozenset(),
        new_in_week=rng.randrange(2),
        new_per_week=rng.choice((8, 10, 12)),
        present_from_day=rng.choice((0, 0, 1, 2, 5, 15)),
    )
