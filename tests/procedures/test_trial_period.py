"""The periods of the courts: by procedure, extended by months, appeal, effect, enforcement; counted by hand."""

from datetime import datetime

import pytest

from mediation.clock import SHANGHAI, TestClock
from mediation.db import Database
from mediation.errors import BadInput
from tests.office import open_office
from tests.procedures.courtroom import Courtroom, courtroom


@pytest.fixture
def room(database: Database) -> Courtroom:
    """A suit on a wage IOU, with the court since Tuesday 31 March 2026."""
    office = open_office(database, TestClock(datetime(2026, 3, 31, 9, tzinfo=SHANGHAI)))
    room = courtroom(office)
    room.start("file_suit", suit_filed_on="2026-03-31", suit_court="示范区人民法院", suit_ground="wage_iou")
    return room


def _registered(room: Courtroom, procedure: str) -> None:
    room.do("litigation", "register_suit", suit_registered_on="2026-03-31", trial_procedure=procedure)


@pytest.mark.parametrize(
    ("procedure", "due"), [("ordinary", "2026-09-30"), ("summary", "2026-06-30"), ("small", "2026-06-01")]
)
def test_each_procedure_has_its_length(room: Courtroom, procedure: str, due: str) -> None:
    assert room.due("litigation", "court_file") == "2026-04-07"
    _registered(room, procedure)
    assert room.due("litigation", "first_instance") == due  # small: Sunday 31 May, rolled


def test_a_change_of_procedure_counts_from_the_registration(room: Courtroom) -> None:
    _registered(room, "summary")
    room.on("2026-06-01").do("litigation", "change_procedure", trial_procedure="ordinary")
    assert room.due("litigation", "first_instance") == "2026-09-30"


def test_the_president_extends_by_months_within_the_cap(room: Courtroom) -> None:
    _registered(room, "ordinary")
    room.do("litigation", "extend_trial", trial_extension_months=2)
    assert room.due("litigation", "first_instance") == "2026-11-30"
    with pytest.raises(BadInput, match="最多延长6个月"):
        room.do("litigation", "extend_trial", trial_extension_months=5)
    room.do("litigation", "extend_trial", trial_extension_months=1)
    assert room.due("litigation", "first_instance") == "2026-12-30"


def test_a_judgment_takes_effect_when_the_last_side_can_no_longer_appeal(room: Courtroom) -> None:
    _registered(room, "ordinary")
    room.on("2026-05-06").do("litigation", "judge", award_on="2026-04-20", decision_result="part")
    served = {"judgment_served_worker_on": "2026-04-27", "judgment_served_last_on": "2026-05-06"}
    room.do("litigation", "serve_judgment", **served)
    assert room.due("litigation", "worker_appeal") == "2026-05-12"
    assert room.due("litigation", "judgment_effect") == "2026-05-21"
    room.on("2026-05-21").sweep()
    assert room.proceeding("litigation").state == "appealable"
    room.on("2026-05-22").sweep()
    assert room.proceeding("litigation").state == "effective"
    assert room.due("litigation", "enforcement_window") == "2028-05-22"
    room.do("litigation", "set_judgment_performance_day", performance_day="2026-06-01")
    assert room.due("litigation", "enforcement_window") == "2028-06-01"


def test_second_instance_and_rulings(room: Courtroom) -> None:
    room.do("litigation", "refuse_suit", court_refusal="arbitration_first", ruling_served_on="2026-03-31")
    assert room.due("litigation", "ruling_effect") == "2026-04-10"
    room.do("litigation", "appeal_ruling", ruling_appeal_registered_on="2026-03-31")
    assert room.due("litigation", "second_instance_ruling") == "2026-04-30"
    room.do("litigation", "ruling_overturned", ruling_decided_on="2026-03-31")
    _registered(room, "ordinary")
    room.do("litigation", "judge", award_on="2026-03-31", decision_result="full")
    served = {"judgment_served_worker_on": "2026-03-31", "judgment_served_last_on": "2026-03-31"}
    room.do("litigation", "serve_judgment", **served)
    room.do("litigation", "appeal", appealed_on="2026-03-31", appealing_sides=["employer"])
    room.do("litigation", "register_appeal", appeal_registered_on="2026-03-31", appeal_court="第三中级人民法院")
    assert room.due("litigation", "second_instance") == "2026-06-30"


def test_after_non_enforcement_thirty_days_to_sue(room: Courtroom) -> None:
    told = {"enforcement_applied_on": "2026-03-31", "enforcement_court": "示范区人民法院", "enforcement_title": "other"}
    room.start("apply_enforcement", **told, enforcement_already_filed=True)
    ruling = {"nonenforcement_received_on": "2026-03-31", "nonenforcement_note": "主体错误"}
    room.do("enforcement", "refuse_to_enforce", **ruling)
    assert room.due("enforcement", "nonenforcement_sue") == "2026-04-30"
