"""The use cases around account records, on the services of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from copilot.accounts.account import Account
from copilot.accounts.fields import FIELDS
from copilot.accounts.record import unknown_fields
from copilot.accounts.service import AccountService
from copilot.accounts.table import Line, read_csv, read_jsonl
from copilot.audit.surface import Surface
from copilot.errors import InvalidRequest
from copilot.interfaces.contract import ErrorBody
from copilot.interfaces.draft_contract import AccountBody, AccountList, ImportLine, ImportReport
from copilot.people.person import Person
from knowledge.errors import ReportableError

#: A file larger than this is no list of accounts.
MOST_BYTES = 50_000_000
_INVALID = "invalid_account"


class Accounts(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def put(self, id: str | None, record: Mapping[str, Any]) -> AccountBody:
        """Keep a record in place of the one with its id."""
        ...

    def get(self, id: str) -> AccountBody:
        """Return a record."""
        ...

    def list(self, limit: int, after: str | None = None) -> AccountList:
        """Return records in the order of their ids."""
        ...


class LocalAccounts:
    """Implements `Accounts`."""

    def __init__(self, service: AccountService, *, person: str, person_of: Callable[[str], Person]) -> None:
        self._service = service
        self._person = person
        self._person_of = person_of

    def put(
        self,
        id: str | None,
        record: Mapping[str, Any],
        *,
        person: str | None = None,
        surface: Surface = Surface.CLI,
    ) -> AccountBody:
        """Keep a record."""
        caller = self._person_of(person or self._person)
        return account_body(self._service.put(record, person=caller, surface=surface, id=id).account)

    def get(self, id: str) -> AccountBody:
        """Return a record."""
        return account_body(self._service.get(id))

    def list(self, limit: int, after: str | None = None) -> AccountList:
        """Return records in the order of their ids."""
        return AccountList(accounts=[account_body(account) for account in self._service.list(limit, after)])


def account_body(account: Account) -> AccountBody:
    """Show a record."""
    shown = dict.fromkeys(FIELDS) | dict(account.facts)
    ours = {
        "id": account.id,
        "type": account.type.value,
        "updated_at": account.updated_at,
        "unknown": list(unknown_fields(account)),
    }
    return AccountBody.model_validate(shown | ours)


def import_file(accounts: Accounts, path: Path) -> ImportReport:
    """Keep the records of a JSONL or CSV file; a bad line is told with its number, and the rest goes in.

    Raises:
        InvalidRequest: the file cannot be read, or is no text.
    """
    report = ImportReport(kept=0, failed=0)
    for line in _lines(path):
        told = _imported(accounts, line)
        report.failed += told.error is not None
        report.kept += told.error is None
        if told.error is not None or told.unknown:
            report.lines.append(told)
    return report


def _imported(accounts: Accounts, line: Line) -> ImportLine:
    if line.record is None:
        return ImportLine(line=line.number, error=ErrorBody(code=_INVALID, message=line.fault or "no record"))
    try:
        kept = accounts.put(None, line.record)
    except ReportableError as error:
        if error.retryable:
            raise
        name = line.record.get("id")
        told = ErrorBody(code=error.code, message=error.message)
        return ImportLine(line=line.number, id=str(name)[:200] if name is not None else None, error=told)
    return ImportLine(line=line.number, id=kept.id, unknown=kept.unknown)


def _lines(path: Path) -> Iterable[Line]:
    name = str(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidRequest(f"{name!r} is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
        data = path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{name!r} cannot be read: {error.strerror}. Check the path.") from error
    text = _text(data)
    if text is None:
        raise InvalidRequest(f"{name!r} is neither UTF-8 nor GB18030 text. Save it as UTF-8.")
    return read_csv(text) if path.suffix.lower() == ".csv" else read_jsonl(text)


def _text(data: bytes) -> str | None:
    """Spreadsheets of Chinese systems write GB18030 when nobody asks them for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
