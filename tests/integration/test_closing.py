"""What an application opens is closed with it: threads, files and connections."""

from __future__ import annotations

import os
from pathlib import Path

from copilot.bootstrap import open_application
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.document import Audience


def test_an_application_that_is_closed_leaves_nothing_open(tmp_path: Path, knowledge_folder: Path) -> None:
    left = []
    for number in range(4):
        with open_application(Settings(home=tmp_path / f"home{number}"), embedder=HashingEmbedder()) as application:
            application.indexing.ingest([str(knowledge_folder)], corpus=False)
            assert application.copilot.search("续费谁负责", 1, Audience.INTERNAL).passages
        left.append((len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))))

    # The first opens what the whole process shares.
    assert left[1:] == [left[1]] * 3, "threads and files after each"


def test_a_home_is_opened_again_in_the_same_process(home: Path, knowledge_folder: Path) -> None:
    for _ in range(2):
        with open_application(Settings(home=home), embedder=HashingEmbedder()) as application:
            application.indexing.ingest([str(knowledge_folder)], corpus=False)
            assert application.copilot.search("续费谁负责", 1, Audience.INTERNAL).passages
