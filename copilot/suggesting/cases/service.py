"""Customer and cases → the cases that fit best, with reasons, the figures they state, and the ledger they allow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from copilot.accounts.economics.reading import read_inputs
from copilot.accounts.economics.wording import Text
from copilot.suggesting.cases.figures import Effect, Figure, effects_of, figures_of
from copilot.suggesting.cases.ledger import INPUTS, Ledger, ledger_of
from copilot.suggesting.cases.matching import Fit, fit_of
from copilot.suggesting.cases.neighbours import Nearness
from copilot.suggesting.cases.profile import Profile, checked
from knowledge.document import DocumentKind
from knowledge.errors import UnknownDocument
from knowledge.passage import Passage
from knowledge.query import Query
from knowledge.reader import Reader
from knowledge.retriever import Retriever
from knowledge.store import DocumentSummary, KnowledgeStore

#: Passages looked at for the situation, and how many of them count as near.
_LOOKED_AT, _NEAR = 100, 10
#: A section on what a case leaves open is near to many situations and tells nothing of them.
_SILENT = re.compile(r"没有说|not say")


@dataclass(frozen=True, kw_only=True)
class Match:
    """One case, how it fits, the section nearest to the situation, and the figures it states."""

    summary: DocumentSummary
    fit: Fit
    section: tuple[str, ...]  #: headings; empty where no situation was told
    figures: tuple[Figure, ...]


@dataclass(frozen=True, kw_only=True)
class CaseMatches:
    """The best cases, best first. Where none `fits`, the nearest stand there all the same."""

    profile: Profile
    matches: tuple[Match, ...]
    told: Text
    effects: tuple[Effect, ...]  #: of the cases of a peer: the same industry or a near one

    @property
    def fits(self) -> bool:
        """Whether any case fits."""
        return any(match.fit.fits for match in self.matches)


class CaseMatching:
    """Ranks the case studies that a reader may see, shipped and the company's own alike."""

    def __init__(self, *, retriever: Retriever, store: KnowledgeStore) -> None:
        self._retriever = retriever
        self._store = store

    def match(self, profile: Profile, reader: Reader, limit: int = 5) -> CaseMatches:
        """Return the best cases with reasons.

        Raises:
            InvalidRequest: nothing is known to match by.
            IndexUnavailable: a situation was told and the index cannot be read now.
        """
        checked(profile)
        near, nearest = self._near(profile.situation, reader) if profile.situation else ({}, set())
        ranked = []
        for summary in self._cases(reader):
            passage = near.get(summary.id)
            closeness = None if profile.situation is None else _closeness(passage)
            fit = fit_of(profile, summary.metadata, closeness, near_situation=summary.id in nearest)
            ranked.append((fit, summary, passage))
        # Of equals, the one that is about fewer industries says more of this one.
        ranked.sort(
            key=lambda one: (not one[0].fits, -one[0].levels.score, len(one[1].metadata.industries), one[1].source)
        )
        matches = [self._match(*one, reader) for one in ranked[:limit]]
        effects = [effect for match in matches if _peer(match) for effect in effects_of(list(match.figures))]
        return CaseMatches(
            profile=profile, matches=tuple(matches), told=_told(profile, matches), effects=tuple(effects)
        )

    def ledger(self, matches: CaseMatches, facts: Mapping[str, object]) -> Ledger:
        """Return the ledger that the fitting cases and the account's own figures allow.

        Raises:
            InvalidInput: names every figure that cannot be used.
        """
        return ledger_of(matches.effects, read_inputs("ledger", INPUTS, facts))

    def _cases(self, reader: Reader) -> list[DocumentSummary]:
        return [
            summary
            for summary in self._store.summaries()
            if summary.metadata.kind is DocumentKind.CASE_STUDY
            and summary.duplicate_of is None
            and reader.may_read(summary.metadata)
        ]

    def _near(self, situation: str, reader: Reader) -> tuple[dict[str, Passage], set[str]]:
        """Return the best passage of each case, and the cases that are among the nearest of all documents."""
        found = self._retriever.retrieve(Query(text=situation, reader=reader, limit=_LOOKED_AT))
        best: dict[str, Passage] = {}
        for passage in found:
            if passage.metadata.kind is DocumentKind.CASE_STUDY and not _silent(passage):
                best.setdefault(passage.chunk.document_id, passage)
        return best, {document for document, passage in best.items() if passage in found[:_NEAR]}

    def _match(self, fit: Fit, summary: DocumentSummary, passage: Passage | None, reader: Reader) -> Match:
        try:
            figures = figures_of(self._store.find(summary.id, reader))
        except UnknownDocument:  # deleted or narrowed a moment ago
            figures = []
        section = passage.chunk.span.heading_path if passage else ()
        return Match(summary=summary, fit=fit, section=section, figures=tuple(figures))


def _peer(match: Match) -> bool:
    """A figure is borrowed from a peer alone, however alike a situation is."""
    return match.fit.fits and match.fit.levels.industry in (Nearness.SAME, Nearness.NEIGHBOUR)


def _silent(passage: Passage) -> bool:
    return any(_SILENT.search(heading) for heading in passage.chunk.span.heading_path)


def _closeness(passage: Passage | None) -> float:
    """Return how near the best section is, 0 to 1: the better cosine of its text and of its written questions."""
    if passage is None:
        return 0.0
    return min(1.0, max(0.0, passage.similarity, passage.question_similarity or 0.0))


def _told(profile: Profile, matches: list[Match]) -> Text:
    fitting = [match for match in matches if match.fit.fits]
    if fitting:
        best = fitting[0]
        return Text(
            zh=f"最合适的是《{best.summary.title}》:{''.join(one.zh for one in best.fit.alike)}",
            en=f"The best fit is “{best.summary.metadata.title_en or best.summary.title}”. "
            + " ".join(one.en for one in best.fit.alike),
        )
    if not matches:
        return Text(zh="没有可以看的案例。", en="There are no cases that may be seen.")
    nearest = matches[0]
    wanted = profile.industry or profile.city or (profile.size.value if profile.size else "")
    of_zh, of_en = (f"没有{wanted}的同类案例", f"No case fits {wanted}") if wanted else ("没有同类案例", "No case fits")
    return Text(
        zh=f"{of_zh},照实说没有,改讲做法和条件。最接近的是《{nearest.summary.title}》,不合适在:"
        + "".join(one.zh for one in nearest.fit.unlike),
        en=f"{of_en}: say so, and explain the method and its conditions instead. The nearest is "
        f"“{nearest.summary.metadata.title_en or nearest.summary.title}”; why not: "
        + " ".join(one.en for one in nearest.fit.unlike),
    )
