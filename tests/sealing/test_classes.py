"""Every column that can hold words or a day of a person names its data class; personal data stands sealed."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, String

from mediation.engine.codes import load_codes
from mediation.sealing.blind import SUFFIX
from mediation.sealing.classes import CLASSES
from mediation.sealing.types import Sealed, SealedJson
from mediation.settings import Settings
from mediation.tables import metadata


def _wordy() -> Iterator[tuple[str, Column[Any]]]:
    """Columns that people's words or files could stand in."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String | JSON | LargeBinary | Sealed):
                yield f"{table.name}.{column.name}", column


def test_every_column_of_words_names_a_class_of_the_register() -> None:
    codes = load_codes(Settings().workflows_folder / "codes")["data_classes"]
    assert tuple(codes) == CLASSES
    unnamed = [name for name, column in _wordy() if column.info.get("class") not in CLASSES]
    assert unnamed == [], "say info=ORDINARY, or use sealed_text(class, limit) of mediation.sealing.classes"


def test_what_is_not_ordinary_is_sealed_or_says_why_not() -> None:
    open_ = [
        name
        for name, column in _wordy()
        if not isinstance(column.type, Sealed)
        and column.info["class"] != "ordinary"
        and not column.info.get("in_clear")
    ]
    assert open_ == []


def test_what_is_sealed_is_not_called_ordinary() -> None:
    assert [
        name for name, column in _wordy() if isinstance(column.type, Sealed) and column.info["class"] == "ordinary"
    ] == []


def test_every_sealed_column_knows_its_place() -> None:
    sealed = {name: column.type.place for name, column in _wordy() if isinstance(column.type, Sealed)}
    assert len(sealed) > 40
    assert {name: place for name, place in sealed.items() if name != place} == {}


def test_every_blind_index_stands_beside_a_sealed_column() -> None:
    blind = [(table, c.name) for table in metadata.sorted_tables for c in table.columns if c.name.endswith(SUFFIX)]
    assert len(blind) >= 3
    assert all(isinstance(table.columns[name.removesuffix(SUFFIX)].type, Sealed) for table, name in blind)


def test_what_sealed_json_shows_is_short_and_known() -> None:
    """A new name here must be a code or a day, never words of a person."""
    shown = {name: column.type.shown for name, column in _wordy() if isinstance(column.type, SealedJson)}
    days = {"referred_on", "taken_over_on", "advance_ordered_on"}
    codes = {"award_finality", "decision_result", "aid_urgent_ground", "enforcement_title"}
    assert {name: names for name, names in shown.items() if names} == {"proceedings.answers": days | codes}
