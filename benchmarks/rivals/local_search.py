"""Greedy with local search: place the heaviest first, then insert, shift, swap and push out until time is up."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.instances import Instance
from benchmarks.rivals.formulation import WAITS, Costs, Lists, Solution, Tell, lists_of, load_cost

SEED: Final = 0
SWAPS_A_JOB: Final = 20


@dataclass(slots=True)
class _State:
    """Where each job is, and what each agent has taken."""

    lists: Lists
    choice: list[int]
    minutes: list[int]
    ordinary: list[int]
    new: list[int]

    def put(self, job: int, arc: int, sign: int = 1) -> None:
        """Give a job to an arc's agent, or with sign -1 take it away."""
        lists, agent = self.lists, self.lists.agent[arc]
        self.minutes[agent] += sign * lists.effort[arc]
        self.ordinary[agent] += sign * lists.ordinary_effort[arc]
        self.new[agent] += sign * lists.count[job]
        self.choice[job] = arc if sign > 0 else WAITS

    def fits(self, job: int, arc: int) -> bool:
        """Return whether the arc's agent has room for the job."""
        lists, agent = self.lists, self.lists.agent[arc]
        ordinary = lists.ordinary_effort[arc]
        return (
            self.minutes[agent] + lists.effort[arc] <= lists.free[agent]
            and (not ordinary or self.ordinary[agent] + ordinary <= lists.ordinary_free[agent])
            and self.new[agent] + lists.count[job] <= lists.pace[agent]
        )

    def price(self, arc: int) -> int:
        """Return what taking the arc would add to the points."""
        lists, agent = self.lists, self.lists.agent[arc]
        steps, now = lists.steps[agent], self.minutes[agent]
        return lists.cost[arc] + load_cost(steps, now + lists.effort[arc]) - load_cost(steps, now)

    def cheapest(self, job: int) -> int:
        """Return the cheapest arc on which a job fits, or `WAITS`."""
        return min(
            (arc for arc in self.lists.arcs_of_job[job] if self.fits(job, arc)), key=self.price, default=WAITS
        )

    def weight(self, job: int) -> tuple[int, int]:
        """Return what it weighs when a job waits, by tier."""
        return self.lists.overdue[job], self.lists.other[job]


def solve(instance: Instance, seconds: float, threads: int, tell: Tell) -> Solution | None:
    """Return where the search stands when the time is up, or when no move helps; it claims no bounds."""
    del threads
    ends_at = time.monotonic() + seconds
    lists, rng = lists_of(instance), random.Random(SEED)
    agents = len(lists.free)
    state = _State(lists, [WAITS] * len(lists.arcs_of_job), [0] * agents, [0] * agents, [0] * agents)
    _insert(state)
    tell(_solution(state))
    while time.monotonic() < ends_at:
        moves = sum(_moves(state, rng, ends_at))
        tell(_solution(state))
        if not moves:
            break
    return _solution(state)


def _solution(state: _State) -> Solution:
    bounds: Costs = (0, 0, 0)
    return Solution(np.array(state.choice, dtype=np.int64), bounds)


def _moves(state: _State, rng: random.Random, ends_at: float) -> Iterator[int]:
    """Try every kind of move once for every job; yield how many moves of each kind helped."""
    jobs = list(range(len(state.choice)))
    rng.shuffle(jobs)
    yield _insert(state)
    for move in (_push_out, _shift):
        yield sum(move(state, job) for job in jobs if time.monotonic() < ends_at)
    yield sum(
        _swap(state, job, rng.choice(jobs))
        for job in jobs
        for _ in range(SWAPS_A_JOB)
        if time.monotonic() < ends_at
    )


def _insert(state: _State) -> int:
    """Place what waits, the heaviest first; return how many found a place."""
    placed = 0
    waiting = [job for job, arc in enumerate(state.choice) if arc == WAITS]
    for job in sorted(waiting, key=state.weight, reverse=True):
        arc = state.cheapest(job)
        if arc != WAITS:
            state.put(job, arc)
            placed += 1
    return placed


def _shift(state: _State, job: int) -> bool:
    """Move a job to a cheaper agent; return whether that was possible."""
    now = state.choice[job]
    if now == WAITS:
        return False
    state.put(job, now, -1)
    before, best = state.price(now), state.cheapest(job)
    better = best != WAITS and state.price(best) < before
    state.put(job, best if better else now)
    return better


def _swap(state: _State, first: int, second: int) -> bool:
    """Let two jobs change agents when that is cheaper; return whether they did."""
    one, other = state.choice[first], state.choice[second]
    if WAITS in (one, other) or state.lists.agent[one] == state.lists.agent[other]:
        return False
    new_one, new_other = _arc_to(state, first, other), _arc_to(state, second, one)
    if WAITS in (new_one, new_other):
        return False
    before = _take_both(state, (first, one), (second, other), -1)
    if not (state.fits(first, new_one) and state.fits(second, new_other)):
        _take_both(state, (first, one), (second, other), 1)
        return False
    after = _take_both(state, (first, new_one), (second, new_other), 1)
    if after < before:
        return True
    _take_both(state, (first, new_one), (second, new_other), -1)
    _take_both(state, (first, one), (second, other), 1)
    return False


def _take_both(state: _State, one: tuple[int, int], other: tuple[int, int], sign: int) -> int:
    """Put two jobs on their arcs, or take them away; return what they cost together."""
    total = 0
    for job, arc in (one, other):
        if sign < 0:
            state.put(job, arc, -1)
        total += state.price(arc)
        if sign > 0:
            state.put(job, arc)
    return total


def _arc_to(state: _State, job: int, like: int) -> int:
    """Return the job's arc to the agent of another arc, or `WAITS` when it has none."""
    agent = state.lists.agent[like]
    return next((arc for arc in state.lists.arcs_of_job[job] if state.lists.agent[arc] == agent), WAITS)


def _push_out(state: _State, job: int) -> bool:
    """Let a job that waits take the place of a lighter one; return whether it did."""
    if state.choice[job] != WAITS:
        return False
    weight = state.weight(job)
    for arc in state.lists.arcs_of_job[job]:
        for there in state.lists.arcs_of_agent[state.lists.agent[arc]]:
            lighter = state.lists.job[there]
            if state.choice[lighter] != there or state.weight(lighter) >= weight:
                continue
            state.put(lighter, there, -1)
            if state.fits(job, arc):
                state.put(job, arc)
                return True
            state.put(lighter, there)
    return False
