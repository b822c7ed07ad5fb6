"""From names with dots to answers and back to the form."""

import pytest

from api.forms import Form, Typed
from mediation.errors import BadInput

TYPED = Typed(
    (
        ("_key", "k"),
        ("signed_on", "2026-09-18"),
        ("promises.0.amount", " "),
        ("promises.0.due", ""),
        ("promises.2.amount", "100"),
        ("promises.10.amount", "200"),
        ("kinds", "a"),
        ("kinds", "b"),
    )
)


def test_tables_become_lists_without_blank_rows_and_shell_fields() -> None:
    answers = TYPED.nested()
    assert answers["promises"] == [{"amount": "100"}, {"amount": "200"}]
    assert set(answers) == {"signed_on", "promises", "kinds"}
    assert TYPED.row_numbers("promises") == [2, 10]
    assert TYPED.texts("kinds") == ["a", "b"]


def test_an_error_stands_in_the_row_where_it_was_typed() -> None:
    form = Form.again(TYPED, BadInput("有误。", {"promises.1.amount": "请核对。", "signed_on": "太早。"}))
    assert form.error("promises.10.amount") == "请核对。"
    assert form.error("signed_on") == "太早。"
    assert form.error("promises.2.amount") == ""


def test_everything_typed_is_shown_again() -> None:
    form = Form.again(TYPED)
    assert form.value("promises.10.amount") == "200"
    assert form.chosen("kinds", "a")
    assert form.chosen("kinds", "b")
    assert form.rows("promises") == list(range(11))


def test_proposals_and_one_more_row() -> None:
    form = Form.filled({"name": None, "n": 3, "promises": [{"amount": "1.00"}, {"amount": "2.00"}]})
    assert form.values == (("n", "3"), ("promises.0.amount", "1.00"), ("promises.1.amount", "2.00"))
    assert form.rows("promises", at_least=3) == [0, 1, 2]
    more = Form.again(Typed((("promises.0.amount", ""), ("_more", "promises"))))
    assert more.rows("promises") == [0, 1]
    assert Form().rows("promises") == [0]


def test_a_name_that_is_both_text_and_table_is_refused() -> None:
    with pytest.raises(BadInput, match="重复"):
        Typed((("a", "x"), ("a.b", "y"))).nested()


def test_a_name_without_end_is_refused() -> None:
    with pytest.raises(BadInput, match="无法识别"):
        Typed(((".".join("a" * 3000), "x"),)).nested()
