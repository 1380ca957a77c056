"""The shipped corpus keeps its own rules."""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from copilot.bootstrap import corpus_folder
from copilot.cli.corpus import check, create
from copilot.errors import InvalidRequest
from knowledge.corpus_check import REQUIREMENTS, CorpusReport, check_corpus
from knowledge.corpus_document import CorpusFrontMatter
from knowledge.navigation import Entry, navigation_map

#: Characters of a source that may stand together in ours, after normalising (formulas and proper names excepted).
LONGEST_RUN = 25
#: Formulas and names that cannot be said otherwise; normalised as `scoring.norm` does.
ALLOWED = ("ltv客单价购买频率客户生命周期毛利率",)


@pytest.fixture(scope="module")
def report() -> CorpusReport:
    folder = corpus_folder()
    files = [(p.relative_to(folder).as_posix(), p.read_text("utf-8")) for p in sorted(folder.rglob("*.md"))]
    return check_corpus(files, datetime.now(UTC).date())


def test_every_document_is_right(report: CorpusReport) -> None:
    assert [str(problem) for problem in report.problems] == []
    assert len(report.documents) > 200


def test_every_requirement_is_served(report: CorpusReport) -> None:
    assert report.gaps == ()
    assert (len(REQUIREMENTS), REQUIREMENTS[0], REQUIREMENTS[-1]) == (139, "A1", "L16")


def test_every_disagreement_has_its_own_page(report: CorpusReport) -> None:
    for number in range(1, 17):
        pages = [name for name in report.served[f"L{number}"] if name.startswith("tension-")]
        assert len(pages) >= 1, f"L{number}"


def test_the_map_reaches_every_document_in_two_steps(report: CorpusReport) -> None:
    entries = [Entry(id=d.front.id, title=d.front.title, metadata=d.document.metadata) for d in report.documents]
    reached = {e.id for stage in navigation_map(entries) for topic in stage.topics for e in topic.entries}
    assert reached == {document.front.id for document in report.documents}


def test_what_customers_may_read_says_nothing_of_price_floors(report: CorpusReport) -> None:
    for document in report.documents:
        if document.front.audience == "customer":
            for word in ("底价", "配额", "返点", "提成", "毛利"):
                assert word not in document.document.text, (document.front.id, word)


def test_the_schema_for_editors_is_current() -> None:
    stored = json.loads((corpus_folder() / "front-matter.schema.json").read_text("utf-8"))
    assert stored == CorpusFrontMatter.model_json_schema()


def test_no_sentence_of_a_source_was_carried_over(shared: Path, report: CorpusReport) -> None:
    spec = importlib.util.spec_from_file_location("scoring_for_corpus", shared / "golden" / "scoring.py")
    assert spec is not None
    assert spec.loader is not None
    scoring = importlib.util.module_from_spec(spec)
    sys.modules["scoring_for_corpus"] = scoring
    spec.loader.exec_module(scoring)
    sources = [*(shared / "seeds" / "raw").glob("*.txt"), *(shared / "seeds").glob("00*.md")]
    runs = set()
    for path in sources:
        text = scoring.norm(path.read_text("utf-8"))
        runs.update(text[i : i + LONGEST_RUN] for i in range(len(text) - LONGEST_RUN + 1))
    shared_runs = []
    for document in report.documents:
        front = document.front
        text = scoring.norm("\n".join([document.document.text, front.title, front.summary, *front.questions]))
        for allowed in ALLOWED:
            text = text.replace(allowed, "|")
        shared_runs += [
            (front.id, text[i : i + LONGEST_RUN])
            for i in range(len(text) - LONGEST_RUN + 1)
            if text[i : i + LONGEST_RUN] in runs
        ]
    assert shared_runs == []


GOOD = """---
id: faq-x
kind: faq
title: 题
title_en: Title
summary: 一句。
summary_en: One.
questions: [问一, 问二, 问三, 问四, "问五 #简答", in english]
stages: [lead]
roles: [sales]
segments: []
industries: []
cities: []
audience: internal
groups: []
owner: support
deputy: product
verified_on: 2026-01-01
review_by: 2026-06-01
requirements: [A1]
sources: [000 / 一]
related: []
language: zh-Hans
---
## 简答

先给完整的答案。
"""


@pytest.mark.parametrize(
    ("change", "line", "reason"),
    [
        (("kind: faq", "kind: essay"), 3, "kind"),
        (("audience: internal\n", ""), 1, "audience"),
        (("requirements: [A1]", "requirements: [A1, A2, A3, A4, A5, A6, A7, A8, A9]"), 20, "requirements"),
        (("in english", "又一个中文"), 8, "questions"),
        (("review_by: 2026-06-01", "review_by: 2025-06-01"), 1, "review_by"),
        (("#简答", "#没有"), 8, "no heading"),
        (("先给完整的答案。\n", ""), 25, "empty"),
        (("id: faq-x", "id: faq-y"), 2, "name of the file"),
        (("owner: support", "owner: support\nprice: 5"), 17, "price"),
    ],
)
def test_a_wrong_document_is_named_with_line_and_reason(change: tuple[str, str], line: int, reason: str) -> None:
    report = check_corpus([("faqs/faq-x.md", GOOD.replace(*change))], date(2026, 2, 1))
    assert any(problem.line == line and reason in problem.reason for problem in report.problems), report.problems


def test_a_right_document_has_no_problem() -> None:
    assert check_corpus([("faqs/faq-x.md", GOOD)], date(2026, 2, 1)).problems == ()


def test_a_question_claimed_twice_and_a_dead_link_are_reported() -> None:
    other = GOOD.replace("faq-x", "faq-z").replace("related: []", "related: [faq-none]")
    problems = check_corpus([("faq-x.md", GOOD), ("faq-z.md", other)], date(2026, 2, 1)).problems
    reasons = " ".join(problem.reason for problem in problems)
    assert "is claimed by 'faq-x' too" in reasons
    assert "'faq-none' does not exist" in reasons


def test_nearly_identical_sections_and_overdue_reviews_are_noticed() -> None:
    long = "续费前九十天开始复盘目标,由客户成功经理带着数字去见关键人,逐条核对当初约定的成果。" * 3
    one = GOOD.replace("先给完整的答案。", long)
    other = one.replace("faq-x", "faq-z").replace("问", "另问").replace("in english", "other english")
    notices = check_corpus([("faq-x.md", one), ("faq-z.md", other)], date(2026, 7, 1)).notices
    reasons = " ".join(notice.reason for notice in notices)
    assert "says the same as" in reasons
    assert "review was due" in reasons


@pytest.mark.parametrize("kind", ["playbook", "case", "faq"])
def test_a_new_document_starts_right(kind: str, tmp_path: Path) -> None:
    path = create(kind, "first-call", tmp_path)
    assert check(tmp_path).problems == []
    with pytest.raises(InvalidRequest, match="exists already"):
        create(kind, "first-call", tmp_path)
    assert path.stem == f"{kind}-first-call"


def test_a_name_that_cannot_be_an_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="cannot be an id"):
        create("faq", "../escape", tmp_path)
