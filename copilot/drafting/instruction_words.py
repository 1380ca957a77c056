"""The words of instructions, and what is said when one is not understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copilot.answering import numerals
from copilot.drafting.composer import Language
from copilot.errors import InstructionUnclear

LANGUAGES: Mapping[str, Language] = {
    "英文": "en",
    "英语": "en",
    "english": "en",
    "中文": "zh",
    "汉语": "zh",
    "简体中文": "zh",
    "chinese": "zh",
}
#: Field → its names, folded; special ones first.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "boss_measure": ("老板的衡量", "老板怎样衡量", "老板怎么衡量", "boss measure", "boss's measure"),
    "kp_meaning": ("对kp的意义", "对本人的意义", "对个人的意义", "meaning for the key person"),
    "measure": ("衡量标准", "衡量办法", "衡量方式", "衡量", "measure", "metric"),
    "outcome": ("预期成果", "必要的结果", "期望结果", "预期结果", "outcome"),
    "experience": ("合适的体验", "体验", "experience"),
    "value": ("第一价值", "首次价值", "下一个价值", "first value", "next value"),
    "meaning": ("意义", "meaning"),
    "sponsor": ("赞助人", "sponsor"),
    "data_hook": ("数据抓手", "data view"),
    "update": ("价值同步", "同步", "update"),
    "expansion": ("扩张假设", "expansion"),
}
#: Part → the names of its items, folded.
LISTS: Mapping[str, tuple[str, ...]] = {
    "quick_wins": ("快赢", "quick win"),
    "promises": ("承诺", "promise"),
    "risks": ("风险", "risk"),
    "milestones": ("里程碑", "milestone"),
    "phases": ("分期", "阶段", "phase"),
    "values": ("价值记录", "value"),
    "steps": ("下一步", "待办", "行动", "step", "action"),
    "calendar": ("安排", "calendar"),
    "people": ("关键人", "key person"),
    "facts": ("现状", "事实", "fact"),
    "avoid": ("先不做", "not now"),
}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1, "最后": -1}

_EXAMPLES: Mapping[Language, tuple[str, ...]] = {
    "zh": (
        "第二个里程碑推迟到12月20日",
        "负责人换成李雷",
        "换成英文",
        "衡量标准改成每周成交单数",
        "问题1:首月成交50单",
        "加一条承诺:12月20日前开通短信",
        "删掉第2个风险",
        "短一点",
    ),
    "en": (
        "move milestone 2 to 20 December",
        "change the owner to Li Lei",
        "in Chinese",
        "set the measure to orders per week",
        "question 1: 50 orders in the first month",
        "add a promise: text messages open by 20 December",
        "remove risk 2",
        "shorter",
    ),
}
_SAID: Mapping[str, Mapping[Language, str]] = {
    "empty": {"zh": "没有写要改什么。", "en": "It does not say what to change."},
    "long": {"zh": "一条指令最多 2000 字。", "en": "An instruction has at most 2000 characters."},
    "unknown": {"zh": "没看懂「{said}」要改哪里。", "en": "It is not clear what {said!r} is to change."},
    "which_milestone": {"zh": "要改哪一个里程碑?", "en": "Which milestone?"},
    "no_milestone": {
        "zh": "没有第 {number} 个里程碑,一共 {count} 个。",
        "en": "There is no milestone {number}; there are {count}.",
    },
    "when": {"zh": "改到哪一天?", "en": "To which day?"},
    "no_date": {"zh": "这一项还没有日期,没法提前或推迟。", "en": "It has no date yet to move from."},
    "no_field": {"zh": "草稿里没有「{said}」这一项。", "en": "The draft has no field {said!r}."},
    "no_question": {"zh": "没有问题 {number}。", "en": "There is no question {number}."},
    "which_item": {"zh": "要删哪一条?", "en": "Which one is to go?"},
    "no_item": {"zh": "没有这一条。", "en": "There is no such line."},
    "several": {"zh": "有几行都有「{said}」。", "en": "Several lines hold {said!r}."},
    "no_section": {"zh": "草稿里没有这一部分。", "en": "The draft has no such part."},
    "short_already": {"zh": "已经没有可以省的了。", "en": "Nothing is left to leave out."},
    "formal_already": {"zh": "没有可以改得更正式的说法。", "en": "Nothing in it can be said more formally."},
    "same_language": {"zh": "已经是中文了。", "en": "It is in English already."},
    "plan_only": {"zh": "这种草稿没有这一项。", "en": "This kind of draft has no such part."},
}
_NEXT: Mapping[Language, str] = {
    "zh": "换一种说法,或从这里选:{choices}",
    "en": "Say it another way, or pick one: {choices}",
}


def examples(language: Language) -> tuple[str, ...]:
    """Return what can be said."""
    return _EXAMPLES[language]


def unclear(key: str, language: Language, choices: Sequence[str], **values: object) -> InstructionUnclear:
    """Return the error that asks back."""
    said = _SAID[key][language].format(**values)
    joined = " · ".join(choices)
    message = f"{said}{'' if language == 'zh' else ' '}{_NEXT[language].format(choices=joined)}"
    return InstructionUnclear(message, tuple(choices), partly=key not in ("empty", "long", "unknown"))


def ordinal(said: str) -> int:
    """Return the number that a word stands for; -1 is the last."""
    word = said.strip().lower()
    if word in _ORDINALS:
        return _ORDINALS[word]
    digits = "".join(character for character in word if character.isdigit())
    return int(digits) if digits else int(numerals.han(word) or 0)
