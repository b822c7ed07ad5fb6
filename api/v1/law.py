"""The law as data for programs: an article with all that rests on it, and what nobody has verified yet."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from mediation.engine import resting
from mediation.engine.resting import Room
from mediation.errors import NotFound
from mediation.law.doubts import Doubt

from ..deps import CurrentRuntime, CurrentVisitor

router = APIRouter(prefix="/law", tags=["法律依据"])


class RestingView(BaseModel):
    periods: list[str] = Field(title="期限编号")
    amounts: list[str] = Field(title="数额编号")
    formulas: list[str] = Field(title="计算公式编号")
    deadlines: list[str] = Field(title="流程中的期限，写作“流程.期限”")
    codes: list[str] = Field(title="代码，写作“代码表.代码”")
    papers: list[str] = Field(title="文书代码")
    routes: list[str] = Field(title="协议之后的途径")
    unverified: list[str] = Field(title="待核实事项编号")


class ArticleView(BaseModel):
    id: str = Field(title="条文编号")
    text: str = Field(title="怎样引用")
    gist: str = Field(title="要旨，自己的话，不是原文")
    in_force_from: str | None = Field(title="施行日，不明的为空")
    reviewed_on: str = Field(title="核对日期")
    source: str = Field(title="来源标记")
    verified: bool = Field(title="已对照原文核实")
    unverified_because: list[str] = Field(title="没有核实的缘由，已核实的为空")
    resting: RestingView = Field(title="依靠本条的内容")


class DoubtView(BaseModel):
    id: str = Field(title="事项编号")
    title: str = Field(title="名称")
    reason: str = Field(title="为什么没有核实")
    watch: bool = Field(title="只需留意，不影响已经核对过的条文")
    touches: dict[str, list[str]] = Field(title="牵涉到什么，按种类列出编号")


@router.get("/articles/{id}", summary="一条条文和依靠它的内容")
def article(
    id: Annotated[str, Path(title="条文编号，如 ER-29")], runtime: CurrentRuntime, _visitor: CurrentVisitor
) -> ArticleView:
    """修改条文数据之前，先看会影响什么。"""
    statute = runtime.law.statutes.get(id)
    if statute is None:
        raise NotFound(f"没有编号为“{id[:80]}”的条文")
    definitions = [runtime.machine(name).definition for name in runtime.current]
    papers = [runtime.templates.get(name) for name in runtime.templates.names]
    rests = resting.on_article(Room(runtime.law, definitions, runtime.codes, papers), id)
    return ArticleView(
        id=id,
        text=statute.text,
        gist=statute.gist,
        in_force_from=statute.in_force_from.isoformat() if statute.in_force_from else None,
        reviewed_on=statute.reviewed_on.isoformat(),
        source=statute.source,
        verified=statute.verified,
        unverified_because=list(statute.unverified_because),
        resting=RestingView.model_validate(rests.named()),
    )


@router.get("/unverified", summary="待核实事项")
def unverified(runtime: CurrentRuntime, _visitor: CurrentVisitor) -> list[DoubtView]:
    """还没有核实的事项。牵涉到的期限、条文、数额都标明未经核实。"""
    return [_doubt(doubt) for doubt in runtime.law.doubts.values()]


def _doubt(doubt: Doubt) -> DoubtView:
    touched = {kind: list(ids) for kind, ids in doubt.touches.items() if ids}
    return DoubtView(id=doubt.id, title=doubt.title, reason=doubt.reason, watch=doubt.mark == "watch", touches=touched)
