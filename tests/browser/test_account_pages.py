"""One's own account on a telephone and on a desk: second factor, log-ins, tokens."""

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import expect

from api.app import create_app
from mediation.clock import TestClock
from tests.api.conftest import LOGIN, PASSWORD, BareShell, shell
from tests.browser.conftest import Screen, fits, picture, serving

__all__ = ["shell"]

pytestmark = pytest.mark.browser


@pytest.fixture
def address(shell: BareShell) -> Iterator[str]:
    strict = shell.settings.model_copy(update={"second_factor_roles": "mediator"})
    with serving(create_app(BareShell(strict, shell.clock, shell.database))) as address:
        yield address


@pytest.mark.parametrize(("size", "scripts"), [("phone", False), ("desktop", True)])
def test_setting_up_the_second_factor_logging_in_with_it_and_making_a_token(
    address: str, screen: Screen, clock: TestClock, size: str, scripts: bool
) -> None:
    with screen(size, scripts=scripts) as page:
        page.goto(address + "/account/sessions")
        page.get_by_label("登录名").fill(LOGIN)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        drawn = page.get_by_role("img", name="二维码").evaluate("image => image.complete && image.naturalWidth > 100")
        assert drawn
        picture(page, f"factor-setup-{size}")
        assert fits(page)
        page.get_by_text("不能扫码").click()
        secret = page.locator("code.secret").inner_text().replace(" ", "")
        page.get_by_label("验证码").fill(pyotp.TOTP(secret).at(clock.now()))
        page.get_by_role("button", name="启用并登录").click()
        expect(page.locator("ul.codes li")).to_have_count(10)
        picture(page, f"factor-codes-{size}")
        assert fits(page)
        page.get_by_role("button", name="已保存，继续").click()
        page.wait_for_url(address + "/account/sessions")
        picture(page, f"account-sessions-{size}")
        assert fits(page)
        page.get_by_role("button", name="退出").click()
        clock.move(seconds=30)
        page.goto(address + "/account/tokens")
        page.get_by_label("登录名").fill(LOGIN)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        picture(page, f"factor-asked-{size}")
        assert fits(page)
        page.get_by_label("验证码").fill(pyotp.TOTP(secret).at(clock.now()))
        page.get_by_role("button", name="确认").click()
        page.get_by_label("用途").fill("街道台账同步")
        page.get_by_label("密码", exact=False).last.fill(PASSWORD)
        page.get_by_role("button", name="生成令牌").click()
        expect(page.get_by_role("status")).to_contain_text("只显示这一次")
        picture(page, f"account-tokens-{size}")
        assert fits(page)
        page.goto(address + "/account/factor")
        picture(page, f"account-factor-{size}")
        assert fits(page)
