"""New keys for old: everything that is sealed is sealed again under the newest key, while people go on working.

Each batch is a transaction of its own, and what is done already is seen in the data itself: a rotation that was killed
goes on where it stopped.
"""

import time
from collections.abc import Iterator

from sqlalchemy import MetaData, func, select

from ..db import Database, connection_of
from ..errors import Refusal, Refused
from .keys import Keyring
from .stored import SealedTable, counts, reseal, sealed_tables

PASSES = 20
PAUSE = 0.2
"""Rows that somebody is working on are left for the next pass, seconds later."""


def rotate(database: Database, metadata: MetaData, ring: Keyring) -> Iterator[tuple[str, int]]:
    """Table and number of rows, batch after batch, until nothing is left that is not under the newest key."""
    newest = ring.newest.id
    for turn in range(PASSES):
        if turn:
            time.sleep(PAUSE)
        for one in sealed_tables(metadata):
            yield from _table(database, one, newest)
        if not outstanding(database, metadata, ring):
            return


def _table(database: Database, one: SealedTable, newest: str) -> Iterator[tuple[str, int]]:
    after = None
    while True:
        with database.write() as session:
            keys = reseal(connection_of(session), one, one.stale(newest), after)
        if not keys:
            return
        after = keys[-1]
        yield one.name, len(keys)


def outstanding(database: Database, metadata: MetaData, ring: Keyring) -> int:
    """How many rows hold something that is not under the newest key."""
    newest = ring.newest.id
    with database.read() as session:
        queries = (select(func.count()).select_from(t.stored).where(t.stale(newest)) for t in sealed_tables(metadata))
        return sum(session.scalar(query) or 0 for query in queries)


def refuse_needed(database: Database, metadata: MetaData, ring: Keyring, key_id: str) -> None:
    """Refused where the key cannot be done without."""
    if key_id not in (key.id for key in ring.keys):
        raise Refused([Refusal("key_known", f"密钥文件中没有密钥 {key_id}，用 mediation keys show 查看。")])
    if key_id == ring.newest.id:
        raise Refused([Refusal("key_replaced", "这是正在使用的密钥；请先用 mediation keys add 加一个新密钥，再轮换。")])
    with database.read() as session:
        left = counts(session.connection(), metadata).get(key_id, 0)
    if left:
        sentence = f"还有 {left} 项内容是用密钥 {key_id} 加密的，请先运行 mediation keys rotate。"
        raise Refused([Refusal("key_unused", sentence)])
