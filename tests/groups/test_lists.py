"""Lists of workers: all or nothing, every fault at once and in its row, once only."""

import hashlib
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from mediation.cases.models import AuditEntry, Case, Demand, Party, StoredFile
from mediation.errors import BadInput, KeyReused, NotFound, StateHasChanged
from mediation.findings.verify import verify_all
from mediation.groups.columns import template
from mediation.groups.comparing import compare
from mediation.groups.importing import SaveIn, hand_in, save_roster
from mediation.groups.models import Roster
from mediation.money import fen
from tests.groups.sheets import HEADING, crowd, handed_in, id_number, looked, revision, row, saved, xlsx
from tests.office import Office


def counted(office: Office, case_id: int) -> tuple[int, int, int]:
    """Workers, demands, fen demanded."""
    with office.database.read() as session:
        workers = session.scalar(select(func.count(Party.id)).where(Party.case_id == case_id, Party.side == "worker"))
        query = select(func.count(Demand.id), func.sum(Demand.amount)).where(Demand.case_id == case_id)
        demands, total = session.execute(query).one()
        return workers or 0, demands, int(total or 0)


def faults(office: Office, case_id: int, *rows: list[object]) -> list[tuple[int, str, str]]:
    found = looked(office, case_id, handed_in(office, case_id, xlsx(rows))).checked.ordered()
    return [(fault.row, fault.column, fault.sentence) for fault in found]


def test_a_list_becomes_workers_and_demands_with_one_entry(office: Office) -> None:
    case = office.register(workers=[], demands=[])
    done = saved(office, case, xlsx([row(n, due=3000 + n / 100) for n in range(12)]), all_applied=True)
    assert (done.result["people"], done.result["demands"], done.result["workers_count"]) == (12, 12, 12)
    assert counted(office, case.case_id) == (12, 12, 12 * 200_000 + sum(range(12)))
    with office.database.read() as session:
        file = session.get_one(Case, case.case_id)
        assert (file.gravity, file.group_case) == ("major", True)
        words = list(session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))
        assert words == ["register", "import_roster"]
        assert set(session.scalars(select(Party.consent).where(Party.side == "worker"))) == {"agreed"}
        demand = session.scalars(select(Demand).order_by(Demand.id)).first()
        assert demand is not None
        assert (str(demand.from_on), str(demand.until_on), demand.head) == ("2026-06-01", "2026-08-31", "wages")
    with office.database.read() as session:
        assert list(verify_all(session)) == []


def test_with_one_fault_nothing_is_saved(office: Office) -> None:
    case = office.register(workers=[], demands=[])
    bad = xlsx([row(1), row(2, phone="12"), row(3)])
    with pytest.raises(BadInput, match="第3行电话"):
        saved(office, case, bad)
    assert counted(office, case.case_id) == (0, 0, 0)
    assert revision(office, case) == 1


def test_every_fault_is_told_at_once_in_the_order_of_the_sheet(office: Office) -> None:
    case = office.register()
    last = "9" if id_number(5)[-1] != "9" else "8"
    found = faults(
        office,
        case.case_id,
        row(1, name=""),
        row(2, id_number=float(110101199003078515)),
        row(3, id_number="1.10101E+17"),
        row(4, due="12.345"),
        row(5, id_number=id_number(5)[:-1] + last),
        row(6, due="100", paid="200"),
        row(7, due="3000", paid="1000", unpaid="1999.99"),
        row(8, from_on="2026-08", until_on="2026-07"),
        row(9, head="奖牌"),
        row(10, from_on="上个月"),
        row(11, due=""),
    )
    assert [(number, column) for number, column, _ in found] == [
        (2, "name"),
        (3, "id_number"),
        (4, "id_number"),
        (5, "due"),
        (6, "id_number"),
        (7, "paid"),
        (8, "unpaid"),
        (9, "until_on"),
        (10, "head"),
        (11, "from_on"),
        (12, "due"),
    ]
    told = {number: sentence for number, _, sentence in found}
    assert "文本" in told[3]
    assert "科学记数法" in told[4]
    assert "2000.00" in told[8]
    assert "1999.99" in told[8]


def test_what_people_really_type_is_read(office: Office) -> None:
    case = office.register(workers=[], demands=[])
    typed = row(1, due="１,２００.５０元", paid=200.5, phone=13800138000, from_on="2026年6月1日", until_on="2026/8/31")
    title, heading = ["欠薪名单（8月）"], [f" {text} *" if text == "姓名" else f"{text}（元）" for text in HEADING]
    content = xlsx([heading, typed, ["合计", "", "", "", "", 1200.5]], heading=title)
    (entry,) = looked(office, case.case_id, handed_in(office, case.case_id, content)).checked.entries
    assert (entry.due, entry.paid, entry.unpaid, entry.phone) == (120_050, 20_050, 100_000, "13800138000")


def test_duplicates_in_the_list(office: Office) -> None:
    case = office.register()
    found = faults(
        office,
        case.case_id,
        row(1),
        row(1),
        row(1, from_on="2026-08", until_on="2026-09-15"),
        row(1, from_on="2026-01", until_on="2026-03"),
        row(1, head="加班工资"),
        row(2),
        row(3, id_number=id_number(2), head="加班工资"),
        row(4, name="同名"),
        row(5, name="同名", id_number=""),
    )
    assert [(number, column) for number, column, _ in found] == [(3, ""), (4, ""), (8, "id_number"), (10, "id_number")]


def test_known_workers_get_demands_and_are_not_added_again(office: Office) -> None:
    case = office.register(workers=[], demands=[])
    saved(office, case, xlsx([row(1), row(2)]))
    content = xlsx([row(1, from_on="2026-01", until_on="2026-03"), row(3)])
    shown = looked(office, case.case_id, handed_in(office, case.case_id, content))
    assert (shown.new, shown.people, shown.checked.faults) == (1, 2, [])
    saved(office, case, content)
    assert counted(office, case.case_id)[:2] == (3, 4)
    again = faults(office, case.case_id, row(3))
    assert [(number, "不能重复导入" in sentence) for number, _, sentence in again] == [(2, True)]
    other = faults(office, case.case_id, row(9, id_number=id_number(3)))
    assert "此前登记为" in other[0][2]


def test_a_namesake_without_a_number_is_not_guessed(office: Office) -> None:
    case = office.register()
    found = faults(office, case.case_id, row(1, name="张三", phone="13900139000"))
    assert "同名" in found[0][2]
    assert faults(office, case.case_id, row(1, name="张三", phone="13800138000")) == []


def test_the_same_key_saves_once_and_a_saved_list_never_again(office: Office) -> None:
    case = office.register(workers=[], demands=[])
    content, key = xlsx([row(1)]), office.key()
    roster, digest = handed_in(office, case.case_id, content), hashlib.sha256(content).hexdigest()

    def save(key: str, revision: int, **told: object) -> bool:
        with office.database.write() as session:
            at = (session, office.runtime, case.case_id, roster, SaveIn(**{"sha256": digest, **told}))
            return save_roster(*at, revision=revision, key=key, actor=office.mediator).repeated is not None

    with pytest.raises(BadInput, match="换成另一份"):
        save(office.key(), 1, sha256="0" * 64)
    with pytest.raises(StateHasChanged):
        save(office.key(), 0)
    assert save(key, 1) is False
    assert save(key, 1) is True
    with pytest.raises(KeyReused):
        save(key, 1, all_applied=True)
    with pytest.raises(BadInput, match="已经保存过"):
        save(office.key(), 2)
    assert counted(office, case.case_id) == (1, 1, 200_000)


def test_the_marked_sheet_is_the_same_sheet(office: Office) -> None:
    case = office.register()
    content = xlsx([row(1), row(2, phone="12", due="x")])
    shown = looked(office, case.case_id, handed_in(office, case.case_id, content))
    sheet = load_workbook(io.BytesIO(shown.marked())).worksheets[0]
    assert [cell.value for cell in sheet[1]][-1] == "错误说明"
    assert sheet["C3"].value == "12"
    assert sheet["C3"].comment is not None
    assert sheet["C3"].fill.fgColor.rgb.endswith("FFC7CE")
    assert "电话：" in sheet["K3"].value
    assert "应发金额：" in sheet["K3"].value
    assert sheet["K2"].value is None
    again = looked(office, case.case_id, handed_in(office, case.case_id, shown.marked()))
    assert again.checked.ordered() == shown.checked.ordered()
    assert load_workbook(io.BytesIO(again.marked())).worksheets[0].max_column == 11


def test_a_csv_file_comes_back_as_a_sheet_of_texts(office: Office) -> None:
    case = office.register()
    text = ",".join(HEADING) + "\r\n" + ",".join(map(str, row(1, note="=1+1"))) + "\r\n"
    for encoding in ("utf-8-sig", "gbk"):
        shown = looked(office, case.case_id, handed_in(office, case.case_id, text.encode(encoding)))
        assert [fault.column for fault in shown.checked.faults] == ["note"]
        sheet = load_workbook(io.BytesIO(shown.marked())).worksheets[0]
        assert (sheet["J2"].value, sheet["J2"].data_type, sheet["B2"].value) == ("=1+1", "s", id_number(1))


def test_the_template_can_be_filled_in_and_read(office: Office) -> None:
    content = template({"wages": "拖欠工资", "bonus": "奖金、提成"})
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == HEADING
    assert sheet.column_dimensions["B"].width > 18
    for place, value in enumerate(row(1, head="奖金、提成"), start=1):
        sheet.cell(2, place).value = value
    held = io.BytesIO()
    book.save(held)
    case = office.register(workers=[], demands=[])
    (entry,) = looked(office, case.case_id, handed_in(office, case.case_id, held.getvalue())).checked.entries
    assert (entry.head, entry.unpaid) == ("bonus", fen("2000"))


def test_a_payroll_list_is_compared_with_the_unpaid_list(office: Office) -> None:
    case = office.register(workers=[], demands=[])
    saved(office, case, xlsx([row(1), row(2), row(3), row(4, id_number="")]), kind="payroll")
    assert counted(office, case.case_id) == (0, 0, 0)
    saved(office, case, xlsx([row(1), row(2, paid="900"), row(4), row(5)]))
    with office.database.read() as session:
        found = compare(session, office.runtime, case.case_id, actor=office.mediator)
    assert (found.payroll_lists, found.unpaid_lists) == (1, 1)
    assert [one.kind for one in found.people] == ["same", "differs", "only_payroll", "same", "only_unpaid"]
    assert [one.claimed for one in found.differences] == [210_000, None, 200_000]


def test_who_may_hand_in_and_look(office: Office) -> None:
    case = office.register()
    content = xlsx([row(1)])
    roster = handed_in(office, case.case_id, content)
    with pytest.raises(NotFound), office.database.write() as session:
        hand_in(session, office.runtime, case.case_id, "unpaid", "x", content, actor=office.lawyer)
    with pytest.raises(BadInput, match="种类"), office.database.write() as session:
        hand_in(session, office.runtime, case.case_id, "wages", "x", content, actor=office.mediator)
    other = office.register(workers=[{"name": "王五"}])
    with pytest.raises(NotFound):
        looked(office, other.case_id, roster)


def test_an_unsaved_list_is_forgotten_with_its_file(office: Office) -> None:
    case = office.register()
    handed_in(office, case.case_id, xlsx([row(1)]))
    handed_in(office, case.case_id, content := xlsx([row(2)]))
    with office.database.read() as session:
        assert session.scalars(select(StoredFile.sha256)).all() == [hashlib.sha256(content).hexdigest()]
        assert session.scalar(select(func.count()).select_from(Roster)) == 1


def test_a_thousand_rows(office: Office) -> None:
    case = crowd(office, 2)
    rows = [row(n, due=f"{3000 + n}.{n % 100:02d}") for n in range(10, 1010)]
    done = saved(office, case, xlsx(rows))
    assert (done.result["rows"], done.result["people"], done.result["workers_count"]) == (1000, 1000, 1002)
    expected = sum(fen(f"{3000 + n}.{n % 100:02d}") - 100_000 for n in range(10, 1010))
    assert done.result["claimed"] == expected
    assert counted(office, case.case_id) == (1002, 1002, expected + 400_000)
