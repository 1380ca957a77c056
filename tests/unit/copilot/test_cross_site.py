"""Which requests another site has set off: what browsers say, method by method."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from copilot.interfaces.api.cross_site import is_cross_site

OURS = {"host": "copilot.example.com"}


def foreign(method: str = "POST", scheme: str = "https", **headers: str) -> bool:
    named = {name.replace("_", "-"): value for name, value in (OURS | headers).items()}
    return is_cross_site(method, Headers(named), scheme)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "ANYTHING"])
@pytest.mark.parametrize(
    ("site", "refused"),
    [("same-origin", False), ("none", False), ("same-site", True), ("cross-site", True), ("", True), ("x", True)],
)
def test_the_browser_says_where_it_comes_from(method: str, site: str, refused: bool) -> None:
    assert foreign(method, sec_fetch_site=site) == refused
    # It alone counts, where there is one.
    assert foreign(method, sec_fetch_site=site, origin="https://copilot.example.com") == refused
    assert foreign(method, sec_fetch_site=site, origin="https://evil.example.org") == refused


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_is_open_to_all(method: str) -> None:
    assert not foreign(method, sec_fetch_site="cross-site", origin="https://evil.example.org")


@pytest.mark.parametrize(
    ("origin", "scheme", "refused"),
    [
        ("https://copilot.example.com", "https", False),
        ("HTTPS://Copilot.Example.com", "https", False),
        ("http://copilot.example.com", "http", False),
        ("http://copilot.example.com", "https", True),
        ("https://copilot.example.com", "http", True),
        ("https://copilot.example.com:8443", "https", True),
        ("https://www.example.com", "https", True),
        ("https://copilot.example.com.evil.org", "https", True),
        ("https://evil.org", "https", True),
        ("null", "https", True),
        ("", "https", True),
    ],
)
def test_without_that_word_the_origin_must_be_ours(origin: str, scheme: str, refused: bool) -> None:
    assert foreign(scheme=scheme, origin=origin) == refused


def test_a_program_that_says_neither_is_no_browser() -> None:
    assert not foreign()
