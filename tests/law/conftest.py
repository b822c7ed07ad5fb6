"""The shipped law, loaded once; and a copy of its files to spoil."""

import shutil
from pathlib import Path

import pytest

from mediation.law.book import LawBook
from mediation.settings import bundled


@pytest.fixture(scope="session")
def book() -> LawBook:
    return LawBook.load(bundled("workflows"))


@pytest.fixture
def law_copy(tmp_path: Path) -> Path:
    for name in ("law", "calendars"):
        shutil.copytree(bundled("workflows") / name, tmp_path / name)
    return tmp_path
