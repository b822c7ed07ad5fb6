"""Changes of the case file that move no state: parties, demands, notes, evidence; each a form of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from mediation.cases.activities import ActivityIn, add_activity
from mediation.cases.change import Change
from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.parties import (
    DemandChange,
    DemandIn,
    PartyCorrection,
    PartyIn,
    add_demand,
    add_party,
    change_demand,
    change_party,
)
from mediation.cases.telling import tell
from mediation.errors import BadInput, MediationError, NotFound
from mediation.people.actor import Actor
from mediation.recovery.ledger import (
    AwardIn,
    CreditIn,
    LateReceiptIn,
    record_award,
    record_credit,
    record_late_receipt,
)
from mediation.recovery.reversals import ReversalIn, reverse_receipt
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession, RequestKey, WriteSession
from ..forms import Form, Typed, TypedForm
from ..v1.parameters import CaseId, RowId
from . import tidy
from .attempts import attempting, key_in, read, revision_in, revision_shown, side_by_side
from .event_forms import Desk
from .events import desk_at
from .templating import page

TEMPLATE = "case/change.html"

router = APIRouter()


@dataclass(frozen=True)
class Saving:
    """One submitted change, for the use case that belongs to it."""

    session: Session
    runtime: Runtime
    case_id: int
    actor: Actor
    key: str
    typed: Typed
    row_id: int

    @property
    def raw(self) -> dict[str, Any]:
        told: dict[str, Any] = tidy.given(self.typed.nested())
        return told

    @property
    def at(self) -> tuple[Session, Runtime, int]:
        return self.session, self.runtime, self.case_id

    @property
    def once(self) -> dict[str, Any]:
        return {"key": self.key, "actor": self.actor}

    @property
    def now(self) -> dict[str, Any]:
        return {"revision": revision_in(self.typed), **self.once}


def _party(saving: Saving) -> Change:
    raw = saving.raw
    side = raw.pop("side", "")
    if raw.get("id_number"):
        raw.setdefault("id_kind", "resident_id")
    raw |= {"needs": saving.typed.texts("needs"), "powers": saving.typed.texts("powers")}
    return add_party(*saving.at, side, read(PartyIn, raw), **saving.now)


def _correction(saving: Saving) -> Change:
    return change_party(*saving.at, saving.row_id, read(PartyCorrection, saving.raw), **saving.now)


def _demand(saving: Saving) -> Change:
    return add_demand(*saving.at, read(DemandIn, saving.raw), **saving.now)


def _demand_change(saving: Saving) -> Change:
    return change_demand(*saving.at, saving.row_id, read(DemandChange, saving.raw), **saving.now)


def _activity(saving: Saving) -> Change:
    return add_activity(*saving.at, read(ActivityIn, saving.raw), **saving.once)


def _evidence(saving: Saving) -> Change:
    sent = next(iter(saving.typed.files("file")), None)
    if sent is None:
        raise BadInput("证据未保存，请按提示修改。", {"file": "请选择要上传的文件。"})
    data = read(EvidenceIn, {"name": sent.name[:200], **saving.raw})
    return add_evidence(*saving.at, data, Upload(sent.content, sent.media_type, sent.name), **saving.once)


def _award(saving: Saving) -> Change:
    return record_award(*saving.at, read(AwardIn, saving.raw), **saving.now)


def _credit(saving: Saving) -> Change:
    return record_credit(*saving.at, read(CreditIn, saving.raw), **saving.now)


def _late_receipt(saving: Saving) -> Change:
    return record_late_receipt(*saving.at, read(LateReceiptIn, saving.raw), **saving.now)


def _reversal(saving: Saving) -> Change:
    told = {**saving.raw, "receipt": saving.row_id}
    return reverse_receipt(*saving.at, read(ReversalIn, told), **saving.now)


SAVE: Mapping[str, tuple[str, str, Callable[[Saving], Change]]] = {
    "party": ("add_party", "parties", _party),
    "party_change": ("change_party", "parties", _correction),
    "demand": ("add_demand", "demands", _demand),
    "demand_change": ("change_demand", "demands", _demand_change),
    "activity": ("add_activity", "history", _activity),
    "evidence": ("add_evidence", "evidence", _evidence),
    "award": ("record_award", "money", _award),
    "credit": ("record_credit", "money", _credit),
    "receipt": ("record_late_receipt", "money", _late_receipt),
    "receipt_change": ("reverse_receipt", "money", _reversal),
}
"""What the form is called → its audit word, the section of the page that it changes, how it is saved."""

New = Annotated[Literal["party", "demand", "activity", "evidence", "award", "credit", "receipt"], Path()]
Kept = Annotated[Literal["party", "demand", "receipt"], Path()]


@router.get("/cases/{case_id}/add/{what}")
def new_form(
    request: Request,
    case_id: CaseId,
    what: New,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    desk = desk_at(session, runtime, actor, case_id)
    return page(request, TEMPLATE, form=Form(), **_shown(desk, what, 0, None, None))


@router.post("/cases/{case_id}/add/{what}")
def add(
    request: Request,
    case_id: CaseId,
    what: New,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    return _save(request, what, Saving(session, runtime, case_id, actor, key_in(key), typed, 0))


@router.get("/cases/{case_id}/change/{what}/{row_id}")
def present(
    request: Request,
    case_id: CaseId,
    what: Kept,
    row_id: RowId,
    session: ReadSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
) -> Response:
    desk = desk_at(session, runtime, actor, case_id)
    shown = _shown(desk, f"{what}_change", row_id, None, None)
    return page(request, TEMPLATE, form=Form.filled(_present(shown["row"])), **shown)


@router.post("/cases/{case_id}/change/{what}/{row_id}")
def change(
    request: Request,
    case_id: CaseId,
    what: Kept,
    row_id: RowId,
    typed: TypedForm,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequestKey,
) -> Response:
    return _save(request, f"{what}_change", Saving(session, runtime, case_id, actor, key_in(key), typed, row_id))


def _save(request: Request, what: str, saving: Saving) -> Response:
    _, section, use_case = SAVE[what]

    def context(error: MediationError | None) -> dict[str, Any]:
        desk = desk_at(saving.session, saving.runtime, saving.actor, saving.case_id)
        return _shown(desk, what, saving.row_id, saving.typed, error)

    with attempting(request, saving.session, TEMPLATE, saving.typed, context):
        done = use_case(saving)
    told = done.repeated or done.result
    if what == "evidence":
        return RedirectResponse(f"/cases/{saving.case_id}/evidence/{told['evidence']}/receipt", 303)
    seq = "" if done.repeated else f"?done={done.step.facts.audit_seq + 1}"
    return RedirectResponse(f"/cases/{saving.case_id}{seq}#{section}", 303)


def _shown(desk: Desk, what: str, row_id: int, typed: Typed | None, error: MediationError | None) -> dict[str, Any]:
    names, definition, word = desk.names, desk.view.main.definition, SAVE[what][0]
    mine = tell(desk.runtime, definition, word, typed.nested(), names) if typed else ()
    return {
        "view": desk.view,
        "what": what,
        "row": _row(desk, what, row_id),
        "revision": revision_shown(error, typed, desk.view.main.revision),
        "stale": side_by_side(desk.runtime, definition, error, mine, names),
        **choices(desk),
    }


def _row(desk: Desk, what: str, row_id: int) -> Any:
    """The party or demand that is to be changed; None where something is added."""
    rows: Mapping[str, Any] = {
        "party_change": desk.view.parties,
        "demand_change": desk.view.demands,
        "receipt_change": desk.money.receipts,
    }
    if what not in rows:
        return None
    found = next((row for row in rows[what] if row.id == row_id), None)
    if found is None:
        raise NotFound("本案没有这一项，请从案件页面进入。")
    return found


def _present(row: Any) -> Mapping[str, Any]:
    names = ("name", "phone", "address", "uscc")
    return {name: getattr(row, name) for name in names if hasattr(row, name)}


def choices(desk: Desk) -> dict[str, Any]:
    """The lists that the forms of the file offer."""
    lists = (
        "sides",
        "party_roles",
        "demand_heads",
        "amount_qualities",
        "activity_kinds",
        "payment_methods",
        "receipt_kinds",
    )
    more = ("evidence_categories", "visibilities", "id_kinds", "consent_answers", "party_needs", "authority_powers")
    wanted = desk.runtime.checklists.items.values()
    return {
        "checklist_items": [(item.name, item.title) for item in wanted],
        "codes": {name: list(desk.runtime.codes[name].items()) for name in (*lists, *more)},
        "workers": [(p.id, p.name) for p in desk.principals if p.side == "worker"],
        "supervisors": [(c.id, c.name) for c in desk.view.colleagues if "supervisor" in c.roles],
        "letters": [(item.id, f"{item.number} {item.name}") for item in desk.view.evidence],
        "everybody": [(p.id, p.name) for p in desk.view.parties if p.left_on is None],
    }
