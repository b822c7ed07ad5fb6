"""Groups for programs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from tests.api.counter import Counter, open_counter
from tests.groups.sheets import crowd, drafted, row, xlsx

GROUP = "/cases/1/group"


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def sent(counter: Counter, path: str, revision: int, change: Any, key: str | None = None) -> Any:
    return counter.post(counter.office.mediator, GROUP + path, {"revision": revision, "change": change}, key=key)


def test_a_list_from_upload_to_roster(counter: Counter) -> None:
    office, me = counter.office, counter.office.mediator
    office.register(workers=[], demands=[])
    client = counter.client(me)

    def upload(content: bytes, kind: str = "unpaid") -> Any:
        files, headers = {"file": ("名单.xlsx", content)}, {"idempotency-key": "upload-000001"}
        return client.post(f"/api/v1{GROUP}/lists", data={"kind": kind}, files=files, headers=headers)

    bad = upload(xlsx([row(1, phone="1")]))
    assert (bad.status_code, bad.json()["faults"][0]["column"]) == (201, "phone")
    marked = client.get(f"/api/v1{GROUP}/lists/{bad.json()['list_id']}/marked.xlsx")
    assert marked.content.startswith(b"PK")
    good = upload(xlsx([row(1), row(2)])).json()
    assert (good["people"], good["new"], good["unpaid"], good["faults"]) == (2, 2, "4000.00", [])
    change = {"sha256": good["sha256"], "all_applied": True}
    path = f"/lists/{good['list_id']}/save"
    first = sent(counter, path, 1, change, "key-save-01")
    assert (first.status_code, first.json()["result"]["claimed"]) == (200, 400_000)
    assert sent(counter, path, 1, change, "key-save-01").json()["repeated"] is True
    found = counter.get(me, GROUP, limit=1).json()
    assert (found["sums"]["people"], found["sums"]["claimed"], len(found["members"])) == (2, "4000.00", 1)
    assert counter.get(me, GROUP + "/comparison").json()[0]["kind"] == "only_unpaid"
    assert upload(b"nonsense").status_code == 422


def test_parts_and_people(counter: Counter) -> None:
    me = counter.office.mediator
    crowd(counter.office, 11)
    ids = counter.office.parties(1, "worker")
    split = {"name": "甲", "workers": ids[:2], "from_on": "2026-09-18", "reason": "先谈妥"}
    assert sent(counter, "/subgroups", 1, split).json()["result"]["subgroup"] == 1
    assert sent(counter, "/subgroups", 1, split).status_code == 409
    moved = {"subgroup": 1, "workers": [ids[2]], "from_on": "2026-09-18", "reason": "也愿意"}
    assert sent(counter, "/assignment", 2, moved).status_code == 200
    ended = {"outcome": "settled", "outcome_on": "2026-09-18", "reason": "签了"}
    assert sent(counter, "/subgroups/1/outcome", 3, ended).status_code == 200
    left = {"workers": [ids[10]], "left_on": "2026-09-18", "reason": "撤回"}
    assert sent(counter, "/leavers", 4, left).json()["result"]["workers_count"] == 10
    join = {"worker": {"name": "后来者"}, "joined_on": "2026-09-18", "reason": "同一工地"}
    assert sent(counter, "/joiners", 5, join).json()["result"]["workers_count"] == 11
    parts = counter.get(me, GROUP + "/subgroups").json()
    assert [(part["name"], part["people"], part["outcome"]) for part in parts] == [
        ("甲", 3, "settled"),
        ("未分组", 8, "open"),
    ]
    assert sum(float(part["claimed"]) for part in parts) == 22_000
    assert counter.get(me, GROUP, as_of="2026-09-17").json()["sums"]["people"] == 0
    elected = {"representatives": ids[:3], "elected_on": "2026-09-18", "voters": 9}
    assert len(sent(counter, "/elections", 6, elected).json()["result"]["representatives"]) == 3


def test_shares_opinions_and_papers(counter: Counter) -> None:
    me = counter.office.mediator
    drafted(counter.office)
    plan = {"total": "100.01", "basis": "equal", "due_on": "2026-10-15"}
    told = counter.post(me, GROUP + "/shares", plan).json()
    assert (len(told["parts"]), told["parts"][0]["amount"], told["total"]) == (12, "8.34", "100.01")
    covered = [row["party_id"] for row in counter.get(me, GROUP + "/opinions").json()]
    revision = counter.get(me, GROUP).json()["revision"]
    said = {"workers": covered[:4], "answer": "refused", "answered_on": "2026-09-18"}
    assert sent(counter, "/opinions", revision, said).status_code == 200
    assert [row["answer"] for row in counter.get(me, GROUP + "/opinions").json()] == ["refused"] * 4 + [None] * 6
    issued = counter.post(me, GROUP + "/papers", {}).json()["result"]
    assert (len(issued["documents"]), issued["waiting"]) == (10, 0)
    assert counter.get(counter.office.lawyer, GROUP).status_code == 404
