"""The people of the practice district: who sits where, and the three log-ins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ..clock import Clock
from ..people.accounts import create_account
from ..people.actor import Actor, load_actor
from ..people.models import Organisation
from ..people.organisations import add_organisation, grant_role
from ..people.persons import PersonData, register_person
from .invented import Inventor

DISTRICT = "示范区总工会"
STREETS = (("东街街道", "示东"), ("西苑街道", "示西"), ("南湖街道", "示南"))
COMMUNITIES = (("锦绣社区", "示锦"), ("滨河社区", "示滨"))
LAWYERS = 6
LOGINS: Mapping[str, str] = {"tiaojie": "调解员", "lvshi": "律师", "zhuguan": "主管"}
"""Log-in name → who it is. All three have the password PASSWORD."""
PASSWORD = "lianxi-demo"
COMMITTEE = "示范区劳动人事争议仲裁委员会"


@dataclass(frozen=True, slots=True)
class Place:
    """A street or community where cases come in, with its mediators; the first one takes most of them."""

    organisation_id: int
    mediators: tuple[Actor, ...]


@dataclass(frozen=True, slots=True)
class Office:
    places: tuple[Place, ...]
    supervisor: Actor
    second_supervisor: Actor
    clerk: Actor
    lawyers: tuple[Actor, ...]

    @property
    def logins(self) -> Mapping[str, int]:
        """Log-in name → person."""
        people = {"tiaojie": self.places[0].mediators[0], "lvshi": self.lawyers[0], "zhuguan": self.supervisor}
        return {login: actor.person_id for login, actor in people.items() if actor.person_id is not None}


def set_up(session: Session, clock: Clock, inventor: Inventor) -> Office:
    """The tree of organisations with everybody who works there, in office since the first of January of last year."""
    since = date(clock.today().year - 1, 1, 1)

    def staff(role: str, place: Organisation) -> Actor:
        data = PersonData(inventor.name(), phone=inventor.phone())
        person = register_person(session, data, at=clock.now())
        grant_role(session, person.id, place.id, role, since)
        return load_actor(session, person.id, clock.today())

    district = add_organisation(session, DISTRICT, "示", "district", arbitration_committee=COMMITTEE)
    supervisors = staff("supervisor", district), staff("supervisor", district)
    clerk = staff("clerk", district)
    lawyers = tuple(staff("lawyer", district) for _ in range(LAWYERS))
    places = []
    for name, short in STREETS:
        street = _place(session, f"示范区{name}总工会", short, "street", district)
        places.append(Place(street.id, (staff("mediator", street), staff("mediator", street))))
        for community, letters in COMMUNITIES:
            full = f"示范区{name}{community}工会联合会"
            below = _place(session, full, f"{letters}{short[-1]}", "community", street)
            if community == COMMUNITIES[0][0]:
                places.append(Place(below.id, (staff("mediator", below),)))
    return Office(tuple(places), *supervisors, clerk, lawyers)


def _place(session: Session, name: str, short: str, level: str, parent: Organisation) -> Organisation:
    return add_organisation(
        session,
        name,
        short,
        level,
        parent,
        address=f"{name}一层调解室",
        phone="12351",
        arbitration_committee=COMMITTEE,
    )


def open_accounts(session: Session, clock: Clock, office: Office) -> None:
    """The three log-ins. Done last: where they exist, the district is complete."""
    for login, person_id in office.logins.items():
        create_account(session, person_id, login, PASSWORD, at=clock.now())
