"""Blobs in a bucket of Amazon S3 or whatever speaks like it: MinIO, Ceph, OSS, COS, R2."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import BinaryIO
from urllib.parse import urlsplit
from uuid import uuid4

import certifi
import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.error import MinioException, S3Error

from knowledge.blobs import ABANDONED_S, UNFINISHED, Blob
from knowledge.errors import BlobsUnavailable

AMAZON = "https://s3.amazonaws.com"
#: S3 takes 5 GiB in one request; an upload is never that large, and one request is complete or absent.
_ONE_PART = 5 * 2**30
#: Where a store that checks nothing itself is found out. S3 calls it `x-amz-meta-sha256`.
_CHECKSUM = "sha256"
_CONNECT_S, _READ_S, _ATTEMPTS = 5.0, 60.0, 3
_GONE = {"NoSuchKey", "NoSuchObject", "NotFound"}


class S3Blobs:
    """Implements `BlobStore`. Requests are signed (Signature Version 4) and say the SHA-256 of what they carry."""

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        endpoint: str = AMAZON,
        access_key: str | None = None,
        secret_key: str | None = None,
        region: str | None = None,
    ) -> None:
        """Connect to nothing yet; the bucket has to exist. `prefix` has no `/` at either end."""
        parts = urlsplit(endpoint)
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT_S, read=_READ_S),
            retries=urllib3.Retry(total=_ATTEMPTS - 1, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
            maxsize=8,
            cert_reqs="CERT_REQUIRED",
            ca_certs=certifi.where(),
        )
        self._client = Minio(
            parts.netloc,
            access_key=access_key,
            secret_key=secret_key,
            secure=parts.scheme == "https",
            region=region or "us-east-1",  # asking for it would take a right that reading and writing does not
            http_client=self._http,
        )

    @property
    def place(self) -> str:
        """The bucket and the prefix in it."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def put(self, blobs: Sequence[tuple[str, BinaryIO]]) -> None:
        """Put one at once; several under other names first, then copied by the store."""
        if len(blobs) == 1:
            self._put(self._name(blobs[0][0]), blobs[0][1])
            return
        waiting: list[tuple[str, str]] = []
        try:
            for key, content in blobs:
                folder = key.rpartition("/")[0]
                waiting.append((self._name(f"{folder}/{UNFINISHED}{uuid4().hex}"), self._name(key)))
                self._put(waiting[-1][0], content)
            with _answering(self.place):
                for name, target in waiting:
                    self._client.copy_object(self._bucket, target, CopySource(self._bucket, name))
        finally:
            with _answering(self.place):
                for name, _ in waiting:
                    self._client.remove_object(self._bucket, name)

    def get(self, key: str) -> bytes:
        """Read it whole and check its checksum."""
        with _answering(self.place, key):
            reply = self._client.get_object(self._bucket, self._name(key))
            try:
                data: bytes = reply.data
                told = reply.headers.get(f"x-amz-meta-{_CHECKSUM}")
            finally:
                reply.close()
                reply.release_conn()
        if told is not None and told != hashlib.sha256(data).hexdigest():
            raise BlobsUnavailable(
                f"{key!r} in {self.place} is not what was stored: its checksum is another. Restore it from a backup."
            )
        return data

    def has(self, key: str) -> bool:
        """Ask for its head."""
        try:
            with _answering(self.place, key):
                self._client.stat_object(self._bucket, self._name(key))
        except KeyError:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove it; S3 says the same whether it was there or not."""
        with _answering(self.place):
            self._client.remove_object(self._bucket, self._name(key))

    def list(self, prefix: str) -> Iterator[Blob]:
        """Yield what is below a prefix, a thousand for each request."""
        with _answering(self.place):
            for one in self._client.list_objects(self._bucket, self._name(prefix), recursive=True):
                key = (one.object_name or "").removeprefix(self._prefix)
                if not one.is_dir and not key.rpartition("/")[2].startswith(UNFINISHED):
                    yield Blob(key=key, size=one.size or 0, stamp=str(one.etag))

    def recover(self, prefix: str, older_than_s: float = ABANDONED_S) -> None:
        """Remove what a killed process left."""
        before = datetime.now(UTC) - timedelta(seconds=older_than_s)
        name = self._name(f"{prefix}{UNFINISHED}")
        with _answering(self.place):
            for one in self._client.list_objects(self._bucket, name, recursive=True):
                if one.object_name and one.last_modified and one.last_modified <= before:
                    self._client.remove_object(self._bucket, one.object_name)

    def close(self) -> None:
        """Close the connections."""
        self._http.clear()

    def _name(self, key: str) -> str:
        return self._prefix + key

    def _put(self, name: str, content: BinaryIO) -> None:
        data = content.read()
        checksum = {_CHECKSUM: hashlib.sha256(data).hexdigest()}
        with _answering(self.place):
            self._client.put_object(
                self._bucket, name, io.BytesIO(data), len(data), metadata=dict(checksum), part_size=_ONE_PART
            )


@contextmanager
def _answering(place: str, key: str | None = None) -> Iterator[None]:
    """Translate what the client raises; with `key`, one that is not there is a `KeyError`."""
    try:
        yield
    except S3Error as error:
        if key is not None and error.code in _GONE:
            raise KeyError(key) from error
        raise BlobsUnavailable(
            f"{place} answers {error.code!r}. Check that the bucket exists, COPILOT_BLOBS_ENDPOINT and _REGION, and "
            "what the keys may do."
        ) from error
    except (MinioException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise BlobsUnavailable(
            f"{place} cannot be reached ({type(error).__name__}). Check COPILOT_BLOBS_ENDPOINT, and try again."
        ) from error
