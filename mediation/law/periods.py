"""Legal periods as data: from which fact, how long, counted how, who may extend, and on which article this rests."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from mediation.law.doubts import Doubt, Doubts, reasons
from mediation.law.reading import RELIABLE, Row, gathered
from mediation.law.statutes import Statute, resolve

UNITS = ("natural_days", "working_days", "months", "years", "hours", "none")
KINDS = frozenset({"duty", "right", "effect", "design", "suspension", "practice"})
OFFICE = "office"
GROUPS = {
    "1.A": "协商与调解",
    "1.B": "支付令和执行",
    "1.C": "时效",
    "1.D": "劳动人事仲裁",
    "1.E": "民事诉讼",
    "1.F": "法律援助",
    "1.G": "工会劳动法律监督",
    "1.H": "劳动法上的期限",
    "1.I": "信访、热线、应急和信息安全",
    OFFICE: "本单位的工作目标（不是法律）",
}
"""The parts of the table of periods, with their titles."""


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time; `text` says it in Chinese."""

    length: int
    unit: str

    @property
    def text(self) -> str:
        names = {"natural_days": "日", "working_days": "个工作日", "months": "个月", "years": "年", "hours": "小时"}
        return f"{self.length}{names[self.unit]}"


@dataclass(frozen=True, slots=True)
class Counting:
    """The rules of counting that one family of periods follows, with the articles to name in the reasons.

    `roll_note`, `before_note` and `suspension_note` say honestly what no article fixes.
    """

    id: str
    title: str
    start: tuple[Statute, ...]
    hours: tuple[Statute, ...]
    months: tuple[Statute, ...]
    rolls: tuple[Statute, ...]
    workdays: tuple[Statute, ...]
    roll_note: str
    before_note: str
    suspension_note: str


@dataclass(frozen=True, slots=True)
class Extension:
    """Who may extend a running period. `cap` is the law's limit in `unit` (None: none set), `proposed_cap` is ours."""

    by: str
    unit: str
    cap: int | None
    proposed_cap: int | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A working value where the law gives no number, or none that was read. Never shown as law."""

    span: Span
    source: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Period:
    """One dated version of a period. `span` is None where the law gives no number; then `proposed` may stand in.

    `start` is the Chinese name of the fact that starts it, `group` the part of the law table or "office". Rows of kind
    design are internal targets and never law. `doubts` are the open points that touch the row itself, `comparators`
    what other places fixed. `in_force_from` is None where the day is not known. Hashes by id and date, so that it is a
    cheap cache key.
    """

    id: str
    group: str
    title: str
    kind: str
    start: str
    span: Span | None
    direction: str
    roll: bool
    counting: Counting
    cites: tuple[Statute, ...]
    source: str
    verified: bool
    in_force_from: date | None
    in_force_to: date | None = None
    extension: Extension | None = None
    proposed: Proposed | None = None
    ceiling: Span | None = None
    suspension: str | None = None
    who: str | None = None
    consequence: str | None = None
    basis: str | None = None
    note: str | None = None
    comparators: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def __hash__(self) -> int:
        return hash((self.id, self.in_force_from))

    @property
    def is_target(self) -> bool:
        """An internal target: no law asks for it."""
        return self.kind == "design"

    @property
    def is_law(self) -> bool:
        """Whether the law sets the length, or leaves it to the parties. False where only our proposed number stands."""
        return not self.is_target and not self.is_setting

    @property
    def is_setting(self) -> bool:
        """The law asks for the act and gives no number (or none was verified): the office's own number stands in."""
        return not self.is_target and self.span is None and self.proposed is not None

    @property
    def unverified_because(self) -> tuple[str, ...]:
        """The reasons, with those of the articles it rests on; empty when verified."""
        if self.is_target:
            return tuple(doubt.text for doubt in self.doubts)
        own = reasons(self.verified, self.source, self.note, self.doubts)
        return tuple(dict.fromkeys((*own, *(why for cite in self.cites for why in cite.unverified_because))))

    @property
    def working_span(self) -> Span | None:
        """The span to reckon with: the law's, else the proposed one."""
        return self.span or (self.proposed.span if self.proposed else None)

    def in_force(self, day: date) -> bool:
        return (self.in_force_from or date.min) <= day and (self.in_force_to is None or day <= self.in_force_to)


def read_counting(path: Path, statutes: Mapping[str, Statute], faults: list[str]) -> dict[str, Counting]:
    """The families of counting rules by id."""
    return {key: _counting(key, row, statutes) for key, row in gathered(path, "regimes", faults)}


def _counting(key: str, row: Row, statutes: Mapping[str, Statute]) -> Counting:
    counting = Counting(
        id=key,
        title=row.text("title"),
        start=resolve(row, "start", statutes),
        hours=resolve(row, "hours", statutes),
        months=resolve(row, "months", statutes),
        rolls=resolve(row, "rolls", statutes),
        workdays=resolve(row, "workdays", statutes),
        roll_note=row.text("roll_note"),
        before_note=row.text("before_note"),
        suspension_note=row.text("suspension_note"),
    )
    row.finish()
    return counting


def read_periods(
    place: Path, statutes: Mapping[str, Statute], counting: Mapping[str, Counting], doubts: Doubts, faults: list[str]
) -> dict[str, tuple[Period, ...]]:
    """All versions of all periods of a file or a folder of files, by id and by date."""
    found: dict[str, list[Period]] = {}
    for key, row in gathered(place, "periods", faults):
        period = _period(key, row, statutes, counting)
        if period is None:
            continue
        if any(_overlap(period, other) for other in found.get(key, [])):
            row.fault("的两个版本施行期间重叠，请核对 in_force_from 和 in_force_to")
        found.setdefault(key, []).append(_doubted(period, doubts.of(period.source, periods=key)))
    return {key: tuple(sorted(versions, key=lambda p: p.in_force_from or date.min)) for key, versions in found.items()}


def _doubted(period: Period, doubts: tuple[Doubt, ...]) -> Period:
    """Unverified where an open point touches the row or an article that it rests on."""
    shaken = doubts or not all(cite.verified for cite in period.cites)
    return replace(period, verified=False, doubts=doubts) if shaken else period


def _overlap(one: Period, other: Period) -> bool:
    begins = (one.in_force_from or date.min, other.in_force_from or date.min)
    ends = (one.in_force_to or date.max, other.in_force_to or date.max)
    return begins[0] <= ends[1] and begins[1] <= ends[0]


def _period(key: str, row: Row, statutes: Mapping[str, Statute], counting: Mapping[str, Counting]) -> Period | None:
    regime = row.choice("counting", tuple(counting) or ("civil",), "civil")
    if regime not in counting:
        return None
    source, verified = row.source()
    span, proposed = _span(row), _proposed(row)
    period = Period(
        id=key,
        group=row.choice("group", tuple(GROUPS)),
        title=row.text("title"),
        kind=_kind(row),
        start=row.text("start"),
        span=span,
        direction=row.choice("direction", ("after", "before"), "after"),
        roll=row.flag("roll", default=_rolls(row, span or (proposed.span if proposed else None))),
        counting=counting[regime],
        cites=resolve(row, "cites", statutes),
        source=source,
        verified=verified,
        in_force_from=row.since("in_force_from"),
        in_force_to=row.maybe_day("in_force_to"),
        extension=_extension(row),
        proposed=proposed,
        ceiling=_ceiling(row),
        suspension=row.maybe_text("suspension"),
        who=row.maybe_text("who"),
        consequence=row.maybe_text("consequence"),
        basis=row.maybe_text("basis"),
        note=row.maybe_text("note"),
        comparators=row.texts("comparators"),
    )
    row.finish()
    _check(period, row)
    return period


def _kind(row: Row) -> str:
    kind = row.text("kind")
    if kind and not KINDS.issuperset(kind.split("+")):
        row.fault(f"的 kind 应由下列组成（可用 + 连接）：{'、'.join(sorted(KINDS))}", "kind")
    return kind


def _span(row: Row) -> Span | None:
    length, unit = row.maybe_count("length"), row.choice("unit", UNITS, "none")
    if (length is None) != (unit == "none"):
        row.fault("的 length 与 unit 应同时写明，或同时不写（法律没有规定天数）", "unit")
        return None
    return None if length is None else Span(length, unit)


def _rolls(row: Row, span: Span | None) -> bool:
    """Periods that run forward in days, months or years end on a working day unless the row says otherwise."""
    return bool(span and span.length and span.unit != "hours") and row.node.get("direction") != "before"


def _extension(row: Row) -> Extension | None:
    inner = row.row("extension")
    if inner is None:
        return None
    extension = Extension(
        by=inner.text("by"),
        unit=inner.choice("unit", UNITS[:4]),
        cap=inner.maybe_count("cap"),
        proposed_cap=inner.maybe_count("proposed_cap"),
        note=inner.maybe_text("note"),
    )
    inner.finish()
    return extension


def _proposed(row: Row) -> Proposed | None:
    inner = row.row("proposed")
    if inner is None:
        return None
    source, verified = inner.source()
    if verified:
        inner.fault("是建议值，来源不能是 S 或 L", "source")
    span = _span(inner)
    if span is None:
        inner.fault("缺少 length 和 unit")
    note = inner.maybe_text("note")
    inner.finish()
    return Proposed(span, source, note) if span else None


def _ceiling(row: Row) -> Span | None:
    inner = row.row("ceiling")
    if inner is None:
        return None
    span = _span(inner)
    inner.finish()
    return span


def _check(period: Period, row: Row) -> None:
    if not period.is_target and not row.texts("cites"):
        row.fault("没有法条依据，请在 cites 写明", "cites")
    if period.is_target and not period.cites and not period.basis:
        row.fault("是内部目标，请在 basis 写明由来", "basis")
    if period.span and period.proposed:
        row.fault("已有法定天数，不能再写建议值", "proposed")
    if period.span and not period.is_target and not RELIABLE & set(period.source.split("/")):
        row.fault("的天数没有核实的来源，请改写在 proposed", "length")
    if period.direction == "before" and period.roll:
        row.fault("是往回数的期限，不得顺延（roll: true）", "roll")
    if not period.verified and not period.note and not period.is_target:
        row.fault("未经核实，请在 note 写明缘由")
    for cite in period.cites:
        if cite.in_force_to and cite.in_force_to < (period.in_force_from or date.min):
            row.fault(f"施行时，所引“{cite.id}”已经失效", "cites")
