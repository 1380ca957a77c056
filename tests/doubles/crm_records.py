"""A CRM in memory that may fail before or after it has done its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from copilot.delivery.crm import CrmNote, CrmTask, parts_in
from copilot.delivery.crm_place import CrmName, CrmPlace


@dataclass
class InMemoryCrm:
    """Implements `CrmRecords`; `before` and `after` are called with each part that is added and may raise."""

    name: CrmName = CrmName.HUBSPOT
    most_note: int = 10_000
    notes: list[CrmNote] = field(default_factory=list)
    tasks: list[CrmTask] = field(default_factory=list)
    places: list[CrmPlace] = field(default_factory=list)
    before: Callable[[str], None] = lambda part: None
    after: Callable[[str], None] = lambda part: None

    def length(self, note: CrmNote) -> int:
        """Return its characters."""
        return len(note.text)

    def found(self, place: CrmPlace, key: str) -> Mapping[str, str]:
        """Return what was added."""
        kept = [*self.notes, *self.tasks]
        return {part: f"id of {part}" for one in kept for part in parts_in(one.marker, key)}

    def add_note(self, place: CrmPlace, note: CrmNote) -> str:
        """Keep a note."""
        self.before(note.part)
        self.notes.append(note)
        self.places.append(place)
        self.after(note.part)
        return f"id of {note.part}"

    def add_task(self, place: CrmPlace, task: CrmTask) -> str:
        """Keep a task."""
        self.before(task.part)
        self.tasks.append(task)
        self.places.append(place)
        self.after(task.part)
        return f"id of {task.part}"
