"""Moment 4: a colleague saved while I typed. Both versions stand side by side; one click saves mine or takes theirs."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from mediation.cases.intake import Registered
from mediation.cases.models import AuditEntry
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.actor import Actor
from tests.api.desk import PASSWORD, Desk, login_of, open_desk
from tests.browser.conftest import SIZES, Screen, enter, fits, picture, serving
from tests.cases.test_queries import newcomer

pytestmark = pytest.mark.browser

THEIRS = "单位要求再谈，\n下周答复。"
MINE = "单位愿意先付一半，\n余款年底付清。"


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serving(desk.app) as address:
        yield address


def type_mine(page: Page) -> None:
    page.get_by_label("面对面").check()
    page.locator("[name=session_result]").select_option("progress")
    page.locator("[name=session_note]").fill(MINE)


def save_theirs(desk: Desk, case: Registered, colleague: Actor) -> None:
    told = {"held_on": "2026-09-18", "session_form": "joint", "session_result": "progress", "session_note": THEIRS}
    desk.office.fire(case.proceeding_id, "hold_session", told, actor=colleague)


def saved_by(desk: Desk) -> list[int | None]:
    with desk.office.database.read() as session:
        query = select(AuditEntry.actor_id).where(AuditEntry.event == "hold_session").order_by(AuditEntry.id)
        return list(session.scalars(query))


def boxes(page: Page) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Where their text and mine stand on the screen."""
    cells = page.locator(".compare tr.differs td")
    theirs, mine = cells.nth(1).bounding_box(), cells.nth(2).bounding_box()
    assert theirs is not None
    assert mine is not None
    return dict(theirs), dict(mine)


@pytest.mark.parametrize("size", list(SIZES))
def test_moment_4_both_versions_and_nothing_lost(desk: Desk, address: str, screen: Screen, size: str) -> None:
    case = desk.office.accepted()
    colleague = newcomer(desk.office, "mediator")
    form = f"/cases/{case.case_id}/events/{case.proceeding_id}/hold_session"
    with screen(size, expected=("409",)) as page:
        enter(page, address, login_of(desk.office.mediator), PASSWORD, form)
        for click in ("按我填写的保存", "以对方已保存的为准，我的不保存"):
            page.goto(address + form)
            type_mine(page)
            save_theirs(desk, case, colleague)
            page.get_by_role("button", name="记录调解会", exact=True).click()
            expect(page.get_by_role("heading", name="您打开页面后发生的变化")).to_be_visible()
            expect(page.locator(".stale li")).to_contain_text("新人mediator")
            expect(page.locator("[name=session_note]")).to_have_value(MINE)
            theirs, mine = boxes(page)
            if size == "desktop":
                assert abs(theirs["y"] - mine["y"]) < 2
                assert theirs["x"] + theirs["width"] <= mine["x"] + 1
            else:
                assert abs(theirs["x"] - mine["x"]) < 2
                assert theirs["y"] + theirs["height"] <= mine["y"] + 1
            assert fits(page)
            picture(page, f"moment-4-{size}")
            page.locator(".either > *", has_text=click).click()
            page.wait_for_url(lambda url: "/events/" not in url)
        expect(page.locator("#history")).to_contain_text("余款年底付清")
    assert saved_by(desk) == [colleague.person_id, desk.office.mediator.person_id, colleague.person_id]
