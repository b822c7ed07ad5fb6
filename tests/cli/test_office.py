"""An installation begins with an organisation and a log-in."""

from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from mediation.assembly import assemble
from mediation.cases.models import AuditEntry
from mediation.cli.office import app
from mediation.people.accounts import log_in
from mediation.people.actor import load_actor
from mediation.people.models import Account

PASSWORD = "东城调解中心2026年"


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDIATION_DATA_FOLDER", str(tmp_path))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_the_first_mediator_can_log_in_and_has_her_role(at_home: Path) -> None:
    assert run("organisation", "东城区总工会", "--short", "东").exit_code == 0
    street = ("organisation", "东城区某街道总工会", "--short", "东某", "--level", "street", "--parent", "东城区总工会")
    assert run(*street).exit_code == 0
    account = ("account", "li", "--name", "李静", "--role", "mediator", "--at", "东城区某街道总工会")
    told = run(*account, "--password", PASSWORD)
    assert "已设立账号：li（李静，调解员，东城区某街道总工会）" in told.stdout
    runtime = assemble()
    now = runtime.clock.now()
    with runtime.database.write() as session:
        found = log_in(session, "li", PASSWORD, at=now)
        assert isinstance(found, Account)
        assert load_actor(session, found.person_id, now.date()).has("mediator")
        words = session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)).all()
        assert words == ["add_organisation", "add_organisation", "add_account"]
    runtime.database.engine.dispose()


def test_an_account_is_closed_opened_linked_and_freed_of_its_factor(
    at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("organisation", "东城区总工会", "--short", "东")
    run("account", "li", "--name", "李静", "--role", "clerk", "--at", "东城区总工会", "--password", PASSWORD)
    assert "已停用账号" in run("close", "li").stdout
    runtime = assemble()
    with runtime.database.write() as session:
        assert not isinstance(log_in(session, "li", PASSWORD, at=runtime.clock.now()), Account)
    assert "已启用账号" in run("reopen", "li").stdout
    assert "两步验证" in run("reset-factor", "li").stdout
    assert "MEDIATION_OIDC_ISSUER" in str(run("link", "li", "li-001").exception)
    monkeypatch.setenv("MEDIATION_OIDC_ISSUER", "https://sso.example")
    assert "已关联" in run("link", "li", "li-001").stdout
    assert "没有登录名为" in str(run("close", "nobody").exception)
    with runtime.database.write() as session:
        assert isinstance(log_in(session, "li", PASSWORD, at=runtime.clock.now()), Account)
        words = session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)).all()
        assert words[2:] == ["close_account", "reopen_account", "disable_factor", "reset_factor", "link_identity"]
    runtime.database.engine.dispose()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("organisation", "某街道", "--short", "某", "--level", "street", "--parent", "没有的"),
            "没有名为“没有的”的组织",
        ),
        (("organisation", "某区", "--short", "某", "--level", "planet"), "没有“planet”这一级组织"),
        (("account", "x", "--name", "某", "--role", "king", "--at", "某区", "--password", PASSWORD), "角色只能是"),
        (("account", "x", "--name", "某", "--role", "clerk", "--at", "某区", "--password", PASSWORD), "请先用"),
    ],
)
def test_what_cannot_be_is_said(at_home: Path, words: tuple[str, ...], says: str) -> None:
    result = run(*words)
    assert result.exit_code != 0
    assert says in str(result.exception)
