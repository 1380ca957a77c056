"""Where in a text stands what opens a door: keys, tokens, passwords in addresses and in `name=value`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

#: Shorter values of settings would be found everywhere; nobody should have such passwords.
_SHORTEST = 6

_NAMES = (
    r"(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key|api[_-]?key|apikey|access[_-]?key|"
    r"private[_-]?key|(?:[a-z]+[_-])?secret|(?:[a-z]+[_-])?token|password|passwd|pwd|passphrase|口令|密码|密钥|令牌)"
)
_FORMS: tuple[re.Pattern[str], ...] = (
    re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?"),
    # user:password@host; a password ends at the last @ before the path.
    re.compile(r"(?<=://)[^\s/@:]{0,200}:(?P<v>[^\s/]{1,200})(?=@)"),
    re.compile(r"[?&](?:login|token|code|state|sig|signature|secret|key|api_key|access_token)=(?P<v>[^\s&#\"'<>]{4,})"),
    re.compile(r"\b(?:bearer|basic) {1,3}(?P<v>(?=[^\s\d]{0,200}\d)[\w.~+/=-]{8,})", re.IGNORECASE),
    re.compile(rf"(?<![a-z]){_NAMES}[\"']?\s{{0,3}}=\s{{0,3}}[\"']?(?P<v>[^\s\"'&,;}}]{{4,}})", re.IGNORECASE),
    # After a colon may stand prose ("token: expired"); a value has a digit or is longer than words are.
    re.compile(
        rf"(?<![a-z]){_NAMES}[\"']?\s{{0,3}}[:：]\s{{0,3}}[\"']?(?P<v>(?=[^\s\"'&,;}}]{{0,200}}\d)[^\s\"'&,;}}]{{6,}})",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\w-])(?P<v>(?:sk|pk|rk)-[\w-]{16,}|xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|gh[pousr]_\w{20,})"),
    re.compile(r"(?<![\w-])(?P<v>AKIA[A-Z0-9]{16}|AIza[\w-]{30,}|glpat-[\w-]{16,})"),
    # Ours (copilot/people/key.py): keys, sessions, links, tokens of a run.
    re.compile(r"(?<![\w-])(?P<v>[a-z]{2,12}_(?=[a-z_-]{0,42}[A-Z\d])[\w-]{43})(?![\w-])"),
    re.compile(r"(?<![\w-])(?P<v>eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?)"),
)


def secret_spans(text: str, known: Collection[str] = ()) -> list[tuple[int, int]]:
    """Return where secrets stand, in order and apart; `known` are values that are secret whatever they look like."""
    spans = sorted([*_shaped(text), *_known(text, known)])
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _shaped(text: str) -> Iterator[tuple[int, int]]:
    for form in _FORMS:
        for match in form.finditer(text):
            yield match.span("v") if "v" in form.groupindex else match.span()


def _known(text: str, known: Collection[str]) -> Iterator[tuple[int, int]]:
    for value in known:
        start = text.find(value) if len(value) >= _SHORTEST else -1
        while start >= 0:
            yield start, start + len(value)
            start = text.find(value, start + len(value))
