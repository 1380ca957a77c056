"""Work that may outlast a request: begun at once, waited for a while, asked for again by its id."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from uuid import uuid4

from copilot.interfaces.api.problems import unexpected
from copilot.interfaces.contract import AnswerBody, ProblemBody
from copilot.interfaces.draft_contract import DraftReply
from copilot.interfaces.presentation import problem
from copilot.interfaces.sidebar_contract import WorkBody
from knowledge.errors import ReportableError

#: HubSpot gives a request fifteen seconds and sends it again; nobody should see a page that says nothing for longer.
WAITS_S = 8.0
#: What is remembered, whether it was fetched or not.
_REMEMBERED = 500
_THREADS = 8

Result = AnswerBody | DraftReply


@dataclass(frozen=True, kw_only=True)
class _Begun:
    person: str
    future: Future[Result]


class StartedWork:
    """Runs work in threads of its own. The same key of the same person is the same work, however often it is begun."""

    def __init__(self, waits_s: float = WAITS_S) -> None:
        self._waits_s = waits_s
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="beside-a-record")
        self._lock = threading.Lock()
        self._begun: OrderedDict[str, _Begun] = OrderedDict()
        self._keys: dict[tuple[str, str], str] = {}

    def begin(self, person: str, work: Callable[[], Result], key: str | None = None) -> WorkBody:
        """Begin, wait for a while, and tell how far it is."""
        with self._lock:
            id = self._keys.get((person, key)) if key is not None else None
            if id is None or id not in self._begun:
                id = uuid4().hex
                self._begun[id] = _Begun(person=person, future=self._pool.submit(work))
                if key is not None:
                    self._keys[person, key] = id
                self._forget()
        return self._told(id, self._begun[id], self._waits_s)

    def get(self, person: str, id: str) -> WorkBody | None:
        """Tell how far somebody's work is; None where there is none, or not any more."""
        with self._lock:
            found = self._begun.get(id)
        if found is None or found.person != person:
            return None
        return self._told(id, found, self._waits_s)

    def _told(self, id: str, begun: _Begun, waits_s: float) -> WorkBody:
        try:
            result = begun.future.result(waits_s)
        except NotYet:
            return WorkBody(id=id, status="working")
        except ReportableError as error:
            return self._failed(id, problem(error))
        except Exception as error:  # noqa: BLE001  # the thread's boundary; logged with its cause
            return self._failed(id, unexpected(error))
        if isinstance(result, AnswerBody):
            return WorkBody(id=id, status="done", answer=result)
        return WorkBody(id=id, status="done", draft=result)

    def _failed(self, id: str, told: ProblemBody) -> WorkBody:
        """Tell what went wrong; the same key begins anew, since it may go well then."""
        with self._lock:
            for key, other in list(self._keys.items()):
                if other == id:
                    del self._keys[key]
        return WorkBody(id=id, status="failed", problem=told)

    def _forget(self) -> None:
        while len(self._begun) > _REMEMBERED:
            id, _ = self._begun.popitem(last=False)
            for key, other in list(self._keys.items()):
                if other == id:
                    del self._keys[key]
