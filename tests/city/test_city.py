"""The city's lists in the database, and over HTTP."""

from datetime import date, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from app.city import queries, service
from app.city.models import ClosedDay
from app.city.schemas import LocationCode
from tests.builders import NOW
from tests.conftest import ClientMaker


def test_holidays_that_were_corrected_by_hand_stay(session: Session) -> None:
    session.add(ClosedDay(day=date(2041, 5, 5), name_nl="Eigen naam", name_en="Own name", counts_by_law=False))
    session.flush()

    service.add_holidays(session, range(2041, 2042))

    fifth_of_may = next(row for row in queries.closed_days(session, date(2041, 5, 5), date(2041, 5, 5)))
    assert (fifth_of_may.name_nl, fifth_of_may.counts_by_law) == ("Eigen naam", False)
    assert date(2041, 12, 25) in service.closed_days(session, date(2041, 1, 1))


def test_closed_days_are_asked_from_a_day_on_both_ends_included(session: Session) -> None:
    first, last = date(2041, 7, 1), date(2041, 7, 31)
    for day in (first - timedelta(1), first, last, last + timedelta(1)):
        session.add(ClosedDay(day=day, name_nl="Dicht", name_en="Closed", counts_by_law=False))
    session.flush()

    assert service.closed_days(session, first, days=30) == {first, last}


def test_every_district_knows_how_far_every_location_is(session: Session) -> None:
    travel = service.travel_metres(session)

    assert len(travel) == len(service.districts(session)) * len(service.locations(session))
    assert travel["GRO", "GRO"] == 0
    assert travel["GRO", "NOR"] < travel["GRO", "ZUI"]


def test_a_location_that_is_not_known_is_refused_with_those_that_are(session: Session) -> None:
    service.refresh_codes(session, NOW)
    location = TypeAdapter(LocationCode)

    assert location.validate_python("GRO") == "GRO"
    with pytest.raises(ValidationError, match="known are CEW, GRO, NIE, NOR, OOS, ZUI"):
        location.validate_python("XXX")


def test_codes_are_read_again_after_five_seconds(session: Session) -> None:
    service.refresh_codes(session, NOW)
    topic = next(row for row in queries.topics(session) if row.code == "housing")
    topic.active = False
    session.flush()

    service.refresh_codes(session, NOW + timedelta(seconds=4.9))
    assert "housing" in service.known_codes().topics
    service.refresh_codes(session, NOW + timedelta(seconds=5))
    assert "housing" not in service.known_codes().topics


def test_topics_are_labelled_in_the_readers_language(as_role: ClientMaker) -> None:
    client = as_role("intake")

    dutch = client.get("/v1/topics").json()["items"]
    english = client.get("/v1/topics", headers={"Accept-Language": "en-GB, nl;q=0.5"}).json()["items"]

    assert dutch[0] == {"code": "finances", "label": "Geldzaken", "active": True}
    assert english[0] == {"code": "finances", "label": "Finances", "active": True}


def test_locations_and_districts_are_listed_for_everybody(as_role: ClientMaker) -> None:
    client = as_role("referrer")

    locations = client.get("/v1/locations").json()["items"]
    districts = client.get("/v1/districts").json()["items"]

    assert [item["code"] for item in locations] == ["CEW", "GRO", "NIE", "NOR", "OOS", "ZUI"]
    assert {item["location"] for item in districts} <= {item["code"] for item in locations}
