"""A deadline may count from the end of another; a guard may tell why it refuses this one case."""

from pathlib import Path

from mediation.engine.guards import GuardBook

from .small_world import SOUND, Facts, faults


def counting_from(start: str) -> str:
    """The sound definition with a deadline `appeal` that counts from `start`."""
    rule = f"  appeal: {{ period: answer, from: {start}, owner: lawyer }}\n  promise_due:"
    opening = SOUND.replace("    opens: [promise_due]\n", "    opens: [promise_due, appeal]\n")
    return opening.replace("  promise_due:", rule)


def test_it_counts_from_the_end_of_another_deadline(tmp_path: Path) -> None:
    assert faults(tmp_path, counting_from("finish")) == []


def test_it_cannot_count_from_its_own_end_or_from_nothing(tmp_path: Path) -> None:
    for start in ("appeal", "somewhere"):
        assert any(start in fault for fault in faults(tmp_path, counting_from(start)))


def test_a_guard_tells_this_case_and_prints_the_general_sentence() -> None:
    book = GuardBook()

    @book.guard("钱款已经付清。", told=lambda facts: f"还欠{facts.owed}元。")
    def paid(facts: Facts) -> bool:
        return facts.owed == 0

    refusal = book["paid"].refusal(Facts(owed=5))
    assert refusal is not None
    assert (refusal.sentence, book["paid"].sentence) == ("还欠5元。", "钱款已经付清。")
    assert book["paid"].refusal(Facts(owed=0)) is None
