"""Drafts: an attack in fields of the account, inputs and edited text; then approved, exported and delivered."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from copilot.drafting.draft import DraftKind
from copilot.drafting.kinds import KINDS, WITHOUT_ACCOUNT
from tests.studies.attacks.house import RECORD, House, Tally
from tests.studies.attacks.judge import (
    active,
    cells,
    changed,
    files_of,
    leaked,
    office_file,
    outside,
    pdf_file,
    said,
)
from tests.studies.attacks.strings import Attack

#: A PDF is set by another program and takes as long as all other formats together.
_PDF_EVERY = 10
_OF_KINDS = [kind for kind in DraftKind if kind not in WITHOUT_ACCOUNT]
_KEPT = {"name": "柚子家居", "kp": [{"name": "裴总"}]}


def drafted(house: House, attacks: Sequence[Attack]) -> list[Tally]:
    """Draft, edit, export and deliver with every attack."""
    made, edited, sent = Tally("draft: account and inputs"), Tally("draft: edited, exported"), Tally("draft: delivered")
    session = house.signed_in("li")
    ours = _page(house, session, attacks[0], "柚子家居", "好的")
    for number, attack in enumerate(attacks):
        made.note(attack, *_composed(house, session, attack, number, ours))
        draft = house.call("li", "POST", "/v1/drafts", json={"kind": "customer_message", "account_id": "a1"}).json()
        edited.note(attack, *_edited(house, session, attack, draft["id"], number, ours))
        sent.note(attack, *_delivered(house, attack, draft["id"]))
    table = house.call("owner", "GET", "/v1/insights.csv")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    made.note(attacks[0], table.ways + cells(rows))
    session.close()
    house.call("owner", "PUT", "/v1/accounts/a1", json=RECORD)
    return [made, edited, sent]


def _page(house: House, session: Any, attack: Attack, name: str, point: str) -> Any:
    body = {"kind": "customer_message", "account_id": "a1", "inputs": {"point": point, "to": name}}
    draft = house.call("li", "POST", "/v1/drafts", json=body).json()
    return active(session.get(f"/app/drafts/{draft['id']}").text)


def _composed(house: House, session: Any, attack: Attack, number: int, ours: Any) -> tuple[list[str], str]:
    kind = _OF_KINDS[number % len(_OF_KINDS)]
    text, end = attack.storable.replace("\x00", ""), house.end_of_audit()
    record = RECORD | {"name": text[:100] or "x", "notes": text, "kp": [{"name": text[:60] or "x"}], "key_goal": text}
    put = house.call("owner", "PUT", "/v1/accounts/a1", json=record)
    inputs = {one: text[:1900] for one in KINDS[kind].inputs if not one.endswith("date")}
    reply = house.call("li", "POST", "/v1/drafts", json={"kind": kind, "account_id": "a1", "inputs": inputs})
    ways = [*put.ways, *reply.ways]
    if reply.status == 201:
        body = reply.json()
        # What the account and the inputs say is the echo of whoever wrote them.
        ways += said(body["content"], attack.order, worded=True, echo=text)
        ways += leaked(body["content"], house.secrets)
        page = session.get(f"/app/drafts/{body['id']}")
        ways += [f"active: {one}" for one in active(page.text, ours)]
        shown = session.get("/app/accounts/a1")
        ways += [f"active: {one}" for one in active(shown.text) if "to " in one or one.endswith("=")]
        ways += _files(house, body["id"], pdf=number % _PDF_EVERY == 0)
    house.call("owner", "PUT", "/v1/accounts/a1", json=RECORD | _KEPT)
    _, actions = house.audited(end)
    return ways + changed(actions), f"{put.status} {reply.status}"


def _edited(house: House, session: Any, attack: Attack, id: str, number: int, ours: Any) -> tuple[list[str], str]:
    content, end = attack.storable.replace("\x00", "") or "x", house.end_of_audit()
    reply = house.call("li", "POST", f"/v1/drafts/{id}/revisions", json={"content": content, "based_on": 1})
    ways = reply.ways
    told = house.call("li", "POST", f"/v1/drafts/{id}/instructions", json={"instruction": content[:500], "based_on": 2})
    ways += told.ways
    if reply.status == 201:
        page = session.get(f"/app/drafts/{id}")
        ways += [f"active: {one}" for one in active(page.text, ours)]
        ways += _files(house, id, pdf=number % _PDF_EVERY == 0)
    _, actions = house.audited(end)
    return ways + changed(actions), f"{reply.status} {told.status}"


def _files(house: House, id: str, *, pdf: bool) -> list[str]:
    ways: list[str] = []
    for format in ("md", "docx", "html", *(["pdf"] if pdf else [])):
        reply = house.call("li", "GET", f"/v1/drafts/{id}/export", params={"format": format})
        ways += reply.ways
        name = reply.headers.get("content-disposition", "")
        if any(one in name for one in ("..", "/", "\\", "\n")):
            ways.append(f"outside: {name[:60]}")
        if reply.status != 200:
            continue
        if format == "docx":
            ways += office_file(reply.content)
        elif format == "pdf":
            ways += pdf_file(reply.content)
        elif format == "html":
            found = active(reply.text)
            ways += [f"active: {one}" for one in found if one not in ("<meta>", "<style>")]
    return ways


def _delivered(house: House, attack: Attack, id: str) -> tuple[list[str], str]:
    """Approve what stands there and send it to a file of that name: what leads out is refused."""
    latest = house.call("owner", "GET", f"/v1/drafts/{id}").json()
    decision = {"decision": "approve", "revision": latest["latest"], "reason": "study"}
    house.call("owner", "POST", f"/v1/drafts/{id}/decisions", json=decision)
    before = files_of(house.folder)
    body = {"channel": "file", "destination": attack.storable.replace("\x00", "")[:900]}
    reply = house.call("owner", "POST", f"/v1/drafts/{id}/deliveries", json=body)
    if reply.status == 202:
        house.application.worker.step()
    return reply.ways + outside(before, files_of(house.folder), ("home/exports/", "home/copilot.db", "home/log")), str(
        reply.status
    )
