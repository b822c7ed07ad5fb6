"""The first start makes the keys; a start over sealed data without its keys is refused, and makes none."""

import shutil
import stat
from pathlib import Path

import pytest

from mediation.assembly import assemble, prepare
from mediation.clock import TestClock
from mediation.people.persons import PersonData, register_person
from mediation.runtime import Runtime
from mediation.sealing.faults import KeysMissing
from mediation.settings import Settings
from tests.office import shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "office"


def started(folder: Path, clock: TestClock, url: str = "") -> Runtime:
    settings = Settings(data_folder=folder, database_url=url, key_file=folder / "sealing.keys")
    runtime = assemble(settings, clock=clock, room=shipped())
    try:
        prepare(runtime)
    except KeysMissing:
        runtime.database.engine.dispose()
        raise
    return runtime


def used(folder: Path, clock: TestClock, url: str = "") -> None:
    """Started, somebody registered, stopped."""
    runtime = started(folder, clock, url)
    with runtime.database.write() as session:
        register_person(session, PersonData("张三", phone="13800138000"), at=clock.now())
    runtime.database.engine.dispose()


def test_the_first_start_makes_a_key_file_for_its_owner_alone(folder: Path, clock: TestClock) -> None:
    used(folder, clock)
    assert stat.S_IMODE((folder / "sealing.keys").stat().st_mode) == 0o600


def test_a_later_start_uses_the_same_keys(folder: Path, clock: TestClock) -> None:
    used(folder, clock)
    keys = (folder / "sealing.keys").read_bytes()
    started(folder, clock).database.engine.dispose()
    assert (folder / "sealing.keys").read_bytes() == keys


def test_over_sealed_data_a_lost_key_file_is_told_and_none_is_made(
    folder: Path, clock: TestClock, empty_url: str
) -> None:
    used(folder, clock, empty_url)
    (folder / "sealing.keys").unlink()
    with pytest.raises(KeysMissing, match=r"没有密钥文件.*从备份放回原处.*不会另造新密钥"):
        started(folder, clock, empty_url)
    assert not (folder / "sealing.keys").exists()


def test_replicas_with_folders_of_their_own_do_not_make_a_key_each(
    tmp_path: Path, clock: TestClock, empty_postgres_url: str
) -> None:
    started(tmp_path / "one", clock, empty_postgres_url).database.engine.dispose()
    with pytest.raises(KeysMissing, match="没有密钥文件"):
        started(tmp_path / "two", clock, empty_postgres_url)


def test_the_key_file_of_another_office_is_refused(folder: Path, tmp_path: Path, clock: TestClock) -> None:
    used(folder, clock)
    used(tmp_path / "other", clock)
    shutil.copyfile(tmp_path / "other" / "sealing.keys", folder / "sealing.keys")
    with pytest.raises(KeysMissing, match="密钥文件中没有密钥"):
        started(folder, clock)
