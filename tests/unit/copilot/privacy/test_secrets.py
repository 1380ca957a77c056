"""What opens a door leaves in no line; prose that only speaks of keys and passwords is left alone."""

from __future__ import annotations

from time import process_time

import pytest

from copilot.people.key import new_secret
from copilot.privacy.masking import MASK, sealed, sealed_values
from copilot.settings import Settings

_KEY = "sk-" + "aB3" * 10


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "postgresql://copilot:p4ss!@db:5432/x failed",
            f"postgresql://{MASK}@db:5432/x failed".replace("//", "//copilot:"),
        ),
        ("https://u:a@b@host/x", f"https://u:{MASK}@host/x"),
        (f"key {_KEY} refused", f"key {MASK} refused"),
        ("Authorization: Bearer abc123def456", f"Authorization: Bearer {MASK}"),
        ("POST /x?token=abcdef&page=2", f"POST /x?token={MASK}&page=2"),
        ("GET /app?login=abcdefgh", f"GET /app?login={MASK}"),
        ('{"api_key": "a1b2c3d4"}', f'{{"api_key": "{MASK}"}}'),
        ("password=hunter22", f"password={MASK}"),
        ("密码：Delta0012", f"密码：{MASK}"),
        ("xoxb-123456789012-abcdef", MASK),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", MASK),
        ("ghp_" + "a1" * 15, MASK),
    ],
)
def test_a_secret_is_masked(text: str, shown: str) -> None:
    assert sealed(text) == shown


@pytest.mark.parametrize("prefix", ["key", "session", "run", "login", "invitation"])
def test_our_own_keys_are_known_by_their_form(prefix: str) -> None:
    secret = new_secret(prefix)
    assert sealed(f"seen {secret}.") == f"seen {MASK}."


@pytest.mark.parametrize(
    "text",
    [
        "the token: expired",
        "Set COPILOT_API_KEY and a password of ten signs.",
        "tokens_in=120 tokens_out=30",
        "GET /v1/documents?page=2&kind=faq",
        "index_locked: another process owns the home",
        "https://wiki.example.com/a/b@2",
        "密码忘了怎么办",
        "basic information for bearer instruments",
        "3f2c9a1e77aa4f0b9c1d2e3f4a5b6c7d",
    ],
)
def test_prose_and_ids_are_left_alone(text: str) -> None:
    assert sealed(text) == text


def test_values_of_settings_are_secret_whatever_they_look_like() -> None:
    settings = Settings.model_validate(
        {
            "database_url": "postgresql://u:correct%20horse@db/x",
            "chat_api_key": "plain words here",
            "smtp_url": "smtp://u:wordword@mail.example.com",
        }
    )
    known = settings.secret_values()
    assert sealed("said plain words here, correct horse, correct%20horse, wordword", known) == (
        f"said {MASK}, {MASK}, {MASK}, {MASK}"
    )


def test_values_are_sealed_however_deep_they_lie() -> None:
    value = {"a": ["13800138000", {"b": ("x", _KEY)}], "n": 13800138000, "none": None}
    assert sealed_values(value) == {"a": [MASK, {"b": ["x", MASK]}], "n": 13800138000, "none": None}


@pytest.mark.parametrize(
    "sign", ["a", "://", "=", "token=", "sk-", "eyJ", "-----BEGIN PRIVATE KEY-----", "a_", "bearer ", "@"]
)
def test_a_long_line_is_looked_through_once(sign: str) -> None:
    before = process_time()
    sealed(sign * (40_000 // len(sign)))
    assert process_time() - before < 5
