"""Routes: who can take this, and when, asked during a call."""

from fastapi import APIRouter, Response

from app.city.router import FreshCodes
from app.identity.router import ActorDep
from app.kit import clock, problems
from app.kit.http import LanguageDep, SessionDep
from app.recommendations import service
from app.recommendations.schemas import RecommendationIn, RecommendationOut

router = APIRouter(prefix="/recommendations", tags=["recommendations"])


@router.post(
    "",
    operation_id="recommend",
    response_model=RecommendationOut,
    dependencies=[FreshCodes],
    responses=problems.documented("not-found", "wrong-status"),
)
def recommend(body: RecommendationIn, session: SessionDep, actor: ActorDep, language: LanguageDep) -> Response:
    """Say who can take a request now, in order of fit, and when; and why the others can't. Nothing is stored.

    Open proposals count as taken, unless this request is due sooner.
    """
    found = service.recommend(session, body.subject, actor=actor, language=language, now=clock.now())
    # Written here and not by FastAPI, which would check it once more: this answer is the largest of all.
    answer = RecommendationOut.of(found, language)
    return Response(answer.model_dump_json(), media_type="application/json")
