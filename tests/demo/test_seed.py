"""The invented city: repeatable, lawful, and as consistent as if the services had written it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.assignments import queries as assignments
from app.assignments import snapshot
from app.assignments.models import Assignment, AssignmentPhase
from app.assignments.rules import Kind
from app.caseworkers.models import Caseworker
from app.demo.seed import SeedResult, seed
from app.help_requests import queries as help_requests
from app.help_requests.models import Clock, HelpRequest, PrivatePart
from app.help_requests.rules import Status, Urgency, as_reference, is_overdue
from app.help_requests.service import private
from app.identity import service as identity
from app.identity.models import Client
from app.kit import clock, crypto, db
from app.kit.audit import AuditLine
from app.kit.db import Base
from app.kit.errors import WrongStatus
from app.kit.events import EventRow
from app.policy import service as policies
from app.policy.rules import level_of
from tests.builders import NOW, a_caseworker
from tests.conftest import SETTINGS, Server, _database

UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NINE_DIGITS = re.compile(r"(?<!\d)\d{9}(?!\d)")
NOT_REPEATED = frozenset({"sealed", "key_hash", "transaction_id"})
BY_ITS_NUMBER = frozenset({"events", "audit_lines"})


def quiet(what: str, done: int, total: int) -> None:
    """Take progress, and say nothing."""


def a_small_city(folder: Path, **given: int) -> SeedResult:
    """Seed twelve caseworkers and thirty requests that wait."""
    return seed(folder, **({"caseworkers": 12, "requests": 30} | given), now=NOW, progress=quiet)


@contextmanager
def a_seeded_database(server: Server, folder: Path) -> Iterator[Engine]:
    """Make a database and seed it; its clients' keys are in the folder."""
    crypto.use_key(b"a key of the tests, of 32 bytes!")
    clock.use_zone(SETTINGS.time_zone)
    with _database(server) as url:
        engine = db.engine_for(url, connections=4)
        db.bind(engine)
        a_small_city(folder)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def city(server: Server, folder: Path) -> Iterator[Engine]:
    with a_seeded_database(server, folder) as engine:
        yield engine


@pytest.fixture
def seeded(city: Engine) -> Iterator[Session]:
    db.bind(city)
    with Session(city) as session:
        yield session


def everything(session: Session) -> dict[str, list[str]]:
    """Return every row of every table as text; clients by name, as their identifiers are made anew."""
    names = {str(key): name for key, name in session.execute(select(Client.id, Client.name))}
    found = {}
    for table in Base.metadata.sorted_tables:
        left_out = NOT_REPEATED | ({"id"} if table.name in BY_ITS_NUMBER else set())
        columns = [column for column in table.columns if column.name not in left_out]
        rows = (" | ".join(map(str, row)) for row in session.execute(select(*columns)))
        found[table.name] = sorted(UUID_TEXT.sub(lambda m: names.get(m[0], m[0]), row) for row in rows)
    return found


def summaries(session: Session) -> list[str]:
    """Return every private part as text, in the clear."""
    rows = session.scalars(select(PrivatePart)).all()
    return sorted(str(private.opened(session, row.help_request_id)) for row in rows)


def test_the_same_number_gives_the_same_city(seeded: Session, server: Server, tmp_path: Path) -> None:
    with a_seeded_database(server, tmp_path) as again, Session(again) as other:
        assert everything(other) == everything(seeded)
        assert summaries(other) == summaries(seeded)


def test_seeding_twice_says_so_and_changes_nothing(seeded: Session, folder: Path) -> None:
    before, said = everything(seeded), []
    seeded.rollback()

    again = seed(folder, now=NOW, progress=lambda what, *_: said.append(what))

    assert again.created is False
    assert said == ["The demo was seeded already; nothing is changed"]
    assert again.keys == json.loads((folder / "demo-keys.json").read_text())
    assert everything(seeded) == before


def test_keys_of_another_database_are_not_shown(seeded: Session, tmp_path: Path) -> None:
    (tmp_path / "demo-keys.json").write_text('{"intake": "sb_of-another-database"}')

    assert a_small_city(tmp_path).keys == {}
    assert a_small_city(tmp_path / "gone").keys == {}


def test_a_database_with_other_data_is_refused(session: Session, tmp_path: Path) -> None:
    a_caseworker(session)

    with pytest.raises(WrongStatus, match="1 caseworkers"):
        a_small_city(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_every_role_gets_a_key_that_only_the_owner_can_read(seeded: Session, folder: Path) -> None:
    file = folder / "demo-keys.json"
    keys: dict[str, str] = json.loads(file.read_text())

    actors = {name: identity.authenticate(seeded, key, origin="test", now=NOW) for name, key in keys.items()}

    assert S_IMODE(file.stat().st_mode) == 0o600
    assert Counter(actor.role for actor in actors.values()) == {
        "intake": 1,
        "operator": 1,
        "admin": 1,
        "caseworker": 1,
        "team_lead": 7,
    }
    assert actors["team-lead"].locations is None
    assert actors["team-lead-GRO"].locations == frozenset({"GRO"})
    assert actors["caseworker-CEW-01"].caseworker_id is not None


def test_nobody_is_above_their_maximum_and_there_is_about_as_much_room_as_work(seeded: Session) -> None:
    workers = seeded.scalars(select(Caseworker)).all()
    loads = assignments.loads(seeded, [worker.id for worker in workers], NOW)
    policy = policies.in_force(seeded, NOW.date())

    problem = snapshot.problem_of(seeded, help_requests.waiting(seeded), now=NOW, policy=policy)

    assert len(workers) == 12
    assert all(0 < loads[worker.id] <= worker.maximum_minutes for worker in workers)
    demand = sum(request.effort_minutes for request in problem.requests)
    supply = sum(max(0, worker.target_minutes - loads[worker.id]) for worker in workers)
    assert 0.6 < demand / supply < 1.4


def test_an_assigned_request_has_one_lead_who_may_take_it_and_others_have_none(seeded: Session) -> None:
    document = policies.in_force(seeded, NOW.date()).document
    running = select(Assignment, Caseworker).join(Caseworker).where(Assignment.ended_at.is_(None))
    leads = {place.help_request_id: (place, worker) for place, worker in seeded.execute(running)}
    assigned = seeded.scalars(select(HelpRequest).where(HelpRequest.status == Status.ASSIGNED)).all()

    assert len(assigned) > 30
    assert leads.keys() == {request.id for request in assigned}
    for request in assigned:
        place, worker = leads[request.id]
        levels = worker.levels.values() if request.topic == "unclear" else [worker.levels.get(request.topic, 0)]
        assert place.kind is Kind.LEAD
        assert max(levels) >= level_of(document, request.topic, request.weight)
        assert set(request.required_attributes) <= set(worker.attributes)


def test_an_assignment_stands_as_its_last_phase_says(seeded: Session) -> None:
    rows = seeded.execute(
        select(Assignment, AssignmentPhase).join(AssignmentPhase, AssignmentPhase.assignment_id == Assignment.id)
    ).all()
    last = {place.id: (place, phase) for place, phase in sorted(rows, key=lambda row: row[1].started_at)}

    assert len(last) == seeded.scalar(select(func.count()).select_from(Assignment))
    for place, phase in last.values():
        assert (place.phase, place.effort_minutes, place.ended_at) == (
            phase.phase,
            phase.effort_minutes,
            phase.ended_at,
        )


@pytest.mark.parametrize(("model", "subject"), [(EventRow, EventRow.subject_id), (AuditLine, AuditLine.object_id)])
def test_histories_are_numbered_without_gaps_in_the_order_in_which_things_happened(
    seeded: Session, model: type[EventRow] | type[AuditLine], subject: Any
) -> None:
    histories: dict[object, list[Any]] = {}
    for key, *of in seeded.execute(select(subject, model.sequence, model.at, model.id).order_by(model.sequence)):
        histories.setdefault(key, []).append(of)

    assert len(histories) > 1_000
    for history in histories.values():
        assert [number for number, *_ in history] == list(range(1, len(history) + 1))
        assert history == sorted(history, key=lambda of: of[1:])
        assert all(at <= NOW for _, at, _ in history)


def test_the_last_event_of_a_request_agrees_with_its_status(seeded: Session) -> None:
    ends = {
        Status.CLOSED: {"help-request.closed"},
        Status.WITHDRAWN: {"help-request.withdrawn"},
        Status.ASSIGNED: {"assignment.started", "assignment.changed", "help-request.contact-added"},
    }
    types: dict[object, list[str]] = {}
    for key, kind in seeded.execute(select(EventRow.subject_id, EventRow.type).order_by(EventRow.sequence)):
        types.setdefault(key, []).append(kind)

    for key, status in seeded.execute(select(HelpRequest.id, HelpRequest.status)):
        assert types[key][0] == "help-request.received"
        assert types[key][-1] in ends.get(status, types[key])
        assert (status is Status.ASSIGNED) == (
            types[key].count("assignment.started") > types[key].count("assignment.ended")
        )


def test_clocks_run_only_for_what_is_not_over(seeded: Session) -> None:
    running = select(HelpRequest.status).join(Clock, Clock.help_request_id == HelpRequest.id)

    found = set(seeded.scalars(running.where(Clock.stopped_at.is_(None))))

    assert found == {Status.WAITING, Status.ASSIGNED}


def test_about_a_quarter_of_a_years_contacts_became_a_case_and_most_are_about_money(seeded: Session) -> None:
    past = seeded.execute(
        select(HelpRequest.topic, Assignment.id)
        .outerjoin(Assignment, Assignment.help_request_id == HelpRequest.id)
        .where(HelpRequest.status != Status.WAITING)
    ).all()

    cases = sum(assignment is not None for _, assignment in past)
    assert 1_500 < len(past) < 1_900
    assert 0.22 < cases / len(past) < 0.28
    assert Counter(topic for topic, _ in past).most_common(1)[0][0] == "finances"


def test_what_waits_is_a_mixture(seeded: Session) -> None:
    waiting = seeded.scalars(select(HelpRequest).where(HelpRequest.status == Status.WAITING)).all()
    clocks = help_requests.clocks_of(seeded, [request.id for request in waiting])

    assert len(waiting) == 30
    assert Counter(request.urgency for request in waiting)[Urgency.CRISIS] == 2
    assert sum(request.adult is None for request in waiting) == 4
    assert len({request.household_reference for request in waiting}) == 4
    assert sum(is_overdue(clocks[request.id], NOW.date()) for request in waiting) >= 2
    assert all(as_reference(request.reference) == request.reference for request in waiting)
    assert all(request.received_at <= NOW for request in waiting)


def is_citizen_number(digits: str) -> bool:
    """Say whether nine digits pass the eleven test of citizen numbers."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


def test_there_is_no_citizen_number_anywhere(seeded: Session) -> None:
    texts = [text for rows in everything(seeded).values() for text in rows] + summaries(seeded)

    found = [number for text in texts for number in NINE_DIGITS.findall(UUID_TEXT.sub(" ", text))]

    assert is_citizen_number("111222333")
    assert not is_citizen_number("111222334")
    assert [number for number in found if is_citizen_number(number)] == []


def test_people_are_codes_and_everything_says_that_it_is_invented(seeded: Session) -> None:
    workers = seeded.scalars(select(Caseworker)).all()
    line = seeded.scalars(select(AuditLine).where(AuditLine.object_type == "demo")).one()

    assert all(re.fullmatch(r"[A-Z]{3}-\d{2}", worker.code) for worker in workers)
    assert all("verzonnen" in worker.provider for worker in workers)
    assert all("Verzonnen voorbeeld" in summary for summary in summaries(seeded))
    assert json.loads(line.details)["invented"] is True
