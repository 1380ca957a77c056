"""Questions written by a chat model: checked, indexed, resumable, paid for once."""

from __future__ import annotations

import pytest

from copilot.chat_model import Usage
from copilot.curating.candidate import Refusal
from copilot.curating.cost import Price
from copilot.curating.writing import WritingService
from copilot.errors import ChatModelRequired, ChatModelUnavailable
from knowledge.document import DocumentId
from tests.unit.copilot.curating_standins import GOOD, RENEWAL, SUPPORT, TRIAL, Bench, Reply, ScriptedWriter


class Killed(BaseException):
    """The process ends here: nothing may catch it."""


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def names(bench: Bench) -> list[DocumentId]:
    return [bench.put("a.md", RENEWAL, TRIAL), bench.put("b.md", SUPPORT)]


def test_every_chunk_gets_the_questions_that_find_it(bench: Bench, names: list[DocumentId]) -> None:
    report = bench.writing().run(names)
    assert bench.machine_written(names[0]) == GOOD[RENEWAL] + GOOD[TRIAL]
    assert bench.machine_written(names[1]) == GOOD[SUPPORT]
    assert (report.documents, report.chunks, report.requests, report.written) == (2, 3, 3, 7)


def test_the_model_sees_where_a_passage_stands(bench: Bench, names: list[DocumentId]) -> None:
    bench.writing().run(names)
    assert [(passage.place, passage.text) for passage in bench.writer.asked] == [
        ("a.md0", RENEWAL),
        ("a.md1", TRIAL),
        ("b.md0", SUPPORT),
    ]


def test_documents_with_questions_of_their_own_are_left_alone(bench: Bench) -> None:
    name = bench.put("a.md", RENEWAL, own=["谁续费"])
    assert bench.writing().plan([name]).chunks == 0
    bench.writing().run([name])
    assert bench.writer.asked == []


def test_a_chunk_that_is_no_more_than_a_heading_is_left_alone(bench: Bench) -> None:
    name = bench.put("a.md", "目录", RENEWAL)
    bench.writing().run([name])
    assert [passage.text for passage in bench.writer.asked] == [RENEWAL]


def test_a_second_run_asks_and_adds_nothing(bench: Bench, names: list[DocumentId]) -> None:
    bench.writing().run(names)
    revision = bench.documents.revision()
    report = bench.writing().run(names)
    assert (report.chunks, report.requests, len(bench.writer.asked)) == (0, 0, 3)
    assert bench.documents.revision() == revision


@pytest.mark.parametrize("moment", ["write", "choose", "add_questions", "mark_checked"])
def test_a_run_killed_anywhere_goes_on_and_pays_at_most_for_the_request_under_way(
    bench: Bench, names: list[DocumentId], monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    calm = Bench()
    calm.writing().run([calm.put("a.md", RENEWAL, TRIAL), calm.put("b.md", SUPPORT)])
    for _ in range(2):
        with monkeypatch.context() as patched:
            writing = bench.writing()
            owner = {
                "write": bench.writer,
                "choose": writing._checks,
                "add_questions": bench,
                "mark_checked": bench.outcomes,
            }[moment]
            _die_at_the_second_call(patched, owner, moment)
            with pytest.raises(Killed):
                writing.run(names)
    bench.writing().run(names)
    assert [bench.machine_written(name) for name in names] == [calm.machine_written(name) for name in names]
    assert list(bench.store.leftovers()) == []
    assert len(bench.writer.asked) == 3


def _die_at_the_second_call(patched: pytest.MonkeyPatch, owner: object, method: str) -> None:
    calls, call = [], getattr(owner, method)

    def once(*arguments: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        return call(*arguments, **named)

    patched.setattr(owner, method, once)


def test_two_kills_leave_work_for_the_third_run(bench: Bench, names: list[DocumentId]) -> None:
    """Guards the test above: dying at the second call must happen twice in three chunks."""
    assert bench.writing().plan(names).chunks == 3


def test_a_stopped_run_ends_after_its_chunk(bench: Bench, names: list[DocumentId]) -> None:
    writing = bench.writing()
    report = writing.run(names, lambda *_: writing.stop())
    assert (report.chunks, len(bench.writer.asked)) == (1, 1)


def test_an_unchanged_passage_of_a_new_version_costs_nothing(bench: Bench) -> None:
    name = bench.put("a.md", RENEWAL, TRIAL)
    bench.writing().run([name])
    bench.put("a.md", RENEWAL, SUPPORT)
    plan = bench.writing().plan([name])
    assert (plan.chunks, plan.requests) == (2, 1)
    bench.writing().run([name])
    assert [passage.text for passage in bench.writer.asked] == [RENEWAL, TRIAL, SUPPORT]
    assert bench.machine_written(name) == GOOD[RENEWAL] + GOOD[SUPPORT]


@pytest.mark.parametrize("changed", [{"model": "another"}, {"version": "questions@2x5"}], ids=str)
def test_another_model_or_prompt_is_asked_anew_and_adds_only_what_is_new(
    bench: Bench, names: list[DocumentId], changed: dict[str, str]
) -> None:
    bench.writing().run(names)
    report = bench.writing(writer=ScriptedWriter(**changed)).run(names)  # type: ignore[arg-type]  # two text fields
    assert (report.requests, report.written) == (3, 0)
    assert report.refused == {}


def run_with(*candidates: str, text: str = RENEWAL) -> tuple[list[str], dict[Refusal, int]]:
    bench = Bench(ScriptedWriter(lambda _: candidates))
    name = bench.put("a.md", text)
    bench.put("b.md", TRIAL, own=["试用一般给几周"])
    report = bench.writing().run([name])
    return bench.machine_written(name), dict(report.refused)


def test_what_does_not_find_its_section_is_left_out() -> None:
    assert run_with("续费谁负责", "销售经理可以批试用吗") == (["续费谁负责"], {Refusal.NOT_FOUND: 1})


def test_what_is_asked_elsewhere_already_is_left_out() -> None:
    assert run_with("试用一般给几周?") == ([], {Refusal.DUPLICATE: 1})


def test_the_same_words_twice_are_one_question() -> None:
    assert run_with("续费谁负责", "续费,谁负责?") == (["续费谁负责"], {Refusal.DUPLICATE: 1})


def test_what_nobody_types_is_left_out() -> None:
    written, refused = run_with("续费谁负责 https://example.com", "本文讲续费吗")
    assert (written, refused) == ([], {Refusal.LINK: 1, Refusal.POINTS_AT_TEXT: 1})


def test_more_than_were_asked_for_are_left_out() -> None:
    asked = ["续费谁负责", "客户合同到期怎么办", "提前九十天准备什么", "客户成功经理负责啥", "开始准备续费要干啥"]
    written, refused = run_with(*asked, "Who handles 续费?", "Who handles 合同 到期?")
    assert written == [*asked[:4], "Who handles 续费?"][: len(written)]
    assert refused[Refusal.SURPLUS] >= 1


def test_a_model_that_has_nothing_to_ask_is_not_asked_again() -> None:
    bench = Bench(ScriptedWriter(lambda _: []))
    name = bench.put("a.md", RENEWAL)
    for _ in range(2):
        assert bench.writing().run([name]).written == 0
    assert len(bench.writer.asked) == 1


def test_a_failed_chunk_is_tried_again_by_the_next_run(bench: Bench, names: list[DocumentId]) -> None:
    down = ChatModelUnavailable("It is down.")
    bench.writer.replies = lambda text: down if text == TRIAL else GOOD[text]
    report = bench.writing().run(names)
    assert (report.failed, report.chunks, report.stopped) == (1, 2, None)
    bench.writer.replies = lambda text: GOOD[text]
    assert bench.writing().run(names).chunks == 1


def test_a_model_that_is_down_ends_the_run(bench: Bench) -> None:
    bench.writer.replies = lambda _: ChatModelUnavailable("It is down.")
    name = bench.put("a.md", *(f"{RENEWAL}第{n}条" for n in range(9)))
    report = bench.writing().run([name])
    assert report.stopped is not None
    assert len(bench.writer.asked) == 3


def test_what_was_used_is_summed_and_priced(bench: Bench, names: list[DocumentId]) -> None:
    report = bench.writing(price=Price(input=10, output=100)).run(names)
    assert report.used == Usage(tokens_in=300, tokens_out=60)
    assert report.price == pytest.approx(0.009)


def test_without_counts_from_the_server_nothing_is_claimed(bench: Bench, names: list[DocumentId]) -> None:
    bench.writer.usage = None
    report = bench.writing(price=Price(input=10, output=100)).run(names)
    assert (report.used, report.price) == (None, None)


def test_a_plan_counts_only_what_has_to_be_paid_for(bench: Bench) -> None:
    name = bench.put("a.md", RENEWAL, TRIAL)
    bench.writing().run([name])
    bench.writing().drop([name])
    other = bench.put("b.md", SUPPORT)
    plan = bench.writing(price=Price(input=1_000_000, output=0)).plan([name, other])
    assert (plan.documents, plan.chunks, plan.requests) == (2, 3, 1)
    assert plan.expected == Usage(tokens_in=len(SUPPORT), tokens_out=10)
    assert plan.price == len(SUPPORT)


def test_dropped_questions_are_gone_and_come_back_for_nothing(bench: Bench, names: list[DocumentId]) -> None:
    bench.writing().run(names)
    assert bench.writing().drop(names) == 7
    assert bench.machine_written(names[0]) == []
    report = bench.writing().run(names)
    assert (report.requests, report.written, len(bench.writer.asked)) == (0, 7, 3)


def test_a_document_replaced_while_the_model_writes_is_left_to_the_next_run(bench: Bench) -> None:
    name = bench.put("a.md", RENEWAL)

    def replace(text: str) -> Reply:
        bench.put("a.md", TRIAL)
        return GOOD[text]

    bench.writer.replies = replace
    report = bench.writing().run([name])
    assert (report.requests, report.written) == (1, 0)
    assert bench.current(name).questions == []


def test_without_a_model_the_next_step_is_told(bench: Bench) -> None:
    service = WritingService(
        writer=None, checks=bench.checks, outcomes=bench.outcomes, questions=bench.store, index=bench
    )
    with pytest.raises(ChatModelRequired, match="COPILOT_CHAT_MODEL"):
        service.run([])
    with pytest.raises(ChatModelRequired):
        service.plan([])
