"""Evidence: the bytes are kept once by their hash, the hash is in the item, in the audit entry and on the receipt."""

import hashlib
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..engine.ask_types import Integer, LongText, Text
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..runtime import Runtime
from ..sealing.types import lenient
from .change import Change, changing
from .evidence_rows import UNSEEN, may_see_evidence
from .file_kinds import Unfit, media_type_of
from .models import Evidence, Party, StoredFile


class EvidenceIn(BaseModel):
    """What is said about one file."""

    model_config = ConfigDict(extra="forbid", title="证据")

    name: Text = Field(title="名称")
    category: Text = Field(title="种类")
    visibility: Text = Field(default="both_sides", title="可见范围")
    proves: Text | None = Field(default=None, title="证明什么")
    submitted_by: Integer | None = Field(default=None, title="提交人")
    checklist_item: Text | None = Field(default=None, title="对应清单")


class EvidenceChange(BaseModel):
    """Another class of visibility for one item."""

    model_config = ConfigDict(extra="forbid", title="更改可见范围")

    visibility: Text = Field(title="可见范围")
    reason: LongText = Field(title="理由")


@dataclass(frozen=True, slots=True)
class Upload:
    """The file itself. `media_type` is the sender's claim and proves nothing; `name` as it was called there."""

    content: bytes
    media_type: str
    name: str = ""


def add_evidence(
    session: Session, runtime: Runtime, case_id: int, data: EvidenceIn, upload: Upload, *, key: str, actor: Actor
) -> Change:
    """File one item. `result` is the receipt: {evidence, number, sha256, size}. Cannot collide: asks no revision."""
    digest = hashlib.sha256(upload.content).hexdigest()
    given = {**data.model_dump(mode="json", exclude_none=True), "sha256": digest, "media_type": upload.media_type}
    with changing(
        session, runtime, case_id, "add_evidence", given, revision=None, key=key, actor=actor, bumps=False
    ) as change:
        if change.repeated is None:
            media_type = _checked(session, change, data, upload)
            if session.get(StoredFile, digest) is None:
                session.add(StoredFile(sha256=digest, size=len(upload.content), content=upload.content))
            item = Evidence(
                case_id=case_id,
                number=_next(session, case_id),
                name=data.name,
                category=data.category,
                visibility=data.visibility,
                proves=data.proves or "",
                submitted_by_id=data.submitted_by,
                media_type=media_type,
                size=len(upload.content),
                sha256=digest,
                received_at=change.step.at,
                received_by_id=actor.person_id,
                checklist_item=data.checklist_item,
            )
            session.add(item)
            session.flush()
            change.result |= {"evidence": item.id, "number": item.number, "sha256": digest, "size": item.size}
    return change


def change_evidence(
    session: Session, runtime: Runtime, case_id: int, evidence_id: int, data: EvidenceChange, *, key: str, actor: Actor
) -> Change:
    """Let others see the item than before, from now on; what was seen has been seen. `result`: {evidence, was}."""
    item = session.get(Evidence, evidence_id)
    if item is None or item.case_id != case_id:
        raise NotFound(UNSEEN)
    given = {**data.model_dump(mode="json"), "item_number": item.number}
    with changing(
        session, runtime, case_id, "change_evidence", given, revision=None, key=key, actor=actor, bumps=False
    ) as change:
        if change.repeated is None:
            if data.visibility not in runtime.codes["visibilities"]:
                raise BadInput("可见范围未更改，请按提示修改。", {"visibility": CHOOSE})
            if data.visibility == item.visibility:
                raise BadInput("可见范围未更改，请按提示修改。", {"visibility": "现在就是这个可见范围，请另选一种。"})
            change.result |= {"evidence": item.id, "was": item.visibility}
            item.visibility = data.visibility
    return change


CHOOSE = "不在可选范围内，请从列表中选择。"
NOT_FOR_YOU = "选了这个范围，您自己也看不到这份证据；请改选“双方可见”，或者请调解员上传。"


def _checked(session: Session, change: Change, data: EvidenceIn, upload: Upload) -> str:
    """The media type of what is filed; BadInput with every fault at once."""
    runtime, wrong, media_type = change.step.runtime, {}, ""
    if data.category not in runtime.codes["evidence_categories"]:
        wrong["category"] = CHOOSE
    if data.visibility not in runtime.codes["visibilities"]:
        wrong["visibility"] = CHOOSE
    party = session.get(Party, data.submitted_by) if data.submitted_by is not None else None
    if data.submitted_by is not None and (party is None or party.case_id != change.step.case_id):
        wrong["submitted_by"] = "请从本案当事人中选择。"
    if data.checklist_item is not None and data.checklist_item not in runtime.checklists.items:
        wrong["checklist_item"] = CHOOSE
    if data.visibility == "own_side" and data.submitted_by is None:
        wrong["submitted_by"] = "选“提交方可见”的，请选择是谁提交的。"
    roles = change.step.actor.roles_at(change.step.facts.path)
    if not wrong and not may_see_evidence(roles, data.visibility, party.side if party else None):
        wrong["visibility"] = NOT_FOR_YOU
    if not upload.content:
        wrong["file"] = "文件是空的，请重新选择。"
    elif len(upload.content) > runtime.settings.upload_limit_mb * 2**20:
        wrong["file"] = f"文件超过{runtime.settings.upload_limit_mb}MB，请压缩或拆分后再传。"
    else:
        try:
            media_type = media_type_of(upload.content, upload.name)
        except Unfit as error:
            wrong["file"] = str(error)
    if wrong:
        raise BadInput("证据未保存，请按提示修改。", wrong)
    return media_type


def _next(session: Session, case_id: int) -> int:
    last = session.scalar(select(func.max(Evidence.number)).where(Evidence.case_id == case_id))
    return (last or 0) + 1


def evidence_file(session: Session, case_id: int, evidence_id: int) -> tuple[Evidence, bytes]:
    """The item and its bytes; NotFound (with what to do) where the file has vanished or was changed."""
    item = session.get(Evidence, evidence_id)
    if item is None or item.case_id != case_id:
        raise NotFound("本案没有这项证据。")
    content = session.scalar(select(lenient(StoredFile.content)).where(StoredFile.sha256 == item.sha256))
    if content is None or hashlib.sha256(content).hexdigest() != item.sha256:
        raise NotFound("这份证据的文件已丢失或被改动，请立即报告管理员，从备份恢复。")
    return item, content
