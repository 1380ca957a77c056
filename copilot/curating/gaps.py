"""What people do with gaps: see them, give them to somebody, dismiss and reopen them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from copilot.audit.entry import Detail, Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.curating.candidate import is_hostile
from copilot.curating.collecting import GapCollector
from copilot.curating.gap import Gap, GapId, GapStatus, Observation, ObservationKind
from copilot.curating.gap_store import GapStore
from copilot.curating.miss import ReplyQueue, observed_ids
from copilot.curating.ownership import Ownership
from copilot.curating.sameness import key_of
from copilot.errors import GapClosed, InvalidRequest, NotPermitted, ReasonRequired, UnknownGap, UnknownPerson
from copilot.people.caller import Caller
from copilot.people.person import Person, Role
from copilot.people.scope import Scope
from copilot.privacy.masking import strictly_masked
from copilot.transaction import Transaction, Transactions
from knowledge.document import DocumentId, content_hash
from knowledge.text import is_storable

#: Refusals that are no gaps are counted this far back.
COUNTED_BACK = timedelta(days=30)
#: Replies that a list waits for; more than these are collected by the worker, or by the next list.
_COLLECTED = 64
#: Gaps that are counted and paged through; what few people asked long ago is beyond them.
MOST = 2_000
_LONGEST_REASON = 2_000
_MOST_OBSERVATIONS = 200


@dataclass(frozen=True, kw_only=True)
class GapList:
    """Gaps as a person may see them, and what was refused for other reasons than missing knowledge."""

    gaps: Sequence[Gap]
    not_gaps: Mapping[str, int]
    count: int  #: of all there are to see; at most `MOST`


@dataclass(frozen=True, kw_only=True)
class GapDetails:
    """A gap with what showed it, the newest first."""

    gap: Gap
    observations: Sequence[Observation]


class GapService:
    """Curators, managers and admins see every gap; its owner sees it too; others what they asked themselves.

    Who only asked sees a gap in their own words. A telephone number or address in a question is shown to curators,
    admins and who asked with it.
    """

    def __init__(
        self,
        *,
        store: GapStore,
        queue: ReplyQueue,
        collector: GapCollector,
        ownership: Ownership,
        transactions: Transactions,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._queue = queue
        self._collector = collector
        self._ownership = ownership
        self._transactions = transactions
        self._audit = audit
        self._now = now

    def list(
        self,
        caller: Caller,
        *,
        status: GapStatus | None = None,
        mine: bool = False,
        limit: int = 100,
        offset: int = 0,
    ) -> GapList:
        """Return gaps, those that most people asked first; `mine`: only those that one asked about or owns.

        Gaps whose owner has left pass to the deputy, or to nobody, here.
        """
        caller.need(Scope.GAPS_READ)
        self._collector.collect(_COLLECTED)
        person = caller.person
        everything = _sees_all(person) and not mine
        every = self._store.list(status, MOST) if everything else self._store.of_person(person.id, status, MOST)
        found = every[offset : offset + limit]
        asked = {} if _sees_numbers(person) else self._store.last_asked(person.id, [gap.id for gap in found])
        gaps = [_shown(self._passed_on(gap), person, asked.get(gap.id)) for gap in found]
        return GapList(
            gaps=gaps,
            not_gaps=self._queue.not_gaps(self._now() - COUNTED_BACK) if _sees_all(person) else {},
            count=len(every),
        )

    def owners(self, caller: Caller) -> Sequence[Person]:
        """Return who a gap can be given to, for those who see all gaps; others name a person by id."""
        return self._ownership.people() if _sees_all(caller.person) else []

    def show(self, caller: Caller, id: str) -> GapDetails:
        """Return a gap and its latest observations; who only asked sees their own.

        Raises:
            UnknownGap: there is none that this person may see.
        """
        caller.need(Scope.GAPS_READ)
        person = caller.person
        gap = self._visible(person, id)
        observations = self._store.observations(gap.id, _MOST_OBSERVATIONS)
        if not (_sees_all(person) or gap.owner == person.id):
            observations = [one for one in observations if one.person == person.id]
        return GapDetails(
            gap=_shown(self._passed_on(gap), person, self._asked(person, gap)),
            observations=[_observed(one, person) for one in observations],
        )

    def raise_question(
        self,
        caller: Caller,
        question: str,
        *,
        language: str,
        answer_id: str | None = None,
        document_id: str | None = None,
    ) -> Gap:
        """Have a question answered by a person; that of an answer which missed it is in its gap already.

        Raises:
            InvalidRequest: nothing is asked, or the text cannot be kept.
        """
        caller.need(Scope.ASK)
        person, text = caller.person, " ".join(question.split())
        _check_question(text)
        self._collector.collect(_COLLECTED)
        gap = None if answer_id is None else self._gap_of(answer_id)
        if gap is None or person.id not in self._store.askers(gap):
            name = content_hash(f"{person.id}\n{key_of(text)}".encode())[:24]
            observation = Observation(
                id=f"raised:{name}",
                kind=ObservationKind.RAISED,
                answer_id=answer_id or "",
                question=text,
                language=language,
                person=person.id,
                at=self._now(),
                document_id=document_id,
            )
            gap = self._collector.record(observation)
        found = self._visible(person, gap)
        return _shown(found, person, self._asked(person, found))

    def _gap_of(self, answer_id: str) -> GapId | None:
        with self._transactions.begin() as transaction:
            found = (self._store.find(transaction, id) for id in observed_ids(answer_id))
            return next((gap for gap in found if gap is not None), None)

    def assign(self, caller: Caller, id: str, owner: str) -> Gap:
        """Give a gap to somebody; an empty id gives it to nobody.

        Raises:
            UnknownGap: there is none that this person may see.
            NotPermitted: this person may only look at it.
            UnknownPerson: nobody here has this id, or they have left.
        """
        if owner and not self._ownership.is_here(owner):
            raise UnknownPerson(f"There is nobody active with the id {owner!r}. `copilot people list` shows everybody.")

        def change(transaction: Transaction, gap: Gap) -> dict[str, Detail]:
            self._store.change(transaction, gap.id, owner=owner, former_owner="")
            return {"owner": owner or None, "before": gap.owner}

        return self._changed("gap.assigned", caller, id, change)

    def dismiss(self, caller: Caller, id: str, reason: str) -> Gap:
        """Decide that a gap needs no answer; being asked again does not reopen it.

        Raises:
            UnknownGap: there is none that this person may see.
            NotPermitted: this person may only look at it.
            ReasonRequired: no reason was given.
            InvalidRequest: it is answered, or the reason cannot be kept.
        """
        text = _reason(reason)

        def change(transaction: Transaction, gap: Gap) -> dict[str, Detail]:
            if gap.status is GapStatus.ANSWERED:
                raise InvalidRequest(f"Gap {gap.id!r} is answered; there is nothing to dismiss.")
            self._store.change(transaction, gap.id, status=GapStatus.DISMISSED, reason=text)
            return {"observations": gap.observations, "askers": gap.askers}

        return self._changed("gap.dismissed", caller, id, change)

    def reopen(self, caller: Caller, id: str) -> Gap:
        """Open a gap that was dismissed or answered; one that is open, or drafted, stays as it is.

        Raises:
            UnknownGap: there is none that this person may see.
            NotPermitted: this person may only look at it.
        """

        def change(transaction: Transaction, gap: Gap) -> dict[str, Detail] | None:
            if gap.status in (GapStatus.OPEN, GapStatus.DRAFTED):
                return None
            self._store.change(transaction, gap.id, status=GapStatus.OPEN)
            return {"before": gap.status.value}

        return self._changed("gap.reopened", caller, id, change)

    def merge(self, caller: Caller, id: str, into: str) -> Gap:
        """Let two gaps be one: what was asked in the first is asked in the second from now on.

        A draft that answers the first answers both. The same again changes nothing.

        Raises:
            UnknownGap: this person may not see one of them.
            NotPermitted: this person may only look at one of them.
            GapClosed: one is answered or dismissed.
            InvalidRequest: it is one gap.
        """
        caller.need(Scope.GAPS_WRITE)
        person = caller.person
        if id == into:
            raise InvalidRequest(f"Gap {id!r} cannot be merged into itself. Name another.")
        self._visible(person, id)
        self._visible(person, into)
        with self._transactions.begin() as transaction:
            self._store.alone(transaction)
            gap, other = self._store.lock(transaction, GapId(into)), self._store.lock(transaction, GapId(id))
            if gap is None or other is None:
                raise _unknown(id if other is None else into)
            if gap.id != other.id:
                self._merge(transaction, caller, gap, other)
        merged = self._visible(person, gap.id)
        return _shown(merged, person, self._asked(person, merged))

    def _merge(self, transaction: Transaction, caller: Caller, gap: Gap, other: Gap) -> None:
        for one in (gap, other):
            _check_theirs(one, caller.person)
            if one.status not in (GapStatus.OPEN, GapStatus.DRAFTED):
                raise GapClosed(f"Gap {one.id!r} is {one.status.value}. Open it again before it is merged.")
        self._store.merge(transaction, other.id, gap.id)
        drafted = gap.status is GapStatus.OPEN and other.status is GapStatus.DRAFTED
        self._store.change(
            transaction,
            gap.id,
            owner=other.owner if gap.owner is None else None,
            status=GapStatus.DRAFTED if drafted else None,
            draft_id=other.draft_id if drafted else None,
        )
        details: dict[str, Detail] = {"merged": other.id, "observations": other.observations, "askers": other.askers}
        self._note(transaction, "gap.merged", caller.person.id, gap.id, caller.surface, details)

    def _changed(
        self,
        action: str,
        caller: Caller,
        id: str,
        change: Callable[[Transaction, Gap], dict[str, Detail] | None],
    ) -> Gap:
        caller.need(Scope.GAPS_WRITE)
        person = caller.person
        self._visible(person, id)
        with self._transactions.begin() as transaction:
            gap = self._store.lock(transaction, GapId(id))
            if gap is None:
                raise _unknown(id)
            _check_theirs(gap, person)
            details = change(transaction, gap)
            if details is not None:
                self._note(transaction, action, person.id, gap.id, caller.surface, details)
        return _shown(self._visible(person, id), person, self._asked(person, gap))

    def _passed_on(self, gap: Gap) -> Gap:
        """Give a gap whose owner has left to who stands in for them; nothing of a gap that is closed changes."""
        closed = gap.status in (GapStatus.ANSWERED, GapStatus.DISMISSED)
        if closed or gap.owner is None or self._ownership.is_here(gap.owner):
            return gap
        document = None if gap.document_id is None else DocumentId(gap.document_id)
        owner = self._ownership.owner_of(document)
        with self._transactions.begin() as transaction:
            self._store.change(transaction, gap.id, owner=owner or "", former_owner=gap.owner)
            details: dict[str, Detail] = {"owner": owner, "before": gap.owner, "because": "left"}
            self._note(transaction, "gap.assigned", "system", gap.id, Surface.WORKER, details)
        return replace(gap, owner=owner, former_owner=gap.owner)

    def _visible(self, person: Person, id: str) -> Gap:
        gap = self._store.get(GapId(id))
        if gap is None or not (_sees_all(person) or gap.owner == person.id or self._asked(person, gap)):
            raise _unknown(id)
        return gap

    def _asked(self, person: Person, gap: Gap) -> Observation | None:
        return self._store.last_asked(person.id, [gap.id]).get(gap.id)

    def _note(
        self,
        transaction: Transaction,
        action: str,
        actor: str,
        subject: str,
        surface: Surface,
        details: dict[str, Detail],
    ) -> None:
        event = Event(action=action, actor=actor, subject=subject, surface=surface, at=self._now(), details=details)
        self._audit.append(transaction, event)


def _sees_all(person: Person) -> bool:
    return person.has(Role.CURATOR, Role.MANAGER, Role.ADMIN)


def _sees_numbers(person: Person) -> bool:
    return person.has(Role.CURATOR, Role.ADMIN)


def _shown(gap: Gap, person: Person, asked: Observation | None) -> Gap:
    """Return a gap in words that a person may see: the wording most like all others may be another's."""
    if _sees_numbers(person):
        return gap
    if not (_sees_all(person) or gap.owner == person.id):
        return gap if asked is None else replace(gap, question=asked.question, document_id=asked.document_id)
    hidden = strictly_masked(gap.question)
    return replace(gap, question=asked.question if asked and hidden != gap.question else hidden)


def _observed(one: Observation, person: Person) -> Observation:
    if _sees_numbers(person) or one.person == person.id:
        return one
    return replace(
        one, question=strictly_masked(one.question), comment=strictly_masked(one.comment) if one.comment else None
    )


def _check_theirs(gap: Gap, person: Person) -> None:
    if not (_sees_all(person) or gap.owner == person.id):
        raise NotPermitted(f"Gap {gap.id!r} is not yours. A curator or manager, or its owner, decides about it.")


def _unknown(id: str) -> UnknownGap:
    return UnknownGap(f"There is no gap {id!r} that you may see. `copilot gaps list` shows those that you may.")


def _check_question(text: str) -> None:
    if not 0 < len(text) <= _LONGEST_REASON or not is_storable(text):
        raise InvalidRequest(f"A question has 1 to {_LONGEST_REASON} characters, and none that is NUL. Type it again.")
    if is_hostile(text):
        raise InvalidRequest("A question holds no link, instruction or markup. Ask in plain words.")


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise ReasonRequired("A gap is dismissed for a reason, so that nobody wonders. Send `reason`.")
    if len(text) > _LONGEST_REASON:
        raise InvalidRequest(f"The reason has {len(text)} characters; at most {_LONGEST_REASON} fit. Shorten it.")
    if not is_storable(text):
        raise InvalidRequest("The reason holds a NUL or half a character. Type it again.")
    return text
