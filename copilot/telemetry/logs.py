"""Log lines on stderr, as JSON for machines or as text for people, each with what it is about.

Lines are read by more people than answers are, and kept elsewhere: whatever stands in one, a stack included, no secret
and nobody's number leaves.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Collection
from datetime import UTC, datetime
from typing import IO, Literal

from copilot.privacy.masking import sealed, sealed_values
from copilot.telemetry.context import at_hand

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]

#: Our own packages speak at the level of the settings; others write addresses with tokens in them at `info`.
_OURS = ("copilot", "ingest", "knowledge")
#: What a library says at `warning` is for an operator.
_OTHERS: LogLevel = "warning"
#: Keys of every line; nothing that is noted can take their place.
_FIXED = ("time", "level", "event", "logger", "message")


def set_up_logs(
    format: LogFormat = "text",
    level: LogLevel = "warning",
    stream: IO[str] | None = None,
    secrets: Collection[str] = (),
) -> None:
    """Send every log line of this process to stderr; may be called again with something else.

    `secrets` are values that no line may repeat, whatever they look like.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(secrets) if format == "json" else TextLines(secrets))
    logging.basicConfig(handlers=[handler], level=_OTHERS.upper(), force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    logging.captureWarnings(format == "json")  # a warning of Python in between would be no JSON


def log_event(logger: logging.Logger, level: int, event: str, message: str, **fields: object) -> None:
    """Write a line that machines look for by its event."""
    if logger.isEnabledFor(level):
        logger.log(level, "%s", message, extra={"event": event, "fields": fields})


class JsonLines(logging.Formatter):
    """One JSON object per line."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        line: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", "log"),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in _facts(record).items() if name not in _FIXED}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["error"] = {
                "type": type(error).__name__,
                "message": str(error),
                "stack": "".join(traceback.format_exception(error)),
            }
        shown = sealed_values(json.loads(json.dumps(line, default=str)), self._secrets)
        return json.dumps(shown, ensure_ascii=False)


class TextLines(logging.Formatter):
    """A line for people: what happened first, what it is about behind it."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; what came from outside cannot begin a line of its own."""
        about = " ".join(f"{name}={_inert(str(value))}" for name, value in _facts(record).items())
        line = f"{_time(record)} {record.levelname} {record.name}: {_inert(record.getMessage())}"
        line += f"  [{about}]" if about else ""
        error = record.exc_info[1] if record.exc_info else None
        stack = "" if error is None else f"\n{''.join(traceback.format_exception(error)).rstrip()}"
        return sealed(line + stack, self._secrets)


def _facts(record: logging.LogRecord) -> dict[str, object]:
    fields: dict[str, object] = getattr(record, "fields", {})
    return {name: value for name, value in {**at_hand(), **fields}.items() if value is not None}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _inert(text: str) -> str:
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
