"""Routes: the code lists of the whole API."""

from fastapi import APIRouter

from app.identity.router import ActorDep
from app.kit.http import LanguageDep, Page, SessionDep
from app.rounds.schemas.code_lists import CodeListOut, code_lists_out
from app.rounds.service.code_lists import code_lists

router = APIRouter(prefix="/code-lists", tags=["city"])


@router.get("", operation_id="listCodeLists")
def list_code_lists(session: SessionDep, _: ActorDep, language: LanguageDep) -> Page[CodeListOut]:
    """Return every code list with its labels, on one page."""
    return Page(items=code_lists_out(code_lists(session), language), next=None)
