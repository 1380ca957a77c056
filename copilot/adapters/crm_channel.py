"""Approved revisions as notes and tasks in a CRM, each once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from copilot.approval.approved import ApprovedRevision
from copilot.delivery.crm import CrmNote, CrmRecords, CrmTask
from copilot.delivery.crm_parts import crm_parts
from copilot.delivery.crm_place import CrmName, CrmPlace, crm_place
from copilot.delivery.delivery import ChannelName
from copilot.errors import ChannelNotConfigured, ChannelUnavailable, DeliveryRefused

#: One attempt adds parts for this long and leaves the rest to the next: far below the lease of a delivery
#: (copilot/delivery/schedule.py), so that no second worker adds the same meanwhile.
WITHIN_S = 90.0
#: How soon the next attempt takes up the rest.
_REST_S = 5.0


class CrmChannel:
    """Implements `Channel`; a destination is a record in its one spelling.

    Every part carries `copilot:<delivery id>:<part>`. Before anything is added, the CRM is asked which parts it has: so
    an attempt goes on where the one before ended, whatever ended it. When it is not known whether a part was added, the
    next attempt waits until the CRM must be done with it: a part twice is worse than a part late.
    """

    name = ChannelName.CRM

    def __init__(
        self,
        records: Sequence[CrmRecords],
        *,
        within_s: float = WITHIN_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`records` are the CRMs that are set up."""
        self._records: Mapping[CrmName, CrmRecords] = {one.name: one for one in records}
        self._within_s = within_s
        self._now = now
        self._clock = clock

    def check(self, destination: str) -> str:
        """Return the record in its one spelling.

        Raises:
            InvalidDestination: it is none.
            ChannelNotConfigured: its CRM is not set up here.
        """
        place = crm_place(destination)
        self._of(place)
        return str(place)

    def send(self, approved: ApprovedRevision, destination: str, key: str) -> str:
        """Add what is not there yet and return where everything is.

        Raises:
            DeliveryRefused: the CRM will not take it.
            ChannelUnavailable: it does not answer, or there is more to add than fits one attempt.
        """
        place = crm_place(destination)
        records = self._of(place)
        ends = self._clock() + self._within_s
        notes, tasks = crm_parts(approved, key, records, self._now())
        there = dict(records.found(place, key))
        parts: Sequence[CrmNote | CrmTask] = [*notes, *tasks]
        before = len(there)
        for part in parts:
            if part.part in there:
                continue
            if len(there) > before and self._clock() > ends:  # one at least, however long looking took
                raise ChannelUnavailable(_so_far(there, parts, place), retry_after_s=_REST_S)
            try:
                there[part.part] = _add(records, place, part)
            except ChannelUnavailable as error:
                raise ChannelUnavailable(
                    f"{error.message} {_so_far(there, parts, place)}", retry_after_s=error.retry_after_s
                ) from error
            except DeliveryRefused as error:
                raise DeliveryRefused(f"{error.message} {_so_far(there, parts, place)}") from error
        return _receipt(there, notes, tasks, place)

    def _of(self, place: CrmPlace) -> CrmRecords:
        if place.crm not in self._records:
            raise ChannelNotConfigured(
                f"Nothing can be sent to {place.crm.value}: it is not set up here. Set {_SETTINGS[place.crm]}."
            )
        return self._records[place.crm]


_SETTINGS: Mapping[CrmName, str] = {
    CrmName.HUBSPOT: "COPILOT_HUBSPOT_TOKEN",
    CrmName.SALESFORCE: "COPILOT_SALESFORCE_URL, COPILOT_SALESFORCE_CLIENT_ID and COPILOT_SALESFORCE_CLIENT_SECRET",
}


def _add(records: CrmRecords, place: CrmPlace, part: CrmNote | CrmTask) -> str:
    return records.add_note(place, part) if isinstance(part, CrmNote) else records.add_task(place, part)


def _so_far(there: Mapping[str, str], parts: Sequence[CrmNote | CrmTask], place: CrmPlace) -> str:
    done = sum(part.part in there for part in parts)
    return f"Of {len(parts)} notes and tasks {done} are at {place}; the next attempt adds the rest."


def _receipt(there: Mapping[str, str], notes: Sequence[CrmNote], tasks: Sequence[CrmTask], place: CrmPlace) -> str:
    told = [
        f"{len(of)} {word}{'' if len(of) == 1 else 's'} ({', '.join(there[one.part] for one in of)})"
        for word, of in (("note", notes), ("task", tasks))
        if of
    ]
    return f"{place}: {', '.join(told)}"
