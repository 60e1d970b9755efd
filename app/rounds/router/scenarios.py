"""Routes: what if."""

from fastapi import APIRouter

from app.city.router import FreshCodes
from app.identity.router import ActorDep
from app.kit import clock, problems
from app.kit.http import LanguageDep, SessionDep
from app.rounds import service
from app.rounds.schemas.scenarios import ScenarioIn, ScenarioOut

router = APIRouter(tags=["rounds"])


@router.post(
    "/scenarios",
    operation_id="runScenario",
    dependencies=[FreshCodes],
    responses=problems.documented("unavailable"),
)
def run_scenario(body: ScenarioIn, session: SessionDep, _: ActorDep, language: LanguageDep) -> ScenarioOut:
    """Say what would be different if: other capacities, absences, closed locations, extra staff, other districts.

    Both plans are made as a round on demand would make them now; it takes seconds. Nothing is stored, and
    nobody is proposed. One scenario at a time is worked out: while another one is, the answer is 503 with
    Retry-After.
    """
    codes = service.names(session, language)
    session.commit()  # nothing is held in the database while the solver works
    found = service.what_if(body.to_domain(), now=clock.now())
    return ScenarioOut.of(found, language=language, codes=codes)
