"""Question → what is really asked → passages → answer, a question back, or an abstention with its reason."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from copilot.answering.answer import AbstentionReason, Answer, Outcome, Reply
from copilot.answering.answerability import Answerability
from copilot.answering.calculated import CalculatedAnswers
from copilot.answering.checked_wording import CheckedWording, Viewer
from copilot.answering.choices import shortcuts
from copilot.answering.clarifying import Fork, find_fork, settled
from copilot.answering.clock import AnswerClock, Lapped
from copilot.answering.conflicts import ConflictFinder
from copilot.answering.degraded import TOLD
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.grounding import SentenceCheck
from copilot.answering.in_parts import compose_parts, with_uncovered
from copilot.answering.intent import Intent
from copilot.answering.merging import in_turns, numbered
from copilot.answering.permission import Permission
from copilot.answering.pinned import PinnedAnswers
from copilot.answering.question import Language, Question, Turn
from copilot.answering.rewriting import Rewriter
from copilot.answering.store import AnswerStore
from copilot.answering.unanswered import abstention, clarification, withheld
from copilot.answering.understanding import HISTORY_TURNS, Part, Reader, Understanding
from copilot.chat_model import ChatModel
from copilot.errors import UnknownConversation
from knowledge.errors import EmbedderDown, IndexUnavailable, ReportableError
from knowledge.passage import Citation, Passage
from knowledge.retriever import Retriever, is_partial
from knowledge.text import is_chinese

Stage = Literal["searching", "reading", "wording"]
StageListener = Callable[[Stage], None]

_log = logging.getLogger(__name__)


class AnsweringService:
    """One path for every surface."""

    def __init__(
        self,
        *,
        retriever: Retriever,
        answerability: Answerability,
        evidence: EvidenceFinder,
        check: SentenceCheck,
        conflicts: ConflictFinder,
        permission: Permission,
        store: AnswerStore,
        chat_model: ChatModel | None = None,
        calculated: CalculatedAnswers | None = None,
        pinned: PinnedAnswers | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
        lapped: Lapped = lambda _, __: None,
        budget_s: float = 60.0,
    ) -> None:
        """`lapped` is told of every stage when it has ended, with its seconds; `budget_s` is for all of an answer."""
        self._retriever = retriever
        self._answerability = answerability
        self._evidence = evidence
        self._conflicts = conflicts
        self._permission = permission
        self._store = store
        self._wording = CheckedWording(chat_model, check) if chat_model else None
        self._calculated = calculated
        self._pinned = pinned
        self._reader = Reader(Rewriter(chat_model, within_s=budget_s / 2) if chat_model else None)
        self._now = now
        self._new_id = new_id
        self._lapped = lapped
        self._budget_s = budget_s

    def ask(self, question: Question, listen: StageListener = lambda _: None, viewer: Viewer | None = None) -> Outcome:
        """Answer from the knowledge, ask back, or say why not; the reply is stored before it is returned.

        Raises:
            AskingCancelled: the viewer has gone; nothing is stored.
            InvalidQuery: the question is empty or too long.
            NothingIngested: there is no index yet.
            UnknownConversation: the conversation does not exist or belongs to somebody else.
        """
        question.query()
        clock = AnswerClock(self._budget_s, self._lapped)
        conversation = self._conversation(question)
        understood = self._reader.understand(question, self._history(question))
        if understood.language != question.language:
            question = replace(question, reply_language=understood.language)
        clock.lap("understand")
        outcome = self._reply(question, conversation, understood, clock, listen, viewer)
        if self._permission.lost(outcome):
            # Somebody narrowed who may read a document while it was being answered from: once more, from what is left.
            outcome = self._reply(question, conversation, understood, clock, listen, None)
        if self._permission.lost(outcome):
            outcome = withheld(outcome)
        self._store.save(outcome, self._now())
        return outcome

    def _reply(
        self,
        question: Question,
        conversation: str,
        understood: Understanding,
        clock: AnswerClock,
        listen: StageListener,
        viewer: Viewer | None,
    ) -> Outcome:
        listen("searching")
        findings = [self._search(question, part, understood.intent, clock) for part in understood.parts]
        if understood.wish.language is None and any(finding.in_pinyin for finding in findings):
            question = replace(question, reply_language="zh")
        reply = Reply(
            id=self._new_id(),
            conversation_id=conversation,
            question=question,
            passages=in_turns([finding.passages for finding in findings]),
            timings_ms=clock.laps,
            standalone=None if understood.standalone == question.text else understood.standalone,
            intent=understood.intent,
            confidence=max(finding.confidence for finding in findings),
            by_words=any(finding.asked.by_words for finding in findings),
        )
        return self._outcome(reply, understood, findings, clock, listen, viewer)

    def _conversation(self, question: Question) -> str:
        conversation = question.conversation_id
        if conversation and not self._store.has_conversation(conversation, question.person):
            raise UnknownConversation(
                f"There is no conversation {conversation!r} of yours. Leave conversation_id out to start a new one."
            )
        return conversation or self._new_id()

    def _history(self, question: Question) -> Sequence[Turn]:
        """Return what the caller says came before, else what is stored of the conversation."""
        if question.history or not question.conversation_id:
            return question.history
        return self._store.turns(question.conversation_id, question.person, HISTORY_TURNS)

    def _search(self, question: Question, part: Part, intent: Intent, clock: AnswerClock) -> _Finding:
        asked = replace(question, text=part.asked, reply_language=None)
        try:
            try:
                return self._found(asked, part, intent, clock)
            except ReportableError as error:  # what a search needs may also fail between it and the judgement
                if asked.by_words or not is_partial(error):
                    raise
                return self._found(replace(asked, by_words=True), part, intent, clock)
        except (IndexUnavailable, EmbedderDown) as error:
            _log.warning("retrieval failed: %s", error.message)
            return _Finding(part=part, asked=asked, passages=[], reason=AbstentionReason.RETRIEVAL_FAILED)

    def _found(self, asked: Question, part: Part, intent: Intent, clock: AnswerClock) -> _Finding:
        asked = replace(asked, text=self._retriever.meant(part.asked, asked.reader))
        results = [self._retriever.retrieve(replace(asked, text=text).query()) for text in part.searches]
        passages = in_turns(results)
        asked = replace(asked, by_words=asked.by_words or any(passage.by_words for passage in passages))
        clock.lap("retrieve")
        judgement = self._answerability.judge(asked, passages)
        clock.lap("judge")
        reason = judgement.reason
        if intent is Intent.SMALLTALK:
            reason = AbstentionReason.OUT_OF_SCOPE
        elif reason is not None and self._permission.withheld(asked, part.searches):
            reason = AbstentionReason.NO_PERMISSION
        elif reason is not None and asked.by_words:
            # Words alone find too little to say that the knowledge does not hold it.
            reason = AbstentionReason.RETRIEVAL_FAILED
        return _Finding(part=part, asked=asked, passages=passages, reason=reason, confidence=judgement.confidence)

    def _outcome(
        self,
        reply: Reply,
        understood: Understanding,
        findings: list[_Finding],
        clock: AnswerClock,
        listen: StageListener,
        viewer: Viewer | None,
    ) -> Outcome:
        """Ask back, answer what can be answered, or abstain."""
        question = reply.question
        whole = len(findings) == 1 and len(findings[0].part.searches) == 1
        wanted = self._pinned if not understood.wish.bare else None
        pinned = wanted.reply(reply, whole=whole) if wanted else None
        if pinned is not None:
            composition = self._conflicts.side_by_side(question, reply.passages, pinned.composition)
            clock.lap("pinned")
            return replace(pinned, composition=composition)
        computed = self._calculated.reply(reply) if self._calculated else None
        if computed is not None:
            clock.lap("calculate")
            return computed
        fork = _fork(understood, findings)
        if fork is not None and fork.open and question.may_clarify:
            return clarification(reply, fork)
        if any(finding.reason is None for finding in findings):
            listen("reading")
            findings = [self._read(finding, fork) for finding in findings]
            clock.lap("evidence")
        covered = [(finding.part.standalone, finding.citations) for finding in findings if finding.citations]
        if not covered:
            return abstention(reply, [finding.reason for finding in findings])
        worded = replace(question, text=understood.standalone, reply_language=question.language)
        # What words alone have found is quoted: a model could not tell what is missing between the quotes.
        wording = None if reply.by_words else self._wording
        note = _note(understood, fork, question.language, worded_by_model=self._wording is not None)
        if reply.by_words:
            note = "\n".join(one for one in (TOLD["search"][question.language], note) if one)
        if wording is None:
            composition = compose_parts(worded, covered, note)
        else:
            listen("wording")
            composition = wording.compose(worded, reply.passages, covered, viewer, note, within_s=clock.left_s())
        composition = self._conflicts.side_by_side(question, reply.passages, composition)
        clock.lap("compose")
        uncovered = [finding.part.standalone for finding in findings if not finding.citations]
        return Answer(
            **vars(reply) | {"choices": shortcuts(reply.intent, question.language)},
            composition=with_uncovered(composition, uncovered, question.language),
            uncovered=uncovered,
            missing=[
                finding.part.standalone
                for finding in findings
                if not finding.citations and finding.reason is AbstentionReason.NOT_IN_KNOWLEDGE
            ],
        )

    def _read(self, finding: _Finding, fork: Fork | None) -> _Finding:
        """Look for evidence where the part is covered at all; each side of a fork speaks for itself."""
        if finding.reason is not None:
            return finding
        if fork is None:
            citations = self._evidence.find(finding.asked, finding.passages)
        else:
            sides = [self._evidence.find(finding.asked, [side.passage])[:1] for side in fork.sides]
            citations = [citation for group in numbered(sides) for citation in group]
        lacking = AbstentionReason.RETRIEVAL_FAILED if finding.asked.by_words else AbstentionReason.NOT_IN_KNOWLEDGE
        return replace(finding, citations=citations, reason=None if citations else lacking)


@dataclass(frozen=True, kw_only=True)
class _Finding:
    """What was found for one part; `reason` says why it cannot be answered."""

    part: Part
    asked: Question
    passages: list[Passage]
    reason: AbstentionReason | None
    confidence: float = 0.0
    citations: list[Citation] = field(default_factory=list)

    @property
    def in_pinyin(self) -> bool:
        """Whether Chinese was typed in Latin letters."""
        return is_chinese(self.asked.text) and not is_chinese(self.part.asked)


def _fork(understood: Understanding, findings: list[_Finding]) -> Fork | None:
    """Return the fact the answer depends on, where no part can be answered without it."""
    if len(findings) != 1 or findings[0].reason is not None or understood.wish.bare:
        return None
    fork = find_fork(understood.standalone, findings[0].passages)
    side = settled(fork, findings[0].asked.facts) if fork else None
    return replace(fork, sides=[side]) if fork and side else fork


def _note(understood: Understanding, fork: Fork | None, language: Language, *, worded_by_model: bool) -> str | None:
    """Say what a reader must know before the quotes."""
    if fork is not None:
        sides = "、".join(side.label(language) for side in fork.sides)
        return _NOTES["sides"][language].format(fact=fork.name(language), sides=sides)
    if understood.wish.bare and not worded_by_model:
        return _NOTES["not_reworded"][language]
    return None


_NOTES = {
    "not_reworded": {
        "zh": "没有配置对话模型,不能改写或翻译:以下是同样内容的原文,语言与来源一致。",
        "en": "No chat model is set up, so nothing is reworded or translated: the quotes keep the source's language.",
    },
    "sides": {
        "zh": "答案因{fact}而不同,这里分别引用:{sides}。",
        "en": "The answer differs by {fact}; quoted here for: {sides}.",
    },
}
