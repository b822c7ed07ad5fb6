"""`mediation office`: the first organisations and log-ins of an installation."""

from datetime import date
from typing import Annotated

import typer
from sqlalchemy import select

from ..cases.audit import note_outside_cases
from ..errors import BadInput, NotFound
from ..people.accounts import create_account
from ..people.actor import CLOCK
from ..people.models import Organisation
from ..people.organisations import add_organisation, grant_role
from ..people.persons import PersonData, register_person
from ..runtime import Runtime

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
