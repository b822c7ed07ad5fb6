"""花名册: the workers of a group with their sums, parts of the group and their ways, who joins and who leaves."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from mediation.cases.change import Change
from mediation.engine.ask_types import Day
from mediation.errors import BadInput, MediationError
from mediation.groups.export import roster_sheet
from mediation.groups.head import head_of
from mediation.groups.joining import JoinIn, LeaveIn, join_group, leave_group
from mediation.groups.roster import STANDINGS, roster
from mediation.groups.subgroups import (
    AssignIn,
    ConcernIn,
    OutcomeIn,
    SubgroupIn,
    assign,
    concern,
    create_subgroup,
    set_outcome,
    subgroups,
)
from mediation.people.actor import Actor
from mediation.runtime import Runtime

from ..attachments import attached
from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, TypedForm
from ..v1.parameters import CaseId
from .attempts import attempting, key_in, read, revision_shown
from .case_changes import Saving
from .templating import page
from .turning import page_number

TEMPLATE = "group/group.html"
PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = APIRouter(prefix="/cases/{case_id}/group")


def spreadsheet(name: str, content: bytes) -> Response:
    """A spreadsheet to download under a Chinese name."""
    return Response(content, media_type=XLSX, headers=attached(f"{name}.xlsx"))


@router.get("")
def group_page(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    return page(request, TEMPLATE, form=Form(), **_shown(request, session, runtime, case_id, actor))


@router.get("/roster.xlsx")
def export(
    request: Request, case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor
) -> Response:
    head = head_of(session, runtime, case_id, actor)
    found = roster(session, case_id, today=runtime.clock.today(), **_asked(request.query_params))
    return spreadsheet(f"花名册-{head.number}", roster_sheet(found))


def _asked(given: Mapping[str, str]) -> dict[str, Any]:
    """The filter, from the address or from the hidden fields of a form; what makes no sense is left out."""
    told: dict[str, Any] = {"text": given.get("text", "").strip()[:100]}
    group, standing = given.get("subgroup_shown", ""), given.get("standing", "")
    if group.isascii() and group.isdecimal() and len(group) < 12:
        told["subgroup"] = int(group)
    if standing in STANDINGS:
        told["standing"] = standing
    with suppress(ValidationError):
        told["as_of"] = TypeAdapter(Day).validate_python(given.get("as_of", ""))
    return told


def _shown(
    request: Request,
    session: Session,
    runtime: Runtime,
    case_id: int,
    actor: Actor,
    what: str = "",
    typed: Any = None,
    error: MediationError | None = None,
) -> dict[str, Any]:
    head, today, number = head_of(session, runtime, case_id, actor), runtime.clock.today(), page_number(request)
    asked = _asked(request.query_params)
    found = roster(session, case_id, today=today, offset=(number - 1) * PER_PAGE, limit=PER_PAGE, **asked)
    return {
        "head": head,
        "found": found,
        "whole": roster(session, case_id, today=today, limit=1).sums,
        "parts": subgroups(session, case_id, today),
        "asked": {name: str(asked.get(name, "")) for name in ("text", "subgroup", "standing", "as_of")},
        "number": number,
        "has_next": number * PER_PAGE < found.sums.people,
        "standings": list(STANDINGS.items()),
        "part_standings": {**STANDINGS, "partly": "各人情况不一"},
        "outcomes": list(runtime.codes["subgroup_outcomes"].items()),
        "workflow_title": lambda name: runtime.machine(name).definition.title,
        "titles": runtime.title,
        "today": today,
        "what": what,
        "revision": revision_shown(error, typed, head.revision),
    }


def chosen(saving: Saving) -> list[str] | list[int]:
    """The ticked workers; with `everybody` all present ones of the filter that the page showed."""
    if saving.typed.text("everybody") != "true":
        return [text for text in saving.typed.texts("workers") if text.strip()]
    shown = {name: saving.typed.text("shown_" + name) for name in ("text", "standing", "subgroup_shown")}
    today = saving.runtime.clock.today()
    found = roster(saving.session, saving.case_id, today=today, present=True, **_asked(shown))
    return [member.party_id for member in found.members]


def _picked(saving: Saving, **names: str) -> dict[str, Any]:
    """What was filled in, under the names that the change uses: change=form."""
    raw = saving.raw
    return {name: raw[field] for name, field in names.items() if field in raw}


def _split(saving: Saving) -> Change:
    told = _picked(saving, name="name", note="note", reason="reason", from_on="day")
    return create_subgroup(*saving.at, read(SubgroupIn, told | {"workers": chosen(saving)}), **saving.now)


def _assign(saving: Saving) -> Change:
    told = _picked(saving, subgroup="subgroup", from_on="day", reason="reason")
    return assign(*saving.at, read(AssignIn, told | {"workers": chosen(saving)}), **saving.now)


def _leave(saving: Saving) -> Change:
    told = _picked(saving, left_on="day", reason="reason")
    return leave_group(*saving.at, read(LeaveIn, told | {"workers": chosen(saving)}), **saving.now)


def _join(saving: Saving) -> Change:
    worker = _picked(saving, name="name", phone="phone", id_number="id_number", address="address")
    told = _picked(saving, joined_on="joined_on", reason="reason")
    return join_group(*saving.at, read(JoinIn, told | {"worker": worker}), **saving.now)


def _outcome(saving: Saving) -> Change:
    told = _picked(saving, outcome="outcome", outcome_on="outcome_on", reason="reason")
    row = saving.typed.text("part")
    if not (row.isascii() and row.isdecimal() and len(row) < 12):
        raise BadInput("请选择分组。", {"part": "请选择分组。"})
    return set_outcome(*saving.at, int(row), read(OutcomeIn, told), **saving.now)


def _procedure(saving: Saving) -> Change:
    told = _picked(saving, proceeding="proceeding", subgroup="subgroup", reason="reason")
    return concern(*saving.at, read(ConcernIn, told), **saving.now)


CHANGES: Mapping[str, Callable[[Saving], Change]] = {
    "split": _split,
    "assign": _assign,
    "leave": _leave,
    "join": _join,
    "outcome": _outcome,
    "procedure": _procedure,
}
What = Annotated[Literal["split", "assign", "leave", "join", "outcome", "procedure"], Path()]
_FIELDS = {"from_on": "day", "left_on": "day", "worker.name": "name", "worker.phone": "phone"} | {
    "worker.id_number": "id_number"
}
"""Where the forms of the page call a field otherwise than the change does."""


@router.post("/do/{what}")
def change_group(
    request: Request,
    case_id: CaseId,
    what: What,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    saving = Saving(session, runtime, case_id, actor, key_in(key), typed, 0)

    def context(error: MediationError | None) -> dict[str, Any]:
        return _shown(request, session, runtime, case_id, actor, what, typed, error)

    with attempting(request, session, TEMPLATE, typed, context):
        try:
            CHANGES[what](saving)
        except BadInput as error:
            named = {_FIELDS.get(name, name): told for name, told in error.fields.items()}
            raise BadInput(error.sentence, named) from error
    return RedirectResponse(f"/cases/{case_id}/group", 303)
