"""The change gate: trials, what they are judged by, and who is told."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.adapters.blob_uploads import BlobUploads
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.answering.answer import GroundedSentence
from copilot.answering.answerability import Answerability
from copilot.answering.calculated import CalculatedAnswers
from copilot.answering.calibration import Calibration
from copilot.answering.conflicts import ConflictFinder
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.grounding import GroundingCheck
from copilot.answering.permission import Permission
from copilot.answering.relevance import Relevance
from copilot.answering.service import AnsweringService
from copilot.bootstrap.indexing import Indexing
from copilot.bootstrap.trials import CopiedTrials, Live, SideOf
from copilot.curating.changes.runs import ChangeRuns
from copilot.curating.changes.service import ChangeService
from copilot.curating.changes.trial import Side
from copilot.curating.changes.unkept_answers import UnkeptAnswers
from copilot.curating.changes.verdict import SaysIt
from copilot.curating.evaluation_question import EvaluationQuestionStore
from copilot.evaluation.comparing import holds
from copilot.interfaces.changes import LocalChanges
from copilot.people.caller import Caller
from copilot.settings import Settings
from ingest.limits import Limits
from knowledge.embedder import Embedder
from knowledge.index import LexicalIndex, VectorIndex
from knowledge.passage import Passage
from knowledge.question_store import QuestionStore
from knowledge.reading import ReadingEmbedder
from knowledge.reranker import Reranker
from knowledge.retriever import Retriever
from knowledge.sounds import SoundTable
from knowledge.store import KnowledgeStore


def changes_of(
    settings: Settings,
    live: Live,
    *,
    embedder: Embedder,
    reading: ReadingEmbedder,
    sounds: SoundTable,
    reranker: Reranker | None,
    calibration: Calibration,
    limits: Limits,
    indexing: Indexing,
    uploads: BlobUploads,
    transactions: SqlTransactions,
    audit: SqlAuditLog,
    operator: Caller,
    kept_questions: EvaluationQuestionStore,
) -> LocalChanges:
    """Wire the gate."""
    grounding = GroundingCheck(embedder)
    trials = CopiedTrials(
        home=settings.home,
        live=live,
        side_of=_side_of(reading, sounds, reranker, calibration, grounding),
        embedder=embedder,
        limits=limits,
        indexing=indexing,
        uploads=uploads,
    )
    service = ChangeService(
        trials=trials,
        kept_questions=kept_questions,
        holds=holds,
        says_it=_says_it(grounding),
        transactions=transactions,
        audit=audit,
    )
    return LocalChanges(service, ChangeRuns(service), operator)


def _side_of(
    reading: ReadingEmbedder,
    sounds: SoundTable,
    reranker: Reranker | None,
    calibration: Calibration,
    grounding: GroundingCheck,
) -> SideOf:
    def side(vectors: VectorIndex, lexical: LexicalIndex, store: KnowledgeStore, questions: QuestionStore) -> Side:
        retriever = Retriever(
            embedder=reading,
            vectors=vectors,
            lexical=lexical,
            store=store,
            sounds=sounds,
            reranker=reranker,
            steady=reading.steady,
        )
        evidence = EvidenceFinder()
        relevance = Relevance(retriever)
        answerability = Answerability(relevance=relevance, evidence=evidence, calibration=calibration)
        answering = AnsweringService(
            retriever=retriever,
            answerability=answerability,
            evidence=evidence,
            check=grounding.supported,
            conflicts=ConflictFinder(store),
            permission=Permission(retriever=retriever, labels=store, answerability=answerability, evidence=evidence),
            store=UnkeptAnswers(),
            # No chat model: it would word the same evidence in other words each time, and cost money for each question.
            chat_model=None,
            calculated=CalculatedAnswers(retriever=retriever, evidence=evidence),
        )
        return Side(
            retriever=retriever,
            answering=answering,
            store=store,
            questions=questions,
            vectors=vectors,
            embedder=reading,
        )

    return side


def _says_it(grounding: GroundingCheck) -> SaysIt:
    def says_it(quote: str, passages: Sequence[Passage]) -> bool:
        if any(holds(passage.text, quote) for passage in passages):
            return True
        said = GroundedSentence(text=quote, status="ungrounded", citations=tuple(range(1, len(passages) + 1)))
        return any(one.status == "grounded" for one in grounding.check([said], passages))

    return says_it
