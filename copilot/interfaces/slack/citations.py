"""Sources under an answer: numbered, with where in the document, how fresh, and a link where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from copilot.interfaces.contract import CitationBody
from copilot.interfaces.slack.elements import context
from copilot.interfaces.slack.limits import Block, length
from copilot.interfaces.slack.mrkdwn import fitted, link, shortened, web_address
from copilot.interfaces.slack.sections import Addresses
from copilot.interfaces.slack.texts import MORE, Language, Texts, day

#: Says where a cited document can be opened: an http(s) address, or None.
DocumentLink = Callable[[CitationBody], str | None]

_PLACE = 160
_SHOWN = 12
_ALL_LINES = 3_300
_ELEMENT = 2_800
_LONGEST_ADDRESS = 500
_PAGE: Texts = {"zh": "第 {page} 页", "en": "p. {page}"}
_FRESH: Texts = {"zh": "有效期至 {day}", "en": "verified until {day}"}
_STALE: Texts = {"zh": "⚠️ *已过期*,复核日 {day}", "en": "⚠️ *stale*, review was due {day}"}
_STALE_UNDATED: Texts = {"zh": "⚠️ *已过期*", "en": "⚠️ *stale*"}
_UNDATED: Texts = {"zh": "未核对", "en": "not verified"}


def web_page(citation: CitationBody) -> str | None:
    """Return the address of a cited page of the web; other documents have none unless a surface gives them one."""
    return citation.url


def addresses(citations: Sequence[CitationBody], link_of: DocumentLink) -> Addresses:
    """Return where each citation leads, of those that lead somewhere."""
    found = {citation.n: link_of(citation) for citation in citations}
    return {
        number: address
        for number, address in found.items()
        if address and (safe := web_address(address)) and length(safe) <= _LONGEST_ADDRESS
    }


def source_blocks(citations: Sequence[CitationBody], known: Addresses, language: Language) -> list[Block]:
    """Return the sources, a line each, as small print; a dozen at most, the others are counted."""
    lines: list[str] = []
    left = _ALL_LINES
    for citation in citations[:_SHOWN]:
        line = source_line(citation, known, language)
        if (left := left - length(line)) < 0:
            break
        lines.append(line)
    if len(citations) > len(lines):
        lines.append(MORE[language].format(count=len(citations) - len(lines)))
    return [block for text in _together(lines) for block in context([text])]


def source_line(citation: CitationBody, known: Addresses, language: Language) -> str:
    """Return a source as safe mrkdwn."""
    place = shortened(place_of(citation.title, citation.heading_path), _PLACE)
    address = known.get(citation.n)
    facts = [
        link(address, place) if address else fitted(place, 2 * _PLACE),
        _PAGE[language].format(page=citation.page) if citation.page is not None else "",
        freshness(citation, language),
    ]
    return f"[{citation.n}] " + " · ".join(fact for fact in facts if fact)


def place_of(title: str, heading_path: Iterable[str]) -> str:
    """Return title and headings, the title once."""
    return " › ".join([title, *(part for part in heading_path if part != title)])


def freshness(citation: CitationBody, language: Language) -> str:
    """Say until when somebody answers for the document, or that nobody does any more."""
    until = citation.verified_until
    if citation.stale:
        return _STALE[language].format(day=day(until)) if until else _STALE_UNDATED[language]
    return _FRESH[language].format(day=day(until)) if until else _UNDATED[language]


def _together(lines: Iterable[str]) -> list[str]:
    texts: list[str] = []
    for line in lines:
        if texts and length(texts[-1]) + 1 + length(line) <= _ELEMENT:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts
