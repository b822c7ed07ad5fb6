"""Legal aid in the practice district: one script for each thing that may become of an application."""

from collections.abc import Sequence

from ..people.actor import Actor
from .desk import Folder, Script
from .steps import File, accepted


def applied(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    yield folder.town.before(2)
    folder.ask_for_aid()


def reviewing(folder: Folder, ago: int) -> Script:
    yield from applied(folder, ago)
    folder.aid("begin_review", {"aid_review_note": "材料齐全，正在核对经济困难状况。"})


def supplement(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    yield folder.town.before(3)
    folder.ask_for_aid(aid_means="hardship_told")
    told = {"supplement_items": "个人诚信承诺书、欠条原件照片", "supplement_due_day": folder.day(8)}
    folder.aid("ask_supplement", told)


def granted(folder: Folder, ago: int) -> Script:
    yield from applied(folder, ago)
    yield folder.town.before(1)
    folder.aid("grant_aid", {"aid_granted_on": folder.today})


def refused(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    yield folder.town.before(6)
    folder.ask_for_aid(aid_scope="union", aid_means="hardship_told")
    told = {"aid_refusal_ground": "means_not_met", "aid_refusal_reason": "收入高于困难标准，已书面说明。"}
    folder.aid("refuse_aid", {**told, "aid_refused_on": folder.today})


def refusal_objected(folder: Folder, ago: int) -> Script:
    yield from refused(folder, ago)
    yield folder.town.before(2)
    folder.aid("object_to_refusal", {"aid_objected_on": folder.today, "aid_objection": "称家中有重病病人。"})


def not_aided(folder: Folder, ago: int) -> Script:
    yield from refused(folder, ago)
    folder.aid("refusal_stands", {}, folder.town.office.supervisor)


def withdrawn(folder: Folder, ago: int) -> Script:
    yield from applied(folder, ago)
    yield folder.town.before(1)
    folder.aid("withdraw_aid", {"aid_withdrawn_on": folder.today, "aid_withdrawal_note": "已自行协商。"})


def terminated(folder: Folder, ago: int) -> Script:
    yield from conducted(folder, ago)
    yield folder.town.before(6)
    told = {"aid_termination_ground": "own_lawyer", "aid_termination_reason": "受援人另行委托了律师。"}
    folder.aid("terminate_aid", {**told, "aid_terminated_on": folder.today}, folder.town.office.supervisor)


def termination_objected(folder: Folder, ago: int) -> Script:
    yield from terminated(folder, ago)
    yield folder.town.before(1)
    folder.aid("object_to_termination", {"aid_objected_on": folder.today, "aid_objection": "称委托已经解除。"})


def stopped(folder: Folder, ago: int) -> Script:
    yield from terminated(folder, ago)
    folder.aid("termination_stands", {}, folder.town.office.supervisor)


def finished(folder: Folder, ago: int) -> Script:
    yield from conducted(folder, ago)
    yield folder.town.before(8)
    told = {"aid_stage": "arbitration", "aid_stage_on": folder.today}
    folder.aid("enter_stage", told, _lawyer(folder))
    yield folder.town.before(4)
    folder.finish_aid(_lawyer(folder), 9)


def file_review(folder: Folder, ago: int) -> Script:
    yield from finished(folder, ago)
    yield folder.town.before(2)
    folder.report_aid(_lawyer(folder))


def conducted(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    folder.send_to_lawyers()
    yield folder.town.before(ago - 3)
    folder.claim(_lawyer(folder))
    yield folder.town.before(ago - 5)
    told = {"contacted_on": folder.today, "contact_note": "已面谈，正在整理证据。"}
    folder.aid("contact_client", told, _lawyer(folder))


def _lawyer(folder: Folder) -> Actor:
    return folder.town.office.lawyers[4]


APPLICATIONS: Sequence[File] = (
    File(applied, 6),
    File(reviewing, 7),
    File(supplement, 8),
    File(granted, 6),
    File(refused, 12),
    File(refusal_objected, 13),
    File(not_aided, 14),
    File(withdrawn, 8),
    File(terminated, 15),
    File(termination_objected, 14),
    File(stopped, 16),
    File(finished, 17),
    File(file_review, 18),
)
