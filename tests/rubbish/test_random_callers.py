"""Whatever anybody sends to any operation: one Chinese answer, nothing half saved, nothing told of the machinery."""

import gc
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.testclient import TestClient

from mediation.db import Database
from tests.rubbish.caller import Call
from tests.rubbish.round import Round
from tests.rubbish.routes import operations
from tests.rubbish.rules import faults
from tests.rubbish.values import MARK
from tests.rubbish.world import ROLES, open_world

SEED = 20260918


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
def test_rubbish_breaks_nothing(sqlite_database: Database, tmp_path: Path) -> None:
    world = open_world(sqlite_database, tmp_path, SEED)
    rounds = [Round(world, role, SEED) for role in ROLES]
    assert [fault for one in rounds for fault in one.faults()] == []
    gc.collect()  # the parser of forms leaves the file of a body that is cut short to the collector: here, not later
    met = {name for one in rounds for name, _ in one.answered}
    assert met == {operation.name for operation in operations(world.app)}
    accepted = {name for one in rounds for name, state in one.answered if state < 400 and one.role != "nobody"}
    assert len(accepted) > len(met) // 5, "the calls are refused at the door: they prove nothing"


def test_a_new_route_is_met_and_its_faults_are_seen() -> None:
    app = FastAPI()
    app.add_api_route("/api/v1/new/{row_id}", lambda row_id: HTMLResponse("ValueError: no", 418), methods=["POST"])
    app.add_api_route("/new", lambda: HTMLResponse(f"<p>{MARK}</p>"), include_in_schema=False)
    api, page = (operation for operation in operations(app) if "new" in operation.path)
    assert (api.name, page.name) == ("POST /api/v1/new/{row_id}", "GET /new")
    with TestClient(app) as client:
        answer = client.post("/api/v1/new/1")
        told = list(faults(Call(api, "", {}), answer, {"cases": 1}, {"cases": 2}))
        assert told == [
            "answered 418, documented are [200, 422]",
            "answered 418 and left rows: {'cases': 1}",
            "an error as text/html; charset=utf-8: ValueError: no",
        ]
        (told_of_page,) = faults(Call(page, "", {}), client.get("/new"), {}, {})
        assert told_of_page == "gave a script back as it was sent"
