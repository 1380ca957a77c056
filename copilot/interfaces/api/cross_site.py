"""Does another site make somebody's browser do something here? (cross-site request forgery)

The algorithm of Go's `net/http.CrossOriginProtection`, after Filippo Valsorda, "Cross-Site Request Forgery" (2025):
browsers say where a request comes from, so no token has to be carried through every form.
"""

from __future__ import annotations

from starlette.datastructures import Headers

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def is_cross_site(method: str, headers: Headers, scheme: str) -> bool:
    """Tell whether a request that changes something was set off by another site, our sister sites included.

    Without either header it was no browser, or one from before 2020 on which no page of ours works. Over http to a
    host that is not this machine browsers send `Origin` alone (Fetch Metadata §2: only to trustworthy addresses).
    """
    if method in _SAFE:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and origin.lower() != f"{scheme}://{headers.get('host', '')}".lower()
