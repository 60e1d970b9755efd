"""Each rule of help requests at its boundary, without a database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from app.help_requests import rules
from app.help_requests.rules import ClockName, ContactKind, Due, LegalReport, Status, Urgency
from app.policy.rules import DEFAULT

FRIDAY = date(2026, 11, 20)
SATURDAY = date(2026, 11, 21)
MONDAY = date(2026, 11, 23)
CLOSED = {date(2026, 12, 25)}


@dataclass
class Running:
    name: ClockName
    due_on: date
    stopped_at: datetime | None = None


def dues(
    day: date,
    urgency: Urgency = Urgency.NORMAL,
    reports: tuple[LegalReport, ...] = (),
    *,
    deadline: date | None = None,
) -> dict[str, date]:
    found = rules.clocks_for(day, urgency, reports, external_deadline=deadline, norms=DEFAULT.norms, closed=CLOSED)
    return {due.name.value: due.due_on for due in found}


# --- life ------------------------------------------------------------------------------------------


def test_nothing_follows_but_what_the_life_of_a_request_allows():
    allowed = {(now, then) for now, then in product(Status, Status) if rules.may_follow(now, then)}

    assert allowed == {
        *((Status.WAITING, then) for then in ("assigned", "closed", "referred", "withdrawn", "erased")),
        *((Status.ASSIGNED, then) for then in ("waiting", "closed", "erased")),
        *((Status.REFERRED, then) for then in ("waiting", "erased")),
        *((Status.CLOSED, then) for then in ("waiting", "erased")),
        (Status.WITHDRAWN, "erased"),
    }


@pytest.mark.parametrize(
    ("closed_on", "last_day"),
    [
        (date(2026, 8, 23), date(2026, 11, 23)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2026, 10, 31), date(2027, 1, 31)),
    ],
)
def test_three_months_end_on_the_same_day_of_the_month_or_its_last(closed_on, last_day):
    assert rules.last_day_to_reopen(closed_on, 3) == last_day


@pytest.mark.parametrize(("seconds", "days"), [(-1, 0), (0, 0), (86_399, 0), (86_400, 1)])
def test_days_of_waiting_are_whole_and_never_below_zero(seconds, days):
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)

    assert rules.waiting_days(now - timedelta(seconds=seconds), now) == days


# --- age -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born_on", "adult"),
    [(date(2008, 11, 23), True), (date(2008, 11, 24), False), (date(2008, 2, 29), True)],
)
def test_somebody_is_an_adult_from_their_eighteenth_birthday_on(born_on, adult):
    assert rules.adult_by_birth(MONDAY, born_on=born_on, birth_year=None) is adult


def test_who_was_born_on_a_leap_day_is_an_adult_on_the_first_of_march():
    born_on = date(2008, 2, 29)

    assert rules.adult_by_birth(date(2026, 2, 28), born_on=born_on, birth_year=None) is False
    assert rules.adult_by_birth(date(2026, 3, 1), born_on=born_on, birth_year=None) is True


@pytest.mark.parametrize(("year", "adult"), [(2007, True), (2008, None), (2009, False)])
def test_a_birth_year_is_enough_where_it_decides(year, adult):
    assert rules.adult_by_birth(MONDAY, born_on=None, birth_year=year) is adult


# --- references ------------------------------------------------------------------------------------


def test_a_reference_is_recognised_however_it_is_written():
    reference = rules.new_reference()

    assert rules.as_reference(reference.lower().replace("-", " ")) == reference


def test_a_single_mistake_or_swap_in_a_reference_is_always_noticed():
    reference = rules.new_reference().replace("-", "")
    alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    mistakes = {
        reference[:place] + wrong + reference[place + 1 :]
        for place, wrong in product(range(10), alphabet)
        if reference[place] != wrong
    }
    swaps = {
        reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
        for place in range(9)
        if reference[place] != reference[place + 1]
    }

    assert len(mistakes) == 300
    assert not [wrong for wrong in mistakes | swaps if rules.as_reference(wrong)]


# --- clocks ----------------------------------------------------------------------------------------


def test_a_call_back_is_due_after_five_working_days_and_help_starts_within_four_weeks():
    assert dues(FRIDAY) == {"call-back": date(2026, 11, 27), "start": date(2026, 12, 18)}


def test_for_what_comes_in_on_saturday_monday_is_day_one():
    assert dues(SATURDAY)["call-back"] == date(2026, 11, 27)


def test_a_term_of_weeks_that_ends_on_a_closed_day_or_weekend_runs_on():
    assert dues(date(2026, 11, 27))["start"] == date(2026, 12, 28)


def test_what_is_urgent_starts_within_three_working_days_and_is_called_before():
    assert dues(FRIDAY, Urgency.URGENT) == {"call-back": date(2026, 11, 25), "start": date(2026, 11, 25)}


def test_a_crisis_is_due_on_the_day_itself_also_on_saturday():
    assert set(dues(SATURDAY, Urgency.CRISIS).values()) == {SATURDAY}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (LegalReport.WMO, {"wmo": date(2027, 1, 1)}),
        (LegalReport.WMO_APPLICATION, {"wmo-application": date(2026, 12, 4)}),
        (LegalReport.WGS, {"wgs": date(2026, 12, 18), "wgs-decision": date(2027, 1, 15)}),
        (LegalReport.WGS_THREAT, {"wgs-threat": date(2026, 11, 25)}),
    ],
)
def test_each_legal_report_has_its_own_terms(report, expected):
    assert dues(FRIDAY, reports=(report,)).items() - dues(FRIDAY).items() == expected.items()


def test_a_deadline_of_somebody_else_is_not_moved():
    assert dues(FRIDAY, deadline=SATURDAY)["external-deadline"] == SATURDAY


@pytest.mark.parametrize(
    ("kind", "reached", "stops"),
    [
        (ContactKind.CALL, False, set()),
        (ContactKind.VISIT, False, set()),
        (ContactKind.CALL, True, {"call-back"}),
        (ContactKind.CONVERSATION, True, {"call-back", "start", "wgs", "wgs-threat"}),
        (ContactKind.VISIT, True, {"call-back", "start", "wgs", "wgs-threat"}),
    ],
)
def test_only_a_contact_that_reached_somebody_stops_clocks(kind, reached, stops):
    assert rules.stopped_by(kind, reached=reached) == stops


@pytest.mark.parametrize(("due_on", "overdue"), [(FRIDAY, True), (MONDAY, False)])
def test_a_clock_is_overdue_from_the_day_after_it_was_due(due_on, overdue):
    assert rules.is_overdue([Running(ClockName.START, due_on)], MONDAY) is overdue


def test_a_clock_that_stopped_is_never_overdue():
    stopped = Running(ClockName.START, FRIDAY, datetime(2026, 11, 20, tzinfo=UTC))

    assert not rules.is_overdue([stopped], MONDAY)


# --- clocks that follow a change ---------------------------------------------------------------------


def changed(
    running: list[Running], before: Urgency, after: Urgency, reports: tuple[LegalReport, ...] = ()
) -> tuple[set[str], dict[str, date]]:
    def counted(day: date) -> list[Due]:
        return rules.clocks_for(day, after, reports, external_deadline=None, norms=DEFAULT.norms, closed=CLOSED)

    then = rules.clocks_after_change(
        running, (before, after), from_first_day=counted(FRIDAY), from_today=counted(MONDAY)
    )
    return {name.value for name in then.stopped}, {due.name.value: due.due_on for due in then.started}


def running(urgency: Urgency, *, met: frozenset[str] = frozenset()) -> list[Running]:
    stopped = datetime(2026, 11, 21, tzinfo=UTC)
    return [
        Running(ClockName(name), due_on, stopped if name in met else None)
        for name, due_on in dues(FRIDAY, urgency).items()
    ]


def test_what_becomes_a_crisis_is_due_today():
    stopped, started = changed(running(Urgency.NORMAL), Urgency.NORMAL, Urgency.CRISIS)

    assert stopped == {"call-back", "start"}
    assert started == {"call-back": MONDAY, "start": MONDAY}


def test_what_becomes_less_urgent_is_due_as_if_it_always_was():
    _, started = changed(running(Urgency.CRISIS), Urgency.CRISIS, Urgency.NORMAL)

    assert started == dues(FRIDAY)


def test_a_norm_that_was_met_stays_met():
    met = frozenset({"call-back"})

    assert changed(running(Urgency.NORMAL, met=met), Urgency.NORMAL, Urgency.CRISIS) == (
        {"start"},
        {"start": MONDAY},
    )


def test_a_report_made_today_counts_from_today_and_moves_nothing_else():
    assert changed(running(Urgency.NORMAL), Urgency.NORMAL, Urgency.NORMAL, (LegalReport.WMO_APPLICATION,)) == (
        set(),
        {"wmo-application": date(2026, 12, 7)},
    )


def test_a_report_that_is_taken_back_stops_its_clock():
    clocks = [*running(Urgency.NORMAL), Running(ClockName.WMO, date(2027, 1, 1))]

    assert changed(clocks, Urgency.NORMAL, Urgency.NORMAL) == ({"wmo"}, {})


# --- words -----------------------------------------------------------------------------------------


def message(
    status: Status = Status.WAITING,
    urgency: Urgency = Urgency.NORMAL,
    *,
    clocks: list[Running] | None = None,
    adult: bool | None = True,
) -> str:
    clocks = running(urgency) if clocks is None else clocks
    return rules.residents_message(status, urgency, clocks, adult=adult, today=MONDAY, language="nl")


def test_the_day_is_written_out_with_its_year_only_when_it_is_another():
    assert rules.written_out(date(2026, 11, 27), "nl", today=MONDAY) == "vrijdag 27 november"
    assert rules.written_out(date(2027, 1, 1), "en", today=MONDAY) == "Friday 1 January 2027"


def test_the_resident_hears_what_comes_next():
    assert message() == "U wordt uiterlijk vrijdag 27 november gebeld."
    spoken = running(Urgency.NORMAL, met=frozenset({"call-back"}))
    assert message(clocks=spoken) == "Wij hebben u gesproken. De hulp begint uiterlijk vrijdag 18 december."
    begun = running(Urgency.NORMAL, met=frozenset({"call-back", "start"}))
    assert message(clocks=begun) == "De hulp is begonnen."


def test_a_promise_that_was_broken_is_not_repeated():
    late = [Running(ClockName.CALL_BACK, FRIDAY), Running(ClockName.START, FRIDAY)]

    assert message(clocks=late) == "Het duurt langer dan wij u beloofden. Wij bellen u zo snel mogelijk."


def test_who_helps_is_not_named_after_a_decision_either():
    assert message(Status.ASSIGNED) == (
        "Een medewerker gaat u helpen. U wordt uiterlijk vrijdag 27 november gebeld."
    )


@pytest.mark.parametrize("status", [Status.CLOSED, Status.WITHDRAWN, Status.REFERRED, Status.ERASED])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_end_has_its_words(status, language):
    words = rules.residents_message(status, Urgency.CRISIS, [], adult=True, today=MONDAY, language=language)

    assert words.endswith(".")
