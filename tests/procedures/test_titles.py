"""Which procedures give an enforceable title, and which doors they open or close."""

from types import SimpleNamespace
from typing import Any

import pytest

from mediation.procedures.opening_rules import DECIDED, GUARDS, PAY
from mediation.procedures.titles import BY_RESULT, BY_STATE, titles_of
from tests.office import shipped


def _facts(ended: str = "", standing: str = "", **more: Any) -> Any:
    known: dict[str, Any] = {
        "procedures_ended": ended,
        "procedures_standing": standing,
        "final_awards": 0,
        "advance_orders": 0,
        "workers_count": 1,
        "representatives": 0,
        "cause": "B1",
        "route_demand_heads": "wages",
        "route_heads": "",
        "route_unperformed": 0,
    }
    told = more.pop("told", {})
    return SimpleNamespace(**known | more, told=told.get, answers=told)


@pytest.mark.parametrize(
    ("ended", "title"),
    [
        ("arbitration:awarded_full", "award"),
        ("arbitration:awarded_partial", "award"),
        ("arbitration:arbitral_settlement", "arbitral_settlement"),
        ("joint_review:reviewed_by_arbitration", "reviewed_settlement"),
        ("judicial_confirmation:confirmed_by_court", "confirmed_agreement"),
        ("litigation:awarded_partial", "judgment"),
        ("litigation:court_settlement", "court_settlement"),
        ("payment_order:payment_order_effective", "payment_order"),
        ("arbitration:award_sued,litigation:withdrawn_other", "award"),
        ("arbitration:award_sued,litigation:suit_refused_award_stands", "award"),
    ],
)
def test_an_end_that_gives_a_title(ended: str, title: str) -> None:
    assert titles_of(_facts(ended)) == {title}


@pytest.mark.parametrize(
    "ended",
    [
        "",
        "arbitration:lost",
        "arbitration:award_sued",
        "arbitration:award_annulled",
        "arbitration:award_sued,litigation:suit_refused",
        "litigation:withdrawn_paid",
        "joint_review:review_refused",
        "judicial_confirmation:confirmation_revoked",
        "payment_order:payment_order_void",
    ],
)
def test_an_end_that_gives_none(ended: str) -> None:
    assert titles_of(_facts(ended)) == frozenset()


def test_decisions_in_effect_are_titles_while_they_are_followed() -> None:
    assert titles_of(_facts(standing="arbitration:effective,litigation:effective")) == {"award", "judgment"}
    assert titles_of(_facts(standing="arbitration:award_open")) == frozenset()
    assert titles_of(_facts(standing="arbitration:award_open", final_awards=1)) == {"award"}
    assert titles_of(_facts(standing="arbitration:accepted", advance_orders=1)) == {"advance_order"}


def test_every_name_exists_in_the_definitions() -> None:
    room = shipped()
    outcomes, titles = room.codes["outcomes"], room.codes["enforceable_titles"]
    results = {result for results in BY_RESULT.values() for result in results} | DECIDED
    assert {result.partition(":")[2] for result in results} <= set(outcomes)
    assert {*BY_RESULT, *BY_STATE.values()} <= set(titles)
    for place in BY_STATE:
        workflow, _, state = place.partition(":")
        assert state in room.definitions[workflow][1].states


def test_pay_is_what_the_table_of_routes_calls_pay() -> None:
    kinds = shipped().law.route("direct_suit").kinds
    assert kinds["pay"].sure | kinds["pay"].doubtful == PAY


@pytest.mark.parametrize(
    ("ground", "facts", "open_"),
    [
        ("after_arbitration", _facts(), False),
        ("after_arbitration", _facts("arbitration:arb_wrong_venue"), False),
        ("after_arbitration", _facts("arbitration:arb_refused"), True),
        ("wage_iou", _facts(route_demand_heads="wages,severance"), False),
        ("wage_iou", _facts(), True),
        ("pay_only_agreement", _facts(), False),
        ("pay_only_agreement", _facts(route_unperformed=1), True),
        ("pay_only_agreement", _facts(route_unperformed=1, route_heads="wages,severance"), False),
        ("payment_order_failed", _facts("payment_order:payment_order_to_arbitration"), False),
        ("payment_order_failed", _facts("payment_order:payment_order_void"), True),
        ("overage_other", _facts(), False),
        ("overage_other", _facts(cause="K1"), True),
        ("civil_relation", _facts(), False),
        ("civil_relation", _facts(route_demand_heads="service_injury"), True),
    ],
)
def test_a_suit_without_arbitration(ground: str, facts: Any, open_: bool) -> None:
    guard = GUARDS["the_suit_may_come_first"]
    facts.told = {"suit_ground": ground}.get
    assert guard.holds(facts) is open_
    facts.told = {"suit_ground": ground, "suit_already_filed": True}.get
    assert guard.holds(facts) is True


def test_every_ground_of_the_list_is_judged() -> None:
    grounds = shipped().codes["suit_grounds"]
    guard = GUARDS["the_suit_may_come_first"]
    everything = _facts("arbitration:lost,payment_order:payment_order_void", cause="K1", route_unperformed=1)
    judged = set()
    for heads in ("wages", "service_injury"):
        everything.route_demand_heads = heads
        for ground in grounds:
            everything.told = {"suit_ground": ground}.get
            judged |= {ground} if guard.holds(everything) else set()
    assert judged == set(grounds)
