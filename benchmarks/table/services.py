"""The rows of what the service asks of the solver: recommendations, a day of them, timetables, arrays, a round."""

import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import solver
from benchmarks.cities import a_city
from benchmarks.comparing import median
from benchmarks.loops import model_by_loops
from benchmarks.runs import keep_to_cores
from benchmarks.table.rows import Options, Row, in_fresh_process, in_seconds, left_out
from solver.arrays import arrays_of

WARM_UP, ASKED, RANKED = 200, 2_000, 20
MINUTES_FREE_EACH = 300
MEAN_EFFORT_MINUTES = 128
TIMES = 5
TIMETABLE_SECONDS = 10.0
A_SECOND_EFFORT = 1_000.0


def recommendations(options: Options) -> list[Row]:
    """Measure who can take one request, with the reasons in words: median and 99th percentile."""
    targets = {60: 100, 500: 200, 10_000: 1_000}
    return [_recommendation_row(options, caseworkers, target) for caseworkers, target in targets.items()]


def _recommendation_row(options: Options, caseworkers: int, target: int) -> Row:
    figures = [in_fresh_process(time_recommendations, seed, caseworkers) for seed in options.seeds]
    p99 = max(one["p99"] for one in figures)
    return Row(
        name="recommend",
        what=f"recommendation with reasons, {caseworkers:,} caseworkers",
        target=f"p99 ≤ {target} µs",
        ours=f"p99 {p99:.0f} µs ({max(one['p99OnTheCore'] for one in figures):.0f} on the core), "
        f"median {median(one['median'] for one in figures):.0f} µs",
        rivals=f"ranking pair by pair {median(one['pairByPair'] for one in figures):.0f} µs",
        ratio=f"{median(one['pairByPair'] / one['median'] for one in figures):.0f} ×",
        checks={f"p99 ≤ {target} µs": p99 <= target},
        figures={"bySeed": figures},
    )


def time_recommendations(seed: int, caseworkers: int) -> dict[str, float]:
    """Return microseconds for a recommendation with its reasons, and for the ranking pair by pair."""
    keep_to_cores(1)
    count = WARM_UP + ASKED
    ratio = count * MEAN_EFFORT_MINUTES / (caseworkers * MINUTES_FREE_EACH)
    problem = a_city(seed, requests=count, caseworkers=caseworkers, ratio=ratio)
    few = replace(problem, requests=problem.requests[:RANKED])
    desk = solver.desk_of(problem)

    def answer(request: solver.Request) -> list[str]:
        options = solver.recommend(desk, request).options
        return [solver.reason_of(option, "nl", {}) for option in options]

    taken = [_microseconds(answer, request) for request in problem.requests][WARM_UP:]
    passed, worked = (sorted(one) for one in zip(*taken, strict=True))
    plain = sorted(_microseconds(lambda r: solver.rank(few, r.key), request)[0] for request in few.requests)
    return {
        "median": passed[ASKED // 2],
        "p99": passed[ASKED * 99 // 100],
        "p99OnTheCore": worked[ASKED * 99 // 100],
        "pairByPair": plain[RANKED // 2],
    }


def _microseconds(work: Callable[[solver.Request], object], request: solver.Request) -> tuple[float, float]:
    """Return the time that passed, and the part of it on the core: they differ when others work there too."""
    began, worked_before = time.perf_counter_ns(), time.thread_time_ns()
    work(request)
    worked = time.thread_time_ns() - worked_before
    return (time.perf_counter_ns() - began) / 1_000, worked / 1_000


def day(options: Options) -> list[Row]:
    """Measure a day whose requests are placed one by one, steered by the prices of the last plan."""
    what = "a day of recommendations, steered by prices"
    if find_spec("benchmarks.day") is None:
        return left_out("day", what, "benchmarks.day is not there")
    a_day = import_module("benchmarks.day").a_day
    figures = [in_fresh_process(a_day, seed) for seed in options.seeds]
    return [_day_row(what, figures)]


def _day_row(what: str, figures: list[Any]) -> Row:
    """Return the row of some days; each figure has the urgency-weighted unplaced of three ways."""
    ratios = [one.steered / max(1, one.reoptimised) for one in figures]
    plain = [one.greedy / max(1, one.reoptimised) for one in figures]
    return Row(
        name="day",
        what=f"{what} ({len(figures)} days)",
        target="urgency-weighted unplaced ≤ 1.2 × re-optimised",
        ours=f"{median(ratios):.2f} × (worst {max(ratios):.2f})",
        rivals=f"without prices {median(plain):.2f} × (worst {max(plain):.2f})",
        checks={"≤ 1.2 ×": max(ratios) <= 1.2},
        figures={"steered": ratios, "withoutPrices": plain},
    )


def timetables(options: Options) -> list[Row]:
    """Measure walk-in timetables of 6 locations, 5 days and 3 parts of a day, with 40 staff."""
    what = "timetable, 6 × 5 × 3 with 40 staff"
    if find_spec("benchmarks.timetables") is None:
        return left_out("timetable", what, "benchmarks.timetables is not there")
    seeds = options.seeds if not options.full else tuple(range(options.seeds[0], options.seeds[0] + 20))
    figures = [in_fresh_process(time_timetable, seed) for seed in seeds]
    seconds = [one["seconds"] for one in figures]
    proven = sum(one["optimal"] for one in figures)
    return [
        Row(
            name="timetable",
            what=f"{what} ({len(seeds)} seeds)",
            target="proven in 1 s on 20 seeds",
            ours=f"{proven} of {len(seeds)} proven, median {in_seconds(median(seconds))}, "
            f"worst {in_seconds(max(seconds))}",
            checks={
                "every timetable right": not any(one["violations"] for one in figures),
                "all proven": proven == len(seeds),
                "in 1 s": max(seconds) <= 1.0,
            },
            figures={"bySeed": figures},
        )
    ]


def time_timetable(seed: int) -> dict[str, Any]:
    """Return the seconds for one timetable, whether it was proven, and what it breaks; warmed up before."""
    make = import_module("benchmarks.timetables").a_timetable_problem
    timetable = import_module("solver.timetable")
    limits = solver.Limits(effort=TIMETABLE_SECONDS * A_SECOND_EFFORT, seconds=TIMETABLE_SECONDS)
    timetable.arrange(make(1), limits)
    problem = make(seed)
    began = time.perf_counter()
    found = timetable.arrange(problem, limits)
    return {
        "seed": seed,
        "seconds": time.perf_counter() - began,
        "optimal": found.optimal,
        "violations": len(timetable.broken_rules(problem, found.staffing)),
    }


def arrays(options: Options) -> list[Row]:
    """Measure the building of the arrays, beside plain loops, and its share of a whole run."""
    sizes = ((200, 60), (1_000, 120))
    return [_arrays_row(options, requests, caseworkers) for requests, caseworkers in sizes]


def _arrays_row(options: Options, requests: int, caseworkers: int) -> Row:
    figures = [in_fresh_process(time_arrays, seed, requests, caseworkers) for seed in options.seeds]
    ratio = median(one["loops"] / one["arrays"] for one in figures)
    share = max(one["arrays"] / one["run"] for one in figures)
    return Row(
        name="arrays",
        what=f"building the arrays, {requests} × {caseworkers}",
        target="≥ 5 × faster than Python loops, ≤ 10 % of the run",
        ours=f"{in_seconds(median(one['arrays'] for one in figures))}, {share:.1%} of the run at most",
        rivals=f"loops {in_seconds(median(one['loops'] for one in figures))}",
        ratio=f"{ratio:.1f} ×",
        checks={"≥ 5 × faster": ratio >= 5.0, "≤ 10 % of the run": share <= 0.10},
        figures={"bySeed": figures},
    )


def time_arrays(seed: int, requests: int, caseworkers: int) -> dict[str, float]:
    """Return the seconds for the arrays, for the same by loops (the best of some each), and for a whole run."""
    problem = a_city(seed, requests=requests, caseworkers=caseworkers)
    limits = solver.Limits(effort=10 * A_SECOND_EFFORT, seconds=10.0)
    solver.solve(a_city(seed, requests=20, caseworkers=10), limits)
    return {
        "arrays": min(_seconds(lambda: arrays_of(problem)) for _ in range(TIMES)),
        "loops": min(_seconds(lambda: model_by_loops(problem)) for _ in range(TIMES)),
        "run": _seconds(lambda: solver.solve(problem, limits)),
    }


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def demo_city(options: Options) -> list[Row]:
    """Measure the demo city's round, from its problem to a plan with all its words."""
    from benchmarks.city import round_problem, seeded_city  # the application is imported only for this row

    with seeded_city() as place:
        text = round_problem(place)
    one = in_fresh_process(time_round, text, options.threads)
    return [
        Row(
            name="demo-city",
            what=f"the demo city's round, {one['requests']} × {one['caseworkers']}",
            target="proven optimal within 2 s",
            ours=f"{'proven' if one['optimal'] else 'not proven'}, {in_seconds(one['seconds'])}",
            checks={
                "plan right": not one["violations"],
                "proven": one["optimal"],
                "within 2 s": one["seconds"] <= 2.0,
            },
            figures=one,
        )
    ]


def time_round(text: str, threads: int) -> dict[str, Any]:
    """Return the seconds for the plan of a stored problem, whether it is proven, and what it breaks."""
    keep_to_cores(threads)
    problem = solver.Problem.from_json(text)
    limits = solver.Limits(effort=30 * A_SECOND_EFFORT, seconds=30.0)
    solver.make_ready()
    solver.solve(a_city(1, requests=20, caseworkers=10), limits)
    began = time.perf_counter()
    plan = solver.solve(problem, limits)
    return {
        "requests": len(problem.requests),
        "caseworkers": len(problem.caseworkers),
        "seconds": time.perf_counter() - began,
        "optimal": plan.optimal,
        "tiers": [(tier.name, tier.cost, tier.bound) for tier in plan.tiers],
        "violations": len(solver.violations(problem, plan.assignments)),
    }
