"""The parts that forms and lists are made of, seen together on one page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter, Request
from playwright.sync_api import expect
from starlette.responses import HTMLResponse

from api.app import create_app
from api.display import display_of
from api.forms import Form, Typed, TypedForm
from api.pages.templating import environment
from mediation.errors import BadInput
from tests.api.conftest import BareShell, shell
from tests.browser.conftest import Screen, fits, picture, serving

__all__ = ["shell"]

pytestmark = pytest.mark.browser

SAMPLE = (Path(__file__).parent / "parts.html").read_text(encoding="utf-8")


router = APIRouter()
received: list[Typed] = []


def shown(request: Request, form: Form) -> HTMLResponse:
    around = {"visitor": None, "entries": [], "footing": None, "display": display_of(request), "training": False}
    return HTMLResponse(environment().from_string(SAMPLE).render(request=request, form=form, **around))


@router.get("/sample")
def sample(request: Request) -> HTMLResponse:
    return shown(request, Form.filled({"promises": [{"due": "2026-10-12", "amount": "1000"}]}))


@router.post("/sample")
def submitted(request: Request, typed: TypedForm) -> HTMLResponse:
    received.append(typed)
    fields = {"name": "请填写姓名。", "promises.1.amount": "请填写金额。"}
    return shown(request, Form.again(typed, None if typed.more_rows else BadInput("填写的内容有误。", fields)))


@pytest.fixture
def address(shell: BareShell) -> Iterator[str]:
    received.clear()
    app = create_app(shell)
    app.include_router(router)
    with serving(app) as address:
        yield address + "/sample"


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_rows_are_added_typed_and_kept(address: str, screen: Screen, size: str, scripts: bool) -> None:
    with screen(size, scripts=scripts) as page:
        page.goto(address)
        page.get_by_role("textbox", name="姓名").fill("张三")
        page.get_by_label("事情经过").fill("拖欠三个月工资")
        page.get_by_role("button", name="再加一行").click()
        amounts = page.locator("td input[inputmode=decimal]")
        expect(amounts).to_have_count(3)
        amounts.nth(2).fill("2000.50")
        page.get_by_label("是", exact=True).check()
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("alert")).to_contain_text("填写的内容有误")
        picture(page, f"form-{size}-{'scripts' if scripts else 'plain'}")
        assert fits(page)
        assert amounts.nth(2).input_value() == "2000.50"
        expect(page.locator("#f-promises-2-amount-error")).to_have_text("请填写金额。")
        assert page.get_by_label("事情经过").input_value() == "拖欠三个月工资"
    answers = received[-1].nested()
    assert [row["amount"] for row in answers["promises"]] == ["1000", "2000.50"]
    assert answers["agreed"] == "true"


def test_by_night(address: str, screen: Screen) -> None:
    with screen("desktop", dark=True) as page:
        page.goto(address)
        picture(page, "form-dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
