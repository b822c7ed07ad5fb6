"""A case whose arbitration or suit is followed day by day: events by name, deadlines by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from mediation.cases.models import Activity, Proceeding
from mediation.clock import SHANGHAI
from mediation.deadlines.models import Deadline
from mediation.recovery.models import Award
from mediation.sweeping.sweep import sweep_once
from tests.office import Office

BODY = "示范区劳动人事争议仲裁委员会"


@dataclass
class Courtroom:
    """One case. `on` sets the day on which people record; the days told in answers may be earlier."""

    office: Office
    case_id: int
    dispute: int

    def on(self, day: str) -> "Courtroom":
        wanted = datetime.combine(date.fromisoformat(day), time(9), SHANGHAI)
        self.office.clock.move(days=(wanted.date() - self.office.clock.today()).days)
        return self

    def sweep(self) -> None:
        sweep_once(self.office.runtime, ())

    def start(self, event: str, **answers: Any) -> None:
        self.office.fire(self.dispute, event, answers)

    def arbitrate(self, **answers: Any) -> None:
        today = self.office.clock.today().isoformat()
        self.start("file_arbitration", **{"arbitration_filed_on": today, "arbitration_body": BODY, **answers})

    def do(self, workflow: str, event: str, **answers: Any) -> None:
        self.office.fire(self.proceeding(workflow).id, event, answers)

    def proceeding(self, workflow: str) -> Proceeding:
        """The newest proceeding of that workflow."""
        with self.office.database.read() as session:
            query = select(Proceeding).where(Proceeding.case_id == self.case_id, Proceeding.workflow == workflow)
            return session.scalars(query.order_by(Proceeding.id.desc())).first()  # type: ignore[return-value]

    def due(self, workflow: str, name: str) -> str:
        """The last day of the open deadline of that name."""
        return self.deadline(workflow, name).legal_due.isoformat()

    def deadline(self, workflow: str, name: str) -> Deadline:
        proceeding = self.proceeding(workflow).id
        with self.office.database.read() as session:
            query = select(Deadline).where(Deadline.proceeding_id == proceeding, Deadline.name == name)
            return session.scalars(query.where(Deadline.closed_at.is_(None))).one()

    def worker(self) -> int:
        return self.office.parties(self.case_id, "worker")[0]

    def awarded(self) -> list[int]:
        """The sums that count now, in fen."""
        with self.office.database.read() as session:
            query = select(Award.amount).where(Award.case_id == self.case_id, Award.superseded_at.is_(None))
            return list(session.scalars(query.order_by(Award.id)))

    def notes(self) -> Iterator[str]:
        with self.office.database.read() as session:
            yield from session.scalars(select(Activity.text).where(Activity.case_id == self.case_id)).all()


def courtroom(office: Office) -> Courtroom:
    case = office.register()
    return Courtroom(office, case.case_id, case.proceeding_id)
