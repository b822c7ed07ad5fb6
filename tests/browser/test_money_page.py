"""Money on the case page when it is not simple: a partial agreement, an advance, an instalment missed, an award."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from mediation.clock import TestClock
from mediation.db import Database
from mediation.sweeping.sweep import sweep_once
from tests.api.desk import PASSWORD, Desk, login_of, open_desk
from tests.browser.conftest import SIZES, Screen, enter, fits, picture, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serving(desk.app) as address:
        yield address


def troubled(desk: Desk) -> int:
    """A case in default: of two workers one has an agreement, of which one instalment was advanced and one missed."""
    office = desk.office
    case = office.accepted(
        workers=[{"name": "张三"}, {"name": "李四"}],
        demands=[{"party": n, "head": "wages", "amount": "24000"} for n in (0, 1)],
    )
    first, _ = office.parties(case.case_id, "worker")
    (employer,) = office.parties(case.case_id, "employer")
    condition = {"condition": "总包方支付工程款", "controlled_by": "third", "latest_on": "2026-12-31"}
    rows = [
        {"party": first, "amount": "8000", "head": "wages", "due_on": "2026-09-20"},
        {"party": first, "amount": "8000", "head": "wages", "due_on": "2026-10-20"},
        {"party": first, "amount": "6000", "head": "wages", "due_on": "2026-11-20", **condition},
        {
            "party": first,
            "duty": "为职工补缴社会保险",
            "headcount": 224,
            "due_on": "2026-10-31",
            "until_on": "2027-10-31",
        },
    ]
    told = {"agreement_scope": "partial", "promises": rows, "acceleration": True, "proof_of_payment": True}
    office.fire(case.proceeding_id, "draft_agreement", told)
    day = office.clock.today().isoformat()
    signing = {"signed_on": day, "signed_by": [first, employer], "mediator_signed": True, "sealed": True}
    office.fire(case.proceeding_id, "sign_agreement", signing)
    advance = {"party": first, "kind": "advance", "payer_name": "示范区住房和城乡建设委员会", "amount": "5000"}
    office.fire(
        case.proceeding_id, "record_paid_by_others", {"advances": [{**advance, "paid_on": day, "proof": "拨付单"}]}
    )
    office.clock.move(days=3)
    sweep_once(office.runtime, ())
    assert office.state(case.proceeding_id) == "default"
    return case.case_id


@pytest.mark.parametrize("size", SIZES)
def test_who_still_owes_what_to_whom_stands_on_one_page(desk: Desk, address: str, screen: Screen, size: str) -> None:
    case_id = troubled(desk)
    with screen(size) as page:
        enter(page, address, login_of(desk.office.mediator), PASSWORD, f"/cases/{case_id}")
        money = page.locator("#money")
        expect(money).to_contain_text("垫付待追偿")
        expect(money.locator("#left-open")).to_contain_text("李四：没有任何约定")
        expect(
            money.get_by_text("原定2026-10-20，已提前到期").or_(money.get_by_text("已提前到期").first).first
        ).to_be_visible()
        for summary in money.locator("details.why > summary").all():
            summary.click()
        picture(page, f"money-{size}")
        assert fits(page)


@pytest.mark.parametrize("size", SIZES)
def test_a_condition_of_the_debtor_is_refused_beside_its_row(
    desk: Desk, address: str, screen: Screen, size: str
) -> None:
    case = desk.office.accepted()
    path = f"/cases/{case.case_id}/events/{case.proceeding_id}/draft_agreement"
    with screen(size, expected=("422",)) as page:
        enter(page, address, login_of(desk.office.mediator), PASSWORD, path)
        page.get_by_label("协议范围").or_(page.locator("input[name=agreement_scope][value=full]")).first.check()
        page.locator("[name='promises.0.due_on']").fill("2026-10-20")
        page.get_by_text("条件、兜底、持续义务").click()
        page.locator("[name='promises.0.condition']").fill("资金到位")
        page.locator("[name='promises.0.controlled_by']").select_option("debtor")
        page.get_by_role("button", name="起草调解协议", exact=True).last.click()
        expect(page.locator("tr.wrong").last).to_contain_text("请写明最迟履行日")
        expect(page.locator("[name='promises.0.condition']")).to_have_value("资金到位")
        picture(page, f"draft-{size}")
        assert fits(page)
