"""A user of street East asks every page and every operation for objects of street West, and gets nothing.

The requests come from the route table and from the OpenAPI description, so that a new route is asked by itself. A path
parameter that nothing is known about fails the test: it has to be told here what it may be.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import func, select
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.routers import ROUTERS as PAGES
from mediation.clock import TestClock
from mediation.db import Base, Database
from mediation.people.actor import Actor
from mediation.settings import Settings
from tests.api.desk import PASSWORD, give_account, login_of
from tests.wall.streets import ASKING, MARK, Streets, fill_west, two_streets

KEYS = itertools.count(1)
WORDS: Mapping[str, tuple[str, ...]] = {
    "name": ("dispute",),
    "event": ("accept", "claim_case", "register"),
    "template": ("arbitration_application",),
    "kind": ("pdf", "docx"),
    "formula": ("overtime",),
    "period": ("mediation_finish",),
    "articles/id": ("LSR-17",),
    "periods/id": ("mediation_finish",),
    "unverified/id": ("union_rules",),
    "key": ("min_wage_monthly",),
    "code": ("ABCDEFGHJKMNPQRSTVWX",),
    "what": (),
    "token": ("nothing-that-opens",),
}
"""Path parameters that name no object of anybody; `what` tells its own choices."""
ALIKE = ("/progress", "/law", "/docs", "/calculator", "/api/v1/law", "/api/v1/periods", "/api/v1/calculate")
"""Pages of the law, and what the code of a receipt opens: the same for everybody."""
EMPLOYERS = "/intake/employers"
"""The register of employers is one for all streets, so that one firm is one row; it tells no case."""


@dataclass
class Wall:
    """East's people behind their browsers."""

    streets: Streets
    app: Any
    clients: dict[str, TestClient] = field(default_factory=dict)

    def client(self, role: str) -> TestClient:
        if role not in self.clients:
            self.clients[role] = self._logged_in(self.streets.east[role])
        return self.clients[role]

    def _logged_in(self, actor: Actor) -> TestClient:
        client = TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
        give_account(self.streets.office, actor)
        told = client.post("/api/v1/session", json={"login": login_of(actor), "password": PASSWORD}).json()
        client.headers["x-csrf-token"] = told["csrf_token"]
        return client

    def ask(self, role: str, method: str, path: str, body: Any = None) -> Any:
        """A request as a program or a form would send it, with the token and a fresh key."""
        headers = {"idempotency-key": f"wall-{next(KEYS):08d}"}
        how = {"json": body} if path.startswith("/api/") else {"data": body}
        return self.client(role).request(method, path, headers=headers, **(how if body is not None else {}))


@pytest.fixture
def wall(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Wall:
    settings = Settings(data_folder=tmp_path, secret_key="only for tests", upload_limit_mb=1)
    streets = two_streets(sqlite_database, clock, settings)
    return Wall(streets, create_app(streets.office.runtime))


@dataclass(frozen=True)
class Question:
    """One route: its path with `{names}`, and for names with choices of their own what they may be."""

    method: str
    path: str
    choices: Mapping[str, tuple[Any, ...]]
    body: Any = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.path))


def pages() -> Iterator[Question]:
    for router in PAGES:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            choices = {name: literals(found.annotation) for name, found in signature(route.endpoint).parameters.items()}
            for method in sorted(route.methods - {"HEAD"}):
                yield Question(method, route.path, {k: v for k, v in choices.items() if v}, FORM)


def literals(annotation: Any) -> tuple[Any, ...]:
    """The choices of a Literal, also inside Annotated."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return next((found for inner in get_args(annotation) if (found := literals(inner))), ())


FORM = {
    "revision": "1",
    "reason": "试一试",
    "text": "试一试",
    "name": "试一试",
    "kind": "call",
    "number": "1",
    "note": "试",
    "verdict": "justified",
    "review": "试一试",
}
"""What a form may hold: enough to come past the first checks of many."""


def operations(document: Mapping[str, Any]) -> Iterator[Question]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            body = sample(content["schema"], document) if content else {} if method != "get" else None
            found = {p["name"]: tuple(p["schema"].get("enum", ())) for p in operation.get("parameters", ())}
            yield Question(method.upper(), path, {k: v for k, v in found.items() if v}, body)


def sample(schema: Mapping[str, Any], document: Mapping[str, Any], depth: int = 0) -> Any:
    """The smallest body that the description accepts: required fields, with plain values."""
    if "$ref" in schema:
        return sample(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], document, depth + 1)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return sample(schema[several][0], document, depth + 1)
    if "enum" in schema or "const" in schema:
        return schema["enum"][0] if "enum" in schema else schema["const"]
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: sample(properties[name], document, depth + 1) for name in schema.get("required", ())}
    if kind == "array":
        return [sample(schema["items"], document, depth + 1)] if schema.get("minItems") or depth < 4 else []
    return {"integer": int(schema.get("minimum", 1)), "number": 1, "boolean": True}.get(kind or "", _text(schema))


def _text(schema: Mapping[str, Any]) -> str:
    formats = {"date": "2026-09-18", "date-time": "2026-09-18T09:00:00+08:00"}
    return formats.get(schema.get("format", ""), "100.00" if "pattern" in schema else "试一试")


def filled(question: Question, streets: Streets, own: bool = False) -> Iterator[str]:
    """Every address of the question about West's objects. `own`: the case is East's own, only what is in it West's."""
    options: list[tuple[Any, ...]] = []
    for name in question.names:
        before = question.path.split(f"{{{name}}}")[0].rstrip("/").rsplit("/", 1)[-1]
        known = (
            question.choices.get(name)
            or streets.ids.get(f"{before}/{name}")
            or streets.ids.get(name)
            or WORDS.get(f"{before}/{name}")
            or WORDS.get(name)
        )
        assert known, f"{question.path}: say in tests/wall what {{{name}}} may be"
        if own and name == "case_id":
            known = (streets.own.case_id,)
        options.append(tuple(known) if name in question.choices or name == "case_id" else tuple(known[:1]))
    for values in itertools.product(*options):
        yield re.sub(
            r"{(\w+)}", lambda m, v=dict(zip(question.names, values, strict=True)): str(v[m[1]]), question.path
        )


def objects(question: Question) -> bool:
    return any(name in IDS for name in question.names)


IDS = (
    *("case_id", "proceeding_id", "party_id", "evidence_id", "document_id", "finding_id", "row_id", "offer_id"),
    *("organisation_id", "person_id", "access_id", "body_id", "hand_over_id", "employer_id", "deletion_id"),
)


def asking(number: int, question: Question) -> Sequence[str]:
    """Every role looks; of the hundreds of changes each is tried in one role, in turn."""
    return ASKING if question.method == "GET" else (ASKING[number % len(ASKING)],)


def answers(wall: Wall, own: bool = False) -> Iterator[tuple[str, Any]]:
    for number, question in enumerate([*pages(), *operations(wall.app.openapi())]):
        inside = [name for name in question.names if name in IDS and (name != "case_id" or not own)]
        if not inside or (own and "case_id" not in question.names):
            continue
        for role in asking(number, question):
            for path in filled(question, wall.streets, own):
                yield f"{role} {question.method} {path}", wall.ask(role, question.method, path, question.body)


def test_nothing_of_another_street(wall: Wall) -> None:
    """404 or 403, or 422 where the form was not even read; never a byte of West's, and nothing there changes."""
    fill_west(wall.streets)
    before = contents(wall.streets)
    asked = [(what, answer.status_code, MARK in answer.text) for what, answer in answers(wall)]
    assert len(asked) > 800
    assert [what for what, _, leaked in asked if leaked] == []
    assert [(what, state) for what, state, _ in asked if state not in (403, 404, 422)] == []
    assert contents(wall.streets) == before
    unread = {re.sub(r"/\d+", "/*", what.split(" ", 2)[2]) for what, state, _ in asked if state == 422}
    assert unread <= UNREAD


UNREAD = {
    "/api/v1/cases/*/calculate/overtime",
    "/api/v1/cases/*/consents",
    "/api/v1/cases/*/evidence",
    "/api/v1/cases/*/group/elections",
    "/api/v1/cases/*/group/lists",
    "/api/v1/cases/*/group/shares",
    "/api/v1/cases/*/questions",
    "/reviews/*",
}
"""Bodies with rules of their own, which a sample does not keep: refused before anybody asks whose case it is."""


def test_nothing_of_another_street_inside_ones_own_case(wall: Wall) -> None:
    """The address names a case of East's, and a party, paper or procedure of West's."""
    fill_west(wall.streets)
    before = contents(wall.streets)
    asked = [(what, answer.status_code, MARK in answer.text) for what, answer in answers(wall, own=True)]
    assert len(asked) > 20
    assert [what for what, _, leaked in asked if leaked] == []
    assert [(what, state) for what, state, _ in asked if state not in (403, 404, 409, 422)] == []
    assert contents(wall.streets) == before


def test_lists_and_counts_are_as_if_the_other_street_were_empty(wall: Wall) -> None:
    """Every page and operation without an object in its address answers the same before and after West has cases."""
    plain = [q for q in [*pages(), *operations(wall.app.openapi())] if q.method == "GET" and not objects(q)]
    kept = [q for q in plain if not q.path.startswith(ALIKE) and q.path != EMPLOYERS]
    asked = [
        (role, path)
        for role in ("mediator", "supervisor", "lawyer")
        for q in kept
        for path in narrowed(q, wall.streets)
    ]
    before = {at: told(wall.ask(at[0], "GET", at[1])) for at in asked}
    fill_west(wall.streets)
    after = {at: told(wall.ask(at[0], "GET", at[1])) for at in asked}
    assert [at for at in asked if after[at] != before[at]] == []
    assert [at for at in asked if MARK in after[at]] == []


def narrowed(question: Question, streets: Streets) -> Iterator[str]:
    """As it is, and narrowed to what is West's in every way that a list may be."""
    for path in filled(question, streets):
        yield path
        if "{" not in question.path:
            west, them = streets.west, streets.west.mediator.person_id
            days = "from=2026-01-01&to=2026-12-31&from_on=2026-01-01&to_on=2026-12-31"
            place = f"place={west.street_id}&organisation_id={west.street_id}&street={west.street_id}"
            yield f"{path}?whose=all&text=张大&q=公司&name=公司&{days}&column=received&unit=cases"
            yield f"{path}?whose=all&{place}&person={them}&person_id={them}&{days}"


def told(answer: Any) -> str:
    """The answer without what differs every time, and without the ids of West's that were asked for."""
    text = re.sub(r'name="_(csrf|key)" value="[^"]*"', "", answer.text)
    return f"{answer.status_code} {text}"


UNWATCHED = ("login_attempts", "web_sessions", "accounts", "readings", "heartbeats")


def contents(streets: Streets) -> dict[str, Any]:
    """How much there is of everything, and the heads of all chains: any change of a case shows."""
    with streets.office.database.read() as session:
        tables = [t for t in Base.metadata.sorted_tables if t.name not in UNWATCHED]
        counts = {t.name: session.scalar(select(func.count()).select_from(t)) for t in tables}
        for name in ("proceedings", "organisations"):
            table = Base.metadata.tables[name]
            counts[f"{name} heads"] = [tuple(r) for r in session.execute(select(table.c.id, table.c.audit_head))]
    return counts
