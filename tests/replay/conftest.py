"""One throw-away office for the replays of this folder."""

from collections.abc import Iterator

import pytest

from mediation.replay.stage import Stage, open_stage


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage() as office:
        yield office
