"""Events as forms: what may happen, what may not and why; refused, stale, repeated; nothing half-written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from mediation.cases.intake import Registered
from mediation.cases.models import AuditEntry
from mediation.clock import TestClock
from mediation.db import Database
from mediation.recovery.models import Promise, Receipt
from tests.api.desk import Desk, fields_of, give_account, open_desk
from tests.cases.test_queries import newcomer

TODAY = "2026-09-18"


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def browser(desk: Desk) -> Iterator[TestClient]:
    with desk.browser() as browser:
        yield browser


def path(case: Registered, event: str) -> str:
    return f"/cases/{case.case_id}/events/{case.proceeding_id}/{event}"


def opened(browser: TestClient, case: Registered, event: str, **typed: str) -> dict[str, str]:
    """The form of the event as the case page offers it, with some fields typed."""
    page = browser.get(f"/cases/{case.case_id}").text
    return fields_of(page, path(case, event)) | typed


def entries(desk: Desk) -> int:
    with desk.office.database.read() as session:
        return session.scalar(select(func.count(AuditEntry.id))) or 0


def count(desk: Desk, table: type) -> int:
    with desk.office.database.read() as session:
        return session.scalar(select(func.count(table.id))) or 0  # type: ignore[attr-defined]


def test_the_case_page_has_live_forms_and_grey_steps_with_reasons(desk: Desk, browser: TestClient) -> None:
    case = desk.office.register()
    page = browser.get(f"/cases/{case.case_id}").text
    assert f'action="{path(case, "assign_mediator")}"' in page
    assert f'action="{path(case, "ask_consent")}"' not in page
    assert "还没有指派调解员，请先指派。" in page
    assert "为什么是这一天" in page
    assert "未来30天会发生什么" in page
    assert "style=" not in page


def test_a_form_filled_as_proposed_is_saved_and_tells_what_followed(desk: Desk, browser: TestClient) -> None:
    case = desk.office.register()
    form = opened(browser, case, "assign_mediator")
    assert form["mediator"] == str(desk.office.mediator.person_id)
    done = browser.post(path(case, "assign_mediator"), data=form)
    assert done.status_code == 303
    page = browser.get(done.headers["location"]).text
    assert "已保存：指派调解员" in page
    form = opened(browser, case, "ask_consent", in_scope="true")
    assert form["asked_on"] == TODAY
    page = browser.get(browser.post(path(case, "ask_consent"), data=form).headers["location"]).text
    assert "案件由“已登记”变为“审查与征询”" in page
    assert "期限“" in page


def test_the_agreement_is_proposed_from_the_file(desk: Desk, browser: TestClient) -> None:
    case = desk.office.accepted()
    form = opened(browser, case, "draft_agreement", agreement_scope="full")
    assert form["promises.0.amount"] == "24000.00"
    form |= {"promises.0.due_on": "2026年10月1日", "promises.1.party": form["promises.0.party"]}
    form |= {"promises.1.amount": "1,000元", "promises.1.due_on": "2026-11-01"}
    assert browser.post(path(case, "draft_agreement"), data=form).status_code == 303
    with desk.office.database.read() as session:
        rows = session.execute(select(Promise.amount, Promise.due_on).order_by(Promise.id)).all()
    assert [(amount, str(due)) for amount, due in rows] == [(2_400_000, "2026-10-01"), (100_000, "2026-11-01")]
    again = opened(browser, case, "revise_draft")
    assert again["promises.1.amount"] == "1000.00"


def test_rows_with_only_proposals_count_for_nothing(desk: Desk, browser: TestClient) -> None:
    case = desk.office.accepted(workers=[{"name": "张三"}, {"name": "李四"}])
    form = opened(browser, case, "settle_on_spot") | {"payments.0.proof": "收条"}
    assert form["payments.1.party"]
    assert form["payments.1.amount"] == ""
    assert browser.post(path(case, "settle_on_spot"), data=form).status_code == 303
    assert count(desk, Receipt) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"payments.0.amount": "-1"}, "金额不能为负数"),
        ({"payments.0.amount": "0.001"}, "金额最多两位小数"),
        ({"payments.0.amount": "0"}, "必须大于 0"),
        ({"payments.0.amount": "许多"}, "不是金额"),
        ({"payments.0.paid_on": "2026-02-30"}, "并不存在"),
        ({"payments.0.paid_on": "2026-12-30"}, "付款日期不能晚于今天"),
        ({"payments.0.amount": "99999"}, "超过尚欠的金额"),
        ({"payments.0.party": "999"}, "请从本案当事人中选择"),
        ({"payments.0.party": "张三"}, "请填写整数"),
        ({"payments.0.colour": "red"}, "没有这一项"),
        ({"colour": "red"}, "没有这一项"),
        ({"payments.0.proof": ""}, "必须填写"),
        ({"_revision": "x"}, "页面不完整"),
        ({"_key": ""}, "页面不完整"),
    ],
)
def test_bad_answers_get_a_sentence_keep_the_text_and_leave_no_trace(
    desk: Desk, browser: TestClient, typed: dict[str, str], sentence: str
) -> None:
    case = desk.office.signed()
    before = entries(desk)
    form = opened(browser, case, "record_payment") | {"payments.0.proof": "回单8842"} | typed
    answer = browser.post(path(case, "record_payment"), data=form)
    assert answer.status_code in (409, 422)
    assert sentence in answer.text
    if "payments.0.proof" not in typed:
        assert fields_of(answer.text, path(case, "record_payment"))["payments.0.proof"] == "回单8842"
    assert (entries(desk), count(desk, Receipt)) == (before, 0)


def test_a_table_sent_as_text_is_refused(desk: Desk, browser: TestClient) -> None:
    case = desk.office.signed()
    form = {k: v for k, v in opened(browser, case, "record_payment").items() if not k.startswith("payments")}
    answer = browser.post(path(case, "record_payment"), data=form | {"payments": "20000"})
    assert (answer.status_code, "请填写一个列表" in answer.text) == (422, True)
    missing = browser.post(path(case, "record_payment"), data=form)
    assert (missing.status_code, "必须填写" in missing.text) == (422, True)


def test_one_more_row_saves_nothing(desk: Desk, browser: TestClient) -> None:
    case = desk.office.signed()
    before = entries(desk)
    form = opened(browser, case, "record_payment") | {"_more": "payments"}
    answer = browser.post(path(case, "record_payment"), data=form)
    assert answer.status_code == 200
    assert "payments.1.amount" in fields_of(answer.text, path(case, "record_payment"))
    assert entries(desk) == before


def test_an_event_that_is_not_possible_now_tells_every_reason(desk: Desk, browser: TestClient) -> None:
    case = desk.office.register()
    shown = browser.get(path(case, "accept"))
    assert "现在不能办理" in shown.text
    form = fields_of(shown.text, path(case, "accept"))
    refused = browser.post(path(case, "accept"), data=form)
    assert refused.status_code == 409
    assert "只有在“待受理”时才能办理“受理”" in refused.text
    assert "还没有指派调解员" in refused.text


def test_unknown_and_foreign_events(desk: Desk, browser: TestClient) -> None:
    case = desk.office.register()
    form = opened(browser, case, "assign_mediator")
    assert browser.post(path(case, "fly_away"), data=form).status_code == 404
    assert browser.get(path(case, "fly_away")).status_code == 404
    assert browser.get(path(case, "reopen")).status_code == 403
    assert browser.post(path(case, "reopen"), data=form | {"reopen_reason": "无"}).status_code == 403
    elsewhere = f"/cases/{case.case_id + 1}/events/{case.proceeding_id}/assign_mediator"
    assert browser.post(elsewhere, data=form).status_code == 404
    assert browser.get(f"/cases/{2**70}").status_code == 404


def test_a_stale_save_keeps_the_text_and_shows_both_versions(desk: Desk, browser: TestClient) -> None:
    case = desk.office.accepted()
    office = desk.office
    told = {
        "session_form": next(iter(office.runtime.codes["session_forms"])),
        "session_result": next(iter(office.runtime.codes["session_results"])),
        "session_note": "我写的：单位愿意先付一半。",
    }
    form = opened(browser, case, "hold_session") | told
    theirs = {**told, "held_on": TODAY, "session_note": "主管写的：单位要求再谈。"}
    colleague = newcomer(office, "mediator")
    office.fire(case.proceeding_id, "hold_session", theirs, actor=colleague)
    stale = browser.post(path(case, "hold_session"), data=form)
    assert stale.status_code == 409
    assert "新人mediator" in stale.text
    assert "主管写的：单位要求再谈。" in stale.text
    again = fields_of(stale.text, path(case, "hold_session"))
    assert again["session_note"] == "我写的：单位愿意先付一半。"
    assert int(again["_revision"]) == int(form["_revision"]) + 1
    assert browser.post(path(case, "hold_session"), data=again | told).status_code == 303


def test_the_same_click_twice_answers_as_the_first_time(desk: Desk, browser: TestClient) -> None:
    case = desk.office.signed()
    form = opened(browser, case, "record_payment") | {"payments.0.proof": "回单", "payments.0.amount": "100"}
    first = browser.post(path(case, "record_payment"), data=form)
    second = browser.post(path(case, "record_payment"), data=form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert count(desk, Receipt) == 1
    other = browser.post(path(case, "record_payment"), data=form | {"payments.0.amount": "200"})
    assert other.status_code == 422
    assert "已经用于另一项操作" in other.text
    kept = fields_of(other.text, path(case, "record_payment"))
    assert kept["payments.0.amount"] == "200"
    assert kept["_key"] != form["_key"]


def test_another_streets_mediator_finds_nothing(desk: Desk) -> None:
    case = desk.office.accepted()
    stranger = newcomer(desk.office, "mediator", "示范区西街总工会")
    give_account(desk.office, stranger)
    with desk.browser() as browser:
        form = opened(browser, case, "hold_session")
    with desk.browser(stranger) as browser:
        form["_csrf"] = fields_of(browser.get("/cases").text, "/logout")["_csrf"]
        for address in (f"/cases/{case.case_id}", path(case, "hold_session"), f"/cases/{case.case_id}/documents/1.pdf"):
            assert browser.get(address).status_code == 404
        assert browser.post(path(case, "hold_session"), data=form).status_code == 404
        assert "张三" not in browser.get("/cases?whose=all").text


def test_without_the_token_of_the_session_nothing_happens(desk: Desk, browser: TestClient) -> None:
    case = desk.office.register()
    form = opened(browser, case, "assign_mediator") | {"_csrf": ""}
    assert browser.post(path(case, "assign_mediator"), data=form).status_code == 403


def test_a_missed_instalment_shows_the_whole_plan_and_what_follows(desk: Desk) -> None:
    promises = [{"party": 1, "amount": "8000", "due_on": day} for day in ("2026-09-25", "2026-10-25", "2026-11-25")]
    case = desk.office.accepted()
    told = {"agreement_scope": "full", "promises": promises, "acceleration": True}
    desk.office.fire(case.proceeding_id, "draft_agreement", told)
    signing = {"signed_on": TODAY, "signed_by": [1, 2], "mediator_signed": True, "sealed": True}
    desk.office.fire(case.proceeding_id, "sign_agreement", signing)
    desk.office.clock.move(days=10)
    desk.office.fire(case.proceeding_id, "promise_missed")
    with desk.browser() as browser:
        page = browser.get(f"/cases/{case.case_id}").text
    assert "有3项到期没有履行，尚欠24,000.00元" in page
    assert "尚未付清的24,000.00元现在可以一并主张" in page
    assert (page.count("未到期"), page.count("已提前到期")) == (0, 2)
    assert "重新约定履行" in page


def test_in_a_large_group_no_row_carries_the_list_of_everybody(desk: Desk, browser: TestClient) -> None:
    workers = [{"name": f"工人{n:03d}"} for n in range(100)]
    demands = [{"party": n, "head": "wages", "amount": "1000"} for n in range(100)]
    case = desk.office.register(workers=workers, demands=demands)
    page = browser.get(path(case, "draft_agreement")).text
    assert fields_of(page, path(case, "draft_agreement"))["promises.99.amount"] == "1000.00"
    assert page.count(">工人099</option>") == 0
    more = fields_of(page, path(case, "draft_agreement")) | {"_more": "promises", "promises.0.due_on": "2026-10-01"}
    again = browser.post(path(case, "draft_agreement"), data=more)
    assert again.status_code == 200
    assert again.text.count(">工人099</option>") == 1


def test_sums_become_monthly_instalments_that_tie(desk: Desk, browser: TestClient) -> None:
    case = desk.office.accepted()
    action = path(case, "draft_agreement")
    form = opened(browser, case, "draft_agreement", agreement_scope="full") | {"promises.0.amount": "100"}
    split = {"_split": "promises", "_split_count": "3", "_split_first": "2026-12-31"}
    again = fields_of(browser.post(action, data=form | split).text, action)
    rows = [(again[f"promises.{n}.amount"], again[f"promises.{n}.due_on"]) for n in range(3)]
    assert rows == [("33.34", "2026-12-31"), ("33.33", "2027-01-31"), ("33.33", "2027-02-28")]
    assert browser.post(action, data=again | {"agreement_scope": "full"}).status_code == 303
    assert count(desk, Promise) == 3


def test_a_split_without_a_plan_is_refused_and_keeps_the_rows(desk: Desk, browser: TestClient) -> None:
    case = desk.office.accepted()
    action = path(case, "draft_agreement")
    form = opened(browser, case, "draft_agreement") | {"_split": "promises", "_split_count": "0"}
    answer = browser.post(action, data=form)
    assert answer.status_code == 422
    assert "请填写分几期" in answer.text
    assert "请填写首期的日期" in answer.text
    assert fields_of(answer.text, action)["promises.0.amount"] == "24000.00"
