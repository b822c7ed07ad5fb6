"""The shipped law, loaded once."""

import pytest

from mediation.law.book import LawBook
from mediation.settings import bundled


@pytest.fixture(scope="session")
def book() -> LawBook:
    return LawBook.load(bundled("workflows"))
