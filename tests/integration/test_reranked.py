"""A reranker by setting, and documents made for the account in context."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.bootstrap import open_application
from copilot.settings import Settings
from knowledge.account_fit import AccountFacts
from knowledge.adapters.cross_encoder_reranker import CrossEncoderReranker
from knowledge.errors import RerankerUnavailable
from knowledge.query import Query
from tests.contract.test_reranker import tiny_cross_encoder

QUESTION = "renewal review"


def _documents(folder: Path) -> str:
    folder.mkdir()
    for name, text in (("a", "renewal review ninety days ahead"), ("b", "renewal price list"), ("c", "hiring plan")):
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return str(folder)


def test_the_reranker_of_the_settings_decides_the_order(tmp_path: Path) -> None:
    model = str(tiny_cross_encoder(tmp_path / "cross-encoder"))
    documents = _documents(tmp_path / "documents")
    with open_application(Settings(home=tmp_path / "home", embedding_model="words", reranker=model)) as application:
        application.indexing.ingest([documents], corpus=False)
        found = application.retriever.retrieve(Query(text=QUESTION))
    texts = [f"{passage.title}\n{passage.text}" for passage in found]
    assert [passage.score for passage in found] == pytest.approx(
        list(CrossEncoderReranker(model).scores(QUESTION, texts)), abs=1e-5
    )
    assert [passage.score for passage in found] == sorted((passage.score for passage in found), reverse=True)


def test_a_reranker_that_cannot_load_is_an_error_and_no_downgrade(tmp_path: Path) -> None:
    documents = _documents(tmp_path / "documents")
    missing = str(tmp_path / "documents")  # a folder without a model
    with open_application(Settings(home=tmp_path / "home", embedding_model="words", reranker=missing)) as application:
        application.indexing.ingest([documents], corpus=False)
        with pytest.raises(RerankerUnavailable):
            application.retriever.retrieve(Query(text=QUESTION))


def test_the_document_for_accounts_like_this_one_comes_first(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, industry in (("a", "制造"), ("b", "零售")):
        front = f"---\nindustries: [{industry}]\n---\n"
        (folder / f"{name}.md").write_text(f"{front}续约前九十天复盘 {name}{name}。", encoding="utf-8")
    with open_application(Settings(home=tmp_path / "home", embedding_model="words")) as application:
        application.indexing.ingest([str(folder)], corpus=False)
        firsts = [
            application.retriever.retrieve(Query(text="续约前多少天复盘", account=account))[0].source
            for account in (AccountFacts(industry="制造"), AccountFacts(industry="零售"))
        ]
    assert firsts == ["a.md", "b.md"]
