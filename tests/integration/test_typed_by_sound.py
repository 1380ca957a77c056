"""A question typed as pinyin, or with characters that only sound right, finds what the right spelling finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from copilot.bootstrap import Application, open_application
from copilot.interfaces.contract import AskBody
from copilot.settings import Settings
from knowledge.passage import Passage
from knowledge.query import Query
from knowledge.reader import STAFF

SECTIONS = {
    "renewal.md": "续费率怎么算:到期客户里续费的占多少。续费率低,续费前九十天就要复盘。",
    "health.md": "客户健康度看登录和使用,健康度红灯当天联系客户。",
    "hiring.md": "招人先看沟通,再看学习能力,面试要有情景题。",
    "invoice.md": "发票在付款后三个工作日内开,抬头写公司全称。",
}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    folder: Path = tmp_path_factory.mktemp("typed")
    for name, text in SECTIONS.items():
        (folder / name).write_text(text, encoding="utf-8")
    with open_application(Settings(home=folder / "home", embedding_model="words")) as opened:
        opened.indexing.ingest([str(folder)], corpus=False)
        yield opened


def _first(application: Application, text: str) -> Passage:
    return application.retriever.retrieve(Query(text=text))[0]


@pytest.mark.parametrize(
    ("typed", "right"), [("fapiao shenme shihou kai", "发票什么时候开"), ("客户健抗度怎么看", "客户健康度怎么看")]
)
def test_both_spellings_find_the_same(application: Application, typed: str, right: str) -> None:
    assert _first(application, typed) == _first(application, right)


def test_a_question_that_makes_sense_is_searched_as_it_stands(application: Application) -> None:
    assert application.retriever.meant("怎么招人 How?", STAFF) == "怎么招人 How?"


def test_a_new_document_brings_its_words(application: Application, tmp_path: Path) -> None:
    assert application.retriever.meant("伐款多少", STAFF) == "伐款多少"
    (tmp_path / "more.md").write_text("罚款写在合同里。", encoding="utf-8")
    application.indexing.ingest([str(tmp_path)], corpus=False)
    assert application.retriever.meant("伐款多少", STAFF) == "罚款多少"


def test_an_answer_to_pinyin_is_chinese(application: Application) -> None:
    reply = application.copilot.ask(AskBody(question="fapiao shenme shihou kai"))
    assert (reply.language, reply.passages[0].source) == ("zh", "invoice.md")
