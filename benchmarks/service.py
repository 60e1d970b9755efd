"""``python -m benchmarks service``: intake, recommendation, and a round of 250 × 60."""

import argparse
import os
import platform
from uuid import uuid4

from app.kit import clock, db
from app.kit.child_process import ChildProcess
from app.rounds import service as rounds
from app.rounds.rules import Trigger
from benchmarks.city import City, seeded_city, serving
from benchmarks.load import Target, compare

INTAKE = {
    "topic": "finances",
    "otherTopics": ["housing"],
    "urgency": "normal",
    "weight": "medium",
    "adult": True,
    "district": "NIE",
    "channel": "phone",
    "languages": {"preferred": ["ar"]},
    "summary": "Invented by the benchmark: letters about rent arrears.",
    "contact": {"number": "invented", "when": "mornings", "safeToCall": True, "voicemailAllowed": False},
}
NEEDS = {"topic": "finances", "urgency": "normal", "weight": "medium", "district": "NIE"}
INTAKE_TARGET, RECOMMENDATION_TARGET = 0.5, 0.25
OUTSIDE_SOLVER_TARGET_MS = 500


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--blocks", type=int, default=5, help="pairs of two-second blocks a route")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of 250 × 60, each in a fresh city")


def command(given: argparse.Namespace) -> int:
    """Run the benchmarks and print a Markdown table; figures only, no verdict stops the run."""
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} processors\n")
    print("| what | ours | beside it | ratio (least – most) | target | met |")
    print("|---|---|---|---|---|---|")
    for _ in range(given.rounds):
        with seeded_city() as city:
            print(*time_rounds(city, times=1), sep="\n", flush=True)
    with seeded_city() as city:
        print(*compare_routes(city, blocks=given.blocks), sep="\n", flush=True)
    return 0


def compare_routes(city: City, *, blocks: int) -> list[str]:
    """Return the rows of intake and recommendation, each beside its bare route, over eight connections."""
    with serving(city, bare=False) as our_port, serving(city, bare=True) as bare_port:
        intake, operator = (_bearer(city.keys[name]) for name in ("intake", "operator"))
        received = compare(
            Target(our_port, "POST", "/v1/help-requests", intake, _intake, 201),
            Target(bare_port, "POST", "/rows", intake, _intake, 201),
            blocks=blocks,
        )
        recommended = compare(
            Target(our_port, "POST", "/v1/recommendations", operator, lambda: NEEDS, 200),
            Target(bare_port, "GET", "/caseworkers", operator, None, 200),
            blocks=blocks,
        )
    return [
        received.line("intake, beside a route that inserts one row", INTAKE_TARGET),
        recommended.line("recommendation over 60, beside a route that reads 60 rows", RECOMMENDATION_TARGET),
    ]


def time_rounds(city: City, *, times: int) -> list[str]:
    """Return the rows of rounds over everything that waits: what is spent outside the solver, and the proof."""
    child = ChildProcess(rounds.FIRST_WORK)
    function, *arguments = rounds.FIRST_WORK
    child.run(function, *arguments, seconds=60.0)  # warm, as a worker's is: its imports are behind it
    try:
        return [_time_round(city, child, number) for number in range(1, times + 1)]
    finally:
        child.close()


def _time_round(city: City, child: ChildProcess, number: int) -> str:
    with db.transaction() as session:
        round_id = rounds.request_round(session, Trigger.DEMAND, actor=None, now=clock.now()).id
    rounds.run(round_id, child=child, seconds=city.settings.round_seconds, moment=clock.now)
    with db.transaction() as session:
        done = rounds.get_round(session, round_id)
    assert done.milliseconds is not None
    assert done.solver_milliseconds is not None
    outside = done.milliseconds - done.solver_milliseconds
    met = "yes" if outside <= OUTSIDE_SOLVER_TARGET_MS and done.optimal else "NO"
    return (
        f"| round {number} of {done.request_count} requests, {done.placed_count} placed | {outside} ms outside "
        f"| {done.solver_milliseconds} ms in the solver | {'proven optimal' if done.optimal else 'not proven'} "
        f"| ≤ {OUTSIDE_SOLVER_TARGET_MS} ms, proven | {met} |"
    )


def _intake() -> dict[str, object]:
    return {**INTAKE, "externalReference": str(uuid4())}


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
