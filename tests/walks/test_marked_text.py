"""HTML and spreadsheet formulas in every field of text of every procedure: shown as words, never run, never lost."""

import html
import random
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.desk import Desk, open_desk
from tests.walks.walker import Walker

MARK = "<script>ran()</script>"
WORDS = f"=1+1 {MARK} {{{{ 7*7 }}}} 😀“”"
WORKFLOWS = sorted(path.stem for path in (Path(__file__).parents[2] / "workflows").glob("*.yaml"))
YEARS = "from=2026-01-01&to=2027-12-31"
FORMULA = re.compile(r'(?:^|,)"?[=@+]', re.MULTILINE)


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


def papers(page: str) -> list[str]:
    return sorted(set(re.findall(r'href="(/cases/\d+/documents/\d+\.(?:pdf|docx))"', page)))


def harmless(browser: TestClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.text[:300])
    assert MARK not in answer.text, path
    return answer.text


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_marked_text_in_every_field(desk: Desk, workflow: str) -> None:
    office = desk.office
    worker = {"name": "张三=1+1", "phone": "13800138000"}
    case = office.signed(workers=[worker], employers=[{"name": f"某{MARK}公司"}], summary=WORDS)
    walker = Walker(office, case.case_id, random.Random(workflow), WORDS)
    if workflow != "dispute":
        walker.begin(workflow)
    walker.wander(6)
    office.clock.move(hours=1)
    with desk.browser(office.supervisor) as browser:
        page = harmless(browser, f"/cases/{case.case_id}")
        assert html.escape(MARK) in page
        assert "=1+1" in page
        assert "{{ 7*7 }}" in page
        for path in papers(page)[:4]:
            assert browser.get(path).status_code == 200, path
        for sheet in (f"/receipts.csv?{YEARS}", f"/receipts/lines.csv?{YEARS}&column=claimed"):
            told = browser.get(sheet)
            assert told.status_code == 200
            assert not FORMULA.search(told.text)
