"""Routes: what people decide on proposals, one by one or together, and undoing it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import JSONResponse

from app.identity.router import ActorDep
from app.kit import clock, db, problems
from app.kit.errors import DomainError
from app.kit.http import IfMatch, SessionDep, check_match
from app.rounds import service
from app.rounds.schemas.decisions import (
    BatchIn,
    BatchItemOut,
    BatchOut,
    DecisionIn,
    DecisionOut,
    DecisionPreviewOut,
)

router = APIRouter(tags=["decisions"])

ProposalPath = Annotated[UUID, Path(alias="proposalId", description="Id of a proposal")]
DecisionPath = Annotated[UUID, Path(alias="decisionId", description="Id of a decision")]
ValidateOnly = Annotated[
    bool, Query(alias="validateOnly", description="Check, say what it would cost, and store nothing")
]
REFUSALS = (
    "invalid-input",
    "not-found",
    "not-allowed",
    "already-decided",
    "wrong-status",
    "not-eligible",
    "no-capacity",
    "stale",
    "precondition-required",
)


@router.post(
    "/proposals/{proposalId}/decisions",
    operation_id="decideProposal",
    status_code=201,
    response_model=DecisionOut,
    responses={
        200: {"model": DecisionPreviewOut, "description": "With `validateOnly`: what would follow"},
        **problems.documented(*REFUSALS),
    },
)
def decide_proposal(
    proposal_id: ProposalPath,
    body: DecisionIn,
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    if_match: IfMatch = None,
    validate_only: ValidateOnly = False,
) -> DecisionOut | Response:
    """Accept, reject or override a proposal, as the named person whose key this is.

    Every rule is checked again as things stand now. An override may go above the caseworker's maximum;
    ask for it with `validateOnly` first to see what it costs and who then waits; the explanation of the
    choice says exactly what it costs the whole city. A decided proposal answers `already-decided`,
    whatever the ETag.
    """
    now = clock.now()
    proposal = service.lock_open(session, proposal_id, actor=actor, now=now)
    check_match(if_match, proposal.version)
    if validate_only:
        preview = service.preview(session, proposal, body.to_domain(), actor=actor, now=now)
        return JSONResponse(DecisionPreviewOut.of(preview).model_dump(mode="json", by_alias=True))
    decision = service.decide(session, proposal, body.to_domain(), actor=actor, now=now)
    response.headers["Location"] = f"/v1/proposals/{proposal_id}"
    return DecisionOut.of(decision)


@router.post("/decisions", operation_id="decideProposals", responses=problems.documented("invalid-input"))
def decide_proposals(body: BatchIn, session: SessionDep, actor: ActorDep) -> BatchOut:
    """Decide on several proposals; each decision is stored or refused on its own."""
    now = clock.now()
    service.lock_all(session, [(item.proposal_id, item.caseworker_id) for item in body.items])
    answers = []
    for item in body.items:
        try:
            with db.savepoint(session):
                proposal = service.lock_open(session, item.proposal_id, actor=actor, now=now)
                check_match(item.etag, proposal.version)
                decision = service.decide(session, proposal, item.to_domain(), actor=actor, now=now)
        except DomainError as error:
            answers.append(BatchItemOut.refused(item.proposal_id, error))
        else:
            answers.append(BatchItemOut.stored(decision))
    return BatchOut(items=answers)


@router.post(
    "/decisions/{decisionId}/reversals",
    operation_id="reverseDecision",
    status_code=201,
    responses=problems.documented("not-found", "not-allowed", "wrong-status"),
)
def reverse_decision(
    decision_id: DecisionPath, response: Response, session: SessionDep, actor: ActorDep
) -> DecisionOut:
    """Undo a decision of today, until the caseworker has seen the assignment. Its proposal is open again."""
    decision = service.reverse(session, decision_id, actor=actor, now=clock.now())
    response.headers["Location"] = f"/v1/proposals/{decision.proposal_id}"
    return DecisionOut.of(decision)
