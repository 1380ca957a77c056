"""Errors of the copilot's own stages; the tree is drawn in knowledge/errors.py.

CopilotError              InvalidRequest (UnknownConversation, UnknownAnswer, UnknownQuestion, OutdatedQuestion,
                            TooFewExamples, NothingToRollBack, NotRecorded)
                          NotPermitted · ConfigurationError (ChatModelRequired) · IndexLocked · AskingCancelled
                          Unavailable (ChatModelUnavailable, ServerUnavailable)
"""

from __future__ import annotations

from knowledge.errors import ReportableError


class CopilotError(ReportableError):
    """The root of what the copilot's stages report."""

    code = "copilot_error"


class InvalidRequest(CopilotError):
    """What was asked for cannot be done as asked."""

    code = "invalid_request"


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


class TooFewExamples(InvalidRequest):
    """There are not enough questions with known answers to learn from."""

    code = "too_few_examples"


class NothingToRollBack(InvalidRequest):
    """No other model was active before."""

    code = "nothing_to_roll_back"


class NotRecorded(InvalidRequest):
    """A replay has no answer for this request."""

    code = "not_recorded"


class AskingCancelled(CopilotError):
    """The person who asked has gone; nothing was kept."""

    code = "cancelled"


class NotPermitted(CopilotError):
    """This person may not do that."""

    code = "not_permitted"


class Unavailable(CopilotError):
    """Something outside does not answer right now."""

    code = "unavailable"
    retryable = True


class ChatModelUnavailable(Unavailable):
    """The chat model is down, too slow, or answers in a form that cannot be used."""

    code = "chat_model_unavailable"


class ServerUnavailable(Unavailable):
    """A copilot that runs on this machine holds the index but does not answer."""

    code = "server_unavailable"


class ConfigurationError(CopilotError):
    """A setting is missing, unknown or impossible."""

    code = "invalid_configuration"


class ChatModelRequired(ConfigurationError):
    """What was asked for is done by a chat model, and none is set."""

    code = "chat_model_required"


class IndexLocked(CopilotError):
    """Another process owns the index."""

    code = "index_locked"
    retryable = True
