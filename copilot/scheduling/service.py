"""Schedules as people keep them: own ones, and those of a team for its manager; each change in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, Protocol
from uuid import uuid4

from copilot.audit.entry import Detail, Event
from copilot.audit.log import AuditLog
from copilot.delivery.delivery import ChannelName
from copilot.errors import InvalidDestination, NotPermitted, ScheduleExists, UnknownPerson, UnknownSchedule
from copilot.people.caller import Caller
from copilot.people.person import Person
from copilot.people.scope import Scope as Permission
from copilot.people.scope import scopes_of
from copilot.scheduling.running import Running
from copilot.scheduling.schedule import Run, Schedule, ScheduleId, Scope
from copilot.scheduling.store import ScheduleStore
from copilot.scheduling.weekly import Weekly
from copilot.transaction import Transaction, Transactions
from knowledge.document import Audience

#: What customers' systems keep is no place for what is told of our own people's work.
_NO_WAY = frozenset({ChannelName.CRM})


class Places(Protocol):
    """What delivery knows of destinations."""

    def destination(self, name: ChannelName, given: str) -> str:
        """Return a destination in its one spelling; refuses what nobody has allowed."""
        ...

    def audience(self, name: ChannelName, destination: str) -> Audience:
        """Return who reads there."""
        ...


class ScheduleService:
    """One path for every surface."""

    def __init__(
        self,
        *,
        store: ScheduleStore,
        transactions: Transactions,
        audit: AuditLog,
        places: Places,
        people: Callable[[], Sequence[Person]],
        running: Running,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        """`people` returns everybody, the owner of the copilot too."""
        self._store = store
        self._transactions = transactions
        self._audit = audit
        self._places = places
        self._people = people
        self._running = running
        self._now = now
        self._new_id = new_id

    def add(
        self,
        caller: Caller,
        *,
        person: str | None,
        scope: Scope,
        weekly: Weekly,
        language: Literal["zh", "en"],
        channel: ChannelName | None,
        destination: str,
    ) -> Schedule:
        """Have a digest made once a week; without a person, the caller's own.

        Raises:
            NotPermitted: it is for another, or for a team, and the caller or the person sees no figures of others.
            UnknownPerson: nobody active has this id.
            InvalidDestination: it has the wrong form, nobody has allowed it, or others than our own people read it.
            ChannelNotConfigured: the channel's settings are missing.
            ScheduleExists: the person gets this digest there already.
        """
        who = self._person(person or caller.person.id)
        self._check_right(caller, who, scope)
        now = self._now()
        new = Schedule(
            id=ScheduleId(self._new_id()),
            person=who.id,
            scope=scope,
            weekly=weekly,
            language=language,
            channel=channel,
            destination=self._place(channel, destination),
            enabled=True,
            created_by=caller.person.id,
            created_at=now,
            next_due_at=weekly.after(now),
        )
        with self._transactions.begin() as transaction:
            kept = self._store.add(transaction, new)
            if kept.id != new.id:
                raise ScheduleExists(
                    f"{who.id!r} gets this digest there already, by schedule {kept.id!r}. Remove that one first: "
                    f"`copilot schedules remove {kept.id}`."
                )
            self._tell(transaction, "added", kept, caller)
        return new

    def list(self, caller: Caller) -> Sequence[Schedule]:
        """Return the caller's own schedules, and for those who see figures of others those of their team."""
        return [one for one in self._store.list() if self._sees(caller, one)]

    def get(self, caller: Caller, id: str) -> Schedule:
        """Return a schedule.

        Raises:
            UnknownSchedule: there is none that the caller may see.
        """
        found = self._store.get(ScheduleId(id))
        if found is None or not self._sees(caller, found):
            raise UnknownSchedule(f"There is no schedule {id!r}. `copilot schedules list` shows what there is.")
        return found

    def runs(self, caller: Caller, id: str, limit: int) -> Sequence[Run]:
        """Return runs, the newest first.

        Raises:
            UnknownSchedule: there is none that the caller may see.
        """
        return self._store.runs(self.get(caller, id).id, limit)

    def pause(self, caller: Caller, id: str, reason: str | None = None) -> Schedule:
        """Let nothing be made by it until it is resumed.

        Raises:
            UnknownSchedule: there is none that the caller may see.
        """
        return self._change(caller, id, "paused", enabled=False, reason=reason)

    def resume(self, caller: Caller, id: str) -> Schedule:
        """Let it go on with its next due time; what lay between is not made up for.

        Raises:
            UnknownSchedule: there is none that the caller may see.
            UnknownPerson: the person has left.
        """
        self._person(self.get(caller, id).person)
        return self._change(caller, id, "resumed", enabled=True, reason=None)

    def remove(self, caller: Caller, id: str) -> Schedule:
        """Forget it; its drafts stay.

        Raises:
            UnknownSchedule: there is none that the caller may see.
        """
        found = self.get(caller, id)
        with self._transactions.begin() as transaction:
            self._store.remove(transaction, found.id)
            self._tell(transaction, "removed", found, caller)
        return found

    def run(self, caller: Caller, id: str) -> Run:
        """Run it now, beside its times, for the seven days before today.

        Raises:
            UnknownSchedule: there is none that the caller may see.
        """
        found = self.get(caller, id)
        with self._transactions.begin() as transaction:
            self._tell(transaction, "asked", found, caller)
        return self._running.run_now(found)

    def _change(self, caller: Caller, id: str, verb: str, *, enabled: bool, reason: str | None) -> Schedule:
        self.get(caller, id)
        with self._transactions.begin() as transaction:
            kept = self._store.lock(transaction, ScheduleId(id))
            if kept is None:
                raise UnknownSchedule(f"There is no schedule {id!r}. `copilot schedules list` shows what there is.")
            if kept.enabled == enabled:
                return kept
            due = kept.weekly.after(self._now()) if enabled else kept.next_due_at
            changed = replace(kept, enabled=enabled, reason=reason, next_due_at=due)
            self._store.change(transaction, changed)
            self._tell(transaction, verb, changed, caller)
        return changed

    def _person(self, id: str) -> Person:
        found = next((one for one in self._people() if one.id == id and one.active), None)
        if found is None:
            raise UnknownPerson(f"Nobody active has the id {id!r}. `copilot people list` shows everybody.")
        return found

    def _check_right(self, caller: Caller, person: Person, scope: Scope) -> None:
        caller.need(Permission.DRAFTS_WRITE)
        if person.id != caller.person.id and Permission.INSIGHT_READ not in caller.scopes:
            raise NotPermitted(
                f"{caller.person.id!r} may have their own digest made, not that of {person.id!r}. Ask a manager."
            )
        may = scopes_of(person)
        needed = [Permission.ACCOUNTS_READ, Permission.DRAFTS_READ]
        for one in [*needed, Permission.INSIGHT_READ] if scope == "team" else needed:
            if one not in may:
                raise NotPermitted(
                    f"{person.id!r} lacks {one.value!r}, so there is nothing that this digest could tell them. "
                    "Choose another person, or have an admin give them a role."
                )

    def _place(self, channel: ChannelName | None, destination: str) -> str:
        """Return the destination in its one spelling; of a file, its folder."""
        if channel is None:
            return ""
        if channel in _NO_WAY:
            raise InvalidDestination(f"A digest is not sent by {channel.value!r}. Choose file, email or webhook.")
        if channel is ChannelName.FILE:
            folder = destination.strip().strip("/") or "digests"
            return self._places.destination(channel, f"{folder}/name.md").removesuffix("name.md")
        place = self._places.destination(channel, destination)
        if self._places.audience(channel, place) is not Audience.INTERNAL:
            raise InvalidDestination(
                f"{destination!r} is read by others than our own people, for whom alone a digest is. Name an address "
                "or host of COPILOT_DELIVERY_INTERNAL."
            )
        return place

    def _sees(self, caller: Caller, schedule: Schedule) -> bool:
        mine = caller.person.id
        if mine in (schedule.person, schedule.created_by):
            return True
        if Permission.INSIGHT_READ not in caller.scopes:
            return False
        if not caller.person.groups:
            return True
        person = next((one for one in self._people() if one.id == schedule.person), None)
        return person is None or bool(person.groups & caller.person.groups)

    def _tell(self, transaction: Transaction, verb: str, schedule: Schedule, caller: Caller) -> None:
        details: dict[str, Detail] = {
            "person": schedule.person,
            "scope": schedule.scope,
            "channel": None if schedule.channel is None else schedule.channel.value,
            "zone": schedule.weekly.zone,
            "reason": schedule.reason,
        }
        event = Event(
            action=f"schedule.{verb}",
            actor=caller.person.id,
            subject=schedule.id,
            surface=caller.surface,
            at=self._now(),
            details=details,
        )
        self._audit.append(transaction, event)
