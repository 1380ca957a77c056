"""What of an approved revision goes into a CRM: its text as notes, and a task for each next step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from copilot.approval.approved import ApprovedRevision
from copilot.delivery.crm import CrmNote, CrmRecords, CrmTask, marker
from copilot.delivery.crm_text import note_text, pieces
from copilot.delivery.wording import subject
from copilot.drafting.draft import DraftKind
from copilot.drafting.next_steps import NextStep, next_steps
from knowledge.text import sentence_spans

#: When a task is due whose step names an owner and no day: CRMs want one, and a week is soon enough to be asked.
OPEN_DAYS = 7
#: Of a line in a task.
_LONGEST = 2000


def crm_parts(
    approved: ApprovedRevision, key: str, records: CrmRecords, now: datetime
) -> tuple[tuple[CrmNote, ...], tuple[CrmTask, ...]]:
    """Return notes and tasks in the order in which they are added; the same parts whenever it is called."""
    return _notes(approved, key, records, now), _tasks(approved, key, now)


def _notes(approved: ApprovedRevision, key: str, records: CrmRecords, now: datetime) -> tuple[CrmNote, ...]:
    words = _WORDS[approved.draft.language]
    title = subject(approved)
    head = words["head"].format(number=approved.revision.number, draft=approved.draft.id)

    def note(text: str, number: int, of: int) -> CrmNote:
        part = f"note-{number}"
        several = words["of"].format(n=number, of=of) if of > 1 else ""
        return CrmNote(
            part=part,
            marker=marker(key, part),
            subject=f"{title}{several}",
            text=f"{head}\n\n{text}",
            at=now,
        )

    # How many there will be is not known yet: room for three digits.
    found = pieces(note_text(approved), lambda text: records.length(note(text, 999, 999)) <= records.most_note)
    return tuple(note(text, number, len(found)) for number, text in enumerate(found, start=1))


def _tasks(approved: ApprovedRevision, key: str, now: datetime) -> tuple[CrmTask, ...]:
    steps = next_steps(approved.draft.kind, approved.revision.content)
    return tuple(_task(approved, key, step, number, now) for number, step in enumerate(steps, start=1))


def _task(approved: ApprovedRevision, key: str, step: NextStep, number: int, now: datetime) -> CrmTask:
    words = _WORDS[approved.draft.language]
    part = f"task-{number}"
    due = step.due or _later(now)
    lines = [
        _short(step.text),
        _short(step.detail),
        words["owner"].format(owner=step.owner) if step.owner else words["nobody"],
        "" if step.due else words["open"].format(due=due.isoformat()),
        words["from"].format(subject=subject(approved), number=approved.revision.number, draft=approved.draft.id),
    ]
    return CrmTask(
        part=part,
        marker=marker(key, part),
        subject=step.text,
        text="\n\n".join(line for line in lines if line),
        due=due,
        urgent=approved.draft.kind is DraftKind.ANDON,
    )


def _short(text: str) -> str:
    """Return a text that fits a task; the note has all of it."""
    if len(text) <= _LONGEST:
        return text
    ends = [end for _, end in sentence_spans(text) if end < _LONGEST]
    return f"{text[: ends[-1] if ends else _LONGEST]} …"


def _later(now: datetime) -> date:
    return (now + timedelta(days=OPEN_DAYS)).date()


#: What stands around the text, in the language of the draft.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "head": "已批准的第 {number} 版(草稿 {draft})",
        "of": "(第 {n} 部分,共 {of} 部分)",
        "owner": "责任人:{owner}",
        "nobody": "责任人:草稿里没有写",
        "open": "草稿没有写日期,先定在 {due}",
        "from": "出自:{subject}(草稿 {draft} 第 {number} 版)",
    },
    "en": {
        "head": "Approved revision {number} of draft {draft}",
        "of": " (part {n} of {of})",
        "owner": "Owner: {owner}",
        "nobody": "Owner: the draft names none",
        "open": "The draft names no day; {due} stands in for it",
        "from": "From: {subject} (draft {draft}, revision {number})",
    },
}
