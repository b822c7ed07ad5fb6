"""待遇计算 for programs: the formulas, a calculation with every step, and a demand filled with it."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from mediation.engine.ask_types import Day, Integer, YesNo
from mediation.entitlements.calculate import Calculation, calculate, plain
from mediation.entitlements.fill import fill_demand
from mediation.law.entitlements.registry import FORMULAS
from mediation.law.entitlements.shape import Wanted, wanted

from ..deps import CurrentActor, CurrentRuntime, CurrentVisitor, WriteSession
from .parameters import CaseId, RequiredKey

router = APIRouter(tags=["待遇计算"])

FormulaId = Annotated[str, Path(title="公式编号", max_length=40)]


class InputView(BaseModel):
    name: str = Field(title="名称")
    title: str = Field(title="含义")
    hint: str = Field(title="怎样填")
    kind: str = Field(title="种类：money 元、date、month、number、count、yes_no、text、choice、rows 多行")
    required: bool = Field(title="必填")
    default: str | None = Field(title="不填时的值")
    options: dict[str, str] = Field(title="可选的代码")
    columns: list["InputView"] = Field(title="多行的各栏")


class FormulaView(BaseModel):
    id: str = Field(title="公式编号")
    version: int = Field(title="版本")
    title: str = Field(title="名称")
    group: str = Field(title="类别")
    applies: str = Field(title="什么情况下可以主张")
    head: str | None = Field(title="填入哪个请求项目；空的不能填入")
    inputs: list[InputView] = Field(title="要填的内容")


class FigureView(BaseModel):
    name: str = Field(title="名称")
    title: str = Field(title="含义")
    text: str = Field(title="数值")


class ArticleView(BaseModel):
    id: str = Field(title="条文编号")
    text: str = Field(title="条文")
    gist: str = Field(title="要旨")
    source: str = Field(title="来源标记")
    verified: bool = Field(title="已对照原文核实")
    unverified_because: list[str] = Field(title="没有核实的缘由")


class ParameterView(BaseModel):
    key: str = Field(title="数额编号")
    title: str = Field(title="名称")
    value: str = Field(title="数值")
    unit: str = Field(title="单位")
    place: str = Field(title="地区")
    on: str = Field(title="按哪一天取值")
    in_force_from: str = Field(title="自何日起")
    source: str = Field(title="来源标记")
    unverified_because: list[str] = Field(title="没有核实的缘由")


class PartView(BaseModel):
    head: str = Field(title="请求项目")
    amount: str = Field(title="金额（元）")


class CalculationView(BaseModel):
    formula: str = Field(title="公式编号")
    version: int = Field(title="公式版本")
    rule: str = Field(title="公式编号和版本")
    title: str = Field(title="名称")
    inputs: dict[str, Any] = Field(title="所填的内容")
    as_of: str | None = Field(title="按哪一天施行的标准；空的按事实发生之日")
    amount: str | None = Field(title="金额（元）；结果不是金额、或者法律只给出上下限的为空")
    range: list[str] | None = Field(title="下限和上限（元）")
    answer: str = Field(title="结果")
    demands: list[PartView] = Field(title="可以填入的请求")
    figures: list[FigureView] = Field(title="基数、月数、天数等")
    steps: list[str] = Field(title="计算过程")
    articles: list[ArticleView] = Field(title="依据")
    rounding: str = Field(title="取整")
    uncertain: list[str] = Field(title="未定之处")
    parameters: list[ParameterView] = Field(title="所用的法定数额")
    caution: str = Field(title="算出不等于应得")


class CalculationRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    inputs: dict[str, Any] = Field(default={}, title="按公式要填的内容；金额为以元为单位的文字")
    as_of: Day | None = Field(default=None, title="按哪一天施行的标准；不填按事实发生之日")


class FillRequest(CalculationRequest):
    revision: Integer = Field(title="您看到的修订号")
    party: Integer = Field(title="提出请求的当事人编号")
    update: YesNo = Field(default=False, title="更新该当事人已有的同类请求，而不是另加一项")


class FilledView(BaseModel):
    revision: int = Field(title="修订号（下一次改动请带回）")
    repeated: bool = Field(title="同一编号此前已提交过，这次没有再办")
    demands: list[int] = Field(title="请求的编号")
    calculation: CalculationView = Field(title="计算")


@router.get("/calculate", summary="全部公式")
def formulas(_visitor: CurrentVisitor) -> list[FormulaView]:
    """每个公式要填什么、填入哪个请求项目。"""
    copied = ("id", "version", "title", "group", "applies", "head")
    return [
        FormulaView(**{name: getattr(f, name) for name in copied}, inputs=_inputs(wanted(f.inputs)))
        for f in FORMULAS.values()
    ]


@router.post("/calculate/{formula}", summary="计算")
def calculated(
    formula: FormulaId, body: CalculationRequest, runtime: CurrentRuntime, _visitor: CurrentVisitor
) -> CalculationView:
    """与命令 `mediation calculate --json` 的结果相同；不保存任何内容。"""
    return _view(calculate(runtime.law, formula, body.inputs, today=runtime.clock.today(), as_of=body.as_of))


@router.post("/cases/{case_id}/calculate/{formula}", summary="计算并填入请求", tags=["案件"])
def filled(
    case_id: CaseId,
    formula: FormulaId,
    body: FillRequest,
    session: WriteSession,
    runtime: CurrentRuntime,
    actor: CurrentActor,
    key: RequiredKey,
) -> FilledView:
    """请求连同计算过程一起保存。一个公式对应几个项目的（如 N+1），每个项目一项请求。"""
    done = fill_demand(
        session,
        runtime,
        case_id,
        body.party,
        formula,
        body.inputs,
        revision=body.revision,
        key=key,
        actor=actor,
        as_of=body.as_of,
        update=body.update,
    )
    told = _view(done.calculation)
    return FilledView(revision=done.revision, repeated=done.repeated, demands=list(done.demands), calculation=told)


def _view(done: Calculation) -> CalculationView:
    return CalculationView.model_validate(plain(done))


def _inputs(fields: Iterable[Wanted]) -> list[InputView]:
    copied = ("name", "title", "hint", "kind", "required", "default")
    return [
        InputView(
            **{name: getattr(field, name) for name in copied},
            options=dict(field.options),
            columns=_inputs(field.columns),
        )
        for field in fields
    ]
