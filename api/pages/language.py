"""The switch at the foot of every page: this browser and the visitor's account speak another language."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from mediation.catalogue import SOURCE, languages
from mediation.people.models import Account

from ..deps import CurrentShell, PossibleVisitor, WriteSession
from ..forms import TypedForm
from ..keeping import inside
from ..language import keep_language

router = APIRouter()


@router.post("/language")
def choose_language(typed: TypedForm, visitor: PossibleVisitor, session: WriteSession, shell: CurrentShell) -> Response:
    """Back to the page one came from; an unknown language is Chinese."""
    chosen = typed.text("language") if typed.text("language") in languages() else SOURCE
    if visitor is not None and visitor.login is not None:
        account = session.get(Account, visitor.login.account_id)
        if account is not None:
            account.language = chosen
    response = RedirectResponse(inside(typed.text("back")), 303)
    keep_language(response, chosen, shell.settings)
    return response
