"""Files of account records: kept line by line, or shown beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from copilot.accounts.record import read_record
from copilot.accounts.table import Line, columns_of, fields_of, read_csv, read_jsonl
from copilot.errors import InvalidRequest
from copilot.interfaces.account_contract import ColumnBody, ImportPreview, PreviewRow
from copilot.interfaces.accounts import Accounts, finding_bodies
from copilot.interfaces.contract import ErrorBody
from copilot.interfaces.draft_contract import ImportLine, ImportReport
from knowledge.errors import ReportableError

#: A file larger than this is no list of accounts.
MOST_BYTES = 50_000_000
_INVALID = "invalid_account"
_SHOWN_ROWS = 10


def import_file(accounts: Accounts, path: Path) -> ImportReport:
    """Keep the records of a JSONL or CSV file; a bad line is told with its number, and the rest goes in.

    Raises:
        InvalidRequest: the file cannot be read, or is no text.
    """
    return _imported_all(accounts, lines_of(path))


def import_upload(accounts: Accounts, name: str, data: bytes) -> ImportReport:
    """Keep the records of a file that was sent; `name` tells CSV from JSONL by its ending.

    Raises:
        InvalidRequest: it is too large, or no text.
    """
    text, table = _decoded(data, name)
    return _imported_all(accounts, read_csv(text) if table else read_jsonl(text))


def _imported_all(accounts: Accounts, lines: Iterable[Line]) -> ImportReport:
    report = ImportReport(kept=0, failed=0)
    for line in lines:
        told = _imported(accounts, line)
        report.failed += told.error is not None
        report.kept += told.error is None
        if told.error is not None or told.unknown or told.findings:
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
        told = ErrorBody(code=error.code, message=error.message)
        return ImportLine(line=line.number, id=_name(line.record), error=told)
    return ImportLine(line=line.number, id=kept.id, unknown=kept.unknown, findings=kept.findings)


def preview_file(path: Path, at: datetime | None = None) -> ImportPreview:
    """Read a file as an import would, and keep nothing; no store is asked, so what depends on kept records is not told.

    Raises:
        InvalidRequest: the file cannot be read, or is no text.
    """
    text, table = _read(path)
    columns = columns_of(text) if table else fields_of(text)
    preview = ImportPreview(
        columns=[ColumnBody(column=one.name, field=one.field) for one in columns],
        unmapped=[one.name for one in columns if one.field is None],
        would_keep=0,
        would_fail=0,
        rows=[],
    )
    for number, line in enumerate(read_csv(text) if table else read_jsonl(text)):
        row = _previewed(line, at or datetime.now(UTC), shown=number < _SHOWN_ROWS)
        preview.would_fail += row.error is not None
        preview.would_keep += row.error is None
        if row.record is not None or row.error is not None or row.findings:
            preview.rows.append(row)
    return preview


def _previewed(line: Line, at: datetime, *, shown: bool) -> PreviewRow:
    if line.record is None:
        return PreviewRow(line=line.number, error=ErrorBody(code=_INVALID, message=line.fault or "no record"))
    try:
        read = read_record(line.record, at)
    except ReportableError as error:
        told = ErrorBody(code=error.code, message=error.message)
        return PreviewRow(line=line.number, id=_name(line.record), error=told)
    account = read.account
    record = {"id": account.id, "type": account.type.value, **account.facts} if shown else None
    return PreviewRow(
        line=line.number,
        id=account.id,
        record=record,
        unknown=list(read.unknown),
        findings=finding_bodies(account),
    )


def _name(record: Mapping[str, object]) -> str | None:
    name = record.get("id")
    return str(name)[:200] if name is not None else None


def lines_of(path: Path, columns: Mapping[str, str] | None = None) -> Iterable[Line]:
    """Read the lines of a file: CSV by its ending, else JSONL; `columns` as in `read_csv`.

    Raises:
        InvalidRequest: the file cannot be read, or is no text.
    """
    text, table = _read(path)
    return read_csv(text, columns) if table else read_jsonl(text)


def _read(path: Path) -> tuple[str, bool]:
    """Return the text of a file, and whether it is a table."""
    name = str(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidRequest(f"{name!r} is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
        data = path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{name!r} cannot be read: {error.strerror}. Check the path.") from error
    return _decoded(data, name)


def _decoded(data: bytes, name: str) -> tuple[str, bool]:
    if len(data) > MOST_BYTES:
        raise InvalidRequest(f"{name!r} is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
    text = _text(data)
    if text is None:
        raise InvalidRequest(f"{name!r} is neither UTF-8 nor GB18030 text. Save it as UTF-8.")
    return text, name.lower().endswith(".csv")


def _text(data: bytes) -> str | None:
    """Spreadsheets of Chinese systems write GB18030 when nobody asks them for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
