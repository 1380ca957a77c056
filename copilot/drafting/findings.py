"""What a person should see before deciding on a revision. Pure; nothing here refuses an edit.

The text is read line by line, as people edit it. Words that stand verbatim in a quote are the source's and not judged.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from copilot.accounts.account import Account
from copilot.answering.claims import unsupported
from copilot.answering.inert import inert
from copilot.drafting import words
from copilot.drafting.content import MARKER, cited, one_line
from copilot.drafting.draft import DraftKind, Finding, Severity, SourceQuote
from copilot.drafting.kind_fields import field_findings, judgement_findings
from copilot.drafting.kinds import for_customers
from copilot.drafting.plan_findings import plan_findings
from knowledge.text import fold

_MARKERS = re.compile(r"(?:\s{0,4}\[\d{1,3}\](?!\())+")
_LEAD = re.compile(
    r"^\s*(?:[-*+•>]\s+|#+\s+|\d{1,2}[.)、]\s+)*"
    r"(?:(?:建议|供您参考|Recommendation|For reference(?: \(source in Chinese\))?)\s*[:：]\s*)?"
)
_NAME_NOTE = re.compile(r"[(（][^()（）]*[)）]\s*$")
#: Shorter names are everyday words.
_SHORTEST_NAME = 3


def findings(
    kind: DraftKind,
    content: str,
    quotes: Sequence[SourceQuote],
    *,
    other_customers: Collection[str] = (),
    account: Account | None = None,
    today: date | None = None,
) -> tuple[Finding, ...]:
    """Return everything found, in the order of the text; what is missing comes last.

    Without an account, what depends on its facts is not judged; without a day, nothing is in the past.
    """
    known = {quote.number: quote for quote in quotes}
    found: list[Finding] = []
    names = [name for name in map(_bare, other_customers) if len(name) >= _SHORTEST_NAME]
    for number, line in enumerate(content.split("\n"), start=1):
        place = f"line {number}"
        found.extend(_citations(line, known, place))
        own = _own_words(line, quotes)
        found.extend(_words(own, place))
        found.extend(
            _finding("other_customer", "error", f"Names another customer, {name!r}. Take it out.", place)
            for name in names
            if fold(name) in fold(own)
        )
    found.extend(_placeholders(content))
    if kind is DraftKind.SUCCESS_PLAN:
        found.extend(plan_findings(content, quotes, account=account, today=today))
    else:
        found.extend(field_findings(kind, content))
    if for_customers(kind):
        found.extend(judgement_findings(content, account))
    if for_customers(kind) and not cited(content) & set(known):
        message = "Nothing that customers may read supports this; it rests on the account's facts alone."
        found.append(_finding("no_customer_source", "warning", message, None))
    return tuple(found)


def _citations(line: str, known: dict[int, SourceQuote], place: str) -> Iterator[Finding]:
    start = 0
    for match in _MARKERS.finditer(line):
        said, start = line[start : match.start()], match.end()
        numbers = sorted(cited(match.group()))
        for number in numbers:
            if number not in known:
                yield _finding("unknown_citation", "error", f"[{number}] is no source of this draft.", place)
        sources = [known[number] for number in numbers if number in known]
        if sources:
            yield from _unsupported(_LEAD.sub("", said), sources, place)


def _unsupported(said: str, sources: Sequence[SourceQuote], place: str) -> Iterator[Finding]:
    evidence = "\n".join(source.quote for source in sources)
    context = "\n".join(part for source in sources for part in (source.title, *source.heading_path))
    if one_line(said) and any(one_line(said).rstrip("。.") in shown(source.quote) for source in sources):
        return
    for doubt in unsupported(said, evidence, context):
        where = " ".join(f"[{source.number}]" for source in sources)
        message = (
            f"{doubt.text.strip()[:60]!r} ({doubt.kind}) does not stand in {where}. Correct it or take {where} off."
        )
        yield _finding("not_in_source", "error", message, place)


def _words(own: str, place: str) -> Iterator[Finding]:
    for said in words.promises(own):
        yield _finding(
            "over_promise", "warning", f"{said!r} promises more than anybody can keep. Say what is agreed.", place
        )
    for said in words.discounts(own):
        yield _finding("discount", "warning", f"{said!r}: a price break needs your manager; value comes first.", place)
    for code, said in words.personal(own):
        yield _finding(code, "error", f"{said} looks like a {code.replace('_', ' ')}. Take it out.", place)


def _placeholders(content: str) -> Iterator[Finding]:
    lines = [n for n, line in enumerate(content.split("\n"), start=1) if words.PLACEHOLDER.search(line)]
    if lines:
        shown_lines = ", ".join(map(str, lines))
        message = f"Left open in {len(lines)} lines ({shown_lines}). Fill them in, or confirm them with the client."
        yield _finding("placeholder_left", "warning", message, f"line {lines[0]}")


def _own_words(line: str, quotes: Sequence[SourceQuote]) -> str:
    own = MARKER.sub("", line)
    for quote in quotes:
        for text in {shown(quote.quote), one_line(quote.quote)}:
            own = own.replace(text, " ")
    return own


def shown(quote: str) -> str:
    """Return a quote as it stands in a draft: on one line, inert."""
    return inert(one_line(quote))


def _bare(name: str) -> str:
    return _NAME_NOTE.sub("", name).strip()


def _finding(code: str, severity: Severity, message: str, place: str | None) -> Finding:
    return Finding(code=code, severity=severity, message=message, place=place)
