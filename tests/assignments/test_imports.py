"""Taking in caseworkers and the cases they run elsewhere from one file."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.assignments import queries
from app.assignments.models import OpeningLoad
from app.assignments.schemas.caseworkers import EXAMPLE_FILE
from app.assignments.service.imports import ImportResult, import_csv
from app.caseworkers import queries as caseworkers
from app.caseworkers.models import Caseworker
from app.kit.errors import InvalidInput
from tests.builders import NOW, a_caseworker, an_opening_load
from tests.conftest import ClientMaker

COLUMNS = (
    "record,code,location,provider,levels,languages,attributes,workingDays,targetMinutes,maximumMinutes,newPerWeek,"
    "active,topic,weight,phase,effortMinutes,expectedEndOn"
)
ANNA = "caseworker,NIE-01,NIE,Aanbieder 1,finances:3 housing:1,nl ar,home-visit,1 2 4,900,1000,3,yes,,,,,"
BRAM = "caseworker,NIE-02,NIE,Aanbieder 2,,,,,600,600,,,,,,,"
DEBTS = "case,NIE-01,,,,,,,,,,,finances,medium,active,75,2027-02-01"
RENT = "case,NIE-01,,,,,,,,,,,housing,light,start,,"


def _file(*lines: str) -> str:
    return "\n".join((COLUMNS, *lines, ""))


def _import(session: Session, *lines: str) -> ImportResult:
    return import_csv(session, _file(*lines), actor=None, now=NOW)


def _faults(session: Session, *lines: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        _import(session, *lines)
    return [(fault.pointer, fault.message) for fault in refused.value.faults]


def _known(session: Session, code: str) -> Caseworker:
    row = caseworkers.by_code(session, code)
    assert row is not None
    return row


def test_a_file_brings_people_and_what_they_run(session: Session) -> None:
    result = _import(session, ANNA, BRAM, DEBTS, RENT)

    anna, bram = _known(session, "NIE-01"), _known(session, "NIE-02")
    assert result == ImportResult(added=2, cases_added=2)
    assert (anna.location_code, anna.levels, anna.languages) == (
        "NIE",
        {"finances": 3, "housing": 1},
        ["ar", "nl"],
    )
    assert (anna.attributes, anna.working_days, anna.new_per_week) == (["home-visit"], [1, 2, 4], 3)
    assert (bram.levels, bram.languages, bram.working_days, bram.new_per_week) == ({}, ["nl"], [1, 2, 3, 4, 5], 5)
    # 75 from the file; 60 for a light start from the policy.
    assert queries.loads(session, [anna.id, bram.id], NOW) == {anna.id: 75 + 60, bram.id: 0}
    assert anna.load_confirmed_at == bram.load_confirmed_at == NOW


def test_an_expected_end_is_kept(session: Session) -> None:
    _import(session, ANNA, DEBTS)

    (case,) = queries.opening_loads_of(session, [_known(session, "NIE-01").id])[_known(session, "NIE-01").id]
    assert (case.expected_end_on, case.started_at, case.ended_at) == (date(2027, 2, 1), NOW, None)


def test_the_same_file_again_changes_nothing(session: Session) -> None:
    _import(session, ANNA, BRAM, DEBTS, RENT)

    assert _import(session, ANNA, BRAM, DEBTS, RENT) == ImportResult(unchanged=2, cases_kept=2)


def test_an_empty_cell_changes_nothing_of_who_is_known(session: Session) -> None:
    _import(session, ANNA)

    result = _import(session, "caseworker,NIE-01,,,,,-,,,1100,,,,,,,")

    anna = _known(session, "NIE-01")
    assert result == ImportResult(changed=1)
    assert (anna.maximum_minutes, anna.target_minutes, anna.languages) == (1100, 900, ["ar", "nl"])
    assert anna.attributes == []


def test_a_case_that_is_no_longer_named_has_ended(session: Session) -> None:
    _import(session, ANNA, DEBTS, RENT)

    assert _import(session, ANNA, RENT) == ImportResult(unchanged=1, cases_kept=1, cases_ended=1)
    ended = session.scalars(select(OpeningLoad).where(OpeningLoad.ended_at.is_not(None))).all()
    assert [row.topic for row in ended] == ["finances"]


def test_two_equal_cases_are_two_cases(session: Session) -> None:
    _import(session, ANNA, RENT, RENT)
    anna = _known(session, "NIE-01")
    assert queries.loads(session, [anna.id], NOW) == {anna.id: 120}

    assert _import(session, ANNA, RENT) == ImportResult(unchanged=1, cases_kept=1, cases_ended=1)


def test_cases_of_who_is_known_need_no_line_of_the_caseworker(session: Session) -> None:
    caseworker = a_caseworker(session, code="NIE-01")

    assert _import(session, DEBTS) == ImportResult(cases_added=1)
    assert queries.loads(session, [caseworker.id], NOW) == {caseworker.id: 75}


def test_who_is_not_in_the_file_keeps_their_cases(session: Session) -> None:
    other = a_caseworker(session)
    an_opening_load(session, other, 90)

    _import(session, ANNA, DEBTS)

    assert queries.loads(session, [other.id], NOW) == {other.id: 90}


def test_columns_may_stand_in_any_order_with_semicolons(session: Session) -> None:
    text = (
        "\ufeffcode;record;maximumMinutes;targetMinutes;provider;location\r\n"
        'NIE-09;caseworker;600;480;"Zorg; en meer";NIE\r\n\r\n'
    )

    assert import_csv(session, text, actor=None, now=NOW) == ImportResult(added=1)
    assert _known(session, "NIE-09").provider == "Zorg; en meer"


def test_every_faulty_line_is_named_and_nothing_is_stored(session: Session) -> None:
    before = session.scalar(select(func.count()).select_from(Caseworker))

    faults = _faults(
        session,
        ANNA,
        "caseworker,NIE-03,XXX,Aanbieder 1,finances:4,Dutch,,1 8,-1,many words,5000,maybe,,,,,",
        "caseworker,NIE-01,NIE,Aanbieder 1,,,,,1,1,,,,,,,",
        "case,NIE-01,,,,,,,,,,,money,huge,later,1.5,01-02-2027",
        "case,NIE-01,NIE,,,,,,,,,,,,,,",
        "client,NIE-01,,,,,,,,,,,,,,,",
        "case,two words,,,,,,,,,,,housing,light,start,,",
        DEBTS + ",,",
    )

    assert [pointer for pointer, _ in faults] == [
        "line 3/location",
        "line 3/levels",
        "line 3/languages",
        "line 3/workingDays",
        "line 3/targetMinutes",
        "line 3/maximumMinutes",
        "line 3/newPerWeek",
        "line 3/active",
        "line 5/topic",
        "line 5/weight",
        "line 5/phase",
        "line 5/effortMinutes",
        "line 5/expectedEndOn",
        "line 6/location",
        "line 6/topic",
        "line 6/weight",
        "line 6/phase",
        "line 7/record",
        "line 8/code",
        "line 9",
        "line 4/code",
    ]
    messages = dict(faults)
    assert messages["line 3/location"].endswith("not 'XXX'")
    assert "many words" not in str(messages)
    assert messages["line 3/maximumMinutes"].endswith("not what stands there")
    assert messages["line 4/code"] == "NIE-01 stands in line 2 already"
    assert session.scalar(select(func.count()).select_from(Caseworker)) == before


def test_what_only_the_database_knows_is_named_by_line_too(session: Session) -> None:
    a_caseworker(session, code="GRO-50", target_minutes=480, maximum_minutes=600)

    assert _faults(
        session,
        "caseworker,NIE-03,NIE,,,,,,,,,,,,,,",
        "caseworker,GRO-50,,,,,,,,479,,,,,,,",
        "case,NIE-04,,,,,,,,,,,housing,light,start,,",
        RENT,
    ) == [
        ("line 2/maximumMinutes", "is missing; the caseworker is new"),
        ("line 2/provider", "is missing; the caseworker is new"),
        ("line 2/targetMinutes", "is missing; the caseworker is new"),
        ("line 3/targetMinutes", "must be at most the maximum of 479 minutes, not 480"),
        ("line 4/code", "there is no caseworker 'NIE-04'"),
        ("line 5/code", "there is no caseworker 'NIE-01'"),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "the column record is missing"),
        ("record,code,colour\n", "'colour' is not a column"),
        ("record,code,code\n", "the column code stands there twice"),
        ('record,code\ncaseworker,"open\n', "can't be read as CSV"),
    ],
)
def test_a_file_that_is_no_such_file_says_what_is_missing(session: Session, text: str, fault: str) -> None:
    with pytest.raises(InvalidInput, match=fault):
        import_csv(session, text, actor=None, now=NOW)


def test_the_example_in_the_document_can_be_taken_in(session: Session, as_role: ClientMaker) -> None:
    admin = as_role("admin")

    answer = admin.post("/v1/caseworkers/imports", content=EXAMPLE_FILE, headers={"Content-Type": "text/csv"})

    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "added": 1, "changed": 0, "unchanged": 0, "casesAdded": 2, "casesEnded": 0, "casesKept": 0,
    }  # fmt: skip
    (item,) = admin.get("/v1/caseworkers?location=GRO").json()["items"]
    assert item["code"] == "GRO-04"
    assert item["loadMinutes"] == 90 + 15


def test_a_faulty_file_is_invalid_input_with_every_line(as_role: ClientMaker) -> None:
    answer = as_role("admin").post(
        "/v1/caseworkers/imports",
        content=_file("caseworker,X 1,,,,,,,,,,,,,,,", "oops"),
        headers={"Content-Type": "text/csv; charset=utf-8"},
    )

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["line 2/code", "line 3/record"]


def test_a_file_must_come_as_csv(as_role: ClientMaker) -> None:
    answer = as_role("admin").post("/v1/caseworkers/imports", json="record,code")

    assert (answer.status_code, answer.json()["type"]) == (415, "urn:stadsbreed:problem:unsupported-media-type")


def test_a_file_that_is_not_utf8_is_refused(as_role: ClientMaker) -> None:
    answer = as_role("admin").post(
        "/v1/caseworkers/imports", content=b"record,code\n\xff\xfe", headers={"Content-Type": "text/csv"}
    )

    assert answer.status_code == 400
