"""A token never opens more than its scopes, nor more than its owner may do; it expires, and is shown once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.clock import TestClock
from mediation.errors import BadInput, Forbidden, NotFound
from mediation.logins.models import ApiToken
from mediation.logins.tokens import MOST, SCOPES, find_token, make_token, narrowed, revoke_token, tokens_of
from mediation.people.actor import Actor, Grant
from mediation.people.models import Account
from tests.logins.conftest import noted, open_account

BOTH = Actor(1, "陈", (Grant("mediator", 1, "/1/"), Grant("supervisor", 1, "/1/"), Grant("clerk", 2, "/2/")))


def make(session: Session, account: Account, at: datetime, key: str = "key-0001", **given: object) -> str:
    told: dict[str, object] = {"name": "台账同步", "scopes": ["read"], "days": 30, **given}
    secret = make_token(session, account.id, **told, at=at, key=key)  # type: ignore[arg-type]
    assert secret is not None
    return secret


def test_it_opens_until_its_day_and_only_its_hash_is_kept(session: Session, account: Account, clock: TestClock) -> None:
    secret = make(session, account, clock.now())
    assert session.scalars(select(ApiToken.token_hash)).one() != secret
    clock.move(days=29, hours=23)
    found = find_token(session, secret, clock.now())
    assert found is not None
    assert (found.person_id, found.scopes) == (account.person_id, {"read"})
    clock.move(hours=1)
    assert find_token(session, secret, clock.now()) is None
    assert find_token(session, secret + "x", clock.now() - timedelta(days=1)) is None


def test_revoked_it_opens_nothing_and_both_stand_in_the_chain(session: Session, account: Account, at: datetime) -> None:
    secret = make(session, account, at)
    revoke_token(session, account.id, tokens_of(session, account.id)[0].id, at=at)
    revoke_token(session, account.id, tokens_of(session, account.id)[0].id, at=at)
    assert find_token(session, secret, at) is None
    assert noted(session) == ["make_token", "revoke_token"]


def test_a_closed_account_closes_its_tokens(session: Session, account: Account, at: datetime) -> None:
    secret = make(session, account, at)
    account.active = False
    session.flush()
    assert find_token(session, secret, at) is None


def test_somebody_elses_token_is_not_found(session: Session, account: Account, at: datetime) -> None:
    make(session, account, at)
    other = open_account(session, "li", "李律师", "lawyer", at=at)
    with pytest.raises(NotFound):
        revoke_token(session, other.id, tokens_of(session, account.id)[0].id, at=at)


def test_a_second_click_makes_no_second_token(session: Session, account: Account, at: datetime) -> None:
    make(session, account, at, key="one-and-the-same")
    assert make_token(session, account.id, "台账同步", ["read"], 30, at=at, key="one-and-the-same") is None
    assert len(tokens_of(session, account.id)) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["read", "everything"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
    ],
)
def test_what_is_missing_is_named(
    session: Session, account: Account, at: datetime, given: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        make(session, account, at, **given)
    assert list(refused.value.fields) == [field]


def test_there_are_not_endlessly_many(session: Session, account: Account, at: datetime) -> None:
    for n in range(MOST):
        make(session, account, at, key=f"key-{n:04}")
    with pytest.raises(BadInput, match="最多"):
        make(session, account, at, key="one-too-many")


def test_reading_needs_the_scope_to_read() -> None:
    assert narrowed(BOTH, {"read"}, changing=False) == BOTH
    with pytest.raises(Forbidden, match="read"):
        narrowed(BOTH, {"cases:write"}, changing=False)


@pytest.mark.parametrize(
    ("scopes", "roles"),
    [
        ({"read", "cases:write"}, ["mediator", "clerk"]),
        ({"supervision:write"}, ["supervisor"]),
        ({"queue:write"}, []),
        (set(SCOPES), ["mediator", "supervisor", "clerk"]),
    ],
)
def test_changing_leaves_the_grants_of_the_scopes_and_adds_none(scopes: set[str], roles: list[str]) -> None:
    assert [grant.role for grant in narrowed(BOTH, scopes, changing=True).grants] == roles


def test_a_token_for_reading_changes_nothing() -> None:
    with pytest.raises(Forbidden, match="只能查看"):
        narrowed(BOTH, {"read"}, changing=True)
