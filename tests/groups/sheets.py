"""Lists of invented workers, as real spreadsheet files; and a case of a group."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from stdnum.cn import ric

from mediation.cases.change import Change
from mediation.cases.intake import Registered
from mediation.cases.models import Proceeding
from mediation.groups.columns import COLUMNS
from mediation.groups.importing import Looked, SaveIn, hand_in, look, save_roster
from mediation.groups.representatives import ElectionIn, elect
from tests.office import Office

HEADING = [column.title for column in COLUMNS]


def id_number(serial: int) -> str:
    """A resident ID number that nobody has, with a right check digit."""
    front = f"110101{1970 + serial // 1000 % 30:04d}0101{serial % 1000:03d}"
    return front + str(ric.calc_check_digit(front + "0"))


def row(serial: int, due: Any = "3000.00", paid: Any = "1000.00", **changes: Any) -> list[Any]:
    """One correct row of a list."""
    cells = {
        "name": f"工{chr(0x4E00 + serial)}",
        "id_number": id_number(serial),
        "phone": f"138{serial:08d}",
        "from_on": "2026-06",
        "until_on": "2026-08",
        "due": due,
        "paid": paid,
        "unpaid": "",
        "head": "",
        "note": "",
    }
    return [(cells | changes)[column.name] for column in COLUMNS]


def xlsx(rows: Iterable[Sequence[Any]], heading: Sequence[Any] = HEADING) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for cells in [heading, *rows]:
        sheet.append(list(cells))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def changed(content: bytes, **cells: Any) -> bytes:
    """The file with some cells set, by address."""
    book = load_workbook(io.BytesIO(content))
    for address, value in cells.items():
        book.worksheets[0][address] = value
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def handed_in(office: Office, case_id: int, content: bytes, kind: str = "unpaid", name: str = "名单.xlsx") -> int:
    with office.database.write() as session:
        return hand_in(session, office.runtime, case_id, kind, name, content, actor=office.mediator)


def looked(office: Office, case_id: int, roster_id: int) -> Looked:
    with office.database.read() as session:
        return look(session, office.runtime, case_id, roster_id, actor=office.mediator)


def saved(office: Office, case: Registered, content: bytes, kind: str = "unpaid", **told: Any) -> Change:
    """A list handed in and saved at once."""
    roster = handed_in(office, case.case_id, content, kind)
    with office.database.write() as session:
        return save_roster(
            session,
            office.runtime,
            case.case_id,
            roster,
            SaveIn(sha256=hashlib.sha256(content).hexdigest(), **told),
            revision=revision(office, case),
            key=office.key(),
            actor=office.mediator,
        )


def revision(office: Office, case: Registered) -> int:
    with office.database.read() as session:
        return session.scalars(select(Proceeding.revision).where(Proceeding.id == case.proceeding_id)).one()


def do(office: Office, use_case: Any, case: Registered, *given: Any, **more: Any) -> Change:
    """A change of the case file by the mediator, with the present revision and a fresh key."""
    told = {"revision": revision(office, case), "key": office.key(), "actor": office.mediator} | more
    with office.database.write() as session:
        return use_case(session, office.runtime, case.case_id, *given, **told)


def crowd(office: Office, people: int, unpaid: str = "2000.00") -> Registered:
    """A case with this many workers, each claiming the same."""
    workers = [{"name": f"工{chr(0x4E00 + n)}", "phone": f"138{n:08d}"} for n in range(people)]
    demands = [{"party": n, "head": "wages", "amount": unpaid} for n in range(people)]
    return office.register(workers=workers, demands=demands)


def elected(office: Office, case: Registered, count: int = 3) -> list[int]:
    """The party ids of representatives elected today from the first workers."""
    chosen = office.parties(case.case_id, "worker")[:count]
    data = ElectionIn(representatives=chosen, elected_on=office.clock.today(), voters=10)
    return list(do(office, elect, case, data).result["representatives"])


def drafted(office: Office, people: int = 12, covered: int = 10) -> Registered:
    """An accepted case of a group with representatives, and a draft that covers the first workers."""
    case = crowd(office, people)
    today = office.clock.today().isoformat()
    elected(office, case)
    workers, (employer,) = office.parties(case.case_id, "worker"), office.parties(case.case_id, "employer")
    for event, told in (
        ("assign_mediator", {"mediator": office.mediator.person_id}),
        ("ask_consent", {"in_scope": True, "asked_on": today}),
        ("record_consent", {"consent_party": employer, "consent": "agreed", "consent_on": today}),
        ("accept", {"accepted_on": today}),
    ):
        office.fire(case.proceeding_id, event, told)
    draft(office, case, workers[:covered])
    return case


def draft(office: Office, case: Registered, workers: list[int]) -> None:
    rows = [
        {"party": worker, "amount": amount, "due_on": due, "head": "wages"}
        for worker in workers
        for amount, due in (("1000.01", "2026-10-15"), ("999.99", "2026-11-15"))
    ]
    told = {"agreement_scope": "partial", "promises": rows}
    office.fire(case.proceeding_id, "draft_agreement", told)
