"""The hand-off table, cell by cell: when each way after an agreement is open, when it is not, and what is said."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.engine.codes import load_codes
from mediation.errors import NotFound
from mediation.law.book import LawBook
from mediation.law.route_conditions import CONDITIONS, RouteCase
from mediation.law.routing import JudgedRoute, judge_route, judge_routes
from mediation.settings import bundled

SIGNED, DUE = date(2026, 9, 1), date(2026, 9, 10)
WAGES = {"wages": "拖欠工资"}
GOOD = RouteCase(
    on=date(2026, 9, 15),
    document="mediation_agreement",
    signed_on=SIGNED,
    body="union",
    heads=WAGES,
    due_on=DUE,
    jointly=True,
    lawful_body=True,
    in_scope=True,
    in_venue=True,
    sum_certain=True,
    debtor_missing=False,
    mutual_debts=False,
)
"""An agreement on wages before a lawfully set-up body, one payment late, nothing against anything."""
IOU = {"document": "wage_iou", "signed_on": None}
NONE = {"document": "none", "signed_on": None, "due_on": None}
MIXED = {"heads": WAGES | {"severance": "经济补偿"}}

JR, JC, PO, DS, ARB = "joint_review", "judicial_confirmation", "payment_order", "direct_suit", "arbitration"
CELLS: list[tuple[str, dict[str, Any], str, str]] = [
    # 仲裁审查: both jointly, fifteen days, any body
    (JR, {}, "open", ""),
    (JR, {"body": "enterprise_committee", "lawful_body": None}, "open", ""),
    (JR, {"on": date(2026, 9, 16)}, "open", ""),
    (JR, {"on": date(2026, 9, 17)}, "closed", "申请期间已于2026年9月16日届满"),
    (JR, {"jointly": False}, "closed", "只有一方愿意申请"),
    (JR, {"jointly": None}, "uncertain", "请先问清双方是否都愿意"),
    (JR, {"relation_asked": True}, "closed", "确认劳动关系"),
    (JR, {"confirmed": True}, "closed", "已经司法确认"),
    (JR, {"in_scope": False}, "closed", "不属于劳动人事争议的受理范围"),
    (JR, {"in_venue": False}, "closed", "没有管辖权"),
    (JR, NONE, "closed", "没有已经生效的调解协议"),
    (JR, IOU, "closed", "没有已经生效的调解协议"),
    # 司法确认: both jointly, thirty days (the last of which is a holiday here), a body set up by law
    (JC, {}, "open", ""),
    (JC, {"on": date(2026, 10, 8)}, "open", ""),
    (JC, {"on": date(2026, 10, 9)}, "closed", "申请期间已于2026年10月8日届满"),
    (JC, {"jointly": False}, "closed", "司法确认须双方共同申请"),
    (JC, {"lawful_body": None}, "uncertain", "请事先询问当地法院"),
    (JC, {"lawful_body": None, "body": "one_stop"}, "uncertain", "一站式调解中心"),
    (JC, {"lawful_body": False}, "closed", "不属于依法设立的调解组织"),
    (JC, {"lawful_body": None, "body": "people_committee"}, "open", ""),
    (JC, {"body": "people_committee"} | MIXED, "open", ""),
    (JC, {"body": "people_committee", "heads": WAGES | {"duty": "补办手续"}}, "uncertain", "只写明仅就给付义务达成的"),
    (JC, {"body": "people_committee", "heads": {"relation": "确认劳动关系"}}, "uncertain", "只写明仅就给付义务达成的"),
    (JC, {"status_question": True}, "closed", "身份关系"),
    (JC, {"relation_asked": True}, "uncertain", "没有明文"),
    (JC, {"ownership_question": True}, "closed", "物权或知识产权确权"),
    (JC, {"content_clear": False}, "closed", "内容不明确"),
    (JC, {"content_lawful": False}, "closed", "协议违法"),
    (JC, NONE, "closed", "没有已经生效的调解协议"),
    # 支付令: the worker alone, after the day of performance, four items of claims
    (PO, {"jointly": False}, "open", ""),
    *((PO, {"heads": {head: head}}, "open", "") for head in ("wages", "medical", "severance", "unlawful_dismissal")),
    (PO, {"heads": {"duty": "出具离职证明"}}, "closed", "出具离职证明"),
    (PO, {"heads": {"notice_pay": "代通知金"}}, "uncertain", "代通知金的做法不一"),
    (PO, {"heads": {}}, "uncertain", "请核对款项"),
    (PO, MIXED | {"on": date(2027, 9, 15)}, "open", ""),
    (PO, {"on": DUE}, "closed", "约定的履行日（2026年9月10日）还没有过"),
    (PO, {"owed": False, "due_on": None}, "closed", "没有尚未付清的款项"),
    (PO, {"sum_certain": False}, "closed", "金额不确定"),
    (PO, {"debtor_missing": True}, "closed", "下落不明"),
    (PO, {"debtor_missing": None}, "uncertain", "能否联系、送达"),
    (PO, {"mutual_debts": True}, "closed", "互负其他债务"),
    (PO, {"debtor_abroad": True}, "closed", "不在中国境内"),
    (PO, {"preserved": True}, "closed", "诉前保全"),
    (PO, NONE, "open", ""),
    (PO, NONE | {"heads": {"severance": "经济补偿"}}, "closed", "经济补偿"),
    # 直接起诉: pay only, a wage IOU, or a failed order that rested on the agreement; three years
    (DS, {}, "open", ""),
    (DS, MIXED, "closed", "同时涉及劳动报酬以外的请求（经济补偿）"),
    (DS, MIXED | {"order_failed": True}, "open", ""),
    (DS, IOU, "open", ""),
    (DS, IOU | MIXED, "closed", "须先申请仲裁"),
    (DS, NONE, "closed", "劳动争议须先申请仲裁"),
    (DS, {"heads": {"double_wage": "二倍工资"}}, "uncertain", "做法不一"),
    (DS, {"on": DUE}, "closed", "目前没有不履行的事实"),
    (DS, {"on": date(2029, 9, 10)}, "open", ""),
    (DS, {"on": date(2029, 9, 11)}, "uncertain", "时效期间已于2029年9月10日届满"),
    (DS, {"confirmed": True}, "closed", "申请强制执行"),
    # 劳动仲裁: either side, every agreement that is not performed; one year
    (ARB, {"jointly": False}, "open", ""),
    (ARB, MIXED | {"relation_asked": True}, "open", ""),
    (ARB, NONE, "open", ""),
    (ARB, {"on": date(2027, 9, 10)}, "open", ""),
    (ARB, {"on": date(2027, 9, 11)}, "uncertain", "时效抗辩"),
    (ARB, {"on": DUE}, "closed", "目前没有不履行的事实"),
    (ARB, {"owed": False, "due_on": None}, "closed", "已经全部履行"),
    (ARB, {"confirmed": True}, "closed", "申请强制执行"),
]


def said(judged: JudgedRoute) -> str:
    return "；".join(reason.sentence for reason in judged.reasons)


@pytest.mark.parametrize(("route", "changes", "state", "sentence"), CELLS)
def test_each_cell_of_the_table(book: LawBook, route: str, changes: dict[str, Any], state: str, sentence: str) -> None:
    judged = judge_route(book, route, replace(GOOD, **changes))
    assert (judged.state, sentence in said(judged)) == (state, True), said(judged)


def test_every_condition_of_the_table_is_met_by_a_cell(book: LawBook) -> None:
    """Each sentence of routes.yaml is told by some cell above."""
    told = {
        (route, reason.name, reason.bars)
        for route, changes, _, _ in CELLS
        for reason in judge_route(book, route, replace(GOOD, **changes)).reasons
    }
    written = {
        (route.id, condition.name, bars)
        for route in book.routes.values()
        for condition in route.conditions
        for bars, sentence in ((True, condition.fails), (False, condition.unsure))
        if sentence
    }
    assert {one for one in written if one[1] in ("both_apply", "in_scope", "in_venue")} - told <= {
        (JC, "both_apply", False),
        (JR, "in_scope", False),
        (JR, "in_venue", False),
    }
    unmet = {one for one in written - told if one[2]}
    assert unmet == {(DS, "something_is_owed", True)}


def test_the_last_day_comes_with_its_reckoning(book: LawBook) -> None:
    judged = {one.route.id: one for one in judge_routes(book, GOOD)}
    assert {id: one.last_day for id, one in judged.items()} == {
        JR: date(2026, 9, 16),
        JC: date(2026, 10, 8),
        PO: None,
        DS: date(2029, 9, 10),
        ARB: date(2027, 9, 10),
    }
    window = judged[JC].window
    assert window is not None
    assert any("国庆节" in reason for reason in window.reasons)


def test_a_provisional_last_day_closes_nothing(book: LawBook) -> None:
    late = replace(GOOD, signed_on=date(2027, 12, 10), on=date(2028, 6, 1), due_on=date(2027, 12, 20))
    judged = judge_route(book, JC, late)
    assert (judged.state, "请先核对" in said(judged)) == ("uncertain", True)


def test_every_fee_was_read_in_a_text(book: LawBook) -> None:
    assert all(route.cost_verified for route in book.routes.values())
    with pytest.raises(NotFound):
        judge_route(book, "prayer", GOOD)


def test_every_head_of_the_table_is_a_head_of_demands(book: LawBook) -> None:
    heads = load_codes(bundled("workflows") / "codes")["demand_heads"]
    for kind in book.route(PO).kinds.values():
        assert kind.sure | kind.doubtful <= set(heads)
        assert not kind.sure & kind.doubtful


LAW = LawBook.load(bundled("workflows"))
answers = st.sampled_from([True, False, None])
days = st.dates(date(2005, 1, 1), date(2035, 1, 1))
cases = st.builds(
    RouteCase,
    on=days,
    document=st.sampled_from(["mediation_agreement", "wage_iou", "none"]),
    signed_on=st.none() | days,
    body=st.sampled_from(["union", "people_committee", "one_stop", None]),
    heads=st.dictionaries(st.sampled_from(["wages", "severance", "double_wage", "duty"]), st.just("项目")),
    relation_asked=st.booleans(),
    owed=st.booleans(),
    due_on=st.none() | days,
    jointly=answers,
    lawful_body=answers,
    in_scope=answers,
    in_venue=answers,
    sum_certain=answers,
    debtor_missing=answers,
    mutual_debts=answers,
    confirmed=st.booleans(),
    order_failed=st.booleans(),
)


@given(case=cases)
def test_what_is_not_open_says_why(case: RouteCase) -> None:
    for judged in judge_routes(LAW, case):
        assert (judged.state == "open") == (not judged.reasons)
        assert (judged.state == "closed") == any(reason.bars for reason in judged.reasons)
        assert all(reason.sentence and reason.cites and "{" not in reason.sentence for reason in judged.reasons)
        start = {"signed_on": case.signed_on, "due_on": case.due_on}.get(judged.route.counted_from or "")
        assert start is None or judged.window or "window" in {reason.name for reason in judged.reasons}


@given(case=cases, later=st.integers(1, 2000))
def test_time_alone_never_opens_a_window_again(case: RouteCase, later: int) -> None:
    after = replace(case, on=case.on + timedelta(days=later))
    for route in (JR, JC):
        if judge_route(LAW, route, case).state == "closed":
            assert judge_route(LAW, route, after).state == "closed"


def test_every_condition_is_used(book: LawBook) -> None:
    assert {c.name for route in book.routes.values() for c in route.conditions} == set(CONDITIONS)
