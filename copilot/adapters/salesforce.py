"""Notes and tasks in Salesforce.

The requests are those of Salesforce's pages "OAuth 2.0 Client Credentials Flow for Server-to-Server Integration",
"Query", "sObject Rows" and "Status Codes and Error Responses" of the REST API Developer Guide, "Task" of the Object
Reference and "WHERE" of the SOQL and SOSL Reference: no long text area can be asked for, so the subject has the marker.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from copilot.adapters.crm_http import Answer, CrmHttp, first, told
from copilot.delivery.crm import CrmNote, CrmTask, marker, parts_in
from copilot.delivery.crm_place import CrmName, CrmPlace
from copilot.delivery.crm_text import untagged
from copilot.errors import ChannelUnavailable, DeliveryRefused

VERSION = "v64.0"
#: Of `Task.Description` and `Task.Subject` ("Task").
MOST_DESCRIPTION, MOST_SUBJECT = 32_000, 255
_DATA = f"/services/data/{VERSION}"
#: Errors that say nothing against the task ("Status Codes and Error Responses").
_LATER = frozenset({"REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE", "UNABLE_TO_LOCK_ROW", "QUERY_TIMEOUT"})
_GONE = frozenset({"NOT_FOUND", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"})
# Bounded throughout: the text is anybody's, and an unbounded run would be looked through from each of its signs.
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]\n]{1,500})\]\(([^\s()]{1,2000})\)")
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]{1,500})(?<=\S)\*\*")


class Salesforce:
    """Implements `CrmRecords`; a note is a task that is done.

    Notes proper take two requests, of which the second may be missing after a crash, and exist only where an
    administrator has turned them on. A task is one request, stands in the same timeline, and its subject can be asked
    for.
    """

    name = CrmName.SALESFORCE
    most_note = MOST_DESCRIPTION

    def __init__(self, *, http: CrmHttp, client_id: str, client_secret: str) -> None:
        self._http = http
        self._client_id = client_id
        self._client_secret = client_secret
        self._token: str | None = None

    def length(self, note: CrmNote) -> int:
        """Return the characters of the description; a line end counts as two, as Salesforce may keep it."""
        text = plain(note.text)
        return len(text.encode("utf-16-le", errors="replace")) // 2 + text.count("\n")

    def found(self, place: CrmPlace, key: str) -> Mapping[str, str]:
        """Ask for the tasks of a record whose subjects hold a marker of a delivery."""
        reply = self._call("GET", f"{_DATA}/sobjects/{place.object}/{place.id}", query={"fields": "Id"})
        if reply.status != 200:
            raise self._refusal(reply, place)
        # Neither can hold a quote: ids are checked with the destination, keys by `marker`.
        query = f"SELECT Id, Subject FROM Task WHERE {_link(place)} = '{place.id}' "  # noqa: S608
        query += f"AND Subject LIKE '%{marker(key, '')}%'"
        reply = self._call("GET", f"{_DATA}/query", query={"q": query})
        if reply.status != 200:
            raise self._refusal(reply, place)
        rows = reply.field("records")
        if reply.field("done") is not True or not isinstance(rows, list) or not all(map(_is_row, rows)):
            raise self._http.garbled("a query")
        return {part: row["Id"] for row in rows for part in parts_in(row["Subject"], key)}

    def add_note(self, place: CrmPlace, note: CrmNote) -> str:
        """Create a task that is done."""
        fields = {"Status": "Completed", "Priority": "Normal", "ActivityDate": note.at.date().isoformat()}
        return self._create(place, note, fields)

    def add_task(self, place: CrmPlace, task: CrmTask) -> str:
        """Create a task."""
        fields = {
            "Status": "Not Started",
            "Priority": "High" if task.urgent else "Normal",
            "ActivityDate": task.due.isoformat(),
        }
        return self._create(place, task, fields)

    def _create(self, place: CrmPlace, part: CrmNote | CrmTask, fields: Mapping[str, str]) -> str:
        body = {
            "Subject": _subject(part.subject, part.marker),
            "Description": plain(part.text),
            _link(place): place.id,
            **fields,
        }
        reply = self._call("POST", f"{_DATA}/sobjects/Task", body=body, creates=True)
        if reply.status == 201 and isinstance(id := reply.field("id"), str) and reply.field("success") is True:
            return id
        if 200 <= reply.status < 300:
            raise self._http.garbled(f"{reply.status} to a new task", creates=True)
        raise self._refusal(reply, place)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        creates: bool = False,
    ) -> Answer:
        """Send with a token; one that has run out is replaced once."""
        fresh = self._token is None
        token = self._token or self._new_token()
        reply = self._http.call(method, path, token=token, query=query, body=body, creates=creates)
        if reply.status != 401:
            return reply
        self._token = None
        if fresh:
            return reply
        return self._http.call(method, path, token=self._new_token(), query=query, body=body, creates=creates)

    def _new_token(self) -> str:
        """Ask for a token. The address that the answer names is not used: only the configured one is spoken to."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
        }
        reply = self._http.call("POST", "/services/oauth2/token", form=form)
        token = reply.field("access_token")
        if reply.status == 200 and isinstance(token, str) and token.isascii() and token.isprintable() and token.strip():
            self._token = token
            return token
        if 200 <= reply.status < 300:
            raise self._http.garbled("the request for a token")
        if 300 <= reply.status < 400:
            raise self._http.moved(reply.status)
        if reply.field("error") == "rate_limit_exceeded":
            raise ChannelUnavailable("Salesforce gives out no token now (its limit is reached). It is tried again.")
        said = told(reply.field("error_description") or reply.field("error") or "")
        raise DeliveryRefused(
            f"Salesforce gives us no token ({reply.status}: {said}). Correct COPILOT_SALESFORCE_URL, "
            "COPILOT_SALESFORCE_CLIENT_ID and COPILOT_SALESFORCE_CLIENT_SECRET, and allow the app the client "
            "credentials flow, then `copilot deliveries retry`."
        )

    def _refusal(self, reply: Answer, place: CrmPlace) -> DeliveryRefused | ChannelUnavailable:
        error = first(reply.body)
        code, said, again = str(error.get("errorCode")), told(error.get("message") or ""), "`copilot deliveries retry`."
        if 300 <= reply.status < 400:
            return self._http.moved(reply.status)
        if code in _LATER:
            return ChannelUnavailable(f"Salesforce takes nothing now ({reply.status}, {code}). It is tried again.")
        if reply.status == 401:
            return DeliveryRefused(
                "Salesforce does not accept the token that it has just given (401). Look at the policies of the app "
                f"and of its user, then {again}"
            )
        if reply.status == 404 or code in _GONE:
            return DeliveryRefused(
                f"Salesforce has no record {place} that our user may see ({reply.status}, {code}). Correct the "
                "destination and deliver anew."
            )
        if reply.status == 403:
            return DeliveryRefused(
                f"Salesforce forbids it (403, {code}: {said}). Let the user of the app read {place.object} and create "
                f"tasks, then {again}"
            )
        return DeliveryRefused(
            f"Salesforce will not take it at {place} ({reply.status}, {code}: {said}). Correct that, then {again}"
        )


def plain(text: str) -> str:
    """Return Markdown as plain text, which the field is."""
    text = _HEADING.sub("", text)
    return untagged(_BOLD.sub(r"\1", _LINK.sub(_linked, text)).strip())


def _linked(match: re.Match[str]) -> str:
    return match[1] if match[1] == match[2] else f"{match[1]} ({match[2]})"


def _subject(text: str, marker: str) -> str:
    most = MOST_SUBJECT - len(marker) - 3
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    return f"{untagged(cut)} [{marker}]"


def _link(place: CrmPlace) -> str:
    """Return the field that ties a task to a record: people by `WhoId`, all else by `WhatId`."""
    return "WhoId" if place.object == "Contact" else "WhatId"


def _is_row(row: object) -> bool:
    return isinstance(row, Mapping) and all(isinstance(row.get(name), str) for name in ("Id", "Subject"))
