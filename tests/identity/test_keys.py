"""Keys: shown once, stored as a hash, expired and revoked ones refused without saying which."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity import service
from app.identity.models import Client
from app.identity.rules import Role
from app.kit.audit import AuditLine
from app.kit.errors import NotFound, Unauthenticated, WrongStatus
from tests.builders import NOW


def test_a_key_lets_its_client_in(session: Session):
    key = service.create_client(session, "desk", Role.INTAKE, now=NOW, locations=["GRO"])

    actor = service.authenticate(session, key, origin="192.0.2.1", now=NOW)

    assert (actor.name, actor.role, actor.locations) == ("desk", Role.INTAKE, frozenset({"GRO"}))
    assert actor.leads("GRO")
    assert not actor.leads("NOR")


def test_the_key_itself_is_nowhere_in_the_database(session: Session):
    key = service.create_client(session, "desk", Role.INTAKE, now=NOW)

    client = session.scalars(select(Client).where(Client.name == "desk")).one()
    stored = [str(value) for value in vars(client).values()]
    audited = [line.details for line in session.scalars(select(AuditLine))]
    assert not any(key in value for value in [*stored, *audited])


@pytest.mark.parametrize(("seconds", "valid"), [(-1, True), (0, False), (1, False)])
def test_a_key_is_valid_until_it_expires(session: Session, seconds: int, *, valid: bool):
    key = service.create_client(session, "desk", Role.INTAKE, now=NOW, expires_at=NOW)
    moment = NOW + timedelta(seconds=seconds)

    if valid:
        assert service.authenticate(session, key, origin="test", now=moment).name == "desk"
    else:
        with pytest.raises(Unauthenticated):
            service.authenticate(session, key, origin="test", now=moment)


def test_a_revoked_key_is_refused_from_that_moment_on(session: Session):
    key = service.create_client(session, "desk", Role.INTAKE, now=NOW)
    service.revoke_client(session, "desk", NOW)

    with pytest.raises(Unauthenticated):
        service.authenticate(session, key, origin="test", now=NOW)


def test_revoking_twice_says_that_there_is_nothing_to_revoke(session: Session):
    service.create_client(session, "desk", Role.INTAKE, now=NOW)
    service.revoke_client(session, "desk", NOW)

    with pytest.raises(NotFound):
        service.revoke_client(session, "desk", NOW)


def test_a_name_means_one_client_for_ever(session: Session):
    service.create_client(session, "desk", Role.INTAKE, now=NOW)
    service.revoke_client(session, "desk", NOW)

    with pytest.raises(WrongStatus):
        service.create_client(session, "desk", Role.INTAKE, now=NOW)


@pytest.mark.parametrize("key", [None, "", "sb_unknown"])
def test_no_key_and_an_unknown_key_are_the_same_refusal(session: Session, key: str | None):
    with pytest.raises(Unauthenticated) as refusal:
        service.authenticate(session, key, origin="test", now=NOW)

    assert refusal.value.detail == "Send a valid key: Authorization: Bearer <key>."
