"""A day of recommendations: requests come one by one, and each is placed at once when that is advised.

Three ways beside each other, on the same city and the same requests:

- greedy: the best fit for each request, without prices;
- steered: by capacity prices. In the morning they come from the requests of each of the last days, on
  today's room; twenty times a day they are made again, from what waits, the room that is left, and those
  requests of the last days that came later on their day, as stand-ins for what is still to come. What was
  advised to wait goes into a round at the day's end;
- re-optimised: everything known beforehand, solved at once.

Within a round, urgent work takes no room below the target; here a caseworker's target rises by the urgent
work they take during the day, so that the three ways keep the same rules.
"""

import random
from dataclasses import dataclass, replace
from statistics import mean
from typing import Final

import solver
from benchmarks.cities import a_city
from solver import CapacityPrices, Caseworker, Plan, Problem, Request
from solver.pricing import capacity_prices

PRICED_TIMES: Final = 20
LAST_DAYS: Final = 3
OTHER_DAY: Final = 50_000
"""What is added to a seed for each day before: the same people, other requests."""
LIMITS: Final = solver.Limits(effort=10.0, seconds=15.0)


@dataclass(frozen=True, slots=True)
class Day:
    """What three ways leave waiting, in urgency-weighted minutes, as the solver weighs it.

    `gap` is how far the re-optimised plan is from proven.
    """

    seed: int
    greedy: int
    steered: int
    reoptimised: int
    gap: float


def a_day(seed: int, requests: int = 200, caseworkers: int = 60, ratio: float = 1.3) -> Day:
    """Return what three ways leave waiting on one day of a seeded city.

    Parameters
    ----------
    ratio
        Demanded minutes over the minutes that are free below target.
    """
    city = _new_today(a_city(seed, requests=requests, caseworkers=caseworkers, ratio=ratio))
    order = list(city.requests)
    random.Random(seed).shuffle(order)
    before = [seed + OTHER_DAY * day for day in range(1, LAST_DAYS + 1)]
    cities = [_new_today(a_city(day, requests=requests, caseworkers=caseworkers, ratio=ratio)) for day in before]
    plan = solver.solve(city, LIMITS)
    return Day(
        seed=seed,
        greedy=_weight(city, _through(city, order, last_days=[])),
        steered=_weight(city, _through(city, order, last_days=[_stand_ins(other) for other in cities])),
        reoptimised=_weight(city, _waiting_after(plan, order)),
        gap=plan.tiers[1].gap,
    )


def _new_today(city: Problem) -> Problem:
    """Return a city whose requests all came today: what waits weighs urgency x minutes."""
    fresh = tuple(replace(request, waiting_days=0, overdue=False) for request in city.requests)
    return replace(city, requests=fresh)


def _weight(city: Problem, waits: list[Request]) -> int:
    return solver.cost(replace(city, requests=tuple(waits)), {})[1]


def _waiting_after(plan: Plan, requests: list[Request]) -> list[Request]:
    return [request for request in requests if request.key not in plan.assignments]


def _stand_ins(other: Problem) -> list[Request]:
    """Return the requests of another day under keys of their own."""
    return [replace(request, key=f"expected-{request.key}") for request in other.requests]


def _through(city: Problem, order: list[Request], last_days: list[list[Request]]) -> list[Request]:
    """Return what waits after a day and its round.

    `last_days` holds the requests of each of the last days, in the order in which they came; without any
    there are no prices.
    """
    workers = {worker.key: worker for worker in city.caseworkers}
    waits: list[Request] = []
    again = max(1, len(order) // PRICED_TIMES)
    prices = None
    for moment, request in enumerate(order):
        if last_days and moment % again == 0:
            prices = _prices(city, workers, [(*waits, *day[moment:]) for day in last_days])
        found = solver.recommend(solver.desk_of(_now(city, workers), prices), request, 1)
        if found.options and not found.better_waits:
            _take(workers, request, found.options[0])
        else:
            waits.append(request)
    return _waiting_after(solver.solve(_now(city, workers, tuple(waits)), LIMITS), waits)


def _prices(city: Problem, workers: dict[str, Caseworker], expected: list[tuple[Request, ...]]) -> CapacityPrices:
    """Return the mean of the prices that each of the expectations gives."""
    found = [capacity_prices(_now(city, workers, requests)) for requests in expected]
    return CapacityPrices(
        waiting={key: mean(prices.waiting[key] for prices in found) for key in workers},
        points={key: mean(prices.points[key] for prices in found) for key in workers},
    )


def _now(city: Problem, workers: dict[str, Caseworker], requests: tuple[Request, ...] = ()) -> Problem:
    return replace(city, requests=requests, caseworkers=tuple(workers.values()))


def _take(workers: dict[str, Caseworker], request: Request, option: solver.Option) -> None:
    """Add a request to the load of the caseworker of an option."""
    worker, minutes = workers[option.caseworker], option.effort_minutes
    target = worker.target_minutes + (0 if request.ordinary else minutes)
    workers[worker.key] = replace(
        worker,
        load_minutes=worker.load_minutes + minutes,
        target_minutes=min(worker.maximum_minutes, target),
        new_in_week=worker.new_in_week + 1,
    )
