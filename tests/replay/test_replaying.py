"""What a replay does with a case: implied steps are shown, sums compared, gaps told, old law reached."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner

from mediation.cli.replay import replay as command
from mediation.replay.published import Case, Meta
from mediation.replay.run import Replayed, replay_case
from mediation.replay.stage import Stage
from tests.replay.case_files import case, write


def _replay(stage: Stage, **changes: Any) -> Replayed:
    return replay_case(Case.model_validate(case(**changes)), Meta(), stage)


def _verdicts(done: Replayed) -> dict[str, str]:
    return {found.name: found.verdict for found in done.sums}


def test_what_the_source_does_not_say_is_shown_as_implied(stage: Stage) -> None:
    done = _replay(stage)
    assert done.complete
    implied = [deed.words for line in done.lines for deed in line.deeds if deed.implied]
    assert {"指派调解员重放调解员", "审查通过并征询对方", "双方同意调解", "受理", "起草调解协议书"} <= set(implied)
    assert "按人均分，来源未公布逐人金额" in implied
    assert done.endings[0].state == "closed"


def test_more_received_than_agreed_is_booked_outside_the_agreement(stage: Stage) -> None:
    done = _replay(stage, sums=(None, 1000, 1200), steps=["IN_WALKIN", "SESSION", "AGREE_FULL", "PAY_FULL"])
    assert done.complete
    assert {found.name: found.rows for found in done.sums} | {"claimed": 0} == {
        "claimed": 0,
        "agreed": 100_000,
        "awarded": 0,
        "received": 120_000,
    }
    assert any("协议外到账" in deed.words for deed in done.lines[-1].deeds)


def test_a_sum_that_does_not_tie_is_a_fault(stage: Stage) -> None:
    """Agreed 1,000, received 900, and yet a case that its source calls fully performed: 100 were never paid."""
    each = {"甲某": 500, "乙某": 400, "丙某": 300}
    amounts = {**case()["amounts"], "per_person": each}
    done = _replay(stage, amounts=amounts)
    assert {found.title for found in done.faults} >= {"甲某 协议", "甲某 到账"}


def test_money_is_never_taken_as_paid_because_a_case_ended_well(stage: Stage) -> None:
    done = _replay(stage, sums=(1000, 1000, None), steps=["IN_WALKIN", "SESSION", "AGREE_FULL", "CLOSE_OK"])
    assert [line.code for line in done.noted] == ["CLOSE_OK"]
    assert done.endings[0].state == "performance"
    assert {found.name: found.rows for found in done.sums}["received"] == 0


def test_part_then_breach_then_a_new_arrangement_then_the_rest(stage: Stage) -> None:
    steps = ["IN_WALKIN", "ACCEPT", "SESSION", "AGREE_FULL", "PAY_PART", "OVERDUE", "AGREE_INSTAL", "CLAUSE_ACCEL"]
    done = _replay(stage, steps=[*steps, "PAY_FULL", "CLOSE_OK"])
    assert done.missing == ()
    assert _verdicts(done) | {"awarded": "equal"} == dict.fromkeys(
        ("claimed", "agreed", "awarded", "received"), "equal"
    )
    assert done.endings[0].state == "closed"


def test_two_instalments_on_their_published_days(stage: Stage) -> None:
    instalments = [{"due": "2025-04", "amount": 400}, {"due": "2025-05", "amount": 600}]
    steps = ["IN_WALKIN", "SESSION", "AGREE_INSTAL", "OPEN_UNKNOWN"]
    done = _replay(stage, sums=(1000, 1000, None), instalments=instalments, steps=steps)
    due = [day.isoformat() for title, day, _ in done.endings[0].open_deadlines if "履行日" in title]
    assert due == ["2025-04-30"] * 3 + ["2025-05-31"] * 3


def test_a_case_older_than_a_rule_is_reckoned_and_says_so(stage: Stage) -> None:
    done = _replay(stage, source=[{"date": "2009-03-05"}], steps=["IN_WALKIN", "SESSION", "AGREE_FULL"])
    assert done.missing == ()
    assert any("尚未施行" in note for note in done.notes)
    assert any("暂定" in note for note in done.notes)


def test_long_talks_are_extended_in_writing(stage: Stage) -> None:
    timeline = [
        {"date": "2025-03-03", "event": "worker comes to the union"},
        {"date": "2025-05-20", "event": "agreement signed"},
    ]
    done = _replay(stage, timeline=timeline, steps=["IN_WALKIN", "ACCEPT", "SESSION", "AGREE_FULL", "PAY_FULL"])
    signed = next(line for line in done.lines if line.code == "AGREE_FULL")
    assert any("双方同意延期" in deed.words and deed.implied for deed in signed.deeds)
    assert signed.deeds[-1].on.isoformat() == "2025-05-20"


def test_an_unpublished_case_of_another_procedure_is_told_step_by_step(stage: Stage) -> None:
    done = _replay(stage, steps=["PETITION", "ARB_FILE", "ARB_AWARD"])
    assert done.missing == done.noted == ()
    assert [(ending.workflow, ending.state) for ending in done.endings] == [
        ("dispute", "intake"),
        ("petition", "handed_in"),
        ("arbitration", "awarded"),
    ]
    assert not done.faults


def test_what_a_procedure_cannot_take_is_kept_in_the_work_log_with_the_reason(stage: Stage) -> None:
    done = _replay(stage, steps=["IN_WALKIN", "REOPEN", "OPEN_UNKNOWN"])
    (noted,) = done.noted
    assert (noted.code, "还没有结案" in (noted.noted or "")) == ("REOPEN", True)
    assert noted.trace == ["activity:other_procedure"]


def test_awards_and_earlier_payments_are_kept_apart_from_what_was_received(stage: Stage) -> None:
    amounts = {**case()["amounts"], "awarded": {"value": "100.01"}, "already_paid": {"value": 7}}
    done = _replay(stage, amounts=amounts, steps=["IN_DIRECT_ARB", "ARB_AWARD", "SESSION", "AGREE_FULL", "PAY_FULL"])
    assert {found.name: found.rows for found in done.sums} == {
        "claimed": 100_000,
        "agreed": 100_000,
        "awarded": 10_001,
        "received": 100_000,
    }
    assert done.missing == ()


@pytest.fixture
def app() -> Typer:
    made = Typer()
    made.command()(command)
    return made


def test_the_command_prints_the_total_and_answers_1_for_a_fault(tmp_path: Path, app: Typer) -> None:
    good = CliRunner().invoke(app, [str(write(tmp_path, case(), case(id="T-2")))])
    assert good.exit_code == 0, good.output
    assert (
        "合计：2个案例，10步，已表达10步（其中0步只记入工作记录），尚不能表达0步；完整重放2个案例；金额不一致0处"
        in good.output
    )
    wrong = {**case()["amounts"], "per_person": {"甲某": 1, "乙某": 1, "丙某": 1}}
    bad = CliRunner().invoke(app, [str(write(tmp_path, case(amounts=wrong))), "--json"])
    assert bad.exit_code == 1
    told = json.loads(bad.output)
    assert told["total"]["faults"] == 6
    assert told["cases"][0]["proceedings"][0]["state"] == "closed"
