"""Shares tie to the cent, whatever is divided among whom."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mediation.errors import BadInput
from mediation.groups.allocation import Allocation, AllocationIn, allocate, allot, months_after
from mediation.groups.subgroups import SubgroupIn, create_subgroup
from mediation.money import fen
from tests.groups.sheets import crowd, do
from tests.office import Office

WEIGHTS = st.dictionaries(st.integers(1, 10**6), st.integers(0, 10**9), min_size=1, max_size=60).filter(
    lambda weights: any(weights.values())
)


@given(st.integers(0, 10**12), WEIGHTS)
def test_parts_tie_and_follow_the_weights(total: int, weights: dict[int, int]) -> None:
    parts = allot(total, weights)
    assert sum(parts.values()) == total
    whole = sum(weights.values())
    assert all(abs(parts[id] * whole - total * weight) < whole for id, weight in weights.items())
    by_weight = sorted(weights, key=lambda id: (weights[id], -id))
    assert [parts[id] for id in by_weight] == sorted(parts.values())


@given(st.integers(0, 10**9), WEIGHTS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(total: int, weights: dict[int, int], random: Any) -> None:
    shuffled = list(weights.items())
    random.shuffle(shuffled)
    assert allot(total, dict(shuffled)) == allot(total, weights)


def test_equal_remainders_go_by_id() -> None:
    assert allot(100, {7: 1, 3: 1, 5: 1}) == {3: 34, 5: 33, 7: 33}


def test_months_end_on_their_last_day() -> None:
    assert [months_after(date(2026, 11, 30), n).isoformat() for n in range(4)] == [
        "2026-11-30",
        "2026-12-30",
        "2027-01-30",
        "2027-02-28",
    ]


def planned(office: Office, case_id: int, **told: Any) -> Allocation:
    with office.database.read() as session:
        data = AllocationIn.model_validate({"due_on": "2026-10-15", **told})
        return allocate(session, case_id, data, today=office.clock.today())


def test_by_what_is_unpaid_in_instalments(office: Office) -> None:
    case = office.register(
        workers=[{"name": "张三"}, {"name": "李四"}, {"name": "王五"}],
        demands=[{"party": n, "head": "wages", "amount": str(sum_)} for n, sum_ in enumerate((1000, 2000, 0))],
    )
    plan = planned(office, case.case_id, total="1000.01", instalments=3)
    assert [part.amount for part in plan.parts] == [33_334, 66_667, 0]
    assert sum(fen(row["amount"]) for row in plan.promises) == 100_001
    assert [row["due_on"] for row in plan.promises[:3]] == ["2026-10-15", "2026-11-15", "2026-12-15"]
    assert {row["party"] for row in plan.promises} == {part.party_id for part in plan.parts if part.amount}
    assert not any(part.above for part in plan.parts)
    more = planned(office, case.case_id, total="3000.03")
    assert [part.above for part in more.parts] == [True, True, False]


def test_equally_by_weights_and_within_a_subgroup(office: Office) -> None:
    case = crowd(office, 4)
    ids = office.parties(case.case_id, "worker")
    split = SubgroupIn.model_validate(
        {"name": "甲组", "workers": ids[:2], "from_on": "2026-09-18", "reason": "同意协议"}
    )
    group = do(office, create_subgroup, case, split).result["subgroup"]
    equal = planned(office, case.case_id, total="100", basis="equal", subgroup=group)
    assert [(part.party_id, part.amount) for part in equal.parts] == [(ids[0], 5000), (ids[1], 5000)]
    weights = [{"party": ids[0], "weight": 3}, {"party": ids[3], "weight": 1}]
    weighed = planned(office, case.case_id, total="100", basis="weights", weights=weights)
    assert [part.amount for part in weighed.parts] == [7500, 0, 0, 2500]


def test_what_cannot_be_divided(office: Office) -> None:
    case = crowd(office, 3, unpaid="0")
    with pytest.raises(BadInput, match="没有尚未收到"):
        planned(office, case.case_id, total="100")
    with pytest.raises(BadInput, match="权数"):
        planned(office, case.case_id, total="100", basis="weights", weights=[{"party": 99, "weight": 1}])
    with pytest.raises(BadInput, match="没有可以分配"):
        planned(office, case.case_id, total="100", basis="equal", subgroup=99)
    with pytest.raises(ValidationError):
        planned(office, case.case_id, total="0")
    large = crowd(office, 30)
    with pytest.raises(BadInput, match="最多1000行"):
        planned(office, large.case_id, total="9000", basis="equal", instalments=60)
