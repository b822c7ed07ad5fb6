"""Where the pages are served, and what is said where that cannot be."""

from pathlib import Path
from socket import create_server

import pytest
import typer

from mediation.assembly import assemble
from mediation.cli.serve import address, open_door
from mediation.clock import TestClock
from mediation.db import Database
from mediation.runtime import Runtime
from mediation.settings import Settings
from tests.office import shipped


def at(port: int, database: Database, clock: TestClock, folder: Path, host: str = "127.0.0.1") -> Runtime:
    settings = Settings(data_folder=folder, host=host, port=port)
    return assemble(settings, clock=clock, database=database, room=shipped())


def test_a_taken_port_is_told_or_the_next_one_used(
    sqlite_database: Database, clock: TestClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        runtime = at(port, sqlite_database, clock, tmp_path)
        with pytest.raises(typer.Exit) as stopped:
            open_door(runtime)
        assert stopped.value.exit_code == 3
        told = capsys.readouterr().err
        assert f"{port} 端口" in told
        assert "MEDIATION_PORT" in told
        with open_door(runtime, others=20) as door:
            assert port < door.getsockname()[1] <= port + 20
            assert address(door) == f"http://127.0.0.1:{door.getsockname()[1]}/"


def test_an_address_that_is_not_of_this_machine_is_told(
    sqlite_database: Database, clock: TestClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit):
        open_door(at(8000, sqlite_database, clock, tmp_path, host="192.0.2.1"), others=20)
    assert "192.0.2.1" in capsys.readouterr().err
