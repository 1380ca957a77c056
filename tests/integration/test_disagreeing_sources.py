"""Two documents that disagree, from files to the body of an answer."""

from __future__ import annotations

from pathlib import Path

from copilot.bootstrap import Application
from copilot.interfaces.contract import AskBody

OLD = """---
title: 旧的续约手册
verified_on: 2025-01-01
---
## 准备

合同到期前 60 天开始准备续约。
"""
NEW = """---
title: 新的续约手册
verified_on: 2026-06-01
---
## 准备

合同到期前 90 天开始准备续约。
"""


def test_both_sides_leave_the_process_with_verbatim_citations(application: Application, tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "old.md").write_text(OLD, encoding="utf-8")
    (folder / "new.md").write_text(NEW, encoding="utf-8")
    application.indexing.ingest([str(folder)], corpus=False)

    answer = application.copilot.ask(AskBody(question="合同到期前多少天开始准备续约"))

    assert [[side.claim for side in conflict.sides] for conflict in answer.conflicts] == [
        ["合同到期前 90 天开始准备续约。", "合同到期前 60 天开始准备续约。"]
    ]
    cited = {citation.n: citation for citation in answer.citations}
    assert [cited[side.citation].source for side in answer.conflicts[0].sides] == ["new.md", "old.md"]
    assert all(cited[side.citation].quote == side.claim for side in answer.conflicts[0].sides)
    assert "2026-06-01" in answer.explanation
