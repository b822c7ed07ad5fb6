"""The asks of an event as one pydantic model: the API body, the form and the OpenAPI schema come from it."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema, create_model
from pydantic_core import ErrorDetails

from ..errors import BadInput
from .ask_types import SENTENCE
from .definition import Ask, Event
from .vocabulary import Vocabulary

NO_ANSWERS: Mapping[str, Any] = MappingProxyType({})

_SENTENCES = {
    "missing": "必须填写。",
    "extra_forbidden": "没有这一项，请删除。",
    "string_type": "请填写文字。",
    "string_unicode": "含有无法识别的字符，请重新填写。",
    "string_too_short": "必须填写。",
    "list_type": "请填写一个列表。",
    "too_short": "请至少填写 {min_length} 项。",
    "too_long": "最多只能填写 {max_length} 项。",
    "literal_error": "不在可选范围内，请从列表中选择。",
    "model_type": "请按各栏分别填写。",
    "model_attributes_type": "请按各栏分别填写。",
    "string_too_long": "最多 {max_length} 个字，请缩短。",
    "greater_than": "必须大于 {gt}。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than": "必须小于 {lt}。",
    "less_than_equal": "不能大于 {le}。",
    SENTENCE: "{sentence}",
}


class Answers(BaseModel):
    """What was told when an event happened. Attributes are typed: dates, fen, booleans, codes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def canonical(self) -> dict[str, Any]:
        """As JSON, the same for the same answers; `validate` reads it back to equal answers. Money is yuan text."""
        return self.model_dump(mode="json")


@lru_cache(maxsize=4096)
def answers_model(event: Event, vocabulary: Vocabulary) -> type[Answers]:
    """The model of the event's asks; made once per event. Titles are Chinese, so that OpenAPI reads like the form."""
    fields: dict[str, Any] = {ask.name: _field(ask, vocabulary) for ask in event.asks.values()}
    titled = {"title": event.title}
    return create_model(f"{event.name}_answers", __base__=Answers, __cls_kwargs__=titled, **fields)


def validate(model: type[Answers], raw: Mapping[str, Any]) -> Answers:
    """Typed answers, or BadInput with one sentence for each wrong field. Blank text counts as not given."""
    given = {name: value for name, value in raw.items() if not _blank(value)}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        fields = {path(detail["loc"]): sentence(detail) for detail in error.errors(include_url=False)}
    raise BadInput("填写的内容有误，请按提示修改。", fields)


def path(loc: tuple[int | str, ...]) -> str:
    """Where in the answers: promises.0.amount; rows count from 0 as in JSON."""
    return ".".join(str(part) for part in loc)


def sentence(detail: ErrorDetails) -> str:
    """The Chinese sentence for one pydantic error."""
    known = _SENTENCES.get(detail["type"], "填写的内容不符合要求，请重新填写。")
    return known.format(**detail.get("ctx", {}))


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _field(ask: Ask, vocabulary: Vocabulary) -> tuple[Any, Any]:
    annotation = _annotation(ask, vocabulary)
    about: dict[str, Any] = {"title": ask.title, "description": ask.help or None}
    if ask.default is not None:
        # a `Word` is no JSON for pydantic: as a value it is the text alone
        default = str(ask.default) if isinstance(ask.default, str) else ask.default
        return annotation, Field(default=default, validate_default=True, **about)
    if ask.required:
        return annotation, Field(**about)
    return annotation | None, Field(default=None, **about)


def _annotation(ask: Ask, vocabulary: Vocabulary) -> Any:
    annotation = vocabulary.ask_types[ask.type].annotation
    if ask.choices is not None:
        annotation = _codes(vocabulary.codes[ask.choices])
    if not (ask.many or ask.type == "choices"):
        return annotation
    rows = Field(min_length=1 if ask.required else 0, max_length=1000)
    return Annotated[list[annotation], rows]  # type: ignore[valid-type]


def _codes(codes: Mapping[str, str]) -> Any:
    titles = [{"const": code, "title": title} for code, title in codes.items()]
    return Annotated[Literal[tuple(codes)], WithJsonSchema({"type": "string", "oneOf": titles})]
