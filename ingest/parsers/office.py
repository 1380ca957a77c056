"""What every Office file and archive must pass before a library unpacks it."""

from __future__ import annotations

import io
import zipfile

from ingest.errors import CompressionBomb, DamagedFile, TooLarge
from ingest.limits import Limits
from ingest.source import Item


def opened(item: Item, data: bytes) -> zipfile.ZipFile:
    """Open the archive that an Office file or a ZIP is.

    Raises:
        DamagedFile: it is none, or has been cut off.
    """
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise DamagedFile(
            f"{item.source!r} is not what its name says, or was cut off ({error}). Get it anew."
        ) from error


def checked(item: Item, data: bytes, limits: Limits) -> zipfile.ZipFile:
    """Open an archive whose contents stay within the limits.

    The sizes are those that the archive states; `zipfile` never unpacks more of a member than is stated.

    Raises:
        DamagedFile, TooLarge, CompressionBomb: it must not be unpacked.
    """
    archive = opened(item, data)
    members = archive.infolist()
    size = sum(member.file_size for member in members)
    if len(members) > limits.members:
        raise TooLarge(f"{item.source!r} has {len(members)} members; {limits.members} are allowed. Split it.")
    if size > limits.harmless and size > limits.ratio * max(len(data), 1):
        raise CompressionBomb(
            f"{item.source!r} has {len(data)} bytes and unpacks to {size}, more than {limits.ratio} times as much. "
            "Leave it out, or raise COPILOT_PARSE_MAX_RATIO."
        )
    if size > limits.bytes:
        raise TooLarge(
            f"{item.source!r} unpacks to {size} bytes; {limits.bytes} are allowed. Split it, or raise "
            "COPILOT_PARSE_MAX_BYTES."
        )
    return archive
