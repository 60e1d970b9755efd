"""What tests of rounds share: one warm child for all, and running a round to its end."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from app.kit import clock, db
from app.kit.child_process import ChildProcess
from app.rounds import service
from app.rounds.models import Round
from app.rounds.rules import Trigger
from app.rounds.service import FIRST_WORK

SECONDS = 30.0

RunRound = Callable[..., Round]


@pytest.fixture(scope="session")
def child() -> Iterator[ChildProcess]:
    child = ChildProcess(FIRST_WORK)
    child.warm_up()
    yield child
    child.close()


@pytest.fixture
def run_round(child: ChildProcess) -> RunRound:
    """Return a function that runs a round for a reason and returns its row."""

    def run(trigger: Trigger = Trigger.INTAKE) -> Round:
        with db.transaction() as session:
            round_id: UUID = service.request_round(session, trigger, actor=None, now=clock.now()).id
        service.run(round_id, child=child, seconds=SECONDS)
        with db.transaction() as session:
            return service.get_round(session, round_id)

    return run
