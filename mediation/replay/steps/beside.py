"""Procedures beside the mediation: arbitration, court, enforcement, payment order, injury, letters, inspection."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ...cases.models import Party
from ...cases.succession import ConditionIn, set_condition
from ...money import yuan
from ...people.actor import CLOCK
from ..story import NotYet, Story
from ..sums import owed, rows_of
from ..ways import UNTOLD, bring, do, end, ended, opened, running, state_of
from .book import Handler, StepBook
from .performing import duties_done, finish_paying
from .settling import receive_otherwise

STEPS = StepBook()


def open_anew(story: Story, workflow: str, told: Mapping[str, Any] | None = None) -> int:
    """A second filing while the first one's end was not told: the first one is closed as not told."""
    found = running(story, workflow)
    if found is not None:
        end(story, found)
        story.implied(f"前一次程序{UNTOLD}结果，为登记再次申请而结束")
    return opened(story, workflow, told)


@STEPS.step("ARB_FILE")
def file_arbitration(story: Story) -> None:
    open_anew(story, "arbitration")
    story.did("登记已申请劳动仲裁")


@STEPS.step("SUIT_FILE")
def file_suit(story: Story) -> None:
    if (found := running(story, "arbitration")) is not None and "sue" in _possible(story, found):
        do(story, "arbitration", "sue", {"suing_sides": ["worker"], "suit_already_filed": True})
    else:
        open_anew(story, "litigation")
    story.did("登记已向法院起诉")


@STEPS.step("ARB_APPEALED")
def appeal_award(story: Story) -> None:
    """Not content with the award (or with none): the matter goes to court."""
    if running(story, "litigation") is not None:
        story.activity("other_procedure", "另一方也不服裁决，同样起诉")
        do(story, "litigation", "other_side_sues")
        story.did("登记另一方也起诉")
        return
    if running(story, "arbitration") is None:
        opened(story, "arbitration")
        story.implied(f"启动程序“劳动仲裁”（{UNTOLD}何时启动）")
    do(story, "arbitration", "sue", {"suit_already_filed": True})
    story.did("登记不服裁决起诉")


def _possible(story: Story, proceeding: int) -> set[str]:
    definition = story.runtime.machine("arbitration").definition
    return {event.name for event in definition.events_from(state_of(story, proceeding))}


def told_by(workflow: str, event: str, words: str, **told: Any) -> Handler:
    """A step that is one event of a procedure."""

    def act(story: Story) -> None:
        do(story, workflow, event, told)
        story.did(words)

    return act


for _code, _workflow, _event, _words, _told in (
    ("ARB_AWARD", "arbitration", "make_award", "登记裁决：支持", {"decision_result": "full"}),
    ("ARB_AWARD_PART", "arbitration", "make_award", "登记裁决：部分支持", {"decision_result": "part"}),
    ("ARB_DISMISSED", "arbitration", "make_award", "登记裁决：驳回", {"decision_result": "dismissed"}),
    ("J1", "litigation", "judge", "登记第一审判决", {"decision_result": "part"}),
    ("J1_DISMISSED", "litigation", "judge", "登记第一审判决：驳回", {"decision_result": "dismissed"}),
    ("APPEAL", "litigation", "appeal", "登记上诉", {}),
    ("J2_UPHELD", "litigation", "uphold", "登记第二审：维持", {}),
    ("J2_CHANGED", "litigation", "change_judgment", "登记第二审：改判", {"decision_result": "part"}),
    ("ENF_REFUSED", "enforcement", "refuse_enforcement", "登记执行申请被驳回", {}),
    ("ENF_SETTLE", "enforcement", "settle_enforcement", "登记执行和解", {}),
    ("ENF_ASSET_SALE", "enforcement", "sell_asset", "登记变卖、处置财产", {}),
    ("INJ_APPLY", "injury", "apply_recognition", "登记已申请工伤认定", {}),
    ("INJ_SUSPENDED", "injury", "suspend_recognition", "登记认定中止", {}),
    ("INJ_RESUMED", "injury", "resume_recognition", "登记认定恢复", {}),
    ("INJ_OK", "injury", "decide_recognition", "登记认定为工伤", {"injury_decision": "recognised"}),
    ("INJ_NO", "injury", "decide_recognition", "登记不予认定", {"injury_decision": "not_recognised"}),
    ("REVIEW", "injury", "file_review", "登记已申请行政复议", {}),
    ("ADMIN_SUIT", "injury", "file_admin_suit", "登记已提起行政诉讼", {}),
    ("INSPECT_CHECK", "inspection", "case_filed", "登记监察核实", {}),
):
    STEPS.put(_code, told_by(_workflow, _event, _words, **_told))


@STEPS.step("ARB_WITHDRAWN")
def withdraw_arbitration(story: Story) -> None:
    paid = rows_of(story)["received"] > 0
    do(story, "arbitration", "withdraw_arbitration", {"withdrawal_reason": "paid" if paid else "other"})
    story.did("登记撤回仲裁申请")


@STEPS.step("ENF_APPLY")
def apply_enforcement(story: Story) -> None:
    for workflow in ("arbitration", "litigation"):
        _let_take_effect(story, workflow)
    open_anew(story, "enforcement")
    story.did("登记已申请强制执行（当事人自行提出，是否符合条件另行判断）")


def _let_take_effect(story: Story, workflow: str) -> None:
    """A decision is enforced after it took effect; where the source does not say so, it must have."""
    found = running(story, workflow)
    definition = story.runtime.machine(workflow).definition
    if found is None or state_of(story, found) not in ("awarded", "award_open", "judged", "appealable"):
        return
    bring(story, found, [name for name, event in definition.events.items() if "effective" in event.from_])


@STEPS.step("ENF_PAYOUT")
def pay_out(story: Story) -> None:
    booked = receive_otherwise(story, "enforcement")
    do(story, "enforcement", "note_payout", {"payout_sum": yuan(booked or 1)})
    finish_paying(story)
    story.did(f"登记执行款发放{yuan(booked)}元" if booked else "登记执行款发放（金额未公布）")


@STEPS.step("PO_APPLY")
def apply_payment_order(story: Story) -> None:
    claimed = rows_of(story)["claimed"]
    told: dict[str, Any] = {"payment_orders_count": len(story.parties("worker"))}
    if claimed:
        told["payment_order_amount"] = yuan(claimed)
    open_anew(story, "payment_order", told)
    story.did("登记已申请支付令")


@STEPS.step("PO_ISSUED")
def issue_payment_order(story: Story) -> None:
    if running(story, "payment_order") is None:
        apply_payment_order(story)
        story.implied("来源未载申请支付令的一步")
    claimed = rows_of(story)["claimed"]
    told = {"orders_issued": len(story.parties("worker")), "order_total": yuan(claimed or 1)}
    do(story, "payment_order", "issue_order", told)
    story.did(f"登记法院已发出支付令{len(story.parties('worker'))}份")


@STEPS.step("INSPECT_COMPLAINT")
def complain(story: Story) -> None:
    open_anew(story, "inspection")
    story.did("登记已向劳动保障监察投诉")


@STEPS.step("PETITION")
def petition(story: Story) -> None:
    open_anew(story, "petition")
    story.did("登记已信访")


@STEPS.step("INJURY")
def accident(story: Story) -> None:
    opened(story, "injury")
    story.did("登记发生事故伤害，启动工伤程序")


@STEPS.step("DISAB_GRADE")
def grade(story: Story) -> None:
    """With a recognition the appraisal is recorded; without one, the grade as the source tells it."""
    proceeding = opened(story, "injury")
    known = state_of(story, proceeding) not in ("applying", "filed", "deciding", "suspended", "redeciding", "denied")
    do(story, "injury", "record_grade" if known else "record_grade_as_told", {"injury_grade": _grade(story)})
    story.did("登记鉴定等级" if known else "登记来源所述的等级（来源未载认定）")


def _grade(story: Story) -> str:
    words = f"{story.case.title} {' '.join(story.case.dispute_types)}"
    for number, word in enumerate(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"], start=1):
        if f"{word}级" in words:
            return f"g{number}"
    story.implied("来源未载等级，登记为“未达等级”以外未知")
    return "none"


@STEPS.step("SV_LETTER")
def hint(story: Story) -> None:
    do(story, "supervision", "issue_hint")
    do(story, "supervision", "serve_hint")
    story.did("发出并送达提示函")


@STEPS.step("SV_OPINION")
def opinion(story: Story) -> None:
    do(story, "supervision", "issue_opinion")
    do(story, "supervision", "serve_opinion")
    story.did("发出并送达意见书")


@STEPS.step("SV_SUGGEST")
def proposal(story: Story) -> None:
    do(story, "supervision", "issue_proposal")
    do(story, "supervision", "serve_proposal")
    story.did("发出并送达建议书")


@STEPS.step("SV_NOREPLY")
def silence(story: Story) -> None:
    """Nobody writes silence down: the clock does, on the day after the last day."""
    proceeding = opened(story, "supervision")
    bring(story, proceeding, ["hint_unanswered", "opinion_unanswered", "department_silent"])
    state = state_of(story, proceeding)
    event = {"hint_served": "hint_unanswered", "opinion_served": "opinion_unanswered"}.get(state, "department_silent")
    last = story.due(f"{event.split('_')[0]}_reply") or story.today
    story.go_to(max(last, story.today) + timedelta(days=1))
    if state_of(story, proceeding) == state:
        story.fire(event, proceeding=proceeding, actor=CLOCK)
    story.did("逾期不答复，由系统记下")


@STEPS.step("SV_RECTIFIED")
def rectified(story: Story) -> None:
    """Where letters were sent, the supervision says so; where the source has none, it is a duty that was done."""
    if running(story, "supervision") is not None:
        do(story, "supervision", "agree_to_rectify", {"rectification_day": story.today.isoformat()})
        do(story, "supervision", "verify_rectification", {"verification": "full"})
        story.did("整改经核验完成")
        return
    duties = [row for row in owed(story) if row.rest is None]
    if duties and story.state in ("performance", "default"):
        duties_done(story, duties)
        return
    story.activity("other_procedure", "用人单位已整改")
    story.did("来源没有发函，整改记入工作记录")


@STEPS.step("PARTY_DIED")
def died(story: Story) -> None:
    party = next(iter(story.parties("employer")), None) or next(iter(story.parties("worker")), None)
    if party is None:
        raise NotYet("登记死亡", "案件中还没有当事人")
    with story.runtime.database.write() as session:
        condition = "deregistered" if party in story.parties("employer") and not _is_person(story, party) else "dead"
        set_condition(
            session,
            story.runtime,
            story.case_id,
            party,
            ConditionIn(condition=condition, reason="来源载明义务人死亡"),
            revision=story.revision(session),
            key=story.key(),
            actor=story.stage.mediator,
        )
    story.left("file:party_condition")
    story.did("登记义务人死亡")


def _is_person(story: Story, party: int) -> bool:
    return story.read(select(Party.person_id).where(Party.id == party))[0] is not None


@STEPS.step("CASES_MERGED")
def settle_together(story: Story) -> None:
    """One settlement of several procedures at different stages: they go on side by side in this one file."""
    open_ones = [w for w in ("arbitration", "litigation", "enforcement") if running(story, w) or ended(story, w)]
    titles = "、".join(story.runtime.machine(w).definition.title for w in open_ones)
    story.activity("other_procedure", f"多案合并一揽子处理（{titles or UNTOLD}）")
    story.did(f"多个程序在同一案件中一并处理：{titles or UNTOLD}")
