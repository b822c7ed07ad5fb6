"""Reading the audit trail: who did what, since when; and what a repeated key did the first time."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from ..engine.definition import Definition
from ..errors import StateHasChanged
from ..people.fields import masked_answers
from ..people.models import Person
from ..prepared import Prepared
from .models import AuditEntry, Proceeding

FILE_CHANGES = {
    "register": "登记",
    "add_party": "添加当事人",
    "change_party": "更正当事人",
    "add_demand": "添加请求",
    "change_demand": "变更请求",
    "add_activity": "工作记录",
    "add_evidence": "添加证据",
    "change_evidence": "更改证据的可见范围",
    "link_evidence": "证据对应清单",
    "record_offer": "登记出价",
    "release_offer": "出价告知对方",
    "end_offer": "出价撤回或接受",
    "draft_paper": "起草申请书",
    "record_award": "登记裁决金额",
    "record_credit": "登记此前已付",
    "record_late_receipt": "结案后登记到账",
    "reverse_receipt": "冲正其他款项",
    "correct_deadline": "更正起算日",
    "calendar_changed": "放假安排变更后重算期限",
    "start": "程序开始",
    "undo": "撤销上一步",
    "migrate": "迁移到新版流程",
    "repair_reminders": "修复提醒",
    "hand_over": "移交给另一位同事",
    "hand_back": "离岗期满，交回原承办人",
    "retry_stuck": "重试自动办理失败的事项",
    "drop_stuck": "放弃自动办理失败的事项",
    "link_case": "关联案件",
    "split_case": "分案",
    "take_in_case": "并入另一案件的内容",
    "party_condition": "当事人情况变化",
    "party_liability": "登记承担责任的方式",
    "party_needs": "登记需要特别照顾的情况",
    "party_authority": "登记代理权限",
    "succeed_party": "更换或承继当事人",
    "import_roster": "导入名单",
    "join_group": "劳动者加入",
    "leave_group": "劳动者退出",
    "group_split": "群体分流",
    "group_assign": "调整分组",
    "group_outcome": "登记分组的去向",
    "group_procedure": "登记程序所涉的分组",
    "elect_representatives": "推选代表",
    "draft_consents": "登记劳动者对协议稿的意见",
    "personal_papers": "逐人出具文书",
    "add_limitation_event": "登记时效中断、中止",
    "strike_limitation_event": "删去登记有误的时效事由",
    "limitation_recounted": "放假安排变更后重算时效",
    "renew_progress": "重新生成进展查询编码",
    "revoke_progress": "停用进展查询编码",
    "privacy_answer": "登记个人信息的告知和同意",
    "privacy_withdrawal": "登记撤回同意",
    "readings_asked": "登记询问谁看过",
    "readings_answered": "答复谁看过",
    "restrict_case": "限制查阅",
    "lift_restriction": "解除限制查阅",
    "emergency_access": "紧急查阅",
    "emergency_review": "复核紧急查阅",
    "book_meeting": "约调解会",
    "move_meeting": "调解会改期",
    "cancel_meeting": "取消调解会",
    "meeting_told": "登记通知送达",
    "party_time": "登记当事人的时间",
    "personal_request": "登记个人信息请求",
    "answer_personal_request": "答复个人信息请求",
    "hold_deletion": "暂停销毁",
    "release_deletion": "解除暂停销毁",
    "approve_deletion": "销毁个人信息",
}
"""Titles of the audit words that are no workflow events."""

_BY_KEY = Prepared(
    select(
        AuditEntry.proceeding_id,
        AuditEntry.event,
        AuditEntry.from_state,
        AuditEntry.to_state,
        AuditEntry.revision,
        AuditEntry.seq,
        AuditEntry.payload,
        AuditEntry.request_hash,
        Proceeding.case_id,
    )
    .join(Proceeding, Proceeding.id == AuditEntry.proceeding_id)
    .where(AuditEntry.idempotency_key == bindparam("key"))
)


def entry_of_key(connection: Connection, key: str) -> dict[str, Any] | None:
    """The entry that first used this idempotency key, with its parsed `result`."""
    row = _BY_KEY.one(connection, {"key": key})
    if row is not None:
        row["result"] = json.loads(row["payload"]).get("result", {})
    return row


def title_of(definition: Definition, event: str) -> str:
    """The Chinese title of an audit word in a proceeding of this definition."""
    found = definition.events.get(event)
    return found.title if found else FILE_CHANGES.get(event, event)


def changed_since(
    connection: Connection, definition: Definition, row: Mapping[str, Any], revision: int
) -> StateHasChanged:
    """The answer to a stale save: what has happened since that revision, by whom."""
    query = (
        select(AuditEntry.event, AuditEntry.at, AuditEntry.to_state, AuditEntry.payload, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.proceeding_id == row["proceeding_id"], AuditEntry.revision > revision)
        .order_by(AuditEntry.seq)
        .limit(50)
    )
    changes = [
        {
            "event": e.event,
            "title": title_of(definition, e.event),
            "at": e.at.isoformat(),
            "by": e.name or "系统时钟",
            "state": definition.states[e.to_state].title if e.to_state in definition.states else e.to_state,
            "answers": guarded(e.event, json.loads(e.payload)),
        }
        for e in connection.execute(query)
    ]
    who = "、".join(dict.fromkeys(f"{c['by']}“{c['title']}”" for c in changes)) or "他人的操作"
    sentence = f"您打开页面后，本案已有变化：{who}。您填写的内容没有丢失，请核对后重新提交。"
    return StateHasChanged(sentence, row["revision"], changes)


ABOUT_EVIDENCE = ("add_evidence", "change_evidence", "link_evidence")
OFFERS = ("record_offer", "release_offer", "end_offer")
"""What a side offers is told to the mediator; whom else it reaches, the log of offers decides, not the trail."""


def guarded(
    event: str, payload: Mapping[str, Any], *, confidential: bool = False, evidence: Collection[int] = ()
) -> Mapping[str, Any]:
    """The answers without what not everybody may read: private notes, and items other than `evidence`, which are those
    that the reader may see today; numbers and addresses masked."""
    answers: Mapping[str, Any] = masked_answers(payload.get("answers", {}))
    if confidential:
        return answers
    if event in ABOUT_EVIDENCE:
        return answers if payload.get("result", {}).get("evidence") in evidence and event != "change_evidence" else {}
    if event in OFFERS:
        return {}
    return {} if event == "add_activity" and answers.get("private") is True else answers


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the timeline."""

    seq: int
    proceeding_id: int
    workflow: str
    event: str
    from_state: str
    to_state: str
    by: str
    role: str
    at: datetime
    payload: Mapping[str, Any]
    definition: str
    hash: str


def history(session: Session, case_id: int, *, offset: int = 0, limit: int = 100) -> Sequence[HistoryLine]:
    """The audit trail of all proceedings of a case, newest first."""
    query = (
        select(AuditEntry, Proceeding.workflow, Person.name)
        .join(Proceeding, Proceeding.id == AuditEntry.proceeding_id)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(Proceeding.case_id == case_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [
        HistoryLine(
            e.seq,
            e.proceeding_id or 0,
            workflow,
            e.event,
            e.from_state,
            e.to_state,
            name or "系统时钟",
            e.role,
            e.at,
            json.loads(e.payload),
            e.definition,
            e.hash,
        )
        for e, workflow, name in session.execute(query)
    ]
