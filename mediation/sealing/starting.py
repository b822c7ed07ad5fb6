"""At every start: are the keys of this database here? The first key is made where nothing is sealed yet."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, MetaData, delete, insert, select

from .faults import KeysMissing
from .keys import ring_of
from .models import SealingKey
from .stored import sampled_keys


def keys_are_here(connection: Connection, metadata: MetaData) -> bool:
    """Whether the file has every key that is needed, and each is on record. KeysMissing where one is needed that is
    not here. Writes nothing."""
    ring = ring_of(connection.dialect)
    here = {key.id for key in ring.keys}
    recorded = set(connection.scalars(select(SealingKey.id)))
    if lacking := sorted((recorded | sampled_keys(connection, metadata)) - here):
        raise KeysMissing(ring.lacking(lacking))
    return ring.file is None or (bool(here) and recorded == here)


def have_keys(connection: Connection, metadata: MetaData, at: datetime) -> None:
    """As `keys_are_here`; makes the first key, and puts on record what is not. Under a lock, so that replicas that
    start together with folders of their own do not make one key each."""
    if not keys_are_here(connection, metadata):
        ring = ring_of(connection.dialect)
        if not ring.keys:
            ring.make(at)
        record(connection, [key.id for key in ring.keys], at)


def record(connection: Connection, ids: Sequence[str], at: datetime) -> None:
    """These keys, and no others, are needed from now on."""
    recorded = set(connection.scalars(select(SealingKey.id)))
    connection.execute(delete(SealingKey).where(SealingKey.id.not_in(ids)))
    if new := [{"id": id, "added_at": at} for id in ids if id not in recorded]:
        connection.execute(insert(SealingKey), new)
