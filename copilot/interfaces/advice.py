"""The use cases around advice, on the services of this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from copilot.accounts.account import Account, AccountId
from copilot.accounts.current import current
from copilot.accounts.record import read_record
from copilot.accounts.store import AccountStore
from copilot.errors import UnknownAccount
from copilot.interfaces.advice_contract import (
    AdviceBody,
    ErrorBookBody,
    MistakeBody,
    ReactionBody,
    ReactionChange,
    RejectionBody,
    RejectionList,
    SaidBody,
)
from copilot.interfaces.advice_presentation import advice_body
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from copilot.suggesting.advice import Language
from copilot.suggesting.error_book import UnhelpfulAnswers, error_book
from copilot.suggesting.reactions import OwnedRejection, ReactionService
from copilot.suggesting.service import AdviceService
from knowledge.errors import NothingIngested
from knowledge.passage import Passage
from knowledge.query import Query
from knowledge.reader import Reader
from knowledge.retriever import Retriever


class Advices(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def advice(self, account_id: str, language: Language, *, newcomer: bool = False) -> AdviceBody:
        """Advise on a kept account."""
        ...

    def advise_record(self, record: Mapping[str, Any], language: Language, *, newcomer: bool = False) -> AdviceBody:
        """Advise on a record that need not be kept."""
        ...

    def react(self, suggestion_id: str, body: ReactionChange) -> ReactionBody:
        """Say whether a suggestion is taken."""
        ...

    def rejected(self, owner: str | None, playbook: str | None, limit: int) -> RejectionList:
        """Return the rejections that stand, newest first."""
        ...

    def error_book(self, limit: int) -> ErrorBookBody:
        """Return what went wrong and what to read, newest first."""
        ...


class LocalAdvices:
    """Implements `Advices` for whoever calls; without a caller, for the operator."""

    def __init__(
        self,
        *,
        service: AdviceService,
        reactions: ReactionService,
        accounts: AccountStore,
        unhelpful: UnhelpfulAnswers,
        retriever: Retriever,
        operator: Caller,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`accounts` gives records as of now."""
        self._service = service
        self._reactions = reactions
        self._accounts = accounts
        self._unhelpful = unhelpful
        self._retriever = retriever
        self._operator = operator
        self._now = now

    def warm_up(self) -> None:
        """Read the rules, so that the first advice does not wait for them: a second or two."""
        _ = self._service.book

    def advice(
        self, account_id: str, language: Language, *, newcomer: bool = False, caller: Caller | None = None
    ) -> AdviceBody:
        """Advise on a kept account, and remember what was suggested."""
        account = self._accounts.get(AccountId(account_id))
        if account is None:
            raise UnknownAccount(f"There is no account {account_id!r}. `copilot accounts list` shows what there is.")
        return self._advise(account, language, newcomer, caller, keep=True)

    def advise_record(
        self,
        record: Mapping[str, Any],
        language: Language,
        *,
        newcomer: bool = False,
        caller: Caller | None = None,
    ) -> AdviceBody:
        """Advise on a record without keeping anything."""
        now = self._now()
        account = current(read_record(record, now).account, (), now)
        return self._advise(account, language, newcomer, caller, keep=False)

    def _advise(
        self, account: Account, language: Language, newcomer: bool, caller: Caller | None, *, keep: bool
    ) -> AdviceBody:
        advised = self._service.advised(account, (caller or self._operator).reader(), language)
        if keep:
            self._reactions.shown(advised.advice)
        book = self._service.book if newcomer else None
        return advice_body(advised, self._now().date(), icp=self._service.fit(account), book=book)

    def react(self, suggestion_id: str, body: ReactionChange, *, caller: Caller | None = None) -> ReactionBody:
        """Keep what the caller says."""
        who = caller or self._operator
        said = self._reactions.react(
            suggestion_id, body.reaction, body.reason, person=who.person.id, surface=who.surface
        )
        return ReactionBody(
            suggestion_id=said.suggestion_id, person=said.person, reaction=said.verdict, reason=said.reason, at=said.at
        )

    def reactions(self, account_id: str) -> dict[str, list[ReactionBody]]:
        """Return what people last said of the suggestions to an account, by suggestion, the newest first."""
        return {
            id: [
                ReactionBody(suggestion_id=id, person=one.person, reaction=one.verdict, reason=one.reason, at=one.at)
                for one in said
            ]
            for id, said in self._reactions.of_account(account_id).items()
        }

    def said(self, advice: AdviceBody, *, caller: Caller | None = None) -> dict[str, SaidBody]:
        """Return what the caller said last of each action of an advice, by its id."""
        person = (caller or self._operator).person.id
        found = {action.id: self._reactions.said(action.id, person) for action in advice.actions}
        return {id: SaidBody(reaction=one.verdict, reason=one.reason) for id, one in found.items() if one is not None}

    def rejected(
        self, owner: str | None, playbook: str | None, limit: int, *, caller: Caller | None = None
    ) -> RejectionList:
        """Return rejections; those who keep neither accounts nor the knowledge see those of their own playbooks."""
        who = caller or self._operator
        names_accounts = Scope.ACCOUNTS_READ in who.scopes
        found = self._reactions.rejected(owner, playbook, limit, reader=who.reader())
        if not names_accounts and Scope.DOCUMENTS_WRITE not in who.scopes:
            mine = {who.person.id, *who.person.groups}
            found = [one for one in found if mine & set(one.keepers)]
        return RejectionList(rejections=[_rejection(one, names_accounts=names_accounts) for one in found])

    def error_book(self, limit: int, *, caller: Caller | None = None) -> ErrorBookBody:
        """Return what went wrong with suggestions and answers, beside what to read about it."""
        reader = (caller or self._operator).reader()
        rejections = self._reactions.rejected(None, None, limit, reader=reader)
        pages = error_book(rejections, self._unhelpful.unhelpful(limit), self._best, reader, limit)
        return ErrorBookBody(
            mistakes=[
                MistakeBody(
                    kind=one.kind,
                    what=one.what,
                    reason=one.reason,
                    playbook=one.playbook,
                    title=one.title,
                    at=one.at,
                )
                for one in pages
            ]
        )

    def _best(self, question: str, reader: Reader) -> Passage | None:
        try:
            return next(iter(self._retriever.retrieve(Query(text=question, reader=reader, limit=1))), None)
        except NothingIngested:
            return None


def _rejection(one: OwnedRejection, *, names_accounts: bool) -> RejectionBody:
    suggestion, reaction = one.rejection.suggestion, one.rejection.reaction
    return RejectionBody(
        suggestion_id=suggestion.id,
        account_id=suggestion.account_id if names_accounts else None,
        action=suggestion.action,
        playbook=suggestion.playbook,
        title=one.title,
        owner=one.keepers[0] if one.keepers else None,
        reason=reaction.reason,
        person=reaction.person,
        at=reaction.at,
    )
