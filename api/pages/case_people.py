"""Parties that change, and cases that belong together: condition, liability, succession; related, linked, split."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from mediation.assignments.conflicts import conflicts_of
from mediation.cases.authorities import AuthorityIn, set_authority
from mediation.cases.change import STAFF, Change
from mediation.cases.file_rows import PartyRow
from mediation.cases.links import BY_HAND, LinkIn, link_cases, related_cases
from mediation.cases.moving import SplitIn, split_case
from mediation.cases.needs import NeedsIn, set_needs
from mediation.cases.succession import (
    ConditionIn,
    LiabilityIn,
    SuccessorIn,
    set_condition,
    set_liability,
    succeed,
)
from mediation.errors import MediationError, NotFound
from mediation.recovery.holders import workers_with_sums

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import CaseId, RowId
from .attempts import attempting, key_in, read, revision_in, revision_shown
from .case_changes import Saving
from .event_forms import Desk
from .events import desk_at
from .templating import page

PARTY, RELATED = "case/party.html", "case/related.html"
LISTS = (
    "party_conditions",
    "liabilities",
    "party_roles",
    "case_link_kinds",
    "party_needs",
    "authority_powers",
    "languages",
)

router = APIRouter()


def _condition(saving: Saving) -> Change:
    return set_condition(*saving.at, saving.row_id, read(ConditionIn, saving.raw), **saving.now)


def _liability(saving: Saving) -> Change:
    return set_liability(*saving.at, saving.row_id, read(LiabilityIn, saving.raw), **saving.now)


def _successor(saving: Saving) -> Change:
    return succeed(*saving.at, saving.row_id, read(SuccessorIn, saving.raw), **saving.now)


def _needs(saving: Saving) -> Change:
    raw = {name: value for name, value in saving.raw.items() if name != "said_languages"}
    raw |= {"needs": saving.typed.texts("needs")}
    if saving.typed.text("said_languages"):
        raw["languages"] = saving.typed.texts("languages")
    return set_needs(*saving.at, saving.row_id, read(NeedsIn, raw), **saving.now)


def _authority(saving: Saving) -> Change:
    raw = {**saving.raw, "powers": saving.typed.texts("powers")}
    return set_authority(*saving.at, saving.row_id, read(AuthorityIn, raw), **saving.now)


CHANGES: Mapping[str, Callable[[Saving], Change]] = {
    "condition": _condition,
    "liability": _liability,
    "successor": _successor,
    "needs": _needs,
    "authority": _authority,
}
What = Annotated[Literal["condition", "liability", "successor", "needs", "authority"], Path()]


@router.get("/cases/{case_id}/parties/{party_id}")
def party_page(
    request: Request,
    case_id: CaseId,
    party_id: RowId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    desk = desk_at(session, runtime, actor, case_id)
    shown = _party(desk, party_id, "", None, None)
    return page(request, PARTY, form=Form.filled(_standing(shown["row"])), **shown)


@router.post("/cases/{case_id}/parties/{party_id}/{what}")
def change_party_page(
    request: Request,
    case_id: CaseId,
    party_id: RowId,
    what: What,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, party_id)

    def context(error: MediationError | None) -> dict[str, Any]:
        return _party(desk_at(session, runtime, actor, case_id), party_id, what, typed, error)

    with attempting(request, session, PARTY, typed, context):
        CHANGES[what](saving)
    return RedirectResponse(f"/cases/{case_id}#parties", 303)


def _standing(row: PartyRow) -> dict[str, Any]:
    """What the forms about needs and authority start from."""
    return {
        "languages": list(row.languages),
        "needs": [*row.needs, *row.needs_proposed],
        "powers": list(row.powers),
        "authority": row.authority,
        "authority_until": row.authority_until,
        "authority_evidence": row.authority_evidence_id,
    }


def _party(desk: Desk, party_id: int, what: str, typed: Typed | None, error: MediationError | None) -> dict[str, Any]:
    row = next((party for party in desk.view.parties if party.id == party_id), None)
    if row is None:
        raise NotFound("本案没有这个当事人，请从案件页面进入。")
    return {
        "view": desk.view,
        "row": row,
        "what": what,
        "revision": revision_shown(error, typed, desk.view.main.revision),
        "letters": [(item.id, f"{item.number} {item.name}") for item in desk.view.evidence],
        **_lists(desk),
    }


def _lists(desk: Desk) -> dict[str, Any]:
    return {
        "codes": {name: list(desk.runtime.codes[name].items()) for name in LISTS},
        "titles": desk.runtime.title,
        "staff": bool(desk.view.roles & set(STAFF)),
    }


@router.get("/cases/{case_id}/related")
def related_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    desk = desk_at(session, runtime, actor, case_id)
    return page(request, RELATED, form=Form(), **_related(desk, "", None, None))


@router.post("/cases/{case_id}/related/link")
def link_page(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)

    def context(error: MediationError | None) -> dict[str, Any]:
        return _related(desk_at(session, runtime, actor, case_id), "link", typed, error)

    with attempting(request, session, RELATED, typed, context):
        link_cases(*saving.at, read(LinkIn, saving.raw), **saving.once)
    return RedirectResponse(f"/cases/{case_id}/related", 303)


@router.post("/cases/{case_id}/related/split")
def split_page(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    once = key_in(key)

    def context(error: MediationError | None) -> dict[str, Any]:
        return _related(desk_at(session, runtime, actor, case_id), "split", typed, error)

    with attempting(request, session, RELATED, typed, context):
        data = read(SplitIn, {"workers": typed.texts("workers"), "reason": typed.text("reason")})
        done = split_case(
            session,
            runtime,
            case_id,
            data,
            revision=revision_in(typed),
            key=once,
            actor=actor,
            settled=workers_with_sums(session, case_id),
        )
    told = done.repeated or done.result
    return RedirectResponse(f"/cases/{told['case']}", 303)


def _related(desk: Desk, what: str, typed: Typed | None, error: MediationError | None) -> dict[str, Any]:
    view, settled = desk.view, workers_with_sums(desk.session, desk.view.id)
    person = desk.actor.person_id or 0
    return {
        "view": view,
        "what": what,
        "rows": related_cases(desk.session, desk.actor, view.id),
        "conflicts": conflicts_of(desk.session, person, view.id, desk.runtime.clock.today()),
        "movable": [(p.id, p.name) for p in desk.principals if p.side == "worker" and p.id not in settled],
        "workers": sum(p.side == "worker" for p in desk.principals),
        "by_hand": [(code, desk.runtime.title("case_link_kinds", code)) for code in BY_HAND],
        "states": desk.runtime.machine("dispute").definition.states,
        "revision": revision_shown(error, typed, view.main.revision),
        **_lists(desk),
    }
