"""What a solver's process does before its first question: solve an invented city that takes every way.

The machine code of the solver's loops is made when a loop first runs, for about 20 s in all; it is kept on
disk, and each process loads it when a loop first runs. All of that belongs before a question, not within one.
"""

from typing import Final

import solver

EFFORT: Final = 1.0
"""Enough to come to search, prices and proof in both parts."""
EFFORTS: Final = (45, 60, 75, 90, 120, 150, 200, 260)
"""Minutes a week. Different ones: equal efforts have a route of their own, without machine code."""
SIZES: Final = {"few": (60, 15, 620), "many": (112, 8, 2000)}
"""Requests, caseworkers and their room in minutes a week: a part where each takes few, and one where each
takes many. The solver searches them in different ways. They share nobody, so that each is solved apart."""


def warm_up() -> None:
    """Make or load the machine code of all that a round needs; some 20 s once, then about a second."""
    solver.make_ready()
    solver.solve(a_telling_city(), solver.Limits(effort=EFFORT))


def a_telling_city() -> solver.Problem:
    """Return an invented city with just enough room, in two parts that share no caseworker."""
    return solver.Problem(
        requests=tuple(_request(topic, number) for topic, size in SIZES.items() for number in range(size[0])),
        caseworkers=tuple(
            _caseworker(topic, number) for topic, size in SIZES.items() for number in range(size[1])
        ),
    )


def _request(topic: str, number: int) -> solver.Request:
    return solver.Request(
        key=f"{topic}-{number:02}",
        topic=topic,
        required_level=1,
        effort_minutes=EFFORTS[number * 5 % len(EFFORTS)],
        overdue=number % 7 == 0,
        waiting_days=number * 11 % 29,
        district=f"district-{number % 3}",
    )


def _caseworker(topic: str, number: int) -> solver.Caseworker:
    _, _, room = SIZES[topic]
    return solver.Caseworker(
        key=f"{topic}-{number:02}",
        location=f"district-{number % 3}",
        levels={topic: number % 3 + 1},
        target_minutes=room - 60 + 15 * (number % 4),
        maximum_minutes=room + 30 * (number % 4),
    )
