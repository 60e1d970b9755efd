"""What is said of a request that waits is true, and the single change that is offered places it."""

import os
from collections.abc import Iterator
from dataclasses import replace

from solver import (
    Caseworker,
    Plan,
    Problem,
    Request,
    Unlock,
    Unplaced,
    Urgency,
    barriers,
    effort_for,
    rank_all,
    violations,
)
from solver.prices import price_of_waiting
from solver.unlocking import UNLOCKS
from solver.waiting import IN_ORDER, REASONS
from tests.solver.problems import a_caseworker, a_city, a_request, a_small_problem

COUNT = 5_000 if int(os.environ.get("STADSBREED_SOAK", "0")) else 500
LARGE = 20_000
"""A change larger than any that could be needed."""
ROOM = {"maximum", "target", "pace"}


def the_plan_with(problem: Problem, assignments: dict[str, str]) -> Problem:
    """Return the problem with every placed request pinned where it is, and no other pins."""
    requests = tuple(replace(request, pinned_to=assignments.get(request.key)) for request in problem.requests)
    return replace(problem, requests=requests)


def home_of(problem: Problem, request: Request) -> list[Request]:
    """Return the requests that go together with one, itself included."""
    if request.household is None:
        return [request]
    return [other for other in problem.requests if other.household == request.household]


def stands(problem: Problem, assignments: dict[str, str]) -> bool:
    """Say whether assignments break no rule, with everything else staying where it is."""
    return not violations(the_plan_with(problem, assignments), assignments)


def changed_caseworker(worker: Caseworker, code: str, more: int) -> Caseworker | None:
    """Return a caseworker after a change of theirs; None when the change is not one of theirs."""
    match code:
        case "confirm-load":
            return replace(worker, load_confirmed=True)
        case "use-room-above-target":
            return replace(worker, target_minutes=min(worker.target_minutes + more, worker.maximum_minutes))
        case "more-minutes":
            most = min(worker.maximum_minutes + more, 10_080)
            return replace(worker, maximum_minutes=most, target_minutes=min(worker.target_minutes + more, most))
        case "one-more-this-week":
            most_new = worker.new_per_week
            return None if most_new is None else replace(worker, new_per_week=most_new + more)
    return None


def changed_request(request: Request, code: str, more: int) -> Request | None:
    """Return a request after a change of it; None when the change is not one of a request."""
    match code:
        case "start-later":
            return replace(request, start_within_days=request.start_within_days + more)
        case "allow-interpreter":
            return replace(request, interpreter_allowed=True)
        case "no-longer-wait-for-one":
            return replace(request, only=None)
        case "without-attributes":
            return replace(request, required_attributes=frozenset())
        case "lower-level":
            return replace(request, required_level=max(0, request.required_level - more))
    return None


def helps(problem: Problem, plan: Plan, request: Request, *, code: str, worker: Caseworker, more: int) -> bool:
    """Say whether a change lets the caseworker take the request beside the plan, by the specification."""
    other = changed_caseworker(worker, code, more)
    another = changed_request(request, code, more)
    if other is None and another is None:
        return False
    after = replace(
        problem,
        requests=tuple(another if another and item == request else item for item in problem.requests),
        caseworkers=tuple(other if other and item == worker else item for item in problem.caseworkers),
    )
    together = {item.key: worker.key for item in home_of(problem, request)}
    return stands(after, plan.assignments | together)


def what_waits() -> Iterator[tuple[int, Problem, Plan, Unplaced]]:
    for seed in range(COUNT):
        problem = a_small_problem(seed)
        plan = rank_all(problem)
        for item in plan.unplaced:
            yield seed, problem, plan, item


def test_every_unlock_places_its_request_and_none_before_it_in_the_order_would() -> None:
    offered = set()
    for seed, problem, plan, item in what_waits():
        request = problem.request(item.request)
        order = list(UNLOCKS.values())
        if item.unlocked_by is None:
            cheaper, more = order, LARGE
        else:
            code, facts = item.unlocked_by.code, item.unlocked_by.facts
            worker = next(w for w in problem.caseworkers if w.key == facts["caseworker"])
            more = int(str(facts["more"]))
            offered.add(code)
            assert helps(problem, plan, request, code=code, worker=worker, more=more), (seed, item)
            assert more == 1 or not any(
                helps(problem, plan, request, code=code, worker=w, more=more - 1) for w in problem.caseworkers
            ), (seed, item)
            cheaper = order[: order.index(code)]
        for code in cheaper:
            for worker in problem.caseworkers:
                assert not helps(problem, plan, request, code=code, worker=worker, more=LARGE), (seed, item, code)
    assert offered == set(UNLOCKS.values())


def test_an_unlock_that_does_not_place_is_noticed() -> None:
    problem = Problem(requests=(a_request(effort_minutes=120),), caseworkers=(a_caseworker(load_minutes=510),))
    plan = rank_all(problem)
    unlock = plan.unplaced[0].unlocked_by
    assert unlock == Unlock("more-minutes", {"caseworker": "w1", "more": 150})

    def by(more: int) -> bool:
        return helps(
            problem, plan, problem.requests[0], code="more-minutes", worker=problem.caseworkers[0], more=more
        )

    assert (by(150), by(149)) == (True, False)


def test_nobody_is_asked_to_start_later_with_somebody_whose_return_is_not_in_sight() -> None:
    problem = Problem(requests=(a_request(),), caseworkers=(a_caseworker(present_from_day=None),))
    (waits,) = rank_all(problem).unplaced
    assert (waits.reason, waits.unlocked_by) == ("nobody-present", None)


def test_a_household_is_placed_by_a_change_of_one_caseworker_for_all_of_it() -> None:
    family = tuple(a_request(key, household="h", effort_minutes=120) for key in "ab")
    problem = Problem(requests=family, caseworkers=(a_caseworker(load_minutes=300),))
    assert [item.unlocked_by for item in rank_all(problem).unplaced] == [
        Unlock("use-room-above-target", {"caseworker": "w1", "more": 60})
    ] * 2


def weight(problem: Problem, requests: list[Request]) -> tuple[int, int]:
    """Return what it weighs when some requests wait: overdue, other."""
    prices = [(request.overdue, price_of_waiting(request, problem.policy)) for request in requests]
    return sum(price for late, price in prices if late), sum(price for late, price in prices if not late)


def is_true(problem: Problem, plan: Plan, item: Unplaced) -> bool:
    """Judge a reason by the specification alone."""
    request = problem.request(item.request)
    home = home_of(problem, request)
    together = [
        worker.key
        for worker in problem.caseworkers
        if stands(problem, {member.key: worker.key for member in home})
    ]
    alone = [worker for worker in problem.caseworkers if not barriers(request, worker, problem.policy)]
    match item.reason:
        case "displaced":
            leaving = {
                other.key
                for other in problem.requests
                if weight(problem, home_of(problem, other)) > weight(problem, home)
            }
            return bool(together) and fits_without(problem, plan, home, leaving)
        case "pinned-first":
            leaving = {placement.request for placement in plan.placed if placement.pinned}
            return bool(together) and fits_without(problem, plan, home, leaving)
        case "does-not-fit-beside" | "pace-taken":
            return bool(together) and not fits_without(problem, plan, home, set())
        case "household-together":
            return len(home) > 1 and not together and bool(alone)
        case "chosen-one-cannot":
            return request.only is not None and not alone
        case "search-ended":
            return False  # the ranking places whatever fits
    return not alone and every_left_one_has(problem, request, item.reason)


def fits_without(problem: Problem, plan: Plan, home: list[Request], leaving: set[str]) -> bool:
    """Say whether somebody could take some requests if others left the plan."""
    stay = {key: worker for key, worker in plan.assignments.items() if key not in leaving}
    return any(
        stands(problem, stay | {member.key: worker.key for member in home}) for worker in problem.caseworkers
    )


def every_left_one_has(problem: Problem, request: Request, reason: str) -> bool:
    """Say whether whoever has none of the barriers before a reason's own has that one."""
    own = next(code for code, name in REASONS.items() if name == reason)
    before = set(IN_ORDER[: IN_ORDER.index(own)])
    found = [{barrier.code for barrier in barriers(request, w, problem.policy)} for w in problem.caseworkers]
    left = [codes for codes in found if not codes & before]
    return all(own in codes for codes in left)


def test_every_reason_is_true_by_the_specification() -> None:
    seen = set()
    for seed, problem, plan, item in what_waits():
        assert is_true(problem, plan, item), (seed, item)
        seen.add(item.reason)
    assert seen >= {*REASONS.values(), "displaced", "household-together", "does-not-fit-beside", "pace-taken"}


def test_what_is_needed_is_always_more_than_the_largest_rest() -> None:
    counted = 0
    for seed, problem, _, item in what_waits():
        if "largest" in item.facts:
            counted += 1
            needed, largest = int(str(item.facts["needed"])), int(str(item.facts["largest"]))
            home = home_of(problem, problem.request(item.request))
            sums = {sum(effort_for(r, w, problem.policy) for r in home) for w in problem.caseworkers}
            assert largest < needed, (seed, item)
            assert needed in sums or item.reason.startswith("no-room"), (seed, item)
    assert counted > 100


def test_proposals_that_stay_put_are_named_when_they_alone_take_the_room() -> None:
    requests = (a_request("old", pinned_to="w1"), a_request("new", urgency=Urgency.CRISIS))
    problem = Problem(requests=requests, caseworkers=(a_caseworker(load_minutes=420, maximum_minutes=480),))
    (waits,) = rank_all(problem).unplaced
    assert (waits.request, waits.reason, waits.facts["pinned"]) == ("new", "pinned-first", 1)


def test_a_city_says_of_each_request_why_it_waits() -> None:
    problem = a_city(1, requests=250, caseworkers=60, ratio=1.3)
    plan = rank_all(problem)
    assert len(plan.unplaced) > 20
    assert all(is_true(problem, plan, item) for item in plan.unplaced)
