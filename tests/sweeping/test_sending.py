"""Reminders at the moment of sending: to whom, whether, how late, exactly once, and what the message says."""

from collections import Counter

from sqlalchemy import select, update

from mediation.cases.models import Case, Evidence, Proceeding
from mediation.deadlines.models import Deadline
from mediation.people.models import Membership, Person
from mediation.people.organisations import add_organisation, grant_role
from mediation.people.persons import PersonData, register_person
from mediation.reminders.inbox import mark_read, unread
from mediation.reminders.models import Reminder
from mediation.sweeping.health import health, release_quarantined
from tests.office import Office

from .conftest import Sweeper


def _signed_off(office: Office, proceeding_id: int) -> None:
    today = office.clock.today().isoformat()
    office.fire(
        proceeding_id,
        "withdraw",
        {"withdrawal_reason": "given_up", "withdrawn_on": today},
    )


def _end_memberships(office: Office, person_id: int | None) -> None:
    with office.database.write() as session:
        yesterday = office.clock.today().replace(day=1)
        session.execute(update(Membership).where(Membership.person_id == person_id).values(until_on=yesterday))


def _colleague(office: Office, name: str, role: str, organisation_id: int) -> int:
    with office.database.write() as session:
        person = register_person(session, PersonData(name=name), at=office.clock.now())
        grant_role(session, person.id, organisation_id, role, office.clock.today())
        return person.id


def _extend(office: Office, proceeding_id: int, until: str) -> None:
    with office.database.read() as session:
        case_id = session.get_one(Proceeding, proceeding_id).case_id
    office.fire(
        proceeding_id,
        "extend_mediation",
        {"extended_until": until, "both_signed": True, "extension_paper": _evidence(office, case_id)},
    )


def _evidence(office: Office, case_id: int) -> int:
    with office.database.write() as session:
        item = Evidence(
            case_id=case_id,
            number=1,
            name="延期调解同意书",
            category="other",
            visibility="both_sides",
            media_type="application/pdf",
            size=1,
            sha256="0" * 64,
            received_at=office.clock.now(),
        )
        session.add(item)
        session.flush()
        return item.id


def test_every_rung_is_one_row_and_one_line(sweeper: Sweeper) -> None:
    sweeper.office.accepted()
    planned = Counter((r.deadline_id, r.rung, r.recipient) for r in sweeper.reminders())
    assert set(planned.values()) == {1}
    ladder = [(r.recipient, r.rung) for r in sweeper.reminders("mediation_finish")]
    assert sorted(ladder) == sorted(
        [("mediator", -5), ("mediator", -2), ("mediator", 0), ("supervisor", -2), ("supervisor", 1)]
    )
    sweeper.until(9, 27, 9)
    assert sweeper.until(9, 28, 9).sent == 1
    assert sweeper.sweep().sent == 0
    assert sweeper.sweep(minutes=10).sent == 0
    [line] = sweeper.lines(sweeper.office.mediator.person_id, "调解期限")
    assert line.subject == "【期限提醒】示东工调案〔2026〕00001号 调解期限 还有10天（其中3个工作日）"
    assert not line.late


def test_the_message_says_what_when_why_and_what_next_without_a_name_in_the_subject(sweeper: Sweeper) -> None:
    sweeper.office.signed()
    sweeper.until(9, 25, 9)
    [line] = sweeper.lines(sweeper.office.mediator.person_id)
    assert "张三" not in line.subject
    assert line.body.splitlines() == [
        "案件：示东工调案〔2026〕00001号",
        "期限：协议约定的履行日：张三 20,000.00元",
        "届满：2026年9月28日（星期一）",
        "现在：还有3天（其中1个工作日）",
        "性质：当事人约定的日期",
        "理由：协议约定于2026-09-28履行；约定的日期不因节假日顺延。",
        "下一步：案件现在是“履行中”。协议已经生效。逐笔登记到账和已完成的义务；到期未付会自动转为逾期。",
    ]


def test_a_period_in_hours_speaks_of_hours_and_says_that_it_is_internal(sweeper: Sweeper) -> None:
    case = sweeper.office.register()
    signal = next(iter(sweeper.office.runtime.codes["risk_signals"].titles))
    answers = {"risk_signals": [signal], "risk_note": "欠薪三个月以上。"}
    sweeper.office.fire(case.proceeding_id, "raise_red_warning", answers)
    sweeper.sweep(hours=2)
    line = next(x for x in sweeper.lines(sweeper.office.supervisor.person_id) if "刚刚到期" in x.subject)
    assert "届满：2026年9月18日（星期五）11:00" in line.body
    assert "性质：内部工作期限，不是法定期限" in line.body


def test_ended_means_cancelled_at_once_and_never_sent(sweeper: Sweeper) -> None:
    case = sweeper.office.accepted()
    _signed_off(sweeper.office, case.proceeding_id)
    assert {r.state for r in sweeper.reminders("mediation_finish")} == {"cancelled"}
    assert sweeper.until(10, 30, 9).sent == 0
    assert sweeper.deliveries() == []


def test_judged_again_when_sending_closed(sweeper: Sweeper) -> None:
    """Somebody closed the deadline without telling the reminders: the sweep sees it all the same."""
    sweeper.office.accepted()
    _change(sweeper, closed_at=sweeper.office.clock.now())
    _not_sent(sweeper, "期限已结束，不再提醒。")


def test_judged_again_when_sending_suspended(sweeper: Sweeper) -> None:
    sweeper.office.accepted()
    _change(sweeper, suspended_on=sweeper.office.clock.today())
    _not_sent(sweeper, "期限已中止，恢复计算后按新的日期提醒。")


def test_judged_again_when_sending_merged(sweeper: Sweeper) -> None:
    case, other = sweeper.office.accepted(), sweeper.office.register()
    with sweeper.office.database.write() as session:
        session.execute(update(Case).where(Case.id == case.case_id).values(merged_into_id=other.case_id))
    _not_sent(sweeper, "本案已并入另一案件，由该案继续提醒。")


def _change(sweeper: Sweeper, **values: object) -> None:
    with sweeper.office.database.write() as session:
        session.execute(update(Deadline).where(Deadline.name == "mediation_finish").values(values))


def _not_sent(sweeper: Sweeper, why: str) -> None:
    assert sweeper.until(9, 28, 9).not_sent >= 1
    reminder = sweeper.reminder("mediation_finish", "mediator", -5)
    assert (reminder.state, reminder.why) == ("not_sent", why)
    assert reminder.settled_at == sweeper.office.clock.now()
    assert reminder.id not in {delivery.reminder_id for delivery in sweeper.deliveries()}


def test_extended_while_waiting_is_planned_anew_and_sent_by_the_new_date(sweeper: Sweeper) -> None:
    case = sweeper.office.accepted()
    _extend(sweeper.office, case.proceeding_id, "2026-10-16")
    old, new = (
        [r for r in sweeper.reminders("mediation_finish") if r.round == n and r.recipient == "mediator"] for n in (0, 1)
    )
    assert {(r.state, r.why) for r in old} == {("cancelled", "期限已延长")}
    assert [r.remind_at.date().isoformat() for r in new] == ["2026-10-11", "2026-10-14", "2026-10-16"]
    sweeper.until(10, 9, 9)
    assert sweeper.deadline("mediation_finish").missed_at is None
    sweeper.until(10, 11, 9)
    assert sweeper.reminder("mediation_finish", "mediator", -5).state == "sent"


def test_a_reminder_of_an_older_round_that_still_waits_is_not_sent(sweeper: Sweeper) -> None:
    """As when the extension was saved between the lease and the second look."""
    case = sweeper.office.accepted()
    _extend(sweeper.office, case.proceeding_id, "2026-10-16")
    with sweeper.office.database.write() as session:
        session.execute(update(Reminder).where(Reminder.why == "期限已延长").values(state="waiting"))
    sweeper.until(9, 28, 9)
    [old] = [r for r in sweeper.reminders("mediation_finish") if (r.round, r.rung) == (0, -5)]
    assert (old.state, old.why) == ("not_sent", "期限已变更，已按新的日期另行安排提醒。")


def test_a_date_moved_without_a_new_ladder_moves_the_reminder_along(sweeper: Sweeper) -> None:
    sweeper.office.accepted()
    later = sweeper.office.clock.today().replace(month=10, day=20)
    _change(sweeper, nominal_due=later, legal_due=later)
    assert sweeper.until(9, 28, 9).not_sent == 1
    reminder = sweeper.reminder("mediation_finish", "mediator", -5)
    assert (reminder.state, reminder.remind_at.date().isoformat()) == ("waiting", "2026-10-15")
    sweeper.until(10, 15, 9)
    assert sweeper.reminder("mediation_finish", "mediator", -5).state == "sent"


def test_late_is_sent_late_and_marked_late(sweeper: Sweeper) -> None:
    sweeper.office.accepted()
    sweeper.until(9, 28, 11)
    reminder = sweeper.reminder("mediation_finish", "mediator", -5)
    assert (reminder.state, reminder.late) == ("sent", True)
    [line] = sweeper.lines(sweeper.office.mediator.person_id, "调解期限")
    assert line.late
    assert line.body.endswith("本提醒原定于2026年9月28日（星期一）09:00发出，发出迟了。")


def test_the_ladder_finds_the_owner_and_the_nearest_supervisor(sweeper: Sweeper) -> None:
    office = sweeper.office
    other = _colleague(office, "周调解", "mediator", office.street_id)
    nearer = _colleague(office, "吴主管", "supervisor", office.street_id)
    case = office.accepted()
    office.fire(case.proceeding_id, "assign_mediator", {"mediator": other})
    sweeper.until(10, 1, 9)
    assert len(sweeper.lines(other, "调解期限")) == 2
    assert len(sweeper.lines(nearer, "调解期限")) == 1
    assert sweeper.lines(office.supervisor.person_id) == []
    assert sweeper.lines(office.mediator.person_id) == []


def test_without_an_owner_all_mediators_of_the_organisation_are_told(sweeper: Sweeper) -> None:
    office = sweeper.office
    other = _colleague(office, "周调解", "mediator", office.street_id)
    office.register()
    due = sweeper.reminder("intake_screening", "mediator", 0).remind_at
    sweeper.until(due.month, due.day, 9)
    assert [len(sweeper.lines(p)) for p in (other, office.mediator.person_id)] == [1, 1]


def test_a_mediator_who_has_left_is_not_told_but_the_supervisor_is_and_reads_why(sweeper: Sweeper) -> None:
    office = sweeper.office
    office.accepted()
    _end_memberships(office, office.mediator.person_id)
    sweeper.until(9, 28, 9)
    assert sweeper.lines(office.mediator.person_id) == []
    [line] = sweeper.lines(office.supervisor.person_id, "调解期限")
    assert line.body.splitlines()[0] == "本案没有在岗的调解员，改为提醒主管。"
    assert sweeper.reminder("mediation_finish", "mediator", -5).why == "本案没有在岗的调解员，改为提醒主管。"


def test_nobody_at_all_is_quarantined_and_goes_out_once_somebody_is_there(sweeper: Sweeper) -> None:
    office = sweeper.office
    office.accepted()
    _end_memberships(office, office.mediator.person_id)
    _end_memberships(office, office.supervisor.person_id)
    sweeper.until(9, 26, 9)
    assert sweeper.until(9, 27, 9).quarantined == 1
    with office.database.read() as session:
        [stuck] = health(session, office.clock.now()).quarantined
    assert stuck.case_number == "示东工调案〔2026〕00001号"
    assert "请先指定主管" in stuck.why
    new = _colleague(office, "吴主管", "supervisor", office.district_id)
    with office.database.write() as session:
        assert release_quarantined(session) == 1
    assert sweeper.sweep().sent == 1
    assert len(sweeper.lines(new)) == 1


def test_a_lawyer_is_told_about_the_case_they_hold(sweeper: Sweeper) -> None:
    office = sweeper.office
    case = office.register()
    aid = office.queued(case)
    office.fire(aid, "claim_case", actor=office.lawyer)
    sweeper.sweep(hours=24)
    [line] = sweeper.lines(office.lawyer.person_id)
    assert "还有24小时" in line.subject
    with office.database.write() as session:
        session.execute(update(Proceeding).where(Proceeding.id == aid).values(owner_id=None))
    _end_memberships(office, office.lawyer.person_id)
    sweeper.sweep(hours=24)
    assert len(sweeper.lines(office.lawyer.person_id)) == 1
    told = [x.body.splitlines()[0] for x in sweeper.lines(office.supervisor.person_id)]
    assert "本案现在没有承办律师，改为提醒主管。" in told


def test_one_organisation_does_not_hear_of_another(sweeper: Sweeper) -> None:
    office = sweeper.office
    with office.database.write() as session:
        add_organisation(session, "示范区西街总工会", "示西", "street", None)
        west = session.scalars(select(Membership.organisation_id).where(Membership.role == "mediator")).one()
    assert west == office.street_id
    office.accepted()
    sweeper.until(9, 28, 9)
    with office.database.read() as session:
        everybody = session.scalars(select(Person.id)).all()
    assert [p for p in everybody if sweeper.lines(p)] == [office.mediator.person_id]


def test_inbox_pages_and_marks_read_only_ones_own(sweeper: Sweeper) -> None:
    office = sweeper.office
    for _ in range(3):
        office.accepted()
    sweeper.until(10, 1, 9)
    mine, theirs = office.mediator.person_id, office.supervisor.person_id
    assert mine is not None
    assert theirs is not None
    lines = sweeper.lines(mine)
    assert [x.at for x in lines] == sorted((x.at for x in lines), reverse=True)
    with office.database.write() as session:
        assert mark_read(session, theirs, at=office.clock.now(), ids=[lines[0].id]) == 0
        assert mark_read(session, mine, at=office.clock.now(), ids=[lines[0].id]) == 1
        assert unread(session, mine) == len(lines) - 1
        assert mark_read(session, mine, at=office.clock.now()) == len(lines) - 1
        assert unread(session, mine) == 0
