"""The audit trail in words: what was said under which title, and what followed from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, get_args

from pydantic import BaseModel
from sqlalchemy.orm import Session

from ..engine.definition import Ask, Definition
from ..engine.vocabulary import AskType
from ..runtime import Runtime
from .activities import ActivityIn
from .evidence import EvidenceIn
from .history import HistoryLine, guarded, history, title_of
from .intake import Intake
from .parties import DemandIn, PartyIn
from .proceedings import stamped_version
from .undoable import UNDO, undone_seqs
from .view import CaseView, ProceedingView

Said = tuple[tuple[str, str], ...]
"""(title, text) of each answer."""

_MODELS: Sequence[type[BaseModel]] = (Intake, PartyIn, DemandIn, EvidenceIn, ActivityIn)
_FURTHER = {
    "side": "一方",
    "reason": "理由",
    "left_on": "退出日期",
    "withdrawn_on": "撤回日期",
    "demand": "请求",
    "sha256": "文件校验值",
    "body": "裁决机关",
    "decided_on": "裁决日期",
    "note": "说明",
    "paid_on": "到账日",
    "method": "方式",
    "proof": "凭据",
    "from_version": "原版本",
    "to_version": "新版本",
    "ground": "事由",
    "on": "日期",
    "until": "中止的原因消除之日",
    "condition": "情况",
    "condition_on": "发生或查明的日期",
    "item_number": "证据编号",
    "terms": "其他条件",
    "made_on": "提出日期",
    "valid_until": "有效至",
    "offer_number": "出价编号",
    "state": "结果",
    "liability": "承担责任的方式",
    "liability_basis": "依据",
}
_TITLES: Mapping[str, str] = {
    **{name: field.title or name for model in _MODELS for name, field in model.model_fields.items()},
    **_FURTHER,
    "party": "当事人",
}
_LISTS = {
    "head": "demand_heads",
    "category": "evidence_categories",
    "visibility": "visibilities",
    "quality": "amount_qualities",
    "cause": "causes",
    "channel": "channels",
    "role": "party_roles",
    "side": "sides",
    "method": "payment_methods",
    "gender": "genders",
    "needs": "party_needs",
    "powers": "authority_powers",
    "ground": "limitation_grounds",
    "id_kind": "id_kinds",
    "workers_count_quality": "amount_qualities",
    "condition": "party_conditions",
    "liability": "liabilities",
    "state": "offer_states",
}
_LISTS_OF: Mapping[str, Mapping[str, str]] = {
    "add_activity": {"kind": "activity_kinds"},
    "link_case": {"kind": "case_link_kinds"},
    "import_roster": {"kind": "roster_kinds"},
}
"""Where one word means another list in another change."""
CODED = ("needs", "powers")
_CELLS = {**_LISTS, "controlled_by": "condition_controls", "kind": "receipt_kinds"}


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers in answers stand for."""

    parties: Mapping[int, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)
    evidence: Mapping[int, str] = field(default_factory=dict)
    duties: Mapping[int, str] = field(default_factory=dict)
    further: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """By ask type: what features let people choose from."""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One thing that happened. `opened` are deadlines that began: (title, day)."""

    seq: int
    proceeding_id: int
    workflow: str
    event: str
    title: str
    from_state: str
    to_state: str
    by: str
    role: str
    at: datetime
    said: Said
    outcome: str
    opened: tuple[tuple[str, str], ...]
    papers: tuple[tuple[int, str, str], ...]
    definition: str
    hash: str
    undone: bool = False
    """Taken back by a later entry."""

    @property
    def moved(self) -> bool:
        return bool(self.from_state) and self.from_state != self.to_state


def names_of(
    view: CaseView, duties: Mapping[int, str] | None = None, further: Mapping[str, Mapping[int, str]] | None = None
) -> Names:
    """Only what the reader of this view may see; anything else keeps its number."""
    return Names(
        {p.id: p.name for p in view.parties},
        {c.id: c.name for c in view.colleagues},
        {e.id: e.name for e in view.evidence},
        duties or {},
        {"proceeding": {p.id: p.title for p in view.proceedings}, **(further or {})},
    )


def timeline(
    session: Session, runtime: Runtime, view: CaseView, names: Names, *, offset: int = 0, limit: int = 50
) -> tuple[TimelineRow, ...]:
    """The trail of all proceedings of the case, newest first; private notes only for those who may read them."""
    lines = history(session, view.id, offset=offset, limit=limit)
    undone = undone_seqs(session, view.id)
    return tuple(_row(runtime, view, names, line, (line.proceeding_id, line.seq) in undone) for line in lines)


def _row(runtime: Runtime, view: CaseView, names: Names, line: HistoryLine, undone: bool) -> TimelineRow:
    proceeding = view.proceeding(line.proceeding_id) or view.main
    definition, result = _decided_under(runtime, proceeding, line), line.payload.get("result", {})
    shown = {item.id for item in view.evidence}
    answers = guarded(line.event, line.payload, confidential=view.confidential, evidence=shown)
    return TimelineRow(
        seq=line.seq,
        proceeding_id=line.proceeding_id,
        workflow=proceeding.title,
        event=line.event,
        title=_title(definition, line.event, result),
        from_state=_state(runtime, definition, line.from_state),
        to_state=_state(runtime, definition, line.to_state),
        by=line.by,
        role=runtime.title("roles", line.role) if line.role else "",
        at=line.at,
        said=tell(runtime, definition, line.event, answers, names),
        outcome=runtime.title("outcomes", result.get("outcome")),
        opened=tuple((_deadline(definition, o["name"]), o["due"][:16].replace("T", " ")) for o in _opened(result)),
        papers=tuple((d["id"], d["title"], d["number"]) for d in result.get("documents", ())),
        definition=line.definition,
        hash=line.hash,
        undone=undone,
    )


def _title(definition: Definition, event: str, result: Mapping[str, Any]) -> str:
    """An undo names what it took back."""
    undone = result.get("undone") if event == UNDO else None
    return f"撤销“{title_of(definition, undone['event'])}”" if undone else title_of(definition, event)


def _opened(result: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """What began, and what was moved to another day."""
    return [*result.get("opened", ()), *result.get("moved", ())]


def _decided_under(runtime: Runtime, proceeding: ProceedingView, line: HistoryLine) -> Definition:
    """The version that the entry names; a migrated proceeding has entries of several."""
    machine = runtime.machines.get((proceeding.workflow, stamped_version(line.definition)))
    return machine.definition if machine else proceeding.definition


def _state(runtime: Runtime, definition: Definition, name: str) -> str:
    """The state's title; that of an older version where a migration has left it behind."""
    older = (runtime.machines.get((definition.name, version)) for version in range(definition.version - 1, 0, -1))
    found = [definition, *(machine.definition for machine in older if machine)]
    return next((d.states[name].title for d in found if name in d.states), name)


def _deadline(definition: Definition, name: str) -> str:
    rule = definition.deadlines.get(name)
    return rule.title if rule else name


def tell(runtime: Runtime, definition: Definition, event: str, answers: Mapping[str, Any], names: Names) -> Said:
    """The answers of an entry in words. Takes raw text too, as it was typed in a form that was not accepted."""
    found = definition.events.get(event)
    if found is None:
        return _tell_change(runtime, event, answers, names)
    said = ((ask.title, _answer(runtime, ask, answers.get(ask.name), names)) for ask in found.asks.values())
    return tuple((title, text) for title, text in said if text)


def _tell_change(runtime: Runtime, event: str, answers: Mapping[str, Any], names: Names) -> Said:
    told = {n: v for n, v in answers.items() if n in _TITLES and _tellable(n, v)}
    lists = {**_LISTS, **_LISTS_OF.get(event, {})}
    return tuple((_TITLES[name], _cells(runtime, lists.get(name), name, value, names)) for name, value in told.items())


def _tellable(name: str, value: Any) -> bool:
    """Of lists only those of codes."""
    return value not in (None, "", []) and (name in CODED if isinstance(value, list) else not isinstance(value, dict))


def _cells(runtime: Runtime, codes: str | None, name: str, value: Any, names: Names) -> str:
    values = value if isinstance(value, list) else [value]
    return "、".join(_cell(runtime, codes, name, one, names) for one in values)


def _answer(runtime: Runtime, ask: Ask, value: Any, names: Names) -> str:
    if value in (None, "", []):
        return ""
    columns = runtime.vocabulary.ask_types[ask.type].columns
    if columns:
        return "；".join(_table_row(runtime, row, names) for row in value if isinstance(row, Mapping))
    known = {
        "party": names.parties,
        "person": names.people,
        "evidence": names.evidence,
        "duty": names.duties,
        **names.further,
    }
    values = value if isinstance(value, list) else [value]
    text = "、".join(_plain(runtime, ask.choices, v, known.get(ask.type, {})) for v in values)
    return f"{text}元" if ask.type == "money" else text


_LED = {"payer": "由", "indemnifier": "兜底：", "condition": "条件：", "latest_on": "最迟", "until_on": "持续到"}
"""Words before a cell that would not be understood alone."""


def _table_row(runtime: Runtime, row: Mapping[str, Any], names: Names) -> str:
    told = {
        name: _cell(runtime, _CELLS.get(name), name, value, names)
        for name, value in row.items()
        if value not in (None, "")
    }
    return " ".join(_LED.get(name, "") + text for name, text in told.items())


def _cell(runtime: Runtime, codes: str | None, name: str, value: Any, names: Names) -> str:
    text = _plain(runtime, codes, value, names.parties if name in ("party", "payer", "indemnifier") else {})
    return f"{text}元" if name in ("amount", "net_of") else text


def _plain(runtime: Runtime, code_list: str | None, value: Any, names: Mapping[int, str]) -> str:
    if isinstance(value, bool) or value in ("true", "false"):
        return "是" if value in (True, "true") else "否"
    if code_list is not None:
        return runtime.title(code_list, str(value))
    if names and str(value).isdecimal():
        return names.get(int(value), f"编号{value}")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def row_model(table: AskType) -> type[BaseModel]:
    """The model of one row of a table; its field titles head the columns."""
    model: type[BaseModel] = get_args(get_args(table.annotation)[0])[0]
    return model
