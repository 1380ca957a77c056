"""The pages of others that may talk to us from a browser, each by its exact origin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from copilot.errors import OriginNotAllowed


@dataclass(frozen=True, kw_only=True)
class Origins:
    """A closed list; our own pages need no entry."""

    allowed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entries: Iterable[str]) -> Origins:
        """Read `https://www.ours.com` and the like.

        Raises:
            ValueError: an entry is no exact origin.
        """
        return cls(allowed=frozenset(_origin(entry) for entry in entries))

    def allows(self, origin: str, host: str) -> bool:
        """Tell whether a page may call; `host` is what the request calls us, so that our own pages are known."""
        return origin in self.allowed or (bool(host) and urlsplit(origin).netloc == host)

    def check(self, origin: str | None, host: str, *, bound_to: str | None, reads: bool) -> None:
        """Let only those requests pass that come from where they may.

        Browsers leave the header out only where a page reads from its own origin.

        Raises:
            OriginNotAllowed: names the origin and the setting.
        """
        if origin is None:
            if reads or bound_to is None:
                return
            raise OriginNotAllowed(f"This token is for the page {bound_to!r}, and the request names no origin.")
        if not self.allows(origin, host):
            raise OriginNotAllowed(f"The page {origin[:200]!r} may not use this. Add it to COPILOT_WIDGET_ORIGINS.")
        if bound_to is not None and origin != bound_to:
            raise OriginNotAllowed(f"This token is for the page {bound_to!r}, not for {origin[:200]!r}.")


def _origin(entry: str) -> str:
    parts = urlsplit(entry)
    rest = parts.path or parts.query or parts.fragment or parts.username
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or rest
        or "*" in entry
        or parts.netloc.endswith(":")
    ):
        raise ValueError(f"{entry!r} is no origin")
    default = {"http": 80, "https": 443}[parts.scheme]
    shown = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{shown}" + (f":{parts.port}" if parts.port not in (None, default) else "")
