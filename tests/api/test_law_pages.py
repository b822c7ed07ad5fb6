"""The law as pages and as an API: every article with what rests on it, doubts with their reasons, rubbish refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.counter import Counter, open_counter


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def get(counter: Counter, path: str, **query: str) -> Any:
    return counter.client(counter.office.mediator).get(path, params=query)


def text(counter: Counter, path: str, **query: str) -> str:
    answer = get(counter, path, **query)
    assert answer.status_code == 200, path
    return str(answer.text)


def test_every_row_of_the_law_has_a_page(counter: Counter) -> None:
    law = counter.office.runtime.law
    assert len(law.periods) > 160
    for id, versions in list(law.periods.items())[::7]:
        assert versions[-1].title in text(counter, f"/law/periods/{id}")
    for statute in list(law.statutes.values())[::13]:
        assert statute.gist in text(counter, f"/law/articles/{statute.id}")
    for key, amounts in law.amounts.items():
        page = text(counter, f"/law/amounts/{key}")
        assert all(f"{amount.value}{amount.unit}" in page for amount in amounts)
    for doubt in law.doubts.values():
        assert doubt.reason in text(counter, f"/law/unverified/{doubt.id}")


def test_an_article_lists_what_rests_on_it(counter: Counter) -> None:
    page = text(counter, "/law/articles/ER-29")
    assert '<a href="/law/periods/mediation_finish">调解期限</a>：15日（自然日）' in page
    assert '<a href="/workflows/dispute/deadlines">' in page
    severance = text(counter, "/law/articles/LCL-47")
    assert '<a href="/calculator?formula=severance">经济补偿（N）</a>' in severance
    assert "请求项目：经济补偿" in severance
    assert "目前没有别的内容依靠它" in text(counter, "/law/articles/PIPL-54")


def test_what_is_not_verified_says_why(counter: Counter) -> None:
    reason = "2008年通过之后是否修订或者废止没有核到"
    for path in ("/law/periods/legal_aid_bj_decide", "/law/articles/BJLA-21", "/law/unverified/beijing_legal_aid"):
        page = text(counter, path)
        assert reason in page
        assert "待核实" in page
    due = text(counter, "/law/due", period="legal_aid_bj_decide", **{"from": "2026-09-18"})
    assert reason in due
    told = get(counter, "/api/v1/periods/legal_aid_bj_decide/due", **{"from": "2026-09-18"}).json()
    assert any(reason in why for why in told["unverified_because"])
    clean = get(counter, "/api/v1/periods/mediation_finish/due", **{"from": "2026-09-18"}).json()
    assert not clean.get("unverified_because")


def test_a_setting_of_the_office_is_never_shown_as_law(counter: Counter) -> None:
    page = text(counter, "/law/periods/supervision_opinion_reply_national")
    assert "本单位设定（法律没有规定天数）" in page
    assert "法律规定</span>" not in page
    assert "三十个工作日书面答复" in page
    due = text(counter, "/law/due", period="supervision_hint_reply", **{"from": "2026-09-18"})
    assert "本单位设定（法律没有规定天数）" in due
    assert "法定期限</span>" not in due
    rows = {row["id"]: row for row in get(counter, "/api/v1/periods").json()}
    assert (rows["supervision_hint_reply"]["law"], rows["supervision_hint_reply"]["setting"]) == (False, True)
    assert (rows["mediation_finish"]["law"], rows["mediation_finish"]["setting"]) == (True, False)
    assert not rows["mediation_finish"]["unverified_because"]


def test_the_lists_can_be_searched(counter: Counter) -> None:
    page = text(counter, "/law", q="司法确认")
    assert "共同申请司法确认" in page
    assert "仲裁裁决" not in page
    assert "第二十九条" in text(counter, "/law/articles", q="er-29")
    assert "47103.25" in text(counter, "/law/amounts", q="封顶")
    assert "2027年放假安排" in text(counter, "/law/unverified", q="放假")
    payment = text(counter, "/law", group="1.B")
    assert "发出支付令" in payment
    assert "仲裁裁决" not in payment


def test_rubbish_finds_nothing_and_breaks_nothing(counter: Counter) -> None:
    for path in ("/law", "/law/articles", "/law/amounts", "/law/unverified"):
        for q in ("没有这个词", "<script>alert(1)</script>", "%00", "'\"--", "x" * 5000):
            page = text(counter, path, q=q, group="no such group")
            assert "没有找到" in page
            assert "<script>alert(1)" not in page


def test_an_unknown_row_is_not_found(counter: Counter) -> None:
    for kind in ("articles", "periods", "amounts", "unverified"):
        for id in ("XX-99", "%3Cb%3Ebold%3C%2Fb%3E", "%2e%2e%2e", "x" * 3000):
            answer = get(counter, f"/law/{kind}/{id}")
            assert answer.status_code == 404
            assert "<b>bold" not in answer.text


def test_strangers_see_nothing(counter: Counter) -> None:
    with TestClient(counter.app, follow_redirects=False) as stranger:
        for path in ("/law", "/law/articles/ER-29"):
            assert stranger.get(path).status_code == 303
        assert stranger.get("/api/v1/law/unverified").status_code == 401


def test_programs_ask_what_rests_on_an_article(counter: Counter) -> None:
    told = get(counter, "/api/v1/law/articles/ER-29").json()
    assert told["text"] == "《企业劳动争议协商调解规定》第二十九条"
    assert told["resting"]["periods"] == ["mediation_finish"]
    assert "dispute.mediation_finish" in told["resting"]["deadlines"]
    assert get(counter, "/api/v1/law/articles/ER-99").status_code == 404
    points = get(counter, "/api/v1/law/unverified").json()
    assert len(points) == 14
    assert {"supervision_opinion_reply_national", "supervision_hint_reply"} <= set(points[0]["touches"]["periods"])


def test_a_sentence_that_quotes_what_was_typed_is_shown_as_text(counter: Counter) -> None:
    """Neither as HTML nor as a pattern for variables."""
    for typed, shown in (("50%25", "50%"), ("%25(x)s", "%(x)s"), ("%3Cscript%3E", "&lt;script&gt;")):
        answer = get(counter, f"/law/articles/{typed}")
        assert answer.status_code == 404
        assert shown in answer.text
        assert "<script>" not in answer.text
