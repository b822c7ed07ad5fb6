"""Running proceedings go over to a new version: the real first and second version of legal aid, and an invented one."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from mediation.assembly import assemble
from mediation.cases.migrate import Transition, migrate_proceeding, outdated, preview
from mediation.cases.models import AuditEntry, Proceeding
from mediation.cases.telling import names_of, timeline
from mediation.cases.view import case_view
from mediation.cli.workflow import app
from mediation.clock import TestClock
from mediation.db import Database
from mediation.deadlines.models import Deadline
from mediation.errors import StateHasChanged
from mediation.findings.verify import verify_all
from mediation.people.models import Membership
from mediation.reminders.models import Reminder
from mediation.reports.workflow_counts import still_on_old_versions
from mediation.settings import Settings, bundled
from mediation.sweeping.sweep import sweep_once
from tests.lone_guides import guides_fit
from tests.office import Office, open_office, shipped

AID = {"aid_matter": "追索三个月工资", "aid_applied_on": "2026-09-18", "aid_scope": "pay", "aid_means": "relief"}


def own_room(folder: Path, change: Callable[[Path], None]) -> Settings:
    """A copy of the lawyer's room with a change, as an office may have."""
    shutil.copytree(bundled("workflows"), folder)
    change(folder)
    guides_fit(folder)
    return Settings(workflows=folder)


def only_the_first(folder: Path) -> None:
    shutil.move(folder / "versions" / "legal_aid.v1.yaml", folder / "legal_aid.yaml")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A lawyer's room that still knows the first version of legal aid only."""
    return own_room(tmp_path_factory.mktemp("room") / "first", only_the_first)


@pytest.fixture
def office(database: Database, clock: TestClock, first: Settings) -> Office:
    return open_office(database, clock, first)


def renewed(office: Office, settings: Settings | None = None) -> Office:
    """The same office, started anew with both versions."""
    room = None if settings else shipped()
    runtime = assemble(settings or Settings(), clock=office.clock, database=office.database, room=room)
    return replace(office, runtime=runtime)


def waiting(office: Office) -> int:
    done = office.fire(office.register().proceeding_id, "open_legal_aid", AID)
    started: int = done.result["started"]["proceeding_id"]
    return started


def acting(office: Office) -> int:
    aid = waiting(office)
    office.fire(aid, "claim_case", actor=office.lawyer)
    return aid


def advising(office: Office) -> int:
    aid = acting(office)
    office.fire(aid, "contact_client", {"contacted_on": "2026-09-18", "contact_note": "已面谈。"}, actor=office.lawyer)
    return aid


def ended(office: Office) -> int:
    aid = advising(office)
    office.fire(aid, "finish_aid", {"aid_result": "已达成协议。", "aid_hours_spent": 3}, actor=office.lawyer)
    return aid


def migrated(office: Office, proceeding_id: int) -> Transition | None:
    with office.database.write() as session:
        return migrate_proceeding(session, office.runtime, proceeding_id)


def previewed(office: Office, proceeding_id: int) -> Transition | None:
    with office.database.read() as session:
        return preview(session, office.runtime, proceeding_id)


def running(office: Office, proceeding_id: int) -> dict[str, Deadline]:
    with office.database.read() as session:
        query = select(Deadline).where(Deadline.proceeding_id == proceeding_id, Deadline.closed_at.is_(None))
        return {row.name: row for row in session.scalars(query)}


def rungs(office: Office, deadline_id: int) -> set[tuple[str, int, str]]:
    with office.database.read() as session:
        query = select(Reminder).where(Reminder.deadline_id == deadline_id)
        return {(r.recipient, r.rung, r.state) for r in session.scalars(query)}


def where(office: Office, proceeding_id: int) -> tuple[int, str]:
    with office.database.read() as session:
        row = session.get_one(Proceeding, proceeding_id)
        return row.version, row.state


def whole(office: Office) -> list[Any]:
    with office.database.read() as session:
        return list(verify_all(session))


@pytest.mark.parametrize(
    ("begin", "state", "keeps", "ends", "begins"),
    [
        (waiting, "waiting", {"claim"}, set(), set()),
        (acting, "acting", {"first_contact"}, set(), set()),
        (advising, "conducting", set(), {"service"}, {"progress"}),
    ],
)
def test_every_open_state_of_the_first_version_goes_over(
    office: Office, begin: Callable[[Office], int], state: str, keeps: set[str], ends: set[str], begins: set[str]
) -> None:
    aid = begin(office)
    before = running(office, aid)
    assert set(before) == keeps | ends
    office.clock.move(days=1)
    office = renewed(office)
    shown = previewed(office, aid)
    assert shown is not None
    assert (shown.from_version, shown.to_version, shown.to_state, shown.stranded) == (1, 2, state, ())
    assert (set(shown.keeps), set(shown.ends)) == ({before[n].title for n in keeps}, {before[n].title for n in ends})
    assert {one.name for one in shown.begins} == begins
    assert where(office, aid)[0] == 1
    assert migrated(office, aid) == shown
    after = running(office, aid)
    assert set(after) == keeps | begins
    for name in keeps:
        assert (after[name].id, after[name].legal_due) == (before[name].id, before[name].legal_due)
    assert (where(office, aid), whole(office)) == ((2, state), [])


def test_a_new_deadline_counts_from_the_day_the_state_began_and_is_reminded_of(office: Office) -> None:
    aid = advising(office)
    (gone,) = running(office, aid).values()
    office.clock.move(days=5)
    office = renewed(office)
    migrated(office, aid)
    due = running(office, aid)["progress"]
    assert (due.start_on, due.nominal_due) == (date(2026, 9, 18), date(2026, 10, 18))
    assert rungs(office, due.id) == {("lawyer", -7, "waiting"), ("lawyer", 0, "waiting"), ("supervisor", 1, "waiting")}
    assert {state for _, _, state in rungs(office, gone.id)} == {"cancelled"}
    with office.database.read() as session:
        assert session.get_one(Deadline, gone.id).closed_by == "migrate"


def test_one_audit_entry_says_from_which_to_which_definition(office: Office) -> None:
    aid = advising(office)
    office = renewed(office)
    migrated(office, aid)
    with office.database.read() as session:
        row = session.get_one(Proceeding, aid)
        query = select(AuditEntry).where(AuditEntry.proceeding_id == aid, AuditEntry.seq == row.audit_seq)
        entry = session.scalars(query).one()
        assert (entry.event, entry.from_state, entry.to_state) == ("migrate", "advising", "conducting")
        assert (entry.actor_id, entry.role, entry.revision) == (None, "clock", row.revision)
        assert entry.definition.startswith("legal_aid@2#")
        assert json.loads(entry.payload)["result"]["definition_before"].startswith("legal_aid@1#")
        assert row.owner_id == office.lawyer.person_id
        view = case_view(session, office.runtime, row.case_id, office.mediator)
        lines = [line for line in timeline(session, office.runtime, view, names_of(view)) if line.proceeding_id == aid]
    assert (lines[0].title, lines[0].from_state, lines[0].to_state) == ("迁移到新版流程", "律师服务中", "分阶段承办")
    assert lines[0].said == (("原版本", "1"), ("新版本", "2"))
    assert (lines[1].title, lines[1].to_state) == ("已联系受援人", "律师服务中")


def test_work_goes_on_under_the_new_version_and_a_stale_page_is_told(office: Office) -> None:
    aid = advising(office)
    office = renewed(office)
    with office.database.read() as session:
        seen = session.get_one(Proceeding, aid).revision
    migrated(office, aid)
    stage = {"aid_stage": "arbitration", "aid_stage_on": "2026-09-18"}
    with pytest.raises(StateHasChanged, match="迁移到新版流程"):
        office.fire(aid, "enter_stage", stage, actor=office.lawyer, revision=seen)
    office.fire(aid, "enter_stage", stage, actor=office.lawyer)
    assert whole(office) == []


def test_again_does_nothing_and_what_has_ended_stays(office: Office) -> None:
    aid, done = waiting(office), ended(office)
    office = renewed(office)
    with office.database.read() as session:
        assert list(outdated(session, office.runtime, "legal_aid")) == [aid]
    migrated(office, aid)
    with office.database.read() as session:
        revision = session.get_one(Proceeding, aid).revision
        assert list(outdated(session, office.runtime, "legal_aid")) == []
    assert (migrated(office, aid), migrated(office, done), previewed(office, aid)) == (None, None, None)
    with office.database.read() as session:
        assert session.get_one(Proceeding, aid).revision == revision
    assert where(office, done) == (1, "ended")


class Stop(Exception):
    """The program is killed."""


def test_stopped_half_way_each_is_on_either_version(office: Office) -> None:
    first, second = advising(office), advising(office)
    office = renewed(office)
    migrated(office, first)
    with pytest.raises(Stop), office.database.write() as session:
        migrate_proceeding(session, office.runtime, second)
        raise Stop
    assert (where(office, first), where(office, second)) == ((2, "conducting"), (1, "advising"))
    assert (set(running(office, second)), whole(office)) == ({"service"}, [])
    migrated(office, second)
    assert (where(office, second), whole(office)) == ((2, "conducting"), [])


# ── what cannot go over ──


def further(folder: Path, **changes: str) -> Settings:
    """A third version of legal aid: the second one with these exact replacements in its text."""

    def change(room: Path) -> None:
        path = room / "legal_aid.yaml"
        words = path.read_text("utf-8")
        (room / "versions" / "legal_aid.v2.yaml").write_text(words, "utf-8")
        words = words.replace("version: 2\n", "version: 3\n").replace(RENAMED, "")
        for old, new in changes.items():
            assert OLD[old] in words
            words = words.replace(OLD[old], new)
        path.write_text(words, "utf-8")

    return own_room(folder, change)


RENAMED = "renamed: { advising: conducting, ended: archived }\n"
OLD = {
    "progress": "  progress:\n    period: legal_aid_progress\n    from: today\n",
    "contact": "    acts_next: lawyer\n    within: first_contact\n",
    "reminding": "    remind: { supervisor: [0d, 1d] }\n",
}


def adding(folder: Path, event: str) -> None:
    path = folder / "legal_aid.yaml"
    path.write_text(path.read_text("utf-8").replace("\ndeadlines:\n", f"\n{event}\ndeadlines:\n"), "utf-8")


def test_a_state_that_vanished_is_followed_through_two_versions(office: Office, tmp_path: Path) -> None:
    aid = advising(office)

    def rename(room: Path) -> None:
        path = room / "legal_aid.yaml"
        words = path.read_text("utf-8")
        (room / "versions" / "legal_aid.v2.yaml").write_text(words, "utf-8")
        words = words.replace("version: 2\n", "version: 3\n").replace("conducting", "under_way")
        words = words.replace("renamed: { advising: under_way, ended: archived }", "renamed: { conducting: under_way }")
        path.write_text(words, "utf-8")

    office = renewed(office, own_room(tmp_path / "third", rename))
    assert migrated(office, aid) is not None
    assert (where(office, aid), whole(office)) == ((3, "under_way"), [])


def test_a_day_that_nobody_knows_strands_and_says_so(office: Office, tmp_path: Path) -> None:
    aid = advising(office)
    unknown = "  progress:\n    period: legal_aid_progress\n    from: aid_finished_on\n"
    office = renewed(office, further(tmp_path / "third", progress=unknown))
    before = running(office, aid)
    shown = migrated(office, aid)
    assert shown is not None
    assert shown.stranded == (
        "新版在此需要期限“律师报告承办进展”，但不知道从哪天起算（aid_finished_on）。请先登记该日期，或者按旧版办到下一个状态。",
    )
    assert (where(office, aid), running(office, aid).keys()) == ((1, "advising"), before.keys())
    told = {"aid_result": "已达成协议。", "aid_hours_spent": 3}
    office.fire(aid, "finish_aid", told, actor=office.lawyer)
    assert (where(office, aid), whole(office)) == ((1, "ended"), [])


def test_what_the_clock_would_do_at_once_strands(office: Office, tmp_path: Path) -> None:
    aid = advising(office)
    sharp = OLD["progress"] + "    on_missed: given_up\n"
    settings = further(tmp_path / "third", progress=sharp)
    fired = (
        "  given_up:\n    title: 无进展\n    by: [clock]\n    from: conducting\n    to: same\n    opens: [progress]\n"
    )
    adding(tmp_path / "third", fired)
    late = renewed(office, settings)
    late.clock.move(days=40)
    shown = previewed(late, aid)
    assert shown is not None
    assert "迁移后系统会立即自动处理" in shown.stranded[0]


def test_a_role_that_nobody_has_strands_until_somebody_has_it(office: Office, tmp_path: Path) -> None:
    aid = acting(office)
    clerks = "    acts_next: clerk\n    within: first_contact\n"
    settings = further(tmp_path / "third", contact=clerks)
    adding(
        tmp_path / "third", "  call_client:\n    title: 书记员联系\n    by: [clerk]\n    from: acting\n    to: same\n"
    )
    office = renewed(office, settings)
    shown = migrated(office, aid)
    assert shown is not None
    assert "现在没有人担任书记员" in shown.stranded[0]
    with office.database.write() as session:
        place = {"person_id": office.mediator.person_id, "organisation_id": office.district_id}
        session.add(Membership(**place, role="clerk", from_on=date(2026, 1, 1)))
    migrated(office, aid)
    assert where(office, aid) == (3, "acting")


def test_another_ladder_is_planned_anew_and_nothing_is_sent_twice(office: Office, tmp_path: Path) -> None:
    aid = waiting(office)
    office.clock.move(days=1)
    earlier = "    remind: { lawyer: [-1d], supervisor: [1d] }\n"
    office = renewed(office, further(tmp_path / "third", reminding=earlier))
    migrated(office, aid)
    (claim,) = running(office, aid).values()
    assert rungs(office, claim.id) == {
        ("supervisor", 0, "cancelled"),
        ("supervisor", 1, "cancelled"),
        ("lawyer", -1, "waiting"),
        ("supervisor", 1, "waiting"),
    }
    office.clock.move(days=5)
    sweep_once(office.runtime, ())
    assert whole(office) == []


def test_the_page_of_workflows_counts_what_still_follows_an_old_version(office: Office) -> None:
    advising(office)
    ended(office)
    office = renewed(office)
    with office.database.read() as session:
        assert still_on_old_versions(session, office.runtime.current, office.mediator) == {"legal_aid": 1}


# ── the command ──


def command(office: Office, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    url = office.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("MEDIATION_DATABASE_URL", url)
    return CliRunner().invoke(app, ["migrate", *arguments])


def test_the_command_shows_first_and_then_migrates(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    aid, other = advising(office), waiting(office)
    shown = command(office, monkeypatch, "legal_aid", "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert f"（程序{aid}）第1版“律师服务中”→ 第2版“分阶段承办”" in shown.stdout
    assert "结束（新版没有）：履行完毕后回访" in shown.stdout
    assert shown.stdout.endswith("这是预演，没有改动：可以迁移 2 件，滞留 0 件。去掉 --dry-run 即迁移。\n")
    assert (where(office, aid), where(office, other)) == ((1, "advising"), (1, "waiting"))
    told = json.loads(command(office, monkeypatch, "legal_aid", "--dry-run", "--json", "--limit", "1").stdout)
    (row,) = told["proceedings"]
    assert (told["dry_run"], row["proceeding_id"], row["to_state"]) == (True, aid, "conducting")
    assert row["begins"][0]["due_on"] > "2026-10-01"
    only = command(office, monkeypatch, "legal_aid", "--case", row["number"])
    assert (only.exit_code, only.stdout.splitlines()[-1]) == (0, "已迁移 1 件，滞留 0 件。")
    assert (where(office, aid), where(office, other)) == ((2, "conducting"), (1, "waiting"))
    assert command(office, monkeypatch, "legal_aid").stdout.endswith("已迁移 1 件，滞留 0 件。\n")
    again = command(office, monkeypatch, "legal_aid")
    assert (again.exit_code, again.stdout) == (0, "没有停留在旧版的未办结程序。\n")
    assert whole(office) == []


def test_the_command_lists_the_stranded_and_fails(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aid, other = advising(office), waiting(office)
    unknown = "  progress:\n    period: legal_aid_progress\n    from: aid_finished_on\n"
    further(tmp_path / "third", progress=unknown)
    monkeypatch.setenv("MEDIATION_WORKFLOWS", str(tmp_path / "third"))
    done = command(office, monkeypatch, "legal_aid")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (1, "已迁移 1 件，滞留 1 件。")
    assert "滞留\n    新版在此需要期限“律师报告承办进展”" in done.stdout
    assert (where(office, aid), where(office, other)) == ((1, "advising"), (3, "waiting"))
    assert command(office, monkeypatch, "nothing").exit_code == 2
