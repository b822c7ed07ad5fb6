"""The calculator for programs: the same results as on the command line, and demands filled with them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mediation.clock import TestClock
from mediation.db import Database
from mediation.law.entitlements.registry import FORMULAS
from tests.api.counter import Counter, open_counter

HIRED = {"start": "2020-03-16", "end": "2026-09-10", "average_wage": "15000"}


@pytest.fixture
def counter(sqlite_database: Database, clock: TestClock, tmp_path: Path) -> Iterator[Counter]:
    with open_counter(sqlite_database, clock, tmp_path) as counter:
        yield counter


def test_the_formulas_say_what_they_want(counter: Counter) -> None:
    told = counter.get(counter.office.lawyer, "/calculate").json()
    assert [formula["id"] for formula in told] == list(FORMULAS)
    arrears = next(formula for formula in told if formula["id"] == "arrears")
    assert [column["name"] for column in arrears["inputs"][0]["columns"]] == [
        "month",
        "payable",
        "paid",
        "employer_says",
    ]


def test_a_calculation_with_its_working(counter: Counter) -> None:
    answer = counter.post(counter.office.lawyer, "/calculate/severance", {"inputs": HIRED})
    told = answer.json()
    assert (answer.status_code, told["amount"], told["rule"]) == (200, "97500.00", "severance@1")
    assert told["demands"] == [{"head": "severance", "amount": "97500.00"}]
    assert told["steps"][-1] == "经济补偿 = 15,000元 × 6.5 = 97,500元"
    assert {used["key"] for used in told["parameters"]} == {"cap_wage_monthly", "min_wage_monthly"}


def test_the_law_of_another_day(counter: Counter) -> None:
    body = {"inputs": {"months": [{"month": "2026-03", "paid": "2000"}]}, "as_of": "2024-01-01"}
    assert counter.post(counter.office.mediator, "/calculate/minimum_wage_gap", body).json()["amount"] == "420.00"


WRONG: list[tuple[str, Any, str]] = [
    ("severance", {"inputs": {**HIRED, "average_wage": 1.5}}, "average_wage"),
    ("severance", {"inputs": {}}, "start"),
    ("severance", {"inputs": HIRED, "wings": 2}, "wings"),
    ("severance", {"inputs": HIRED, "as_of": "soon"}, "as_of"),
]


def test_what_cannot_be_computed(counter: Counter) -> None:
    for formula, body, field in WRONG:
        answer = counter.post(counter.office.mediator, f"/calculate/{formula}", body)
        assert (answer.status_code, field in answer.json()["fields"]) == (422, True)
    assert counter.post(counter.office.mediator, "/calculate/magic", {"inputs": {}}).status_code == 404


def test_nobody_computes_without_logging_in(counter: Counter) -> None:
    stranger = counter.client(counter.office.mediator)
    stranger.cookies.clear()
    assert stranger.get("/api/v1/calculate").status_code == 401


def test_a_demand_is_filled_once_for_a_key(counter: Counter) -> None:
    office = counter.office
    case = office.register()
    worker = office.parties(case.case_id, "worker")[0]
    body = {"inputs": HIRED, "party": worker, "revision": case.revision}
    path = f"/cases/{case.case_id}/calculate/severance"
    first = counter.post(office.mediator, path, body, key="fill-by-program").json()
    again = counter.post(office.mediator, path, body, key="fill-by-program").json()
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert (first["demands"], first["revision"]) == (again["demands"], again["revision"])
    file = counter.get(office.mediator, f"/cases/{case.case_id}").json()
    assert [(d["head"], d["amount"]) for d in file["demands"]] == [("wages", "24000.00"), ("severance", "97500.00")]
    assert [(d["computed"], d["formula"]) for d in file["demands"]] == [(None, None), ("97500.00", "severance")]
    stale = counter.post(office.mediator, path, body)
    assert stale.status_code == 409
    update = {**body, "revision": file["revision"], "update": True, "inputs": {**HIRED, "average_wage": "16000"}}
    assert counter.post(office.mediator, path, update).json()["demands"] == first["demands"]


def test_only_staff_of_the_case_fill(counter: Counter) -> None:
    office = counter.office
    case = office.register()
    body = {"inputs": HIRED, "party": 1, "revision": case.revision}
    assert counter.post(office.lawyer, f"/cases/{case.case_id}/calculate/severance", body).status_code == 404
