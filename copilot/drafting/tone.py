"""A text said in fewer words, or more formally. Lines that quote stay: a quote is verbatim or it is none."""

from __future__ import annotations

import re

from copilot.drafting.content import MARKER
from knowledge.text import sentence_spans

_RECOMMENDED = re.compile(r"^\s*(?:建议|推荐|供您参考|recommendations?|for reference)[^:：]{0,30}[:：]", re.IGNORECASE)
_LIST = re.compile(r"^\s*(?:[-*+•|#>]|\d{1,2}[.)、]|[A-Z][.、])")
#: Informal → formal, in the order they are applied.
_FORMAL: tuple[tuple[str, str], ...] = (
    (r"咱们", "我们"),
    (r"(?<!您)你们", "贵方"),
    (r"你(?!们)", "您"),
    (r"想先?和您", "希望与您"),
    (r"和您", "与您"),
    (r"聊聊|聊一聊", "沟通"),
    (r"看看", "商讨"),
    (r"您看哪个时间方便", "请问以下哪个时间方便"),
    (r"想先听您说说", "希望先听取您的意见"),
    (r"搞定", "完成"),
    (r"(?<=[^\s]),您好!", ":您好!"),
    (r"\bI'd\b", "I would"),
    (r"\bI'm\b", "I am"),
    (r"\bwe're\b", "we are"),
    (r"\bwe'll\b", "we will"),
    (r"\bI'll\b", "I will"),
    (r"\bdon't\b", "do not"),
    (r"\bcan't\b", "cannot"),
    (r"\bit's\b", "it is"),
    (r"^(?:Hi|Hello|Hey)\b", "Dear"),
    (r"\bthanks\b", "thank you"),
    (r"\bWhich time suits you\?", "Which of these times would be convenient for you?"),
    (r"\bI would like to\b", "I should like to"),
    (r"^Best regards$", "Yours sincerely"),
)


def shorter(content: str) -> str:
    """Keep the first sentence of every paragraph; where that is all there is, leave the recommendations out."""
    paragraphs = content.split("\n\n")
    kept = [_first(one) if 0 < at < len(paragraphs) - 1 else one for at, one in enumerate(paragraphs)]
    if kept != paragraphs:
        return "\n\n".join(kept)
    lines = [line for line in content.split("\n") if not _RECOMMENDED.match(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def formal(content: str) -> str:
    """Replace what people say by what they write."""
    return "\n".join(line if MARKER.search(line) else _formal(line) for line in content.split("\n"))


def _first(paragraph: str) -> str:
    if "\n" in paragraph or MARKER.search(paragraph) or _LIST.match(paragraph):
        return paragraph
    spans = sentence_spans(paragraph)
    return paragraph[: spans[0][1]].rstrip() if len(spans) > 1 else paragraph


def _formal(line: str) -> str:
    for pattern, replacement in _FORMAL:
        line = re.sub(pattern, replacement, line)
    return line
