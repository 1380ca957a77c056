"""The shapes that leave the process: the same for the command line, HTTP and every later surface."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from copilot.curating.opinion import LONGEST_COMMENT, LONGEST_EDIT, DownvoteReason
from knowledge.document import Audience, DocumentKind
from knowledge.text import is_storable


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("it holds a NUL or half a character")
    return text


#: What a client may call a request of its own: unguessable, so that it is its own.
REQUEST_ID = r"^[A-Za-z0-9_-]{16,64}$"
#: Text that a database can look for or keep.
Storable = Annotated[str, AfterValidator(_storable)]


class Body(BaseModel):
    """Unknown keys are ignored on the way in, so that an older client can talk to a newer server."""

    model_config = ConfigDict(extra="ignore")


class TurnBody(Body):
    """An earlier message."""

    role: Literal["user", "assistant"]
    content: str


class AskBody(Body):
    """A question over HTTP."""

    question: str
    conversation_id: Storable | None = None
    history: list[TurnBody] = []
    account_id: Storable | None = None
    audience: Audience = Audience.INTERNAL
    verified_only: bool | None = Field(
        None, description="Answer from verified documents alone; null: as COPILOT_VERIFIED_ONLY says."
    )
    draft_id: Storable | None = Field(
        None, description="The draft that is talked about: an instruction then changes it instead of being answered."
    )
    run: Literal["batch", "evaluation"] | None = Field(
        None, description="Marks a question that no person waits for; it is never counted as a gap."
    )
    request_id: str | None = Field(
        None,
        pattern=REQUEST_ID,
        description="A random name of your own for this request: sent again, it is answered once (see /v1/ask/stream).",
    )
    html: bool = Field(False, description="Streams alone: also send the answer as HTML that is safe in any page.")
    go_on: bool = Field(False, description="Ask the copilot although a person was asked to take the conversation over.")
    clarify: bool = Field(True, description="False where nobody can be asked back: then every side is answered.")


class CitationBody(Body):
    """A verbatim quote: `quote == text of that version [start:end]`."""

    n: int
    document_id: str
    source: str
    version: int
    title: str
    kind: DocumentKind
    heading_path: list[str]
    quote: str
    start: int
    end: int
    page: int | None = None
    url: str | None = None
    verified_until: date | None = None
    stale: bool = False


class GroundingBody(Body):
    """A sentence of the answer and what it rests on."""

    sentence: str
    status: Literal["grounded", "partly", "ungrounded"]
    citations: list[int]


class PassageBody(Body):
    """A passage, best first in a list."""

    document_id: str
    source: str
    title: str
    heading_path: list[str]
    text: str
    score: float
    found_by: list[str]


class ConflictSideBody(Body):
    """One side of a disagreement between sources."""

    claim: str
    citation: int


class ConflictBody(Body):
    """Sources that disagree."""

    topic: str
    sides: list[ConflictSideBody]


class ChoiceBody(Body):
    """Something a person can pick instead of typing."""

    label: str
    action: str
    payload: dict[str, str] = {}


class AnswerBody(Body):
    """An answer, a question back with its choices, or an abstention."""

    id: str
    answer_id: str
    conversation_id: str
    question: str
    standalone_question: str
    intent: str = "question"
    language: Literal["zh", "en"]
    status: Literal["answered", "partial", "abstained", "clarify"]
    answer: str
    explanation: str
    citations: list[CitationBody] = []
    grounding: list[GroundingBody] = []
    conflicts: list[ConflictBody] = []
    passages: list[PassageBody] = []
    choices: list[ChoiceBody] = []
    reason: Literal["not_in_knowledge", "no_permission", "retrieval_failed", "out_of_scope"] | None = None
    composer: str
    confidence: float | None = None
    timings_ms: dict[str, int] = {}
    degraded: list[Literal["search", "chat_model"]] = Field(
        [],
        description="What was down, of which the explanation tells. Left out where nothing was.",
        exclude_if=lambda parts: not parts,
    )


class SearchBody(Body):
    """Passages found for a query."""

    id: str
    passages: list[PassageBody]
    degraded: list[Literal["search"]] = Field(
        [],
        description="search: found by words alone, for want of more. Left out where nothing is.",
        exclude_if=lambda parts: not parts,
    )


class VerificationBody(Body):
    """Who answers for a document, and until when somebody has found it right."""

    state: Literal["verified", "unverified", "stale"] = Field("unverified", description="stale: review_by has passed.")
    owner: str | None = None
    deputy: str | None = None
    verified_on: date | None = None
    verified_by: str | None = Field(None, description="A person's id; null where the document's own file says so.")
    review_by: date | None = None


class DocumentLine(Body):
    """One line of the list of documents."""

    id: str
    source: str
    origin: str
    title: str
    title_en: str | None = None
    kind: DocumentKind
    stages: list[str] = []
    audience: Audience
    groups: list[str] = []
    version: int
    characters: int
    chunks: int
    updated_at: datetime
    duplicate_of: str | None = None
    verification: VerificationBody = VerificationBody()


class DocumentList(Body):
    """All current documents."""

    documents: list[DocumentLine]


class Catalogue(Body):
    """Some of the documents that were looked for, and what all can be narrowed by."""

    documents: list[DocumentLine]
    found: int = Field(description="All that fit.")
    count: int = Field(description="All that may be read.")
    owners: list[str]
    groups: list[str]
    origins: list[str]


class MapDocument(Body):
    """A document on the navigation map."""

    id: str
    source: str
    title: str
    title_en: str | None = None
    summary: str | None = None
    summary_en: str | None = None
    kind: DocumentKind
    state: Literal["verified", "due_soon", "stale", "unverified"] = "unverified"


class MapTopic(Body):
    """A topic of a stage and its documents."""

    key: str
    title: str
    title_en: str
    documents: list[MapDocument]


class MapStage(Body):
    """A stage of the lifecycle and its topics."""

    key: str
    title: str
    title_en: str
    topics: list[MapTopic]


class NavigationBody(Body):
    """Lifecycle stage × topic: every document of the corpus in two steps."""

    stages: list[MapStage]


class VersionLine(Body):
    """One version in the history of a document."""

    version: int
    content_hash: str
    created_at: datetime


class CutBody(Body):
    """What one rule of cleaning took out, and why."""

    rule: str
    reason: str
    count: int
    samples: list[str]


class DocumentBody(Body):
    """A document with its stored text."""

    id: str
    source: str
    origin: str
    title: str
    version: int
    status: Literal["current", "replaced", "deleted"] = Field(
        "current", description="replaced, deleted: this version is kept for the answers that cite it."
    )
    text: str
    metadata: dict[str, object]
    warnings: list[str]
    cuts: list[CutBody] = []
    duplicate_of: str | None = None
    verification: VerificationBody = VerificationBody()
    versions: list[VersionLine]


class Deleted(Body):
    """What was deleted."""

    source: str
    status: Literal["deleted"] = "deleted"


class ErrorBody(Body):
    """A stable code and a message for people."""

    code: str
    message: str


class QuestionPlanBody(Body):
    """What writing questions would take; tokens and price are estimates, rather too high."""

    model: str
    documents: int
    chunks: int
    requests: int = Field(description="What has to be paid for; other chunks were written for before.")
    tokens_in: int
    tokens_out: int
    price: float | None = Field(None, description="In the currency of COPILOT_CHAT_PRICE_INPUT and _OUTPUT.")


class QuestionReportBody(Body):
    """What writing questions did."""

    documents: int
    chunks: int
    requests: int
    written: int
    refused: dict[str, int] = Field({}, description="Questions left out, by reason.")
    failed: int = Field(0, description="Chunks the model gave nothing for; the next run tries them again.")
    tokens_in: int | None = Field(None, description="As the server counted; null when it did not.")
    tokens_out: int | None = None
    price: float | None = None
    seconds: float
    stopped: ErrorBody | None = None


class QuestionLine(Body):
    """A written question of a document."""

    text: str
    writer: Literal["document", "machine", "person"]
    heading_path: list[str]


class QuestionList(Body):
    """All written questions of a document."""

    source: str
    questions: list[QuestionLine]


class QuestionsDropped(Body):
    """How many machine-written questions left the index."""

    dropped: int


class ProposalBody(Body):
    """A question that helped somebody, waiting for the owner or decided on."""

    id: str
    text: str
    document_id: str
    audience: Audience
    status: Literal["proposed", "accepted", "rejected"]
    person: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


class ProposalList(Body):
    """Proposed questions, oldest first."""

    proposals: list[ProposalBody]


class DecisionBody(Body):
    """The owner's word on a proposed question."""

    decision: Literal["accept", "reject"]


class RatingBody(Body):
    """What a person says of an answer, or did with it; the last word counts, what is left out says nothing."""

    helpful: bool | None = None
    reason: DownvoteReason | None = Field(None, description="Why it did not help; only with helpful = false.")
    comment: str | None = Field(None, description=f"At most {LONGEST_COMMENT:,} characters.")
    copied: bool = Field(False, description="Counts once.")
    shared: bool = Field(False, description="Counts once.")
    edited_text: str | None = Field(
        None,
        description=f"What was put in place of the answer, at most {LONGEST_EDIT:,} characters; empty takes it back.",
    )


class FeedbackBody(Body):
    """What stands now, and what came of it: the question proposed, or the reason why it was not."""

    answer_id: str
    helpful: bool | None
    reason: DownvoteReason | None = None
    comment: str | None = None
    copied: bool = False
    shared: bool = False
    edited: bool = Field(False, description="Whether other words stand in its place.")
    proposal: ProposalBody | None = None
    refused: str | None = None


class AccessBody(Body):
    """Who may read a document: an audience or, whatever it says, the members of groups."""

    audience: Audience = Audience.INTERNAL
    groups: list[str] = []


class DocumentAccess(AccessBody):
    """Who may read a document now."""

    id: str
    source: str
    moved: bool = Field(True, description="False: it is in force, and the vectors follow when the ingestion is done.")


class PartBody(Body):
    """How one part does: a degraded one is done without, and answers say so."""

    state: Literal["ok", "degraded", "failed", "off"]
    detail: str | None = None


class ReadyBody(Body):
    """Whether questions can be answered now."""

    status: Literal["loading", "ready", "failed", "leaving"]
    detail: str | None = None
    documents: int | None = None
    parts: dict[str, PartBody] = Field({}, description="database, vectors, embedder and chat_model, once it is ready.")


class ProblemBody(Body):
    """RFC 9457 problem details with a stable code."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    param: str | None = Field(None, description="The part of the request that is meant.")
    reference: str | None = Field(None, description="Stands in the log beside the cause of an unexpected error.")
    choices: list[str] | None = Field(None, description="For instruction_unclear: instructions to pick from.")
    questions: list[str] | None = Field(None, description="For change_breaks_answers: those that lose their answer.")
    diff: str | None = Field(None, description="For stale_revision: what has changed since, as a unified diff.")
