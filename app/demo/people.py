"""Invented caseworkers: codes, no names. Nobody stands for anybody who exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from app.caseworkers.events import AbsenceAdded, CaseworkerAdded, LoadConfirmed
from app.caseworkers.models import Absence, Caseworker
from app.demo.chance import Shares, happens, identifier, one_of
from app.demo.city import LOCATIONS
from app.demo.rows import Row, Rows
from app.kit import clock
from app.kit.auth import Actor

SINCE_DAYS = 400
"""How long ago everybody was added: before the year of history begins."""
MINUTES_PER_DAY = 240
"""Casework on a working day; the rest goes to meetings, travel and notes. Invented."""
PROVIDERS = tuple(f"Aanbieder {number} (verzonnen)" for number in range(1, 9))
WORKING_DAYS = Shares({(1, 2, 3, 4, 5): 45, (1, 2, 4, 5): 20, (1, 2, 3, 4): 15, (2, 3, 4): 10, (1, 3, 5): 10})
EXPERTISE: tuple[dict[str, int], ...] = (
    {"finances": 3, "housing": 2, "participation": 1},
    {"finances": 2, "participation": 2, "housing": 1},
    {"finances": 2, "housing": 3},
    {"finances": 2, "parenting": 2, "education": 1},
    {"domestic-violence": 3, "parenting": 2, "finances": 1},
    {"participation": 3, "finances": 2, "education": 2},
    {"finances": 3, "participation": 2},
    {"housing": 2, "finances": 2, "domestic-violence": 2},
    {"parenting": 3, "education": 3, "finances": 1},
    {"finances": 2, "housing": 2, "participation": 2},
    {"participation": 2, "parenting": 2, "finances": 2, "domestic-violence": 2},
)
LANGUAGES = Shares({"ar": 20, "tr": 20, "en": 25, "pl": 15, "pap": 6, "uk": 4, "so": 4, "fa": 3, "ti": 3})
ATTRIBUTES = Shares({"home-visit": 40, "evening": 15, "sign-language": 5})


@dataclass(slots=True)
class Worker:
    """A caseworker while the demo is being made, with what they have to do so far.

    Attributes
    ----------
    wanted_minutes
        The load, in minutes per week, up to which running cases are given to them.
    """

    row: Row
    wanted_minutes: int = 0
    load_minutes: int = 0
    new_in_week: int = 0

    @property
    def id(self) -> UUID:
        """Identifier of the caseworker."""
        found: UUID = self.row["id"]
        return found


def caseworkers(chance: Random, rows: Rows, count: int, *, admin: Actor, now: datetime) -> list[Worker]:
    """Add invented caseworkers, spread over the locations, with their absences, and return them."""
    workers = [Worker(_caseworker(chance, number, now=now)) for number in range(count)]
    for number, worker in enumerate(workers):
        rows.add(Caseworker, worker.row)
        _tell(rows, worker, admin)
        if number % 12 == 5:
            _absence(chance, rows, worker, admin=admin, now=now)
    return workers


def want_loads(chance: Random, workers: Sequence[Worker], demand_minutes: int) -> None:
    """Set up to which load everybody works, so that what waits about equals the room that is left.

    Parameters
    ----------
    demand_minutes
        Minutes per week that the waiting requests ask together.
    """
    target = sum(worker.row["target_minutes"] for worker in workers)
    share = min(max(1 - demand_minutes / target, 0.3), 0.9)
    for worker in workers:
        own = share + chance.uniform(-0.22, 0.22)
        worker.wanted_minutes = int(worker.row["target_minutes"] * min(max(own, 0.1), 1.05))


def _caseworker(chance: Random, number: int, *, now: datetime) -> Row:
    location = LOCATIONS[number % len(LOCATIONS)][0]
    turn = number // len(LOCATIONS)
    added_at = now - timedelta(days=SINCE_DAYS, minutes=number)
    days = one_of(chance, WORKING_DAYS)
    target = len(days) * MINUTES_PER_DAY
    # Two in sixty have not said for too long that their load is true: an example of that barrier.
    confirmed_days = 38 if number % 30 == 10 else chance.randint(1, 20)
    confirmed_at = now - timedelta(days=confirmed_days, minutes=chance.randint(0, 400))
    return {
        "id": identifier(chance, added_at),
        "code": f"{location}-{turn + 1:02}",
        "location_code": location,
        "provider": chance.choice(PROVIDERS),
        "levels": dict(sorted(EXPERTISE[(turn * 5 + number) % len(EXPERTISE)].items())),
        "languages": sorted({"nl", *_some(chance, LANGUAGES, percent=45)}),
        "attributes": sorted(set(_some(chance, ATTRIBUTES, percent=60))),
        "working_days": list(days),
        "target_minutes": target,
        "maximum_minutes": target + target * chance.choice((10, 15, 20)) // 100,
        "new_per_week": len(days) + chance.randint(1, 3),
        "active": True,
        "load_confirmed_at": confirmed_at,
        "version": 2,
        "created_at": added_at,
        "updated_at": confirmed_at,
    }


def _some(chance: Random, shares: Shares[str], *, percent: float) -> list[str]:
    """Return none, one or, less often, two of some things."""
    if not happens(chance, percent):
        return []
    return [one_of(chance, shares) for _ in range(2 if happens(chance, 25) else 1)]


def _tell(rows: Rows, worker: Worker, admin: Actor) -> None:
    added_at, confirmed_at = worker.row["created_at"], worker.row["load_confirmed_at"]
    subject = ("caseworker", worker.id)
    rows.announce(CaseworkerAdded(subject_id=worker.id), actor=admin, at=added_at)
    rows.audit("add", subject, actor=admin, at=added_at)
    rows.announce(LoadConfirmed(subject_id=worker.id), actor=admin, at=confirmed_at)
    rows.audit("confirm-load", subject, actor=admin, at=confirmed_at)


def _absence(chance: Random, rows: Rows, worker: Worker, *, admin: Actor, now: datetime) -> None:
    starts_on = clock.day_of(now) + timedelta(days=chance.randint(-3, 25))
    told_at = now - timedelta(days=chance.randint(8, 40))
    row: Row = {
        "id": identifier(chance, told_at),
        "caseworker_id": worker.id,
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=chance.choice((4, 6, 11, 13))),
        "created_at": told_at,
        "created_by": admin.id,
    }
    rows.add(Absence, row)
    rows.announce(AbsenceAdded(subject_id=worker.id, absence_id=row["id"]), actor=admin, at=told_at)
    rows.audit("add-absence", ("caseworker", worker.id), actor=admin, at=told_at, absence_id=row["id"])
    worker.row["version"] += 1
    worker.row["updated_at"] = max(worker.row["updated_at"], told_at)
