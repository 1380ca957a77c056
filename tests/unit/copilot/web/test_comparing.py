"""Two texts, line by line."""

from __future__ import annotations

from copilot.interfaces.web.comparing import compared


def test_the_same_text_has_no_lines() -> None:
    assert not compared("a\nb", "a\nb").lines


def test_what_differs_stands_with_a_little_around_it() -> None:
    before = "\n".join(str(n) for n in range(10))
    after = before.replace("5", "fünf")
    told = [(line.kind, line.text or line.count) for line in compared(before, after).lines]
    assert told == [
        ("skipped", 3),
        ("same", "3"),
        ("same", "4"),
        ("removed", "5"),
        ("added", "fünf"),
        ("same", "6"),
        ("same", "7"),
        ("skipped", 2),
    ]


def test_a_long_comparison_says_that_it_is_cut() -> None:
    made = compared("\n".join(f"a{n}" for n in range(9_000)), "\n".join(f"b{n}" for n in range(9_000)))
    assert not made.complete
    assert len(made.lines) == 600
