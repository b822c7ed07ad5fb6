"""From when the limitation of one demand is taken to run: the earliest day that the file supports, and what is assumed.

Where the file says too little, the day is chosen so that the clock warns too early rather than too late, and the
assumption is shown (LMA 27; capability "one-year limit as a clock from day one").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..law.limitation import Start
from ..law.reckoning import add_months
from ..law.workdays import DAY

WINDOW_MONTHS = 11
"""Double wage is owed for at most eleven months (LCLR 7, BJQA 41)."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the file says about one demand. `employed` None: nobody has said whether the worker still works there."""

    head: str
    from_on: date | None
    until_on: date | None
    since_on: date | None
    received_on: date
    employed: bool | None
    ended_on: date | None


def starting(told: Told, rule: Mapping[str, str]) -> Start:
    """The start for a demand whose head has this rule (codes/limitation_heads)."""
    kind = rule.get("kind", "ordinary")
    doubts = tuple(rule[name] for name in ("doubt", "late") if name in rule)
    if kind == "wages":
        return _wages(told, doubts)
    if rule.get("since") == "ended" and told.ended_on is not None:
        return Start(kind, told.ended_on, f"劳动关系于{told.ended_on.isoformat()}终止，权利自此产生", doubts)
    return _earliest(told, kind, doubts)


def _wages(told: Told, doubts: tuple[str, ...]) -> Start:
    """LMA 27(4): no year runs while employed; from the end of the employment it does."""
    if told.ended_on is not None:
        why = f"劳动关系于{told.ended_on.isoformat()}终止，拖欠劳动报酬自此起算一年"
        return Start("wages", told.ended_on, why, doubts)
    if told.employed:
        return Start(
            "wages", None, "劳动者仍在职：劳动关系存续期间拖欠劳动报酬的，不受一年时效限制；离职之日起计算一年", doubts
        )
    unknown = "没有登记劳动者是否在职，从严假定已经离职、自欠付时起算；仍在职的请在当事人中登记，时效即不计算"
    return _earliest(told, "ordinary", (*doubts, unknown))


def _earliest(told: Told, kind: str, doubts: tuple[str, ...]) -> Start:
    known = [day for day in (told.from_on, told.since_on) if day is not None]
    if not known:
        why = f"没有登记从何时起，暂自收到申请之日{told.received_on.isoformat()}起算"
        late = "实际起算日只会更早，时效可能已经届满：请尽快问清权利何时受到侵害，并登记起止日期"
        return Start(kind, told.received_on, why, (*doubts, late))
    day = min(known)
    source = "请求的起始日" if day == told.from_on else "登记的事情发生之日"
    assumed = f"从严假定{day.isoformat()}（{source}）已经知道权利被侵害；更晚才知道的，凭证据主张"
    return Start(kind, day, f"自{source}{day.isoformat()}起算", (*doubts, assumed))


def window_of(told: Told, today: date) -> tuple[date, date] | None:
    """The days for which double wage is asked; None where the first is not known."""
    if told.from_on is None:
        return None
    longest = add_months(told.from_on, WINDOW_MONTHS) - DAY
    last = min(day for day in (told.until_on, told.ended_on, longest, today) if day is not None)
    return told.from_on, max(last, told.from_on)
