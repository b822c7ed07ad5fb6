"""Guards about groups."""

from typing import Any

from ..engine.guards import GuardBook

GUARDS = GuardBook()


def _ids(text: str | None) -> frozenset[int]:
    return frozenset(int(id) for id in (text or "").split(",") if id)


@GUARDS.guard(
    "推选代表签署协议，须协议涉及的每一名劳动者都已同意协议稿，并由全体代表签名"
    "（参照劳动人事争议仲裁办案规则第六十三条）；有人没有同意的，请由各劳动者本人签名，或把协议稿改为只包括同意的人。",
    answers=True,
)
def representatives_settle_with_every_consent(facts: Any) -> bool:
    """Where representatives are among those who sign: everybody represented has consented, and all of them sign.

    It says nothing where each worker signs alone.
    """
    signed = frozenset(facts.told("signed_by") or ())
    if not signed & _ids(facts.elected) or _ids(facts.drafted_workers) <= signed:
        return True
    may = _ids(facts.representatives_may_sign)
    return bool(may) and may <= signed
