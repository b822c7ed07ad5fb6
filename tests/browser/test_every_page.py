"""Every page of the route table in a real browser: WCAG 2.2 AA by axe, no wider than a telephone, nothing from outside.

The addresses come from the route table and from what tests/wall knows of path parameters, so a new page is looked at by
itself: on a desk in light colours, then on a telephone in dark colours and large print.
"""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from api.app import create_app
from mediation.arrival.codes import renew_code
from mediation.clock import TestClock
from mediation.db import Database
from mediation.settings import Settings
from tests.browser.conftest import fits, picture, serving
from tests.browser.town import NOBODY, Seen, Town
from tests.wall.streets import fill_west, two_streets

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "axe"
SCRIPT = AXE / "axe-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS_AND_SIZES = ["color-contrast", "target-size", "scrollable-region-focusable"]
"""The rules whose answer may change between light and dark, desk and telephone."""
HEAVY = 200_000
"""Bytes of HTML that no page may have, but for two that are printed as a whole."""
BOOKS = {"/permissions": 400_000, "/workflows/{name}/manual": 400_000}
DESK = {"width": 1280, "height": 800}
TELEPHONE = {"width": 390, "height": 844}
LOOK = """
async (only) => {
  const alike = [['tbody tr:nth-child(n+12)'], ['li:nth-child(n+12)'], ['section.chapter:nth-of-type(n+5)']];
  const found = await axe.run({exclude: alike}, {runOnly: only, resultTypes: ['violations']});
  const told = (checks) => checks.map((check) => check.message).join(' ').slice(0, 160);
  return found.violations.flatMap((rule) => rule.nodes.slice(0, 4).map((node) =>
    `${rule.id}: ${node.html.slice(0, 160)} (${told(node.any.concat(node.all))})`));
}
"""
"""Of many rows that are alike, the first."""
CHANGED = """
() => {
  document.documentElement.dataset.theme = 'dark';
  document.documentElement.dataset.print = 'large';
  const dark = document.querySelector('link[data-dark]');
  if (dark) { dark.media = 'screen'; }
}
"""


@pytest.fixture
def town(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Town:
    settings = Settings(data_folder=tmp_path, secret_key="only for tests", upload_limit_mb=1)
    streets = two_streets(sqlite_database, clock, settings)
    fill_west(streets)
    with sqlite_database.write() as session:
        west, case = streets.west, streets.cases[0].case_id
        code = renew_code(session, west.runtime, case, key=west.key(), actor=west.mediator)
    streets.ids["code"] = [code]  # type: ignore[list-item]
    return Town(streets, create_app(streets.office.runtime))


def test_every_page_in_light_and_dark_small_and_large(town: Town, chromium: Browser) -> None:
    seen, missing = town.pages()
    assert missing == [], (
        "nobody sees these: say in tests/wall what their path parameters may be, or why in town.NO_PAGE"
    )
    wrong: list[str] = []
    with serving(town.app) as address:
        for role in sorted({page.role for page in seen}):
            context = _browser(chromium, town, role, address)
            page, told = context.new_page(), []
            page.on("console", lambda line, told=told: told.append(line.text) if line.type == "error" else None)
            page.on("pageerror", lambda error, told=told: told.append(str(error)))
            page.on(
                "request",
                lambda asked, told=told: None if asked.url.startswith((address, "data:")) else told.append(asked.url),
            )
            for one in (one for one in seen if one.role == role):
                wrong += [f"{one.role} {one.address}: {fault}" for fault in _faults(page, address, one)]
                wrong += [f"{one.role} {one.address}: {line}" for line in told]
                told.clear()
            context.close()
    assert wrong == []


def _browser(chromium: Browser, town: Town, role: str, address: str) -> BrowserContext:
    """A browser that carries the log-in of this role."""
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")
    cookies = [] if role == NOBODY else [(c.name, c.value) for c in town.client(role).cookies.jar]
    context.add_cookies([{"name": name, "value": str(value), "url": address} for name, value in cookies])
    return context


def _faults(page: Page, address: str, one: Seen) -> list[str]:
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    answer = page.goto(address + one.address)
    assert answer is not None
    size = len(answer.body())
    page.evaluate(SCRIPT.read_text("utf-8"))
    found: list[Any] = page.evaluate(LOOK, {"type": "tag", "values": RULES})
    _keep(page, one, "desk")
    page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]
    found += [] if fits(page) else ["wider than a telephone"]
    _keep(page, one, "telephone")
    page.evaluate(CHANGED)
    found += page.evaluate(LOOK, {"type": "rule", "values": COLOURS_AND_SIZES})
    found += [] if fits(page) else ["wider than a telephone in large print"]
    _keep(page, one, "telephone-dark-large")
    return found + ([f"{size} bytes"] if size > BOOKS.get(one.route, HEAVY) else [])


def _keep(page: Page, one: Seen, how: str) -> None:
    named = re.sub(r"\W+", "-", re.sub(r"\?.*|\d+", "", one.address)).strip("-")
    picture(page, f"page-{named}-{how}")


def test_the_examiner_is_what_was_published() -> None:
    listed = dict(line.split()[::-1] for line in (AXE / "SHA256SUMS").read_text("utf-8").splitlines())
    assert {file.name for file in AXE.iterdir()} == {*listed, "SHA256SUMS"}
    assert {name: sha256((AXE / name).read_bytes()).hexdigest() for name in listed} == listed
