"""What has changed between two revisions."""

from __future__ import annotations

import difflib

from copilot.drafting.draft import Revision


def difference(before: Revision, after: Revision) -> str:
    """Return a unified diff of two texts; empty when they are the same."""
    lines = difflib.unified_diff(
        before.content.split("\n"),
        after.content.split("\n"),
        f"revision {before.number}",
        f"revision {after.number} ({after.author})",
        lineterm="",
    )
    return "\n".join(lines)
