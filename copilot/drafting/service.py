"""Drafts: composing the first revision, keeping the further ones."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4, uuid5

from copilot.accounts.account import Account, AccountId
from copilot.accounts.store import AccountStore
from copilot.audit.entry import Detail, Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.drafting import account_facts
from copilot.drafting.access import SourceAccess
from copilot.drafting.composer import Composed, Composer, Language, Order
from copilot.drafting.content import checked, used
from copilot.drafting.customer_copy import customer_copy
from copilot.drafting.difference import difference
from copilot.drafting.draft import Draft, DraftId, DraftKind, DraftStatus, Finding, Revision, SourceQuote
from copilot.drafting.findings import findings
from copilot.drafting.instruction_words import examples, unclear
from copilot.drafting.instructions import SwitchLanguage, understand
from copilot.drafting.kind_rules import KindRules
from copilot.drafting.kinds import WITHOUT_ACCOUNT
from copilot.drafting.other_language import recomposed
from copilot.drafting.revising import Revised, Setting, revised
from copilot.drafting.rights import KEEPERS, WRITERS, check_may_see, check_may_write, sees_digest
from copilot.drafting.store import DraftStore
from copilot.drafting.wording import Wording
from copilot.errors import (
    IdempotencyKeyReused,
    InvalidRequest,
    NotPermitted,
    StaleRevision,
    UnknownAccount,
    UnknownDraft,
)
from copilot.idempotency import checked_key
from copilot.people.person import Person
from copilot.transaction import Transaction, Transactions
from knowledge.reader import Reader
from knowledge.text import is_chinese, is_storable

_MOST_INPUTS, _LONGEST_INPUT = 20, 2_000
#: Statuses in which sending the same text again makes no new revision.
_SETTLED = (DraftStatus.OPEN, DraftStatus.APPROVED, DraftStatus.DELIVERED)
_ACCOUNTS_AT_ONCE = 500
#: So much of an instruction stands in the audit log.
_LOGGED = 200
#: The namespace of drafts that were asked for with a key (RFC 9562, version 5).
_KEYS = UUID("6c1f3b1e-3f0a-5d0e-9a53-3d1f0f1f7c52")


@dataclass(frozen=True, kw_only=True)
class Written:
    """A draft and one of its revisions."""

    draft: Draft
    revision: Revision


@dataclass(frozen=True, kw_only=True)
class Changed(Written):
    """What an instruction made of a draft; notes say what else moved, or was not carried over."""

    understood: str
    notes: tuple[str, ...]
    diff: str  #: against the revision it was based on; empty when nothing changed


@dataclass(frozen=True, kw_only=True)
class _Text:
    """What a further revision says; `language` where it is another from now on."""

    content: str
    quotes: tuple[SourceQuote, ...]
    findings: tuple[Finding, ...]
    language: Language | None = None


class DraftService:
    """One path for every surface. It decides nothing: a draft is a value, never an effect."""

    def __init__(
        self,
        *,
        composers: Sequence[Composer],
        accounts: AccountStore,
        drafts: DraftStore,
        access: SourceAccess,
        transactions: Transactions,
        audit: AuditLog,
        wording: Wording | None = None,
        rules: Mapping[DraftKind, KindRules] | None = None,
        reader_of: Callable[[Person], Reader] = lambda person: Reader(groups=person.groups),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._composers = {composer.kind: composer for composer in composers}
        self._accounts = accounts
        self._drafts = drafts
        self._access = access
        self._transactions = transactions
        self._audit = audit
        self._wording = wording
        self._rules = rules or {}
        self._reader_of = reader_of
        self._now = now
        self._new_id = new_id

    def create(
        self,
        kind: DraftKind,
        account_id: str,
        person: Person,
        surface: Surface,
        *,
        inputs: Mapping[str, str] | None = None,
        language: Language | None = None,
        key: str | None = None,
    ) -> Written:
        """Compose and keep a first revision; without a language, in that of the account's name and notes.

        Asked again with the same key, a person gets the draft that the first time made, as it stands now.

        Raises:
            NotPermitted: the person writes no drafts.
            UnknownAccount: there is no such record.
            InvalidRequest: an input is too long, or the key has the wrong form.
            IdempotencyKeyReused: with this key the person asked for something else.
        """
        check_may_write(person, kind)
        if kind is DraftKind.WEEKLY_DIGEST:
            raise InvalidRequest(
                f"A {kind.value} is about a person and not about an account: `copilot digest`, POST /v1/digests."
            )
        if kind in WITHOUT_ACCOUNT:
            raise InvalidRequest(
                f"A draft of kind {kind.value!r} answers a gap: `copilot gaps answer GAP_ID --text …`."
            )
        id = DraftId(self._new_id() if key is None else _id_of(person, checked_key(key)))
        if (made := self._made(id, kind, account_id, person)) is not None:
            return made
        account = self._account(account_id)
        now = self._now()
        order = Order(
            account=account,
            person=person,
            reader=self._reader_of(person),
            language=language or _language(account),
            inputs=_inputs(inputs or {}),
            today=now.date(),
        )
        composed = self._composers[kind].compose(order)
        if self._wording is not None:
            composed = self._wording.worded(composed, order)
        draft = Draft(
            id=id,
            kind=kind,
            account_id=account.id,
            language=order.language,
            created_by=person.id,
            created_at=now,
            revision=1,
            status=DraftStatus.OPEN,
            updated_at=now,
            inputs=order.inputs,
        )
        content = checked(composed.content)
        found = self._findings(draft, content, composed.quotes)
        revision = Revision(
            draft_id=id,
            number=1,
            content=content,
            quotes=composed.quotes,
            findings=(*found, *composed.findings),
            author=person.id,
            surface=surface,
            at=now,
        )
        with self._transactions.begin() as transaction:
            if new := self._drafts.add(transaction, draft, revision):
                details: dict[str, Detail] = {
                    "kind": kind.value,
                    "account": account.id,
                    "revision": 1,
                    "findings": len(revision.findings),
                }
                event = Event(
                    action="draft.created", actor=person.id, subject=id, surface=surface, at=now, details=details
                )
                self._audit.append(transaction, event)
        # The same request sent twice at once: the other one was faster.
        made = None if new else self._made(id, kind, account_id, person)
        return made or Written(draft=draft, revision=revision)

    def keep(
        self,
        kind: DraftKind,
        composed: Composed,
        person: Person,
        surface: Surface,
        *,
        inputs: Mapping[str, str],
        language: Language,
        id: DraftId | None = None,
    ) -> Written:
        """Keep a first revision that another stage has composed, about no one account.

        The same id again returns the draft there is, as it stands now.

        Raises:
            InvalidDraft: the text is empty or too long.
        """
        id = id or DraftId(self._new_id())
        now, content = self._now(), checked(composed.content)
        draft = Draft(
            id=id,
            kind=kind,
            account_id=None,
            language=language,
            created_by=person.id,
            created_at=now,
            revision=1,
            status=DraftStatus.OPEN,
            updated_at=now,
            inputs=_inputs(inputs),
        )
        found = (*self._findings(draft, content, composed.quotes), *composed.findings)
        revision = Revision(
            draft_id=id,
            number=1,
            content=content,
            quotes=composed.quotes,
            findings=found,
            author=person.id,
            surface=surface,
            at=now,
        )
        details: dict[str, Detail] = {"kind": kind.value, "account": None, "revision": 1, "findings": len(found)}
        with self._transactions.begin() as transaction:
            if self._drafts.add(transaction, draft, revision):
                event = Event(
                    action="draft.created", actor=person.id, subject=id, surface=surface, at=now, details=details
                )
                self._audit.append(transaction, event)
        kept = self.get(id)
        latest = self._drafts.revision(id, kept.revision)
        return Written(draft=kept, revision=latest or revision)

    def begin(
        self,
        draft: Draft,
        content: str,
        surface: Surface,
        beside: Callable[[Transaction], None],
    ) -> Written:
        """Keep a first revision that was written elsewhere; `beside` is called in the same transaction.

        A draft with this id that is there already stays as it is, and nothing is called.

        Raises:
            InvalidDraft: the text is empty or too long.
        """
        text = checked(content)
        revision = Revision(
            draft_id=draft.id,
            number=1,
            content=text,
            findings=self._findings(draft, text, ()),
            author=draft.created_by,
            surface=surface,
            at=draft.created_at,
        )
        with self._transactions.begin() as transaction:
            if new := self._drafts.add(transaction, draft, revision):
                beside(transaction)
                details: dict[str, str | int | bool | None] = {
                    "kind": draft.kind.value,
                    "revision": 1,
                    "findings": len(revision.findings),
                    **draft.inputs,
                }
                event = Event(
                    action="draft.created",
                    actor=draft.created_by,
                    subject=draft.id,
                    surface=surface,
                    at=draft.created_at,
                    details=details,
                )
                self._audit.append(transaction, event)
        if new:
            return Written(draft=draft, revision=revision)
        kept = self.get(draft.id)
        latest = self._drafts.revision(kept.id, kept.revision)
        return Written(draft=kept, revision=latest or revision)

    def may_see(self, draft: Draft, person: Person) -> bool:
        """Tell whether a person may know of a draft at all."""
        if draft.kind is DraftKind.WEEKLY_DIGEST:
            return sees_digest(draft, person)
        rules = self._rules.get(draft.kind)
        if rules is None:
            return person.has(*WRITERS) or not person.has(*KEEPERS)
        latest = self._drafts.revision(draft.id, draft.revision)
        return latest is not None and rules.may_see(person, draft, latest.content)

    def revise(self, id: str, content: str, based_on: int, person: Person, surface: Surface) -> Written:
        """Keep an edited text as the next revision, which is open. The same edit sent again changes nothing.

        Raises:
            NotPermitted: the person writes no drafts.
            UnknownDraft: there is no such draft.
            InvalidDraft: the text is empty or too long.
            StaleRevision: somebody else was faster; its `diff` is what has changed since `based_on`.
        """
        draft = self.get(id)
        check_may_write(person, draft.kind)
        check_may_see(draft, person)
        text = checked(content)
        quotes = used(text, self._known_quotes(draft.id))
        found = self._findings(draft, text, quotes)
        return self._keep(draft, _Text(content=text, quotes=quotes, findings=found), based_on, person, surface)

    def change(self, id: str, instruction: str, based_on: int, person: Person, surface: Surface) -> Changed:
        """Carry out an instruction on the latest revision and keep what comes of it as the next one.

        Raises:
            NotPermitted: the person writes no drafts, or may not read all of this one.
            UnknownDraft: there is no such draft.
            InstructionUnclear: it is not understood, or the draft has no such place; with what can be picked.
            StaleRevision: somebody else was faster; its `diff` is what has changed since `based_on`.
        """
        draft = self.get(id)
        check_may_write(person, draft.kind)
        before = self._drafts.revision(draft.id, based_on)
        if before is None or based_on != draft.revision:
            raise self.stale(draft, based_on, person)
        if self._seen(draft, before, person).content != before.content:
            raise NotPermitted(
                f"Draft {id!r} cites what you may not read now, so you would change it unseen. Ask somebody who may."
            )
        said = " ".join(instruction.split())
        language: Language = "zh" if is_chinese(said) else "en"
        understood = understand(instruction, today=self._now().date())
        if isinstance(understood, SwitchLanguage):
            text, told = self._in_language(draft, before, understood.language, person, language)
        else:
            told = revised(before.content, understood, self._setting(draft, language, said))
            content = checked(told.content)
            quotes = used(content, self._known_quotes(draft.id))
            text = _Text(content=content, quotes=quotes, findings=self._findings(draft, content, quotes))
        kept = self._keep(draft, text, based_on, person, surface, instruction=said)
        after = self._seen(kept.draft, kept.revision, person)
        return Changed(
            draft=kept.draft,
            revision=after,
            understood=told.understood,
            notes=told.notes,
            diff=difference(before, after) if after.number != before.number else "",
        )

    def _in_language(
        self, draft: Draft, before: Revision, language: Language, person: Person, spoken: Language
    ) -> tuple[_Text, Revised]:
        if language == draft.language:
            raise unclear("same_language", language, examples(spoken))
        if draft.account_id is None:
            raise InvalidRequest(f"Draft {draft.id!r} is about no account, so it cannot be composed anew. Edit it.")
        order = Order(
            account=self._account(draft.account_id),
            person=person,
            reader=self._reader_of(person),
            language=language,
            inputs=draft.inputs,
            today=self._now().date(),
        )
        composer = self._composers[draft.kind]
        old, new = composer.compose(replace(order, language=draft.language)), composer.compose(order)
        first = self._drafts.revision(draft.id, 1)
        if first is not None:  # it may have been worded by a model, or composed from a record that has changed since
            old = replace(old, content=_nearest(before.content, old.content, first.content))
        made = recomposed(before.content, before=old, after=new, known=self._known_quotes(draft.id), language=spoken)
        content = checked(made.content)
        quotes = used(content, made.quotes)
        found = (*self._findings(draft, content, quotes), *new.findings)
        text = _Text(content=content, quotes=quotes, findings=found, language=language)
        said = "换成英文。" if language == "en" else "换成中文。"
        if spoken == "en":
            said = "Now in English." if language == "en" else "Now in Chinese."
        return text, Revised(content=content, understood=said, notes=made.notes)

    def _setting(self, draft: Draft, language: Language, said: str) -> Setting:
        account = self._accounts.get(draft.account_id) if draft.account_id else None
        days = account_facts.number(account, "days_since_signing") if account else None
        today = self._now().date()
        # The record is as of today, so its days count back from today, however old the draft is.
        signed = None if days is None else today - timedelta(days=int(days))
        return Setting(language=language, today=today, signed=signed, said=said)

    def _keep(
        self,
        draft: Draft,
        text: _Text,
        based_on: int,
        person: Person,
        surface: Surface,
        instruction: str | None = None,
    ) -> Written:
        now = self._now()
        with self._transactions.begin() as transaction:
            locked = self._drafts.lock(transaction, draft.id)
            latest = self._drafts.revision(draft.id, locked.revision) if locked else None
            if locked is None or latest is None:
                raise _unknown(draft.id)
            if _same(locked, latest, text.content, based_on, person):
                return Written(draft=locked, revision=latest)
            if based_on != locked.revision:
                raise self.stale(locked, based_on, person)
            revision = Revision(
                draft_id=draft.id,
                number=locked.revision + 1,
                content=text.content,
                quotes=text.quotes,
                findings=text.findings,
                author=person.id,
                surface=surface,
                at=now,
                based_on=based_on,
            )
            self._drafts.append(transaction, revision)
            if text.language is not None:
                self._drafts.set_language(transaction, draft.id, text.language)
            details: dict[str, str | int | bool | None] = {
                "revision": revision.number,
                "based_on": based_on,
                "findings": len(text.findings),
            }
            if instruction is not None:
                details["instruction"] = instruction[:_LOGGED]
            event = Event(
                action="draft.revised", actor=person.id, subject=draft.id, surface=surface, at=now, details=details
            )
            self._audit.append(transaction, event)
        return Written(draft=self.get(draft.id), revision=revision)

    def get(self, id: str) -> Draft:
        """Return a draft.

        Raises:
            UnknownDraft: there is none.
        """
        draft = self._drafts.get(DraftId(id))
        if draft is None:
            raise _unknown(id)
        return draft

    def revisions(self, draft: Draft, person: Person) -> Sequence[Revision]:
        """Return all revisions as this person may see them now, oldest first."""
        return [self._seen(draft, revision, person) for revision in self._drafts.revisions(draft.id)]

    def revision(self, draft: Draft, number: int, person: Person) -> Revision:
        """Return one revision as this person may see it now, with what is to be said of its sources now.

        Raises:
            InvalidRequest: there is no such revision.
        """
        revision = self._drafts.revision(draft.id, number)
        if revision is None:
            raise InvalidRequest(f"Draft {draft.id!r} has no revision {number}; the latest is {draft.revision}.")
        return self._seen(draft, revision, person)

    def for_customers(self, draft: Draft, person: Person) -> Revision:
        """Return the latest revision as customers may have it, of what this person may see.

        Raises:
            AudienceMismatch: the kind is for our own people, or nothing is left of it.
        """
        return customer_copy(draft, self.revision(draft, draft.revision, person), self._access)

    def list(
        self,
        *,
        status: DraftStatus | None = None,
        kind: DraftKind | None = None,
        account: str | None = None,
        limit: int,
        before: datetime | None = None,
    ) -> Sequence[Draft]:
        """Return drafts, the last changed first."""
        wanted = None if account is None else AccountId(account)
        return self._drafts.list(status=status, kind=kind, account=wanted, limit=limit, before=before)

    def stale(self, draft: Draft, based_on: int, person: Person) -> InvalidRequest:
        """Describe what has changed since a revision, in words this person may read."""
        before = self._drafts.revision(draft.id, based_on)
        after = self._drafts.revision(draft.id, draft.revision)
        if before is None or after is None:
            return InvalidRequest(f"Draft {draft.id!r} has no revision {based_on}; the latest is {draft.revision}.")
        diff = difference(self._seen(draft, before, person), self._seen(draft, after, person))
        return StaleRevision(
            f"Revision {based_on} was replaced by revision {draft.revision} of {after.author!r}. Read what has changed "
            f"and go on from revision {draft.revision}.",
            diff,
        )

    def _made(self, id: DraftId, kind: DraftKind, account_id: str, person: Person) -> Written | None:
        draft = self._drafts.get(id)
        if draft is None:
            return None
        if (draft.kind, draft.account_id) != (kind, account_id):
            raise IdempotencyKeyReused(
                f"With this key you asked for the {draft.kind.value} {draft.id!r} of account {draft.account_id!r}. "
                "Send a new key with a new request."
            )
        return Written(draft=draft, revision=self.revision(draft, draft.revision, person))

    def _seen(self, draft: Draft, revision: Revision, person: Person) -> Revision:
        check_may_see(draft, person)
        reader = self._reader_of(person)
        now = self._access.findings(draft.kind, revision, reader)
        shown = self._access.visible(revision, reader, draft.language)
        told = [one for one in shown.findings if one not in now]
        return replace(shown, findings=(*told, *now))

    def _findings(self, draft: Draft, content: str, quotes: Sequence[SourceQuote]) -> tuple[Finding, ...]:
        if (rules := self._rules.get(draft.kind)) is not None:
            return rules.findings(draft, content)
        return findings(
            draft.kind,
            content,
            quotes,
            other_customers=self._other_customers(draft.account_id) if draft.kind not in WITHOUT_ACCOUNT else (),
            account=self._accounts.get(draft.account_id) if draft.account_id else None,
            today=self._now().date(),
        )

    def _other_customers(self, besides: AccountId | None) -> builtins.list[str]:
        own = self._accounts.get(besides) if besides else None
        names: list[str] = []
        after: AccountId | None = None
        while page := self._accounts.list(_ACCOUNTS_AT_ONCE, after):
            # A branch or a second record of the same company is no other customer.
            names += [one.name for one in page if one.text("name") and (own is None or one.name not in own.name)]
            after = page[-1].id
        return [name for name in names if own is None or own.name not in name]

    def _known_quotes(self, id: DraftId) -> builtins.list[SourceQuote]:
        """Return every quote the draft ever had, so that a line that was taken out can come back."""
        return list({quote.number: quote for one in self._drafts.revisions(id) for quote in one.quotes}.values())

    def _account(self, id: str) -> Account:
        account = self._accounts.get(AccountId(id))
        if account is None:
            raise UnknownAccount(
                f"There is no account {id!r}. Import it first: `copilot accounts import FILE`, PUT /v1/accounts/{{id}}."
            )
        return account


def _nearest(content: str, *others: str) -> str:
    """Return the text that shares the most lines with another, the first of equals."""
    lines = set(content.split("\n"))
    return max(others, key=lambda one: len(lines & set(one.split("\n"))))


def _id_of(person: Person, key: str) -> str:
    """Return the id that a draft gets by a person's key, so that the key need not be kept beside it."""
    return str(uuid5(_KEYS, f"{person.id}\n{key}"))


def _inputs(inputs: Mapping[str, str]) -> Mapping[str, str]:
    if len(inputs) > _MOST_INPUTS:
        raise InvalidRequest(f"{len(inputs)} inputs were given; at most {_MOST_INPUTS} are used.")
    for name, value in inputs.items():
        if len(value) > _LONGEST_INPUT:
            raise InvalidRequest(
                f"Input {name!r} has {len(value)} characters; at most {_LONGEST_INPUT} fit. Shorten it."
            )
        if not is_storable(value):
            raise InvalidRequest(f"Input {name!r} holds a NUL or half a character. Type it again.")
    return inputs


def _language(account: Account) -> Language:
    return "zh" if is_chinese(f"{account.text('name') or ''}{account.text('notes') or ''}" or "中") else "en"


def _same(draft: Draft, latest: Revision, text: str, based_on: int, person: Person) -> bool:
    """Tell whether this edit was kept already, or changes nothing that waits or was approved."""
    if latest.content != text:
        return False
    if based_on == draft.revision:
        return draft.status in _SETTLED
    return latest.based_on == based_on and latest.author == person.id


def _unknown(id: str) -> UnknownDraft:
    return UnknownDraft(f"There is no draft {id!r}. `copilot drafts list` shows what there is.")
