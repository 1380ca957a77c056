"""What two revisions differ in, as a person is shown it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.drafting.changed_lines import ChangedLine, changed_lines


def told(lines: list[ChangedLine]) -> list[list[tuple[str, str]]]:
    return [[(part.mark, part.text) for part in line.parts] for line in lines]


def test_a_changed_figure_is_seen_and_not_the_sentence_around_it() -> None:
    found = list(changed_lines("三月上线,首月多卖 20%。", "四月上线,首月多卖 25%。"))
    assert told(found) == [
        [
            ("gone", "三"),
            ("new", "四"),
            ("same", "月上线,首月多卖 "),
            ("gone", "20"),
            ("new", "25"),
            ("same", "%。"),
        ]
    ]
    assert (found[0].before, found[0].after) == (1, 1)


def test_lines_that_share_little_are_one_gone_and_one_new() -> None:
    found = changed_lines("完全不同的一句话", "Something else entirely")
    assert [(line.before, line.after) for line in found] == [(1, None), (None, 1)]


def test_what_lies_far_from_a_change_is_counted_only() -> None:
    before = "\n".join(str(n) for n in range(20))
    found = changed_lines(before, before.replace("10", "ten"), around=1)
    assert [line.skipped for line in found] == [9, 0, 0, 0, 0, 8]


def test_the_same_text_has_no_changes() -> None:
    assert list(changed_lines("一\n二", "一\n二")) == []


def test_very_long_lines_change_as_a_whole() -> None:
    found = changed_lines("长" * 20_000, "长" * 19_999 + "短")
    assert [part.mark for line in found for part in line.parts] == ["gone", "new"]


@given(st.text("ab\n 一二", max_size=40), st.text("ab\n 一二", max_size=40))
def test_both_texts_can_be_read_out_of_it(before: str, after: str) -> None:
    lines = changed_lines(before, after, around=10_000)
    if before == after:
        assert list(lines) == []
        return
    old = ["".join(part.text for part in line.parts if part.mark != "new") for line in lines if line.before is not None]
    new = ["".join(part.text for part in line.parts if part.mark != "gone") for line in lines if line.after is not None]
    assert ("\n".join(old), "\n".join(new)) == (before, after)
