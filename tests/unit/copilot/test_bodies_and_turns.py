"""A turn is taken when a request has arrived, so that those who send slowly hold nobody up."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from copilot.interfaces.api.pacing import WORKS, Paced, Turns
from copilot.interfaces.api.scopes import ROUTES
from copilot.interfaces.api.sizes import Sized
from copilot.people.pace import Work

SCOPE: Scope = {
    "type": "http",
    "method": "POST",
    "path": "/v1/ask",
    "headers": [],
    "query_string": b"",
    "client": ("10.0.0.1", 1),
}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def asked(app: Sized, *parts: bytes, ends: bool = True) -> tuple[int, bytes]:
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    if ends:
        messages[-1]["more_body"] = False
    coming = iter(messages)
    sent: list[Message] = []

    async def receive() -> Message:
        message = next(coming, None)
        if message is None:
            await asyncio.sleep(3600)
        assert message is not None
        return message

    async def send(message: Message) -> None:
        sent.append(message)

    await app(dict(SCOPE), receive, send)
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent)


def test_slow_bodies_hold_no_turn() -> None:
    async def run() -> tuple[list[tuple[int, bytes]], tuple[int, bytes]]:
        app = Sized(Paced(echo, None, Turns(2, wait_s=0.2)), upload_bytes=1000, part_within_s=0.5)
        slow = [asyncio.create_task(asked(app, b"{", ends=False)) for _ in range(4)]
        await asyncio.sleep(0.05)
        good = await asked(app, b'{"question"', b': "x"}')
        return [await one for one in slow], good

    slow, good = asyncio.run(run())
    assert good == (200, b'{"question": "x"}')
    assert [status for status, _ in slow] == [408] * 4


@pytest.mark.parametrize("path", ["/app/knowledge/address", "/app/knowledge/failures/retry", "/v1/ingestions"])
def test_what_starts_an_ingestion_is_paced_as_an_upload(path: str) -> None:
    assert ("POST", path) in ROUTES
    assert WORKS["POST", path] is Work.UPLOAD
