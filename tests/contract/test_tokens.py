"""What signed tokens promise, on keys of every kind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import Engine, insert

from copilot.adapters.jwt_tokens import JwtTokens
from copilot.adapters.sql.signing_keys import SqlSigningKeys
from copilot.adapters.sql.tables import signing_keys
from copilot.errors import BadToken, ExpiredToken

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def keys(engine: Engine) -> SqlSigningKeys:
    return SqlSigningKeys(engine, now=lambda: NOW)


@pytest.fixture
def tokens(keys: SqlSigningKeys) -> JwtTokens:
    return JwtTokens(keys, now=lambda: NOW)


def test_claims_come_back_as_they_were_signed(tokens: JwtTokens) -> None:
    assert tokens.read("visit", tokens.sign("visit", {"visitor": "王 1"}, HOUR)) == {"visitor": "王 1"}


def test_another_process_reads_them_too(tokens: JwtTokens, engine: Engine) -> None:
    token = tokens.sign("visit", {"visitor": "v"}, HOUR)
    assert JwtTokens(SqlSigningKeys(engine), now=lambda: NOW).read("visit", token) == {"visitor": "v"}


def test_all_who_begin_at_once_sign_with_one_key(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: SqlSigningKeys(engine).newest().secret, range(8)))
    assert len(set(made)) == 1


def test_a_newer_key_signs_and_older_ones_are_read(tokens: JwtTokens, engine: Engine) -> None:
    before = tokens.sign("visit", {"visitor": "v"}, HOUR)
    with engine.begin() as connection:
        connection.execute(insert(signing_keys).values(id=2, secret="s" * 43, created_at=NOW))
    after = tokens.sign("visit", {"visitor": "v"}, HOUR)
    assert before.split(".")[0] != after.split(".")[0]
    assert tokens.read("visit", before) == tokens.read("visit", after)


def test_a_token_ends(keys: SqlSigningKeys) -> None:
    token = JwtTokens(keys, now=lambda: NOW - timedelta(hours=2)).sign("visit", {}, HOUR)
    with pytest.raises(ExpiredToken):
        JwtTokens(keys, now=lambda: NOW).read("visit", token)


def test_a_token_for_something_else_opens_nothing(tokens: JwtTokens) -> None:
    with pytest.raises(BadToken):
        tokens.read("record", tokens.sign("visit", {}, HOUR))


def forged(key: OctKey, header: dict[str, object], **claims: object) -> str:
    times = {"iat": int(NOW.timestamp()), "exp": int((NOW + HOUR).timestamp()), "aud": "visit"}
    return jwt.encode(header, times | claims, key, algorithms=["HS256", "HS512", "none"])


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "HS256", "kid": "1"},
        {"alg": "HS256", "kid": "7"},
        {"alg": "HS256", "kid": "²"},
        {"alg": "HS256", "kid": "9" * 30},
        {"alg": "HS256"},
    ],
)
def test_forged_tokens_open_nothing(tokens: JwtTokens, keys: SqlSigningKeys, header: dict[str, object]) -> None:
    keys.newest()
    with pytest.raises(BadToken):
        tokens.read("visit", forged(OctKey.import_key("another secret that is long enough"), header))


def test_other_algorithms_are_refused_even_with_the_right_secret(tokens: JwtTokens, keys: SqlSigningKeys) -> None:
    key = OctKey.import_key(keys.newest().secret)
    with pytest.raises(BadToken):
        tokens.read("visit", forged(key, {"alg": "HS512", "kid": "1"}))


@pytest.mark.parametrize("claims", [{"exp": None}, {"exp": "tomorrow"}, {"aud": None}, {"iat": None}])
def test_a_token_without_end_or_purpose_opens_nothing(
    tokens: JwtTokens, keys: SqlSigningKeys, claims: dict[str, object]
) -> None:
    key = OctKey.import_key(keys.newest().secret)
    with pytest.raises(BadToken):
        tokens.read("visit", forged(key, {"alg": "HS256", "kid": "1"}, **claims))


@pytest.mark.parametrize("text", ["", "a.b.c", "令牌", "." * 10, "x" * 5000, "e30.e30.", "\x00"])
def test_what_is_no_token_opens_nothing(tokens: JwtTokens, text: str) -> None:
    with pytest.raises(BadToken):
        tokens.read("visit", text)
