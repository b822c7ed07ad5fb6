"""The Chinese sentences that explain a reckoned date. What they cite comes from the law files, never from here."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby

from mediation.law.periods import Extension, Period, Span
from mediation.law.statutes import Statute
from mediation.law.workdays import Workdays

WEEKDAYS = "一二三四五六日"


def day_text(day: date, near: date | None = None) -> str:
    """10月8日, with the year when it is not the year of `near`."""
    short = f"{day.month}月{day.day}日"
    return short if near is not None and near.year == day.year else f"{day.year}年{short}"


def with_weekday(day: date, near: date | None = None) -> str:
    return f"{day_text(day, near)}（周{WEEKDAYS[day.weekday()]}）"


def quoted(cites: Iterable[Statute]) -> str:
    """《人民调解法》第三十一条、《企业劳动争议协商调解规定》第十六条第三项、第十七条第三项: a law once in a row."""
    laws = [list(group) for _, group in groupby(cites, lambda cite: cite.short)]
    return "、".join("、".join([law[0].text, *(cite.article for cite in law[1:])]) for law in laws)


def basis(period: Period) -> str:
    """On what the period rests: the law, the office's setting, an agreement, or an internal target."""
    return _office_basis(period) if period.is_target else _law_basis(period)


def doubts(period: Period) -> tuple[str, ...]:
    return tuple(f"待核实：{why}" for why in period.unverified_because)


def _law_basis(period: Period) -> str:
    law = quoted(period.cites)
    if period.span is not None:
        return f"依{law}，期限为{_span_text(period.span)}" if period.span.length else f"依{law}，当日起算"
    if period.proposed is None:
        return f"依{law}，没有法定天数，以约定或写明的日期为准"
    return f"依{law}，{_setting(_span_text(period.proposed.span), period.proposed.source)}，不是法定期限"


def _setting(value: str, source: str) -> str:
    if source == "D":
        return f"法律没有规定天数（或没有核到）；{value}是本单位设定"
    seen = {"M": "凭记忆", "B": "只见二手卡片", "P": "只见网页片段"}
    where = "、".join(seen[tag] for tag in source.split("/") if tag in seen)
    return f"没有核到法定天数；{value}{where}、尚未核实，只作本单位设定"


def _office_basis(period: Period) -> str:
    span = period.working_span
    length = _span_text(span) if span else "未设天数"
    return f"内部工作目标：{length}，不是法定期限（{period.basis or '参照' + quoted(period.cites)}）"


def _span_text(span: Span) -> str:
    if not span.length:
        return "当日"
    return span.text + ("（自然日）" if span.unit == "natural_days" else "")


def lead(period: Period, span: Span, start: date, due: date) -> str:
    """Where the counting begins and how far it goes."""
    day = day_text(start, due)
    if not span.length:
        return f"{day}{period.start}，以当日为准"
    if period.direction == "before":
        return f"自{day}{period.start}（当日不计）往回数{span.text}"
    return f"自{day}{period.start}次日起算{span.text}"


def extended(rule: Extension, span: Span, nominal_due: date, due: date) -> str:
    return f"{rule.by}，自原届满日（顺延前）{day_text(nominal_due, due)}再加{span.text}"


def extension_limits(rule: Extension, total: int) -> tuple[str, ...]:
    if rule.cap is not None:
        return (f"累计延长{Span(total, rule.unit).text}，上限为{Span(rule.cap, rule.unit).text}",)
    if rule.proposed_cap is not None and total > rule.proposed_cap:
        ours = Span(rule.proposed_cap, rule.unit).text
        return (f"累计延长{Span(total, rule.unit).text}，超过本单位建议上限{ours}（法律未设上限），请记明理由",)
    return ()


def resumed(lost: Span, suspended_on: date, resumed_on: date, nominal_due: date) -> str:
    back, old = day_text(resumed_on, suspended_on), day_text(nominal_due, suspended_on)
    stopped = day_text(suspended_on, resumed_on)
    return f"{stopped}中止，{back}恢复，其间{lost.text}不计入，原届满日（顺延前）{old}相应后移"


def restarted(on: date, because: str, cites: tuple[Statute, ...]) -> str:
    law = f"（{quoted(cites)}）" if cites else ""
    return f"{day_text(on)}{because}{law}，此前经过的期间不再计算，自次日起重新计算完整期间"


def fixed(due: date) -> str:
    return f"以写明的日期{with_weekday(due)}为届满日，不因休息日顺延；另有约定的从其约定"


def hours(span: Span, period: Period, start: datetime, due: datetime) -> str:
    return f"自{_instant(start)}{period.start}起算{span.text}，至{_instant(due)}"


def _instant(at: datetime) -> str:
    return f"{day_text(at)}{at:%H:%M}"


def end(period: Period, nominal: date, legal: date, start: date, calendar: Workdays) -> str:
    """The last day, and whether and to which day it rolls."""
    day = day_text(nominal, start)
    if nominal != legal:
        return f"末日{day}为{_rest_name(nominal, calendar)}，顺延至{day_text(legal, nominal)}"
    if period.direction == "before":
        return f"至{with_weekday(nominal, start)}"
    return f"末日{with_weekday(nominal, start)}"


def end_details(nominal: date, legal: date, calendar: Workdays) -> tuple[str, ...]:
    """Why the last day rolls, or why a Saturday or Sunday does not."""
    if nominal == legal:
        if not calendar.is_makeup(nominal):
            return ()
        return (f"末日{with_weekday(nominal)}为调休上班日，不顺延{_notices(nominal, nominal, calendar)}",)
    breaks = [f"{text}为{name}" for text, name in _holiday_runs(nominal, legal, calendar)]
    first = f"{with_weekday(legal, nominal)}为其后首个工作日{_notices(nominal, legal, calendar)}"
    return ("，".join([*breaks, first]),)


def working_details(first: date, last: date, calendar: Workdays) -> tuple[str, ...]:
    """The holidays skipped and the make-up days counted from `first` to `last`."""
    skipped = [f"{text}为{name}，不计入" for text, name in _holiday_runs(first, last, calendar)]
    counted = [f"{with_weekday(day, first)}为调休上班日，计入" for day in calendar.makeups(first, last)]
    weekends = "其余周六、周日不计入" if _has_weekend(first, last, calendar) else "期间没有其他周末"
    return (*skipped, *counted, f"{weekends}{_notices(first, last, calendar)}")


def _has_weekend(first: date, last: date, calendar: Workdays) -> bool:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return any(day.weekday() > 4 and not calendar.holiday(day) and not calendar.is_makeup(day) for day in days)


def rules(period: Period, span: Span, rolled_over: Iterable[date], calendar: Workdays) -> tuple[str, ...]:
    """The rules of counting that were used, with their articles; then what no article fixes."""
    counting = period.counting
    used = [f"起算当日不计入（{quoted(counting.start)}）"] if span.length else []
    if span.unit in ("months", "years"):
        used.append(f"到期月没有对应日的，以月末日为末日（{quoted(counting.months)}）")
    if span.unit == "working_days":
        used.append(f"工作日按放假安排确定（{quoted(counting.workdays)}）")
    days = tuple(rolled_over)
    if days:
        used.append(f"末日为休息日的顺延（{quoted(counting.rolls)}）")
    notes = [counting.roll_note] if any(not calendar.is_statutory(day) for day in days) else []
    notes += [counting.before_note] if period.direction == "before" and span.unit == "working_days" else []
    return (*(["；".join(used)] if used else []), *notes)


def provisional(missing: tuple[int, ...], calendar: Workdays) -> str:
    newest = max(calendar.calendars, default=0)
    years = "、".join(str(year) for year in missing)
    if missing[-1] > newest:
        return f"{years}年放假安排尚未公布或尚未录入，暂按周一至周五为工作日推算，公布后须重算"
    return f"{years}年放假安排没有录入，暂按周一至周五为工作日推算，补录后须重算"


def _rest_name(day: date, calendar: Workdays) -> str:
    holiday = calendar.holiday(day)
    return f"{holiday.name}假期" if holiday else f"周{WEEKDAYS[day.weekday()]}"


def _holiday_runs(first: date, last: date, calendar: Workdays) -> list[tuple[str, str]]:
    """("10月1日至7日", "国庆节假期") for each unbroken run of holidays that touches the days from first to last."""
    runs = []
    for holiday in calendar.holidays(first, last):
        for _, group in groupby(enumerate(holiday.days), lambda pair: pair[1] - timedelta(days=pair[0])):
            days = [day for _, day in group]
            runs.append((_run_text(days[0], days[-1], first), f"{holiday.name}假期"))
    return runs


def _run_text(first: date, last: date, near: date) -> str:
    if first == last:
        return day_text(first, near)
    until = f"{last.day}日" if last.month == first.month else day_text(last, first)
    return f"{day_text(first, near)}至{until}"


def _notices(first: date, last: date, calendar: Workdays) -> str:
    found = calendar.notices(first, last)
    return f"（放假安排见{'、'.join(found)}）" if found else ""
