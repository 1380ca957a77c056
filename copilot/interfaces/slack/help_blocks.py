"""What can be done here, by example."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.interfaces.slack.elements import Message, context, header, section
from copilot.interfaces.slack.mrkdwn import plain
from copilot.interfaces.slack.texts import Language, Texts

#: Subcommands of /copilot in the order of the help, each with an example and what it does.
COMMANDS: Mapping[str, tuple[Texts, Texts]] = {
    "ask": (
        {"zh": "ask 客户说太贵了怎么回?", "en": "ask The customer says it is too expensive. What do I say?"},
        {"zh": "提问,先只给你看,再决定要不要分享", "en": "answers you alone first; share it if you like"},
    ),
    "plan": (
        {"zh": "plan 客户", "en": "plan ACCOUNT"},
        {"zh": "起草客户成功计划,由你修改和确认", "en": "drafts a success plan for you to edit and approve"},
    ),
    "next": (
        {"zh": "next 客户", "en": "next ACCOUNT"},
        {"zh": "下一步建议,附理由和出处", "en": "what to do next, with reasons and sources"},
    ),
    "case": (
        {"zh": "case 行业 城市", "en": "case INDUSTRY CITY"},
        {"zh": "找同行业、同城的案例", "en": "finds cases of the industry and the city"},
    ),
    "calc": (
        {"zh": "calc ue ltv=3万 cac=1.2万", "en": "calc ue ltv=30000 cac=12000"},
        {"zh": "算一笔账,带公式和结论", "en": "computes, with the formula and a verdict"},
    ),
    "help": (
        {"zh": "help", "en": "help"},
        {"zh": "看这份说明", "en": "shows this"},
    ),
}
_TITLE: Texts = {"zh": "前线副驾能做什么", "en": "What Frontline Copilot does"}
_ASK: Texts = {
    "zh": "*直接问* 在「消息」里提问,或在频道里 @我;在同一个话题里接着问,不用再 @。答案都有出处,没有就直说。",
    "en": "*Just ask* in Messages, or mention me in a channel; go on in the same thread without a mention. Answers "
    "name their sources, and I say so when there is none.",
}
_COMMANDS_HEAD: Texts = {"zh": "*命令*", "en": "*Commands*"}
_SHORTCUTS: Texts = {
    "zh": "*对着一条消息* 点「更多操作」:「Ask copilot about this」就它提问,「Save as knowledge」把它存成知识草稿。",
    "en": "*On a message*, under “More actions”: “Ask copilot about this” asks about it, “Save as knowledge” drafts "
    "knowledge from it.",
}
_LIMITS: Texts = {
    "zh": "频道里的回答只用频道里每个人都能看的资料;和外部共享的频道里我不说话。",
    "en": "In a channel I answer from what all its members may see; in channels shared with others I stay silent.",
}
_UNKNOWN: Texts = {"zh": "不认识「{word}」。", "en": "I do not know “{word}”."}


def help_message(language: Language, *, unknown: str | None = None) -> Message:
    """Return the help; `unknown` is a subcommand that there is not."""
    lines = [f"• `/copilot {example[language]}` — {told[language]}" for example, told in COMMANDS.values()]
    blocks = [
        *([section(_UNKNOWN[language].format(word=plain(unknown[:40])))] if unknown else []),
        header(_TITLE[language]),
        section(_ASK[language]),
        section("\n".join([_COMMANDS_HEAD[language], *lines])),
        section(_SHORTCUTS[language]),
        *context([_LIMITS[language]]),
    ]
    return Message(text=_TITLE[language], blocks=tuple(blocks))
