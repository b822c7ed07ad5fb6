"""Rows of the law as plain data and in words: the same for the command, the API and the pages."""

from collections.abc import Iterable
from typing import Any

from mediation.law.amounts import Amount
from mediation.law.doubts import Doubt
from mediation.law.periods import Extension, Period, Span
from mediation.law.statutes import Statute

KINDS = {
    "duty": "应当办理",
    "right": "权利窗口",
    "effect": "到期发生效果",
    "design": "内部目标",
    "suspension": "不计入的时间",
    "practice": "地方做法",
}
TOUCHED = {
    "instruments": "法律文件",
    "articles": "条文",
    "periods": "期限",
    "amounts": "数额",
    "calendars": "年份",
    "formulas": "计算公式",
    "sources": "来源标记",
    "topics": "其他",
}


def span_text(span: Span) -> str:
    if not span.length:
        return "当日"
    return span.text + ("（自然日）" if span.unit == "natural_days" else "")


def length_text(period: Period) -> str:
    """How long a period is, and whether the law says so."""
    if period.working_span is None:
        return "没有天数，以约定、写明的日期或事由为准"
    length = ("之前" if period.direction == "before" else "") + span_text(period.working_span)
    return f"{length}，本单位设定（法律没有规定天数）" if period.is_setting else length


def kind_text(period: Period) -> str:
    return "、".join(KINDS[kind] for kind in period.kind.split("+"))


def extension_text(extension: Extension) -> str:
    limit = ""
    if extension.cap is not None:
        limit = f"，最多{Span(extension.cap, extension.unit).text}"
    elif extension.proposed_cap is not None:
        limit = f"，法律没有上限，本单位以{Span(extension.proposed_cap, extension.unit).text}为限"
    return f"{extension.by}{limit}" + (f"（{extension.note}）" if extension.note else "")


def amount_text(amount: Amount) -> str:
    return f"{amount.value}{amount.unit}"


def touched_text(doubt: Doubt) -> str:
    """What an open point touches, by kind."""
    named = (f"{TOUCHED[kind]}：{'、'.join(ids)}" for kind, ids in doubt.touches.items() if ids)
    return "；".join(named)


def plain_statute(statute: Statute) -> dict[str, Any]:
    return {
        "id": statute.id,
        "law": statute.law,
        "article": statute.article,
        "text": statute.text,
        "gist": statute.gist,
        "in_force_from": statute.in_force_from,
        "in_force_to": statute.in_force_to,
        "reviewed_on": statute.reviewed_on,
        "source": statute.source,
        "verified": statute.verified,
        "note": statute.note,
        "unverified_because": statute.unverified_because,
    }


def plain_period(period: Period) -> dict[str, Any]:
    """`law` false: our own number; then `setting` tells a number standing in for one the law does not give."""
    span = period.working_span
    return {
        "id": period.id,
        "group": period.group,
        "title": period.title,
        "kind": period.kind,
        "starts": period.start,
        "length": span.length if span else None,
        "unit": span.unit if span else None,
        "text": length_text(period),
        "law": period.is_law,
        "setting": period.is_setting,
        "direction": period.direction,
        "rolls": period.roll,
        "counting": period.counting.title,
        "extension": extension_text(period.extension) if period.extension else None,
        "suspension": period.suspension,
        "who": period.who,
        "consequence": period.consequence,
        "cites": [cite.id for cite in period.cites],
        "in_force_from": period.in_force_from,
        "in_force_to": period.in_force_to,
        "source": period.source,
        "verified": not period.unverified_because,
        "unverified_because": period.unverified_because,
        "basis": period.basis,
        "note": period.note,
        "comparators": period.comparators,
    }


def plain_amount(amount: Amount) -> dict[str, Any]:
    return {
        "key": amount.key,
        "title": amount.title,
        "value": str(amount.value),
        "unit": amount.unit,
        "place": amount.place,
        "from": amount.in_force_from,
        "to": amount.in_force_to,
        "cites": [cite.id for cite in amount.cites],
        "source": amount.source,
        "verified": amount.verified,
        "unverified_because": amount.unverified_because,
        "note": amount.note,
    }


def plain_doubt(doubt: Doubt) -> dict[str, Any]:
    return {
        "id": doubt.id,
        "number": doubt.number,
        "title": doubt.title,
        "reason": doubt.reason,
        "mark": doubt.mark,
        "touches": {kind: list(ids) for kind, ids in doubt.touches.items() if ids},
    }


def found_in(text: str, parts: Iterable[str | None]) -> bool:
    """Whether every word of a search stands somewhere in the parts; case does not matter."""
    whole = "\n".join(part for part in parts if part).casefold()
    return all(word in whole for word in text.casefold().split())
