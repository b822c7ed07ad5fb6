"""Capitals are read back by an independent reader, and checked against sums a bank clerk would write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.errors import BadInput
from mediation.papers.capitals import capitals

DIGITS = {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_back(text: str) -> int:
    """Fen from capitals: adds up units, groups close at 万 and 亿."""
    whole, _, rest = text.removesuffix("整").rpartition("元")
    total = 100 * read_whole(whole)
    for unit, worth in (("角", 10), ("分", 1)):
        if unit in rest:
            total += worth * DIGITS[rest[rest.index(unit) - 1]]
    return total


def read_whole(text: str) -> int:
    done, group, digit = 0, 0, 0
    for c in text:
        if c in DIGITS:
            digit = DIGITS[c]
        elif c in UNITS:
            group, digit = group + digit * UNITS[c], 0
        elif c == "万":
            group, digit = (group + digit) * 10_000, 0
        else:
            done, group, digit = (done + group + digit) * 10**8, 0, 0
    return done + group + digit


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (10, "壹角整"),
        (1005, "壹拾元零伍分"),
        (101010, "壹仟零壹拾元壹角整"),
        (7500000, "柒万伍仟元整"),
        (20000100, "贰拾万零壹元整"),
        (10000202011, "壹亿零贰仟零贰拾元壹角壹分"),
        (10**13, "壹仟亿元整"),
        (10**15, "壹拾万亿元整"),
    ],
)
def test_sums_as_a_clerk_writes_them(fen: int, written: str) -> None:
    assert capitals(fen) == written


@given(st.integers(0, 10**15))
def test_reads_back_as_the_same_sum(fen: int) -> None:
    assert read_back(capitals(fen)) == fen


@given(st.lists(st.sampled_from([0, 0, 0, 1, 9]), min_size=1, max_size=15))
def test_many_zeros_read_back_and_never_double(digits: list[int]) -> None:
    fen = int("".join(map(str, digits)))
    written = capitals(fen)
    assert read_back(written) == fen
    assert "零零" not in written
    assert written.endswith(("分", "整"))


@pytest.mark.parametrize("wrong", [-1, 1.5, True, "1"])
def test_only_whole_fen(wrong: object) -> None:
    with pytest.raises(BadInput, match="整数"):
        capitals(wrong)  # type: ignore[arg-type]
