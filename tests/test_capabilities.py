"""docs/CAPABILITIES.md is a promise: each line names a test that exists and a place that exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINES = [
    line for line in (ROOT / "docs" / "CAPABILITIES.md").read_text("utf-8").splitlines() if re.match(r"\| \d+ \|", line)
]
DUE = {*range(1, 6), *range(7, 10), 11, 13, 16, 24, 29, 43, 46, 49, *range(63, 67), 69, *range(71, 76), *range(77, 84)}
DUE |= {85, 94, 110, 122, 123, 127, 130}
DUE |= {18, 19, 21, 120}
DUE |= {114, 115, 116, 117, 119}
DUE |= {6, 10, 12, 14, 20, 22, 23, 25, 26, 32, 33, 44, 45, 48, 67, 68, 76, 139, 141}
DUE |= {*range(99, 105), 128}
DUE |= {118}
DUE |= {126}
DUE |= {121}
DUE |= {39}
DUE |= {27, 28, 30, 40}
DUE |= {124}


def test_every_capability_that_is_due_has_its_line() -> None:
    assert {int(line.split("|")[1]) for line in LINES} == DUE


@pytest.mark.parametrize("line", LINES, ids=lambda line: str(line).split("|")[1].strip())
def test_the_named_tests_and_places_exist(line: str) -> None:
    _, _number, _title, places, tests, _ = line.split("|")
    named = re.findall(r"`(tests/[^`]+)::(\w+)`", tests)
    assert named
    for file, function in named:
        assert f"def {function}(" in (ROOT / file).read_text("utf-8")
    for place in re.findall(r"`([\w/.{},*]+)`", places):
        assert _exists(place), place


def _exists(place: str) -> bool:
    if "/" not in place and "." not in place:
        return True
    if found := re.fullmatch(r"(.*)\{(.*)\}(.*)", place):
        return all((ROOT / f"{found[1]}{part}{found[3]}").exists() for part in found[2].split(","))
    return bool(list(ROOT.glob(place))) if "*" in place else (ROOT / place).exists()
