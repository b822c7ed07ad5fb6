"""After signing: confirmation, payments, defaults. Money is booked only as far as a published sum supports it."""

from datetime import timedelta
from typing import Any

from ...cases.parties import PartyIn
from ...money import split, yuan
from ...people.actor import CLOCK
from ..awards import DECIDING
from ..cast import worker_names
from ..story import NotYet, Story
from ..sums import AGREEING, PAYING, Owed, owed, rows_of
from .agreeing import shares
from .book import StepBook
from .mediating import come_to
from .settling import PAID_LATER, PROOF, book_freely

STEPS = StepBook()


@STEPS.step("PAY_SPOT", "PAY_PART", "PAY_FULL")
def pay(story: Story) -> None:
    _pay(story, None)


@STEPS.step("PAY_THIRD")
def pay_by_third(story: Story) -> None:
    """Somebody else pays the debt: the payer is a party of the case, so that the receipt names them."""
    names = [
        name for name in story.case.parties.others if any(word in name for word in ("公司", "总包", "上游", "业主"))
    ]
    name = names[0] if names else "代付方（来源未载名称）"
    payer = story.party("third", PartyIn(name=name))
    story.implied(f"登记第三人：{name}")
    _pay(story, payer)


def _pay(story: Story, payer: int | None) -> None:
    if story.state not in ("performance", "default") and _decided(story):
        _receive_after_decision(story)
        return
    if story.state in ("intake", "warning", "screening", "accepting", "mediation", "failed"):
        _settle_without_paper(story, payer)
        return
    if story.state not in ("performance", "default"):
        raise NotYet("登记到账", "案件不在履行阶段，没有尚欠的协议金额")
    if story.line.code != "PAY_SPOT":
        _wait_for_due(story)
    open_rows = owed(story)
    money = [row for row in open_rows if row.rest]
    if money:
        _pay_money(story, money, payer)
    if story.line.code != "PAY_PART":
        duties_done(story, [row for row in open_rows if row.rest is None])
    elif not money:
        raise NotYet("登记部分履行", "来源未公布协议金额，也未公布这一笔的金额")


def _decided(story: Story) -> bool:
    """Another procedure has decided, and no agreement follows: what is paid is paid on the decision."""
    return any(code in DECIDING for code in story.behind) and not any(code in AGREEING for code in story.ahead)


def _receive_after_decision(story: Story) -> None:
    part = amount_of_step(story)
    if not part:
        raise NotYet("登记到账", "来源未公布这一笔的金额")
    book_freely(story, part, "payment")
    story.did(f"登记到账{yuan(part)}元（按裁判履行）")


def _wait_for_due(story: Story) -> None:
    """Payment on the agreed day, where no other day was published for it."""
    last = story.due("promise_due")
    if last is not None and story.position not in story.pace.published:
        ahead = [day for at, day in story.pace.published.items() if at > story.position]
        story.go_to(min([last, *ahead]))


def _pay_money(story: Story, rows: list[Owed], payer: int | None) -> None:
    whole = sum(row.rest or 0 for row in rows)
    wanted, beyond = amount_of_step(story), 0
    if wanted is None:
        if story.line.code == "PAY_PART":
            raise NotYet("登记部分履行", "来源未公布这一笔的金额")
        wanted = whole
    if wanted > whole:
        beyond, wanted = wanted - whole, whole
    if wanted:
        book(story, rows, wanted, payer)
        story.did(f"登记到账{yuan(wanted)}元")
    if beyond and not any(code in PAID_LATER for code in story.ahead):
        book_freely(story, beyond, "payment")
        story.implied(f"到账超出协议{yuan(beyond)}元，另记为协议外到账")


def amount_of_step(story: Story) -> int | None:
    """What this step pays by the published total, in fen; None: not published (a full payment pays what is owed)."""
    published = story.case.amounts.recovered.value
    if published is None:
        return _part_of_agreed(story)
    rest = max(0, published - rows_of(story)["received"])
    following = [code for code in story.ahead if code in PAID_LATER]
    if not following:
        return rest
    if story.line.code != "PAY_PART":
        return min(rest, sum(row.rest or 0 for row in owed(story)))
    story.implied("各笔到账金额未公布，按笔均分")
    return split(rest, [1] * (1 + len(following)))[0]


def _part_of_agreed(story: Story) -> int | None:
    """A part is half of what is owed where a full payment follows, whatever its size was; else nobody knows."""
    following = [code for code in story.ahead if code in PAYING]
    if story.line.code != "PAY_PART" or not following or following[-1] == "PAY_PART":
        return None
    story.implied("这一笔的金额未公布，按笔均分")
    return split(sum(row.rest or 0 for row in owed(story)), [1] * (1 + len(following)))[0]


def book(story: Story, rows: list[Owed], wanted: int, payer: int | None = None) -> None:
    """Book a sum on what is open, worker by worker: as published for each, else in proportion."""
    open_of: dict[int, int] = {}
    for row in rows:
        open_of[row.party_id] = open_of.get(row.party_id, 0) + (row.rest or 0)
    parts = dict(zip(open_of, split(wanted, list(open_of.values())), strict=True))
    each = story.case.amounts.per_person or {}
    names = dict(zip(story.parties("worker"), worker_names(story.case), strict=False))
    published = {party: each.get(names.get(party, ""), 0) or 0 for party in open_of}
    if sum(published.values()) == wanted and all(published[p] <= open_of[p] for p in open_of):
        parts = published
    payments = [_payment(story, party, part, payer) for party, part in parts.items() if part]
    story.fire("record_payment", {"payments": payments})


def _payment(story: Story, party: int, part: int, payer: int | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "party": party,
        "amount": yuan(part),
        "paid_on": story.today.isoformat(),
        "method": "other" if payer is None else "third_party",
        "proof": PROOF,
    }
    return row if payer is None else {**row, "payer": payer}


def duties_done(story: Story, rows: list[Owed]) -> None:
    """Mark every open duty as done today."""
    for row in rows:
        told = {"duty": row.promise_id, "done_on": story.today.isoformat(), "duty_proof": PROOF}
        story.fire("record_duty_done", told)
    if rows:
        story.did(f"登记义务已完成{len(rows)}项")


def _settle_without_paper(story: Story, payer: int | None) -> None:
    """Paid at once without an agreement: agreed and received are one sum."""
    wanted = amount_of_step(story)
    if not wanted or story.line.code == "PAY_PART" or any(code in AGREEING for code in story.ahead):
        raise NotYet("登记到账", "还没有签署协议，来源也未公布当场结清的金额")
    if story.case.amounts.agreed.value not in (None, wanted):
        raise NotYet("登记到账", "公布的协议金额与到账不同，而来源没有签署协议一步")
    come_to(story, "mediation")
    parts = zip(story.parties("worker"), shares(story, wanted), strict=True)
    payments = [_payment(story, worker, part, payer) for worker, part in parts if part]
    story.fire("settle_on_spot", {"payments": payments})
    story.did(f"即时履行{yuan(wanted)}元")


@STEPS.step("PAY_PROOF")
def prove(story: Story) -> None:
    story.evidence("付款凭证", "payment_proof")
    story.did("付款凭证存入证据")


@STEPS.step("OVERDUE", "BREACH")
def miss(story: Story) -> None:
    """Silence is an event that the clock makes on the day after; a breach before it is told by the mediator."""
    if story.state == "default":
        story.activity("note", "到期仍未履行")
        story.did("已在“逾期未履行”")
        return
    if story.state != "performance":
        raise NotYet("逾期", "没有正在履行的协议")
    last = story.due("promise_due")
    if last is not None and (story.line.code == "OVERDUE" or last < story.today):
        story.go_to(last + timedelta(days=1))
        story.fire("promise_missed", actor=CLOCK)
        story.did(f"{last.isoformat()}到期未履行，系统自动转为逾期")
    else:
        story.fire("promise_missed")
        story.did("调解员认定逾期")


@STEPS.step("CONFIRM_APPLY")
def apply_confirmation(story: Story) -> None:
    _apply_confirmation(story)
    story.did("已申请司法确认")


@STEPS.step("CONFIRM_OK")
def confirmed(story: Story) -> None:
    """The source tells the ruling; that the court accepted the application first goes without saying."""
    child = story.running("judicial_confirmation")
    if child is None:
        child = _apply_confirmation(story)
        story.implied("已申请司法确认")
    today = story.today.isoformat()
    story.fire("accept_confirmation", {"confirmation_accepted_on": today}, proceeding=child)
    told = {
        "confirmation_number": "来源未载文号",
        "confirmation_decided_on": today,
        "confirmation_received_on": today,
    }
    story.fire("confirm_agreement", told, proceeding=child)
    story.did("法院裁定确认协议有效")


@STEPS.step("ARB_REVIEW_OK")
def reviewed(story: Story) -> None:
    """Application, acceptance and signing for the paper are implied by the paper's existence."""
    _needs_agreement(story)
    today = story.today.isoformat()
    told = {"review_applied_on": today, "review_body": "仲裁委员会（来源未载名称）", "review_jointly": True}
    done = story.fire("apply_joint_review", {**told, "review_already_filed": True})
    child = int(done.result["started"]["proceeding_id"])
    story.implied("已共同申请仲裁审查并受理")
    story.fire("accept_review", {"review_accepted_on": today}, proceeding=child)
    made = {"settlement_made_on": today, "settlement_number": "来源未载文号"}
    story.fire("make_settlement_paper", made, proceeding=child)
    received = {"worker_received_on": today, "employer_received_on": today}
    story.fire("sign_for_settlement", received, proceeding=child)
    story.did("仲裁调解书经双方签收")


def _apply_confirmation(story: Story) -> int:
    """What the source tells was filed, is recorded whether or not the conditions can be checked; the new procedure."""
    _needs_agreement(story)
    told = {
        "confirmation_applied_on": story.today.isoformat(),
        "confirmation_court": "人民法院（来源未载名称）",
        "confirmation_jointly": True,
        "confirmation_already_filed": True,
    }
    done = story.fire("apply_judicial_confirmation", told)
    return int(done.result["started"]["proceeding_id"])


def _needs_agreement(story: Story) -> None:
    if story.state not in ("performance", "default", "fulfilled", "elsewhere"):
        raise NotYet("申请确认", f"案件在“{story.state}”，须在协议签署后登记申请")


def finish_paying(story: Story) -> None:
    """After the last money of a case that ended well, promises whose sums were never published count as done."""
    later = any(code in PAID_LATER for code in story.ahead)
    if not later and "CLOSE_OK" in story.ahead and story.state in ("performance", "default"):
        duties_done(story, [row for row in owed(story) if row.rest is None])
