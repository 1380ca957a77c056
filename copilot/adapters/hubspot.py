"""Notes and tasks in HubSpot.

The requests are those of HubSpot's developer pages "Activities | Notes" and "Activities | Tasks" (creating with
associations, batch read), "Associations v4" (retrieve associated records, 500 a page; default association type ids) and
"Error handling" (`message`, `category`). The token of a private app goes along as the bearer; it needs the scopes
`crm.objects.companies.read`, `crm.objects.deals.read`, `crm.objects.contacts.read` and `crm.objects.contacts.write`.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from time import monotonic
from typing import Any

from markdown_it import MarkdownIt

from copilot.adapters.crm_http import SETTLE_S, Answer, CrmHttp, told
from copilot.delivery.crm import CrmNote, CrmTask, parts_in
from copilot.delivery.crm_place import CrmName, CrmPlace
from copilot.delivery.crm_text import untagged
from copilot.errors import ChannelUnavailable, DeliveryRefused

#: Of `hs_note_body` ("Activities | Notes"); for the body of a task no other limit is told.
MOST_BODY = 65_536
_MOST_SUBJECT = 250
#: Object of a destination → (in paths, type of note → object, type of task → object), all `HUBSPOT_DEFINED`
#: ("Associations v4", default association type ids).
OBJECTS: Mapping[str, tuple[str, int, int]] = {
    "company": ("companies", 190, 192),
    "deal": ("deals", 214, 216),
    "contact": ("contacts", 202, 204),
}
_PAGE, _BATCH = 500, 100
#: Notes or tasks of one record that are looked through for ours. More than that is no record of one account.
_MOST_LISTED = 10_000
#: How long that may take: an attempt has to end long before its lease does (copilot/delivery/schedule.py).
LOOKS_S = 60.0
#: Text property that holds the marker.
_TEXT = {"notes": "hs_note_body", "tasks": "hs_task_body"}


class HubSpot:
    """Implements `CrmRecords`.

    What is there already is read through the record's associations and not by the search of the CRM, whose index is
    seconds behind: a note that was just made would be missed and made again.
    """

    name = CrmName.HUBSPOT
    most_note = MOST_BODY

    def __init__(
        self,
        *,
        http: CrmHttp,
        token: str,
        looks_s: float = LOOKS_S,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._http = http
        self._token = token
        self._looks_s = looks_s
        self._clock = clock
        # Pictures would be fetched from anywhere; tags are shown as text; `[1]: …` is a line and defines no link.
        self._markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image", "reference"])

    def length(self, note: CrmNote) -> int:
        """Return the UTF-16 units of the body, HTML and all."""
        return _units(self._note_body(note))

    def found(self, place: CrmPlace, key: str) -> Mapping[str, str]:
        """Look through the notes and tasks of a record for the markers of a delivery."""
        path = OBJECTS[place.object][0]
        reply = self._http.call(
            "GET", f"/crm/v3/objects/{path}/{place.id}", token=self._token, query={"properties": "hs_object_id"}
        )
        if reply.status != 200:
            raise self._refusal(reply, place)
        there: dict[str, str] = {}
        ends = self._clock() + self._looks_s
        for kind, property in _TEXT.items():
            ids = self._ids(place, kind, ends)
            for at in range(0, len(ids), _BATCH):
                self._in_time(place, ends)
                for id, text in self._batch(place, kind, property, ids[at : at + _BATCH]):
                    there.update((part, id) for part in parts_in(text, key) if part.startswith(kind[:-1]))
        return there

    def add_note(self, place: CrmPlace, note: CrmNote) -> str:
        """Create a note on a record."""
        properties = {"hs_timestamp": _moment(note.at), "hs_note_body": self._note_body(note)}
        return self._create("notes", place, properties, OBJECTS[place.object][1])

    def add_task(self, place: CrmPlace, task: CrmTask) -> str:
        """Create a task on a record; noon in UTC is the same day nearly everywhere."""
        properties = {
            "hs_timestamp": _moment(datetime.combine(task.due, time(12), UTC)),
            "hs_task_subject": _cut(untagged(task.subject), _MOST_SUBJECT),
            "hs_task_body": self._body(task.text, task.marker),
            "hs_task_status": "NOT_STARTED",
            "hs_task_priority": "HIGH" if task.urgent else "MEDIUM",
            "hs_task_type": "TODO",
        }
        return self._create("tasks", place, properties, OBJECTS[place.object][2])

    def _create(self, kind: str, place: CrmPlace, properties: Mapping[str, str], type: int) -> str:
        association = {
            "to": {"id": place.id},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type}],
        }
        reply = self._http.call(
            "POST",
            f"/crm/v3/objects/{kind}",
            token=self._token,
            body={"properties": properties, "associations": [association]},
            creates=True,
        )
        if reply.status == 201 and isinstance(id := reply.field("id"), str) and id:
            return id
        if 200 <= reply.status < 300:
            raise self._http.garbled(f"{reply.status} to a new {kind[:-1]}", creates=True)
        raise self._refusal(reply, place)

    def _in_time(self, place: CrmPlace, ends: float) -> None:
        if self._clock() > ends:
            raise ChannelUnavailable(
                f"HubSpot takes longer than {self._looks_s:g} s to tell what is at {place}. It is tried again by "
                "itself; if that lasts, choose a record with fewer notes, such as a deal."
            )

    def _ids(self, place: CrmPlace, kind: str, ends: float) -> list[str]:
        path = f"/crm/v4/objects/{OBJECTS[place.object][0]}/{place.id}/associations/{kind}"
        ids: dict[str, None] = {}
        after: str | None = None
        for _ in range(_MOST_LISTED // _PAGE):
            self._in_time(place, ends)
            query = {"limit": str(_PAGE)} | ({"after": after} if after else {})
            reply = self._http.call("GET", path, token=self._token, query=query)
            if not 200 <= reply.status < 300:
                raise self._refusal(reply, place)
            found = reply.field("results")
            if not isinstance(found, list) or not all(_is_association(one) for one in found):
                raise self._http.garbled(f"the list of {kind}")
            ids.update((str(one["toObjectId"]), None) for one in found)
            after = _after(reply)
            if after is None:
                return list(ids)
        raise DeliveryRefused(
            f"{place} has more than {_MOST_LISTED} {kind}, too many to see whether this is among them. Choose another "
            "record, such as a deal or a contact."
        )

    def _batch(self, place: CrmPlace, kind: str, property: str, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        reply = self._http.call(
            "POST",
            f"/crm/v3/objects/{kind}/batch/read",
            token=self._token,
            body={"properties": [property], "propertiesWithHistory": [], "inputs": [{"id": id} for id in ids]},
        )
        if reply.status not in (200, 207):
            raise self._http.garbled(f"the {kind}") if reply.status < 300 else self._refusal(reply, place)
        found = reply.field("results")
        if not isinstance(found, list) or not all(isinstance(one, Mapping) and "id" in one for one in found):
            raise self._http.garbled(f"the {kind}")
        errors = reply.field("errors") or []
        # What was deleted since it was listed is none of ours; what cannot be read may be.
        hidden = [one for one in errors if not (isinstance(one, Mapping) and one.get("category") == "OBJECT_NOT_FOUND")]
        if hidden:
            raise ChannelUnavailable(
                f"HubSpot let some of the {kind} of {place} be read and others not (207, {len(hidden)} errors), so "
                "nobody can tell what is there already. It is tried again by itself.",
                retry_after_s=SETTLE_S,
            )
        for one in found:
            properties = one.get("properties")
            text = properties.get(property) if isinstance(properties, Mapping) else None
            yield str(one["id"]), text if isinstance(text, str) else ""

    def _note_body(self, note: CrmNote) -> str:
        return f"<p><strong>{html.escape(note.subject, quote=False)}</strong></p>{self._body(note.text, note.marker)}"

    def _body(self, text: str, marker: str) -> str:
        return f"{self._markdown.render(text).strip()}<p>{marker}</p>"

    def _refusal(self, reply: Answer, place: CrmPlace) -> DeliveryRefused:
        again = "then `copilot deliveries retry`."
        said = told(reply.field("message") or "")
        if 300 <= reply.status < 400:
            return self._http.moved(reply.status)
        if reply.status == 401:
            return DeliveryRefused(f"HubSpot does not know our token (401). Correct COPILOT_HUBSPOT_TOKEN, {again}")
        if reply.status == 403:
            return DeliveryRefused(
                f"HubSpot forbids it (403: {said}). Give the private app the scopes to read {place.object} records and "
                f"to write notes and tasks (crm.objects.contacts.write), {again}"
            )
        if reply.status == 404:
            return DeliveryRefused(f"HubSpot has no record {place} (404). Correct the destination and deliver anew.")
        return DeliveryRefused(f"HubSpot will not take it at {place} ({reply.status}: {said}). Correct that, {again}")


def _is_association(one: object) -> bool:
    return isinstance(one, Mapping) and isinstance(one.get("toObjectId"), int | str)


def _after(reply: Answer) -> str | None:
    paging: Any = reply.field("paging")
    following = paging.get("next") if isinstance(paging, Mapping) else None
    after = following.get("after") if isinstance(following, Mapping) else None
    return after if isinstance(after, str) and after else None


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", errors="replace")) // 2


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
