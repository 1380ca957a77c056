"""An S3-compatible store on loopback: objects of one bucket in memory, for whoever signs as the documentation says.

Written from "Signature Version 4" and the API reference of Amazon S3, not from a client. Requests whose signature or
checksum is another are refused as S3 refuses them.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

ACCESS_KEY, SECRET_KEY, BUCKET, REGION = "copilot-access", "copilot-secret", "copilot", "us-east-1"
_PAGE = 2  #: keys in one reply to a listing, so that every listing goes on
_SPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


class S3Server:
    """Runs from construction to `stop`. `objects` holds data and metadata by key; `broken` makes every reply a 500."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, dict[str, str], datetime]] = {}
        self.broken = False
        self.refused: list[str] = []  #: codes of what was refused
        server = self

        class Handler(_Handler):
            store = server

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def settings(self) -> dict[str, str]:
        """Return the settings of a process that keeps its blobs here."""
        return {
            "COPILOT_BLOBS": f"s3://{BUCKET}/trial",
            "COPILOT_BLOBS_ENDPOINT": self.url,
            "COPILOT_BLOBS_ACCESS_KEY": ACCESS_KEY,
            "COPILOT_BLOBS_SECRET_KEY": SECRET_KEY,
        }

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run until the end of the block."""
    server = S3Server()
    try:
        yield server
    finally:
        server.stop()


class _Handler(BaseHTTPRequestHandler):
    store: S3Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body, key, query = self._request()
        if body is None:
            return
        if not key:
            self._list(query)
        elif key in self.store.objects:
            self._object(key)
        else:
            self._refuse(404, "NoSuchKey")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        body, key, _ = self._request()
        if body is None:
            return
        source = self.headers.get("x-amz-copy-source")
        told = {name.lower(): value for name, value in self.headers.items() if name.lower().startswith("x-amz-meta-")}
        if source is not None:
            copied = self.store.objects.get(unquote(source).lstrip("/").removeprefix(f"{BUCKET}/"))
            if copied is None:
                self._refuse(404, "NoSuchKey")
                return
            body, told = copied[0], copied[1]
        self.store.objects[key] = body, told, datetime.now(UTC)
        etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        if source is None:
            self._reply(200, b"", {"ETag": f'"{etag}"'})
            return
        told_xml = f'<CopyObjectResult {_SPACE}><ETag>"{etag}"</ETag><LastModified>{_moment(datetime.now(UTC))}'
        self._reply(200, f"{told_xml}</LastModified></CopyObjectResult>".encode())

    def do_DELETE(self) -> None:
        body, key, _ = self._request()
        if body is not None:
            self.store.objects.pop(key, None)
            self._reply(204, b"")

    def _request(self) -> tuple[bytes | None, str, dict[str, str]]:
        """Return body, key and query of a request that may be made; None for the body of one that was refused."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        refused = self._wrong(body, parts.path, query)
        if self.store.broken:
            self._refuse(500, "InternalError")
        elif refused:
            self._refuse(*refused)
        elif bucket != BUCKET:
            self._refuse(404, "NoSuchBucket")
        else:
            return body, key, query
        return None, key, query

    def _wrong(self, body: bytes, path: str, query: dict[str, str]) -> tuple[int, str] | None:
        kind, _, said = self.headers.get("authorization", "").partition(" ")
        told = dict(part.strip().split("=", 1) for part in said.split(",") if "=" in part)
        if kind != "AWS4-HMAC-SHA256" or told.keys() != {"Credential", "SignedHeaders", "Signature"}:
            return 403, "AccessDenied"
        access, day, region, service, end = told["Credential"].split("/")
        if access != ACCESS_KEY:
            return 403, "InvalidAccessKeyId"
        names = told["SignedHeaders"].split(";")
        amazon = {name.lower() for name in self.headers if name.lower().startswith("x-amz-")}
        if not {"host"} | amazon <= set(names):
            return 403, "AccessDenied"
        payload, moment = self.headers["x-amz-content-sha256"], self.headers["x-amz-date"]
        if payload != hashlib.sha256(body).hexdigest():
            return 400, "XAmzContentSHA256Mismatch"
        sent = datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs((datetime.now(UTC) - sent).total_seconds()) > 900:
            return 403, "RequestTimeTooSkewed"
        asked = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items()))
        headers = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in names)
        canonical = "\n".join([self.command, path, asked, headers, ";".join(names), payload])
        scope = f"{day}/{region}/{service}/{end}"
        text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = f"AWS4{SECRET_KEY}".encode()
        for part in (day, REGION, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        right = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        return None if hmac.compare_digest(right, told["Signature"]) else (403, "SignatureDoesNotMatch")

    def _list(self, query: dict[str, str]) -> None:
        prefix, after = query.get("prefix", ""), query.get("continuation-token", "")
        names = sorted(name for name in list(self.store.objects) if name.startswith(prefix) and name > after)
        page = names[:_PAGE]
        more = len(names) > len(page)
        told = "".join(self._entry(name) for name in page)
        further = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        told = (
            f"<ListBucketResult {_SPACE}><Name>{BUCKET}</Name><Prefix>{quote(prefix)}</Prefix>"
            f"<EncodingType>url</EncodingType><KeyCount>{len(page)}</KeyCount><MaxKeys>{_PAGE}</MaxKeys>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{further}{told}</ListBucketResult>"
        )
        self._reply(200, told.encode(), {"Content-Type": "application/xml"})

    def _entry(self, name: str) -> str:
        data, _, at = self.store.objects[name]
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return (
            f"<Contents><Key>{quote(name)}</Key><LastModified>{_moment(at)}</LastModified>"
            f'<ETag>"{etag}"</ETag><Size>{len(data)}</Size><StorageClass>STANDARD</StorageClass></Contents>'
        )

    def _object(self, key: str) -> None:
        data, told, at = self.store.objects[key]
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        modified = at.strftime("%a, %d %b %Y %H:%M:%S GMT")
        self._reply(200, data, told | {"ETag": f'"{etag}"', "Last-Modified": modified})

    def _refuse(self, status: int, code: str) -> None:
        self.store.refused.append(code)
        told = f"<Error><Code>{code}</Code><Message>{code}</Message><RequestId>1</RequestId></Error>"
        self._reply(status, told.encode(), {"Content-Type": "application/xml"})

    def _reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
