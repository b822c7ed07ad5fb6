"""Files that are open today, one script for each thing that may lie on a desk this morning.

Their days are counted back from today, so that whatever is urgent is urgent on the day of the demonstration.
"""

from collections.abc import Sequence

from .aid import APPLICATIONS, Waiting, accepted
from .desk import Folder, Script
from .routes import broken_off


def _signed(folder: Folder, ago: int, due: int) -> Script:
    """One payment of the whole sum; `due` days from today (negative: before today)."""
    yield from accepted(folder, ago)
    yield folder.town.before(ago - 2)
    folder.session("ready")
    left = (folder.town.until - folder.town.clock.today()).days
    folder.draft(folder.promises(folder.asked, [max(0, left + due)]))
    folder.sign()


def registered(folder: Folder, _: int) -> Script:
    folder.note("call", "来电补充了工资条照片，待整理。")
    return iter(())


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


def _due(days: int) -> Waiting:
    def script(folder: Folder, ago: int) -> Script:
        return _signed(folder, ago, days)

    return script


def paying_by_month(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    yield folder.town.before(ago - 3)
    month = folder.asked // (300 * len(folder.workers)) * 100 * len(folder.workers)
    folder.draft(folder.promises(month * 3, [25, 55, 85]))
    folder.sign()
    yield folder.town.before(ago - 22)
    folder.pay(month)


def signing_anew(folder: Folder, ago: int) -> Script:
    yield from _signed(folder, ago, -6)
    yield folder.town.before(2)
    folder.draft(folder.promises(folder.asked, [15, 45]), "agree_anew")


def paid(folder: Folder, ago: int) -> Script:
    yield from _signed(folder, ago, -1)
    yield folder.town.before(ago - 4)
    folder.pay(folder.asked)


def failed(folder: Folder, ago: int) -> Script:
    yield from accepted(folder, ago)
    yield folder.town.before(1)
    broken_off(folder)


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


OPEN: Sequence[tuple[Waiting, int, int]] = (
    (registered, 1, 1),
    (warned, 1, 1),
    (asked, 2, 1),
    (agreed_to_talk, 3, 1),
    (mediating, 5, 1),
    (drafted, 6, 1),
    (_due(1), 9, 1),
    (_due(-3), 14, 1),
    (signing_anew, 20, 1),
    (paid, 12, 1),
    (failed, 8, 1),
    (waiting_for_lawyer, 2, 1),
    (_with_lawyer(0, talking=False), 3, 1),
    (_with_lawyer(0, talking=True), 9, 1),
    (warned_red, 1, 33),
    *APPLICATIONS,
    (mediating, 12, 1),
    (mediating, 10, 2),
    (mediating_longer, 17, 1),
    (_due(0), 10, 1),
    (_due(3), 11, 1),
    (_due(14), 8, 1),
    (_due(-8), 22, 1),
    (_due(-1), 12, 1),
    (paying_by_month, 40, 1),
    (given_back, 4, 1),
    (waiting_for_lawyer, 6, 1),
    (registered, 2, 1),
    (registered, 6, 1),
    (asked, 4, 1),
    (asked, 8, 1),
    (mediating, 3, 11),
    (_with_lawyer(1, talking=True), 12, 1),
    (_with_lawyer(3, talking=False), 4, 1),
    (paying_by_month, 60, 6),
    (drafted, 4, 1),
    (paid, 25, 1),
    (mediating, 7, 1),
    (waiting_for_lawyer, 3, 1),
    (_due(6), 7, 4),
    (failed, 5, 1),
)
"""(script, days since it came in, workers): the first ones show every open state of both workflows."""
