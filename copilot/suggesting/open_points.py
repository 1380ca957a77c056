"""What the sources leave open and no rule may fill in (M): told wherever an advice touches it."""

from __future__ import annotations

from collections.abc import Collection

from copilot.suggesting.advice import Language

#: Requirement id → what is missing for it, in Chinese and English.
_OPEN = {
    "E3": (
        "按灯的响应时限没有统一规定,请按本公司设置的时限执行。",
        "No source fixes the clock of an andon; use your own.",
    ),
    "G4": (
        "折扣配额的数字没有给出,请向主管确认配额。",
        "No source gives a number for the discount quota; ask the manager.",
    ),
    "H8": (
        "补贴上限在资料里有续费毛利、续费收入、续费利润三种口径,请先定口径。",
        "The sources cap subsidies by renewal margin, revenue or profit; decide which one first.",
    ),
    "D4": (
        "北极星指标的门槛只有示例值,没有通用门槛。",
        "Thresholds of a north star are examples only; none holds for all.",
    ),
    "A7": ("一名 CSM 该管多少客户,资料没有给数字。", "No source says how many accounts one CSM can carry."),
}


def open_points(requirements: Collection[str], language: Language) -> list[str]:
    """Return what is left open by rules of these requirements, a sentence each."""
    return [texts[0 if language == "zh" else 1] for key, texts in _OPEN.items() if key in requirements]
