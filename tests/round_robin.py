"""A balancer on loopback: each new connection goes to the next worker that is ready, over to another if one refuses."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import httpx

_LOOK_S = 0.25
_READ = 65536


class RoundRobin:
    """Passes bytes on, so that streams are neither gathered nor changed; `close` ends it."""

    def __init__(self, workers: Callable[[], Sequence[str]]) -> None:
        """`workers` returns the addresses of those there are, ready or not, whenever it is asked."""
        self._workers = workers
        self._ready: list[str] = []
        self._turn = 0
        self._started = threading.Event()
        self._open: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self.url = ""
        self._thread = threading.Thread(target=self._run, name="balancer", daemon=True)
        self._thread.start()
        if not self._started.wait(10):
            raise RuntimeError("the balancer did not start")

    def close(self) -> None:
        """Cut what is open and stop."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def ready(self) -> Sequence[str]:
        """The workers that it sends requests to right now."""
        return tuple(self._ready)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        watching = asyncio.create_task(self._watch())
        await self._look()
        self._started.set()
        await self._stop.wait()
        server.close()
        watching.cancel()
        for task in self._open:
            task.cancel()
        await asyncio.gather(watching, *self._open, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            await self._look()

    async def _look(self) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
            names = list(self._workers())
            told = await asyncio.gather(*(client.get(f"{name}/readyz") for name in names), return_exceptions=True)
        self._ready = [
            name
            for name, reply in zip(names, told, strict=True)
            if isinstance(reply, httpx.Response) and reply.status_code == 200
        ]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            worker = await self._next()
            if worker is not None:
                await asyncio.gather(_pass(reader, worker[1]), _pass(worker[0], writer))
        finally:
            self._open.discard(task)
            writer.close()

    async def _next(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        names = list(self._ready)
        self._turn += 1
        for number in range(len(names)):
            host, _, port = names[(self._turn + number) % len(names)].removeprefix("http://").partition(":")
            with suppress(OSError):
                return await asyncio.open_connection(host, int(port))
        return None


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_READ):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
