"""From facts to the frozen text of a paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from jinja2 import UndefinedError

from mediation.errors import BadInput, BrokenDefinition, MediationError

from .blocks import blocks
from .templates import MissingFact, Template, Templates
from .vocabulary import checked


@dataclass(frozen=True, slots=True)
class RenderedText:
    """The text to freeze, in the line markup, with its origin. `digest` is the SHA-256 of the text in UTF-8."""

    text: str
    template: str
    template_version: int
    template_digest: str
    digest: str


def render_text(template: Template, facts: Mapping[str, Any]) -> RenderedText:
    """Fill a template. Amounts are integer fen, days are dates. BadInput names every missing or wrong fact at once."""
    complete, faults = checked(template.vocabulary, facts, template.used, template.mandatory)
    if faults:
        raise BadInput(f"《{template.title}》还不能出具：{'；'.join(faults.values())}。请补正后再试。", faults)
    try:
        text = template.compiled.render(complete)
    except (MissingFact, UndefinedError) as missing:
        raise BadInput(f"《{template.title}》还不能出具：缺少{missing}。请补正后再试。") from None
    return RenderedText(
        text=text,
        template=template.code,
        template_version=template.version,
        template_digest=template.digest,
        digest=sha256(text.encode()).hexdigest(),
    )


def check_samples(templates: Templates) -> None:
    """Render every template from its sample. BrokenDefinition tells which cannot be rendered or read as blocks."""
    faults = []
    for name in templates.names:
        try:
            blocks(render_text(templates.get(name), templates.sample(name)).text)
        except MediationError as error:
            faults.append(f"{templates.folder / 'samples' / name}.yaml: {error.sentence}")
    if faults:
        raise BrokenDefinition(faults)
