"""Asking for a person: kept first, told outside afterwards, and answered for until somebody marks it done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from copilot.answering.history import History, KeptReply
from copilot.answering.inert import inert
from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.errors import ChannelUnavailable, CopilotError, HandoverOpen, InvalidRequest, UnknownHandover
from copilot.handover.handover import Handover, HandoverPlace, HandoverStatus, HandoverStore
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from copilot.people.visit import OF_VISITORS
from copilot.transaction import Transaction, Transactions
from knowledge.text import is_chinese, is_storable

_LONGEST_CONTACT, _LONGEST_MESSAGE = 200, 4_000
#: A place that is down is tried for about a day; the list in the workbench has it in any case.
_TRIES, _FIRST_WAIT, _LONGEST_WAIT = 30, timedelta(minutes=1), timedelta(hours=1)
_LEASE = timedelta(minutes=5)
#: Open ones of one person; who asks everywhere is not helped by one more.
_MOST_OPEN = 5
_QUOTED = 300  # characters of the question in the news
_WORDS = {
    "zh": (
        "有人找真人",
        "{who} 在对话里请求真人跟进。\n\n最后一个问题:{question}\n留言:{message}\n联系方式:{contact}\n\n"
        "在工作台的「找真人」里看完整对话:/app/handovers/{id}",
        ("无", "没有留"),
        "一位访客",
    ),
    "en": (
        "Somebody asks for a person",
        "{who} asks for a person.\n\nLast question: {question}\nMessage: {message}\nContact: {contact}\n\n"
        "The whole conversation is in the workbench under “Asked for a person”: /app/handovers/{id}",
        ("none", "none left"),
        "A visitor",
    ),
}

#: Instead of the id of a conversation: nothing was asked yet.
NEW = "new"

_log = logging.getLogger(__name__)


class HandoverService:
    """One open request per conversation; while it is open the copilot stays out unless it is asked to go on."""

    def __init__(
        self,
        *,
        store: HandoverStore,
        history: History,
        transactions: Transactions,
        audit: AuditLog,
        places: Mapping[str, HandoverPlace] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """`places` by the names that the settings give them."""
        self._store = store
        self._history = history
        self._transactions = transactions
        self._audit = audit
        self._places = dict(places or {})
        self._now = now
        self._new_id = new_id
        self._wake = wake

    @property
    def tells(self) -> bool:
        """Tell whether somebody outside is told; without, the list in the workbench is all there is."""
        return bool(self._places)

    def ask(self, caller: Caller, conversation_id: str, contact: str = "", message: str = "") -> Handover:
        """Ask for a person. Asking again while it is open corrects contact and message and tells nobody twice.

        Raises:
            UnknownConversation: the caller has no such conversation.
            InvalidRequest: a text is too long or cannot be kept, or they wait in many conversations already.
        """
        contact = _text("contact", contact, _LONGEST_CONTACT)
        message = _text("message", message, _LONGEST_MESSAGE)
        if conversation_id == NEW:
            conversation_id, replies = self._new_id(), []
        else:
            replies = [*self._history.conversation(conversation_id, caller.reader(), person=caller.person.id)]
        with self._transactions.begin() as transaction:
            there = self._store.open_of(conversation_id)
            if there is not None:
                changed = replace(there, contact=contact or there.contact, message=message or there.message)
                changed = replace(changed, locked=True)
                if changed != there:
                    self._store.change(transaction, changed, self._now() if changed.telling else None)
                return changed
            if self._store.count_open(caller.person.id) >= _MOST_OPEN:
                raise InvalidRequest(
                    f"You have asked for a person in {_MOST_OPEN} conversations. Go on in one of them."
                )
            asked = replies[-1].question if replies else ""
            made = Handover(
                id=self._new_id(),
                conversation_id=conversation_id,
                person=caller.person.id,
                question=asked,
                contact=contact,
                message=message,
                language="zh" if is_chinese(asked + message) else "en",
                created_at=self._now(),
                telling=tuple(self._places),
            )
            self._store.add(transaction, made, made.created_at if made.telling else None)
            self._note(transaction, "handover.asked", made, caller.person.id, caller.surface)
        self._wake()
        return made

    def let_pass(self, person: str, conversation_id: str, *, go_on: bool) -> None:
        """Keep the copilot out of a conversation that its person asked somebody to take; `go_on` lets it in again.

        Raises:
            HandoverOpen: a person was asked.
        """
        there = self._store.open_of(conversation_id)
        if there is None or not there.locked or there.person != person:
            return
        if not go_on:
            raise HandoverOpen("A person was asked to take this conversation over. Send go_on = true to ask on anyway.")
        with self._transactions.begin() as transaction:
            self._store.change(transaction, replace(there, locked=False), self._now() if there.telling else None)

    def of(self, conversation_id: str) -> Handover | None:
        """Return the newest request of a conversation, open or done."""
        return self._store.last_of(conversation_id)

    def list(
        self, caller: Caller, status: HandoverStatus, *, limit: int = 50, offset: int = 0
    ) -> tuple[Sequence[Handover], int]:
        """Return a page of those that stand so, and how many there are.

        Raises:
            NotPermitted: the caller does not look after them.
        """
        caller.need(Scope.HANDOVERS)
        return self._store.list(status, limit, offset), self._store.count(status)

    def show(self, caller: Caller, id: str) -> tuple[Handover, Sequence[KeptReply]]:
        """Return one with its conversation, less what the caller may not read.

        Raises:
            NotPermitted: the caller does not look after them.
            UnknownHandover: there is none such.
        """
        caller.need(Scope.HANDOVERS)
        there = self._known(id)
        return there, self._history.conversation(there.conversation_id, caller.reader())

    def finish(self, caller: Caller, id: str) -> Handover:
        """Mark one done; the copilot answers in its conversation again. Doing it twice changes nothing.

        Raises:
            NotPermitted: the caller does not look after them.
            UnknownHandover: there is none such.
        """
        caller.need(Scope.HANDOVERS)
        with self._transactions.begin() as transaction:
            there = self._known(id)
            if there.status is HandoverStatus.DONE:
                return there
            done = replace(
                there,
                status=HandoverStatus.DONE,
                locked=False,
                done_at=self._now(),
                done_by=caller.person.id,
                telling=(),
            )
            self._store.change(transaction, done, None)
            self._note(transaction, "handover.done", done, caller.person.id, caller.surface)
        return done

    def step(self) -> bool:
        """Tell the places of one request that waits; False when none does."""
        if not self._places:
            return False
        now = self._now()
        there = self._store.take(now, now + _LEASE)
        if there is None:
            return False
        left = tuple(place for place in there.telling if not self._told(there, place))
        there = replace(there, attempts=there.attempts + 1)
        again = bool(left) and there.attempts < _TRIES
        wait = min(_FIRST_WAIT * 2 ** min(there.attempts - 1, 10), _LONGEST_WAIT)
        with self._transactions.begin() as transaction:
            fresh = self._known(there.id)  # it may have been marked done, or its contact corrected, meanwhile
            told_at = fresh.told_at or (now if len(left) < len(there.telling) else None)
            waiting = again and fresh.status is HandoverStatus.OPEN
            kept = replace(fresh, telling=left if waiting else (), told_at=told_at, attempts=there.attempts)
            self._store.change(transaction, kept, now + wait if waiting else None)
        return True

    def _told(self, there: Handover, name: str) -> bool:
        """Tell one place; True when nothing more is to be done about it."""
        place = self._places.get(name)
        if place is None:  # taken out of the settings since
            return True
        title, text = news(there)
        try:
            place.tell(there, title, text)
        except ChannelUnavailable as error:
            _log.warning("handover %s waits for %s: %s", there.id, name, error.message)
            return False
        except CopilotError as error:
            _log.warning("handover %s could not be told to %s and stays on the list: %s", there.id, name, error.message)
        return True

    def _known(self, id: str) -> Handover:
        there = self._store.get(id)
        if there is None:
            raise UnknownHandover(f"Nobody asked for a person under {id[:80]!r}. The list shows who did.")
        return there

    def _note(self, transaction: Transaction, action: str, one: Handover, actor: str, surface: Surface) -> None:
        self._audit.append(
            transaction,
            Event(
                action=action,
                actor=actor,
                subject=one.id,
                surface=surface,
                at=self._now(),
                details={"conversation": one.conversation_id, "contact_left": bool(one.contact)},
            ),
        )


def news(there: Handover) -> tuple[str, str]:
    """Return title and text of what a place outside is told; nothing in it links or runs."""
    title, text, (no_message, no_contact), visitor = _WORDS[there.language]
    return title, text.format(
        who=visitor if there.person.startswith(OF_VISITORS) else there.person,
        question=inert(there.question)[:_QUOTED],
        message=inert(there.message) or no_message,
        contact=inert(there.contact) or no_contact,
        id=there.id,
    )


def _text(name: str, text: str, longest: int) -> str:
    text = text.strip()
    if len(text) > longest:
        raise InvalidRequest(f"{name} has {len(text)} characters; at most {longest} fit. Shorten it.")
    if not is_storable(text):
        raise InvalidRequest(f"{name} holds a NUL or half a character. Type it again.")
    return text
