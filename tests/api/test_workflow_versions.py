"""The list of workflows tells how many proceedings still follow an older version."""

import shutil
from dataclasses import replace
from pathlib import Path

from api.app import create_app
from mediation.assembly import assemble
from mediation.clock import TestClock
from mediation.db import Database
from mediation.settings import Settings, bundled
from tests.api.desk import Desk, give_account
from tests.lone_guides import guides_fit
from tests.office import open_office

TOLD = "件未办结的程序仍按旧版办理"


def test_those_under_way_on_an_old_version_are_counted(
    sqlite_database: Database, clock: TestClock, tmp_path: Path
) -> None:
    own = tmp_path / "workflows"
    shutil.copytree(bundled("workflows"), own)
    shutil.move(own / "versions" / "legal_aid.v1.yaml", own / "legal_aid.yaml")
    guides_fit(own)
    first = Settings(workflows=own, data_folder=tmp_path, secret_key="only for tests")
    office = open_office(sqlite_database, clock, first)
    office.aid(office.register())
    give_account(office, office.mediator)
    with Desk(office, create_app(office.runtime)).browser() as browser:
        assert TOLD not in browser.get("/workflows").text
    settings = Settings(data_folder=tmp_path, secret_key="only for tests")
    office = replace(office, runtime=assemble(settings, clock=clock, database=sqlite_database))
    with Desk(office, create_app(office.runtime)).browser() as browser:
        assert f"1{TOLD}" in browser.get("/workflows").text
