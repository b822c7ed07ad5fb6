"""Every operation of the API as its description says, to callers of every role: made from the description itself.

Schemathesis draws calls that fit the description and calls that do not, and holds each answer against it.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mediation.cases.models import Proceeding
from mediation.db import Database
from tests.rubbish.round import ALIKE
from tests.rubbish.routes import operations
from tests.rubbish.world import ROLES, World, open_world

SEED = 20261120
EXAMPLES = 2
SENT = ("method", "url", "params", "json", "data", "headers", "files", "content")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
def test_no_operation_answers_what_it_does_not_describe(sqlite_database: Database, tmp_path: Path) -> None:
    world = open_world(sqlite_database, tmp_path, SEED)
    description = schemathesis.openapi.from_dict(world.app.openapi())
    wrong: list[str] = []
    answered: dict[str, Counter[int]] = {}
    alike = {operation.name for operation in operations(world.app) if operation.family >= ALIKE}
    for operation in (found.ok() for found in description.get_all_operations()):
        met, rows = answered.setdefault(operation.label, Counter()), list(world.proceedings().values())
        for case in drawn(operation, 1 if operation.label in alike else EXAMPLES):
            for role in ROLES:
                state, faults = told(world, role, aimed(case, rows))
                met[state] += 1
                wrong += [f"{role}: {operation.label}\n{fault}" for fault in faults]
    assert wrong == []
    assert len(answered) == sum(len(methods) for methods in world.app.openapi()["paths"].values())
    doors = [name for name, met in answered.items() if not met.keys() - {401, 404}]
    assert len(doors) < len(answered) // 10, f"nobody gets in at {doors}: they prove nothing"


def drawn(operation: Any, examples: int) -> Sequence[Any]:
    """Some calls of the operation, the same on each run."""
    cases = []

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def draw(case: Any) -> None:
        cases.append(case)

    draw()
    return cases


def aimed(case: Any, rows: Sequence[Proceeding]) -> Any:
    """The call turned to something that is there: what is drawn is almost never one."""
    word = case.path.removeprefix("/api/v1/").partition("/")[0]
    row = next((row for row in rows if row.workflow == word), rows[0])
    for name in case.path_parameters or {}:
        if name.endswith("_id"):
            case.path_parameters[name] = {"case_id": row.case_id, "proceeding_id": row.id}.get(name, 1)
    if isinstance(case.body, dict) and isinstance(case.body.get("revision"), int):
        case.body["revision"] = row.revision
    return case


def told(world: World, role: str, case: Any) -> tuple[int, Sequence[str]]:
    """The answer's status, and what is wrong with the answer."""
    sent = case.as_transport_kwargs(base_url="http://testserver")
    kept = {name: value for name, value in sent.items() if name in SENT}
    if files := kept.get("files"):
        pairs = files.items() if isinstance(files, dict) else files
        kept["files"] = [(name, as_file(value)) for name, value in pairs]
    answer = world.client(role).request(**kept)
    answer.request.read()
    if "set-cookie" in answer.headers:
        world.forget(role)
    return answer.status_code, held(case, answer)


def as_file(drawn: Any) -> Any:
    """A part of a form with several parts: (file name or None, content, ...); numbers go as their text."""
    name, content, *rest = drawn if isinstance(drawn, tuple) else (None, drawn)
    return (name, content if isinstance(content, (bytes, str)) else str(content), *rest)


def held(case: Any, answer: Any) -> Sequence[str]:
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        return [str(one) for one in group.exceptions]
    return []
