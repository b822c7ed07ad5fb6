"""Three to five representatives; settling needs each worker's consent to the very draft."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from mediation.cases.facts import Facts
from mediation.cases.intake import Registered
from mediation.cases.models import Party
from mediation.db import connection_of
from mediation.errors import BadInput
from mediation.findings.verify import verify_all
from mediation.groups.representatives import (
    ConsentIn,
    Draft,
    ElectionIn,
    draft_of,
    elect,
    elections_of,
    record_consents,
)
from mediation.groups.rules import representatives_settle_with_every_consent
from mediation.recovery.rules import every_signing_party_has_signed
from tests.groups.sheets import crowd, do, draft, drafted, elected
from tests.office import Office

DAY = date(2026, 9, 18)


class Signing:
    """Facts of a case while an agreement is signed by these parties."""

    def __init__(self, facts: Facts, signed_by: list[int]) -> None:
        self._facts, self._signed_by = facts, signed_by

    def __getattr__(self, name: str) -> Any:
        return getattr(self._facts, name)

    def told(self, name: str) -> Any:
        return self._signed_by if name == "signed_by" else None


def judged(office: Office, case: Registered, signed_by: list[int]) -> tuple[bool, bool]:
    """Whether the consents suffice, and whether everybody has signed or was signed for."""
    with office.database.read() as session:
        row = office.runtime.reading.row(connection_of(session), case.proceeding_id, office.clock.now())
        assert row is not None
        facts = Signing(Facts(row, office.clock.now(), None), signed_by)
        return bool(representatives_settle_with_every_consent(facts)), bool(every_signing_party_has_signed(facts))


def present_draft(office: Office, case: Registered) -> Draft:
    with office.database.read() as session:
        found = draft_of(session, case.case_id)
        assert found is not None
        return found


def consents(office: Office, case: Registered, workers: list[int], answer: Any = "agreed") -> Any:
    return do(office, record_consents, case, ConsentIn(workers=workers, answer=answer, answered_on=DAY))


def test_an_election_is_recorded_and_the_next_one_ends_it(office: Office) -> None:
    case = crowd(office, 12)
    first = elected(office, case, 3)
    second = elected(office, case, 5)
    with office.database.read() as session:
        newest, older = elections_of(session, case.case_id, {"mediator"})
        live = session.scalars(
            select(Party.id).where(Party.role == "elected_representative", Party.left_on.is_(None)).order_by(Party.id)
        ).all()
        speaker = session.get_one(Party, second[0])
        worker = session.get_one(Party, newest.representatives[0].worker_id)
        assert (speaker.person_id, speaker.authority) == (worker.person_id, "general")
    assert [r.party_id for r in newest.representatives] == second == live
    assert ([r.party_id for r in older.representatives], older.ended_on) == (first, DAY)
    assert (newest.voters, newest.ended_on) == (10, None)


@pytest.mark.parametrize(
    ("people", "chosen", "voters", "words"),
    [(12, 2, 10, "3至5名"), (12, 6, 10, "3至5名"), (9, 3, 9, "十人以上"), (12, 3, 13, "不能多于")],
)
def test_elections_that_are_refused(office: Office, people: int, chosen: int, voters: int, words: str) -> None:
    case = crowd(office, people)
    ids = office.parties(case.case_id, "worker")[:chosen]
    data = ElectionIn(representatives=ids, elected_on=DAY, voters=voters, evidence=77)
    with pytest.raises(BadInput) as refused:
        do(office, elect, case, data)
    assert words in "".join(refused.value.fields.values())
    assert "evidence" in refused.value.fields


def test_representatives_sign_only_with_every_consent(office: Office) -> None:
    case = drafted(office)
    workers = office.parties(case.case_id, "worker")
    covered = [opinion.party_id for opinion in present_draft(office, case).opinions]
    (*speakers,) = sorted(set(workers) - set(workers[:12]))
    employer = office.parties(case.case_id, "employer")
    assert judged(office, case, [*covered, *employer]) == (True, True)
    assert judged(office, case, [*speakers, *employer]) == (False, False)
    consents(office, case, covered[:9])
    assert judged(office, case, [*speakers, *employer]) == (False, False)
    consents(office, case, covered[9:], "refused")
    assert judged(office, case, [*speakers, *employer]) == (False, False)
    changed = consents(office, case, covered[9:])
    assert changed.result["before"] == {str(covered[9]): "refused"}
    assert judged(office, case, [*speakers, *employer]) == (True, True)
    assert judged(office, case, [*speakers[:2], *employer]) == (False, False)
    assert present_draft(office, case).everybody_agrees


def test_a_new_draft_has_to_be_consented_to_anew(office: Office) -> None:
    case = drafted(office)
    covered = [opinion.party_id for opinion in present_draft(office, case).opinions]
    consents(office, case, covered)
    office.fire(case.proceeding_id, "drop_draft", {"drop_reason": "金额有误"})
    with pytest.raises(BadInput, match="没有等待签署的协议稿"):
        consents(office, case, covered)
    draft(office, case, covered[:4])
    fresh = present_draft(office, case)
    assert ([o.party_id for o in fresh.opinions], fresh.count(None)) == (covered[:4], 4)
    assert [o.agreed for o in fresh.opinions] == [200_000] * 4
    with pytest.raises(BadInput, match="协议稿涉及"):
        consents(office, case, covered[4:5])
    with pytest.raises(BadInput, match="晚于今天"):
        late = ConsentIn(workers=covered[:1], answer="agreed", answered_on=date(2026, 12, 1))
        do(office, record_consents, case, late)
    with office.database.read() as session:
        assert list(verify_all(session)) == []


def test_without_an_election_nobody_signs_for_others(office: Office) -> None:
    case = office.signed()
    assert judged(office, case, [1]) == (True, True)
