"""The Chinese sentences in the code that people meet on a page: refusals, errors, titles of tables and choices."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

CHINESE_ONLY = re.compile(
    r"mediation/(cli|replay|practice|training|papers|law|migrations|sealing|settings)\b|api/(app|attachments|origins|v1|language)\b"
    r"|mediation/engine/(?!(ask_types|asks|machine|vocabulary)\.py)"
    r"|mediation/(recovery/papers|groups/personal|groups/columns|procedures/applications/dossier|legal_aid/means"
    r"|legal_aid/proposals|limitation/starts|limitation/clocks|reminders/channels|sweeping/wording|cases/migrate"
    r"|deadlines/run|documents/issue)\.py"
    r"|api/pages/tidy\.py"
)
"""What is printed, mailed, said on the command line or in the description of the interface, and what tells the law."""
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_PATTERN = re.compile(r"[\\^\[*|]")
"""No word holds these; a regular expression does."""


def of_python(root: Path) -> Iterator[tuple[str, Path, int]]:
    """Text, file, line. Of an f-string the whole sentence, its values as {0}, {1} …"""
    for folder in ("mediation", "api"):
        for path in sorted((root / folder).rglob("*.py")):
            if not CHINESE_ONLY.match(path.relative_to(root).as_posix()):
                for text, line in _words(ast.parse(path.read_text(encoding="utf-8"))):
                    yield text, path, line


def _words(tree: ast.Module) -> Iterator[tuple[str, int]]:
    inside = {id(part) for node in ast.walk(tree) for part in _not_alone(node)}
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.JoinedStr) and len(_IDEOGRAPH.findall(text := _sentence(node))) >= 4:
            yield text, node.lineno
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_word(node.value):
            yield node.value, node.lineno


def _not_alone(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, and the pieces of an f-string."""
    if isinstance(node, ast.Expr):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                yield from ast.walk(value.format_spec) if value.format_spec else ()
            else:
                yield value


def _is_word(text: str) -> bool:
    return len(_IDEOGRAPH.findall(text)) >= 2 and not _PATTERN.search(text)


def _sentence(node: ast.JoinedStr) -> str:
    said, number = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            said += str(part.value)
        else:
            said, number = f"{said}{{{number}}}", number + 1
    return said
