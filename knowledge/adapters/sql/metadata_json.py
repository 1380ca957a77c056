"""Metadata to JSON and back, tolerant of fields that an older or newer version wrote."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from knowledge.document import Audience, DocumentKind, Metadata

_DATES = {"verified_on", "review_by"}
_NAMES = {field.name for field in fields(Metadata)}


def to_json(metadata: Metadata) -> dict[str, Any]:
    """Return a JSON-able dictionary."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(metadata).items()}


def from_json(value: dict[str, Any]) -> Metadata:
    """Rebuild metadata; unknown keys are ignored."""
    known: dict[str, Any] = {name: item for name, item in value.items() if name in _NAMES}
    for name in _DATES & known.keys():
        known[name] = date.fromisoformat(known[name]) if known[name] else None
    for name, item in known.items():
        if isinstance(item, list):
            known[name] = tuple(item)
    known["kind"] = DocumentKind(known.get("kind", DocumentKind.OTHER))
    known["audience"] = Audience(known.get("audience", Audience.INTERNAL))
    return Metadata(**known)
