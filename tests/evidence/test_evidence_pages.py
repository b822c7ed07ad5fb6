"""The evidence of a case on a page of its own: three classes of visibility, kept in every way out."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mediation.cases.evidence import EvidenceIn, Upload, add_evidence
from mediation.cases.evidence_rows import evidence_of, evidence_page, may_see_evidence
from mediation.cases.intake import Registered
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.actor import Actor
from tests.api.counter import Counter, open_counter
from tests.cases.test_queries import newcomer
from tests.office import Office

CLASSES = ("both_sides", "own_side", "mediator")


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as opened:
        yield opened


def filed(office: Office, case: Registered) -> Mapping[tuple[str, str], int]:
    """One item of each class from each side; its name says which."""
    sides = {side: office.parties(case.case_id, side)[0] for side in ("worker", "employer")}
    ids: dict[tuple[str, str], int] = {}
    with office.database.write() as session:
        for side, party in sides.items():
            for visibility in CLASSES:
                name = f"标记{side}{visibility}"
                data = EvidenceIn(name=name, category="other", visibility=visibility, submitted_by=party)
                once: Any = {"key": office.key(), "actor": office.mediator}
                sent = Upload(name.encode(), "text/plain", f"{name}.txt")
                done = add_evidence(session, office.runtime, case.case_id, data, sent, **once)
                ids[side, visibility] = done.result["evidence"]
    return ids


def lawyers_case(office: Office) -> Registered:
    case = office.accepted()
    office.fire(office.queued(case), "claim_case", actor=office.lawyer)
    return case


EVERYTHING = {(side, visibility) for side in ("worker", "employer") for visibility in CLASSES}
FOR_LAWYERS = {("worker", "both_sides"), ("employer", "both_sides"), ("worker", "own_side")}
FOR_CLERKS = {one for one in EVERYTHING if one[1] != "mediator"}


def test_each_role_sees_its_part_on_every_page_in_every_list_and_download(counter: Counter) -> None:
    office = counter.office
    case = lawyers_case(office)
    ids = filed(office, case)
    clerk = newcomer(office, "clerk")
    expected: list[tuple[Actor, set[tuple[str, str]]]] = [
        (office.mediator, EVERYTHING),
        (office.supervisor, EVERYTHING),
        (clerk, FOR_CLERKS),
        (office.lawyer, FOR_LAWYERS),
    ]
    for actor, allowed in expected:
        browser, at = counter.client(actor), f"/cases/{case.case_id}"
        told = [browser.get(f"{at}{page}").text for page in ("?history=all", "/evidence", "/group/voices")]
        told += [counter.get(actor, f"{at}{page}").text for page in ("", "/evidence")]
        listed = {row["id"] for row in counter.get(actor, f"{at}/evidence").json()["items"]}
        assert listed == {ids[one] for one in allowed}
        for one, id in ids.items():
            mark = f"标记{one[0]}{one[1]}"
            files = [browser.get(f"{at}/evidence/{id}{way}") for way in ("", "/receipt")]
            files.append(counter.get(actor, f"{at}/evidence/{id}/file"))
            assert [file.status_code for file in files] == [200 if one in allowed else 404] * 3, (actor.name, one)
            if one not in allowed:
                assert [n for n, text in enumerate(told) if mark in text] == []
                assert not any(mark in file.text for file in files)


def test_the_rule_in_sql_is_the_rule_in_python(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    ids = filed(office, case)
    with office.database.read() as session:
        for roles in ({"mediator"}, {"clerk"}, {"lawyer"}, {"lawyer", "clerk"}, {"emergency"}, set[str]()):
            seen = {item.id for item in evidence_of(session, case.case_id, roles)}
            assert seen == {id for (side, kind), id in ids.items() if may_see_evidence(roles, kind, side)}
        paged = evidence_page(session, case.case_id, {"clerk"}, visibility="own_side", limit=1)
        assert (paged.total, len(paged.rows)) == (2, 1)


def test_visibility_changes_with_a_reason_in_the_trail(counter: Counter) -> None:
    office = counter.office
    case = lawyers_case(office)
    id = filed(office, case)["employer", "both_sides"]
    at, words = f"/cases/{case.case_id}/evidence/{id}", "单位要求不给对方看"
    assert "标记employerboth_sides" in counter.client(office.lawyer).get(f"/cases/{case.case_id}?history=all").text
    form = {"visibility": "mediator", "_key": "visibility-1"}
    browser = counter.client(office.mediator)
    assert "必须填写" in browser.post(f"{at}/visibility", data=form).text
    done = browser.post(f"{at}/visibility", data=form | {"reason": words})
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{case.case_id}/evidence#e-{id}")
    assert words in browser.get(f"/cases/{case.case_id}?history=all").text
    for page in (f"/cases/{case.case_id}?history=all", f"/cases/{case.case_id}/evidence"):
        other = counter.client(office.lawyer).get(page).text
        assert words not in other
        assert "标记employerboth_sides" not in other
    same = counter.post(office.mediator, f"{at}/visibility", {"visibility": "mediator", "reason": "再来"})
    assert "现在就是这个可见范围" in same.text
    for actor in (office.lawyer, newcomer(office, "clerk")):
        assert (
            counter.post(actor, f"{at}/visibility", {"visibility": "both_sides", "reason": "想看"}).status_code == 403
        )


def test_nobody_files_what_they_could_not_see_again(counter: Counter) -> None:
    office = counter.office
    case = lawyers_case(office)
    browser = counter.client(office.lawyer)
    form = {"category": "other", "name": "底稿", "visibility": "mediator", "_revision": "0", "_key": "lawyer-file"}
    answer = browser.post(f"/cases/{case.case_id}/add/evidence", data=form, files={"file": ("底稿.txt", b"x")})
    assert answer.status_code == 422
    assert "您自己也看不到" in answer.text


def test_a_lying_file_is_refused_and_a_download_runs_nothing(counter: Counter) -> None:
    office = counter.office
    case = office.accepted()
    browser, add = counter.client(office.mediator), f"/cases/{case.case_id}/add/evidence"
    form = {"category": "other", "name": "工资条", "visibility": "own_side", "_revision": "0", "_key": "lying-file"}
    form["submitted_by"] = str(office.parties(case.case_id, "employer")[0])
    lying = browser.post(add, data=form, files={"file": ("工资条.pdf", b"MZ\x90\x00\x03", "application/pdf")})
    assert lying.status_code == 422
    assert "程序或脚本" in lying.text
    assert 'value="工资条"' in lying.text
    done = browser.post(add, data=form, files={"file": ("工资条.pdf", b"%PDF-1.7", "text/html")})
    file = browser.get(done.headers["location"].removesuffix("/receipt"))
    assert file.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert file.headers["content-disposition"].endswith(".pdf")
    listed = counter.get(office.mediator, f"/cases/{case.case_id}/evidence").json()["items"]
    assert [(row["media_type"], row["seen_by"]) for row in listed] == [
        ("application/pdf", ["mediator", "supervisor", "clerk"])
    ]
