"""What of a question names its subject, and what only builds the question around it.

"这个怎么算" names nothing, "客户健康分怎么算" does. Words that any question may hold (asking words, particles, helpers)
are taken away; what is left is counted. The lists are closed classes of either language, not subjects.
"""

from __future__ import annotations

import re

#: Longest first, so that 为什么 goes before 什么.
_ZH = (
    "为什么 怎么样 怎么办 是不是 要不要 能不能 可不可以 会不会 有没有 该不该 好不好 对不对 多大 多长 多久 多少 "
    "多高 多快 几个 哪些 哪个 哪种 哪里 哪儿 什么 怎么 怎样 如何 为啥 有啥 干啥 干嘛 咋样 咋办 啥 咋 谁 哪 "
    "几 吗 呢 吧 啊 呀 嘛 么 可以 应该 需要 一般 大概 大约 通常 到底 究竟 具体 合适 比较 分别 一下 一点 "
    "请问 麻烦 帮我 帮忙 告诉 知道 我们 咱们 你们 咱 我 你 您 的话 时候 之后 以后 之前 以前 完了 完 还要 "
    "还有 还能 还 再 又 也 就 才 都 该 得 能 会 要 想 是 有 在 到 给 把 被 用 按 对 跟 和 与 从 向 "
    "往 让 里 上 下 中 边 些 个 种 条 段 步 点 了 的 地 着 过 算 做 写 讲 说 看 只 先 请 那 这 "
)
_SCAFFOLD_ZH = re.compile("|".join(sorted(_ZH.split(), key=lambda word: (-len(word), word))))
_ASKS_ZH = re.compile(
    r"什么|怎么|怎样|如何|为啥|啥|咋|谁|哪|几(?!乎)|吗|多[少大长久高快]|干嘛|是不是|要不要|能不能|会不会|有没有|该不该|可不可以|还是"
)
_EN = (
    "a an the and or but so of to in on at by for from with about as than then is are was were be been being am do "
    "does did done can could should would will shall may might must have has had i we you our us my your me what "
    "which who whom whose when where why how if there here not no yes any some all more most much many long often "
    "it its this that these those they them their he she his her one ones s t re ll please tell give show get also "
    "too just really mean means "
)
_STOP_EN = frozenset(_EN.split())
_ASKS_EN = re.compile(
    r"\b(?:what|which|who|whose|when|where|why|how|is|are|do|does|did|can|could|should|will|would|may)\b"
)
_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-z0-9][a-z0-9'&+/.%-]*")


def subject_han(text: str) -> str:
    """Return the Chinese characters of a folded text that are not scaffolding."""
    return "".join(_HAN.findall(_SCAFFOLD_ZH.sub(" ", text)))


def subject_words(text: str) -> list[str]:
    """Return the Latin words and figures of a folded text that are not scaffolding."""
    words = (word.split("'")[0].strip("./%-") for word in _LATIN.findall(text))
    return [word for word in words if word and word not in _STOP_EN]


def subject_text(text: str) -> str:
    """Return a folded text with its Chinese scaffolding blanked out, the rest in place."""
    return _SCAFFOLD_ZH.sub(" ", text)


def framed_in_chinese(text: str) -> bool:
    """Tell whether a folded text asks in Chinese around foreign terms: "CSM 的 renewal 怎么 follow up"."""
    words = {word.split("'")[0] for word in _LATIN.findall(text)}
    return bool(_ASKS_ZH.search(text)) and not words & _STOP_EN


def asks(text: str) -> bool:
    """Tell whether a folded text holds an asking word of its language."""
    return bool(_ASKS_ZH.search(text)) if _HAN.search(text) else bool(_ASKS_EN.search(text))
