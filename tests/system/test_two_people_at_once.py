"""Two people at once: four processes, each with the whole application, act at the same instant.

That each race is a real one was shown by taking its lock away: without the lock on the caseworker's row
the load passes the maximum. Tests with two connections, in the domains' folders, show the same without
depending on speed.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, insert, inspect, select, text
from sqlalchemy.orm import Session

from app.assignments import queries as assignments
from app.assignments.models import Assignment
from app.caseworkers.models import Caseworker
from app.help_requests.models import Exclusion, HelpRequest
from app.identity import service as identity
from app.identity.rules import Role
from app.kit import db
from app.kit.audit import AuditLine
from app.kit.db import Base, new_id
from app.kit.events import EventRow
from app.rounds.models import Proposal
from tests.builders import NOW, a_caseworker, a_help_request, an_assignment, an_opening_load
from tests.rounds.builders import a_proposal
from tests.system.processes import PROCESSES, SOAK, Answer, Call, Callers, callers, overlapping

pytestmark = pytest.mark.committed

ROUNDS = 2_000 if SOAK else 100
FEWER_ROUNDS = ROUNDS // 10
"""Of the races that come on top of what the rules name."""
EFFORT_MINUTES = 120
READ = {"If-Match": '"1"'}
ANY_VERSION = {"If-Match": "*"}
LONG = {"startsOn": str(NOW.date()), "endsOn": str(NOW.date() + timedelta(days=300))}
SAME_AT_ONCE = 8
SEED = 4
Row = TypeVar("Row", bound=Base)


@pytest.fixture(scope="module")
def four() -> Iterator[Callers]:
    with callers() as started:
        yield started


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def leads(session: Session) -> list[str]:
    """The keys of four team leads, one for each process."""
    return [
        identity.create_client(session, f"lead {number}", Role.TEAM_LEAD, now=NOW) for number in range(PROCESSES)
    ]


def copies(session: Session, row: Row, count: int, **of_each: Sequence[Any]) -> list[Row]:
    """Add so many copies of a new row, in one statement; they differ in their ids and in what is given.

    The row itself was made by a builder. It stays, too, as noise.
    """
    columns = [column.key for column in inspect(type(row)).columns]
    values = {key: getattr(row, key) for key in columns}
    rows = [
        values | {"id": new_id()} | {name: given[place] for name, given in of_each.items()}
        for place in range(count)
    ]
    session.execute(insert(type(row)), rows)
    return [type(row)(**values) for values in rows]


def caseworkers(session: Session, count: int, **given: Any) -> list[Caseworker]:
    codes = [f"MANY-{number}" for number in range(count)]
    return copies(session, a_caseworker(session, **given), count, code=codes)


def busy_caseworkers(session: Session, rooms: Sequence[tuple[int, int]]) -> list[Caseworker]:
    """For each pair: a caseworker with room for so many requests, and minutes too few for another."""
    found = caseworkers(session, len(rooms), target_minutes=600, maximum_minutes=600, new_per_week=20)
    loads = [600 - places * EFFORT_MINUTES - spare_minutes for places, spare_minutes in rooms]
    ids = [caseworker.id for caseworker in found]
    first = an_opening_load(session, a_caseworker(session), 60)
    copies(session, first, len(rooms), caseworker_id=ids, effort_minutes=loads)
    return found


def requests(session: Session, count: int) -> list[HelpRequest]:
    references = [f"MANY-{number}" for number in range(count)]
    return copies(session, a_help_request(session), count, reference=references)


def proposals(session: Session, workers: Sequence[Caseworker]) -> list[Proposal]:
    """For each of these caseworkers an open proposal for a new request of two hours a week."""
    asked = [request.id for request in requests(session, len(workers))]
    ids = [worker.id for worker in workers]
    return copies(session, a_proposal(session), len(workers), help_request_id=asked, caseworker_id=ids)


def in_rounds(rows: Sequence[Row], size: int) -> list[Sequence[Row]]:
    return [rows[place : place + size] for place in range(0, len(rows), size)]


def accept(proposal: Proposal, key: str, **how: Any) -> Call:
    path = f"/v1/proposals/{proposal.id}/decisions"
    return Call("POST", path, key, {"decision": "accept"}, headers=READ, **how)


def assign(request: HelpRequest, caseworker: Caseworker, key: str) -> Call:
    body = {"helpRequestId": str(request.id), "caseworkerId": str(caseworker.id), "reason": "crisis"}
    return Call("POST", "/v1/assignments", key, body)


def reject(proposal: Proposal, key: str, **how: Any) -> Call:
    path = f"/v1/proposals/{proposal.id}/decisions"
    body = {"decision": "reject", "reason": "not-this-caseworker"}
    return Call("POST", path, key, body, headers=READ, **how)


def accept_all(proposals: Sequence[Proposal], key: str) -> Call:
    items = [{"proposalId": str(item.id), "decision": "accept", "etag": '"1"'} for item in proposals]
    return Call("POST", "/v1/decisions", key, {"items": items})


def assign_again(taken: Assignment, key: str, **how: Any) -> Call:
    body = {
        "helpRequestId": str(taken.help_request_id),
        "caseworkerId": str(taken.caseworker_id),
        "reason": "crisis",
    }
    return Call("POST", "/v1/assignments", key, body, **how)


def intake(number: int) -> dict[str, Any]:
    return {"topic": "finances", "adult": True, "externalReference": f"intake {number}"}


def hold(request: HelpRequest, caseworker: Caseworker, key: str) -> Call:
    body = {"helpRequestId": str(request.id), "caseworkerId": str(caseworker.id)}
    return Call("POST", "/v1/holds", key, body)


def leave(proposal: Proposal, key: str, **how: Any) -> Call:
    """The caseworker proposed will not be there."""
    return Call("POST", f"/v1/caseworkers/{proposal.caseworker_id}/absences", key, LONG, **how)


def exclude(proposal: Proposal, key: str, **how: Any) -> Call:
    """The resident asks not to be helped by the caseworker proposed."""
    body = {"excludedCaseworkerIds": [str(proposal.caseworker_id)]}
    return Call("PATCH", f"/v1/help-requests/{proposal.help_request_id}", key, body, headers=ANY_VERSION, **how)


def outcomes(answers: list[Answer]) -> Counter[tuple[int, str]]:
    return Counter((answer.status, answer.problem) for answer in answers)


def loads_of(session: Session, workers: Sequence[Caseworker]) -> list[int]:
    found = assignments.loads(session, [worker.id for worker in workers], NOW)
    return [found[worker.id] for worker in workers]


def first_events(session: Session, kind: str) -> dict[UUID, int]:
    """The place among all events of the first one of a kind, by subject."""
    firsts = select(EventRow.subject_id, func.min(EventRow.id)).where(EventRow.type == kind)
    return {key: first for key, first in session.execute(firsts.group_by(EventRow.subject_id))}  # noqa: C416 (rows)


def test_proposals_for_the_last_minutes_have_exactly_as_many_winners_as_fit(engine: Engine, four: Callers) -> None:
    chance = random.Random(SEED)
    with db.transaction() as session:
        keys = leads(session)
        rooms = [(chance.randrange(PROCESSES), chance.randrange(EFFORT_MINUTES)) for _ in range(ROUNDS)]
        workers = busy_caseworkers(session, rooms)
        competing = in_rounds(proposals(session, [worker for worker in workers for _ in keys]), PROCESSES)
        rounds = [[accept(*pair) for pair in zip(found, keys, strict=True)] for found in competing]

    heard = four.race(url_of(engine), rounds)

    for (places, _), answers in zip(rooms, heard, strict=True):
        assert outcomes(answers) == Counter({(201, ""): places, (409, "no-capacity"): PROCESSES - places})
    with db.transaction() as session:
        assert loads_of(session, workers) == [600 - spare_minutes for _, spare_minutes in rooms]
        assert not session.scalars(select(Assignment).where(Assignment.over_maximum)).all()
    assert overlapping(heard) > 0


def test_assignments_and_holds_for_the_same_minutes_never_pass_the_maximum(engine: Engine, four: Callers) -> None:
    with db.transaction() as session:
        keys = leads(session)
        workers = busy_caseworkers(session, [(2, 100)] * FEWER_ROUNDS)
        competing = in_rounds(requests(session, PROCESSES * FEWER_ROUNDS), PROCESSES)
        rounds = [
            [(assign, hold)[place % 2](found[place], worker, key) for place, key in enumerate(keys)]
            for found, worker in zip(competing, workers, strict=True)
        ]

    heard = four.race(url_of(engine), rounds)

    for answers in heard:
        assert outcomes(answers) == Counter({(201, ""): 2, (409, "no-capacity"): 2})
    with db.transaction() as session:
        assert loads_of(session, workers) == [500] * FEWER_ROUNDS
    assert overlapping(heard) > 0


def test_the_same_proposal_accepted_twice_gives_one_assignment(engine: Engine, four: Callers) -> None:
    with db.transaction() as session:
        keys = leads(session)
        worker = a_caseworker(session, maximum_minutes=10_000_000, new_per_week=1_000_000)
        pairs = in_rounds(proposals(session, [worker] * ROUNDS), 2)
        rounds = [[accept(pair[place // 2], key) for place, key in enumerate(keys)] for pair in pairs]

    heard = four.race(url_of(engine), rounds)

    for answers in heard:
        for twice in (answers[:2], answers[2:]):
            assert outcomes(twice) == Counter({(201, ""): 1, (409, "already-decided"): 1})
    with db.transaction() as session:
        taken = Counter(row.help_request_id for row in session.scalars(select(Assignment)))
    assert taken == Counter(proposal.help_request_id for pair in pairs for proposal in pair)
    assert overlapping([answers[:2] for answers in heard]) > 0


def test_an_absence_or_exclusion_during_an_acceptance_comes_after_it_or_prevents_it(
    engine: Engine, four: Callers
) -> None:
    chance = random.Random(SEED)
    with db.transaction() as session:
        keys = leads(session)
        pairs = in_rounds(proposals(session, caseworkers(session, ROUNDS)), 2)
        rounds = [
            [
                accept(leaves, keys[0], late=chance.uniform(0, 1)),
                leave(leaves, keys[1], late=chance.uniform(0, 1)),
                accept(excluded, keys[2], late=chance.uniform(0, 1)),
                exclude(excluded, keys[3], late=chance.uniform(0, 1)),
            ]
            for leaves, excluded in pairs
        ]

    heard = four.race(url_of(engine), rounds)

    orders: Counter[tuple[str, int]] = Counter()
    with db.transaction() as session:
        started = first_events(session, "assignment.started")
        away = first_events(session, "absence.added")
        barred = first_events(session, "help-request.caseworker-excluded")
    for (leaves, excluded), (first, absence, second, exclusion) in zip(pairs, heard, strict=True):
        assert (absence.status, exclusion.status) == (201, 200)
        check_order(first, started.get(leaves.help_request_id), away[leaves.caseworker_id])
        check_order(second, started.get(excluded.help_request_id), barred[excluded.help_request_id])
        orders.update([("absence", first.status), ("exclusion", second.status)])
    both_orders = {(kind, status) for kind in ("absence", "exclusion") for status in (201, 409)}
    assert set(orders) == both_orders
    assert overlapping([answers[:2] for answers in heard]) > 0


def check_order(acceptance: Answer, started: int | None, other_event: int) -> None:
    """What came first holds: an acceptance before it, or none at all."""
    if acceptance.status == 201:
        assert started is not None
        assert started < other_event
    else:
        assert (acceptance.status, acceptance.problem, started) == (409, "not-eligible", None)


def test_a_rejection_or_a_return_at_the_same_moment_keeps_the_caseworker_away(
    engine: Engine, four: Callers
) -> None:
    chance = random.Random(SEED)
    with db.transaction() as session:
        keys = leads(session)
        pairs = [(a_proposal(session), an_assignment(session, a_caseworker(session))) for _ in range(FEWER_ROUNDS)]
        rounds = [
            [
                accept(proposal, keys[0], late=chance.uniform(0, 1)),
                reject(proposal, keys[1], late=chance.uniform(0, 1)),
                Call("POST", f"/v1/assignments/{taken.id}/returns", keys[2], late=chance.uniform(0, 1)),
                assign_again(taken, keys[3], late=chance.uniform(0, 1)),
            ]
            for proposal, taken in pairs
        ]

    heard = four.race(url_of(engine), rounds)

    for accepted, rejected, returned, again in heard:
        assert outcomes([accepted, rejected]) == Counter({(201, ""): 1, (409, "already-decided"): 1})
        assert (returned.status, again.status) == (201, 409)
        assert again.problem in ("wrong-status", "not-eligible")
    with db.transaction() as session:
        taken = {
            row.help_request_id for row in session.scalars(select(Assignment).where(Assignment.ended_at.is_(None)))
        }
        kept_away = {row.help_request_id for row in session.scalars(select(Exclusion))}
    assert taken == {
        pair[0].help_request_id for pair, answers in zip(pairs, heard, strict=True) if answers[0].status == 201
    }
    assert kept_away == {pair[0].help_request_id for pair in pairs} - taken | {
        pair[1].help_request_id for pair in pairs
    }
    assert overlapping([answers[:2] for answers in heard]) > 0


def test_two_batches_that_name_the_same_proposals_in_another_order_both_get_through(
    engine: Engine, four: Callers
) -> None:
    with db.transaction() as session:
        keys = leads(session)
        batches = in_rounds([a_proposal(session) for _ in range(2 * FEWER_ROUNDS)], 2)
        rounds = [
            [accept_all(batch[:: 1 if place % 2 else -1], key) for place, key in enumerate(keys)]
            for batch in batches
        ]

    heard = four.race(url_of(engine), rounds)

    for batch, answers in zip(batches, heard, strict=True):
        assert {answer.status for answer in answers} == {200}
        given = Counter(
            (item["proposalId"], item["status"]) for answer in answers for item in answer.body["items"]
        )
        ids = [str(proposal.id) for proposal in batch]
        expected = {(key, 201): 1 for key in ids} | {(key, 409): PROCESSES - 1 for key in ids}
        assert given == Counter(expected)
    assert overlapping(heard) > 0


def test_the_same_intake_sent_eight_times_at_once_is_taken_in_once(engine: Engine, four: Callers) -> None:
    with db.transaction() as session:
        key = identity.create_client(session, "intake desk", Role.INTAKE, now=NOW)
    rounds = [
        [
            Call("POST", "/v1/help-requests", key, intake(number), headers={"Idempotency-Key": f"key {number}"})
            for _ in range(SAME_AT_ONCE)
        ]
        for number in range(ROUNDS)
    ]

    heard = four.race(url_of(engine), rounds)

    for answers in heard:
        assert {answer.status for answer in answers} == {201}
        assert len({answer.body["id"] for answer in answers}) == 1
    made = Counter(answers[0].body["id"] for answers in heard)
    assert set(made.values()) == {1}
    with db.transaction() as session:
        stored = Counter(str(key) for key in session.scalars(select(HelpRequest.id)))
        told = Counter(
            str(key)
            for key in session.scalars(select(EventRow.subject_id).where(EventRow.subject_type == "help-request"))
        )
        audited = Counter(
            str(key) for key in session.scalars(select(AuditLine.object_id).where(AuditLine.action == "receive"))
        )
        jobs = session.scalar(
            text('SELECT count(*) FROM procrastinate_jobs WHERE args @> \'{"trigger": "intake"}\'')
        )
    assert stored == told == audited == made
    assert jobs == ROUNDS
    assert overlapping(heard) > 0
