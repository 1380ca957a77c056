"""The words of the page on which people ask; the chat itself has its own (widget/words.js)."""

from __future__ import annotations

from copilot.interfaces.web.words import Words

WORDS: Words = {
    "title": ("提问", "Ask"),
    "by_stage": ("按阶段找打法", "Playbooks by stage"),
    "map": ("看整张知识地图", "See the whole map"),
    "empty": ("知识库还是空的。", "The knowledge is empty."),
    "empty.detail": ("放入资料后就能提问。", "Add documents, and you can ask."),
    "no_script": (
        "对话需要 JavaScript。没有它,可以在「知识」里搜索。",
        "The chat needs JavaScript. Without it, you can search in “Knowledge”.",
    ),
}
