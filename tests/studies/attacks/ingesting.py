"""Files: an attack as name, text, title, front matter, cell, name of a member, web page; then every page shown."""

from __future__ import annotations

import csv
import html
import io
import json
import time
import zipfile
from collections.abc import Sequence
from typing import Any

from lxml import etree
from openpyxl import Workbook

from tests.studies.attacks.house import House, Tally
from tests.studies.attacks.judge import active, changed, files_of, lost, outside
from tests.studies.attacks.strings import Attack

#: Where ingestion may write; everything else of the folder, and what lies beside the home, stays as it is.
_WITHIN = ("home/",)
_FILES_AT_ONCE = 20


def ingested(house: House, attacks: Sequence[Attack]) -> list[Tally]:
    """Bring every attack in, in every way, and look at what the workbench then shows."""
    before, (end, _) = files_of(house.folder), house.audited(0)
    tallies = [_uploaded(house, attacks), *_contents(house, attacks), _shown(house, attacks)]
    whole = outside(before, files_of(house.folder), _WITHIN)
    uploads = house.folder / "home" / "uploads"
    strays = [f"outside: {path.name}" for path in uploads.rglob("*") if path.is_symlink() or path.is_dir()]
    _, actions = house.audited(end)
    if ways := [*whole, *strays, *changed(actions)]:
        tallies[0].through.append(("all", "afterwards", ways))
    return tallies


def _uploaded(house: House, attacks: Sequence[Attack]) -> Tally:
    """Upload a file of each name; a name that cannot be one is refused, and the others go in."""
    tally = Tally("ingestion: file name")
    for attack in attacks:
        name = attack.storable[:120] + ".md"
        reply = house.call("owner", "POST", "/v1/documents", files={"file": (name, f"# 试用 {attack.id}\n".encode())})
        ways = reply.ways + (_followed(house, reply.json()) if reply.status == 202 else [])
        tally.note(attack, ways, str(reply.status))
    return tally


def _contents(house: House, attacks: Sequence[Attack]) -> list[Tally]:
    """Upload files that hold attacks, twenty at once, one of each kind for each attack."""
    tallies = []
    for kind, made in _KINDS.items():
        tally = Tally(f"ingestion: {kind}")
        for start in range(0, len(attacks), _FILES_AT_ONCE):
            group = attacks[start : start + _FILES_AT_ONCE]
            files = made(group)
            reply = house.call("owner", "POST", "/v1/documents", files=[("file", one) for one in files])
            names = [name for name, _ in files]
            ways = reply.ways if reply.status != 202 else _followed(house, reply.json(), names)
            for number, attack in enumerate(group):
                tally.note(attack, ways if number == 0 else [], str(reply.status))
        tallies.append(tally)
    return tallies


def _followed(house: House, run: dict[str, Any], given: Sequence[str] = ()) -> list[str]:
    until = time.monotonic() + 120
    while run["status"] == "running":
        if time.monotonic() > until:
            return ["broken: the ingestion does not end"]
        time.sleep(0.05)
        run = house.call("owner", "GET", f"/v1/ingestions/{run['id']}").json()
    return lost(given, run["report"]["documents"]) if run.get("report") else [f"broken: {run['status']}"]


def _markdown(group: Sequence[Attack]) -> list[tuple[str, bytes]]:
    return [(f"{one.id}-text.md", f"# 文字\n\n{one.storable}\n".encode()) for one in group]


def _titled(group: Sequence[Attack]) -> list[tuple[str, bytes]]:
    return [(f"{one.id}-titled.md", f"# {' '.join(one.storable.split())}\n\n续约 {one.id}\n".encode()) for one in group]


def _front(group: Sequence[Attack]) -> list[tuple[str, bytes]]:
    """Quoted as YAML does it, and as it stands, which may be no YAML at all."""
    made = []
    for one in group:
        quoted = json.dumps(one.storable)
        made += [
            (f"{one.id}-front.md", f"---\ntitle: {quoted}\nowner: {quoted}\n---\n续约 {one.id}\n".encode()),
            (f"{one.id}-raw.md", f"---\ntitle: {one.storable}\nkind: faq\n---\n续约 {one.id}\n".encode()),
        ]
    return made


def _cells(group: Sequence[Attack]) -> list[tuple[str, bytes]]:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["问题", "答案"])
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["问题", "答案"])
    for one in group:
        table.writerow([one.storable, one.storable])
        sheet.append([_in_xml(one.storable)] * 2)
    book = io.BytesIO()
    workbook.save(book)
    return [(f"{group[0].id}.csv", text.getvalue().encode()), (f"{group[0].id}.xlsx", book.getvalue())]


def _in_xml(text: str) -> str:
    """Return a text as a workbook can hold it: escaped where it holds what no XML does."""
    try:
        etree.Element("t").text = text
    except ValueError:
        return ascii(text)
    return text


def _members(group: Sequence[Attack]) -> list[tuple[str, bytes]]:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for one in group:
            archive.writestr(zipfile.ZipInfo(one.storable.replace("\x00", "")[:200] + ".md"), f"续约 {one.id}")
    return [(f"{group[0].id}.zip", data.getvalue())]


def _pages(group: Sequence[Attack]) -> list[tuple[str, bytes]]:
    page = "<html><head><title>{title}</title></head><body><h1>续约</h1><p>{body}</p></body></html>"
    return [
        (f"{one.id}-page.html", page.format(title=html.escape(one.storable), body=one.storable).encode())
        for one in group
    ]


_KINDS = {
    "text": _markdown,
    "title": _titled,
    "front matter": _front,
    "CSV and XLSX cell": _cells,
    "ZIP member": _members,
    "web page": _pages,
}


def _shown(house: House, attacks: Sequence[Attack]) -> Tally:
    """Open the page of every document, beside that of a harmless one, as the curator sees it."""
    tally = Tally("workbench: document pages")
    session = house.signed_in("shen")
    own = next(one.id for one in house.application.store.summaries() if str(one.source).endswith("own.md"))
    ours = active(session.get(f"/app/knowledge/{own}").text)
    lists = active(session.get("/app/knowledge", params={"q": "续约提前多久"}).text)
    by_family = {one.id: one for one in attacks}
    for number, document in enumerate(house.application.store.summaries()):
        attack = next((by_family[id] for id in by_family if id in str(document.source)), attacks[number % len(attacks)])
        page = session.get(f"/app/knowledge/{document.id}")
        ways = [f"active: {one}" for one in active(page.text, ours)] if page.status_code == 200 else []
        tally.note(attack, ways + [f"broken: {page.status_code}"] * (page.status_code >= 500), str(page.status_code))
    pages = [session.get("/app/knowledge", params={"q": one.text[:80]}).text for one in attacks[::10]]
    for attack, text in zip(attacks[::10], pages, strict=True):
        tally.note(attack, [f"active: {one}" for one in active(text, lists)])
    session.close()
    return tally
