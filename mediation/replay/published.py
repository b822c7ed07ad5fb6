"""Published cases as they stand in the file: read strictly, never corrected. What a source did not say is None."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ..engine.ask_types import wrong
from ..engine.asks import sentence
from ..errors import BadInput, BrokenDefinition
from ..law.strict_yaml import MarkedDict, MarkedList, load
from ..money import fen
from .days import Published, read_published

Quality = Literal["exact", "over", "nearly", "about", "rounded_wan"]


def _money(value: Any) -> Any:
    """Yuan as written (a whole number or decimal text) to fen."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise wrong("金额应为数字（元）或 null。")
    try:
        return fen(value)
    except BadInput as error:
        raise wrong(error.sentence) from None


def _when(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | date | None):
        raise wrong("日期应写成 2026、2026-03、2026-03-05、--03-05、A..B、unknown 或 null。")
    return read_published(value)


def _count(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | None):
        raise wrong("人数应为整数或 null。")
    return value


def _words(value: Any) -> Any:
    if not isinstance(value, str) or not value.strip():
        raise wrong("应为文字，不能为空。")
    return value.strip()


Fen = Annotated[int | None, BeforeValidator(_money)]
Day = Annotated[Published, BeforeValidator(_when)]
Words = Annotated[str, BeforeValidator(_words)]


class Part(BaseModel):
    """Anything in the file. Keys that a replay does not use are kept and listed, not refused."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Sum(Part):
    """One published sum in fen; `value` None means not published."""

    value: Fen
    q: Quality | None = None
    note: Words | None = None


class Sums(Part):
    """Claimed, agreed, awarded and recovered are four different sums, never derived from each other."""

    claimed: Sum
    agreed: Sum
    awarded: Sum
    recovered: Sum
    already_paid: Sum | None = None
    per_person: dict[str, Fen] | None = None


class Count(Part):
    value: Annotated[int | None, BeforeValidator(_count), Field(ge=1, le=100_000)]
    q: Quality | None = None


class Sides(Part):
    workers: list[Words] = Field(default_factory=list)
    employers: list[Words] = Field(default_factory=list)
    others: list[Words] = Field(default_factory=list)


class Claim(Part):
    """One head of claim. `by` names the claimant where it is not the worker."""

    item: Words
    amount: Fen = None
    q: Quality | None = None
    kind: Words | None = None
    by: Words | None = None


class Moment(Part):
    """One dated event, retold in English."""

    date: Day
    event: Words
    year_inferred: int | None = None


class Instalment(Part):
    due: Day
    amount: Fen = None


class Formula(Part):
    name: Words
    inputs: dict[str, Any] = Field(default_factory=dict)


class Source(Part):
    date: Day = Field(default_factory=Published)


class Ending(Part):
    result: Words
    text: Words | None = None


class Case(Part):
    """One published case."""

    id: Words
    title: Words
    source: list[Source] = Field(min_length=1)
    parties: Sides
    channel: Words
    dispute_types: list[Words] = Field(default_factory=list)
    workers_count: Count
    timeline: list[Moment] = Field(default_factory=list)
    claims: list[Claim] = Field(default_factory=list)
    outcome: Ending
    amounts: Sums
    instalments: list[Instalment] = Field(default_factory=list)
    calc: list[Formula] = Field(default_factory=list)
    steps: list[Words] = Field(min_length=1)

    @property
    def unread(self) -> tuple[str, ...]:
        """Names of what stands in the case and in its sums but takes no part in a replay."""
        more = [f"amounts.{name}" for name in self.amounts.model_extra or ()]
        return (*(self.model_extra or ()), *more)


class Meta(Part):
    compiled: Day = Field(default_factory=Published)


class File(Part):
    meta: Meta = Field(default_factory=Meta)
    cases: list[Case] = Field(min_length=1)


def read_cases(path: Path, codes: Mapping[str, str]) -> File:
    """The cases of a file. BrokenDefinition lists every fault with line and path; `codes` are the known step codes."""
    raw = load(path)
    if not isinstance(raw, MarkedDict):
        raise BrokenDefinition([f"{path}:1: 应为含有 meta 和 cases 两项的一份案例文件"])
    try:
        found = File.model_validate(raw)
    except ValidationError as error:
        raise BrokenDefinition([_fault(raw, d["loc"], sentence(d)) for d in error.errors(include_url=False)]) from None
    faults = [*_unknown_steps(raw, found, codes), *_repeated_ids(raw, found)]
    if faults:
        raise BrokenDefinition(faults)
    return found


def _unknown_steps(raw: MarkedDict, found: File, codes: Mapping[str, str]) -> list[str]:
    return [
        _fault(raw, ("cases", c, "steps", s), f"没有“{code}”这个步骤编号，请核对写法。")
        for c, case in enumerate(found.cases)
        for s, code in enumerate(case.steps)
        if code not in codes
    ] + [
        _fault(raw, ("cases", c, "channel"), f"没有“{case.channel}”这个来源编号，请核对写法。")
        for c, case in enumerate(found.cases)
        if not (case.channel in codes and case.channel.startswith("IN_"))
    ]


def _repeated_ids(raw: MarkedDict, found: File) -> list[str]:
    ids = [case.id for case in found.cases]
    return [_fault(raw, ("cases", c, "id"), f"案例编号“{id}”重复。") for c, id in enumerate(ids) if ids.index(id) != c]


def _fault(raw: MarkedDict, loc: Sequence[int | str], words: str) -> str:
    """file:line: path: sentence. The line is the deepest one that exists on the way down."""
    at: Any = raw
    line, name, path = raw.line, "", ""
    for step in loc:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
        if not isinstance(at, MarkedDict | MarkedList):
            continue
        line = at.lines.get(step, line)  # type: ignore[arg-type]
        if isinstance(at, MarkedDict):
            at = at.get(str(step))
        else:
            at = at[step] if isinstance(step, int) and step < len(at) else None
        if isinstance(at, MarkedDict) and isinstance(at.get("id"), str):
            name = f"（{at['id']}）"
    return f"{raw.path}:{line}: {path.lstrip('.')}{name}: {words}"
