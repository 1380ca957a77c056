"""Which pages may talk to us from a browser."""

from __future__ import annotations

import pytest

from copilot.errors import OriginNotAllowed
from copilot.people.origins import Origins

ORIGINS = Origins.of(["https://www.ours.com", "http://localhost:3000/".rstrip("/"), "HTTPS://Shop.Ours.com:443"])
HOST = "copilot.ours.com"


@pytest.mark.parametrize(
    "entry",
    ["*", "https://*.ours.com", "www.ours.com", "https://ours.com/shop", "null", "ftp://ours.com", "https://a@b"],
)
def test_only_exact_origins_can_be_listed(entry: str) -> None:
    with pytest.raises(ValueError, match="no origin"):
        Origins.of([entry])


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://www.ours.com", True),
        ("https://shop.ours.com", True),
        ("https://copilot.ours.com", True),  # our own pages
        ("http://www.ours.com", False),
        ("https://www.ours.com.evil.example", False),
        ("https://www.ours.com:8443", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_page_is_known_by_its_exact_origin(origin: str, allowed: bool) -> None:
    assert ORIGINS.allows(origin, HOST) is allowed


def test_a_token_for_one_page_is_for_no_other() -> None:
    ORIGINS.check("https://www.ours.com", HOST, bound_to="https://www.ours.com", reads=False)
    for origin in ("https://shop.ours.com", "https://evil.example", None):
        with pytest.raises(OriginNotAllowed):
            ORIGINS.check(origin, HOST, bound_to="https://www.ours.com", reads=False)


def test_only_reading_from_its_own_page_names_no_origin() -> None:
    ORIGINS.check(None, HOST, bound_to="https://www.ours.com", reads=True)
    ORIGINS.check(None, HOST, bound_to=None, reads=False)
