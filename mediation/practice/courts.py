"""Files that lie with an arbitration committee or a court this morning: arbitration, suits, enforcement, orders."""

from collections.abc import Mapping, Sequence
from typing import Any

from .desk import Folder
from .office import COMMITTEE
from .steps import Deed, File, accepted, event, fell_through, on_desk, registered, signed

COURT, HIGHER_COURT = "示范区人民法院", "示范市中级人民法院"


def _awards(folder: Folder) -> Mapping[str, Any]:
    return {"decision_result": "part", "awards": folder.awards(70)}


def _ordered(folder: Folder) -> Mapping[str, Any]:
    rows = folder.promises(folder.part(70), [folder.left + 12])
    return {"award_paper": f"（练习）示劳人仲字第{folder.case_id}号", "promises": rows}


def _measure(kind: str, note: str) -> Deed:
    return event("take_measure", {"measure": kind, "measure_note": note})


def _owed(folder: Folder) -> Mapping[str, Any]:
    return {"payment_order_court": COURT, "payment_order_amount": folder.sum(100)}


def _order(folder: Folder) -> Mapping[str, Any]:
    return {"order_number": f"（练习）民督{folder.case_id}号", "order_total": folder.sum(100)}


FILED = event("file_arbitration", {"arbitration_body": COMMITTEE})
ELSEWHERE = event("wait_for_procedures", {"waiting_note": "调解不成，由仲裁处理；保持联系。"})
ACCEPTED = event("accept_arbitration")
HEARD = event("hold_hearing", {"hearing_note": "双方到庭，围绕工资标准和支付记录质证。"})
AWARDED = event("make_award", _awards)
SERVED = event("serve_award", {"award_finality": "not_final"})
FINAL = event("serve_award", {"award_finality": "final"})
ENFORCING = event("accept_enforcement")
REVIEW = event("apply_joint_review", {"review_body": COMMITTEE, "review_jointly": True})
CONFIRMATION = event(
    "apply_judicial_confirmation",
    {"confirmation_court": COURT, "confirmation_jointly": True, "confirmation_body_lawful": "yes"},
)


def _confirmed(folder: Folder) -> Mapping[str, Any]:
    return {"confirmation_number": f"（练习）诉前调确{folder.case_id}号"}


just_filed = on_desk(fell_through, (3, FILED), (2, ELSEWHERE))
hearing_set = on_desk(
    fell_through,
    (34, FILED),
    (30, ACCEPTED),
    (30, ELSEWHERE),
    (27, event("serve_application")),
    (24, event("name_tribunal", {"tribunal": "one"})),
    (10, event("set_hearing", lambda f: {"hearing_day": f.ahead(6), "hearing_place": "仲裁院第二庭"})),
    (8, event("note_hearing_notice")),
    (2, event("follow_up_procedures", {"follow_up_note": "已陪同劳动者整理庭审证据。"})),
)
award_served = on_desk(
    fell_through, (68, FILED), (64, ACCEPTED), (64, ELSEWHERE), (30, HEARD), (10, AWARDED), (6, SERVED)
)
award_performed = on_desk(
    fell_through,
    (95, FILED),
    (92, ACCEPTED),
    (92, ELSEWHERE),
    (60, HEARD),
    (45, AWARDED),
    (40, FINAL),
    (4, event("perform_award", _ordered)),
    (1, event("record_payment", lambda f: {"payments": f.payments(f.part(30))})),
)
sued_over_award = on_desk(
    fell_through,
    (105, FILED),
    (101, ACCEPTED),
    (101, ELSEWHERE),
    (70, HEARD),
    (45, AWARDED),
    (40, SERVED),
    (30, event("sue", {"suit_court": COURT, "suing_sides": ["employer"]})),
    (24, event("register_suit", {"trial_procedure": "ordinary"})),
    (20, event("serve_complaint")),
    (5, event("hold_trial", {"trial_note": "第一次开庭，法院建议再谈一次。"})),
)
appealed = on_desk(
    fell_through,
    (195, FILED),
    (190, ACCEPTED),
    (190, ELSEWHERE),
    (150, AWARDED),
    (146, SERVED),
    (138, event("sue", {"suit_court": COURT, "suing_sides": ["worker"]})),
    (130, event("register_suit", {"trial_procedure": "ordinary"})),
    (60, event("judge", _awards)),
    (55, event("serve_judgment")),
    (45, event("appeal", {"appealing_sides": ["employer"]})),
    (35, event("register_appeal", {"appeal_court": HIGHER_COURT})),
)
agreement_enforced = on_desk(
    signed(-50),
    (72, CONFIRMATION),
    (70, event("accept_confirmation")),
    (60, event("confirm_agreement", _confirmed)),
    (40, event("apply_enforcement", {"enforcement_court": COURT, "enforcement_title": "confirmed_agreement"})),
    (36, ENFORCING),
    (25, _measure("freeze", "冻结单位基本账户。")),
    (10, event("note_payout", lambda f: {"payout_sum": f.sum(40)})),
    (10, event("record_payment", lambda f: {"payments": f.payments(f.part(40), "enforcement")})),
)
settled_in_enforcement = on_desk(
    fell_through,
    (145, FILED),
    (140, ACCEPTED),
    (140, ELSEWHERE),
    (115, AWARDED),
    (110, FINAL),
    (70, event("enforce", {"enforcement_court": COURT})),
    (64, ENFORCING),
    (50, _measure("search", "查询到一处厂房租赁押金。")),
    (
        12,
        event(
            "settle_enforcement",
            lambda f: {
                "enforcement_settlement_day": f.ahead(20),
                "enforcement_settlement_note": "分两笔付清，押金抵付。",
            },
        ),
    ),
)
under_review = on_desk(signed(20), (5, REVIEW), (3, event("accept_review")))
review_paper_made = on_desk(
    signed(25),
    (14, REVIEW),
    (12, event("accept_review")),
    (2, event("make_settlement_paper", lambda f: {"settlement_number": f"（练习）示劳人仲调字第{f.case_id}号"})),
)
confirmation_pending = on_desk(signed(30), (8, CONFIRMATION), (5, event("accept_confirmation")))
order_served = on_desk(
    signed(-12),
    (9, event("apply_payment_order", lambda f: {**_owed(f), "payment_order_basis": "agreement"})),
    (6, event("accept_order_application")),
    (4, event("issue_order", _order)),
    (2, event("serve_order")),
)
order_examined = on_desk(
    accepted,
    (4, event("apply_payment_order", lambda f: {**_owed(f), "payment_order_basis": "arrears"})),
    (2, event("accept_order_application")),
)


def _nobody_found(folder: Folder) -> None:
    folder.note("contact_failed", "登记地址人去楼空，法定代表人电话停机。")
    folder.condition(folder.employers[0], "missing", "走访登记地址、拨打登记电话均无人。")


employer_missing = on_desk(
    registered,
    (55, lambda f: f.assign()),
    (55, lambda f: f.ask_consent()),
    (52, _nobody_found),
    (50, lambda f: f.answer("unreachable")),
    (45, FILED),
    (41, ACCEPTED),
    (41, ELSEWHERE),
    (20, event("publish_notice")),
)

COURTS: Sequence[File] = (
    File(just_filed, 9),
    File(hearing_set, 42),
    File(award_served, 76),
    File(award_performed, 104),
    File(sued_over_award, 115),
    File(appealed, 205),
    File(agreement_enforced, 84, cause="B1"),
    File(settled_in_enforcement, 155),
    File(under_review, 12),
    File(review_paper_made, 22),
    File(confirmation_pending, 16),
    File(order_served, 30, cause="B1"),
    File(order_examined, 8, cause="B1"),
    File(employer_missing, 58),
)
