"""Every worked date, as a table."""

from pathlib import Path

import pytest

from mediation.law.book import LawBook
from mediation.law.reckoning import reckon
from mediation.law.strict_yaml import MarkedDict, load
from tests.law.rules import bare

VECTORS = load(Path(__file__).with_name("vectors.yaml"))


@pytest.mark.parametrize("name", list(VECTORS))
def test_worked_date(book: LawBook, name: str) -> None:
    vector: MarkedDict = VECTORS[name]
    if "period" in vector:
        found = book.reckon(vector["period"], vector["start"])
    else:
        rule = bare(book, vector["length"], vector["unit"], vector.get("direction", "after"))
        found = reckon(rule, vector["start"], book.calendar)
    assert found.legal_due == vector["legal"]
    assert found.nominal_due == vector.get("nominal", vector["legal"])
    assert found.provisional is vector.get("provisional", False)


def test_all_vectors_are_there() -> None:
    assert list(VECTORS) == [f"T{n}" for n in range(1, 24)]
