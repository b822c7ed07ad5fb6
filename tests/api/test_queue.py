"""The pages of the lawyers' queue: claiming, losing, the next case, giving back."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.actor import Actor
from tests.api.counter import Counter, open_counter


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def waiting(counter: Counter, **changes: Any) -> int:
    case = counter.office.register(**changes)
    return counter.office.queued(case, aid_matter="张三要写仲裁申请书。", aid_hours=4)


def press(counter: Counter, actor: Actor, path: str, **fields: str) -> Any:
    """Press a button of the queue page as a browser does: with the form's hidden fields."""
    client = counter.client(actor)
    hidden = dict(re.findall(r'name="(_csrf|_key)" value="([^"]*)"', client.get("/queue").text))
    del client.headers["x-csrf-token"]
    answer = client.post(path, data={**hidden, **fields})
    client.headers["x-csrf-token"] = hidden["_csrf"]
    return answer


def test_the_page_names_nobody_before_the_claim_and_the_client_after_it(counter: Counter) -> None:
    aid, lawyer = waiting(counter), counter.office.lawyer
    page = counter.client(lawyer).get("/queue").text
    assert "张三" not in page
    assert "餐饮" not in page
    assert "1万至5万元" in page
    assert "预计4小时" in page
    won = press(counter, lawyer, f"/queue/{aid}/claim")
    assert (won.status_code, won.headers["location"]) == (303, f"/queue?took={aid}")
    page = counter.client(lawyer).get(won.headers["location"]).text
    assert "已由您认领：张三" in page
    assert "请在2026-09-20 09:00前联系受援人" in page
    assert "现在没有等待认领的案件" in page


def test_the_loser_is_told_by_whom_and_offered_two_others(counter: Counter) -> None:
    lost, *others = (waiting(counter) for _ in range(4))
    press(counter, counter.office.lawyer, f"/queue/{lost}/claim")
    answer = press(counter, counter.office.other_lawyer, f"/queue/{lost}/claim")
    assert answer.status_code == 409
    assert "赵律师已于9月18日09:00:00认领了这件案件" in answer.text
    assert re.findall(r'action="/queue/(\d+)/claim"', answer.text) == [str(id) for id in others[:2]]


def test_the_next_case_comes_with_its_reason(counter: Counter) -> None:
    oldest, lawyer = waiting(counter), counter.office.lawyer
    counter.office.clock.move(hours=1)
    waiting(counter)
    answer = press(counter, lawyer, "/queue/next")
    assert answer.headers["location"] == f"/queue?took={oldest}&next=1"
    assert "这件等得最久" in counter.client(lawyer).get(answer.headers["location"]).text
    press(counter, lawyer, "/queue/next")
    none_left = press(counter, lawyer, "/queue/next")
    assert none_left.status_code == 409
    assert "现在没有等待认领的案件" in none_left.text


def test_giving_back_asks_for_the_reason_and_keeps_the_note(counter: Counter) -> None:
    aid, lawyer = waiting(counter), counter.office.lawyer
    press(counter, lawyer, f"/queue/{aid}/claim")
    assert "张三" in counter.client(lawyer).get(f"/queue/{aid}/release").text
    missing = press(counter, lawyer, f"/queue/{aid}/release", release_note="已电话沟通一次。")
    assert missing.status_code == 422
    assert "已电话沟通一次。" in missing.text
    assert "必须填写" in missing.text
    done = press(counter, lawyer, f"/queue/{aid}/release", release_reason="capacity")
    assert done.headers["location"] == "/queue?released=1"
    assert "等待认领（1）" in counter.client(lawyer).get("/queue").text
    assert counter.client(lawyer).get(f"/queue/{aid}/release").status_code == 404


def test_only_lawyers_see_the_queue(counter: Counter) -> None:
    refused = counter.client(counter.office.mediator).get("/queue")
    assert refused.status_code == 403
    assert "只对志愿律师开放" in refused.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30])
def test_an_odd_page_number_shows_a_page(counter: Counter, page: str) -> None:
    assert counter.client(counter.office.lawyer).get("/queue", params={"page": page}).status_code == 200
