"""Errors of the copilot's own stages; the tree is drawn in knowledge/errors.py.

CopilotError              InvalidRequest (UnknownConversation, UnknownAnswer, UnknownQuestion, OutdatedQuestion,
                            TooFewExamples, NothingToRollBack, NotRecorded, UnknownAccount, UnknownContact,
                            UnknownPerson,
                            InvalidPerson, PersonExists, UnknownKey, UnknownSession, PasswordRefused, UnknownDraft,
                            UnknownDelivery, StaleRevision, InvalidDestination,
                            DeliveryRefused, InvalidAccount, InvalidDraft, InstructionUnclear, ReasonRequired,
                            IdempotencyKeyReused, DraftExpired, AlreadyDecided, UploadTooLarge, InvalidTransition,
                            UnknownCalculator, InvalidInput, NotDefined, UnknownSuggestion, InvalidSignal,
                            LeadNotReady, InvalidChange, UnknownChange, StaleChange, ChangeBreaksAnswers,
                            UnknownModel, UnsupportedParameter,
                            UnknownFigure, UnknownGap, GapClosed, UnknownNotice, NotPinned,
                            InvalidSchedule, UnknownSchedule, ScheduleExists, AlreadyAnswered, TooManyQuestions,
                            TooManyRequests, RequestTooLarge, RequestTooSlow, UnknownHost,
                            UnknownHandover, HandoverOpen,
                            KnowledgeRefused (AnswerEmpty, AnswerAccountSpecific, AnswerPersonal, AnswerInstructs,
                            AnswerLinks, AnswerSaysNothing, AnswerConversation, KnowledgeUnreadable), MessageTooOld,
                            BackupRefused (BackupDamaged), HomeNotEmpty)
                          NotPermitted (ApprovalRequired, AudienceMismatch, BadToken (ExpiredToken, UsedToken),
                            SignInRefused, TooManyAttempts, InvitationOver, SignOnRefused, ChatModelLoop,
                            OriginNotAllowed, CrmUserUnknown)
                          ConfigurationError (ChatModelRequired, ChannelNotConfigured) · IndexLocked · AskingCancelled
                          IndexChanged · RestoreFailed
                          FontMissing · AuditLogBroken
                          Unavailable (ChatModelUnavailable, ServerUnavailable, ChannelUnavailable, CrmUnavailable,
                            ServerBusy, SignOnUnavailable,
                            SlackUnavailable (SlackUnclear)) · SlackRefused
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import ceil

from knowledge.errors import ReportableError


class CopilotError(ReportableError):
    """The root of what the copilot's stages report."""

    code = "copilot_error"


class InvalidRequest(CopilotError):
    """What was asked for cannot be done as asked."""

    code = "invalid_request"


class UnsupportedParameter(InvalidRequest):
    """A request asks, in a protocol of others, for what is not done here."""

    code = "unsupported_parameter"
    param: str | None = None

    def __init__(self, message: str, param: str) -> None:
        super().__init__(message)
        self.param = param


class UnknownModel(InvalidRequest):
    """There is no model of this name to ask."""

    code = "model_not_found"


class UploadTooLarge(InvalidRequest):
    """The files of one upload have more bytes than the settings allow."""

    code = "upload_too_large"


class UnknownConversation(InvalidRequest):
    """No conversation has this id."""

    code = "unknown_conversation"


class UnknownAnswer(InvalidRequest):
    """No answer of this person has this id."""

    code = "unknown_answer"


class UnknownQuestion(InvalidRequest):
    """No proposed question has this id."""

    code = "unknown_question"


class OutdatedQuestion(InvalidRequest):
    """The section that a proposed question was answered from has changed or is gone."""

    code = "outdated_question"


class UnknownGap(InvalidRequest):
    """No gap that this person may see has this id."""

    code = "unknown_gap"


class TooFewExamples(InvalidRequest):
    """There are not enough questions with known answers to learn from."""

    code = "too_few_examples"


class NothingToRollBack(InvalidRequest):
    """No other model was active before."""

    code = "nothing_to_roll_back"


class NotRecorded(InvalidRequest):
    """A replay has no answer for this request."""

    code = "not_recorded"


class UnknownAccount(InvalidRequest):
    """No account record has this id."""

    code = "unknown_account"


class UnknownContact(InvalidRequest):
    """Nothing in this account names this contact."""

    code = "unknown_contact"


class UnknownPerson(InvalidRequest):
    """Nobody here has this id."""

    code = "unknown_person"


class InvalidPerson(InvalidRequest):
    """Something of a person has the wrong form; `field` names it."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class PersonExists(InvalidRequest):
    """Somebody has this id already."""

    code = "person_exists"


class UnknownSession(InvalidRequest):
    """No session of this person has this id."""

    code = "unknown_session"


class PasswordRefused(InvalidRequest):
    """A password cannot be chosen; `fault` is one word of a closed set."""

    code = "password_refused"

    def __init__(self, message: str, fault: str) -> None:
        super().__init__(message)
        self.fault = fault


class UnknownKey(InvalidRequest):
    """No key that this person may see has this id."""

    code = "unknown_key"


class UnknownDraft(InvalidRequest):
    """No draft that this person may see has this id."""

    code = "unknown_draft"


class UnknownDelivery(InvalidRequest):
    """No delivery that this person may see has this id."""

    code = "unknown_delivery"


class UnknownSuggestion(InvalidRequest):
    """No suggestion with this id was shown."""

    code = "unknown_suggestion"


class UnknownFigure(InvalidRequest):
    """A report has no figure of this key, or nothing of it to draw."""

    code = "unknown_figure"


class InvalidSchedule(InvalidRequest):
    """A day, time, zone, week or destination of a schedule cannot be used; the message names it."""

    code = "invalid_schedule"


class UnknownSchedule(InvalidRequest):
    """No schedule that this person may see has this id."""

    code = "unknown_schedule"


class ScheduleExists(InvalidRequest):
    """The person gets this digest by this way already."""

    code = "schedule_exists"


class StaleRevision(InvalidRequest):
    """A newer revision has taken the place of this one; `diff` is what has changed since, as a unified diff."""

    code = "stale_revision"
    diff: str | None = None

    def __init__(self, message: str, diff: str | None = None) -> None:
        super().__init__(message)
        self.diff = diff


class InvalidChange(InvalidRequest):
    """An edit of the knowledge is no document, or nothing that can be tried."""

    code = "invalid_change"


class UnknownChange(InvalidRequest):
    """No check of this person has this id."""

    code = "unknown_change"


class StaleChange(InvalidRequest):
    """A document is no longer in the version that the change was checked against."""

    code = "stale_change"


class UnknownEvaluation(InvalidRequest):
    """No evaluation that is kept has this id."""

    code = "unknown_evaluation"


class EvaluationRunning(InvalidRequest):
    """One evaluation runs at a time."""

    code = "evaluation_running"
    retryable = True


class CheckCancelled(InvalidRequest):
    """A check or an evaluation was called off by who began it."""

    code = "check_cancelled"


class ChangeBreaksAnswers(InvalidRequest):
    """An edit takes the answers from questions; `questions` are their texts."""

    code = "change_breaks_answers"
    questions: tuple[str, ...] = ()

    def __init__(self, message: str, questions: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.questions = tuple(questions)


class InvalidAccount(InvalidRequest):
    """A record has a field of the wrong form; the message names every such field."""

    code = "invalid_account"


class InvalidTransition(InvalidRequest):
    """A line of an account's history cannot be read; the message names every field that is wrong."""

    code = "invalid_transition"


class InvalidSignal(InvalidRequest):
    """An observation names nothing known, has a value of the wrong form, or lies in the future."""

    code = "invalid_signal"


class LeadNotReady(InvalidRequest):
    """A lead becomes an opportunity with a contact and a business need (B7); the message names what is missing."""

    code = "lead_not_ready"


class GapClosed(InvalidRequest):
    """Somebody decided that this gap needs no answer."""

    code = "gap_closed"


class UnknownNotice(InvalidRequest):
    """No notice of this person has this id."""

    code = "unknown_notice"


class NotPinned(InvalidRequest):
    """This document is pinned to no question, or cannot be."""

    code = "not_pinned"


class KnowledgeRefused(InvalidRequest):
    """A text must not become knowledge; every reason has a class, and a code, of its own."""

    code = "knowledge_refused"


class AnswerEmpty(KnowledgeRefused):
    """There is no answer, or it is too long to be one."""

    code = "answer_empty"


class AnswerAccountSpecific(KnowledgeRefused):
    """An answer holds for one account or one time alone."""

    code = "answer_account_specific"


class AnswerPersonal(KnowledgeRefused):
    """An answer holds data of a person; the message shows it masked."""

    code = "answer_personal_data"


class AnswerInstructs(KnowledgeRefused):
    """An answer gives orders to a language model."""

    code = "answer_instructions"


class AnswerLinks(KnowledgeRefused):
    """An answer leads to an address that is not allowed."""

    code = "answer_link"


class AnswerSaysNothing(KnowledgeRefused):
    """An answer says only that its author does not know."""

    code = "answer_says_nothing"


class AnswerConversation(KnowledgeRefused):
    """An answer is a piece of a conversation, with its speakers."""

    code = "answer_conversation"


class KnowledgeUnreadable(KnowledgeRefused):
    """The front matter of an entry cannot be read, or lacks what it must say."""

    code = "knowledge_unreadable"


class InvalidDraft(InvalidRequest):
    """The text of a draft is empty, too long, or holds what no text holds."""

    code = "invalid_draft"


class InstructionUnclear(InvalidRequest):
    """What is to be changed in a draft is not understood; `choices` are instructions to pick from."""

    code = "instruction_unclear"
    choices: tuple[str, ...] = ()
    partly: bool = False  #: it is an instruction, and only where or when is open

    def __init__(self, message: str, choices: tuple[str, ...] = (), *, partly: bool = False) -> None:
        super().__init__(message)
        self.choices = choices
        self.partly = partly


class ReasonRequired(InvalidRequest):
    """Who rejects says why."""

    code = "reason_required"


class IdempotencyKeyReused(InvalidRequest):
    """The same person has sent this key with another decision."""

    code = "idempotency_key_reused"


class DraftExpired(InvalidRequest):
    """Nobody decided in time; a new revision starts the time anew."""

    code = "expired"


class AlreadyDecided(InvalidRequest):
    """The revision was decided the other way; only a new revision can be decided anew."""

    code = "already_decided"


class InvalidDestination(InvalidRequest):
    """A destination has the wrong form for its channel, or is not allowed."""

    code = "invalid_destination"


class DeliveryRefused(InvalidRequest):
    """The receiver will not take it, now or later."""

    code = "delivery_refused"


class UnknownCalculator(InvalidRequest):
    """No calculator has this name."""

    code = "unknown_calculator"


class InvalidInput(InvalidRequest):
    """Inputs of a calculator are missing, unknown or out of range; the message names every one."""

    code = "invalid_input"


class NotDefined(InvalidRequest):
    """The sources name it and leave it open, so nothing is computed; the message says whom to ask for what."""

    code = "not_defined"


class MessageTooOld(InvalidRequest):
    """What a button of an old message was about is not kept any more."""

    code = "message_too_old"


class AlreadyAnswered(InvalidRequest):
    """The same request was answered meanwhile, by another process."""

    code = "already_answered"


class TooManyQuestions(InvalidRequest):
    """Somebody has more questions under way than are answered at a time."""

    code = "too_many_questions"
    retryable = True
    wait_s = 5


class TooManyRequests(InvalidRequest):
    """Somebody asks for more in a while than one caller may; how long to wait stands in `wait_s`."""

    code = "too_many_requests"
    retryable = True

    def __init__(self, wait_s: int, work: str) -> None:
        self.wait_s = wait_s
        super().__init__(
            f"Too many requests of the kind {str(work)!r} in a short time. Try again in {wait_s} s; an admin can raise "
            "COPILOT_RATES."
        )


class RequestTooLarge(InvalidRequest):
    """A request has more bytes than it may have there."""

    code = "request_too_large"


class RequestTooSlow(InvalidRequest):
    """A request did not arrive in time."""

    code = "request_too_slow"


class UnknownHost(InvalidRequest):
    """A request names a host that this is not; `COPILOT_PUBLIC_URL` says what it is called."""

    code = "unknown_host"


class UnknownHandover(InvalidRequest):
    """Nobody asked for a person under this id."""

    code = "unknown_handover"


class HandoverOpen(InvalidRequest):
    """A person was asked to take a conversation over; the copilot goes on only if it is asked to."""

    code = "handover_open"


class AskingCancelled(CopilotError):
    """The person who asked has gone; nothing was kept."""

    code = "cancelled"


class NotPermitted(CopilotError):
    """This person may not do that."""

    code = "not_permitted"


class SignInRefused(NotPermitted):
    """What was typed to sign in does not belong together; which part was wrong is not told."""

    code = "sign_in_refused"


class TooManyAttempts(NotPermitted):
    """There were too many wrong tries; how long to wait stands in `wait_s`."""

    code = "too_many_attempts"

    def __init__(self, until: datetime, now: datetime) -> None:
        self.wait_s = max(1, ceil((until - now).total_seconds()))
        super().__init__(f"There were too many wrong tries. Try again in {self.wait_s} s; a sign-in link works now.")


class InvitationOver(NotPermitted):
    """An invitation was used, revoked or replaced, or has expired."""

    code = "invitation_over"


class SignOnRefused(NotPermitted):
    """Single sign-on did not let somebody in; `reason` is one word of a closed set."""

    code = "sign_on_refused"

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class BadToken(NotPermitted):
    """A signed token is forged, or made for something else."""

    code = "bad_token"


class ExpiredToken(BadToken):
    """A signed token was good once; a new one helps."""

    code = "expired_token"


class ChatModelLoop(NotPermitted):
    """A copilot asks a copilot as its chat model."""

    code = "chat_model_loop"


class OriginNotAllowed(NotPermitted):
    """A page talks to us that the settings, or its token, do not name."""

    code = "origin_not_allowed"


class UsedToken(BadToken):
    """A signed token opens something once, and has done so."""

    code = "used_token"


class CrmUserUnknown(NotPermitted):
    """A CRM vouches for a user whom nobody knows here; `user` and `email` are its words for them."""

    code = "crm_user_unknown"

    def __init__(self, message: str, *, user: str | None = None, email: str | None = None) -> None:
        super().__init__(message)
        self.user = user
        self.email = email


class ApprovalRequired(NotPermitted):
    """This revision is not approved, or its approval has expired."""

    code = "approval_required"


class AudienceMismatch(NotPermitted):
    """Those who would read it may not see a document it cites."""

    code = "audience_mismatch"


class Unavailable(CopilotError):
    """Something outside does not answer right now."""

    code = "unavailable"
    retryable = True


class ServerBusy(Unavailable):
    """As many questions as may be are being answered, and enough wait already."""

    code = "server_busy"
    wait_s = 5


class ChatModelUnavailable(Unavailable):
    """The chat model is down, too slow, or answers in a form that cannot be used."""

    code = "chat_model_unavailable"


class SignOnUnavailable(Unavailable):
    """The provider of single sign-on does not answer, or not as one."""

    code = "sign_on_unavailable"


class ServerUnavailable(Unavailable):
    """A copilot that runs on this machine holds the index but does not answer."""

    code = "server_unavailable"


class ChannelUnavailable(Unavailable):
    """A receiver does not take deliveries right now."""

    code = "channel_unavailable"

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        """`retry_after_s` is how long the receiver asked to be left alone."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class CrmUnavailable(Unavailable):
    """A CRM that we have to ask something does not answer, or not as it should."""

    code = "crm_unavailable"


class SlackUnavailable(Unavailable):
    """Slack asks for patience, fails or hangs, for longer than we wait."""

    code = "slack_unavailable"

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        """`retry_after_s` is how long Slack asked to be left alone."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class SlackUnclear(SlackUnavailable):
    """Slack broke off in the middle of a call: it may have been carried out or not."""


class SlackRefused(CopilotError):
    """Slack will not do it; `error` is its own word for why."""

    code = "slack_refused"

    def __init__(self, message: str, *, error: str) -> None:
        super().__init__(message)
        self.error = error


class ConfigurationError(CopilotError):
    """A setting is missing, unknown or impossible."""

    code = "invalid_configuration"


class MissingExtra(ConfigurationError):
    """A setting asks for what is not installed."""

    code = "missing_extra"


class ChatModelRequired(ConfigurationError):
    """What was asked for is done by a chat model, and none is set."""

    code = "chat_model_required"


class ChannelNotConfigured(ConfigurationError):
    """The settings that a way out needs are missing."""

    code = "channel_not_configured"


class IndexLocked(CopilotError):
    """Another process owns the index."""

    code = "index_locked"
    retryable = True


class ProcessEnded(CopilotError):
    """Work in the background has ended with the process that did it."""

    code = "process_ended"
    retryable = True


class IndexChanged(CopilotError):
    """The index did not stay the same for as long as something had to be compared with it."""

    code = "index_changed"
    retryable = True


class BackupRefused(InvalidRequest):
    """A file is no backup, is of a newer format, or holds what no backup holds."""

    code = "backup_refused"


class BackupDamaged(BackupRefused):
    """A backup is not what it was when it was made."""

    code = "backup_damaged"


class HomeNotEmpty(InvalidRequest):
    """Something is where a backup would be restored to."""

    code = "home_not_empty"


class RestoreFailed(CopilotError):
    """What was restored is not what the backup says; nothing has been replaced."""

    code = "restore_failed"


class FontMissing(CopilotError):
    """No font of this machine can show a text."""

    code = "font_missing"


class AuditLogBroken(CopilotError):
    """The audit log was changed from outside; nothing that has to be recorded in it can be done."""

    code = "audit_log_broken"
