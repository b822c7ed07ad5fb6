"""One whole case file for programs: states with what may be done and why not, deadlines with reasons, people, money."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from mediation.cases.dues import Due
from mediation.cases.earlier import Earlier, Proposals, told_before
from mediation.cases.evidence_rows import EvidenceRow
from mediation.cases.file_rows import DemandRow, PartyRow
from mediation.cases.view import CaseView, ProceedingView, case_view
from mediation.engine.guides import Guide
from mediation.engine.machine import Option
from mediation.money import yuan
from mediation.recovery.queries import AwardLine, CaseMoney, PromiseLine, ReceiptLine, money_of
from mediation.runtime import Runtime

from ..deps import CurrentActor, CurrentRuntime, ReadSession
from .parameters import CaseId

router = APIRouter(prefix="/cases", tags=["案件"])

Told = Mapping[tuple[int, str], Proposals]


class RefusalView(BaseModel):
    guard: str = Field(title="条件")
    sentence: str = Field(title="为什么现在不能办")


class ProposalView(BaseModel):
    ask: str = Field(title="填写项")
    value: Any = Field(title="案卷中已有的内容；只供核对后写入 answers，不会自动提交")
    proceeding_id: int | None = Field(title="此前在哪个程序中填写；空为登记的案情")
    event: str | None = Field(title="此前办理哪一事项时填写")
    event_title: str | None = Field(title="该事项的名称")
    seq: int | None = Field(title="审计记录序号")
    told_on: date | None = Field(title="填写日期")


class OptionView(BaseModel):
    event: str = Field(title="事项")
    title: str = Field(title="名称")
    allowed: bool = Field(title="现在可以办")
    refusals: list[RefusalView] = Field(title="不能办的全部原因")
    proposals: list[ProposalView] = Field(title="现在可以办的，各填写项此前填过、可以沿用的内容")


class GuideView(BaseModel):
    now: str = Field(title="现在怎么办")
    ask: list[str] = Field(title="问当事人什么")
    mistakes: list[str] = Field(title="容易出错的地方")
    articles: dict[str, str] = Field(title="依据的条文：编号与名称")


class ProceedingFile(BaseModel):
    id: int = Field(title="程序编号")
    workflow: str = Field(title="流程")
    version: int = Field(title="流程版本")
    state: str = Field(title="状态")
    state_title: str = Field(title="状态名称")
    acts_next: str = Field(title="下一步由谁办")
    owner: str | None = Field(title="经办人")
    revision: int = Field(title="修订号")
    outcome: str | None = Field(title="结果")
    ended: bool = Field(title="已办结")
    guide: GuideView | None = Field(title="这一状态的办案指引；已不再使用的旧状态为空")
    options: list[OptionView] = Field(title="本人可办的事项，现在能办的和不能办的")


class CitedView(BaseModel):
    law: str = Field(title="法律名称")
    article: str = Field(title="条文")
    source: str = Field(title="来源标记")
    verified: bool = Field(title="已对照原文核实")


class DeadlineFile(BaseModel):
    id: int = Field(title="期限编号")
    proceeding_id: int = Field(title="程序编号")
    name: str = Field(title="期限")
    title: str = Field(title="名称")
    kind: str = Field(title="law 法定，agreed 约定，internal 内部目标")
    due_on: date = Field(title="到期日")
    due_at: datetime | None = Field(title="到期时刻（按小时计算的期限）")
    nominal_due: date = Field(title="未顺延的末日")
    target_on: date | None = Field(title="内部目标日")
    provisional: bool = Field(title="暂定")
    verified: bool = Field(title="依据均已核实")
    overdue: bool = Field(title="已逾期（法定或约定）")
    behind: bool = Field(title="落后于内部目标")
    closed_at: datetime | None = Field(title="结束时间；空为仍在计算")
    reasons: list[str] = Field(title="为什么是这一天")
    cites: list[CitedView] = Field(title="依据")


class PartyFile(BaseModel):
    id: int = Field(title="当事人编号")
    side: str = Field(title="worker 劳动者，employer 用人单位，third 第三人")
    role: str = Field(title="身份代码")
    name: str = Field(title="姓名或名称")
    phone: str | None = Field(title="电话（遮盖）")
    id_number: str | None = Field(title="证件号码（遮盖）")
    address: str | None = Field(title="地址（遮盖）")
    represents: int | None = Field(title="代表哪一方")
    authority: str | None = Field(title="授权范围：general 一般，special 特别")
    authority_until: date | None = Field(title="授权至")
    powers: list[str] = Field(title="特别授权的事项（代码）")
    authority_evidence: int | None = Field(title="授权委托书的证据编号")
    needs: list[str] = Field(title="需要特别照顾的情况（代码），健康等敏感情况除外")
    needs_hidden: int = Field(title="遮盖的敏感情况有几项")
    needs_proposed: list[str] = Field(title="据登记的资料推断、尚未确认的情况（代码），敏感情况除外")
    unconfirmed: int = Field(title="据登记的资料推断、尚未确认的情况有几项")
    consent: str | None = Field(title="意愿代码")
    consent_on: date | None = Field(title="表示意愿的日期")
    signed_on: date | None = Field(title="签署日")
    left_on: date | None = Field(title="退出日期")


class DemandFile(BaseModel):
    id: int = Field(title="请求编号")
    party: int = Field(title="提出人的当事人编号")
    head: str = Field(title="项目代码")
    item: str = Field(title="内容")
    amount: str | None = Field(title="金额（元）")
    quality: str = Field(title="确切程度")
    computed: str | None = Field(title="按公式测算的金额（元）；没有测算的为空，只供对照")
    formula: str | None = Field(title="测算所用的公式")
    withdrawn_on: date | None = Field(title="撤回日期")


class EvidenceFile(BaseModel):
    id: int = Field(title="证据编号")
    number: int = Field(title="序号")
    name: str = Field(title="名称")
    category: str = Field(title="种类代码")
    visibility: str = Field(title="可见范围代码")
    size: int = Field(title="大小（字节）")
    sha256: str = Field(title="校验值")


class PaperFile(BaseModel):
    id: int = Field(title="文书编号")
    number: str = Field(title="文号")
    title: str = Field(title="名称")
    text_hash: str = Field(title="正文校验值")
    issued_at: datetime = Field(title="生成时间")
    voided_why: str | None = Field(title="作废的原因")


class PromiseFile(BaseModel):
    id: int = Field(title="义务编号")
    party: int = Field(title="对哪位劳动者")
    kind: str = Field(title="mediation 调解协议，settlement 其他程序中的调解、和解，award 生效裁判（不计入约定）")
    amount: str | None = Field(title="金额（元）；非金钱义务为空")
    duty: str = Field(title="内容")
    due_on: date = Field(title="履行日")
    planned_on: date | None = Field(title="原定的日期；与履行日不同的才有（提前到期、条件的最迟日、持续义务的起始日）")
    paid: str = Field(title="已到账（元）")
    open: str = Field(title="尚欠（元）")
    settled: bool = Field(title="已履行")
    taken_over: bool = Field(title="未付部分已改按裁判履行")
    overdue: bool = Field(title="逾期")


class ReceiptFile(BaseModel):
    id: int = Field(title="到账编号")
    party: int = Field(title="收款的劳动者")
    promise: int | None = Field(title="义务编号")
    kind: str = Field(title="payment 付款，advance 垫付，set_off 代付后抵扣，credit 此前已付（不计入到账）")
    payer: str | None = Field(title="付款人")
    amount: str = Field(title="金额（元）；冲正为负")
    paid_on: date = Field(title="到账日")
    proof: str = Field(title="凭据")
    reverses: int | None = Field(title="冲正的是哪一笔")


class AwardFile(BaseModel):
    id: int = Field(title="裁决编号")
    party: int = Field(title="哪位劳动者")
    amount: str = Field(title="裁判应付金额（元）")
    net_of: str | None = Field(title="已扣除的此前已付（元）")
    body: str = Field(title="裁决机关")
    decided_on: date = Field(title="裁决日期")
    superseded: bool = Field(title="已被后来的裁判取代，不计入")


class MoneyFile(BaseModel):
    claimed: str = Field(title="请求（元）")
    agreed: str = Field(title="约定（元）")
    awarded: str = Field(title="裁决（元）")
    received: str = Field(title="到账（元）")
    outstanding: str = Field(title="约定或裁判要求履行而未到账（元）")
    received_by_kind: dict[str, str] = Field(title="到账按性质分列（元）")
    awards: list[AwardFile] = Field(title="裁判金额")
    promises: list[PromiseFile] = Field(title="有效的履行义务")
    receipts: list[ReceiptFile] = Field(title="到账记录")


class CaseFile(BaseModel):
    case_id: int = Field(title="案件编号")
    number: str = Field(title="案号")
    organisation: str = Field(title="组织")
    cause: str = Field(title="事由")
    summary: str = Field(title="情况")
    received_on: date = Field(title="收到日期")
    workers_count: int = Field(title="涉及人数")
    gravity: str = Field(title="ordinary 一般，major 重大")
    risk_level: str | None = Field(title="风险等级")
    state: str = Field(title="主程序的状态")
    state_title: str = Field(title="状态名称")
    outcome: str | None = Field(title="结果")
    revision: int = Field(title="主程序的修订号")
    proceedings: list[ProceedingFile] = Field(title="各程序，主程序在前")
    deadlines: list[DeadlineFile] = Field(title="期限，未结束的在前")
    parties: list[PartyFile] = Field(title="当事人")
    demands: list[DemandFile] = Field(title="请求")
    evidence: list[EvidenceFile] = Field(title="证据")
    documents: list[PaperFile] = Field(title="文书，新的在前")
    money: MoneyFile = Field(title="四种金额，互不混同")


@router.get("/{case_id}", summary="一件案件")
def one_case(case_id: CaseId, session: ReadSession, runtime: CurrentRuntime, actor: CurrentActor) -> CaseFile:
    """状态、可办事项与不能办的原因、期限与理由、当事人、请求、证据、文书、金额。"""
    view = case_view(session, runtime, case_id, actor)
    possible = [(p, option.event) for p in view.proceedings for option in p.options if option.allowed]
    told = told_before(session, runtime, view, possible)
    return _file(runtime, view, told, money_of(session, case_id, runtime.clock.today()))


def _file(runtime: Runtime, view: CaseView, told: Told, money: CaseMoney) -> CaseFile:
    main = view.main
    return CaseFile(
        case_id=view.id,
        number=view.number,
        organisation=view.organisation,
        cause=view.cause,
        summary=view.summary,
        received_on=view.received_on,
        workers_count=view.workers_count,
        gravity=view.gravity,
        risk_level=view.risk_level,
        state=main.state,
        state_title=main.state_title,
        outcome=main.outcome,
        revision=main.revision,
        proceedings=[_proceeding(runtime, one, told) for one in view.proceedings],
        deadlines=[_deadline(due) for due in view.dues],
        parties=[_party(row) for row in view.parties],
        demands=[_demand(row) for row in view.demands],
        evidence=[_evidence(row) for row in view.evidence],
        documents=[PaperFile.model_validate(row, from_attributes=True) for row in view.papers],
        money=_money(money),
    )


def _proceeding(runtime: Runtime, one: ProceedingView, told: Told) -> ProceedingFile:
    copied = ("id", "workflow", "version", "state", "state_title", "acts_next", "owner", "revision", "outcome", "ended")
    guide = runtime.guide(one.workflow, one.state)
    return ProceedingFile(
        **_copy(one, *copied),
        guide=_guide(guide) if guide else None,
        options=[_option(one, option, told) for option in one.options],
    )


def _guide(guide: Guide) -> GuideView:
    articles = {article.id: article.text for article in guide.articles}
    return GuideView(now=guide.now, ask=list(guide.ask), mistakes=list(guide.mistakes), articles=articles)


def _copy(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _option(one: ProceedingView, option: Option, told: Told) -> OptionView:
    earlier = told.get((one.id, option.event.name), {})
    return OptionView(
        event=option.event.name,
        title=option.event.title,
        allowed=option.allowed,
        refusals=[RefusalView(guard=r.guard, sentence=r.sentence) for r in option.refusals],
        proposals=[_proposal(ask, found) for ask, found in earlier.items()],
    )


def _proposal(ask: str, found: Earlier) -> ProposalView:
    return ProposalView(
        ask=ask,
        value=found.value,
        proceeding_id=found.proceeding_id,
        event=found.event or None,
        event_title=found.title or None,
        seq=found.seq,
        told_on=found.at.date() if found.at else None,
    )


def _deadline(due: Due) -> DeadlineFile:
    names = set(DeadlineFile.model_fields) - {"reasons", "cites"}
    cites = [CitedView.model_validate(dict(cite)) for cite in due.cites]
    return DeadlineFile(**_copy(due, *names), reasons=list(due.reasons), cites=cites)


def _party(row: PartyRow) -> PartyFile:
    names = set(PartyFile.model_fields) - {"represents", "authority_evidence"}
    return PartyFile(
        **_copy(row, *names),
        represents=row.represents_id,
        authority_evidence=row.authority_evidence_id,
    )


def _demand(row: DemandRow) -> DemandFile:
    copied = _copy(row, "id", "head", "item", "quality", "formula", "withdrawn_on")
    return DemandFile(**copied, party=row.party_id, amount=_yuan(row.amount), computed=_yuan(row.computed))


def _yuan(amount: int | None) -> str | None:
    return None if amount is None else yuan(amount)


def _evidence(row: EvidenceRow) -> EvidenceFile:
    return EvidenceFile(**_copy(row, *EvidenceFile.model_fields))


def _money(money: CaseMoney) -> MoneyFile:
    return MoneyFile(
        claimed=yuan(money.claimed),
        agreed=yuan(money.agreed),
        awarded=yuan(money.awarded),
        received=yuan(money.received),
        outstanding=yuan(money.outstanding),
        received_by_kind={kind: yuan(amount) for kind, amount in money.by_kind.items()},
        awards=[_award(line) for line in money.awards],
        promises=[_promise(line) for line in money.promises],
        receipts=[_receipt(line) for line in money.receipts],
    )


def _award(line: AwardLine) -> AwardFile:
    copied = _copy(line, "id", "body", "decided_on", "superseded")
    net_of = None if line.net_of is None else yuan(line.net_of)
    return AwardFile(**copied, party=line.party_id, amount=yuan(line.amount), net_of=net_of)


def _promise(line: PromiseLine) -> PromiseFile:
    return PromiseFile(
        **_copy(line, "id", "kind", "duty", "due_on", "planned_on", "settled", "taken_over", "overdue"),
        party=line.party_id,
        amount=None if line.amount is None else yuan(line.amount),
        paid=yuan(line.paid),
        open=yuan(line.open),
    )


def _receipt(line: ReceiptLine) -> ReceiptFile:
    copied = _copy(line, "id", "kind", "payer", "paid_on", "proof", "reverses")
    return ReceiptFile(**copied, party=line.party_id, promise=line.promise_id, amount=yuan(line.amount))
