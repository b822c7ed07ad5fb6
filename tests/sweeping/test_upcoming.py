"""What will happen to a case: deadlines, reminders and what the clock will do, in order; and the commands for it."""

import os

import pytest
import typer
from sqlalchemy import delete
from typer.testing import CliRunner, Result

from mediation.cli.case import case as case_command
from mediation.cli.sweep import sweep as sweep_command
from mediation.clock import Clock, TestClock
from mediation.errors import BadInput, NotFound
from mediation.people.models import Membership
from mediation.sweeping.upcoming import upcoming
from tests.databases import opened
from tests.office import open_office

from .conftest import Sweeper


def _told(sweeper: Sweeper, case_id: int, days: int) -> list[tuple[str, str, str]]:
    with sweeper.office.database.read() as session:
        coming = upcoming(session, sweeper.office.runtime, case_id, days=days)
    return [(c.on.isoformat(), c.kind, c.title) for c in coming]


def test_everything_to_come_is_told_in_order(sweeper: Sweeper) -> None:
    case = sweeper.office.accepted()
    told = _told(sweeper, case.case_id, 30)
    assert told == sorted(told, key=lambda line: line[0])
    of_the_end = [line[:2] for line in told if line[2] == "调解期限"]
    assert of_the_end == [
        ("2026-09-28", "reminder"),
        ("2026-10-01", "reminder"),
        ("2026-10-01", "reminder"),
        ("2026-10-03", "reminder"),
        ("2026-10-08", "deadline"),
        ("2026-10-09", "clock"),
        ("2026-10-09", "reminder"),
    ]
    assert _told(sweeper, case.case_id, 5) == []


def test_the_clock_says_what_it_will_do_and_then_does_it(sweeper: Sweeper) -> None:
    case = sweeper.office.signed()
    with sweeper.office.database.read() as session:
        coming = upcoming(session, sweeper.office.runtime, case.case_id)
    [event] = [c for c in coming if c.kind == "clock"]
    assert event.detail == "届时仍未办结的，系统自动办理“到期未履行”，转为“逾期未履行”"
    assert event.at is not None
    sweeper.office.clock.set(event.at)
    assert sweeper.sweep().fired == 1
    assert sweeper.office.state(case.proceeding_id) == "default"
    assert "clock" not in [kind for _, kind, _ in _told(sweeper, case.case_id, 30)]


def run(command: object, url: str, *arguments: str) -> Result:
    app = typer.Typer()
    app.command()(command)  # type: ignore[type-var]
    return CliRunner().invoke(app, arguments, env={**os.environ, "MEDIATION_DATABASE_URL": url})


def test_the_commands_sweep_and_tell(database_url: str) -> None:
    with opened(database_url) as database:
        case = open_office(database, TestClock(Clock().now())).register()
    swept = run(sweep_command, database_url)
    assert (swept.exit_code, swept.stderr) == (0, "")
    assert "提醒发出0" in swept.stdout
    told = run(case_command, database_url, case.number, "--next", "60d")
    assert told.stdout.splitlines()[0] == f"{case.number}：今后60天"
    assert "可以转申请仲裁之日" in told.stdout


def test_what_can_be_enforced_is_told_however_far_away_its_last_day_is(database_url: str) -> None:
    with opened(database_url) as database:
        office = open_office(database, TestClock(Clock().now()))
        case, today = office.register(), office.clock.today().isoformat()
        suit = {"suit_filed_on": today, "suit_court": "示范区人民法院", "suit_ground": "wage_iou"}
        started = office.fire(case.proceeding_id, "file_suit", suit).result["started"]["proceeding_id"]
        assert "可以申请强制执行" not in run(case_command, database_url, case.number).stdout
        office.fire(started, "settle_suit", {"settled_on": today, "performance_day": "2031-03-03"})
    near = run(case_command, database_url, case.number, "--next", "30d").stdout.splitlines()
    assert near[-2] == "可以申请强制执行，最后一日："
    assert near[-1].startswith("2033年3月3日（星期四）  届满  申请强制执行：法院调解书，履行期至2031-03-03")
    far = run(case_command, database_url, case.number, "--next", "9999d").stdout
    assert far.count("届满  申请强制执行：法院调解书") == 1
    assert "提醒主管" in far


def test_the_sweep_command_fails_where_something_is_stuck(database_url: str) -> None:
    with opened(database_url) as database:
        clock = TestClock(Clock().now())
        clock.move(days=-30)
        office = open_office(database, clock)
        case = office.register()
        with database.write() as session:
            session.execute(delete(Membership))
    first = run(sweep_command, database_url)
    assert first.exit_code == 1
    assert f"搁置：{case.number}" in first.stderr
    again = run(sweep_command, database_url, "--again")
    assert again.exit_code == 1
    assert "放回" in again.stdout


@pytest.mark.parametrize(("arguments", "error"), [(["某号"], NotFound), (["某号", "--next", "soon"], BadInput)])
def test_a_wrong_number_or_span_is_said(sqlite_url: str, arguments: list[str], error: type[Exception]) -> None:
    assert isinstance(run(case_command, sqlite_url, *arguments).exception, error)
