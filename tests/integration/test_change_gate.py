"""The change gate in one process: what an edit does to the answers, and that nothing else moves."""

from __future__ import annotations

import base64
import json
import shutil
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from copilot.adapters.sql.evaluation_question_store import SqlEvaluationQuestionStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.audit.surface import Surface
from copilot.bootstrap import Application, corpus_folder, open_application
from copilot.cli.app import app as command_line
from copilot.cli.changes import read_questions
from copilot.curating.evaluation_question import EvaluationQuestion
from copilot.errors import (
    ChangeBreaksAnswers,
    IndexChanged,
    InvalidChange,
    InvalidRequest,
    NotPermitted,
    StaleChange,
    UnknownChange,
)
from copilot.evaluation.comparing import holds
from copilot.interfaces.api.app import create_app
from copilot.interfaces.change_contract import ChangeBody, ChangeReportBody, GivenQuestion, PublicationBody
from copilot.interfaces.contract import AskBody, ReadyBody
from copilot.people.caller import Caller
from copilot.people.person import Person, Role
from copilot.people.scope import scopes_of
from copilot.settings import Settings
from knowledge.adapters.cached_embedder import CachedEmbedder
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.document import Audience
from knowledge.embedder import Embedder
from knowledge.errors import UnknownDocument

RENEWAL = """# 续费手册

## 什么时候开始

客户合同到期前 90 天开始准备续费。

## 谁负责续费

服续一体的团队由客户成功经理负责续费。

## 合同涨价怎么谈

涨价之前先给客户算清楚新增的价值。
"""
TRIAL = """# 试用手册

## 试用多久

试用一般给 7 天,申请以后再加 7 天。
"""
QUESTIONS = [
    GivenQuestion(id="start", question="续费什么时候开始准备", quotes=["到期前 90 天开始准备续费"]),
    GivenQuestion(id="who", question="谁负责续费", quotes=["由客户成功经理负责续费"]),
    GivenQuestion(id="price", question="合同涨价怎么谈", quotes=["涨价之前先给客户算清楚"]),
    GivenQuestion(id="trial", question="试用多久", sources=["trial.md"]),
]
WITHOUT_WHO = RENEWAL.replace("## 谁负责续费\n\n服续一体的团队由客户成功经理负责续费。\n\n", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small documents of our own."""
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "renewal.md").write_text(RENEWAL, encoding="utf-8")
    (folder / "trial.md").write_text(TRIAL, encoding="utf-8")
    return folder


@pytest.fixture
def ingested(application: Application, folder: Path) -> Application:
    application.indexing.ingest([str(folder)], corpus=False)
    return application


def check(application: Application, **edit: object) -> ChangeReportBody:
    return application.copilot.changes.check(ChangeBody(questions=QUESTIONS, **edit))  # type: ignore[arg-type]


def broken(report: ChangeReportBody) -> list[str]:
    return [line.id for line in report.questions if line.verdict == "broken"]


def found(application: Application) -> str:
    """All that a search shows of the live index."""
    replies = [application.copilot.search(one.question, 10, Audience.INTERNAL) for one in QUESTIONS]
    return json.dumps([reply.model_dump(mode="json") for reply in replies], ensure_ascii=False)


@pytest.mark.databases
def test_an_edit_that_deletes_a_section_breaks_its_question_and_is_stopped(ingested: Application) -> None:
    before = found(ingested)
    report = check(ingested, source="renewal.md", text=WITHOUT_WHO)
    assert report.status == "breaks"
    assert broken(report) == ["who"]
    with pytest.raises(ChangeBreaksAnswers) as stopped:
        ingested.copilot.changes.publish(report.id, PublicationBody())
    assert stopped.value.questions == ("谁负责续费",)
    assert found(ingested) == before


def test_of_very_many_questions_the_near_ones_are_searched_for(
    ingested: Application, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = "---\ntitle: 开票手册\nquestions:\n  - 多久开票\n---\n## 多久开票\n\n付款以后 3 天内开票。\n"
    (folder / "invoices.md").write_text(asking, encoding="utf-8")
    ingested.indexing.ingest([str(folder)], corpus=False)
    monkeypatch.setattr("copilot.curating.changes.touching.EVERY_UP_TO", 0)
    monkeypatch.setattr("copilot.curating.changes.nearby._DEPTH", 0)
    some = check(ingested, source="renewal.md", text=WITHOUT_WHO)
    every = check(ingested, source="renewal.md", text=WITHOUT_WHO, thorough=True)
    assert broken(some) == broken(every) == ["who"]
    assert (some.looked_at, some.searched, every.searched) == (5, 4, 5)


def test_a_reason_publishes_it_and_stands_in_the_audit_log(ingested: Application) -> None:
    report = check(ingested, source="renewal.md", text=WITHOUT_WHO)
    done = ingested.copilot.changes.publish(report.id, PublicationBody(accept_broken="另有专门的手册"))
    assert done.status == "published"
    assert "谁负责" not in ingested.copilot.document("renewal.md").text
    events = [entry.event for entry in ingested.audit.entries() if entry.event.action.startswith("change.")]
    assert [event.action for event in events] == ["change.accepted", "change.published"]
    assert events[0].details["reason"] == "另有专门的手册"


def test_harmless_rewording_passes_and_is_published(ingested: Application) -> None:
    reworded = RENEWAL.replace("开始准备续费。", "就开始准备续费。")
    report = check(ingested, source="renewal.md", text=reworded)
    assert report.status == "passes"
    assert report.counts["broken"] == 0
    assert ingested.copilot.changes.publish(report.id, PublicationBody()).status == "published"
    assert "就开始准备" in ingested.copilot.ask(AskBody(question="续费什么时候开始准备")).answer


def test_deleting_a_document_breaks_what_it_answered(ingested: Application) -> None:
    report = check(ingested, source="trial.md", delete=True)
    assert broken(report) == ["trial"]
    ingested.copilot.changes.publish(report.id, PublicationBody(accept_broken="没有试用了"))
    with pytest.raises(UnknownDocument):
        ingested.copilot.document("trial.md")


def test_a_folder_is_compared_as_a_whole_and_published_as_it_was_checked(ingested: Application, folder: Path) -> None:
    (folder / "renewal.md").write_text(WITHOUT_WHO, encoding="utf-8")
    (folder / "trial.md").unlink()
    (folder / "new.md").write_text("# 发票\n\n## 多久开票\n\n付款以后 3 天内开票。\n", encoding="utf-8")
    report = check(ingested, path=str(folder))
    assert {document.source: document.change for document in report.documents} == {
        "new.md": "added",
        "renewal.md": "changed",
        "trial.md": "deleted",
    }
    assert broken(report) == ["who", "trial"]
    (folder / "new.md").write_text("# 发票\n\n以后改的。\n", encoding="utf-8")
    ingested.copilot.changes.publish(report.id, PublicationBody(accept_broken="整理"))
    assert [line.source for line in ingested.copilot.documents().documents] == ["new.md", "renewal.md"]
    assert "3 天内" in ingested.copilot.document("new.md").text


def test_a_file_in_an_ingested_folder_is_known_by_its_place(ingested: Application, folder: Path) -> None:
    (folder / "renewal.md").write_text(WITHOUT_WHO, encoding="utf-8")
    report = check(ingested, path=str(folder / "renewal.md"))
    assert [(document.source, document.change) for document in report.documents] == [("renewal.md", "changed")]


def test_a_file_elsewhere_replaces_the_document_it_names(ingested: Application, tmp_path: Path) -> None:
    file = tmp_path / "edited.md"
    file.write_text(WITHOUT_WHO, encoding="utf-8")
    report = check(ingested, path=str(file), source="renewal.md")
    assert broken(report) == ["who"]
    assert "old file" in report.notes[0]


def test_the_same_text_is_no_change(ingested: Application) -> None:
    report = check(ingested, source="renewal.md", text=RENEWAL)
    assert (report.status, report.documents, report.looked_at) == ("nothing", [], 0)
    assert ingested.copilot.changes.publish(report.id, PublicationBody()).status == "nothing"


def test_a_new_document_becomes_an_upload_that_outlives_the_next_ingestion(ingested: Application) -> None:
    text = "# 发票\n\n## 多久开票\n\n付款以后 3 天内开票。\n"
    report = check(ingested, source="invoices.md", text=text, new=True)
    assert report.status == "passes"
    ingested.copilot.changes.publish(report.id, PublicationBody())
    again = ingested.indexing.ingest([ingested.copilot.uploads.path], corpus=False)
    assert (again.unchanged, again.updated) == (1, 0)


@pytest.mark.parametrize(
    ("edit", "error", "words"),
    [
        ({"source": "renewal.md", "text": "  \n"}, InvalidChange, "empty"),
        ({"source": "renewal.md", "upload": "%%%"}, InvalidChange, "base64"),
        ({"source": "renewal.md", "upload": "续费"}, InvalidChange, "base64"),
        ({"source": "renewal.md", "upload": "AAEC//4="}, InvalidChange, "no document"),
        ({"source": "renewals.md", "text": RENEWAL}, UnknownDocument, "renewal.md"),
        ({"source": "renewal.md", "text": RENEWAL, "new": True}, InvalidChange, "already"),
        ({"text": RENEWAL}, InvalidChange, "which document"),
        ({"path": "https://example.com/a.md"}, InvalidChange, "address"),
        ({"path": " "}, InvalidChange, "path is empty"),
        ({"path": "x" * 5_000}, InvalidChange, "no path"),
    ],
)
def test_what_is_no_edit_is_refused(
    ingested: Application, edit: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        check(ingested, **edit)


def test_a_document_that_changed_since_is_checked_again(ingested: Application, folder: Path) -> None:
    report = check(ingested, source="renewal.md", text=RENEWAL + "\n补充一句。\n")
    (folder / "renewal.md").write_text(RENEWAL + "\n别人改了。\n", encoding="utf-8")
    ingested.indexing.ingest([str(folder)], corpus=False)
    with pytest.raises(StaleChange, match="version 1 and there is version 2"):
        ingested.copilot.changes.publish(report.id, PublicationBody())
    assert "别人改了" in ingested.copilot.document("renewal.md").text


def test_an_index_that_keeps_changing_is_told(ingested: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    revisions = iter(range(100, 200))
    monkeypatch.setattr(type(ingested.store), "revision", lambda store: str(next(revisions)))
    with pytest.raises(IndexChanged):
        check(ingested, source="renewal.md", text=WITHOUT_WHO)


def test_two_checks_at_once_do_not_meet(ingested: Application) -> None:
    reports: dict[str, ChangeReportBody] = {}
    edits: dict[str, dict[str, object]] = {
        "who": {"source": "renewal.md", "text": WITHOUT_WHO},
        "trial": {"source": "trial.md", "delete": True},
    }

    def run(name: str) -> None:
        reports[name] = check(ingested, **edits[name])

    threads = [threading.Thread(target=run, args=(name,)) for name in edits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: broken(report) for name, report in reports.items()} == {"who": ["who"], "trial": ["trial"]}


def test_a_check_leaves_no_file_and_a_killed_one_leaves_nothing_for_long(home: Path, folder: Path) -> None:
    trials = home / "trials"
    with open_application(Settings(home=home), embedder=HashingEmbedder()) as opened:
        opened.indexing.ingest([str(folder)], corpus=False)
        check(opened, source="renewal.md", text=WITHOUT_WHO)
        assert list(trials.iterdir()) == []
        (trials / "killed").mkdir()
        shutil.copy(folder / "trial.md", trials / "killed" / "copy.db")
    with open_application(Settings(home=home), embedder=HashingEmbedder()):
        assert not trials.exists()


def test_bad_lines_of_a_file_are_told_and_the_others_asked(tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text('{"id": "a", "question": "谁负责续费", "gold": ["renewal.md"]}\nnot json\n', encoding="utf-8")
    questions, bad = read_questions([file])
    assert [(one.set, one.id, one.sources) for one in questions] == [("mine", "a", ["renewal.md"])]
    assert "Line 2" in bad[0]


@pytest.fixture
def client(ingested: Application) -> Callable[..., TestClient]:
    """HTTP for a person with a role, or for the owner."""
    app = create_app(
        copilot=ingested.copilot, access=ingested.access, ready=lambda: ReadyBody(status="ready"), version="test"
    )
    return lambda: TestClient(app, headers={"Authorization": f"Bearer {ingested.access.run_token}"})


def test_over_http_an_edit_is_checked_stopped_and_published_with_a_reason(client: Callable[..., TestClient]) -> None:
    with client() as http:
        body = {"source": "renewal.md", "text": WITHOUT_WHO, "questions": [QUESTIONS[1].model_dump()]}
        begun = http.post("/v1/changes", json=body)
        assert (begun.status_code, begun.json()["status"]) == (202, "running")
        report = ended(http, begun.json()["id"])
        assert report["status"] == "breaks"
        assert (report["done"], report["total"]) == (report["searched"], report["searched"])
        assert http.get(f"/v1/changes/{report['id']}").json() == report
        path = f"/v1/changes/{report['id']}/publication"
        stopped = http.post(path, json={})
        assert (stopped.status_code, stopped.json()["code"]) == (409, "change_breaks_answers")
        assert stopped.json()["questions"] == ["谁负责续费"]
        assert http.post(path, json={"accept_broken": " "}).status_code == 422
        assert http.post(path, json={"accept_broken": "有别的手册"}).json()["status"] == "published"
        gone = http.post(path, json={})
        assert (gone.status_code, gone.json()["code"]) == (404, "unknown_change")
        assert http.get(f"/v1/changes/{report['id']}").json()["status"] == "published"


def test_what_is_wrong_on_the_face_of_an_edit_is_said_at_once(client: Callable[..., TestClient]) -> None:
    with client() as http:
        unknown = http.post("/v1/changes", json={"source": "nothing.md", "text": "x"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_document")
        empty = http.post("/v1/changes", json={"source": "renewal.md", "text": " "})
        assert (empty.status_code, empty.json()["code"]) == (422, "invalid_change")


def test_what_shows_only_when_it_is_tried_ends_the_check_with_its_reason(client: Callable[..., TestClient]) -> None:
    with client() as http:
        upload = base64.b64encode(b"%PDF-1.4 broken").decode()
        begun = http.post("/v1/changes", json={"source": "broken.pdf", "upload": upload, "new": True})
        report = ended(http, begun.json()["id"])
        assert (report["status"], report["error"]["code"]) == ("failed", "invalid_change")
        assert http.post(f"/v1/changes/{report['id']}/publication", json={}).status_code == 404


def test_a_check_is_called_off_and_what_was_checked_is_discarded(client: Callable[..., TestClient]) -> None:
    with client() as http:
        body = {"source": "renewal.md", "text": WITHOUT_WHO}
        first = http.post("/v1/changes", json=body).json()["id"]
        second = http.post("/v1/changes", json=body).json()["id"]
        assert http.delete(f"/v1/changes/{second}").status_code == 200  # it waits for the first, or has just begun
        assert ended(http, second)["status"] == "cancelled"
        assert ended(http, first)["status"] in ("passes", "breaks")
        assert [one["id"] for one in http.get("/v1/changes").json()["changes"]] == [second, first]
        assert http.delete(f"/v1/changes/{first}").json()["status"] == "cancelled"
        assert http.get(f"/v1/changes/{first}").status_code == 404
        assert http.post(f"/v1/changes/{first}/publication", json={"accept_broken": "x"}).status_code == 404


def ended(http: TestClient, id: str) -> Any:
    """Follow a check to its end."""
    ends = time.monotonic() + 120
    while (report := http.get(f"/v1/changes/{id}").json())["status"] == "running":
        assert time.monotonic() < ends
        time.sleep(0.02)
    return report


def test_a_check_belongs_to_the_person_who_made_it(ingested: Application) -> None:
    person = Person(id="li", name="Li", roles=frozenset({Role.CURATOR}))
    caller = Caller(person=person, scopes=scopes_of(person), surface=Surface.HTTP)
    report = check(ingested, source="renewal.md", text=WITHOUT_WHO)
    with pytest.raises(UnknownChange):
        ingested.copilot.changes.publish(report.id, PublicationBody(), caller=caller)


def test_the_first_document_and_the_last_one_can_be_checked(application: Application) -> None:
    first = application.copilot.changes.check(ChangeBody(source="trial.md", text=TRIAL, new=True))
    application.copilot.changes.publish(first.id, PublicationBody())
    report = check(application, source="trial.md", delete=True)
    assert broken(report) == ["trial"]


#: Written by us, each aimed at one of the two sections that the edit deletes.
AIMED = [
    GivenQuestion(id="harms", question="打折的坏处有哪几个", quotes=["打折的害处有两个"]),
    GivenQuestion(id="brand", question="打折对品牌价值和销售难度有什么影响", quotes=["大大降低品牌价值"]),
    GivenQuestion(id="expensive", question="客户嫌贵要打几折才签,先怎么做", quotes=["先不接折扣,分三步"]),
]
ELSEWHERE = [
    GivenQuestion(id="may", question="一线能不能自己给客户折扣", quotes=["一线不要自己给折扣"]),
    GivenQuestion(id="origin", question="客户成功是怎么来的", sources=["faq-customer-success-origin.md"]),
]


@pytest.mark.model
def test_sections_deleted_from_a_shipped_document_break_the_questions_aimed_at_them(
    home: Path, tmp_path: Path, real_embedder: Embedder
) -> None:
    folder = tmp_path / "shipped"
    folder.mkdir()
    name = "faq-discount-worst-option.md"
    for document in (name, "faq-customer-success-origin.md"):
        _, _, text = (corpus_folder() / "faqs" / document).read_text(encoding="utf-8").split("---\n", 2)
        (folder / document).write_text(text, encoding="utf-8")  # without the questions that it brings along
    edited = (folder / name).read_text(encoding="utf-8").split("## 打折有哪些害处")[0]
    remembering = CachedEmbedder(real_embedder, tmp_path / "embeddings.db")
    with open_application(Settings(home=home), embedder=remembering) as opened:
        opened.indexing.ingest([str(folder)], corpus=False)
        report = opened.copilot.changes.check(ChangeBody(source=name, text=edited, questions=[*AIMED, *ELSEWHERE]))
        assert broken(report) == ["harms", "brand", "expensive"]
        with pytest.raises(ChangeBreaksAnswers):
            opened.copilot.changes.publish(report.id, PublicationBody())


def test_an_edit_that_breaks_three_golden_questions_is_stopped(
    application: Application, shared: Path, tmp_path: Path
) -> None:
    name, three = "002_2ae599ceb30398c3.txt", ["dq-006", "dq-008", "dq-009"]
    text = (shared / "seeds" / "raw" / name).read_text(encoding="utf-8")
    given, _ = read_questions([shared / "golden" / "questions.jsonl"])
    questions = [one for one in given if one.quotes and all(holds(text, quote) for quote in one.quotes)][:16]
    quotes = [quote for one in questions if one.id in three for quote in one.quotes]
    # The edit cuts the three lines that hold what the questions are about.
    edited = "\n".join(
        line
        for line in text.split("\n")
        if not any(holds(line, quote) or (len(line) > 12 and holds(quote, line)) for quote in quotes)
    )
    (tmp_path / name).write_text(text, encoding="utf-8")
    application.indexing.ingest([str(tmp_path / name)], corpus=False)
    report = application.copilot.changes.check(ChangeBody(source=name, text=edited, questions=questions))
    assert broken(report) == three
    with pytest.raises(ChangeBreaksAnswers):
        application.copilot.changes.publish(report.id, PublicationBody())


def test_at_the_command_line_an_edit_is_shown_stopped_and_published(
    home: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPILOT_HOME", str(home))
    monkeypatch.setenv("COPILOT_EMBEDDING_MODEL", "words")
    questions = tmp_path / "ours.jsonl"
    lines = [json.dumps({"id": one.id, "question": one.question, "gold": ["renewal.md"]}) for one in QUESTIONS[:1]]
    gold = [{"quote": QUESTIONS[1].quotes[0]}]
    lines += [json.dumps({"id": "who", "question": QUESTIONS[1].question, "gold": gold}), "no json"]
    questions.write_text("\n".join(lines), encoding="utf-8")
    run = CliRunner()

    def invoke(*words: str) -> Result:
        return run.invoke(command_line, list(words))

    assert invoke("ingest", str(folder), "--no-corpus").exit_code == 0
    (folder / "renewal.md").write_text(WITHOUT_WHO, encoding="utf-8")
    edit = (str(folder / "renewal.md"), "--questions", str(questions))
    checked = invoke("change", "check", *edit)
    assert checked.exit_code == 1
    assert "broken" in checked.stdout
    assert "1 broken" in checked.stdout
    assert "Line 3" in checked.stderr
    stopped = invoke("change", "publish", *edit, "--json")
    assert (stopped.exit_code, json.loads(stopped.stdout)["status"]) == (1, "breaks")
    assert "change_breaks_answers" in stopped.stderr
    published = invoke("change", "publish", *edit, "--accept-broken", "另有手册")
    assert published.exit_code == 0, published.output
    assert "published" in published.stdout
    nothing = invoke("change", "check", *edit)
    assert (nothing.exit_code, "Nothing changes" in nothing.stdout) == (0, True)
    assert invoke("change", "check").exit_code == 2


SECRET = "---\ntitle: 裁员方案\naudience: internal\ngroups: [hr]\n---\n## 补偿怎么算\n\n裁员补偿按 N+1 计算。\n"


@pytest.fixture
def curator() -> Caller:
    """Keeps the knowledge, and is not in the group of one document."""
    person = Person(id="li", name="Li", roles=frozenset({Role.CURATOR}))
    return Caller(person=person, scopes=scopes_of(person), surface=Surface.HTTP)


def test_no_edit_reaches_documents_that_its_author_may_not_read(
    ingested: Application, folder: Path, tmp_path: Path, curator: Caller
) -> None:
    (folder / "layoffs.md").write_text(SECRET, encoding="utf-8")
    ingested.indexing.ingest([str(folder)], corpus=False)
    changes, other = ingested.copilot.changes, tmp_path / "other"
    other.mkdir()
    (other / "renewal.md").write_text(RENEWAL, encoding="utf-8")
    origin = ingested.store.find("layoffs.md").origin
    whole = ChangeBody(path=str(other), source=origin)
    with pytest.raises(NotPermitted) as refused:
        changes.check(whole, caller=curator)
    assert "裁员" not in refused.value.message
    assert "layoffs.md" in {document.source for document in changes.check(whole).documents}
    made = changes.check(ChangeBody(source="plan.md", text=SECRET, new=True))
    changes.publish(made.id, PublicationBody())
    with pytest.raises(NotPermitted):
        changes.check(ChangeBody(source="plan.md", text="# 别的\n\n别的内容。", new=True), caller=curator)


def test_kept_questions_about_what_one_may_not_read_are_not_told(
    ingested: Application, folder: Path, curator: Caller
) -> None:
    (folder / "layoffs.md").write_text(SECRET, encoding="utf-8")
    ingested.indexing.ingest([str(folder)], corpus=False)
    secret, open_to_all = (ingested.store.find(name) for name in ("layoffs.md", "renewal.md"))
    engine = ingested.store._engine
    kept = SqlEvaluationQuestionStore(engine)
    with SqlTransactions(engine).begin() as transaction:
        for name, stored in (("secret", secret), ("open", open_to_all)):
            asked = EvaluationQuestion(
                id=name,
                text=f"补偿怎么算 {name}",
                document_ids=(stored.id,),
                quotes=(),
                added_at=datetime(2026, 11, 26, tzinfo=UTC),
            )
            assert kept.add(transaction, asked)
    edit = ChangeBody(source="renewal.md", text=RENEWAL + "\n## 补偿怎么算\n\n补偿怎么算见合同。\n")
    heard: list[str] = []
    report = ingested.copilot.changes.check(edit, caller=curator, listen=lambda done, total, text: heard.append(text))
    assert "补偿怎么算 open" in heard
    assert "secret" not in " ".join(heard) + report.model_dump_json()


def test_a_reason_that_cannot_be_kept_is_refused(ingested: Application) -> None:
    report = check(ingested, source="renewal.md", text=WITHOUT_WHO)
    with pytest.raises(InvalidRequest, match="NUL"):
        ingested.copilot.changes.publish(report.id, PublicationBody.model_construct(accept_broken="a\0b"))
    with pytest.raises(ValueError, match="NUL"):
        PublicationBody(accept_broken="a\0b")
