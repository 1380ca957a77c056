"""A model's text → claims, while it is still being written. Whatever comes is read, nothing of it is believed.

Wanted is `{"answers_question": true, "sentences": [{"text": …, "passages": [n]}]}`. Code fences, words around it, a cut
end, sentences as plain strings and prose with [n] behind its sentences are read as well.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from knowledge.text import sentence_spans

_MARK = re.compile(r"\[(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\]")
_MARKS_AFTER_STOP = re.compile(r"([。！？.!?][」』”’\"')）]*)((?:\s*\[[\d\s,，、]{1,20}\])+)")
_SPACE_BEFORE_STOP = re.compile(r"\s+([。！？.!?,，；;])")
_OPEN_END = re.compile(r"[\s*]*(?:\[[\d\s,，、]{0,20}\]?[\s*]*)*$")
_PICTURE = re.compile(r"!(?=\[(?!\d))")  #: its exclamation mark would end a sentence
_NUMBER_OF_ITEM = re.compile(r"\d{1,2}[.)、]")
_LIST_MARK = re.compile(r"^\s*(?:[-*+•>#]+\s+|\d{1,2}[.)、]\s+)+")
_LIST = re.compile(r"\"sentences\"\s*:\s*\[|\A\s*\[(?=\s*\{)")
#: What is left of an object that could not be read is no sentence.
_KEY = re.compile(r"[\"']\s*:\s*(?:[\[{\"'\d]|true|false|null)")
_VERDICT = re.compile(r"\"answers_question\"\s*:\s*(true|false)")
_SEPARATORS = re.compile(r"[\s,]*")
_FENCE = re.compile(r"\A\s*```[a-zA-Z]*\s*")
_JSON = json.JSONDecoder(strict=False)  # small models write line breaks into strings
#: Before this much has come a text may be prose or JSON; models say no more than that before an object.
_PREAMBLE = 80
#: Of a text that never ends, this much is read.
LONGEST_TEXT = 8000


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One sentence, without its marks, and the passage numbers it names, known or not."""

    text: str
    passages: tuple[int, ...]


class AnswerReader:
    """Reads pieces as they come; every claim is told once, as soon as its sentence and its numbers are complete."""

    def __init__(self) -> None:
        self._text = ""
        self._told = 0

    @property
    def declined(self) -> bool:
        """Whether the model has said that the passages do not answer the question."""
        verdict = _VERDICT.search(self._text)
        return verdict is not None and verdict[1] == "false"

    def feed(self, piece: str) -> list[Claim]:
        """Return the claims that this piece completes."""
        self._text = (self._text + piece)[:LONGEST_TEXT]
        return self._new(_claims(self._text, finished=False))

    def finish(self) -> list[Claim]:
        """Return what is left when the model has stopped."""
        return self._new(_claims(self._text, finished=True))

    def _new(self, claims: list[Claim]) -> list[Claim]:
        new = claims[self._told :]
        self._told += len(new)
        return new


def read_claims(text: str) -> list[Claim]:
    """Read a whole text."""
    return _claims(text[:LONGEST_TEXT], finished=True)


def _claims(text: str, *, finished: bool) -> list[Claim]:
    plain = _FENCE.sub("", text)
    if "{" not in plain[:_PREAMBLE]:
        # A preamble may still turn into an object, so short text waits.
        return _from_prose(plain, finished=finished) if finished or len(plain) > _PREAMBLE else []
    listed = _LIST.search(plain)
    if listed is not None:
        return _from_json(plain, listed.end())
    return _from_prose(plain, finished=True) if finished else []


def _from_json(text: str, position: int) -> list[Claim]:
    """Read the members of the list as far as they are complete; what comes after the list is no part of it."""
    claims: list[Claim] = []
    while True:
        position = _SEPARATORS.match(text, position).end()  # type: ignore[union-attr]  # it matches nothing, too
        try:
            member, position = _JSON.raw_decode(text, position)
        except (ValueError, RecursionError):
            return claims
        claims.extend(_from_member(member))


def _from_member(member: Any) -> list[Claim]:
    if isinstance(member, str):
        return _from_prose(member, finished=True)
    if not isinstance(member, dict) or not isinstance(member.get("text"), str):
        return []
    named = tuple(_numbers(member.get("passages")))
    return [
        Claim(text=claim.text, passages=tuple(dict.fromkeys((*named, *claim.passages))))
        for claim in _from_prose(member["text"], finished=True)
    ]


def _numbers(value: Any) -> list[int]:
    """Read 1, "1", "[1]" and lists of them; anything else names no passage."""
    if isinstance(value, list):
        return [number for one in value[:20] for number in _numbers(one) if not isinstance(one, list)]
    if isinstance(value, str) and len(value) < 20:
        return [int(number) for number in re.findall(r"[0-9]{1,3}", value)]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


def _from_prose(text: str, *, finished: bool) -> list[Claim]:
    """Split into sentences; marks that follow a full stop belong to the sentence before it."""
    if not finished:  # more marks of the last sentence may follow, so it waits for the next one to begin
        text = text[: _OPEN_END.search(text).start()]  # type: ignore[union-attr]  # it matches nothing, too
    text = _PICTURE.sub("", text.replace("**", ""))
    moved = _MARKS_AFTER_STOP.sub(r"\2\1", text)
    spans = sentence_spans(moved)
    claims = []
    for start, end in spans if finished else spans[:-1]:
        sentence = moved[start:end]
        plain = _LIST_MARK.sub("", _SPACE_BEFORE_STOP.sub(r"\1", _MARK.sub("", sentence))).strip()
        if _NUMBER_OF_ITEM.fullmatch(plain) or _KEY.search(plain):
            continue
        if any(character.isalnum() for character in plain):
            numbers = [int(n) for group in _MARK.findall(sentence) for n in re.findall(r"\d+", group)]
            claims.append(Claim(text=plain, passages=tuple(dict.fromkeys(numbers))))
    return claims
