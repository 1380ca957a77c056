"""A real command line and a real server, on an embedder that needs no model."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.databases import AddressOf, kept_environment, on_both
from tests.forked_commands import ForkedCommands

PLAYBOOK = """---
id: playbook-renewal
kind: playbook
title: 续费归谁做
audience: internal
questions:
  - 续费应该谁负责 #怎么做
  - who should own renewals #怎么做
---
## 什么时候用

客户合同到期前 90 天开始准备续费。

## 怎么做

服续一体时由客户成功经理负责续费。新签和续费分开时,另设续费团队。
"""
FAQ = """---
kind: faq
title: 试用多久
audience: customer
---
## 简答

试用一般给 1 周,需要时再申请 1 周。
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Some tests run on both kinds of database in every run."""
    on_both(metafunc)


@pytest.fixture(autouse=True)
def _database(database: AddressOf) -> None:
    """Every application of these tests uses the database of the run."""


@pytest.fixture
def knowledge_folder(tmp_path: Path) -> Path:
    """Two small documents of our own."""
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "renewal.md").write_text(PLAYBOOK, encoding="utf-8")
    (folder / "trial.md").write_text(FAQ, encoding="utf-8")
    return folder


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(home: Path, database: AddressOf) -> dict[str, str]:
    """What a subprocess needs to run on the fresh home."""
    return kept_environment() | {"COPILOT_HOME": str(home), "COPILOT_EMBEDDING_MODEL": "words"}


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path, commands: ForkedCommands) -> Run:
    """Run `copilot` as a person would."""

    def call(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return commands.run(arguments, environment=environment | variables, cwd=tmp_path)

    return call


def lines(output: str) -> list[dict[str, Any]]:
    """Read JSON lines."""
    return [json.loads(line) for line in output.splitlines()]
