"""Which item of a list in the last answer a turn points at: "第二步" after "A、B、C、D" is B."""

from __future__ import annotations

import re

from knowledge.text import fold

_ZH_NUMBERS = {character: n for n, character in enumerate("一二三四五六七八九十", start=1)}
_EN_NUMBERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_ORDINAL = re.compile(
    r"第(?P<zh>[一二三四五六七八九十]|\d{1,2})[个点步条段种项](?:阶段|步骤)?|"
    r"\bthe (?P<en>first|second|third|fourth|fifth) (?:one|step|point|part|item|stage|phase)\b"
)
_NUMBERED = re.compile(r"^[ \t]*(?P<n>\d{1,2})[.)、．](?!\d)[ \t]*(?P<item>[^\n]{1,80})", re.MULTILINE)
_MARK = re.compile(r"\s*\[\d{1,2}\]")
#: At least three items between "、", behind a colon or at the start of a sentence.
_ROW = re.compile(r"(?:^|[:：。;；])\s*(?P<row>[^、。;；:：\n]{1,24}(?:、[^、。;；:：\n]{1,24}){2,})", re.MULTILINE)
_ITEM_END = re.compile(r"[,，(（].*$|(?:这|等)[几一二三四五六七八九\d]?[个段步点条种].*$")


def pointed_item(turn: str, answer: str) -> tuple[int, str] | None:
    """Return where in the turn (an offset behind the ordinal) and which item; None when nothing fits."""
    found = _ORDINAL.search(turn.lower())
    if found is None or len(fold(turn)) != len(turn):
        return None
    word = found["zh"] or found["en"]
    n = _ZH_NUMBERS.get(word) or _EN_NUMBERS.get(word) or int(word)
    items = _items(_MARK.sub("", answer))
    return (found.end(), items[n - 1]) if 1 <= n <= len(items) else None


def _items(answer: str) -> list[str]:
    """Return the items of the only list in an answer; two lists would make a guess of it."""
    numbered = list(_NUMBERED.finditer(answer))
    if [int(match["n"]) for match in numbered] == list(range(1, len(numbered) + 1)) and len(numbered) > 1:
        return [match["item"].strip() for match in numbered]
    rows = [match["row"] for match in _ROW.finditer(answer)]
    if len(rows) != 1:
        return []
    return [_ITEM_END.sub("", item).strip() for item in rows[0].split("、")]
