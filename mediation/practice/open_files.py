"""Files that are open today, one script for each thing that may lie on a desk this morning.

Their days are counted back from today, so that whatever is urgent is urgent on the day of the demonstration.
"""

from collections.abc import Sequence

from .aid import APPLICATIONS
from .authorities import AUTHORITIES
from .beside import asks_for_a_copy, asks_who_looked, bargain, meets, three_classes
from .courts import COURTS
from .desk import Folder, Script
from .special import SPECIAL
from .steps import File, Waiting, accepted, on_desk, registered, signed


def warned(folder: Folder, _: int) -> Script:
    told = {"risk_signals": ["wage_arrears", "operation_abnormal"], "risk_note": "单位搬离原址，疑似停业。"}
    folder.fire("raise_warning", {**told, "risk_level": "orange"})
    return iter(())


def warned_red(folder: Folder, _: int) -> Script:
    told = {"risk_signals": ["group", "stoppage"], "risk_note": "三十余人在项目部门口聚集讨薪。"}
    folder.fire("raise_red_warning", told)
    folder.note("police_link", "已请派出所到场维持秩序。")
    return iter(())


def asked(folder: Folder, _: int) -> Script:
    folder.assign()
    folder.ask_consent()
    return iter(())


def agreed_to_talk(folder: Folder, ago: int) -> Script:
    folder.assign()
    folder.ask_consent()
    yield folder.town.before(ago - 1)
    folder.answer("agreed")


def mediating(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    if ago > 5:
        yield folder.town.before(ago - 4)
        folder.session("progress")


def mediating_longer(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    yield folder.town.before(ago - 8)
    folder.back_to_the_table()
    paper = folder.evidence("延期调解同意书", "consent")
    until = (folder.town.until - folder.town.clock.today()).days + 9
    folder.fire(
        "extend_mediation", {"extended_until": folder.day(until), "extension_paper": paper, "both_signed": True}
    )


def drafted(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    yield folder.town.before(max(1, ago - 3))
    folder.session("ready")
    folder.draft(folder.promises(folder.asked, [20]))


def paying_by_month(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    yield folder.town.before(ago - 3)
    month = folder.asked // (300 * len(folder.workers)) * 100 * len(folder.workers)
    folder.draft(folder.promises(month * 3, [25, 55, 85]))
    folder.sign()
    yield folder.town.before(ago - 22)
    folder.pay(month)


def signing_anew(folder: Folder, ago: int) -> Script:
    yield from signed(-6)(folder, ago)
    yield folder.town.before(2)
    folder.draft(folder.promises(folder.asked, [15, 45]), "agree_anew")


def paid(folder: Folder, ago: int) -> Script:
    yield from signed(-1)(folder, ago)
    yield folder.town.before(ago - 4)
    folder.pay(folder.asked)


def failed(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    yield folder.town.before(1)
    folder.break_off()


def waiting_for_lawyer(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    folder.send_to_lawyers()


def given_back(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    folder.send_to_lawyers()
    folder.claim(folder.town.office.lawyers[2])
    yield folder.town.before(1)
    folder.release(folder.town.office.lawyers[2], "capacity")


def _with_lawyer(number: int, *, talking: bool) -> Waiting:
    def script(folder: Folder, ago: int) -> Script:
        lawyer = folder.town.office.lawyers[number]
        yield from accepted(folder, ago)
        folder.send_to_lawyers()
        yield folder.town.before(max(1, ago - 2))
        folder.claim(lawyer)
        if talking:
            yield folder.town.before(max(1, ago - 4))
            told = {"contacted_on": folder.today, "contact_note": "已面谈，正在整理证据。"}
            folder.aid("contact_client", told, lawyer)

    return script


OPEN: Sequence[File] = (
    File(registered, 1),
    File(warned, 1),
    File(asked, 2),
    File(agreed_to_talk, 3),
    File(on_desk(mediating, (1, three_classes), (1, bargain), (1, asks_who_looked), (1, meets(0, 14))), 5),
    File(drafted, 6),
    File(signed(1), 9),
    File(signed(-3), 14),
    File(signing_anew, 20),
    File(paid, 12),
    File(failed, 8),
    File(waiting_for_lawyer, 2),
    File(_with_lawyer(0, talking=False), 3),
    File(_with_lawyer(0, talking=True), 9),
    File(warned_red, 1, 33),
    *APPLICATIONS,
    *COURTS,
    *AUTHORITIES,
    *SPECIAL,
    File(on_desk(mediating, (1, meets(2, 9))), 12),
    File(on_desk(mediating, (1, meets(3, 10))), 10, 2),
    File(mediating_longer, 17),
    File(signed(0), 10),
    File(signed(3), 11),
    File(signed(14), 8),
    File(signed(-8), 22),
    File(signed(-1), 12),
    File(paying_by_month, 40),
    File(given_back, 4),
    File(waiting_for_lawyer, 6),
    File(registered, 2),
    File(registered, 6),
    File(asked, 4),
    File(asked, 8),
    File(mediating, 3, 11),
    File(_with_lawyer(1, talking=True), 12),
    File(_with_lawyer(3, talking=False), 4),
    File(on_desk(paying_by_month, (1, asks_for_a_copy)), 60, 6),
    File(drafted, 4),
    File(paid, 25),
    File(mediating, 7),
    File(waiting_for_lawyer, 3),
    File(signed(6), 7, 4),
    File(failed, 5),
)
"""The first ones, `NEEDED`, show every open state of dispute and legal aid, and every other procedure."""
NEEDED = 15 + len(APPLICATIONS) + len(COURTS) + len(AUTHORITIES) + len(SPECIAL)
