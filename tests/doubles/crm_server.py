"""A loopback CRM that takes only what the recorded contracts of HubSpot and Salesforce allow, and keeps it."""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.doubles.recorded_shapes import differences

CONTRACTS = Path(__file__).parent.parent / "contract" / "crm"
HUBSPOT: Mapping[str, Any] = json.loads((CONTRACTS / "hubspot.json").read_text(encoding="utf-8"))
SALESFORCE: Mapping[str, Any] = json.loads((CONTRACTS / "salesforce.json").read_text(encoding="utf-8"))
TOKEN, CLIENT_ID, CLIENT_SECRET = "pat-of-a-test", "3MVG-of-a-test", "secret-of-a-test"
_OBJECT = re.compile(r"/crm/v3/objects/(companies|deals|contacts)/(\d+)")
_LIST = re.compile(r"/crm/v4/objects/(companies|deals|contacts)/(\d+)/associations/(notes|tasks)")
_ROW = re.compile(r"/services/data/v\d+\.0/sobjects/(Account|Opportunity|Contact)/([A-Za-z0-9]{18})")
Reply = tuple[int, Any]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A note or task as the CRM has it."""

    id: str
    kind: str  #: notes, tasks of HubSpot; Task of Salesforce
    at: str  #: companies/123, or an id
    fields: Mapping[str, Any]


@dataclass(kw_only=True)
class Fault:
    """What happens instead of an answer, `times` times; with `after` the work is done before."""

    path: str
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False
    times: int = 1
    skip: int = 0


@dataclass
class CrmServer:
    """Answers like HubSpot and like Salesforce; `refused` says what a request had that no contract allows."""

    records: set[str] = field(default_factory=set)
    kept: list[Kept] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)  #: of Salesforce that are good; the newest last
    page: int = 500
    hidden: set[str] = field(default_factory=set)  #: ids that a batch names among its errors
    port: int = 0

    def __post_init__(self) -> None:
        self._ids = itertools.count(9001)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Base address."""
        return f"http://127.0.0.1:{self.port}"

    def of(self, kind: str) -> list[Kept]:
        """What was kept of a kind, oldest first."""
        return [one for one in self.kept if one.kind == kind]

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any, Mapping]:
        """Take one request at a time."""
        with self._lock:
            path = urlsplit(target).path
            self.requests.append(f"{method} {path}")
            fault = self._fault(path)
            if fault is not None and not fault.after:
                return fault.status, fault.body, fault.headers
            query = dict(parse_qsl(urlsplit(target).query))
            token = headers.get("authorization", "").removeprefix("Bearer ")
            if path.startswith("/crm/"):
                status, told = self._hubspot(method, path, query, token, body)
            else:
                status, told = self._salesforce(method, path, query, token, body)
            if fault is not None:
                return fault.status, fault.body, fault.headers
            return status, told, {}

    def _fault(self, path: str) -> Fault | None:
        for fault in self.faults:
            if re.fullmatch(fault.path, path) and fault.times:
                if fault.skip:
                    fault.skip -= 1
                    return None
                fault.times -= 1
                return fault
        return None

    def _hubspot(self, method: str, path: str, query: dict[str, str], token: str, body: bytes) -> Reply:
        if token != TOKEN:
            return 401, {"status": "error", "category": "INVALID_AUTHENTICATION", "message": "not valid"}
        if found := _OBJECT.fullmatch(path):
            wrong = self._wrong(query, HUBSPOT["record"])
            there = f"{found[1]}/{found[2]}" in self.records
            return wrong or ((200, {"id": found[2], "properties": {}}) if there else _no_object())
        if found := _LIST.fullmatch(path):
            return self._wrong(query, HUBSPOT["association_list"]) or self._listed(found[1], found[2], found[3], query)
        kind = path.removeprefix("/crm/v3/objects/").split("/")[0]
        if method == "POST" and path == f"/crm/v3/objects/{kind}/batch/read" and kind in HUBSPOT["create"]:
            asked = json.loads(body)
            return self._wrong(asked, HUBSPOT["batch_read"]) or self._batch(kind, asked)
        if method == "POST" and path == f"/crm/v3/objects/{kind}" and kind in HUBSPOT["create"]:
            asked = json.loads(body)
            return self._wrong(asked, HUBSPOT["create"][kind]) or self._created(kind, asked)
        return self._unknown(method, path)

    def _listed(self, objects: str, id: str, kind: str, query: Mapping[str, str]) -> Reply:
        ids = [one.id for one in self.of(kind) if one.at == f"{objects}/{id}"]
        at = int(query.get("after", 0))
        size = min(int(query["limit"]), self.page)
        results = [{"toObjectId": int(one), "associationTypes": []} for one in ids[at : at + size]]
        more = {"paging": {"next": {"after": str(at + size)}}} if at + size < len(ids) else {}
        return 200, {"results": results, **more}

    def _batch(self, kind: str, asked: Mapping[str, Any]) -> Reply:
        ids = {one["id"] for one in asked["inputs"]}
        results = [
            {"id": one.id, "properties": {name: one.fields.get(name) for name in asked["properties"]}}
            for one in self.of(kind)
            if one.id in ids - self.hidden
        ]
        errors = [{"status": "error", "category": "FORBIDDEN", "id": id} for id in ids & self.hidden]
        if errors:
            return 207, {"status": "COMPLETE", "results": results, "numErrors": len(errors), "errors": errors}
        return 200, {"status": "COMPLETE", "results": results}

    def _created(self, kind: str, asked: Mapping[str, Any]) -> Reply:
        types = HUBSPOT["association_types"][kind]
        for association in asked["associations"]:
            for type in association["types"]:
                objects = next((name for name, id in types.items() if id == type["associationTypeId"]), None)
                if objects is None:
                    return self._wrong_because(f"{type['associationTypeId']} associates no {kind}")
                place = f"{objects}/{association['to']['id']}"
                if place not in self.records:
                    return _no_object()
        kept = Kept(id=str(next(self._ids)), kind=kind, at=place, fields=asked["properties"])
        self.kept.append(kept)
        return 201, {"id": kept.id, "properties": dict(kept.fields), "archived": False}

    def _salesforce(self, method: str, path: str, query: dict[str, str], token: str, body: bytes) -> Reply:
        if method == "POST" and path == "/services/oauth2/token":
            return self._token(dict(parse_qsl(body.decode())))
        if not self.tokens or token != self.tokens[-1]:
            return 401, [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
        if found := _ROW.fullmatch(path):
            there = f"{found[1]}/{found[2]}" in self.records
            missing = (404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}])
            return self._wrong(query, SALESFORCE["read"]) or ((200, {"Id": found[2]}) if there else missing)
        if method == "GET" and re.fullmatch(r"/services/data/v\d+\.0/query", path):
            return self._query(query.get("q", ""))
        if method == "POST" and re.fullmatch(r"/services/data/v\d+\.0/sobjects/Task", path):
            asked = json.loads(body)
            return self._wrong(asked, SALESFORCE["task"]) or self._task(asked)
        return self._unknown(method, path)

    def _token(self, form: Mapping[str, str]) -> Reply:
        wrong = self._wrong(form, SALESFORCE["token"])
        if wrong or (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return wrong or (400, {"error": "invalid_client", "error_description": "invalid client credentials"})
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        # The address that it names is a trap: nothing may be sent there.
        return 200, {"access_token": self.tokens[-1], "instance_url": "http://169.254.169.254", "token_type": "Bearer"}

    def _query(self, soql: str) -> Reply:
        found = re.fullmatch(SALESFORCE["query"], soql)
        if found is None:
            self.refused.append(soql)
            return 400, [{"errorCode": "MALFORMED_QUERY", "message": soql}]
        rows = [
            {"attributes": {"type": "Task"}, "Id": one.id, "Subject": one.fields["Subject"]}
            for one in self.of("Task")
            if one.fields.get(found[1]) == found[2] and found[3].lower() in one.fields["Subject"].lower()
        ]
        return 200, {"totalSize": len(rows), "done": True, "records": rows}

    def _task(self, asked: Mapping[str, Any]) -> Reply:
        at = asked.get("WhatId") or asked.get("WhoId")
        if at is None:
            return self._wrong_because("a task of nothing")
        if not any(record.endswith(f"/{at}") for record in self.records):
            error = {"errorCode": "INVALID_CROSS_REFERENCE_KEY", "message": "invalid cross reference id", "fields": []}
            return 400, [error]
        kept = Kept(id=f"00T{next(self._ids):015d}", kind="Task", at=at, fields=asked)
        self.kept.append(kept)
        return 201, {"id": kept.id, "success": True, "errors": []}

    def _wrong(self, asked: Any, shape: Mapping[str, Any]) -> Reply | None:
        found = list(differences(asked, shape, HUBSPOT["definitions"]))
        return self._wrong_because("; ".join(found)) if found else None

    def _wrong_because(self, reason: str) -> Reply:
        self.refused.append(reason)
        return 400, {"status": "error", "category": "VALIDATION_ERROR", "message": reason}

    def _unknown(self, method: str, path: str) -> Reply:
        self.refused.append(f"{method} {path}")
        return 404, None


def _no_object() -> Reply:
    return 404, {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "resource not found"}


@contextmanager
def crm_server(*records: str) -> Iterator[CrmServer]:
    """Serve until the end of the block; `records` are there, as `companies/123` or `Account/001…`."""
    crm = CrmServer(records=set(records))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(crm))
    crm.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield crm
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(crm: CrmServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told, extra = crm.answer(self.command, self.path, headers, body)
            if status == 0:  # the line is cut
                self.close_connection = True
                return
            data = told if isinstance(told, bytes) else b"" if told is None else json.dumps(told).encode()
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _take  # noqa: N815  # the names that http.server calls

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
