"""Bare FastAPI routes to compare with: what the framework and the database cost without our domain.

Run as a process of its own: ``python -m benchmarks.bare URL PORT``. The routes authenticate with the same
table of keys, in the same database, with the same server, as plain as a user of FastAPI would write them.
"""

import sys
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import uuid4

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.schema import Column, MetaData, Table
from sqlalchemy.types import JSON, Uuid

from app.caseworkers.models import Caseworker
from app.identity.models import Client
from app.kit.auth import fingerprint

ROWS = Table("bare_rows", MetaData(), Column("id", Uuid, primary_key=True), Column("body", JSON))


def bare_app(url: str) -> FastAPI:
    """Return an application with a route that inserts one row, and one that reads sixty."""
    engine = create_engine(url, pool_size=20, max_overflow=0)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS bare_rows (id uuid PRIMARY KEY, body json)"))
    sessions = sessionmaker(engine)
    app = FastAPI()

    def session() -> Iterator[Session]:
        with sessions.begin() as opened:
            yield opened

    session_dependency = Depends(session, scope="function")

    def authenticated(
        opened: Annotated[Session, session_dependency], authorization: Annotated[str, Header()]
    ) -> Client:
        key = authorization.removeprefix("Bearer ")
        client = opened.scalars(select(Client).where(Client.key_hash == fingerprint(key))).one_or_none()
        if client is None:
            raise HTTPException(401)
        return client

    @app.post("/rows", status_code=201)
    def insert_row(
        body: dict[str, Any],
        opened: Annotated[Session, session_dependency],
        _: Annotated[Client, Depends(authenticated)],
    ) -> dict[str, str]:
        """Insert one row."""
        row_id = uuid4()
        opened.execute(insert(ROWS).values(id=row_id, body=body))
        return {"id": str(row_id)}

    @app.get("/caseworkers")
    def read_rows(
        opened: Annotated[Session, session_dependency], _: Annotated[Client, Depends(authenticated)]
    ) -> list[dict[str, Any]]:
        """Read sixty rows and answer them."""
        rows = opened.scalars(select(Caseworker).order_by(Caseworker.code).limit(60))
        return [
            {
                "id": row.id,
                "code": row.code,
                "location": row.location_code,
                "levels": row.levels,
                "languages": row.languages,
                "maximumMinutes": row.maximum_minutes,
            }
            for row in rows
        ]

    return app


if __name__ == "__main__":
    uvicorn.run(bare_app(sys.argv[1]), port=int(sys.argv[2]), log_config=None, access_log=False)
