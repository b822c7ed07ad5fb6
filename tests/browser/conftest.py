"""A real Chromium against a real server. Pictures go to tests/artefacts when MEDIATION_PICTURES is set."""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

SIZES = {"phone": (360, 740), "desktop": (1280, 800)}
CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

Screen = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="session")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which Chinese is drawn with the packaged fonts, whatever the machine has."""
    folder = tmp_path_factory.mktemp("fonts")
    config = folder / "fonts.conf"
    packaged = Path(pylopdf_fonts_zh_cn.__file__).parent
    config.write_text(
        f"<fontconfig><include ignore_missing='yes'>/etc/fonts/fonts.conf</include>"
        f"<dir>{packaged}</dir><cachedir>{folder}</cachedir></fontconfig>"
    )
    return {**os.environ, "FONTCONFIG_FILE": str(config)}


@pytest.fixture(scope="session")
def chromium(fonts: dict[str, str]) -> Iterator[Browser]:
    """The Chromium of this machine (MEDIATION_CHROMIUM names another one)."""
    named = os.environ.get("MEDIATION_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, CANDIDATES)), None)
    assert found, "no Chromium: install it, or name it in MEDIATION_CHROMIUM"
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=zh-CN"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments, env={**fonts})
        yield browser
        browser.close()


@pytest.fixture
def screen(chromium: Browser) -> Screen:
    """`with screen("phone") as page`: a new browser profile; at its end every error in the console fails the test."""

    @contextmanager
    def opened(
        size: str, *, dark: bool = False, scripts: bool = True, expected: tuple[str, ...] = ()
    ) -> Iterator[Page]:
        width, height = SIZES[size]
        context = chromium.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
        )
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        context.close()
        assert [error for error in errors if not any(words in error for words in expected)] == []

    return opened


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application on a free port of this machine; gives its address."""
    server = _Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert server.ready.wait(20), "the server did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page for somebody to look at."""
    if os.environ.get("MEDIATION_PICTURES"):
        folder = Path(__file__).parents[1] / "artefacts"
        folder.mkdir(exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)


def fits(page: Page) -> bool:
    """Whether the page is no wider than the screen."""
    return bool(page.locator("body").evaluate("body => document.documentElement.scrollWidth <= window.innerWidth"))


def enter(page: Page, address: str, login: str, password: str, path: str) -> None:
    """Log in as a person does who opened `path`, and wait until that page stands."""
    page.goto(address + path)
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: url == address + path)
