"""The keys of an installation. They live in a file outside the database; several at once: the newest seals, all open.

A key's id is derived from its secret, so that a wrong secret can never pass under a known id. From each secret two
keys are derived: one for AES-256-GCM, one for the HMAC of blind indexes.
"""

import binascii
import hmac
import json
import os
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect

from .faults import KeysMissing, Unreadable

NONCE = 12
LOOK_EVERY = 5.0
"""Seconds after which the file is looked at again, so that running programs seal with a key that was added."""
NOTE = "这是加密数据库中敏感信息的密钥。请单独备份、妥善保管：丢失后，已加密的内容无法恢复；泄露后，请立即换用新密钥。"


@dataclass(frozen=True)
class Key:
    """One key. `made_at` is for people."""

    secret: bytes = field(repr=False)
    made_at: str = ""

    @cached_property
    def id(self) -> str:
        return self._derived("mediation key id").hex()[:8]

    @cached_property
    def cipher(self) -> AESGCM:
        return AESGCM(self._derived("mediation sealed values"))

    @cached_property
    def index(self) -> bytes:
        return self._derived("mediation blind indexes")

    def _derived(self, purpose: str) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(self.secret)


@dataclass(frozen=True)
class _Loaded:
    keys: Mapping[str, Key]
    """By id, oldest first."""
    stamp: tuple[int, int] | None
    """Of the file they were read from."""

    @cached_property
    def newest(self) -> Key | None:
        return next(reversed([*self.keys.values()]), None)


class Keyring:
    """The keys as this process knows them; read from the file when first needed, and again when it has changed."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self._loaded = _Loaded({}, None)
        self._look_at = 0.0

    @classmethod
    def throwaway(cls) -> "Keyring":
        """One new key that is kept nowhere, for data that is thrown away."""
        ring = cls(None)
        key = Key(os.urandom(32))
        ring._loaded, ring._look_at = _Loaded({key.id: key}, None), float("inf")
        return ring

    # ── what the column types need ──

    def seal(self, clear: bytes, place: bytes) -> tuple[str, bytes]:
        """The id of the newest key, and nonce with sealed bytes. `place` ("table.column") is bound to them."""
        key = self.newest
        nonce = os.urandom(NONCE)
        return key.id, nonce + key.cipher.encrypt(nonce, clear, place)

    def open(self, key_id: str, sealed: bytes, place: bytes) -> bytes:
        """Unreadable where a byte was changed or the value belongs to another column."""
        key = self._loaded.keys.get(key_id) or self._known(key_id)
        try:
            return key.cipher.decrypt(sealed[:NONCE], sealed[NONCE:], place)
        except (InvalidTag, ValueError) as error:
            raise Unreadable(place.decode()) from error

    def blind(self, text: str, place: bytes) -> str:
        """What stands in the blind index for this text, under the newest key."""
        return _blind(self.newest, text, place)

    def blinds(self, text: str, place: bytes) -> list[str]:
        """Under every key: while keys are being changed, rows may stand under any of them."""
        self._look()
        return [_blind(key, text, place) for key in self._loaded.keys.values()]

    # ── the keys themselves ──

    @property
    def newest(self) -> Key:
        if time.monotonic() >= self._look_at:
            self._look()
        newest = self._loaded.newest
        if newest is None:
            raise KeysMissing(self._words("没有密钥文件"))
        return newest

    @property
    def keys(self) -> Sequence[Key]:
        """Oldest first; none where there is no file."""
        self._look()
        return tuple(self._loaded.keys.values())

    def _known(self, key_id: str) -> Key:
        self._look()
        if (key := self._loaded.keys.get(key_id)) is None:
            raise KeysMissing(self.lacking([key_id]))
        return key

    def lacking(self, ids: Sequence[str]) -> str:
        """What to say where the data needs keys that are not here."""
        what = "没有密钥文件" if not self._loaded.keys else f"密钥文件中没有密钥 {'、'.join(ids)}"
        return self._words(what)

    def _words(self, what: str) -> str:
        where = f"（{self.file}）" if self.file else ""
        return (
            f"数据库中的敏感信息已加密，但{what}{where}。请把原来的密钥文件从备份放回原处，"
            "或用环境变量 MEDIATION_KEY_FILE 指明它在哪里；系统不会另造新密钥，否则旧数据再也无法解开。"
        )

    def _look(self) -> None:
        if self.file is None:
            return
        self._look_at = time.monotonic() + LOOK_EVERY
        try:
            status = self.file.stat()
        except FileNotFoundError:
            return
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._loaded.stamp:
            self._loaded = _Loaded(_read(self.file), stamp)

    def make(self, at: datetime) -> None:
        """Write the file with a first key, unless another process has just done so."""
        assert self.file is not None
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = _written(self.file, [_new(at)])
        try:
            os.link(fresh, self.file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        self._look()

    def add(self, at: datetime) -> Key:
        """A new key, the newest from now on."""
        new = _new(at)
        self._replace([*self.keys, new])
        return new

    def remove(self, key_id: str) -> None:
        self._replace([key for key in self.keys if key.id != key_id])

    def _replace(self, keys: Sequence[Key]) -> None:
        assert self.file is not None
        os.replace(_written(self.file, keys), self.file)
        self._look()


def _new(at: datetime) -> Key:
    return Key(os.urandom(32), at.isoformat(timespec="seconds"))


def _blind(key: Key, text: str, place: bytes) -> str:
    return hmac.digest(key.index, place + b"\0" + text.encode("utf-8", "surrogatepass"), sha256).hex()[:32]


def _written(file: Path, keys: Sequence[Key]) -> Path:
    """The keys in a new file beside `file`, readable by its owner only and on the disk when this returns."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    told = [{"id": key.id, "made_at": key.made_at, "secret": b64encode(key.secret).decode()} for key in keys]
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
        json.dump({"note": NOTE, "keys": told}, f, ensure_ascii=False, indent=1)
        f.flush()
        os.fsync(f.fileno())
    return fresh


def _read(file: Path) -> dict[str, Key]:
    """KeysMissing where the file is no key file of ours, or cannot be read."""
    try:
        told: Any = json.loads(file.read_text("utf-8"))
        keys = [Key(b64decode(one["secret"], validate=True), one["made_at"]) for one in told["keys"]]
        right = all(len(key.secret) == 32 and key.id == one["id"] for key, one in zip(keys, told["keys"], strict=True))
    except (OSError, ValueError, KeyError, TypeError, binascii.Error) as error:
        raise _unusable(file) from error
    if not keys or not right:
        raise _unusable(file)
    return {key.id: key for key in keys}


def _unusable(file: Path) -> KeysMissing:
    return KeysMissing(f"密钥文件 {file} 无法读取或已损坏。请从备份恢复这个文件后再启动，不要删除它。")


_RINGS: WeakKeyDictionary[Dialect, Keyring] = WeakKeyDictionary()
_NONE = Keyring(None)


def attach(dialect: Dialect, ring: Keyring) -> None:
    """The keys of an engine. Column types know the dialect and nothing else of where they are used."""
    _RINGS[dialect] = ring


def ring_of(dialect: Dialect) -> Keyring:
    """The keys of the engine of this dialect; without any, nothing can be sealed there."""
    return _RINGS.get(dialect, _NONE)
