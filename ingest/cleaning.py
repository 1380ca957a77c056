"""Remove what was never part of the text. Cleaning only removes: whole lines, and inline pinyin notes.

Every removal is recorded with its rule, so that `documents show --explain` can tell what went and why.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.running_lines import running_lines
from knowledge.document import Cut
from knowledge.text import fold

_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
#: A note such as (zhǎng) after a Han character. (andon) and (LTV) carry no tone mark and stay.
_PINYIN = re.compile(rf"(?<=[\u3400-\u9fff])\((?=[a-züêɡ]*[{_TONES}])[a-züêɡ{_TONES}]+\)")

#: Lines of site furniture, matched whole on folded text, each at most _FURNITURE_LIMIT characters long.
_FURNITURE = re.compile(
    r"""^(?:
      (?:您?的?当前位置|您的位置|当前栏目)\s*[:>].*            # breadcrumbs
    | (?:首页|home)\s*[>»/].*
    | (?:上一页|下一页|上一篇|下一篇|返回顶部|返回首页)(?:\s*[:>].*)?
    | (?:加入收藏|收藏|分享|点赞|举报|打印|关注|评论|登录|注册)
    | (?:已有|共)?\s*\d*\s*条评论
    | \d+%\s*\(\d+\)
    | [-\s]*目前还没评论.*
    | (?:复制链接|点击(?:查看|阅读)原文)
    | (?:分享到|扫一扫|微信扫码|长按识别)[^，,。！？!?]{0,10}     # more is a sentence about scanning or sharing
    | (?:share|tweet|like|print|subscribe|sign\ in|log\ in|skip\ to\ (?:main\ )?content|table\ of\ contents)
    | (?:(?:previous|next)(?:\ (?:page|post|article))?)
    | (?:copyright|©|版权所有).*
    | 暂时无法在(?:飞书|lark)文档外展示此内容                  # what 飞书 leaves of a board or a sheet
    | [^.!?]*\bdisplay(?:ed)?\b[^.!?]*\boutside\ (?:lark|feishu)\ docs?\b[^.!?]*\.?
    | (?:微信)?截图[_\d]+\.(?:png|jpe?g)
    | !\[[^\]]*\]\([^)]*\)                                     # a picture without words
    )$""",
    re.VERBOSE,
)
_FURNITURE_LIMIT = 80

#: Advertising for betting and pornography that hacked sites carry; only lines without a sentence are removed.
_SPAM = re.compile(
    r"竞猜|博彩|赌场|赌球|娱乐城|百家乐|老虎机|时时彩|六合彩|棋牌平台|澳门新?葡京|av在线|成人视频|黄色网站|国产高潮"
)
_SENTENCE = re.compile(r"[。！？!?]")


#: Why each rule removes what it removes, for people; the rules' names are what reports count.
_REASONS = {
    "pinyin notes": "A reading note in brackets after a character (拼音注音) is for learners and breaks words apart.",
    "lines of site furniture": "Navigation, buttons, notices of a page (导航、按钮、版权) say nothing of its subject.",
    "lines of spam": "Advertising that a hacked site carries (垃圾广告), without a sentence of its own.",
    "repeated lines": "The line stands directly above as well (重复行): an export stuttered.",
    "running heads and page numbers": "The line stands at the edge of most pages (页眉、页脚、页码).",
}
_SAMPLES = 3
_SAMPLE_LENGTH = 80


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """Text with what was not part of it removed, and what was removed."""

    text: str
    cuts: tuple[Cut, ...] = ()  #: one per rule that removed something
    pages: tuple[int, ...] = ()  #: where each page starts in `text`

    @property
    def removed(self) -> Counter[str]:
        """How much of what was removed, by rule."""
        return Counter({cut.rule: cut.count for cut in self.cuts})

    @property
    def warnings(self) -> tuple[str, ...]:
        """One line per kind of removal."""
        return tuple(f"removed {count} {what}" for what, count in sorted(self.removed.items()))


@dataclass
class _Record:
    """What went so far: spans of the text for the pages, samples for people."""

    spans: list[tuple[int, int]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, rule: str, start: int, end: int, text: str) -> None:
        self.spans.append((start, end))
        self.counts[rule] += 1
        samples = self.samples.setdefault(rule, [])
        if len(samples) < _SAMPLES:
            shown = text.strip()
            samples.append(shown if len(shown) <= _SAMPLE_LENGTH else shown[:_SAMPLE_LENGTH] + "…")

    def cuts(self) -> tuple[Cut, ...]:
        return tuple(
            Cut(rule=rule, reason=_REASONS[rule], count=count, samples=tuple(self.samples[rule]))
            for rule, count in sorted(self.counts.items())
        )


def clean(text: str, pages: Sequence[int] = ()) -> Cleaned:
    """Remove pinyin notes, site furniture, running heads, spam lines and lines repeated at once; rewrite nothing.

    `pages` says where each page starts in `text`, which then has no carriage returns.
    """
    record = _Record()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for note in _PINYIN.finditer(text):
        record.add("pinyin notes", note.start(), note.end(), note.group())
    text, pages = _PINYIN.sub("", text), moved(pages, record.spans)
    record.spans = []
    running = running_lines(text, pages)
    kept: list[str] = []
    previous = ""
    start = 0
    for line in text.split("\n"):
        reason = "running heads and page numbers" if start in running else _why_removed(line, previous)
        if reason:
            record.add(reason, start, start + len(line) + 1, line)
        else:
            kept.append(line)
        if line.strip():
            previous = line.strip()
        start += len(line) + 1
    joined = "\n".join(kept)
    cleaned = joined.strip("\n")
    pages = moved(moved(pages, record.spans), [(0, len(joined) - len(joined.lstrip("\n")))])
    return Cleaned(text=cleaned, cuts=record.cuts(), pages=tuple(min(page, len(cleaned)) for page in pages))


def moved(places: Sequence[int], cuts: Sequence[tuple[int, int]]) -> list[int]:
    """Return where places of a text are once spans of it, in order and apart, have been cut out; both ascending."""
    found = []
    gone = at = 0
    for place in places:
        while at < len(cuts) and cuts[at][1] <= place:
            gone += cuts[at][1] - cuts[at][0]
            at += 1
        inside = place - cuts[at][0] if at < len(cuts) and cuts[at][0] < place else 0
        found.append(place - gone - inside)
    return found


def _why_removed(line: str, previous: str) -> str | None:
    folded = fold(line.strip())
    if not folded:
        return None
    if len(folded) <= _FURNITURE_LIMIT and _FURNITURE.match(folded):
        return "lines of site furniture"
    if _SPAM.search(folded) and not _SENTENCE.search(folded):
        return "lines of spam"
    # Short repeats are often structure (two table cells, a list); long ones are an export's stutter.
    if line.strip() == previous and len(folded) >= 8:
        return "repeated lines"
    return None
