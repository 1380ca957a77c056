"""Small changes to good files of every format: a document or a stated reason, never an error nobody foresaw."""

from __future__ import annotations

import io
import os
import zipfile
from contextlib import suppress
from random import Random

import pytest

from ingest.errors import EmptyItem, PermanentIngestError
from tests.unit.ingest.made_files import archive
from tests.unit.ingest.test_formats import SAMPLES, parse

MANY = 400 if os.environ.get("COPILOT_TEST_LONG") else 12
#: What readers stumble over more often than over noise.
TRAPS = (b"\0", b"\xff\xfe", b"<", b">", b"&#0;", b"]]>", b"%", b"-1", b"99999999999999999999", b"NaN", b"../", b"PK")


def mutated(data: bytes, chance: Random) -> bytes:
    """Change one to four places."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        length = chance.choice((1, 2, 8, 64, len(data) // 3))
        kind = chance.randrange(5)
        if kind == 0 and at < len(data):
            data = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        elif kind == 1:
            data = data[:at] + data[at + length :]
        elif kind == 2:
            data = data[:at] + data[at : at + length] + data[at:]
        elif kind == 3:
            data = data[:at] + chance.choice(TRAPS) + data[at:]
        else:
            data = data[:at] + chance.randbytes(length) + data[at:]
    return data


def mutated_inside(data: bytes, chance: Random) -> bytes:
    """Change one member of an archive and pack it well again, so that the reader behind the packing sees it."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    name = chance.choice(sorted(members))
    return archive(members | {name: mutated(members[name], chance)})


@pytest.mark.parametrize("media", SAMPLES)
def test_a_mutated_file_gives_a_document_or_a_stated_reason(media: str) -> None:
    data = SAMPLES[media]
    for seed in range(MANY):
        chance = Random(seed)
        inside = data.startswith(b"PK") and seed % 2
        changed = mutated_inside(data, chance) if inside else mutated(data, chance)
        with suppress(PermanentIngestError, EmptyItem):
            assert isinstance(parse(media, changed).text, str)
