"""VTT and SRT: what was said, by whom; the clock becomes headings, so that a citation tells when."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.decoding import decode
from ingest.errors import DamagedFile
from ingest.parsers.characters import readable
from ingest.source import Item
from knowledge.document import Document

#: Seconds under one heading: about as much as a chunk holds.
_BLOCK = 120
_TIMES = re.compile(r"^\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,]\d{1,3}\s*-->")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"</?[a-z][^>]*>|<\d[\d:.]*>|\{\\[^}]*\}", re.IGNORECASE)
_SPEAKER = re.compile(r"^([^:：.。!?！？]{1,24})[:：]\s*(.+)$", re.DOTALL)


class TranscriptParser:
    """Implements `Parser` for .vtt and .srt."""

    def parse(self, item: Item, data: bytes) -> Document:
        """Return turns, consecutive cues of a speaker joined.

        Raises:
            UnreadableText, DamagedFile: it cannot be read.
        """
        text, warnings = decode(data)
        cues = list(_cues(readable(text)))
        if not cues and text.strip().removeprefix("WEBVTT").strip():
            raise DamagedFile(f"{item.source!r} has no time stamps as a transcript has. Name it .txt to keep its text.")
        return Document(source=item.source, title="", text=_written(cues), warnings=warnings)


def _cues(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield second, speaker (empty if unknown) and words of every cue."""
    for block in re.split(r"\n\s*\n", text):
        lines = block.strip().split("\n")
        at = next((number for number, line in enumerate(lines) if _TIMES.match(line)), None)
        if at is None:
            continue
        hours, minutes, seconds = (int(group or 0) for group in _TIMES.match(lines[at]).groups())  # type: ignore[union-attr]  # it matched
        said = " ".join(line.strip() for line in lines[at + 1 :] if line.strip())
        voice = _VOICE.search(said)
        words = " ".join(_TAG.sub("", said).split())
        named = None if voice else _SPEAKER.match(words)
        speaker = voice.group(1).strip() if voice else named.group(1).strip() if named else ""
        if words:
            yield hours * 3600 + minutes * 60 + seconds, speaker, named.group(2) if named else words


def _written(cues: list[tuple[int, str, str]]) -> str:
    blocks: list[str] = []
    block, speaker, before = -1, "", ""
    for second, who, words in cues:
        if words == before:  # captions that roll show every line twice
            continue
        before = words
        if second // _BLOCK != block:
            block = second // _BLOCK
            blocks.append(f"## {_clock(block * _BLOCK)}")
            speaker = ""
        elif blocks and (who == speaker or not who) and not blocks[-1].startswith("## "):
            blocks[-1] += _joint(blocks[-1]) + words
            continue
        speaker = who
        blocks.append(f"{who}: {words}" if who else words)
    return "\n\n".join(blocks)


def _joint(before: str) -> str:
    return "" if before[-1] >= "\u2e80" else " "


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
