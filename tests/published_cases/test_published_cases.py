"""Every published case, acted out through the real use cases: sums tie, and no step is passed over in silence."""

import pytest

from mediation.replay.published import Case, File, read_cases
from mediation.replay.run import Replayed, replay_case
from mediation.replay.stage import Stage
from mediation.replay.vocabulary import HANDLERS, TITLES
from tests.published_cases.conftest import OWN
from tests.published_cases.mapping import MAPPING
from tests.published_cases.synthetic import WAYS


def _one(file: File, id: str) -> Case:
    return next(case for case in file.cases if case.id == id)


def test_every_step_stands_in_the_file_and_every_published_sum_ties(
    published: File, published_id: str, stage: Stage
) -> None:
    """In the published order, each as an event or an entry; of any file of this format."""
    done = replay_case(_one(published, published_id), published.meta, stage)
    assert [line.code for line in done.lines] == list(done.case.steps)
    for line in done.lines:
        assert line.expressed, f"{line.code}：{line.reason}"
        assert line.trace, f"{line.code} has left no trace"
        assert line.noted is not None or set(line.trace) & set(MAPPING[line.code]), (line.code, line.trace)
    assert [f"{found.title}: {found.published} != {found.rows}" for found in done.faults] == []
    if done.case.steps[-1] == "OPEN_UNKNOWN":
        assert not any(ending.outcome for ending in done.endings if ending.workflow == "dispute")


def test_the_mapping_knows_every_code_of_the_vocabulary() -> None:
    assert MAPPING.keys() == TITLES.keys() == HANDLERS.keys()
    own = read_cases(OWN, TITLES)
    acted = {code for case in own.cases for code in case.steps} | {code for way in WAYS.values() for code in way}
    assert acted == TITLES.keys()


@pytest.mark.parametrize("way", WAYS)
def test_codes_that_no_published_case_has_are_acted_out_too(stage: Stage, way: str) -> None:
    own = read_cases(OWN, TITLES)
    done = replay_case(_one(own, "RC-10").model_copy(update={"steps": WAYS[way]}), own.meta, stage)
    for line in done.lines:
        assert (line.area, line.noted) == (None, None), (line.code, line.reason, line.noted)
        assert set(line.trace) & set(MAPPING[line.code]), (line.code, line.trace)


def test_the_published_cases_are_told_without_a_gap(stage: Stage) -> None:
    """One closing is a note only: its source calls it a success and publishes no payment, so none is invented."""
    own = read_cases(OWN, TITLES)
    all_ = [replay_case(case, own.meta, stage) for case in own.cases]
    assert [one.case.id for one in all_ if not one.complete] == []
    assert [(one.case.id, line.code) for one in all_ for line in one.noted] == [("RC-02", "CLOSE_OK")]
    assert all(line.expressed for one in all_ for line in one.lines)


STRICT = ("RC-05", "RC-08", "RC-10", "RC-16", "RC-37")


@pytest.fixture(scope="module")
def strict(stage: Stage) -> dict[str, Replayed]:
    own = read_cases(OWN, TITLES)
    return {id: replay_case(_one(own, id), own.meta, stage) for id in STRICT}


@pytest.mark.parametrize("id", STRICT)
def test_every_step_is_expressed(strict: dict[str, Replayed], id: str) -> None:
    assert [line.code for line in strict[id].missing] == []
    assert {found.verdict for found in strict[id].sums} <= {"equal", "unpublished"}


def _sums(done: Replayed) -> dict[str, int]:
    return {found.name: found.rows for found in done.sums[:4]}


def _end(done: Replayed) -> list[tuple[str, str, str | None]]:
    return [(ending.workflow, ending.state, ending.outcome) for ending in done.endings]


def test_paid_on_the_spot_with_legal_aid_beside_it(strict: dict[str, Replayed]) -> None:
    done = strict["RC-05"]
    assert _end(done) == [
        ("dispute", "closed", "performed_full"),
        ("injury", "grade_told", None),
        ("legal_aid", "archived", "aid_completed"),
    ]
    assert _sums(done) == {"claimed": 0, "agreed": 7_500_000, "awarded": 0, "received": 7_500_000}
    days = {line.code: line.deeds[-1].on for line in done.lines if line.deeds}
    assert days["AGREE_FULL"] == days["PAY_SPOT"] == days["SESSION"]


def test_due_three_days_after_signing_then_paid_and_followed_up(strict: dict[str, Replayed]) -> None:
    done = strict["RC-08"]
    assert _end(done) == [("dispute", "closed", "performed_full"), ("supervision", "ended", "rectified")]
    assert _sums(done)["agreed"] == _sums(done)["received"] == 360_000
    days = {line.code: line.deeds[-1].on for line in done.lines if line.deeds}
    assert (days["PAY_FULL"] - days["AGREE_FULL"]).days == 3
    assert days["FOLLOWUP"] > days["PAY_FULL"]


def test_seven_workers_share_to_the_cent_and_the_case_waits_for_its_day(strict: dict[str, Replayed]) -> None:
    done = strict["RC-10"]
    assert _end(done) == [
        ("dispute", "performance", None),
        ("judicial_confirmation", "confirmed", "confirmed_by_court"),
    ]
    assert _sums(done) == {"claimed": 5_538_000, "agreed": 5_538_000, "awarded": 0, "received": 0}
    due = [(title, day.isoformat()) for title, day, _ in done.endings[0].open_deadlines if "履行日" in title]
    assert len(due) == 7
    assert {day for _, day in due} == {"2026-02-28"}
    assert {title.split()[-1] for title, _ in due} == {"7,911.43元", "7,911.42元"}
    confirmed = next(line for line in done.lines if line.code == "CONFIRM_OK")
    assert confirmed.expressed


def test_three_workers_each_with_the_published_sum(strict: dict[str, Replayed]) -> None:
    done = strict["RC-16"]
    assert _end(done) == [("dispute", "closed", "performed_full"), ("litigation", "ended", "withdrawn_paid")]
    each = {found.title: found.rows for found in done.sums[4:]}
    assert each == {
        f"{name} {sum_title}": fen
        for name, fen in (("钟某", 1_397_900), ("张某", 3_135_900), ("刘某", 1_560_700))
        for sum_title in ("协议", "到账")
    }


def test_withdrawn_because_paid_although_everything_was_won(strict: dict[str, Replayed]) -> None:
    done = strict["RC-37"]
    assert _end(done) == [("dispute", "withdrawn", "withdrawn_paid"), ("arbitration", "ended", "withdrawn_paid")]
    assert _sums(done) == {"claimed": 225_000, "agreed": 225_000, "awarded": 0, "received": 225_000}
