"""Lists of workers from spreadsheets: the empty sheet, handing in, what is wrong or what would be saved, comparing."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from mediation.errors import BadInput, MediationError
from mediation.groups.columns import template
from mediation.groups.comparing import compare
from mediation.groups.export import KINDS as COMPARED
from mediation.groups.export import comparison_sheet
from mediation.groups.head import head_of
from mediation.groups.importing import SaveIn, hand_in, look, rosters_of, save_roster

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, TypedForm
from ..v1.parameters import CaseId, RowId
from .attempts import attempting, key_in, read, revision_shown
from .case_changes import Saving
from .groups import PER_PAGE, spreadsheet
from .templating import page
from .turning import page_number

LISTS, LOOK = "group/lists.html", "group/look.html"

router = APIRouter(prefix="/cases/{case_id}/group/lists")


@router.get("")
def lists_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    return page(request, LISTS, form=Form(), **_lists(session, runtime, case_id, actor))


def _lists(session: Any, runtime: Any, case_id: int, actor: Any) -> dict[str, Any]:
    head = head_of(session, runtime, case_id, actor)
    rosters, kinds = rosters_of(session, case_id), runtime.codes["roster_kinds"].titles
    return {"head": head, "kinds": list(kinds.items()), "kind_titles": kinds, "rosters": rosters}


@router.get("/template.xlsx")
def empty_sheet(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    head_of(session, runtime, case_id, actor)
    return spreadsheet("名单模板", template(runtime.codes["demand_heads"].titles))


@router.post("")
def upload(
    request: Request,
    case_id: CaseId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    def context(_: MediationError | None) -> dict[str, Any]:
        return _lists(session, runtime, case_id, actor)

    with attempting(request, session, LISTS, typed, context):
        sent = next(iter(typed.files("file")), None)
        if sent is None:
            raise BadInput("没有上传文件。", {"file": "请选择要上传的名单。"})
        try:
            id = hand_in(session, runtime, case_id, typed.text("kind"), sent.name, sent.content, actor=actor)
        except BadInput as error:
            raise BadInput("名单没有保存。", error.fields or {"file": error.sentence}) from error
    return RedirectResponse(f"/cases/{case_id}/group/lists/{id}", 303)


@router.get("/comparison")
def comparison(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    head = head_of(session, runtime, case_id, actor)
    found, number = compare(session, runtime, case_id, actor=actor), page_number(request)
    shown = found.differences[(number - 1) * PER_PAGE : number * PER_PAGE]
    has_next = number * PER_PAGE < len(found.differences)
    told: dict[str, Any] = {
        "head": head,
        "found": found,
        "shown": shown,
        "kinds": COMPARED,
        "number": number,
        "has_next": has_next,
    }
    return page(request, "group/comparison.html", **told)


@router.get("/comparison.xlsx")
def comparison_file(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> Response:
    head = head_of(session, runtime, case_id, actor)
    found = compare(session, runtime, case_id, actor=actor)
    return spreadsheet(f"名单比较-{head.number}", comparison_sheet(found))


@router.get("/{row_id}")
def look_page(
    request: Request,
    case_id: CaseId,
    row_id: RowId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    return page(request, LOOK, form=Form(), **_look(request, session, runtime, case_id, row_id, actor))


def _look(
    request: Request,
    session: Any,
    runtime: Any,
    case_id: int,
    row_id: int,
    actor: Any,
    typed: Any = None,
    error: Any = None,
) -> dict[str, Any]:
    head, found = head_of(session, runtime, case_id, actor), look(session, runtime, case_id, row_id, actor=actor)
    number = page_number(request)
    rows = found.checked.ordered() or found.checked.entries
    return {
        "head": head,
        "found": found,
        "kind": runtime.title("roster_kinds", found.roster.kind),
        "rows": rows[(number - 1) * PER_PAGE : number * PER_PAGE],
        "number": number,
        "has_next": number * PER_PAGE < len(rows),
        "titles": runtime.title,
        "revision": revision_shown(error, typed, head.revision),
    }


@router.get("/{row_id}/marked.xlsx")
def marked_sheet(
    case_id: CaseId, row_id: RowId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    """The same sheet with the faults in their rows."""
    found = look(session, runtime, case_id, row_id, actor=actor)
    return spreadsheet(f"标出错误-{found.roster.name.rsplit('.', 1)[0]}", found.marked())


@router.post("/{row_id}/save")
def save(
    request: Request,
    case_id: CaseId,
    row_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, row_id)

    def context(error: MediationError | None) -> dict[str, Any]:
        return _look(request, session, runtime, case_id, row_id, actor, typed, error)

    with attempting(request, session, LOOK, typed, context):
        save_roster(*saving.at, row_id, read(SaveIn, saving.raw), **saving.now)
    return RedirectResponse(f"/cases/{case_id}/group", 303)
