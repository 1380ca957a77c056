"""Requests to a chat model on file, and a model that answers from them, so that prose can be judged again and again.

One JSON object per line: `request` (hash), `prompt`, `model`, `system`, `user`, `text`. A line without `text` is a
request that still wants its answer, from whatever model or person.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from copilot.chat_model import ChatModel, Prompt, never
from copilot.errors import ChatModelUnavailable, ConfigurationError, NotRecorded

#: What a chat model setting begins with when it names a file of recorded answers.
REPLAY = "replay:"
_HASH_LENGTH = 16
_SHOWN = 60  #: characters of a request that an error repeats


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    request: str
    prompt: str = ""
    model: str = ""
    system: str = ""
    user: str = ""
    text: str | None = None


class RecordingChatModel:
    """Implements `ChatModel`: passes every request on and writes it down with the whole answer."""

    def __init__(self, model: ChatModel, file: Path) -> None:
        self.name = model.name
        self._model = model
        self._file = _Appender(file)

    def complete(self, prompt: Prompt) -> str:
        """Return the model's text."""
        text = self._model.complete(prompt)
        self._file.add(_line(prompt, self.name, text))
        return text

    def stream(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        """Yield the model's text; one that was not written to its end is not kept."""
        pieces = []
        for piece in self._model.stream(prompt, cancelled):
            pieces.append(piece)
            yield piece
        if not cancelled():
            self._file.add(_line(prompt, self.name, "".join(pieces)))


class ReplayChatModel:
    """Implements `ChatModel` from a file; asks nobody.

    A request counts as the same when prompt, passages, their order and question are the same.
    """

    def __init__(self, file: Path, wanted: Path | None = None) -> None:
        """Read the file; requests it does not answer are written to `wanted`, if there is one.

        Raises:
            ConfigurationError: the file cannot be read; names the line.
        """
        lines = _read(file)
        self._texts = {line.request: line.text for line in lines if line.text is not None}
        models = {line.model for line in lines if line.model}
        self.name = models.pop() if len(models) == 1 else "replay"
        self._file = file
        self._wanted = _Appender(wanted) if wanted else None

    def complete(self, prompt: Prompt) -> str:
        """Return the recorded text.

        Raises:
            NotRecorded: the file holds no answer to this request.
        """
        request = request_hash(prompt)
        text = self._texts.get(request)
        if text is None:
            if self._wanted is not None:
                self._wanted.add(_line(prompt, "", None))
            asked = " ".join(_without_mark(prompt, prompt.user).split())[-_SHOWN:]
            raise NotRecorded(
                f"{str(self._file)!r} holds no answer to request {request!r} (it ends in {asked!r}). Record one with a "
                "live model and COPILOT_CHAT_RECORD, or write its text into the file that COPILOT_CHAT_RECORD names."
            )
        if not text.strip():
            raise ChatModelUnavailable(f"The recorded answer to {request!r} is empty.")
        return text

    def stream(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        """Yield the recorded text line by line."""
        for piece in self.complete(prompt).splitlines(keepends=True):
            if cancelled():
                return
            yield piece


def request_hash(prompt: Prompt) -> str:
    """Return what two requests of the same content share; the random mark of the frame is left out."""
    content = [prompt.name, _without_mark(prompt, prompt.system), _without_mark(prompt, prompt.user)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:_HASH_LENGTH]


def _without_mark(prompt: Prompt, text: str) -> str:
    return text.replace(f"-{prompt.mark}>", ">") if prompt.mark else text


def _line(prompt: Prompt, model: str, text: str | None) -> _Line:
    return _Line(
        request=request_hash(prompt),
        prompt=prompt.name,
        model=model,
        system=_without_mark(prompt, prompt.system),
        user=_without_mark(prompt, prompt.user),
        text=text,
    )


class _Appender:
    """One whole line at a time, also when several answers end at once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def add(self, line: _Line) -> None:
        try:
            with self._lock, self._file.open("a", encoding="utf-8") as opened:
                opened.write(json.dumps(line.model_dump(), ensure_ascii=False) + "\n")
        except OSError as error:
            raise ConfigurationError(
                f"{str(self._file)!r} cannot be written: {error.strerror}. Correct COPILOT_CHAT_RECORD."
            ) from error


def _read(file: Path) -> list[_Line]:
    try:
        raw = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{str(file)!r} cannot be read ({error}). Correct COPILOT_CHAT_MODEL.") from error
    lines = []
    for number, text in enumerate(raw, start=1):
        if not text.strip():
            continue
        try:
            lines.append(_Line.model_validate_json(text))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise ConfigurationError(
                f"Line {number} of {str(file)!r} is no recorded answer: {first['msg'].lower()}. Correct or remove it."
            ) from error
    return lines
