"""Seeded weeks of walk-in hours: six locations, five days of three parts, forty people."""

import random
from typing import Final

from solver.timetable import Host, Slot, TimetableProblem, Walkin

LOCATIONS: Final = ("CEW", "GRO", "NIE", "NOR", "OOS", "ZUI")


def a_timetable_problem(
    seed: int, *, hosts: int = 40, days: int = 5, parts: int = 3, locations: tuple[str, ...] = LOCATIONS
) -> TimetableProblem:
    """Return a week in which not everything fits: expertise and shifts are scarce.

    Each location wants three to six walk-ins with two people, one of whom knows about money. Last week's
    timetable had other people and other hours, so that keeping it is a wish and not a way out.
    """
    rng = random.Random(seed)
    slots = [Slot(day, part) for day in range(days) for part in range(parts)]
    people = tuple(_host(rng, f"h{i:02}", slots, locations) for i in range(hosts))
    return TimetableProblem(
        openings={location: rng.randint(3, 6) for location in locations},
        hosts=people,
        days=days,
        parts=parts,
        topics=frozenset({"finances"}),
        previous=_previous(rng, people, slots, locations),
    )


def _host(rng: random.Random, key: str, slots: list[Slot], locations: tuple[str, ...]) -> Host:
    """Return somebody who is free about half of their parts of the week, at one to three locations."""
    return Host(
        key=key,
        locations=frozenset(rng.sample(locations, rng.choice((1, 2, 2, 3)))),
        topics=frozenset({"finances"}) if rng.random() < 0.35 else frozenset(),
        free=frozenset(slot for slot in slots if rng.random() < 0.45),
        most_shifts=rng.choice((1, 2, 2, 3)),
    )


def _previous(
    rng: random.Random, people: tuple[Host, ...], slots: list[Slot], locations: tuple[str, ...]
) -> dict[Walkin, frozenset[str]]:
    found = {}
    for location in locations:
        for slot in rng.sample(slots, 3):
            here = [host.key for host in people if location in host.locations]
            found[Walkin(location, slot)] = frozenset(rng.sample(here, min(2, len(here))))
    return found
