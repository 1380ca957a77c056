"""The page on which our own people ask: the chat as it stands on any page, and ways into the knowledge beside it."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from copilot.errors import UnknownAccount
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.web.chat_words import WORDS
from copilot.interfaces.web.language import language_of
from copilot.interfaces.web.pages import page
from copilot.people.caller import Caller
from copilot.people.scope import Scope

_LONGEST_ASK, _LONGEST_ID = 2000, 100


def chat_page(request: Request, copilot: LocalCopilot) -> Response:
    """Write the page; `?account=` asks beside an account, `?ask=` fills the question in without sending it."""
    caller: Caller = request.state.caller
    account = _account(request.query_params.get("account"), copilot, caller)
    stages = copilot.navigation(caller=caller).stages if Scope.DOCUMENTS_READ in caller.scopes else []
    empty = not stages and Scope.DOCUMENTS_READ in caller.scopes and not copilot.documents(caller=caller).documents
    chinese = language_of(request) == "zh"
    return page(
        request,
        "chat.html",
        WORDS,
        at="chat",
        account=account,
        empty=empty,
        ask=request.query_params.get("ask", "")[:_LONGEST_ASK],
        stages=[
            {
                "key": stage.key,
                "title": stage.title if chinese else stage.title_en,
                "count": len({one.id for topic in stage.topics for one in topic.documents}),
            }
            for stage in stages
        ],
    )


def _account(id: str | None, copilot: LocalCopilot, caller: Caller) -> tuple[str, str] | None:
    """Return id and name of the account to ask beside; one that is unknown to the caller is left out."""
    if not id or len(id) > _LONGEST_ID or Scope.ACCOUNTS_READ not in caller.scopes:
        return None
    try:
        record = copilot.accounts.get(id)
    except UnknownAccount:
        return None
    return id, str(getattr(record, "name", None) or id)
