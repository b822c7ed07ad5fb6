"""`mediation office`: the first organisations and log-ins of an installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated
from uuid import uuid4

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cases.audit import note_outside_cases
from ..errors import BadInput, NotFound
from ..logins.closing import close_account, reopen_account, reset_factor
from ..logins.identities import link_identity
from ..people.accounts import account_named, create_account
from ..people.actor import CLOCK
from ..people.models import Organisation
from ..people.organisations import add_organisation, grant_role
from ..people.persons import PersonData, register_person
from ..runtime import Runtime
from ..settings import Settings

app = typer.Typer(no_args_is_help=True, help="设立组织和登录账号")


def _runtime() -> Runtime:
    from ..assembly import assemble, prepare

    runtime = assemble()
    prepare(runtime)
    return runtime


@app.command()
def organisation(
    name: Annotated[str, typer.Argument(help="全称，如 东城区总工会")],
    short: Annotated[str, typer.Option(help="文号用的简称，如 东")],
    level: Annotated[str, typer.Option(help="city、district、street 或 community")] = "district",
    parent: Annotated[str, typer.Option(help="上级组织的全称")] = "",
    committee: Annotated[str, typer.Option(help="调解不成时告知的仲裁委员会")] = "",
) -> None:
    """设立一个组织。"""
    runtime = _runtime()
    now = runtime.clock.now()
    with runtime.database.write() as session:
        above = _named(session.scalars(select(Organisation).where(Organisation.name == parent)).first(), parent)
        made = add_organisation(session, name, short, level, above, arbitration_committee=committee or None)
        note_outside_cases(
            session, made.id, "add_organisation", {"name": name, "level": level}, actor=CLOCK, role="clock", at=now
        )
    typer.echo(f"已设立：{name}")


def _named(found: Organisation | None, name: str) -> Organisation | None:
    if name and found is None:
        raise NotFound(f"没有名为“{name}”的组织，请先设立上级组织。")
    return found


@app.command()
def account(
    login: Annotated[str, typer.Argument(help="登录名")],
    name: Annotated[str, typer.Option(help="姓名")],
    role: Annotated[str, typer.Option(help="mediator、lawyer、supervisor 或 clerk")],
    at: Annotated[str, typer.Option(help="在哪个组织任职（全称）")],
    password: Annotated[str, typer.Option(prompt="密码", hide_input=True, confirmation_prompt=True)],
    email: Annotated[str, typer.Option(help="接收提醒的邮箱")] = "",
) -> None:
    """设立一个登录账号。"""
    runtime = _runtime()
    now = runtime.clock.now()
    if role not in runtime.codes["roles"] or role == "clock":
        raise BadInput("角色只能是 mediator（调解员）、lawyer（律师）、supervisor（主管）、clerk（书记员）。")
    with runtime.database.write() as session:
        place = session.scalars(select(Organisation).where(Organisation.name == at)).first()
        if place is None:
            raise NotFound(f"没有名为“{at}”的组织，请先用 mediation office organisation 设立。")
        person = register_person(session, PersonData(name=name, email=email or None), at=now)
        grant_role(session, person.id, place.id, role, date(now.year, now.month, now.day))
        create_account(session, person.id, login, password, at=now)
        told = {"login": login, "person": person.id, "role": role}
        note_outside_cases(session, place.id, "add_account", told, actor=CLOCK, role="clock", at=now)
    typer.echo(f"已设立账号：{login}（{name}，{runtime.title('roles', role)}，{at}）")


@app.command()
def close(login: Annotated[str, typer.Argument(help="登录名")]) -> None:
    """停用一个账号：登录和接口令牌立即失效。"""
    with _account(login) as (session, account, now):
        close_account(session, account, at=now, actor=CLOCK, key=f"close-{uuid4()}")
    typer.echo(f"已停用账号：{login}")


@app.command()
def reopen(login: Annotated[str, typer.Argument(help="登录名")]) -> None:
    """重新启用或解锁一个账号。"""
    with _account(login) as (session, account, now):
        reopen_account(session, account, at=now, actor=CLOCK, key=f"reopen-{uuid4()}")
    typer.echo(f"已启用账号：{login}")


@app.command("reset-factor")
def reset(login: Annotated[str, typer.Argument(help="登录名")]) -> None:
    """核对本人证件后，为丢失手机和恢复码的人停用两步验证。"""
    with _account(login) as (session, account, now):
        reset_factor(session, account, at=now, actor=CLOCK, key=f"reset-{uuid4()}")
    typer.echo(f"已停用{login}的两步验证，其登录已全部结束。")


@app.command()
def link(
    login: Annotated[str, typer.Argument(help="登录名")],
    subject: Annotated[str, typer.Argument(help="统一身份认证中的用户标识（sub）")],
) -> None:
    """把统一身份认证的用户关联到一个账号（不改变任何权限）。"""
    issuer = Settings().oidc_issuer
    if not issuer:
        raise BadInput("没有设置统一身份认证，请先设置环境变量 MEDIATION_OIDC_ISSUER。")
    with _account(login) as (session, account, now):
        link_identity(session, account, issuer, subject, at=now, by=CLOCK)
    typer.echo(f"已关联：{login}")


@contextmanager
def _account(login: str) -> Iterator[tuple[Session, int, datetime]]:
    """A transaction about the account with this name."""
    runtime = _runtime()
    with runtime.database.write() as session:
        found = account_named(session, login)
        if found is None:
            raise NotFound(f"没有登录名为“{login}”的账号。")
        yield session, found, runtime.clock.now()
