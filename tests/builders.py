"""Rows for tests: a builder shows only what matters to the test, the rest is ordinary."""

from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assignments.models import Assignment, AssignmentPhase, OpeningLoad
from app.assignments.rules import Kind, Phase, Purpose
from app.caseworkers.models import Absence, Caseworker
from app.help_requests.models import HelpRequest
from app.help_requests.rules import Channel, Concerns, Status, Urgency, Weight
from app.identity.models import Client
from app.identity.rules import Role
from app.kit.auth import Actor, fingerprint, new_key
from app.kit.db import new_id

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday morning; every test's clock stands here."""
_numbers = count(1)


def a_client(session: Session, role: Role = Role.INTAKE, **given: Any) -> Client:
    """Add a client; its key is of no use to the test."""
    name = f"{role} {next(_numbers)}"
    client = Client(
        **{"id": new_id(), "name": name, "role": role, "key_hash": fingerprint(new_key()), "created_at": NOW}
        | given
    )
    session.add(client)
    session.flush()
    return client


def an_actor(session: Session, role: Role = Role.TEAM_LEAD, **given: Any) -> Actor:
    """Add a client and return it as the one who acts; a team lead of all locations unless told otherwise."""
    client = a_client(session, role, **given)
    locations = None if client.locations is None else frozenset(client.locations)
    return Actor(client.id, client.name, client.role, locations, client.caseworker_id, "test")


def a_caseworker(session: Session, **given: Any) -> Caseworker:
    """Add a caseworker with basic finances, eight free hours below target, ten below the maximum."""
    ordinary = {
        "id": new_id(),
        "code": f"GRO-{next(_numbers):04}",
        "location_code": "GRO",
        "provider": "Aanbieder 1",
        "levels": {"finances": 2},
        "languages": ["nl"],
        "attributes": [],
        "working_days": [1, 2, 3, 4, 5],
        "target_minutes": 480,
        "maximum_minutes": 600,
        "new_per_week": 5,
        "active": True,
        "load_confirmed_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }
    caseworker = Caseworker(**(ordinary | given))
    session.add(caseworker)
    session.flush()
    return caseworker


def an_absence(session: Session, caseworker: Caseworker, **given: Any) -> Absence:
    """Add an absence of today only."""
    ordinary = {"id": new_id(), "starts_on": NOW.date(), "ends_on": NOW.date(), "created_at": NOW}
    absence = Absence(**(ordinary | {"caseworker_id": caseworker.id} | given))
    session.add(absence)
    session.flush()
    return absence


def a_help_request(session: Session, **given: Any) -> HelpRequest:
    """Add a waiting, ordinary request about finances of two hours a week, received now."""
    ordinary = {
        "id": new_id(),
        "reference": f"TEST-{next(_numbers):06}",
        "status": Status.WAITING,
        "topic": "finances",
        "other_topics": [],
        "urgency": Urgency.NORMAL,
        "weight": Weight.MEDIUM,
        "concerns": Concerns.SELF,
        "adult": True,
        "district_code": "GRO",
        "channel": Channel.PHONE,
        "asked_level": 1,
        "asked_effort_minutes": 120,
        "required_languages": [],
        "preferred_languages": [],
        "interpreter_allowed": True,
        "required_attributes": [],
        "legal_reports": [],
        "protected": False,
        "received_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }
    if "received_by" not in given:
        ordinary["received_by"] = _somebody(session)
    request = HelpRequest(**(ordinary | given))
    session.add(request)
    session.flush()
    return request


def an_assignment(session: Session, caseworker: Caseworker, **given: Any) -> Assignment:
    """Add an open assignment of two hours a week; its request is made, too, unless given."""
    if "help_request_id" not in given:
        given["help_request_id"] = a_help_request(session, status=Status.ASSIGNED).id
    ordinary = {
        "id": new_id(),
        "caseworker_id": caseworker.id,
        "kind": Kind.LEAD,
        "purpose": Purpose.CASE,
        "phase": Phase.START,
        "effort_minutes": 120,
        "started_at": NOW,
        "over_maximum": False,
    }
    if "decided_by" not in given:
        ordinary["decided_by"] = _somebody(session)
    assignment = Assignment(**(ordinary | given))
    session.add(assignment)
    session.flush()
    phase = {"phase": assignment.phase, "effort_minutes": assignment.effort_minutes}
    session.add(AssignmentPhase(assignment_id=assignment.id, started_at=assignment.started_at, **phase))
    session.flush()
    return assignment


def an_opening_load(session: Session, caseworker: Caseworker, effort_minutes: int, **given: Any) -> OpeningLoad:
    """Add a case that ran before, with an effort in minutes a week."""
    ordinary = {"topic": "finances", "weight": Weight.MEDIUM, "phase": Phase.ACTIVE, "started_at": NOW}
    load = OpeningLoad(caseworker_id=caseworker.id, effort_minutes=effort_minutes, **(ordinary | given))
    session.add(load)
    session.flush()
    return load


def _somebody(session: Session) -> UUID:
    known = session.scalars(select(Client.id).where(Client.name == "somebody")).one_or_none()
    return known or a_client(session, Role.INTAKE, name="somebody").id


def at(text: str) -> datetime:
    """Return a moment from ISO text, for readable tests."""
    return datetime.fromisoformat(text)
