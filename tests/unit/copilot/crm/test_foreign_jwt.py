"""Tokens of a CRM's own back end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from copilot.adapters.foreign_jwt import ForeignJwt
from copilot.errors import BadToken, ExpiredToken

SECRET = "a secret that both of us know, long enough"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
GOOD = {"sub": "lin@example.com", "jti": "1f2e3d4c", "exp": SECONDS + 300, "record": "mycrm:client/42"}


def token(claims: dict[str, Any], secret: str = SECRET, alg: str = "HS256") -> str:
    return jwt.encode({"alg": alg}, claims, OctKey.import_key(secret), algorithms=["HS256", "HS384"])


def read(text: str) -> Any:
    return ForeignJwt(SECRET, now=lambda: NOW).read(text)


def test_it_says_who_looks_at_what() -> None:
    found = read(token(GOOD | {"number": 7, "empty": ""}))
    assert (found.id, found.subject, found.claims) == ("1f2e3d4c", "lin@example.com", {"record": "mycrm:client/42"})


@pytest.mark.parametrize("missing", ["sub", "jti", "exp"])
def test_what_is_missing_is_told(missing: str) -> None:
    with pytest.raises(BadToken, match=missing):
        read(token({name: value for name, value in GOOD.items() if name != missing}))


@pytest.mark.parametrize(
    "changed",
    [{"sub": 7}, {"jti": ""}, {"jti": "x" * 201}, {"exp": SECONDS + 3600}, {"exp": "soon"}, {"nbf": SECONDS + 90}],
)
def test_what_is_wrong_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        read(token(GOOD | changed))


def test_it_expires() -> None:
    with pytest.raises(ExpiredToken):
        read(token(GOOD | {"exp": SECONDS - 60}))


def test_another_secret_or_algorithm_opens_nothing() -> None:
    for text in (token(GOOD, "another secret that is long enough too"), token(GOOD, alg="HS384"), "a.b.c", "x" * 9000):
        with pytest.raises(BadToken):
            read(text)


def test_one_without_a_signature_opens_nothing() -> None:
    head, body, _ = token(GOOD).split(".")
    with pytest.raises(BadToken):
        read(f"eyJhbGciOiJub25lIn0.{body}.")
    with pytest.raises(BadToken):
        read(f"{head}.{body}.")
