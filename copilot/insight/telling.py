"""Words that all analyses share: shares, changes, what is too few, and that nothing is to do."""

from __future__ import annotations

import math
from dataclasses import dataclass

from copilot.insight.certainty import FEWEST, Share, count_change
from copilot.insight.figure import Unit
from copilot.insight.report import Language

#: The same in Chinese and in English.
Pair = tuple[str, str]
#: Longer names make no line and no label.
_LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Says things in one language."""

    language: Language

    def say(self, zh: str, en: str) -> str:
        """Pick the text of the language."""
        return zh if self.language == "zh" else en

    def sentences(self, *parts: str) -> str:
        """Join sentences as the language does; empty ones are left out."""
        kept = [part for part in parts if part]
        return "".join(kept) if self.language == "zh" else " ".join(kept)

    def nothing_to_do(self) -> str:
        """Say that no action is needed."""
        return self.say("无需行动。", "No action.")

    def share(self, share: Share, of: Pair, did: Pair) -> str:
        """Tell a share with its interval, or only its counts when these are too few."""
        of_what, did_what = self.say(*of), self.say(*did)
        if share.n == 0:
            return self.say(f"这段时间没有{of_what},无从计算。", f"There were no {of_what} in this time.")
        if not share.enough:
            return self.say(
                f"只有 {share.n} 个{of_what},其中 {share.hits} 个{did_what};少于 {FEWEST} 个不算比例。",
                f"{share.hits} of {share.n} {of_what} {did_what}; fewer than {FEWEST} make no share.",
            )
        low, high = share.interval or (0.0, 1.0)
        told, between = percent(share.hits / share.n), f"{percent(low)}–{percent(high)}"
        return self.say(
            f"{share.n} 个{of_what}中 {share.hits} 个{did_what},占 {told}(95% 区间 {between})。",
            f"{share.hits} of {share.n} {of_what} ({told}) {did_what}; the 95 % interval is {between}.",
        )

    def share_change(self, now: Share, before: Share) -> str:
        """Tell a change against the period before, or that there is none beyond chance; nothing without one."""
        if not (now.enough and before.enough):
            return ""
        change = now.change_since(before)
        if change is None:
            return self.say("与上一期相比没有超出偶然的变化。", "No change beyond chance against the period before.")
        points = f"{abs(change) * 100:.1f}"
        was = percent(before.hits / before.n)
        return self.say(
            f"比上一期({was}){'上升' if change > 0 else '下降'} {points} 个百分点。",
            f"{'Up' if change > 0 else 'Down'} {points} points from {was} in the period before.",
        )

    def count_change(self, now: int, before: int) -> str:
        """Tell a change of a count against the period before."""
        if now == before == 0:
            return ""
        change = count_change(now, before)
        if change is None:
            return self.say(
                f"上一期 {before} 个,差别没有超出偶然。", f"{before} in the period before: no more than chance."
            )
        if math.isinf(change):
            return self.say("上一期没有。", "None in the period before.")
        more = change > 0
        return self.say(
            f"比上一期({before} 个){'多' if more else '少'} {percent(abs(change))}。",
            f"{percent(abs(change))} {'more' if more else 'fewer'} than the {before} of the period before.",
        )


def percent(share: float) -> str:
    """Write a share; whole percents, except where that would hide that it is not zero or not all."""
    if 0 < share < 0.01 or 0.99 < share < 1:
        return f"{share * 100:.1f}%"
    return f"{share * 100:.0f}%"


def short(name: str) -> str:
    """Return a name in one line of at most 60 characters; control and invisible characters become blanks."""
    line = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"


def written(value: float | None, unit: Unit, language: Language) -> str:
    """Write a value with its unit; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    number = f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    if unit == "share":
        return percent(value)
    if unit == "money":
        return f"{value:,.0f} 元" if language == "zh" else f"CNY {value:,.0f}"
    if unit in ("days", "hours"):
        zh, en = ("天", "days") if unit == "days" else ("小时", "hours")
        return f"{number} {zh if language == 'zh' else en}"
    return number
