"""Values and errors → what people see. One table from error class to HTTP status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from copilot.answering.answer import Abstention, Clarification, Outcome
from copilot.answering.degraded import degraded
from copilot.errors import (
    AlreadyAnswered,
    AlreadyDecided,
    ApprovalRequired,
    AudienceMismatch,
    AuditLogBroken,
    BackupRefused,
    BadToken,
    ChangeBreaksAnswers,
    ChannelNotConfigured,
    ChatModelRequired,
    CheckCancelled,
    ConfigurationError,
    DraftExpired,
    EvaluationRunning,
    FontMissing,
    GapClosed,
    HandoverOpen,
    HomeNotEmpty,
    IndexChanged,
    IndexLocked,
    InstructionUnclear,
    InvalidAccount,
    InvalidDraft,
    InvalidInput,
    InvalidRequest,
    InvalidSignal,
    InvitationOver,
    KnowledgeRefused,
    LeadNotReady,
    NotDefined,
    NotPermitted,
    NotPinned,
    OriginNotAllowed,
    OutdatedQuestion,
    PersonExists,
    ProcessEnded,
    RequestTooLarge,
    RequestTooSlow,
    RestoreFailed,
    ScheduleExists,
    SignInRefused,
    StaleChange,
    StaleRevision,
    TooManyAttempts,
    TooManyQuestions,
    TooManyRequests,
    Unavailable,
    UnknownAccount,
    UnknownAnswer,
    UnknownCalculator,
    UnknownChange,
    UnknownContact,
    UnknownConversation,
    UnknownDelivery,
    UnknownDraft,
    UnknownEvaluation,
    UnknownFigure,
    UnknownGap,
    UnknownHandover,
    UnknownHost,
    UnknownKey,
    UnknownModel,
    UnknownNotice,
    UnknownPerson,
    UnknownQuestion,
    UnknownSchedule,
    UnknownSession,
    UnknownSuggestion,
    UnsupportedParameter,
    UploadTooLarge,
)
from copilot.interfaces.contract import (
    AnswerBody,
    ChoiceBody,
    CitationBody,
    ConflictBody,
    ConflictSideBody,
    CutBody,
    DocumentBody,
    DocumentLine,
    GroundingBody,
    MapDocument,
    MapStage,
    MapTopic,
    NavigationBody,
    PassageBody,
    ProblemBody,
    VerificationBody,
    VersionLine,
)
from copilot.interfaces.ingestion_contract import FailureLine
from knowledge.catalogue import freshness_of
from knowledge.document import Metadata, StoredDocument
from knowledge.errors import (
    AmbiguousDocument,
    DatabaseBusy,
    DatabaseUnavailable,
    IndexModelMismatch,
    IndexRebuilding,
    IndexUnavailable,
    InvalidQuery,
    ModelUnavailable,
    NotEnoughSpace,
    NothingIngested,
    RebuildFailed,
    ReportableError,
    RerankerUnavailable,
    UnknownDocument,
)
from knowledge.failures import Failure
from knowledge.navigation import Entry, navigation_map
from knowledge.passage import Citation, Passage
from knowledge.store import DocumentSummary, VersionSummary
from knowledge.verification import verification_state

#: The first class that fits decides, so special ones stand before general ones.
_STATUS: tuple[tuple[type[ReportableError], int, str], ...] = (
    (InvalidQuery, 422, "The question cannot be used"),
    (UnknownDocument, 404, "Unknown document"),
    (AmbiguousDocument, 409, "Several documents"),
    (UnknownConversation, 404, "Unknown conversation"),
    (UnknownAnswer, 404, "Unknown answer"),
    (UnknownQuestion, 404, "Unknown question"),
    (AlreadyAnswered, 409, "Answered already"),
    (TooManyQuestions, 429, "Too many questions at a time"),
    (TooManyRequests, 429, "Too many requests"),
    (RequestTooLarge, 413, "Too large"),
    (RequestTooSlow, 408, "Too slow"),
    (UnknownHost, 421, "Not called that"),
    (UnknownHandover, 404, "Nobody asked for a person there"),
    (HandoverOpen, 409, "A person was asked"),
    (OutdatedQuestion, 409, "The section has changed"),
    (ChatModelRequired, 409, "A chat model is needed"),
    (ChannelNotConfigured, 409, "This way out is not set up"),
    (NothingIngested, 409, "No index yet"),
    (IndexModelMismatch, 409, "The index belongs to another model"),
    (IndexRebuilding, 503, "The index is being rebuilt"),
    (RebuildFailed, 500, "The index could not be rebuilt"),
    (DatabaseBusy, 503, "The database is busy"),
    (DatabaseUnavailable, 503, "The database is not available"),
    (IndexUnavailable, 503, "The index is not available"),
    (ModelUnavailable, 503, "The embedding model is not available"),
    (RerankerUnavailable, 503, "The reranker is not available"),
    (UnknownAccount, 404, "Unknown account"),
    (UnknownCalculator, 404, "Unknown calculator"),
    (InvalidInput, 422, "Inputs of the calculator"),
    (NotDefined, 422, "The sources do not define it"),
    (UnknownContact, 404, "Unknown contact"),
    (UnknownPerson, 404, "Unknown person"),
    (PersonExists, 409, "The id is taken"),
    (UnknownFigure, 404, "Unknown figure"),
    (UnknownEvaluation, 404, "Unknown evaluation"),
    (EvaluationRunning, 409, "An evaluation is under way"),
    (CheckCancelled, 409, "Called off"),
    (UnknownSchedule, 404, "Unknown schedule"),
    (ScheduleExists, 409, "There is such a schedule"),
    (UnknownKey, 404, "Unknown key"),
    (UnknownSession, 404, "Unknown session"),
    (UnknownModel, 404, "Unknown model"),
    (UnknownDraft, 404, "Unknown draft"),
    (UnknownDelivery, 404, "Unknown delivery"),
    (UnknownGap, 404, "Unknown gap"),
    (UnknownSuggestion, 404, "Unknown suggestion"),
    (UnknownNotice, 404, "Unknown notice"),
    (GapClosed, 409, "The gap needs no answer"),
    (NotPinned, 409, "Not pinned"),
    (KnowledgeRefused, 422, "Not fit for everybody"),
    (StaleRevision, 409, "There is a newer revision"),
    (UnknownChange, 404, "Unknown change"),
    (StaleChange, 409, "The document has changed"),
    (ChangeBreaksAnswers, 409, "The change breaks answers"),
    (ProcessEnded, 503, "The process has ended"),
    (IndexChanged, 409, "The index has changed"),
    (DraftExpired, 409, "Not decided in time"),
    (AlreadyDecided, 409, "Decided already"),
    (InvalidAccount, 422, "Invalid account record"),
    (InvalidSignal, 422, "Invalid signal"),
    (LeadNotReady, 409, "The lead is not ready"),
    (InvalidDraft, 422, "Invalid draft"),
    (InstructionUnclear, 422, "Not understood"),
    (FontMissing, 501, "Font missing"),
    (AuditLogBroken, 500, "The audit log was changed from outside"),
    (UploadTooLarge, 413, "Too large"),
    (BackupRefused, 422, "No backup that can be used"),
    (HomeNotEmpty, 409, "There is something already"),
    (RestoreFailed, 500, "Not restored"),
    (NotEnoughSpace, 507, "The disk is full"),
    (ApprovalRequired, 409, "Not approved"),
    (AudienceMismatch, 409, "Not for these readers"),
    (OriginNotAllowed, 403, "Not from this page"),
    (BadToken, 401, "The token opens nothing"),
    (TooManyAttempts, 429, "Too many tries"),
    (SignInRefused, 401, "Not signed in"),
    (InvitationOver, 410, "The invitation is over"),
    (NotPermitted, 403, "Not permitted"),
    (InvalidRequest, 422, "Invalid request"),
    (IndexLocked, 409, "The index is in use"),
    (Unavailable, 503, "Not available"),
    (ConfigurationError, 500, "Wrong configuration"),
    (ReportableError, 422, "It could not be done"),
)


def problem(error: ReportableError) -> ProblemBody:
    """Describe a known error."""
    status, title = next((status, title) for kind, status, title in _STATUS if isinstance(error, kind))
    diff = error.diff if isinstance(error, StaleRevision) else None
    choices = list(error.choices) if isinstance(error, InstructionUnclear) else None
    param = error.param if isinstance(error, UnsupportedParameter) else None
    questions = list(error.questions) if isinstance(error, ChangeBreaksAnswers) else None
    return ProblemBody(
        title=title,
        status=status,
        detail=error.message,
        code=error.code,
        param=param,
        diff=diff,
        choices=choices,
        questions=questions,
    )


def answer_body(reply: Outcome, today: date) -> AnswerBody:
    """Show a reply; in a batch, the command line puts the caller's own id in place of ours."""
    question = reply.question
    common = {
        "id": reply.id,
        "answer_id": reply.id,
        "conversation_id": reply.conversation_id,
        "question": question.text,
        "standalone_question": reply.standalone_question,
        "intent": reply.intent.value,
        "language": question.language,
        "passages": passage_bodies(reply.passages),
        "confidence": round(reply.confidence, 4),
        "timings_ms": dict(reply.timings_ms),
        "degraded": degraded(reply),
        "choices": [ChoiceBody(label=c.label, action=c.action, payload=dict(c.payload)) for c in reply.choices],
    }
    if isinstance(reply, Clarification):
        return AnswerBody(**common, status="clarify", answer=reply.explanation, explanation="", composer="extractive")
    if isinstance(reply, Abstention):
        return AnswerBody(
            **common,
            status="abstained",
            answer=reply.explanation,
            explanation="",
            reason=reply.reason.value,
            composer="extractive",
        )
    composition = reply.composition
    return AnswerBody(
        **common,
        status="partial" if reply.uncovered else "answered",
        answer=composition.text,
        explanation=composition.explanation,
        citations=[citation_body(citation, today) for citation in composition.citations],
        grounding=[
            GroundingBody(sentence=s.text, status=s.status, citations=list(s.citations)) for s in composition.grounding
        ],
        conflicts=[
            ConflictBody(
                topic=conflict.topic,
                sides=[ConflictSideBody(claim=side.claim, citation=side.citation) for side in conflict.sides],
            )
            for conflict in composition.conflicts
        ],
        composer=composition.composer,
    )


def passage_bodies(passages: Sequence[Passage]) -> list[PassageBody]:
    """Show passages in their order."""
    return [
        PassageBody(
            document_id=passage.chunk.document_id,
            source=passage.source,
            title=passage.title,
            heading_path=list(passage.chunk.span.heading_path),
            text=passage.text,
            score=round(passage.score, 4),
            found_by=list(passage.found_by),
        )
        for passage in passages
    ]


def citation_body(citation: Citation, today: date) -> CitationBody:
    """Show a citation as every surface does."""
    passage = citation.passage
    return CitationBody(
        n=citation.number,
        document_id=passage.chunk.document_id,
        source=passage.source,
        version=passage.chunk.version,
        title=passage.title,
        kind=passage.metadata.kind,
        heading_path=list(citation.heading_path),
        quote=citation.quote,
        start=citation.start,
        end=citation.end,
        page=citation.page,
        url=passage.metadata.url,
        verified_until=passage.metadata.review_by,
        stale=citation.is_stale(today),
    )


def verification_body(metadata: Metadata, today: date) -> VerificationBody:
    """Show who answers for a document, and its state on this day."""
    return VerificationBody(
        state=verification_state(metadata, today).value,
        owner=metadata.owner,
        deputy=metadata.deputy,
        verified_on=metadata.verified_on,
        verified_by=metadata.verified_by,
        review_by=metadata.review_by,
    )


def document_line(summary: DocumentSummary, today: date) -> DocumentLine:
    """Show one line of the list of documents."""
    return DocumentLine(
        id=summary.id,
        source=summary.source,
        origin=summary.origin,
        title=summary.title,
        title_en=summary.metadata.title_en,
        kind=summary.metadata.kind,
        stages=list(summary.metadata.stages),
        audience=summary.metadata.audience,
        groups=list(summary.metadata.groups),
        version=summary.version,
        characters=summary.characters,
        chunks=summary.chunks,
        updated_at=summary.updated_at,
        duplicate_of=summary.duplicate_of,
        verification=verification_body(summary.metadata, today),
    )


def failure_line(failure: Failure) -> FailureLine:
    """Show what could not be ingested."""
    return FailureLine(
        id=failure.id,
        source=failure.source,
        origin=failure.origin,
        stage=failure.stage,
        code=failure.code,
        reason=failure.reason,
        attempts=failure.attempts,
        first_at=failure.first_at,
        last_at=failure.last_at,
    )


def navigation_body(summaries: Sequence[DocumentSummary], today: date) -> NavigationBody:
    """Show the map of all documents that name a stage."""
    sources = {str(summary.id): summary.source for summary in summaries}
    stages = navigation_map(
        Entry(id=summary.id, title=summary.title, metadata=summary.metadata) for summary in summaries
    )
    return NavigationBody(
        stages=[
            MapStage(
                key=stage.key,
                title=stage.title,
                title_en=stage.title_en,
                topics=[
                    MapTopic(
                        key=topic.key,
                        title=topic.title,
                        title_en=topic.title_en,
                        documents=[_map_document(entry, sources[entry.id], today) for entry in topic.entries],
                    )
                    for topic in stage.topics
                ],
            )
            for stage in stages
        ]
    )


def _map_document(entry: Entry, source: str, today: date) -> MapDocument:
    metadata = entry.metadata
    return MapDocument(
        id=entry.id,
        source=source,
        title=entry.title,
        title_en=metadata.title_en,
        summary=metadata.summary,
        summary_en=metadata.summary_en,
        kind=metadata.kind,
        state=freshness_of(metadata, today),
    )


def document_body(
    stored: StoredDocument, history: Sequence[VersionSummary], current: int | None, today: date
) -> DocumentBody:
    """Show a document in one of its versions; `current` is the number of the current one, None once it is deleted."""
    return DocumentBody(
        id=stored.id,
        source=stored.document.source,
        origin=stored.origin,
        title=stored.document.title,
        version=stored.version,
        status="deleted" if current is None else "current" if current == stored.version else "replaced",
        text=stored.document.text,
        metadata={key: value for key, value in vars(stored.document.metadata).items() if value not in (None, ())},
        warnings=list(stored.document.warnings),
        cuts=[
            CutBody(rule=cut.rule, reason=cut.reason, count=cut.count, samples=list(cut.samples))
            for cut in stored.document.cuts
        ],
        duplicate_of=stored.duplicate_of,
        verification=verification_body(stored.document.metadata, today),
        versions=[
            VersionLine(version=line.version, content_hash=line.content_hash, created_at=line.created_at)
            for line in history
        ],
    )
