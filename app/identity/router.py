"""Who is calling, and whether they may: the one dependency that every route of the API has.

Default deny: a route whose operation is not in the matrix can be called by nobody.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.identity import service
from app.identity.rules import may
from app.kit import clock
from app.kit.auth import Actor
from app.kit.errors import NotAllowed
from app.kit.http import SessionDep

_bearer = HTTPBearer(auto_error=False, description="Key of a software client or of a named person")
CredentialsDep = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def _actor(request: Request, credentials: CredentialsDep, session: SessionDep) -> Actor:
    key = credentials.credentials if credentials else None
    origin = request.client.host if request.client else "unknown"
    actor = service.authenticate(session, key, origin=origin, now=clock.now())
    operation = request.scope["route"].operation_id
    if not may(actor.role, operation):
        raise NotAllowed(f"The role {actor.role} may not do this.")
    return actor


ActorDep = Annotated[Actor, Depends(_actor)]
