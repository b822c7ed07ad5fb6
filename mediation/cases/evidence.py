"""Evidence: the bytes are kept once by their hash, the hash is in the item, in the audit entry and on the receipt."""

import hashlib
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..engine.ask_types import Integer, Text
from ..errors import BadInput, NotFound
from ..people.actor import Actor
from ..runtime import Runtime
from ..sealing.types import lenient
from .change import Change, changing
from .models import Evidence, Party, StoredFile


class EvidenceIn(BaseModel):
    """What is said about one file."""

    model_config = ConfigDict(extra="forbid", title="证据")

    name: Text = Field(title="名称")
    category: Text = Field(title="种类")
    visibility: Text = Field(default="both_sides", title="可见范围")
    proves: Text | None = Field(default=None, title="证明什么")
    submitted_by: Integer | None = Field(default=None, title="提交人")


@dataclass(frozen=True, slots=True)
class Upload:
    """The file itself."""

    content: bytes
    media_type: str


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
            _check(session, runtime, case_id, data, upload)
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
                media_type=upload.media_type[:100],
                size=len(upload.content),
                sha256=digest,
                received_at=change.step.at,
                received_by_id=actor.person_id,
            )
            session.add(item)
            session.flush()
            change.result |= {"evidence": item.id, "number": item.number, "sha256": digest, "size": item.size}
    return change


def _check(session: Session, runtime: Runtime, case_id: int, data: EvidenceIn, upload: Upload) -> None:
    wrong = {}
    if data.category not in runtime.codes["evidence_categories"]:
        wrong["category"] = "不在可选范围内，请从列表中选择。"
    if data.visibility not in runtime.codes["visibilities"]:
        wrong["visibility"] = "不在可选范围内，请从列表中选择。"
    if data.submitted_by is not None:
        party = session.get(Party, data.submitted_by)
        if party is None or party.case_id != case_id:
            wrong["submitted_by"] = "请从本案当事人中选择。"
    if not upload.content:
        wrong["file"] = "文件是空的，请重新选择。"
    if len(upload.content) > runtime.settings.upload_limit_mb * 2**20:
        wrong["file"] = f"文件超过{runtime.settings.upload_limit_mb}MB，请压缩或拆分后再传。"
    if wrong:
        raise BadInput("证据未保存，请按提示修改。", wrong)


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
