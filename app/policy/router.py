"""Routes: versions of the policy."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from app.identity.router import ActorDep
from app.kit import clock, problems
from app.kit.http import Page, PageDep, SessionDep, page_of, tag
from app.policy import service
from app.policy.schemas import PolicyIn, PolicyOut

router = APIRouter(prefix="/policies", tags=["policy"])

LARGEST_VERSION = 2_147_483_647
VersionPath = Annotated[
    int, Path(ge=1, le=LARGEST_VERSION, description="Number of a version of the policy", examples=[1])
]


@router.get("", operation_id="listPolicies")
def list_policies(session: SessionDep, _: ActorDep, page: PageDep) -> Page[PolicyOut]:
    """Return the versions of the policy, the newest first."""
    service.ensure_default(session, clock.now())
    rows, cursor = page_of(
        service.versions(session, limit=page.limit + 1, before=page.place_as(int)), page, key="version"
    )
    return Page(items=[PolicyOut.of(row) for row in rows], next=cursor)


@router.get("/{version}", operation_id="getPolicy", responses=problems.documented("not-found"))
def get_policy(version: VersionPath, response: Response, session: SessionDep, _: ActorDep) -> PolicyOut:
    """Return one version of the policy."""
    row = service.get(session, version)
    tag(response, row.version)
    return PolicyOut.of(row)


@router.post("", operation_id="createPolicy", status_code=201)
def create_policy(body: PolicyIn, response: Response, session: SessionDep, actor: ActorDep) -> PolicyOut:
    """Add a version of the policy that applies from a day on; earlier versions stay as they are."""
    row = service.add_version(session, body.document, body.in_force_on, actor=actor, now=clock.now())
    response.headers["Location"] = f"/v1{router.prefix}/{row.version}"
    tag(response, row.version)
    return PolicyOut.of(row)
