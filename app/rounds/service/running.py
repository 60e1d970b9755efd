"""One round from beginning to end: read, solve in a process of its own, store."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import solver
from app.kit import clock, db
from app.kit.child_process import ChildProcess
from app.kit.logs import log
from app.rounds.queries import rounds as queries
from app.rounds.rules import RoundState
from app.rounds.service import solving
from app.rounds.service.solving import Solved, limits_of
from app.rounds.service.starting import Started, begin, fail, read
from app.rounds.service.storing import store


def run(
    round_id: UUID, *, child: ChildProcess, seconds: float, moment: Callable[[], datetime] = clock.now
) -> None:
    """Run one queued round: what waits is read, solved and stored; no transaction is open while it solves.

    Call it with the lock that keeps rounds apart. Of a solver that fails or must be killed, the best plan
    so far is stored, and the round says that a replay may differ; without one, or when it lies, it is
    replaced by the ranking, and the round says so.

    Parameters
    ----------
    child
        The process that solves.
    seconds
        Wall-clock limit of the solver; its child is killed a second later.
    moment
        Tells the time, twice: when the round starts, and when it is stored.

    Raises
    ------
    Exception
        Whatever makes a round impossible, after its row was marked as failed with the reason.
    """
    began = time.perf_counter()
    with _failing_is_told(round_id, moment):
        started = start(round_id, limits=limits_of(seconds), now=moment())
        if started is None:
            return
        solved = solve(started, child, seconds)
        with db.transaction() as session:
            row = store(session, started, solved, now=moment())
            if row is not None:
                row.milliseconds = round((time.perf_counter() - began) * 1000)
                log.info("round done", round_id=str(round_id), milliseconds=row.milliseconds)


def start(round_id: UUID, *, limits: solver.Limits, now: datetime) -> Started | None:
    """Mark a round as running, and return what it has to decide on; None when it has been done already.

    In two transactions: the first waits for whoever asked for the round, the second then sees all that
    they wrote, and everything as of one moment.
    """
    with db.transaction() as session:
        if not begin(session, round_id, limits=limits, now=now):
            return None
    with db.one_moment() as session:
        return read(session, round_id, now=now)


def solve(started: Started, child: ChildProcess, seconds: float) -> Solved:
    """Return the solver's plan when it comes in time and breaks no rule, else the best there is."""
    return solving.solve(child, started.problem, seconds, about={"round_id": str(started.round_id)})


@contextmanager
def _failing_is_told(round_id: UUID, moment: Callable[[], datetime]) -> Iterator[None]:
    """Mark a round that can't be run as failed, and let the error go on."""
    try:
        yield
    except Exception as error:
        with db.transaction() as session:
            row = queries.lock(session, round_id)
            if row.state in (RoundState.QUEUED, RoundState.RUNNING):
                fail(row, f"It could not be run: {type(error).__name__}.", moment())
        raise
