"""Files sent over HTTP: stored whole or not at all, ingested as one origin, gone when they are deleted."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from copilot.adapters.blob_uploads import BlobUploads
from copilot.bootstrap import Application, open_application
from copilot.errors import InvalidRequest
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.settings import Settings
from knowledge.adapters.folder_blobs import FolderBlobs
from knowledge.adapters.hashing_embedder import HashingEmbedder

MOST = 300_000
BOUNDARY = "multipart/form-data; boundary=x"


@pytest.fixture
def application(home: Path, database: Any) -> Iterator[Application]:
    """One that takes small uploads."""
    with open_application(Settings(home=home, upload_max_bytes=MOST), embedder=HashingEmbedder()) as opened:
        yield opened


@pytest.fixture
def client(application: Application) -> Iterator[TestClient]:
    """A client with the owner's key."""
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    key = {"Authorization": f"Bearer {application.access.first_key()}"}
    with TestClient(app, headers=key, raise_server_exceptions=False) as opened:
        yield opened


def upload(client: TestClient, *files: tuple[str, bytes]) -> dict[str, str]:
    """Upload and wait; statuses, or else codes, by source."""
    reply = client.post("/v1/documents", files=[("file", file) for file in files])
    assert reply.status_code == 202, reply.text
    return finished(client, reply.json())


def finished(client: TestClient, run: dict[str, Any]) -> dict[str, str]:
    until = time.monotonic() + 60
    while run["status"] == "running" and time.monotonic() < until:
        time.sleep(0.02)
        run = client.get(f"/v1/ingestions/{run['id']}").json()
    assert run["status"] == "finished", run
    return {line["source"]: line["code"] or line["status"] for line in run["report"]["documents"]}


def listed(client: TestClient) -> dict[str, str]:
    return {line["source"]: line["origin"] for line in client.get("/v1/documents").json()["documents"]}


def test_files_are_documents_of_one_origin(client: TestClient) -> None:
    sent = upload(client, ("续费.md", "# 续费\n\n客户成功经理负责。".encode()), ("trial.txt", "试用一周。".encode()))
    assert sent == {"续费.md": "added", "trial.txt": "added"}
    assert listed(client) == {"续费.md": "uploads", "trial.txt": "uploads"}


def test_what_was_sent_before_stays_and_the_same_name_is_replaced(client: TestClient) -> None:
    upload(client, ("a.md", "试用一周。".encode()), ("b.md", "报价三天。".encode()))
    assert upload(client, ("a.md", "试用两周。".encode())) == {"a.md": "updated", "b.md": "unchanged"}
    assert "两周" in client.get("/v1/documents/a.md").json()["text"]


def test_a_deleted_upload_does_not_come_back(client: TestClient, home: Path) -> None:
    upload(client, ("a.md", "试用一周。".encode()), ("b.md", "报价三天。".encode()))
    assert client.delete("/v1/documents/a.md").status_code == 200
    assert [path.name for path in (home / "uploads").iterdir()] == ["b.md"]
    assert upload(client, ("c.md", "交接当天。".encode())) == {"b.md": "unchanged", "c.md": "added"}


def test_a_document_of_another_origin_leaves_an_upload_of_its_name_alone(
    client: TestClient, application: Application, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text("另一份资料。", encoding="utf-8")
    application.indexing.ingest([str(tmp_path / "a.md")], corpus=False)
    (home / "uploads").mkdir()
    (home / "uploads" / "a.md").write_text("还没有收录。", encoding="utf-8")
    assert client.delete("/v1/documents/a.md").status_code == 200
    assert (home / "uploads" / "a.md").exists()


def test_members_of_an_uploaded_archive_are_deleted_without_their_file(client: TestClient, home: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("in.md", "试用一周。")
    upload(client, ("x.zip", packed.getvalue()))
    assert client.delete("/v1/documents/x.zip/in.md").status_code == 200
    assert (home / "uploads" / "x.zip").exists()
    assert client.delete("/v1/documents/x.zip").status_code == 200
    assert not (home / "uploads" / "x.zip").exists()


def test_a_file_that_cannot_be_read_is_reported_like_any_other(client: TestClient) -> None:
    assert upload(client, ("a.exe", b"MZ"), ("b.md", b"")) == {"a.exe": "unsupported_format", "b.md": "no_text"}


def test_a_file_that_no_document_came_of_can_be_deleted_too(client: TestClient, home: Path) -> None:
    upload(client, ("a.exe", b"MZ"))
    assert client.delete("/v1/documents/a.exe").json() == {"source": "a.exe", "status": "deleted"}
    assert list((home / "uploads").iterdir()) == []
    assert client.delete("/v1/documents/a.exe").json()["code"] == "unknown_document"


def test_the_file_of_a_document_that_somebody_may_not_read_is_not_deleted_by_them(
    client: TestClient, home: Path
) -> None:
    upload(client, ("a.md", "---\ngroups: [财务]\n---\n报价三天。".encode()))
    assert client.post("/v1/people", json={"id": "li", "name": "李", "roles": ["curator"]}).status_code < 300
    key = client.post("/v1/keys", json={"person": "li", "label": "x"}).json()["key"]
    reply = client.delete("/v1/documents/a.md", headers={"Authorization": f"Bearer {key}"})
    assert reply.json()["code"] == "unknown_document"
    assert (home / "uploads" / "a.md").exists()


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_an_upload_that_is_too_large_leaves_nothing(client: TestClient, home: Path, told: bool) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n'
    sent = 0

    def parts() -> Iterator[bytes]:
        nonlocal sent
        yield head
        while sent < 40 * MOST:
            sent += 65536
            yield b"x" * 65536

    body = head + b"x" * 2 * MOST if told else parts()
    reply = client.post("/v1/documents", content=body, headers={"Content-Type": BOUNDARY})
    assert (reply.status_code, reply.json()["code"]) == (413, "upload_too_large")
    assert not (home / "uploads").exists()


BROKEN = {
    "no boundary": ("multipart/form-data", b""),
    "nothing in it": (BOUNDARY, b"--x--\r\n"),
    "only a field": (BOUNDARY, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n'),
    "not a form": (BOUNDARY, b"hello"),
    "cut off": (BOUNDARY, b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.md"\r\n\r\nhalf a fi'),
    "second cut off": (
        BOUNDARY,
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.md"\r\n\r\nwhole\r\n'
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="b.md"\r\n\r\nhalf',
    ),
    "no name": (BOUNDARY, b'--x\r\nContent-Disposition: form-data; name="f"; filename=".."\r\n\r\nx\r\n--x--\r\n'),
    "a json list": ("application/json", b"[]"),
    "no json": ("application/json", b"{"),
    "a form of fields": ("application/x-www-form-urlencoded", b"a=b"),
}


def test_what_cannot_be_understood_is_refused_and_leaves_nothing(client: TestClient, home: Path) -> None:
    replies = {
        name: client.post("/v1/documents", content=body, headers={"Content-Type": kind})
        for name, (kind, body) in BROKEN.items()
    }
    told = {name: (reply.status_code, reply.json().get("code")) for name, reply in replies.items()}
    assert told == dict.fromkeys(BROKEN, (422, "invalid_request"))
    assert not (home / "uploads").exists()


def test_two_files_of_one_name_are_refused(client: TestClient, home: Path) -> None:
    reply = client.post("/v1/documents", files=[("file", ("a.md", b"x")), ("file", ("in/a.md", b"y"))])
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
    assert not (home / "uploads").exists()


def test_paths_are_ingested_as_json(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("试用一周。", encoding="utf-8")
    reply = client.post("/v1/documents", json={"paths": [str(tmp_path / "a.md")], "corpus": False})
    assert reply.status_code == 202
    assert finished(client, reply.json()) == {"a.md": "added"}


def test_both_forms_stand_in_the_description(client: TestClient) -> None:
    body = client.get("/openapi.json").json()["paths"]["/v1/documents"]["post"]["requestBody"]["content"]
    assert set(body) == {"application/json", "multipart/form-data"}


def test_readers_may_not_upload(client: TestClient) -> None:
    assert client.post("/v1/people", json={"id": "li", "name": "李", "roles": ["reader"]}).status_code < 300
    key = client.post("/v1/keys", json={"person": "li", "label": "x"}).json()["key"]
    reply = client.post("/v1/documents", files={"file": ("a.md", b"x")}, headers={"Authorization": f"Bearer {key}"})
    assert (reply.status_code, reply.json()["code"]) == (403, "not_permitted")


def test_what_a_killed_process_left_unfinished_is_removed(home: Path) -> None:
    (home / "uploads").mkdir(parents=True)
    (home / "uploads" / ".unfinished-1").write_bytes(b"half")
    with open_application(Settings(home=home), embedder=HashingEmbedder()) as opened:
        assert not opened.copilot.uploads.any
    assert list((home / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.md", "a.md"),
        ("续费 手册.docx", "续费 手册.docx"),
        ("../../etc/passwd.md", "passwd.md"),
        ("C:\\Users\\王\\报价.xlsx", "报价.xlsx"),
        ("/abs/a.md", "a.md"),
        (".hidden.md", "hidden.md"),
        ("~$open.docx", "open.docx"),
        ("a\x00b\r\n\x7f.md", "ab .md"),
        ("exe\u202egnp.md", "exegnp.md"),
        ("a.md.", "a.md"),
        ("e\u0301.md", "é.md"),
        ("长" * 300 + ".docx", "长" * 65 + ".docx"),
        ("x" * 300, "x" * 200),
        ("a\udcff.md", "a.md"),
    ],
)
def test_a_name_holds_nothing_but_a_name(tmp_path: Path, given: str, kept: str) -> None:
    uploads = BlobUploads(FolderBlobs(tmp_path), "uploads", MOST)
    assert uploads.keep([(given, io.BytesIO(b"x"))]) == [kept]
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == [kept]


@pytest.mark.parametrize("given", ["", ".", "..", "/", "a/", "\x00", "...", " ", "desktop.ini", "node_modules"])
def test_some_names_are_none(tmp_path: Path, given: str) -> None:
    with pytest.raises(InvalidRequest):
        BlobUploads(FolderBlobs(tmp_path), "uploads", MOST).keep([(given, io.BytesIO(b"x"))])


def test_a_file_that_breaks_off_replaces_nothing(tmp_path: Path) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("No space left on device")

    uploads = BlobUploads(FolderBlobs(tmp_path), "uploads", MOST)
    uploads.keep([("a.md", io.BytesIO(b"old"))])
    with pytest.raises(OSError, match="space"):
        uploads.keep([("a.md", io.BytesIO(b"new")), ("b.md", Breaking())])
    assert {path.name: path.read_bytes() for path in (tmp_path / "uploads").iterdir()} == {"a.md": b"old"}


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "..", "", "a/b"])
def test_nothing_outside_is_removed(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").touch()
    (tmp_path / "uploads").mkdir()
    assert not BlobUploads(FolderBlobs(tmp_path), "uploads", MOST).remove(name)
    assert (tmp_path / "secret").exists()
