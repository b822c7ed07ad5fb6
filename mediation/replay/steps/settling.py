"""Settlements in other procedures, agreements that were denied, money that comes another way, groups that part."""

from typing import Any

from sqlalchemy import select

from ...groups.subgroups import SubgroupIn, create_subgroup
from ...money import split, yuan
from ...recovery.models import Agreement
from ..cast import worker_names
from ..story import NotYet, Story
from ..sums import owed, rows_of
from ..ways import do, opened, running, state_of
from .agreeing import promises
from .book import StepBook

STEPS = StepBook()

SETTLES_FROM = ("mediation", "signing", "performance", "default", "fulfilled", "failed", "elsewhere")
PAID_LATER = ("PAY_SPOT", "PAY_PART", "PAY_FULL", "PAY_THIRD", "PAY_ADVANCE", "ENF_PAYOUT")
"""Steps that bring money to workers, by whatever way."""
PROOF = "来源报道（未载凭证编号）"


@STEPS.step("ARB_MEDIATED", "SUIT_MEDIATED")
def settled(story: Story) -> None:
    """A settlement before the committee or the court ends that procedure; its promises are performed in the file."""
    arbitral = story.line.code == "ARB_MEDIATED"
    workflow, event = ("arbitration", "settle_arbitration") if arbitral else ("litigation", "settle_suit")
    opened(story, workflow)
    do(story, workflow, event)
    go_elsewhere(story, SETTLES_FROM)
    rows = promises(story)
    told = {
        "settled_body": "仲裁委员会（来源未载名称）" if arbitral else "人民法院（来源未载名称）",
        "settled_on": story.today.isoformat(),
        "agreement_scope": "full",
        "promises": [{k: v for k, v in row.items() if k != "fen"} for row in rows],
    }
    story.fire("settled_in_procedure", told)
    money = sum(row["fen"] or 0 for row in rows)
    story.did(f"登记{'仲裁' if arbitral else '法院'}调解：{len(rows)}项" + (f"，合计{yuan(money)}元" if money else ""))


def go_elsewhere(story: Story, unless: tuple[str, ...] = ("elsewhere",)) -> None:
    """The mediation rests where another procedure decides."""
    if story.state not in unless:
        story.fire("wait_for_procedures")
        story.implied("转由其他程序处理")


@STEPS.step("AGREE_VOID")
def void(story: Story) -> None:
    """What was agreed stays on record with its sum; what is denied is that it settled everything."""
    query = select(Agreement.id).where(
        Agreement.case_id == story.case_id, Agreement.signed_on.is_not(None), Agreement.replaced_at.is_(None)
    )
    found = next(iter(story.read(query.order_by(Agreement.id.desc()))), None)
    if found is None:
        story.activity("other_procedure", "协议（条款）被认定无效或须补足（协议不是在本案中达成的）")
        story.did("记入工作记录：协议被否定")
        return
    if story.state not in ("mediation", "performance", "default", "fulfilled", "failed", "elsewhere"):
        go_elsewhere(story)
    told = {
        "voided_agreement": found,
        "void_body": "裁判机关（见来源）",
        "voided_on": story.today.isoformat(),
        "void_what": "waiver",
        "void_note": "来源：被认定无效或须补足，已付款项抵扣",
    }
    story.fire("agreement_void", told)
    story.did("登记协议（条款）被否定，已约定和已付的款项保留")


@STEPS.step("PAY_ADVANCE")
def advance(story: Story) -> None:
    booked = receive_otherwise(story, "advance")
    if not booked:
        story.activity("other_procedure", "他人垫付（金额未公布）")
    story.did(f"登记垫付{yuan(booked)}元" if booked else "登记垫付：金额未公布，记入工作记录")


def receive_otherwise(story: Story, how: str) -> int:
    """Money outside the usual payment: on what is owed where something is, the rest on no promise; fen booked.

    The part of this step is the published total less what other steps bring, in equal parts; told as implied.
    """
    published = story.case.amounts.recovered.value
    if published is None:
        return 0
    rest = max(0, published - rows_of(story)["received"])
    later = [code for code in story.ahead if code in PAID_LATER]
    part = split(rest, [1] * (1 + len(later)))[0]
    if later:
        story.implied("各笔到账金额未公布，按笔均分")
    book_freely(story, part, how)
    return part


def book_freely(story: Story, part: int, how: str) -> None:
    """On the promises of each worker as far as they go, then as other money received."""
    open_of = dict.fromkeys(story.parties("worker"), 0)
    for row in owed(story):
        open_of[row.party_id] = open_of.get(row.party_id, 0) + (row.rest or 0)
    on_promises = min(part, sum(open_of.values()))
    if on_promises and story.state in ("performance", "default", "elsewhere"):
        parts = split(on_promises, list(open_of.values()))
        rows = [_row(story, worker, fen, how) for worker, fen in zip(open_of, parts, strict=True) if fen]
        _fire_paid(story, rows, how)
        part -= on_promises
    if part:
        if story.state not in ("mediation", "performance", "default", "fulfilled", "failed", "elsewhere"):
            go_elsewhere(story)
        parts = split(part, weights(story))
        kind, note = ("advance" if how == "advance" else "payment"), "来源未载对应的协议或裁判款项"
        told = [
            {**_row(story, worker, fen, how), "kind": kind, "note": note}
            for worker, fen in zip(open_of, parts, strict=True)
            if fen
        ]
        story.fire("record_other_receipt", {"other_receipts": told})


def weights(story: Story) -> list[int]:
    """By what was published for each worker, else equal."""
    each = story.case.amounts.per_person or {}
    known = [each.get(name) or 0 for name in worker_names(story.case)]
    workers = len(story.parties("worker"))
    return known if len(known) == workers and all(known) else [1] * workers


def _row(story: Story, worker: int, fen: int, how: str) -> dict[str, Any]:
    method = "enforcement" if how == "enforcement" else "other"
    return {
        "party": worker,
        "amount": yuan(fen),
        "paid_on": story.today.isoformat(),
        "method": method,
        "proof": PROOF,
    }


def _fire_paid(story: Story, rows: list[dict[str, Any]], how: str) -> None:
    if how == "advance":
        told = [{**row, "kind": "advance", "payer_name": "垫付方（见来源）"} for row in rows]
        story.fire("record_paid_by_others", {"advances": told})
        return
    story.fire("record_payment", {"payments": rows})


@STEPS.step("CLAUSE_CONDITION", "CLAUSE_INDEMNITY")
def clause(story: Story) -> None:
    """Part of the paper that the agreement before it has drafted (`agreeing` reads the whole run)."""
    if any(line.code.startswith("AGREE_") for line in story.lines[:-1]):
        story.activity("note", "约定写入同一份协议")
        story.did("写入同一份协议")
        return
    story.activity("note", "约定付款条件" if story.line.code == "CLAUSE_CONDITION" else "约定第三人兜底")
    story.did("来源没有协议一步，记入工作记录")


@STEPS.step("GROUP_SPLIT")
def part_ways(story: Story) -> None:
    if not story.parties("worker"):
        raise NotYet("群体分流", "案件中还没有劳动者")
    told = SubgroupIn.model_validate(
        {
            "name": f"分流部分（第{story.position + 1}步）",
            "note": "来源载明分属不同程序或只有部分人参加，未载逐人名单",
            "from_on": story.today,
            "reason": "来源载明群体分流",
        }
    )
    with story.runtime.database.write() as session:
        at = {"revision": story.revision(session), "key": story.key(), "actor": story.stage.mediator}
        create_subgroup(session, story.runtime, story.case_id, told, **at)  # type: ignore[arg-type]
    story.left("file:group_split")
    story.did("登记群体分流：另立分组，逐人名单来源未载")


def lay_down(story: Story) -> None:
    """What one settlement has ended: procedures that still run are withdrawn, because the matter is settled."""
    for workflow, event in (("litigation", "withdraw_suit"), ("arbitration", "withdraw_arbitration")):
        found = running(story, workflow)
        definition = story.runtime.machine(workflow).definition
        if found is None:
            continue
        if state_of(story, found) in definition.events[event].from_:
            do(story, workflow, event, {"withdrawal_reason": "paid"})
            story.implied(f"{definition.title}：协议已经了结，撤回")
