"""Every operation of /openapi.json, called as the owner with data made from its description, right and wrong.

Nothing may end in a status of 500 or above, or in no reply at all; every refusal is a problem with a code; every reply
that succeeds is what the description says. What is sent is the same in every run; ids of things that are there are put
in for every second request, so that it gets past "there is no such thing".
"""

from __future__ import annotations

import copy
import json
import logging
import os
import re
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode, Response
from schemathesis.core import NotSet
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.schemas import APIOperation, BaseSchema

from copilot.interfaces.api.scopes import ROUTES
from copilot.interfaces.contract import ProblemBody
from copilot.interfaces.openai.errors import is_openai
from tests.databases import AddressOf
from tests.integration.fuzzed_house import PATIENCE_S, FuzzedHouse, fuzzed_house

LONG = bool(os.environ.get("COPILOT_TEST_LONG"))
EXAMPLES = 60 if LONG else 4
#: Databases, files, logs and clocks fail at these, if anything does.
ODD_TEXTS = (
    "a\x00b",
    "a\ud800b",
    "",
    " ",
    "\u202e",
    "x" * 5000,
    "../../etc/passwd",
    "%00",
    "2026-02-30",
    "9" * 400,
    "NaN",
)
#: Everywhere else than in JSON half a character cannot be sent.
SENT_IN_ADDRESSES = tuple(text for text in ODD_TEXTS if "\ud800" not in text)
ODD_NUMBERS = (2**31, 2**63, -(2**63) - 1, 10**400, -1, 0, 1e308, 5e-324)
MOST_LEAVES = 40 if LONG else 12
#: These begin work in the background, which all has to end before the application closes.
LONG_WORK = (
    "POST /v1/backups",
    "POST /v1/changes",
    "POST /v1/documents",
    "POST /v1/evaluations/run",
    "POST /v1/ingestions",
)
BACKGROUND = ("ask-stream", "backup", "backlog", "change-check", "evaluation", "ingestion")  #: threads
#: These would also read the shipped corpus, which takes seconds each time.
READS_THE_CORPUS = ("POST /v1/documents", "POST /v1/ingestions", "POST /v1/questions/plan")
#: Routes of a CRM; they are described only where one is set up.
NOT_DESCRIBED = {
    "GET /v1/crm/salesforce/canvas",
    "POST /v1/crm/salesforce/canvas",
    "GET /v1/crm/wecom/signature",
}


def _label(method: str, template: str) -> str:
    return f"{method} {template.replace(':path}', '}')}"


def _destroys(label: str) -> bool:
    return label.startswith("DELETE") or label.endswith("erasure")


ALL = [_label(method, path) for method, path in ROUTES if path.startswith("/v1/")]
#: What takes things away comes last, so that the others find them.
OPERATIONS = sorted((label for label in ALL if label not in NOT_DESCRIBED), key=_destroys)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, address_of: AddressOf) -> Iterator[FuzzedHouse]:
    folder = tmp_path_factory.mktemp("fuzzed")
    with fuzzed_house(folder, address_of(folder / "home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def described(house: FuzzedHouse) -> BaseSchema:
    return schemathesis.openapi.from_dict(house.request("GET", "/openapi.json"), config=schemathesis.Config(seed=1))


def operations(described: BaseSchema) -> dict[str, APIOperation]:
    return {one.label: one for one in (result.ok() for result in described.get_all_operations())}


def test_every_operation_is_called(described: BaseSchema) -> None:
    assert {label for label in operations(described) if " /v1/" in label} == set(OPERATIONS)


@pytest.mark.parametrize("label", OPERATIONS)
def test_nothing_ends_in_our_fault(
    label: str, house: FuzzedHouse, described: BaseSchema, caplog: pytest.LogCaptureFixture
) -> None:
    operation = operations(described)[label]
    found: list[str] = []
    with requests.Session() as session:
        for mode in GenerationMode:
            if mode.is_positive or can_be_wrong(operation):
                for case in made(operation, mode, EXAMPLES if label not in LONG_WORK else 3, house):
                    found += [f"{fault}\n{told(case)}" for fault in faults(case, house, session)]
    wait_for_background(house)
    # What fails in the background is told by no reply.
    found += [
        f"in the log: {one.getMessage()}\n{one.exc_text}" for one in caplog.records if one.levelno >= logging.ERROR
    ]
    assert not found, "\n\n".join(found[:5])


def can_be_wrong(operation: APIOperation) -> bool:
    """Tell whether something else than what is described can be sent: every path holds some string."""
    return bool(operation.body or operation.query or operation.headers) or "{number}" in operation.path


def made(operation: APIOperation, mode: GenerationMode, count: int, house: FuzzedHouse) -> list[Case]:
    """Make requests; every second one, beginning with the first, names what is there."""
    found: list[Case] = []

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def collect(case: Case) -> None:
        found.append(case)

    collect()
    for case in found[::2]:
        name_what_is_there(case, house)
    if mode.is_positive:
        found += odd(max(found[::2], key=lambda case: len(leaves(case))))
    for case in found:
        keep_inside(case, house)
    return found


def odd(case: Case) -> Iterator[Case]:
    """Yield a request once for each of its values, with one in its place that few expect of its type."""
    for number, (container, key) in enumerate(leaves(case)):
        value = container[key]
        texts = ODD_TEXTS if case.media_type == "application/json" else SENT_IN_ADDRESSES
        if container is case.path_parameters or container is case.query:
            texts = SENT_IN_ADDRESSES
        values = texts if isinstance(value, str) else ODD_NUMBERS
        for one in values if LONG else [values[number % len(values)]]:
            container[key] = one
            yield copy_of(case)
        container[key] = value


def leaves(case: Case) -> list[tuple[dict[str, object] | list[object], object]]:
    """Find where texts and numbers stand."""
    found = []
    left: list[object] = [case.path_parameters, case.query, case.body]
    while left:
        there = left.pop()
        pairs = there.items() if isinstance(there, dict) else enumerate(there) if isinstance(there, list) else ()
        for key, value in pairs:
            left.append(value)
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                found.append((there, key))
    return found[:MOST_LEAVES]


def copy_of(case: Case) -> Case:
    return case.operation.Case(
        path_parameters=dict(case.path_parameters),
        query=dict(case.query),
        headers=dict(case.headers),
        body=case.body if isinstance(case.body, NotSet) else copy.deepcopy(case.body),
        media_type=case.media_type,
    )


def name_what_is_there(case: Case, house: FuzzedHouse) -> None:
    before = re.findall(r"/(\w+)/\{(\w+)\}", case.operation.path)
    for kind, name in before:
        if house.ids.get(kind):
            case.path_parameters[name] = house.ids[kind][0]
    for there in (case.body, case.query):
        if isinstance(there, dict):
            there.update(
                {name: value for name, value in house.called.items() if isinstance(there.get(name), str | int)}
            )


def keep_inside(case: Case, house: FuzzedHouse) -> None:
    """Nothing made up is a path of this machine or an address, and the shipped corpus is not read each time."""
    if not isinstance(case.body, dict):
        return
    if isinstance(case.body.get("paths"), list):
        case.body["paths"] = [house.inside(one) if isinstance(one, str) else one for one in case.body["paths"]]
    if isinstance(case.body.get("path"), str):
        case.body["path"] = house.inside(case.body["path"])
    if case.operation.label in READS_THE_CORPUS and case.media_type == "application/json":
        case.body["corpus"] = False


def faults(case: Case, house: FuzzedHouse, session: requests.Session) -> list[str]:
    """Send it and judge what comes back."""
    try:
        reply = case.call(base_url=house.address, session=session, headers=house.key, timeout=PATIENCE_S)
    except requests.exceptions.RequestException as error:
        return [f"no reply: {error!r}"]
    if reply.status_code >= 400:
        return refused(case, reply)
    if reply.headers["content-type"][0].startswith("text/event-stream"):
        return ended_well(reply)
    try:
        case.operation.validate_response(reply, case=case)
    except FailureGroup as group:
        return [f"{reply.status_code} is not as described: {one}" for one in group.exceptions]
    except Failure as error:
        return [f"{reply.status_code} is not as described: {error}"]
    return []


def ended_well(reply: Response) -> list[str]:
    """Judge a stream by its last event, as its description knows no single events."""
    events = [
        dict(line.split(": ", 1) for line in one.split("\n") if ": " in line)
        for one in reply.text.strip().split("\n\n")
    ]
    told = [one for one in events if one.get("event") != "ping"]
    if told[-1].get("event") not in ("done", "error") and told[-1].get("data") != "[DONE]":
        return [f"the stream breaks off after {told[-1]}"]
    problem = json.loads(told[-1]["data"]) if told[-1].get("event") == "error" else {"status": 200, "code": "none"}
    return [] if problem["status"] < 500 and problem["code"] else [f"our fault in a stream: {problem}"]


def refused(case: Case, reply: Response) -> list[str]:
    said = f"{reply.status_code} {reply.text[:400]}"
    if reply.status_code >= 500:
        return [f"our fault: {said}"]
    if reply.status_code == 401:
        return [f"the owner is not known any more: {said}"]
    try:
        path = urlsplit(str(reply.request.url)).path  # as sent: of an id with dots in it, not what the template says
        code = _openai_code(reply) if is_openai(path) else _code(reply)
    except (KeyError, TypeError, ValueError) as error:
        return [f"no problem as we write them ({error!r}): {said}"]
    return [] if re.fullmatch(r"[a-z][a-z0-9_]+", code) else [f"no stable code: {said}"]


def _code(reply: Response) -> str:
    problem = ProblemBody.model_validate_json(reply.content, strict=True)
    kind = reply.headers["content-type"][0]
    if (problem.status, kind) != (reply.status_code, "application/problem+json") or not problem.detail:
        raise ValueError(f"{problem.status} {kind}")
    return problem.code


def _openai_code(reply: Response) -> str:
    error = json.loads(reply.content)["error"]
    if not error["message"] or not error["type"]:
        raise ValueError("nothing is said")
    return str(error["code"])


def told(case: Case) -> str:
    """Write down a request, without the key."""
    sent = {"path": case.path_parameters, "query": case.query, "headers": dict(case.headers or {}), "body": case.body}
    mode = case.meta.generation.mode.value if case.meta else "?"
    return f"{case.operation.label} ({mode}): {sent!r}"[:2000]


def wait_for_background(house: FuzzedHouse) -> None:
    """Work that was begun ends before more is begun, and before the application closes."""
    house.client.delete("/v1/evaluations/run")
    for thread in threading.enumerate():
        if thread.name in BACKGROUND:
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), f"{thread.name} does not end"
