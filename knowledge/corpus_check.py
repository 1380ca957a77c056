"""Check a whole corpus: every document on its own, then all of them against each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from knowledge.corpus_document import CorpusDocument, InvalidCorpusDocument, Problem, read_corpus_document
from knowledge.navigation import Entry, navigation_map
from knowledge.text import fold, terms

#: Rules the corpus has to serve: REQUIREMENTS A1-K9 and L1-L16.
REQUIREMENTS = tuple(
    f"{area}{number}"
    for area, last in zip("ABCDEFGHIJKL", (12, 11, 18, 10, 12, 11, 20, 11, 6, 3, 9, 16), strict=True)
    for number in range(1, last + 1)
)
#: Share of common three-character pieces from which two sections say the same.
_SAME = 0.7
_PIECE = 3
#: Sections shorter than this are alike by chance.
_SHORTEST = 60


@dataclass(frozen=True, kw_only=True)
class CorpusReport:
    """What was found. `problems` must be empty; `notices` are worth a look."""

    documents: tuple[CorpusDocument, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    counts: dict[str, dict[str, int]]
    served: dict[str, tuple[str, ...]]  #: requirement → ids of documents

    @property
    def gaps(self) -> tuple[str, ...]:
        """Requirements no document serves."""
        return tuple(name for name in REQUIREMENTS if not self.served.get(name))


def check_corpus(files: Iterable[tuple[str, str]], today: date) -> CorpusReport:
    """Check `(source, text)` pairs; an invalid document is named and left out of the rest."""
    documents: list[CorpusDocument] = []
    problems: list[Problem] = []
    for source, text in files:
        try:
            documents.append(read_corpus_document(source, text))
        except InvalidCorpusDocument as error:
            problems.extend(error.problems)
    problems.extend(_between(documents))
    notices = [*_overdue(documents, today), *_alike(documents)]
    served: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        for name in document.front.requirements:
            served[name].append(document.front.id)
    return CorpusReport(
        documents=tuple(documents),
        problems=tuple(problems),
        notices=tuple(notices),
        counts=_counts(documents),
        served={name: tuple(ids) for name, ids in served.items()},
    )


def _between(documents: list[CorpusDocument]) -> Iterator[Problem]:
    """Ids, links and questions, and that the map reaches every document."""
    ids = Counter(document.front.id for document in documents)
    claimed: dict[str, str] = {}
    entries = [Entry(id=d.front.id, title=d.front.title, metadata=d.document.metadata) for d in documents]
    reached = {e.id for stage in navigation_map(entries) for topic in stage.topics for e in topic.entries}
    for document in documents:
        front, source = document.front, document.document.source
        if ids[front.id] > 1:
            yield Problem(source=source, line=2, reason=f"id {front.id!r} is not unique")
        for related in front.related:
            if related not in ids:
                yield Problem(source=source, line=2, reason=f"related document {related!r} does not exist")
        if front.id not in reached:
            yield Problem(source=source, line=2, reason="the navigation map does not reach it")
        for question in document.document.questions[: len(front.questions)]:
            key = "".join(terms(question.text)) or fold(question.text)
            if key in claimed:
                reason = f"question {question.text!r} is claimed by {claimed[key]!r} too"
                yield Problem(source=source, line=2, reason=reason)
            claimed[key] = front.id


def _overdue(documents: list[CorpusDocument], today: date) -> Iterator[Problem]:
    for document in documents:
        if document.front.review_by < today:
            reason = f"review was due on {document.front.review_by}"
            yield Problem(source=document.document.source, line=2, reason=reason)


def _alike(documents: list[CorpusDocument]) -> Iterator[Problem]:
    """Report sections of different documents that are nearly the same (Jaccard of character trigrams)."""
    sections = [
        (document, section.heading.path[-1], pieces)
        for document in documents
        for section in document.sections
        if len(section.text) >= _SHORTEST and (pieces := _pieces(section.text))
    ]
    holders: dict[str, list[int]] = defaultdict(list)
    for i, (_, _, pieces) in enumerate(sections):
        for piece in pieces:
            holders[piece].append(i)
    # Sections that are alike share rare pieces; common ones would pair everything with everything.
    together = Counter(pair for holding in holders.values() if len(holding) <= 6 for pair in combinations(holding, 2))
    for (i, j), _ in together.most_common(2000):
        (one, name, pieces), (other, other_name, other_pieces) = sections[i], sections[j]
        share = len(pieces & other_pieces) / len(pieces | other_pieces)
        if one is not other and share >= _SAME:
            reason = f"section {name!r} says the same as {other_name!r} of {other.front.id!r} ({share:.0%})"
            yield Problem(source=one.document.source, line=2, reason=reason)


def _pieces(text: str) -> frozenset[str]:
    plain = "".join(character for character in fold(text) if character.isalnum())
    return frozenset(plain[i : i + _PIECE] for i in range(len(plain) - _PIECE + 1))


def _counts(documents: list[CorpusDocument]) -> dict[str, dict[str, int]]:
    return {
        "kind": dict(Counter(d.front.kind.value for d in documents)),
        "stage": dict(Counter(stage for d in documents for stage in d.front.stages)),
        "audience": dict(Counter(d.front.audience.value for d in documents)),
        "sections": {"all": sum(len(d.sections) for d in documents)},
        "questions": {"all": sum(len(d.front.questions) for d in documents)},
    }
