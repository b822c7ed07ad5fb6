"""How a case ends in the file: performed, partly, withdrawn, or open where the source ends."""

from collections.abc import Mapping

from sqlalchemy import select

from ...cases.models import Proceeding
from ...money import yuan
from ..story import NotYet, Story
from ..sums import AGREEING, PAYING, owed, rows_of
from ..ways import end
from .aid import finish
from .book import StepBook
from .performing import book, duties_done
from .settling import book_freely, go_elsewhere, lay_down

STEPS = StepBook()

OUTCOMES: Mapping[str, str] = {
    "ARB_AWARD": "awarded_full",
    "ARB_AWARD_PART": "awarded_partial",
    "ARB_DISMISSED": "lost",
    "ARB_MEDIATED": "settled_elsewhere",
    "SUIT_MEDIATED": "settled_elsewhere",
    "J1": "awarded_partial",
    "J1_DISMISSED": "lost",
    "J2_UPHELD": "awarded_partial",
    "J2_CHANGED": "awarded_partial",
    "ENF_PAYOUT": "awarded_partial",
    "ENF_SETTLE": "settled_elsewhere",
    "PO_ISSUED": "awarded_full",
    "AGREE_VOID": "awarded_partial",
    "INSPECT_CHECK": "rectified",
    "SV_RECTIFIED": "rectified",
    "INJ_OK": "recognised",
    "DISAB_GRADE": "recognised",
}
"""The step of another procedure that decided → how the case ends. A source's “成功” does not say “in full”."""


def _elsewhere(story: Story) -> str | None:
    """The last step before this one that decided the matter in another procedure, after all that was agreed or paid."""
    for code in reversed(story.behind):
        if code in (*PAYING, *AGREEING) and story.state != "intake":
            return None
        if code in OUTCOMES:
            return code
    return None


def _close_by_result(story: Story, outcome: str) -> None:
    """The other procedures come to their ends, what was published as received is booked, the case follows them."""
    go_elsewhere(story)
    receive_rest(story)
    query = select(Proceeding.id).where(
        Proceeding.case_id == story.case_id,
        Proceeding.ended_at.is_(None),
        Proceeding.workflow.not_in(("dispute", "legal_aid")),
    )
    for id in story.read(query.order_by(Proceeding.id.desc())):
        end(story, id)
    finish(story)
    told = {"outcome": outcome, "closing_note": "来源载明已经结案"}
    story.fire("close_by_result", told)
    _approved(story)
    story.did(f"结案：{story.runtime.title('result_closings', outcome)}")


def _approved(story: Story) -> None:
    """A closing without money waits for a second person; what was closed with money does not."""
    if story.state == "closing_review":
        story.fire("approve_closing", {"approval_note": "来源载明已经结案"}, actor=story.stage.supervisor)
        story.implied("另一位主管审核结案（来源未载）")


def receive_rest(story: Story) -> None:
    """A published sum received that no step of the source carries."""
    whole = story.case.amounts.recovered.value
    missing = 0 if whole is None else whole - rows_of(story)["received"]
    if missing > 0:
        book_freely(story, missing, "payment")
        story.implied(f"来源公布了到账金额而没有付款一步，登记到账{yuan(missing)}元")


def _published_payment(story: Story) -> None:
    """A published sum received that no step carries is booked before closing, as far as it is owed."""
    whole = story.case.amounts.recovered.value
    if whole is None:
        return
    rows = [row for row in owed(story) if row.rest]
    missing = min(whole - rows_of(story)["received"], sum(row.rest or 0 for row in rows))
    if missing > 0 and story.state in ("performance", "default"):
        book(story, rows, missing)
        story.implied(f"来源公布了到账金额而没有付款一步，登记到账{yuan(missing)}元")


@STEPS.step("CLOSE_OK")
def close(story: Story) -> None:
    if story.state == "elsewhere" or (story.state != "fulfilled" and (_elsewhere(story) is not None)):
        _close_by_result(story, OUTCOMES.get(_elsewhere(story) or "", "ended_elsewhere"))
        return
    _published_payment(story)
    if story.state in ("performance", "default"):
        _perform_duties(story)
    if story.state != "fulfilled":
        _close_without_payment(story)
        return
    lay_down(story)
    finish(story)
    if "FOLLOWUP" not in story.behind:
        story.implied("结案前回访（来源未载）")
    told = {"revisit_on": story.today.isoformat(), "revisit_note": "来源载明已经结案"}
    story.fire("close_fulfilled", told)
    story.did("结案：协议全部履行")


def _close_without_payment(story: Story) -> None:
    """The source calls it a success and publishes no payment: said in the work log, and nothing is booked or closed."""
    story.activity("note", f"来源载明成功结案；{_why_not(story)}")
    story.line.noted = _why_not(story)
    story.did(f"来源的结案记入工作记录；{_why_not(story)}")


def _perform_duties(story: Story) -> None:
    """A case that ended well had its duties performed. Money is never assumed to have been paid."""
    rows = owed(story)
    if rows and all(row.rest is None for row in rows):
        duties_done(story, rows)
        story.implied("来源称成功结案，未逐项公布义务的完成")


def _why_not(story: Story) -> str:
    rest = sum(row.rest or 0 for row in owed(story))
    if rest:
        return f"来源未公布到账，尚欠{yuan(rest)}元的协议不能按全部履行结案，案件停在“{_title(story)}”"
    return f"没有达成并履行的协议，案件停在“{_title(story)}”"


def _title(story: Story) -> str:
    return story.runtime.machine("dispute").definition.states[story.state].title


@STEPS.step("CLOSE_PART")
def close_part(story: Story) -> None:
    """What was paid counts as paid; for the rest the worker goes other ways."""
    if story.state == "elsewhere" or (story.state != "fulfilled" and _elsewhere(story) is not None):
        _close_by_result(story, "awarded_partial")
        return
    _published_payment(story)
    if story.state == "performance":
        story.fire("promise_missed")
        story.implied("调解员认定逾期")
    if story.state == "fulfilled":
        lay_down(story)
        finish(story)
        told = {"revisit_on": story.today.isoformat(), "revisit_note": "来源载明部分实现；协议已经履行"}
        story.fire("close_fulfilled", told)
        story.did("结案：协议已经履行，其余请求未实现")
        return
    if story.state != "default":
        raise NotYet("部分实现结案", f"没有部分履行的协议，案件停在“{_title(story)}”")
    finish(story)
    outcome = "performed_partial" if rows_of(story)["received"] else "in_default"
    told = {"outcome": outcome, "closing_note": "来源载明部分实现"}
    if rows_of(story)["received"]:
        story.fire("close_default", told, actor=story.stage.supervisor)
    else:
        story.fire("propose_closing_default", told)
        _approved(story)
    story.did("未全部履行结案")


@STEPS.step("CLOSE_LOST")
def close_lost(story: Story) -> None:
    _close_by_result(story, "lost")


@STEPS.step("CLOSE_WITHDRAWN")
def withdraw(story: Story) -> None:
    """Withdrawn because paid is not withdrawn because given up; what the source does not say is neither."""
    _published_payment(story)
    sums = rows_of(story)
    paid = sums["received"] > 0 and not owed(story)
    finish(story)
    reason = "paid" if paid else "other"
    told = {
        "withdrawal_reason": reason,
        "withdrawn_on": story.today.isoformat(),
        "withdrawal_note": story.case.outcome.text or "来源未载原因",
    }
    story.fire("withdraw", told)
    story.did(f"撤回：{story.runtime.title('withdrawal_reasons', reason)}")


@STEPS.step("REOPEN")
def reopen(story: Story) -> None:
    definition = story.runtime.machine("dispute").definition
    if not definition.states[story.state].final:
        raise NotYet("重新启动", f"案件还没有结案，停在“{_title(story)}”")
    story.fire("reopen", {"reopen_reason": "来源载明结案后再次提出"}, actor=story.stage.supervisor)
    story.did("由主管重新启动")


@STEPS.step("OPEN_UNKNOWN")
def leave_open(story: Story) -> None:
    story.activity("note", "来源未载结局")
    story.did(f"来源未载结局，案件停在“{_title(story)}”")
