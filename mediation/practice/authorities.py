"""Files that lie with an authority this morning: injury, inspection, petitions, supervision, referrals, crowds."""

from collections.abc import Mapping, Sequence
from typing import Any

from .aid import conducted
from .courts import ACCEPTED, FILED
from .desk import Folder
from .steps import Deed, File, accepted, event, fell_through, on_desk, registered

INSPECTORS = "示范区劳动保障监察大队"
BUREAU = "示范区人力资源和社会保障局"


def _hurt(folder: Folder) -> Mapping[str, Any]:
    story = "搬运货物时从货架上摔下，左手腕骨折，当日送医。"
    return {
        "injured_party": [folder.workers[0]],
        "injured_on": folder.day(-12),
        "injury_kind": "accident",
        "injury_story": story,
    }


HURT = event("begin_injury", _hurt)
RECOGNITION = event("apply_recognition", {"injury_applicant": "union", "injury_office": BUREAU})
RECOGNITION_ACCEPTED = event("accept_recognition")
RECOGNISED = event(
    "decide_recognition",
    lambda f: {"injury_decision": "recognised", "injury_decision_number": f"（练习）{f.case_id}号"},
)
COMPLAINED = event(
    "complain_to_inspection",
    {"inspection_body": INSPECTORS, "complaint_matter": "连续三个月没有足额支付工资，没有工资条。"},
)
CASE_FILED = event("case_filed", lambda f: {"inspection_number": f"（练习）监立〔{f.case_id}〕号"})
PETITIONED = event(
    "hand_in_petition", {"petition_body": "示范区信访办公室", "petition_matter": "反映单位拖欠工资、拒不见面。"}
)
PETITION_TAKEN = event("accept_petition", {"handled_by": BUREAU})


def _supervise(matter: str, finding: str) -> Deed:
    def told(folder: Folder) -> Mapping[str, Any]:
        return {
            "supervised_employer": folder.employers[0],
            "supervision_infringement": matter,
            "supervision_finding": finding,
        }

    return event("begin_supervision", told)


SUPERVISED = _supervise("wages", "多名职工反映工资一再拖延，考勤和工资条对不上。")
SUPERVISED_LONG_AGO = _supervise("contract", "口头解除劳动合同，没有书面通知和交接。")
"""Of a kind for which the time to answer does not come from a rule that is younger than the year of the district."""
LETTER = {
    "letter_facts": "你单位近三个月没有按照约定的日期足额支付职工工资。",
    "letter_rule": "《中华人民共和国劳动合同法》第三十条。",
    "letter_demand": "请核对考勤和工资，补足差额，并书面答复。",
    "letter_contact": "示范区总工会 1990000",
}
PROVEN = {**LETTER, "letter_evidence": "考勤记录\n银行流水"}
SEEN = {"approval_note": "属实，同意发出。"}


def _letter(rung: str, told: Mapping[str, Any]) -> Deed:
    """Drafted by one, approved by another."""
    drafted, approved = event(f"issue_{rung}", told), event(f"approve_{rung}", SEEN)

    def deed(folder: Folder) -> None:
        drafted(folder)
        approved(folder)

    return deed


HINTED = _letter("hint", LETTER)
HINT_SERVED = event("serve_hint", {"hint_served_how": "hand", "hint_service_proof": "前台签收，有照片"})
OPINION = _letter("opinion", PROVEN)
OPINION_SERVED = event("serve_opinion", {"opinion_served_how": "post", "opinion_service_proof": "挂号信回执"})
REFUSED = event("refuse_to_rectify", {"reply_refusal": "no_measures", "refusal_note": "只称资金紧张，没有期限。"})
PROPOSAL = _letter("proposal", {**PROVEN, "department": "human_resources", "department_name": BUREAU})
PROPOSAL_SERVED = event("serve_proposal", {"proposal_served_how": "hand", "proposal_service_proof": "收文登记"})


def _refer(kind: str, body: str, matter: str) -> Deed:
    return event("refer_case", {"referral_kind": kind, "referral_body": body, "referral_matter": matter})


def _hand_over(due: int) -> Deed:
    papers = {"papers_handed": "登记表 1份\n工资条 3份", "handed_receipt": "窗口签收"}
    return event("hand_over", lambda f: {**papers, "answer_due": f.ahead(due)})


TO_INSPECTION = _refer("inspection", INSPECTORS, "请核查单位是否还欠其他职工工资。")
TO_JUSTICE = _refer("justice", "示范区法律援助中心", "请为劳动者提供法律援助。")


def _came_from(source: str, body: str, papers: str) -> Deed:
    told = {"referral_source": source, "source_body": body, "papers_received": papers}
    return event("take_over_referral", lambda f: {**told, "source_number": f"（练习）{f.case_id}号"})


FROM_HOTLINE = _came_from("hotline_12345", "12345热线", "无")
REPORTED_BACK = event(
    "report_result",
    {
        "report_back_result": "handled",
        "report_back_note": "已受理调解，正在进行；结果另行电话告知。",
        "papers_returned": "无",
        "report_receipt": "热线工单系统回执",
    },
)
CROWD = event(
    "report_group_event",
    lambda f: {
        "group_event_place": "项目部门口",
        "group_event_people": len(f.workers),
        "risk_signals": ["stoppage", "wage_arrears"],
        "risk_note": "停工讨薪，没有堵路，情绪激动。",
    },
)
TOLD_UP = event("report_verbally", {"verbal_to": ["union_up", "street"], "verbal_person": "区总工会值班员"})
FIRST_REPORT = event(
    "file_first_report",
    lambda f: {
        "reported_to": ["union_up", "human_resources"],
        "people_present": len(f.workers),
        "event_claims": "付清拖欠的工资。",
        "event_behaviour": "在项目部门口聚集，没有堵路。",
        "event_measures": "劝导推选代表，通知单位负责人到场。",
        "event_contacts": "街道工会调解员",
        "event_next_step": "当晚与单位负责人面谈。",
    },
)
FOLLOW_UP = event(
    "file_follow_up",
    lambda f: {
        "reported_to": ["union_up"],
        "people_present": len(f.workers) // 2,
        "event_changes": "一半人已经回宿舍。",
        "event_measures": "单位负责人已到场。",
        "event_next_step": "谈付款日期。",
    },
)
CALM = event("stabilise", {"risk_level": "yellow", "risk_note": "单位书面承诺本周付款，人员已散。"})
GO_ON = event("wait_for_procedures", {"waiting_note": "先等工伤认定的结果。"})

recognition_pending = on_desk(registered, (20, HURT), (15, RECOGNITION), (8, RECOGNITION_ACCEPTED), (8, GO_ON))
appraising = on_desk(
    registered,
    (95, HURT),
    (92, RECOGNITION),
    (85, RECOGNITION_ACCEPTED),
    (84, GO_ON),
    (50, RECOGNISED),
    (20, event("apply_appraisal", {"appraisal_body": "示范市劳动能力鉴定委员会"})),
)
all_at_once = on_desk(
    conducted,
    (30, HURT),
    (28, RECOGNITION),
    (25, RECOGNITION_ACCEPTED),
    (24, COMPLAINED),
    (22, CASE_FILED),
    (14, FILED),
    (12, SUPERVISED),
    (11, HINTED),
    (10, ACCEPTED),
    (9, HINT_SERVED),
    (9, event("wait_for_procedures", {"waiting_note": "工伤、监察、监督、仲裁同时进行。"})),
    (6, TO_INSPECTION),
    (5, _hand_over(9)),
    (2, event("follow_up_procedures", {"follow_up_note": "四个程序的承办人都已联系。"})),
)
"""One worker, four procedures and a referral beside legal aid: the fullest page of the district."""
investigated = on_desk(fell_through, (20, COMPLAINED), (15, CASE_FILED), (15, GO_ON))
correction_ordered = on_desk(
    fell_through,
    (30, COMPLAINED),
    (25, CASE_FILED),
    (24, event("wait_for_procedures")),
    (
        6,
        event(
            "order_correction",
            lambda f: {
                "order_number": f"（练习）责令〔{f.case_id}〕号",
                "order_content": "限期支付拖欠的工资。",
                "order_amount": f.sum(90),
                "performance_day": f.ahead(4),
            },
        ),
    ),
)
petition_handled = on_desk(
    fell_through, (16, PETITIONED), (12, event("route_petition", {"routed_to": BUREAU})), (8, PETITION_TAKEN)
)
petition_answered = on_desk(
    fell_through,
    (45, PETITIONED),
    (40, PETITION_TAKEN),
    (39, event("wait_for_procedures")),
    (9, event("give_opinion", {"petition_result": "partly", "petition_opinion": "责成单位核对工资后补发。"})),
)
hint_served = on_desk(accepted, (8, SUPERVISED), (7, HINTED), (6, HINT_SERVED))
opinion_served = on_desk(
    fell_through,
    (40, SUPERVISED),
    (39, event("wait_for_procedures")),
    (38, HINTED),
    (36, HINT_SERVED),
    (22, REFUSED),
    (20, OPINION),
    (7, OPINION_SERVED),
)
proposal_decided = on_desk(
    fell_through,
    (62, SUPERVISED),
    (61, event("wait_for_procedures")),
    (46, OPINION),
    (43, OPINION_SERVED),
    (32, REFUSED),
    (26, PROPOSAL),
    (20, PROPOSAL_SERVED),
    (9, event("department_decides", {"department_decision": "决定立案查处"})),
)
handed_over = on_desk(accepted, (4, TO_JUSTICE), (3, _hand_over(5)))
answered_by_other = on_desk(
    accepted,
    (12, TO_JUSTICE),
    (11, _hand_over(-4)),
    (9, event("body_accepts", lambda f: {"body_number": "援助窗口2号", "answer_due": f.ahead(3)})),
    (3, event("record_answer", {"answer_note": "已指派律师。", "papers_back": "工资条 3份"})),
)
never_answered = on_desk(accepted, (10, TO_INSPECTION), (9, _hand_over(-3)))
from_court = on_desk(accepted, (7, _came_from("court_preaction", "示范区人民法院", "委派函 1份\n起诉状副本 2份")))
from_hotline = on_desk(accepted, (6, FROM_HOTLINE), (2, REPORTED_BACK))
crowd_watched = on_desk(registered, (1, CROWD), (1, TOLD_UP), (1, FIRST_REPORT), (1, FOLLOW_UP))
crowd_calm = on_desk(registered, (4, CROWD), (4, TOLD_UP), (4, FIRST_REPORT), (3, FOLLOW_UP), (2, CALM))

ORDERED = event("give_order", {"order_text": "请说明为什么还没有约到单位，什么时候约。", "order_pace": "d3"})
ANSWERED = event("answer_order", {"order_answer": "已约单位负责人明日上午面谈，结果当日登记。"})
PROPOSED = event("close_failed", {"outcome": "failed_divergence", "closing_note": "已告知申请仲裁的期限和地点。"})
hint_drafted = on_desk(accepted, (5, SUPERVISED), (1, event("issue_hint", LETTER)))
opinion_drafted = on_desk(accepted, (7, SUPERVISED), (1, event("issue_opinion", PROVEN)))
closing_proposed = on_desk(fell_through, (1, PROPOSED))
order_open = on_desk(accepted, (9, ORDERED))
order_answered = on_desk(accepted, (5, ORDERED), (2, ANSWERED))

AUTHORITIES: Sequence[File] = (
    File(all_at_once, 40, cause="E1"),
    File(recognition_pending, 24, cause="E1"),
    File(appraising, 98, cause="E1"),
    File(investigated, 28, cause="B1"),
    File(correction_ordered, 38, cause="B1"),
    File(petition_handled, 22),
    File(petition_answered, 52),
    File(hint_served, 10),
    File(opinion_served, 48),
    File(proposal_decided, 70),
    File(hint_drafted, 8),
    File(opinion_drafted, 9),
    File(closing_proposed, 12),
    File(order_open, 11),
    File(order_answered, 8),
    File(handed_over, 6),
    File(answered_by_other, 14),
    File(never_answered, 12),
    File(from_court, 9),
    File(from_hotline, 8),
    File(crowd_watched, 2, 14),
    File(crowd_calm, 5, 18),
)
