"""Which role sees which field in clear, masked, or not at all: `workflows/codes/data_classes.yaml` decides by class.

A field that is masked may be revealed, one of one person at a time and with a reason: that is a logged look.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ..engine.codes import CodeList
from .masking import masked_address, masked_email, masked_number, masked_phone, scrubbed

Sight = Literal["clear", "masked", "none"]
ORDER: tuple[Sight, ...] = ("clear", "masked", "none")
"""From most to least; whoever holds several roles has the most of them."""
SIGHTS: Mapping[Sight, str] = {"clear": "完整显示", "masked": "遮盖显示，写明理由后逐项查看", "none": "不显示"}
LIST = "data_classes"


def _hidden(_text: str) -> str:
    return "****"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is told of a person; `mask` makes of the clear text what is shown instead."""

    name: str
    title: str
    data_class: str
    mask: Callable[[str], str]

    def shown(self, value: Any, sight: Sight) -> Any:
        """The value as somebody with this sight may see it."""
        if value in (None, "") or sight == "clear":
            return value
        return None if sight == "none" else self.mask(str(value))


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("id_number", "证件号码", "identity", masked_number),
        Field("birth_date", "出生日期", "identity", _hidden),
        Field("phone", "电话", "contact", masked_phone),
        Field("email", "电子邮箱", "contact", masked_email),
        Field("address", "地址", "contact", masked_address),
        Field("needs", "健康和特殊需要", "health", _hidden),
        Field("proof", "付款凭据（账号）", "financial", scrubbed),
    )
}


def sight(classes: CodeList, data_class: str, roles: Collection[str]) -> Sight:
    """What these roles together see of a class; nothing where the list does not name the role."""
    held = {classes.about(data_class).get(role, "none") for role in roles}
    return next((one for one in ORDER if one in held), "none")


def shown(classes: CodeList, name: str, value: Any, roles: Collection[str]) -> Any:
    """The value of this field as these roles may see it without revealing it."""
    return FIELDS[name].shown(value, sight(classes, FIELDS[name].data_class, roles))


def is_mask(name: str, given: Any, stored: Any) -> bool:
    """Whether a form gave back what it was shown instead of the stored value: then nothing was changed."""
    return bool(given) and bool(stored) and "*" in str(given) and given == FIELDS[name].mask(str(stored))


def masked_answers(told: Any) -> Any:
    """What was typed in forms, as the history shows it to anybody: all fields masked, at any depth."""
    if isinstance(told, Mapping):
        return {name: _masked(name, value) for name, value in told.items()}
    if isinstance(told, list):
        return [masked_answers(one) for one in told]
    return told


def _masked(name: str, value: Any) -> Any:
    field = FIELDS.get(name)
    if field is not None and value and isinstance(value, str | date | list):
        return field.mask(str(value))
    return masked_answers(value)
