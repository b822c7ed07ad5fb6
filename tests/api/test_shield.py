"""Forged, oversized, broken and unknown requests: what they get, in Chinese, and that nothing is saved."""

import re
from collections.abc import Callable, Iterator
from typing import Annotated

import pytest
from fastapi import APIRouter, Body, FastAPI, Request
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.responses import Response
from starlette.testclient import TestClient

from api.deps import CurrentActor, RequestKey, WriteSession
from api.forms import TypedForm
from api.pages.templating import shown_again
from mediation.errors import BadInput, KeyReused, Refusal, Refused, StateHasChanged
from mediation.people.models import Organisation
from mediation.people.organisations import add_organisation
from tests.api.conftest import LOGIN, PASSWORD, BareShell

ERRORS: dict[str, Callable[[], Exception]] = {
    "refused": lambda: Refused([Refusal("a", "甲尚未签字"), Refusal("b", "乙尚未盖章")]),
    "stale": lambda: StateHasChanged("王某已先保存。", 7, [{"event": "settle"}]),
    "key": lambda: KeyReused("防重复编号已用于另一请求。"),
    "database": lambda: OperationalError("select secret", {}, Exception("locked")),
    "twice": lambda: IntegrityError("insert secret", {}, Exception("unique")),
    "bug": lambda: ZeroDivisionError("secret detail"),
}
probe = APIRouter()


@probe.get("/probe/{kind}")
@probe.get("/api/probe/{kind}")
def fail(kind: str) -> None:
    raise ERRORS[kind]()


@probe.get("/probe/number/{number}")
@probe.get("/api/probe/number/{number}")
def number(number: int) -> int:
    return number


@probe.post("/probe/organisations")
def add(request: Request, typed: TypedForm, session: WriteSession, actor: CurrentActor, key: RequestKey) -> Response:
    with shown_again(request, "login/login.html", typed, kept="", linking="", sentence="", sign_on=""):
        add_organisation(session, typed.text("login"), "试", "street")
        if typed.text("refuse"):
            raise BadInput("名称有误。", {"login": "不能用这个名称。"})
    return Response(key)


@probe.post("/api/probe/ages")
def ages(age: Annotated[int, Body()], name: Annotated[str, Body()]) -> str:
    return f"{name}{age}"


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    app.include_router(probe)
    return app


def saved(shell: BareShell, name: str) -> bool:
    with shell.database.read() as session:
        found = session.scalar(select(func.count()).where(Organisation.name == name))
        return bool(found)


def test_the_token_of_the_session_lets_a_form_through(logged_in: TestClient, shell: BareShell) -> None:
    token = logged_in.headers.pop("x-csrf-token")
    answer = logged_in.post("/probe/organisations", data={"login": "新工会", "_csrf": token, "_key": "k" * 20})
    assert (answer.status_code, answer.text) == (200, "k" * 20)
    assert saved(shell, "新工会")


@pytest.mark.parametrize("token", ["", "somebody else's", "令牌"])
def test_a_form_without_the_token_is_refused(logged_in: TestClient, shell: BareShell, token: str) -> None:
    del logged_in.headers["x-csrf-token"]
    answer = logged_in.post("/probe/organisations", data={"login": "新工会", "_csrf": token})
    assert answer.status_code == 403
    assert "刷新页面" in answer.text
    assert not saved(shell, "新工会")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://testserver"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_token(
    logged_in: TestClient, shell: BareShell, headers: dict[str, str]
) -> None:
    answer = logged_in.post("/probe/organisations", data={"login": "新工会"}, headers=headers)
    assert answer.status_code == 403
    assert "其他网站" in answer.text
    assert not saved(shell, "新工会")
    assert logged_in.post("/login", data={"login": LOGIN, "password": PASSWORD}, headers=headers).status_code == 403


def test_a_form_of_this_site_passes(logged_in: TestClient) -> None:
    headers = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert logged_in.post("/probe/organisations", data={"login": "新工会"}, headers=headers).status_code == 200


def test_a_refused_form_comes_back_as_typed_and_nothing_is_saved(logged_in: TestClient, shell: BareShell) -> None:
    typed = {"login": '新工会"<b>', "refuse": "yes", "_key": "a-key-of-the-form"}
    answer = logged_in.post("/probe/organisations", data=typed)
    assert answer.status_code == 422
    assert 'value="新工会&#34;&lt;b&gt;"' in answer.text
    assert 'value="a-key-of-the-form"' in answer.text
    assert "不能用这个名称。" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert not saved(shell, '新工会"<b>')


def test_a_malformed_request_key_is_refused(logged_in: TestClient) -> None:
    answer = logged_in.post("/probe/organisations", data={"login": "新工会"}, headers={"idempotency-key": "x"})
    assert answer.status_code == 422
    assert "防重复编号" in answer.text


@pytest.mark.parametrize("path", ["/login", "/static/app.css", "/nowhere", "/api/v1/session", "/probe/bug"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_a_body_above_the_limit_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = client.post("/login", content=b"", headers={"content-length": str(3 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "超过1MB上限" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_body_that_hides_its_length_is_cut_off(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = client.post("/login", content=endless(), headers=form)
    assert answer.status_code == 413
    assert "超过1MB上限" in answer.text


@pytest.mark.parametrize(
    ("kind", "status", "code", "words"),
    [
        ("refused", 409, "refused", "甲尚未签字；乙尚未盖章"),
        ("stale", 409, "stale", "王某已先保存"),
        ("key", 422, "key_reused", "防重复编号"),
        ("database", 503, "unavailable", "数据库暂时无法使用"),
        ("twice", 409, "conflict", "同时保存"),
        ("bug", 500, "error", "系统内部出错（编号"),
    ],
)
def test_every_error_is_a_problem_for_programs_and_a_page_for_people(
    client: TestClient, kind: str, status: int, code: str, words: str
) -> None:
    problem = client.get(f"/api/probe/{kind}")
    assert problem.headers["content-type"] == "application/problem+json"
    told = problem.json()
    assert (problem.status_code, told["status"], told["type"]) == (status, status, f"urn:mediation:problem:{code}")
    assert words in told["detail"]
    page = client.get(f"/probe/{kind}")
    assert page.status_code == status
    assert words.split("；")[0] in page.text
    assert "secret" not in problem.text + page.text
    assert "Traceback" not in problem.text + page.text


def test_a_refusal_lists_its_reasons_and_a_stale_write_what_changed(client: TestClient) -> None:
    refused = client.get("/api/probe/refused").json()
    assert refused["refusals"][1] == {"guard": "b", "sentence": "乙尚未盖章"}
    stale = client.get("/api/probe/stale").json()
    assert (stale["current_revision"], stale["changes"]) == (7, [{"event": "settle"}])


def test_wrong_fields_are_named_in_chinese(client: TestClient) -> None:
    problem = client.post("/api/probe/ages", json={"age": "many"}).json()
    assert problem["fields"] == {"age": "请填写整数。", "name": "必须填写。"}
    broken = client.post("/api/probe/ages", content=b"{", headers={"content-type": "application/json"}).json()
    assert "不是有效的 JSON" in "".join(broken["fields"].values())


@pytest.mark.parametrize("path", ["/nowhere", "/api/nowhere", "/probe/number/seven", "/api/probe/number/seven"])
def test_an_unknown_address_is_told_in_chinese(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
    assert "Not Found" not in answer.text


def test_other_http_errors_are_told_in_chinese(client: TestClient) -> None:
    wrong_method = client.delete("/login")
    assert wrong_method.status_code == 405
    assert "不支持这种操作" in wrong_method.text
    assert set(wrong_method.headers["allow"].split(", ")) & {"GET", "POST"}
    broken = client.post("/login", content=b"--x", headers={"content-type": "multipart/form-data; boundary=y"})
    assert broken.status_code in (400, 422)
    assert re.search("[\u4e00-\u9fff]", broken.text)


def test_fragments_get_only_the_message(client: TestClient) -> None:
    answer = client.get("/probe/stale", headers={"hx-request": "true"})
    assert answer.status_code == 409
    assert "<html" not in answer.text
    assert "王某已先保存" in answer.text
    away = client.get("/account", headers={"hx-request": "true"})
    assert away.status_code == 401
    assert "hx-redirect" not in away.headers
    assert "内容不会丢失" in away.text


def test_changing_something_without_logging_in(client: TestClient) -> None:
    answer = client.post("/probe/organisations", data={"login": "新工会"})
    assert answer.status_code == 401
    assert "去登录" in answer.text
