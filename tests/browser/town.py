"""Two streets full of everything, and for each page of the route table somebody who may see it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from starlette.testclient import TestClient

from tests.api.desk import PASSWORD, give_account, login_of
from tests.wall.streets import ASKING, Streets
from tests.wall.test_wall import filled, pages

NOBODY = "nobody"
"""Somebody who has not logged in."""
FILE = "a file"
DAYS = "from=2026-01-01&to=2026-12-31"
ASKED = {
    "/cases": "?whose=all",
    "/receipts": f"?{DAYS}",
    "/receipts/lines": f"?column=claimed&{DAYS}",
    "/outcomes": f"?{DAYS}&rate=true",
    "/outcomes/list": f"?{DAYS}",
    "/referrals/list": f"?column=received&{DAYS}",
}
"""With what a page has to be asked to show something. Examples of path parameters stand in tests/wall."""
NO_PAGE = {
    "/": "leads to one's first page",
    "/login/factor": "a step of logging in, looked at in test_account_pages.py",
    "/login/setup": "a step of logging in, looked at in test_account_pages.py",
    "/login/sign-on": "leads to the provider",
    "/login/sign-on/back": "leads to one's first page",
    "/account/identities/prove": "leads to the provider",
    "/intake/employers": "a part of the page of intake",
    "/queue/{proceeding_id}/release": "only for the lawyer who claimed it, looked at in test_queue.py",
}
"""Addresses at which nobody sees a page, and why."""
FILES = re.compile(r"\.(\{kind\}|csv|json|xlsx|zip|pdf|ics|svg|png)")


@dataclass(frozen=True)
class Seen:
    """A page: its route, who sees it (a role of the street) and where."""

    route: str
    role: str
    address: str


@dataclass
class Town:
    """The people of the street that has the cases, behind their browsers."""

    streets: Streets
    app: Any
    clients: dict[str, TestClient] = field(default_factory=dict)

    def client(self, role: str) -> TestClient:
        if role not in self.clients:
            client = TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
            if role != NOBODY:
                actor = self.streets.them[role]
                give_account(self.streets.office, actor)
                client.post("/login", data={"login": login_of(actor), "password": PASSWORD})
            self.clients[role] = client
        return self.clients[role]

    def pages(self) -> tuple[list[Seen], list[str]]:
        """What there is to look at, each kind of page once; and the routes that nobody could be found for."""
        found: list[Seen] = []
        missing: list[str] = []
        for question in pages():
            if question.method != "GET" or question.path in NO_PAGE or FILES.search(question.path):
                continue
            here = list(self._of(question.path, filled(question, self.streets)))
            found += [seen for seen in here if seen.role != FILE]
            missing += [] if here else [question.path]
        return found, missing

    def _of(self, route: str, addresses: Iterator[str]) -> Iterator[Seen]:
        """One address of each kind: they may differ by a word, as the forms to add this or that do."""
        kinds: set[str] = set()
        for address in addresses:
            kind = re.sub(r"\d+", "*", address)
            if kind not in kinds and (role := self._who(address + ASKED.get(route, ""))):
                kinds.add(kind)
                yield Seen(route, role, address + ASKED.get(route, ""))

    def _who(self, address: str) -> str:
        ours = ASKING if address.startswith(("/cases", "/intake", "/account")) else sorted(ASKING, reverse=True)
        for role in (*ours, NOBODY):
            answer = self.client(role).get(address)
            if answer.status_code == 200:
                return role if answer.headers["content-type"].startswith("text/html") else FILE
        return ""
