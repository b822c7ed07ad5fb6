"""An office on each database."""

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from tests.office import Office, open_office


@pytest.fixture
def office(database: Database, clock: TestClock) -> Office:
    return open_office(database, clock)
