"""Logging in by program, the OpenAPI description and its page, health, static files."""

import hashlib
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from api.pages.templating import STATIC, static
from tests.api.conftest import LOGIN, PASSWORD, BareShell


def test_a_program_logs_in_asks_who_it_is_and_logs_out(client: TestClient) -> None:
    opened = client.post("/api/v1/session", json={"login": LOGIN, "password": PASSWORD})
    assert opened.json()["name"] == "陈调解"
    assert [grant["role"] for grant in opened.json()["grants"]] == ["mediator"]
    assert client.get("/api/v1/session").json() == opened.json()
    token = {"x-csrf-token": opened.json()["csrf_token"]}
    assert client.delete("/api/v1/session", headers=token).status_code == 204
    assert client.get("/api/v1/session").status_code == 401


def test_wrong_words_of_a_program_are_counted_too(client: TestClient) -> None:
    for _ in range(5):
        answer = client.post("/api/v1/session", json={"login": LOGIN, "password": "wrong"})
    assert answer.status_code == 422
    assert "已锁定15分钟" in answer.json()["detail"]


def test_what_cannot_be_read_is_bad_input(client: TestClient) -> None:
    """Also what is nested deeper, or has longer numbers, than the reader of JSON can take: 422, as is documented."""
    for body in (b'{"login": "ch', b"[" * 50_000, b'{"login": %s}' % (b"1" * 5000)):
        answer = client.post("/api/v1/session", content=body, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert set(answer.json().get("fields", {})) <= {"body"}


def test_the_api_describes_itself_in_chinese(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    log_in = document["paths"]["/api/v1/session"]["post"]
    assert log_in["summary"] == "登录"
    assert list(log_in["responses"]["409"]["content"]) == ["application/problem+json"]
    assert "/login" not in document["paths"]


def test_the_reference_page_needs_nothing_from_outside(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "/api/v1/session" in page
    one = client.get("/docs", params={"operation": "POST /api/v1/session"}).text
    assert "csrf_token" in one
    assert "https://" not in page + one
    assert "<script>" not in page + one


def test_health(client: TestClient, shell: BareShell, app: FastAPI) -> None:
    assert client.get("/healthz").json() == {"state": "ok"}


def test_static_files_may_be_kept_when_their_address_tells_the_content(client: TestClient) -> None:
    kept = client.get(static("app.css"))
    assert "immutable" in kept.headers["cache-control"]
    assert kept.headers["content-type"].startswith("text/css")
    assert client.get("/static/app.css").headers["cache-control"] == "no-cache"
    missing = client.get("/static/none.css")
    assert missing.status_code == 404
    assert "没有这个页面" in missing.text


def test_vendored_files_are_what_was_published() -> None:
    vendor = STATIC / "vendor"
    listed = dict(line.split()[::-1] for line in (vendor / "SHA256SUMS").read_text().splitlines())
    there = {str(file.relative_to(vendor)) for file in vendor.glob("*/*")}
    assert set(listed) == there
    assert {name for name in there if "LICENSE" in name} == {"htmx/LICENSE", "pico/LICENSE.md"}
    for name, digest in listed.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest


def test_a_page_is_light_enough_for_a_slow_telephone() -> None:
    assert sum(file.stat().st_size for file in Path(STATIC).rglob("*.[cj]s*")) < 200_000
