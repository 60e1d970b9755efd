"""Reserved places: they count, expire, are used once, and respect what others wait for."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assignments import queries, service
from app.assignments.models import Hold
from app.assignments.rules import HoldExpired, NoCapacity, NotEligible
from app.help_requests.models import Clock, HelpRequest
from app.help_requests.rules import ClockName, Status
from app.help_requests.service import Intake
from app.identity.rules import Role
from app.kit.db import new_id
from app.kit.errors import NotFound, WrongStatus
from app.rounds.models import Proposal
from app.rounds.rules import ProposalState
from tests.builders import NOW, a_caseworker, a_help_request, an_actor, an_opening_load

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NEEDS = Intake(topic="finances", adult=True, asked_effort_minutes=100, asked_level=1)


def hold(session: Session, caseworker: Any, request: HelpRequest | None = None, **given: Any) -> Hold:
    actor = given.pop("actor", None) or an_actor(session, Role.OPERATOR)
    of = {"help_request_id": request.id} if request else {"needs": NEEDS}
    return service.create_hold(session, caseworker.id, actor=actor, **({"now": NOW} | of | given))


def load_of(session: Session, caseworker: Any, now: Any = NOW) -> int:
    return queries.loads(session, [caseworker.id], now)[caseworker.id]


def a_proposal(session: Session, request: HelpRequest, caseworker: Any, **given: Any) -> Proposal:
    ordinary = {"id": new_id(), "help_request_id": request.id, "caseworker_id": caseworker.id}
    ordinary |= {"state": ProposalState.OPEN, "effort_minutes": 120, "points": 0, "terms": [], "alternatives": []}
    ordinary |= {"cross_district": False, "created_at": NOW, "expires_at": NOW + DAY}
    proposal = Proposal(**(ordinary | given))
    session.add(proposal)
    session.flush()
    return proposal


def due(session: Session, day: date) -> HelpRequest:
    request = a_help_request(session)
    session.add(Clock(help_request_id=request.id, name=ClockName.START, started_at=NOW, due_on=day))
    session.flush()
    return request


def test_a_hold_counts_as_load_for_fifteen_minutes(session: Session) -> None:
    caseworker = a_caseworker(session)

    made = hold(session, caseworker)

    assert (made.effort_minutes, made.expires_at) == (100, NOW + 15 * MINUTE)
    assert (load_of(session, caseworker), load_of(session, caseworker, made.expires_at)) == (100, 0)


@pytest.mark.parametrize(("load", "fits"), [(380, True), (381, False)])
def test_a_hold_of_ordinary_work_fits_up_to_the_target(session: Session, load: int, fits: bool) -> None:
    caseworker = a_caseworker(session, target_minutes=480, maximum_minutes=600)
    an_opening_load(session, caseworker, load)

    if fits:
        hold(session, caseworker)
        return
    with pytest.raises(NoCapacity) as error:
        hold(session, caseworker)
    assert error.value.facts["free_minutes"] == 99


def test_a_hold_needs_everything_else_that_a_proposal_needs(session: Session) -> None:
    with pytest.raises(NotEligible):
        hold(session, a_caseworker(session, levels={"housing": 3}))
    excluded = a_caseworker(session)
    needs = Intake(topic="finances", adult=True, excluded_caseworker_ids=[excluded.id])
    with pytest.raises(NotEligible) as error:
        hold(session, excluded, needs=needs)
    assert error.value.facts["barriers"] == [{"code": "not-available", "facts": {}}]


def test_a_request_has_one_hold_and_a_new_one_replaces_it(session: Session) -> None:
    one, other, request = a_caseworker(session), a_caseworker(session), a_help_request(session)
    first = hold(session, one, request, actor=an_actor(session))

    hold(session, other, request, actor=an_actor(session))

    session.refresh(first)
    assert first.released_at == NOW
    assert (load_of(session, one), load_of(session, other)) == (0, 120)


def test_a_place_is_held_only_for_a_request_that_waits(session: Session) -> None:
    with pytest.raises(WrongStatus):
        hold(
            session, a_caseworker(session), a_help_request(session, status=Status.CLOSED), actor=an_actor(session)
        )


def test_open_proposals_count_as_taken_unless_this_request_is_due_sooner(session: Session) -> None:
    caseworker, lead = a_caseworker(session, target_minutes=200), an_actor(session)
    today = NOW.date()
    a_proposal(session, due(session, today + 10 * DAY), caseworker)

    with pytest.raises(NoCapacity):
        hold(session, caseworker, due(session, today + 10 * DAY), actor=lead)
    hold(session, caseworker, due(session, today + 9 * DAY), actor=lead)


def test_a_requests_own_proposal_does_not_stand_in_its_way(session: Session) -> None:
    caseworker, request = a_caseworker(session, target_minutes=120), due(session, NOW.date())
    a_proposal(session, request, caseworker)

    assert hold(session, caseworker, request, actor=an_actor(session)).effort_minutes == 120


def test_decided_proposals_and_those_from_holds_are_not_counted_twice(session: Session) -> None:
    caseworker = a_caseworker(session)
    taken = hold(session, caseworker)
    request = due(session, NOW.date())
    service.take_hold(session, taken.id, request=request, actor=an_actor(session), now=NOW)
    a_proposal(session, request, caseworker, hold_id=taken.id)
    a_proposal(session, due(session, NOW.date()), caseworker, state=ProposalState.REJECTED)

    assert queries.promises(session) == []


def test_a_taken_hold_is_as_large_as_the_request_and_no_longer_expires(session: Session) -> None:
    caseworker, request = a_caseworker(session), a_help_request(session, asked_effort_minutes=130)
    made = hold(session, caseworker)

    taken = service.take_hold(session, made.id, request=request, actor=an_actor(session), now=NOW)

    assert (taken.taken_by_request_id, taken.effort_minutes) == (request.id, 130)
    assert load_of(session, caseworker, NOW + DAY) == 130


def test_a_hold_that_expired_was_released_or_used_is_not_taken(session: Session) -> None:
    caseworker, actor = a_caseworker(session), an_actor(session, Role.OPERATOR)
    expired, released, used = (hold(session, caseworker, actor=actor) for _ in range(3))
    service.release_hold(session, released.id, actor=actor, now=NOW)
    service.take_hold(session, used.id, request=a_help_request(session), actor=actor, now=NOW)

    for made, now in ((expired, expired.expires_at), (released, NOW), (used, NOW)):
        with pytest.raises(HoldExpired):
            service.take_hold(session, made.id, request=a_help_request(session), actor=actor, now=now)


def test_a_hold_for_one_request_is_not_taken_by_another(session: Session) -> None:
    made = hold(session, a_caseworker(session), a_help_request(session), actor=an_actor(session))

    with pytest.raises(HoldExpired):
        service.take_hold(session, made.id, request=a_help_request(session), actor=an_actor(session), now=NOW)


def test_a_request_that_does_not_fit_the_caseworker_does_not_take_the_hold(session: Session) -> None:
    made = hold(session, a_caseworker(session))

    with pytest.raises(NotEligible):
        service.take_hold(
            session, made.id, request=a_help_request(session, topic="housing"), actor=an_actor(session), now=NOW
        )


def test_a_hold_is_released_by_who_made_it_or_by_the_lead_and_again_without_effect(session: Session) -> None:
    caseworker, operator = a_caseworker(session), an_actor(session, Role.OPERATOR)
    made = hold(session, caseworker, actor=operator)

    with pytest.raises(NotFound):
        service.release_hold(session, made.id, actor=an_actor(session, Role.OPERATOR), now=NOW)
    with pytest.raises(NotFound):
        service.release_hold(session, made.id, actor=an_actor(session, locations=["ZUI"]), now=NOW)
    service.release_hold(session, made.id, actor=operator, now=NOW)
    service.release_hold(session, made.id, actor=an_actor(session), now=NOW + DAY)

    assert made.released_at == NOW
    assert load_of(session, caseworker) == 0


def test_a_taken_hold_is_settled_by_a_decision_only(session: Session) -> None:
    caseworker, operator, request = (
        a_caseworker(session),
        an_actor(session, Role.OPERATOR),
        a_help_request(session),
    )
    made = hold(session, caseworker, actor=operator)
    service.take_hold(session, made.id, request=request, actor=operator, now=NOW)

    with pytest.raises(WrongStatus):
        service.release_hold(session, made.id, actor=operator, now=NOW)
    service.settle_hold(session, made.id, NOW)

    assert load_of(session, caseworker) == 0


def test_assigning_uses_up_the_holds_of_the_request_and_counts_it_once(session: Session) -> None:
    caseworker, lead = a_caseworker(session, target_minutes=120, maximum_minutes=120), an_actor(session)
    request = a_help_request(session)
    hold(session, caseworker, request, actor=lead)

    made = service.assign(session, request.id, caseworker.id, actor=lead, now=NOW)

    assert not made.over_maximum
    assert load_of(session, caseworker) == 120
    assert session.scalars(select(Hold.released_at)).all() == [NOW]


def test_a_loose_hold_can_be_used_up_by_naming_it(session: Session) -> None:
    caseworker = a_caseworker(session, target_minutes=120, maximum_minutes=120)
    made, request = hold(session, caseworker), a_help_request(session)

    with pytest.raises(NoCapacity):
        service.assign(session, request.id, caseworker.id, actor=an_actor(session), now=NOW)
    service.assign(session, request.id, caseworker.id, actor=an_actor(session), now=NOW, own_hold=made.id)

    assert load_of(session, caseworker) == 120


def test_old_holds_are_forgotten_and_taken_ones_are_kept(session: Session) -> None:
    caseworker, actor = a_caseworker(session), an_actor(session, Role.OPERATOR)
    hold(session, caseworker, actor=actor)
    kept = hold(session, caseworker, actor=actor)
    service.take_hold(session, kept.id, request=a_help_request(session), actor=actor, now=NOW)

    assert queries.forget_holds(session, NOW) == 0
    assert queries.forget_holds(session, NOW + DAY) == 1
    assert session.scalars(select(Hold.id)).all() == [kept.id]
