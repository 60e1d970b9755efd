"""What can be done with caseworkers. Every function locks the caseworker's row until commit."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.caseworkers import queries
from app.caseworkers.events import (
    AbsenceAdded,
    AbsenceWithdrawn,
    CaseworkerAdded,
    CaseworkerChanged,
    LoadConfirmed,
)
from app.caseworkers.models import Absence, Caseworker
from app.caseworkers.rules import Details, as_stored
from app.identity.rules import Role
from app.kit import audit, clock
from app.kit.auth import Actor
from app.kit.db import new_id
from app.kit.errors import Fault, InvalidInput, NotAllowed, NotFound, WrongStatus
from app.kit.events import announce


def create(session: Session, details: Details, *, actor: Actor | None, now: datetime) -> Caseworker:
    """Add a caseworker, who has no load yet.

    Raises
    ------
    InvalidInput
        When the target lies above the maximum.
    WrongStatus
        When the code is taken.
    """
    _check_target(details.target_minutes, details.maximum_minutes)
    values = as_stored(asdict(details))
    row = {"id": new_id(), "load_confirmed_at": None, "version": 1, "created_at": now, "updated_at": now}
    caseworker = queries.insert_new(session, values | row)
    if caseworker is None:
        raise WrongStatus(f"There is a caseworker {details.code!r} already; change that one.")
    announce(session, CaseworkerAdded(subject_id=caseworker.id), actor=actor, now=now)
    audit.write(session, "add", ("caseworker", caseworker.id), actor=actor, now=now)
    return caseworker


def change(
    session: Session, caseworker: Caseworker, changes: Mapping[str, Any], *, actor: Actor | None, now: datetime
) -> None:
    """Change a caseworker whose row the caller has locked; nothing happens when nothing differs.

    Parameters
    ----------
    changes
        New values by field of ``Details``, apart from ``code``, which stays.

    Raises
    ------
    InvalidInput
        When the target would lie above the maximum.
    """
    differing = {name: value for name, value in as_stored(changes).items() if getattr(caseworker, name) != value}
    if not differing:
        return
    _check_target(
        differing.get("target_minutes", caseworker.target_minutes),
        differing.get("maximum_minutes", caseworker.maximum_minutes),
    )
    for name, value in differing.items():
        setattr(caseworker, name, value)
    queries.touch(session, caseworker, now)
    changed = tuple(sorted(differing))
    announce(session, CaseworkerChanged(subject_id=caseworker.id, changed=changed), actor=actor, now=now)
    audit.write(session, "change", ("caseworker", caseworker.id), actor=actor, now=now, changed=changed)


def visible(session: Session, caseworker_id: UUID, actor: Actor) -> Caseworker:
    """Return a caseworker that this actor may see: a caseworker sees only themselves.

    Raises
    ------
    NotFound
        When there is none, or not for this actor.
    """
    caseworker = queries.get(session, caseworker_id)
    _check_seen(caseworker, actor)
    return caseworker


def add_absence(
    session: Session, caseworker_id: UUID, days: tuple[date, date], *, actor: Actor, now: datetime
) -> Absence:
    """Note that a caseworker will not be there from one day to another, both included; never why.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such caseworker, or not for this actor.
    InvalidInput
        When the days are in the wrong order, or have passed.
    """
    caseworker = _lock_within_reach(session, caseworker_id, actor)
    _check_days(*days, today=clock.day_of(now))
    absence = Absence(
        id=new_id(),
        caseworker_id=caseworker.id,
        starts_on=days[0],
        ends_on=days[1],
        created_at=now,
        created_by=actor.id,
        withdrawn_at=None,
    )
    session.add(absence)
    queries.touch(session, caseworker, now)
    announce(session, AbsenceAdded(subject_id=caseworker.id, absence_id=absence.id), actor=actor, now=now)
    audit.write(session, "add-absence", ("caseworker", caseworker.id), actor=actor, now=now, absence_id=absence.id)
    return absence


def withdraw_absence(
    session: Session, caseworker_id: UUID, absence_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """Let an absence no longer hold; it stays as history.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such caseworker or absence, or not for this actor.
    """
    caseworker = _lock_within_reach(session, caseworker_id, actor)
    absence = queries.absence(session, caseworker_id, absence_id)
    absence.withdrawn_at = now
    queries.touch(session, caseworker, now)
    announce(session, AbsenceWithdrawn(subject_id=caseworker.id, absence_id=absence_id), actor=actor, now=now)
    audit.write(
        session, "withdraw-absence", ("caseworker", caseworker.id), actor=actor, now=now, absence_id=absence_id
    )


def confirm_load(session: Session, caseworker_id: UUID, *, actor: Actor, now: datetime) -> Caseworker:
    """Confirm that a caseworker's load, as it stands here, is true.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such caseworker, or not for this actor.
    """
    caseworker = _lock_within_reach(session, caseworker_id, actor)
    note_confirmed_load(session, caseworker, actor=actor, now=now)
    return caseworker


def note_confirmed_load(session: Session, caseworker: Caseworker, *, actor: Actor | None, now: datetime) -> None:
    """Note that the load of a caseworker, whose row the caller has locked, was stated as true now."""
    caseworker.load_confirmed_at = now
    queries.touch(session, caseworker, now)
    announce(session, LoadConfirmed(subject_id=caseworker.id), actor=actor, now=now)
    audit.write(session, "confirm-load", ("caseworker", caseworker.id), actor=actor, now=now)


def _lock_within_reach(session: Session, caseworker_id: UUID, actor: Actor) -> Caseworker:
    caseworker = queries.lock(session, caseworker_id)
    _check_seen(caseworker, actor)
    if actor.role == Role.TEAM_LEAD and not actor.leads(caseworker.location_code):
        raise NotAllowed(f"You don't lead location {caseworker.location_code}, where this caseworker works.")
    return caseworker


def _check_seen(caseworker: Caseworker, actor: Actor) -> None:
    if actor.role == Role.CASEWORKER and actor.caseworker_id != caseworker.id:
        raise NotFound(f"There is no caseworker {caseworker.id}.")


def _check_target(target_minutes: int, maximum_minutes: int) -> None:
    if target_minutes > maximum_minutes:
        message = f"must be at most the maximum of {maximum_minutes} minutes, not {target_minutes}"
        raise InvalidInput([Fault("#/targetMinutes", message)])


def _check_days(starts_on: date, ends_on: date, *, today: date) -> None:
    faults = []
    if ends_on < starts_on:
        faults.append(Fault("#/endsOn", f"must be {starts_on} or later, the day it starts, not '{ends_on}'"))
    if ends_on < today:
        faults.append(Fault("#/endsOn", f"must be {today} or later, not '{ends_on}': that has passed"))
    if faults:
        raise InvalidInput(faults)
