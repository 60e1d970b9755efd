"""Seeded problems for the tests: small ones of every kind, and one that looks like a city."""

import random

from solver import Caseworker, Policy, Problem, Request, Urgency

TOPICS = ("finances", "parenting", "participation", "domestic-violence", "education", "housing")
LOCATIONS = ("CEW", "GRO", "NIE", "NOR", "OOS", "ZUI")
EFFORTS = (60, 120, 180, 240)


def a_request(key: str = "r1", **fields: object) -> Request:
    """Return a request of one hour a week about money, with what matters to the test."""
    return Request(**{"key": key, "topic": "finances", "effort_minutes": 60, **fields})  # type: ignore[arg-type]


def a_caseworker(key: str = "w1", **fields: object) -> Caseworker:
    """Return a caseworker with ten hours, eight of them below target, with what matters to the test."""
    given = {
        "key": key,
        "location": "CEW",
        "maximum_minutes": 600,
        "target_minutes": 480,
        "levels": {"finances": 1},
        "languages": frozenset({"nl"}),
        **fields,
    }
    return Caseworker(**given)  # type: ignore[arg-type]


def a_city(
    seed: int,
    *,
    requests: int = 250,
    caseworkers: int = 60,
    ratio: float = 1.0,
    efforts: tuple[int, ...] = EFFORTS,
) -> Problem:
    """Return a problem like a city's: `ratio` is demanded minutes over minutes free below target."""
    rng = random.Random(seed)
    asked = tuple(_city_request(rng, f"r{i:05}", efforts) for i in range(requests))
    demand = sum(request.effort_minutes for request in asked)
    share = demand / ratio / caseworkers
    people = tuple(_city_caseworker(rng, f"w{i:05}", share) for i in range(caseworkers))
    travel = {
        (district, location): 5 + 3 * abs(i - j)
        for i, district in enumerate(LOCATIONS)
        for j, location in enumerate(LOCATIONS)
        if i != j
    }
    return Problem(requests=asked, caseworkers=people, travel=travel, policy=Policy())


def _city_request(rng: random.Random, key: str, efforts: tuple[int, ...]) -> Request:
    topic = rng.choices((*TOPICS, "unclear"), weights=(40, 12, 12, 6, 6, 18, 6))[0]
    foreign = rng.random() < 0.15
    language = frozenset({rng.choice(("ar", "tr", "pl"))}) if foreign else frozenset[str]()
    return Request(
        key=key,
        topic=topic,
        effort_minutes=rng.choices(efforts, weights=range(len(efforts) + 1, 1, -1))[0],
        urgency=rng.choices((Urgency.NORMAL, Urgency.URGENT, Urgency.CRISIS), weights=(88, 11, 1))[0],
        overdue=rng.random() < 0.1,
        waiting_days=min(60, int(rng.expovariate(1 / 12))),
        required_level=rng.choices((0, 1, 2, 3), weights=(5, 55, 30, 10))[0],
        required_languages=language,
        interpreter_allowed=rng.random() < 0.8,
        preferred_languages=language,
        required_attributes=frozenset({"home-visit"}) if rng.random() < 0.1 else frozenset(),
        district=rng.choice((*LOCATIONS, None)),
        previous_caseworker=f"w{rng.randrange(60):05}" if rng.random() < 0.1 else None,
        start_within_days=rng.choice((3, 14, 28)),
    )


def _city_caseworker(rng: random.Random, key: str, share: float) -> Caseworker:
    target = rng.choice((720, 960, 1200, 1440))
    free = round(share * rng.uniform(0.2, 1.8))
    levels = {topic: rng.choices((0, 1, 2, 3), weights=(30, 35, 25, 10))[0] for topic in TOPICS}
    return Caseworker(
        key=key,
        location=rng.choice(LOCATIONS),
        maximum_minutes=round(target * 1.15),
        target_minutes=target,
        load_minutes=max(0, target - free),
        levels=levels,
        languages=frozenset({"nl", *(language for language in ("ar", "tr", "pl") if rng.random() < 0.2)}),
        attributes=frozenset({"home-visit"}) if rng.random() < 0.6 else frozenset(),
        new_in_week=rng.randrange(2),
        new_per_week=rng.choice((6, 8, 10)),
        present_from_day=rng.choice((0, 0, 1, 2, 5, 15)),
    )


def a_small_problem(seed: int) -> Problem:
    """Return a problem small enough to try every plan, with every kind of rule and wish in it."""
    rng = random.Random(seed)
    workers = [f"w{i}" for i in range(rng.randint(1, 3))]
    equal = rng.random() < 0.3
    requests = [_small_request(rng, f"r{i}", workers, equal=equal) for i in range(rng.randint(1, 5))]
    return Problem(
        requests=tuple(requests),
        caseworkers=tuple(_small_caseworker(rng, key) for key in workers),
        travel={("CEW", "GRO"): 12, ("GRO", "CEW"): 9},
        policy=_small_policy(rng),
    )


def _small_policy(rng: random.Random) -> Policy:
    return Policy(
        ordinary_below_target=rng.random() < 0.8,
        interpreter_minutes=rng.choice((0, 15, 30)),
        district_weight=rng.choice((0, 1, 5)),
        load_prices=rng.choice(((), ((100, 1), (115, 2)), ((0, 1), (50, 1), (100, 3)))),
    )


def _small_request(rng: random.Random, key: str, workers: list[str], *, equal: bool) -> Request:
    somebody = [*workers, None, None, None]
    return Request(
        key=key,
        topic=rng.choice(("finances", "housing", "unclear")),
        effort_minutes=60 if equal else rng.choice((30, 45, 60, 90, 120)),
        urgency=rng.choices((Urgency.NORMAL, Urgency.URGENT, Urgency.CRISIS), weights=(6, 3, 1))[0],
        overdue=rng.random() < 0.25,
        waiting_days=rng.randint(0, 4),
        required_level=rng.choice((0, 1, 1, 2)),
        asked_level=3 if rng.random() < 0.1 else None,
        other_topics=frozenset({"housing"}) if rng.random() < 0.2 else frozenset(),
        required_languages=frozenset({"ar"}) if not equal and rng.random() < 0.25 else frozenset(),
        interpreter_allowed=rng.random() < 0.7,
        preferred_languages=frozenset({"tr"}) if rng.random() < 0.2 else frozenset(),
        required_attributes=frozenset({"home-visit"}) if rng.random() < 0.15 else frozenset(),
        excluded=frozenset({rng.choice(workers)}) if rng.random() < 0.15 else frozenset(),
        only=rng.choice(workers) if rng.random() < 0.1 else None,
        district=rng.choice(("CEW", "GRO", None)),
        preferred_location=rng.choice(("CEW", None, None)),
        previous_caseworker=rng.choice(somebody),
        coordinator=rng.choice(somebody),
        household="h" if not equal and rng.random() < 0.25 else None,
        start_within_days=rng.choice((0, 3, 28)),
        pinned_to=rng.choice(somebody) if rng.random() < 0.25 else None,
        shown=rng.choice(somebody),
    )


def _small_caseworker(rng: random.Random, key: str) -> Caseworker:
    target = rng.choice((60, 90, 120, 180))
    return Caseworker(
        key=key,
        location=rng.choice(("CEW", "GRO")),
        maximum_minutes=target + rng.choice((0, 30, 60)),
        target_minutes=target,
        load_minutes=rng.choice((0, 0, 15, 60, 200)),
        levels={topic: rng.randint(0, 3) for topic in ("finances", "housing")},
        languages=frozenset(language for language in ("ar", "tr") if rng.random() < 0.4),
        attributes=frozenset({"home-visit"}) if rng.random() < 0.6 else frozenset(),
        new_in_week=rng.randint(0, 1),
        new_per_week=rng.choice((None, 1, 2, 3)),
        active=rng.random() < 0.95,
        load_confirmed=rng.random() < 0.95,
        present_from_day=rng.choice((0, 0, 0, 2, None)),
    )
