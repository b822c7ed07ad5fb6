"""The whole application over a small office, with accounts for its people: for tests of pages."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from mediation.clock import TestClock
from mediation.db import Database
from mediation.people.accounts import create_account
from mediation.people.actor import Actor
from mediation.people.models import Account
from mediation.settings import Settings
from tests.office import Office, open_office

PASSWORD = "何当共剪西窗烛 2026"


@dataclass(frozen=True)
class Desk:
    """`browser(actor)` is a logged-in browser that does not follow redirects and sends no CSRF header by itself."""

    office: Office
    app: FastAPI

    @contextmanager
    def browser(self, actor: Actor | None = None) -> Iterator[TestClient]:
        who = actor or self.office.mediator
        with TestClient(self.app, follow_redirects=False, raise_server_exceptions=False) as client:
            entered = client.post("/login", data={"login": login_of(who), "password": PASSWORD})
            assert entered.status_code == 303
            yield client


def login_of(actor: Actor) -> str:
    return f"person{actor.person_id}"


def open_desk(database: Database, clock: TestClock, folder: Path) -> Desk:
    settings = Settings(data_folder=folder, secret_key="only for tests", upload_limit_mb=10, session_idle_minutes=720)
    office = open_office(database, clock, settings)
    people = (office.mediator, office.supervisor, office.lawyer, office.other_lawyer)
    for actor in people:
        give_account(office, actor)
    return Desk(office, create_app(office.runtime))


def give_account(office: Office, actor: Actor) -> None:
    """The account with the password of all tests, unless this person has one already."""
    assert actor.person_id is not None
    with office.database.write() as session:
        if session.scalar(select(Account.id).where(Account.person_id == actor.person_id)):
            return
        create_account(session, actor.person_id, login_of(actor), PASSWORD, at=office.clock.now())


def fields_of(page: str, action: str) -> dict[str, str]:
    """The hidden and proposed values of the form with this action: what a browser would send untouched."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert found, f"no form posts to {action}"
    form, values = found.group(1), {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = attribute(tag, "name"), attribute(tag, "value")
        loose = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and value is not None and (not loose or " checked" in tag) and 'type="file"' not in tag:
            values[name] = value
    for name, text in re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        values[name] = html.unescape(text)
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        values[name] = html.unescape(chosen.group(1)) if chosen else ""
    return values


def attribute(tag: str, name: str) -> str | None:
    found = re.search(rf' {name}="([^"]*)"', tag)
    return html.unescape(found.group(1)) if found else None
