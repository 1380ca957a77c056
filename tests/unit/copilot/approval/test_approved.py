"""Nobody but the approval service makes an approved revision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import copilot
from copilot.approval.approved import ApprovedRevision


def test_without_the_seal_there_is_no_approved_revision() -> None:
    anything: Any = None
    with pytest.raises(TypeError, match=r"ApprovalService\.approved"):
        ApprovedRevision(object(), anything, anything, [])


def test_only_the_approval_service_names_the_seal() -> None:
    (package,) = copilot.__path__
    naming = {
        path.relative_to(package).as_posix()
        for path in Path(package).rglob("*.py")
        if "SEAL" in path.read_text(encoding="utf-8")
    }
    assert naming <= {"approval/approved.py", "approval/service.py"}
