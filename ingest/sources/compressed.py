"""gzip, unpacked only as far as it may go."""

from __future__ import annotations

import zlib

from ingest.errors import DamagedFile, TooLarge

_GZIP = 31  # zlib's name for the format
MARK = b"\x1f\x8b"


def inflated(name: str, data: bytes, most: int) -> bytes:
    """Unpack `data`, of which `name` tells people where it is from; several members are one text.

    Raises:
        TooLarge: it unpacks to more than `most` bytes.
        DamagedFile: it is no gzip, or cut off.
    """
    unpacked = bytearray()
    try:
        while data:
            member = zlib.decompressobj(_GZIP)
            unpacked += member.decompress(data, most + 1 - len(unpacked))
            if len(unpacked) > most:
                raise TooLarge(
                    f"{name!r} unpacks to more than {most} bytes. Leave it out, or raise COPILOT_WEB_MAX_BYTES."
                )
            if not member.eof:
                raise DamagedFile(f"{name!r} is cut off. Ingest again; if it stays, tell the site.")
            data = member.unused_data
    except zlib.error as error:
        raise DamagedFile(f"{name!r} is packed in a way that cannot be read ({error}). Tell the site.") from error
    return bytes(unpacked)
