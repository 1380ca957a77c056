"""`--batch FILE.jsonl`: one line out per line in, same order, same id; a bad line yields an error line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from rich.progress import track

from copilot.cli.output import errors, print_json
from copilot.errors import InvalidAccount, InvalidRequest, NotRecorded
from copilot.interfaces.contract import TurnBody
from knowledge.errors import InvalidQuery, ReportableError
from knowledge.json_lines import BadJson, read_json


class BatchLine(BaseModel):
    """One question of a batch; unknown keys are ignored, the id comes back as it is."""

    model_config = ConfigDict(extra="ignore")

    id: str | int | float
    question: str
    history: list[TurnBody] = []


@dataclass(frozen=True, kw_only=True)
class _BadLine:
    id: str | int | float
    error: ReportableError


#: Errors that are the line's own; any other means that the batch cannot be carried out.
_OF_ONE_LINE = frozenset({InvalidQuery.code, InvalidRequest.code, NotRecorded.code, InvalidAccount.code})
#: A kind of line that is to be handled.
_Line = TypeVar("_Line", BatchLine, "_Record")


@dataclass(frozen=True, kw_only=True)
class _Record:
    id: str | int | float
    values: dict[str, Any]


def run_records(path: Path, handle: Callable[[dict[str, Any]], BaseModel]) -> None:
    """Handle every line, an object with an id, as it stands; otherwise as `run_batch`."""
    _run(list(_read(path, _record)), lambda line: handle(line.values))


def run_batch(path: Path, handle: Callable[[BatchLine], BaseModel]) -> None:
    """Handle every line and print one JSON line for each.

    Raises:
        ReportableError: there is no index, no model: no line could be handled.
        InvalidRequest: the file cannot be read at all.
    """
    _run(list(_read(path, _line)), handle)


def _run(lines: list[_Line | _BadLine], handle: Callable[[_Line], BaseModel]) -> None:
    for line in track(lines, description="", console=errors, transient=True, disable=not errors.is_terminal):
        try:
            if isinstance(line, _BadLine):
                raise line.error
            print_json(handle(line).model_dump(mode="json") | {"id": line.id})
        except ReportableError as error:
            if error.code not in _OF_ONE_LINE:
                raise
            print_json({"id": line.id, "error": {"code": error.code, "message": error.message}})


def _read(path: Path, read: Callable[[bytes, int], _Line | _BadLine]) -> Iterator[_Line | _BadLine]:
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{str(path)!r} cannot be read: {error.strerror}. Check the path.") from error
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if raw.strip():
            yield read(raw, number)


def _line(raw: bytes, number: int) -> BatchLine | _BadLine:
    values: Any = None
    try:
        values = read_json(raw)
        return BatchLine.model_validate(values)
    except BadJson as error:
        values = error.value
        reason = f"Line {number} is not JSON ({error}). Each line must be an object with id and question."
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "line"
        reason = f"Line {number}, key {key!r}: {first['msg'].lower()}. Needed are id and question."
    return _BadLine(id=_name(values, number), error=InvalidRequest(reason))


def _record(raw: bytes, number: int) -> _Record | _BadLine:
    values: Any = None
    try:
        values = read_json(raw)
    except BadJson as error:
        return _BadLine(id=_name(error.value, number), error=InvalidRequest(f"Line {number} is not JSON ({error})."))
    if isinstance(values, dict) and isinstance(values.get("id"), str | int) and not isinstance(values["id"], bool):
        return _Record(id=_name(values, number), values=values)
    reason = f"Line {number} is no object with an id. Each line must be an account record."
    return _BadLine(id=_name(values, number), error=InvalidRequest(reason))


def _name(values: Any, number: int) -> str | int | float:
    name = values.get("id") if isinstance(values, dict) else None
    known = _printable(name) if isinstance(name, str) else name
    return known if isinstance(known, str | int | float) else f"line-{number}"


def _printable(text: str) -> str:
    """Replace half characters, which no output can hold."""
    return text.encode("utf-8", "replace").decode()
