"""Which language a page is written in: what its reader chose, else what their browser prefers, else Chinese."""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
#: Kept by the switch in the head of every page.
LANGUAGE_COOKIE = "copilot_language"


def language_of(request: Request) -> Language:
    """Return the language of a request."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    known = next((language for language in LANGUAGES if language == chosen), None)
    return known or preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> Language:
    """Read `Accept-Language` (RFC 9110 §12.5.4): the first of our languages by weight; Chinese when there is none."""
    weighed: list[tuple[float, Language]] = []
    for part in header.split(","):
        tag, _, parameter = part.strip().partition(";")
        found = next((language for language in LANGUAGES if tag.lower().split("-")[0] == language), None)
        if found is not None:
            weighed.append((_weight(parameter), found))
    best = max(weighed, key=lambda pair: pair[0], default=(0.0, "zh"))
    return best[1] if best[0] > 0 else "zh"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
