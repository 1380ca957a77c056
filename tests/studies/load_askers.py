"""Many askers at once, in a process of their own: each waits for its answer and asks the next question.

Reads a task as JSON from its argument and prints what came of it as JSON; `tests/studies/load.py` starts it.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal, TypedDict

import httpx

Kind = Literal["search", "ask"]
#: Refusals that say that there is too much to do; counted apart from errors.
_BUSY = frozenset({429, 503})
#: How people begin and end a question: none is asked twice in the same words, so no cache of ours is what is measured.
_BEFORE = ("", "请问", "想问一下,", "客户在问:", "同事问:", "麻烦看下,", "有人知道吗,", "新人求助:")
_MARKS = "?\N{FULLWIDTH QUESTION MARK}"
_AFTER = ("", "?谢谢", ",急", "?说简单点", "?客户在等", ",要出处")


class Task(TypedDict):
    """What is to be asked, of whom and for how long; every asker keeps to one address."""

    kind: Kind
    addresses: list[str]
    headers: dict[str, str]
    askers: int
    seconds: float
    warm_up_s: float
    seed: int
    questions: list[str]


class Heard(TypedDict):
    """What came back after the warm-up: milliseconds of every success, and everything else by name."""

    ms: list[float]
    seconds: float
    busy: int
    errors: dict[str, int]


def wordings(questions: Sequence[str], seed: int) -> list[str]:
    """Return every question in every wording, in a seeded order; wordings are synthetic, questions are ours."""
    worded = [f"{before}{one.rstrip(_MARKS)}{after}" for one in questions for before in _BEFORE for after in _AFTER]
    random.Random(seed).shuffle(worded)
    return worded


async def ask_all(task: Task) -> Heard:
    """Let all askers ask until the time is over."""
    heard = Heard(ms=[], seconds=task["seconds"], busy=0, errors={})
    errors: Counter[str] = Counter()
    questions = iter(wordings(task["questions"], task["seed"]))
    counted_from = time.perf_counter() + task["warm_up_s"]
    ends = counted_from + task["seconds"]

    async def asker(number: int) -> None:
        address = task["addresses"][number % len(task["addresses"])]
        # Nothing is encrypted here, and making ready for it costs each client 20 ms.
        async with httpx.AsyncClient(
            base_url=address, headers=task["headers"], timeout=120, trust_env=False, verify=False
        ) as client:
            while time.perf_counter() < ends:
                began = time.perf_counter()
                name = await _asked(client, task["kind"], next(questions))
                now = time.perf_counter()
                if not counted_from <= now <= ends:
                    continue
                if name is None:
                    heard["ms"].append(1000 * (now - began))
                elif name == "busy":
                    heard["busy"] += 1
                else:
                    errors[name] += 1

    await asyncio.gather(*map(asker, range(task["askers"])))
    heard["errors"] = dict(errors)
    return heard


async def _asked(client: httpx.AsyncClient, kind: Kind, question: str) -> str | None:
    """Ask once; None is a success."""
    try:
        if kind == "search":
            reply = await client.get("/v1/search", params={"q": question, "k": 5})
        else:
            reply = await client.post("/v1/ask", json={"question": question})
        body: dict[str, Any] = reply.json()
    except (httpx.HTTPError, ValueError) as error:
        return type(error).__name__
    if reply.status_code in _BUSY:
        return "busy"
    if not reply.is_success:
        return f"{reply.status_code} {body.get('code')}"
    if body.get("reason") == "retrieval_failed":
        return "retrieval_failed"
    return None if body.get("passages") or body.get("answer") else "empty"


if __name__ == "__main__":
    print(json.dumps(asyncio.run(ask_all(json.loads(sys.argv[1] if sys.argv[1] != "-" else sys.stdin.read())))))
