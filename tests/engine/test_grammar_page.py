"""The page that explains the grammar is true: it documents each key of the loader, and no other."""

import re
from pathlib import Path

import pytest

from mediation.cases.earlier import KNOWN
from mediation.engine.ask_types import BUILT_IN
from mediation.engine.grammar import GRAMMAR
from mediation.engine.guides import GUIDE

PAGE = (Path(__file__).parents[2] / "workflows" / "README.md").read_text(encoding="utf-8")
SECTIONS = {part.split(maxsplit=1)[0]: part for part in PAGE.split("\n## ")[1:]} | {
    "definition": PAGE.split("\n## definition")[1].split("\n## ")[0]
}


BLOCKS = {**GRAMMAR, "guides": GUIDE}


@pytest.mark.parametrize("block", BLOCKS)
def test_each_key_is_documented_and_no_other(block: str) -> None:
    rows = re.findall(r"^\| (`[^|]+`) \|", SECTIONS[block], re.MULTILINE)
    documented = re.findall(r"`([a-z_]+)`", " ".join(rows))
    assert sorted(documented) == sorted(BLOCKS[block])


def test_each_fact_of_the_case_that_forms_propose_is_documented() -> None:
    assert all(f"`{name}`" in SECTIONS["asks"] for name in KNOWN)


def test_each_built_in_kind_of_answer_is_documented() -> None:
    assert all(f"`{kind}`" in SECTIONS["asks"] for kind in BUILT_IN)
