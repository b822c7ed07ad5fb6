"""Legal periods for programs: what there is, and the last day with its reasons."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from mediation.law.book import LawBook
from mediation.law.periods import Period
from mediation.law.plain import day, moment, plain

from ..deps import CurrentRuntime, CurrentVisitor

router = APIRouter(prefix="/periods", tags=["法定期限"])


class CiteView(BaseModel):
    id: str | None = Field(None, title="条文编号，如 ER-29")
    law: str | None = Field(title="法律名称；内部目标没有")
    article: str | None = Field(title="条文")
    source: str = Field(title="来源标记：S、L 为已核对原文，其余为待核实或内部规定")


class PeriodView(BaseModel):
    id: str = Field(title="期限编号")
    title: str = Field(title="名称")
    starts: str = Field(title="从什么事起算")
    length: str | None = Field(title="多长；法律没有给出数字的为空")
    group: str = Field(title="所在的一组；office 为本单位的工作目标")
    kind: str = Field(title="性质：duty、right、effect、design、suspension、practice，可以用 + 连接")
    law: bool = Field(title="是法律规定，而不是内部目标或本单位设定")
    setting: bool = Field(title="法律没有规定天数，length 是本单位设定")
    who: str | None = Field(title="由谁负责")
    consequence: str | None = Field(title="逾期后果")
    verified: bool = Field(title="已对照原文核实")
    unverified_because: list[str] = Field(title="没有核实的缘由，已核实的为空")
    cites: list[CiteView] = Field(title="依据")


class DueView(BaseModel):
    period: str = Field(title="期限编号")
    start: str = Field(title="起算的事实发生之日")
    nominal_due: str = Field(title="未顺延的末日")
    legal_due: str = Field(title="末日")
    provisional: bool = Field(title="暂定：所涉年份的放假安排尚未公布")
    reasons: list[str] = Field(title="理由")
    cite: CiteView = Field(title="主要依据")
    cites: list[CiteView] | None = Field(None, title="全部依据，多于一条时才有")
    unverified_because: list[str] | None = Field(None, title="没有核实的缘由，全部已核实时没有")


@router.get("", summary="全部期限")
def periods(runtime: CurrentRuntime, _visitor: CurrentVisitor) -> list[PeriodView]:
    """每个期限的最新规定。"""
    return [_view(versions[-1]) for versions in runtime.law.periods.values()]


def _view(period: Period) -> PeriodView:
    return PeriodView(
        id=period.id,
        title=period.title,
        starts=period.start,
        length=period.working_span.text if period.working_span else None,
        group=period.group,
        kind=period.kind,
        law=period.is_law,
        setting=period.is_setting,
        who=period.who,
        consequence=period.consequence,
        verified=not period.unverified_because,
        unverified_because=list(period.unverified_because),
        cites=[CiteView(id=c.id, law=c.law, article=c.article, source=c.source) for c in period.cites],
    )


@router.get("/{period}/due", summary="推算末日")
def due(
    period: Annotated[str, Path(title="期限编号")],
    runtime: CurrentRuntime,
    _visitor: CurrentVisitor,
    from_: Annotated[str, Query(alias="from", title="起算的事实发生之日，如 2026-09-17；按小时的写 2026-09-17T09:30")],
    as_of: Annotated[str, Query(title="按哪一天施行的规定，默认为起算之日")] = "",
) -> DueView:
    """与命令 `mediation due --json` 的结果相同。"""
    return DueView.model_validate(reckoned(runtime.law, period, from_, as_of))


def reckoned(book: LawBook, period: str, from_: str, as_of: str = "") -> dict[str, object]:
    """The reckoning as plain data; BadInput and NotFound where it cannot be made."""
    return plain(book, book.reckon(period, moment(from_), day(as_of) if as_of else None))
