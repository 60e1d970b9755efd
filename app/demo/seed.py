"""Fill an empty database with an invented city: six teams, caseworkers, a year of history, requests that wait.

The names of the teams are public; everything else is invented and says so: in every caseworker's
provider, in every summary, in the origin of every audit line, and in one audit line of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from app.assignments.models import Assignment
from app.caseworkers.models import Caseworker
from app.city import service as city
from app.demo import keys as demo_keys
from app.demo import queries
from app.demo.chance import chance_of, workdays_until
from app.demo.city import LOCATIONS, TOPICS, add_city
from app.demo.history import add_history
from app.demo.life import Scene
from app.demo.people import caseworkers as invent_caseworkers
from app.demo.people import want_loads
from app.demo.rows import Rows
from app.demo.waiting import add_waiting
from app.help_requests.models import Clock, HelpRequest
from app.kit import audit, clock, db
from app.kit.errors import WrongStatus
from app.kit.events import EventRow
from app.policy import service as policies

SUBJECT = "demo"
DEMO_ID = UUID("00000000-0000-7000-8000-00000000de30")
"""Subject of the audit line that says that this database holds the demo."""
INVENTED = "Everything in this demo is invented: caseworkers are codes, requests are made up."
HISTORY_DAYS = 366
COUNTED = (Caseworker, HelpRequest, Clock, Assignment, EventRow)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class SeedResult:
    """What came of seeding.

    Attributes
    ----------
    created
        Whether data was added; False when the demo was there already, and nothing was changed.
    keys
        Key by name of who holds it: ``intake``, ``operator``, ``admin``, ``team-lead`` (of all
        locations), ``team-lead-GRO`` and so on, and ``caseworker-<code>``. Those of an earlier seeding
        are read from the data folder; empty when that file is gone.
    """

    created: bool
    keys: Mapping[str, str]


def seed(
    data_dir: Path,
    *,
    caseworkers: int = 60,
    requests: int = 250,
    seed: int = 1,
    now: datetime,
    progress: Progress,
) -> SeedResult:
    """Add the invented city of the demo in one transaction, or nothing when it is there already.

    Parameters
    ----------
    data_dir
        Folder in which the keys are kept, for their owner only, so that a restart can show them again.
    caseworkers, requests
        How many caseworkers there are, and how many requests wait; the history follows the caseworkers.
    seed
        The same number gives the same data at the same moment, apart from keys and what is encrypted.
    progress
        Told what is being done, how far, and of how much.

    Raises
    ------
    WrongStatus
        When the database holds data that the demo did not make.
    """
    with db.transaction() as session:
        queries.lock_all(session)
        if queries.line_of(session, SUBJECT) is not None:
            progress("The demo was seeded already; nothing is changed", 1, 1)
            return SeedResult(created=False, keys=demo_keys.kept(session, data_dir))
        _must_be_empty(session)
        rows, found = _invent(session, caseworkers, requests, seed=seed, now=now, progress=progress)
        _store(session, rows, progress)
        size = {"caseworkers": caseworkers, "requests": requests, "seed": seed}
        audit.write(session, "seed", (SUBJECT, DEMO_ID), actor=None, now=now, invented=True, size=size)
        demo_keys.keep(data_dir, found)
    city.forget_codes()
    return SeedResult(created=True, keys=found)


def _must_be_empty(session: Session) -> None:
    present = queries.data_present(session)
    places, topics = queries.codes_present(session)
    strange = places - {code for code, *_ in LOCATIONS} | topics - {code for code, *_ in TOPICS}
    if strange:
        present.append(f"codes that are not the demo's ({', '.join(sorted(strange))})")
    if present:
        raise WrongStatus(
            f"The database holds data already: {', '.join(present)}. The demo's invented data never goes "
            "beside it: seed an empty database, for example with another STADSBREED_DATA_DIR."
        )


def _invent(
    session: Session, caseworkers: int, requests: int, *, seed: int, now: datetime, progress: Progress
) -> tuple[Rows, dict[str, str]]:
    """Think up everything, and make the clients in whose name it happened."""
    chance, rows, today = chance_of(seed), Rows(), clock.day_of(now)
    progress("Inventing a city", 0, 3)
    if not queries.codes_present(session)[0]:
        add_city(session, today)
    closed = city.closed_days(session, today - timedelta(days=HISTORY_DAYS), days=2 * HISTORY_DAYS)
    made = demo_keys.make_office(session, now=now)
    workers = invent_caseworkers(chance, rows, caseworkers, admin=made.staff.admin, now=now)
    found = made.keys | demo_keys.make_own(session, workers[0].row["code"], workers[0].id, now=now)
    document = policies.in_force(session, today).document
    scene = Scene(chance=chance, rows=rows, staff=made.staff, document=document, closed=closed)
    days = workdays_until(today, closed)
    demand = add_waiting(scene, days, workers, requests, now=now)
    progress("Inventing a city", 1, 3)
    want_loads(chance, workers, demand)
    add_history(scene, days, workers, now)
    progress("Inventing a city", 3, 3)
    return rows, found


def _store(session: Session, rows: Rows, progress: Progress) -> None:
    tables = list(rows.in_order())
    total, done = sum(len(of_table) for _, of_table in tables), 0
    for model, of_table in tables:
        progress("Storing it", done, total)
        queries.store(session, model, of_table)
        done += len(of_table)
    queries.analyze(session, COUNTED)
    progress("Storing it", total, total)
