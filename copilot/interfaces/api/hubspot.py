"""The door for cards in HubSpot: our own API behind a signature, since `hubspot.fetch` can send no header of ours."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from copilot.errors import InvalidRequest, UploadTooLarge
from copilot.interfaces.api.security import Admitted
from copilot.interfaces.crm.doors import Doors
from copilot.interfaces.crm.hubspot_request import SIGNATURE_HEADER, TIME_HEADER, HubSpotRequest

#: What a card calls, below this prefix, is what any client calls without it.
PREFIX = "/v1/crm/hubspot/"
_BEHIND = ("sidebar", "suggestions/", "drafts")
#: HubSpot sends no more ("Fetching data for UI extensions").
_MOST_BYTES = 2**20
#: In the query, because a card can set no header; it is signed along.
_KEY = "key"


class HubSpotDoor:
    """Implements `SignedDoor`."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    def leads_from(self, path: str) -> bool:
        """Tell whether a path is a card's."""
        return path.startswith(PREFIX) and self._doors.hubspot is not None

    async def admit(self, scope: Scope, receive: Receive) -> Admitted:
        """Check the signature and return the person whom HubSpot names."""
        path: str = scope["path"]
        rest = path.removeprefix(PREFIX)
        headers = Headers(scope=scope)
        body = await _body(receive)
        query: bytes = scope["query_string"]
        address = f"{self._doors.public_url}{(scope.get('raw_path') or path.encode()).decode('latin-1')}"
        request = HubSpotRequest(
            method=scope["method"],
            uri=f"{address}?{query.decode('latin-1')}" if query else address,
            body=body,
            signature=headers.get(SIGNATURE_HEADER, ""),
            time=headers.get(TIME_HEADER, ""),
        )
        caller = await run_in_threadpool(self._doors.from_hubspot, request)
        if not rest.startswith(_BEHIND):
            raise InvalidRequest(f"{path!r} is nothing that a card may call. Behind {PREFIX} are {', '.join(_BEHIND)}.")
        key = parse_qs(query.decode("latin-1")).get(_KEY)
        return Admitted(
            caller=caller,
            path=f"/v1/{rest}",
            receive=_again(body),
            headers={"Idempotency-Key": key[0]} if key and key[0].isascii() and key[0].isprintable() else {},
        )


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > _MOST_BYTES:
            raise UploadTooLarge("HubSpot sends at most 1 MB. Send less.")
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: bytes) -> Receive:
    """Return what hands a body out that was read before."""
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
