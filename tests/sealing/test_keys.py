"""The keys: made once, kept outside the database, never made anew over sealed data; several at once."""

import json
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mediation.sealing.faults import KeysMissing, Unreadable
from mediation.sealing.keys import Key, Keyring

NOW = datetime(2026, 9, 18, tzinfo=UTC)
PLACE = b"persons.phone"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "sealing.keys"


@pytest.fixture
def ring(file: Path) -> Keyring:
    ring = Keyring(file)
    ring.make(NOW)
    return ring


def test_only_its_owner_may_read_the_file(ring: Keyring, file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    ring.add(NOW)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_processes_that_start_together_make_one_key(file: Path) -> None:
    rings = [Keyring(file) for _ in range(8)]
    threads = [threading.Thread(target=ring.make, args=(NOW,)) for ring in rings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({ring.newest.id for ring in rings}) == 1


def test_the_same_text_never_looks_the_same(ring: Keyring) -> None:
    assert ring.seal(b"13800138000", PLACE) != ring.seal(b"13800138000", PLACE)
    assert ring.blind("13800138000", PLACE) == ring.blind("13800138000", PLACE)
    assert ring.blind("13800138000", PLACE) != ring.blind("13800138000", b"parties.phone")


def test_no_byte_can_be_changed_and_no_value_moved(ring: Keyring) -> None:
    id, sealed = ring.seal(b"13800138000", PLACE)
    assert ring.open(id, sealed, PLACE) == b"13800138000"
    for place in range(len(sealed)):
        with pytest.raises(Unreadable):
            ring.open(id, sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :], PLACE)
    with pytest.raises(Unreadable):
        ring.open(id, sealed, b"persons.email")
    with pytest.raises(Unreadable):
        ring.open(id, b"", PLACE)


def test_the_newest_seals_and_all_open(ring: Keyring, file: Path) -> None:
    old, sealed = ring.seal(b"x", PLACE)
    new = ring.add(NOW)
    assert ring.seal(b"x", PLACE)[0] == new.id
    assert ring.open(old, sealed, PLACE) == b"x"
    assert Keyring(file).open(old, sealed, PLACE) == b"x"
    assert len(ring.blinds("x", PLACE)) == 2


def test_a_running_program_finds_the_key_that_another_added(ring: Keyring, file: Path) -> None:
    running = Keyring(file)
    assert running.newest.id == ring.newest.id
    ring.add(NOW)
    id, sealed = ring.seal(b"x", PLACE)
    assert running.open(id, sealed, PLACE) == b"x"


def test_nothing_shows_a_secret(ring: Keyring, file: Path) -> None:
    secret = json.loads(file.read_text("utf-8"))["keys"][0]["secret"]
    assert secret not in repr(ring.newest)
    assert repr(ring.newest.secret) not in repr(ring.newest)


def test_a_key_that_is_not_there_is_named(ring: Keyring) -> None:
    _, sealed = ring.seal(b"x", PLACE)
    with pytest.raises(KeysMissing, match=r"密钥文件中没有密钥 0badc0de.*MEDIATION_KEY_FILE"):
        ring.open("0badc0de", sealed, PLACE)


def test_without_a_file_nothing_is_sealed(file: Path) -> None:
    with pytest.raises(KeysMissing, match="没有密钥文件"):
        Keyring(file).seal(b"x", PLACE)
    assert not file.exists()


@pytest.mark.parametrize(
    "content", ["", "{}", '{"keys": []}', '{"keys": [{"id": "1", "secret": "?", "made_at": ""}]}', "\x00"]
)
def test_a_damaged_file_is_told_and_left_alone(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content)
    with pytest.raises(KeysMissing, match=r"已损坏.*从备份恢复"):
        Keyring(file).keys  # noqa: B018
    assert file.read_text() == content


def test_a_secret_under_another_keys_id_is_refused(ring: Keyring, file: Path) -> None:
    told = json.loads(file.read_text("utf-8"))
    told["keys"][0]["id"] = Key(b"0" * 32).id
    file.write_text(json.dumps(told))
    with pytest.raises(KeysMissing, match="已损坏"):
        Keyring(file).keys  # noqa: B018
