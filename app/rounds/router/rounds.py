"""Routes: rounds, and what they propose."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from app.identity.router import ActorDep
from app.kit import clock, problems
from app.kit.http import LanguageDep, Page, PageDep, SessionDep, page_of, tag
from app.rounds import service
from app.rounds.rules import ProposalState, Trigger
from app.rounds.schemas.explanations import ChoiceOut, ExplanationOut
from app.rounds.schemas.proposals import ProposalOut
from app.rounds.schemas.rounds import RoundIn, RoundOut

router = APIRouter(tags=["rounds"])

RoundPath = Annotated[UUID, Path(alias="roundId", description="Id of a round")]
ProposalPath = Annotated[UUID, Path(alias="proposalId", description="Id of a proposal")]
CaseworkerPath = Annotated[UUID, Path(alias="caseworkerId", description="Id of a caseworker")]
HelpRequestPath = Annotated[UUID, Path(alias="helpRequestId", description="Id of a help request")]


@router.post("/rounds", operation_id="requestRound", status_code=202)
def request_round(
    _: RoundIn, response: Response, session: SessionDep, actor: ActorDep, language: LanguageDep
) -> RoundOut:
    """Have a round run now, over everything that waits. A round that has not started yet is answered again.

    A round on demand may change open proposals that are still possible, when the plan gains by it; the
    rounds that run by themselves never do.
    """
    row = service.request_round(session, Trigger.DEMAND, actor=actor, now=clock.now())
    response.headers["Location"] = f"/v1/rounds/{row.id}"
    return RoundOut.of(row, language=language, codes=service.names(session, language))


@router.get("/rounds", operation_id="listRounds")
def list_rounds(session: SessionDep, _: ActorDep, language: LanguageDep, page: PageDep) -> Page[RoundOut]:
    """Return rounds, the newest first."""
    rows, cursor = page_of(service.rounds(session, after=page.place_as(UUID), limit=page.limit + 1), page)
    codes = service.names(session, language)
    return Page(items=[RoundOut.of(row, language=language, codes=codes) for row in rows], next=cursor)


@router.get("/rounds/{roundId}", operation_id="getRound", responses=problems.documented("not-found"))
def get_round(
    round_id: RoundPath, response: Response, session: SessionDep, _: ActorDep, language: LanguageDep
) -> RoundOut:
    """Return a round: how far it is, how good its plan is, what it could not do, and what would help."""
    row = service.get_round(session, round_id)
    codes, findings = service.names(session, language), service.findings_of(session, row)
    answer = RoundOut.of(row, language=language, codes=codes, findings=findings)
    tag(response, list(type(row.state)).index(row.state) + 1)
    return answer


@router.get("/proposals", operation_id="listProposals")
def list_proposals(
    session: SessionDep,
    actor: ActorDep,
    language: LanguageDep,
    page: PageDep,
    state: Annotated[ProposalState | None, Query(description="Only in this state")] = None,
) -> Page[ProposalOut]:
    """Return proposals in the order in which they were made, of the whole city."""
    found = service.proposals(session, actor, state=state, after=page.place_as(UUID), limit=page.limit + 1)
    rows, cursor = page_of(found, page)
    codes = service.names(session, language)
    return Page(items=[ProposalOut.of(row, language=language, codes=codes) for row in rows], next=cursor)


@router.get("/proposals/{proposalId}", operation_id="getProposal", responses=problems.documented("not-found"))
def get_proposal(
    proposal_id: ProposalPath, response: Response, session: SessionDep, actor: ActorDep, language: LanguageDep
) -> ProposalOut:
    """Return a proposal with its cost, its alternatives and its reason."""
    row = service.proposal(session, proposal_id, actor)
    tag(response, row.version)
    return ProposalOut.of(row, language=language, codes=service.names(session, language))


@router.get(
    "/help-requests/{helpRequestId}/explanation",
    operation_id="explainHelpRequest",
    tags=["help requests"],
    responses=problems.documented("not-found"),
)
def explain_help_request(
    help_request_id: HelpRequestPath, session: SessionDep, actor: ActorDep, language: LanguageDep
) -> ExplanationOut:
    """Return for every caseworker whether they may take this request, what it costs, and why not.

    The cost is that of the pair. What a choice costs the whole city, and who then moves or waits, is
    answered for one caseworker at a time.
    """
    explanation = service.explain(session, help_request_id, viewer=actor, now=clock.now())
    return ExplanationOut.of(explanation, language=language, codes=service.names(session, language))


@router.get(
    "/help-requests/{helpRequestId}/explanation/{caseworkerId}",
    operation_id="explainChoice",
    tags=["help requests"],
    responses=problems.documented("not-found", "wrong-status", "unavailable"),
)
def explain_choice(
    help_request_id: HelpRequestPath,
    caseworker_id: CaseworkerPath,
    session: SessionDep,
    actor: ActorDep,
    language: LanguageDep,
) -> ChoiceOut:
    """Say what it costs when this caseworker takes the request, and who then moves or waits.

    For a look before an override. Exact when proven: the city is planned again around the choice, which
    takes seconds; while another question is worked out for somebody, the answer is 503 with Retry-After.
    Open proposals stay put as far as they can. Nothing is stored.
    """
    codes = service.names(session, language)
    session.commit()  # nothing is held in the database while the solver works
    choice = service.weigh_choice(help_request_id, caseworker_id, viewer=actor, now=clock.now())
    return ChoiceOut.of(choice, language=language, codes=codes)
