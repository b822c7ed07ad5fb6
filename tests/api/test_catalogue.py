"""Chinese is the source text of a catalogue: every word on a page goes through it, and Babel can collect them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from api.pages.templating import FOLDER, environment
from mediation import catalogue
from tests.words.collect import CHINESE, of_templates

TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
CALLS = frozenset(("_", "gettext", "ngettext", "pgettext", "npgettext"))


def untranslated(node: nodes.Node) -> Iterator[tuple[int, str]]:
    """Every Chinese text that is no argument of the catalogue; `{% trans %}` parses to such calls too."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in CALLS:
        for given in [*node.args, *(keyword.value for keyword in node.kwargs)]:
            if not isinstance(given, nodes.Const):
                yield from untranslated(given)
        return
    if isinstance(node, nodes.TemplateData) and CHINESE.search(node.data):
        yield node.lineno, node.data
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and CHINESE.search(node.value):
        yield node.lineno, node.value
    for child in node.iter_child_nodes():
        yield from untranslated(child)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_chinese_word_of_a_template_goes_through_the_catalogue(template: Path) -> None:
    tree = environment().parse(template.read_text(encoding="utf-8"))
    assert list(untranslated(tree)) == []


def test_a_bare_chinese_word_would_be_found() -> None:
    parse = environment().parse
    assert list(untranslated(parse("{# 注释 #}<p>{{ _('好') }}{% trans %}好{% endtrans %}</p>"))) == []
    for bad in ("<p>好</p>", "{{ x|default('好') }}", "{{ f('好') }}", "{{ _(x ~ '好') }}"):
        assert list(untranslated(parse(bad))) != []


def test_babel_collects_the_words() -> None:
    assert {"登录", "跳到正文", "法定期限已过%(n)s天"} <= {text for text, _ in of_templates()}


def test_a_language_without_a_catalogue_leaves_the_chinese() -> None:
    with catalogue.speaking("fr"):
        assert catalogue.translate("登录") == "登录"
    assert catalogue.current_language() == "zh"
    assert catalogue.languages() == {"zh", "en"}


def test_a_catalogue_translates_a_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    words = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "暂定"\nmsgstr ""\n"provisional"\n'
    (folder / "mediation.po").write_text(words, encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    tables = environment().from_string('{% import "macros/tables.html" as t with context %}{{ t.provisional() }}')
    assert "暂定" in tables.render()
    with catalogue.speaking("en"):
        assert "provisional" in tables.render()
