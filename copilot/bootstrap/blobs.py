"""Where originals, uploads and approved answers are: the home, another folder, or an S3-compatible store."""

from __future__ import annotations

import logging
from pathlib import Path

from copilot.errors import ConfigurationError
from copilot.settings import Settings
from knowledge.adapters.blob_originals import ORIGINALS
from knowledge.adapters.folder_blobs import FolderBlobs
from knowledge.blobs import BlobStore

_log = logging.getLogger(__name__)

UPLOADS_FOLDER, APPROVED_FOLDER, EXPORTS_FOLDER = "uploads", "approved", "exports"
#: Everything that is kept in blobs, in the order in which it is carried over.
PREFIXES = (ORIGINALS, *(f"{name}/" for name in (UPLOADS_FOLDER, APPROVED_FOLDER, EXPORTS_FOLDER)))


def blobs_of(settings: Settings) -> BlobStore:
    """Return the store of the settings; what the home has of it is carried over first.

    Raises:
        ConfigurationError: the setting names neither a folder nor a bucket.
        BlobsUnavailable: the store cannot be used.
    """
    if settings.blobs is None:
        return FolderBlobs(settings.home)
    store = _named(settings.blobs, settings)
    carry_over(FolderBlobs(settings.home), store)
    return store


def exports_of(settings: Settings) -> Path | None:
    """Return the folder that deliveries are written to; None where all there is for files is a bucket."""
    if settings.blobs is None:
        return settings.home / EXPORTS_FOLDER
    return None if "://" in settings.blobs else Path(settings.blobs) / EXPORTS_FOLDER


def carry_over(home: FolderBlobs, store: BlobStore) -> int:
    """Move what a home has (of the time before there was a store, or out of a backup) into it; returns how many.

    Each file is removed when the store has it, so a run that is killed is gone on with by the next one.
    """
    moved = 0
    for prefix in PREFIXES:
        for blob in home.list(prefix):
            if blob.key.rpartition("/")[2].startswith("."):
                continue  # not finished
            with (home.root / blob.key).open("rb") as file:
                store.put([(blob.key, file)])
            home.delete(blob.key)
            moved += 1
    if moved:
        _log.warning("%d files of the home were moved to %s", moved, store.place)
    return moved


def _named(named: str, settings: Settings) -> BlobStore:
    scheme, separator, rest = named.partition("://")
    if not separator:
        folder = Path(named)
        if folder.resolve() == settings.home.resolve():
            raise ConfigurationError("COPILOT_BLOBS is the home itself. Leave it out, or name another folder.")
        return FolderBlobs(folder)
    bucket, _, prefix = rest.strip("/").partition("/")
    if scheme != "s3" or not bucket or any(sign in rest for sign in "@?#"):
        raise ConfigurationError(
            "COPILOT_BLOBS is a folder, s3://bucket or s3://bucket/prefix. Keys stand in COPILOT_BLOBS_ACCESS_KEY and "
            "_SECRET_KEY, the address of the store in COPILOT_BLOBS_ENDPOINT."
        )
    if (settings.blobs_access_key is None) != (settings.blobs_secret_key is None):
        raise ConfigurationError("COPILOT_BLOBS_ACCESS_KEY and COPILOT_BLOBS_SECRET_KEY go together. Set both.")
    from knowledge.adapters.s3_blobs import AMAZON, S3Blobs  # not before it is needed: most keep folders

    access, secret = settings.blobs_access_key, settings.blobs_secret_key
    return S3Blobs(
        bucket,
        prefix,
        endpoint=settings.blobs_endpoint or AMAZON,
        access_key=access.get_secret_value() if access else None,
        secret_key=secret.get_secret_value() if secret else None,
        region=settings.blobs_region,
    )
