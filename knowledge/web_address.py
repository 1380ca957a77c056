"""Addresses on the web in their one spelling."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import idna

_LONGEST = 2000
_SCHEMES = ("http", "https")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?|[0-9a-f.]*:[0-9a-f:.]*")


def is_web_address(text: str) -> bool:
    """Tell whether a text is meant as an address and not as a path."""
    return text.lstrip()[:8].lower().startswith(tuple(f"{scheme}://" for scheme in _SCHEMES))


def spelled(given: str) -> str:
    """Return an http or https address in ASCII, lower-case host, without default port and fragment.

    Raises:
        ValueError: it is none, or carries a name or a password.
    """
    text = given.strip()
    if len(text) > _LONGEST or any(sign <= " " or sign in "\\\x7f" for sign in text):
        raise ValueError("it is too long or holds characters that no address has")
    parts = urlsplit(text)
    host, port = _host(parts), parts.port
    if parts.scheme not in _SCHEMES or not host or "@" in parts.netloc or port == 0:
        raise ValueError("it is not http(s)://host/path")
    if port in (None, 443 if parts.scheme == "https" else 80):
        port = None
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    # A fragment never leaves the client; what is not ASCII is written as the protocol wants it.
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def host_of(url: str) -> tuple[str, int]:
    """Return host and port of an address in its one spelling."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    return host if _HOST.fullmatch(host) else ""
