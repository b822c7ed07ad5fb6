"""What a mediator notes for mediators alone is kept out of every page, answer, paper, export and report.

The routes come from the route table and from the OpenAPI description: a new export is asked by itself.
"""

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import pypdfium2
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from mediation.cases.activities import ActivityIn, add_activity
from mediation.cases.intake import Registered
from mediation.cases.models import Activity
from mediation.clock import TestClock
from mediation.db import Database
from mediation.errors import Refused
from mediation.people.actor import Actor, load_actor
from mediation.people.models import Organisation, Person
from mediation.procedures.applications.draft import draft_paper
from mediation.procedures.applications.kinds import KINDS
from mediation.settings import Settings
from tests.api.desk import PASSWORD, give_account, login_of
from tests.wall.streets import ASKING, MARK, Streets, fill_west, two_streets
from tests.wall.test_wall import ALIKE, filled, operations, pages

SECRET = "暗号七四底线"
OTHERS = ("clerk", "lawyer", "administrator")
ROOT = Path(__file__).parents[2]


@dataclass
class House:
    """West's own people, each with a browser, and every address of West's cases that can be read."""

    streets: Streets
    app: Any
    people: dict[str, Actor]
    clients: dict[str, TestClient]

    def ask(self, role: str, path: str) -> Any:
        if role not in self.clients:
            client = TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
            give_account(self.streets.office, self.people[role])
            client.post("/api/v1/session", json={"login": login_of(self.people[role]), "password": PASSWORD})
            self.clients[role] = client
        return self.clients[role].get(path)

    def addresses(self) -> Iterator[str]:
        for question in [*pages(), *operations(self.app.openapi())]:
            if question.method == "GET" and not question.path.startswith(ALIKE):
                for path in filled(question, self.streets):
                    yield path
                    if "{" not in question.path:
                        yield f"{path}?whose=all&text={SECRET}&q={SECRET}&name={SECRET}&history=all"
                    elif path.count("/") == 2:
                        yield f"{path}?history=all"


@pytest.fixture
def house(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> House:
    settings = Settings(data_folder=tmp_path, secret_key="only for tests", upload_limit_mb=1)
    streets = two_streets(sqlite_database, clock, settings)
    fill_west(streets)
    noted(streets)
    with sqlite_database.read() as session:
        ids = {
            role: session.scalars(select(Person.id).where(Person.name == f"{MARK}街{role}")).one() for role in ASKING
        }
        people = {role: load_actor(session, id, clock.today()) for role, id in ids.items()}
    return House(streets, create_app(streets.office.runtime), people, {})


def noted(streets: Streets) -> None:
    """A private note of every kind in each case, told before papers and applications are made of it."""
    west = streets.west
    with west.database.write() as session:
        session.get_one(Organisation, west.street_id).arbitration_committee = "示范区劳动人事争议仲裁委员会"
    failed = west.accepted(workers=[{"name": f"{MARK}李四", "phone": "13712345679"}])
    for case in (failed, *streets.cases):
        for kind in west.runtime.codes["activity_kinds"]:
            note(streets, case, ActivityIn(kind=kind, text=SECRET, private=True))
    ended = {"failure": "failed_divergence", "failed_on": west.clock.today().isoformat()}
    west.fire(failed.proceeding_id, "declare_failed", ended)
    streets.ids["case_id"] = [failed.case_id, streets.ids["case_id"][0]]
    for template in KINDS:
        with contextlib.suppress(Refused), west.database.write() as session:
            draft_paper(session, west.runtime, failed.case_id, template, key=west.key(), actor=west.mediator)


def note(streets: Streets, case: Registered, data: ActivityIn) -> None:
    with streets.west.database.write() as session:
        at = streets.west.key()
        add_activity(session, streets.west.runtime, case.case_id, data, key=at, actor=streets.west.mediator)


def words(answer: Any) -> str:
    """All that an answer says: text as it stands, archives and office files unpacked, papers read."""
    content: bytes = answer.content
    if content.startswith(b"PK"):
        return "".join(_unpacked(content))
    if content.startswith(b"%PDF"):
        return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    return content.decode("utf-8", "replace") + content.decode("utf-16", "replace")


def _unpacked(content: bytes) -> Iterator[str]:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                inside = archive.read(name)
                yield from _unpacked(inside) if inside.startswith(b"PK") else [inside.decode("utf-8", "replace")]
    except BadZipFile:
        yield ""


def test_it_stands_on_the_mediators_page_of_the_case_and_nowhere_else(house: House) -> None:
    found: dict[str, set[str]] = {role: set() for role in ("mediator", *OTHERS)}
    answered, files = 0, 0
    for path in dict.fromkeys(house.addresses()):
        for role in found if SECRET not in path else OTHERS:
            if path.endswith(".pdf") and role != "mediator":
                continue  # made of the same text as the Word file, which is asked
            answer = house.ask(role, path)
            answered += answer.status_code == 200
            files += not answer.headers.get("content-type", "").startswith(("text/html", "application/json"))
            if SECRET in words(answer) and SECRET not in path:
                found[role].add(path.partition("?")[0])
    mine = found.pop("mediator")
    assert found == {role: set() for role in OTHERS}
    assert mine == {f"/cases/{id}" for id in house.streets.ids["case_id"]}
    assert (answered > 150, files > 20) == (True, True)


READ_BY = {
    "mediation/cases/activities.py",
    "mediation/cases/file_rows.py",
    "mediation/cases/models.py",
    "mediation/cases/papers.py",
    "mediation/cases/undo.py",
    "mediation/meetings/following.py",
}
"""Who knows the table of notes: `file_rows` asks who reads, `papers` takes no private one, `following` moves days."""


def test_few_places_know_the_notes_at_all() -> None:
    files = [*(ROOT / "mediation").rglob("*.py"), *(ROOT / "api").rglob("*.py")]
    knowing = {
        path.relative_to(ROOT).as_posix()
        for path in files
        if re.search(rf"^(?:from|class|    ).*\b{Activity.__name__}\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert knowing == READ_BY
