"""Routes: who can take this, and when, asked during a call."""

from fastapi import APIRouter

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
    dependencies=[FreshCodes],
    responses=problems.documented("not-found", "wrong-status"),
)
def recommend(
    body: RecommendationIn, session: SessionDep, actor: ActorDep, language: LanguageDep
) -> RecommendationOut:
    """Say who can take a request now, in order of fit, and when; and why the others can't. Nothing is stored.

    Open proposals count as taken, unless this request is due sooner.
    """
    found = service.recommend(session, body.subject, actor=actor, language=language, now=clock.now())
    return RecommendationOut.of(found, language)
