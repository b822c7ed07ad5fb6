"""The words of a reminder: which case, what is due when, how long that is, whether the law says so, why, what to do."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from ..deadlines.models import Deadline
from ..procedures.applications.kinds import DEADLINES
from ..procedures.applications.standing import ready_for
from ..runtime import Runtime
from .judge import Due

LATE = timedelta(hours=1)
WEEKDAYS = "一二三四五六日"


def day_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


def instant_words(at: datetime) -> str:
    return f"{day_words(at)}{at:%H:%M}"


def left_words(runtime: Runtime, deadline: Deadline, now: datetime) -> str:
    """How long is left, or how long it has been over: 还有3天（其中2个工作日）, 今天到期, 已超期1天."""
    if deadline.due_at is not None:
        return _hours(deadline.due_at - now)
    left = (deadline.legal_due - now.date()).days
    if left == 0:
        return "今天到期"
    if left < 0:
        return f"已超期{-left}天"
    working = runtime.law.calendar.count_working(now.date(), deadline.legal_due)
    return f"还有{left}天（其中{working}个工作日）"


def _hours(left: timedelta) -> str:
    hours = abs(left) // timedelta(hours=1)
    if hours == 0:
        return "不到1小时即到期" if left > timedelta(0) else "刚刚到期"
    return f"还有{hours}小时" if left > timedelta(0) else f"已超期{hours}小时"


def nature_words(deadline: Deadline) -> str:
    """Whether the law, the office or the parties set the day; and what is not certain about it."""
    if deadline.period is None:
        words = "当事人约定的日期" if deadline.subject else "约定或指定的日期"
    else:
        words = "法定期限" if deadline.legal else "内部工作期限，不是法定期限"
    if deadline.provisional:
        words += "；暂定，所涉年份的放假安排尚未公布，日期可能变动"
    return words if deadline.verified else words + "；依据尚未核实"


def subject(runtime: Runtime, due: Due, now: datetime) -> str:
    """Without the label of the row, which may name a worker."""
    definition = runtime.machine(due.workflow, due.version).definition
    rule = definition.deadlines.get(due.deadline.name)
    title = rule.title if rule else due.deadline.title.partition("：")[0]
    return f"【期限提醒】{due.case_number} {title} {left_words(runtime, due.deadline, now)}"


def body(session: Session, runtime: Runtime, due: Due, now: datetime, note: str) -> str:
    """`note` stands on top: why the reader is told although the reminder was meant for somebody else."""
    return "\n".join([*_lines(runtime, due, now, note), *_papers(session, runtime, due, now)])


def _papers(session: Session, runtime: Runtime, due: Due, now: datetime) -> Iterable[str]:
    """The applications that can be drafted now from the file; for a promise only once its day is over."""
    name = due.deadline.name
    if due.workflow != "dispute" or name not in DEADLINES:
        return
    if name == "promise_due" and due.deadline.legal_due >= now.date():
        return
    ready = ready_for(session, runtime, due.deadline.case_id, name)
    if ready:
        titles = "、".join(f"《{p.title}》{'（须先查明有关情况）' if p.state == 'uncertain' else ''}" for p in ready)
        yield f"申请书：{titles}已可按卷宗一键生成，在案件页面的“全部申请书”中；由当事人核对、签名后自行提交。"


def _lines(runtime: Runtime, due: Due, now: datetime, note: str) -> Iterable[str]:
    deadline = due.deadline
    if note:
        yield note
    yield f"案件：{due.case_number}"
    yield f"期限：{deadline.title}"
    yield f"届满：{instant_words(deadline.due_at) if deadline.due_at else day_words(deadline.legal_due)}"
    yield f"现在：{left_words(runtime, deadline, now)}"
    yield f"性质：{nature_words(deadline)}"
    yield f"理由：{_why(deadline)}"
    state = runtime.machine(due.workflow, due.version).definition.states[due.state]
    yield f"下一步：案件现在是“{state.title}”。{state.help}"
    if now - due.reminder.remind_at > LATE:
        yield f"本提醒原定于{instant_words(due.reminder.remind_at)}发出，发出迟了。"


def _why(deadline: Deadline) -> str:
    """The reasons as they were frozen with the deadline; articles stand in them."""
    return "；".join(json.loads(deadline.explanation)["reasons"])
