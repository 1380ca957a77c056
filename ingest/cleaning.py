"""Remove what was never part of the text. Cleaning only removes: whole lines, and inline pinyin notes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

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


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """Text with what was not part of it removed, and how much of what."""

    text: str
    removed: Counter[str]

    @property
    def warnings(self) -> tuple[str, ...]:
        """One line per kind of removal."""
        return tuple(f"removed {count} {what}" for what, count in sorted(self.removed.items()))


def clean(text: str) -> Cleaned:
    """Remove pinyin notes, site furniture, spam lines and lines repeated at once; rewrite nothing."""
    text, notes = _PINYIN.subn("", text.replace("\r\n", "\n").replace("\r", "\n"))
    removed: Counter[str] = Counter()
    if notes:
        removed["pinyin notes"] = notes
    kept: list[str] = []
    previous = ""
    for line in text.split("\n"):
        reason = _why_removed(line, previous)
        if reason:
            removed[reason] += 1
        else:
            kept.append(line)
        if line.strip():
            previous = line.strip()
    return Cleaned(text="\n".join(kept).strip("\n"), removed=removed)


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
