"""The words of the pages on which people look after those who asked for one."""

from __future__ import annotations

from copilot.interfaces.web.words import Words

WORDS: Words = {
    "title": ("找真人", "Asked for a person"),
    "lead": (
        "在对话里请求真人跟进的人。处理完请标记,副驾才会在那段对话里继续回答。",
        "People who asked for a person in a chat. Mark each when done: only then the copilot answers there again.",
    ),
    "open": ("待处理", "Open"),
    "done": ("已处理", "Done"),
    "none.open": ("没有人在等", "Nobody is waiting"),
    "none.open.detail": (
        "有人在对话里点「找真人」时,会出现在这里。",
        "Whoever presses “Ask a person” in a chat appears here.",
    ),
    "none.done": ("还没有处理过的", "Nothing done yet"),
    "none.done.detail": ("标记为已处理的会列在这里。", "What is marked as done is listed here."),
    "who": ("谁", "Who"),
    "visitor": ("访客", "Visitor"),
    "contact": ("联系方式", "Contact"),
    "no_contact": ("没有留", "None left"),
    "question": ("最后一个问题", "Last question"),
    "message": ("留言", "Message"),
    "asked_at": ("时间", "When"),
    "look": ("看对话", "See the conversation"),
    "told": ("已通知", "Told outside"),
    "waits": ("等待通知", "To be told"),
    "list_only": ("只在这里", "Here alone"),
    "answering": ("副驾已被请求继续回答", "The copilot was asked to go on"),
    "conversation": ("对话", "Conversation"),
    "no_answers": ("还没有问过问题。", "Nothing was asked yet."),
    "mark_done": ("标记为已处理", "Mark as done"),
    "done_by": ("{who} 已处理", "Done by {who}"),
    "done.done": ("已标记为处理完。", "Marked as done."),
    "withheld": ("引用了你无权查看的资料,不显示。", "It quotes a document that you may not see."),
    "abstained": ("没有找到依据", "No source found"),
}
