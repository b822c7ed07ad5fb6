"""查进展: the code of the receipt opens a small page without an account, and nothing else opens it."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from mediation.access.restrict import RestrictIn, restrict
from mediation.arrival.codes import ALPHABET, LENGTH
from mediation.arrival.models import ProgressCode
from mediation.arrival.progress import STATES
from mediation.cases.readings import Asked, readers, readings
from mediation.clock import TestClock
from mediation.db import Database
from mediation.documents.models import Document
from mediation.papers.blocks import Code, blocks
from mediation.papers.codes import qr_png, qr_svg
from mediation.people.models import Organisation
from tests.api.desk import Desk, fields_of, open_desk
from tests.office import shipped


@pytest.fixture
def desk(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Desk:
    return open_desk(sqlite_database, clock, tmp_path)


@pytest.fixture
def worker(desk: Desk) -> Iterator[TestClient]:
    """A telephone that nobody has logged in with."""
    with TestClient(desk.app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


def receipt(desk: Desk) -> Document:
    with desk.office.database.read() as session:
        return session.scalars(select(Document).where(Document.template == "intake_receipt")).one()


def code_of(desk: Desk) -> str:
    return next(block.text for block in blocks(receipt(desk).text) if isinstance(block, Code))


def test_the_receipt_carries_a_code_that_opens_the_progress(desk: Desk, worker: TestClient) -> None:
    case = desk.office.register()
    with desk.office.database.write() as session:
        session.get_one(Organisation, desk.office.street_id).phone = "010-62345678"
    code = code_of(desk)
    assert re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", code)
    answer = worker.get(f"/progress/{code}")
    assert answer.status_code == 200
    for words in (
        case.number,
        "您的申请已经收到并登记",
        "示范区东街总工会的调解员",
        "2026年9月",
        "身份证件、本回执",
        "010-62345678",
    ):
        assert words in answer.text
    for secret in ("张三", "餐饮", "24000", "24,000", "拖欠", "李调解"):
        assert secret not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]


def test_the_page_follows_the_case(desk: Desk, worker: TestClient) -> None:
    case = desk.office.accepted()
    path = f"/progress/{code_of(desk)}"
    assert "已经受理，正在调解" in worker.get(path).text
    desk.office.fire(case.proceeding_id, "withdraw", {"withdrawal_reason": "given_up", "withdrawn_on": "2026-09-18"})
    ended = worker.get(path).text
    assert "申请已经撤回" in ended
    assert "下一步由谁办" not in ended


def test_every_state_of_a_dispute_has_a_sentence_and_what_to_bring() -> None:
    room = shipped()
    states = room.definitions["dispute"][max(room.definitions["dispute"])].states
    told = room.codes[STATES]
    assert set(told) == set(states)
    assert all(told.about(state).get("bring") for state in states)


def test_only_the_hash_of_the_code_is_kept(desk: Desk) -> None:
    desk.office.register()
    code = code_of(desk)
    with desk.office.database.read() as session:
        row = session.scalars(select(ProgressCode)).one()
        assert code not in str([getattr(row, column.name) for column in ProgressCode.__table__.columns])
    for file in desk.office.runtime.settings.data_folder.glob("**/*"):
        assert not file.is_file() or code.encode() not in file.read_bytes()


@pytest.mark.parametrize("spoilt", ["-".join, "　".join, lambda parts: "".join(parts).lower()])
def test_as_it_is_typed_from_paper(desk: Desk, worker: TestClient, spoilt: object) -> None:
    desk.office.register()
    code = code_of(desk)
    parts = [code[n : n + 5] for n in range(0, LENGTH, 5)]
    assert callable(spoilt)
    asked = worker.get("/progress", params={"code": spoilt(parts)})
    assert (asked.status_code, asked.headers["location"]) == (303, f"/progress/{code}")


@pytest.mark.parametrize("code", ["ABCDEFGHJKMNPQRSTVWX", "1", "<script>", "张三", "%00", "' OR 1=1 --", "A" * 5000])
def test_nothing_opens_without_the_code(desk: Desk, worker: TestClient, code: str) -> None:
    desk.office.register()
    answer = worker.get("/progress/" + code.replace("<", "%3C").replace("%00", "%2500"))
    assert answer.status_code == 404
    assert "没有这个查询编码" in answer.text
    assert worker.get("/progress").status_code == 200
    assert worker.get("/progress", params={"code": code}).status_code == 303


def test_guessing_is_slowed_down_and_locks_nobody_out(desk: Desk, worker: TestClient, clock: TestClock) -> None:
    desk.office.register()
    code = code_of(desk)
    for _ in range(10):
        assert worker.get("/progress/WRONG").status_code == 404
    waiting = worker.get(f"/progress/{code}")
    assert waiting.status_code == 429
    assert "请等1秒再试" in waiting.text
    assert waiting.headers["retry-after"] == "1"
    with desk.browser() as colleague:
        assert colleague.get("/cases").status_code == 200
    clock.move(seconds=2)
    assert worker.get(f"/progress/{code}").status_code == 200


def test_each_look_stands_among_the_looks_at_the_file(desk: Desk, worker: TestClient, clock: TestClock) -> None:
    case = desk.office.register()
    code = code_of(desk)
    for seconds in (0, 10, 120):
        clock.move(seconds=seconds)
        worker.get(f"/progress/{code}")
    with desk.office.database.read() as session:
        found = readings(session, case.case_id, Asked(kind="progress"))
        told = readers(session, case.case_id, Asked())
    assert (found.total, found.rows[0].name) == (2, "持回执编码的人（没有账号）")
    assert [row.times for row in told if row.kind == "progress"] == [2]
    with desk.browser(desk.office.supervisor) as supervisor:
        assert "凭编码查进展" in supervisor.get(f"/cases/{case.case_id}/readings").text


def test_a_lost_code_is_replaced_and_shown_once(desk: Desk, worker: TestClient) -> None:
    case = desk.office.register()
    old, path = code_of(desk), f"/cases/{case.case_id}/progress"
    with desk.browser() as mediator:
        form = fields_of(mediator.get(path).text, f"{path}/renew")
        made = mediator.post(f"{path}/renew", data=form)
        new = re.search(r"<strong>([A-Z0-9-]{23})</strong>", made.text)
        assert new
        assert "data:image/svg" in made.text
        assert mediator.post(f"{path}/renew", data=form).status_code == 303
        assert new[1] not in mediator.get(path).text
        assert worker.get(f"/progress/{old}").status_code == 410
        assert worker.get(f"/progress/{new[1]}").status_code == 200
        mediator.post(f"{path}/revoke", data=fields_of(mediator.get(path).text, f"{path}/revoke"))
        assert "已经停用" in worker.get(f"/progress/{new[1]}").text
        assert "停用进展查询编码" in mediator.get(f"/cases/{case.case_id}").text


def test_codes_are_made_by_those_who_handle_the_case(desk: Desk) -> None:
    case = desk.office.register()
    with desk.browser(desk.office.lawyer) as lawyer:
        assert lawyer.get(f"/cases/{case.case_id}/progress").status_code == 404


def test_a_restricted_case_can_still_be_followed_by_its_worker(desk: Desk, worker: TestClient) -> None:
    office = desk.office
    case = office.register()
    with office.database.write() as session:
        restrict(session, office.runtime, case.case_id, RestrictIn(reason="隐私"), key="r-1", actor=office.supervisor)
    assert worker.get(f"/progress/{code_of(desk)}").status_code == 200


def test_the_address_of_the_office_stands_in_the_code(desk: Desk, worker: TestClient) -> None:
    desk.office.runtime.settings.public_url = "https://gh.example.cn/"
    desk.office.register()
    address = code_of(desk)
    assert re.fullmatch(rf"https://gh\.example\.cn/progress/[{ALPHABET}]{{{LENGTH}}}", address)
    assert worker.get(address.removeprefix("https://gh.example.cn")).status_code == 200
    assert "打开https://gh.example.cn/progress" in receipt(desk).text


def test_the_printed_files_show_the_code(desk: Desk) -> None:
    case = desk.office.register()
    with desk.browser() as mediator:
        word = mediator.get(f"/cases/{case.case_id}/documents/{receipt(desk).id}.docx").content
        pdf = mediator.get(f"/cases/{case.case_id}/documents/{receipt(desk).id}.pdf").content
    with ZipFile(BytesIO(word)) as archive:
        assert archive.read("word/media/code0.png") == qr_png(code_of(desk))
    assert pdf.startswith(b"%PDF-")
    assert len(qr_svg(code_of(desk))) > 500


def test_a_foreign_matter_names_the_right_body_on_the_receipt(desk: Desk) -> None:
    with desk.office.database.write() as session:
        session.get_one(Organisation, desk.office.district_id).areas = ["西街"]
        session.get_one(Organisation, desk.office.district_id).phone = "010-62345678"
    desk.office.register(workplace="西街5号")
    assert "您的争议由示范区总工会（电话：010-62345678）办理" in receipt(desk).text
