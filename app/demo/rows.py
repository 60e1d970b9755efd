"""Rows of the demo, collected first and stored at once, as the services would have written them one by one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.kit.audit import AuditLine
from app.kit.auth import Actor
from app.kit.canonical import canonical
from app.kit.db import Base
from app.kit.events import Event, EventRow

Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """What will be stored: rows by table, and what happened, in whatever order it was thought up."""

    of_tables: dict[type[Base], list[Row]] = field(default_factory=lambda: defaultdict(list))
    events: list[Row] = field(default_factory=list)
    audit_lines: list[Row] = field(default_factory=list)

    def add(self, model: type[Base], row: Row) -> Row:
        """Add a row to a table and return it; columns that are left out become null."""
        self.of_tables[model].append(row)
        return row

    def announce(self, event: Event, *, actor: Actor | None, at: datetime) -> None:
        """Note what happened to a subject; its number follows from when it happened."""
        self.events.append(
            {
                "subject_type": event.subject_type,
                "subject_id": event.subject_id,
                "type": event.type,
                "at": at,
                "actor_id": actor.id if actor else None,
                "data": canonical(event.facts()),
            }
        )

    def audit(
        self, action: str, subject: tuple[str, UUID], *, actor: Actor | None, at: datetime, **details: Any
    ) -> None:
        """Note who did what to what, in the words of the service that does it."""
        self.audit_lines.append(
            {
                "object_type": subject[0],
                "object_id": subject[1],
                "at": at,
                "action": action,
                "result": "done",
                "actor_id": actor.id if actor else None,
                "actor_name": actor.name if actor else "stadsbreed",
                "origin": actor.origin if actor else "service",
                "details": canonical(details),
            }
        )

    def in_order(self) -> Iterator[tuple[type[Base], list[Row]]]:
        """Yield tables with their rows: first those that others refer to, events as they happened."""
        places = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}
        yield from sorted(self.of_tables.items(), key=lambda item: places[item[0].__tablename__])
        yield EventRow, numbered(self.events, "subject_id")
        yield AuditLine, numbered(self.audit_lines, "object_id")


def numbered(rows: Iterable[Row], subject: str) -> list[Row]:
    """Return rows by moment, each with its number among those of its subject: 1, 2, 3 without gaps."""
    last: dict[UUID, int] = defaultdict(int)
    ordered = sorted(rows, key=lambda row: row["at"])
    for row in ordered:
        last[row[subject]] += 1
        row["sequence"] = last[row[subject]]
    return ordered
