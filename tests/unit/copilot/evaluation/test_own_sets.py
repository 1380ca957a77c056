"""The questions that ship with the product."""

from __future__ import annotations

from importlib import resources

from copilot.evaluation.case import Case
from copilot.evaluation.case_files import own_cases


def test_every_shipped_line_is_a_case_with_a_name_of_its_own() -> None:
    cases = own_cases()

    assert all(isinstance(case, Case) for case in cases)
    assert len({(case.set, case.id) for case in cases if isinstance(case, Case)}) == len(cases) == 860


def test_every_gold_quote_stands_in_the_shipped_corpus() -> None:
    corpus = resources.files("knowledge").joinpath("corpus")
    texts = "\n".join(
        page.read_text("utf-8") for folder in corpus.iterdir() if folder.is_dir() for page in folder.iterdir()
    )

    missing = [case.id for case in own_cases() if isinstance(case, Case) for quote in case.quotes if quote not in texts]
    assert missing == []
