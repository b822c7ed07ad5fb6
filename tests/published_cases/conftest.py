"""`pytest tests/published_cases --cases FILE` checks any file of published cases; without it, the copy beside this."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mediation.replay.published import File, read_cases
from mediation.replay.stage import Stage, open_stage
from mediation.replay.vocabulary import TITLES

OWN = Path(__file__).parent / "real_cases.open.yaml"
READ = pytest.StashKey[File]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cases", type=Path, default=OWN, help="a file of published cases to replay")


def _file(config: pytest.Config) -> File:
    """The file of this run, read once. The option is unknown where the whole of tests/ runs."""
    if READ not in config.stash:
        config.stash[READ] = read_cases(config.getoption("--cases", OWN), TITLES)
    return config.stash[READ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "published_id" in metafunc.fixturenames:
        metafunc.parametrize("published_id", [case.id for case in _file(metafunc.config).cases])


@pytest.fixture
def published(request: pytest.FixtureRequest) -> File:
    return _file(request.config)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """One throw-away office for all cases of the run; each case is a file of its own in it."""
    with open_stage() as office:
        yield office
