"""Representatives that a group elects, and what each worker says to the draft."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from mediation.cases.change import Change
from mediation.cases.evidence_rows import evidence_choices
from mediation.errors import MediationError
from mediation.groups.head import head_of
from mediation.groups.representatives import (
    ANSWERS,
    GENERAL,
    WITH_CONSENT,
    ConsentIn,
    ElectionIn,
    draft_of,
    elect,
    elections_of,
    record_consents,
)
from mediation.groups.roster import roster

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, TypedForm
from ..v1.parameters import CaseId
from .attempts import attempting, key_in, read, revision_shown
from .case_changes import Saving
from .templating import page

TEMPLATE = "group/voices.html"

router = APIRouter(prefix="/cases/{case_id}/group/voices")


@router.get("")
def voices_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    return page(request, TEMPLATE, form=Form(), **_shown(session, runtime, case_id, actor))


def _shown(
    session: Any, runtime: Any, case_id: int, actor: Any, what: str = "", typed: Any = None, error: Any = None
) -> dict[str, Any]:
    head = head_of(session, runtime, case_id, actor)
    members = roster(session, case_id, today=runtime.clock.today(), present=True).members
    return {
        "head": head,
        "what": what,
        "elections": elections_of(session, case_id, head.roles),
        "draft": draft_of(session, case_id),
        "workers": [(member.party_id, member.name) for member in members],
        "answers": list(ANSWERS.items()),
        "answer_titles": ANSWERS,
        "evidence": evidence_choices(session, case_id, head.roles),
        "general": GENERAL,
        "with_consent": WITH_CONSENT,
        "revision": revision_shown(error, typed, head.revision),
    }


def _election(saving: Saving) -> Change:
    chosen = [text for text in saving.typed.texts("representatives") if text.strip()]
    return elect(*saving.at, read(ElectionIn, {**saving.raw, "representatives": chosen}), **saving.now)


def _consents(saving: Saving) -> Change:
    chosen: list[Any] = [text for text in saving.typed.texts("workers") if text.strip()]
    draft = draft_of(saving.session, saving.case_id)
    told = {name: text for name, text in saving.raw.items() if name not in ("everybody", "workers")}
    if saving.typed.text("everybody") == "true" and draft is not None:
        chosen = [opinion.party_id for opinion in draft.opinions if opinion.answer is None]
    return record_consents(*saving.at, read(ConsentIn, {**told, "workers": chosen}), **saving.now)


CHANGES: Mapping[str, Callable[[Saving], Change]] = {"election": _election, "consents": _consents}


@router.post("/{what}")
def change_voices(
    request: Request,
    case_id: CaseId,
    what: Annotated[Literal["election", "consents"], Path()],
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)

    def context(error: MediationError | None) -> dict[str, Any]:
        return _shown(session, runtime, case_id, actor, what, typed, error)

    with attempting(request, session, TEMPLATE, typed, context):
        CHANGES[what](saving)
    return RedirectResponse(f"/cases/{case_id}/group/voices", 303)
