"""A session that is open for the whole test, on both databases."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from mediation.clock import TestClock
from mediation.db import Database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        yield session


@pytest.fixture
def at(clock: TestClock) -> datetime:
    return clock.now()
