"""Numbers and addresses are masked, in time that grows with the text and no faster."""

from __future__ import annotations

from time import process_time

import pytest

from copilot.privacy.masking import strictly_masked as masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("找 138-0013-8000 的王先生", "找 ••• 的王先生"),
        ("写到 li.na@example.com 去", "写到 ••• 去"),
        ("13800138000abc@example.com", "•••"),
        ("2026 年 1,200 元", "2026 年 1,200 元"),
    ],
)
def test_what_may_be_a_persons_is_hidden(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize("sign", ["a", "+", ".", "1", "a@", "字"])
def test_a_long_edit_is_masked_at_once(sign: str) -> None:
    before = process_time()
    masked(sign * 40_000)
    assert process_time() - before < 1
