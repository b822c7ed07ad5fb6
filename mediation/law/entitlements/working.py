"""A formula, the sheet it writes its steps on, and the finished result with everything that led to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from mediation.errors import BadInput
from mediation.law.amounts import Amount
from mediation.law.doubts import Doubt
from mediation.law.entitlements.fields import Inputs
from mediation.law.entitlements.sums import ROUNDING, number_text, rounded, sum_text
from mediation.law.statutes import Statute
from mediation.law.wording import quoted
from mediation.law.workdays import Workdays
from mediation.money import yuan_grouped

CAUTION = "算出的金额不等于应得的金额：能否支持，取决于是否具备法定条件、事实和证据，由调解、仲裁或法院认定。"
NATIONWIDE = "全国"


class Law(Protocol):
    """What a formula needs of the law book."""

    def amount(self, key: str, as_of: date) -> Amount: ...
    def statute(self, id: str) -> Statute: ...
    @property
    def calendar(self) -> Workdays: ...
    @property
    def doubts(self) -> Mapping[str, Doubt]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of the working. `adds` is what it contributes to the sum, exact, in yuan; None: nothing."""

    text: str
    adds: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """A legal amount that was used: which value held on which day, and where it was read."""

    key: str
    title: str
    value: str
    unit: str
    place: str
    on: date
    in_force_from: date
    source: str
    unverified_because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that was found on the way: the base, the months, the days."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """The share of the sum that belongs to one head of demand, in fen."""

    head: str
    amount: int


@dataclass(frozen=True, slots=True)
class Worked:
    """The result. `amount` and `range` (low, high) in fen.

    `amount` is None where the law leaves the sum open within the range, and where the result is no sum of money: then
    `answer` says it. `parts` add up to the amount; formulas that fill no demand have none.
    """

    formula: str
    version: int
    title: str
    amount: int | None
    range: tuple[int, int] | None
    answer: str
    parts: tuple[Part, ...]
    figures: tuple[Figure, ...]
    steps: tuple[Step, ...]
    articles: tuple[Statute, ...]
    rounding: str
    uncertain: tuple[str, ...]
    parameters: tuple[Used, ...]
    caution: str = CAUTION

    @property
    def rule(self) -> str:
        return f"{self.formula}@{self.version}"

    def figure(self, name: str) -> str:
        """The text of a figure; KeyError where the working has none of this name."""
        return {figure.name: figure.text for figure in self.figures}[name]


class Working:
    """The sheet on which one calculation is written. `as_of` overrides the day whose amounts a rule would take."""

    def __init__(self, law: Law, head: str | None, today: date, as_of: date | None) -> None:
        self.law, self.head, self.today, self.as_of = law, head, today, as_of
        self.steps: list[Step] = []
        self.cites: dict[str, Statute] = {}
        self.doubts: dict[str, None] = {}
        self.used: dict[tuple[str, date], Used] = {}
        self.figures: list[Figure] = []
        self.heads: dict[str, Fraction] = {}
        self.bounds: tuple[Fraction, Fraction] | None = None
        self.answer: str | None = None
        self.title: str | None = None

    @property
    def total(self) -> Fraction:
        return sum((step.adds for step in self.steps if step.adds is not None), Fraction(0))

    def say(self, text: str) -> None:
        self.steps.append(Step(text))

    def add(self, text: str, value: Fraction, head: str | None = None) -> None:
        """A step that contributes to the sum, under the formula's own head of demand unless told."""
        self.steps.append(Step(text, value))
        name = head or self.head
        if name is not None:
            self.heads[name] = self.heads.get(name, Fraction(0)) + value

    def subtract_paid(self, paid: Fraction) -> None:
        """Take off what was paid already, never below zero."""
        if not paid:
            return
        if paid > self.total:
            self.say(f"已付{sum_text(paid)}，超过应付{sum_text(self.total)}，没有差额")
        self.add(f"减去已付{sum_text(min(paid, self.total))}", -min(paid, self.total))

    def doubt(self, text: str) -> None:
        """Something the law or the data leaves open; told once."""
        self.doubts.setdefault(text)

    def cite(self, *ids: str) -> None:
        for id in ids:
            self.cites[id] = self.law.statute(id)

    def figure(self, name: str, title: str, value: Fraction | str) -> None:
        """A number found on the way, or the text of a sum or a day."""
        self.figures.append(Figure(name, title, value if isinstance(value, str) else number_text(value)))

    def between(self, low: Fraction, high: Fraction) -> None:
        """The result lies in this range (yuan)."""
        self.bounds = (min(low, high), max(low, high))

    def amount(self, key: str, on: date) -> Fraction:
        """The legal amount of a day. BadInput that names it where no value holds that day."""
        return self._take(key, self.as_of or on)

    def of_last_year(self, key: str, on: date) -> Fraction:
        """A statistic of the calendar year before a day, as the rules on work injury take it."""
        return self._take(key, date((self.as_of or on).year - 1, 12, 31))

    def _take(self, key: str, day: date) -> Fraction:
        found = self.law.amount(key, day)
        self.used[key, day] = Used(
            key=key,
            title=found.title,
            value=str(found.value),
            unit=found.unit,
            place=found.place,
            on=day,
            in_force_from=found.in_force_from,
            source=found.source,
            unverified_because=found.unverified_because,
        )
        return Fraction(found.value)

    def find(self, key: str, on: date, without: str) -> Fraction | None:
        """The same; where no value holds that day None, and `without` says among the doubts what was not checked."""
        try:
            return self.amount(key, on)
        except BadInput as error:
            self.doubt(f"待核实：{error.sentence}；{without}")
            return None

    def _unverified(self, formula: str) -> None:
        for used in self.used.values():
            if used.unverified_because:
                why = "；".join(used.unverified_because)
                self.doubt(f"待核实：{used.title}{used.value}{used.unit}（来源标记{used.source}）。{why}")
        doubtful = [cite for cite in self.cites.values() if not cite.verified]
        if doubtful:
            self.doubt(f"待核实：{quoted(doubtful)}的条文没有核对原文，使用前请核对")
        for point in self.law.doubts.values():
            if point.mark == "open" and formula in point.touches.get("formulas", ()):
                self.doubt(f"待核实：{point.text}")
        self._local()

    def _local(self) -> None:
        places: dict[str, dict[str, None]] = {}
        for used in self.used.values():
            if used.place != NATIONWIDE:
                places.setdefault(used.place, {})[used.title] = None
        for place, titles in places.items():
            self.doubt(f"{'、'.join(titles)}用的是{place}的数值；用人单位不在{place}的，须换用当地标准")

    def finish(self, formula: "Formula") -> Worked:
        self._unverified(formula.id)
        amount = None if self.answer is not None else rounded(self.total)
        bounds = (rounded(self.bounds[0]), rounded(self.bounds[1])) if self.bounds else None
        return Worked(
            formula=formula.id,
            version=formula.version,
            title=self.title or formula.title,
            amount=amount,
            range=bounds,
            answer=self.answer or f"{yuan_grouped(amount or 0)}元",
            parts=() if amount is None else self._parts(amount),
            figures=tuple(self.figures),
            steps=tuple(self.steps),
            articles=tuple(self.cites.values()),
            rounding=ROUNDING + self._difference(amount),
            uncertain=tuple(self.doubts),
            parameters=tuple(self.used.values()),
        )

    def _parts(self, amount: int) -> tuple[Part, ...]:
        """The last part takes the cent that rounding each for itself would lose or gain."""
        heads = list(self.heads.items())
        parts = [Part(head, rounded(value)) for head, value in heads[:-1]]
        rest = amount - sum(part.amount for part in parts)
        return (*parts, Part(heads[-1][0], rest)) if heads else ()

    def _difference(self, amount: int | None) -> str:
        if amount is None:
            return "。"
        exact = self.total == Fraction(amount, 100)
        return "；本次没有舍入。" if exact else f"；舍入前{sum_text(self.total)}。"


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula. `head` is the demand it fills (None: none); `applies` says in plain words when it may be asked for.

    `rule` writes the steps on the sheet. A change of what it computes raises `version`.
    """

    id: str
    title: str
    group: str
    head: str | None
    inputs: type[Inputs]
    rule: Callable[[Any, Working], None]
    applies: str
    cites: tuple[str, ...]
    version: int = 1

    def work(self, inputs: Inputs, law: Law, *, today: date, as_of: date | None = None) -> Worked:
        """The working for these inputs. BadInput where an indispensable amount of the law is missing for the day."""
        working = Working(law, self.head, today, as_of)
        working.cite(*self.cites)
        self.rule(inputs, working)
        return working.finish(self)
