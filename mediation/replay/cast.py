"""Who takes part in a published case, and what each asks: parties and demands in the words of the intake."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..money import split, yuan
from .published import Case, Claim

MOST = 1000
"""Workers that are registered one by one."""
_GROUP = re.compile(r"等|[0-9]+名|[0-9]+人|多人")
_NAMED = re.compile(r"[\u4e00-\u9fff]{1,2}某{1,3}")
_ASIDE = re.compile(r"（[^）]*）")
_EMPLOYER = re.compile(r"employer|company|单位|公司")
_RELATIVE = re.compile(r"母亲|父亲|配偶|近亲属|家属|监护|代为")

CAUSES = (
    ("加班", "B2"),
    ("奖金", "B3"),
    ("二倍工资", "B4"),
    ("年休假", "B5"),
    ("工资", "B1"),
    ("欠薪", "B1"),
    ("经济补偿", "C1"),
    ("违法解除", "C2"),
    ("工伤保险参保", "D1"),
    ("社会保险", "D1"),
    ("社保", "D1"),
    ("工伤", "E1"),
    ("工亡", "E1"),
    ("受害", "E1"),
    ("新就业形态", "J1"),
    ("超龄", "K1"),
    ("劳动关系", "A1"),
    ("薪酬", "B1"),
    ("报酬", "B1"),
)
HEADS = (
    ("加班", "overtime"),
    ("二倍工资", "double_wage"),
    ("年休假", "annual_leave"),
    ("奖金", "bonus"),
    ("提成", "bonus"),
    ("经济补偿", "severance"),
    ("赔偿金", "unlawful_dismissal"),
    ("工资", "wages"),
    ("薪", "wages"),
    ("报酬", "wages"),
    ("医疗费", "medical"),
    ("工伤", "injury"),
    ("伤残", "injury"),
    ("抚恤", "injury"),
    ("社保", "social_insurance_loss"),
    ("保险", "social_insurance_loss"),
    ("利息", "interest"),
    ("劳动关系", "relation"),
)


def code_of(text: str, table: Sequence[tuple[str, str]], otherwise: str) -> str:
    """The code of the first word that the text contains."""
    return next((code for word, code in table if word in text), otherwise)


def cause_of(case: Case) -> str:
    found = (code_of(kind, CAUSES, "") for kind in case.dispute_types)
    return next((code for code in found if code), "Z9")


def plain(name: str) -> str:
    """A name without what the source adds in brackets."""
    return _ASIDE.sub("", name).strip() or name


def worker_names(case: Case) -> tuple[str, ...]:
    """One name per worker: as published, else 职工1 … 职工n after the names that were published."""
    count = min(case.workers_count.value or 1, MOST)
    listed = [plain(name) for name in case.parties.workers]
    if case.amounts.per_person and len(case.amounts.per_person) == count:
        return tuple(case.amounts.per_person)
    if len(listed) >= count and not any(_GROUP.search(name) for name in listed[:count]):
        return tuple(listed[:count])
    named = list(dict.fromkeys(name for text in listed for name in _NAMED.findall(text)))[:count]
    return (*named, *(f"职工{n}" for n in range(len(named) + 1, count + 1)))


@dataclass(frozen=True, slots=True)
class Employers:
    """Who is registered at first; `wrong` is corrected to `right` later, `joining` and `successor` come later."""

    first: tuple[str, ...]
    wrong: str | None = None
    right: str | None = None
    joining: str | None = None
    successor: str | None = None


def employers_of(case: Case) -> Employers:
    """The employers as published, held back as far as the steps bring them in later."""
    names = [name if len(name) > 1 else f"{name}（用人单位）" for name in map(plain, case.parties.employers)]
    names = list(dict.fromkeys(names)) or ["用人单位（来源未载明）"]
    wrong = next((plain(name) for name in case.parties.employers if "误" in name), None)
    if "PARTY_CORRECTED" in case.steps and len(names) > 1:
        wrong = wrong or names[-1]
        right = next(name for name in names if name != wrong)
        return Employers((*(n for n in names if n not in (right, wrong)), wrong), wrong, right)
    if "PARTY_ADDED" in case.steps and len(names) > 1:
        return Employers(tuple(names[:-1]), joining=names[-1])
    if "PARTY_SUCCEEDED" in case.steps:
        return Employers(tuple(names), successor=f"{names[-1]}（承继方）")
    return Employers(tuple(names))


def relative_of(case: Case) -> tuple[str, str]:
    """(name, role) of who acts for the worker."""
    for name in (*case.parties.others, *case.parties.workers[1:]):
        if _RELATIVE.search(name):
            return plain(name), "relative"
    return "代理人（来源未载姓名）", "representative"


def by_employer(claim: Claim) -> bool:
    return claim.by is not None and _EMPLOYER.search(claim.by) is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """Demands ready for the intake, and what had to be assumed to write them."""

    rows: tuple[dict[str, Any], ...]
    assumed: tuple[str, ...]


def demands_of(claims: Sequence[Claim], names: Sequence[str], total: int | None, quality: str | None) -> Asked:
    """The workers' claims split over the workers, tied to the published total; `party` is the worker's position."""
    rows: list[dict[str, Any]] = []
    assumed: list[str] = []
    for claim in _tied(claims, total, quality, assumed):
        rows += over_workers(claim, names, assumed)
    if not rows:
        assumed.append("来源没有列出请求，登记为“其他”")
        rows = [{"party": 0, "head": "other", "item": "请求内容来源未列明"}]
    return Asked(tuple(rows), tuple(dict.fromkeys(assumed)))


def _tied(claims: Sequence[Claim], total: int | None, quality: Any, assumed: list[str]) -> Sequence[Claim]:
    """The claims, with what is missing to the published total added, or one row where they are more than the total."""
    parts = sum(claim.amount or 0 for claim in claims)
    if total is None or total == parts:
        return claims
    if total < parts:
        assumed.append("逐项请求合计多于公布的请求总额，按公布的总额登记为一项")
        return [_claim("；".join(claim.item for claim in claims)[:300], total, quality)]
    if len(claims) == 1 and not parts:
        return [claims[0].model_copy(update={"amount": total, "q": quality})]
    assumed.append(f"逐项请求合计少于公布的请求总额，差额{yuan(total - parts)}元单列一项")
    return [*claims, _claim("其他请求（来源只公布合计）", total - parts, quality)]


def _claim(item: str, amount: int, quality: Any) -> Claim:
    return Claim.model_validate({"item": item, "amount": yuan(amount), "q": quality})


def over_workers(claim: Claim, names: Sequence[str], assumed: list[str]) -> list[dict[str, Any]]:
    """One claim as rows: of the one worker it speaks of, else of everybody in equal parts."""
    row: dict[str, Any] = {"head": _head(claim), "item": claim.item, "monetary": claim.kind != "non_monetary"}
    if claim.amount is not None and claim.q:
        row["quality"] = claim.q
    owner = owner_of(claim.item, names)
    holders = range(len(names)) if owner is None else [owner]
    if claim.amount is None:
        return [{**row, "party": party} for party in holders]
    if len(holders) > 1:
        assumed.append("请求金额按人均分，来源未公布逐人金额")
    parts = split(claim.amount, [1] * len(holders))
    return [{**row, "party": party, "amount": yuan(part)} for party, part in zip(holders, parts, strict=True)]


def _head(claim: Claim) -> str:
    return "duty" if claim.kind == "non_monetary" else code_of(claim.item, HEADS, "other")


def owner_of(item: str, names: Sequence[str]) -> int | None:
    """The one worker whose name, or two characters in a row of it, the item mentions; None: it is everybody's."""
    if len(names) == 1:
        return 0
    for size in (None, 2):
        hits = [n for n, name in enumerate(names) if any(piece in item for piece in _pieces(name, size))]
        if len(hits) == 1:
            return hits[0]
    return None


def _pieces(name: str, size: int | None) -> Iterable[str]:
    if size is None:
        return (name,)
    pieces = {name[i : i + size] for i in range(len(name) - size + 1)}
    return {piece for piece in pieces if "某" not in piece and not piece.startswith("职工") and not piece[-1].isdigit()}
