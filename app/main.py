"""The application: its routers, its error answers, and what it says of its own health."""

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app import wiring
from app.assignments.router.assignments import router as assignments
from app.assignments.router.caseworkers import router as caseworkers
from app.assignments.router.holds import router as holds
from app.city.router import router as city
from app.kit import clock, db, openapi, problems
from app.kit.http import Surroundings
from app.policy.router import router as policies
from app.recommendations.router import router as recommendations
from app.reference import add_reference
from app.rounds.router.code_lists import router as code_lists
from app.rounds.router.decisions import router as decisions
from app.rounds.router.help_requests import router as help_requests
from app.rounds.router.rounds import router as rounds
from app.rounds.router.scenarios import router as scenarios
from app.rounds.service import use_memory
from app.settings import Settings

DESCRIPTION = (
    "Takes adult (18+) help requests and matches each to a caseworker by expertise and free capacity "
    "across all locations of a city. A named person decides on every proposal."
)
# A route is looked for in this order: intake, the busiest, comes first.
ROUTERS = (
    help_requests,
    city,
    code_lists,
    policies,
    caseworkers,
    rounds,
    decisions,
    scenarios,
    assignments,
    holds,
    recommendations,
)


def create_app(settings: Settings) -> FastAPI:
    """Return the application; the database is bound by who starts it."""
    clock.use_zone(settings.time_zone)
    wiring.connect()
    use_memory(settings.solver_memory_megabytes)
    app = FastAPI(title="Stadsbreed", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_middleware(Surroundings, largest_body_bytes=settings.largest_body_bytes)
    problems.install(app)
    api = create_api(settings)
    app.mount("/v1", api)
    _add_health(app)
    add_reference(app, api)
    return app


def create_api(settings: Settings) -> FastAPI:
    """Return the API that is mounted at /v1, a whole application with a document of its own."""
    api = FastAPI(title="Stadsbreed", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    api.state.settings = settings
    problems.install(api)
    for router in ROUTERS:
        api.include_router(router)
    contact = {"name": settings.contact_name, "email": settings.contact_email, "url": settings.contact_url}
    api.openapi = lambda: openapi.document_of(api, contact=contact, description=DESCRIPTION)  # type: ignore[method-assign]
    api.add_route("/openapi.json", _document, include_in_schema=False)
    return api


async def _document(request: Request) -> JSONResponse:
    """Answer the OpenAPI document, without a key and to every site (NL API Design Rules)."""
    return JSONResponse(request.app.openapi(), headers={"Access-Control-Allow-Origin": "*"})


def _add_health(app: FastAPI) -> None:
    @app.get("/livez")
    def livez() -> dict[str, str]:
        """Say that the process serves."""
        return {"status": "alive"}

    @app.get("/readyz")
    def readyz() -> dict[str, str]:
        """Say that the database answers; 503 when it does not."""
        with db.transaction() as session:
            db.is_answering(session)
        return {"status": "ready"}

    @app.get("/metrics")
    def metrics() -> Response:
        """Return counts for monitoring, in Prometheus' format: numbers only."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
