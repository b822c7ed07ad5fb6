"""The one list of menu entries. A page that belongs in the menu adds itself here."""

from dataclasses import dataclass

from mediation.people.actor import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """One menu entry, shown to everybody with one of these roles anywhere."""

    path: str
    title: str
    roles: tuple[str, ...]


ENTRIES = (
    Entry("/today", "今天", ("mediator",)),
    Entry("/cases", "我的案件", ("mediator",)),
    Entry("/intake", "登记", ("mediator", "clerk")),
    Entry("/queue", "律师案件池", ("lawyer",)),
    Entry("/today", "今天", ("lawyer",)),
    Entry("/overdue", "逾期督办", ("supervisor",)),
    Entry("/cases", "案件", ("supervisor", "lawyer", "clerk")),
    Entry("/approvals", "待审核", ("supervisor",)),
    Entry("/orders", "督办台账", ("supervisor",)),
    Entry("/handovers", "移交", ("supervisor",)),
    Entry("/employers", "用人单位", ("supervisor",)),
    Entry("/reviews", "紧急查阅复核", ("supervisor",)),
    Entry("/receipts", "到账报表", ("supervisor",)),
    Entry("/referrals", "转办统计", ("supervisor",)),
    Entry("/outcomes", "结果统计", ("supervisor",)),
    Entry("/meetings", "调解会", ("mediator", "clerk", "supervisor")),
    Entry("/calculator", "计算器", ("mediator", "lawyer", "supervisor", "clerk")),
    Entry("/admin", "组织和人员", ("administrator",)),
    Entry("/inbox", "收件箱", ("mediator", "lawyer", "supervisor", "clerk", "administrator")),
    Entry("/workflows", "流程图", ("mediator", "lawyer", "supervisor", "clerk")),
)
"""In the order of the menu; the first entry a person may see is their first page."""


def entries_for(actor: Actor) -> list[Entry]:
    """In the order of the menu; a page that several roles know by different names stands there once."""
    shown: dict[str, Entry] = {}
    for entry in ENTRIES:
        if actor.has(*entry.roles):
            shown.setdefault(entry.path, entry)
    return list(shown.values())
