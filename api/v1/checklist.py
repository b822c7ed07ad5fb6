"""The checklist of evidence, for programs: what the case still needs, who has to bring it, what is there."""

from collections.abc import Sequence

from fastapi import APIRouter
from pydantic import BaseModel, Field

from mediation.cases.checklist import Line, LinkEvidence, checklist, link_evidence
from mediation.cases.evidence_rows import EvidenceRow, item_among
from mediation.cases.view import case_view

from ..deps import CurrentActor, CurrentRuntime, ReadSession, WriteSession
from .cases import ChangeDone, done
from .parameters import CaseId, RequiredKey, RowId

router = APIRouter(prefix="/cases", tags=["案件"])


class NeededItem(BaseModel):
    item: str = Field(title="清单上的代码")
    title: str = Field(title="名称")
    where: str = Field(title="到哪里找")
    burden_on: str | None = Field(title="依法由谁提供；没有特别规定的为空")
    burden: str | None = Field(title="怎样规定")
    cites: list[str] = Field(title="依据")
    there: bool = Field(title="已有")
    linked: list[int] = Field(title="由人对应的证据编号")
    likely: list[int] = Field(title="种类相符的证据编号")


@router.get("/{case_id}/checklist", summary="证据准备清单")
def needed(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> list[NeededItem]:
    """按事由和请求列出；只对照本人能看到的证据。"""
    view = case_view(session, runtime, case_id, actor)
    return [_item(line) for line in checklist(session, runtime, view.id, view.evidence)]


@router.post("/{case_id}/evidence/{evidence_id}/checklist", summary="证据对应清单")
def linked(
    case_id: CaseId,
    evidence_id: RowId,
    body: LinkEvidence,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> ChangeDone:
    """不填 `item` 的，不再对应任何一项。"""
    row = item_among(case_view(session, runtime, case_id, actor).evidence, evidence_id)
    return done(link_evidence(session, runtime, case_id, row.id, body, key=key, actor=actor))


def _item(line: Line) -> NeededItem:
    burden = line.item.burden
    return NeededItem(
        item=line.item.name,
        title=line.item.title,
        where=line.item.where,
        burden_on=burden.who if burden else None,
        burden=burden.says if burden else None,
        cites=[one.text for one in burden.cites] if burden else [],
        there=line.there,
        linked=_ids(line.linked),
        likely=_ids(line.likely),
    )


def _ids(rows: Sequence[EvidenceRow]) -> list[int]:
    return [row.id for row in rows]
