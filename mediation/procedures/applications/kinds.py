"""The papers that parties hand to other bodies themselves: whose each one is, on which way, when it is offered."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

AFTER_FAILURE = frozenset(("failed", "elsewhere"))
AFTER_DEFAULT = frozenset(("default", "elsewhere"))
SIGNED = frozenset(("performance", "default", "resigning"))


@dataclass(frozen=True, slots=True)
class Kind:
    """`template` names the document. `route`: the way of workflows/law/routes.yaml that must not be closed.

    `whose`: "each" worker signs one alone; "worker": one for each, or one for several with a list; "both" sides
    together. `states` of the dispute in which it is what comes next; `deadlines` whose reminders name it.
    """

    template: str
    whose: Literal["each", "worker", "both"]
    about: str
    route: str | None = None
    states: frozenset[str] = frozenset()
    deadlines: frozenset[str] = frozenset()


_MISSED = frozenset(("promise_due", "default_action"))
_LIMIT = frozenset(("limitation", "mediation_arbitration_window", "failed_guidance"))
_ALL = (
    Kind(
        "arbitration_application",
        "worker",
        "向仲裁委员会申请仲裁；任何时候都可以先起草",
        "arbitration",
        AFTER_FAILURE | AFTER_DEFAULT,
        _MISSED | _LIMIT,
    ),
    Kind(
        "evidence_list",
        "worker",
        "与申请书一并提交；只列双方可见和劳动者自己的证据",
        None,
        AFTER_FAILURE | AFTER_DEFAULT,
        _LIMIT,
    ),
    Kind("evidence_checklist", "worker", "还缺什么、在哪里找，打印给劳动者带走；只勾双方可见和劳动者自己的证据"),
    Kind(
        "payment_order_application",
        "each",
        "约定的款项到期未付，或者拖欠劳动报酬的，向基层法院申请支付令；每人一份",
        "payment_order",
        AFTER_FAILURE | AFTER_DEFAULT,
        _MISSED,
    ),
    Kind(
        "review_application",
        "both",
        "协议生效之日起十五日内，双方共同请仲裁委员会审查并制作调解书",
        "joint_review",
        SIGNED,
        frozenset(("joint_review_apply",)),
    ),
    Kind(
        "confirmation_application",
        "both",
        "协议生效之日起三十日内，双方共同请法院确认协议有效",
        "judicial_confirmation",
        SIGNED,
        frozenset(("judicial_confirmation_apply",)),
    ),
    Kind(
        "enforcement_application",
        "worker",
        "有执行依据而没有履行的，向法院申请强制执行；单独的调解协议不是执行依据",
        None,
        AFTER_DEFAULT,
        _MISSED,
    ),
    Kind(
        "civil_complaint",
        "worker",
        "依法可以直接起诉的，或者仲裁之后不服、不受理的，向法院起诉",
        "direct_suit",
        AFTER_DEFAULT,
    ),
    Kind(
        "aid_application",
        "each",
        "申请法律援助；经济困难状况由本人说明并签名，每人一份",
        None,
        AFTER_FAILURE | AFTER_DEFAULT,
        _LIMIT,
    ),
    Kind("inspection_complaint", "worker", "向劳动保障监察机构投诉用人单位的违法行为", None, AFTER_FAILURE),
)
KINDS: Mapping[str, Kind] = MappingProxyType({kind.template: kind for kind in _ALL})
"""By template, in the order in which pages show them."""


def by_route() -> Mapping[str, str]:
    """Route → template."""
    return {kind.route: kind.template for kind in _ALL if kind.route}


DEADLINES = frozenset(name for kind in _ALL for name in kind.deadlines)
"""Deadlines of the dispute whose reminders name papers."""


def named_by(deadline: str) -> tuple[Kind, ...]:
    """The papers that the reminders of this deadline name."""
    return tuple(kind for kind in _ALL if deadline in kind.deadlines)
