"""Case + observation → row: what was found, cited and said, held against what is known."""

from __future__ import annotations

import re

from copilot.evaluation.case import Case
from copilot.evaluation.comparing import figures, holds, overlaps
from copilot.evaluation.metrics import all_evidence, hit, ndcg, reciprocal_rank
from copilot.evaluation.observation import Cited, Found, Observation, Reply
from copilot.evaluation.row import CitedRow, Row
from knowledge.text import fold, terms

#: A passage is judged on this many characters, so that longer chunks are no advantage (DESIGN §4).
JUDGED_CHARACTERS = 600
#: The share of a point's content terms that has to occur. On 231 hand-written points (99 questions) 0.6 accepts 48 %
#: (zh) and 15 % (en) of the points against their own evidence and at most 0.9 % against other passages: a lower bound.
POINT_SHARE = 0.6
#: An abstention counts as supported on the risk-coverage curve if evidence stands among as many as an answer may quote.
_QUOTABLE = 3

_CUTOFFS = (1, 3, 5, 10)
_MARK = re.compile(r"\[\d{1,2}\]")
_EMPTY_HAN = frozenset("的了是和与在就也都要而及或把被让对从到给跟用以为有这那个些很更最不没")
_EMPTY_WORDS = frozenset(
    terms("a an the of to in on for and or is are be by with as at it its this that not no from than you your")
)


def judge(case: Case, seen: Observation, k: int) -> Row:
    """Judge the first `k` passages, and the reply if there is one."""
    passages = seen.passages[:k]
    ranks = evidence_ranks(case, passages)
    row = Row(
        **case_fields(case),
        ranks=ranks,
        found=[passage.source for passage in passages],
        measures=_retrieval(case, ranks, k),
        timings_ms=dict(seen.timings_ms),
    )
    if seen.reply is not None:
        _judge_reply(row, case, seen.reply)
    if row.right is not None:
        row.measures["right"] = (float(row.right), 1.0)
    return row


def case_fields(case: Case) -> dict[str, object]:
    """Return what a row repeats of its case."""
    names = ("set", "id", "question", "language", "kind", "difficulty", "role", "stage", "answerable")
    return {name: getattr(case, name) for name in names}


def evidence_ranks(case: Case, passages: tuple[Found, ...]) -> list[int | None]:
    """Return the rank of the first passage with each piece of gold evidence: holding the quote, or from the source."""
    texts = [passage.text[:JUDGED_CHARACTERS] for passage in passages]
    quoted = [[holds(text, quote) for text in texts] for quote in case.quotes]
    named = [[passage.source == source for passage in passages] for source in case.sources]
    return [next((rank for rank, there in enumerate(line, start=1) if there), None) for line in [*quoted, *named]]


def point_covered(point: str, text: str) -> bool:
    """Tell whether all figures and most content terms of an answer point occur; other words for it are not seen."""
    wanted = _content(point)
    if not figures(point) <= figures(text) or not (wanted or figures(point)):
        return False
    return len(wanted & _content(text)) >= POINT_SHARE * len(wanted)


def _retrieval(case: Case, ranks: list[int | None], k: int) -> dict[str, tuple[float, float]]:
    if not ranks:
        return {}
    values = {f"hit@{cutoff}": hit(ranks, cutoff) for cutoff in _CUTOFFS if cutoff <= k}
    if k >= 10:
        values |= {"mrr@10": reciprocal_rank(ranks, 10), "ndcg@10": ndcg(ranks, 10)}
    if len(case.quotes) > 1 and k >= 5:
        values["all_evidence@5"] = all_evidence(ranks, 5)
    return {name: (value, 1.0) for name, value in values.items()}


def _judge_reply(row: Row, case: Case, reply: Reply) -> None:
    row.status, row.reason, row.composer = reply.status, reply.reason, reply.composer
    row.confidence, row.answer = reply.confidence, reply.text
    refused = reply.status == "abstained"
    row.measures |= _refusal(case, refused=refused)
    if case.answer_points:
        _judge_points(row, case, reply, refused=refused)
    if not refused:
        _judge_answer(row, case, reply)
    known = bool(case.quotes or case.sources)
    cited = any(citation.evidence for citation in row.citations)
    if not case.answerable:
        row.right, row.supported = refused, False
    elif known:
        row.right = cited
        row.supported = bool(hit(row.ranks, _QUOTABLE)) if refused else cited


def _refusal(case: Case, *, refused: bool) -> dict[str, tuple[float, float]]:
    """Refusing is the positive class: precision and recall, and F1 = 2·both / (refused + unanswerable)."""
    both = float(refused and not case.answerable)
    wholes = {
        "refusal_precision": float(refused),
        "refusal_recall": float(not case.answerable),
        "refusal_f1": float(refused) + float(not case.answerable),
    }
    parts = {"refusal_precision": both, "refusal_recall": both, "refusal_f1": 2 * both}
    return {name: (parts[name], whole) for name, whole in wholes.items() if whole}


def _judge_points(row: Row, case: Case, reply: Reply, *, refused: bool) -> None:
    """An abstention covers no point, whatever it says is closest: else abstaining would raise the coverage."""
    said = "" if refused else "\n".join([reply.text, *(citation.quote for citation in reply.citations)])
    row.points_missing = [point for point in case.answer_points if not point_covered(point, said)]
    covered = len(case.answer_points) - len(row.points_missing)
    row.measures["answer_points"] = (float(covered), float(len(case.answer_points)))


def _judge_answer(row: Row, case: Case, reply: Reply) -> None:
    known = bool(case.quotes or case.sources)
    row.citations = [
        CitedRow(
            source=citation.source,
            quote=citation.quote,
            evidence=_is_evidence(citation, case) if known else None,
            verbatim=citation.verbatim,
        )
        for citation in reply.citations
    ]
    quotes = [citation.quote for citation in reply.citations]
    row.figures_unsupported, all_figures = _figures(reply)
    counted = {
        "citation_precision": (sum(bool(line.evidence) for line in row.citations), len(quotes) if known else 0),
        "grounding": (sum(sentence.grounded for sentence in reply.sentences), len(reply.sentences)),
        "verbatim": (sum(citation.verbatim for citation in reply.citations), len(quotes)),
        "figures": (all_figures - len(row.figures_unsupported), all_figures),
    }
    row.measures |= {name: (float(part), float(whole)) for name, (part, whole) in counted.items() if whole}


def _is_evidence(citation: Cited, case: Case) -> bool:
    return citation.source in case.sources or any(overlaps(citation.quote, quote) for quote in case.quotes)


def _figures(reply: Reply) -> tuple[list[str], int]:
    """Return the figures that no cited quote has, and how many there are: sentence by sentence, then the rest."""
    quotes = {citation.number: figures(citation.quote) for citation in reply.citations}
    missing: list[str] = []
    checked: set[str] = set()
    total = 0
    for sentence in reply.sentences:
        said = figures(sentence.text)
        known = frozenset().union(*(quotes.get(number, frozenset()) for number in sentence.citations))
        missing.extend(sorted(said - known))
        total += len(said)
        checked |= said
    rest = figures(_MARK.sub(" ", reply.text)) - checked
    missing.extend(sorted(rest - frozenset().union(*quotes.values())))
    return missing, total + len(rest)


def _content(text: str) -> set[str]:
    return {
        term
        for term in terms(fold(text))
        if term not in _EMPTY_WORDS and not (not term.isascii() and any(character in _EMPTY_HAN for character in term))
    }
