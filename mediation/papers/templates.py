"""The registry of document templates: one text file per document, checked and compiled once when it is loaded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from mediation.errors import BrokenDefinition, MediationError, NotFound
from mediation.law import strict_yaml

from .blocks import escaped
from .filters import FILTERS
from .grammar import Check
from .vocabulary import Absent, Fact, ancestors, find, load_vocabulary

SUFFIX = ".txt.j2"
_HEAD = {"code": str, "title": str, "version": int, "number_type": str, "basis": list, "mandatory": list}
_MAY_BE_LEFT_OUT = frozenset(("number_type",))


@dataclass(frozen=True, slots=True)
class Template:
    """One document.

    `number_type` is the middle of its 文号 (工调字); empty for a paper that a party files and we only draft. `basis`
    names the articles it rests on. `mandatory` and `used` are paths of facts; `digest` is the SHA-256 of the file.
    """

    code: str
    title: str
    version: int
    number_type: str
    basis: tuple[str, ...]
    mandatory: frozenset[str]
    used: frozenset[str]
    digest: str
    vocabulary: Fact
    compiled: jinja2.Template

    def labels(self) -> dict[str, str]:
        """Path and Chinese label of every mandatory fact, in the order of facts.yaml."""
        found = {path: find(self.vocabulary, path) for path in _paths(self.vocabulary)}
        return {path: fact.label for path, fact in found.items() if fact and path in self.mandatory}


class Templates:
    """All templates of one folder, by code."""

    def __init__(self, folder: Path, templates: Mapping[str, Template]) -> None:
        self.folder = folder
        self._templates = dict(templates)

    @classmethod
    def load(cls, folder: Path) -> "Templates":
        """Reads facts.yaml and every *.txt.j2. BrokenDefinition tells all faults of all files as file:line."""
        vocabulary = load_vocabulary(folder / "facts.yaml")
        templates: dict[str, Template] = {}
        faults: list[str] = []
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                templates[path.name.removesuffix(SUFFIX)] = _template(path, vocabulary)
            except BrokenDefinition as broken:
                faults += broken.faults
        if faults:
            raise BrokenDefinition(faults)
        return cls(folder, templates)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._templates)

    @property
    def drafts(self) -> frozenset[str]:
        """Codes of the papers that parties file themselves: they bear no number of ours."""
        return frozenset(code for code, template in self._templates.items() if not template.number_type)

    def get(self, name: str) -> Template:
        if name not in self._templates:
            raise NotFound(f"没有名为“{name}”的文书模板，现有：{'、'.join(self.names)}。")
        return self._templates[name]

    def sample(self, name: str) -> dict[str, Any]:
        """Invented facts for a preview, from samples/<code>.yaml."""
        self.get(name)
        path = self.folder / "samples" / f"{name}.yaml"
        if not path.exists():
            raise NotFound(f"文书模板“{name}”没有样例数据，请添加 samples/{name}.yaml。")
        return dict(strict_yaml.load(path))


def _template(path: Path, vocabulary: Fact) -> Template:
    raw = path.read_bytes()
    try:
        source = raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise BrokenDefinition([f"{path}:1: 文件无法按 UTF-8 文本读取，请另存为 UTF-8 编码"]) from None
    head, body, offset = _split(source, path)
    mandatory = _mandatory(head, path, vocabulary)
    used = _check(body, path, offset, vocabulary, mandatory)
    if unused := sorted(mandatory - used):
        raise BrokenDefinition([f"{path}:{head.lines['mandatory'] + 1}: 必备事实“{p}”没有写进正文" for p in unused])
    return Template(
        code=head["code"],
        title=head["title"],
        version=head["version"],
        number_type=head.get("number_type", ""),
        basis=tuple(head["basis"]),
        mandatory=mandatory,
        used=used,
        digest=sha256(raw).hexdigest(),
        vocabulary=vocabulary,
        compiled=_ENVIRONMENT.from_string(body),
    )


def _split(source: str, path: Path) -> tuple[strict_yaml.MarkedDict, str, int]:
    """Front matter, body, and how many lines stand before the body."""
    parts = source.split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise BrokenDefinition([f"{path}:1: 模板应以两行“---”之间的说明开头"])
    head = strict_yaml.parse("\n" + parts[1], path)
    if not isinstance(head, strict_yaml.MarkedDict):
        raise BrokenDefinition([f"{path}:1: 模板开头的说明应写成“键: 值”"])
    _check_head(head, path)
    return head, parts[2], parts[1].count("\n") + 2


def _check_head(head: strict_yaml.MarkedDict, path: Path) -> None:
    faults = [f"{path}:1: 缺少“{key}”" for key in _HEAD if key not in head and key not in _MAY_BE_LEFT_OUT]
    for key, value in head.items():
        if key not in _HEAD:
            faults.append(f"{path}:{head.lines[key]}: 不认识“{key}”，可用的有 {'、'.join(_HEAD)}")
        elif not isinstance(value, _HEAD[key]) or isinstance(value, bool):
            faults.append(f"{path}:{head.lines[key]}: “{key}”的写法不对")
    if head.get("code") != path.name.removesuffix(SUFFIX):
        faults.append(f"{path}:{head.lines.get('code', 1)}: code 应与文件名一致")
    if faults:
        raise BrokenDefinition(faults)


def _mandatory(head: strict_yaml.MarkedDict, path: Path, vocabulary: Fact) -> frozenset[str]:
    """The mandatory paths with the groups around them."""
    listed = head["mandatory"]
    faults = [
        f"{path}:{listed.lines[i]}: 事实表里没有“{fact}”"
        for i, fact in enumerate(listed)
        if find(vocabulary, str(fact)) is None
    ]
    if faults:
        raise BrokenDefinition(faults)
    return frozenset(step for fact in listed for step in ancestors(str(fact)))


def _check(body: str, path: Path, offset: int, vocabulary: Fact, mandatory: frozenset[str]) -> frozenset[str]:
    """The fact paths that the body uses."""
    try:
        tree = _ENVIRONMENT.parse(body)
        check = Check(vocabulary, mandatory)
        check.body(tree.body, vocabulary.parts, frozenset())
        faults = check.faults
    except jinja2.TemplateSyntaxError as error:
        faults = [(error.lineno, f"模板写法有误（{error.message}）")]
    if faults:
        raise BrokenDefinition([f"{path}:{line + offset}: {sentence}" for line, sentence in sorted(set(faults))])
    return frozenset(check.used)


def _paths(group: Fact) -> Iterator[str]:
    for part in group.parts.values():
        yield part.path
        yield from _paths(part)


def _print(value: object) -> str:
    """What `{{ }}` writes: words that cannot become markup, whole numbers, and nothing else."""
    if isinstance(value, Absent):
        raise MissingFact(str(value))
    if isinstance(value, jinja2.Undefined):
        raise MissingFact(value._undefined_name or "")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(f"a template prints {type(value).__name__}")
    return escaped(str(value))


class MissingFact(MediationError):
    """A template printed an optional fact that is absent; `sentence` is its label."""


def _environment() -> SandboxedEnvironment:
    found = SandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        finalize=_print,
        cache_size=0,
    )
    found.globals.clear()
    found.tests.clear()
    found.filters.clear()
    found.filters.update(FILTERS)
    return found


_ENVIRONMENT = _environment()
