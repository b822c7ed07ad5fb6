"""The first page anybody sees, on a telephone and on a desk, by day and by night."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from api.app import create_app
from tests.api.conftest import LOGIN, PASSWORD, BareShell, shell
from tests.browser.conftest import Screen, fits, picture, serving

__all__ = ["shell"]

pytestmark = pytest.mark.browser


@pytest.fixture
def address(shell: BareShell) -> Iterator[str]:
    with serving(create_app(shell)) as address:
        yield address


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_wrong_and_a_right_log_in(address: str, screen: Screen, size: str) -> None:
    with screen(size, expected=("422", "404")) as page:
        page.goto(address + "/account")
        picture(page, f"login-{size}")
        assert fits(page)
        expect(page.get_by_label("登录名")).to_be_focused()
        page.keyboard.type(LOGIN)
        page.get_by_label("密码").fill("wrong")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("alert")).to_contain_text("登录名或密码不正确")
        picture(page, f"login-wrong-{size}")
        assert page.get_by_label("登录名").input_value() == LOGIN
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading")).to_have_text("修改密码")
        picture(page, f"account-{size}")
        assert fits(page)
        page.get_by_role("button", name="退出").click()
        expect(page).to_have_url(address + "/login")


def test_it_works_without_scripts_and_by_night(address: str, screen: Screen) -> None:
    with screen("phone", dark=True, scripts=False) as page:
        page.goto(address + "/account")
        picture(page, "login-dark")
        page.get_by_label("登录名").fill(LOGIN)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading")).to_have_text("修改密码")
        picture(page, "account-dark")


def test_the_keyboard_reaches_the_skip_link_first(address: str, screen: Screen) -> None:
    with screen("desktop") as page:
        page.goto(address + "/docs")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
        page.locator("summary").filter(has_text="登录").first.click()
        picture(page, "docs")
