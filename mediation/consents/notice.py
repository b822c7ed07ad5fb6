"""The privacy notice: every version ever shown, as data with the day from which it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..errors import NotFound
from ..runtime import Runtime

LIST = "privacy_notices"
PARTS: Mapping[str, str] = {
    "who": "谁处理",
    "why": "为什么",
    "what": "处理哪些信息",
    "sensitive": "敏感个人信息",
    "sharing": "提供给谁",
    "keeping": "保存多久",
    "rights": "您的权利",
    "machine": "机器与人",
}
CITES = ("PIPL-13", "PIPL-17", "PIPL-23", "PIPL-24", "PIPL-28", "PIPL-29", "PIPL-31", "PIPL-45", "PIPL-47")
"""Articles that the notice rests on, of `workflows/law/statutes`."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One version; `parts` are (heading, text)."""

    version: str
    title: str
    from_on: date
    parts: Sequence[tuple[str, str]]


def notices(runtime: Runtime) -> Sequence[Notice]:
    """All versions, the oldest first."""
    found = runtime.codes[LIST]
    return sorted((_notice(found[code], code, found.about(code)) for code in found), key=lambda one: one.from_on)


def _notice(title: str, version: str, about: Mapping[str, str]) -> Notice:
    parts = [(heading, about[name]) for name, heading in PARTS.items() if name in about]
    return Notice(version, title, date.fromisoformat(about["from_on"]), parts)


def current_notice(runtime: Runtime, on: date) -> Notice:
    """The version that holds on this day; NotFound before the first one."""
    held = [one for one in notices(runtime) if one.from_on <= on]
    if not held:
        raise NotFound(f"{on}还没有生效的个人信息处理告知书，请联系管理员。")
    return held[-1]


def notice_of(runtime: Runtime, version: str) -> Notice:
    """One version by its code."""
    found = next((one for one in notices(runtime) if one.version == version), None)
    if found is None:
        raise NotFound("没有这一版个人信息处理告知书。")
    return found
